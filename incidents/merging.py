"""Two records of one incident made into one: lists united, gaps filled, and of what differs the one that was chosen.

Pure. Also says what becomes of that which refers to the record that goes: updates, claims and translations. Knows
no store and no page.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from incidents.columns import RECORD_TYPES, Column
from incidents.flat import from_flat, to_flat
from incidents.model import Claim, Incident, Translation, Update
from incidents.moment import Moment

UNITED = ("service_ids", "providers", "region", "tags", "source_urls", "unmatched_values")
"""Lists: the merged incident has the entries of both, those of the kept one first."""
SETTLED = ("id", *UNITED, "inferred_fields")
"""Columns that nobody has to choose."""
MOMENTS = tuple(column.name for column in RECORD_TYPES["incident"].columns if column.kind == "moment")


@dataclass(frozen=True, slots=True)
class Difference:
    """One column in which two incidents say different things."""

    column: str
    kept: Any
    other: Any


@dataclass(frozen=True, slots=True)
class Belongings:
    """What refers to an incident. `translations` are those of the incident, of its updates and of its claims."""

    updates: tuple[Update, ...] = ()
    claims: tuple[Claim, ...] = ()
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """What becomes of the belongings of the incident that goes: records to put, and translations to delete."""

    updates: tuple[Update, ...]
    claims: tuple[Claim, ...]
    translations: tuple[Translation, ...]
    deleted: tuple[str, ...]


def differences_of(kept: Incident, other: Incident) -> tuple[Difference, ...]:
    """List what has to be chosen: columns for which both incidents have a value, and not the same."""
    found = []
    for column in RECORD_TYPES["incident"].columns:
        if column.name in SETTLED:
            continue
        mine, theirs = getattr(kept, column.name), getattr(other, column.name)
        if says(column, mine) and says(column, theirs) and not _same(column, mine, theirs):
            found.append(Difference(column.name, mine, theirs))
    return tuple(found)


def says(column: Column, value: Any) -> bool:
    """Say whether a value tells anything: an answer "unknown" does not."""
    return value is not None and value != () and not (column.choices and value == "unknown")


def _same(column: Column, mine: Any, theirs: Any) -> bool:
    if column.kind == "moment":
        return bool(replace(mine, words=None, zone=None) == replace(theirs, words=None, zone=None))
    if column.kind == "amount":
        return bool((mine.low, mine.high) == (theirs.low, theirs.high))
    return bool(mine == theirs)


def merged(kept: Incident, other: Incident, from_other: Collection[str] = ()) -> Incident:
    """Make one incident of two, under the id and in the collection of the first.

    `from_other` names the columns of which the second one's value is taken; where only one of them says something,
    that is taken anyway.
    """
    taken = taken_from_other(kept, other, from_other)
    values: dict[str, Any] = {name: getattr(other, name) for name in taken}
    for name in UNITED:
        values[name] = tuple(dict.fromkeys((*getattr(kept, name), *getattr(other, name))))
    judged = [name for name in kept.inferred_fields if name not in taken]
    judged += [name for name in other.inferred_fields if name in taken]
    values["inferred_fields"] = tuple(dict.fromkeys(judged))
    zone = values.get("timezone", kept.timezone)
    for name in MOMENTS:
        # A moment of the other record keeps its bounds, whatever the zone of the merged one would make of its day.
        moment: Moment | None = values.get(name, getattr(kept, name))
        values[name] = replace(moment, zone=zone) if moment is not None else None
    made = from_flat("incident", to_flat(replace(kept, **values)), kept.collection)
    assert isinstance(made, Incident)
    return made


def taken_from_other(kept: Incident, other: Incident, from_other: Collection[str] = ()) -> frozenset[str]:
    """Name the columns of which a merge takes the second one's value."""
    names = (c for c in RECORD_TYPES["incident"].columns if c.name not in SETTLED)
    return frozenset(
        c.name
        for c in names
        if says(c, getattr(other, c.name)) and (c.name in from_other or not says(c, getattr(kept, c.name)))
    )


def moved(kept: Incident, theirs: Belongings, mine: Sequence[Translation], taken: Collection[str]) -> Moved:
    """Point what belongs to the other incident to the kept one.

    `mine` are the translations of the kept incident, `taken` the columns whose text came from the other: their
    translations come with them, and take the place of those of the text that went.
    """
    gone = [t for t in mine if t.field in taken]
    have = {(t.field, t.language) for t in mine if t.field not in taken}
    new: list[Translation] = []
    for translation in theirs.translations:
        if translation.record_type != "incident":
            continue
        gone.append(translation)
        if translation.field in taken and (translation.field, translation.language) not in have:
            mark = "--".join(("incident", kept.id, translation.field, translation.language))
            new.append(replace(translation, id=mark, record_id=kept.id))
    fresh = {translation.id for translation in new}
    return Moved(
        updates=tuple(replace(update, incident_id=kept.id) for update in theirs.updates),
        claims=tuple(
            replace(claim, record_id=kept.id) for claim in theirs.claims if claim.record_type == "incident"
        ),
        translations=tuple(new),
        deleted=tuple(t.id for t in gone if t.id not in fresh),
    )
