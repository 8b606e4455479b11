"""What a store promises, whatever engine is behind it. No SQL here; each engine has modules of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from incidents.changes import Change, ChangeSet, Kind, Put
from incidents.flat import FlatValue
from incidents.journal import PlainRun
from incidents.model import Incident, Record
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


@dataclass(frozen=True, slots=True)
class KnownIncident:
    """What an import must know of an incident that is there: its number, its digest, the mark of its last row."""

    number: int
    digest: bytes
    row_mark: bytes | None


class Writer(Protocol):
    """One open change set; nothing of it is seen by others until its block ends without an error."""

    @property
    def change_set_id(self) -> int: ...

    @property
    def changed(self) -> int:
        """Give how many changes were made so far."""
        ...

    def describe(self, report: str) -> None:
        """Keep what is to be known of this change set beside what it changed, as JSON."""
        ...

    def cancel(self) -> None:
        """Let nothing of this write remain."""
        ...

    def put(self, record_type: str, records: Sequence[Record]) -> list[Put]:
        """Add or update records of one type, in order; gives one `Put` each."""
        ...

    def put_again(self, record_type: str, record: Record) -> None:
        """Write a record as it is, whatever kind of change set this is and whoever edited it before."""
        ...

    def put_obligations(self, obligations: Sequence[StoredObligation]) -> list[Put]: ...

    def delete(self, record_type: str, record_id: str) -> bool:
        """Delete a record; False when there is none. Raises `TimelineError` while others refer to it."""
        ...

    def expect(self, rows: int) -> None:
        """Prepare for about that many new incidents."""
        ...

    def next_numbers(self, count: int) -> int:
        """Set numbers aside for the next incidents, and give the first; they grow as incidents come."""
        ...

    def party(self, parts: FlatValue) -> int | None:
        """Give the id of a list of providers and roles, written as in a flat record; None for an empty one."""
        ...

    def known_incidents(self, ids: Sequence[str]) -> Mapping[str, KnownIncident]: ...

    def row_marks(self, after: int, count: int) -> Sequence[tuple[int, bytes | None]]:
        """Give number and row mark of the next incidents after a number, by their numbers."""
        ...

    def add_rows(
        self, columns: tuple[str, ...], optional: frozenset[str], rows: list[tuple[Any, ...]]
    ) -> int:
        """Add incidents as rows, but those whose ids are there; gives how many.

        An empty text in a column of `optional` stands for none; blobs come as `bytearray`.
        """
        ...

    def add_incident(self, incident: Incident, number: int, row_mark: bytes | None = None) -> None:
        """Add an incident that is not there yet under a number of `next_numbers`."""
        ...

    def journal_line(self, line: Mapping[str, Any]) -> None:
        """Add a line of the caller's own to the journal of this change set."""
        ...

    def journal_incidents(self, runs: Sequence[PlainRun]) -> None:
        """Write incidents that `add_rows` added into the journal, record by record."""
        ...

    def mark_row(self, record_id: str, mark: bytes | None) -> None:
        """Remember by which row of a file an incident was last written."""
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
        undoes: int | None = None,
        dry: bool = False,
        large: bool = False,
    ) -> AbstractContextManager[Writer]:
        """Open a change set: one transaction. Without effect, with `dry`, or on an error nothing is written.

        `large`: very many records come; the engine may choose how it writes.
        """
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

    def change_set(self, change_set_id: int) -> ChangeSet | None: ...

    def report(self, change_set_id: int) -> str | None:
        """Give what `Writer.describe` kept of a change set."""
        ...

    def undone_by(self, change_set_id: int) -> int | None:
        """Give the change set that took this one back, None while it holds."""
        ...

    def undos_of(self, change_set_id: int) -> Sequence[tuple[int, bool]]:
        """Give the change sets that took this one back, in order, and of each whether it still holds."""
        ...

    def changes_of(self, change_set_id: int) -> tuple[Change, ...]:
        """Give what a change set did, in order; the incidents that it added are given by `added_incidents`."""
        ...

    def added_incidents(self, change_set_id: int) -> Sequence[str]: ...

    def touched_since(self, change_set_id: int, record_type: str, ids: Sequence[str]) -> Mapping[str, int]:
        """Give, of these records, the last change set after a change set that changed them and still holds."""
        ...

    def walk(self, record_type: str) -> Iterator[Record]:
        """Give all records of a type in the order in which they came, a few at a time."""
        ...

    def reports_of_file(self, sha256: str) -> Sequence[tuple[int, str]]:
        """Give id and report of the change sets that a file became, the newest first."""
        ...

    def stands(self, change_set_id: int) -> bool:
        """Say whether nothing was deleted or undone since a change set."""
        ...

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
