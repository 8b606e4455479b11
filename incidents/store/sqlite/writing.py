"""Write records: one open transaction, its change set, and the search entries that follow.

What an upgrade of the bundled records finds edited or deleted by the user stays as the user left it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlite_utils import Database

from incidents.changes import Kind, Put
from incidents.columns import RECORD_TYPES
from incidents.errors import TimelineError
from incidents.flat import Flat, differences, digest, from_flat, to_flat
from incidents.model import BUNDLED, Incident, Record
from incidents.store.contract import StoredObligation
from incidents.store.sqlite import search
from incidents.store.sqlite.connection import IntegrityError
from incidents.store.sqlite.reading import batches, read_by_keys
from incidents.store.sqlite.rows import SPARSE_MOMENTS, linked_cells, links_of, moment_cells, to_row

WHOLE = frozenset(("added", "deleted"))


class SqliteWriter:
    """The open change set of one transaction."""

    def __init__(self, db: Database, change_set_id: int, kind: Kind) -> None:
        self._db = db
        self._kind = kind
        self._changed = 0
        self._touched: dict[tuple[str, str], None] = {}
        self.change_set_id = change_set_id

    @property
    def changed(self) -> int:
        return self._changed

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
        known: dict[str, tuple[str, str]],
        mine: Mapping[str, set[str]],
    ) -> Put:
        flat = to_flat(record)
        mark = digest(record_type, flat)
        touched = mine.get(record_id, set())
        if record_id not in known:
            if touched:
                return Put("kept", record_id)
            self._insert(record_type, record, flat, mark)
            known[record_id] = (mark, record.collection)
            self._log(record_type, record_id, "added", None, None, mark)
            return Put("added", record_id)
        old_mark, collection = known[record_id]
        if old_mark == mark:
            return Put("unchanged", record_id)
        if self._kind == "bundled" and collection != BUNDLED:
            return Put("kept", record_id)
        old = to_flat(read_by_keys(self._db, record_type, [record_id])[record_id])
        if touched:
            flat = {name: old[name] if name in touched else value for name, value in flat.items()}
            mark = digest(record_type, flat)
        changed = differences(record_type, old, flat)
        if not changed:
            return Put("kept", record_id, (), tuple(sorted(touched)))
        record = replace(from_flat(record_type, flat), collection=collection)
        number = self._remove(record_type, record_id)
        self._insert(record_type, record, flat, mark, number)
        known[record_id] = (mark, collection)
        for name, before, after in changed:
            self._log(record_type, record_id, "updated", name, before, after)
        return Put("updated", record_id, tuple(changed), tuple(sorted(touched)))

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
            mark = hashlib.sha256(rule.rule.encode()).hexdigest()
            self._db.table("obligations").upsert({**flat, "collection": BUNDLED, "digest": mark}, pk="id")
            self._touched["obligation", rule.id] = None
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
            self._remove(record_type, record_id)
        except IntegrityError as error:
            raise TimelineError(
                "{record_type} {record_id} cannot be deleted: other records refer to it.",
                code="still-referred-to",
                params={"record_type": record_type, "record_id": record_id},
                hint="Change or delete those first.",
            ) from error
        finally:
            self._db.conn.execute("PRAGMA defer_foreign_keys = ON")
        whole = {"collection": record.collection, **to_flat(record)}
        self._log(record_type, record_id, "deleted", None, json.dumps(whole, ensure_ascii=False), None)
        return True

    def _digests(self, record_type: str, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
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

    def _insert(
        self, record_type: str, record: Record, flat: Flat, mark: str, number: int | None = None
    ) -> None:
        spec = RECORD_TYPES[record_type]
        execute = self._db.conn.execute
        row = to_row(record_type, record, flat, mark)
        if number is not None:
            row["number"] = number
        marks = ", ".join("?" * len(row))
        execute(f"INSERT INTO {spec.plural} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        for link in links_of(record_type):
            cells = linked_cells(link, record)
            if cells:
                names = f"{link.owner}, position, {link.other}" + (", role" if link.role else "")
                marks = ", ".join("?" * len(cells[0]))
                self._db.conn.executemany(f"INSERT INTO {link.table} ({names}) VALUES ({marks})", cells)
        if isinstance(record, Incident):
            for name in SPARSE_MOMENTS:
                moment = getattr(record, name)
                if moment is not None:
                    execute(
                        "INSERT INTO incident_moments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        (record.id, name, *moment_cells(moment)),
                    )
            search.add_incident(self._db, record.id)
        self._touch(record_type, record)

    def _touch(self, record_type: str, record: Record) -> None:
        if record_type == "translation":
            self._touched[record.record_type, record.record_id] = None  # type: ignore[union-attr]
        elif record_type != "incident":
            self._touched[record_type, getattr(record, RECORD_TYPES[record_type].key)] = None

    def _remove(self, record_type: str, record_id: str) -> int | None:
        """Take a record out of its tables and of the search. Gives an incident's number."""
        spec = RECORD_TYPES[record_type]
        execute = self._db.conn.execute
        number: int | None = None
        if record_type == "incident":
            number = execute("SELECT number FROM incidents WHERE id = ?", (record_id,)).fetchone()[0]
            search.remove_incident(self._db, record_id)
            execute("DELETE FROM incident_moments WHERE incident_id = ?", (record_id,))
        if record_type == "translation":
            row = execute(
                "SELECT record_type, record_id FROM translations WHERE id = ?", (record_id,)
            ).fetchone()
            self._touched[row[0], row[1]] = None
        for link in links_of(record_type):
            execute(f"DELETE FROM {link.table} WHERE {link.owner} = ?", (record_id,))
        execute(f"DELETE FROM {spec.plural} WHERE {spec.key} = ?", (record_id,))
        self._touched[record_type, record_id] = None
        return number

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
        search.refresh(self._db, list(self._touched))
