"""Impact on bounds: each expected figure is computed by hand in the comment beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import Amount, Incident, Moment, Query, Store, duration_of, span_of, total, user_hours
from incidents.impact import sketch_of, summarise

LIVEBOX = "2025-09-12-orange-livebox-tv"


def moment(text: str, precision: str = "second", qualifier: str = "exact") -> Moment:
    flat = {"at": text, "at_precision": precision, "at_qualifier": qualifier}
    made = Moment.from_flat("at", flat, "UTC")
    assert made is not None
    return made


def incident(start: str = "2026-01-01T10:00:00Z", end: str | None = None, **fields: object) -> Incident:
    values: dict[str, object] = {"id": "x", "collection": "own", "title": "x", "status": "resolved", **fields}
    values.setdefault("started_at", moment(start))
    if end:
        values.setdefault("resolved_at", moment(end))
    return Incident(**values)  # type: ignore[arg-type]


def test_the_lead_record(bundled: Store) -> None:
    lead = bundled.get("incident", LIVEBOX)
    assert isinstance(lead, Incident)
    lasted, lost = duration_of(lead), user_hours(lead)
    assert lasted is not None and lost is not None
    assert (lasted.amount.low, lasted.amount.central, lasted.amount.high) == (35, 40, 45)
    assert lost.amount.low == pytest.approx(10_000_000 * 35 / 60)  # 5.83 million
    assert lost.amount.central == pytest.approx(10_000_000 * 40 / 60)  # 6.67 million
    assert lost.amount.high is None
    assert [part.field for part in lost.inputs] == ["affected", "duration"]


def test_thirteen_of_the_bundled_incidents_have_user_hours(bundled: Store) -> None:
    summary = summarise(bundled.sketches(Query()), frozenset())
    assert (summary.incidents, summary.known) == (98, 13)
    assert (summary.third_party.part, summary.unnamed_supplier) == (31, 17)


def test_nineteen_since_2020_began_with_planned_maintenance(bundled: Store) -> None:
    rows = bundled.sketches(Query(start=datetime(2020, 1, 1, tzinfo=UTC)))
    assert summarise(rows, frozenset()).planned.part == 19


def test_exact_seconds_give_an_exact_duration() -> None:
    figure = duration_of(incident(end="2026-01-01T11:52:00Z"))
    assert figure is not None
    assert (figure.amount.low, figure.amount.central, figure.amount.high) == (112, 112, 112)


def test_minutes_leave_a_minute_to_either_side() -> None:
    one = incident(
        started_at=moment("2026-01-01T10:00:00Z", "minute"),
        resolved_at=moment("2026-01-01T10:40:00Z", "minute"),
    )
    figure = duration_of(one)
    assert figure is not None
    # starts 10:00:00-10:00:59, ends 10:40:00-10:40:59: between 39 min 1 s and 40 min 59 s
    assert figure.amount.low == pytest.approx(39 + 1 / 60, abs=1e-4)
    assert figure.amount.high == pytest.approx(40 + 59 / 60, abs=1e-4)
    assert figure.amount.central == 40


def test_zero_is_a_duration() -> None:
    figure = duration_of(incident(end="2026-01-01T10:00:00Z"))
    assert figure is not None and figure.amount == Amount(0, 0, 0)
    span = span_of(incident(end="2026-01-01T10:00:00Z"))
    assert (span.start_earliest, span.end_latest, span.end_state) == (
        span.end_latest,
        span.start_earliest,
        "known",
    )


def test_days_do_not_make_a_duration() -> None:
    one = incident(started_at=moment("2026-01-01", "day"), resolved_at=moment("2026-01-03", "day"))
    assert duration_of(one) is None


def test_what_is_resolved_without_an_end_is_never_drawn_until_now() -> None:
    span = span_of(incident())
    assert (span.end_state, span.end_latest) == ("unknown", None)
    assert span_of(incident(status="monitoring")).end_state == "open"


def test_a_stated_duration_ends_what_has_no_end() -> None:
    span = span_of(incident(duration=Amount(30, 60)))
    assert span.end_state == "known"
    assert span.end_latest == datetime(2026, 1, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize("unit", ["devices", "sites", "calls", "customers", None])
def test_only_people_make_user_hours(unit: str | None) -> None:
    one = incident(end="2026-01-01T11:00:00Z", affected=Amount(100, 100), affected_unit=unit)
    assert user_hours(one) is None
    assert user_hours(replace(one, affected_unit="users")) is not None


def test_at_most_has_no_lower_bound_and_no_centre() -> None:
    one = incident(end="2026-01-01T11:00:00Z", affected=Amount(None, 600), affected_unit="users")
    figure = user_hours(one)
    assert figure is not None
    assert (figure.amount.low, figure.amount.central, figure.amount.high) == (None, None, 600)


amounts = st.builds(
    lambda low, more, open_: Amount(low, None if open_ else low + more),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.booleans(),
)


@given(st.lists(amounts, min_size=1, max_size=8))
def test_a_sum_is_as_sure_as_its_parts(parts: list[Amount]) -> None:
    added = total(parts)
    assert added is not None
    assert added.low == sum(part.low or 0 for part in parts)
    assert (added.high is None) == any(part.high is None for part in parts)
    assert added.high is None or (added.low or 0) <= added.high


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_bounds_hold_the_centre(start: int, length: int, start_kind: int, end_kind: int) -> None:
    kinds = [("second", "exact"), ("minute", "exact"), ("minute", "approximate"), ("hour", "uncertain")]
    base = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    end = base + timedelta(seconds=length)
    one = incident(
        started_at=moment(base.isoformat(), *kinds[start_kind]),
        resolved_at=moment(end.isoformat(), *kinds[end_kind]),
    )
    span, figure = span_of(one), duration_of(one)
    assert span.end_earliest is not None and span.end_latest is not None
    assert span.start_earliest <= span.start_latest
    assert span.end_earliest <= span.end_latest
    assert figure is not None
    low, central, high = figure.amount.low, figure.amount.central, figure.amount.high
    assert low is not None and central is not None and high is not None
    assert 0 <= low <= central <= high
    sketch = sketch_of(one)
    assert sketch.end is not None and sketch.start_earliest <= sketch.start <= sketch.start_latest
