"""Records of one type, as that type: the store gives records of any.

Knows the store's three questions (one, all, related) and the name of each type, which is that of its class.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from incidents import Record, Store

T = TypeVar("T")


def one(store: Store, kind: type[T], record_id: str | None) -> T | None:
    """Give a record by its id; None for no id and for one that is not on record."""
    found: Any = store.get(kind.__name__.lower(), record_id) if record_id else None
    return found if isinstance(found, kind) else None


def every(store: Store, kind: type[T]) -> tuple[T, ...]:
    """Give all records of a small type, in the order of the record."""
    return tuple(record for record in store.all(kind.__name__.lower()) if isinstance(record, kind))


def related(store: Store, kind: type[T], field: str, value: str) -> tuple[T, ...]:
    """Give the records whose field has a value, or whose list holds it."""
    records = store.related(kind.__name__.lower(), field, value)
    return tuple(record for record in records if isinstance(record, kind))


def walked(store: Store, record_type: str) -> Iterator[Record]:
    """Walk the records of a type in the order of the record, without holding them all."""
    walk = getattr(store, "walk", None)
    return iter(walk(record_type) if walk else store.all(record_type))
