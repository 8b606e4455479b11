"""The report of an import as a file, so that another process, or a page that is loaded anew, shows it again.

Report <-> JSON. Knows no words and no page. Rejected rows stand in a file of their own, one a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from incidents import Group, ImportReport, Note, Problem, RowOutcome

SHOWN_ROWS = 200
"""So many rows of each outcome are kept for the page; the sums, and the file of rejected rows, cover all."""
PLAIN = (
    *("record_type", "filename", "file_sha256", "format", "encoding", "delimiter", "quote", "header_line"),
    *("sheet", "dry_run", "strict", "complete", "how", "change_set_id"),
)
LISTS = ("header", "sheets", "unused")


def report_data(report: ImportReport) -> dict[str, Any]:
    """Write a report as plain data."""
    data: dict[str, Any] = {name: getattr(report, name) for name in PLAIN}
    data |= {name: list(getattr(report, name)) for name in LISTS}
    data["targets"] = dict(report.targets)
    data["counts"] = dict(report.counts)
    data["notes"] = [_note(note) for note in report.notes]
    data["rows"] = [_row(row) for row in _first_of_each(report.rows)]
    data["problem_groups"] = [_group(group) for group in report.problem_groups]
    data["note_groups"] = [_group(group) for group in report.note_groups]
    return data


def read_report(data: Mapping[str, Any]) -> ImportReport:
    """Read a report back; its rejected rows are walked by `rejected_rows`."""
    values: dict[str, Any] = {name: data[name] for name in PLAIN}
    values |= {name: tuple(data[name]) for name in LISTS}
    return ImportReport(
        **values,
        targets=data["targets"],
        counts=data["counts"],
        notes=tuple(Note(*note) for note in data["notes"]),
        rows=tuple(_read_row(row) for row in data["rows"]),
        problem_groups=tuple(_read_group(group) for group in data["problem_groups"]),
        note_groups=tuple(_read_group(group) for group in data["note_groups"]),
    )


def write_rejected(rows: Iterable[RowOutcome], path: Path) -> None:
    """Write rejected rows, one a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(_row(row), default=str) + "\n" for row in rows)


def rejected_rows(path: Path) -> Iterator[RowOutcome]:
    """Walk the rejected rows of a file; none where there is no file."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield _read_row(json.loads(line))


def _first_of_each(rows: Iterable[RowOutcome]) -> Iterator[RowOutcome]:
    kept: dict[str, int] = {}
    for row in rows:
        kept[row.outcome] = kept.get(row.outcome, 0) + 1
        if kept[row.outcome] <= SHOWN_ROWS:
            yield row


def _note(note: Note) -> list[Any]:
    return [note.line, note.column, note.message, dict(note.params)]


def _problem(one: Problem) -> list[Any]:
    return [one.line, one.column, one.value, one.code, one.message, dict(one.params), one.hint]


def _row(row: RowOutcome) -> list[Any]:
    return [
        row.line,
        row.outcome,
        row.record_id,
        row.title,
        [list(difference) for difference in row.differences],
        [_problem(problem) for problem in row.problems],
        [_note(note) for note in row.notes],
        list(row.cells),
    ]


def _read_row(data: list[Any]) -> RowOutcome:
    line, outcome, record_id, title, differences, problems, notes, cells = data
    return RowOutcome(
        line,
        outcome,
        record_id,
        title,
        tuple((field, old, new) for field, old, new in differences),
        tuple(Problem(*problem) for problem in problems),
        tuple(Note(*note) for note in notes),
        tuple(cells),
    )


def _group(group: Group) -> dict[str, Any]:
    return {
        "said": [group.column, group.code, group.message, group.hint, group.count],
        "examples": [_problem(one) if isinstance(one, Problem) else _note(one) for one in group.examples],
    }


def _read_group(data: Mapping[str, Any]) -> Group:
    examples: list[Problem | Note] = [
        Problem(*one) if len(one) > 4 else Note(*one) for one in data["examples"]
    ]
    column, code, message, hint, count = data["said"]
    return Group(column, code, message, hint, count, examples)
