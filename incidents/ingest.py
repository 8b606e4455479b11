"""One import: a file, the store, a report that accounts for every row. All or nothing, or a dry run.

read = added + updated + unchanged + duplicate + rejected, always. The bytes of an accepted file are on disk, under
their SHA-256 beside the database, before the import is acknowledged.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from incidents.changes import Kind, Put
from incidents.column_plan import ColumnPlan, ImportOptions, plan_columns
from incidents.columns import RECORD_TYPES, header_key
from incidents.csv_import import Note, Problem, ReadRow, RowReader
from incidents.csv_reader import Row, RowFault, Table, read_table
from incidents.date_order import ORDER_NOTES, decide_order
from incidents.errors import TimelineError
from incidents.flat import from_flat, join_parts, split_parts, to_flat, type_of
from incidents.model import Record, Source
from incidents.store import Store, Writer

RowResult = Literal["added", "updated", "unchanged", "duplicate", "rejected"]
Progress = Callable[[int, int], None]
ROWS_A_STEP = 200
FAULTS = {
    "too-many-cells": (
        "the row has {found} cells, the header {expected}",
        "look for a separator inside a cell; such a cell needs quotation marks",
    ),
    "too-few-cells": (
        "the row has {found} cells, the header {expected}",
        "add the missing cells, or look for a line break inside a cell; such a cell needs quotation marks",
    ),
}


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row; `differences` are (field, old, new), `cells` the row as it was in the file.

    `record` is what the row was read as; None for a rejected row.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or in a dry run would do."""

    record_type: str
    filename: str
    file_sha256: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    targets: Mapping[str, str]
    unused: tuple[str, ...]
    notes: tuple[Note, ...]
    rows: tuple[RowOutcome, ...]
    dry_run: bool
    strict: bool
    change_set_id: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def read(self) -> int:
        return len(self.rows)

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
        return tuple(problem for row in self.rows for problem in row.problems)

    @property
    def written(self) -> bool:
        return self.change_set_id is not None


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


def import_file(
    store: Store,
    data: bytes,
    options: ImportOptions,
    *,
    actor: str,
    at: datetime,
    dry_run: bool = False,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import a file into the store, or with `dry_run` say what would happen.

    One transaction. With `options.strict` a rejected row means that nothing is written. Raises `CsvError` or
    `PlanError` for a file that is no table or whose columns do not fit, `StoreError` when it cannot be written.
    `on_progress` is told now and then how many rows of how many have been read.
    """
    table = read_table(data, encoding=options.encoding, delimiter=options.delimiter)
    plan = plan_columns(table.header, options)
    decision = decide_order(table, plan, options.record_type) if options.date_order is None else None
    if decision:
        options = replace(options, date_order=decision.order)
    lookup = StoreLookup(store, _pending(table, options))
    read = _read_rows(table, RowReader(table.header, plan, options, lookup), options, on_progress)
    mark = hashlib.sha256(data).hexdigest()
    good = [item for item in read if item.row.record is not None and not item.fate]
    stopped = options.strict and any(item.row.problems for item in read)
    puts: dict[int, Put] = {}
    change_set_id: int | None = None
    if good:
        kind: Kind = "import"
        with store.writing(
            kind=kind,
            actor=actor,
            at=at,
            origin=options.filename or "import",
            summary=options.record_type,
            file_sha256=mark,
            dry=dry_run or stopped,
        ) as writer:
            records = [item.row.record for item in good if item.row.record is not None]
            records = completed(store, records, plan)
            add_sources(store, writer, records)
            done = writer.put(options.record_type, records)
            puts = {item.row.line: put for item, put in zip(good, done, strict=True)}
            changed = any(put.outcome != "unchanged" for put in done)
            if changed and not dry_run and not stopped:
                keep_file(store.path, data, mark)
                change_set_id = writer.change_set_id
    rows = tuple(_outcome(item, puts.get(item.row.line), options) for item in read)
    notes = tuple(Note(0, "", message, params) for message, params in table.notes)
    if decision:
        shown: dict[str, object] = {"value": decision.value, "line": decision.line}
        notes += (Note(decision.line, "", ORDER_NOTES[decision.order], shown),)
    return ImportReport(
        record_type=options.record_type,
        filename=options.filename,
        file_sha256=mark,
        encoding=table.encoding,
        delimiter=table.delimiter,
        header=table.header,
        targets=plan.targets,
        unused=plan.unused,
        notes=notes,
        rows=rows,
        dry_run=dry_run,
        strict=options.strict,
        change_set_id=change_set_id,
        counts=_counts(rows),
    )


def completed(store: Store, records: Sequence[Record], plan: ColumnPlan) -> list[Record]:
    """Keep, of records that are there already, what the file has no column for: it says nothing of that."""
    if not records:
        return []
    record_type = type_of(records[0])
    spec = RECORD_TYPES[record_type]
    silent = plan.silent_fields(record_type) - {spec.key}
    if not silent:
        return list(records)
    known = store.many(record_type, [getattr(record, spec.key) for record in records])
    out: list[Record] = []
    for record in records:
        before = known.get(getattr(record, spec.key))
        if before is not None:
            old, new = to_flat(before), to_flat(record)
            kept = {name: old[name] for name in silent}
            if kept.get("timezone") is None and "timezone" in silent:
                kept["timezone"] = new["timezone"]
            if "providers" in silent and "operator_id" not in silent:
                parts = [part for part in split_parts(old["providers"]) if part.role != "operator"]
                kept["providers"] = join_parts((*split_parts(new["providers"]), *parts))
            record = from_flat(record_type, new | kept, record.collection)
        out.append(record)
    return out


def _pending(table: Table, options: ImportOptions) -> dict[str, frozenset[str]]:
    """Give the ids that the file itself brings, for types whose records refer to each other."""
    spec = RECORD_TYPES[options.record_type]
    if spec.key not in table.header or not any(column.to == spec.name for column in spec.columns):
        return {}
    place = table.header.index(spec.key)
    return {spec.name: frozenset(row.cells[place].strip() for row in table.rows if isinstance(row, Row))}


@dataclass(slots=True)
class _Item:
    row: ReadRow
    cells: tuple[str, ...]
    fate: RowResult | None = None


def _read_rows(
    table: Table, reader: RowReader, options: ImportOptions, on_progress: Progress | None = None
) -> list[_Item]:
    items: list[_Item] = []
    first: dict[str, tuple[int, Record]] = {}
    key = RECORD_TYPES[options.record_type].key
    for number, row in enumerate(table.rows):
        if on_progress and number % ROWS_A_STEP == 0:
            on_progress(number, len(table.rows))
        if isinstance(row, RowFault):
            message, hint = FAULTS[row.code]
            params = {"found": len(row.cells), "expected": len(table.header)}
            problem = Problem(row.line, "", "", row.code, message, params, hint)
            items.append(_Item(ReadRow(row.line, None, (problem,), ()), row.cells, "rejected"))
            continue
        item = _Item(reader.read(row), row.cells)
        record = item.row.record
        if record is None:
            item.fate = "rejected"
        else:
            record_id = getattr(record, key)
            if record_id in first:
                line, earlier = first[record_id]
                if to_flat(earlier) == to_flat(record):
                    item.fate = "duplicate"
                else:
                    problem = Problem(
                        row.line,
                        key,
                        record_id,
                        "two-rows-one-id",
                        "{key} “{value}” stands on line {line} already, with other values",
                        {"key": key, "value": record_id, "line": line},
                        "keep one of the two rows, or give them different ids",
                    )
                    item = _Item(ReadRow(row.line, None, (problem,), ()), row.cells, "rejected")
            else:
                first[record_id] = (row.line, record)
        items.append(item)
    return items


def _outcome(item: _Item, put: Put | None, options: ImportOptions) -> RowOutcome:
    record = item.row.record
    record_id = getattr(record, RECORD_TYPES[options.record_type].key) if record else ""
    title = (
        str(getattr(record, "title", None) or getattr(record, "name", None) or record_id) if record else ""
    )
    result: RowResult = "rejected"
    if item.fate:
        result = item.fate
    elif put is not None:
        result = "unchanged" if put.outcome == "kept" else put.outcome
    differences = put.differences if put else ()
    return RowOutcome(
        item.row.line,
        result,
        record_id,
        title,
        differences,
        item.row.problems,
        item.row.notes,
        item.cells,
        record,
    )


def _counts(rows: Sequence[RowOutcome]) -> dict[str, int]:
    counts = dict.fromkeys(("added", "updated", "unchanged", "duplicate", "rejected"), 0)
    for row in rows:
        counts[row.outcome] += 1
    return counts


def add_sources(store: Store, writer: Writer, records: Sequence[Record]) -> None:
    """Give every address that the records cite a source record; only its host is known of a new one."""
    cited: dict[str, str] = {}
    for record in records:
        urls = [*getattr(record, "source_urls", ()), getattr(record, "source_url", None)]
        cited.update((url, record.collection) for url in urls if url)
    known = store.existing("source", list(cited))
    new = [
        Source(url=url, publisher=urlsplit(url).hostname, publisher_is="host", collection=collection)
        for url, collection in cited.items()
        if url not in known
    ]
    if new:
        writer.put("source", new)


def files_folder(database: Path) -> Path:
    """Name the folder beside the database in which the bytes of accepted files are kept."""
    return database.with_name(database.name + "-files")


def keep_file(database: Path, data: bytes, mark: str) -> Path:
    """Keep the bytes of a file under their SHA-256, on disk when this returns. Raises `TimelineError`."""
    folder = files_folder(database)
    target = folder / mark
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if target.exists() and target.stat().st_size == len(data):
            return target
        part = folder / f"{mark}.part"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise TimelineError(
            "The file could not be kept in {folder}: {problem}. Nothing was imported.",
            code="cannot-keep-file",
            params={"folder": str(folder), "problem": error.strerror or str(error)},
            hint="Check the space on the disk and the rights on that folder.",
        ) from error
    return target
