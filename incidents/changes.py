"""Every write is a change set: who, when, from where, and for each field the old and the new value.

Pure values. The store keeps them append-only, in the same transaction as the write itself; history, undo and
audit are questions to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Action = Literal["added", "updated", "deleted"]
Outcome = Literal["added", "updated", "unchanged", "kept"]
Kind = Literal["bundled", "import", "edit", "undo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """One write as a whole. `id` grows by one with each and is the store's revision."""

    id: int
    kind: Kind
    actor: str
    at: datetime
    origin: str
    summary: str | None = None
    file_sha256: str | None = None
    undoes: int | None = None
    records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one change set did to one field of one record; `field` is None for a record added or deleted whole."""

    change_set: ChangeSet
    record_type: str
    record_id: str
    action: Action
    field: str | None
    old_value: str | None
    new_value: str | None


@dataclass(frozen=True, slots=True)
class Put:
    """What became of one record that was put into the store.

    `kept`: an upgrade of the bundled records left what the user had edited or deleted; `differences` are
    (field, old, new) as far as they took effect.
    """

    outcome: Outcome
    record_id: str
    differences: tuple[tuple[str, str, str], ...] = ()
    kept_fields: tuple[str, ...] = ()
