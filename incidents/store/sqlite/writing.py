"""Write records: one open transaction, its change set, and the search entries that follow.

What an upgrade of the bundled records finds edited or deleted by the user stays as the user left it. An incident
names the change set that added it (`added_in`); only what changes later is a row of `changes`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from incidents.changes import Kind, Put
from incidents.columns import RECORD_TYPES
from incidents.errors import TimelineError
from incidents.flat import Flat, FlatValue, differences, digest, from_flat, to_flat
from incidents.journal import JournalEntry, PlainRun
from incidents.model import BUNDLED, Incident, Record
from incidents.store.contract import KnownIncident, StoredObligation
from incidents.store.sqlite import search
from incidents.store.sqlite.bulk import BulkIncidents
from incidents.store.sqlite.connection import IntegrityError
from incidents.store.sqlite.reading import BATCH, batches, read_by_keys, read_records
from incidents.store.sqlite.rows import SPARSE_MOMENTS, linked_cells, links_of, moment_cells, to_row


@dataclass(frozen=True, slots=True)
class Place:
    """Where an incident stands, and what it keeps through a change: its number, what added it, its last row."""

    number: int
    added_in: int
    row_mark: bytes | None


class SqliteWriter:
    """The open change set of one transaction."""

    def __init__(self, db: Database, change_set_id: int, kind: Kind, journal: JournalEntry) -> None:
        self.journal = journal
        self._db = db
        self._kind = kind
        self._changed = 0
        self._cancelled = False
        self._report: str | None = None
        self._touched: dict[tuple[str, str], None] = {}
        self._bulk = BulkIncidents(db)
        self.change_set_id = change_set_id

    @property
    def changed(self) -> int:
        return 0 if self._cancelled else self._changed

    def cancel(self) -> None:
        """Let nothing of this write remain."""
        self._cancelled = True

    def put(self, record_type: str, records: Sequence[Record]) -> list[Put]:
        """Add or update records of one type, in order; gives one `Put` each."""
        out: list[Put] = []
        key = RECORD_TYPES[record_type].key
        for start in range(0, len(records), 500):
            batch = records[start : start + 500]
            keys = [getattr(record, key) for record in batch]
            known = self._digests(record_type, keys)
            mine = self._users_own(record_type, keys) if self._kind == "bundled" else {}
            for record, record_id in zip(batch, keys, strict=True):
                out.append(self._put_one(record_type, record_id, record, known, mine))
        return out

    def _put_one(
        self,
        record_type: str,
        record_id: str,
        record: Record,
        known: dict[str, tuple[bytes, str]],
        mine: Mapping[str, set[str]],
        again: bool = False,
    ) -> Put:
        flat = to_flat(record)
        mark = digest(record_type, flat)
        touched = mine.get(record_id, set())
        if record_id not in known:
            if touched:
                return Put("kept", record_id)
            self._insert(record_type, record, flat, mark)
            known[record_id] = (mark, record.collection)
            self._added(record_type, record_id, mark)
            return Put("added", record_id)
        old_mark, collection = known[record_id]
        if old_mark == mark:
            return Put("unchanged", record_id)
        if self._kind == "bundled" and collection != BUNDLED and not again:
            return Put("kept", record_id)
        old = to_flat(read_by_keys(self._db, record_type, [record_id])[record_id])
        if touched:
            flat = {name: old[name] if name in touched else value for name, value in flat.items()}
            mark = digest(record_type, flat)
        changed = differences(record_type, old, flat)
        if not changed:
            return Put("kept", record_id, (), tuple(sorted(touched)))
        record = replace(from_flat(record_type, flat), collection=collection)
        place = self._remove(record_type, record_id)
        self._insert(record_type, record, flat, mark, place)
        known[record_id] = (mark, collection)
        for name, before, after in changed:
            self._log(record_type, record_id, "updated", name, before, after)
        return Put("updated", record_id, tuple(changed), tuple(sorted(touched)))

    def put_again(self, record_type: str, record: Record) -> None:
        """Write a record as it is, whatever kind of change set this is and whoever edited it before."""
        record_id = getattr(record, RECORD_TYPES[record_type].key)
        known = self._digests(record_type, [record_id])
        mark, collection = known.get(record_id, (b"", record.collection))
        self._put_one(
            record_type, record_id, record, {record_id: (mark, collection)} if known else {}, {}, True
        )

    def put_obligations(self, obligations: Sequence[StoredObligation]) -> list[Put]:
        """Add or update rules; a rule is compared and logged as a whole."""
        out: list[Put] = []
        for rule in obligations:
            row = self._db.conn.execute(
                "SELECT digest, rule FROM obligations WHERE id = ?", (rule.id,)
            ).fetchone()
            flat: Flat = {
                name: getattr(rule, name)
                for name in ("id", "kind", "regime", "name_en", "name_fr", "legal_reference", "rule")
            }
            if row and row[1] == rule.rule:
                out.append(Put("unchanged", rule.id))
                continue
            action = "updated" if row else "added"
            mark = hashlib.sha256(rule.rule.encode()).digest()[:16]
            self._db.table("obligations").upsert({**flat, "collection": BUNDLED, "digest": mark}, pk="id")
            self._touched["obligation", rule.id] = None
            self.journal.write({"rule": flat})
            self._log(
                "obligation", rule.id, action, "rule" if row else None, row[1] if row else None, rule.rule
            )
            out.append(Put("updated" if row else "added", rule.id))
        return out

    def delete(self, record_type: str, record_id: str) -> bool:
        """Delete a record; False when there is none. Raises `TimelineError` while others refer to it."""
        found = read_by_keys(self._db, record_type, [record_id])
        if not found:
            return False
        record = found[record_id]
        try:
            self._db.conn.execute("PRAGMA defer_foreign_keys = OFF")
            place = self._remove(record_type, record_id)
        except IntegrityError as error:
            raise TimelineError(
                "{record_type} {record_id} cannot be deleted: other records refer to it.",
                code="still-referred-to",
                params={"record_type": record_type, "record_id": record_id},
                hint="Change or delete those first.",
            ) from error
        finally:
            self._db.conn.execute("PRAGMA defer_foreign_keys = ON")
        whole: dict[str, Any] = {"collection": record.collection, **to_flat(record)}
        if place is not None:
            whole["added_in"] = place.added_in
        self.journal.write({"delete": record_type, "id": record_id})
        self._log(record_type, record_id, "deleted", None, json.dumps(whole, ensure_ascii=False), None)
        return True

    def _digests(self, record_type: str, keys: Sequence[str]) -> dict[str, tuple[bytes, str]]:
        spec = RECORD_TYPES[record_type]
        sql = (
            f"SELECT {spec.key}, digest, collection FROM {spec.plural} "
            f"WHERE {spec.key} IN (SELECT value FROM json_each(?))"
        )
        return {row[0]: (row[1], row[2]) for row in self._db.conn.execute(sql, (json.dumps(keys),))}

    def _users_own(self, record_type: str, keys: Iterable[str]) -> dict[str, set[str]]:
        """Give the fields of each record whose last change was not a bundled one; deleted counts as a field."""
        last: dict[tuple[str, str], bool] = {}
        sql = (
            "SELECT c.record_id, coalesce(c.field, '~record'), s.kind FROM changes c "
            "JOIN change_sets s ON s.id = c.change_set_id "
            "WHERE c.record_type = ? AND c.record_id IN (SELECT value FROM json_each(?)) ORDER BY c.id"
        )
        for batch in batches(keys):
            for record_id, field, kind in self._db.conn.execute(sql, (record_type, json.dumps(batch))):
                last[record_id, field] = kind != "bundled"
        mine: dict[str, set[str]] = {}
        for (record_id, field), own in last.items():
            if own:
                mine.setdefault(record_id, set()).add(field)
        return mine

    def _added(self, record_type: str, record_id: str, mark: bytes) -> None:
        self._changed += 1
        if record_type != "incident":
            self._log(record_type, record_id, "added", None, None, mark.hex())

    def _insert(
        self, record_type: str, record: Record, flat: Flat, mark: bytes, place: Place | None = None
    ) -> None:
        spec = RECORD_TYPES[record_type]
        row = to_row(record_type, record, flat, mark)
        owner: str | int = getattr(record, spec.key)
        if isinstance(record, Incident):
            place = place or Place(self.next_numbers(1), self.change_set_id, None)
            owner = place.number
            row |= {
                "number": owner,
                "added_in": place.added_in,
                "row_mark": place.row_mark,
                "party_id": self.party(flat["providers"]),
            }
        self._journal_put(
            record_type, record, flat, place.number if place else None, place.row_mark if place else None
        )
        marks = ", ".join("?" * len(row))
        self._db.conn.execute(
            f"INSERT INTO {spec.plural} ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
        )
        for link in links_of(record_type):
            cells = linked_cells(link, owner, record)
            if cells:
                sql = f"INSERT INTO {link.table} ({link.owner}, position, {link.other}) VALUES (?, ?, ?)"
                self._db.conn.executemany(sql, cells)
        if isinstance(record, Incident):
            for name in SPARSE_MOMENTS:
                if getattr(record, name) is not None:
                    self._db.conn.execute(
                        "INSERT INTO incident_moments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        (owner, name, *moment_cells(name, flat)),
                    )
            if not self._bulk.will_index(int(owner)):
                search.add_incident(self._db, int(owner))
        self._touch(record_type, record)

    # The bulk path: rows that are ready, in the order of their file.

    def expect(self, rows: int) -> None:
        """Prepare for about that many new incidents: a large import builds its indexes at the end."""
        self._bulk.expect(rows)

    def next_numbers(self, count: int) -> int:
        return self._bulk.next_numbers(count)

    def party(self, parts: FlatValue) -> int | None:
        return self._bulk.party(parts)

    def known_incidents(self, ids: Sequence[str]) -> dict[str, KnownIncident]:
        """Give what is known of the incidents with these ids, as many as there are."""
        sql = (
            "SELECT id, number, digest, row_mark FROM incidents WHERE id IN (SELECT value FROM json_each(?))"
        )
        rows = self._db.conn.execute(sql, (json.dumps(ids),))
        return {row[0]: KnownIncident(*row[1:]) for row in rows}

    def row_marks(self, after: int, count: int) -> list[tuple[int, bytes | None]]:
        """Give number and mark of the next incidents after a number, in the order in which they came."""
        sql = "SELECT number, row_mark FROM incidents WHERE number > ? ORDER BY number LIMIT ?"
        return self._db.conn.execute(sql, (after, count)).fetchall()

    def add_rows(
        self, columns: tuple[str, ...], optional: frozenset[str], rows: list[tuple[Any, ...]]
    ) -> int:
        """Add incidents as rows, but those whose ids are there; gives how many."""
        added = self._bulk.add(columns, optional, rows)
        self._changed += added
        return added

    def add_incident(self, incident: Incident, number: int, row_mark: bytes | None = None) -> None:
        """Add an incident that is not there yet under its number."""
        flat = to_flat(incident)
        mark = digest("incident", flat)
        self._insert("incident", incident, flat, mark, Place(number, self.change_set_id, row_mark))
        self._added("incident", incident.id, mark)

    def describe(self, report: str) -> None:
        """Keep what is to be known of this change set beside what it changed, as JSON."""
        self._report = report

    def journal_line(self, line: Mapping[str, Any]) -> None:
        """Add a line of the caller's own to the journal of this change set."""
        self.journal.write(line)

    def journal_incidents(self, runs: Sequence[PlainRun]) -> None:
        """Write incidents that `add_rows` added into the journal, record by record."""
        for run in runs:
            for first in range(run.number, run.number + run.count, BATCH):
                last = min(first + BATCH, run.number + run.count) - 1
                where = "WHERE number BETWEEN ? AND ? ORDER BY number"
                marks = "SELECT number, row_mark FROM incidents WHERE number BETWEEN ? AND ? ORDER BY number"
                records = read_records(self._db, "incident", where, (first, last))
                for record, place in zip(records, self._db.conn.execute(marks, (first, last)), strict=True):
                    self._journal_put("incident", record, to_flat(record), *place)

    def _journal_put(
        self,
        record_type: str,
        record: Record,
        flat: Flat,
        number: int | None = None,
        row_mark: bytes | None = None,
    ) -> None:
        line: dict[str, Any] = {"put": record_type, "collection": record.collection}
        if number is not None:
            line |= {"number": number, "mark": row_mark.hex() if row_mark else None}
        line["record"] = {name: value for name, value in flat.items() if value is not None}
        self.journal.write(line)

    def mark_row(self, record_id: str, mark: bytes | None) -> None:
        """Remember by which row of a file an incident was last written."""
        self.journal.write({"mark": mark.hex() if mark else None, "id": record_id})
        self._db.conn.execute("UPDATE incidents SET row_mark = ? WHERE id = ?", (mark, record_id))

    def _touch(self, record_type: str, record: Record) -> None:
        if record_type == "translation":
            self._touched[record.record_type, record.record_id] = None  # type: ignore[union-attr]
        elif record_type != "incident":
            self._touched[record_type, getattr(record, RECORD_TYPES[record_type].key)] = None

    def _remove(self, record_type: str, record_id: str) -> Place | None:
        """Take a record out of its tables and of the search. Gives where an incident stood."""
        spec = RECORD_TYPES[record_type]
        execute = self._db.conn.execute
        owner: str | int = record_id
        place: Place | None = None
        if record_type == "incident":
            sql = "SELECT number, added_in, row_mark FROM incidents WHERE id = ?"
            place = Place(*execute(sql, (record_id,)).fetchone())
            owner = place.number
            if not self._bulk.will_index(owner):
                search.remove_incident(self._db, owner)
            execute("DELETE FROM incident_moments WHERE number = ?", (owner,))
        if record_type == "translation":
            row = execute(
                "SELECT record_type, record_id FROM translations WHERE id = ?", (record_id,)
            ).fetchone()
            self._touched[row[0], row[1]] = None
        for link in links_of(record_type):
            execute(f"DELETE FROM {link.table} WHERE {link.owner} = ?", (owner,))
        execute(f"DELETE FROM {spec.plural} WHERE {spec.key} = ?", (record_id,))
        self._touched[record_type, record_id] = None
        return place

    def _log(
        self,
        record_type: str,
        record_id: str,
        action: str,
        field: str | None,
        old: str | None,
        new: str | None,
    ) -> None:
        self._changed += 1
        self._db.conn.execute(
            "INSERT INTO changes (change_set_id, record_type, record_id, action, field, old_value, new_value) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.change_set_id, record_type, record_id, action, field, old, new),
        )

    def finish(self) -> None:
        """Write the search entries of what was touched; the last thing before the commit."""
        self._bulk.finish()
        if self._report is not None:
            self._db.conn.execute(
                "INSERT INTO change_set_reports VALUES (?, ?)", (self.change_set_id, self._report)
            )
        search.refresh(self._db, list(self._touched))

    def keep(self) -> None:
        """Put the journal on disk; the last thing before the commit."""
        if self._report is not None:
            self.journal.write({"report": self._report})
        self.journal.finish()

    def close(self) -> None:
        """Leave the connection as it was, whatever became of the transaction."""
        self._bulk.close()
