"""The only place with SQL: one contract, an engine behind it. `open_file` chooses the engine for an address."""

from __future__ import annotations

from pathlib import Path

from incidents.store.contract import Check, Store, StoredObligation, Writer
from incidents.store.sqlite import SqliteStore, StoreError, engine_versions

__all__ = ["Check", "Store", "StoreError", "StoredObligation", "Writer", "engine_versions", "open_file"]


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
