"""The context of the incidents at one revision: who is who, who owns whom, which law reaches whom, what rests on what.

Built once a revision and kept; never changed. Knows the store only to read from it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TypeVar

from incidents.model import Dependency, Designation, Incident, Law, Milestone, Ownership, Provider, Service
from incidents.moment import MomentError, Qualifier, bounds, natural_precision
from incidents.query import Sketch
from incidents.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exposure:
    """A law that reaches a provider: its own exposure, or that of `through`, an owner on that day."""

    law_id: str
    provider_id: str
    through: str | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a dependency path: the service, its provider, and the edge that led here (None for the first)."""

    service: Service
    provider: Provider | None
    dependency: Dependency | None


@dataclass(frozen=True)
class Catalogue:
    """Providers, services, laws, ownerships, dependencies and designations, by id and by what they refer to."""

    revision: int
    providers: Mapping[str, Provider]
    services: Mapping[str, Service]
    laws: Mapping[str, Law]
    ownerships: tuple[Ownership, ...]
    dependencies: tuple[Dependency, ...]
    designations: tuple[Designation, ...]
    milestones: tuple[Milestone, ...]

    def owners(self, provider_id: str, day: date | None = None) -> tuple[str, ...]:
        """Give the owners of a provider on a day, nearest first, and theirs; undated ownership holds on every day."""
        found: dict[str, None] = {}
        todo = [provider_id]
        while todo:
            current = todo.pop(0)
            direct = [
                o.owner_id for o in self.ownerships if o.owned_id == current and holds(o.since, o.until, day)
            ]
            provider = self.providers.get(current)
            known = any(o.owned_id == current for o in self.ownerships)
            if provider and provider.parent_id and not known:
                direct.append(provider.parent_id)
            for owner in direct:
                if owner not in found and owner != provider_id:
                    found[owner] = None
                    todo.append(owner)
        return tuple(found)

    def exposures(self, provider_id: str, day: date | None = None) -> tuple[Exposure, ...]:
        """Give the laws of other countries that reach a provider on a day, its own first, then through owners."""
        out: dict[str, Exposure] = {}
        for holder in (provider_id, *self.owners(provider_id, day)):
            provider = self.providers.get(holder)
            for law in provider.exposed_to if provider else ():
                if law in self.laws and not holds(self.laws[law].in_force_from, None, day):
                    continue
                through = None if holder == provider_id else holder
                out.setdefault(
                    law, Exposure(law, provider_id, through, provider.exposed_to_basis if provider else None)
                )
        return tuple(out.values())

    def exposed_in(self, sketch: Sketch) -> frozenset[str]:
        """Give the laws that reach a provider that took part in an incident, its regulators apart."""
        day = sketch.start.date()
        return frozenset(e.law_id for provider in taking_part(sketch) for e in self.exposures(provider, day))

    def involved(self, sketch: Sketch) -> tuple[str, ...]:
        """Give every provider of an incident, in any role, and those whose services it touched, each once."""
        ids = [sketch.operator_id] if sketch.operator_id else []
        ids += [part.provider_id for part in sketch.providers]
        ids += [self.services[i].provider_id for i in sketch.service_ids if i in self.services]
        return tuple(dict.fromkeys(ids))

    def service_kinds(self, sketch: Sketch) -> tuple[str, ...]:
        """Give the kinds of the services that an incident touched, that of the main one first, each once."""
        return tuple(dict.fromkeys(self.services[i].kind for i in sketch.service_ids if i in self.services))

    def paths(self, incident: Incident) -> tuple[tuple[Step, ...], ...]:
        """Give the ways in which an incident's first service rests on others on that day, longest last step first.

        Paths that touch a service or a supplier named in the incident come first; a cycle ends where it closes.
        """
        if not incident.service_ids or incident.service_ids[0] not in self.services:
            return ()
        start = incident.started_at.earliest or incident.started_at.latest
        day = start.date() if start else None
        paths = list(self._walk(self._step(incident.service_ids[0], None), day, ()))
        named, suppliers = set(incident.service_ids[1:]), set(incident.suppliers)

        def relevance(path: tuple[Step, ...]) -> int:
            tail = path[1:]
            return -sum(s.service.id in named for s in tail) - sum(
                s.service.provider_id in suppliers for s in tail
            )

        return tuple(sorted((p for p in paths if len(p) > 1), key=relevance))

    def _step(self, service_id: str, dependency: Dependency | None) -> Step:
        service = self.services[service_id]
        return Step(service, self.providers.get(service.provider_id), dependency)

    def _walk(self, step: Step, day: date | None, before: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
        path = (*before, step)
        seen = {s.service.id for s in path}
        onward = [
            d
            for d in self.dependencies
            if d.from_service_id == step.service.id
            and d.on_service_id not in seen
            and holds(d.since, d.until, day)
        ]
        if not onward or len(path) > 8:
            yield path
        for dependency in onward if len(path) <= 8 else ():
            if dependency.on_service_id in self.services:
                yield from self._walk(self._step(dependency.on_service_id, dependency), day, path)


def taking_part(sketch: Sketch) -> tuple[str, ...]:
    """Give the providers of an incident, its operator first, without those that only supervise."""
    ids = [sketch.operator_id] if sketch.operator_id else []
    ids += [p.provider_id for p in sketch.providers if p.role != "regulator"]
    return tuple(dict.fromkeys(ids))


def holds(since: str | None, until: str | None, day: date | None) -> bool:
    """Say whether a period holds on a day: undated ends are open, a month counts whole."""
    if day is None:
        return True
    first, last = _days(since), _days(until)
    return (first is None or first[0] <= day) and (last is None or day < last[1] or day == last[0])


def _days(text: str | None) -> tuple[date, date] | None:
    if not text:
        return None
    try:
        low, high = bounds(text, natural_precision(text), Qualifier.EXACT, None)
    except MomentError:
        return None
    return (low.date(), high.date())


_KEPT: OrderedDict[tuple[Path, int], Catalogue] = OrderedDict()
_LOCK = Lock()


def catalogue_of(store: Store) -> Catalogue:
    """Give the context at the store's revision; built at most once for each."""
    key = (store.path, store.revision())
    with _LOCK:
        known = _KEPT.get(key)
    if known is not None:
        return known
    made = Catalogue(
        revision=key[1],
        providers={r.id: r for r in store.all("provider") if isinstance(r, Provider)},
        services={r.id: r for r in store.all("service") if isinstance(r, Service)},
        laws={r.id: r for r in store.all("law") if isinstance(r, Law)},
        ownerships=_of(Ownership, store.all("ownership")),
        dependencies=_of(Dependency, store.all("dependency")),
        designations=_of(Designation, store.all("designation")),
        milestones=_of(Milestone, store.all("milestone")),
    )
    with _LOCK:
        _KEPT[key] = made
        while len(_KEPT) > 4:
            _KEPT.popitem(last=False)
    return made


def _of(kind: type[T], records: tuple[object, ...]) -> tuple[T, ...]:
    return tuple(record for record in records if isinstance(record, kind))
