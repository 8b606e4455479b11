"""The SQLite engine of the store."""

from incidents.store.sqlite.connection import DatabaseError, StoreError, engine_versions
from incidents.store.sqlite.engine import SqliteStore

__all__ = ["DatabaseError", "SqliteStore", "StoreError", "engine_versions"]
