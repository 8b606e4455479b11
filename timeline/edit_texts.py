"""The texts of an incident's form: those that it shows of a record, and those that come back from the reader.

A text that is shown reads back to what the record has, as far as words can say it; what nobody touched is kept
anyway. Knows names by the store; lays nothing out, and decides nothing about what a text means.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from incidents import (
    FORM_COLUMNS,
    RECORD_TYPES,
    Amount,
    Column,
    Incident,
    Moment,
    ReadingError,
    Store,
    StoreLookup,
    read_amount,
    read_duration,
    read_moment,
)
from timeline.column_words import name_of
from timeline.formats import format_amount, format_duration, format_moment
from timeline.wording import language, speaking

MOST_ROWS = 60


def columns() -> Iterable[Column]:
    """Give the columns that the form has, in the order of the record."""
    return (column for column in RECORD_TYPES["incident"].columns if column.name in FORM_COLUMNS)


@dataclass(slots=True)
class Typed:
    """The texts of a form, one a column. `rows` more empty rows are asked for in lists."""

    texts: dict[str, str] = field(default_factory=dict)
    entries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[tuple[str, str], ...] = ()

    def take(self, column: str, other: Typed) -> None:
        """Take one column's text from another form."""
        self.texts[column] = other.texts[column]
        if column in other.entries:
            self.entries[column] = other.entries[column]
        if column == "providers":
            self.parts = other.parts


def typed_of(form: MultiDict[str, str]) -> Typed:
    """Read the fields of a request as one text a column; the entries of a list are joined by `;`."""
    typed = Typed()
    for column in columns():
        name = column.name
        if name in ("service_ids", "inferred_fields"):
            typed.entries[name] = _filled(form.getlist(name))
            typed.texts[name] = "; ".join(typed.entries[name])
        elif name == "source_urls":
            typed.texts[name] = "; ".join(_filled(form.get(name, "").splitlines()))
        elif name == "providers":
            pairs = zip(form.getlist("provider"), form.getlist("provider_role"), strict=False)
            typed.parts = tuple((who.strip(), role) for who, role in pairs if who.strip())[:MOST_ROWS]
            typed.texts[name] = "; ".join(f"{who}:{role}" for who, role in typed.parts)
        else:
            typed.texts[name] = form.get(name, "").replace("\r\n", "\n").strip()
    return typed


def _filled(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())[:MOST_ROWS]


def carried(typed: Typed) -> tuple[tuple[str, str], ...]:
    """Give the fields of a request that `typed_of` reads as these texts."""
    fields: list[tuple[str, str]] = []
    for column in columns():
        name = column.name
        if name in ("service_ids", "inferred_fields"):
            fields += [(name, entry) for entry in typed.entries.get(name, ())]
        elif name == "source_urls":
            fields.append((name, typed.texts.get(name, "").replace("; ", "\n")))
        elif name == "providers":
            for who, role in typed.parts:
                fields += [("provider", who), ("provider_role", role)]
        else:
            fields.append((name, typed.texts.get(name, "")))
    return tuple(fields)


def typed_from(store: Store, lookup: StoreLookup, incident: Incident, tongue: str | None = None) -> Typed:
    """Give the texts by which the form shows an incident, in the reader's language or in that of `tongue`."""
    with speaking(tongue or language()):
        typed = Typed()
        for column in columns():
            name, value = column.name, getattr(incident, column.name)
            if isinstance(value, Moment):
                typed.texts[name] = moment_text(value, incident.timezone)
            elif isinstance(value, Amount):
                typed.texts[name] = amount_text(name, value)
            elif name == "operator_id":
                typed.texts[name] = _known_as(store, lookup, "provider", value) if value else ""
            elif name == "providers":
                own = (incident.operator_id, "operator")
                typed.parts = tuple(
                    (_known_as(store, lookup, "provider", part.provider_id), part.role)
                    for part in value
                    if (part.provider_id, part.role) != own
                )
                typed.texts[name] = "; ".join(f"{who}:{role}" for who, role in typed.parts)
            elif isinstance(value, tuple):
                known = [
                    _known_as(store, lookup, "service", entry) if name == "service_ids" else entry
                    for entry in value
                ]
                typed.entries[name] = tuple(known)
                typed.texts[name] = "; ".join(known)
            else:
                typed.texts[name] = (value or "").replace("\r\n", "\n").strip()
        return typed


def _known_as(store: Store, lookup: StoreLookup, record_type: str, record_id: str) -> str:
    """Give the name that leads back to a record, else its id."""
    name = name_of(store, record_type, record_id)
    plain = ";" not in name and ":" not in name
    return name if plain and lookup.resolve(record_type, name) == record_id else record_id


def moment_text(moment: Moment, zone: str | None) -> str:
    """Write a moment so that reading it gives it again: in its own words where these do, else as pages show it."""
    if moment.words and _reads_as(moment, moment.words, zone):
        return moment.words
    return format_moment(moment, zone=zone, show_zone=False)


def _reads_as(moment: Moment, words: str, zone: str | None) -> bool:
    try:
        read = read_moment(words, zone=zone, date_order="DMY").moment
    except ReadingError:
        return False
    return read is not None and replace(read, words=None, zone=None) == replace(moment, words=None, zone=None)


def amount_text(column: str, amount: Amount) -> str:
    """Write an amount so that reading it gives it again, as far as words can."""
    read, write = (read_duration, format_duration) if column == "duration" else (read_amount, format_amount)
    if amount.words:
        try:
            if (found := read(amount.words)) and replace(found, words=None) == replace(amount, words=None):
                return amount.words
        except ReadingError:
            pass
    return write(amount)


def untouched(typed: Typed, shown: Typed) -> frozenset[str]:
    """Name the columns whose text is still the one that the form showed."""
    return frozenset(name for name, text in typed.texts.items() if text == shown.texts[name])
