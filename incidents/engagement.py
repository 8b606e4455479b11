"""Which duties the incidents of the record may engage: facts out of the store, the rules applied, kept by revision.

The glue between the store and the pure engine in `obligations`; it judges nothing itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from incidents.catalogue import Catalogue, catalogue_of, holds
from incidents.impact import duration_of, user_hours
from incidents.model import Incident, Part
from incidents.obligations import Assessment, Facts, Obligation, ProviderFacts, assess, load_obligations
from incidents.query import Query
from incidents.store import Store

ENGAGING = ("engaged", "may_be_engaged")
_KEPT: OrderedDict[tuple[Path, int], Mapping[str, tuple[Assessment, ...]]] = OrderedDict()
_LOCK = Lock()


def rules_of(store: Store) -> tuple[Obligation, ...]:
    """Give the rules that the store's incidents are held against."""
    return load_obligations()


def facts_of(context: Catalogue, incident: Incident) -> Facts:
    """Lay an incident out as the facts that rules ask for; what the record does not say stays unknown."""
    started = incident.started_at
    day = started.at or started.earliest or started.latest
    lasted, lost = duration_of(incident), user_hours(incident)
    services = [context.services[i] for i in incident.service_ids if i in context.services]
    parts = list(incident.providers)
    if incident.operator_id and all(part.provider_id != incident.operator_id for part in parts):
        parts.insert(0, Part(incident.operator_id, "operator"))
    roles: dict[str, str] = {}
    for part in parts:
        roles.setdefault(part.provider_id, part.role)
    not_here = {s.provider_id for s in services} - roles.keys()
    providers = []
    for provider_id, role in roles.items():
        provider = context.providers.get(provider_id)
        if provider is None:
            continue
        designations = tuple(
            (d.designation, d.status)
            for d in context.designations
            if d.provider_id == provider_id and holds(d.since, d.until, day.date() if day else None)
        )
        # A service of somebody who takes no part here is one that the operator answers for.
        answers_for = {provider_id} | (not_here if role == "operator" else set())
        own = tuple(dict.fromkeys(s.kind for s in services if s.provider_id in answers_for))
        providers.append(
            ProviderFacts(
                id=provider_id,
                kinds=(provider.kind,),
                role=role,
                country=provider.country,
                designations=designations,
                service_kinds=own,
            )
        )
    return Facts(
        providers=tuple(providers),
        started=started,
        loss_of_service="unknown" if incident.severity == "none" else "yes",
        countries=incident.countries,
        service_kinds=tuple(dict.fromkeys(s.kind for s in services)),
        zone=incident.timezone,
        duration=lasted.amount if lasted else None,
        affected=incident.affected,
        affected_unit=incident.affected_unit,
        user_hours=lost.amount if lost else None,
        cause=incident.cause,
        planned_maintenance=incident.planned_maintenance,
        aware=incident.aware_at,
        detected=incident.detected_at,
    )


def assess_incident(store: Store, incident: Incident) -> tuple[Assessment, ...]:
    """Hold one incident against all rules, for each provider in it; regulators are not judged."""
    known = _known(store).get(incident.id)
    if known is not None and store.get("incident", incident.id) == incident:
        return known
    return assess(facts_of(catalogue_of(store), incident), rules_of(store))


def engagements(store: Store) -> Mapping[str, tuple[Assessment, ...]]:
    """Give the assessments of every incident, computed once a revision."""
    known = _known(store)
    if known:
        return known
    context, rules = catalogue_of(store), rules_of(store)
    made = {
        incident.id: assess(facts_of(context, incident), rules) for incident in store.find(Query()).incidents
    }
    with _LOCK:
        _KEPT[store.path, context.revision] = made
        while len(_KEPT) > 2:
            _KEPT.popitem(last=False)
    return made


def _known(store: Store) -> Mapping[str, tuple[Assessment, ...]]:
    with _LOCK:
        return _KEPT.get((store.path, store.revision()), {})


def engaging(store: Store, incident_id: str) -> tuple[str, ...]:
    """Name the obligations that an incident may engage, by any provider in it."""
    found = engagements(store).get(incident_id, ())
    return tuple(dict.fromkeys(a.obligation_id for a in found if a.outcome in ENGAGING))
