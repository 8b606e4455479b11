"""Small files in the shapes that real ones have, through the whole import: each row accounted for, each bound right."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from incidents import ImportOptions, ImportReport, Incident, Moment, Store, import_file, utc_text
from tests.incidents.conftest import AT


def load(store: Store, data: str | bytes, **options: object) -> ImportReport:
    text = data.encode() if isinstance(data, str) else data
    return import_file(store, text, ImportOptions(**options), actor="officer", at=AT)  # type: ignore[arg-type]


def incident(store: Store, record_id: str) -> Incident:
    found = store.get("incident", record_id)
    assert isinstance(found, Incident), record_id
    return found


def bounds(moment: Moment | None) -> tuple[str, str] | None:
    """Give the first and the last second, in UTC."""
    if moment is None:
        return None
    assert moment.earliest is not None and moment.latest is not None
    return utc_text(moment.earliest), utc_text(moment.latest)


def fates(report: ImportReport) -> dict[int, str]:
    assert report.read == len(report.rows) == sum(report.counts.values())
    return {row.line: row.outcome for row in report.rows}


def refused(report: ImportReport) -> list[tuple[int, str, str, str]]:
    return [(p.line, p.column, p.value, p.code) for p in report.problems]


# As a spreadsheet in France saves it: semicolons, windows-1252, days before months.
FRENCH = (
    "N° incident;Intitulé;Opérateur;Date de début;Date de fin;Gravité;Abonnés touchés;Cause\r\n"
    "F-1;Coupure à Évry – cœur de réseau;Orange;03/02/2026 10:00;03/02/2026 11:30;Majeure;80 000;erreur humaine\r\n"
    'F-2;"Panne ; chaîne n° 3";SFR;25/12/2025;;Mineure;environ 300;défaillance du système\r\n'
    "F-3;Câble sectionné;Free;31/02/2026 10:00;;Critique;;\r\n"
    "F-4;Œuvres;Orange;29/03/2026 02:30;;;12,5 M;\r\n"
)


def test_a_french_spreadsheet_is_read_to_the_minute_and_the_sign(empty: Store) -> None:
    load(
        empty,
        "id,name,kind\norange,Orange,operator\nsfr,SFR,operator\nfree,Free,operator\n",
        record_type="provider",
    )
    report = load(empty, FRENCH.encode("cp1252"))
    assert (report.encoding, report.delimiter) == ("windows-1252", ";")
    first, second = incident(empty, "F-1"), incident(empty, "F-2")
    assert first.title == "Coupure à Évry – cœur de réseau"
    assert (first.operator_id, first.severity, first.cause) == ("orange", "major", "human_error")
    assert bounds(first.started_at) == ("2026-02-03T09:00:00Z", "2026-02-03T09:00:59Z")
    assert bounds(first.resolved_at) == ("2026-02-03T10:30:00Z", "2026-02-03T10:30:59Z")
    assert first.affected is not None and (first.affected.low, first.affected.high) == (80_000, 80_000)
    assert first.affected_unit == "subscribers"
    assert second.title == "Panne ; chaîne n° 3"
    assert bounds(second.started_at) == ("2025-12-24T23:00:00Z", "2025-12-25T22:59:59Z")
    assert second.affected is not None and second.affected.low is not None and second.affected.low < 300
    assert fates(report)[4] == "rejected"
    assert (4, "Date de début", "31/02/2026 10:00", "impossible-date") in refused(report)
    assert next(row.cells for row in report.rows if row.line == 4)[1] == "Câble sectionné"


def test_a_time_that_the_clocks_skip_is_refused_with_both_readings(empty: Store) -> None:
    report = load(empty, FRENCH.encode("cp1252"))
    [problem] = [p for p in report.problems if p.line == 5]
    assert (problem.code, problem.value) == ("dst-gap", "29/03/2026 02:30")
    assert "03:30" in str(problem.params) and "01:30" in str(problem.params)


# As American authorities write: the date in one column, the time in words in another, and words for what is not known.
AMERICAN = (
    "Event ID,Event Type,Date Event Began,Time Event Began,Date of Restoration,Time of Restoration,Customers Affected\n"
    'U-1,Storm,02/13/2026,8:00 PM,02/14/2026,12:00 noon,"420,000"\n'
    "U-2,Fire,02/13/2026,Midnight,Unknown,Unknown,Approx. 300\n"
    "U-3,Theft,02/13/2026,3:46 p..m.,Ongoing,Ongoing,200-250\n"
    "U-4,Fault,02/03/2026,Unknown,02/04/2026,.,N/A\n"
    "U-5,Fault,soon,8:00 AM,02/04/2026,9:00 AM,5\n"
)
AMERICAN_MAP = {
    "id": "{Event ID}",
    "title": "{Event Type}",
    "started_at": "{Date Event Began} {Time Event Began}",
    "resolved_at": "{Date of Restoration} {Time of Restoration}",
    "affected": "{Customers Affected}",
}


def test_american_dates_beside_times_in_words_get_their_bounds(empty: Store) -> None:
    report = load(empty, AMERICAN, mapping=AMERICAN_MAP, timezone="America/New_York")
    assert fates(report) == {2: "added", 3: "added", 4: "added", 5: "added", 6: "rejected"}
    assert [(line, code) for line, _, _, code in refused(report)] == [(6, "not-a-date")]
    assert "soon" in report.problems[0].value
    first = incident(empty, "U-1")
    assert bounds(first.started_at) == ("2026-02-14T01:00:00Z", "2026-02-14T01:00:59Z")
    end = bounds(first.resolved_at)
    assert end is not None and end[0] == "2026-02-14T17:00:00Z"
    assert first.affected is not None and first.affected.low == 420_000
    second = incident(empty, "U-2")
    assert (second.resolved_at, second.is_open) == (None, False)
    assert (
        second.affected is not None and second.affected.low is not None and second.affected.high is not None
    )
    assert second.affected.low < 300 < second.affected.high
    third = incident(empty, "U-3")
    assert (third.resolved_at, third.is_open) == (None, True)
    assert bounds(third.started_at) == ("2026-02-13T20:46:00Z", "2026-02-13T20:46:59Z")
    assert third.affected is not None and (third.affected.low, third.affected.high) == (200, 250)
    # A time that nobody knows leaves the day: nothing is made up.
    fourth = incident(empty, "U-4")
    assert bounds(fourth.started_at) == ("2026-02-03T05:00:00Z", "2026-02-04T04:59:59Z")
    assert fourth.affected is None


# A page of several lines in a cell, and rows that are one incident together.
GROUPED = (
    "Ref,What,Began,Supplier\n"
    'G-1,"Network down\nfrom the north\n\nto the south",2026-02-01T10:00:00Z,aws\n'
    "G-2,Mail,2026-02-02T10:00:00Z,aws\n"
    'G-1,"Network down\nfrom the north\n\nto the south",2026-02-01T10:00:00Z,free\n'
    "G-3,Disk,never heard of,aws\n"
    "G-3,Disk,2026-02-03T10:00:00Z,aws\n"
)
GROUPED_MAP = {"id": "{Ref}", "title": "{What}", "started_at": "{Began}", "providers": "{Supplier}"}


def test_rows_of_one_incident_are_joined_and_line_breaks_stay(store: Store) -> None:
    report = load(store, GROUPED, mapping=GROUPED_MAP, group_by="Ref")
    assert fates(report) == {2: "added", 6: "added", 7: "duplicate", 11: "rejected", 12: "added"}
    assert refused(report) == [(11, "Began", "never heard of", "not-a-date")]
    joined = incident(store, "G-1")
    assert joined.title.splitlines() == ["Network down", "from the north", "", "to the south"]
    assert [part.provider_id for part in joined.providers] == ["aws", "free"]
    assert not any(note.message == "" for row in report.rows for note in row.notes)


# A log of a ticket tool: one row an event, `?` where a cell is not known.
LOG = (
    "number,incident_state,active,opened_at,resolved_at,impact,location\n"
    "T-1,New,true,29/2/2016 01:16,29/2/2016 11:29,2 - Medium,Location 143\n"
    "T-1,Resolved,true,29/2/2016 01:16,29/2/2016 11:29,2 - Medium,Location 143\n"
    "T-1,Closed,false,29/2/2016 01:16,29/2/2016 11:29,2 - Medium,?\n"
    "T-2,Closed,false,1/3/2016 04:40,?,1 - High,?\n"
    "T-3,Closed,false,?,?,3 - Low,Location 7\n"
)
LOG_MAP = {
    "id": "{number}",
    "title": "{number}",
    "started_at": "{opened_at}",
    "resolved_at": "{resolved_at}",
    "severity": "{impact}",
    "region": "{location}",
}


def test_a_log_of_events_becomes_one_incident_a_ticket(empty: Store) -> None:
    report = load(empty, LOG, mapping=LOG_MAP, group_by="number", ignore_unknown=True, timezone="UTC")
    assert fates(report) == {2: "added", 3: "duplicate", 4: "duplicate", 5: "added", 6: "rejected"}
    assert [(line, column, code) for line, column, _, code in refused(report)] == [
        (6, "opened_at", "missing")
    ]
    first, second = incident(empty, "T-1"), incident(empty, "T-2")
    assert bounds(first.started_at) == ("2016-02-29T01:16:00Z", "2016-02-29T01:16:59Z")
    assert bounds(first.resolved_at) == ("2016-02-29T11:29:00Z", "2016-02-29T11:29:59Z")
    assert (second.resolved_at, second.region) == (None, ())
    assert bounds(second.started_at) == ("2016-03-01T04:40:00Z", "2016-03-01T04:40:59Z")


def test_each_event_of_a_log_is_accounted_for_without_grouping(empty: Store) -> None:
    report = load(empty, LOG, mapping=LOG_MAP, ignore_unknown=True, timezone="UTC")
    outcomes = fates(report)
    assert outcomes == {2: "added", 3: "rejected", 4: "rejected", 5: "added", 6: "rejected"}
    codes = {line: code for line, _, _, code in refused(report)}
    assert codes == {3: "two-rows-one-id", 4: "two-rows-one-id", 6: "missing"}


HOSTILE: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "a quote within a field": (
        'id,title,started_at\nH-1,The 5" disk,2026-02-01T10:00Z\nH-2,After it,2026-02-01T10:00Z\n',
        {"H-1": 'The 5" disk', "H-2": "After it"},
    ),
    "quotes doubled": (
        'id,title,started_at\nH-1,"The ""big"" one, at last",2026-02-01T10:00Z\nH-2,b,2026-02-01T10:00Z\n',
        {"H-1": 'The "big" one, at last', "H-2": "b"},
    ),
    "quotes with a backslash": (
        'id,title,started_at\nH-1,"The \\"big\\" one, at last",2026-02-01T10:00Z\nH-2,"b, c",2026-02-01T10:00Z\n',
        {"H-1": 'The "big" one, at last', "H-2": "b, c"},
    ),
    "single quotes": (
        "id,title,started_at\n'H-1','a, b','2026-02-01T10:00Z'\n'H-2','c, d','2026-02-01T10:00Z'\n",
        {"H-1": "a, b", "H-2": "c, d"},
    ),
    "a comma and a line break in quotes": (
        'id,title,started_at\nH-1,"a,\nb",2026-02-01T10:00Z\nH-2,c,2026-02-01T10:00Z\n',
        {"H-1": "a,\nb", "H-2": "c"},
    ),
    "a semicolon and a space": (
        "id; title; started_at\nH-1; a, b; 2026-02-01T10:00Z\nH-2; c; 2026-02-01T10:00Z\n",
        {"H-1": "a, b", "H-2": "c"},
    ),
    "line ends of three kinds": (
        "id,title,started_at\r\nH-1,a,2026-02-01T10:00Z\rH-2,b,2026-02-01T10:00Z\nH-3,c,2026-02-01T10:00Z",
        {"H-1": "a", "H-2": "b", "H-3": "c"},
    ),
    "lines before the header": (
        "Incidents of 2026\nmade on Monday\n\nid,title,started_at\nH-1,a,2026-02-01T10:00Z\nH-2,b,2026-02-01T10:00Z\n",
        {"H-1": "a", "H-2": "b"},
    ),
    "the header again in the middle": (
        "id,title,started_at\nH-1,a,2026-02-01T10:00Z\nid,title,started_at\nH-2,b,2026-02-01T10:00Z\n",
        {"H-1": "a", "H-2": "b"},
    ),
}


@pytest.mark.parametrize(("text", "titles"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_quoting_and_layout_lose_no_row(empty: Store, text: str, titles: Mapping[str, str]) -> None:
    report = load(empty, text)
    assert report.rejected == 0 and report.added == report.read == len(titles), refused(report)
    assert {record.id: getattr(record, "title", "") for record in empty.walk("incident")} == titles


def test_a_quote_that_never_closes_costs_no_other_row(empty: Store) -> None:
    rows = [f"H-{n},title {n},2026-02-01T10:00Z\n" for n in range(40)]
    rows[20] = 'H-20,"title 20,2026-02-01T10:00Z\n'
    report = load(empty, "id,title,started_at\n" + "".join(rows))
    there = {record.id for record in empty.walk("incident")}
    assert {f"H-{n}" for n in range(40) if n != 20} <= there
    assert report.read == 40
