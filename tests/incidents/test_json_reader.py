"""JSON as a table: every shape in which tools write lists of objects, and what is wrong said with its line."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.flat import split_words
from incidents.formulas import rearm
from incidents.json_reader import JSON_FAULTS, MAX_KEYS, JsonTable, looks_like_json, open_json
from incidents.json_text import MAX_RECORD
from incidents.table import CsvError, ReadingOptions, Row, RowFault

TWO = [["a", "1"], ["b", "2"]]


def table(text: str | bytes, sheet: str | None = None) -> JsonTable:
    return open_json(text.encode() if isinstance(text, str) else text, ReadingOptions(sheet=sheet))


def cells(of: JsonTable) -> list[list[str]]:
    return [list(row.cells) for row in of.rows() if isinstance(row, Row)]


def faults(of: JsonTable) -> list[tuple[int, str]]:
    return [(row.line, row.code) for row in of.rows() if isinstance(row, RowFault)]


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "a", "n": 1}\n{"id": "b", "n": 2}\n',
        '{"id": "a", "n": 1}\r\n\r\n{"id": "b", "n": 2}',
        '[{"id": "a", "n": 1}, {"id": "b", "n": 2}]',
        '[\n  {"id": "a",\n   "n": 1},\n  {"id": "b",\n   "n": 2}\n]\n',
        '{\n"id": "a", "n": 1}\n{"id": "b", "n": 2\n}',
        '{"total": 2, "incidents": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}',
        '{"data": {"page": 1, "rows": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}}',
        '{"parts": [{"x": 1}], "incidents": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}',
        '\ufeff[{"id": "a", "n": 1}, {"id": "b", "n": 2}]',
    ],
    ids=["lines", "CRLF and blank lines", "array", "pretty array", "pretty objects", "within an object",
         "deeper within", "the list of incidents first", "mark"],
)  # fmt: skip
def test_the_same_rows_come_from_every_shape(text: str) -> None:
    read = table(text)
    assert (read.header, cells(read), faults(read)) == (("id", "n"), TWO, [])
    assert cells(read) == TWO  # a second walk starts anew


def test_utf_16_is_known_by_its_mark() -> None:
    read = table('[{"id": "é"}]'.encode("utf-16"))
    assert (read.encoding, cells(read)) == ("utf-16-le", [["é"]])


def test_columns_are_the_names_of_all_objects_in_order_of_first_appearance() -> None:
    read = table('{"a": 1}\n{"b": 2, "a": 3}\n{"c": 4}\n')
    assert read.header == ("a", "b", "c")
    assert cells(read) == [["1", "", ""], ["3", "2", ""], ["", "", "4"]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("null", ""), ("true", "yes"), ("false", "no"), ("1.50", "1.50"), ("7", "7"), ("1e-3", "0.001"),
        ("12345678901234567890123", "12345678901234567890123"), ('"é \\u00e9"', "é é"), ("{}", ""), ("[]", ""),
        ('["a", "b"]', "a;b"), ('["a;b", "c"]', '"a;b";c'), ("[1, null, true]", "1;yes"),
        ('[{"at": 1.0, "to": [1]}]', '[{"at": 1.0, "to": [1]}]'), ('"=1+1"', "'=1+1"), ('"\\ud83d"', "\ufffd"),
    ],
)  # fmt: skip
def test_each_value_becomes_one_cell(value: str, cell: str) -> None:
    assert cells(table(f'[{{"v": {value}, "w": 1}}]')) == [[cell, "1"]]


def test_names_within_an_object_are_columns_of_their_own() -> None:
    read = table('[{"service": {"id": 7, "name": "x"}, "window": null}, {"window": {"to": 2}}]')
    assert read.header == ("service.id", "service.name", "window.to")
    assert cells(read) == [["7", "x", ""], ["", "", "2"]]


def test_two_names_that_look_alike_are_two_columns() -> None:
    read = table('[{"a.b": 1, "a": {"b": 2}}]')
    assert (read.header, cells(read)) == (("a.b", "a.b (2)"), [["1", "2"]])


def test_a_record_with_a_list_of_its_own_is_one_row() -> None:
    read = table('{"id": 1, "updates": [{"at": 2}]}')
    assert (read.header, read.sheet) == (("id", "updates"), ".")


def test_a_list_within_the_file_can_be_asked_for() -> None:
    text = '{"components": [{"name": "x"}], "incidents": [{"id": 1}]}'
    assert table(text).sheets == ("components", "incidents", ".")
    assert [guess.params for guess in table(text).guesses] == [{"name": "incidents"}]
    assert cells(table(text, "components")) == [["x"]]
    with pytest.raises(CsvError, match="no list “nothing”"):
        table(text, "nothing")


def test_lines_that_cannot_be_read_come_back_and_the_rest_is_read() -> None:
    read = table(b'{"a": 1}\n{bad\n[1]\n{"a": "caf\xe9"}\n{"a": 5}\n')
    assert faults(read) == [(2, "not-json"), (3, "not-an-object"), (4, "not-utf-8")]
    assert cells(read) == [["1"], ["5"]]
    assert {code for _, code in faults(read)} <= JSON_FAULTS.keys()


def test_an_object_of_an_array_that_cannot_be_read_comes_back_alone() -> None:
    read = table('[\n{"a": 1},\n{a: "}", "b": [}]},\n{"a": 3}\n]'.replace("[}]", "[]"))
    assert (faults(read), cells(read)) == ([(3, "not-json")], [["1"], ["3"]])


def test_rows_on_one_line_are_numbered() -> None:
    read = table('[{"a": 1}, {"a": 2}]')
    assert [row.line for row in read.rows()] == [1, 2]
    assert [guess.code for guess in read.guesses] == ["rows-numbered"]


def test_a_name_that_stands_twice_is_said() -> None:
    read = table('{"a": 1}\n{"a": 2, "a": 3}\n')
    assert cells(read) == [["1"], ["3"]]
    [repair] = read.repairs()
    assert (repair.code, repair.line, repair.count) == ("same-key-twice", 2, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-file"), (" \n ", "empty-file"), ("id,title\n", "not-json"), ("[]", "no-records"),
        ("[1, 2]", "no-records"), ('[{"a": 1}', "breaks-off"), ('[{"a": 1}, {"a": "', "breaks-off"),
        ('[{"a": 1} {"a": 2}]', "not-json"), ('[{"a": 1},,]', "not-json"), ("[" * 100_000, "breaks-off"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_objects_is_one_clear_error(text: str, code: str) -> None:
    with pytest.raises(CsvError) as caught:
        list(table(text).rows())
    assert caught.value.code == code and caught.value.hint


def test_an_error_names_its_line() -> None:
    with pytest.raises(CsvError, match="on line 3"):
        table('[\n{"a": 1},\n{"a": 2')


def test_too_many_names_are_refused() -> None:
    with pytest.raises(CsvError) as caught:
        table(json.dumps([{f"k{n}": n for n in range(MAX_KEYS + 1)}]))
    assert caught.value.code == "too-many-columns"


@pytest.mark.parametrize("shape", ['{{"a": 1}}\n{0}\n{{"a": 2}}', '[{{"a": 1}}, {0}, {{"a": 2}}]'])
def test_an_object_that_is_too_large_comes_back_and_memory_stays_flat(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "large.json"
    path.write_text(shape.format('{"a": "' + "x" * (5 * MAX_RECORD) + '"}'))
    tracemalloc.start()
    read = open_json(path)
    found = [row.code if isinstance(row, RowFault) else "" for row in read.rows()]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == ["", "record-too-large", ""]
    assert peak < 6 * MAX_RECORD
    assert read.size > 5 * MAX_RECORD


def test_lists_without_end_come_back() -> None:
    read = table('{"a": 1}\n{"a": ' + "[" * 50_000 + "]" * 50_000 + "}\n")
    assert faults(read) == [(2, "too-deep")]


@pytest.mark.parametrize(
    ("head", "is_json"),
    [
        (b'{"id": 1}', True), (b' [ {"id"', True), (b"\xef\xbb\xbf[{", True), (b"[]", True), (b"[id],[title]\n", False),
        (b"id,title\n", False), (b"{name};{title}\n", False), (b"", False), ('[{"a"'.encode("utf-16"), True),
    ],
)  # fmt: skip
def test_json_is_known_by_how_it_begins(head: bytes, is_json: bool) -> None:
    assert looks_like_json(head) is is_json


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.lists(st.text(max_size=5), max_size=3)
)


@given(
    st.lists(st.dictionaries(st.text(max_size=5), VALUES, min_size=1, max_size=4), min_size=1, max_size=5),
    st.booleans(),
)
def test_every_value_of_any_objects_is_in_its_cell(objects: list[dict[str, object]], in_lines: bool) -> None:
    text = "\n".join(map(json.dumps, objects)) if in_lines else json.dumps(objects, indent=1)
    read = table(text, "." if in_lines and len(objects) == 1 else None)
    names = list(dict.fromkeys(key for item in objects for key in item))
    assert len(read.header) == len(names)
    for row, item in zip(cells(read), objects, strict=True):
        for name, cell in zip(names, map(rearm, row), strict=True):
            value = item.get(name)
            if isinstance(value, list):
                assert split_words(cell) == tuple(word for word in value if word.strip() or word)
            elif isinstance(value, bool):
                assert cell == ("yes" if value else "no")
            else:
                assert cell == ("" if value is None else str(value))


@given(st.binary(max_size=200) | st.text(st.sampled_from('{}[]",:1a\\ \nt'), max_size=60).map(str.encode))
def test_nothing_but_a_clear_error_comes_of_any_bytes(data: bytes) -> None:
    try:
        for row in table(data).rows():
            assert isinstance(row, Row | RowFault)
    except CsvError as error:
        assert error.code and error.hint
