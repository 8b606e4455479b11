"""A moment as a value: its bounds, its flat fields, and the edges of the calendar and of summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.moment import (
    HALF_WIDTHS,
    UNCERTAIN_FACTOR,
    Moment,
    MomentError,
    Precision,
    Qualifier,
    bounds,
    natural_precision,
    parse_utc,
    utc_text,
)
from incidents.moment_errors import MOMENT_REASONS

PARIS = "Europe/Paris"
ZONES = (
    None,
    "UTC",
    PARIS,
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Asia/Tokyo",
)
FIELDS = ("", "_precision", "_qualifier", "_earliest", "_latest", "_words")
EXACT, ABOUT, UNCERTAIN = Qualifier.EXACT, Qualifier.APPROXIMATE, Qualifier.UNCERTAIN


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moment(**fields: str) -> Moment:
    row = {("started_at" if key == "value" else f"started_at_{key}"): text for key, text in fields.items()}
    made = Moment.from_flat("started_at", row, PARIS)
    assert made is not None
    return made


LEAD = "2025-09-12T22:00:00+02:00"


@pytest.mark.parametrize(
    ("value", "precision", "qualifier", "earliest", "latest"),
    [
        (LEAD, "second", EXACT, "2025-09-12T20:00:00", "2025-09-12T20:00:00"),
        (LEAD, "minute", EXACT, "2025-09-12T20:00:00", "2025-09-12T20:00:59"),
        (LEAD, "hour", EXACT, "2025-09-12T20:00:00", "2025-09-12T20:59:59"),
        (LEAD, "day", EXACT, "2025-09-11T22:00:00", "2025-09-12T21:59:59"),
        (LEAD, "month", EXACT, "2025-08-31T22:00:00", "2025-09-30T21:59:59"),
        (LEAD, "season", EXACT, "2025-08-31T22:00:00", "2025-11-30T22:59:59"),
        (LEAD, "year", EXACT, "2024-12-31T23:00:00", "2025-12-31T22:59:59"),
        # About a full or a half hour: a quarter of an hour; about any other minute: five minutes.
        (LEAD, "minute", ABOUT, "2025-09-12T19:45:00", "2025-09-12T20:15:00"),
        (LEAD, "second", ABOUT, "2025-09-12T19:45:00", "2025-09-12T20:15:00"),
        ("2025-09-12T22:30:00+02:00", "minute", ABOUT, "2025-09-12T20:15:00", "2025-09-12T20:45:00"),
        ("2025-09-12T22:40:00+02:00", "minute", ABOUT, "2025-09-12T20:35:00", "2025-09-12T20:45:00"),
        (LEAD, "minute", UNCERTAIN, "2025-09-12T19:30:00", "2025-09-12T20:30:00"),
        ("2025-09-12T22:40:00+02:00", "minute", UNCERTAIN, "2025-09-12T20:30:00", "2025-09-12T20:50:00"),
        (LEAD, "hour", ABOUT, "2025-09-12T19:00:00", "2025-09-12T21:59:59"),
        ("2025-09-12", "day", ABOUT, "2025-09-10T22:00:00", "2025-09-13T21:59:59"),
        ("2025-09-12", "day", UNCERTAIN, "2025-09-09T22:00:00", "2025-09-14T21:59:59"),
        ("2025-09", "month", ABOUT, "2025-07-31T22:00:00", "2025-10-31T22:59:59"),
        ("2025-09-12", "month", EXACT, "2025-08-31T22:00:00", "2025-09-30T21:59:59"),
        ("2012-autumn", "season", EXACT, "2012-08-31T22:00:00", "2012-11-30T22:59:59"),
        ("2012-winter", "season", EXACT, "2012-11-30T23:00:00", "2013-02-28T22:59:59"),
        ("2013-01-20", "season", EXACT, "2012-11-30T23:00:00", "2013-02-28T22:59:59"),
        ("2012-spring", "season", ABOUT, "2011-11-30T23:00:00", "2012-08-31T21:59:59"),
        ("2012", "year", UNCERTAIN, "2009-12-31T23:00:00", "2014-12-31T22:59:59"),
        # The days on which clocks change have 25 and 23 hours.
        ("2025-10-26", "day", EXACT, "2025-10-25T22:00:00", "2025-10-26T22:59:59"),
        ("2025-03-30", "day", EXACT, "2025-03-29T23:00:00", "2025-03-30T21:59:59"),
    ],
)
def test_bounds(value: str, precision: str, qualifier: Qualifier, earliest: str, latest: str) -> None:
    assert bounds(value, Precision(precision), qualifier, PARIS) == (utc(earliest), utc(latest))


def test_midnight_that_comes_twice_and_midnight_that_never_comes() -> None:
    # Havana, 2 November 2025: 01:00 went back to 00:00, the day begins with the first of both.
    assert bounds("2025-11-02", Precision.DAY, EXACT, "America/Havana")[0] == utc("2025-11-02T04:00:00")
    # Sao Paulo, 21 October 2018 began at 01:00; 18 February 2018 had 23:00 to 24:00 twice at the end of the 17th.
    assert bounds("2018-10-21", Precision.DAY, EXACT, "America/Sao_Paulo")[0] == utc("2018-10-21T03:00:00")
    assert bounds("2018-02-17", Precision.DAY, EXACT, "America/Sao_Paulo")[1] == utc("2018-02-18T02:59:59")


def test_uncertain_is_declared_as_twice_as_wide() -> None:
    assert UNCERTAIN_FACTOR == 2
    assert {row.uncertain_count for row in HALF_WIDTHS.values()} == {2, 10, 30}


@pytest.mark.parametrize(
    ("value", "zone"),
    [(value, zone) for value in ("0001", "0001-01-01", "9999", "9999-12-31", "9999-winter") for zone in ZONES]
    + [("0001-01-01T00:00:00+14:00", None), ("9999-12-31T23:59:59-12:00", None)],
)
@pytest.mark.parametrize("qualifier", list(Qualifier))
def test_the_ends_of_the_calendar_do_not_overflow(value: str, zone: str | None, qualifier: Qualifier) -> None:
    for precision in list(Precision)[list(Precision).index(natural_precision(value)) :]:
        earliest, latest = bounds(value, precision, qualifier, zone)
        assert earliest <= latest
        made = Moment(value, precision, qualifier, earliest, latest, zone)
        assert Moment.from_flat("at", made.flat("at"), zone) == made


@pytest.mark.parametrize(
    ("text", "code", "first", "second"),
    [
        ("2025-10-26T02:30:00", "dst-overlap", "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"),
        ("2025-03-30T02:30:00", "dst-gap", "2025-03-30T03:30:00+02:00", "2025-03-30T01:30:00+01:00"),
    ],
)
def test_summer_time_is_reported_with_both_readings(text: str, code: str, first: str, second: str) -> None:
    with pytest.raises(MomentError) as caught:
        Moment.from_flat("at", {"at": text}, PARIS)
    error = caught.value
    assert (error.code, error.params["first"], error.params["second"]) == (code, first, second)
    assert first in str(error) and second in str(error) and PARIS in str(error)
    assert moment(value=first).at == datetime.fromisoformat(first)


def test_flat_writes_only_the_bounds_that_do_not_follow() -> None:
    about = moment(value=LEAD, precision="minute", qualifier="approximate")
    assert about.flat("started_at") == {
        "started_at": LEAD,
        "started_at_precision": "minute",
        "started_at_qualifier": "approximate",
        "started_at_earliest": None,
        "started_at_latest": None,
        "started_at_words": None,
    }
    tighter = moment(
        value=LEAD,
        precision="minute",
        qualifier="approximate",
        latest="2025-09-12T20:00:00Z",
        words="shortly before 22:00",
    )
    flat = tighter.flat("started_at")
    assert (flat["started_at_earliest"], flat["started_at_latest"]) == (None, "2025-09-12T20:00:00Z")
    assert flat["started_at_words"] == "shortly before 22:00"
    assert tighter.latest == utc("2025-09-12T20:00:00") and tighter.earliest == utc("2025-09-12T19:45:00")


def test_a_moment_of_bounds_alone() -> None:
    before = moment(latest="2025-09-12T20:00:00Z", words="before 22:00")
    assert (before.value, before.earliest, before.latest, before.at) == (
        "",
        None,
        utc("2025-09-12T20:00:00"),
        None,
    )
    assert before.flat("t")["t"] is None
    between = moment(earliest="2025-09-12T20:00:00Z", latest="2025-09-12T20:40:59Z")
    assert between.at == utc("2025-09-12T20:20:29")


def test_the_central_instant() -> None:
    assert moment(value=LEAD, precision="hour").at == utc("2025-09-12T20:00:00")
    assert moment(value="2025-09-12").at == utc("2025-09-12T09:59:59")  # the middle of 22:00 to 21:59:59
    assert moment(value="2025-09-12", earliest="2025-09-12T16:00:00Z").at == utc("2025-09-12T18:59:59")


def test_precision_as_written_and_as_stated() -> None:
    assert moment(value=LEAD).precision is Precision.SECOND
    assert moment(value="2025-09-12T22:00+02:00").precision is Precision.MINUTE
    assert moment(value="2025-09-12T22:00+02:00").value == LEAD
    assert moment(value="2025-09-12").precision is Precision.DAY
    assert moment(value="2025-09").precision is Precision.MONTH
    assert moment(value="2012-autumn").precision is Precision.SEASON
    assert moment(value="2012").precision is Precision.YEAR
    assert moment(value=LEAD, precision="minute").precision is Precision.MINUTE
    assert moment(value="2019-07-02T13:42:00Z").value == "2019-07-02T13:42:00+00:00"


def test_nothing_at_all_is_no_moment() -> None:
    assert Moment.from_flat("at", {}, PARIS) is None
    assert Moment.from_flat("at", dict.fromkeys(("at", "at_precision"), ""), PARIS) is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"value": "2025-13-01"}, "impossible-date"),
        ({"value": "2025-02-30"}, "impossible-date"),
        ({"value": "12/09/2025"}, "not-a-date"),
        ({"value": "2025-09-12Tonight"}, "not-a-date"),
        ({"value": "2025-09", "precision": "day"}, "precision-too-fine"),
        ({"value": "2025-09-12", "precision": "minute"}, "precision-too-fine"),
        ({"value": LEAD, "precision": "exactly"}, "unknown-precision"),
        ({"value": LEAD, "qualifier": "about"}, "unknown-qualifier"),
        ({"earliest": "2025-09-13T00:00:00Z", "latest": "2025-09-12T00:00:00Z"}, "bounds-reversed"),
        (
            {"value": LEAD, "earliest": "2025-09-12T21:00:00Z", "latest": "2025-09-12T22:00:00Z"},
            "bounds-outside-value",
        ),
        ({"value": LEAD, "earliest": "2025-09-12T19:00:00"}, "naive"),
    ],
)
def test_contradictions_are_refused(fields: dict[str, str], code: str) -> None:
    with pytest.raises(MomentError) as caught:
        moment(**fields)
    assert caught.value.code == code
    assert "{" not in str(caught.value) and "{" not in caught.value.hint


def test_a_zone_that_is_none() -> None:
    for name in ("Europe/Pariss", "localtime", "../etc/passwd", "Europe", "", "posix/Europe/Paris", "a\0b"):
        with pytest.raises(MomentError, match="time zone") as caught:
            bounds("2025-09-12", Precision.DAY, EXACT, name or " ")
        assert caught.value.code == "unknown-zone"


def test_every_reason_has_a_sentence_and_a_next_step() -> None:
    for code, (sentence, hint) in MOMENT_REASONS.items():
        assert code == code.lower() and sentence and hint, code


def test_utc_text() -> None:
    assert utc_text(datetime(2025, 9, 12, 22, 0, tzinfo=ZoneInfo(PARIS))) == "2025-09-12T20:00:00Z"
    assert parse_utc("2025-09-12T20:00:00.9Z") == utc("2025-09-12T20:00:00")
    with pytest.raises(MomentError):
        parse_utc("2025-09-12T20:00:00")


# Properties

instants = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def values(draw: st.DrawFn) -> str:
    instant = draw(instants)
    kind = draw(st.sampled_from(["time", "day", "month", "season", "year"]))
    if kind == "time":
        zone = draw(st.sampled_from([zone for zone in ZONES if zone]))
        return instant.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    if kind == "season":
        return f"{instant.year:04}-" + draw(st.sampled_from(["spring", "summer", "autumn", "winter"]))
    return instant.isoformat()[: {"day": 10, "month": 7, "year": 4}[kind]]


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    zone = draw(st.sampled_from(ZONES))
    qualifier = draw(st.sampled_from(Qualifier))
    words = draw(st.none() | st.text(min_size=1, max_size=20))
    if draw(st.booleans()):
        value = draw(values())
        order = list(Precision)
        precision = draw(st.sampled_from(order[order.index(natural_precision(value)) :]))
        earliest, latest = bounds(value, precision, qualifier, zone)
        if draw(st.booleans()):
            earliest = draw(
                st.datetimes(datetime(1, 1, 1), earliest.replace(tzinfo=None), timezones=st.just(UTC))
            )
        return Moment(value, precision, qualifier, earliest.replace(microsecond=0), latest, zone, words)
    ends = sorted(draw(st.lists(instants, min_size=2, max_size=2)))
    hidden = draw(st.sampled_from(["neither", "first", "last"]))
    return Moment(
        "",
        draw(st.sampled_from(Precision)),
        qualifier,
        None if hidden == "first" else ends[0],
        None if hidden == "last" else ends[1],
        zone,
        words,
    )


@given(moments())
def test_flat_fields_read_back_to_the_same_moment(made: Moment) -> None:
    flat = made.flat("resolved_at")
    assert tuple(flat) == tuple("resolved_at" + field for field in FIELDS)
    assert Moment.from_flat("resolved_at", flat, made.zone) == made


@given(values(), st.sampled_from(Precision), st.sampled_from(ZONES))
def test_bounds_are_never_narrower_than_what_was_given(
    value: str, precision: Precision, zone: str | None
) -> None:
    order = list(Precision)
    if order.index(precision) < order.index(natural_precision(value)):
        with pytest.raises(MomentError):
            bounds(value, precision, EXACT, zone)
        return
    exact = bounds(value, precision, EXACT, zone)
    about = bounds(value, precision, ABOUT, zone)
    uncertain = bounds(value, precision, UNCERTAIN, zone)
    assert uncertain[0] <= about[0] <= exact[0] <= exact[1] <= about[1] <= uncertain[1]
    natural = bounds(value, natural_precision(value), EXACT, zone)
    assert exact[0] <= natural[0] and natural[1] <= exact[1]


@given(instants, offsets)
def test_an_instant_is_within_its_bounds_at_every_precision(instant: datetime, offset: timedelta) -> None:
    value = (instant.replace(tzinfo=None) + offset).isoformat() + utc_offset(offset)
    for precision in Precision:
        earliest, latest = bounds(value, precision, EXACT, None)
        assert earliest <= instant <= latest


def utc_offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@given(instants)
def test_utc_text_reads_back(instant: datetime) -> None:
    assert parse_utc(utc_text(instant)) == instant
