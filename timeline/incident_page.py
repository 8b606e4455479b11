"""What the page of one incident shows, gathered from the store: the facts, the evidence, the duties, the neighbours.

The template and the JSON twin are both made from `IncidentPage`. Knows the facade; knows no HTML, no language and
no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from incidents import (
    Assessment,
    Change,
    Claim,
    Designation,
    Figure,
    Incident,
    Obligation,
    Page,
    Provider,
    Query,
    Service,
    Source,
    Span,
    Store,
    Update,
    assess_incident,
    duration_of,
    find,
    rules_of,
    span_of,
    user_hours,
)
from timeline.dependency_steps import Step, paths_of
from timeline.exposures import Exposure, exposures_of
from timeline.typed_records import one, related

NEIGHBOURHOOD = timedelta(days=3)
NEIGHBOURS = 12
FACTS = (
    "started_at",
    "resolved_at",
    "duration",
    "affected",
    "region",
    "severity",
    "cause",
    "technical_cause",
    "third_party",
    "planned_maintenance",
    "detected_at",
    "aware_at",
    "reported_at",
)

# How much an outcome asks of the reader: the order of the groups on the page.
OUTCOMES = (
    "engaged",
    "may_be_engaged",
    "undetermined",
    "not_in_force",
    "not_engaged",
    "does_not_apply",
)
FOLDED = ("not_engaged", "does_not_apply")
YARDSTICKS = ("exceeded", "undetermined", "not_met", "does_not_apply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One field of the incident with what is known of where it comes from.

    `basis`: stated, inferred or disputed (two sources disagree); None when no claim speaks of it in particular,
    and then `sources` are those of the whole record.
    """

    field: str
    value: Any
    basis: str | None
    claims: tuple[Claim, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A provider in the incident: its role, the laws that reach it, and what it is said to be designated as."""

    provider_id: str
    role: str
    provider: Provider | None
    exposures: tuple[Exposure, ...]
    designations: tuple[Designation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """An obligation against this incident, with the assessment."""

    IN_BRIEF: ClassVar = {
        "obligation": (
            "id",
            "kind",
            "regime",
            "name_fr",
            "name_en",
            "legal_reference",
            "recipient_fr",
            "recipient_en",
            "source_url",
        )
    }

    obligation: Obligation
    assessment: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyGroup:
    """The duties of one provider: those that ask for a look, and those that do not (folded on the page)."""

    provider_id: str
    provider: Provider | None
    open: tuple[Duty, ...]
    folded: tuple[Duty, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A source with its number on this page."""

    number: int
    url: str
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Other incidents: in the same days, and of the same providers at any time."""

    same_days: Page
    same_providers: tuple[tuple[Provider, Page], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """Everything that the page of one incident shows, in its order."""

    incident: Incident
    operator: Provider | None
    services: tuple[Service, ...]
    span: Span
    duration: Figure | None
    law_day: date
    user_hours: Figure | None
    facts: Mapping[str, Fact]
    updates: tuple[Update, ...]
    roles: tuple[Role, ...]
    paths: tuple[tuple[Step, ...], ...]
    duties: tuple[DutyGroup, ...]
    yardsticks: tuple[Duty, ...]
    claims: Mapping[str, tuple[Claim, ...]]
    sources: tuple[CitedSource, ...]
    history: tuple[Change, ...]
    neighbours: Neighbours

    def number(self, url: str | None) -> int | None:
        """Give the number under which the page lists a source."""
        return next((cited.number for cited in self.sources if cited.url == url), None)

    @property
    def engaging(self) -> tuple[Duty, ...]:
        """Give the duties that the incident engages or may engage."""
        return tuple(
            duty
            for group in self.duties
            for duty in group.open
            if duty.assessment.outcome in ("engaged", "may_be_engaged")
        )


def incident_page(store: Store, incident: Incident) -> IncidentPage:
    """Gather the page of an incident. Takes a few milliseconds on the bundled record."""
    claims = claims_by_field(store, "incident", incident.id)
    updates = related(store, Update, "incident_id", incident.id)
    duties, yardsticks = duty_groups(store, assess_incident(store, incident))
    day = law_day(incident)
    return IncidentPage(
        incident=incident,
        operator=one(store, Provider, incident.operator_id),
        services=tuple(s for s in (one(store, Service, i) for i in incident.service_ids) if s is not None),
        span=span_of(incident),
        duration=duration_of(incident),
        law_day=day,
        user_hours=user_hours(incident),
        facts=facts_of(incident, claims),
        updates=tuple(sorted(updates, key=_update_order)),
        roles=tuple(
            Role(
                provider_id=part.provider_id,
                role=part.role,
                provider=one(store, Provider, part.provider_id),
                exposures=exposures_of(store, part.provider_id, day),
                designations=related(store, Designation, "provider_id", part.provider_id),
            )
            for part in incident.providers
        ),
        paths=paths_of(store, incident, day),
        duties=duties,
        yardsticks=yardsticks,
        claims=claims,
        sources=cited_sources(store, incident, updates, claims),
        history=store.history("incident", incident.id),
        neighbours=neighbours_of(store, incident),
    )


def law_day(incident: Incident) -> date:
    """Give the local day of the start: the law of that day is the one that counts."""
    value = incident.started_at.value
    if len(value) >= 10:
        return date.fromisoformat(value[:10])
    return span_of(incident).start_earliest.date()


def facts_of(incident: Incident, claims: Mapping[str, tuple[Claim, ...]]) -> dict[str, Fact]:
    """Give each fact of an incident with its basis: what its claims say, else what the record marks as inferred."""
    facts = {}
    for field in FACTS:
        about = claims.get(field, ())
        bases = {claim.basis for claim in about}
        basis: str | None = "stated" if "stated" in bases else None
        if "disputed" in bases:
            basis = "disputed"
        elif field in incident.inferred_fields or bases == {"inferred"}:
            basis = "inferred"
        cited = tuple(dict.fromkeys(claim.source_url for claim in about if claim.source_url))
        facts[field] = Fact(
            field=field,
            value=getattr(incident, field),
            basis=basis,
            claims=about,
            sources=cited or incident.source_urls,
        )
    return facts


def claims_by_field(store: Store, record_type: str, record_id: str) -> dict[str, tuple[Claim, ...]]:
    """Give the claims about a record by field, in the order of the record."""
    by_field: dict[str, list[Claim]] = {}
    for claim in related(store, Claim, "record_id", record_id):
        if claim.record_type == record_type:
            by_field.setdefault(claim.field, []).append(claim)
    return {field: tuple(claims) for field, claims in by_field.items()}


def duty_groups(
    store: Store, assessments: Iterable[Assessment]
) -> tuple[tuple[DutyGroup, ...], tuple[Duty, ...]]:
    """Give the duties by provider, the most pressing first, and the yardsticks apart (each once)."""
    rules = {obligation.id: obligation for obligation in rules_of(store)}
    by_provider: dict[str, list[Duty]] = {}
    yardsticks: dict[str, Duty] = {}
    for assessment in assessments:
        duty = Duty(obligation=rules[assessment.obligation_id], assessment=assessment)
        if duty.obligation.kind == "comparison":
            known = yardsticks.get(duty.obligation.id)
            if known is None or _rank(duty, YARDSTICKS) < _rank(known, YARDSTICKS):
                yardsticks[duty.obligation.id] = duty
        else:
            by_provider.setdefault(assessment.provider_id, []).append(duty)
    groups = []
    for provider_id, duties in by_provider.items():
        duties.sort(key=lambda duty: _rank(duty, OUTCOMES))
        groups.append(
            DutyGroup(
                provider_id=provider_id,
                provider=one(store, Provider, provider_id),
                open=tuple(d for d in duties if d.assessment.outcome not in FOLDED),
                folded=tuple(d for d in duties if d.assessment.outcome in FOLDED),
            )
        )
    return tuple(groups), tuple(sorted(yardsticks.values(), key=lambda duty: _rank(duty, YARDSTICKS)))


def cited_sources(
    store: Store, incident: Incident, updates: Iterable[Update], claims: Mapping[str, tuple[Claim, ...]]
) -> tuple[CitedSource, ...]:
    """Give every source that the incident, its updates and its claims cite, each once and numbered."""
    urls = list(incident.source_urls)
    urls += [update.source_url for update in updates if update.source_url]
    urls += [claim.source_url for about in claims.values() for claim in about if claim.source_url]
    return tuple(
        CitedSource(number=number, url=url, source=one(store, Source, url))
        for number, url in enumerate(dict.fromkeys(urls), start=1)
    )


def neighbours_of(store: Store, incident: Incident) -> Neighbours:
    """Find what else was down within three days, and the other incidents of the operator and its suppliers."""
    span = span_of(incident)
    end = span.end_latest if span.end_latest is not None else span.start_latest
    same_days = find(
        store,
        Query(
            start=_shifted(span.start_earliest, -NEIGHBOURHOOD),
            end=_shifted(end, NEIGHBOURHOOD),
            order="oldest",
            limit=NEIGHBOURS + 1,
        ),
    )
    same_providers = []
    for provider_id in dict.fromkeys((incident.operator_id, *incident.suppliers)):
        provider = one(store, Provider, provider_id)
        if provider is not None:
            page = find(store, Query(providers=(provider.id,), limit=NEIGHBOURS + 1))
            same_providers.append((provider, _without(page, incident)))
    return Neighbours(same_days=_without(same_days, incident), same_providers=tuple(same_providers))


def _without(page: Page, incident: Incident) -> Page:
    others = tuple(other for other in page.incidents if other.id != incident.id)
    found = len(others) < len(page.incidents)
    return replace(page, incidents=others[:NEIGHBOURS], total=page.total - found)


def _shifted(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at


def _update_order(update: Update) -> tuple[datetime, datetime]:
    known = [at for at in (update.at.earliest, update.at.latest) if at is not None]
    return max(known), min(known)


def _rank(duty: Duty, order: tuple[str, ...]) -> int:
    return order.index(duty.assessment.outcome) if duty.assessment.outcome in order else len(order)
