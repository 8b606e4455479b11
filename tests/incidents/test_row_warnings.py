"""What is possible but odd in an incident is said, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from incidents.amount import Amount, read_amount, read_duration
from incidents.errors import fill
from incidents.model import Incident
from incidents.moment import Moment
from incidents.reading.moments import read_moment
from incidents.row_warnings import warnings_of


def moment(text: str | None) -> Moment | None:
    return read_moment(text, zone="Europe/Paris").moment if text else None


READERS: Mapping[str, Callable[[str], Amount | None]] = {"duration": read_duration, "affected": read_amount}


def incident(start: str = "2026-02-01T10:00", **texts: str) -> Incident:
    begun = moment(start)
    assert begun is not None
    made = Incident(id="1", collection="own", title="x", status="resolved", started_at=begun)
    for name, text in texts.items():
        made = replace(made, **{name: READERS.get(name, moment)(text)})
    return made


def fields(made: Incident, today: date | None = date(2026, 11, 24)) -> list[str]:
    warnings = warnings_of(made, today)
    assert all("{" not in fill(message, params) for _, message, params in warnings)
    return [name for name, _, _ in warnings]


NOTHING_ODD = [
    incident(resolved_at="2026-02-01T10:40", duration="40 minutes", affected="200-250"),
    incident(resolved_at="2026-02-01T10:40", duration="about 40 minutes"),
    incident(resolved_at="1 février 2026", duration="3 hours"),
    incident(detected_at="2026-02-01T10:00", aware_at="2026-02-01", reported_at="2026-02-02"),
    incident("before 2 February 2026", aware_at="1 January 2026"),
    incident("24 November 2026", affected="at most 10"),
    incident(affected="?", duration="unknown"),
]


@pytest.mark.parametrize("made", NOTHING_ODD)
def test_nothing_is_said_of_what_fits(made: Incident) -> None:
    assert fields(made) == []


ODD = [
    (incident("2026-11-26T10:00"), ["started_at"]),
    (incident(resolved_at="1er décembre 2026"), ["resolved_at"]),
    (incident(detected_at="2026-02-01T09:00"), ["detected_at"]),
    (incident(aware_at="31 January 2026", reported_at="2025"), ["aware_at", "reported_at"]),
    (incident(resolved_at="2026-02-01T10:40", duration="3 hours"), ["duration"]),
    (incident(resolved_at="2026-02-03T10:40", duration="at most 3 hours"), ["duration"]),
    (incident(resolved_at="2026-02-01", duration="more than 2 days"), ["duration"]),
    (incident(affected="0"), ["affected"]),
]


@pytest.mark.parametrize(("made", "expected"), ODD)
def test_what_is_odd_is_said_of_its_field(made: Incident, expected: list[str]) -> None:
    assert fields(made) == expected


def test_without_a_day_nothing_lies_in_the_future() -> None:
    assert fields(incident("2126-01-01"), None) == []
    assert fields(incident("2126-01-01")) == ["started_at"]
