"""Cells that hold several things, in the forms in which people and programs write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.list_cells import split_list

LISTS = [
    ("", ()),
    ("one", ("one",)),
    ("a; b", ("a", "b")),
    ("a;;b;", ("a", "b")),
    ("a | b", ("a", "b")),
    ("a|b", ("a|b",)),
    ("a\nb\r\nc", ("a", "b", "c")),
    ("• a\n• b", ("a", "b")),
    ('["a","b"]', ("a", "b")),
    ("['a', 'b']", ("a", "b")),
    ("""['Fault, first', "driver's error"]""", ("Fault, first", "driver's error")),
    (r"['it\'s']", ("it's",)),
    (r"""["first\nsecond", 'third']""", ("first", "second", "third")),
    ("[1, 2.5]", ("1", "2.5")),
    ("['a', None]", ("a",)),
    ("[]", ()),
    ("[x]", ("[x]",)),
    ("['a' 'b']", ("['a' 'b']",)),
    ("Paris, France", ("Paris, France",)),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_lists(text: str, expected: tuple[str, ...]) -> None:
    assert split_list(text) == expected


WORDS = st.lists(st.text(st.characters(categories=("L", "N")), min_size=1), min_size=2, max_size=5)


@given(WORDS)
def test_lists_of_other_programs_read_back(words: list[str]) -> None:
    expected = tuple(" ".join(word.split()) for word in words)
    for text in (json.dumps(words), json.dumps(words, ensure_ascii=False), repr(words), "; ".join(words)):
        assert split_list(text) == expected


@given(st.text())
def test_nothing_breaks_it_and_everything_can_be_stored(text: str) -> None:
    for word in split_list(text):
        assert word and word == " ".join(word.split())


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000 + "]", "['" + "\\" * 200_001 + "]", "[" + "'a'," * 100_000 + "'" + "]", r'["\ud800"]'],
)
def test_hostile_lists_are_read_or_left_as_they_are(text: str) -> None:
    for word in split_list(text):
        word.encode("utf-8")
