"""Where the table lies in its file: preamble, header, rows, footer, a second table; and what is said of each."""

from __future__ import annotations

import pytest

from incidents.csv_reader import ReadingOptions, open_table
from tests.incidents.test_csv_reader import cells_of, codes_of, walked

HEADER = "id,title,started_at,minutes"
NAMES = tuple(HEADER.split(","))
ROWS = [f"INC{n},Title of {n},2025-01-{n} 10:00,{n * 3}" for n in range(10, 22)]
CELLS = [tuple(row.split(",")) for row in ROWS]


def table_of(*lines: str, end: str = "\n") -> bytes:
    return "".join(line + end for line in lines).encode()


@pytest.mark.parametrize(
    "lines",
    [
        ["Outages of the year 2025"],
        ["Outages of the year 2025,,,"],
        ["Outages of the year 2025", ""],
        ["Report,Outages", "Written,2025-02-01", ""],
        ["# written by a tool", "# for the year 2025"],
    ],
)
def test_lines_before_the_header_are_left_out_and_said(lines: list[str]) -> None:
    data = table_of(*lines, HEADER, *ROWS)
    assert cells_of(data) == [NAMES, *CELLS]
    assert "preamble" in codes_of(data)
    with open_table(data) as table:
        assert table.header_line == len(lines) + 1


@pytest.mark.parametrize(
    "lines",
    [
        ["Total,,,562"],
        ["Source: the register of outages"],
        ["", "FOOTNOTE"],
        ["", "* provisional", "Total: 12 rows"],
    ],
)
def test_lines_that_close_a_table_are_left_out_and_said(lines: list[str]) -> None:
    data = table_of(HEADER, *ROWS, *lines)
    assert cells_of(data) == [NAMES, *CELLS]
    assert codes_of(data)["footer"] == (14 + (lines[0] == ""), len([line for line in lines if line]))


def test_a_few_rows_have_no_footer() -> None:
    data = table_of(HEADER, ROWS[0], "Total")
    with open_table(data) as table:
        assert walked(table) == [(2, "", CELLS[0]), (3, "too-few-cells", ("Total",))]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["Incident,,Time,", ",,,", "id,title,started_at,minutes"], NAMES),
        (["Incident,Incident,Begun,Length", "number,title,day and time,in minutes"], None),
    ],
)
def test_a_header_may_be_several_lines(lines: list[str], names: tuple[str, ...] | None) -> None:
    found = cells_of(table_of(*lines, *ROWS))
    assert found[1:] == CELLS
    if names is None:
        assert found[0] == ("Incident number", "Incident title", "Begun day and time", "Length in minutes")
    else:
        assert all(name.endswith(last) for name, last in zip(found[0], names, strict=True))


@pytest.mark.parametrize("header", [1, 2, 3])
def test_the_header_a_person_names_is_that_one_line(header: int) -> None:
    lines = ["one,two,three,four", "five,six,seven,eight", "nine,ten,eleven,twelve", *ROWS]
    with open_table(table_of(*lines), ReadingOptions(header=header)) as table:
        assert (table.header, table.header_line) == (tuple(lines[header - 1].split(",")), header)
        assert walked(table)[0][:2] == (header + 1, "")


@pytest.mark.parametrize(
    "text", ["code,name,kind\norange,Orange,operator\naws,AWS,cloud\nfree,Free,operator\n"]
)
def test_a_small_table_of_words_has_a_header_of_one_line(text: str) -> None:
    with open_table(text.encode()) as table:
        assert (table.header, table.guesses, len(walked(table))) == (("code", "name", "kind"), (), 3)


def test_the_line_of_a_group_does_not_join_the_header() -> None:
    found = cells_of(table_of(HEADER, "January,,,", *ROWS))
    assert (found[0], found[2:]) == (NAMES, CELLS)


def test_columns_without_names_are_numbered() -> None:
    data = table_of(*ROWS)
    assert cells_of(data) == [("column 1", "column 2", "column 3", "column 4"), *CELLS]
    assert "no-header" in codes_of(data)
    assert cells_of(table_of("a,b", "c,d"), ReadingOptions(header=0)) == [
        ("column 1", "column 2"),
        ("a", "b"),
        ("c", "d"),
    ]


def test_names_are_made_unique_and_visible() -> None:
    data = table_of("\u00a0id , title,title,,minutes\u200b", *(f"{row},x" for row in ROWS))
    assert cells_of(data)[0] == ("id", "title", "title (2)", "column 4", "minutes")
    assert {"duplicate-name", "blank-name"} <= set(codes_of(data))


def test_a_header_line_in_apostrophes_is_mended() -> None:
    assert cells_of(table_of("'id','title','started_at','minutes'", *ROWS)) == [NAMES, *CELLS]


def test_a_repeated_header_is_left_out_and_counted() -> None:
    data = table_of(HEADER, *ROWS[:6], HEADER, *ROWS[6:], HEADER)
    assert cells_of(data) == [NAMES, *CELLS]
    assert codes_of(data) == {"repeated-header": (8, 2)}


def test_a_file_that_is_its_header_over_and_over_is_said_in_few_words() -> None:
    with open_table(table_of(*["a,b"] * 30_000)) as table:
        assert walked(table) == []
        assert sum(remark.count for remark in table.repairs()) == 29_999
        assert len(table.repairs()) <= 2


@pytest.mark.parametrize("gap", [[], [""]])
@pytest.mark.parametrize("width", [3, 4, 6])
def test_the_rows_of_a_second_table_are_faults_of_their_own(gap: list[str], width: int) -> None:
    second = [",".join(f"{word}{n}" for n in range(width)) for word in ("NAME", "one", "two", "three")]
    with open_table(table_of(HEADER, *ROWS, *ROWS, *gap, *second)) as table:
        items = walked(table)
    assert [cells for _, _, cells in items[:24]] == CELLS * 2
    assert [(code, ",".join(cells)) for _, code, cells in items[24:]] == [
        ("second-table", line) for line in second
    ]


def test_a_small_table_is_no_preamble_of_a_wider_one() -> None:
    first = ["id,day,minutes", *(f"INC{n},2025-01-{n},{n}" for n in range(10, 15))]
    with open_table(table_of(*first, "", HEADER + ",note", *(f"{row},x" for row in ROWS))) as table:
        assert table.header == ("id", "day", "minutes")
        assert [code for _, code, _ in walked(table)] == [""] * 5 + ["second-table"] * 13


def test_a_delimiter_after_each_line_makes_no_column() -> None:
    data = table_of(HEADER + ",", *(row + "," for row in ROWS))
    assert cells_of(data) == [NAMES, *CELLS]
    assert "trailing-delimiter" in codes_of(data)


def test_empty_lines_are_left_out_and_counted() -> None:
    data = table_of("", HEADER, "", *ROWS[:5], "", ",,,", *ROWS[5:], "", "")
    assert cells_of(data) == [NAMES, *CELLS]
    assert codes_of(data)["empty-line"] == (3, 5)


@pytest.mark.parametrize(
    ("damaged", "repair"),
    [
        ("INC15,Title of 15,2025-01-15 10:00,45,,", "trailing-cells"),
        ("INC15;Title of 15;2025-01-15 10:00;45", "other-delimiter"),
        ("INC15,Title of 152025-01-15 10:00,45", "lost-delimiter"),
        ('"INC15,Title of 15,2025-01-15 10:00,45"', "unwrapped"),
        ("INC15,,Title of 15,2025-01-15 10:00,45", "added-delimiter"),
    ],
)
def test_a_row_with_one_reasonable_reading_is_repaired_and_reported(damaged: str, repair: str) -> None:
    lines = [row if not row.startswith("INC15") else damaged for row in ROWS]
    data = table_of(HEADER, *lines)
    assert cells_of(data) == [NAMES, *CELLS]
    assert codes_of(data) == {repair: (7, 1)}


def test_a_row_with_backslashes_is_read_in_a_file_that_doubles_its_quotation_marks() -> None:
    rows = [f'INC{n},"say ""no"" to {n}",2025-01-{n} 10:00,{n}' for n in range(10, 22)]
    rows[5] = rows[5].replace('""', '\\"')
    with open_table(table_of(HEADER, *rows)) as table:
        assert [cells[1] for _, _, cells in walked(table)] == [f'say "no" to {n}' for n in range(10, 22)]
        assert [remark.code for remark in table.repairs()] == ["escaped"]


def test_a_damaged_record_of_several_lines_is_mended_as_one() -> None:
    rows = [f'INC{n},"Title of {n}\nand more, of it",2025-01-{n} 10:00,{n * 3}' for n in range(10, 22)]
    rows[5] = rows[5].replace(",", ";").replace("more; of", "more, of")
    with open_table(table_of(HEADER, *rows)) as table:
        items = walked(table)
    assert items[5] == (12, "", ("INC15", "Title of 15\nand more, of it", "2025-01-15 10:00", "45"))
    assert [code for _, code, _ in items] == [""] * 12


def test_half_a_record_is_no_row() -> None:
    rows = [*ROWS[:4], 'INC99,"Title of 99', *ROWS[4:]]
    with open_table(table_of(HEADER, *rows)) as table:
        items = walked(table)
    assert [code for _, code, _ in items] == [""] * 4 + ["open-quote"] + [""] * 8


def test_one_column_is_a_table() -> None:
    data = table_of("name", "alpha", "beta", "gamma")
    assert cells_of(data) == [("name",), ("alpha",), ("beta",), ("gamma",)]
    assert codes_of(data) == {}
    assert cells_of(table_of("name", '"alpha, first"', '"beta, second"')) == [
        ("name",),
        ("alpha, first",),
        ("beta, second",),
    ]


@pytest.mark.parametrize("text", [HEADER, HEADER + "\n", HEADER + "\r\n\r\n"])
def test_a_header_alone_is_a_table_without_rows(text: str) -> None:
    assert cells_of(text.encode()) == [NAMES]
