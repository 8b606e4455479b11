"""A form of texts becomes an incident: read as an import reads, what nobody touched is kept, what is wrong is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from incidents import (
    FORM_COLUMNS,
    RECORD_TYPES,
    Amount,
    Incident,
    Part,
    Query,
    Store,
    StoreLookup,
    changed_columns,
    read_form,
    read_moment,
    utc_text,
)

ABOUT = "12 septembre 2025 vers 22h"


@pytest.fixture(scope="module")
def lookup(bundled: Store) -> StoreLookup:
    return StoreLookup(bundled)


def typed(**texts: str) -> dict[str, str]:
    """Give the texts of an empty form but for those named."""
    return {**dict.fromkeys(FORM_COLUMNS, ""), **texts}


def entered(lookup: StoreLookup, **texts: str) -> Incident:
    draft = read_form(typed(**texts), lookup=lookup)
    assert draft.problems == ()
    assert draft.incident is not None
    return draft.incident


def own(**changes: object) -> Incident:
    start = read_moment(ABOUT, zone="Europe/Paris").moment
    assert start is not None
    made = Incident(id="own-1", collection="own", title="Own", status="resolved", started_at=start)
    return replace(made, timezone="Europe/Paris", **changes)  # type: ignore[arg-type]


def test_a_title_and_a_start_are_enough(lookup: StoreLookup) -> None:
    incident = entered(lookup, title="Television down", started_at=ABOUT)
    assert incident.started_at.earliest is not None and incident.started_at.latest is not None
    assert utc_text(incident.started_at.earliest) == "2025-09-12T19:45:00Z"
    assert utc_text(incident.started_at.latest) == "2025-09-12T20:15:00Z"
    assert incident.started_at.words == ABOUT
    assert (incident.status, incident.cause, incident.collection) == ("resolved", "unknown", "own")
    assert incident.id.startswith("2025-09-12-")


def test_the_same_form_gives_the_same_id(lookup: StoreLookup) -> None:
    first = entered(lookup, title="Television down", started_at=ABOUT)
    again = entered(lookup, title="Television down", started_at=ABOUT, summary="More is known.")
    assert first.id == again.id


def test_every_field_is_read_by_its_column(lookup: StoreLookup) -> None:
    incident = entered(
        lookup,
        id="INC-7",
        title="Télévision coupée",
        started_at="12/09/2025 22:00",
        resolved_at="12/09/2025 22:40",
        duration="une quarantaine de minutes",
        timezone="Europe/Paris",
        operator_id="Orange",
        providers="Amazon Web Services:supplier",
        service_ids="orange-tv-livebox",
        affected="plus de dix millions",
        affected_unit="subscribers",
        region="FR; BE",
        cause="system_failure",
        severity="major",
        third_party="yes",
        source_urls="https://example.org/a; https://example.org/b",
        inferred_fields="severity; cause",
        tags="prime-time",
    )
    assert incident.id == "INC-7"
    assert incident.started_at.value == "2025-09-12T22:00:00+02:00"
    assert incident.duration == Amount(35, 45, 40, "une quarantaine de minutes")
    assert (
        incident.affected is not None
        and incident.affected.low == 10_000_000
        and incident.affected.high is None
    )
    assert incident.providers == (Part("orange", "operator"), Part("aws", "supplier"))
    assert incident.region == ("FR", "BE")
    assert incident.inferred_fields == ("severity", "cause")
    assert incident.source_urls == ("https://example.org/a", "https://example.org/b")


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("title", "", "missing"),
        ("started_at", "", "missing"),
        ("started_at", "31/02/2025", "impossible-date"),
        ("started_at", "soon", "not-a-date"),
        ("timezone", "Mars/Olympus", "unknown-zone"),
        ("operator_id", "Nobody at all", "unknown-provider"),
        ("providers", "Nobody at all:supplier", "unknown-provider"),
        ("providers", "aws:owner", "unknown-role"),
        ("service_ids", "no such service", "unknown-service"),
        ("source_urls", "example.org", "bad-address"),
        ("duration", "-5", "negative"),
        ("affected", "several", "not-a-number"),
        ("resolved_at", "11/09/2025 10:00", "end-before-start"),
        ("summary", "x" * 20_001, "too-long"),
        ("title", "a\x00b", "control-characters"),
    ],
)
def test_what_is_wrong_is_said_of_its_own_field(
    lookup: StoreLookup, column: str, text: str, code: str
) -> None:
    texts = typed(**{"title": "T", "started_at": "12/09/2025 22:00", column: text})
    draft = read_form(texts, lookup=lookup)
    assert draft.incident is None
    assert [(problem.column, problem.code) for problem in draft.problems] == [(column, code)]
    assert draft.problems[0].hint


def test_all_that_is_wrong_is_said_at_once(lookup: StoreLookup) -> None:
    draft = read_form(typed(started_at="soon", duration="-5"), lookup=lookup)
    assert {problem.column for problem in draft.problems} == {"title", "started_at", "duration"}


def test_a_time_without_a_zone_is_said_to_be_taken_as_the_default(lookup: StoreLookup) -> None:
    draft = read_form(typed(title="T", started_at="12/09/2025 22:00"), lookup=lookup, zone="Asia/Tokyo")
    assert draft.incident is not None and draft.incident.started_at.value == "2025-09-12T22:00:00+09:00"
    assert "started_at" in [remark.column for remark in draft.remarks]


def test_an_incident_that_nobody_touched_is_the_same(bundled: Store, lookup: StoreLookup) -> None:
    incidents = bundled.find(Query()).incidents
    assert len(incidents) > 90
    for incident in incidents:
        shown = {column: f"whatever stands in {column}" for column in FORM_COLUMNS if column != "timezone"}
        draft = read_form(shown, lookup=lookup, before=incident, untouched=tuple(shown))
        assert draft.incident == incident, draft.problems


def test_one_changed_text_changes_one_column(bundled: Store, lookup: StoreLookup) -> None:
    before = bundled.get("incident", "2025-09-12-orange-livebox-tv")
    assert isinstance(before, Incident)
    draft = read_form({"started_at": "12 septembre 2025 vers 22h15"}, lookup=lookup, before=before)
    assert draft.incident is not None
    assert changed_columns(before, draft.incident) == ("started_at",)
    assert draft.incident.started_at.words == "12 septembre 2025 vers 22h15"
    assert draft.incident.collection == "bundled"


def test_the_id_of_a_record_cannot_be_changed(lookup: StoreLookup) -> None:
    draft = read_form({"id": "another"}, lookup=lookup, before=own())
    assert draft.incident == own()


def test_another_operator_takes_the_place_of_the_old_one(lookup: StoreLookup) -> None:
    before = own(operator_id="orange", providers=(Part("aws", "supplier"), Part("orange", "operator")))
    draft = read_form({"operator_id": "sfr"}, lookup=lookup, before=before)
    assert draft.incident is not None
    assert draft.incident.operator_id == "sfr"
    assert set(draft.incident.providers) == {Part("sfr", "operator"), Part("aws", "supplier")}


def test_an_end_that_is_entered_closes_an_open_incident(lookup: StoreLookup) -> None:
    draft = read_form({"resolved_at": "12/09/2025 23:00"}, lookup=lookup, before=own(status="monitoring"))
    assert draft.incident is not None and draft.incident.status == "resolved"


def test_an_end_and_a_status_that_are_both_entered_stand(lookup: StoreLookup) -> None:
    draft = read_form(
        {"resolved_at": "12/09/2025 23:00", "status": "identified"},
        lookup=lookup,
        before=own(status="monitoring"),
    )
    assert draft.incident is not None and draft.incident.status == "identified"


def test_an_end_can_be_taken_back(lookup: StoreLookup) -> None:
    end = read_moment("2025-09-12 23:00", zone="Europe/Paris").moment
    draft = read_form({"resolved_at": ""}, lookup=lookup, before=own(resolved_at=end))
    assert draft.incident is not None and draft.incident.resolved_at is None


def test_the_words_of_the_source_stay_until_the_column_is_settled(lookup: StoreLookup) -> None:
    before = own(unmatched_values=("cause=gremlins; again", "severity=huge"))
    untouched = read_form({"summary": "More."}, lookup=lookup, before=before)
    assert untouched.incident is not None
    assert untouched.incident.unmatched_values == before.unmatched_values
    settled = read_form({"cause": "human_error"}, lookup=lookup, before=before)
    assert settled.incident is not None
    assert settled.incident.unmatched_values == ("severity=huge",)


@pytest.mark.parametrize("text", ["=1+1", "'quoted", "+33 down", "@home", "-", "'=x", "{title}", "a{{b"])
def test_a_text_is_kept_as_it_was_typed(lookup: StoreLookup, text: str) -> None:
    assert entered(lookup, title=text, started_at=ABOUT).title == text


def test_lines_of_a_text_are_kept(lookup: StoreLookup) -> None:
    incident = entered(lookup, title="T", started_at=ABOUT, summary="First.\r\nSecond.\r\n")
    assert incident.summary == "First.\nSecond."


def test_the_form_has_every_column_that_a_person_can_fill() -> None:
    names = {column.name for column in RECORD_TYPES["incident"].columns}
    assert names - set(FORM_COLUMNS) == {"unmatched_values"}
