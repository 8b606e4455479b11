"""Export is the mirror: what is written reads back to equal records, whatever they hold, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.archive import all_json, open_archive
from incidents.column_plan import ImportOptions, plan_columns
from incidents.csv_export import (
    LOOKED_AHEAD,
    PLAIN,
    SPREADSHEETS,
    CsvStyle,
    export_csv,
    export_json,
    header_of,
)
from incidents.csv_import import RowReader
from incidents.csv_reader import open_table
from incidents.flat import join_words, split_words, text_of
from incidents.formulas import disarm, rearm
from incidents.json_reader import open_json
from incidents.model import Incident, Part, Record
from incidents.moment import Moment, Precision, Qualifier
from incidents.table import Row, Table
from tests.incidents.record_strategies import SIGNS, incidents, providers

STYLES = [PLAIN, *SPREADSHEETS.values(), CsvStyle("\t")]


class Everything:
    """Knows every record by its id."""

    def resolve(self, record_type: str, text: str) -> str:
        return text

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        return ()


def read_back(table: Table, record_type: str, collection: str = "own") -> list[Record]:
    """Import the rows of a table, none of which may be refused."""
    options = ImportOptions(record_type=record_type, collection=collection)
    reader = RowReader(table.header, plan_columns(table.header, options), options, Everything())
    records: list[Record] = []
    for row in table.rows():
        assert isinstance(row, Row), row
        read = reader.read(row)
        assert read.record is not None, [(p.column, p.value, p.reason) for p in read.problems]
        records.append(read.record)
    return records


def through_csv(record_type: str, records: Iterable[Record], style: CsvStyle = PLAIN) -> list[Record]:
    data = "".join(export_csv(record_type, records, style)).encode()
    with open_table(data) as table:
        return read_back(table, record_type)


def through_json(record_type: str, records: Iterable[Record]) -> list[Record]:
    archive = open_archive("".join(export_json(record_type, records)).encode())
    assert archive is not None
    with archive:
        return [
            record
            for part in archive.parts
            for record in read_back(open_json(part.path), part.record_type, part.collection or "")
        ]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(incidents(), min_size=1, max_size=3), st.sampled_from(STYLES))
def test_any_incident_reads_back_equal_from_csv(records: list[Incident], style: CsvStyle) -> None:
    assert through_csv("incident", records, style) == records


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(incidents(), min_size=1, max_size=3))
def test_any_incident_reads_back_equal_from_json(records: list[Incident]) -> None:
    assert through_json("incident", records) == records


@settings(max_examples=50)
@given(st.lists(providers(), min_size=1, max_size=3))
def test_any_provider_reads_back_equal(records: list[Record]) -> None:
    assert through_csv("provider", records) == records
    assert through_json("provider", records) == records


@given(st.lists(st.text(st.sampled_from(SIGNS), min_size=1).map(str.strip).filter(bool)))
def test_the_words_of_a_list_are_told_apart_whatever_they_hold(words: list[str]) -> None:
    assert split_words(join_words(words)) == tuple(words)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("a; b ;;c", ("a", "b", "c")),
        ('5" pipe;b', ('5" pipe', "b")),
        ('"open;b', ('"open', "b")),
        ('"a;b";c', ("a;b", "c")),
        ('"say ""no""; please"', ('say "no"; please',)),
        ('"a"b;c', ('"a"b', "c")),
        ("", ()),
    ],
)
def test_a_quotation_mark_that_quotes_no_word_is_a_sign_like_others(
    cell: str, words: tuple[str, ...]
) -> None:
    assert split_words(cell) == words


ARMED = st.text(st.sampled_from("'=+-@＝－;,\t\n\r (|!a1.\u00a0"), max_size=12)


@settings(max_examples=1000)
@given(st.one_of(ARMED, st.text()))
def test_disarming_is_reversible(text: str) -> None:
    assert rearm(disarm(text)) == text


def is_number(text: str) -> bool:
    return text.isascii() and text[1:].replace(".", "", 1).isdigit()


@settings(max_examples=1000)
@given(ARMED)
def test_no_cell_and_no_piece_of_one_begins_a_formula(text: str) -> None:
    safe = disarm(text)
    assert not safe.lstrip(" \u00a0").startswith(("=", "+", "@", "＝", "－", "\t", "\r", "\n"))
    assert not safe.lstrip(" ").startswith("-") or is_number(safe)
    for sign in ";\t\r\n":  # where the wrong separator, or a paste, would cut the cell
        assert not any(piece.startswith(("=", "+", "@", "＝")) for piece in safe.split(sign))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("'tis nothing", "'tis nothing"),
        ("-5", "-5"),
        ("-12.5", "-12.5"),
        ("-2+3", "'-2+3"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("＝1+1", "'＝1+1"),
        ("  =1", "'  =1"),
        ("down;=HYPERLINK(A1)", "down;'=HYPERLINK(A1)"),
        ("first\n- cmd|x", "first\n'- cmd|x"),
        ("two things:\n- one\n- two", "two things:\n- one\n- two"),
        ("thanks, @orange", "thanks, @orange"),
        ("", ""),
    ],
)
def test_what_is_disarmed_and_what_is_left_as_it_is(text: str, safe: str) -> None:
    assert disarm(text) == safe


def plain_incident(**values: object) -> Incident:
    start = Moment.from_flat("started_at", {"started_at": "2026-02-01T10:00:00Z"}, "UTC")
    body = {
        "id": "a",
        "collection": "own",
        "title": "t",
        "status": "resolved",
        "started_at": start,
        "timezone": "UTC",
    }
    return Incident(**(body | values))  # type: ignore[arg-type]


def test_a_spreadsheet_in_french_gets_semicolons_and_a_mark() -> None:
    text = "".join(export_csv("incident", [plain_incident(title="a;b")], SPREADSHEETS["fr"]))
    assert text.startswith("\ufeffid;title;") and text.endswith("\r\n")
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
    assert row["title"] == "a;b"


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\n", '"', ",", ";"])
def test_a_cell_with_signs_of_csv_is_quoted(sign: str) -> None:
    text = "".join(export_csv("incident", [plain_incident(title=f"a{sign}b")]))
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["title"] == f"a{sign}b"


@pytest.mark.parametrize("title", ['"C:\\"', 'say "C:\\"', "\\", 'a\\"b', "'", "'a'"])
def test_a_backslash_before_a_quotation_mark_is_a_sign_like_others(title: str) -> None:
    records = [plain_incident(title=title), plain_incident(id="b")]
    assert through_csv("incident", records[:1]) == records[:1]
    assert through_csv("incident", records) == records


def test_only_what_is_known_has_a_column() -> None:
    names = header_of("incident", [plain_incident(summary="x")])
    assert "summary" in names and "started_at" in names
    assert "resolved_at" not in names and "affected_low" not in names


def test_many_records_are_written_as_they_come() -> None:
    drawn = 0

    def endless() -> Iterable[Incident]:
        nonlocal drawn
        while True:
            drawn += 1
            yield plain_incident(id=str(drawn))

    lines = export_csv("incident", endless())
    header = next(lines).strip().split(",")
    assert header == header_of("incident")
    next(lines)
    assert drawn <= LOOKED_AHEAD + 2


def test_json_holds_lists_as_lists_and_leaves_out_what_is_unknown() -> None:
    record = plain_incident(tags=("a;b", "c"), providers=(Part("x", "supplier"),))
    [line] = export_json("incident", [record])
    body = json.loads(line)
    assert (body["type"], body["collection"]) == ("incident", "own")
    assert (body["tags"], body["providers"]) == (["a;b", "c"], ["x:supplier"])
    assert "summary" not in body and "resolved_at" not in body


def test_all_records_are_written_in_the_order_in_which_they_refer_to_each_other() -> None:
    walks: list[str] = []

    def walk(record_type: str) -> list[Record]:
        walks.append(record_type)
        return [plain_incident()] if record_type == "incident" else []

    assert len(list(all_json(walk))) == 1
    assert walks.index("source") < walks.index("provider") < walks.index("incident") < walks.index("update")


@pytest.mark.parametrize(
    ("number", "text"), [(0.00001, "0.00001"), (1e16, "10000000000000000"), (1.5, "1.5"), (40.0, "40")]
)
def test_a_number_is_written_without_an_exponent(number: float, text: str) -> None:
    assert text_of(number) == text


def test_an_open_bound_stays_open() -> None:
    at = plain_incident().started_at.earliest
    after = plain_incident(started_at=Moment("", Precision.MINUTE, Qualifier.EXACT, at, None, "UTC"))
    assert through_csv("incident", [after]) == [after] == through_json("incident", [after])
