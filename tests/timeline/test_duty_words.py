"""The law, dates and money in words, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from incidents import Clock, Reason
from timeline.duty_words import (
    assumptions,
    clock_words,
    in_language,
    ordered,
    period_words,
    reason_words,
    rule_words,
)
from timeline.record_dates import just_day, partial_date, period
from timeline.record_words import money, share
from timeline.wording import speaking

NBSP = "\u00a0"


def clock(**values: Any) -> Clock:
    return Clock(**{"label": "notification", "kind": "due", "anchor": "awareness", **values})


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("PT24H", "24 hours", "24 heures"),
        ("PT1H", "1 hour", "1 heure"),
        ("P1M", "1 month", "1 mois"),
        ("P2Y", "2 years", "2 ans"),
        ("P1DT12H", "1 day 12 hours", "1 jour 12 heures"),
        ("PT30M", "30 minutes", "30 minutes"),
        ("nonsense", "nonsense", "nonsense"),
    ],
)
def test_periods(text: str, english: str, french: str) -> None:
    assert period_words(text) == english
    with speaking("fr"):
        assert period_words(text) == french


@pytest.mark.parametrize(
    ("due", "english"),
    [
        ("PT24H@awareness", "within 24 hours of becoming aware"),
        ("without_delay@detection", "at once, from detection"),
        ("no_period@analysis_completed", "no period is set, from the end of the analysis"),
        ("every(P1M)", "every 1 month"),
        (
            "min(PT4H@classification,PT24H@awareness)",
            "the earlier of: within 4 hours of classification as major; within 24 hours of becoming aware",
        ),
    ],
)
def test_rules_of_clocks(due: str, english: str) -> None:
    assert rule_words(due) == english
    with speaking("fr"):
        assert rule_words(due) != english


def test_a_clock_without_delay_has_no_due_time() -> None:
    since = datetime(2025, 9, 12, 20, tzinfo=UTC)
    words = clock_words(clock(kind="without_delay", since_earliest=since, since_latest=since), "Europe/Paris")
    assert words.due == "at once, since 12 September 2025, 22:00 (Paris)"
    assert clock_words(clock(kind="without_delay"), None).due == "at once"


def test_a_due_time_is_a_range_where_its_anchor_is() -> None:
    first, last = datetime(2025, 9, 13, 19, 45, tzinfo=UTC), datetime(2025, 9, 13, 20, 15, tzinfo=UTC)
    words = clock_words(clock(earliest_due=first, latest_due=last), "Europe/Paris")
    assert "21:45" in words.due and "22:15 (Paris)" in words.due
    only_latest = clock_words(clock(latest_due=last), "Europe/Paris")
    assert only_latest.due == "by 13 September 2025, 22:15 (Paris) at the latest"
    assert clock_words(clock(), None).due == "not determined"


def test_an_assumed_clock_is_conditional_and_its_assumption_said_once() -> None:
    note = Reason("If {at}", {"at": datetime(2025, 9, 12, 20, tzinfo=UTC)})
    assumed = clock(assumed_anchor=True, note=note)
    assert clock_words(assumed, "Europe/Paris").conditional
    duty = SimpleNamespace(assessment=SimpleNamespace(clocks=(assumed, assumed, clock())))
    assert assumptions([duty, duty], "Europe/Paris") == ["If 12 September 2025, 22:00 (Paris)"]


def test_reasons_are_sentences_and_nest() -> None:
    inner = Reason("at least {low}", {"low": 1000})
    reason = Reason("{fact}: {known}, in {place}.", {"fact": "users", "known": inner, "place": "FR"})
    assert reason_words(reason) == "Users: at least 1,000, in France."


def test_what_speaks_of_the_incident_comes_first() -> None:
    general, particular = Reason("General."), Reason("{x}", {"x": 1})
    assert ordered([general, particular, general]) == [particular, general, general]


def test_a_field_in_one_language_serves_for_both() -> None:
    only_french = SimpleNamespace(name_fr="Nom", name_en="")
    both = SimpleNamespace(name_fr="Nom", name_en="Name", reference="art. 1", reference_en="Art. 1 (en)")
    assert in_language(only_french, "name") == "Nom"
    assert in_language(both, "name") == "Name"
    assert in_language(both, "reference") == "Art. 1 (en)"
    with speaking("fr"):
        assert in_language(both, "name") == "Nom"
        assert in_language(both, "reference") == "art. 1"


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("2025-03-01", "1 March 2025", "1er mars 2025"),
        ("2015-03", "March 2015", "mars 2015"),
        ("2012-autumn", "autumn 2012", "automne 2012"),
        ("2012", "2012", "2012"),
        ("not a date", "not a date", "not a date"),
        (date(2024, 10, 18), "18 October 2024", "18 octobre 2024"),
        (None, "", ""),
    ],
)
def test_dates_are_never_finer_than_given(text: str | date | None, english: str, french: str) -> None:
    assert partial_date(text) == english
    with speaking("fr"):
        assert partial_date(text) == french


@pytest.mark.parametrize(
    ("since", "until", "english", "french"),
    [
        ("2025-03-24", "2028-03-24", "24 March 2025 to 24 March 2028", "du 24 mars 2025 au 24 mars 2028"),
        ("2012-autumn", "2015-03", "autumn 2012 to March 2015", "automne 2012 – mars 2015"),
        ("2025-11-18", None, "since 18 November 2025", "depuis le 18 novembre 2025"),
        ("2015-03", None, "since March 2015", "depuis mars 2015"),
        (None, "2020-02-01", "until 1 February 2020", "jusqu’au 1er février 2020"),
        (None, "2015-03", "until March 2015", "jusqu’en mars 2015"),
        (None, None, "", ""),
    ],
)
def test_periods_of_dates(since: str | None, until: str | None, english: str, french: str) -> None:
    assert period(since, until) == english
    with speaking("fr"):
        assert period(since, until) == french


def test_money_and_shares() -> None:
    assert money(1_000_000, "EUR") == f"1{NBSP}million{NBSP}€"
    assert money(500, "EUR") == "€500"
    assert money(None, "EUR") == ""
    assert share(44.4) == "44.4%" and share(100) == "100%"
    with speaking("fr"):
        assert share(44.4) == f"44,4{NBSP}%"


def test_no_day_is_no_words() -> None:
    assert just_day(None) == ""
