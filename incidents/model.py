"""The records of the field as values: incidents, providers, services, and what links and explains them.

Knows moments and amounts. Knows no text format, no store and no web: `columns` says how each field is written,
`flat` turns a record into plain text fields and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from incidents.amount import Amount
from incidents.moment import Moment

__all__ = [
    "AFFECTED_UNITS",
    "ANSWERS",
    "BASES",
    "BUNDLED",
    "CAUSES",
    "CONFIDENCES",
    "COUNTED_AS_USERS",
    "CRITICALITIES",
    "DESIGNATION_STATUSES",
    "MILESTONE_KINDS",
    "OBLIGATION_KINDS",
    "OWN",
    "PROVIDER_KINDS",
    "QUALIFICATION_STATUSES",
    "ROLES",
    "SERVICE_KINDS",
    "SEVERITIES",
    "STATUSES",
    "SUPPLYING_ROLES",
    "UPDATE_KINDS",
    "Claim",
    "Dependency",
    "Designation",
    "EndState",
    "Incident",
    "Law",
    "Milestone",
    "Ownership",
    "Part",
    "Provider",
    "Qualification",
    "Record",
    "Service",
    "Source",
    "Span",
    "Translation",
    "Update",
    "country_of",
]

STATUSES = ("investigating", "identified", "monitoring", "resolved")
SEVERITIES = ("none", "minor", "moderate", "major", "critical")
CAUSES = ("system_failure", "human_error", "natural_phenomenon", "malicious_action", "unknown")
ANSWERS = ("yes", "no", "unknown")
PROVIDER_KINDS = (
    "operator",
    "cloud",
    "cdn",
    "broadcaster",
    "integrator",
    "software",
    "state_body",
    "alliance",
    "consortium",
    "union",
    "unknown",
)
SERVICE_KINDS = (
    "tv",
    "mobile",
    "fixed",
    "emergency_calls",
    "cloud",
    "cdn",
    "network",
    "satellite",
    "film_delivery",
)
ROLES = ("operator", "supplier", "carrier", "vendor", "affected", "regulator")
SUPPLYING_ROLES = ("supplier", "carrier", "vendor")
CONFIDENCES = ("primary", "secondary", "unverified")
BASES = ("stated", "inferred", "disputed")
AFFECTED_UNITS = ("subscribers", "users", "customers", "devices", "sites", "calls")
COUNTED_AS_USERS = ("subscribers", "users")
UPDATE_KINDS = (
    "start",
    "detected",
    "investigating",
    "identified",
    "monitoring",
    "mitigation",
    "resolved",
    "statement",
    "report",
    "post-mortem",
)
MILESTONE_KINDS = ("contract", "launch", "acquisition", "regulation", "statement", "strategy")
CRITICALITIES = ("high", "medium", "low", "unknown")
DESIGNATION_STATUSES = ("official", "publicly_stated", "presumed", "unknown")
QUALIFICATION_STATUSES = ("qualified", "in_progress", "not_qualified")
OBLIGATION_KINDS = ("incident_duty", "standing_duty", "threshold", "modifier", "comparison", "bill")

BUNDLED = "bundled"
OWN = "own"

EndState = Literal["known", "open", "unknown"]


@dataclass(frozen=True, slots=True)
class Part:
    """A provider in an incident, in one of `ROLES`."""

    provider_id: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An event that took something away from users, with bounds on its times and numbers.

    `duration` is the main effect in minutes as a source states it; `resolved_at` is full recovery; they may
    differ. `moments` beyond start and end (`detected_at`, `aware_at`, `reported_at`) are happenings of their own.
    """

    id: str
    collection: str
    title: str
    status: str
    started_at: Moment
    resolved_at: Moment | None = None
    detected_at: Moment | None = None
    aware_at: Moment | None = None
    reported_at: Moment | None = None
    timezone: str | None = None
    operator_id: str | None = None
    service_ids: tuple[str, ...] = ()
    providers: tuple[Part, ...] = ()
    duration: Amount | None = None
    affected: Amount | None = None
    affected_unit: str | None = None
    region: tuple[str, ...] = ()
    cause: str = "unknown"
    technical_cause: str | None = None
    third_party: str = "unknown"
    planned_maintenance: str = "unknown"
    severity: str | None = None
    summary: str | None = None
    tags: tuple[str, ...] = ()
    inferred_fields: tuple[str, ...] = ()
    source_urls: tuple[str, ...] = ()
    confidence: str | None = None
    unmatched_values: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status != "resolved"

    @property
    def suppliers(self) -> tuple[str, ...]:
        """Give who supplied, each once; without a third party the operator is not its own supplier."""
        named = (p.provider_id for p in self.providers if p.role in SUPPLYING_ROLES)
        own = self.operator_id if self.third_party == "no" else None
        return tuple(dict.fromkeys(name for name in named if name != own))

    @property
    def countries(self) -> tuple[str, ...]:
        """Give the regions by country: `FR-IDF` counts for `FR`; a wider region keeps its words."""
        return tuple(dict.fromkeys(country_of(region) for region in self.region))


def country_of(region: str) -> str:
    """Give the country of an ISO 3166-2 region; any other text is its own answer."""
    head, dash, _ = region.partition("-")
    return head if dash and len(head) == 2 and head.isupper() else region


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One thing that happened, or was said, in the course of an incident."""

    id: str
    incident_id: str
    at: Moment
    kind: str
    text: str
    source_url: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An organisation that runs, supplies, owns or supervises services.

    `exposed_to` names laws (ids of `Law`) under which it could be forced; a legal risk, not a fact of access.
    """

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    parent_id: str | None = None
    country: str | None = None
    exposed_to: tuple[str, ...] = ()
    exposed_to_basis: str | None = None
    note: str | None = None
    source_url: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who owns whom, from when to when; undated holds on every day and is shown as undated."""

    id: str
    owner_id: str
    owned_id: str
    share_percent: float | None = None
    since: str | None = None
    until: str | None = None
    note: str | None = None
    source_url: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """A sourced claim that a provider holds a legal status; never an assertion of the program."""

    id: str
    provider_id: str
    designation: str
    status: str
    since: str | None = None
    until: str | None = None
    note: str | None = None
    source_url: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something that users rely on and a provider answers for."""

    id: str
    name: str
    provider_id: str
    kind: str
    aliases: tuple[str, ...] = ()
    users: int | None = None
    users_as_of: str | None = None
    note: str | None = None
    source_url: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One service resting on another for a function, with the claim behind it and its basis."""

    id: str
    from_service_id: str
    on_service_id: str
    function: str
    criticality: str
    since: str | None = None
    until: str | None = None
    claim: str | None = None
    basis: str | None = None
    source_url: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """A security qualification of an offer, with its dates: qualified on a day, not for ever."""

    id: str
    provider_name: str
    offer: str
    scheme: str
    status: str
    provider_id: str | None = None
    service_id: str | None = None
    service_type: str | None = None
    qualified_from: str | None = None
    qualified_to: str | None = None
    decision: str | None = None
    note: str | None = None
    as_of: str | None = None
    source: str | None = None
    confidence: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A contract, launch, law or statement: context on the timeline. Without a date it is listed, not drawn."""

    id: str
    title: str
    kind: str
    date: Moment | None = None
    aliases: tuple[str, ...] = ()
    provider_ids: tuple[str, ...] = ()
    amount: float | None = None
    currency: str | None = None
    summary: str | None = None
    source_url: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law that reaches over borders, or that the records speak of."""

    id: str
    name: str
    name_fr: str | None = None
    aliases: tuple[str, ...] = ()
    country: str | None = None
    in_force_from: str | None = None
    summary: str | None = None
    summary_fr: str | None = None
    source_url: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An address that records cite. `publisher_is` = host: only the host is known."""

    url: str
    publisher: str | None = None
    publisher_is: str | None = None
    title: str | None = None
    published_on: str | None = None
    collection: str = OWN

    @property
    def id(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a source says of one field of one record: stated, inferred or disputed."""

    id: str
    record_type: str
    record_id: str
    field: str
    value: str
    basis: str
    source_url: str | None = None
    note: str | None = None
    collection: str = OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The words of one field of one record in another language."""

    id: str
    record_type: str
    record_id: str
    field: str
    language: str
    text: str
    collection: str = OWN


Record = (
    Incident
    | Update
    | Provider
    | Ownership
    | Designation
    | Service
    | Dependency
    | Qualification
    | Milestone
    | Law
    | Source
    | Claim
    | Translation
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where an incident lies on the time axis: bounds of its start and of its end, aware UTC.

    `end_state`: known, open (still going on: no end), unknown (resolved, but nobody says when).
    """

    start_earliest: datetime
    start_latest: datetime
    end_earliest: datetime | None
    end_latest: datetime | None
    end_state: EndState
