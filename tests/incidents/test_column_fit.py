"""What the first values of a column say against its header, and which column is proposed for a missing field."""

from __future__ import annotations

import pytest

from incidents.column_fit import likely_column, only_choices
from incidents.column_plan import ColumnPlan, ImportOptions, PlanError, plan_columns
from incidents.columns import RECORD_TYPES

INCIDENT = RECORD_TYPES["incident"]


def plan(header: str, *rows: str, **options: object) -> ColumnPlan:
    cells = [row.split(",") for row in rows]
    return plan_columns(header.split(","), ImportOptions(**options), cells)  # type: ignore[arg-type]


def said(made: ColumnPlan) -> dict[str, object]:
    return {note.code: note.params["first"] for note in made.notes if "first" in note.params}


def test_a_state_that_is_a_place_is_a_region() -> None:
    made = plan("id,title,started_at,STATE", "1,Storm,2025-09-12,Texas", "2,Storm,2025-09-13,'Kansas'")
    assert made.targets["region"] == "{STATE}"
    assert "status" not in made.targets
    assert said(made) == {"other-meaning": "STATE"}


def test_a_state_with_one_status_among_its_values_is_a_status() -> None:
    made = plan(
        "id,title,started_at,State", "1,Storm,2025-09-12,Waiting for parts", "2,Storm,2025-09-13,Closed"
    )
    assert made.targets["status"] == "{State}"


@pytest.mark.parametrize("cell", ["", "?", "Unknown", "n/a"])
def test_a_column_that_says_nothing_is_taken_by_its_header(cell: str) -> None:
    made = plan("id,title,started_at,State", f"1,Storm,2025-09-12,{cell}")
    assert made.targets["status"] == "{State}"


def test_a_field_s_own_name_is_taken_whatever_is_in_it() -> None:
    made = plan("id,title,started_at,status,Severity", "1,Storm,2025-09-12,sleepy,awful")
    assert {"status", "severity"} <= made.targets.keys()
    assert made.notes == ()


def test_a_column_that_could_be_nothing_else_is_left_out_and_said() -> None:
    made = plan("id,title,started_at,Urgency", "1,Storm,2025-09-12,call Bob")
    assert "severity" not in made.targets
    assert made.unused == ("Urgency",)
    assert said(made) == {"no-fit": "Urgency"}


def test_words_with_a_meaning_of_the_user_s_own_fit() -> None:
    words = {"severity": {"call Bob": "major"}}
    made = plan("id,title,started_at,Urgency", "1,Storm,2025-09-12,call Bob", value_words=words)
    assert made.targets["severity"] == "{Urgency}"


def test_words_of_a_cause_that_are_not_known_are_kept_under_its_name() -> None:
    made = plan("id,title,started_at,Root cause", "1,Storm,2025-09-12,Certificate expired")
    assert made.targets["cause"] == "{Root cause}"


@pytest.mark.parametrize(
    ("value", "field"), [("Acte interne accidentel", "cause"), ("Pump 4 leaked", "technical_cause")]
)
def test_causes_are_classes_or_words(value: str, field: str) -> None:
    made = plan("id,title,started_at,Causes", f"1,Storm,2025-09-12,{value}")
    assert made.targets[field] == "{Causes}"


def test_a_time_without_a_digit_is_no_time() -> None:
    made = plan("id,title,started_at,Finished", "1,Storm,2025-09-12,yes", "2,Storm,2025-09-12,no")
    assert "resolved_at" not in made.targets


def test_incident_is_an_id_or_a_title() -> None:
    marks = plan("Incident,title,Date", "I-1,Storm,12/09/2025")
    words = plan("Incident,Date", "The lift of the north tower stopped,12/09/2025")
    assert marks.targets["id"] == "{Incident}"
    assert words.targets["title"] == "{Incident}"


@pytest.mark.parametrize(
    "header", ["Event Start,Event End", "Event Began,Event Ended", "EventStart,EventEnd"]
)
def test_start_and_end_of_an_event_are_known(header: str) -> None:
    start, end = header.split(",")
    made = plan(f"Event Type,{header}", "Storm,2021-01-02 10:28:00,2021-01-02 10:29:00")
    assert made.targets["started_at"] == f"{{{start}}}"
    assert made.targets["resolved_at"] == f"{{{end}}}"


def test_the_hint_for_a_missing_start_names_a_column_of_dates() -> None:
    with pytest.raises(PlanError) as caught:
        plan("Month,Nr,title,Day it was", "January,17,Storm in the north,12/09/2025", ignore_unknown=True)
    assert caught.value.params["maps"] == "--map 'started_at={Day it was}'"


def test_the_hint_for_what_is_missing_names_a_column_for_each() -> None:
    with pytest.raises(PlanError) as caught:
        plan("Nr,Day it was,Went wrong", "17,12 Sept 2025,Lift of the north tower stopped")
    assert caught.value.code == "missing-column"
    assert caught.value.params["maps"] == "--map 'title={Went wrong}' --map 'started_at={Day it was}'"


def test_no_column_of_dates_is_made_up() -> None:
    started = INCIDENT.column("started_at")
    assert started is not None
    assert likely_column(started, {"a": ["17", "18"], "b": ["x y", ""]}, frozenset()) is None


def test_all_unknown_columns_are_told_at_once() -> None:
    with pytest.raises(PlanError) as caught:
        plan("title,started_at,Colour,Shape,Taste")
    assert caught.value.params["columns"] == "Colour, Shape, Taste"


def test_another_word_is_no_slip_of_the_pen() -> None:
    made = plan("id,title,started_at,status,severity,resolved_by", "1,Storm,2025-09-12,open,major,Bob")
    assert made.unused == ("resolved_by",)


def test_entity_of_a_ticket_tool_is_no_operator() -> None:
    made = plan("id,title,started_at,Entité", "1,Storm,2025-09-12,Racine > Siège", ignore_unknown=True)
    assert "operator_id" not in made.targets


def test_a_cell_of_several_words_counts_where_each_is_a_choice() -> None:
    cause = INCIDENT.column("cause")
    assert cause is not None
    assert only_choices(cause, ["Vol,Piratage", "", "?"], {})
    assert not only_choices(cause, ["Vol,de nuit"], {})
    assert not only_choices(cause, ["Vol", "Pump 4 leaked"], {})
    assert not only_choices(cause, ["", "Unknown"], {})


def test_one_description_among_causes_makes_all_of_them_descriptions() -> None:
    made = plan("id,title,started_at,Causes", "1,Storm,2025-09-12,Vol", "2,Storm,2025-09-13,Pump 4 leaked")
    assert made.targets["technical_cause"] == "{Causes}"
    assert made.notes == ()
