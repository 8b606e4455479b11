"""Rows to records: what cells of every kind say, what follows from them, and how tools write them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from incidents import ImportOptions, Incident
from incidents.column_plan import plan_columns
from incidents.columns import RECORD_TYPES
from incidents.csv_import import MOMENTS, ReadRow, RowReader, cell_alone, made_id
from incidents.flat import from_flat, to_flat
from incidents.moment import utc_text
from incidents.table import Row

KNOWN = {"orange": "orange", "aws": "aws", "Box TV": "box-tv"}


class Some:
    def resolve(self, record_type: str, text: str) -> str | None:
        return KNOWN.get(text)

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        return ()


def rows(header: Sequence[str], *cells: Sequence[str], **options: object) -> list[ReadRow]:
    said = ImportOptions(**options)  # type: ignore[arg-type]
    names = tuple(header)
    reader = RowReader(names, plan_columns(names, said), said, Some())
    return [reader.read(Row(line, row)) for line, row in enumerate(cells, 2)]


def read(cells: dict[str, str], **options: object) -> ReadRow:
    given = {"id": "1", "title": "x", "started_at": "2026-02-01T10:00:00Z"} | cells
    return rows(tuple(given), tuple(given.values()), **options)[0]


def one(cells: dict[str, str], **options: object) -> Incident:
    row = read(cells, **options)
    assert isinstance(row.record, Incident), row.problems
    return row.record


def notes(cells: dict[str, str], **options: object) -> list[str]:
    return [note.message.format_map(dict(note.params)) for note in read(cells, **options).notes]


LISTS = {
    "a; b": ("a", "b"),
    "a | b": ("a", "b"),
    "a\nb": ("a", "b"),
    '["a", "b"]': ("a", "b"),
    "['a', \"l'eau\"]": ("a", "l'eau"),
    '"x;y";z': ("x;y", "z"),
    "": (),
}


@pytest.mark.parametrize(("cell", "expected"), LISTS.items())
def test_lists_are_taken_apart_however_they_are_written(cell: str, expected: tuple[str, ...]) -> None:
    assert one({"tags": cell}).tags == expected


def test_several_causes_in_a_cell_are_separate() -> None:
    record = one({"cause technique": "['Défaut de signalisation', \"Panne d'une rame\"]"})
    assert record.technical_cause == "Défaut de signalisation; Panne d'une rame"
    assert record.tags == ("Défaut de signalisation", "Panne d'une rame")


def test_a_text_of_its_own_column_stays_as_it_is() -> None:
    record = one({"technical_cause": "['a', 'b']"})
    assert (record.technical_cause, record.tags) == ("['a', 'b']", ())


def test_of_several_classes_the_first_is_taken_and_the_words_are_kept() -> None:
    record = one({"cause": '["erreur humaine", "malicious action", "squirrel"]'})
    assert record.cause == "human_error"
    assert record.unmatched_values == ("cause=malicious action", "cause=squirrel")


@pytest.mark.parametrize("nothing", ["?", "N/A", "n.c.", "-", "—", "null", "Unknown", "inconnu", "TBD"])
def test_words_for_nothing_say_nothing(nothing: str) -> None:
    columns = ("severity", "Date de fin", "affected", "Société", "durée")
    record = one(dict.fromkeys(columns, nothing))
    assert (record.severity, record.resolved_at, record.affected) == (None, None, None)
    assert (record.operator_id, record.duration, record.unmatched_values) == (None, None, ())


UNITS = {
    ("duration_seconds", "2400"): 40,
    ("Durée (min)", "40"): 40,
    ("Duration (hours)", "1.5"): 90,
    ("Durée (heures)", "1,5"): 90,
    ("Durée (jours)", "2"): 2880,
    ("duration", "40"): 40,
    ("Duration (hours)", "40 minutes"): 40,
}


@pytest.mark.parametrize(("given", "minutes"), UNITS.items())
def test_a_header_says_what_a_duration_counts(given: tuple[str, str], minutes: int) -> None:
    duration = one(dict([given])).duration
    assert duration is not None and (duration.low, duration.high) == (minutes, minutes)


ZONES = {
    "Fin (UTC)": "2026-02-01T12:00:00Z",
    "Fin (heure de Paris)": "2026-02-01T11:00:00Z",
    "Fin (America/New_York)": "2026-02-01T17:00:00Z",
    "end_time_utc": "2026-02-01T12:00:00Z",
}


@pytest.mark.parametrize(("header", "first"), ZONES.items())
def test_a_header_says_in_which_zone_its_times_are(header: str, first: str) -> None:
    end = one({header: "2026-02-01 12:00:00"}, timezone="Asia/Tokyo").resolved_at
    assert end is not None and end.earliest is not None and utc_text(end.earliest) == first


def test_moments_of_several_zones_read_back_from_the_store() -> None:
    days = {"started_at": "2 février 2026", "Fin (Pacific/Auckland)": "3 février 2026"}
    record = one(days, timezone="Pacific/Honolulu")
    assert from_flat("incident", to_flat(record), record.collection) == record
    assert record.resolved_at is not None and record.resolved_at.earliest is not None
    assert utc_text(record.resolved_at.earliest) == "2026-02-02T11:00:00Z"


def test_a_start_that_nobody_states_is_bounded_and_said_to_be_inferred() -> None:
    header = ("title", "aware_at", "reported_at")
    [row] = rows(header, ("x", "2026-02-03T10:00:00Z", "2026-02-02T10:00:00Z"))
    record = row.record
    assert isinstance(record, Incident) and record.started_at.latest is not None
    assert (record.started_at.value, record.started_at.earliest) == ("", None)
    assert utc_text(record.started_at.latest) == "2026-02-02T10:00:00Z"
    assert record.inferred_fields == ("started_at",)
    assert from_flat("incident", to_flat(record), record.collection) == record


def test_a_start_that_cannot_be_read_is_refused_all_the_same() -> None:
    [row] = rows(("title", "started_at", "reported_at"), ("x", "someday soon", "2026-02-02T10:00:00Z"))
    assert [problem.code for problem in row.problems] == ["not-a-date"]


def test_a_spreadsheet_number_is_a_date_only_where_that_is_said() -> None:
    [row] = rows(("title", "started_at"), ("x", "45912.9166667"))
    assert [problem.code for problem in row.problems] == ["spreadsheet-number"]
    record = one({"started_at": "45912.9166667"}, excel_dates=True, timezone="UTC")
    assert record.started_at.value == "2025-09-12T22:00:00+00:00"


def test_columns_may_differ_in_the_order_of_day_and_month() -> None:
    record = one(
        {"started_at": "01/02/2026", "resolved_at": "02/01/2026"},
        date_orders={"started_at": "DMY", "resolved_at": "MDY"},
    )
    assert record.resolved_at is not None
    assert (record.started_at.value, record.resolved_at.value) == ("2026-02-01", "2026-02-01")


ODD = {
    "lies in the future": {"started_at": "2027-01-01T10:00:00Z"},
    "before the start": {"reported_at": "2026-01-31T10:00:00Z"},
    "does not fit": {"resolved_at": "2026-02-01T11:00:00Z", "duration": "90 minutes"},
    "nobody affected": {"affected": "0"},
}


@pytest.mark.parametrize(("words", "cells"), ODD.items())
def test_what_is_odd_is_taken_and_said(words: str, cells: dict[str, str]) -> None:
    assert any(words in note for note in notes(cells, today=date(2026, 11, 23)))


def test_what_is_not_odd_is_not_talked_of() -> None:
    fitting = {"resolved_at": "2026-02-01T11:00:00Z", "duration": "60", "reported_at": "2026-02-01T10:00:00Z"}
    assert notes(fitting, today=date(2026, 2, 1)) == []


def test_words_of_a_tool_may_be_told() -> None:
    record = one({"severity": "SEV-X"}, value_words={"severity": {"sev-x": "critical"}})
    assert record.severity == "critical"


def test_prose_with_addresses_gives_the_addresses() -> None:
    record = one({"lien": "see https://example.org/a, and https://example.org/b."})
    assert record.source_urls == ("https://example.org/a", "https://example.org/b")
    assert one({"lien": "updates"}).unmatched_values == ("source_urls=updates",)


def test_a_date_and_a_time_that_both_say_ongoing_are_one_word() -> None:
    header = ("title", "Start date", "Start time", "End date", "End time")
    [row] = rows(header, ("x", "2026-02-01", "8:00 PM", "Ongoing", "Ongoing"), timezone="UTC")
    assert isinstance(row.record, Incident), row.problems
    assert (row.record.started_at.value, row.record.is_open) == ("2026-02-01T20:00:00+00:00", True)


TIMES = {
    "8:00 PM": "2026-02-01T20:00:00+00:00",
    "12:00 noon": "2026-02-01T12:00:00+00:00",
    "3:46 p..m.": "2026-02-01T15:46:00+00:00",
    "Midnight": "2026-02-01T00:00:00+00:00",
    "Unknown": "2026-02-01",
    "": "2026-02-01",
}


@pytest.mark.parametrize(("time", "value"), TIMES.items())
def test_a_time_of_its_own_column_belongs_to_its_date(time: str, value: str) -> None:
    header = ("title", "Date Event Began", "Time Event Began")
    [row] = rows(header, ("x", "02/01/2026", time), timezone="UTC", date_order="MDY")
    assert isinstance(row.record, Incident), row.problems
    assert row.record.started_at.value == value


TOOLS = {
    "ServiceNow": (
        {
            "number": "INC001",
            "short_description": "Mail down",
            "opened_at": "2026-02-01 10:00:00",
            "resolved_at": "2026-02-01 12:00:00",
            "closed_at": "2026-02-05 12:00:00",
            "priority": "1 - Critical",
            "state": "7",
            "caller_id": "Ann",
            "business_service": "Box TV",
            "close_notes": "Restarted",
        },
        ("INC001", "Mail down", "resolved", "critical", ("box-tv",), "2026-02-01T12:00:00+00:00"),
    ),
    "Jira Service Management": (
        {
            "Summary": "Portal down",
            "Issue key": "OPS-1",
            "Issue id": "9",
            "Status": "Done",
            "Priority": "Highest",
            "Created": "12/Sep/25 10:00 PM",
            "Resolved": "13/Sep/25 1:00 AM",
            "Affected services": "Box TV",
        },
        ("OPS-1", "Portal down", "resolved", "critical", ("box-tv",), "2025-09-13T01:00:00+00:00"),
    ),
    "PagerDuty": (
        {
            "id": "PX1",
            "incident_number": "12",
            "description": "Disk full",
            "service_id": "P0",
            "service_name": "Box TV",
            "created_on": "2026-02-01T10:00:00Z",
            "resolved_on": "2026-02-01T10:40:00Z",
            "seconds_to_resolve": "2400",
            "urgency": "high",
        },
        ("12", "Disk full", "resolved", "major", ("box-tv",), "2026-02-01T10:40:00+00:00"),
    ),
    "Statuspage": (
        {
            "id": "ab",
            "name": "API errors",
            "status": "postmortem",
            "impact": "major",
            "shortlink": "https://stspg.io/x",
            "created_at": "2026-02-01T10:00:00Z",
            "started_at": "2026-02-01T09:58:00Z",
            "monitoring_at": "2026-02-01T10:50:00Z",
            "resolved_at": "2026-02-01T11:00:00Z",
            "components": "Box TV",
        },
        ("ab", "API errors", "resolved", "major", ("box-tv",), "2026-02-01T11:00:00+00:00"),
    ),
    "GLPI": (
        {
            "ID": "77",
            "Titre": "Messagerie",
            "Entité": "Siège",
            "Statut": "Clos",
            "Date d'ouverture": "12-09-2025 22:00",
            "Date de résolution": "13-09-2025 01:30",
            "Priorité": "Très haute",
            "Demandeur": "Dupont",
        },
        ("77", "Messagerie", "resolved", "critical", (), "2025-09-13T01:30:00+00:00"),
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_export_of_a_ticket_tool_needs_no_mapping(tool: str) -> None:
    cells, expected = TOOLS[tool]
    options = ImportOptions(timezone="UTC", date_order="DMY")
    header = tuple(cells)
    plan = plan_columns(header, options)
    assert plan.tool == tool
    record = RowReader(header, plan, options, Some()).read(Row(2, tuple(cells.values()))).record
    assert isinstance(record, Incident) and record.resolved_at is not None
    seen = (
        record.id,
        record.title,
        record.status,
        record.severity,
        record.service_ids,
        record.resolved_at.value,
    )
    assert seen == expected


def test_an_id_that_is_made_belongs_to_its_profile() -> None:
    flat = {"title": "x", "operator_id": "orange", "started_at": "2026-02-01T10:00:00+00:00"}
    plain, named = made_id("incident", dict(flat)), made_id("incident", dict(flat), "Tickets")
    assert plain != named and plain.startswith("2026-02-01-") and named.startswith("2026-02-01-")
    assert named == made_id("incident", dict(flat), "Tickets")


def test_records_are_made_as_they_read_back() -> None:
    with (Path(__file__).parent.parent / "data" / "moments.csv").open(encoding="utf-8", newline="") as file:
        cells = [line["text"] for line in csv.DictReader(file)]
    found = rows(("title", "started_at"), *(("x", cell) for cell in cells), timezone="Europe/Paris")
    records = [row.record for row in found if row.record is not None]
    assert len(records) > 200
    for record in records:
        assert from_flat("incident", to_flat(record), record.collection) == record


def test_the_moments_of_an_incident_are_all_named() -> None:
    named = {column.name for column in RECORD_TYPES["incident"].columns if column.kind == "moment"}
    assert named == set(MOMENTS)


def test_a_cell_by_itself_is_read_as_in_its_row() -> None:
    severity = RECORD_TYPES["incident"].column("severity")
    operator = RECORD_TYPES["incident"].column("operator_id")
    assert severity is not None and operator is not None
    assert cell_alone(severity, " majeure ", ImportOptions(), Some()) == {"severity": "major"}
    assert cell_alone(severity, "maintenance", ImportOptions(), Some()) is None
    assert cell_alone(operator, "Nobody", ImportOptions(on_unknown="create"), Some()) is None
