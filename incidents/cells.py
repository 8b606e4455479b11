"""One cell, with what stands beside it, to the value of a field: or to why it cannot be read.

Knows the kinds of columns and how people write them; knows no row. What repeats in a column is read once: a reader
remembers a bounded number of different cells.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from incidents.amount import Amount, read_amount, read_duration
from incidents.column_plan import ColumnPlan, ImportOptions
from incidents.columns import RECORD_TYPES, Column, canonical_choice, header_key
from incidents.errors import ReadingError
from incidents.flat import amount_fields, join_words
from incidents.list_cells import split_list, written_list
from incidents.model import ROLES, SUPPLYING_ROLES, Part, Provider
from incidents.moment import Moment, MomentError
from incidents.reading.moments import MOMENT_NOTES, DateOrder, read_moment_fields
from incidents.reading.words import plain, says_unknown
from incidents.templates import column_names
from incidents.unknown_names import Names
from incidents.value_words import CALLED_OFF

CELL_NOTES: Mapping[str, str] = {
    "assumed-zone": "times without a zone were read as {zone}; state another zone if that is wrong",
    "unknown-choice": "“{value}” is none of the choices ({choices}); the words were kept",
    "several-choices": "“{value}” names several choices; {choice} was taken and the words were kept",
    "created": "“{value}” was not known: a {kind} of that name is added",
    "kept-name": "there is no {kind} “{value}”; the words were kept",
    "kept-address": "“{value}” is not an address of a source; the words were kept",
    "addresses-in-text": "only the addresses in “{value}” were taken",
}
"""What is said of a cell that was taken all the same."""
BESIDE = ("precision", "qualifier", "earliest", "latest", "words")
LOOSE_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?|-(spring|summer|autumn|winter))?")
ADDRESS = re.compile(r"(https?://[^\s<>\"']+|document:[\w.\-]+)")
ADDRESS_WITHIN = re.compile(r"https?://[^\s<>\"',()\[\]]*[\w/#=&%-]")
PLAIN_NUMBER = re.compile(r"\d{1,16}(\.\d{1,40})?", re.ASCII)
BARE_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|\d{1,3}(?:,\d{3})+", re.ASCII)
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+", re.ASCII)
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)
SERIAL_START = datetime(1899, 12, 30)
MAX_ID = 200
MAX_ADDRESS = 2000
SHOWN = 80
REMEMBERED = 5_000
LONGEST_REMEMBERED = 200
CALLED_OFF_KEYS = frozenset(map(header_key, CALLED_OFF))
UNREMEMBERED = ("id", "text")
FACTORS = {"milliseconds": 1 / 60_000, "seconds": 1 / 60, "hours": 60, "days": 1440}

CellNote = tuple[str, Mapping[str, object]]


@dataclass(slots=True)
class Cell:
    """What a cell says: the value as the record holds it, and what should be said or kept besides."""

    value: Any = None
    notes: tuple[CellNote, ...] = ()
    unmatched: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    created: tuple[Provider, ...] = ()
    fault: ReadingError | None = None
    ongoing: bool = False
    zone: str | None = None


# Times that surely name no zone: they are read once, with the assumed one, instead of twice.
LOCAL = re.compile(r"(\d{4}-\d\d-\d\d[T ]|\d\d?([/.-])\d\d?\2\d{4} )\d\d?:\d\d(:\d\d)?", re.ASCII)


class CellReader:
    """Reads the cells of one column of one file. `fields` names the texts that it is given, the column's own first."""

    def __init__(self, column: Column, plan: ColumnPlan, options: ImportOptions, names: Names) -> None:
        self.column = column
        self.fields = tuple(f for f in _fields_of(column) if f in plan.targets)
        self.own = column.name in plan.own or column.name not in plan.targets
        self._options, self._names = options, names
        self._unit = plan.units.get(column.name, "")
        self._zone = plan.zones.get(column.name)
        self._words = plan.words.get(column.name, {})
        self._order = cast("DateOrder | None", options.date_orders.get(column.name) or options.date_order)
        self._has_zone = RECORD_TYPES[options.record_type].column("timezone") is not None
        self._is_incident = options.record_type == "incident"
        self._joined = len(column_names(plan.targets.get(column.name, ""))) > 1
        self._reader = _READERS[column.kind]
        self._remembers = column.kind not in UNREMEMBERED
        self._memory: dict[tuple[object, ...], Cell] = {}

    def read(self, texts: tuple[str, ...], zone: str | None) -> Cell:
        """Read the texts of `fields`; `zone` is that of the row, for times that name none."""
        if not self._remembers:
            return self._read(texts, zone)
        key = (*texts, zone)
        cell = self._memory.get(key)
        if cell is None:
            cell = self._read(texts, zone)
            if sum(map(len, texts)) <= LONGEST_REMEMBERED:
                if len(self._memory) >= REMEMBERED:
                    self._memory.clear()
                self._memory[key] = cell
        return cell

    def _read(self, texts: tuple[str, ...], zone: str | None) -> Cell:
        said = _Said(dict(zip(self.fields, texts, strict=True)), self._zone or zone)
        try:
            value = self._reader(self, said)
            if self.column.required and value is None:
                raise ReadingError(
                    "{column} is empty",
                    code="missing",
                    value="",
                    params={"column": self.column.name},
                    hint="every row needs it: write it there, or fill it from a column with --map "
                    "'{column}={{Header}}'",
                )
        except ReadingError as error:
            return Cell(fault=error)
        return Cell(
            value,
            tuple(said.notes),
            tuple(said.unmatched),
            tuple(said.tags),
            tuple(said.created),
            None,
            said.ongoing,
            value.zone if isinstance(value, Moment) else None,
        )

    def _text(self, said: _Said) -> str | None:
        text = said.text(self.column)
        if not text.isprintable() and any(ord(ch) < 32 and ch not in "\t\n\r" for ch in text):
            raise ReadingError(
                "the cell holds characters that cannot be shown",
                code="control-characters",
                value=text[:SHOWN],
                hint="type the text again",
            )
        plain_text = self.own or text[:1] != "[" or self.column.name == "timezone"
        listed = None if plain_text else written_list(text)
        if listed is not None:
            if self.column.name == "technical_cause" and len(listed) > 1:
                said.tags += listed
            return "; ".join(listed) or None
        return text or None

    def _id(self, said: _Said) -> str | None:
        text = said.text(self.column)
        limit = MAX_ADDRESS if self.column.name == "url" else MAX_ID
        if len(text) > limit or any(ord(ch) < 33 and ch != " " for ch in text):
            raise ReadingError(
                "“{value}” cannot be an identifier",
                code="bad-id",
                value=text[:SHOWN],
                params={"limit": limit},
                hint="use at most {limit} characters on one line",
            )
        return text or None

    def _word_list(self, said: _Said) -> tuple[str, ...] | None:
        words = split_list(said.text(self.column))
        if not self.own:
            words = _without_bars(words)
            words = tuple(word for word in words if not says_unknown(plain(word)))
        return words or None

    def _choice(self, said: _Said) -> str | None:
        text = said.text(self.column)
        if not text:
            return None
        column = self.column
        choice = self._meant(text)
        if choice is not None:
            if column.name == "status" and header_key(text) in CALLED_OFF_KEYS:
                said.unmatched.append(f"status={text}")
            return choice
        if column.required or not self._is_incident:
            raise ReadingError(
                "“{value}” is none of the choices for {column}",
                code="unknown-choice",
                value=text[:SHOWN],
                params={"column": column.name, "choices": ", ".join(column.choices)},
                hint="write one of: {choices}",
            )
        if says_unknown(plain(text)):
            return None
        words = split_list(text)
        meant = [self._meant(word) for word in words]
        if meant == [None] and "," in text:
            parts = [part.strip() for part in text.split(",") if part.strip()]
            if all(found := [self._meant(part) for part in parts]):
                words, meant = tuple(parts), found
        known = list(dict.fromkeys(c for c in meant if c is not None and c != "unknown"))
        if len(words) > 1 or words[:1] != (text,):
            kept = [
                word
                for word, choice in zip(words, meant, strict=True)
                if (choice is None and not says_unknown(plain(word))) or choice in known[1:]
            ]
        else:
            kept = [text]
        said.unmatched += [f"{column.name}={word}" for word in kept]
        if len(known) > 1:
            said.note("several-choices", value=text[:SHOWN], choice=known[0])
        elif kept:
            said.note("unknown-choice", value=text[:SHOWN], choices=", ".join(column.choices))
        return known[0] if known else None

    def _meant(self, text: str) -> str | None:
        if self._words and (choice := self._words.get(header_key(text) or text.strip().casefold())):
            return choice
        return canonical_choice(self.column, text)

    def _ref(self, said: _Said) -> str | None:
        text = said.text(self.column)
        return self._resolved(text, said) if text else None

    def _refs(self, said: _Said) -> tuple[str, ...] | None:
        words = split_list(said.text(self.column))
        if not self.own and len(words) == 1 and self._is_unknown(words[0]):
            words = _without_bars(words)
            parts = tuple(part for one in words[0].split(",") if (part := one.strip()))
            if len(words) == 1 and (", " in words[0] or not any(map(self._is_unknown, parts))):
                words = parts
        if self.column.to == "source":
            found = [one for word in words for one in self._sources(word, said)]
        else:
            found = [one for word in words if (one := self._resolved(word, said))]
        return tuple(dict.fromkeys(found)) or None

    def _is_unknown(self, word: str) -> bool:
        return self.column.to != "source" and self._names.resolve(self.column.to, word) is None

    def _sources(self, word: str, said: _Said) -> Sequence[str]:
        if self.own or (ADDRESS.fullmatch(word) and len(word) <= MAX_ADDRESS):
            return (_address(word),)
        within = [one for one in ADDRESS_WITHIN.findall(word) if len(one) <= MAX_ADDRESS]
        if within:
            said.note("addresses-in-text", value=word[:SHOWN])
        elif not says_unknown(plain(word)):
            said.unmatched.append(f"{self.column.name}={word}")
            said.note("kept-address", value=word[:SHOWN])
        return within

    def _parts(self, said: _Said) -> tuple[Part, ...] | None:
        parts: list[Part] = []
        for word in split_list(said.text(self.column)):
            name, colon, role = word.rpartition(":")
            if not colon or (not self.own and role.strip() not in ROLES):
                name, role = word, SUPPLYING_ROLES[0]
            if role not in ROLES:
                raise ReadingError(
                    "“{value}” is not a role",
                    code="unknown-role",
                    value=role[:SHOWN],
                    params={"choices": ", ".join(sorted(ROLES))},
                    hint="write provider:role with one of: {choices}",
                )
            provider_id = self._resolved(name.strip(), said)
            if provider_id is not None:
                parts.append(Part(provider_id, role))
        return tuple(dict.fromkeys(parts)) or None

    def _resolved(self, text: str, said: _Said) -> str | None:
        column = self.column
        found = self._names.resolve(column.to, text)
        if found is not None:
            return found
        if not column.required and says_unknown(plain(text[:SHOWN])):
            return None
        unknown = self._names.unknown(column, text, own=self.own)
        if unknown is None:
            near = self._names.nearest(column.to, text)
            raise ReadingError(
                "there is no {kind} “{value}”",
                code=f"unknown-{column.to}",
                value=text[:SHOWN],
                params={"kind": column.to, "near": " / ".join(near)},
                hint="did you mean {near}? Otherwise import a file with that {kind} first"
                if near
                else "import a file with that {kind} first",
            )
        if unknown.created is not None:
            said.created.append(unknown.created)
        elif unknown.id is None:
            said.unmatched.append(f"{column.name}={text}")
            said.note("kept-name", value=text[:SHOWN], kind=column.to)
        return unknown.id

    def _moment(self, said: _Said) -> Moment | None:
        name = self.column.name
        given = {key: said.texts.get(key) or None for key in (name, *(f"{name}_{part}" for part in BESIDE))}
        moment: Moment | None
        if len(self.fields) > 1 and any(given[key] for key in self.fields if key != name):
            try:
                moment = Moment.from_flat(name, given, said.zone)
            except MomentError as error:
                if error.code not in ("not-a-date", "naive"):
                    raise
                moment = self._written(given, said)
        else:
            moment = self._written(given, said)
        # Without a time zone of its own, a record keeps the bounds that the zone gave.
        return moment if moment is None or self._has_zone else replace(moment, zone=None)

    def _written(self, given: Mapping[str, str | None], said: _Said) -> Moment | None:
        """Read a moment as people write it; what needs a zone and has none is taken as the default's, and said."""
        text = given[self.column.name] or ""
        if not any(given.values()):
            return None
        if self._joined and len(words := text.split()) % 2 == 0:
            half = len(words) // 2
            if words[:half] == words[half:]:  # a date and a time column that both say "ongoing"
                text = " ".join(words[:half])
                given = {**given, self.column.name: text}
        if self._options.excel_dates and SERIAL.fullmatch(text):
            text = _of_serial(text)
            given = {**given, self.column.name: text}
        zone = said.zone
        local = zone is None and LOCAL.fullmatch(text) is not None
        if local:
            zone = self._options.default_zone
        reading = read_moment_fields(self.column.name, given, zone=zone, date_order=self._order)
        notes = reading.notes
        if local:
            said.note("assumed-zone", value=text[:SHOWN], zone=zone)
        elif "no-zone-utc" in notes:
            zone = self._options.default_zone
            reading = read_moment_fields(self.column.name, given, zone=zone, date_order=self._order)
            said.note("assumed-zone", value=text[:SHOWN], zone=zone)
        for slug in notes:
            if slug != "no-zone-utc":
                said.notes.append(
                    (MOMENT_NOTES[slug], {"value": text[:SHOWN], "zone": self._options.default_zone})
                )
        if reading.ongoing and self.column.name == "resolved_at":
            said.ongoing = True
        return reading.moment

    def _amount(self, said: _Said) -> Amount | None:
        low, high, central, words = amount_fields(self.column)
        least, most, named = (_number(said.texts.get(field, "")) for field in (low, high, central))
        amount: Amount | None
        if least is not None or most is not None or named is not None:
            amount = Amount(least, most, named, said.texts.get(words) or None)
        else:
            text = said.text(self.column)
            if not text:
                return None
            if not self.column.suffix:
                amount = read_amount(text)
            elif self._unit and BARE_NUMBER.fullmatch(text):
                # Nobody writes seconds with three decimals behind a comma: "2,445" are thousands.
                whole = self._unit == "seconds" and THOUSANDS.fullmatch(text)
                count = float(text.replace(",", "" if whole else ".")) * FACTORS[self._unit]
                minutes = int(count) if count.is_integer() else round(count, 4)
                amount = Amount(minutes, minutes, minutes)
            else:
                amount = read_duration(text)
        if amount is None or (amount.low is None and amount.high is None and amount.central is None):
            return None
        return amount if self.column.suffix else _counted(amount)

    def _integer(self, said: _Said) -> int | None:
        number = _number(said.text(self.column))
        if isinstance(number, float):
            raise ReadingError(
                "“{value}” is not a whole number", code="not-whole", value=str(number), hint="round it"
            )
        return number

    def _float(self, said: _Said) -> int | float | None:
        return _number(said.text(self.column))

    def _day(self, said: _Said) -> str | None:
        text = said.text(self.column)
        if text and not LOOSE_DAY.fullmatch(text):
            moment = self._written({self.column.name: text}, said)
            text = (moment.value[:10] if moment else "") or ""
        elif text:
            Moment.from_flat(self.column.name, {self.column.name: text}, "UTC")
        return text or None

    def _url(self, said: _Said) -> str | None:
        text = said.text(self.column)
        return _address(text) if text else None


_READERS: Mapping[str, Callable[[CellReader, _Said], Any]] = {
    "id": CellReader._id,
    "text": CellReader._text,
    "words": CellReader._word_list,
    "ref": CellReader._ref,
    "refs": CellReader._refs,
    "parts": CellReader._parts,
    "choice": CellReader._choice,
    "moment": CellReader._moment,
    "amount": CellReader._amount,
    "integer": CellReader._integer,
    "number": CellReader._float,
    "day": CellReader._day,
    "url": CellReader._url,
}


class _Said:
    """The texts of a cell, and what is said of it while it is read."""

    __slots__ = ("created", "notes", "ongoing", "tags", "texts", "unmatched", "zone")

    def __init__(self, texts: Mapping[str, str], zone: str | None) -> None:
        self.texts, self.zone = texts, zone
        self.notes: list[CellNote] = []
        self.unmatched: list[str] = []
        self.tags: list[str] = []
        self.created: list[Provider] = []
        self.ongoing = False

    def text(self, column: Column) -> str:
        return self.texts.get(column.name, "")

    def note(self, code: str, **params: object) -> None:
        self.notes.append((CELL_NOTES[code], params))


def _without_bars(words: tuple[str, ...]) -> tuple[str, ...]:
    """Part one word at its bars: `API|Webhooks` are two."""
    if len(words) != 1 or "|" not in words[0]:
        return words
    return tuple(word for part in words[0].split("|") if (word := part.strip()))


def _fields_of(column: Column) -> Sequence[str]:
    if column.kind == "moment":
        return (column.name, *(f"{column.name}_{part}" for part in BESIDE))
    if column.kind == "amount":
        return (column.name, *amount_fields(column))
    return (column.name,)


def _counted(amount: Amount) -> Amount:
    """Make a count of whole things: its bounds are widened to whole numbers."""
    return Amount(
        None if amount.low is None else math.floor(amount.low),
        None if amount.high is None else math.ceil(amount.high),
        None if amount.central is None else round(amount.central),
        amount.words,
    )


def _number(text: str) -> int | float | None:
    if not text:
        return None
    if PLAIN_NUMBER.fullmatch(text):
        number = float(text) if "." in text else int(text)
        return int(number) if isinstance(number, float) and number.is_integer() else number
    amount = read_amount(text)
    if amount is None or amount.low is None or amount.low != amount.high:
        raise ReadingError(
            "“{value}” is not a number", code="not-a-number", value=text[:SHOWN], hint="write digits only"
        )
    return amount.low


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text) or len(text) > MAX_ADDRESS:
        raise ReadingError(
            "“{value}” is not an address of a source",
            code="bad-address",
            value=text[:SHOWN],
            hint="write it in full, starting with https://",
        )
    return text


def _of_serial(text: str) -> str:
    """Write the day number of a spreadsheet as a local time, to the second; a whole number as a day."""
    seconds = round(float(text.replace(",", ".")) * 86_400)
    when = SERIAL_START + timedelta(seconds=seconds)
    if not text.strip("0123456789"):
        return when.date().isoformat()
    return when.isoformat(timespec="seconds" if when.second else "minutes")


def flat_value(column: Column, value: Any) -> str | int | float | None:
    """Give the value of a column of one field in its flat form."""
    if column.kind in ("words", "refs"):
        return join_words(value or ())
    if column.kind == "parts":
        return join_words([f"{part.provider_id}:{part.role}" for part in value or ()])
    return cast("str | int | float | None", value)
