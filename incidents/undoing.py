"""Taking a change set back: what it added goes, what it changed is as it was, what it deleted is there again.

Exact, also when later changes touched other fields: a field that was changed again since keeps its later value, a
record that others have touched or refer to stays, and both are said. An undo is a change set of its own, and can
itself be taken back; what it left as it was can be taken back later, by the same undo again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from incidents.changes import Change
from incidents.columns import RECORD_TYPES, fields_of
from incidents.errors import ReadingError, TimelineError
from incidents.flat import Flat, FlatValue, from_flat, text_of, to_flat
from incidents.store import Store, Writer

UNDO_REASONS: Mapping[str, str] = {
    "changed-since": "changed again since, by change {id}",
    "referred-to": "other records refer to it",
    "there-again": "it is on record again",
    "contradicts": "its old values contradict what came later",
}
"""Why something was left as it is."""
BATCH = 500
ADDED_ORDER = tuple(reversed(list(RECORD_TYPES)))


class UndoError(TimelineError):
    """A change set that cannot be taken back; nothing was changed."""

    status = 409


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that an undo left as it is; `field` is "" for the whole record."""

    record_type: str
    record_id: str
    field: str
    reason: str
    params: Mapping[str, object]


@dataclass(slots=True)
class UndoReport:
    """What an undo did, or in a dry run would do, in records."""

    change_set_id: int | None = None
    removed: int = 0
    restored: int = 0
    brought_back: int = 0
    kept: list[Kept] = field(default_factory=list)


def undo(store: Store, change_set_id: int, *, actor: str, at: datetime, dry_run: bool = False) -> UndoReport:
    """Take a change set back, in one transaction; of one that was taken back in part, the rest.

    Raises `UndoError` for one that is not there, that brought the bundled records, or that is taken back already.
    """
    sets = store.change_set(change_set_id)
    if sets is None:
        raise UndoError(
            "There is no change {id}.",
            code="no-change-set",
            params={"id": change_set_id},
            hint="`timeline imports` lists them.",
        )
    if sets.kind == "bundled":
        raise UndoError(
            "Change {id} brought the bundled records; it is not taken back.",
            code="bundled",
            params={"id": change_set_id},
            hint="Start a database without them: timeline init --empty.",
        )
    earlier = [number for number, holds in store.undos_of(change_set_id) if holds]
    report = UndoReport()
    with store.writing(
        kind="undo",
        actor=actor,
        at=at,
        origin=sets.origin,
        summary=sets.summary,
        undoes=change_set_id,
        dry=dry_run,
    ) as writer:
        _Undo(store, writer, change_set_id, report, earlier).run()
        done = bool(writer.changed)
        if done and not dry_run:
            report.change_set_id = writer.change_set_id
    if earlier and not done and not report.kept:
        raise UndoError(
            "Change {id} was taken back already, by change {by}.",
            code="undone-already",
            params={"id": change_set_id, "by": earlier[-1]},
            hint="To have it again, take change {by} back.",
        )
    return report


class _Undo:
    def __init__(
        self, store: Store, writer: Writer, change_set_id: int, report: UndoReport, earlier: Sequence[int]
    ) -> None:
        self._store, self._writer, self._id, self._report = store, writer, change_set_id, report
        self._earlier = frozenset(earlier)
        # What an earlier undo did is done: what became of it since is none of this one's business.
        self._done = {
            (change.record_type, change.record_id, change.field)
            for number in earlier
            for change in store.changes_of(number)
        }

    def run(self) -> None:
        deleted: list[Change] = []
        updated: dict[tuple[str, str], list[Change]] = {}
        added: dict[str, list[str]] = {}
        for change in self._store.changes_of(self._id):
            if change.action == "deleted":
                deleted.append(change)
            elif change.action == "updated":
                updated.setdefault((change.record_type, change.record_id), []).append(change)
            else:
                added.setdefault(change.record_type, []).append(change.record_id)
        # What others refer to comes first and goes last.
        order = {name: n for n, name in enumerate(RECORD_TYPES)}
        for change in sorted(deleted, key=lambda change: order[change.record_type]):
            self._bring_back(change)
        for (record_type, record_id), changes in updated.items():
            self._restore(record_type, record_id, changes)
        for record_type in ADDED_ORDER:
            self._remove(record_type, iter(added.get(record_type, ())))
            if record_type == "incident":
                self._remove(record_type, iter(self._added_incidents(self._id)))

    def _added_incidents(self, change_set_id: int) -> list[str]:
        """Give the incidents that a change set added, also where taking its undo back added them again."""
        ids = list(self._store.added_incidents(change_set_id))
        for undo_id, _ in self._store.undos_of(change_set_id):
            for again, _ in self._store.undos_of(undo_id):
                ids += self._added_incidents(again)
        return ids

    def _keep(self, record_type: str, record_id: str, reason: str, field: str = "", **params: object) -> None:
        self._report.kept.append(Kept(record_type, record_id, field, UNDO_REASONS[reason], params))

    def _brought_before(self, change: Change) -> bool:
        if not self._earlier:
            return False
        told = self._store.history(change.record_type, change.record_id)
        return any(one.action == "added" and one.change_set.id in self._earlier for one in told)

    def _bring_back(self, change: Change) -> None:
        if self._brought_before(change):
            return
        if self._store.get(change.record_type, change.record_id) is not None:
            self._keep(change.record_type, change.record_id, "there-again")
            return
        whole = json.loads(change.old_value or "{}")
        record = from_flat(change.record_type, whole, whole["collection"])
        self._writer.put(change.record_type, [record])
        self._report.brought_back += 1

    def _restore(self, record_type: str, record_id: str, changes: Sequence[Change]) -> None:
        record = self._store.get(record_type, record_id)
        if record is None:
            self._keep(record_type, record_id, "changed-since", id=self._last(record_type, record_id))
            return
        flat = to_flat(record)
        fields = {f.name: f for f in fields_of(record_type)}
        wanted: Flat = dict(flat)
        # The first change of a field holds what was there before, the last what this change set left.
        before: dict[str, str | None] = {}
        after: dict[str, str | None] = {}
        for change in changes:
            if change.field is not None and change.field in fields:
                before.setdefault(change.field, change.old_value)
                after[change.field] = change.new_value
        for name, old in before.items():
            if (record_type, record_id, name) in self._done:
                continue
            if text_of(flat[name]) == (after[name] or ""):
                wanted[name] = _value(old, fields[name].sql_type)
            elif text_of(flat[name]) != (old or ""):
                self._keep(
                    record_type, record_id, "changed-since", name, id=self._last(record_type, record_id)
                )
        if wanted == flat:
            return
        try:
            restored = from_flat(record_type, wanted, record.collection)
        except ReadingError:
            self._keep(record_type, record_id, "contradicts")
            return
        [put] = self._writer.put(record_type, [restored])
        if put.outcome == "updated":
            self._report.restored += 1
            if record_type == "incident":
                self._writer.mark_row(record_id, None)

    def _remove(self, record_type: str, ids: Iterator[str]) -> None:
        while batch := list(islice(ids, BATCH)):
            batch = [one for one in batch if (record_type, one, None) not in self._done]
            later = self._store.touched_since(self._id, record_type, batch)
            for record_id in batch:
                if record_id in later:
                    self._keep(record_type, record_id, "changed-since", id=later[record_id])
                    continue
                try:
                    if self._writer.delete(record_type, record_id):
                        self._report.removed += 1
                except TimelineError:
                    self._keep(record_type, record_id, "referred-to")

    def _last(self, record_type: str, record_id: str) -> int:
        later = self._store.touched_since(self._id, record_type, [record_id])
        return later.get(record_id, self._id)


def _value(text: str | None, sql_type: str) -> FlatValue:
    if text is None or text == "":
        return None
    if sql_type == "REAL":
        number = float(text)
        return int(number) if number.is_integer() else number
    return int(text) if sql_type == "INTEGER" else text
