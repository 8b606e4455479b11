"""Whether days or months come first: decided from all the dates of a file, never guessed."""

from __future__ import annotations

import pytest

from incidents.column_plan import ColumnPlan
from incidents.date_order import ORDER_NOTES, Decision, decide_order, has_numeric_dates
from incidents.errors import fill
from incidents.table import Row, RowFault

HEADER = ("start", "time", "end")
PLAN = ColumnPlan({"started_at": "{start} {time}", "resolved_at": "{end}"}, ())


def decided(*cells: tuple[str, str, str]) -> Decision | None:
    rows = [RowFault(1, "too-few-cells", ()), *(Row(line, row) for line, row in enumerate(cells, 2))]
    return decide_order(HEADER, rows, PLAN, "incident")


ONE_ORDER = [
    # rows, order, line that shows it
    ([("12/03/2026", "22:10", "13/03/2026 01:00"), ("05/04/2026", "", "")], "DMY", 2),
    ([("12/03/2026", "", ""), ("", "", "12/13/2026 10:00 PM")], "MDY", 3),
    ([("12/03/2026", "Unknown", "before 12/31/2026")], "MDY", 2),
    ([("31.08.2025", "22h", "")], "DMY", 2),
    ([("vendredi 12/09/2025", "", "")], "DMY", 2),
    ([("31/12/99", "", ""), ("25/12/13", "", "")], "DMY", 2),
    ([("99/12/31", "", "")], "YMD", 2),
    ([("31/02/2026", "", ""), ("03/14/2026", "", "")], "MDY", 3),
]


@pytest.mark.parametrize(("rows", "order", "line"), ONE_ORDER)
def test_one_date_decides_for_all_columns(rows: list[tuple[str, str, str]], order: str, line: int) -> None:
    decision = decided(*rows)
    assert decision is not None
    assert (decision.order, dict(decision.columns)) == (order, {})
    assert [(note.line, note.code) for note in decision.notes] == [(line, order)]


OPEN = [
    [("12/03/2026", "", "12/12/2026")],
    [("2026-03-13", "22:10", "2026-03-13T01:00Z")],
    [("25/12/13", "", "")],
    [("someday", "", "32/32/2026")],
    [("20260313", "", "")],
    [],
]


@pytest.mark.parametrize("rows", OPEN)
def test_what_stays_open_is_not_decided(rows: list[tuple[str, str, str]]) -> None:
    assert decided(*rows) is None


def test_columns_that_contradict_each_other_are_decided_one_by_one() -> None:
    decision = decided(("13/03/2026", "", "03/13/2026"), ("01/02/2026", "", "01/02/2026"))
    assert decision is not None
    assert decision.order is None
    assert decision.columns == {"started_at": "DMY", "resolved_at": "MDY"}
    assert [fill(note.message, note.params) for note in decision.notes] == [
        "days come before months in started_at, as “13/03/2026” on line 2 shows",
        "months come before days in resolved_at, as “03/13/2026” on line 2 shows",
    ]


def test_a_column_that_contradicts_itself_is_asked_for() -> None:
    decision = decided(("13/03/2026", "", "13/04/2026"), ("03/13/2026", "", ""))
    assert decision is not None
    assert (decision.order, decision.columns) == (None, {"resolved_at": "DMY"})
    assert {note.code for note in decision.notes} == {"open-column", "DMY-column"}
    assert all(note.message == ORDER_NOTES[note.code] for note in decision.notes)


def test_the_last_row_of_many_decides() -> None:
    rows = [(f"{n % 12 + 1:02}/{n % 11 + 1:02}/2026", "", "") for n in range(30_000)]
    assert decided(*rows) is None
    decision = decided(*rows, ("01/31/2026", "", ""))
    assert decision is not None and decision.order == "MDY"


@pytest.mark.parametrize(
    ("cell", "numeric"),
    [
        ("12/03/2026", True),
        ("about 12/03/2026", True),
        ("2026-03-12", False),
        ("", False),
        ("mars 2026", False),
    ],
)
def test_files_without_numeric_dates_need_no_decision(cell: str, numeric: bool) -> None:
    rows = [Row(2, ("", "", cell))]
    assert has_numeric_dates(HEADER, rows, PLAN, "incident") is numeric
