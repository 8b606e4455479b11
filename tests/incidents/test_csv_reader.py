"""A table is opened whatever its file is; each row has its line, and no row is lost without a word."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import incidents
from incidents.csv_reader import CsvError, ReadingOptions, Row, RowFault, Table, open_table

REFERENCE = sorted((Path(incidents.__file__).parent / "reference").glob("*.csv"))
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def walked(table: Table) -> list[tuple[int, str, tuple[str, ...]]]:
    """Give each item of a table: its line, the code of its fault or "", its cells."""
    return [
        (item.line, item.code if isinstance(item, RowFault) else "", tuple(item.cells))
        for item in table.rows()
    ]


def cells_of(data: bytes, options: ReadingOptions | None = None) -> list[tuple[str, ...]]:
    with open_table(data, options or ReadingOptions()) as table:
        return [table.header, *(cells for _, _, cells in walked(table))]


def codes_of(data: bytes) -> dict[str, tuple[int, int]]:
    """Give what is said of a file: code -> (first line, how often)."""
    with open_table(data) as table:
        walked(table)
        return {remark.code: (remark.line, remark.count) for remark in (*table.guesses, *table.repairs())}


PLAIN = b'id,title,started_at\r\na,"One, two",2025-01-01\r\nb,"She said ""no""",2025-01-02\r\n'


def test_plain_csv_is_read_as_it_stands_and_nothing_is_guessed() -> None:
    with open_table(PLAIN) as table:
        assert table.header == ("id", "title", "started_at")
        assert (table.header_line, table.encoding, table.delimiter, table.quote) == (1, "utf-8", ",", '"')
        assert walked(table) == [
            (2, "", ("a", "One, two", "2025-01-01")),
            (3, "", ("b", 'She said "no"', "2025-01-02")),
        ]
        assert table.exact
        assert (table.guesses, table.repairs()) == ((), ())
        assert table.position() == table.size == len(PLAIN)


def test_a_path_and_its_bytes_and_their_gzip_are_one_table(tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv"
    path.write_bytes(PLAIN)
    packed = gzip.compress(PLAIN[:40]) + gzip.compress(PLAIN[40:])
    with open_table(path) as one, open_table(PLAIN) as two, open_table(packed) as three:
        assert one.header == two.header == three.header
        assert walked(one) == walked(two) == walked(three)


def test_a_table_is_walked_as_often_as_asked() -> None:
    with open_table(PLAIN) as table:
        first = walked(table)
        next(iter(table.rows()))
        assert walked(table) == first


def test_json_is_read_by_its_bytes_gzipped_too() -> None:
    data = b'[{"id": "a", "title": "One"},\n {"id": "b", "title": "Two"}]'
    for stored in (data, gzip.compress(data)):
        with open_table(stored) as table:
            assert (table.format, table.header, table.size) == ("json", ("id", "title"), len(stored))
            assert [cells for _, _, cells in walked(table)] == [("a", "One"), ("b", "Two")]


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
@pytest.mark.parametrize("options", [ReadingOptions(), ReadingOptions(header=1)], ids=["unasked", "asked"])
def test_the_bundled_tables_are_read_without_a_guess(path: Path, options: ReadingOptions) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    with open_table(path, options) as table:
        assert (list(table.header), table.header_line) == (header, 1)
        assert [list(cells) for _, code, cells in walked(table) if not code] == rows
        assert (table.guesses, table.repairs()) == ((), ())


def test_the_line_of_a_row_counts_the_newlines_in_cells() -> None:
    data = b'id,title\r\na,"one\r\ntwo\nthree"\r\nb,four\r\n'
    with open_table(data) as table:
        assert walked(table) == [(2, "", ("a", "one\r\ntwo\nthree")), (5, "", ("b", "four"))]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"id,title,started_at\na,First,2025-01-01\nx\n", 3),
        (b"id,title,started_at\na,First,2025-01-01\nx", 3),
        (b"id,title,started_at\n" + b"a,First,2025-01-01\n" * 20 + b"x\n", 22),
        (b"id,title,started_at\n" + b"a,First,2025-01-01\n" * 20 + b"x\n" + b"b,Last,2025-01-02\n", 22),
    ],
)
def test_a_line_that_is_no_row_comes_back_as_a_fault(data: bytes, line: int) -> None:
    with open_table(data) as table:
        faults = [item for item in walked(table) if item[1]]
    assert faults == [(line, "too-few-cells", ("x",))]


def test_a_value_too_many_is_a_fault_with_all_its_cells() -> None:
    rows = "".join(f'"{n}","Title of {n}","2025-01-{n:02d}T10:00:00Z"\n' for n in range(10, 30))
    data = '"id","title","started_at"\n' + rows + '"30","Title","2025-01-30T10:00:00Z","OK"\n'
    with open_table(data.encode()) as table:
        assert walked(table)[-1] == (22, "too-many-cells", ("30", "Title", "2025-01-30T10:00:00Z", "OK"))


def written(rows: list[list[str]], **dialect: object) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode()


CELL = st.text(st.sampled_from("abcXYZ 019é-_.:,;|\t'\"\\\n"), max_size=12)
NAMES = ["reference", "first title", "begun", "note"]


@QUICK
@given(
    width=st.integers(1, 4),
    drawn=st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    quote=st.sampled_from("\"'"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_what_is_written_reads_back_when_the_dialect_is_said(
    width: int, drawn: list[list[str]], delimiter: str, quote: str, end: str, quoting: int
) -> None:
    rows = [row[:width] for row in drawn]
    # A record of empty cells only is an empty line, and the names again are the header repeated.
    assume(all(any(cell.strip() for cell in row) for row in rows))
    data = written(
        [NAMES[:width], *rows], delimiter=delimiter, quotechar=quote, lineterminator=end, quoting=quoting
    )
    options = ReadingOptions("utf-8", delimiter, quote, 1)
    assert cells_of(data, options) == [tuple(NAMES[:width]), *map(tuple, rows)]


def tables() -> st.SearchStrategy[list[list[str]]]:
    day = st.dates().map(lambda day: f"{day:%Y-%m-%d}")
    word = st.text(st.sampled_from("abcdefgé"), min_size=3, max_size=8)
    text = st.lists(
        st.one_of(word, st.sampled_from(["(no)", '"quoted"', "a; b", "c, d", "it's", "x\ny"])), min_size=1
    )
    number = st.integers(0, 99_999).map(str)
    row = st.tuples(number.map("INC{}".format), text.map(" ".join), day, st.one_of(number, st.just("")))
    return st.lists(row.map(list), min_size=3, max_size=12)


@QUICK
@given(
    rows=tables(),
    delimiter=st.sampled_from(",;\t|"),
    quote=st.sampled_from("\"'"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_a_table_of_incidents_reads_back_when_nothing_is_said(
    rows: list[list[str]], delimiter: str, quote: str, end: str, encoding: str
) -> None:
    text = written(
        [NAMES, *rows], delimiter=delimiter, quotechar=quote, lineterminator=end, quoting=csv.QUOTE_ALL
    )
    data = text.decode().encode(encoding)
    assert cells_of(data) == [tuple(NAMES), *map(tuple, rows)]


def items_or_error(data: bytes) -> list[Row | RowFault]:
    try:
        with open_table(data) as table:
            return list(table.rows())
    except CsvError as error:
        assert error.code
        assert str(error)
        return []


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(st.sampled_from("ab1,;\t\"'\n\r\\ \0é"), max_size=200).map(str.encode),
    )
)
def test_whatever_the_bytes_nothing_but_a_csv_error_is_raised(data: bytes) -> None:
    lines = [item.line for item in items_or_error(data)]
    assert lines == sorted(set(lines))


WORDS = st.sampled_from(
    ["alpha", '"beta"', '"gam,ma"', 'del"ta', '"eps', 'zeta"', "", "12", "2025-01-01", " ", "'eta'"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=6).map(",".join), min_size=6, max_size=30))
def test_each_line_is_in_a_row_or_a_fault_or_is_said_to_be_left_out(lines: list[str]) -> None:
    rows = [f"{number},mark{number}x," + line for number, line in enumerate(lines)]
    data = "\n".join(["number,mark,one,two,three", *rows]).encode()
    with open_table(data) as table:
        assume(table.header_line)
        given_back = " ".join("".join(item.cells) for item in table.rows())
        said = {remark.code: remark for remark in (*table.guesses, *table.repairs())}
    missing = [number for number in range(len(lines)) if f"mark{number}x" not in given_back]
    left_out = sum(said[code].count for code in ("footer", "comment", "repeated-header") if code in said)
    header_lines = int(str(said["header-lines"].params["lines"])) if "header-lines" in said else 1
    assert len(missing) == table.header_line + header_lines - 2 + left_out
