"""Which duties an incident may engage: each obligation against each provider, with reasons, missing facts and clocks.

Pure: knows facts, rules and three-valued logic; no store, no file, no present time. It never says that a duty was
broken, and what it says is no legal advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Literal
from zoneinfo import ZoneInfo

from incidents.moment import Moment
from incidents.obligations import reasons as say
from incidents.obligations.clocks import Anchors, Clock, run_clocks
from incidents.obligations.conditions import Account, Truth
from incidents.obligations.facts import UNASSESSED_ROLES, Facts, Known, ProviderFacts, is_country
from incidents.obligations.model import NationalLaw, Obligation, Territory
from incidents.obligations.reasons import Both, Reason, Word
from incidents.obligations.rules import ANY_KIND, ASSESSED_KINDS
from incidents.obligations.vocabulary import FACTS

Outcome = Literal[
    "engaged",
    "may_be_engaged",
    "not_engaged",
    "undetermined",
    "not_in_force",
    "does_not_apply",
    "exceeded",
    "not_met",
]
OUTCOMES: tuple[Outcome, ...] = (
    "engaged",
    "may_be_engaged",
    "not_engaged",
    "undetermined",
    "not_in_force",
    "does_not_apply",
    "exceeded",
    "not_met",
)
WITH_CLOCKS = ("engaged", "may_be_engaged", "undetermined", "exceeded")
UNION = "EU"
OFFICIAL = "official"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one obligation says of one provider in one incident.

    `outcome`: one of `OUTCOMES`; the last two, and `undetermined`, are those of yardsticks. `missing`: fields that
    would decide it. `clocks`: only where the duty may run; `indicative` = not law there on that day, or not known
    to be, or a yardstick: nothing is due.
    """

    provider_id: str
    obligation_id: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    clocks: tuple[Clock, ...] = ()
    indicative: bool = False


def assess(facts: Facts, obligations: Iterable[Obligation]) -> tuple[Assessment, ...]:
    """Assess each provider in an incident against each duty and yardstick, in the order given.

    Standing duties, modifiers, thresholds and bills are no matter of one incident, and who takes part as regulator
    is not judged: neither gives an assessment.
    """
    rules = [rule for rule in obligations if rule.kind in ASSESSED_KINDS]
    days = days_of_law(facts)
    union = _union(rules)
    members = union.on(days[0] if days else None) if union else frozenset()
    found: list[Assessment] = []
    for provider in facts.providers:
        if provider.role in UNASSESSED_ROLES:
            continue
        case = _Case(facts, provider, Known(facts, provider, members), days)
        found.extend(case.assess(rule) for rule in rules)
    return tuple(found)


def _union(rules: Iterable[Obligation]) -> Territory | None:
    return next((rule.territory for rule in rules if rule.territory and rule.territory.id == UNION), None)


def days_of_law(facts: Facts) -> tuple[date, date] | None:
    """Give the first and last day on which the incident may have begun, in its zone; None when not known."""
    if facts.day_of_law is not None:
        return facts.day_of_law, facts.day_of_law
    started = facts.started
    if started is None or started.earliest is None or started.latest is None:
        return None
    name = started.zone or facts.zone
    zone = ZoneInfo(name) if name else UTC
    return started.earliest.astimezone(zone).date(), started.latest.astimezone(zone).date()


class _Case:
    """One provider in one incident, before any number of duties."""

    def __init__(
        self, facts: Facts, provider: ProviderFacts, known: Known, days: tuple[date, date] | None
    ) -> None:
        self.facts = facts
        self.provider = provider
        self.known = known
        self.days = days
        self.kinds = tuple(Word("provider_kind", kind) for kind in provider.kinds)
        self.anchors = Anchors(
            _moments(facts, provider, leads=known.leads),
            (facts.started.zone if facts.started else None) or facts.zone,
            facts.holidays,
            provider.kinds,
        )

    def assess(self, rule: Obligation) -> Assessment:
        account = Account()
        binds = self._binds(rule, account)
        if binds is False:
            return Assessment(self.provider.id, rule.id, "does_not_apply", tuple(account.reasons))
        if rule.kind == "comparison":
            return self._measure(rule, account)
        in_force = self._in_force(rule, account)
        engaged = self._engaged(rule, account)
        outcome = self._outcome(rule, binds, in_force, engaged)
        if outcome == "may_be_engaged" and rule.qualitative:
            account.reasons.append(Reason(say.QUALITATIVE))
        runs = engaged is not False and (outcome in WITH_CLOCKS or outcome == "not_in_force")
        return Assessment(
            self.provider.id,
            rule.id,
            outcome,
            tuple(account.reasons),
            tuple(account.missing) if outcome == "undetermined" else (),
            run_clocks(rule.clocks, self.anchors, rule.weekend_shift) if runs else (),
            in_force is not True,
        )

    def _outcome(self, rule: Obligation, binds: Truth, in_force: Truth, engaged: Truth) -> Outcome:
        """Name the outcome by what is certain first. A day that is not certain leaves everything open.

        A duty that is not in force, or whose trigger fails, is so whomever it binds.
        """
        if in_force is False:
            return "not_in_force"
        if in_force is None:
            return "undetermined"
        if engaged is False:
            return "not_engaged"
        if binds is None or engaged is None:
            return "undetermined"
        return "may_be_engaged" if rule.qualitative or self._only_claimed(rule) else "engaged"

    def _measure(self, rule: Obligation, account: Account) -> Assessment:
        """Hold an incident against a yardstick, which has neither territory nor days and binds nobody here."""
        truth = self._triggered(rule, account)
        outcome: Outcome = "undetermined" if truth is None else "exceeded" if truth else "not_met"
        touched = self.known.options(FACTS["service_kinds"])
        if rule.service_kinds and touched is not None and touched.isdisjoint(rule.service_kinds):
            account.reasons.append(
                Reason(
                    say.COUNTS_OTHER_SERVICES,
                    {"bound": _services(rule.service_kinds), "kinds": _services(touched)},
                )
            )
        account.reasons.append(Reason(say.BINDS_NOBODY))
        return Assessment(
            self.provider.id,
            rule.id,
            outcome,
            tuple(account.reasons),
            tuple(account.missing) if truth is None else (),
            run_clocks(rule.clocks, self.anchors, rule.weekend_shift) if outcome in WITH_CLOCKS else (),
            True,
        )

    # --- whom it binds

    def _binds(self, rule: Obligation, account: Account) -> Truth:
        kinds = self.provider.kinds
        result: Truth = True
        if ANY_KIND not in rule.bound_kinds and rule.bound_kinds.isdisjoint(kinds):
            if kinds:
                account.reasons.append(
                    Reason(
                        say.OTHER_KINDS, {"bound": Both(rule.binds_fr, rule.binds_en), "kinds": self.kinds}
                    )
                )
                return False
            account.reasons.append(Reason(say.KIND_UNKNOWN))
            account.needs("kind")
            result = None
        if rule.kind == "comparison":
            return result
        place = self._in_territory(rule, account)
        if place is False:
            return False
        named = self._designated(rule, account)
        if result is None or place is None or named is None:
            return None
        for entity_class in rule.classes:
            if not entity_class.kinds.isdisjoint(kinds):
                name = Both(entity_class.name_fr, entity_class.name_en)
                account.reasons.append(
                    Reason(
                        say.ENTITY_CLASS,
                        {
                            "name": name,
                            "reference": Both(entity_class.legal_reference, entity_class.legal_reference_en),
                        },
                    )
                )
        return True

    def _in_territory(self, rule: Obligation, account: Account) -> Truth:
        territory = rule.territory
        if territory is None:
            return True
        countries = territory.on(self.days[0] if self.days else None)
        touched = self._touches(territory, countries) if rule.reach != "establishment" else False
        seat = self.provider.establishment or self.provider.country
        seated: Truth = False
        if rule.reach != "effect":
            seated = None if seat is None else seat in countries
        if touched or seated:
            return True
        name = Both(territory.name_fr, territory.name_en)
        if rule.reach != "establishment" and (
            touched is None or rule.reach == "effect" or seated is not None
        ):
            recorded = tuple(Word("country", area) for area in self.facts.countries) or Reason(say.NOT_KNOWN)
            template = say.PLACE_UNKNOWN if touched is None else say.ELSEWHERE
            account.reasons.append(Reason(template, {"territory": name, "countries": recorded}))
        elif seated is None:
            account.reasons.append(Reason(say.SEAT_UNKNOWN, {"territory": name}))
        else:
            account.reasons.append(
                Reason(say.SEATED_ELSEWHERE, {"territory": name, "country": Word("country", seat or "")})
            )
        if touched is None:
            account.needs("region")
        if seated is None:
            account.needs("country")
        return None if touched is None or seated is None else False

    def _touches(self, territory: Territory, countries: frozenset[str]) -> Truth:
        """Say whether the effect reached a territory; wider regions, such as "World", may leave it open."""
        areas = self.facts.countries
        if not areas:
            # Nothing recorded: an effect where the operator is at home is the least that can be read into it.
            at_home = self.known.leads and self.provider.country in countries
            return True if at_home else None
        if any(area in countries or area in territory.reached_by for area in areas):
            return True
        return False if all(is_country(area) for area in areas) else None

    def _designated(self, rule: Obligation, account: Account) -> Truth:
        if rule.designation is None:
            return True
        status = self._status(rule.designation)
        shown = Word("designation", rule.designation)
        if status is None or status == UNKNOWN:
            account.reasons.append(Reason(say.NO_DESIGNATION, {"designation": shown}))
            account.needs("designation")
            return None
        if status != OFFICIAL:
            account.reasons.append(
                Reason(
                    say.DESIGNATION_CLAIMED,
                    {"designation": shown, "status": Word("designation_status", status)},
                )
            )
        return True

    def _status(self, designation: str) -> str | None:
        return next((status for name, status in self.provider.designations if name == designation), None)

    def _only_claimed(self, rule: Obligation) -> bool:
        return rule.designation is not None and self._status(rule.designation) != OFFICIAL

    # --- the law of the day

    def _in_force(self, rule: Obligation, account: Account) -> Truth:
        dated = self._dated(rule, account)
        if dated is False or not rule.national_law:
            return dated
        national = self._national(rule, account)
        if national is False:
            return False
        return None if dated is None else national

    def _dated(self, rule: Obligation, account: Account) -> Truth:
        first, last = rule.in_force_from, rule.in_force_to
        if first is None and last is None:
            account.reasons.append(Reason(say.SINCE_UNKNOWN))
            return True
        if self.days is None:
            account.reasons.append(Reason(say.DAY_UNKNOWN))
            account.needs("started_at")
            return None
        begun, ended = self.days
        if first is not None and ended < first:
            account.reasons.append(Reason(say.NOT_YET, {"day": first}))
            return False
        if last is not None and begun > last:
            account.reasons.append(Reason(say.NO_LONGER, {"day": last}))
            return False
        if (first is not None and begun < first) or (last is not None and ended > last):
            account.reasons.append(Reason(say.DAY_STRADDLES, {"days": self.days}))
            account.needs("started_at")
            return None
        return True

    def _national(self, rule: Obligation, account: Account) -> Truth:
        """Say whether a national law was in force in one of the countries that decide."""
        assert rule.territory is not None
        members = rule.territory.on(self.days[0] if self.days else None)
        if not rule.main_establishment_kinds.isdisjoint(self.provider.kinds):
            seat = self.provider.establishment or self.provider.country
            deciding: tuple[str, ...] = (seat,) if seat is not None and seat in members else ()
            if not deciding:
                name = Both(rule.territory.name_fr, rule.territory.name_en)
                account.reasons.append(Reason(say.ESTABLISHMENT_UNKNOWN, {"territory": name}))
                account.needs("establishment")
                return None
        else:
            deciding = tuple(area for area in self.facts.countries if area in members)
            home = self.provider.country
            if not deciding and home is not None and home in members:
                deciding = (home,)
        truths = [self._national_in(rule.national_law, country, account) for country in deciding]
        if True in truths:
            return True
        return False if truths and None not in truths else None

    def _national_in(self, rows: tuple[NationalLaw, ...], country: str, account: Account) -> Truth:
        mine = [row for row in rows if country in row.countries]
        if self.days is not None:
            begun, ended = self.days
            for row in mine:
                first, last = row.days
                if first <= begun and ended <= last:
                    if not row.in_force:
                        params = {"country": Word("country", row.country), "day": row.as_of or last}
                        account.reasons.append(Reason(say.NO_NATIONAL_LAW, params))
                    return row.in_force
                if row.in_force and row.since is not None and ended < row.since and len(mine) == 1:
                    account.reasons.append(Reason(say.NOT_YET, {"day": row.since}))
                    return False
        account.reasons.append(Reason(say.NATIONAL_LAW_UNKNOWN, {"country": Word("country", country)}))
        account.needs("national_law")
        return None

    # --- what engages it

    def _engaged(self, rule: Obligation, account: Account) -> Truth:
        """Say whether the trigger holds and no exemption does."""
        concerned = self._concerned(rule, account)
        if concerned is False:
            return False
        triggered = self._triggered(rule, account)
        if triggered is False:
            return False
        exempt = self._exempt(rule, account)
        if exempt is True:
            return False
        return None if None in (triggered, concerned, exempt) else True

    def _triggered(self, rule: Obligation, account: Account) -> Truth:
        if not rule.thresholds:
            account.reasons.append(Reason(say.EVERY_INCIDENT))
            return True
        truths = [criterion.condition.truth(self.known) for criterion in rule.thresholds]
        result: Truth = True if True in truths else None if None in truths else False
        for criterion, truth in zip(rule.thresholds, truths, strict=True):
            # One criterion is enough to engage; to leave a duty open or out, all of them count.
            if truth is result or result is None:
                criterion.condition.explain(self.known, account)
                if truth:
                    break
        return result

    def _concerned(self, rule: Obligation, account: Account) -> Truth:
        if not rule.service_kinds:
            return True
        touched = self.known.options(FACTS["service_kinds"])
        if touched is None:
            account.reasons.append(Reason(say.SERVICES_UNKNOWN, {"bound": _services(rule.service_kinds)}))
            account.needs("service_ids")
            return None
        if touched.isdisjoint(rule.service_kinds):
            account.reasons.append(
                Reason(
                    say.OTHER_SERVICES, {"bound": _services(rule.service_kinds), "kinds": _services(touched)}
                )
            )
            return False
        return True

    def _exempt(self, rule: Obligation, account: Account) -> Truth:
        result: Truth = False
        for exemption in rule.exemptions:
            truth = exemption.condition.truth(self.known)
            name = Both(exemption.label_fr, exemption.label_en)
            template = say.EXEMPT if truth else say.NOT_EXEMPT if truth is False else say.EXEMPTION_OPEN
            account.reasons.append(Reason(template, {"exemption": name}))
            if truth:
                return True
            if truth is None:
                exemption.condition.explain(self.known, account)
                result = None
        return result


def _moments(facts: Facts, provider: ProviderFacts, *, leads: bool) -> Mapping[str, Moment]:
    """Gather the moments by anchor. The incident's awareness and the like are those of who answers to the users."""
    moments: dict[str, Moment | None] = {"occurrence": facts.started}
    if leads:
        moments |= facts.anchors
        for anchor, moment in (
            ("awareness", facts.aware),
            ("detection", facts.detected),
            ("classification", facts.classified),
        ):
            if moment is not None:
                moments[anchor] = moment
    moments |= provider.anchors
    return {anchor: moment for anchor, moment in moments.items() if moment is not None}


def _services(kinds: Iterable[str]) -> tuple[Word, ...]:
    return tuple(Word("service_kind", kind) for kind in sorted(kinds))
