"""Which column of a file means which field, and what is said of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.column_plan import PLAN_NOTES, ColumnPlan, ImportOptions, PlanError, plan_columns
from incidents.columns import RECORD_TYPES
from incidents.header_words import header_meanings
from incidents.templates import compiled

SPELT = {
    "id": "incident_id|IncidentNumber|incident-number|Incident Number:|N° incident|INCIDENT ID|Numéro d'incident"
    "|Identifiant",
    "title": "Titre|TITLE| Title |Intitulé|Short Description|short_description|Nom de l'incident",
    "started_at": "Start Date/Time (UTC)|startTime|Start_Date|Date de début|Heure de début (heure de Paris)"
    "|DateTimeStart"
    "|Début|Date d’ouverture|OpenedAt|downtime_start|Début de l’interruption|Date Event Began",
    "resolved_at": "End time|endDate|Date de fin|Resolved At|Résolu le|Date de clôture|closed_at|Date of Restoration",
    "duration": "duration_seconds|Durée (min)|Duration (hours)|durationMinutes|Durée de la panne|seconds_to_resolve",
    "affected": "Affected users|Clients touchés|Nombre d'abonnés|NumberOfCustomersAffected|Customers Affected",
    "operator_id": "Operator|Opérateur|CompanyName|Company Name_EN|Société",
    "service_ids": "Service|Affected services|service_name|Business Service|Components",
    "severity": "Severity|Gravité|Priorité|Priority|impact",
    "status": "Statut|State|IncidentStatus_EN|État",
    "cause": "Root cause|Cause racine|CauseCategory",
    "region": "Pays|Country|Localisation|Area affected",
    "timezone": "Time Zone|Fuseau horaire|tz",
    "aware_at": "DateAware|Date de connaissance|aware_at",
    "reported_at": "ReportedDate|Date du signalement|Date/année du signalement|reported at",
    "source_urls": "URL|Lien|Sources",
    "started_at_earliest": "started_at_earliest|Started At Earliest",
    "affected_low": "affected_low|AffectedLow",
}


@pytest.mark.parametrize(("field", "header"), [(f, h) for f, hs in SPELT.items() for h in hs.split("|")])
def test_headers_are_understood_however_they_are_spelt(field: str, header: str) -> None:
    assert field in [meaning.field for meaning in header_meanings("incident", header)][:1]


@pytest.mark.parametrize("header", ["colour", "Latitude", "", "—", "x" * 10_000, "Updated by", "12/09/2025"])
def test_other_headers_mean_nothing(header: str) -> None:
    assert header_meanings("incident", header) == ()


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_fields_and_synonyms_mean_their_own_column(name: str) -> None:
    for column in RECORD_TYPES[name].columns:
        for word in (column.name, *column.synonyms):
            assert header_meanings(name, word)[0].field == column.name, word


def plan(*header: str, **options: object) -> ColumnPlan:
    return plan_columns(header, ImportOptions(**options))  # type: ignore[arg-type]


def codes(made: ColumnPlan) -> set[str]:
    assert all("{" not in note.message.format_map(dict(note.params)) for note in made.notes)
    return {note.code for note in made.notes}


def test_the_zone_and_the_unit_in_a_header_hold_for_its_column() -> None:
    made = plan("id", "title", "Start (UTC)", "End (heure de Paris)", "Duration (hours)")
    assert made.zones == {"started_at": "UTC", "resolved_at": "Europe/Paris"}
    assert made.units == {"duration": "hours"}
    assert codes(made) == {"zone-of-header", "unit-of-header"}
    assert plan("id", "title", "start", "seconds_to_resolve").units == {"duration": "seconds"}
    assert plan("id", "title", "start", "Durée (min)").units == {}
    mapped = plan("a", "b (UTC)", "c", mapping={"title": "{a}", "started_at": "{b (UTC)}"})
    assert mapped.zones == {"started_at": "UTC"}


PREFERRED = {
    # header -> field, the column that is taken
    "id,title,started_at,created_at": ("started_at", "started_at"),
    "id,title,created_at,opened_at,start": ("started_at", "start"),
    "id,title,start,closed_at,resolved_at": ("resolved_at", "resolved_at"),
    "id,title,start,closed_at,resolved on": ("resolved_at", "resolved on"),
    "number,short_description,title,start": ("title", "title"),
    "id,title,start,urgency,impact,priority,severity": ("severity", "severity"),
    "id,title,start,urgency,priority": ("severity", "priority"),
    "number,id,title,start": ("id", "id"),
}


@pytest.mark.parametrize("header", PREFERRED)
def test_of_two_headers_for_one_field_the_better_is_taken_and_said(header: str) -> None:
    field, column = PREFERRED[header]
    for names in (header.split(","), header.split(",")[::-1]):
        made = plan(*names)
        assert made.targets[field] == "{" + column + "}"
        assert "two-columns" in codes(made)
        assert set(made.unused) == set(names) - {t.strip("{}") for t in made.targets.values()}


def test_two_equally_good_headers_are_asked_for() -> None:
    with pytest.raises(PlanError) as caught:
        plan("id", "title", "start", "début")
    assert caught.value.code == "two-columns"
    assert plan("id", "title", "start", "début", mapping={"started_at": "{début}"}).unused == ("start",)


def test_a_date_and_the_time_of_day_beside_it_are_read_together() -> None:
    made = plan("id", "titre", "Date de début", "Heure de début", "Date de fin", "Heure de fin")
    assert made.targets["started_at"] == "{Date de début} {Heure de début}"
    assert made.targets["resolved_at"] == "{Date de fin} {Heure de fin}"
    assert "date-and-time" in codes(made)
    american = plan(
        "Event Type", "Date Event Began", "Time Event Began", "Time of Restoration", "Date of Restoration"
    )
    assert american.targets["started_at"] == "{Date Event Began} {Time Event Began}"
    assert american.targets["resolved_at"] == "{Date of Restoration} {Time of Restoration}"


def test_an_unknown_header_stops_a_file_of_which_little_is_known() -> None:
    with pytest.raises(PlanError) as caught:
        plan("id", "title", "started_at", "colour")
    assert (caught.value.code, caught.value.params["column"]) == ("unknown-column", "colour")
    assert plan("id", "title", "started_at", "colour", ignore_unknown=True).unused == ("colour",)
    assert plan("id", "title", "started_at", "colour", ignored=("Colour",)).unused == ()
    assert plan("id", "title", "started_at", "colour", profile="mine").unused == ("colour",)


def test_where_enough_is_known_unknown_headers_are_left_out_and_named() -> None:
    made = plan("id", "title", "started_at", "resolved_at", "severity", "colour", "weight")
    assert made.unused == ("colour", "weight")
    [note] = made.notes
    assert (note.code, note.params["columns"]) == ("left-out", "colour, weight")


def test_a_misspelt_field_stops_the_file_even_then() -> None:
    with pytest.raises(PlanError) as caught:
        plan("id", "title", "started_at", "resolved_at", "severity", "sumary")
    assert caught.value.params["column"] == "sumary"
    assert "summary" in str(caught.value.params["near"])


def test_what_the_user_says_comes_first() -> None:
    made = plan(
        "Ref",
        "Name",
        "Title",
        "Opened",
        mapping={"title": "{name} ({ref})", "id": "Ref"},
        constants={"region": "{FR}"},
    )
    assert made.targets["title"] == "{Name} ({Ref})"
    assert made.targets["id"] == "{Ref}"
    assert made.targets["started_at"] == "{Opened}"
    assert (
        compiled(made.targets["region"], ("Ref", "Name", "Title", "Opened"))(("1", "2", "3", "4")) == "{FR}"
    )
    assert made.unused == ("Title",)


FAULTS = {
    "unknown-field": {"mapping": {"begin": "{a}"}},
    "unknown-column": {"mapping": {"title": "{nowhere}"}},
    "missing-column": {"mapping": {"title": "{a}"}},
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_mapping_that_does_not_fit_is_told(code: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan("a", "b", **FAULTS[code])
    assert caught.value.code == code
    assert "{" not in str(caught.value)
    assert caught.value.hint


def test_own_columns_are_told_from_borrowed_names() -> None:
    made = plan("id", "Titre", "started_at", "operator_id")
    assert {"id", "started_at", "operator_id"} <= made.own
    assert "title" not in made.own


def test_columns_of_one_name_are_read_together_where_the_field_is_a_list() -> None:
    made = plan("id", "title", "start", "Affected services", "Affected services (2)", "Affected services (3)")
    assert (
        made.targets["service_ids"] == "{Affected services}; {Affected services (2)}; {Affected services (3)}"
    )
    assert (made.unused, codes(made)) == ((), {"gathered"})
    assert plan("id", "name", "name (2)", "start").targets["title"] == "{name}"


def test_the_id_may_serve_a_template_too_and_groups_have_the_id_that_they_share() -> None:
    assert plan("number", "start", mapping={"title": "Ticket {number}"}).targets["id"] == "{number}"
    assert (
        plan("Name", "start", "Case", mapping={"title": "{Name}"}, group_by="case").targets["id"] == "{Case}"
    )
    assert "id" not in plan("number", "start", mapping={"title": "{number}"}).targets


def test_an_unmapped_field_stays_silent() -> None:
    silent = plan("id", "title", "started_at").silent_fields("incident")
    assert {"summary", "severity", "tags", "unmatched_values"} <= silent
    assert not {"id", "title", "started_at", "started_at_words"} & silent
    assert "unmatched_values" not in plan("id", "title", "start", "cause").silent_fields("incident")


@given(st.lists(st.text(max_size=15), max_size=8, unique=True))
def test_any_header_gives_a_plan_or_a_reason(header: list[str]) -> None:
    try:
        made = plan_columns(tuple(header), ImportOptions())
    except PlanError as error:
        assert error.code in ("missing-column", "unknown-column", "two-columns")
        return
    assert "title" in made.targets
    assert any(field.startswith("started_at") for field in made.targets)
    assert all(note.code in PLAN_NOTES for note in made.notes)


@pytest.mark.parametrize("zone", ["America/NewYork", "+02:00", "europe/paris"])
def test_a_zone_for_every_row_that_is_none_stops_the_file_at_once(zone: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan_columns(("id", "title", "started_at"), ImportOptions(constants={"timezone": zone}))
    assert (caught.value.code, caught.value.params["zone"]) == ("unknown-zone", zone)


@pytest.mark.parametrize("zone", ["America/New_York", " Europe/Paris ", "UTC", ""])
def test_a_zone_for_every_row_is_taken(zone: str) -> None:
    plan = plan_columns(("id", "title", "started_at"), ImportOptions(constants={"timezone": zone}))
    assert plan.targets["timezone"].strip() == zone.strip()
