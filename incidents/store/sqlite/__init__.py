"""The SQLite engine of the store."""

from incidents.store.sqlite.connection import StoreError, engine_versions
from incidents.store.sqlite.engine import SqliteStore

__all__ = ["SqliteStore", "StoreError", "engine_versions"]
