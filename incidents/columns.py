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


def _by_word() -> dict[str, tuple[str, ...]]:
    meanings: dict[str, tuple[str, ...]] = {}
    for value, words in VALUE_WORDS.items():
        for word in words:
            key = header_key(word) or word
            meanings[key] = (*meanings.get(key, ()), value)
    return meanings


VALUE_SYNONYMS: Mapping[str, tuple[str, ...]] = _by_word()
"""Word, folded -> the values it can mean; the choices of a column decide which."""


SCALE_WORDS = frozenset((
    "priority", "priorite", "severity", "severite", "sev", "gravite", "niveau", "level", "lvl", "impact", "urgency",
    "urgence", "criticite", "criticality", "incident", "p", "s", "g", "n",
))  # fmt: skip
"""Words that people put before a step of a scale: "Priorité haute", "Sev 1"."""
STEP = re.compile(r"(?:p|s|g|n|sev|priority|priorite|severity|prio)?([0-9])")
STEPS: Mapping[str, str] = {
    "0": "critical",
    "1": "critical",
    "2": "major",
    "3": "moderate",
    "4": "minor",
    "5": "minor",
}
"""What the steps of a scale of priority mean as severities: 1 is the worst, as ticket tools count."""


@cache
def _choices(column: Column) -> Mapping[str, str]:
    """Give every folded word that can stand for a choice of a column."""
    known: dict[str, str] = {}
    for word, values in VALUE_SYNONYMS.items():
        meant = next((value for value in values if value in column.choices), None)
        if meant is not None:
            known[word] = meant
    return known | {header_key(choice): choice for choice in column.choices}


def canonical_choice(column: Column, text: str) -> str | None:
    """Give the choice that a cell means, in English or French; None when it means none of them.

    A number before the word is left aside ("1 - Critical", "6 - Résolu"), and of a severity the name of the scale
    ("Priorité haute"); a step of a scale alone ("P1", "Sev 2", "3") is a severity, 1 the worst.
    """
    known = _choices(column)
    key = header_key(text)
    found = known.get(key) or known.get(text.strip().casefold())
    if found is not None or not key:
        return found
    tokens = key.split("_")
    if column.name != "severity":
        return known.get("_".join(tokens[1:])) if tokens[0].isdigit() else None
    words = [token for token in tokens if token not in SCALE_WORDS and not STEP.fullmatch(token)]
    if words:
        return known.get("_".join(words))
    steps = {match[1] for token in tokens if (match := STEP.fullmatch(token))}
    return STEPS.get(steps.pop()) if len(steps) == 1 else None
