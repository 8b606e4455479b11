"""How a file is written is found out: delimiter, quotation mark, escape, encoding; a person's word goes first."""

from __future__ import annotations

import pytest

from incidents.csv_reader import ReadingOptions, open_table
from tests.incidents.test_csv_reader import cells_of, codes_of, walked

HEADER = ("id", "title", "started_at", "minutes")
ROWS = [
    ("INC1", "No signal after the storm", "2025-01-01 10:00", "40"),
    ("INC2", "Fibre cut, repaired", "2025-01-02 11:30", "15"),
    ("INC3", "Storage full; restarted", "2025-01-03 09:05", "7"),
    ("INC4", "Expired certificate", "2025-01-04 23:59", "120"),
]


def lines(delimiter: str, quote: str = '"', end: str = "\n") -> str:
    """Write the rows with every text in quotes."""
    out = [delimiter.join(HEADER)]
    out += [delimiter.join((row[0], quote + row[1] + quote, *row[2:])) for row in ROWS]
    return end.join(out) + end


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ", ", "; "])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_the_delimiter_and_the_quotation_mark_are_found(delimiter: str, quote: str) -> None:
    data = lines(delimiter, quote).encode()
    assert cells_of(data) == [HEADER, *ROWS]
    with open_table(data) as table:
        assert (table.delimiter, table.quote) == (delimiter, quote)
        assert ("delimiter" in {guess.code for guess in table.guesses}) == (delimiter != ",")


def test_a_space_parts_where_it_alone_does() -> None:
    data = b"day time count\n2025-01-01 10:00 4\n2025-01-02 11:00 15\n2025-01-03 12:00 7\n"
    assert cells_of(data)[:2] == [("day", "time", "count"), ("2025-01-01", "10:00", "4")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_record(end: str) -> None:
    data = lines(";", end=end)
    assert cells_of(data.encode()) == [HEADER, *ROWS]
    assert cells_of(data.removesuffix(end).encode()) == [HEADER, *ROWS]


def test_line_ends_may_be_mixed() -> None:
    data = lines(",").replace("\nINC2", "\r\nINC2").replace("\nINC4", "\r\nINC4")
    assert cells_of(data.encode()) == [HEADER, *ROWS]


def test_a_backslash_is_a_sign_in_a_file_that_doubles_its_quotation_marks() -> None:
    data = b'id,title\na,"""C:\\"""\nb,"a\\""b"\nc,\\\n'
    assert cells_of(data) == [("id", "title"), ("a", '"C:\\"'), ("b", 'a\\"b'), ("c", "\\")]
    assert "escape" not in codes_of(data)


def test_a_backslash_escapes_where_nothing_else_explains_the_file() -> None:
    data = b'id,title,n\na,"say \\"no\\" now, please",1\nb,"all \\"clear\\", says he",2\nc,"C:\\\\dir",3\n'
    assert cells_of(data)[1:] == [
        ("a", 'say "no" now, please', "1"),
        ("b", 'all "clear", says he', "2"),
        ("c", "C:\\dir", "3"),
    ]
    assert "escape" in codes_of(data)


def test_quotation_marks_that_are_not_doubled_belong_to_the_text() -> None:
    data = b'id,title,n\na,"he said "no" to it",1\nb,5" pipe,2\nc,"plain",3\nd,"last, one",4\n'
    assert cells_of(data)[1:] == [
        ("a", 'he said "no" to it', "1"),
        ("b", '5" pipe', "2"),
        ("c", "plain", "3"),
        ("d", "last, one", "4"),
    ]
    assert codes_of(data) == {"stray-quote": (2, 1)}


def test_a_quotation_mark_that_never_closes_takes_its_row_only() -> None:
    rows = [f'INC{n},"Title, {n}",2025-01-{n},{n}' for n in range(10, 30)]
    rows[7] = rows[7].replace('17",', "17,")
    with open_table("\n".join(["id,title,started_at,minutes", *rows]).encode()) as table:
        items = walked(table)
    assert [line for line, _, _ in items] == list(range(2, 22))
    assert all(
        cells == (f"INC{n}", f"Title, {n}", f"2025-01-{n}", str(n))
        for n, (_, _, cells) in enumerate(items, 10)
        if n != 17
    )


def test_one_row_in_apostrophes_does_not_change_the_files_quotation_mark() -> None:
    data = lines(",").replace('"Fibre cut, repaired"', "'Fibre cut, repaired'").replace("INC2", "'INC2'")
    with open_table(data.encode()) as table:
        assert table.quote == '"'
        assert walked(table)[2] == (4, "", ROWS[2])


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp850", "mac-roman"]
)
def test_the_encoding_is_found(encoding: str) -> None:
    text = "id;intitulé;début\n" + "".join(
        f"{n};Réseau coupé à l'été, dépêché où ça a été signalé;2025-01-{n}\n" for n in range(10, 30)
    )
    data = text.encode(encoding)
    assert cells_of(data)[:2] == [
        ("id", "intitulé", "début"),
        ("10", "Réseau coupé à l'été, dépêché où ça a été signalé", "2025-01-10"),
    ]


def test_bytes_that_are_no_utf8_in_the_middle_are_read_and_reported() -> None:
    rows = [f"{n},Réseau coupé à {n}".encode() for n in range(10, 30)]
    rows[5] = "15,Réseau coupé à 15".encode("cp1252")
    data = b"id,title\n" + b"\n".join(rows)
    assert cells_of(data)[6] == ("15", "Réseau coupé à 15")
    assert codes_of(data) == {"invalid-bytes": (7, 1)}


def test_nul_signs_are_taken_out_and_reported() -> None:
    assert cells_of(b"id,title\na,o\0ne\nb,two\n")[1] == ("a", "one")
    assert codes_of(b"id,title\na,o\0ne\nb,two\n") == {"nul": (2, 1)}


def test_what_a_person_says_goes_before_what_would_be_found() -> None:
    data = lines(";").encode("cp1252")
    assert cells_of(data, ReadingOptions(delimiter="|"))[0] == ("id;title;started_at;minutes",)
    assert cells_of(data, ReadingOptions(quote=""))[1][1] == '"No signal after the storm"'
    assert cells_of("id,é\na,b\n".encode(), ReadingOptions(encoding="cp1252"))[0] == ("id", "Ã©")


def test_lines_that_were_quoted_once_more_are_unwrapped() -> None:
    inner = ["id,title,minutes", *(f'INC{n},""Title, {n}"",{n}' for n in range(9))]
    data = "\n".join(f'"{line}"' for line in inner).encode()
    assert cells_of(data)[:2] == [("id", "title", "minutes"), ("INC0", "Title, 0", "0")]
