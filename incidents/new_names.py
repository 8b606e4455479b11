"""Providers and services that a form names for the first time: made with the incident that names them.

Pure. A person says of each name that it is new, and of which kind it is; nothing is added that nobody meant. Knows
the lookup of known names; no form and no store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from incidents.columns import header_key
from incidents.csv_import import Lookup
from incidents.errors import TimelineError
from incidents.model import OWN, PROVIDER_KINDS, SERVICE_KINDS, Provider, Service

LONGEST_NAME = 200


class NewNameError(TimelineError):
    """A new name that cannot become a record; `code` says why."""

    status = 400


@dataclass(frozen=True, slots=True)
class NewName:
    """A name that somebody says is new: `record_type` provider or service, and its kind."""

    record_type: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Extended:
    """A lookup that knows the names of records that are to be added, besides those that are there."""

    lookup: Lookup
    records: tuple[Provider | Service, ...]
    _ids: Mapping[tuple[str, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {}
        for record in self.records:
            kind = type(record).__name__.lower()
            ids[kind, record.id] = ids[kind, folded(record.name)] = record.id
        object.__setattr__(self, "_ids", ids)

    def resolve(self, record_type: str, text: str) -> str | None:
        """Give the id for an id, name or alias."""
        known = self.lookup.resolve(record_type, text)
        return known or self._ids.get((record_type, text)) or self._ids.get((record_type, folded(text)))

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        """Give up to three ids that look alike."""
        return tuple(self.lookup.nearest(record_type, text))


def folded(name: str) -> str:
    """Fold a name for comparison; one in letters that fold to nothing is its own words."""
    return header_key(name) or name.strip().casefold()


def extended(lookup: Lookup, names: Sequence[NewName], operator: str = "") -> Extended:
    """Make the records of new names; gives a lookup that knows them, with the records in `records`.

    A name that is known already makes none. A service belongs to the `operator` of the incident: its id or name,
    known or new itself. Raises `NewNameError` for a name, a kind or a service that cannot be.
    """
    made: dict[tuple[str, str], Provider | Service] = {}
    for new in sorted(names, key=lambda new: new.record_type != "provider"):
        name = " ".join(new.name.split())
        key = new.record_type, folded(name)
        if not name or key in made or lookup.resolve(new.record_type, name) is not None:
            continue
        _check(new, name)
        record_id = _id(lookup, new.record_type, name)
        if new.record_type == "provider":
            made[key] = Provider(id=record_id, name=name, kind=new.kind, collection=OWN)
            continue
        owner = Extended(lookup, tuple(made.values())).resolve("provider", operator) if operator else None
        if owner is None:
            raise NewNameError(
                "the new service “{value}” needs to know who runs it",
                code="service-without-operator",
                params={"value": name},
                hint="name the operator of the incident",
            )
        made[key] = Service(id=record_id, name=name, provider_id=owner, kind=new.kind, collection=OWN)
    return Extended(lookup, tuple(made.values()))


def _check(new: NewName, name: str) -> None:
    kinds = {"provider": PROVIDER_KINDS, "service": SERVICE_KINDS}.get(new.record_type, ())
    if new.kind not in kinds:
        raise NewNameError(
            "the kind of “{value}” is not said",
            code="unknown-kind",
            params={"value": name[:80]},
            hint="choose what it is",
        )
    if len(name) > LONGEST_NAME or any(ord(ch) < 32 for ch in name):
        raise NewNameError(
            "“{value}” cannot be a name",
            code="bad-name",
            params={"value": name[:80], "limit": LONGEST_NAME},
            hint="use at most {limit} characters on one line",
        )


def _id(lookup: Lookup, record_type: str, name: str) -> str:
    """Make an id of a name, as reviewable text has them; with a mark where it is taken or says nothing."""
    made = header_key(name).replace("_", "-")[:80].strip("-")
    if len(made) < 2 or lookup.resolve(record_type, made) is not None:
        mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        made = f"{made}-{mark}".strip("-")
    return made
