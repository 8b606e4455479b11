"""Thresholds: just under, at and just over each number of a text.

Every expectation is worked out by hand from the text of the rule, as the comment beside it says.
"""

from __future__ import annotations

from typing import Any

import pytest

from incidents.amount import Amount
from tests.incidents.obligation_cases import exactly, judge, texts


def cloud(**facts: Any) -> str:
    base = {
        "stated": {"data_compromised": "no", **facts.pop("stated", {})},
        "affected": None,
    }
    return judge("eu-2690-art7-cloud", "cloud", **base, **facts).outcome


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [(29, "not_engaged"), (30, "not_engaged"), (30.5, "engaged"), (31, "engaged")],  # "> 30 min", strictly
)
def test_cloud_wholly_unavailable_for_more_than_30_minutes(minutes: float, outcome: str) -> None:
    assert cloud(stated={"service_down": "total"}, duration=exactly(minutes)) == outcome


@pytest.mark.parametrize(
    ("share", "users", "minutes", "outcome"),
    [
        (5, 1_000_000, 90, "not_engaged"),  # neither limit is exceeded: "more than"
        (5.1, 1_000, 90, "engaged"),  # more than 5 %, and 5 % is the smaller limit here
        (1, 1_000_001, 90, "engaged"),  # more than 1,000,000, which is smaller than 5 % of 100 M
        (5.1, 1_000_001, 60, "not_engaged"),  # an hour exactly is not more than an hour
        (5.1, 1_000_001, 61, "engaged"),
    ],
)
def test_cloud_limited_for_the_smaller_of_5_percent_and_a_million(
    share: float, users: int, minutes: int, outcome: str
) -> None:
    stated = {
        "service_down": "limited",
        "share_of_eu_users_percent": exactly(share),
        "affected_eu_users": exactly(users),
    }
    assert cloud(stated=stated, duration=exactly(minutes)) == outcome


def test_what_would_decide_is_said() -> None:
    stated = {
        "service_down": "limited",
        "data_compromised": "no",
        "affected_eu_users": Amount(600_000, None),
        "share_of_eu_users_percent": exactly(4),
    }
    found = judge("eu-2690-art7-cloud", "cloud", stated=stated, duration=exactly(90))
    assert found.outcome == "undetermined" and found.missing == ("affected_eu_users",)
    assert "users affected in the EU: at least 600,000. The rule asks for more than 1,000,000" in texts(found)


def test_a_range_over_the_limit_is_undetermined() -> None:
    assert cloud(stated={"service_down": "total"}, duration=Amount(25, 35, 30)) == "undetermined"
    assert cloud(stated={"service_down": "total"}, duration=Amount(31, None, 31)) == "engaged"
    assert cloud(stated={"service_down": "total"}, duration=Amount(None, 30)) == "not_engaged"


def test_which_loss_it_was_does_not_matter_beyond_both_limits() -> None:
    # 90 min, 2 M users: total (> 30 min) and limited (> 1 h, > 1 M) both engage.
    stated = {"affected_eu_users": exactly(2_000_000)}
    assert cloud(stated=stated, duration=exactly(90)) == "engaged"
    assert cloud(stated=stated, duration=exactly(45)) == "undetermined"  # only if it was total


@pytest.mark.parametrize(
    ("planned", "consequence", "outcome"),
    [
        ("yes", "yes", "not_engaged"),  # art. 3(2): planned consequence of scheduled maintenance
        ("yes", "no", "engaged"),  # unplanned consequences are not excluded
        ("yes", "unknown", "undetermined"),
        ("no", "unknown", "engaged"),
        ("unknown", "unknown", "undetermined"),
        ("unknown", "no", "engaged"),
    ],
)
def test_planned_maintenance_exempts_its_planned_consequences_only(
    planned: str, consequence: str, outcome: str
) -> None:
    found = cloud(
        stated={"service_down": "total"},
        duration=exactly(120),
        planned_maintenance=planned,
        planned_consequence=consequence,
    )
    assert found == outcome


def test_no_exemption_of_planned_work_for_french_operators() -> None:
    # D.98-5 has no such exclusion.
    found = judge(
        "fr-cpce-d98-5-incident",
        planned_maintenance="yes",
        planned_consequence="yes",
        service_kinds=("mobile",),
    )
    assert found.outcome == "may_be_engaged"


def test_cloud_data_compromised() -> None:
    data = {"service_down": "none", "data_compromised": "yes"}
    assert cloud(stated=data, cause="malicious_action") == "engaged"  # whatever the number
    few = {**data, "affected_eu_users": exactly(10), "share_of_eu_users_percent": exactly(0.1)}
    assert cloud(stated=few, cause="human_error") == "not_engaged"  # neither > 5 % nor > 1 M
    many = {**data, "affected_eu_users": exactly(1_000_001), "share_of_eu_users_percent": exactly(0.1)}
    assert cloud(stated=many, cause="human_error") == "engaged"
    assert cloud(stated=few, cause="unknown") == "undetermined"


@pytest.mark.parametrize(
    ("rule_id", "kind", "minutes", "outcome"),
    [
        ("eu-2690-art5-dns", "dns", 30, "not_engaged"),  # art. 5: > 30 min
        ("eu-2690-art5-dns", "dns", 31, "engaged"),
        ("eu-2690-art6-tld", "tld", 0, "engaged"),  # art. 6: any duration
        ("eu-2690-art8-datacentre", "data_centre", 0, "engaged"),  # art. 8: any duration
        ("eu-2690-art9-cdn", "cdn", 10, "not_engaged"),  # 10 min was a draft
        ("eu-2690-art9-cdn", "cdn", 30, "not_engaged"),
        ("eu-2690-art9-cdn", "cdn", 31, "engaged"),
        ("eu-2690-art10-msp", "managed_service", 30, "not_engaged"),
        ("eu-2690-art10-msp", "managed_service", 31, "engaged"),
        ("eu-2690-art14-trust", "trust_service", 20, "not_engaged"),  # art. 14: > 20 min
        ("eu-2690-art14-trust", "trust_service", 21, "engaged"),
    ],
)
def test_total_outage_by_article(rule_id: str, kind: str, minutes: int, outcome: str) -> None:
    stated = {
        "service_down": "total",
        "data_compromised": "no",
        "physical_access_compromised": "no",
        "unavailable_minutes_in_week": exactly(minutes),
        "response_time_seconds": exactly(0),
    }
    assert judge(rule_id, kind, stated=stated, duration=exactly(minutes)).outcome == outcome


@pytest.mark.parametrize(
    ("seconds", "minutes", "outcome"),
    [(10, 61, "not_engaged"), (10.1, 60, "not_engaged"), (10.1, 61, "engaged")],  # > 10 s for > 1 h
)
def test_slow_dns(seconds: float, minutes: int, outcome: str) -> None:
    stated = {
        "service_down": "limited",
        "data_compromised": "no",
        "response_time_seconds": exactly(seconds),
        "slow_response_minutes": exactly(minutes),
    }
    assert judge("eu-2690-art5-dns", "dns", stated=stated, duration=exactly(90)).outcome == outcome


@pytest.mark.parametrize(
    ("misconfiguration", "domains", "share", "outcome"),
    [
        ("yes", 999, 1, "not_engaged"),  # fewer than 1,000 and at most 1 %, by misconfiguration
        ("yes", 1_000, 1, "engaged"),
        ("yes", 999, 1.1, "engaged"),
        ("no", 1, 0.001, "engaged"),
    ],
)
def test_dns_data_compromised(misconfiguration: str, domains: int, share: float, outcome: str) -> None:
    stated = {
        "service_down": "none",
        "data_compromised": "yes",
        "response_time_seconds": exactly(0),
        "misconfiguration": misconfiguration,
        "affected_domains": exactly(domains),
        "share_of_domains_percent": exactly(share),
    }
    assert judge("eu-2690-art5-dns", "dns", stated=stated).outcome == outcome


@pytest.mark.parametrize(("minutes", "outcome"), [(60, "not_engaged"), (61, "engaged")])
def test_data_centre_limited_for_more_than_an_hour(minutes: int, outcome: str) -> None:
    stated = {"service_down": "limited", "data_compromised": "no", "physical_access_compromised": "no"}
    found = judge("eu-2690-art8-datacentre", "data_centre", stated=stated, duration=exactly(minutes))
    assert found.outcome == outcome


@pytest.mark.parametrize(
    ("users", "share", "outcome"),
    [(1_000_000, 5, "not_engaged"), (1_000_001, 1, "engaged"), (100, 5.5, "engaged")],
)
def test_platforms_have_no_minimum_duration(users: int, share: float, outcome: str) -> None:
    stated = {
        "service_down": "limited",
        "data_compromised": "no",
        "affected_eu_users": exactly(users),
        "share_of_eu_users_percent": exactly(share),
    }
    found = judge("eu-2690-art11-13-platforms", "social", stated=stated, duration=exactly(1))
    assert found.outcome == outcome


@pytest.mark.parametrize(
    ("stated", "outcome"),
    [
        ({"unavailable_minutes_in_week": exactly(60)}, "not_engaged"),  # more than an hour in the week
        ({"unavailable_minutes_in_week": exactly(61)}, "engaged"),
        ({"affected_eu_users": exactly(200_000), "share_of_eu_users_percent": exactly(1)}, "not_engaged"),
        ({"affected_eu_users": exactly(200_001), "share_of_eu_users_percent": exactly(0.5)}, "engaged"),
        ({"affected_eu_users": exactly(5), "share_of_eu_users_percent": exactly(1.1)}, "engaged"),
        ({"physical_access_compromised": "yes"}, "engaged"),
    ],
)
def test_trust_services(stated: dict[str, Any], outcome: str) -> None:
    base = {
        "service_down": "limited",
        "data_compromised": "no",
        "physical_access_compromised": "no",
        "unavailable_minutes_in_week": exactly(5),
        "affected_eu_users": exactly(0),
        "share_of_eu_users_percent": exactly(0),
    }
    found = judge("eu-2690-art14-trust", "trust_service", stated={**base, **stated}, duration=exactly(5))
    assert found.outcome == outcome


@pytest.mark.parametrize(
    ("euros", "turnover", "outcome"),
    [
        (500_000, 5, "not_engaged"),  # > 500,000 EUR or > 5 % of turnover, the lower
        (500_001, 0.1, "engaged"),
        (10_000, 5.1, "engaged"),
    ],
)
def test_horizontal_criterion_of_money(euros: int, turnover: float, outcome: str) -> None:
    stated = {
        "cost_eur": exactly(euros),
        "cost_share_of_turnover_percent": exactly(turnover),
        "trade_secrets_exfiltrated": "no",
        "death": "no",
        "health_damage": "no",
        "malicious_access": "no",
    }
    assert judge("eu-2690-art3", "cloud", stated=stated).outcome == outcome


@pytest.mark.parametrize(
    ("count", "euros", "outcome"),
    [(1, 900_000, "not_engaged"), (2, 500_000, "not_engaged"), (2, 500_001, "engaged")],
)
def test_recurring_incidents_count_together(count: int, euros: int, outcome: str) -> None:
    stated = {
        "recurring_incidents": exactly(count),
        "recurring_cost_eur": exactly(euros),
        "recurring_cost_share_of_turnover_percent": exactly(1),
    }
    assert judge("eu-2690-art4-recurring", "cloud", stated=stated).outcome == outcome


def dora(**stated: Any) -> str:
    base = {
        "critical_function_affected": "yes",
        "malicious_access": "no",
        "reputation_affected": "no",
        "data_losses": "no",
        "cost_eur": exactly(0),
        "member_states": exactly(1),
        "critical_downtime_minutes": exactly(0),
        "affected_clients": exactly(0),
        "share_of_clients_percent": exactly(0),
        "share_of_counterparts_percent": exactly(0),
        "share_of_transactions_percent": exactly(0),
        "share_of_transaction_value_percent": exactly(0),
    }
    unknown = {name for name, value in stated.items() if value is None}
    merged = {name: value for name, value in {**base, **stated}.items() if name not in unknown}
    return judge("eu-dora-art19", "financial_entity", stated=merged, duration=exactly(60)).outcome


def test_dora_needs_two_criteria_or_malice_in_a_critical_service() -> None:
    assert dora() == "not_engaged"
    assert dora(cost_eur=exactly(100_001)) == "not_engaged"  # one criterion
    assert dora(cost_eur=exactly(100_001), member_states=exactly(2)) == "engaged"  # two
    assert dora(cost_eur=exactly(100_000), member_states=exactly(2)) == "not_engaged"  # 100,000 is not above
    assert (
        dora(cost_eur=exactly(100_001), member_states=exactly(2), critical_function_affected="no")
        == "not_engaged"
    )
    assert dora(malicious_access="yes") == "engaged"
    assert (
        dora(critical_downtime_minutes=exactly(120), data_losses="yes") == "not_engaged"
    )  # 2 h is not above 2 h
    assert dora(critical_downtime_minutes=exactly(121), data_losses="yes") == "engaged"
    # Clients and transactions make one criterion, not two.
    assert dora(affected_clients=exactly(100_001), share_of_transactions_percent=exactly(11)) == "not_engaged"
    assert dora(affected_clients=exactly(100_001), reputation_affected="yes") == "engaged"
    assert dora(cost_eur=exactly(100_001), reputation_affected=None) == "undetermined"
    assert dora(reputation_affected=None) == "not_engaged"  # one more could not make two


@pytest.mark.parametrize(
    ("minutes", "share", "outcome"),
    [
        (59, 100, "not_met"),  # under an hour nothing counts
        (60, 15, "not_met"),  # 1-2 h: above 15 %
        (60, 15.1, "exceeded"),
        (120, 10, "not_met"),  # 2-4 h: above 10 %
        (120, 10.1, "exceeded"),
        (119, 10.1, "not_met"),
        (240, 5.1, "exceeded"),  # 4-6 h: above 5 %
        (360, 2.1, "exceeded"),  # 6-8 h: above 2 %
        (480, 1.1, "not_met"),  # "above 8 h"
        (481, 1.1, "exceeded"),
        (481, 1, "not_met"),
    ],
)
def test_enisa_relative_table(minutes: int, share: float, outcome: str) -> None:
    stated = {"share_of_users_percent": exactly(share)}
    assert judge("enisa-relative", stated=stated, duration=exactly(minutes)).outcome == outcome


def test_share_of_users_follows_from_the_two_numbers() -> None:
    # 2.5 to 3 M of 20 M users: 12.5 to 15 %; in two hours the limit is 10 %, in one hour 15 %.
    users = {
        "affected": Amount(2_500_000, 3_000_000),
        "affected_unit": "users",
        "users_total": exactly(20_000_000),
    }
    assert judge("enisa-relative", duration=exactly(120), **users).outcome == "exceeded"
    assert judge("enisa-relative", duration=exactly(60), **users).outcome == "not_met"
    assert judge("enisa-relative", duration=Amount(100, 130), **users).outcome == "undetermined"


@pytest.mark.parametrize(
    ("users", "minutes", "outcome"),
    [
        (1_000_000, 60, "not_met"),  # 1,000,000 user-hours exactly: not more
        (1_000_001, 60, "exceeded"),
        (500_000, 120, "not_met"),
    ],
)
def test_enisa_absolute(users: int, minutes: int, outcome: str) -> None:
    found = judge("enisa-absolute", affected=exactly(users), affected_unit="users", duration=exactly(minutes))
    assert found.outcome == outcome and found.indicative


def test_only_people_make_user_hours() -> None:
    found = judge(
        "enisa-absolute", affected=exactly(5_000_000), affected_unit="devices", duration=exactly(600)
    )
    assert found.outcome == "undetermined" and "affected_unit" in found.missing


@pytest.mark.parametrize(
    ("users", "minutes", "outcome"),
    [
        (30_000, 30, "exceeded"),  # 900,000 user-minutes in 30 min: "at least" both
        (29_999, 30, "not_met"),
        (100_000, 29, "not_met"),
    ],
)
def test_fcc(users: int, minutes: int, outcome: str) -> None:
    found = judge(
        "us-fcc-nors",
        affected=exactly(users),
        affected_unit="users",
        duration=exactly(minutes),
        service_kinds=("tv",),
    )
    assert found.outcome == outcome


@pytest.mark.parametrize(
    ("users", "minutes", "kinds", "outcome"),
    [
        (100_000, 1, ("mobile",), "exceeded"),  # 100,000 whatever the duration
        (99_999, 1, ("mobile",), "not_met"),
        (10_000, 480, ("fixed",), "exceeded"),  # fixed: 10,000 for 8 h
        (10_000, 479, ("fixed",), "not_met"),
        (10_000, 480, ("mobile",), "not_met"),
    ],
)
def test_ofcom(users: int, minutes: int, kinds: tuple[str, ...], outcome: str) -> None:
    found = judge(
        "uk-ofcom-105k",
        affected=exactly(users),
        affected_unit="customers",
        duration=exactly(minutes),
        service_kinds=kinds,
        users_total=exactly(1_000_000),
        user_hours=exactly(users * minutes / 60),
    )
    assert found.outcome == outcome
