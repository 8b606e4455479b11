"""Templates: how cells are put together, and that what is empty leaves nothing behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.templates import column_names, compiled, constant, fill_template, single, with_names

FILLED = [
    # template, cells, text
    ("{Type} ({Place})", {"Type": "Fire", "Place": "Lyon"}, "Fire (Lyon)"),
    ("{Type} ({Place})", {"Type": "Fire", "Place": ""}, "Fire"),
    ("{Type} ({Place})", {"Type": "", "Place": "Lyon"}, "Lyon"),
    ("{Type} (near {Place})", {"Type": "Fire", "Place": ""}, "Fire"),
    ("[{Type}] {Title}", {"Type": "", "Title": "Box down"}, "Box down"),
    ("{Date} {Time}", {"Date": "2026-02-01", "Time": ""}, "2026-02-01"),
    ("{A} - {B}", {"A": "", "B": "x"}, "x"),
    ("{A} - {B}", {"A": "x", "B": ""}, "x"),
    ("{A}, {B}, {C}", {"A": "a", "B": "", "C": "c"}, "a, c"),
    ("{A} at {B} in {C}", {"A": "a", "B": "", "C": "c"}, "a in c"),
    ("{A} at {B}", {"A": "a", "B": ""}, "a"),
    ("due:{Due}", {"Due": "2026-02-01"}, "due:2026-02-01"),
    ("due:{Due}", {"Due": ""}, ""),
    ("{Length} min", {"Length": "40"}, "40 min"),
    ("{Length} min", {"Length": ""}, ""),
    ("{A|B}", {"A": "", "B": "b"}, "b"),
    ("{A|B}", {"A": "a", "B": "b"}, "a"),
    ("{Start} || by {Aware}", {"Start": "2026", "Aware": "2027"}, "2026"),
    ("{Start} || by {Aware}", {"Start": "", "Aware": "2027"}, "by 2027"),
    ("{Start} || by {Aware}", {"Start": "", "Aware": ""}, ""),
    ("{{{A}}}", {"A": "x"}, "{x}"),
    ("no column", {"A": "x"}, "no column"),
    ("  {A}  {B} ", {"A": " a ", "B": "b"}, "a b"),
    ("{A}", {"A": "  two  spaces "}, "two  spaces"),
]


@pytest.mark.parametrize(("template", "cells", "expected"), FILLED)
def test_empty_cells_leave_nothing_behind(template: str, cells: dict[str, str], expected: str) -> None:
    assert fill_template(template, cells) == expected


def test_a_cell_that_says_unknown_is_empty_beside_others_only() -> None:
    both = compiled("{Date} {Time}", ("Date", "Time"), blank_unknown=True)
    assert both(("09/12/2025", "Unknown")) == "09/12/2025"
    assert both(("09/12/2025", "?")) == "09/12/2025"
    assert both(("09/12/2025", "12:00 noon")) == "09/12/2025 12:00 noon"
    assert compiled("{Date}", ("Date",), blank_unknown=True)(("Unknown",)) == "Unknown"
    assert compiled("{A} {B}", ("A", "B"))(("Fire", "Unknown")) == "Fire Unknown"


def test_marks_against_formulas_are_taken_off_each_cell() -> None:
    assert fill_template("{A} {B}", {"A": "'=1+1", "B": "'-x"}) == "=1+1 -x"
    assert fill_template("{A}", {"A": "'=1+1"}) == "=1+1"


def test_names_are_listed_and_changed() -> None:
    template = "{A|B} x {C} || {D}"
    assert column_names(template) == ("A", "B", "C", "D")
    assert with_names(template, {"A": "a", "D": "d"}.get) == "{a} x {} || {d}"
    assert with_names(template, lambda name: None) is None
    assert with_names("{A} || {B}", {"B": "b"}.get) == "{b}"


@given(st.text(alphabet="ab{}|é ", max_size=20))
def test_a_constant_is_itself(text: str) -> None:
    assert compiled(constant(text), ("a", "b"))(("1", "2")) == text.strip()


@given(st.text(min_size=1).filter(lambda name: not set(name) & set("{}")), st.text(max_size=20))
def test_one_column_is_its_cell_whatever_its_name(name: str, cell: str) -> None:
    fill = compiled(single(name), (name,))
    assert fill((cell,)) in (cell.strip(), cell[1:].strip(), fill((cell,)))
    assert fill(("plain",)) == "plain"


@given(st.lists(st.sampled_from(["", "x", "y z"]), min_size=3, max_size=3))
def test_no_separator_dangles(cells: list[str]) -> None:
    text = compiled("{A} - {B}, {C}", ("A", "B", "C"))(cells)
    assert text == text.strip(" -,")
    assert [word for word in cells if word] == [
        part for part in text.replace(" - ", ", ").split(", ") if part
    ]
