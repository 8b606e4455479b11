"""Assessments: the worked case of 12 September 2025, whom a duty binds, the law of the day, and properties.

Every expectation is worked out by hand from the text of the rule, as the comment beside it says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.amount import Amount
from incidents.moment import Precision, Qualifier
from incidents.obligations import (
    OUTCOMES,
    Facts,
    ProviderFacts,
    assess,
    load_obligations,
    reason_text,
)
from incidents.obligations.clocks import Anchors, Period, run_clocks
from incidents.obligations.facts import FactError
from incidents.obligations.reasons import MSGIDS, Reason
from incidents.obligations.rules import parse_rules
from tests.incidents.obligation_cases import PARIS, clock, exactly, judge, livebox, moment, texts, utc


@pytest.mark.parametrize(
    ("provider", "rule_id", "outcome"),
    [
        ("orange", "fr-cpce-d98-5-incident", "may_be_engaged"),  # availability counts, no public number
        ("orange", "fr-csi-r732-3-defaillance", "may_be_engaged"),  # serious failure, no public number
        ("orange", "fr-oiv-siiv-incident", "undetermined"),  # the list of vital systems is secret
        ("orange", "enisa-absolute", "exceeded"),  # 10 M x 35 min / 60 = 5.83 M > 1 M user-hours
        ("orange", "enisa-relative", "not_met"),  # 45 min at most < 1 h
        ("aws", "eu-2690-art7-cloud", "undetermined"),  # was a cloud service wholly unavailable?
        ("orange", "eu-nis2-art23", "not_in_force"),  # France has no national law
        ("orange", "eu-gdpr-art33", "undetermined"),  # personal data affected?
        ("orange", "eu-dora-art19", "does_not_apply"),  # no financial entity
        ("orange", "eu-eidas-19a-24", "does_not_apply"),  # no trust service
        ("orange", "fr-cpce-emergency-calls", "not_engaged"),  # television only
        ("orange", "fr-cpce-fr-alert", "not_engaged"),  # television only
        ("orange", "fr-csi-code-alerte", "does_not_apply"),  # terrestrial broadcasters
        ("orange", "us-fcc-nors", "exceeded"),  # 10 M x 35 = 350 M >= 900,000 user-minutes; 35 >= 30 min
        ("orange", "uk-ofcom-105k", "exceeded"),  # 10 M >= 100,000 customers
        ("orange", "eu-2690-art7-cloud", "does_not_apply"),  # telecom operators are not bound by 2024/2690
        ("orange", "eu-eecc-art40", "not_in_force"),  # repealed the year before
        ("aws", "fr-cpce-d98-5-incident", "does_not_apply"),  # no operator
        ("aws", "eu-dora-art19", "does_not_apply"),  # financial entities, not their cloud
    ],
)
def test_the_worked_case(provider: str, rule_id: str, outcome: str) -> None:
    assert livebox()[provider, rule_id].outcome == outcome


def test_the_worked_case_names_what_is_missing() -> None:
    assert livebox()["orange", "fr-oiv-siiv-incident"].missing == ("vital_system_affected",)
    assert "personal_data_affected" in livebox()["orange", "eu-gdpr-art33"].missing
    cloud = livebox()["aws", "eu-2690-art7-cloud"].missing
    assert {"service_down", "planned_consequence", "affected_eu_users"} <= set(cloud)
    # For limited availability the hour was not reached, so the duration is not what is missing.
    assert "duration" not in cloud
    assert livebox()["orange", "fr-cpce-d98-5-incident"].missing == ()


def test_the_worked_case_has_indicative_clocks_for_nis2() -> None:
    found = livebox()["orange", "eu-nis2-art23"]
    assert found.indicative
    early, notification, final = (clock(found, label) for label in ("early_warning", "notification", "final"))
    # Awareness is not recorded; if it was at 22:00 Paris (20:00Z): + 24 h, + 72 h.
    assert early.earliest_due == early.latest_due == utc("2025-09-13T20:00")
    assert notification.earliest_due == notification.latest_due == utc("2025-09-15T20:00")
    # One month after a notification sent at its due time: at the latest, and only if it was.
    assert (final.earliest_due, final.latest_due) == (None, utc("2025-10-15T20:00"))
    assert early.assumed_anchor and notification.assumed_anchor and final.assumed_anchor
    assert early.missing == ("aware_at",) and early.note is not None
    assert "2025-09-12 20:00 UTC" in reason_text(early.note)


def test_the_worked_case_never_asserts_a_designation() -> None:
    found = livebox()["orange", "fr-oiv-siiv-incident"]
    assert "publicly stated" in texts(found) and "not asserted" in texts(found)


def test_the_worked_case_has_the_figures_in_its_reasons() -> None:
    absolute = texts(livebox()["orange", "enisa-absolute"])
    assert "at least 5,833,333" in absolute and "more than 1,000,000" in absolute
    assert "between 35 and 45" in texts(livebox()["orange", "enisa-relative"])
    assert "For comparison only" in texts(livebox()["orange", "us-fcc-nors"])  # it counts telephony


def test_no_assessment_ever_says_breached() -> None:
    for found in livebox().values():
        assert found.outcome in OUTCOMES
        said = texts(found).lower()
        assert said and not {"breached", "guilty", "violated"} & set(said.replace(".", " ").split())
        for one in found.clocks:
            assert one.kind == "due" or one.latest_due is None


def test_every_reason_is_a_known_template_and_can_be_said_in_another_language() -> None:
    def check(reason: Reason) -> None:
        assert reason.msgid in MSGIDS or not reason.params
        for value in reason.params.values():
            if isinstance(value, Reason):
                check(value)

    found = livebox()["orange", "enisa-absolute"]
    for assessment in livebox().values():
        for reason in assessment.reasons:
            check(reason)
    french = {
        "{fact}: {known}. The rule asks for {required}: met.": "{fact} : {known} ; il faut {required} : atteint.",
        "at least {low}": "au moins {low}",
        "more than {value}": "plus de {value}",
        "user-hours lost": "heures-utilisateurs perdues",
    }
    said = reason_text(found.reasons[0], lambda text: french[text], lambda value: f"{value:.0f}")
    assert said == "heures-utilisateurs perdues : au moins 5833333 ; il faut plus de 1000000 : atteint."


# --- whom it binds, and where


def test_roles() -> None:
    supplier = judge("fr-cpce-d98-5-incident", role="supplier", service_kinds=("network",))
    assert (supplier.outcome, supplier.missing) == ("undetermined", ("service_down",))
    regulator = ProviderFacts(id="arcep", kinds=("state_body",), role="regulator", country="FR")
    assert assess(Facts(started=None, providers=(regulator,)), load_obligations()) == ()


@pytest.mark.parametrize(
    ("countries", "country", "outcome"),
    [
        (("FR",), "FR", "may_be_engaged"),
        (("FR-IDF",), "FR", "may_be_engaged"),
        (("GB",), "GB", "does_not_apply"),
        (("ES",), "FR", "does_not_apply"),  # the effect was felt elsewhere
        (("World",), "US", "undetermined"),  # a wider region may or may not hold France
        ((), "FR", "may_be_engaged"),
    ],
)
def test_territory(countries: tuple[str, ...], country: str, outcome: str) -> None:
    found = judge("fr-cpce-d98-5-incident", countries=countries, country=country, service_kinds=("mobile",))
    assert found.outcome == outcome
    assert ("region" in found.missing) == (outcome == "undetermined")


def test_the_united_kingdom_left() -> None:
    # EU law held there until the end of the transition, 31 December 2020.
    data = {
        "personal_data_affected": "yes",
        "stated": {"risk_to_persons_unlikely": "no"},
        "countries": ("GB",),
    }
    before = judge(
        "eu-gdpr-art33", started=moment("2020-12-31", "day", zone="Europe/London"), country="GB", **data
    )
    after = judge(
        "eu-gdpr-art33", started=moment("2021-01-01", "day", zone="Europe/London"), country="GB", **data
    )
    assert (before.outcome, after.outcome) == ("engaged", "does_not_apply")


def test_gdpr_exempts_an_unlikely_risk() -> None:
    def outcome(personal: str, unlikely: str) -> str:
        return judge(
            "eu-gdpr-art33", personal_data_affected=personal, stated={"risk_to_persons_unlikely": unlikely}
        ).outcome

    assert outcome("yes", "no") == "engaged"
    assert outcome("yes", "yes") == "not_engaged"
    assert outcome("yes", "unknown") == "undetermined"
    assert outcome("no", "unknown") == "not_engaged"
    assert outcome("unknown", "yes") == "not_engaged"


@pytest.mark.parametrize(
    ("designations", "touched", "outcome"),
    [
        ((("oiv", "publicly_stated"),), "yes", "may_be_engaged"),
        ((("oiv", "presumed"),), "yes", "may_be_engaged"),
        ((("oiv", "publicly_stated"),), "no", "not_engaged"),
        ((("oiv", "unknown"),), "yes", "undetermined"),
        ((), "yes", "undetermined"),  # lists are not public: no claim is no denial
        ((), "no", "not_engaged"),  # whoever it is, no vital system is touched
    ],
)
def test_designation(designations: tuple[tuple[str, str], ...], touched: str, outcome: str) -> None:
    found = judge(
        "fr-oiv-siiv-incident", designations=designations, stated={"vital_system_affected": touched}
    )
    assert found.outcome == outcome


def test_emergency_calls() -> None:
    started = moment("2024-03-01T10:00:00+01:00")
    big = {"operator_end_users": exactly(2_000_000), "overseas_operator": "no"}
    calls = {"started": started, "service_kinds": ("emergency_calls",)}
    assert judge("fr-cpce-emergency-calls", stated=big, **calls).outcome == "may_be_engaged"
    small = {"operator_end_users": exactly(1_999_999), "overseas_operator": "no"}
    assert judge("fr-cpce-emergency-calls", stated=small, **calls).outcome == "not_engaged"  # exempt
    overseas = {"operator_end_users": exactly(250_000), "overseas_operator": "yes"}
    assert judge("fr-cpce-emergency-calls", stated=overseas, **calls).outcome == "may_be_engaged"
    mobile = judge("fr-cpce-emergency-calls", stated=big, started=started, service_kinds=("mobile",))
    assert (mobile.outcome, mobile.missing) == ("undetermined", ("emergency_calls_affected",))


def test_fr_alert_needs_a_request() -> None:
    asked = {"service_kinds": ("mobile",)}
    assert judge("fr-cpce-fr-alert", **asked).missing == ("public_alert_requested",)
    assert judge("fr-cpce-fr-alert", stated={"public_alert_requested": "yes"}, **asked).outcome == "engaged"
    assert (
        judge("fr-cpce-fr-alert", stated={"public_alert_requested": "no"}, **asked).outcome == "not_engaged"
    )


def test_alert_code_is_for_terrestrial_broadcasters() -> None:
    stated = {"terrestrial_broadcast": "yes", "public_alert_requested": "yes"}
    assert (
        judge("fr-csi-code-alerte", "broadcaster", stated=stated, service_kinds=("tv",)).outcome == "engaged"
    )
    stated["terrestrial_broadcast"] = "no"
    assert (
        judge("fr-csi-code-alerte", "broadcaster", stated=stated, service_kinds=("tv",)).outcome
        == "not_engaged"
    )


def test_figures_of_the_operator_are_not_those_of_its_supplier() -> None:
    supplier = judge(
        "enisa-absolute",
        role="supplier",
        affected=exactly(10**7),
        affected_unit="users",
        duration=exactly(600),
    )
    assert supplier.outcome == "undetermined"


# --- the law of the day


@pytest.mark.parametrize(
    ("rule_id", "kind", "day", "in_force"),
    [
        ("eu-eecc-art40", "operator", "2024-10-17", True),  # deleted on 18 October 2024
        ("eu-eecc-art40", "operator", "2024-10-18", False),
        ("eu-eecc-art40", "operator", "2020-12-20", False),
        ("eu-eecc-art40", "operator", "2020-12-21", True),
        ("eu-dora-art19", "financial_entity", "2025-01-16", False),  # applies from 17 January 2025
        ("eu-dora-art19", "financial_entity", "2025-01-17", True),
        ("eu-2690-art7-cloud", "cloud", "2024-11-06", False),
        ("eu-2690-art7-cloud", "cloud", "2024-11-07", True),
        ("eu-cra-art14-incident", "software", "2026-09-10", False),
        ("eu-cra-art14-incident", "software", "2026-09-11", True),
        ("eu-gdpr-art33", "operator", "2018-05-24", False),
        ("eu-gdpr-art33", "operator", "2018-05-25", True),
    ],
)
def test_first_and_last_day(rule_id: str, kind: str, day: str, in_force: bool) -> None:
    found = judge(rule_id, kind, started=moment(day, "day"))
    assert (found.outcome != "not_in_force") == in_force
    assert found.indicative != in_force


def test_the_day_is_that_of_the_place() -> None:
    # 17 October 2024, 23:30Z is 18 October in Paris: the old article was gone.
    paris = judge("eu-eecc-art40", started=moment("2024-10-17T23:30:00+00:00"))
    assert paris.outcome == "not_in_force"
    lisbon = judge("eu-eecc-art40", started=moment("2024-10-17T22:30:00+00:00", zone="Europe/Lisbon"))
    assert lisbon.outcome == "may_be_engaged"


def test_a_day_on_both_sides_of_a_change_is_undetermined() -> None:
    october = moment("2024-10", "month")
    found = judge("eu-eecc-art40", started=october)
    assert (found.outcome, found.missing) == ("undetermined", ("started_at",))
    unknown = judge("eu-eecc-art40", started=None)
    assert (unknown.outcome, unknown.missing) == ("undetermined", ("started_at",))
    told = judge("eu-eecc-art40", started=october, day_of_law=date(2024, 10, 1))
    assert told.outcome == "may_be_engaged"


def test_nis2_on_17_and_18_october_2024() -> None:
    for day, said in (("2024-10-17", "In force from 2024-10-18"), ("2024-10-18", "none in force in FR")):
        found = judge("eu-nis2-art23", started=moment(day, "day"))
        assert found.outcome == "not_in_force" and found.indicative and said in texts(found)


def test_national_law_is_known_for_france_only_and_only_until_a_day() -> None:
    germany = judge("eu-nis2-art23", countries=("DE",), country="DE")
    assert (germany.outcome, germany.missing) == ("undetermined", ("national_law",))
    assert germany.indicative
    later = judge("eu-nis2-art23", started=moment("2026-11-24", "day"))
    assert later.missing == ("national_law",)
    assert judge("eu-nis2-art23", started=moment("2026-11-23", "day")).outcome == "not_in_force"


def test_a_cloud_falls_under_the_law_of_its_main_establishment() -> None:
    assert "establishment" in judge("eu-nis2-art23", "cloud", country="US").missing
    assert judge("eu-nis2-art23", "cloud", country="US", establishment="FR").outcome == "not_in_force"
    assert "national_law" in judge("eu-nis2-art23", "cloud", country="US", establishment="LU").missing


def test_national_law_with_dates() -> None:
    text = """
        [[obligation]]
        id = "x"
        kind = "incident_duty"
        name_en = "X"
        regime = "X"
        legal_reference = "X"
        binds_kinds = ["any"]
        territory = "EU"
        national_law = [
          {country = "DE", in_force = true, in_force_from = 2025-12-06},
          {country = "FR", in_force = false, as_of = 2025-12-31},
        ]
    """
    (rule,) = parse_rules(text, "own.toml").obligations
    provider = ProviderFacts(id="p", kinds=("operator",))

    def outcome(day: str, *countries: str) -> str:
        facts = Facts(started=moment(day, "day"), countries=countries, providers=(provider,))
        return assess(facts, [rule])[0].outcome

    assert outcome("2025-12-05", "DE") == "not_in_force"
    assert outcome("2025-12-06", "DE") == "engaged"
    assert outcome("2025-12-06", "FR") == "not_in_force"
    assert outcome("2025-12-06", "FR", "DE") == "engaged"  # in force in one of the two
    assert outcome("2026-01-01", "FR") == "undetermined"


# --- facts


def test_facts_are_those_that_rules_know() -> None:
    with pytest.raises(FactError, match="severity"):
        Facts(started=None, providers=(), stated={"severity": "major"})
    with pytest.raises(FactError, match="maybe"):
        Facts(started=None, providers=(), planned_maintenance="maybe")
    with pytest.raises(FactError, match="amount"):
        ProviderFacts(id="p", kinds=(), stated={"cost_eur": "5000"})


# --- properties

POSITIVE = ("engaged", "may_be_engaged", "exceeded")
OPEN = "undetermined"


@st.composite
def nested_ranges(draw: st.DrawFn, top: int) -> tuple[Amount, Amount]:
    """Draw a range and a narrower one within it; ends may be open in the wider."""
    low, a, b, high = sorted(draw(st.lists(st.integers(0, top), min_size=4, max_size=4)))
    wide = Amount(draw(st.sampled_from([low, None])), draw(st.sampled_from([high, None])))
    return wide, Amount(a, b)


@given(
    minutes=nested_ranges(600),
    users=nested_ranges(3_000_000),
    rule_id=st.sampled_from(
        [
            "eu-2690-art7-cloud",
            "eu-2690-art11-13-platforms",
            "enisa-absolute",
            "enisa-relative",
            "uk-ofcom-105k",
        ]
    ),
    loss=st.sampled_from(["total", "limited", "none"]),
    planned=st.sampled_from(["yes", "no"]),
)
def test_narrowing_never_turns_one_decision_into_another(
    minutes: tuple[Amount, Amount], users: tuple[Amount, Amount], rule_id: str, loss: str, planned: str
) -> None:
    def outcome(index: int, stated: dict[str, Any], planned_consequence: str) -> str:
        kinds = ("operator", "cloud", "search")
        return judge(
            rule_id,
            kinds=kinds,
            stated={"data_compromised": "no", **stated},
            duration=minutes[index],
            affected=users[index],
            affected_unit="users",
            users_total=exactly(5_000_000),
            planned_maintenance=planned,
            planned_consequence=planned_consequence,
        ).outcome

    wide = outcome(0, {}, "unknown")
    narrow = outcome(1, {"service_down": loss}, "no")
    assert wide in (OPEN, narrow)


@given(
    start=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)),
    later=st.timedeltas(timedelta(0), timedelta(days=400)),
    period=st.sampled_from(["PT24H", "PT72H", "P1M", "P2Y", "P14D", "P30D"]),
)
def test_clocks_are_monotone_in_their_anchor(start: datetime, later: timedelta, period: str) -> None:
    zone = ZoneInfo(PARIS)
    first, second = start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + later
    one, two = Period.parse(period).after(first, zone), Period.parse(period).after(second, zone)
    assert one is not None and two is not None
    # In the hour that comes twice the same wall time has two instants; a calendar period may bring them together.
    assert one <= two + (timedelta(hours=1) if "T" not in period else timedelta(0))


def test_clocks_without_any_moment_are_undetermined() -> None:
    for rule in load_obligations():
        for one in run_clocks(rule.clocks, Anchors({}), rule.weekend_shift):
            assert one.latest_due is None
            assert one.kind == "every" or one.missing


def test_moments_of_the_tests_are_what_they_claim() -> None:
    about = moment("2025-09-12T22:00:00+02:00", "minute", "approximate")
    assert (about.precision, about.qualifier) == (Precision.MINUTE, Qualifier.APPROXIMATE)
    assert about.at == utc("2025-09-12T20:00")
