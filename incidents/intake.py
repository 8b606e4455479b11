"""Rows into the store, in the order of their file: what is new is added, what is there is compared, nothing is lost.

Knows the writer of one transaction and the report. Bounded in memory: a batch of rows, four bytes a number of an
incident, and what the readers remember of repeating cells.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from incidents.column_plan import ColumnPlan, ImportOptions
from incidents.columns import RECORD_TYPES
from incidents.completion import add_sources, completed
from incidents.csv_import import Note, Problem, ReadRow, RowReader
from incidents.flat import digest, to_flat
from incidents.import_report import ReportRows, RowOutcome, RowResult
from incidents.journal import PlainRun
from incidents.likeness import alike
from incidents.model import Incident, Record
from incidents.plain_rows import PlainRows
from incidents.row_groups import GROUP_NOTES, join_rows
from incidents.store import KnownIncident, Store, Writer
from incidents.table import Row, RowFault

BATCH = 500
WALK = 500
PATIENCE = 2_000
MOST_COMPARED = 500
"""So many rows without an id are compared with what is on record; `possible duplicates` finds the rest."""
FAULT = Callable[[RowFault], Problem]


@dataclass(slots=True)
class _Item:
    """A row that waits for its batch."""

    line: int
    cells: Sequence[str]
    mark: bytes
    number: int
    plain: tuple[Any, ...] | None
    read: ReadRow | None
    place: int = 0


class Intake:
    """Takes the rows of one file of incidents, or of records of another type."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        reader: RowReader,
        plain: PlainRows | None,
        plan: ColumnPlan,
        options: ImportOptions,
        rows: ReportRows,
        signature: str,
        problem_of: FAULT,
    ) -> None:
        self._store, self._writer, self._reader, self._plain = store, writer, reader, plain
        self._plan, self._options, self._rows = plan, options, rows
        self._start, self._problem_of = hashlib.sha256(signature.encode()).digest(), problem_of
        self._is_incident = options.record_type == "incident"
        self._key = RECORD_TYPES[options.record_type].key
        self._lines = Lines()
        self._first: dict[str, tuple[int, bytes]] = {}
        self._created: set[str] = set()
        self._walk = MarkWalk(writer) if self._is_incident else None
        self._held: list[Row | RowFault] = []
        self._ready: list[tuple[Any, ...]] = []
        self._careful: dict[int, _Item] = {}
        self._passed = 0
        self._compared_rows = 0
        self.runs: list[PlainRun] = []
        self.recognised = 0

    def take(self, rows: Iterable[Row | RowFault], progress: Callable[[], None]) -> None:
        """Take all rows."""
        plain = self._plain
        if plain is None:
            self._take_careful(rows, progress)
        else:
            self._take_plain(rows, plain.read, progress)
        self._settle()
        progress()

    def _take_plain(
        self,
        rows: Iterable[Row | RowFault],
        read: Callable[[Sequence[str], int, bytes], tuple[Any, ...] | None],
        progress: Callable[[], None],
    ) -> None:
        """Take rows of which most are plain: what is here is done a million times, with nothing to spare."""
        walk, sha256, join, start = self._walk, hashlib.sha256, "\x1f".join, self._start
        room, number = BATCH, self._writer.next_numbers(BATCH)
        ready, held = self._ready, self._held
        for row in rows:
            if not room:
                self._settle()
                progress()
                room, number = BATCH, self._writer.next_numbers(BATCH)
                ready, held = self._ready, self._held
            if row.__class__ is RowFault:
                self._wait(row, b"", 0)
                room -= 1
                continue
            cells = row[1]
            mark = sha256(start + join(cells).encode("utf-8", "surrogatepass")).digest()[:16]
            if walk is not None and walk.hopeful and (found := walk.find(mark)) is not None:
                if held:
                    self._settle()
                    ready, held = self._ready, self._held
                self._recognise(row[0], cells, found)
                continue
            room -= 1
            values = read(cells, number, mark)
            if values is None:
                self._wait(row, mark, number)
            else:
                ready.append(values)
                held.append(row)
            number += 1

    def _take_careful(self, rows: Iterable[Row | RowFault], progress: Callable[[], None]) -> None:
        """Take rows that are all read with care."""
        walk = self._walk
        for row in rows:
            if len(self._held) >= BATCH:
                self._settle()
                progress()
            if isinstance(row, RowFault):
                self._wait(row, b"", 0)
                continue
            mark = self._mark(row.cells)
            if walk is not None and walk.hopeful and (found := walk.find(mark)) is not None:
                self._settle()
                self._recognise(row.line, row.cells, found)
            else:
                self._wait(row, mark, self._writer.next_numbers(1) if self._is_incident else 0)

    def take_groups(self, groups: Iterable[tuple[Row | RowFault, ...]], progress: Callable[[], None]) -> None:
        """Take rows that come together as one record; each is read with care."""
        for group in groups:
            if len(self._held) >= BATCH:
                self._settle()
                progress()
            if len(group) == 1 or not self._is_incident:
                for row in group:
                    self._take_one(row)
            else:
                self._take_group([row for row in group if isinstance(row, Row)])
        self._settle()
        progress()

    def _take_one(self, row: Row | RowFault) -> None:
        if isinstance(row, RowFault):
            self._wait(row, b"", 0)
        else:
            self._wait(row, self._mark(row.cells), self._writer.next_numbers(1) if self._is_incident else 0)

    def _take_group(self, rows: Sequence[Row]) -> None:
        """Join the rows that can be read; each of the others is refused by itself."""
        read = [(row, self._reader.read(row)) for row in rows]
        good = [one for _, one in read if one.record is not None]
        for row, one in read:
            if one.record is None:
                self._wait_read(row, b"", 0, one)
        if not good:
            return
        first = next(row for row, one in read if one.record is not None)
        joined = join_rows(good, self._options.today)
        mark = self._mark([cell for row in rows for cell in row.cells])
        self._wait_read(first, mark, self._writer.next_numbers(1), joined)
        for row, one in read:
            if one.record is not None and row is not first:
                note = Note(row.line, "", GROUP_NOTES["joined"], {"line": first.line})
                self._rows.add(
                    RowOutcome(row.line, "duplicate", getattr(joined.record, "id", ""), "", notes=(note,),
                               cells=tuple(row.cells))
                )  # fmt: skip

    def _wait(self, row: Row | RowFault, mark: bytes, number: int) -> None:
        """Read a row with care, and let it wait for its batch."""
        if isinstance(row, RowFault):
            read = ReadRow(row.line, None, (self._problem_of(row),), ())
        else:
            read = self._reader.read(row)
        self._wait_read(row, mark, number, read)

    def _wait_read(self, row: Row | RowFault, mark: bytes, number: int, read: ReadRow) -> None:
        self._careful[len(self._held)] = _Item(row.line, row.cells, mark, number, None, read)
        self._held.append(row)
        self._ready.append(())

    def _mark(self, cells: Sequence[str]) -> bytes:
        """Digest the cells of a row as read under this plan: 16 bytes of SHA-256."""
        text = "\x1f".join(cells).encode("utf-8", "surrogatepass")
        return hashlib.sha256(self._start + text).digest()[:16]

    def contract(self) -> dict[str, Any] | None:
        """Say by what plain rows were read; None where that cannot be said whole."""
        return self._plain.contract() if self._plain is not None else None

    def _recognise(self, line: int, cells: Sequence[str], number: int) -> None:
        """Count a row that is as it was when it was last written."""
        self._passed += 1
        self.recognised += 1
        self._report(line, cells, "duplicate" if self._lines.put(number, line) else "unchanged")

    def _report(self, line: int, cells: Sequence[str], outcome: RowResult) -> None:
        if self._rows.keeps(outcome):
            self._rows.add(RowOutcome(line, outcome, "", "", cells=tuple(cells)))
        else:
            self._rows.count(outcome)

    def _settle(self) -> None:
        """Write the rows that wait, and say what became of each."""
        held, ready, careful = self._held, self._ready, self._careful
        self._held, self._ready, self._careful = [], [], {}
        shape = self._plain
        if not held:
            return
        place, self._passed = self._passed, self._passed + len(held)
        plain = not careful and shape is not None and not self._rows.keeps("added")
        if plain and shape and self._writer.add_rows(shape.columns, shape.optional, ready) == len(ready):
            self._lines.put_all(ready[0][0], [row[0] for row in held])
            self._rows.count("added", len(ready))
            self._run(place, ready[0][0], len(ready))
            return
        self._settle_rows(held, ready, careful, place)

    def _run(self, place: int, number: int, count: int = 1) -> None:
        """Note rows that were added as they stand."""
        last = self.runs[-1] if self.runs else None
        if last and last.place + last.count == place and last.number + last.count == number:
            self.runs[-1] = PlainRun(last.place, last.number, last.count + count)
        else:
            self.runs.append(PlainRun(place, number, count))

    def _settle_rows(
        self,
        held: list[Row | RowFault],
        ready: list[tuple[Any, ...]],
        careful: dict[int, _Item],
        place: int,
    ) -> None:
        items = [
            careful.get(n) or _Item(row[0], row[1], bytes(values[2]), values[0], values, None, place + n)
            for n, (row, values) in enumerate(zip(held, ready, strict=True))
        ]
        if not self._is_incident:
            self._put_records(items)
            return
        plain = {_id_of(item) for item in items if item.plain is not None}
        if any(item.plain is None and _id_of(item) in plain for item in items):
            # Rows of both kinds for one incident: their order in the file decides.
            for item in items:
                self._place([item])
        else:
            self._place(items)

    def _place(self, items: list[_Item]) -> None:
        known = self._add(items)
        for item in items:
            there = known.get(_id_of(item)) if known else None
            if item.read is not None and item.read.record is None:
                self._rows.add(_outcome(item, "rejected"))
            elif there is None or there.number == item.number:
                self._lines.put(item.number, item.line)
                if item.plain is not None:
                    self._run(item.place, item.number)
                if item.plain is None or self._rows.keeps("added"):
                    self._rows.add(_outcome(self._compared(item), "added", self._record(item)))
                else:
                    self._rows.count("added")
            else:
                self._meet(item, there)

    def _compared(self, item: _Item) -> _Item:
        """Say of a row without an id which incident from before it may be: a corrected row is a new one."""
        read = item.read
        if read is None or not read.made_id or self._compared_rows >= MOST_COMPARED:
            return item
        assert isinstance(read.record, Incident)
        self._compared_rows += 1
        for pair in alike(self._store, read.record, limit=2):
            there = self._writer.known_incidents([pair.other.id]).get(pair.other.id)
            if there is not None and there.number != item.number and not self._lines.get(there.number):
                shown: dict[str, object] = {"id": pair.other.id, "title": pair.other.title}
                note = Note(item.line, "", INTAKE_NOTES["possible-duplicate"], shown)
                return replace(item, read=replace(read, notes=(*read.notes, note)))
        return item

    def _add(self, items: list[_Item]) -> dict[str, KnownIncident]:
        """Add what is new. Gives the incidents among these that stood there before, or came twice."""
        self._add_created([item.read for item in items if item.read is not None])
        plain = [item.plain for item in items if item.plain is not None]
        known: dict[str, KnownIncident] = {}
        read = [item for item in items if item.read is not None and item.read.record is not None]
        shape = self._plain
        if plain and shape and self._writer.add_rows(shape.columns, shape.optional, plain) < len(plain):
            known = dict(self._writer.known_incidents([_id_of(item) for item in items if item.plain]))
        if read:
            known |= self._writer.known_incidents([_id_of(item) for item in read])
        new: dict[str, _Item] = {}
        for item in read:
            if _id_of(item) not in known:
                new.setdefault(_id_of(item), item)
        if new:
            records = [item.read.record for item in new.values() if item.read and item.read.record]
            add_sources(self._store, self._writer, records)
            for item in new.values():
                record = item.read.record if item.read else None
                assert isinstance(record, Incident)
                self._writer.add_incident(record, item.number, item.mark)
            if len(new) < len(read):
                known |= self._writer.known_incidents(list(new))
        return known

    def _add_created(self, rows: Sequence[ReadRow]) -> None:
        """Add the providers that rows brought along for names that were not known, each once."""
        for read in rows:
            for record in read.created if read.record is not None else ():
                if record.id not in self._created:
                    self._created.add(record.id)
                    self._writer.put("provider", [record])

    def _meet(self, item: _Item, there: KnownIncident) -> None:
        """Compare a row with the incident that has its id: from before, or from an earlier line."""
        line = self._lines.get(there.number)
        if line:
            # An earlier line may have changed it since this batch was looked up.
            there = self._writer.known_incidents([_id_of(item)])[_id_of(item)]
        if item.mark == there.row_mark:
            self._lines.put(there.number, item.line)
            if self._walk is not None:
                self._walk.stand(there.number)
            self.recognised += 1
            self._rows.add(_outcome(item, "duplicate" if line else "unchanged", self._record(item)))
            return
        record = self._record(item)
        if line:
            mark = digest("incident", to_flat(record))
            if mark == there.digest:
                self._rows.add(_outcome(item, "duplicate", record))
            elif item.read is not None and item.read.made_id:
                self._place([_by_itself(item, item.read, record, mark, line)])
            else:
                self._rows.add(_twice(item, self._key, record.id, line))
            return
        self._lines.put(there.number, item.line)
        [whole] = completed(self._store, [record], self._plan)
        add_sources(self._store, self._writer, [whole])
        [put] = self._writer.put("incident", [whole])
        outcome: RowResult = "updated" if put.outcome == "updated" else "unchanged"
        if outcome == "updated":
            self._writer.mark_row(whole.id, item.mark)
        self._rows.add(_outcome(item, outcome, whole, put.differences))

    def _record(self, item: _Item) -> Incident:
        """Give the record of a row; a plain one is read with care for it."""
        read = item.read or self._reader.read(Row(item.line, item.cells))
        assert isinstance(read.record, Incident)
        return read.record

    def _put_records(self, items: list[_Item]) -> None:
        """Write records of another type than incidents."""
        good: list[_Item] = []
        fates: dict[int, RowOutcome] = {}
        for item in items:
            record = item.read.record if item.read else None
            if record is None:
                fates[id(item)] = _outcome(item, "rejected")
                continue
            record_id, content = (
                getattr(record, self._key),
                digest(self._options.record_type, to_flat(record)),
            )
            if record_id not in self._first:
                self._first[record_id] = (item.line, content)
                good.append(item)
            elif self._first[record_id][1] == content:
                fates[id(item)] = _outcome(item, "duplicate", record)
            else:
                fates[id(item)] = _twice(item, self._key, record_id, self._first[record_id][0])
        records: list[Record] = [item.read.record for item in good if item.read and item.read.record]
        records = completed(self._store, records, self._plan)
        add_sources(self._store, self._writer, records)
        puts = self._writer.put(self._options.record_type, records)
        for item, put, record in zip(good, puts, records, strict=True):
            outcome: RowResult = "updated" if put.outcome == "updated" else "unchanged"
            if put.outcome == "added":
                outcome = "added"
            fates[id(item)] = _outcome(item, outcome, record, put.differences)
        for item in items:
            self._rows.add(fates[id(item)])


ID = 5


def _id_of(item: _Item) -> str:
    if item.plain is not None:
        return str(item.plain[ID])
    record = item.read.record if item.read else None
    return record.id if record is not None else ""


def _outcome(
    item: _Item,
    outcome: RowResult,
    record: Record | None = None,
    differences: Sequence[tuple[str, str, str]] = (),
) -> RowOutcome:
    title = getattr(record, "title", None) or getattr(record, "name", None)
    record_id = record.id if record is not None else ""
    return RowOutcome(
        item.line,
        outcome,
        record_id,
        str(title or record_id),
        tuple(differences),
        item.read.problems if item.read else (),
        item.read.notes if item.read else (),
        tuple(item.cells),
        record,
    )


INTAKE_NOTES = {
    "possible-duplicate": "this looks like “{title}” ({id}), which is on record already; merge the two if they are one",
    "same-made-id": "the row on line {line} has the same title, operator and start, and neither has an id: "
    "this one is kept as an incident of its own",
}
"""What is said of rows that could be mistaken for one another."""


def _by_itself(item: _Item, read: ReadRow, record: Incident, mark: bytes, line: int) -> _Item:
    """Tell a row without an id from one of the same title, operator and start, by all that it says."""
    note = Note(item.line, "", INTAKE_NOTES["same-made-id"], {"line": line, "value": record.title})
    other = replace(record, id=f"{record.id}-{mark.hex()[:6]}")
    return replace(item, read=replace(read, record=other, notes=(*read.notes, note), made_id=False))


def _twice(item: _Item, key: str, record_id: str, line: int) -> RowOutcome:
    problem = Problem(
        item.line,
        key,
        record_id,
        "two-rows-one-id",
        "{key} “{value}” stands on line {line} already, with other values",
        {"key": key, "value": record_id, "line": line},
        "keep one of the two rows, or give them different ids",
    )
    return RowOutcome(item.line, "rejected", "", "", problems=(problem,), cells=tuple(item.cells))


class Lines:
    """On which line of the file an incident stood, by its number: four bytes each."""

    def __init__(self) -> None:
        self._lines = array("I")

    def get(self, number: int) -> int:
        """Give the line; 0 where the file has not named that incident yet."""
        return self._lines[number] if number < len(self._lines) else 0

    def put_all(self, first: int, lines: Sequence[int]) -> None:
        """Remember the lines of incidents that are new, from a number on."""
        if first >= len(self._lines):
            self.put(first, 0)
        self._lines[first : first + len(lines)] = array("I", lines)

    def put(self, number: int, line: int) -> int:
        """Remember the first line of an incident. Gives the line that was there before, 0 for none."""
        lines = self._lines
        if number >= len(lines):
            lines.frombytes(bytes(lines.itemsize * (number + 65_536 - len(lines))))
        before = lines[number]
        if not before:
            lines[number] = line
        return before


class MarkWalk:
    """Walks the incidents in the order in which they came, in step with the rows of a file that was imported before."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._end = writer.next_numbers(1)
        self._window: list[tuple[int, bytes | None]] = []
        self._places: dict[bytes | None, int] = {}
        self._at = 0
        self._last = 0
        self._misses = 0
        self.hopeful = self._end > 1

    def stand(self, number: int) -> None:
        """Go on after an incident that was found otherwise."""
        self._last = number
        self._window, self._at, self._misses = [], 0, 0
        self.hopeful = True

    def find(self, mark: bytes) -> int | None:
        """Give the number of the incident that was last written by that row, if it comes soon."""
        if self._at >= len(self._window) and not self._fill():
            self.hopeful = False
            return None
        number, here = self._window[self._at]
        if here != mark:
            place = self._places.get(mark, -1)
            if place < 0:
                self._misses += 1
                self.hopeful = self._misses < PATIENCE
                return None
            self._at = place
            number = self._window[place][0]
        self._at += 1
        self._misses = 0
        return number

    def _fill(self) -> bool:
        if self._window:
            self._last = self._window[-1][0]
        self._window = [pair for pair in self._writer.row_marks(self._last, WALK) if pair[0] < self._end]
        self._places = {mark: place for place, (_, mark) in enumerate(self._window)}
        self._at = 0
        return bool(self._window)
