"""What a record was before: its logged changes walked back from what it is now, column by column.

Pure. Knows changes and flat records; a moment or an amount of which several flat fields changed is one change.
Knows no words and no store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from incidents.changes import Action, Change, ChangeSet
from incidents.columns import fields_of
from incidents.errors import ReadingError
from incidents.flat import Flat, FlatValue, from_flat, text_of
from incidents.model import Record


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """What became of one column: its values as the model has them, None where nothing was known."""

    column: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """What one change set did to the record."""

    change_set: ChangeSet
    action: Action
    changes: tuple[ColumnChange, ...] = ()


def steps_of(
    record_type: str, now: Mapping[str, FlatValue] | None, history: Sequence[Change]
) -> tuple[HistoryStep, ...]:
    """Give what each change set did, newest first.

    `now` is the record as flat fields, None where it is deleted; `history` is the store's, newest first.
    """
    found: list[HistoryStep] = []
    for made, changes, after, before in _walk(now, history):
        whole = next((change.action for change in changes if change.field is None), None)
        if whole is not None:
            found.append(HistoryStep(made, whole))
            continue
        names = {change.field for change in changes}
        columns = tuple(dict.fromkeys(f.column.name for f in fields_of(record_type) if f.name in names))
        old, new = _record(record_type, before), _record(record_type, after)
        changed = (
            ColumnChange(name, _value(record_type, old, before, name), _value(record_type, new, after, name))
            for name in columns
        )
        found.append(HistoryStep(made, "updated", tuple(changed)))
    return tuple(found)


def flat_at(now: Mapping[str, FlatValue] | None, history: Sequence[Change], revision: int) -> Flat | None:
    """Give the record as it stood at a revision of the store; None where it was not on record then."""
    newer = [change for change in history if change.change_set.id > revision]
    state = dict(now) if now is not None else None
    for _made, _changes, _after, before in _walk(now, newer):
        state = before
    return state


def _walk(
    now: Mapping[str, FlatValue] | None, history: Sequence[Change]
) -> Iterator[tuple[ChangeSet, list[Change], Flat | None, Flat | None]]:
    """Give each change set with the record after it and before it, newest first."""
    after: Flat | None = dict(now) if now is not None else None
    for _number, group in groupby(history, key=lambda change: change.change_set.id):
        changes = list(group)
        before = after
        for change in changes:
            if change.action == "deleted":
                before = _whole(change.old_value)
            elif change.action == "added":
                before = None
            elif change.field is not None:
                before = {**(before or {}), change.field: change.old_value or None}
        yield changes[0].change_set, changes, after, before
        after = before


def _whole(text: str | None) -> Flat | None:
    try:
        found = json.loads(text or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _record(record_type: str, flat: Flat | None) -> Record | None:
    try:
        return from_flat(record_type, flat) if flat else None
    except (ReadingError, TypeError):
        # A log that was cut off gives no whole record; its texts are shown as they were kept.
        return None


def _value(record_type: str, record: Record | None, flat: Flat | None, column: str) -> Any:
    if record is not None:
        value = getattr(record, column)
        return None if value in ("", ()) else value
    names = (f.name for f in fields_of(record_type) if f.column.name == column)
    return next((text_of(flat[name]) for name in names if flat and flat.get(name)), None)
