"""What the pages of an import show: the sums, a page of rows, how the file was read, where it can be seen.

Turns a report into words for the templates. Knows no request and no HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents import ImportOptions, ImportReport, Incident, Problem, Provider, Query, RowOutcome, Store
from timeline.formats import format_duration, format_moment_range
from timeline.import_form import ColumnChoice, column_choices
from timeline.incident_words import affected_words
from timeline.report import OUTCOMES, all_notes, note_lines, order_unknown, reason_of, remedy_of
from timeline.wording import N_

ROWS_A_PAGE = 100
LOOKED_UP = 2_000
SHOWN_NOTES = 20

TYPE_WORDS = {
    "law": N_("Laws"),
    "source": N_("Sources"),
    "provider": N_("Providers"),
    "ownership": N_("Ownership"),
    "designation": N_("Designations"),
    "service": N_("Services"),
    "dependency": N_("Dependencies"),
    "qualification": N_("Qualifications"),
    "milestone": N_("Milestones"),
    "incident": N_("Incidents"),
    "update": N_("Updates"),
    "claim": N_("Claims"),
    "translation": N_("Translations"),
}
ORDER_WORDS = {
    "DMY": N_("day first: 12 September"),
    "MDY": N_("month first: 9 December"),
    "YMD": N_("year first"),
}
DELIMITER_WORDS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab"), "|": N_("vertical bar")}


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """A problem in the reader's language."""

    column: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RowsShown:
    """One page of rows, all of them or those of one outcome."""

    outcome: str
    rows: tuple[RowOutcome, ...]
    total: int
    page: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    """A preview or a report in words. `changes` = rows that change, or have changed, the record.

    `ask_order`: some date can be read day first or month first, and nobody has said which.
    """

    report: ImportReport
    shown: RowsShown
    needed: tuple[ColumnChoice, ...]
    others: tuple[ColumnChoice, ...]
    notes: tuple[str, ...]
    changes: int
    ask_order: bool
    problems: Mapping[int, tuple[ProblemWords, ...]]
    records: Mapping[int, str]


def import_page(
    store: Store, report: ImportReport, options: ImportOptions, *, outcome: str = "", page: int = 1
) -> ImportPage:
    """Gather what preview and report show of a page of rows."""
    shown = rows_shown(report, outcome, page)
    names = {one.id: one.name for one in store.all("provider") if isinstance(one, Provider)}
    needed, others = column_choices(options, report.targets, report.header)
    return ImportPage(
        report=report,
        shown=shown,
        needed=needed,
        others=others,
        notes=tuple(note_lines(all_notes(report))[:SHOWN_NOTES]),
        changes=report.added + report.updated,
        ask_order=options.date_order is None and order_unknown(report),
        problems={row.line: tuple(problem_words(p) for p in row.problems) for row in shown.rows},
        records={row.line: record_words(row, names) for row in shown.rows},
    )


def rows_shown(report: ImportReport, outcome: str, page: int) -> RowsShown:
    """Give one page of the rows with an outcome; an unknown outcome shows all, a page past the end the last."""
    outcome = outcome if outcome in OUTCOMES else ""
    rows = [row for row in report.rows if not outcome or row.outcome == outcome]
    last = max(1, -(-len(rows) // ROWS_A_PAGE))
    page = min(max(page, 1), last)
    return RowsShown(
        outcome, tuple(rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]), len(rows), page, last
    )


def record_words(row: RowOutcome, names: Mapping[str, str]) -> str:
    """Say how an incident was read: when, by whom, how many; "" for other records."""
    incident = row.record
    if not isinstance(incident, Incident):
        return ""
    parts = [
        format_moment_range(incident.started_at, incident.resolved_at, zone=incident.timezone, short=True)
    ]
    if incident.operator_id:
        parts.append(names.get(incident.operator_id, incident.operator_id))
    if incident.duration:
        parts.append(format_duration(incident.duration))
    if incident.affected:
        parts.append(affected_words(incident))
    return " · ".join(part for part in parts if part)


def problem_words(problem: Problem) -> ProblemWords:
    return ProblemWords(problem.column, problem.value, reason_of(problem), remedy_of(problem))


def timeline_fields(store: Store, report: ImportReport) -> dict[str, str] | None:
    """Give the query of the timeline that shows what the file holds; None when that is no incident."""
    if report.record_type != "incident":
        return None
    ids = [row.record_id for row in report.rows if row.record_id and row.outcome != "rejected"]
    bounds = _around(store, ids)
    if bounds is None:
        return None
    start, end = bounds
    margin = max((end - start) * 0.05, timedelta(hours=6))
    return {"start": _day(start - margin), "end": _day(end + margin + timedelta(days=1)), "collection": "own"}


def _around(store: Store, ids: Sequence[str]) -> tuple[datetime, datetime] | None:
    """Give the first and the last instant of some incidents; of all own ones when they are very many."""
    few = len(ids) <= LOOKED_UP
    sketches = store.sketches(Query(collections=("own",)), ids=set(ids) if few else None)
    if not sketches:
        return None
    return min(one.start_earliest for one in sketches), max(
        one.end_latest or one.start_latest for one in sketches
    )


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
