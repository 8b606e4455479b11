"""Changes made by hand: an incident saved, deleted or merged with another, each as one change set.

Before anything is written, the record is compared with what the person saw; who was overtaken is told so. Knows
the store; no form, no page and no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar

from incidents.completion import add_sources
from incidents.errors import TimelineError
from incidents.flat import digest, from_flat, to_flat, type_of
from incidents.history import flat_at
from incidents.merging import Belongings, merged, moved, taken_from_other
from incidents.model import Claim, Incident, Provider, Record, Service, Translation, Update
from incidents.store import Store

ORIGIN = "page"
T = TypeVar("T", bound=Record)


class ChangedMeanwhileError(TimelineError):
    """The record is no longer what the person saw; nothing was written."""

    status = 409


class ExistsAlreadyError(TimelineError):
    """A new incident has the id of one that is on record; nothing was written."""

    status = 409


def mark_of(incident: Incident) -> str:
    """Give the digest by which a later change is noticed."""
    return digest("incident", to_flat(incident)).hex()


def as_seen(store: Store, now: Incident, revision: int, seen: str) -> Incident | None:
    """Give an incident as it stood at a revision; None where its mark is not the one that was seen then."""
    flat = flat_at(to_flat(now), store.history("incident", now.id), revision)
    made = from_flat("incident", flat, now.collection) if flat else None
    return made if isinstance(made, Incident) and mark_of(made) == seen else None


def save_incident(
    store: Store,
    incident: Incident,
    *,
    seen: str | None,
    actor: str,
    at: datetime,
    why: str | None = None,
    beside: Sequence[Provider | Service] = (),
) -> int | None:
    """Save an incident; gives the number of the change set, None where nothing differs from what is on record.

    `seen` is the mark (`mark_of`) of the record that the person corrected, None for a new one; `beside` are the
    providers and services that it names for the first time. Translations of a text that changes no longer say the
    same, and go with the change. Raises `ChangedMeanwhileError` or `ExistsAlreadyError`.
    """
    with store.writing(kind="edit", actor=actor, at=at, origin=ORIGIN, summary=why or None) as writer:
        before = _unchanged(store, incident.id, seen)
        for record in beside:
            if store.get(type_of(record), record.id) is None:
                writer.put(type_of(record), [record])
        add_sources(store, writer, [incident])
        for translation in outdated_translations(store, before, incident) if before else ():
            writer.delete("translation", translation.id)
        [put] = writer.put("incident", [incident])
        return None if put.outcome == "unchanged" else writer.change_set_id


def outdated_translations(store: Store, before: Incident, after: Incident) -> tuple[Translation, ...]:
    """Find the translations of texts in which an incident and what is to become of it differ."""
    return tuple(
        translation
        for translation in _related(store, Translation, "record_id", before.id)
        if translation.record_type == "incident"
        and getattr(before, translation.field, None) != getattr(after, translation.field, None)
    )


def belongings_of(store: Store, incident_id: str) -> Belongings:
    """Find what refers to an incident: its updates, and the claims and translations of it and of them."""
    updates = _related(store, Update, "incident_id", incident_id)
    about = [("incident", incident_id), *(("update", update.id) for update in updates)]
    claims = tuple(
        claim
        for kind, record_id in about
        for claim in _related(store, Claim, "record_id", record_id)
        if claim.record_type == kind
    )
    about += [("claim", claim.id) for claim in claims]
    translations = tuple(
        translation
        for kind, record_id in about
        for translation in _related(store, Translation, "record_id", record_id)
        if translation.record_type == kind
    )
    return Belongings(updates, claims, translations)


def delete_incident(
    store: Store, incident_id: str, *, seen: str, actor: str, at: datetime, why: str | None = None
) -> int:
    """Delete an incident with all that refers to it; gives the number of the change set.

    Raises `ChangedMeanwhileError` when it is not what the person saw.
    """
    with store.writing(kind="edit", actor=actor, at=at, origin=ORIGIN, summary=why or None) as writer:
        _unchanged(store, incident_id, seen)
        belongings = belongings_of(store, incident_id)
        for translation in belongings.translations:
            writer.delete("translation", translation.id)
        for claim in belongings.claims:
            writer.delete("claim", claim.id)
        for update in belongings.updates:
            writer.delete("update", update.id)
        writer.delete("incident", incident_id)
        return writer.change_set_id


def merge_incidents(
    store: Store,
    kept: Incident,
    other: Incident,
    from_other: Collection[str] = (),
    *,
    seen: tuple[str, str],
    actor: str,
    at: datetime,
    why: str | None = None,
) -> int:
    """Merge the second incident into the first and delete it; gives the number of the change set.

    `from_other` names the columns of which the second one's value is wanted; `seen` are the marks of both. Updates
    and claims of the second are pointed to the first. Raises `ChangedMeanwhileError`.
    """
    with store.writing(kind="edit", actor=actor, at=at, origin=ORIGIN, summary=why or None) as writer:
        _unchanged(store, kept.id, seen[0])
        _unchanged(store, other.id, seen[1])
        theirs = belongings_of(store, other.id)
        mine = tuple(t for t in belongings_of(store, kept.id).translations if t.record_type == "incident")
        moves = moved(kept, theirs, mine, taken_from_other(kept, other, from_other))
        writer.put("incident", [merged(kept, other, from_other)])
        writer.put("update", moves.updates)
        writer.put("claim", moves.claims)
        for translation_id in moves.deleted:
            writer.delete("translation", translation_id)
        writer.put("translation", moves.translations)
        writer.delete("incident", other.id)
        return writer.change_set_id


def _unchanged(store: Store, incident_id: str, seen: str | None) -> Incident | None:
    """Refuse to write over what the person did not see. Asked inside the transaction, so that nobody slips between."""
    now = store.get("incident", incident_id)
    if seen is None:
        if now is not None:
            raise ExistsAlreadyError(
                "There is an incident “{id}” on record already; nothing was changed.",
                code="exists-already",
                params={"id": incident_id},
                hint="Correct that one, or give this one another id.",
            )
        return None
    if not isinstance(now, Incident) or mark_of(now) != seen:
        raise ChangedMeanwhileError(
            "The incident “{id}” was changed since you opened it; nothing was written.",
            code="changed-meanwhile",
            params={"id": incident_id},
            hint="Look at the change, then save again.",
        )
    return now


def _related(store: Store, kind: type[T], field: str, value: str) -> tuple[T, ...]:
    records = store.related(kind.__name__.lower(), field, value)
    return tuple(record for record in records if isinstance(record, kind))
