"""A database made again from its journal and the files kept beside it, the same as it was.

Every change set is done again in order: records as they became, rows of plain files as they stand in the file.
Nothing is guessed or read with other eyes than then.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from incidents import bundled
from incidents.changes import Kind
from incidents.errors import TimelineError
from incidents.flat import from_flat
from incidents.import_options import ImportOptions
from incidents.journal import entries, journal_folder, read_entry
from incidents.kept_files import files_folder, keep_file
from incidents.model import Incident
from incidents.moment import parse_utc
from incidents.plain_rows import plain_rows_again
from incidents.store import Store, StoredObligation, Writer, open_file

BATCH = 500
Told = Callable[[int, int], None]


class RebuildError(TimelineError):
    """A journal that does not make a database; the target was not left behind."""


def rebuild(source: Path, target: Path, *, on_progress: Told | None = None) -> int:
    """Make the database `target` from the journal and the kept files of the database `source`; gives its revision.

    The source itself is not read and need not be there. Raises `RebuildError` where the target exists or the journal
    has a gap, `JournalError` where an entry is not whole.
    """
    folder = journal_folder(source)
    numbers = entries(folder)
    if target.exists():
        raise RebuildError(
            "{path} exists already; it was not changed.",
            code="exists-already",
            params={"path": str(target)},
            hint="Name a new file to build into.",
        )
    if not numbers:
        raise RebuildError(
            "There is no journal in {folder}.",
            code="no-journal",
            params={"folder": str(folder)},
            hint="Name the database whose journal it is; its files stand in the folder NAME-files beside it.",
        )
    missing = sorted(set(range(1, numbers[-1] + 1)) - set(numbers))
    if missing:
        raise RebuildError(
            "The journal in {folder} lacks entry {number}.",
            code="journal-gap",
            params={"folder": str(folder), "number": missing[0]},
            hint="Take the missing file from a backup.",
        )
    store = open_file(target)
    try:
        setting = bundled.NONE
        for done, number in enumerate(numbers):
            if on_progress is not None:
                on_progress(done, len(numbers))
            lines = read_entry(folder, number)
            head = next(lines)
            _again(store, source, head, lines)
            if head["kind"] == "bundled":
                setting = head["summary"] or setting
        store.set_setting(bundled.SETTING, setting)
        return store.revision()
    except BaseException:
        store.close()
        for suffix in ("", "-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        raise
    finally:
        store.close()


def _again(store: Store, source: Path, head: Mapping[str, Any], lines: Iterator[dict[str, Any]]) -> None:
    kind: Kind = head["kind"]
    mark = head["file_sha256"]
    if mark and (kept := files_folder(source) / mark).exists():
        keep_file(store.path, kept, mark)
    with store.writing(
        kind=kind,
        actor=head["actor"],
        at=parse_utc(head["at"]),
        origin=head["origin"],
        summary=head["summary"],
        file_sha256=mark,
        undoes=head["undoes"],
    ) as writer:
        writer.next_numbers(0)
        for line in lines:
            if "put" in line:
                _put(writer, line)
            elif "delete" in line:
                writer.delete(line["delete"], line["id"])
            elif "rule" in line:
                writer.put_obligations([StoredObligation(**line["rule"])])
            elif "runs" in line:
                _rows(writer, source, line)
            elif "mark" in line:
                writer.mark_row(line["id"], bytes.fromhex(line["mark"]) if line["mark"] else None)
            elif "report" in line:
                writer.describe(line["report"])


def _put(writer: Writer, line: Mapping[str, Any]) -> None:
    record_type = line["put"]
    record = from_flat(record_type, line["record"], line["collection"])
    if isinstance(record, Incident) and not writer.known_incidents([record.id]):
        mark = line.get("mark")
        writer.add_incident(record, line["number"], bytes.fromhex(mark) if mark else None)
    else:
        writer.put_again(record_type, record)


def _rows(writer: Writer, source: Path, line: Mapping[str, Any]) -> None:
    """Take rows of a kept file as they stand."""
    writer.journal_line(line)
    options = ImportOptions(collection=line["collection"], timezone=line["timezone"])
    plain = plain_rows_again(line, options, writer.party, writer.change_set_id)
    start = hashlib.sha256(line["signature"].encode()).digest()
    writer.expect(sum(count for _, _, count in line["runs"]))
    path = files_folder(source) / line["file"]
    try:
        file = path.open("rb")
    except OSError as error:
        raise RebuildError(
            "The kept file {path} cannot be read: {problem}.",
            code="no-kept-file",
            params={"path": str(path), "problem": error.strerror or str(error)},
            hint="Take it from a backup.",
        ) from error
    with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        rows = (cells for cells in csv.reader(text) if cells)
        next(rows)
        at = 0
        for place, number, count in line["runs"]:
            for _ in islice(rows, place - at):
                pass
            ready: list[tuple[Any, ...]] = []
            for n, cells in enumerate(islice(rows, count)):
                mark = hashlib.sha256(start + "\x1f".join(cells).encode("utf-8", "surrogatepass")).digest()[
                    :16
                ]
                values = plain.read(cells, number + n, mark)
                if values is None:
                    raise RebuildError(
                        "Row {row} of the kept file {path} is not what it was.",
                        code="kept-file-changed",
                        params={"row": place + n + 1, "path": str(path)},
                        hint="Take it from a backup.",
                    )
                ready.append(values)
                if len(ready) == BATCH:
                    writer.add_rows(plain.columns, plain.optional, ready)
                    ready = []
            if ready:
                writer.add_rows(plain.columns, plain.optional, ready)
            at = place + count
