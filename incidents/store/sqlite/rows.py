"""Records as rows and back. Knows the tables; runs no SQL.

A row holds the flat fields of its record. Of a moment, what follows from its text is left empty: an exact moment
of the precision that it is written with is its text alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from incidents.columns import MOMENT_SUFFIXES, RECORD_TYPES, Column
from incidents.derived import Derived, derive
from incidents.flat import Flat, FlatValue, amount_fields, from_flat, join_words
from incidents.model import Incident, Record
from incidents.moment import Qualifier, natural_precision

DERIVED = tuple(field.name for field in fields(Derived))
SPARSE_MOMENTS = ("detected_at", "aware_at", "reported_at")
"""Moments of an incident that few have: kept in `incident_moments`, not in columns."""


@dataclass(frozen=True, slots=True)
class Link:
    """A list column kept as rows of a table of its own: (owner, position, other).

    `owner` is also the name of the column of the record's own table that identifies it there.
    """

    record_type: str
    column: str
    table: str
    owner: str
    other: str

    @property
    def owner_in_row(self) -> str:
        return "number" if self.owner == "number" else RECORD_TYPES[self.record_type].key


LINKS = (
    Link("provider", "exposed_to", "provider_laws", "provider_id", "law_id"),
    Link("milestone", "provider_ids", "milestone_providers", "milestone_id", "provider_id"),
    Link("incident", "service_ids", "incident_services", "number", "service_id"),
    Link("incident", "source_urls", "incident_sources", "number", "source_url"),
)
PARTY = "providers"
"""The list of an incident that is kept once for all that have the same: a row of `parties` and its members."""


@cache
def links_of(record_type: str) -> tuple[Link, ...]:
    return tuple(link for link in LINKS if link.record_type == record_type)


@cache
def columns_in_row(record_type: str) -> tuple[Column, ...]:
    """List the columns kept in the record's own table."""
    linked = {link.column for link in links_of(record_type)}
    sparse = (*SPARSE_MOMENTS, PARTY) if record_type == "incident" else ()
    return tuple(
        c for c in RECORD_TYPES[record_type].columns if c.name not in linked and c.name not in sparse
    )


def moment_cells(name: str, flat: Mapping[str, FlatValue]) -> tuple[FlatValue, ...]:
    """Give the six cells of a moment from a flat record."""
    value, precision, qualifier, earliest, latest, words = (flat[name + suffix] for suffix in MOMENT_SUFFIXES)
    if value is not None and precision == natural_precision(str(value)).value:
        precision = None
    if qualifier == Qualifier.EXACT.value:
        qualifier = None
    return value, precision, qualifier, earliest, latest, words


def to_row(record_type: str, record: Record, flat: Flat, digest: bytes) -> dict[str, Any]:
    """Give the row of a record in its own table."""
    row: dict[str, Any] = {}
    for column in columns_in_row(record_type):
        if column.kind == "moment":
            cells = moment_cells(column.name, flat)
            row.update(zip((column.name + s for s in MOMENT_SUFFIXES), cells, strict=True))
        elif column.kind == "amount":
            row.update((field, flat[field]) for field in amount_fields(column))
        else:
            row[column.name] = flat[column.name]
    row["collection"] = record.collection
    row["digest"] = digest
    if isinstance(record, Incident):
        row.update(derived(record))
    return row


def derived(incident: Incident) -> dict[str, Any]:
    """Give the cells of what is derived from an incident."""
    found = derive(incident)
    return {name: getattr(found, name) for name in DERIVED}


def to_record(
    record_type: str,
    row: Mapping[str, Any],
    linked: Mapping[str, str | None],
    moments: Mapping[str, tuple[str | None, ...]],
) -> Record:
    """Build a record from its row, its lists (column -> text joined with ;) and its sparse moments."""
    flat: dict[str, FlatValue] = dict(row)
    flat.update(linked)
    for name, cells in moments.items():
        flat.update(zip((name + s for s in MOMENT_SUFFIXES), cells, strict=True))
    return from_flat(record_type, flat, collection=str(row["collection"]))


def linked_cells(link: Link, owner: str | int, record: Record) -> list[tuple[Any, ...]]:
    """Give the rows of a list column: (owner, position, other)."""
    return [(owner, n, value) for n, value in enumerate(getattr(record, link.column))]


def joined(values: list[str]) -> str | None:
    """Join the values of a list column into flat text."""
    return join_words(values)
