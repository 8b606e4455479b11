"""What the pages of providers, services and laws show, gathered from the store.

Templates and JSON twins are made from the same values. Knows the facade; knows no HTML, no language and no clock:
the day on which ownerships and qualifications are judged is passed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from incidents import (
    Claim,
    Dependency,
    Designation,
    Incident,
    Law,
    Milestone,
    Ownership,
    Page,
    Provider,
    Qualification,
    Query,
    Service,
    Store,
    find,
)
from timeline.exposures import Exposure, date_moment, exposures_of, exposures_on, holds_on
from timeline.incident_page import claims_by_field
from timeline.once_a_revision import once_a_revision
from timeline.typed_records import every, one, related

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Parts:
    """In how many incidents a provider was the operator, a supplier, or anything."""

    as_operator: int = 0
    as_supplier: int = 0
    involved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """One line of the list of providers."""

    provider: Provider
    exposures: tuple[Exposure, ...]
    as_operator: int
    as_supplier: int
    services: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """An ownership with the other provider of it, and whether it may hold on the day of the page."""

    ownership: Ownership
    provider: Provider
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A dependency with the services and the providers at both ends."""

    dependency: Dependency
    from_service: Service | None
    on_service: Service | None
    from_provider: Provider | None
    on_provider: Provider | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A qualification and how it stands on the day of the page: qualified, expired, or its status without dates."""

    qualification: Qualification
    standing: str
    days_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Involvement:
    """An incident of a provider: its roles in it ("service" where only its service was touched), and who supplied."""

    incident: Incident
    roles: tuple[str, ...]
    suppliers: tuple[Provider, ...]
    supplier_not_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPage:
    """Everything that the page of one provider shows, in its order."""

    provider: Provider
    parent: Provider | None
    day: date
    exposures: tuple[Exposure, ...]
    laws: dict[str, Law]
    as_operator: int
    as_supplier: int
    involved: int
    incidents: tuple[Involvement, ...]
    services: tuple[Service, ...]
    rests_on: tuple[Link, ...]
    dependants: tuple[Link, ...]
    owners: tuple[Tie, ...]
    owned: tuple[Tie, ...]
    designations: tuple[Designation, ...]
    qualifications: tuple[Dated, ...]
    milestones: tuple[Milestone, ...]
    claims: dict[str, tuple[Claim, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage:
    """Everything that the page of one service shows, in its order."""

    service: Service
    provider: Provider | None
    exposures: tuple[Exposure, ...]
    incidents: Page
    rests_on: tuple[Link, ...]
    dependants: tuple[Link, ...]
    qualifications: tuple[Dated, ...]
    claims: dict[str, tuple[Claim, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """A provider that a law reaches, with the exposure and how many incidents it is in."""

    provider: Provider
    exposure: Exposure
    incidents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPage:
    """A law and the providers that it reaches, those of their own seat first."""

    law: Law
    day: date
    exposed: tuple[Exposed, ...]


def provider_rows(store: Store, day: date) -> tuple[ProviderRow, ...]:
    """Give all providers, those in most incidents first."""
    played = parts_played(store)
    services = Counter(service.provider_id for service in every(store, Service))
    reached = exposures_on(store, day)
    rows = [
        ProviderRow(
            provider=provider,
            exposures=reached.get(provider.id, ()),
            as_operator=played.get(provider.id, Parts()).as_operator,
            as_supplier=played.get(provider.id, Parts()).as_supplier,
            services=services[provider.id],
        )
        for provider in every(store, Provider)
    ]
    return tuple(
        sorted(rows, key=lambda row: (-(row.as_operator + row.as_supplier), row.provider.name.casefold()))
    )


def provider_page(store: Store, provider: Provider, day: date) -> ProviderPage:
    """Gather the page of a provider as of a day."""
    services = related(store, Service, "provider_id", provider.id)
    exposures = exposures_of(store, provider.id, day)
    involved = find(store, Query(providers=(provider.id,), limit=SHOWN))
    played = parts_played(store).get(provider.id, Parts())
    parent = one(store, Provider, provider.parent_id) if provider.parent_id else None
    return ProviderPage(
        provider=provider,
        parent=parent,
        day=day,
        exposures=exposures,
        laws=_laws(store, exposures),
        as_operator=played.as_operator,
        as_supplier=played.as_supplier,
        involved=involved.total,
        incidents=tuple(_involvement(store, provider.id, incident) for incident in involved.incidents),
        services=services,
        rests_on=_links(store, "from_service_id", services, outside=provider.id),
        dependants=_links(store, "on_service_id", services, outside=provider.id),
        owners=_ties(store, "owned_id", "owner_id", provider.id, day),
        owned=_ties(store, "owner_id", "owned_id", provider.id, day),
        designations=related(store, Designation, "provider_id", provider.id),
        qualifications=tuple(
            dated(q, day) for q in related(store, Qualification, "provider_id", provider.id)
        ),
        milestones=tuple(m for m in every(store, Milestone) if provider.id in m.provider_ids),
        claims=claims_by_field(store, "provider", provider.id),
    )


def _involvement(store: Store, provider_id: str, incident: Incident) -> Involvement:
    roles = ["operator"] if incident.operator_id == provider_id else []
    roles += [part.role for part in incident.providers if part.provider_id == provider_id]
    known = {supplier_id: one(store, Provider, supplier_id) for supplier_id in incident.suppliers}
    return Involvement(
        incident=incident,
        roles=tuple(dict.fromkeys(roles)) or ("service",),
        suppliers=tuple(supplier for supplier in known.values() if supplier is not None),
        supplier_not_named=incident.third_party == "yes" and not incident.suppliers,
    )


def service_page(store: Store, service: Service, day: date) -> ServicePage:
    """Gather the page of a service as of a day."""
    return ServicePage(
        service=service,
        provider=one(store, Provider, service.provider_id),
        exposures=exposures_of(store, service.provider_id, day),
        incidents=find(store, Query(services=(service.id,), limit=SHOWN)),
        rests_on=_links(store, "from_service_id", (service,)),
        dependants=_links(store, "on_service_id", (service,)),
        qualifications=tuple(dated(q, day) for q in related(store, Qualification, "service_id", service.id)),
        claims=claims_by_field(store, "service", service.id),
    )


def law_page(store: Store, law: Law, day: date) -> LawPage:
    """Gather the page of a law: every provider that it reaches on a day, by seat or through an owner."""
    played = parts_played(store)
    reached = exposures_on(store, day)
    exposed = [
        Exposed(
            provider=provider,
            exposure=exposure,
            incidents=played.get(provider.id, Parts()).involved,
        )
        for provider in every(store, Provider)
        for exposure in reached.get(provider.id, ())
        if exposure.law_id == law.id
    ]
    exposed.sort(key=lambda e: (bool(e.exposure.through), -e.incidents, e.provider.name.casefold()))
    return LawPage(law=law, day=day, exposed=tuple(exposed))


def dated(qualification: Qualification, day: date) -> Dated:
    """Tell how a qualification stands on a day: qualified from a day to a day, not for ever."""
    starts, ends = date_moment(qualification.qualified_from), date_moment(qualification.qualified_to)
    start = starts.earliest.date() if starts and starts.earliest else None
    end = ends.latest.date() if ends and ends.latest else None
    if qualification.status != "qualified":
        return Dated(qualification=qualification, standing=qualification.status, days_left=None)
    if start and day < start:
        return Dated(qualification=qualification, standing="not_yet", days_left=None)
    if end and day > end:
        return Dated(qualification=qualification, standing="expired", days_left=None)
    return Dated(
        qualification=qualification, standing="qualified", days_left=(end - day).days if end else None
    )


@once_a_revision
def parts_played(store: Store) -> Mapping[str, Parts]:
    """Count for each provider in how many incidents it was the operator, a supplier, or anything."""
    return {
        provider.id: Parts(
            as_operator=store.count(Query(operators=(provider.id,))),
            as_supplier=store.count(Query(suppliers=(provider.id,))),
            involved=store.count(Query(providers=(provider.id,))),
        )
        for provider in every(store, Provider)
    }


def _laws(store: Store, exposures: tuple[Exposure, ...]) -> dict[str, Law]:
    found = {exposure.law_id: one(store, Law, exposure.law_id) for exposure in exposures}
    return {law_id: law for law_id, law in found.items() if law is not None}


def _links(
    store: Store, end: str, services: tuple[Service, ...], outside: str | None = None
) -> tuple[Link, ...]:
    """Give the dependencies at one end of services; with `outside`, only those that leave that provider."""
    links = []
    for service in services:
        for dependency in related(store, Dependency, end, service.id):
            from_service = one(store, Service, dependency.from_service_id)
            on_service = one(store, Service, dependency.on_service_id)
            link = Link(
                dependency=dependency,
                from_service=from_service,
                on_service=on_service,
                from_provider=one(store, Provider, from_service.provider_id) if from_service else None,
                on_provider=one(store, Provider, on_service.provider_id) if on_service else None,
            )
            ends = {s.provider_id for s in (from_service, on_service) if s is not None}
            if outside is None or ends != {outside}:
                links.append(link)
    return tuple(links)


def _ties(store: Store, field: str, other: str, provider_id: str, day: date) -> tuple[Tie, ...]:
    ties = []
    for ownership in related(store, Ownership, field, provider_id):
        provider = one(store, Provider, getattr(ownership, other))
        if provider is not None:
            ties.append(Tie(ownership=ownership, provider=provider, holds=holds_on(ownership, day)))
    return tuple(ties)
