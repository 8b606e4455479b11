"""What is known of one incident and of each provider in it, as the rules ask for it.

Knows units, bounds and which figure follows from which. Knows no rule, no store and no record of the product:
whoever has an incident fills in `Facts`. What nobody stated is unknown, never assumed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from incidents.amount import Amount, Number
from incidents.errors import TimelineError
from incidents.model import ANSWERS, CAUSES, COUNTED_AS_USERS, country_of
from incidents.moment import Moment
from incidents.obligations.vocabulary import FACTS, PERCENT, Fact

Stated = Amount | str

LOSS = frozenset({"total", "limited"})
LOSING_ROLES = ("operator", "carrier", "affected")
UNASSESSED_ROLES = ("regulator",)
CARRYING_CALLS = frozenset({"emergency_calls", "mobile", "fixed", "network", "satellite"})
COUNTED_AS_AFFECTED = (*COUNTED_AS_USERS, "customers")


class FactError(TimelineError, ValueError):
    """A fact that is none of `FACTS`, or a value that it cannot have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFacts:
    """One provider in the incident.

    `kinds`: its provider kind, and what else it is recorded to be (`financial_entity`, ...).
    `designations`: pairs of designation and status that hold on the day. `service_kinds`: kinds of its own
    services that were touched; empty = not recorded. `establishment`: country of its main establishment
    where that is not `country`. `stated`: facts about this provider alone; `anchors`: its own moments, by
    anchor.
    """

    id: str
    kinds: tuple[str, ...]
    role: str = "operator"
    country: str | None = None
    establishment: str | None = None
    designations: tuple[tuple[str, str], ...] = ()
    service_kinds: tuple[str, ...] = ()
    stated: Mapping[str, Stated] = field(default_factory=dict)
    anchors: Mapping[str, Moment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_stated(self.stated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One incident as the rules see it.

    `loss_of_service`: "yes" for an outage. `countries`: where the effect was felt, ISO codes or wider words
    ("World"); empty = not recorded. `duration` in minutes. `service_kinds` serves providers that answer to
    the users and have none of their own. `day_of_law` where it is not the day of the start. `anchors`:
    further moments by anchor (`initial_submitted`, ...), those of who answers to the users. `stated`: any
    further of `FACTS`: an `Amount`, a word, or "yes", "no", "unknown". `holidays`: bank holidays, for a
    weekend rule.
    """

    providers: tuple[ProviderFacts, ...]
    started: Moment | None
    loss_of_service: str = "unknown"
    countries: tuple[str, ...] = ()
    service_kinds: tuple[str, ...] = ()
    zone: str | None = None
    day_of_law: date | None = None
    duration: Amount | None = None
    affected: Amount | None = None
    affected_unit: str | None = None
    users_total: Amount | None = None
    user_hours: Amount | None = None
    cause: str = "unknown"
    planned_maintenance: str = "unknown"
    planned_consequence: str = "unknown"
    personal_data_affected: str = "unknown"
    aware: Moment | None = None
    detected: Moment | None = None
    classified: Moment | None = None
    anchors: Mapping[str, Moment] = field(default_factory=dict)
    stated: Mapping[str, Stated] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        check_stated(self.stated)
        object.__setattr__(self, "countries", tuple(dict.fromkeys(map(country_of, self.countries))))
        for name in (
            "loss_of_service",
            "planned_maintenance",
            "planned_consequence",
            "personal_data_affected",
        ):
            _check_word(name, getattr(self, name), ANSWERS)
        _check_word("cause", self.cause, CAUSES)


def check_stated(stated: Mapping[str, Stated]) -> None:
    """Raise `FactError` for a fact that no rule can ask for, or a value that it cannot have."""
    for name, value in stated.items():
        fact = FACTS.get(name)
        if fact is None or fact.kind == "kinds":
            raise FactError(
                "“{name}” is not a fact that rules ask for", code="unknown-fact", params={"name": name}
            )
        if fact.kind == "amount":
            if not isinstance(value, Amount):
                raise FactError("“{name}” is an amount", code="not-an-amount", params={"name": name})
        elif fact.kind == "answer":
            _check_word(name, value, ANSWERS)
        else:
            _check_word(name, value, (*fact.choices, "unknown"))


def _check_word(name: str, value: object, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise FactError(
            "{name}: “{value}” is none of its words",
            code="unknown-word",
            params={"name": name, "value": value, "allowed": ", ".join(allowed)},
            hint="write one of {allowed}",
        )


class Bounds(NamedTuple):
    """At least `low`, at most `high`; `missing` names the fields that would narrow them."""

    low: Number | None
    high: Number | None
    missing: tuple[str, ...] = ()


class Known:
    """What is known of one provider in one incident: bounds of amounts, possible words of the rest.

    `union`: the countries of the European Union on the day, for the figures that count its users.
    """

    __slots__ = ("_amounts", "_options", "facts", "leads", "provider", "union")

    def __init__(self, facts: Facts, provider: ProviderFacts, union: Collection[str] = ()) -> None:
        self.facts = facts
        self.provider = provider
        self.union = union
        self.leads = answers_to_users(facts, provider)
        self._amounts: dict[str, Bounds] = {}
        self._options: dict[str, frozenset[str] | None] = {}

    def amount(self, fact: Fact) -> Bounds:
        """Give the bounds of an amount; both None when nothing is known."""
        found = self._amounts.get(fact.name)
        if found is None:
            found = self._amounts[fact.name] = self._find_amount(fact)
        return found

    def options(self, fact: Fact) -> frozenset[str] | None:
        """Give the words that a fact may have: one when it is known, None when nothing is.

        Answers are "yes" and "no". For `service_kinds` it is all kinds that were touched.
        """
        if fact.name not in self._options:
            self._options[fact.name] = self._find_options(fact)
        return self._options[fact.name]

    def _stated(self, fact: Fact) -> Stated | None:
        own = self.provider.stated.get(fact.name)
        if own is not None:
            return own
        value = self.facts.stated.get(fact.name)
        if value is None or fact.scope == "incident" or self.leads:
            return value
        return value if value == "no" else None

    def _find_amount(self, fact: Fact) -> Bounds:
        stated = self._stated(fact)
        if isinstance(stated, Amount):
            return _bounds(stated, fact.field)
        derive = DERIVED.get(fact.name)
        if derive is None:
            return Bounds(None, None, (fact.field,))
        found = derive(self)
        return found if found.missing or found.low == found.high else found._replace(missing=(fact.field,))

    def _find_options(self, fact: Fact) -> frozenset[str] | None:
        name = fact.name
        facts = self.facts
        if name == "service_kinds":
            kinds = self.provider.service_kinds or (facts.service_kinds if self.leads else ())
            return frozenset(kinds) or None
        stated = self._stated(fact)
        if isinstance(stated, str) and stated != "unknown":
            return frozenset((stated,))
        if name == "service_down":
            return self._loss()
        if name == "emergency_calls_affected":
            return self._emergency_calls()
        if name in ("cause", "planned_maintenance", "planned_consequence"):
            value: str = getattr(facts, name)
        elif name == "personal_data_affected":
            value = facts.personal_data_affected
            if value == "yes" and not self.leads:
                value = "unknown"
        else:
            return None
        return None if value == "unknown" else frozenset((value,))

    def _loss(self) -> frozenset[str] | None:
        """An outage took its operator's service away, wholly or in part; a supplier's may have been fine."""
        if self.provider.role not in LOSING_ROLES or self.facts.loss_of_service == "unknown":
            return None
        return LOSS if self.facts.loss_of_service == "yes" else frozenset(("none",))

    def _emergency_calls(self) -> frozenset[str] | None:
        kinds = self.options(FACTS["service_kinds"])
        if kinds is None:
            return None
        if not kinds & CARRYING_CALLS:
            return frozenset(("no",))
        down = self.options(FACTS["service_down"])
        return (
            frozenset(("yes",)) if "emergency_calls" in kinds and down is not None and down <= LOSS else None
        )


def answers_to_users(facts: Facts, provider: ProviderFacts) -> bool:
    """Say whether the incident's users, moments and figures are this provider's.

    They are the operator's; without an operator, of whoever lost a service.
    """
    if provider.role == "operator":
        return True
    return provider.role in LOSING_ROLES and all(other.role != "operator" for other in facts.providers)


def _bounds(amount: Amount | None, *fields: str) -> Bounds:
    if amount is None or (amount.low is None and amount.high is None):
        return Bounds(None, None, fields)
    return Bounds(amount.low, amount.high, () if amount.is_exact else fields)


def _duration(known: Known) -> Bounds:
    return _bounds(known.facts.duration, "duration")


def _affected(known: Known) -> Bounds:
    if not known.leads:
        return Bounds(None, None, ("affected",))
    if known.facts.affected is not None and known.facts.affected_unit not in COUNTED_AS_AFFECTED:
        return Bounds(None, None, ("affected", "affected_unit"))
    return _bounds(known.facts.affected, "affected")


def _share(known: Known) -> Bounds:
    part = known.amount(FACTS["affected_users"])
    total = (
        _bounds(known.facts.users_total, "users_total")
        if known.leads
        else Bounds(None, None, ("users_total",))
    )
    low = PERCENT * part.low / total.high if part.low is not None and total.high else None
    high = PERCENT * part.high / total.low if part.high is not None and total.low else PERCENT
    return Bounds(
        None if low is None else min(low, PERCENT), min(high, PERCENT), (*part.missing, *total.missing)
    )


def _affected_in_union(known: Known) -> Bounds:
    everywhere = known.amount(FACTS["affected_users"])
    countries = known.facts.countries
    if known.leads and countries and all(country in known.union for country in countries):
        return everywhere
    return Bounds(None, everywhere.high, ("affected_eu_users",))


def _user_hours(known: Known) -> Bounds:
    if known.leads and known.facts.user_hours is not None:
        return _bounds(known.facts.user_hours, "user_hours")
    return _product(known, 60)


def _user_minutes(known: Known) -> Bounds:
    stated = known._stated(FACTS["user_hours"])
    hours = stated if isinstance(stated, Amount) else known.facts.user_hours if known.leads else None
    if hours is None:
        return _product(known, 1)
    low, high, missing = _bounds(hours, "user_hours")
    return Bounds(None if low is None else low * 60, None if high is None else high * 60, missing)


def _product(known: Known, divisor: int) -> Bounds:
    if known.facts.affected_unit not in COUNTED_AS_USERS and known.facts.affected is not None:
        return Bounds(None, None, ("affected_unit", "user_hours"))
    users, minutes = known.amount(FACTS["affected_users"]), known.amount(FACTS["duration_minutes"])
    low = None if users.low is None or minutes.low is None else users.low * minutes.low / divisor
    high = None if users.high is None or minutes.high is None else users.high * minutes.high / divisor
    if 0 in (users.high, minutes.high):
        high = 0
    return Bounds(low, high, (*users.missing, *minutes.missing))


def _member_states(known: Known) -> Bounds:
    countries = known.facts.countries
    if not countries:
        return Bounds(None, None, ("member_states",))
    inside = sum(country in known.union for country in countries)
    vague = any(not is_country(country) for country in countries)
    return Bounds(inside, None if vague else inside, ("member_states",) if vague else ())


DERIVED = {
    "duration_minutes": _duration,
    "affected_users": _affected,
    "share_of_users_percent": _share,
    "affected_eu_users": _affected_in_union,
    "user_hours": _user_hours,
    "user_minutes": _user_minutes,
    "member_states": _member_states,
}


def is_country(area: str) -> bool:
    """Say whether an area is written as an ISO country code; wider regions are words."""
    return len(area) == 2 and area.isascii() and area.isupper()
