"""The way from what failed to whom it rests on: service, the access it used, its provider, the owner, the law.

Knows dependencies, providers and ownerships. Every step carries the edge that led to it, with its basis: an inferred
edge is marked as such on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from incidents import Dependency, Incident, Law, Ownership, Provider, Service, Store
from timeline.exposures import exposures_of, owners_of
from timeline.typed_records import one, related

LONGEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What leads to a step. `kind`: rests_on, run_by, owned_by or exposed_to; `basis` as in the record behind it.

    `shares` are those of the owners of the step, in per cent, in the order of its records; None = not known.
    """

    kind: str
    basis: str | None = None
    source_url: str | None = None
    dependency: Dependency | None = None
    ownership: Ownership | None = None
    shares: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a source is read as saying of a service without naming it: an inferred edge beside the path."""

    dependency: Dependency
    service: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stop of a path: a service, a provider, or laws that reach the provider before it (several in one stop)."""

    kind: str
    records: tuple[Service | Provider | Law, ...]
    edge: Edge | None = None
    readings: tuple[Reading, ...] = ()


def paths_of(store: Store, incident: Incident, day: date) -> tuple[tuple[Step, ...], ...]:
    """Give the paths of an incident: from each of its operator's services down to suppliers and the laws over them.

    Only dependencies between services that the incident names are followed where there are such; a service of the
    incident on which nothing of it rests begins a path of its own.
    """
    named = list(dict.fromkeys(incident.service_ids))
    carried = {
        dependency.on_service_id
        for service_id in named
        for dependency in related(store, Dependency, "from_service_id", service_id)
        if dependency.on_service_id in named
    }
    paths: list[tuple[Step, ...]] = []
    for service_id in named:
        if service_id in carried:
            continue
        service = one(store, Service, service_id)
        if service is not None:
            start = (Step(kind="service", records=(service,)),)
            paths += [_finished(store, path, day) for path in _down(store, start, frozenset(named))]
    return tuple(paths)


def _down(store: Store, path: tuple[Step, ...], named: frozenset[str]) -> Iterator[tuple[Step, ...]]:
    last = path[-1].records[0]
    seen = {record.id for step in path for record in step.records}
    dependencies = [
        dependency
        for dependency in related(store, Dependency, "from_service_id", last.id)
        if dependency.on_service_id not in seen
    ]
    within = [dependency for dependency in dependencies if dependency.on_service_id in named]
    ends = True
    for dependency in within if len(path) < LONGEST else ():
        service = one(store, Service, dependency.on_service_id)
        if service is not None:
            ends = False
            edge = Edge(
                kind="rests_on",
                basis=dependency.basis,
                source_url=dependency.source_url,
                dependency=dependency,
            )
            step = Step(
                kind="service", records=(service,), edge=edge, readings=_readings(store, service, named)
            )
            yield from _down(store, (*path, step), named)
    if ends:
        yield path


def _readings(store: Store, service: Service, named: frozenset[str]) -> tuple[Reading, ...]:
    found = []
    for dependency in related(store, Dependency, "from_service_id", service.id):
        if dependency.basis == "inferred":
            other = one(store, Service, dependency.on_service_id)
            if other is not None and other.id not in named:
                found.append(Reading(dependency=dependency, service=other))
    return tuple(found)


def _finished(store: Store, path: tuple[Step, ...], day: date) -> tuple[Step, ...]:
    """Add to a path who runs its last service, who owns that provider, and the laws over them."""
    service = path[-1].records[0]
    assert isinstance(service, Service)
    provider = one(store, Provider, service.provider_id)
    if provider is None:
        return path
    steps = [
        *path,
        Step(kind="provider", records=(provider,), edge=Edge(kind="run_by", source_url=service.source_url)),
    ]
    seen = {provider.id}
    owners = owners_of(store, provider.id, day)
    while owners and len(seen) < LONGEST:
        ownership = owners[0].ownership
        edge = Edge(
            kind="owned_by",
            ownership=ownership,
            source_url=ownership.source_url if ownership else None,
            shares=tuple(owner.ownership.share_percent if owner.ownership else None for owner in owners),
        )
        steps.append(Step(kind="provider", records=tuple(owner.provider for owner in owners), edge=edge))
        seen.update(owner.provider.id for owner in owners)
        above = owners_of(store, owners[0].provider.id, day) if len(owners) == 1 else ()
        owners = tuple(owner for owner in above if owner.provider.id not in seen)
    return (*steps, *_laws(store, provider, day))


def _laws(store: Store, provider: Provider, day: date) -> tuple[Step, ...]:
    exposures = exposures_of(store, provider.id, day)
    laws = tuple(law for law in (one(store, Law, e.law_id) for e in exposures) if law is not None)
    if not laws:
        return ()
    edge = Edge(kind="exposed_to", basis=exposures[0].basis, source_url=provider.source_url)
    return (Step(kind="law", records=laws, edge=edge),)
