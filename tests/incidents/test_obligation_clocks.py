"""Clocks: periods, anchors, ranges, the rules of DORA, and how a clock stands.

Every due time is worked out by hand, as the comment beside it says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidents.obligations.clocks import Clock, Period, clock_state, next_working
from tests.incidents.obligation_cases import PARIS, clock, exactly, judge, livebox, moment, utc


def due(text: str, start: str, zone: str = PARIS) -> datetime | None:
    return Period.parse(text).after(datetime.fromisoformat(start), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("period", "start", "expected"),
    [
        ("P1M", "2025-01-31T12:00:00+01:00", "2025-02-28T11:00"),  # 31 January + 1 month: 28 February
        ("P1M", "2024-01-31T12:00:00+01:00", "2024-02-29T11:00"),  # leap year
        ("P1M", "2025-09-15T22:00:00+02:00", "2025-10-15T20:00"),
        (
            "P1M",
            "2025-10-15T22:00:00+02:00",
            "2025-11-15T21:00",
        ),  # 22:00 in Paris stays 22:00 after the change
        ("P1M", "2025-12-31T23:30:00+01:00", "2026-01-31T22:30"),
        ("P6M", "2025-08-31T10:00:00+02:00", "2026-02-28T09:00"),
        ("P2Y", "2024-02-29T10:00:00+01:00", "2026-02-28T09:00"),
        ("P1M", "2025-02-28T12:00:00+01:00", "2025-03-28T11:00"),  # not the 31st
        (
            "PT24H",
            "2025-10-25T22:00:00+02:00",
            "2025-10-26T20:00",
        ),  # 24 hours elapse, whatever the clock says
        ("P1D", "2025-10-25T22:00:00+02:00", "2025-10-26T21:00"),  # a day later, 22:00 in Paris
        ("PT72H", "2025-03-29T12:00:00+01:00", "2025-04-01T11:00"),
        ("P14D", "2024-02-20T12:00:00+01:00", "2024-03-05T11:00"),  # over 29 February
        ("PT120M", "2025-09-12T22:00:00+02:00", "2025-09-12T22:00"),
        ("P1W", "2025-09-12T22:00:00+02:00", "2025-09-19T20:00"),
    ],
)
def test_periods(period: str, start: str, expected: str) -> None:
    assert due(period, start) == utc(expected)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "PT0S", "24H", "-PT24H", "PT-24H", "P1.5D", "P999Y", "PT24H "]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError):
        Period.parse(text)


def test_beyond_the_calendar_there_is_no_due_time() -> None:
    assert due("P2Y", "9998-12-31T12:00:00+00:00") is None


def test_a_range_of_awareness_gives_a_range_of_due_times() -> None:
    # About 22:00 is 21:45 to 22:15 in Paris: 19:45Z to 20:15Z.
    aware = moment("2025-09-12T22:00:00+02:00", "minute", "approximate")
    early = clock(judge("eu-nis2-art23", aware=aware), "early_warning")
    assert (early.earliest_due, early.latest_due) == (utc("2025-09-13T19:45"), utc("2025-09-13T20:15"))
    assert not early.assumed_anchor and early.missing == () and early.note is None


def test_a_recorded_awareness_is_preferred_and_detection_is_none() -> None:
    late = moment("2025-09-13T08:00:00+02:00")
    assert clock(judge("eu-nis2-art23", aware=late), "early_warning").earliest_due == utc("2025-09-14T06:00")
    detected = clock(judge("eu-nis2-art23", detected=late), "early_warning")
    assert detected.assumed_anchor and detected.earliest_due == utc("2025-09-13T20:00")


def test_a_submitted_report_is_the_anchor_of_the_next() -> None:
    sent = {"notification_submitted": moment("2025-09-14T09:00:00+02:00")}
    final = clock(judge("eu-nis2-art23", anchors=sent), "final")
    assert final.earliest_due == utc("2025-10-14T07:00") and not final.assumed_anchor


def test_detection_has_no_stand_in() -> None:
    # 611/2013: 24 h from detection; without it the clock is undetermined, not wrong.
    facts = {"personal_data_affected": "yes"}
    lacking = clock(judge("eu-611-2013-telecom-breach", **facts), "notification")
    assert (lacking.latest_due, lacking.missing, lacking.assumed_anchor) == (None, ("detected_at",), False)
    found = judge("eu-611-2013-telecom-breach", detected=moment("2025-09-12T22:10:00+02:00"), **facts)
    assert clock(found, "notification").earliest_due == utc("2025-09-13T20:10")
    # Three days after the initial notification, if that was sent when due: 16 September 20:10Z (:59).
    assert clock(found, "second").latest_due == utc("2025-09-16T20:10:59")


def test_at_once_has_no_due_time() -> None:
    found = judge("fr-csi-r732-3-defaillance", service_kinds=("mobile",))
    alert = clock(found, "alert")
    assert alert.kind == "without_delay" and alert.latest_due is None and not alert.assumed_anchor
    assert alert.since_earliest == utc("2025-09-12T20:00")
    statistics = clock(
        judge(
            "fr-cpce-emergency-calls",
            service_kinds=("emergency_calls",),
            stated={"operator_end_users": exactly(5_000_000)},
        ),
        "statistics",
    )
    assert (statistics.kind, statistics.latest_due) == ("every", None)


def dora_clocks(**facts: Any) -> dict[str, Clock]:
    stated = {"critical_function_affected": "yes", "malicious_access": "yes"}
    found = judge("eu-dora-art19", facts.pop("kind", "financial_entity"), stated=stated, **facts)
    assert found.outcome == "engaged"
    return {one.label: one for one in found.clocks}


def test_dora_initial_is_the_earlier_of_two() -> None:
    # Tuesday 9 September 2025, 10:00Z aware; classified 3 h later: 4 h from then is 17:00Z, before the 24 h.
    aware = moment("2025-09-09T12:00:00+02:00", "second")
    early = dora_clocks(aware=aware, classified=moment("2025-09-09T15:00:00+02:00", "second"))
    assert early["initial"].latest_due == utc("2025-09-09T17:00")
    assert "initial_if_late_classification" not in early
    # Classified 22 h later: 4 h from then would be 26 h from awareness; the 24 h hold.
    late = dora_clocks(aware=aware, classified=moment("2025-09-10T10:00:00+02:00", "second"))
    assert late["initial"].earliest_due == late["initial"].latest_due == utc("2025-09-10T10:00")
    # Classified 25 h later: 4 h from classification, and no other initial clock.
    later = dora_clocks(aware=aware, classified=moment("2025-09-10T13:00:00+02:00", "second"))
    assert "initial" not in later
    assert later["initial_if_late_classification"].latest_due == utc("2025-09-10T15:00")


def test_dora_without_classification_knows_the_latest_only() -> None:
    clocks = dora_clocks(aware=moment("2025-09-09T12:00:00+02:00", "second"))
    initial = clocks["initial"]
    assert (initial.earliest_due, initial.latest_due) == (None, utc("2025-09-10T10:00"))
    assert initial.missing == ("classified_at",)
    # Intermediate at most 72 h after an initial sent when due: Saturday 13 September, so Monday noon.
    assert clocks["intermediate"].latest_due == utc("2025-09-13T10:00") + timedelta(
        days=2
    )  # Saturday -> Monday noon


def test_dora_moves_a_weekend_to_monday_noon() -> None:
    # Friday 12 September 2025, 20:00 in Paris; 24 h later is Saturday: Monday 15 September, 12:00 in Paris.
    aware = moment("2025-09-12T20:00:00+02:00", "second")
    classified = moment("2025-09-13T19:00:00+02:00", "second")
    moved = dora_clocks(aware=aware, classified=classified)["initial"]
    assert moved.latest_due == utc("2025-09-15T10:00") and moved.shifted
    # Credit institutions keep Saturday for the initial notification.
    bank = dora_clocks(aware=aware, classified=classified, kinds=("financial_entity", "credit_institution"))
    assert bank["initial"].latest_due == utc("2025-09-13T18:00") and not bank["initial"].shifted
    # If that Monday is a holiday, Tuesday.
    holiday = dora_clocks(aware=aware, classified=classified, holidays=frozenset({date(2025, 9, 15)}))
    assert holiday["initial"].latest_due == utc("2025-09-16T10:00")


def test_next_working_day_leaves_weekdays_alone() -> None:
    friday = utc("2025-09-12T20:00")
    assert next_working(friday, datetime(2000, 1, 1, 12).time(), UTC) == friday


def test_clocks_only_where_a_duty_may_run() -> None:
    assert judge("eu-gdpr-art33", personal_data_affected="no").clocks == ()
    assert livebox()["orange", "eu-dora-art19"].clocks == ()
    assert livebox()["orange", "enisa-relative"].clocks == ()


NOW = utc("2025-09-13T12:00")


@pytest.mark.parametrize(
    ("earliest", "latest", "assumed", "met_at", "state"),
    [
        ("2025-09-15T20:00", "2025-09-15T20:00", False, None, "pending"),
        ("2025-09-13T20:00", "2025-09-13T20:00", False, None, "due_soon"),
        ("2025-09-13T11:59", "2025-09-13T11:59", False, None, "overdue"),
        ("2025-09-13T11:59", "2025-09-13T11:59", True, None, "undetermined"),  # awareness may have been later
        ("2025-09-13T11:45", "2025-09-13T12:15", False, None, "undetermined"),
        (None, "2025-09-13T20:00", False, None, "due_soon"),
        (None, "2025-10-13T20:00", True, None, "pending"),
        (None, None, False, None, "undetermined"),
        ("2025-09-13T20:00", "2025-09-13T20:00", False, "2025-09-13T20:00", "met"),
        ("2025-09-13T10:00", "2025-09-13T10:30", False, "2025-09-13T10:15", "undetermined"),
        ("2025-09-13T10:00", "2025-09-13T10:30", False, "2025-09-13T10:31", "met_late"),
        ("2025-09-13T10:00", "2025-09-13T10:30", True, "2025-09-13T10:31", "undetermined"),
    ],
)
def test_states(
    earliest: str | None, latest: str | None, assumed: bool, met_at: str | None, state: str
) -> None:
    one = Clock(
        "notification",
        "due",
        "awareness",
        utc(earliest) if earliest else None,
        utc(latest) if latest else None,
        assumed,
    )
    assert clock_state(one, NOW, met_at=utc(met_at) if met_at else None) == state
    assert clock_state(one, NOW, indicative=True) == "indicative"


def test_states_without_a_due_time() -> None:
    assert clock_state(Clock("alert", "without_delay", "occurrence"), NOW) == "at_once"
    assert clock_state(Clock("alert", "without_delay", "occurrence"), NOW, met_at=NOW) == "met"
    assert clock_state(Clock("x", "no_period", "vendor_assessment"), NOW) == "no_period"
    assert clock_state(Clock("x", "every", ""), NOW, met_at=NOW) == "recurring"
