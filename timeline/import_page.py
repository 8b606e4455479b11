"""What the pages of an import show: the sums, a page of rows, how the file was read, where it can be seen.

Turns a report into words for the templates. Knows the zone of the request and no HTML.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from incidents import (
    RECORD_TYPES,
    Group,
    ImportOptions,
    ImportReport,
    Incident,
    Problem,
    Provider,
    Query,
    RowOutcome,
    Store,
    span_of,
)
from timeline import context
from timeline.formats import format_duration, format_moment_range, format_number
from timeline.import_form import (
    DATE_ORDERS,
    DELIMITERS,
    ENCODINGS,
    QUOTES,
    ColumnChoice,
    column_choices,
    free_lines,
)
from timeline.incident_words import affected_words
from timeline.report import (
    OUTCOME_WORDS,
    OUTCOMES,
    note_lines,
    order_unknown,
    other_values,
    reason_of,
    recognised_words,
    remedy_of,
    sum_words,
)
from timeline.wording import N_, _

ROWS_A_PAGE = 100
SHOWN_NOTES = 20
SHOWN_GROUPS = 12
RAW_LINES = 8
RAW_BYTES = 16_384
RAW_WIDTH = 400

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
DELIMITER_WORDS = {
    ",": N_("comma"),
    ";": N_("semicolon"),
    "\t": N_("tab"),
    "|": N_("vertical bar"),
    " ": N_("space"),
    ", ": N_("comma and space"),
    "; ": N_("semicolon and space"),
    "": N_("none"),
}
QUOTE_WORDS = {'"': N_("double quotation marks"), "'": N_("single quotation marks"), "": N_("none")}
UNKNOWN_WORDS = {
    "reject": N_("reject the row"),
    "create": N_("add the provider"),
    "keep": N_("keep the words of the file"),
}
FORMAT_WORDS = {"csv": N_("text table (CSV)"), "xlsx": N_("Excel workbook"), "json": "JSON"}


def form_words() -> dict[str, object]:
    """Give the templates of an import the words of its choices."""
    return {
        "record_types": tuple(sorted(RECORD_TYPES, key=lambda name: (name != "incident", name))),
        "type_words": TYPE_WORDS,
        "orders": DATE_ORDERS,
        "order_words": ORDER_WORDS,
        "outcomes": OUTCOMES,
        "outcome_words": OUTCOME_WORDS,
        "sum_words": sum_words,
        "delimiters": DELIMITERS,
        "delimiter_words": DELIMITER_WORDS,
        "quotes": QUOTES,
        "quote_words": QUOTE_WORDS,
        "encodings": ENCODINGS,
        "unknown_words": UNKNOWN_WORDS,
        "format_words": FORMAT_WORDS,
        "size_words": size_words,
        "column_names": lambda record_type: [column.name for column in RECORD_TYPES[record_type].columns],
        "zone_key": context.zone().key,
    }


def size_words(size: int) -> str:
    """Say the size of a file."""
    if size < 1000:
        return _("%(n)s bytes", n=size)
    if size < 1_000_000:
        return _("%(n)s kB", n=format_number(round(size / 1000)))
    return _("%(n)s MB", n=format_number(round(size / 1_000_000, 1)))


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """A problem in the reader's language."""

    column: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class GroupWords:
    """Problems of one kind: how many rows have it, the first of them, and other values that have it too."""

    count: int
    line: int
    column: str
    reason: str
    remedy: str
    others: tuple[str, ...]


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
    groups: tuple[GroupWords, ...]
    recognised: str
    free: tuple[tuple[str, str], ...]
    fields_of: Mapping[str, str]
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
        notes=tuple(note_lines(report)[:SHOWN_NOTES]),
        groups=tuple(group_words(group) for group in report.problem_groups[:SHOWN_GROUPS]),
        recognised=recognised_words(report),
        free=tuple(free_lines(options, report.header)),
        fields_of=fields_by_header(report),
        changes=report.added + report.updated,
        ask_order=options.date_order is None and order_unknown(report),
        problems={row.line: tuple(problem_words(p) for p in row.problems) for row in shown.rows},
        records={row.line: record_words(row, names) for row in _with_records(store, shown.rows, report)},
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


def _with_records(store: Store, rows: Sequence[RowOutcome], report: ImportReport) -> list[RowOutcome]:
    """Put to rows that come without their record what is on record under their ids."""
    bare = [
        row.record_id for row in rows if row.record is None and row.record_id and row.outcome != "rejected"
    ]
    if not bare or report.record_type != "incident" or report.dry_run:
        return list(rows)
    known = store.many("incident", bare)
    return [replace(row, record=row.record or known.get(row.record_id)) for row in rows]


def fields_by_header(report: ImportReport) -> dict[str, str]:
    """Give for each header of the file the fields that it fills, in words of the columns."""
    filled: dict[str, list[str]] = {}
    for field, template in report.targets.items():
        for name in report.header:
            if f"{{{name}}}" in template:
                filled.setdefault(name, []).append(field)
    return {name: ", ".join(fields) for name, fields in filled.items()}


def group_words(group: Group) -> GroupWords:
    """Say what problems of one kind are, by the first of them."""
    first = next(one for one in group.examples if isinstance(one, Problem))
    words = problem_words(first)
    return GroupWords(
        group.count, first.line, words.column, words.reason, words.remedy, tuple(other_values(group))
    )


def raw_lines(source: Path, encoding: str, most: int = RAW_LINES) -> list[str]:
    """Give the first lines of a text file as they are, for comparison; none for a workbook."""
    with source.open("rb") as file:
        data = file.read(RAW_BYTES)
    if data.startswith(b"PK"):
        return []
    if data.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(source, "rb") as unpacked:
                data = unpacked.read(RAW_BYTES)
        except (OSError, EOFError, zlib.error):
            return []
    try:
        text = data.decode(encoding or "utf-8", "replace").removeprefix("\ufeff")
    except LookupError:
        text = data.decode("utf-8", "replace")
    lines = text.splitlines()
    return [line[:RAW_WIDTH] for line in lines[:most]]


def problem_words(problem: Problem) -> ProblemWords:
    return ProblemWords(problem.column, problem.value, reason_of(problem), remedy_of(problem))


def timeline_fields(store: Store, report: ImportReport) -> dict[str, str] | None:
    """Give the query of the timeline that shows what the file holds; None when that is no incident."""
    if report.record_type != "incident":
        return None
    ids = [row.record_id for row in report.rows if row.record_id and row.outcome != "rejected"]
    whole = len(ids) >= report.read - report.rejected
    bounds = _around(store, ids) if whole else _around_all(store)
    if bounds is None:
        return None
    start, end = bounds
    margin = max((end - start) * 0.05, timedelta(hours=6))
    return {"start": _day(start - margin), "end": _day(end + margin + timedelta(days=1)), "collection": "own"}


def _around(store: Store, ids: Sequence[str]) -> tuple[datetime, datetime] | None:
    """Give the first and the last instant of some incidents."""
    sketches = store.sketches(Query(collections=("own",)), ids=set(ids)) if ids else []
    if not sketches:
        return None
    return min(one.start_earliest for one in sketches), max(
        one.end_latest or one.start_latest for one in sketches
    )


def _around_all(store: Store) -> tuple[datetime, datetime] | None:
    """Give the first and the last start of the own incidents, for a file of more rows than a report keeps."""
    first = store.find(Query(collections=("own",), order="oldest", limit=1)).incidents
    last = store.find(Query(collections=("own",), order="newest", limit=1)).incidents
    if not first or not last:
        return None
    return span_of(first[0]).start_earliest, span_of(last[0]).start_latest


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
