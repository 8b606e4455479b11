"""One import: a file, the store, a report that accounts for every row. All or nothing, or a dry run.

read = added + updated + unchanged + duplicate + rejected, always. The bytes of an accepted file are on disk, under
their SHA-256 beside the database, before the import is acknowledged.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from incidents.changes import Kind
from incidents.column_plan import ColumnPlan, ImportOptions, PlanError, place_of, plan_columns
from incidents.columns import RECORD_TYPES, header_key
from incidents.csv_import import Note, Problem, RowReader
from incidents.csv_reader import ROW_FAULTS, open_table
from incidents.date_order import Decision, decide_order, has_numeric_dates
from incidents.import_report import ImportReport, ReportRows
from incidents.intake import Intake
from incidents.json_reader import JSON_FAULTS
from incidents.kept_files import FileSource, Keeping, sha256_of
from incidents.plain_rows import plain_rows
from incidents.row_groups import group_sizes, groups
from incidents.store import Store, Writer
from incidents.table import CsvError, ReadingOptions, Row, RowFault, Table

READING = "2"
"""Counts up when rows are read otherwise than before: rows of files imported earlier are then read again."""
Progress = Callable[[int, int], None]
LOOKED_AT = 1_000
LOOKED_AT_FIRST = 200
LARGE_FILE = 10_000_000


def planned(table: Table, options: ImportOptions) -> ColumnPlan:
    """Lay the header of a table on the fields of the record. Raises `PlanError`, and `CsvError` where there is none."""
    try:
        return plan_columns(table.header, options, _first_cells(table))
    except PlanError as error:
        if options.mapping or not any(guess.code == "no-header" for guess in table.guesses):
            raise
        first = next((row.cells for row in table.rows() if isinstance(row, Row)), ())
        raise CsvError(
            "The first line is no header: {cells}.",
            code="no-header",
            params={"cells": ", ".join(list(first)[:5]) or "–"},
            hint="Put the names of the columns on the first line (id, title, started_at ...), "
            "or say what the columns are: --map 'title={{column 2}}'.",
        ) from error


def _first_cells(table: Table) -> list[Sequence[str]]:
    return [row.cells for row in islice(table.rows(), LOOKED_AT_FIRST) if isinstance(row, Row)]


def find_order(table: Table, plan: ColumnPlan, options: ImportOptions) -> Decision | None:
    """Find out from all rows of a file whether days or months come first, if its first rows have such dates."""
    if options.date_order is not None:
        return None
    header, record_type = table.header, options.record_type
    if not has_numeric_dates(header, islice(table.rows(), LOOKED_AT), plan, record_type):
        return None
    return decide_order(header, table.rows(), plan, record_type)


class StoreLookup:
    """Resolves references by id, name or alias, over the store and the ids of the file being read."""

    def __init__(self, store: Store, pending: Mapping[str, frozenset[str]] | None = None) -> None:
        self._store = store
        self._pending = pending or {}
        self._names: dict[str, Mapping[str, str]] = {}

    def _known(self, record_type: str) -> Mapping[str, str]:
        if record_type not in self._names:
            self._names[record_type] = self._store.names(record_type)
        return self._names[record_type]

    def resolve(self, record_type: str, text: str) -> str | None:
        """Give the id for an id, name or alias."""
        known = self._known(record_type)
        if text in self._pending.get(record_type, ()):
            return text
        return known.get(text) or known.get(header_key(text))

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        """Give up to three ids that look alike."""
        known = self._known(record_type)
        keys = (
            difflib.get_close_matches(header_key(text), list(known), n=5, cutoff=0.55)
            if len(known) < 20_000
            else []
        )
        return tuple(dict.fromkeys(known[key] for key in keys))[:3]


def reading_options(options: ImportOptions) -> ReadingOptions:
    """Give what the options of an import say of the file."""
    return ReadingOptions(options.encoding, options.delimiter, options.quote, options.header, options.sheet)


def import_file(
    store: Store,
    source: FileSource,
    options: ImportOptions,
    *,
    actor: str,
    at: datetime,
    dry_run: bool = False,
    most: int | None = None,
    on_progress: Progress | None = None,
    brought: dict[str, frozenset[str]] | None = None,
) -> ImportReport:
    """Import a file into the store, or with `dry_run` say what would happen, of its first `most` rows if given.

    One transaction. With `options.strict` a rejected row means that nothing is written. Raises `CsvError` or
    `PlanError` for a file that is no table or whose columns do not fit, `StoreError` when it cannot be written.
    `on_progress` is told now and then how many bytes of how many have been read. `brought`, for a dry run of several
    files: the ids that those before bring, by type; the ids of rows of this one that are taken are put in.
    """
    mark = sha256_of(source)
    if options.today is None:
        options = replace(options, today=at.date())
    with open_table(source, reading_options(options)) as table:
        plan = planned(table, options)
        decision = find_order(table, plan, options)
        if decision:
            options = replace(options, date_order=decision.order, date_orders=decision.columns)
        run = _Import(store, source, mark, table, plan, options, decision, brought)
        return run.report(actor=actor, at=at, dry_run=dry_run, most=most, on_progress=on_progress)


class _Import:
    """One file on its way into the store."""

    def __init__(
        self,
        store: Store,
        source: FileSource,
        mark: str,
        table: Table,
        plan: ColumnPlan,
        options: ImportOptions,
        decision: Decision | None,
        brought: dict[str, frozenset[str]] | None = None,
    ) -> None:
        self._store, self._source, self._file_mark = store, source, mark
        self._table, self._plan, self._options, self._decision = table, plan, options, decision
        self._signature = signature_of(plan, options)
        self._brought = brought

    def report(
        self, *, actor: str, at: datetime, dry_run: bool, most: int | None, on_progress: Progress | None
    ) -> ImportReport:
        rows = ReportRows()
        before = self._recorded() if not dry_run else None
        if before is not None:
            rows.count("unchanged", sum(before.values()) - before.get("duplicate", 0))
            rows.count("duplicate", before.get("duplicate", 0))
            return self._said(rows, dry_run=False, how="file")
        kind: Kind = "import"
        walked = 0
        with self._store.writing(
            kind=kind,
            actor=actor,
            at=at,
            origin=self._options.filename or "import",
            summary=self._options.record_type,
            file_sha256=self._file_mark,
            dry=dry_run,
            large=self._table.size > LARGE_FILE,
        ) as writer:
            keeping: Keeping | None = None

            def progress() -> None:
                nonlocal keeping
                if keeping is None and writer.changed and not dry_run:
                    keeping = Keeping(self._store.path, self._source, self._file_mark)
                if on_progress is not None:
                    on_progress(self._table.position(), self._table.size)

            intake = self._intake(writer, rows)
            place, sizes = self._grouping(most)
            walk: Iterator[Row | RowFault] = iter(self._table.rows())
            try:
                few = islice(walk, most) if most is not None else walk
                if place is not None:
                    intake.take_groups(groups(few, place, sizes), progress)
                else:
                    intake.take(few, progress)
                complete = most is None or next(walk, None) is None
                walked = rows.counts["added"] + rows.counts["updated"]
                if self._brought is not None:
                    kind_of_record, ids = self._options.record_type, self._ids()
                    there = frozenset(self._store.existing(kind_of_record, ids)) if ids else frozenset[str]()
                    self._brought[kind_of_record] = self._brought.get(kind_of_record, frozenset()) | there
                if self._options.strict and rows.counts["rejected"]:
                    writer.cancel()
                if writer.changed and not dry_run:
                    report = {"signature": _short(self._signature), "counts": rows.counts}
                    writer.describe(json.dumps(report))
                    self._journal_plain(writer, intake)
            except BaseException:
                if keeping is not None:
                    keeping.withdraw(used=bool(self._store.reports_of_file(self._file_mark)))
                raise
            if keeping is not None and writer.changed:
                keeping.wait()
            elif keeping is not None:
                keeping.withdraw(used=bool(self._store.reports_of_file(self._file_mark)))
        written = bool(walked and not dry_run and writer.changed)
        return self._said(
            rows,
            dry_run=dry_run,
            complete=complete,
            how="rows" if intake.recognised else "",
            change_set_id=writer.change_set_id if written else None,
        )

    def _intake(self, writer: Writer, rows: ReportRows) -> Intake:
        lookup = StoreLookup(self._store, self._pending())
        header, plan, options = self._table.header, self._plan, self._options
        if options.record_type == "incident":
            per_row = self._bytes_a_row()
            writer.expect(int(self._table.size / per_row) if per_row else 0)
        return Intake(
            self._store,
            writer,
            RowReader(header, plan, options, lookup),
            plain_rows(header, plan, options, lookup, writer.party, writer.change_set_id),
            plan,
            options,
            rows,
            self._signature,
            self._fault,
        )

    def _journal_plain(self, writer: Writer, intake: Intake) -> None:
        """Say in the journal where the rows stand that were taken as they are; of a file that needed mending, all."""
        if not intake.runs:
            return
        contract = intake.contract() if self._table.exact and not self._table.repairs() else None
        if contract is None:
            writer.journal_incidents(intake.runs)
            return
        options = {"collection": self._options.collection, "timezone": self._options.timezone}
        runs = [[run.place, run.number, run.count] for run in intake.runs]
        line = {"file": self._file_mark, **contract, **options, "signature": self._signature, "runs": runs}
        writer.journal_line(line)

    def _grouping(self, most: int | None) -> tuple[int | None, Mapping[int, int]]:
        """Give the place of the column by which rows are one record, and how many rows each such record has."""
        if not self._options.group_by:
            return None, {}
        place = place_of(self._table.header, self._options.group_by)
        return place, group_sizes(islice(self._table.rows(), most), place)

    def _bytes_a_row(self) -> float:
        """Estimate how many bytes a row takes, from the first ones."""
        few = [row for row in islice(self._table.rows(), 200) if isinstance(row, Row)]
        return sum(sum(map(len, row.cells)) + len(row.cells) for row in few) / len(few) if few else 0

    def _fault(self, fault: RowFault) -> Problem:
        message, hint = {**ROW_FAULTS, **JSON_FAULTS}[fault.code]
        params = {"found": len(fault.cells), "expected": len(self._table.header)}
        return Problem(fault.line, "", "", fault.code, message, params, hint)

    def _pending(self) -> dict[str, frozenset[str]]:
        """Give the ids that earlier files bring, and for types whose records refer to each other those of the file."""
        spec = RECORD_TYPES[self._options.record_type]
        pending = dict(self._brought or {})
        if any(column.to == spec.name for column in spec.columns) and (ids := self._ids()):
            pending[spec.name] = pending.get(spec.name, frozenset()) | ids
        return pending

    def _ids(self) -> frozenset[str]:
        """Give the ids in the column of that very name."""
        spec = RECORD_TYPES[self._options.record_type]
        header = self._table.header
        if spec.key not in header:
            return frozenset()
        place = header.index(spec.key)
        rows = self._table.rows()
        return frozenset(row.cells[place].strip() for row in rows if isinstance(row, Row))

    def _recorded(self) -> Mapping[str, int] | None:
        """Give the sums of an earlier import of these very bytes under this plan, all of whose rows still stand."""
        for change_set_id, text in self._store.reports_of_file(self._file_mark):
            report = json.loads(text)
            counts: Mapping[str, int] = report["counts"]
            same = report["signature"] == _short(self._signature)
            if same and not counts["rejected"] and self._store.stands(change_set_id):
                return counts
        return None

    def _said(
        self,
        rows: ReportRows,
        *,
        dry_run: bool,
        how: str,
        complete: bool = True,
        change_set_id: int | None = None,
    ) -> ImportReport:
        table = self._table
        remarks = (*table.guesses, *(table.repairs() if how != "file" else ()))
        notes = tuple(Note(r.line, "", r.message, {**r.params, "count": r.count}) for r in remarks)
        notes += tuple(Note(table.header_line, "", n.message, n.params) for n in self._plan.notes)
        if self._decision:
            notes += tuple(Note(n.line, n.field, n.message, n.params) for n in self._decision.notes)
        return ImportReport(
            record_type=self._options.record_type,
            filename=self._options.filename,
            file_sha256=self._file_mark,
            format=table.format,
            encoding=table.encoding,
            delimiter=table.delimiter,
            quote=table.quote,
            header=table.header,
            header_line=table.header_line,
            sheet=table.sheet,
            sheets=table.sheets,
            targets=self._plan.targets,
            unused=self._plan.unused,
            notes=notes,
            counts=rows.counts,
            rows=tuple(rows.rows),
            problem_groups=rows.problem_groups,
            note_groups=rows.note_groups,
            dry_run=dry_run,
            strict=self._options.strict,
            complete=complete,
            how=how,
            change_set_id=change_set_id,
            spool=rows.spool,
        )


def signature_of(plan: ColumnPlan, options: ImportOptions) -> str:
    """Say under which plan rows are read: the same cells under the same signature are the same record."""
    return json.dumps(
        [
            READING,
            options.record_type,
            options.collection,
            sorted(plan.targets.items()),
            options.timezone,
            options.default_zone,
            options.date_order,
            sorted(options.date_orders.items()),
            sorted(plan.zones.items()),
            sorted(plan.units.items()),
            sorted((column, sorted(words.items())) for column, words in plan.words.items()),
            [options.on_unknown, options.group_by, options.profile, options.excel_dates],
        ],
        ensure_ascii=False,
    )


def _short(signature: str) -> str:
    return hashlib.sha256(signature.encode()).hexdigest()[:32]
