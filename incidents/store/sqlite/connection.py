"""Open the file: which SQLite driver, which journal, which settings; refuse what is not ours.

SQLite before 3.51.3 can lose committed writes when two connections use the write-ahead log, so that such a
version gets the rollback journal instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the driver that sqlite-utils chose

from incidents.errors import TimelineError
from incidents.store.sqlite.schema import APPLICATION_ID, migrations

BUSY_SECONDS = 30
WAL_SAFE_SINCE = (3, 51, 3)
DatabaseError: type[Exception] = sqlite3.DatabaseError
IntegrityError: type[Exception] = sqlite3.IntegrityError


class StoreError(TimelineError):
    """The database cannot be used as it is; it has not been changed."""


def sqlite_version() -> tuple[int, ...]:
    return tuple(int(part) for part in sqlite3.sqlite_version.split("."))


def journal_mode(version: tuple[int, ...] | None = None) -> str:
    """Choose the journal for an SQLite version: `wal` where that is safe, else `delete` (rollback journal)."""
    return "wal" if (version or sqlite_version()) >= WAL_SAFE_SINCE else "delete"


def driver_name() -> str:
    return str(sqlite3.__name__.split(".")[0])


def engine_versions() -> dict[str, str]:
    """Give the version of SQLite, where it comes from, and the journal it gets; needs no database."""
    return {
        "sqlite": ".".join(map(str, sqlite_version())),
        "driver": driver_name(),
        "journal": journal_mode(),
    }


def connect(path: Path) -> Database:
    """Open a connection for the calling thread, with foreign keys on and each commit on disk."""
    try:
        # check_same_thread is off only so that close() may run elsewhere; each thread has its own connection.
        raw: Any = sqlite3.connect(str(path), timeout=BUSY_SECONDS, check_same_thread=False)
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA synchronous = FULL")
        return Database(raw, execute_plugins=False)
    except sqlite3.OperationalError as error:
        raise StoreError(
            "The database {path} cannot be opened: {problem}.",
            code="cannot-open",
            params={"path": str(path), "problem": str(error)},
            hint="Check that the folder exists and that you may write in it.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        "{path} is not a database that can be read: {problem}.",
        code="not-a-database",
        params={"path": str(path), "problem": str(error)},
        hint="Name another file with --database, or move this one away to start anew.",
    )


def prepare(db: Database, path: Path) -> None:
    """Bring the schema up to date; raises `StoreError` for a file that is not ours or is newer than this program."""
    try:
        mark = db.conn.execute("PRAGMA application_id").fetchone()[0]
        tables = set(db.table_names())
    except sqlite3.DatabaseError as error:
        raise unreadable(path, error) from error
    if tables and mark != APPLICATION_ID and "change_sets" not in tables:
        raise StoreError(
            "{path} is a database of another program.",
            code="foreign-database",
            params={"path": str(path)},
            hint="Name another file with --database; this one was not changed.",
        )
    known = {migration.name for migration in migrations._migrations}
    newer = [migration.name for migration in migrations.applied(db) if migration.name not in known]
    if newer:
        raise StoreError(
            "{path} was written by a newer version of this program ({step}).",
            code="newer-database",
            params={"path": str(path), "step": newer[0]},
            hint="Install that version or a later one; the file was not changed.",
        )
    if migrations.pending(db):
        migrations.apply(db)
    wanted = journal_mode()
    if db.conn.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
        db.conn.execute(f"PRAGMA journal_mode = {wanted}")


@contextmanager
def rollback_journal(db: Database, wanted: bool) -> Iterator[None]:
    """Write with a rollback journal for the time of a block, where nobody else has the database open.

    A large import then writes its pages once instead of twice. What is new needs no journal, so that little can be
    rolled back; after a crash the next one to open the file does that, and chooses the journal anew.
    """
    usual = journal_mode()
    if not wanted or usual != "wal":
        yield
        return
    execute = db.conn.execute
    execute("PRAGMA busy_timeout = 0")
    try:
        execute("PRAGMA journal_mode = delete")
    except sqlite3.OperationalError:
        pass  # Someone reads: then the log, which lets them.
    finally:
        execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    try:
        yield
    finally:
        execute(f"PRAGMA journal_mode = {usual}")
