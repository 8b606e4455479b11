"""Dates as people write them: a corpus of strings with their bounds, and what holds for every string."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidents.moment import Moment, MomentError, Precision, Qualifier
from incidents.moment_errors import MOMENT_REASONS
from incidents.reading.moments import MOMENT_NOTES, Reading, orders_of, read_moment, read_moment_fields
from incidents.reading.words import plain, says_unknown

CORPUS = Path(__file__).parents[1] / "data" / "moments.csv"
PARIS = "Europe/Paris"
REFERENCE = date(2025, 9, 15)


def corpus() -> list[Any]:
    with CORPUS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [pytest.param(row, id=f"line {line}: {row['text'][:50]!a}") for line, row in enumerate(rows, 2)]


def options(row: dict[str, str]) -> dict[str, Any]:
    return {
        "zone": row["zone"] or None,
        "date_order": row["date_order"] or None,
        "reference": date.fromisoformat(row["reference"]) if row["reference"] else None,
        "time_of": date.fromisoformat(row["time_of"]) if row["time_of"] else None,
    }


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


@pytest.mark.parametrize("row", corpus())
def test_corpus(row: dict[str, str]) -> None:
    if row["outcome"] not in ("moment", "unknown", "ongoing"):
        with pytest.raises(MomentError) as caught:
            read_moment(row["text"], **options(row))
        error = caught.value
        assert (error.code, error.value) == (
            row["outcome"],
            row["text"] if error.code != "unknown-zone" else error.value,
        )
        assert "{" not in str(error)
        return
    reading = read_moment(row["text"], **options(row))
    assert set(reading.notes) <= set(MOMENT_NOTES)
    assert reading.ongoing == (row["outcome"] == "ongoing")
    if row["outcome"] != "moment":
        assert reading.moment is None
        return
    moment = reading.moment
    assert moment is not None
    assert (moment.value, moment.precision, moment.qualifier, moment.earliest, moment.latest) == (
        row["value"],
        row["precision"],
        row["qualifier"],
        instant(row["earliest"]),
        instant(row["latest"]),
    )
    assert Moment.from_flat("at", moment.flat("at"), moment.zone) == moment


def test_the_corpus_is_large_and_has_both_languages_and_every_outcome() -> None:
    rows = [param.values[0] for param in corpus()]
    assert len(rows) >= 300
    assert len({(row["text"], *options(row).values()) for row in rows}) == len(rows)
    outcomes = {row["outcome"] for row in rows}
    from_fields = {"unknown-precision", "unknown-qualifier", "precision-too-fine", "naive", "no-bounds"}
    from_fields |= {"bounds-reversed", "bounds-outside-value"}
    assert outcomes == {"moment", "unknown", "ongoing"} | (set(MOMENT_REASONS) - from_fields)


def read(text: str, **beside: Any) -> Moment:
    moment = read_moment(text, **{"zone": PARIS, **beside}).moment
    assert moment is not None
    return moment


def test_the_lead_record() -> None:
    moment = read("vendredi 12 septembre 2025, autour de 22 heures")
    assert moment == Moment(
        "2025-09-12T22:00:00+02:00",
        Precision.MINUTE,
        Qualifier.APPROXIMATE,
        datetime(2025, 9, 12, 19, 45, tzinfo=UTC),
        datetime(2025, 9, 12, 20, 15, tzinfo=UTC),
        PARIS,
        "vendredi 12 septembre 2025, autour de 22 heures",
    )


def test_words_are_kept_where_they_say_more() -> None:
    assert read("le 12 septembre 2025 à 22h30").words is None
    assert read("2025-09-12T22:00").words is None
    assert read("  le 12  septembre 2025\tvers 22h ").words == "le 12 septembre 2025 vers 22h"
    assert read("mi-septembre 2025").words == "mi-septembre 2025"
    assert read("hier à 22h00", reference=REFERENCE).words == "hier à 22h00"


def test_both_readings_of_a_summer_time_gap_and_overlap() -> None:
    for text, code, first, second in (
        ("26 octobre 2025 à 2h30", "dst-overlap", "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"),
        ("30 mars 2025 à 2h30", "dst-gap", "2025-03-30T03:30:00+02:00", "2025-03-30T01:30:00+01:00"),
    ):
        with pytest.raises(MomentError) as caught:
            read(text)
        error = caught.value
        assert (error.code, error.params["first"], error.params["second"]) == (code, first, second)
        assert (error.value, error.params["zone"]) == (text, PARIS)
        assert read(first).at == read(f"{text} UTC{first[-6:]}", zone=None).at or code == "dst-gap"


def test_both_readings_of_an_open_order() -> None:
    with pytest.raises(MomentError) as caught:
        read("12/09/2025 22:00")
    assert (caught.value.params["first"], caught.value.params["second"]) == ("2025-09-12", "2025-12-09")
    assert "2025-09-12" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("31/08/2025 22:00", "DMY"),
        ("08/31/2025", "MDY"),
        ("03/10/2021 12:00:00 AM", "DMY MDY"),
        ("25/12/13", "DMY YMD"),
        ("31/12/99", "DMY"),
        ("31/02/2025", ""),
        ("2025-09-12", "DMY MDY YMD"),
        ("le 12 septembre 2025", "DMY MDY YMD"),
        ("Unknown", "DMY MDY YMD"),
    ],
)
def test_the_orders_that_a_text_allows(text: str, orders: str) -> None:
    assert orders_of(text) == frozenset(orders.split())


def test_a_reading_says_what_it_assumed() -> None:
    def notes(text: str, **beside: Any) -> tuple[str, ...]:
        return read_moment(text, **{"zone": PARIS, **beside}).notes

    assert notes("12 septembre 2025 22:00", zone=None) == ("no-zone-utc",)
    assert notes("2025-09-12T22:00:00Z", zone=None) == ()
    assert notes("12/09/25", date_order="DMY") == ("two-digit-year",)
    assert notes("12 September 2025 Midnight") == ("midnight-starts-day",)
    assert notes("24 décembre", reference=REFERENCE) == ("year-from-reference",)
    assert notes("12 septembre 2025 22h00 heure de Londres") == ("zone-in-text",)
    assert notes("du 12 au 13 septembre 2025") == ("range",)
    assert notes("Fr 12 September 2025") == ("general-parser",)
    assert notes("\ufeff12 septembre 2025") == ("marks-removed",)


def test_the_zone_of_a_moment() -> None:
    assert read("12 septembre 2025 22h00 (heure de New York)").zone == "America/New_York"
    assert read("2025-09-12T22:00:00Z").zone == PARIS
    assert read("2025-09-12T22:00:00Z", zone=None).zone is None


def test_cells_beside_the_text_win_over_it() -> None:
    def fields(text: str, **beside: str) -> Reading:
        row: dict[str, str | None] = {"at": text, **{f"at_{key}": value for key, value in beside.items()}}
        return read_moment_fields("at", row, zone=PARIS)

    moment = fields("2025-09-12T22:00:00+02:00", precision="minute", qualifier="approximate").moment
    assert moment is not None and moment == Moment.from_flat(
        "at",
        {"at": "2025-09-12T22:00:00+02:00", "at_precision": "minute", "at_qualifier": "approximate"},
        PARIS,
    )
    spoken = fields("le 12 septembre 2025 à 22h00", qualifier="Approximate", words="dixit").moment
    assert spoken is not None and (spoken.qualifier, spoken.words) == (Qualifier.APPROXIMATE, "dixit")
    bounded = fields("", latest="12 septembre 2025 à 22h00").moment
    assert bounded is not None and (bounded.value, bounded.earliest) == ("", None)
    assert bounded.latest == datetime(2025, 9, 12, 20, 0, tzinfo=UTC)
    assert fields("?", precision="day").moment is None
    with pytest.raises(MomentError, match="not as precise"):
        fields("septembre 2025", precision="minute")


def test_ten_thousand_french_dates_are_read_each_as_itself() -> None:
    texts = [
        f"{day} septembre {year} vers {hour}h{minute:02}"
        for day in range(1, 29)
        for year in range(2010, 2020)
        for hour in range(0, 12)
        for minute in (0, 20, 40)
    ][:10_000]
    values = {read(text).value for text in texts}
    assert len(values) == 10_000


def test_the_general_parser_is_loaded_only_when_it_is_needed() -> None:
    program = (
        "import sys; from incidents.reading.moments import read_moment\n"
        "read_moment('le 12 septembre 2025 vers 22h', zone='Europe/Paris'); read_moment('2025-09-12', zone='UTC')\n"
        "assert 'dateparser' not in sys.modules\n"
        "assert read_moment('Fr 12 September 2025', zone='UTC').moment.value == '2025-09-12'\n"
        "assert 'dateparser' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# Properties

VOCABULARY = """
    12 13 31 2025 25 22h 22h30 22:00 22:00:05 10 pm septembre September sept. vendredi Friday le à au du
    et ou to entre between avant after vers about ~ ? mi- début fin early T3 S1 été winter nuit matin
    soir hier last minuit noon CEST UTC +02:00 Z heure de Paris / - . , ( ) ' 09 09/2025 2025-09-12
    semaine week h
"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = (
    st.text(max_size=130)
    | st.lists(WORDS, max_size=9).map(" ".join)
    | st.lists(WORDS, max_size=9).map("".join)
)


@given(
    TEXTS,
    st.sampled_from([None, "UTC", PARIS, "America/New_York"]),
    st.sampled_from([None, "DMY", "MDY", "YMD"]),
    st.sampled_from([None, REFERENCE, date.min, date.max]),
    st.sampled_from([None, REFERENCE, date.min, date.max]),
)
@example("9999-12-31T24:00", None, None, None, None)
@example("fin 9999", PARIS, None, None, None)
@example("dans la nuit du 31 décembre 9999", PARIS, None, None, None)
@example("29 février", PARIS, None, REFERENCE, None)
@example("vers la nuit", PARIS, None, None, date.max)
@example("fin de nuit", PARIS, None, None, date.max)
@example("last Friday", PARIS, None, date.min, None)
@example("mi-septembre", None, None, date.min, None)
@example("0 septembre à midi", None, None, REFERENCE, None)
@example("29 février", None, None, date(3, 1, 1), None)
@example("hiver 9999", PARIS, None, None, None)
@example("vers 0001-01-01", PARIS, None, None, None)
def test_any_text_is_read_or_refused_with_a_reason(
    text: str, zone: str | None, order: Any, reference: date | None, time_of: date | None
) -> None:
    try:
        reading = read_moment(text, zone=zone, date_order=order, reference=reference, time_of=time_of)
    except MomentError as error:
        assert error.code in MOMENT_REASONS and error.value == text
        assert error.hint and str(error)
        return
    moment = reading.moment
    if moment is not None:
        assert not reading.ongoing
        assert Moment.from_flat("at", moment.flat("at"), moment.zone) == moment
        again = read_moment(text, zone=zone, date_order=order, reference=reference, time_of=time_of)
        assert again == reading


MONTHS = (
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
)
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
times = st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31))


@given(times)
def test_every_way_of_writing_a_time_reads_to_the_same_minute(when: datetime) -> None:
    when = when.replace(second=0, microsecond=0)
    french, english = MONTHS[when.month - 1]
    twelve = f"{when.hour % 12 or 12}:{when.minute:02} {'PM' if when.hour >= 12 else 'AM'}"
    written = [
        (when.isoformat(timespec="minutes"), None),
        (f"{when:%Y-%m-%d %H:%M}", None),
        (f"{when:%d/%m/%Y %H:%M}", "DMY"),
        (f"{when:%m/%d/%Y} {twelve}", "MDY"),
        (f"le {when.day} {french} {when.year} à {when.hour}h{when.minute:02}", None),
        (f"{DAYS[when.weekday()]} {when.day} {french} {when.year}, {when.hour} h {when.minute:02}", None),
        (f"{when.hour}h{when.minute:02} le {when.day} {french} {when.year}", None),
        (f"{english} {when.day}, {when.year} at {twelve}", None),
        (f"{when:%a, %d %b %Y %H:%M}", None),
        (f"{when.day} {english} {when.year}, {when:%H:%M} UTC", None),
    ]
    expected = read(when.isoformat(timespec="minutes"), zone="UTC")
    for text, order in written:
        assert read(text, zone="UTC", date_order=order) == expected, text


@given(times)
def test_a_hedge_never_narrows(when: datetime) -> None:
    when = when.replace(second=0, microsecond=0)
    text = f"{when.day} {MONTHS[when.month - 1][0]} {when.year} à {when.hour}h{when.minute:02}"
    exact, about, unsure = (read(prefix + text, zone="UTC") for prefix in ("", "vers ", "probablement "))
    assert (
        exact.earliest
        and about.earliest
        and unsure.earliest
        and exact.latest
        and about.latest
        and unsure.latest
    )
    assert unsure.earliest < about.earliest < exact.earliest <= exact.latest < about.latest < unsure.latest
    assert exact.at == about.at == unsure.at


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_wrong_weekday_is_refused_and_the_right_one_read(day: date) -> None:
    for offset in range(7):
        name = DAYS[(day.weekday() + offset) % 7]
        text = f"{name} {day.day} {MONTHS[day.month - 1][0]} {day.year}"
        if offset == 0:
            assert read(text, zone="UTC").value == day.isoformat()
        else:
            with pytest.raises(MomentError) as caught:
                read(text, zone="UTC")
            assert caught.value.code == "weekday-mismatch"


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_date_of_three_numbers_is_read_only_when_its_order_is_certain(day: date) -> None:
    text = f"{day:%d/%m/%Y}"
    assert read(text, zone="UTC", date_order="DMY").value == day.isoformat()
    if day.day > 12 or day.day == day.month:
        assert read(text, zone="UTC").value == day.isoformat()
    else:
        with pytest.raises(MomentError) as caught:
            read(text, zone="UTC")
        assert caught.value.code == "ambiguous-order"


@given(st.text(alphabet="?-_.*/ ~", max_size=12))
def test_punctuation_alone_is_unknown(text: str) -> None:
    assert says_unknown(plain(text))
    assert read_moment(text).moment is None
