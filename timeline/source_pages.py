"""What the lists of sources, milestones and qualifications show.

Knows the facade; knows no HTML, no language and no clock. Which record cites which source is found once a revision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from incidents import (
    Claim,
    Milestone,
    Provider,
    Qualification,
    Query,
    Source,
    Store,
    Update,
    find,
    rules_of,
)
from timeline.once_a_revision import once_a_revision
from timeline.provider_pages import Dated, dated
from timeline.typed_records import every, one

CITING_TYPES = (
    "update",
    "provider",
    "ownership",
    "designation",
    "service",
    "dependency",
    "milestone",
    "law",
    "claim",
)

# Beyond this many incidents only the newest are looked through for what they cite.
LOOKED_THROUGH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A record that cites a source. `title` is its own, or that of the record it belongs to."""

    record_type: str
    record_id: str
    title: str
    belongs_to: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedBy:
    """A source with the host that serves it and every record that cites it."""

    source: Source
    host: str | None
    citations: tuple[Citation, ...]

    @property
    def by_record(self) -> tuple[Citation, ...]:
        """Give the citations without the updates and claims of a record that is listed itself."""
        whole = {(c.record_type, c.record_id) for c in self.citations}
        return tuple(c for c in self.citations if c.belongs_to is None or c.belongs_to not in whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRow:
    """A milestone with its providers by name."""

    milestone: Milestone
    providers: tuple[Provider, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestones:
    """The milestones with a date, newest first, and those without one: listed, not drawn."""

    dated: tuple[MilestoneRow, ...]
    undated: tuple[MilestoneRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualifications:
    """The qualifications by scheme as they stand on a day."""

    day: date
    rows: tuple[Dated, ...]


def host_of(url: str) -> str | None:
    """Give the host of an address without `www.`; None for a document that has no address."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def short_address(url: str) -> str:
    """Write an address as it is read from paper: without scheme and `www.`, and without a slash at its end."""
    return url.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


@once_a_revision
def cited_by(store: Store) -> tuple[CitedBy, ...]:
    """Give every source with what cites it, those cited most first."""
    found: dict[str, dict[tuple[str, str], Citation]] = {}
    for url, citation in _citations(store):
        found.setdefault(url, {}).setdefault((citation.record_type, citation.record_id), citation)
    sources = {source.url: source for source in every(store, Source)}
    rows = [
        CitedBy(
            source=sources.get(url) or Source(url=url),
            host=host_of(url),
            citations=tuple(found.get(url, {}).values()),
        )
        for url in (*sources, *(url for url in found if url not in sources))
    ]
    return tuple(sorted(rows, key=lambda row: (-len(row.citations), row.host or "", row.source.url)))


def milestones(store: Store) -> Milestones:
    """Gather the milestones: the newest first, then those that have no date."""
    rows = [
        MilestoneRow(
            milestone=milestone,
            providers=tuple(
                p for p in (one(store, Provider, i) for i in milestone.provider_ids) if p is not None
            ),
        )
        for milestone in every(store, Milestone)
    ]
    return Milestones(
        dated=tuple(sorted((r for r in rows if r.milestone.date), key=_milestone_start, reverse=True)),
        undated=tuple(row for row in rows if not row.milestone.date),
    )


def qualifications(store: Store, day: date) -> Qualifications:
    """Gather all qualifications as of a day, those in force first."""
    order = ("qualified", "not_yet", "in_progress", "expired", "not_qualified")
    rows = [dated(qualification, day) for qualification in every(store, Qualification)]
    rows.sort(key=lambda row: order.index(row.standing) if row.standing in order else len(order))
    return Qualifications(day=day, rows=tuple(rows))


def _milestone_start(row: MilestoneRow) -> datetime:
    date_ = row.milestone.date
    assert date_ is not None
    at = date_.earliest or date_.latest
    assert at is not None
    return at


def _citations(store: Store) -> Iterator[tuple[str, Citation]]:
    titles: dict[str, str] = {}
    for incident in find(store, Query(limit=LOOKED_THROUGH)).incidents:
        titles[incident.id] = incident.title
        for url in incident.source_urls:
            yield url, Citation(record_type="incident", record_id=incident.id, title=incident.title)
    for record_type in CITING_TYPES:
        records: tuple[Any, ...] = store.all(record_type)
        for record in records:
            if record.source_url:
                title = _title(record_type, record, titles)
                yield (
                    record.source_url,
                    Citation(
                        record_type=record_type, record_id=record.id, title=title, belongs_to=_whole(record)
                    ),
                )
    for obligation in rules_of(store):
        if obligation.source_url:
            yield (
                obligation.source_url,
                Citation(record_type="obligation", record_id=obligation.id, title=obligation.name_en),
            )


def _whole(record: object) -> tuple[str, str] | None:
    match record:
        case Update():
            return "incident", record.incident_id
        case Claim():
            return record.record_type, record.record_id
    return None


def _title(record_type: str, record: Any, titles: dict[str, str]) -> str:
    for field in ("title", "name"):
        text = getattr(record, field, None)
        if text:
            return str(text)
    whole = _whole(record)
    if whole is not None:
        return titles.get(whole[1], whole[1])
    return str(record.id)
