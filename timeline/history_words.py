"""The history of a record in words: who changed what, when, from which import or edit, and why.

Turns the steps of the record's own history into texts in the reader's language. Knows the names of what the values
refer to; no HTML and no request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from incidents import Change, ColumnChange, HistoryStep, Incident, Store, steps_of, to_flat
from timeline.column_words import heading, told_apart
from timeline.wording import _, ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWords:
    """One changed column, old and new in words; "" where nothing was known."""

    column: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change set as far as it touched the record."""

    number: int
    kind: str
    action: str
    at: datetime
    at_iso: str
    words: str
    actor: str
    origin: str
    why: str
    changes: tuple[ChangeWords, ...]


def events(
    store: Store, history: Iterable[Change], incident: Incident | None, zone: str | None = None
) -> list[Event]:
    """Give the events of an incident's history, newest first; `incident` is None where it is deleted.

    Times are shown in `zone`, else in the zone of the incident.
    """
    now = to_flat(incident) if incident is not None else None
    where = zone or (incident.timezone if incident is not None else None)
    return [_event(store, step, where) for step in steps_of("incident", now, tuple(history))]


def _event(store: Store, step: HistoryStep, zone: str | None) -> Event:
    made = step.change_set
    return Event(
        number=made.id,
        kind=made.kind,
        action=step.action,
        at=made.at,
        at_iso=made.at.isoformat(timespec="seconds"),
        words=_step_words(made.kind, step.action, len(step.changes)),
        actor=made.actor,
        origin=made.origin if made.kind == "import" else "",
        why=made.summary or "" if made.kind == "edit" else "",
        changes=tuple(_change_words(store, change, zone) for change in step.changes),
    )


def _change_words(store: Store, change: ColumnChange, zone: str | None) -> ChangeWords:
    old, new = told_apart(store, change.column, change.old, change.new, zone=zone)
    return ChangeWords(column=change.column, label=heading(change.column), old=old, new=new)


def _step_words(kind: str, action: str, columns: int) -> str:
    match kind, action:
        case "bundled", "added":
            return _("came with the bundled records")
        case "bundled", "deleted":
            return _("left the bundled records")
        case "bundled", _action:
            return _("brought up to date with the bundled records")
        case "import", "added":
            return _("added by an import")
        case "import", _action:
            return _("updated by an import")
        case "undo", _action:
            return _("a change was undone")
        case "edit", "added":
            return _("entered")
        case "edit", "deleted":
            return _("deleted")
    return ngettext("%(n)s field edited", "%(n)s fields edited", columns) if columns else _("edited")
