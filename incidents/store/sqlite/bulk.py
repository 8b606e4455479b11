"""Many incidents at once: rows in batches, lists of providers kept once, indexes built at the end.

Knows the tables of incidents and their order of growth. A large import takes the indexes down in its own
transaction and builds them anew before it commits; readers never see a table without them.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from sqlite_utils import Database

from incidents.flat import FlatValue, split_parts
from incidents.store.sqlite import search
from incidents.store.sqlite.schema import INCIDENT_INDEXES

LARGE = 20_000
CACHE_KIB = 32_000
SURELY = 2_000
ROWS_A_STATEMENT = 100
PARTIES_KEPT = 50_000


class BulkIncidents:
    """The incidents that one transaction adds."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._first: int | None = None
        self._next = 0
        self._parties: dict[str, int] = {}
        self._statements: dict[tuple[tuple[str, ...], int], str] = {}
        self._without_indexes = False
        self._expected = 0
        self._added = 0
        self._cache: int | None = None

    def expect(self, rows: int) -> None:
        """Prepare for about that many new incidents."""
        if rows >= LARGE:
            self._expected = rows
            self._cache = self._db.conn.execute("PRAGMA cache_size").fetchone()[0]
            self._db.conn.execute(f"PRAGMA cache_size = -{CACHE_KIB}")

    def _take_down_indexes(self) -> None:
        """Take the indexes down when what comes is most of the table: built at the end they take far less time."""
        execute = self._db.conn.execute
        expected, self._expected = self._expected, 0
        sql = "SELECT count(*) FROM (SELECT 1 FROM incidents LIMIT ?)"
        if execute(sql, (expected + LARGE,)).fetchone()[0] < expected + LARGE:
            for name in INCIDENT_INDEXES:
                execute(f"DROP INDEX {name}")
            self._without_indexes = True

    def next_numbers(self, count: int) -> int:
        """Set numbers aside for the next incidents, and give the first."""
        if self._first is None:
            row = self._db.conn.execute("SELECT coalesce(max(number), 0) + 1 FROM incidents").fetchone()
            self._first = self._next = int(row[0])
        number = self._next
        self._next += count
        return number

    def will_index(self, number: int) -> bool:
        """Say whether an incident is one of those that the end of the transaction puts into the full text."""
        return self._first is not None and number >= self._first

    def party(self, parts: FlatValue) -> int | None:
        """Give the id of a list of providers and roles, kept once; None for an empty list."""
        if not parts:
            return None
        text = str(parts)
        known = self._parties.get(text)
        if known is not None:
            return known
        execute = self._db.conn.execute
        row = execute("SELECT id FROM parties WHERE parts = ?", (text,)).fetchone()
        if row is None:
            cursor = execute("INSERT INTO parties (parts) VALUES (?)", (text,))
            row = (cursor.lastrowid,)
            self._db.conn.executemany(
                "INSERT INTO party_members (party_id, position, provider_id, role) VALUES (?, ?, ?, ?)",
                [(row[0], n, part.provider_id, part.role) for n, part in enumerate(split_parts(text))],
            )
        if len(self._parties) >= PARTIES_KEPT:
            self._parties.clear()
        self._parties[text] = int(row[0])
        return int(row[0])

    def add(self, columns: tuple[str, ...], optional: frozenset[str], rows: list[tuple[Any, ...]]) -> int:
        """Add rows whose ids are not there yet. Gives how many were added.

        The driver looks for an adapter for each None and each `bytes`, which takes longer than all the rest: an
        empty text stands for NULL, and blobs come as `bytearray`.
        """
        if self._expected and self._added >= SURELY:
            self._take_down_indexes()
        size = min(len(rows), ROWS_A_STATEMENT)
        done = 0
        for start in range(0, len(rows), size):
            chunk = rows[start : start + size]
            cursor = self._db.conn.execute(
                self._insert(columns, optional, len(chunk)), list(chain.from_iterable(chunk))
            )
            done += int(cursor.rowcount)
        self._added += done
        return done

    def _insert(self, columns: tuple[str, ...], optional: frozenset[str], count: int) -> str:
        key = (columns, count)
        sql = self._statements.get(key)
        if sql is None:
            marks = ", ".join("nullif(?, '')" if name in optional else "?" for name in columns)
            values = ", ".join([f"({marks})"] * count)
            # One that is there already is left out, and noticed by the count.
            sql = f"INSERT INTO incidents ({', '.join(columns)}) VALUES {values} ON CONFLICT (id) DO NOTHING"
            self._statements[key] = sql
        return sql

    def finish(self) -> None:
        """Write the indexes and the full text."""
        if self._without_indexes:
            self._db.conn.execute("PRAGMA threads = 2")
            for name, columns in INCIDENT_INDEXES.items():
                self._db.conn.execute(f"CREATE INDEX {name} ON incidents ({', '.join(columns)})")
            self._without_indexes = False
        if self._first is not None:
            search.add_incidents(self._db, self._first, self._next - self._first)

    def close(self) -> None:
        """Give the connection its own cache size back."""
        if self._cache is not None:
            self._db.conn.execute(f"PRAGMA cache_size = {self._cache}")
