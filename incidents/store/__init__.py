"""The only place with SQL: one contract, an engine behind it. `open_file` chooses the engine for an address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from incidents.store.contract import Check, KnownIncident, Store, StoredObligation, Writer
from incidents.store.sqlite import DatabaseError, SqliteStore, StoreError, engine_versions

__all__ = [
    "Check",
    "DatabaseError",
    "KnownIncident",
    "Store",
    "StoreError",
    "StoredObligation",
    "Writer",
    "alone_in",
    "engine_versions",
    "open_file",
]


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Let one process at a time make or upgrade a database in a folder; where folders cannot be locked, all may."""
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def open_file(path: Path, *, create: bool = True) -> Store:
    """Open the database at a path; `create` makes an empty one where there is none. Raises `StoreError`."""
    if not create and not path.exists():
        raise StoreError(
            "There is no database at {path}.",
            code="no-database",
            params={"path": str(path)},
            hint="Make one with: timeline init",
        )
    if path.is_dir():
        raise StoreError(
            "{path} is a folder, not a database.",
            code="is-a-folder",
            params={"path": str(path)},
            hint="Name a file, such as {path}/incidents.db.",
        )
    return SqliteStore(path)
