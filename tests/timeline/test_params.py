"""An address says what a view asks, and a view its address; what cannot be asked is told with the nearest name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from incidents import ANSWERS, CAUSES, DIMENSIONS, ORDERS, SERVICE_KINDS, SEVERITIES, Query
from timeline.params import (
    ENUMERATED,
    FILTERS,
    LONGEST_TEXT,
    MOST_VALUES,
    NAMES,
    PAGE_SIZE,
    AddressError,
    View,
    address,
    read_view,
    write_view,
)

ZONES = ["Europe/Paris", "UTC", "Asia/Tokyo", "America/Los_Angeles"]
IDS = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True), max_size=4, unique=True).map(tuple)


def chosen(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=3, unique=True).map(tuple)


@st.composite
def views(draw: Callable[..., object]) -> View:
    start = draw(st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
    length = draw(st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=9000)))
    end = start + length if start and length else None  # type: ignore[operator]
    query = Query(
        start=start,  # type: ignore[arg-type]
        end=end,
        text=" ".join(str(draw(st.text(st.characters(codec="utf-8"), max_size=40))).split()),
        providers=draw(IDS),  # type: ignore[arg-type]
        operators=draw(IDS),  # type: ignore[arg-type]
        suppliers=draw(IDS),  # type: ignore[arg-type]
        services=draw(IDS),  # type: ignore[arg-type]
        service_kinds=draw(chosen(*SERVICE_KINDS)),  # type: ignore[arg-type]
        causes=draw(chosen(*CAUSES)),  # type: ignore[arg-type]
        countries=draw(chosen("FR", "World", "Middle East")),  # type: ignore[arg-type]
        severities=draw(chosen(*SEVERITIES)),  # type: ignore[arg-type]
        third_party=draw(chosen(*ANSWERS)),  # type: ignore[arg-type]
        planned_maintenance=draw(chosen(*ANSWERS)),  # type: ignore[arg-type]
        exposed=draw(chosen("yes", "no")),  # type: ignore[arg-type]
        obligations=draw(IDS),  # type: ignore[arg-type]
        collections=draw(chosen("own", "bundled")),  # type: ignore[arg-type]
        order=draw(st.sampled_from(ORDERS)),  # type: ignore[arg-type]
        offset=(int(draw(st.integers(1, 500))) - 1) * PAGE_SIZE,  # type: ignore[call-overload]
        limit=PAGE_SIZE,
    )
    return View(
        query=query,
        by=draw(st.sampled_from(DIMENSIONS)),  # type: ignore[arg-type]
        all_lanes=bool(draw(st.booleans())),
        zone=str(draw(st.sampled_from(ZONES))),
        explicit_zone=True,
        explicit_language=draw(st.sampled_from([None, "fr", "en"])),  # type: ignore[arg-type]
    )


@given(views())
def test_a_view_comes_back_from_its_address(view: View) -> None:
    pairs = parse_qsl(urlsplit(address(view)).query, keep_blank_values=True)
    assert read_view(pairs) == view


def test_every_filter_of_the_question_has_a_name() -> None:
    fields = set(Query.__dataclass_fields__) - {"start", "end", "text", "order", "offset", "limit"}
    assert set(FILTERS.values()) == fields


def test_what_is_as_it_would_be_anyway_is_left_out() -> None:
    assert address(View()) == "/"
    assert write_view(read_view([("start", ""), ("q", " "), ("order", "newest"), ("page", "1")])) == []


def test_times_are_those_of_the_shown_zone() -> None:
    view = read_view([("start", "2025-09-12T22:00"), ("end", "2025-09-13")])
    assert view.query.start == datetime(2025, 9, 12, 20, 0, tzinfo=UTC)
    assert view.query.end == datetime(2025, 9, 12, 22, 0, tzinfo=UTC)
    assert address(view) == "/?start=2025-09-12T22:00&end=2025-09-13"


def test_a_time_that_the_clocks_show_twice_keeps_its_offset() -> None:
    second = datetime(2025, 10, 26, 2, 30, tzinfo=ZoneInfo("Europe/Paris"), fold=1)
    view = View(query=Query(start=second.astimezone(UTC), limit=PAGE_SIZE))
    assert write_view(view) == [("start", "2025-10-26T02:30:00+01:00")]
    assert read_view(write_view(view)) == view


def test_values_may_be_repeated_or_set_off_by_commas() -> None:
    one = read_view([("severity", "critical,major"), ("severity", "minor")])
    assert one.query.severities == ("critical", "major", "minor")


@pytest.mark.parametrize(
    ("pairs", "code", "nearest"),
    [
        ([("provder", "orange")], "unknown-parameter", "provider"),
        ([("cause", "humanerror")], "unknown-value", "human_error"),
        ([("by", "suplier")], "unknown-value", "supplier"),
        ([("order", "newst")], "unknown-value", "newest"),
        ([("severity", "CRITICAL")], "unknown-value", "critical"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(
    pairs: list[tuple[str, str]], code: str, nearest: str
) -> None:
    with pytest.raises(AddressError) as caught:
        read_view(pairs)
    assert caught.value.status == 400
    assert caught.value.code == code
    assert caught.value.params["nearest"] == nearest


def test_ids_are_checked_against_what_is_known() -> None:
    with pytest.raises(AddressError) as caught:
        read_view([("provider", "orang")], known={"provider": {"orange", "sfr"}})
    assert caught.value.params["nearest"] == "orange"


@pytest.mark.parametrize(
    "pairs",
    [
        [("start", "2025-09-15"), ("end", "2025-09-10")],
        [("start", "2025-09-15"), ("end", "2025-09-15")],
        [("start", "yesterday")],
        [("start", "2025-02-30")],
        [("start", "0000-01-01")],
        [("start", "10000-01-01")],
        [("start", "9999-12-31")],
        [("end", "0001-01-01")],
        [("start", "0001-01-01"), ("tz", "Asia/Tokyo")],
        [("end", "inf")],
        [("tz", "Mars/Olympus")],
        [("tz", "../../etc/passwd")],
        [("page", "0")],
        [("page", "-1")],
        [("page", "1e9")],
        [("page", "99999999999999999999")],
        [("page", "²")],
        [("q", "x" * (LONGEST_TEXT + 1))],
        [("provider", ",".join(f"p{n}" for n in range(MOST_VALUES + 1)))],
        [("provider", f"p{n}") for n in range(10_000)],
    ],
    ids=lambda pairs: f"{pairs[0][0]}={pairs[0][1][:24]}",
)
def test_what_cannot_be_asked_is_one_clear_error(pairs: list[tuple[str, str]], client: FlaskClient) -> None:
    with pytest.raises(AddressError) as caught:
        read_view(pairs)
    assert caught.value.status == 400
    assert caught.value.hint
    response = client.get("/timeline.json", query_string=pairs[:400])
    assert response.status_code == 400
    assert response.json and response.json["error"]["message"]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=30)), max_size=6))
def test_no_address_breaks_the_reader(pairs: list[tuple[str, str]]) -> None:
    try:
        view = read_view(pairs)
    except AddressError as error:
        assert str(error)
    else:
        again = read_view(write_view(view))
        assert again.query == view.query


def test_enumerated_values_are_those_of_the_field() -> None:
    assert set(ENUMERATED["cause"]) == set(CAUSES)
    assert set(SEVERITIES) < set(ENUMERATED["severity"])
