"""What became of each row of an import, counted whole and kept in part.

read = added + updated + unchanged + duplicate + rejected, always. Sums and kinds of problem cover every row; the
rows themselves are kept up to a number, but every rejected one goes to a file that the report can walk.
"""

from __future__ import annotations

import io
import json
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Literal

from incidents.csv_import import Note, Problem
from incidents.model import Record

RowResult = Literal["added", "updated", "unchanged", "duplicate", "rejected"]
RESULTS: tuple[RowResult, ...] = ("added", "updated", "unchanged", "duplicate", "rejected")
KEPT_ROWS = 1_000
"""So many rows of each outcome are kept with their cells; the sums cover all."""
KEPT_EXAMPLES = 20
KEPT_GROUPS = 2_000
IN_MEMORY = 1_000_000


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row; `differences` are (field, old, new), `cells` the row as it was in the file.

    `record` is what the row was read as; None for a rejected row, and for one that was not read again.
    """

    line: int
    outcome: RowResult
    record_id: str
    title: str
    differences: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    cells: tuple[str, ...] = ()
    record: Record | None = None


@dataclass(slots=True)
class Group:
    """Problems or notes of one kind: how many rows have it, and the first examples."""

    column: str
    code: str
    message: str
    hint: str
    count: int = 0
    examples: list[Problem | Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or in a dry run would do.

    `how` says how rows that were there already were recognised: `file` by the digest of the whole file, `rows` by
    the digests of the rows, "" where every row was read. `complete` is False where a dry run stopped early.
    """

    record_type: str
    filename: str
    file_sha256: str
    format: str
    encoding: str
    delimiter: str
    quote: str
    header: tuple[str, ...]
    header_line: int
    sheet: str
    sheets: tuple[str, ...]
    targets: Mapping[str, str]
    unused: tuple[str, ...]
    notes: tuple[Note, ...]
    counts: Mapping[str, int]
    rows: tuple[RowOutcome, ...]
    problem_groups: tuple[Group, ...]
    note_groups: tuple[Group, ...]
    dry_run: bool
    strict: bool
    complete: bool = True
    how: str = ""
    change_set_id: int | None = None
    spool: RejectedSpool | None = None

    @property
    def read(self) -> int:
        return sum(self.counts.values())

    @property
    def added(self) -> int:
        return self.counts.get("added", 0)

    @property
    def updated(self) -> int:
        return self.counts.get("updated", 0)

    @property
    def unchanged(self) -> int:
        return self.counts.get("unchanged", 0)

    @property
    def duplicate(self) -> int:
        return self.counts.get("duplicate", 0)

    @property
    def rejected(self) -> int:
        return self.counts.get("rejected", 0)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Give the problems of the rows that are kept, in the order of the file."""
        return tuple(problem for row in self.rows for problem in row.problems)

    @property
    def written(self) -> bool:
        return self.change_set_id is not None

    def rejected_rows(self) -> Iterator[RowOutcome]:
        """Walk all rejected rows, in the order of the file."""
        return self.spool.rows() if self.spool is not None else iter(())


class RejectedSpool:
    """The rejected rows of an import: in memory while they are few, then in a file without a name."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._held = 0
        self._file: IO[str] | None = None

    def add(self, row: RowOutcome) -> None:
        problems = [
            (p.line, p.column, p.value, p.code, p.message, dict(p.params), p.hint) for p in row.problems
        ]
        line = json.dumps([row.line, problems, list(row.cells)], default=str)
        self._lines.append(line)
        self._held += len(line)
        if self._held > IN_MEMORY:
            if self._file is None:
                self._file = tempfile.TemporaryFile(mode="w+", encoding="utf-8")  # noqa: SIM115
                weakref.finalize(self, self._file.close)
            self._file.writelines(f"{held}\n" for held in self._lines)
            self._lines, self._held = [], 0

    def rows(self) -> Iterator[RowOutcome]:
        if self._file is not None:
            self._file.seek(0)
            yield from map(_rejected, self._file)
            self._file.seek(0, io.SEEK_END)
        yield from map(_rejected, self._lines)


def _rejected(text: str) -> RowOutcome:
    line, problems, cells = json.loads(text)
    told = tuple(Problem(*problem) for problem in problems)
    return RowOutcome(line, "rejected", "", "", problems=told, cells=tuple(cells))


class ReportRows:
    """Takes the outcome of row after row; bounded in memory."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = dict.fromkeys(RESULTS, 0)
        self.rows: list[RowOutcome] = []
        self.spool = RejectedSpool()
        self._kept: dict[str, int] = dict.fromkeys(RESULTS, 0)
        self._problems: dict[tuple[str, str, str], Group] = {}
        self._notes: dict[tuple[str, str, str], Group] = {}

    def count(self, outcome: RowResult, number: int = 1) -> None:
        """Count rows of which nothing more is kept."""
        self.counts[outcome] += number

    def keeps(self, outcome: RowResult) -> bool:
        """Say whether a row of that outcome would be kept."""
        return self._kept[outcome] < KEPT_ROWS

    def add(self, row: RowOutcome) -> None:
        """Count a row, keep it while there is room, and group what is to be said of it."""
        self.counts[row.outcome] += 1
        if row.outcome == "rejected":
            self.spool.add(row)
        for problem in row.problems:
            self._group(self._problems, problem.column, problem.code, problem.message, problem.hint, problem)
        for note in row.notes:
            self._group(self._notes, note.column, "", note.message, "", note)
        if self._kept[row.outcome] < KEPT_ROWS:
            self._kept[row.outcome] += 1
            self.rows.append(row)

    def _group(
        self,
        groups: dict[tuple[str, str, str], Group],
        column: str,
        code: str,
        message: str,
        hint: str,
        item: Problem | Note,
    ) -> None:
        group = groups.get((column, message, hint))
        if group is None:
            if len(groups) >= KEPT_GROUPS:
                return
            group = groups[column, message, hint] = Group(column, code, message, hint)
        if not group.examples or group.examples[-1].line != item.line:
            group.count += 1
        if len(group.examples) < KEPT_EXAMPLES:
            group.examples.append(item)

    @property
    def problem_groups(self) -> tuple[Group, ...]:
        return tuple(self._problems.values())

    @property
    def note_groups(self) -> tuple[Group, ...]:
        return tuple(self._notes.values())
