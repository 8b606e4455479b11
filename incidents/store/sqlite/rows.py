"""Records as rows and back. Knows the tables; runs no SQL.

A row of a moment always carries its bounds, so that windows can be found by them; a flat record names them only
where they do not follow from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from incidents.columns import MOMENT_SUFFIXES, RECORD_TYPES, Column
from incidents.flat import Flat, FlatValue, amount_fields, from_flat, join_words
from incidents.impact import duration_of, span_of, user_hours
from incidents.model import SEVERITIES, Incident, Record
from incidents.moment import Moment, utc_text
from incidents.store.sqlite.schema import NO_END

SPARSE_MOMENTS = ("detected_at", "aware_at", "reported_at")
"""Moments of an incident that few have: kept in `incident_moments`, not in columns."""


@dataclass(frozen=True, slots=True)
class Link:
    """A list column kept as rows of a table of its own: (owner, position, other, maybe a role)."""

    record_type: str
    column: str
    table: str
    owner: str
    other: str
    role: bool = False


LINKS = (
    Link("provider", "exposed_to", "provider_laws", "provider_id", "law_id"),
    Link("milestone", "provider_ids", "milestone_providers", "milestone_id", "provider_id"),
    Link("incident", "service_ids", "incident_services", "incident_id", "service_id"),
    Link("incident", "providers", "incident_providers", "incident_id", "provider_id", role=True),
    Link("incident", "source_urls", "incident_sources", "incident_id", "source_url"),
)


def links_of(record_type: str) -> tuple[Link, ...]:
    return tuple(link for link in LINKS if link.record_type == record_type)


def columns_in_row(record_type: str) -> tuple[Column, ...]:
    """List the columns kept in the record's own table."""
    linked = {link.column for link in links_of(record_type)}
    sparse = SPARSE_MOMENTS if record_type == "incident" else ()
    return tuple(
        c for c in RECORD_TYPES[record_type].columns if c.name not in linked and c.name not in sparse
    )


def moment_cells(moment: Moment | None) -> tuple[str | None, ...]:
    if moment is None:
        return (None,) * len(MOMENT_SUFFIXES)
    return (
        moment.value or None,
        moment.precision.value,
        moment.qualifier.value,
        utc_text(moment.earliest) if moment.earliest else None,
        utc_text(moment.latest) if moment.latest else None,
        moment.words,
    )


def to_row(record_type: str, record: Record, flat: Flat, digest: str) -> dict[str, Any]:
    """Give the row of a record in its own table."""
    row: dict[str, Any] = {}
    for column in columns_in_row(record_type):
        if column.kind == "moment":
            cells = moment_cells(getattr(record, column.name))
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
    """Compute what queries need of an incident; `check` recomputes it from the record."""
    span = span_of(incident)
    duration, lost = duration_of(incident), user_hours(incident)
    end = span.end_latest or span.start_latest
    lasted = duration.amount if duration else None
    return {
        "spans_from": utc_text(span.start_earliest),
        "spans_to": NO_END if span.end_state == "open" else utc_text(max(end, span.start_latest)),
        "severity_rank": SEVERITIES.index(incident.severity) if incident.severity else -1,
        "lasted_minutes": (lasted.central if lasted.central is not None else lasted.low) if lasted else None,
        "user_hours_low": lost.amount.low if lost else None,
        "user_hours_central": lost.amount.central if lost else None,
        "user_hours_high": lost.amount.high if lost else None,
    }


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


def linked_cells(link: Link, record: Record) -> list[tuple[Any, ...]]:
    """Give the rows of a list column: (owner, position, other[, role])."""
    owner = getattr(record, RECORD_TYPES[link.record_type].key)
    values = getattr(record, link.column)
    if link.role:
        return [(owner, n, part.provider_id, part.role) for n, part in enumerate(values)]
    return [(owner, n, value) for n, value in enumerate(values)]


def joined(link: Link, rows: list[tuple[Any, ...]]) -> str | None:
    """Join rows (other[, role]) of a list column into flat text."""
    return join_words([f"{row[0]}:{row[1]}" if link.role else str(row[0]) for row in rows])
