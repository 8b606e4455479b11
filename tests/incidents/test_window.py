"""The window: nothing is left out silently, whatever the record, the window and the filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import incidents
from incidents import (
    DIMENSIONS,
    Amount,
    Dimension,
    Incident,
    Moment,
    Query,
    Store,
    WindowAnswer,
    facets,
    window_answer,
)
from incidents.query import NO_SUPPLIER, UNKNOWN, UNNAMED_SUPPLIER
from incidents.window import OTHERS

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BASE = datetime(2020, 1, 1, tzinfo=UTC)


def answer(
    store: Store, query: Query, dimension: Dimension = "service_kind", marks: int = 800
) -> WindowAnswer:
    return window_answer(store, query, dimension, now=AT, label=lambda _, key: key, max_marks=marks)


def drawn(result: WindowAnswer) -> int:
    """Count the marks: single incidents once a lane, and what densities hold."""
    return sum(len(item.lanes) for item in result.items) + sum(density.count for density in result.densities)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_lane_says_how_many_it_holds(bundled: Store, dimension: Dimension) -> None:
    for marks in (800, 60):
        result = answer(bundled, Query(), dimension, marks)
        assert drawn(result) == sum(lane.count for lane in result.lanes)
        assert result.total == 98
        assert result.outside == 0
        if dimension in ("service_kind", "operator", "cause"):
            assert drawn(result) == 98


def test_what_may_have_ended_before_is_drawn_but_not_summed_up(bundled: Store) -> None:
    # The Cenves fire of 30 December 2024, 03:30 lasted 24 to 48 hours: until 31 December or 1 January.
    result = answer(bundled, Query(start=datetime(2025, 1, 1, tzinfo=UTC), countries=("FR",)))
    assert "2024-12-30-tdf-cenves-arson" in {item.sketch.id for item in result.items}
    assert result.summary.possible >= 1
    late = answer(bundled, Query(start=datetime(2024, 12, 31, tzinfo=UTC), countries=("FR",)))
    assert late.summary.user_hours is not None and result.summary.user_hours is not None
    assert (late.summary.user_hours.low or 0) > (result.summary.user_hours.low or 0)


def test_without_a_third_party_an_operator_is_not_its_own_supplier(bundled: Store) -> None:
    sketches = {sketch.id: sketch for sketch in bundled.sketches(Query())}
    assert sketches["2017-03-28-tdf-tnt"].suppliers == ()
    assert sketches["2024-07-19-crowdstrike"].suppliers == ("crowdstrike",)


def test_whose_services_were_touched_is_involved(bundled: Store) -> None:
    found = {i.id for i in bundled.find(Query(providers=("orange",))).incidents}
    assert "2024-12-30-tdf-cenves-arson" in found
    counts = dict(facets(bundled, Query())["providers"].values)
    assert counts["orange"] == len(found)


def test_all_are_drawn_singly_while_they_fit(bundled: Store) -> None:
    result = answer(bundled, Query())
    assert len(result.items) == 98
    assert result.densities == ()


def test_the_most_severe_stay_single_when_they_do_not_fit(bundled: Store) -> None:
    result = answer(bundled, Query(), marks=60)
    assert len(result.items) + len(result.densities) <= 60
    single = {item.sketch.id for item in result.items}
    ranks = {row.id: row.severity for row in bundled.sketches(Query())}
    assert all(ranks[i] == "critical" for i in single)


def test_a_lane_counts_what_its_filter_finds(bundled: Store) -> None:
    for dimension, name in (
        ("service_kind", "main_service_kinds"),
        ("country", "countries"),
        ("cause", "causes"),
    ):
        for lane in answer(bundled, Query(), dimension).lanes:
            if lane.key != OTHERS:
                assert bundled.count(Query(**{name: (lane.key,)})) == lane.count, lane.key


def test_a_supplier_that_nobody_names_is_a_lane(bundled: Store) -> None:
    counts = {lane.key: lane.count for lane in answer(bundled, Query(), "supplier").lanes}
    assert counts[UNNAMED_SUPPLIER] == 17
    assert counts["ericsson"] == 2
    for key in (UNNAMED_SUPPLIER, NO_SUPPLIER, UNKNOWN, "ericsson"):
        assert bundled.count(Query(suppliers=(key,))) == counts[key]


def test_what_the_dates_hide_is_counted(bundled: Store) -> None:
    result = answer(bundled, Query(start=datetime(2025, 1, 1, tzinfo=UTC)))
    assert result.total + result.outside == 98
    assert 0 < result.total < 98


def test_milestones_in_the_window_come_along_and_undated_ones_do_not(bundled: Store) -> None:
    result = answer(bundled, Query())
    assert len(result.milestones) == 32
    assert len(bundled.all("milestone")) == 34


def test_an_empty_record_has_a_window(empty: Store) -> None:
    result = answer(empty, Query())
    assert (result.total, result.items, result.lanes) == (0, (), ())
    assert result.start < result.end


def test_facets_follow_the_other_filters(bundled: Store) -> None:
    found = facets(bundled, Query(causes=("malicious_action",)))
    assert dict(found["causes"].values)["system_failure"] > 40
    countries = dict(found["countries"].values)
    assert countries["FR"] == bundled.count(Query(causes=("malicious_action",), countries=("FR",)))


def test_exposure_counts_owners_too(bundled: Store) -> None:
    page = incidents.find(bundled, Query(exposed=("yes",)))
    assert page.total == answer(bundled, Query()).summary.exposed.part
    assert "2025-09-12-orange-livebox-tv" in {i.id for i in page.incidents}
    assert incidents.find(bundled, Query(exposed=("no",))).total == 98 - page.total


times = st.integers(0, 10_000).map(lambda hours: BASE + timedelta(hours=hours))


@st.composite
def records(draw: st.DrawFn) -> list[Incident]:
    out = []
    for number in range(draw(st.integers(0, 12))):
        start = draw(times)
        kind = draw(st.sampled_from(["end", "open", "unknown", "long", "instant", "day"]))
        zero = {
            "end": timedelta(hours=5),
            "instant": timedelta(0),
            "long": timedelta(days=4000),
            "day": timedelta(days=2),
        }
        precision = "day" if kind == "day" else "minute"
        end = start + zero[kind] if kind in zero else None
        out.append(
            Incident(
                id=f"r{number}",
                collection="own",
                title=f"Incident {number}",
                status="monitoring" if kind == "open" else "resolved",
                started_at=_moment(start, precision),
                resolved_at=_moment(end, precision) if end else None,
                region=tuple(
                    draw(st.lists(st.sampled_from(["FR", "FR-IDF", "US"]), max_size=2, unique=True))
                ),
                cause=draw(st.sampled_from(["unknown", "human_error"])),
                severity=draw(st.sampled_from([None, "minor", "critical"])),
                affected=Amount(10, 20),
                affected_unit="users",
            )
        )
    return out


def _moment(when: datetime, precision: str) -> Moment:
    made = Moment.from_flat("at", {"at": when.isoformat(), "at_precision": precision}, "UTC")
    assert made is not None
    return made


@settings(max_examples=60)
@given(records(), times, st.integers(0, 3000), st.sampled_from(DIMENSIONS), st.integers(1, 30))
def test_the_window_equals_a_plain_scan(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[Incident],
    start: datetime,
    hours: int,
    dimension: Dimension,
    marks: int,
) -> None:
    path = Path(tmp_path_factory.mktemp("window")) / "w.db"
    store = incidents.open_store(path, at=AT, with_bundled=False)
    with store.writing(kind="import", actor="test", at=AT, origin="test") as writer:
        writer.put("incident", rows)
    end = start + timedelta(hours=hours)
    scan = set()
    for row in rows:
        span = incidents.span_of(row)
        last = (
            datetime.max.replace(tzinfo=UTC)
            if span.end_state == "open"
            else span.end_latest or span.start_latest
        )
        if span.start_earliest < end and last >= start:
            scan.add(row.id)
    result = answer(store, Query(start=start, end=end), dimension, marks)
    assert result.total == len(scan) == result.summary.incidents + result.summary.possible
    assert {item.sketch.id for item in result.items} <= scan
    assert drawn(result) == sum(lane.count for lane in result.lanes)
    if dimension in ("service_kind", "operator", "cause"):
        assert drawn(result) == len(scan)
    assert result.total + result.outside == len(rows)
    store.close()
