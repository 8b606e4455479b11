"""What is displayed of moments, amounts and durations: in both languages, and never more precise than it was given."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import Amount, Moment, read_moment
from timeline.formats import (
    format_amount,
    format_compact,
    format_day,
    format_duration,
    format_minutes,
    format_moment,
    format_moment_range,
    format_number,
    format_percent,
    zone_name,
)
from timeline.wording import speaking

NBSP = "\u00a0"


def moment(value: str, precision: str, qualifier: str = "exact", zone: str | None = "Europe/Paris") -> Moment:
    row = {"at": value, "at_precision": precision, "at_qualifier": qualifier}
    found = Moment.from_flat("at", row, zone)
    assert found is not None
    return found


LIVEBOX = "2025-09-12T22:00:00+02:00"


@pytest.mark.parametrize(
    ("given", "english", "french"),
    [
        (
            moment(LIVEBOX, "minute", "approximate"),
            "12 September 2025, about 22:00 (Paris)",
            "12 septembre 2025, vers 22 h 00 (Paris)",
        ),
        (moment(LIVEBOX, "minute"), "12 September 2025, 22:00 (Paris)", "12 septembre 2025, 22 h 00 (Paris)"),
        (
            moment(LIVEBOX, "minute", "uncertain"),
            "12 September 2025, about 22:00, uncertain (Paris)",
            "12 septembre 2025, vers 22 h 00, incertain (Paris)",
        ),
        (
            moment(LIVEBOX, "hour"),
            "12 September 2025, between 22:00 and 23:00 (Paris)",
            "12 septembre 2025, entre 22 h et 23 h (Paris)",
        ),
        (moment("2025-09-01", "day"), "1 September 2025", "1er septembre 2025"),
        (moment("2025-09-12", "day", "approximate"), "about the day of 12 September 2025", "vers le 12 septembre 2025"),
        (moment("2025-09", "month"), "September 2025", "septembre 2025"),
        (moment("2012-autumn", "season"), "autumn 2012", "automne 2012"),
        (moment("2012-winter", "season"), "winter 2012–2013", "hiver 2012–2013"),
        (moment("2012", "year", "approximate"), "about 2012", "vers 2012"),
        (moment("2025-09-12T20:00:00+00:00", "minute", zone=None), "12 September 2025, 20:00 (UTC)",
         "12 septembre 2025, 20 h 00 (UTC)"),
    ],
)  # fmt: skip
def test_a_moment_is_written_as_precisely_as_it_is_known(given: Moment, english: str, french: str) -> None:
    assert format_moment(given) == english
    with speaking("fr"):
        assert format_moment(given).replace(NBSP, " ") == french


def test_bounds_alone_are_said_as_bounds() -> None:
    latest = datetime(2025, 9, 12, 19, 59, 59, tzinfo=UTC)
    before = Moment("", "minute", "exact", None, latest, "Europe/Paris")  # type: ignore[arg-type]
    after = Moment("", "minute", "exact", latest + timedelta(seconds=1), None, "Europe/Paris")  # type: ignore[arg-type]
    assert format_moment(before) == "no later than 12 September 2025, 21:59 (Paris)"
    assert format_moment(after) == "after 12 September 2025, 22:00 (Paris)"


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("2 March 2026, between 22:00 and 22:40", "2 March 2026, between 22:00 and 22:40 (Paris)",
         "2 mars 2026, entre 22 h 00 et 22 h 40 (Paris)"),
        ("by 2 March 2026, 22:40", "no later than 2 March 2026, 22:40 (Paris)",
         "au plus tard le 2 mars 2026, 22 h 40 (Paris)"),
        ("before 2 March 2026, 22:00", "before 2 March 2026, 22:00 (Paris)", "avant le 2 mars 2026, 22 h 00 (Paris)"),
        ("between 2 and 4 March 2026", "between 2 March 2026 and 4 March 2026",
         "entre le 2 mars 2026 et le 4 mars 2026"),
        ("before 4 March 2026", "before 4 March 2026", "avant le 4 mars 2026"),
    ],
)  # fmt: skip
def test_bounds_are_shown_as_they_were_given(text: str, english: str, french: str) -> None:
    given = read_moment(text, zone="Europe/Paris").moment
    assert given is not None
    assert format_moment(given) == english
    with speaking("fr"):
        assert format_moment(given).replace(NBSP, " ") == french


def test_a_time_moves_to_the_shown_zone_and_a_day_does_not() -> None:
    tokyo = moment("2025-09-13T01:30:00+09:00", "minute", zone="Asia/Tokyo")
    assert format_moment(tokyo, zone="Europe/Paris") == "12 September 2025, 18:30 (Paris)"
    assert format_moment(moment("2025-09-13", "day", zone="Asia/Tokyo"), zone="UTC") == "13 September 2025"


def test_a_range_says_the_day_once() -> None:
    start, end = (
        moment(LIVEBOX, "minute", "approximate"),
        moment("2025-09-12T22:40:00+02:00", "minute", "approximate"),
    )
    assert format_moment_range(start, end) == "12 September 2025, about 22:00 – about 22:40 (Paris)"


@given(
    when=st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)),
    other=st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)),
    precision=st.sampled_from(["minute", "hour", "day", "month", "season", "year"]),
    qualifier=st.sampled_from(["exact", "approximate", "uncertain"]),
    language=st.sampled_from(["en", "fr"]),
)
def test_nothing_finer_than_the_precision_shows(
    when: datetime, other: datetime, precision: str, qualifier: str, language: str
) -> None:
    """Two moments that are the same at their precision read the same, whatever their finer parts hold."""
    fields = ["year", "month", "day", "hour", "minute", "second"]
    kept = {"minute": 5, "hour": 4, "day": 3, "month": 2, "season": 2, "year": 1}[precision]
    twin = when.replace(
        **{name: getattr(other, name) for name in fields[kept:] if name not in ("day", "month")}
    )
    if kept < 3:
        twin = twin.replace(day=min(other.day, 28))
        if kept < 2:
            twin = twin.replace(month=other.month)
    texts = []
    for one in (when, twin):
        value = one.replace(tzinfo=UTC, microsecond=0).isoformat()
        with speaking(language):
            texts.append(format_moment(moment(value, precision, qualifier, zone="UTC")))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("amount", "english", "symbols", "french"),
    [
        (Amount(10_000_000, None, 10_000_000), "more than 10 million", "> 10 M", "plus de 10 millions"),
        (Amount(10_000_000, None), "at least 10 million", "≥ 10 M", "au moins 10 millions"),
        (Amount(10, 12), "10 to 12", "10–12", "10 à 12"),
        (Amount(None, 30_000_000), "up to 30 million", "≤ 30 M", "jusqu’à 30 millions"),
        (Amount(270, 330, 300), "about 300", "≈ 300", "environ 300"),
        (Amount(420_000, 420_000), "420,000", "420 k", "420 000"),
        (Amount(1_500_000_000, 1_500_000_000), "1.5 billion", "1.5 bn", "1,5 milliard"),
    ],
)
def test_an_amount_says_its_bounds(amount: Amount, english: str, symbols: str, french: str) -> None:
    assert format_amount(amount).replace(NBSP, " ") == english
    assert format_amount(amount, style="symbols").replace(NBSP, " ") == symbols
    with speaking("fr"):
        assert re.sub(r"\s", " ", format_amount(amount)) == french


def test_a_lower_bound_is_rounded_down_and_an_upper_bound_up() -> None:
    assert format_compact(5_833_333.3, rounding="down").replace(NBSP, " ") == "5.8 M"
    assert format_compact(5_833_333.3, rounding="up").replace(NBSP, " ") == "5.9 M"
    assert format_amount(Amount(5_833_333.3, None), style="symbols").replace(NBSP, " ") == "≥ 5.8 M"


def shown_number(text: str) -> float:
    found = re.search(r"([\d.,]+)\s?(\w*)", text)
    assert found, text
    return float(found[1].replace(",", "")) * {"": 1, "k": 1e3, "M": 1e6, "bn": 1e9, "tn": 1e12}[found[2]]


@given(st.floats(min_value=0, max_value=9e14, allow_nan=False))
def test_rounded_bounds_hold_what_they_round(value: float) -> None:
    assert shown_number(format_compact(value, rounding="down")) <= value * (1 + 1e-9)
    assert shown_number(format_compact(value, rounding="up")) >= value * (1 - 1e-9)


@pytest.mark.parametrize(
    ("minutes", "english", "french"),
    [
        (0, "0 min", "0 min"),
        (0.5, "30 s", "30 s"),
        (40, "40 min", "40 min"),
        (60, "1 h", "1 h"),
        (1562, "26 h 02", "26 h 02"),
        (1440, "1 d", "1 j"),
        (5940, "4 d 3 h", "4 j 3 h"),
    ],
)
def test_a_duration_reads_as_people_say_it(minutes: float, english: str, french: str) -> None:
    assert format_minutes(minutes).replace(NBSP, " ") == english
    with speaking("fr"):
        assert format_minutes(minutes).replace(NBSP, " ") == french


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Amount(35, 45, 40), "about 40 min"),
        (Amount(39.02, 40.98, 40), "40 min"),
        (Amount(0, 2879.98), "up to 2 d"),
        (Amount(1440.02, 4319.98), "1 d to 3 d"),
        (Amount(660, 780, 720), "about 12 h"),
        (Amount(0, 0), "0 min"),
    ],
)
def test_a_duration_keeps_its_bounds(amount: Amount, shown: str) -> None:
    assert format_duration(amount).replace(NBSP, " ") == shown


@given(st.floats(0, 1e6), st.floats(0, 1e5))
def test_a_wide_duration_shows_no_fine_part(low: float, width: float) -> None:
    """About four hours of doubt leave no minutes, about two days no hours."""
    shown = format_duration(Amount(low, low + width, low + width / 2))
    if width >= 240 and low >= 240:
        assert not re.search(rf"h{NBSP}\d", shown)
    if width >= 2880 and low >= 2880:
        assert f"{NBSP}h" not in shown


def test_small_things() -> None:
    assert format_number(None) == ""
    assert format_percent(31.6) == "32%"
    assert format_percent(0.4) == "< 1%"
    assert format_percent(None) == "–"
    assert format_day("2025-09") == "September 2025"
    assert format_day("2025") == "2025"
    assert format_day(datetime(2025, 9, 12), weekday=True) == "Friday 12 September 2025"
    assert zone_name(ZoneInfo("Europe/London")) == "London"
    with speaking("fr"):
        assert zone_name("Europe/London") == "Londres"
        assert format_percent(31.6) == f"32{NBSP}%"
