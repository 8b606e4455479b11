"""Rows as ticket tools and public bodies write them: ends at midnight, two zones in a row, durations in seconds."""

from __future__ import annotations

import pytest

from incidents.moment import utc_text
from incidents.table import Row
from tests.incidents.row_reading import incident_of, read_rows, reader_of


def notes_of(text: str, **options: object) -> list[str]:
    return [note.message for note in read_rows(text, **options)[0].notes]


@pytest.mark.parametrize("word", ["Midnight", "midnight", "minuit", "12:00 Midnight"])
def test_an_end_at_midnight_of_the_day_of_the_start_is_the_end_of_that_day(word: str) -> None:
    text = f"title,started_at,resolved_at\nStorm,25 March 2025 12:00,25 March 2025 {word}"
    incident = incident_of(read_rows(text)[0])
    assert incident.resolved_at is not None
    assert incident.resolved_at.value == "2025-03-26T00:00:00+01:00"
    assert incident.resolved_at.words == f"25 March 2025 {word}"
    assert [m for m in notes_of(text) if "end of that day" in m]
    assert not [m for m in notes_of(text) if "start of the day" in m]


def test_the_day_that_ends_may_be_the_one_of_summer_time() -> None:
    text = "title,started_at,resolved_at\nStorm,30 March 2025 01:00,30 March 2025 midnight"
    incident = incident_of(read_rows(text)[0])
    assert incident.resolved_at is not None and incident.resolved_at.earliest is not None
    assert utc_text(incident.resolved_at.earliest) == "2025-03-30T22:00:00Z"


@pytest.mark.parametrize(
    "end", ["24 March 2025 midnight", "25 March 2025 00:00", "25 March 2025 11:00", "23 March 2025 minuit"]
)
def test_any_other_end_before_the_start_is_refused(end: str) -> None:
    read = read_rows(f"title,started_at,resolved_at\nStorm,25 March 2025 12:00,{end}")[0]
    assert [problem.code for problem in read.problems] == ["end-before-start"]


def test_midnight_after_the_start_stays_the_start_of_its_day() -> None:
    text = "title,started_at,resolved_at\nStorm,25 March 2025 12:00,26 March 2025 midnight"
    incident = incident_of(read_rows(text)[0])
    assert incident.resolved_at is not None
    assert incident.resolved_at.value == "2025-03-26T00:00:00+01:00"


def test_twenty_four_hours_are_the_end_of_the_day() -> None:
    incident = incident_of(
        read_rows("title,started_at,resolved_at\nStorm,2025-03-25 12:00,2025-03-25 24:00")[0]
    )
    assert incident.resolved_at is not None
    assert incident.resolved_at.value == "2025-03-26T00:00:00+01:00"


def test_one_time_with_a_zone_beside_one_without_is_said() -> None:
    text = "title,started_at,resolved_at\nStorm,2025-09-12 20:00,2025-09-12 20:42 UTC"
    assert [m for m in notes_of(text, timezone=None) if "of the same row" in m]
    assert not [m for m in notes_of(text, timezone="UTC") if "of the same row" in m]


def test_a_zone_that_makes_no_difference_is_not_said() -> None:
    text = "title,started_at,resolved_at\nStorm,2025-09-12 20:00,2025-09-12T20:42+02:00"
    assert not [m for m in notes_of(text, timezone=None) if "of the same row" in m]


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [("2445", 40.75), ("7200", 120), ("1 Day 2 Hours", 1560), ("26 Hours 5 Minutes", 1565)],
)
@pytest.mark.parametrize("header", ["calendar_duration", "business_duration", "Calendar duration"])
def test_durations_of_servicenow_are_seconds_or_words(header: str, cell: str, minutes: float) -> None:
    columns = "number,short_description,opened_at,state"
    incident = incident_of(
        read_rows(f"{columns},{header}\nINC1,Email down,2025-09-12 22:00,Closed,{cell}")[0]
    )
    assert incident.duration is not None
    assert (incident.duration.low, incident.duration.high) == (minutes, minutes)


@pytest.mark.parametrize(
    ("word", "severity"),
    [("1 - High", "major"), ("2 - Medium", "moderate"), ("3 - Low", "minor"), ("1 - Critical", "critical")],
)
def test_the_word_of_a_step_counts_before_its_number(word: str, severity: str) -> None:
    incident = incident_of(read_rows(f"title,started_at,severity\nStorm,2025-09-12 22:00,{word}")[0])
    assert incident.severity == severity


@pytest.mark.parametrize("word", ["Canceled", "Cancelled", "Annulé", "annulée", "Won’t Do"])
def test_a_ticket_called_off_is_closed_and_its_word_kept(word: str) -> None:
    incident = incident_of(read_rows(f"title,started_at,status\nStorm,2025-09-12 22:00,{word}")[0])
    assert incident.status == "resolved"
    assert incident.unmatched_values == (f"status={word}",)


def test_services_between_bars_are_several() -> None:
    incident = incident_of(read_rows("title,started_at,Components\nStorm,2025-09-12 22:00,API|Webhooks")[0])
    assert incident.unmatched_values == ("service_ids=API", "service_ids=Webhooks")


@pytest.mark.parametrize(
    ("cell", "cause", "kept"),
    [
        ("Vol,Piratage", "malicious_action", ()),
        ("Acte interne accidentel,Piratage", "human_error", ("cause=Piratage",)),
        ("Vol,de nuit", "unknown", ("cause=Vol,de nuit",)),
    ],
)
def test_commas_part_causes_only_where_each_is_known(cell: str, cause: str, kept: tuple[str, ...]) -> None:
    reader = reader_of(("title", "started_at", "cause"))
    incident = incident_of(reader.read(Row(2, ["Storm", "2025-09-12 22:00", cell])))
    assert incident.cause == cause
    assert incident.unmatched_values == kept
