"""Numbered rows to records, or to problems that name line, column, value, reason and remedy. Knows no store.

References are resolved through a `Lookup` that the caller gives.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, cast

from incidents.amount import Amount, read_amount, read_duration
from incidents.column_plan import ColumnPlan, ImportOptions, fill_template
from incidents.columns import RECORD_TYPES, Column, canonical_choice
from incidents.csv_export import rearm
from incidents.csv_reader import Row
from incidents.errors import ReadingError, fill
from incidents.flat import (
    Flat,
    amount_fields,
    from_flat,
    join_parts,
    join_words,
    split_parts,
    split_words,
    text_of,
)
from incidents.impact import span_of
from incidents.model import SUPPLYING_ROLES, Incident, Part, Record
from incidents.moment import Moment, MomentError
from incidents.reading.moments import MOMENT_NOTES, DateOrder, read_moment_fields

ROW_NOTES: Mapping[str, str] = {
    "assumed-zone": "times without a zone were read as {zone}; state another zone if that is wrong",
    "unknown-choice": "“{value}” is none of the choices ({choices}); the words were kept",
}
"""What is said of a row that was taken all the same."""
BESIDE = ("precision", "qualifier", "earliest", "latest", "words")
LOOSE_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?|-(spring|summer|autumn|winter))?")
ADDRESS = re.compile(r"(https?://[^\s<>\"']+|document:[\w.\-]+)")
PLAIN_NUMBER = re.compile(r"\d{1,15}(\.\d{1,6})?")
MAX_ID = 200
MAX_ADDRESS = 2000


class Lookup(Protocol):
    """Finds the records that a cell refers to."""

    def resolve(self, record_type: str, text: str) -> str | None:
        """Give the id for an id, name or alias."""
        ...

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        """Give up to three ids that look alike."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row, or a cell, was not taken. `message` and `hint` are templates over `params`."""

    line: int
    column: str
    value: str
    code: str
    message: str
    params: Mapping[str, object]
    hint: str

    @property
    def reason(self) -> str:
        return fill(self.message, self.params)

    @property
    def remedy(self) -> str:
        return fill(self.hint, self.params)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was read in a way people should know of; the row was taken."""

    line: int
    column: str
    message: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What one row became: a record, or at least one problem."""

    line: int
    record: Record | None
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]


class _Reject(Exception):
    def __init__(self, code: str, message: str, hint: str, **params: object) -> None:
        self.code, self.message, self.hint, self.params = code, message, hint, params
        super().__init__(code)


class RowReader:
    """Reads the rows of one file under one plan; keeps nothing between rows but what it was given."""

    def __init__(
        self, header: tuple[str, ...], plan: ColumnPlan, options: ImportOptions, lookup: Lookup
    ) -> None:
        self._header = header
        self._plan = plan
        self._options = options
        self._lookup = lookup
        self._spec = RECORD_TYPES[options.record_type]

    def read(self, row: Row) -> ReadRow:
        """Read one row; every cell is looked at, so that all problems of a row come at once."""
        cells = dict(zip(self._header, map(rearm, row.cells), strict=True))
        texts = {field: fill_template(template, cells) for field, template in self._plan.targets.items()}
        problems: list[Problem] = []
        notes: list[Note] = []
        flat: Flat = {}
        reading = _Cells(texts, self._options, self._lookup)
        for column in self._spec.columns:
            try:
                flat |= reading.column(column)
            except ReadingError as error:
                problems.append(
                    self._problem(row, column, texts, error.code, error.message, error.params, error.hint)
                )
            except _Reject as error:
                problems.append(
                    self._problem(row, column, texts, error.code, error.message, error.params, error.hint)
                )
        notes += [Note(row.line, name, message, params) for name, message, params in reading.notes]
        record = None if problems else self._record(row, flat, texts, reading, problems)
        return ReadRow(row.line, record, tuple(problems), tuple(notes))

    def _problem(
        self,
        row: Row,
        column: Column,
        texts: Mapping[str, str],
        code: str,
        message: str,
        params: Mapping[str, object],
        hint: str,
    ) -> Problem:
        template = self._plan.targets.get(column.name, column.name)
        names = re.findall(r"\{([^{}]*)\}", template) or [column.name]
        return Problem(
            row.line, " + ".join(names), texts.get(column.name, ""), code, message, dict(params), hint
        )

    def _record(
        self, row: Row, flat: Flat, texts: Mapping[str, str], reading: _Cells, problems: list[Problem]
    ) -> Record | None:
        if self._spec.name == "incident":
            _complete_incident(flat, reading, self._plan)
        if not flat.get(self._spec.key):
            flat[self._spec.key] = made_id(self._spec.name, flat)
        try:
            record = from_flat(self._spec.name, flat, self._options.collection)
        except ReadingError as error:
            column = self._spec.column("started_at") or self._spec.columns[0]
            problems.append(
                self._problem(row, column, texts, error.code, error.message, error.params, error.hint)
            )
            return None
        if isinstance(record, Incident) and record.resolved_at is not None:
            latest = record.resolved_at.latest
            if latest is not None and latest < span_of(record).start_earliest:
                column = cast("Column", self._spec.column("resolved_at"))
                start = texts.get("started_at", "")
                problems.append(
                    self._problem(
                        row,
                        column,
                        texts,
                        "end-before-start",
                        "the end “{value}” lies before the start “{start}”",
                        {"value": texts.get("resolved_at", ""), "start": start},
                        "correct one of the two; leave the end empty when it is not known",
                    )
                )
                return None
        return record


def _complete_incident(flat: Flat, reading: _Cells, plan: ColumnPlan) -> None:
    """Fill what follows from the rest: the status, and answers that nobody gave."""
    if flat.get("status") is None:
        flat["status"] = "investigating" if reading.ongoing else "resolved"
    flat["timezone"] = flat.get("timezone") or reading.zone
    if flat.get("affected_unit") is None and (flat.get("affected_low") or flat.get("affected_high")):
        flat["affected_unit"] = plan.counted_unit
    flat["providers"] = join_parts(
        _with_operator(split_parts(flat.get("providers")), flat.get("operator_id"))
    )
    for name in ("cause", "third_party", "planned_maintenance"):
        flat[name] = flat.get(name) or "unknown"
    flat["unmatched_values"] = join_words([*split_words(flat.get("unmatched_values")), *reading.unmatched])


def _with_operator(parts: tuple[Part, ...], operator_id: object) -> tuple[Part, ...]:
    """Name the operator among the providers, unless it is there in some role."""
    if not operator_id or any(part.provider_id == operator_id for part in parts):
        return parts
    return (Part(str(operator_id), "operator"), *parts)


def made_id(record_type: str, flat: Flat) -> str:
    """Make an id from what identifies a record: the same content gives the same id."""
    if record_type == "translation":
        return "--".join(
            text_of(flat.get(name)) for name in ("record_type", "record_id", "field", "language")
        )
    names: tuple[str, ...]
    if record_type == "incident":
        names = ("title", "operator_id", "started_at", "started_at_earliest", "started_at_latest")
        day = next((text for name in names[2:] if (text := text_of(flat.get(name))[:10])), record_type)
    else:
        names = tuple(name for name in flat if name != "id")
        day = record_type
    mark = hashlib.sha256("\x1f".join(text_of(flat.get(name)) for name in names).encode()).hexdigest()[:10]
    return f"{day}-{mark}"


class _Cells:
    """The cells of one row, read column by column into flat fields."""

    def __init__(self, texts: Mapping[str, str], options: ImportOptions, lookup: Lookup) -> None:
        self._texts = texts
        self._zone = texts.get("timezone") or options.timezone or None
        self._default_zone = options.default_zone
        self._has_zone = RECORD_TYPES[options.record_type].column("timezone") is not None
        self._options = options
        self._lookup = lookup
        self.zone: str | None = None
        self.ongoing = False
        self.unmatched: list[str] = []
        self.notes: list[tuple[str, str, dict[str, object]]] = []

    def column(self, column: Column) -> Flat:
        """Give the flat fields of a column; raises `ReadingError` or `_Reject`."""
        flat = self._readers[column.kind](self, column)
        if column.required and not any(value is not None for value in flat.values()):
            raise _Reject("missing", "{column} is empty", "every row needs it", column=column.name)
        return flat

    def _text(self, column: Column) -> Flat:
        text = self._texts.get(column.name, "")
        if any(ord(ch) < 32 and ch not in "\t\n\r" for ch in text):
            raise _Reject(
                "control-characters",
                "the cell holds characters that cannot be shown",
                "type the text again",
            )
        return {column.name: text or None}

    def _id(self, column: Column) -> Flat:
        text = self._texts.get(column.name, "")
        limit = MAX_ADDRESS if column.name == "url" else MAX_ID
        if len(text) > limit or any(ord(ch) < 33 and ch != " " for ch in text):
            raise _Reject(
                "bad-id",
                "“{value}” cannot be an identifier",
                "use at most {limit} characters on one line",
                value=text[:80],
                limit=limit,
            )
        return {column.name: text or None}

    def _words(self, column: Column) -> Flat:
        return {column.name: join_words(list(split_words(self._texts.get(column.name))))}

    def _choice(self, column: Column) -> Flat:
        text = self._texts.get(column.name, "")
        if not text:
            return {column.name: None}
        choice = canonical_choice(column, text)
        if choice is None and (column.required or self._options.record_type != "incident"):
            raise _Reject(
                "unknown-choice",
                "“{value}” is none of the choices for {column}",
                "write one of: {choices}",
                value=text[:80],
                column=column.name,
                choices=", ".join(column.choices),
            )
        if choice is None:
            self.unmatched.append(f"{column.name}={text.replace(';', ',')}")
            self.notes.append(
                (
                    column.name,
                    ROW_NOTES["unknown-choice"],
                    {"value": text[:80], "choices": ", ".join(column.choices)},
                )
            )
        return {column.name: choice}

    def _ref(self, column: Column) -> Flat:
        text = self._texts.get(column.name, "")
        return {column.name: self._resolved(column, text) if text else None}

    def _refs(self, column: Column) -> Flat:
        words = split_words(self._texts.get(column.name))
        if column.to == "source":
            return {column.name: join_words([_address(word) for word in words])}
        return {column.name: join_words(list(dict.fromkeys(self._resolved(column, word) for word in words)))}

    def _parts(self, column: Column) -> Flat:
        parts: list[str] = []
        for word in split_words(self._texts.get(column.name)):
            name, colon, role = word.rpartition(":")
            if not colon:
                name, role = word, SUPPLYING_ROLES[0]
            if role not in _ROLES:
                raise _Reject(
                    "unknown-role",
                    "“{value}” is not a role",
                    "write provider:role with one of: {choices}",
                    value=role[:80],
                    choices=", ".join(sorted(_ROLES)),
                )
            parts.append(f"{self._resolved(column, name.strip())}:{role}")
        return {column.name: join_words(list(dict.fromkeys(parts)))}

    def _resolved(self, column: Column, text: str) -> str:
        found = self._lookup.resolve(column.to, text)
        if found is None:
            near = self._lookup.nearest(column.to, text)
            raise _Reject(
                f"unknown-{column.to}",
                "there is no {kind} “{value}”",
                "did you mean {near}? Otherwise import a file with that {kind} first"
                if near
                else "import a file with that {kind} first",
                kind=column.to,
                value=text[:80],
                near=" / ".join(near),
            )
        return found

    def _moment(self, column: Column) -> Flat:
        name = column.name
        keys = (name, *(f"{name}_{part}" for part in BESIDE))
        given = {key: self._texts.get(key) or None for key in keys}
        moment: Moment | None
        if any(given[key] for key in keys[1:]):
            try:
                moment = Moment.from_flat(name, given, self._zone)
            except MomentError as error:
                if error.code not in ("not-a-date", "naive"):
                    raise
                moment = self._read(column, given)
        else:
            moment = self._read(column, given)
        if moment is None:
            return dict.fromkeys(keys)
        if name == "started_at" or self.zone is None:
            self.zone = moment.zone
        # Without a time zone of its own, a record keeps the bounds that the zone gave.
        return dict((moment if self._has_zone else replace(moment, zone=None)).flat(name))

    def _read(self, column: Column, given: Mapping[str, str | None]) -> Moment | None:
        """Read a moment as people write it; what needs a zone and has none is taken as the default's, and said."""
        text = given[column.name] or ""
        if not any(given.values()):
            return None
        order = cast("DateOrder | None", self._options.date_order)
        reading = read_moment_fields(column.name, given, zone=self._zone, date_order=order)
        notes = [MOMENT_NOTES[note] for note in reading.notes if note != "no-zone-utc"]
        if "no-zone-utc" in reading.notes:
            reading = read_moment_fields(column.name, given, zone=self._default_zone, date_order=order)
            notes.append(ROW_NOTES["assumed-zone"])
        if reading.ongoing and column.name == "resolved_at":
            self.ongoing = True
        shown: dict[str, object] = {"value": text[:80], "zone": self._default_zone}
        self.notes += [(column.name, note, shown) for note in notes]
        return reading.moment

    def _amount(self, column: Column) -> Flat:
        low, high, central, words = amount_fields(column)
        least, most, named = (_number(self._texts.get(field, "")) for field in (low, high, central))
        amount: Amount | None
        if least is not None or most is not None or named is not None:
            amount = Amount(least, most, named, self._texts.get(words) or None)
        else:
            text = self._texts.get(column.name, "")
            reader = read_duration if column.suffix else read_amount
            amount = reader(text) if text else None
        if amount is None:
            return dict.fromkeys((low, high, central, words))
        if not column.suffix:
            amount = _counted(amount)
        return dict(
            zip(
                (low, high, central, words),
                (amount.low, amount.high, amount.central, amount.words),
                strict=True,
            )
        )

    def _integer(self, column: Column) -> Flat:
        number = _number(self._texts.get(column.name, ""))
        if isinstance(number, float):
            raise _Reject("not-whole", "“{value}” is not a whole number", "round it", value=number)
        return {column.name: number}

    def _float(self, column: Column) -> Flat:
        return {column.name: _number(self._texts.get(column.name, ""))}

    def _day(self, column: Column) -> Flat:
        text = self._texts.get(column.name, "")
        if text and not LOOSE_DAY.fullmatch(text):
            moment = self._read(column, {column.name: text})
            text = (moment.value[:10] if moment else "") or ""
        elif text:
            Moment.from_flat(column.name, {column.name: text}, "UTC")
        return {column.name: text or None}

    def _url(self, column: Column) -> Flat:
        text = self._texts.get(column.name, "")
        return {column.name: _address(text) if text else None}

    _readers: Mapping[str, Callable[[_Cells, Column], Flat]] = {
        "id": _id,
        "text": _text,
        "words": _words,
        "ref": _ref,
        "refs": _refs,
        "parts": _parts,
        "choice": _choice,
        "moment": _moment,
        "amount": _amount,
        "integer": _integer,
        "number": _float,
        "day": _day,
        "url": _url,
    }


def _counted(amount: Amount) -> Amount:
    """Make a count of whole things: its bounds are widened to whole numbers."""
    return Amount(
        None if amount.low is None else math.floor(amount.low),
        None if amount.high is None else math.ceil(amount.high),
        None if amount.central is None else round(amount.central),
        amount.words,
    )


_ROLES = frozenset(("operator", "supplier", "carrier", "vendor", "affected", "regulator"))


def _number(text: str) -> int | float | None:
    if not text:
        return None
    if PLAIN_NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    amount = read_amount(text)
    if amount is None or amount.low is None or amount.low != amount.high:
        raise _Reject("not-a-number", "“{value}” is not a number", "write digits only", value=text[:80])
    return amount.low


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text) or len(text) > MAX_ADDRESS:
        raise _Reject(
            "bad-address",
            "“{value}” is not an address of a source",
            "write it in full, starting with https://",
            value=text[:80],
        )
    return text
