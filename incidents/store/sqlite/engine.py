"""The store on one SQLite file: a connection a thread, one `BEGIN IMMEDIATE` transaction a write."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from incidents.changes import Change, ChangeSet, Kind
from incidents.columns import RECORD_TYPES, header_key
from incidents.flat import digest, to_flat
from incidents.impact import sketch_of
from incidents.journal import FORMAT, JournalEntry, discard_after, drafts, entries, journal_folder
from incidents.model import Incident, Record, Translation
from incidents.moment import parse_utc, utc_text
from incidents.query import Hit, Page, Query, Sketch
from incidents.store.contract import Check, StoredObligation
from incidents.store.sqlite import search
from incidents.store.sqlite.connection import (
    BUSY_SECONDS,
    DatabaseError,
    IntegrityError,
    StoreError,
    connect,
    engine_versions,
    journal_mode,
    prepare,
    rollback_journal,
)
from incidents.store.sqlite.filters import ORDERS, where
from incidents.store.sqlite.reading import BATCH, batches, read_by_keys, read_records, related_where, rows_of
from incidents.store.sqlite.rows import derived
from incidents.store.sqlite.writing import SqliteWriter

TAKEN_BACK = (
    "EXISTS (SELECT 1 FROM change_sets b WHERE b.undoes = {id} "
    "AND NOT EXISTS (SELECT 1 FROM change_sets d WHERE d.undoes = b.id))"
)
"""Whether a change set has no effect any more: it was taken back, and that was not taken back in its turn."""
BRACKETS = re.compile(r"\s*\([^()]*\)")


class SqliteStore:
    """The record in one SQLite file; see `incidents.store.contract.Store`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[Database] = []
        self._lock = threading.Lock()
        self._translations: dict[tuple[str, int], dict[tuple[str, str, str], str]] = {}
        prepare(self._db, path)
        self._discard_unwritten()

    def _discard_unwritten(self) -> None:
        """Remove what a crash left: journal entries that were never written, drafts of files."""
        folder = journal_folder(self.path)
        if entries(folder)[-1:] <= [self.revision()] and not drafts(self.path):
            return
        db = self._db
        db.conn.execute("PRAGMA busy_timeout = 0")
        try:
            db.conn.execute("BEGIN IMMEDIATE")
        except DatabaseError:
            return  # Someone is writing: whoever opens the file next does it.
        finally:
            db.conn.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        try:
            discard_after(folder, self.revision())
            for draft in drafts(self.path):
                draft.unlink(missing_ok=True)
        finally:
            db.conn.rollback()

    @property
    def _db(self) -> Database:
        db: Database | None = getattr(self._local, "db", None)
        if db is None:
            db = connect(self.path)
            self._local.db = db
            with self._lock:
                self._opened.append(db)
        return db

    def close(self) -> None:
        """Close the connections of all threads; the store can be used again after it."""
        with self._lock:
            for db in self._opened:
                db.conn.close()
            self._opened.clear()
        self._local = threading.local()

    def revision(self) -> int:
        return int(self._db.conn.execute("SELECT coalesce(max(id), 0) FROM change_sets").fetchone()[0])

    @contextmanager
    def writing(
        self,
        *,
        kind: Kind,
        actor: str,
        at: datetime,
        origin: str,
        summary: str | None = None,
        file_sha256: str | None = None,
        undoes: int | None = None,
        dry: bool = False,
        large: bool = False,
    ) -> Iterator[SqliteWriter]:
        """Open a change set: one transaction. Without any effect, with `dry`, or on an error nothing is written."""
        db = self._db
        with rollback_journal(db, large and not dry):
            yield from self._written(
                db, (kind, actor, utc_text(at), origin, summary, file_sha256, undoes), kind, dry
            )

    def _written(
        self, db: Database, change_set: tuple[Any, ...], kind: Kind, dry: bool
    ) -> Iterator[SqliteWriter]:
        try:
            db.conn.execute("BEGIN IMMEDIATE")
            # Records of one write may refer to each other in any order; references are checked at the commit.
            db.conn.execute("PRAGMA defer_foreign_keys = ON")
        except DatabaseError as error:
            raise StoreError(
                "The database {path} cannot be written: {problem}.",
                code="cannot-write",
                params={"path": str(self.path), "problem": str(error)},
                hint="Wait until the other program is done with it, or check the rights on the file and its folder.",
            ) from error
        writer: SqliteWriter | None = None

        def take_back() -> None:
            # The entry goes while the lock is still held: nobody may rebuild from what was never written. An
            # interruption can come just after the commit: then the change set stands, and its entry with it.
            stands = not db.conn.in_transaction and self.revision() >= (writer.change_set_id if writer else 0)
            if writer is not None and not stands:
                writer.journal.withdraw()
            db.conn.rollback()

        try:
            cursor = db.conn.execute(
                "INSERT INTO change_sets (kind, actor, at, origin, summary, file_sha256, undoes) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                change_set,
            )
            number = int(cursor.lastrowid or 0)
            writer = SqliteWriter(db, number, kind, JournalEntry(self.path, number))
            names = ("kind", "actor", "at", "origin", "summary", "file_sha256", "undoes")
            writer.journal_line(
                {"change_set": number, "format": FORMAT, **dict(zip(names, change_set, strict=True))}
            )
            yield writer
            if dry or not writer.changed:
                db.conn.rollback()
                return
            writer.finish()
            writer.keep()
            db.conn.commit()
        except IntegrityError as error:
            take_back()
            raise StoreError(
                "The records contradict each other: {problem}. Nothing was written.",
                code="broken-reference",
                params={"problem": str(error)},
                hint="Import the records that others refer to first.",
            ) from error
        except DatabaseError as error:
            take_back()
            raise StoreError(
                "The database {path} cannot be written: {problem}. Nothing was changed.",
                code="cannot-write",
                params={"path": str(self.path), "problem": str(error)},
                hint="Check the space on the disk and the rights on the file.",
            ) from error
        except BaseException:
            take_back()
            raise
        finally:
            if writer is not None:
                writer.journal.discard()
                writer.close()

    def find(self, query: Query, ids: Collection[str] | None = None) -> Page:
        condition = where(self._db, query, ids)
        paging = f"ORDER BY {ORDERS[query.order]} LIMIT ? OFFSET ?"
        limit = -1 if query.limit is None else query.limit
        keys = [
            row[0]
            for row in self._db.conn.execute(
                f"SELECT i.id FROM incidents i WHERE {condition.sql} {paging}",
                (*condition.params, limit, query.offset),
            )
        ]
        found = read_by_keys(self._db, "incident", keys)
        incidents = tuple(record for key in keys if isinstance(record := found[key], Incident))
        total = len(keys) if query.limit is None and not query.offset else self.count(query, ids)
        return Page(incidents, total)

    def count(self, query: Query, ids: Collection[str] | None = None) -> int:
        condition = where(self._db, query, ids)
        sql = f"SELECT count(*) FROM incidents i WHERE {condition.sql}"
        return int(self._db.conn.execute(sql, condition.params).fetchone()[0])

    def sketches(self, query: Query, ids: Collection[str] | None = None) -> list[Sketch]:
        condition = where(self._db, query, ids)
        sql = f"WHERE number IN (SELECT i.number FROM incidents i WHERE {condition.sql}) ORDER BY spans_from, number"
        records = read_records(self._db, "incident", sql, condition.params)
        return [sketch_of(record) for record in records if isinstance(record, Incident)]

    def get(self, record_type: str, record_id: str) -> Record | None:
        return read_by_keys(self._db, record_type, [record_id]).get(record_id)

    def many(self, record_type: str, ids: Sequence[str]) -> Mapping[str, Record]:
        return read_by_keys(self._db, record_type, ids)

    def all(self, record_type: str) -> tuple[Record, ...]:
        return tuple(read_records(self._db, record_type, "ORDER BY rowid"))

    def related(self, record_type: str, field: str, value: str) -> tuple[Record, ...]:
        condition = related_where(record_type, field)
        if condition is None:
            raise KeyError(f"{record_type} has no field {field}")
        return tuple(read_records(self._db, record_type, condition, (value,)))

    def translations(self, language: str) -> Mapping[tuple[str, str, str], str]:
        key = (language, self.revision())
        known = self._translations.get(key)
        if known is None:
            rows = self.related("translation", "language", language)
            known = {
                (row.record_type, row.record_id, row.field): row.text
                for row in rows
                if isinstance(row, Translation)
            }
            self._translations = {k: v for k, v in self._translations.items() if k[1] == key[1]} | {
                key: known
            }
        return known

    def stored_obligations(self) -> tuple[StoredObligation, ...]:
        sql = (
            "SELECT id, kind, regime, name_en, name_fr, legal_reference, rule FROM obligations ORDER BY rowid"
        )
        return tuple(StoredObligation(**row) for row in rows_of(self._db, sql))

    def search(self, text: str, limit: int = 50) -> tuple[Hit, ...]:
        return tuple(search.search(self._db, text, limit))

    def history(self, record_type: str, record_id: str) -> tuple[Change, ...]:
        sql = (
            "SELECT change_set_id, action, field, old_value, new_value FROM changes "
            "WHERE record_type = ? AND record_id = ? ORDER BY id DESC"
        )
        rows = rows_of(self._db, sql, (record_type, record_id))
        if record_type == "incident":
            rows = self._with_additions(record_id, rows)
        sets = {s.id: s for s in self._change_sets({row["change_set_id"] for row in rows})}
        return tuple(
            Change(
                change_set=sets[row["change_set_id"]],
                record_type=record_type,
                record_id=record_id,
                action=row["action"],
                field=row["field"],
                old_value=row["old_value"],
                new_value=row["new_value"],
            )
            for row in rows
        )

    def _with_additions(self, record_id: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Put in how an incident came to be, each time: it names what added it, and so does what was deleted."""
        sql = "SELECT added_in, lower(hex(digest)) FROM incidents WHERE id = ?"
        lives: list[tuple[int, str | None]] = self._db.conn.execute(sql, (record_id,)).fetchall()
        lives += [
            (json.loads(row["old_value"])["added_in"], None) for row in rows if row["action"] == "deleted"
        ]
        added = [
            {"change_set_id": n, "action": "added", "field": None, "old_value": None, "new_value": mark}
            for n, mark in lives
        ]
        # Of one change set, an addition is older than what followed it.
        return sorted([*rows, *added], key=lambda row: -row["change_set_id"])

    def change_sets(self, limit: int = 100) -> tuple[ChangeSet, ...]:
        rows = self._db.conn.execute("SELECT id FROM change_sets ORDER BY id DESC LIMIT ?", (limit,))
        return tuple(self._change_sets([row[0] for row in rows]))

    def _change_sets(self, ids: Collection[int]) -> list[ChangeSet]:
        sql = (
            "SELECT s.*, (SELECT count(DISTINCT record_type || ' ' || record_id) FROM changes c "
            "WHERE c.change_set_id = s.id) + (SELECT count(*) FROM incidents i WHERE i.added_in = s.id) "
            "AS records FROM change_sets s "
            "WHERE s.id IN (SELECT value FROM json_each(?)) ORDER BY s.id DESC"
        )
        rows = rows_of(self._db, sql, (json.dumps(sorted(ids)),))
        return [ChangeSet(**{**row, "at": parse_utc(row["at"])}) for row in rows]

    def change_set(self, change_set_id: int) -> ChangeSet | None:
        return next(iter(self._change_sets([change_set_id])), None)

    def report(self, change_set_id: int) -> str | None:
        sql = "SELECT report FROM change_set_reports WHERE change_set_id = ?"
        row = self._db.conn.execute(sql, (change_set_id,)).fetchone()
        return row[0] if row else None

    def undone_by(self, change_set_id: int) -> int | None:
        sql = f"SELECT max(u.id) FROM change_sets u WHERE u.undoes = ? AND NOT {TAKEN_BACK.format(id='u.id')}"
        row = self._db.conn.execute(sql, (change_set_id,)).fetchone()
        return row[0] if row else None

    def undos_of(self, change_set_id: int) -> list[tuple[int, bool]]:
        sql = f"SELECT u.id, NOT {TAKEN_BACK.format(id='u.id')} FROM change_sets u WHERE u.undoes = ? ORDER BY u.id"
        return [(number, bool(holds)) for number, holds in self._db.conn.execute(sql, (change_set_id,))]

    def changes_of(self, change_set_id: int) -> tuple[Change, ...]:
        made = self.change_set(change_set_id)
        if made is None:
            return ()
        sql = (
            "SELECT record_type, record_id, action, field, old_value, new_value FROM changes "
            "WHERE change_set_id = ? ORDER BY id"
        )
        return tuple(Change(change_set=made, **row) for row in rows_of(self._db, sql, (change_set_id,)))

    def added_incidents(self, change_set_id: int) -> list[str]:
        sql = "SELECT id FROM incidents WHERE added_in = ? ORDER BY number"
        return [row[0] for row in self._db.conn.execute(sql, (change_set_id,))]

    def touched_since(self, change_set_id: int, record_type: str, ids: Sequence[str]) -> Mapping[str, int]:
        sql = (
            "SELECT c.record_id, max(c.change_set_id) FROM changes c JOIN change_sets s ON s.id = c.change_set_id "
            "WHERE c.record_type = ? AND c.record_id IN (SELECT value FROM json_each(?)) AND s.id > ? "
            f"AND NOT {TAKEN_BACK.format(id='s.id')} "
            f"AND (s.undoes IS NULL OR {TAKEN_BACK.format(id='s.id')}) GROUP BY c.record_id"
        )
        found: dict[str, int] = {}
        for batch in batches(ids):
            found.update(
                self._db.conn.execute(sql, (record_type, json.dumps(batch), change_set_id)).fetchall()
            )
        return found

    def walk(self, record_type: str) -> Iterator[Record]:
        """Give all records of a type in the order in which they came, a few at a time."""
        last = 0
        while True:
            key = "number" if record_type == "incident" else "rowid"
            sql = f"SELECT {key} FROM {RECORD_TYPES[record_type].plural} WHERE {key} > ? ORDER BY {key} LIMIT {BATCH}"
            places = [row[0] for row in self._db.conn.execute(sql, (last,))]
            if not places:
                return
            yield from read_records(
                self._db,
                record_type,
                f"WHERE {key} BETWEEN ? AND ? ORDER BY {key}",
                (places[0], places[-1]),
            )
            last = places[-1]

    def reports_of_file(self, sha256: str) -> list[tuple[int, str]]:
        sql = (
            "SELECT s.id, r.report FROM change_sets s JOIN change_set_reports r ON r.change_set_id = s.id "
            "WHERE s.file_sha256 = ? ORDER BY s.id DESC"
        )
        return self._db.conn.execute(sql, (sha256,)).fetchall()

    def stands(self, change_set_id: int) -> bool:
        sql = (
            "SELECT EXISTS (SELECT 1 FROM change_sets WHERE id > ?1 AND kind = 'undo') "
            "OR EXISTS (SELECT 1 FROM changes WHERE change_set_id > ?1 AND action = 'deleted') "
            "OR EXISTS (SELECT 1 FROM changes c JOIN change_sets s ON s.id = c.change_set_id "
            "WHERE s.id > ?1 AND s.kind = 'import' AND c.action = 'updated')"
        )
        return not self._db.conn.execute(sql, (change_set_id,)).fetchone()[0]

    def counts(self) -> Mapping[str, int]:
        tables = {name: spec.plural for name, spec in RECORD_TYPES.items()} | {"obligation": "obligations"}
        return {
            name: int(self._db.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for name, table in tables.items()
        }

    def names(self, record_type: str) -> Mapping[str, str]:
        columns = "id, name, aliases" if record_type in ("provider", "service", "law") else "id, id, NULL"
        known: dict[str, str] = {}
        rows: Sequence[Any] = self._db.conn.execute(
            f"SELECT {columns} FROM {RECORD_TYPES[record_type].plural}"
        ).fetchall()
        translated = self._db.conn.execute(
            "SELECT record_id, text, NULL FROM translations WHERE record_type = ? AND field = 'name'",
            (record_type,),
        ).fetchall()
        for record_id, name, aliases in (*rows, *translated):
            for text in (name, *(aliases or "").split(";"), BRACKETS.sub("", name)):
                if header_key(text):
                    known.setdefault(header_key(text), record_id)
        return known | {record_id: record_id for record_id, _, _ in rows}

    def existing(self, record_type: str, ids: Iterable[str]) -> set[str]:
        spec = RECORD_TYPES[record_type]
        sql = f"SELECT {spec.key} FROM {spec.plural} WHERE {spec.key} IN (SELECT value FROM json_each(?))"
        return {row[0] for batch in batches(ids) for row in self._db.conn.execute(sql, (json.dumps(batch),))}

    def setting(self, name: str) -> str | None:
        row = self._db.conn.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_setting(self, name: str, value: str) -> None:
        sql = "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        self._db.conn.execute(sql, (name, value))
        self._db.conn.commit()

    def check(self) -> tuple[Check, ...]:
        """Check the file: its pages, references, full text, the digest of each row, and what is derived from it."""
        conn = self._db.conn
        pages = [row[0] for row in conn.execute("PRAGMA integrity_check")]
        broken = conn.execute("PRAGMA foreign_key_check").fetchall()
        out = [
            Check("integrity", pages == ["ok"], "; ".join(pages[:5])),
            Check("foreign_keys", not broken, f"{len(broken)} broken" if broken else "ok"),
        ]
        for table in ("incident_search", "entry_search"):
            try:
                conn.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
                conn.rollback()
                out.append(Check(table, True, "ok"))
            except DatabaseError as error:
                conn.rollback()
                out.append(Check(table, False, str(error)))
        wrong = self._wrong_rows()
        out.append(Check("rows", not wrong, ", ".join(wrong[:5]) or "ok"))
        mode = str(conn.execute("PRAGMA journal_mode").fetchone()[0])
        out.append(Check("journal", mode == journal_mode(), mode))
        return tuple(out)

    def _wrong_rows(self) -> list[str]:
        wrong: list[str] = []
        for record_type, spec in RECORD_TYPES.items():
            rows = rows_of(self._db, f"SELECT * FROM {spec.plural}")
            records = read_by_keys(self._db, record_type, [row[spec.key] for row in rows])
            for row in rows:
                record = records[row[spec.key]]
                if digest(record_type, to_flat(record)) != row["digest"]:
                    wrong.append(f"{record_type} {row[spec.key]}")
                elif isinstance(record, Incident) and any(
                    row[name] != value for name, value in derived(record).items()
                ):
                    wrong.append(f"{record_type} {row[spec.key]} (derived)")
        return wrong

    def versions(self) -> Mapping[str, str]:
        return {**engine_versions(), "sqlite-utils": version("sqlite-utils")}
