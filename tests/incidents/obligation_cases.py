"""Cases for the tests of assessments: one provider before one rule, and the lead incident before all."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from incidents.amount import Amount
from incidents.moment import Moment
from incidents.obligations import (
    Assessment,
    Facts,
    Obligation,
    ProviderFacts,
    assess,
    load_obligations,
    reason_text,
)
from incidents.obligations.clocks import Clock

PARIS = "Europe/Paris"


@cache
def rules() -> dict[str, Obligation]:
    return {rule.id: rule for rule in load_obligations()}


def moment(
    value: str, precision: str = "minute", qualifier: str = "exact", zone: str | None = PARIS
) -> Moment:
    row = {"at": value, "at_precision": precision, "at_qualifier": qualifier}
    found = Moment.from_flat("at", row, zone)
    assert found is not None
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def judge(rule_id: str, kind: str = "operator", **given_facts: Any) -> Assessment:
    """Assess one rule for one provider in France, in 2025, unless the facts say otherwise."""
    provider_keys = (
        "role",
        "country",
        "establishment",
        "designations",
        "service_kinds",
        "anchors_own",
        "kinds",
    )
    own = {key: given_facts.pop(key) for key in provider_keys if key in given_facts}
    own.setdefault("kinds", (kind,))
    if "anchors_own" in own:
        own["anchors"] = own.pop("anchors_own")
    provider = ProviderFacts(**{"id": "p", "country": "FR", **own})
    facts = {
        "started": moment("2025-09-12T22:00:00+02:00"),
        "loss_of_service": "yes",
        "countries": ("FR",),
        "planned_maintenance": "no",
        **given_facts,
    }
    (found,) = assess(Facts(providers=(provider,), **facts), [rules()[rule_id]])
    return found


def clock(found: Assessment, label: str) -> Clock:
    return next(clock for clock in found.clocks if clock.label == label)


def texts(found: Assessment) -> str:
    return "\n".join(reason_text(reason) for reason in found.reasons)


def exactly(number: float) -> Amount:
    return Amount.exact(number)


@cache
def livebox() -> dict[tuple[str, str], Assessment]:
    """Assess the lead incident, with the facts of its row in the bundled records and no others."""
    facts = Facts(
        started=moment("2025-09-12T22:00:00+02:00", "minute", "approximate"),
        loss_of_service="yes",
        countries=("FR",),
        duration=Amount(35, 45, 40),  # "about forty minutes"
        affected=Amount(10_000_000, None, 10_000_000),  # "more than ten million"
        affected_unit="subscribers",
        planned_maintenance="yes",
        cause="unknown",
        providers=(
            ProviderFacts(
                id="orange",
                kinds=("operator",),
                role="operator",
                country="FR",
                designations=(("oiv", "publicly_stated"), ("dora_critical_ict_provider", "official")),
                service_kinds=("tv",),
            ),
            ProviderFacts(
                id="aws", kinds=("cloud",), role="supplier", country="US", service_kinds=("network", "cloud")
            ),
        ),
    )
    return {(found.provider_id, found.obligation_id): found for found in assess(facts, load_obligations())}
