"""The CSV contract: one table of columns per record type. Docs, templates, mapping and the store's fields come from it.

Pure data and lookups. Knows no file, no store and no record class; `flat` turns fields into values.
A column of kind `moment` or `amount` stands for several flat fields (see `fields_of`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from incidents import column_tables as tables
from incidents.column_tables import Column, Kind
from incidents.value_words import VALUE_WORDS

__all__ = [
    "RECORD_TYPES",
    "VALUE_SYNONYMS",
    "Column",
    "Field",
    "Kind",
    "RecordType",
    "canonical_choice",
    "fields_of",
    "header_key",
    "match_header",
]

SqlType = Literal["TEXT", "INTEGER", "REAL"]


@dataclass(frozen=True, slots=True)
class Field:
    """One flat field: its name, the column it comes from, and how the store keeps it ("" = in a link table)."""

    name: str
    column: Column
    sql_type: SqlType | Literal[""]


@dataclass(frozen=True, slots=True)
class RecordType:
    """One kind of record: its name, its plural (the table and the file) and its columns."""

    name: str
    plural: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        """Give the field that identifies a record."""
        return "url" if self.name == "source" else "id"

    def column(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.name == name), None)

    @property
    def fields(self) -> tuple[Field, ...]:
        return fields_of(self.name)


RECORD_TYPES: Mapping[str, RecordType] = {
    name: RecordType(name, plural, columns)
    for name, plural, columns in (
        ("law", "laws", tables.LAW),
        ("source", "sources", tables.SOURCE),
        ("provider", "providers", tables.PROVIDER),
        ("ownership", "ownerships", tables.OWNERSHIP),
        ("designation", "designations", tables.DESIGNATION),
        ("service", "services", tables.SERVICE),
        ("dependency", "dependencies", tables.DEPENDENCY),
        ("qualification", "qualifications", tables.QUALIFICATION),
        ("milestone", "milestones", tables.MILESTONE),
        ("incident", "incidents", tables.INCIDENT),
        ("update", "updates", tables.UPDATE),
        ("claim", "claims", tables.CLAIM),
        ("translation", "translations", tables.TRANSLATION),
    )
}
"""In the order in which files that refer to each other must be read."""

MOMENT_SUFFIXES = ("", "_precision", "_qualifier", "_earliest", "_latest", "_words")
LINKED: frozenset[Kind] = frozenset(("refs", "parts"))


@cache
def fields_of(record_type: str) -> tuple[Field, ...]:
    """List the flat fields of a record type, in the order of its CSV."""
    out: list[Field] = []
    for column in RECORD_TYPES[record_type].columns:
        if column.kind == "moment":
            out.extend(Field(column.name + suffix, column, "TEXT") for suffix in MOMENT_SUFFIXES)
        elif column.kind == "amount":
            parts = (f"{column.name}_{bound}{column.suffix}" for bound in ("low", "high", "central"))
            out.extend(Field(name, column, "REAL") for name in parts)
            out.append(Field(f"{column.name}_words", column, "TEXT"))
        elif column.kind == "integer":
            out.append(Field(column.name, column, "INTEGER"))
        elif column.kind == "number":
            out.append(Field(column.name, column, "REAL"))
        else:
            out.append(Field(column.name, column, "" if column.kind in LINKED else "TEXT"))
    return tuple(out)


def header_key(header: str) -> str:
    """Fold a header for comparison: no case, no accents, every run of other characters is one underscore."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


@cache
def _headers(record_type: str) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for column in RECORD_TYPES[record_type].columns:
        for synonym in column.synonyms:
            known.setdefault(header_key(synonym), column.name)
    for field in fields_of(record_type):
        known[field.name] = field.name
    for column in RECORD_TYPES[record_type].columns:
        known[column.name] = column.name
    return known


def match_header(record_type: str, header: str) -> str | None:
    """Give the field or column that a header means, by its name or a synonym; None when it means nothing known."""
    return _headers(record_type).get(header_key(header))


def _by_word() -> dict[str, tuple[str, ...]]:
    meanings: dict[str, tuple[str, ...]] = {}
    for value, words in VALUE_WORDS.items():
        for word in words:
            key = header_key(word) or word
            meanings[key] = (*meanings.get(key, ()), value)
    return meanings


VALUE_SYNONYMS: Mapping[str, tuple[str, ...]] = _by_word()
"""Word, folded -> the values it can mean; the choices of a column decide which."""


def canonical_choice(column: Column, text: str) -> str | None:
    """Give the choice that a cell means, in English or French; None when it means none of them."""
    key = header_key(text)
    for choice in column.choices:
        if header_key(choice) == key:
            return choice
    meant = VALUE_SYNONYMS.get(key) or VALUE_SYNONYMS.get(text.strip().casefold()) or ()
    return next((value for value in meant if value in column.choices), None)
