"""Several rows of one incident: gathered wherever they stand, united, and their contradictions told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import ImportOptions, ImportReport, Incident, Store, TimelineError, import_file
from incidents.column_plan import plan_columns
from incidents.csv_import import ReadRow, RowReader
from incidents.row_groups import GROUP_NOTES, group_sizes, groups, join_rows
from incidents.table import Row, RowFault

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HEADER = (
    "id", "title", "started_at", "resolved_at", "status", "severity", "region", "summary", "affected", "operator_id"
)  # fmt: skip
FIRST = (
    "1",
    "Box down",
    "2026-02-01T10:00Z",
    "",
    "investigating",
    "minor",
    "FR",
    "No picture.",
    "100",
    "orange",
)
LATER = (
    "1",
    "Box down",
    "2026-02-01T09:50Z",
    "2026-02-01T12:00Z",
    "resolved",
    "major",
    "BE;FR",
    "Back.",
    "",
    "",
)


class Everybody:
    def resolve(self, record_type: str, text: str) -> str | None:
        return text

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        return ()


def read(*rows: tuple[str, ...]) -> list[ReadRow]:
    options = ImportOptions()
    reader = RowReader(HEADER, plan_columns(HEADER, options), options, Everybody())
    return [reader.read(Row(line, row)) for line, row in enumerate(rows, 2)]


def joined(*rows: tuple[str, ...]) -> tuple[Incident, ReadRow]:
    result = join_rows(read(*rows))
    assert isinstance(result.record, Incident)
    return result.record, result


def differences(row: ReadRow) -> dict[str, str]:
    return {n.column: str(n.params["kept"]) for n in row.notes if n.message == GROUP_NOTES["differs"]}


def test_one_row_stays_as_it_is() -> None:
    [row] = read(FIRST)
    assert join_rows([row]) is row


def test_lists_are_united_and_texts_follow_one_another() -> None:
    record, _ = joined(FIRST, LATER)
    assert record.region == ("FR", "BE")
    assert record.summary == "No picture.\nBack."


def test_the_earliest_start_the_latest_end_and_the_last_word_win() -> None:
    record, row = joined(FIRST, LATER)
    assert record.started_at.value == "2026-02-01T09:50:00+00:00"
    assert record.resolved_at is not None and record.resolved_at.value == "2026-02-01T12:00:00+00:00"
    assert (record.status, record.severity, record.operator_id) == ("resolved", "major", "orange")
    assert differences(row) == {"started_at": "2026-02-01T09:50:00+00:00", "severity": "major"}


def test_what_only_one_row_says_is_no_contradiction() -> None:
    record, row = joined(FIRST, LATER)
    assert record.affected is not None and record.affected.low == 100
    assert "affected" not in differences(row) and "status" not in differences(row)


def test_a_contradiction_names_both_values_and_both_lines() -> None:
    _, row = joined(FIRST, LATER)
    [note] = [n for n in row.notes if n.column == "severity"]
    said = note.message.format_map(dict(note.params))
    assert "“minor” on line 2" in said and "“major” on line 3" in said


def rows_of(text: str) -> list[Row | RowFault]:
    return [
        Row(n, [sign]) if sign != "!" else RowFault(n, "too-few-cells", []) for n, sign in enumerate(text)
    ]


@given(st.text(alphabet="abc !", max_size=40))
def test_every_row_comes_once_and_each_group_together(text: str) -> None:
    rows = rows_of(text)
    found = list(groups(rows, 0, group_sizes(rows, 0)))
    assert sorted(row.line for group in found for row in group) == list(range(len(text)))
    keyed = ["".join(str(row.cells[0]) for row in group) for group in found if isinstance(group[0], Row)]
    for sign in "abc":
        assert [key for key in keyed if sign in key] == ([sign * text.count(sign)] if sign in text else [])


def test_a_start_that_is_stated_wins_over_one_that_is_not() -> None:
    record, _ = joined((*FIRST[:2], "", *LATER[3:]), FIRST)
    assert record.started_at.value == "2026-02-01T10:00:00+00:00"
    assert record.inferred_fields == ()


TICKETS = (
    "Ticket,Title,Opened,Closed,Status,Operator name\n"
    "T1,Box,2026-01-01T10:00Z,,New,orange\n"
    "T2,Line,2026-01-01T10:00Z,,New,free\n"
    "T1,Box,2026-01-01T10:00Z,2026-01-01T12:00Z,Closed,orange\n"
    "T1,Box,someday soon,2026-01-01T12:00Z,Closed,orange\n"
)


def load(store: Store, text: str, **options: object) -> ImportReport:
    return import_file(store, text.encode(), ImportOptions(**options), actor="officer", at=AT)  # type: ignore[arg-type]


def test_rows_of_one_ticket_become_one_incident_and_all_are_accounted_for(store: Store) -> None:
    report = load(store, TICKETS, group_by="Ticket")
    assert dict(report.counts) == {"added": 2, "updated": 0, "unchanged": 0, "duplicate": 1, "rejected": 1}
    record = store.get("incident", "T1")
    assert isinstance(record, Incident) and record.resolved_at is not None
    [problem] = report.problems
    assert (problem.line, problem.code) == (5, "not-a-date")


def test_the_same_tickets_again_change_nothing(store: Store) -> None:
    load(store, TICKETS, group_by="Ticket")
    again = load(store, TICKETS, group_by="Ticket")
    assert (again.added, again.updated) == (0, 0)


def test_a_column_to_group_by_must_be_there(store: Store) -> None:
    with pytest.raises(TimelineError) as caught:
        load(store, TICKETS, group_by="Tiket")
    assert caught.value.code == "unknown-column" and "Ticket" in str(caught.value.params["near"])
