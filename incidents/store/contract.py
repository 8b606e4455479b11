"""What a store promises, whatever engine is behind it. No SQL here; each engine has modules of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from incidents.changes import Change, ChangeSet, Kind, Put
from incidents.model import Record
from incidents.query import Hit, Page, Query, Sketch


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: its name, whether it holds, and what was found."""

    name: str
    ok: bool
    found: str


@dataclass(frozen=True, slots=True)
class StoredObligation:
    """A rule as the store keeps it; `rule` is the whole of it as JSON."""

    id: str
    kind: str
    regime: str
    name_en: str
    name_fr: str
    legal_reference: str
    rule: str


class Writer(Protocol):
    """One open change set; nothing of it is seen by others until its block ends without an error."""

    @property
    def change_set_id(self) -> int: ...

    def put(self, record_type: str, records: Sequence[Record]) -> list[Put]:
        """Add or update records of one type, in order; gives one `Put` each."""
        ...

    def put_obligations(self, obligations: Sequence[StoredObligation]) -> list[Put]: ...

    def delete(self, record_type: str, record_id: str) -> bool:
        """Delete a record; False when there is none. Raises `TimelineError` while others refer to it."""
        ...


class Store(Protocol):
    """The record. One object serves all threads of a process."""

    path: Path

    def revision(self) -> int:
        """Give the number of the last change set; it grows with each change."""
        ...

    def writing(
        self,
        *,
        kind: Kind,
        actor: str,
        at: datetime,
        origin: str,
        summary: str | None = None,
        file_sha256: str | None = None,
        dry: bool = False,
    ) -> AbstractContextManager[Writer]:
        """Open a change set: one transaction. Without effect, with `dry`, or on an error nothing is written."""
        ...

    def find(self, query: Query, ids: Collection[str] | None = None) -> Page: ...

    def sketches(self, query: Query, ids: Collection[str] | None = None) -> list[Sketch]:
        """Give all incidents that match, as sketches, by their start; `limit` and `offset` do not count."""
        ...

    def count(self, query: Query, ids: Collection[str] | None = None) -> int: ...

    def get(self, record_type: str, record_id: str) -> Record | None: ...

    def many(self, record_type: str, ids: Sequence[str]) -> Mapping[str, Record]:
        """Give the records with these ids, as many as there are."""
        ...

    def all(self, record_type: str) -> tuple[Record, ...]: ...

    def related(self, record_type: str, field: str, value: str) -> tuple[Record, ...]: ...

    def translations(self, language: str) -> Mapping[tuple[str, str, str], str]: ...

    def stored_obligations(self) -> tuple[StoredObligation, ...]: ...

    def search(self, text: str, limit: int = 50) -> tuple[Hit, ...]: ...

    def history(self, record_type: str, record_id: str) -> tuple[Change, ...]: ...

    def change_sets(self, limit: int = 100) -> tuple[ChangeSet, ...]: ...

    def counts(self) -> Mapping[str, int]:
        """Give how many records of each type there are."""
        ...

    def names(self, record_type: str) -> Mapping[str, str]:
        """Give id by folded id, name or alias, to resolve references."""
        ...

    def existing(self, record_type: str, ids: Iterable[str]) -> set[str]: ...

    def setting(self, name: str) -> str | None: ...

    def set_setting(self, name: str, value: str) -> None: ...

    def check(self) -> tuple[Check, ...]: ...

    def versions(self) -> Mapping[str, str]: ...

    def close(self) -> None: ...
