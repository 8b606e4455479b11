"""Files made or broken to hurt: each ends in a clear message or in rows, in bounded memory and in steps that grow
with the file and no faster. The numbers come from `limits`, the large files are written piece by piece."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.csv_reader import open_table
from incidents.csv_text import fitting, limits
from incidents.table import CsvError, ReadingOptions, RowFault

MB = 1_000_000


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Iterable[bytes]], Path]:
    """Write pieces to a file."""

    def write(pieces: Iterable[bytes]) -> Path:
        path = tmp_path / "file.csv"
        with path.open("wb") as out:
            out.writelines(pieces)
        return path

    return write


def refused(path: Path | bytes, options: ReadingOptions | None = None) -> CsvError:
    """Read a file to its end and give the error that it ends in."""
    with pytest.raises(CsvError) as error, open_table(path, options or ReadingOptions()) as table:
        for _ in table.rows():
            pass
    assert error.value.hint
    assert "{" not in str(error.value)
    return error.value


def test_a_cell_of_100_mb_is_refused_where_it_is_known(file: Callable[[Iterable[bytes]], Path]) -> None:
    path = file([b'id,text\nA-1,"', *(b"x" * MB for _ in range(100)), b'"\nA-2,y\n'])
    tracemalloc.start()
    error = refused(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (error.code, error.params["line"]) == ("line-too-long", 2)
    assert peak < 20 * MB


def test_a_cell_too_large_makes_one_fault_and_the_rest_is_read() -> None:
    data = b"id,text\nA-1,x\nA-2," + b"y" * (limits.MAX_CELL + 1) + b"\nA-3,z\n"
    with open_table(data) as table:
        items = list(table.rows())
    assert [item.line for item in items] == [2, 3, 4]
    fault = items[1]
    assert isinstance(fault, RowFault)
    assert fault.code == "cell-too-large"
    assert sum(map(len, fault.cells)) < 1_000


def test_a_row_of_a_million_cells_is_one_fault_and_takes_little_memory() -> None:
    data = b"a,b\n1,2\n" + b"9," * 1_500_000 + b"\n3,4\n"
    tracemalloc.start()
    with open_table(data) as table:
        items = list(table.rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [getattr(item, "code", "") for item in items] == ["", "too-many-cells", ""]
    assert peak < 30 * MB


def test_100_000_columns_are_refused() -> None:
    names = ",".join(f"c{n}" for n in range(100_000))
    error = refused(f"{names}\n{','.join(['1'] * 100_000)}\n".encode())
    assert (error.code, error.params["count"], error.params["limit"]) == (
        "too-many-columns",
        100_000,
        limits.MAX_COLUMNS,
    )


def test_a_row_of_100_000_cells_is_one_fault() -> None:
    with open_table(b"a,b\n1,2\n" + b",".join([b"9"] * 100_000) + b"\n3,4\n") as table:
        items = list(table.rows())
    assert [getattr(item, "code", "") for item in items] == ["", "too-many-cells", ""]


@pytest.mark.parametrize("start", [b"", b"id,text\nA-1,x\n"], ids=["nothing else", "below a row"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b" \n"])
def test_10_million_empty_lines_are_refused(
    file: Callable[[Iterable[bytes]], Path], start: bytes, end: bytes
) -> None:
    lines = 10 * MB if len(end) == 1 else 2 * limits.MAX_EMPTY_LINES
    error = refused(file([start, *(end * 10_000 for _ in range(lines // 10_000))]))
    assert (error.code, error.params["limit"]) == ("too-many-empty-lines", limits.MAX_EMPTY_LINES)


def test_a_gzip_bomb_is_refused_early(file: Callable[[Iterable[bytes]], Path]) -> None:
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = (b"0," + b"0" * 9_997 + b"\n") * 100
    path = file([engine.compress(b"a,b\n"), *(engine.compress(zeros) for _ in range(200)), engine.flush()])
    assert path.stat().st_size < MB
    with pytest.raises(CsvError) as error, open_table(path) as table:
        for _ in table.rows():
            assert table.position() <= table.size
    assert error.value.code == "too-large-unpacked"
    assert error.value.params["found"] == path.stat().st_size


def test_a_compressed_file_that_breaks_off_is_said_so() -> None:
    data = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000)))
    assert refused(data[: len(data) // 2]).code == "damaged-gzip"
    assert refused(data[:200] + b"\xff" * 50 + data[250:]).code == "damaged-gzip"


def test_compressed_files_behind_each_other_are_one() -> None:
    with open_table(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n") + bytes(512)) as table:
        assert [list(item.cells) for item in table.rows()] == [["1", "2"], ["3", "4"]]
        assert table.position() == table.size


def test_invalid_utf8_in_the_middle_is_read_and_said(file: Callable[[Iterable[bytes]], Path]) -> None:
    good = "A,début\n".encode() * 40_000
    with open_table(file(["id,étape\n".encode(), good, b"A,fin \xe0 22h\n", good])) as table:
        items = list(table.rows())
        assert len(items) == 80_001
        assert items[40_000].cells[1] == "fin à 22h"
        assert table.encoding == "utf-8"
        (remark,) = [remark for remark in table.repairs() if remark.code == "invalid-bytes"]
        assert (remark.line, remark.count) == (40_002, 1)


def test_bytes_that_the_named_encoding_has_not_stop_the_file(file: Callable[[Iterable[bytes]], Path]) -> None:
    path = file([b"id,text\n", b"A,x\n" * 100_000, b"A,\xe9\n", b"A,x\n" * 100_000])
    assert refused(path, ReadingOptions(encoding="utf-8")).code == "wrong-encoding"


def test_a_folder_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "not-a-file"
    error = refused(tmp_path / "incidents.csv")
    assert (error.code, error.params["name"]) == ("no-file", "incidents.csv")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\t\r\n", bytes(5_000)])
def test_a_file_without_a_word_is_empty(data: bytes) -> None:
    assert refused(data).code == "empty-file"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7\n", "other-format"),
        (b"\x89PNG\r\n\x1a\n", "other-format"),
        (b"SQLite format 3\0", "other-format"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "web-page"),
        (bytes(range(256)) * 40, "binary-file"),
    ],
)
def test_what_is_no_table_is_named(data: bytes, code: str) -> None:
    assert refused(data).code == code


HOSTILE: dict[str, tuple[bytes, bytes]] = {
    "marks and commas": (b"", b'",'),
    "marks and commas in lines": (b"", b'",\n'),
    "marks that never close": (b"a,b,c\n1,2,3\n", b'1,"x,3\n'),
    "marks in the text": (b"a,b,c\n1,2,3\n", b'1,x"y"z,3\n'),
    "one mark that never closes": (b'a,b,c\n1,"x,3\n', b"1,2,3\n"),
    "ragged": (b"a,b,c\n1,2,3\n", b"1\n1,2,3,4,5\n1,2\n1,2,3\n"),
    "backslashes": (b'a,b\n"x\\"y",2\n', b'"\\\\\\\\\\",1\n'),
    "quotes of both kinds": (b"a,b,c\n1,2,3\n", b"'1','2','3'\n\"4\",'5',6\n"),
    "words apart": (b"a b c\n1 2 3\n", b"1 some words here 3\n"),
    "the header again and again": (b"a,b\n", b"a,b\n"),
    "carriage returns": (b"a,b\r1,2\r", b"3,4\r"),
    "nul": (b"a,b\n1,2\n", b"1\0,\x002\n"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_takes_bounded_memory(kind: str, file: Callable[[Iterable[bytes]], Path]) -> None:
    start, line = HOSTILE[kind]
    pieces = max(1, 16_384 // len(line))
    path = file([start, *(line * pieces for _ in range(MB // 5 // (pieces * len(line))))])
    tracemalloc.start()
    try:
        with open_table(path) as table:
            walked = table.rows()
            # Memory shows in the first rows as well as in all of them, and tracing makes the walk slow.
            for _, _item in zip(range(4_000), walked, strict=False):
                pass
            assert table.position() <= table.size
    except CsvError as error:
        assert error.hint
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * MB


def test_20_mb_of_marks_take_bounded_memory(file: Callable[[Iterable[bytes]], Path]) -> None:
    path = file(b'"' * MB for _ in range(20))
    tracemalloc.start()
    error = refused(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.code == "line-too-long"
    assert peak < 20 * MB


class Steps:
    """Counts the cells that a search looks at, which is what its time goes with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        run = fitting._Search.run

        def counted(search: fitting._Search, steps: int) -> fitting.Fit | None:
            found = run(search, steps)
            self.count += search.steps
            return found

        monkeypatch.setattr(fitting._Search, "run", counted)


@pytest.mark.parametrize("kind", ["marks that never close", "ragged", "quotes of both kinds"])
def test_the_effort_grows_with_the_file_and_no_faster(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    start, line = HOSTILE[kind]
    counts = []
    for times in (500, 4_000):
        steps = Steps(monkeypatch)
        with open_table(start + line * times) as table:
            assert sum(1 for _ in table.rows()) > 0
        counts.append(steps.count)
        monkeypatch.undo()
    assert counts[1] <= 10 * max(counts[0], 100)


def walked(data: bytes) -> Iterator[tuple[str, ...]]:
    with open_table(data) as table:
        assert len(set(table.header)) == len(table.header)
        for item in table.rows():
            assert item.line > 0
            if not isinstance(item, RowFault):
                assert len(item.cells) == len(table.header)
            yield tuple(item.cells)
        assert 0 <= table.position() <= table.size
        for remark in (*table.guesses, *table.repairs()):
            remark.message.format(**remark.params)
            assert remark.count > 0


@settings(max_examples=250, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        list(walked(data))
    except CsvError as error:
        assert error.code


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab1,;|\t\"'\\ \n\r-:\x00é/", max_size=300))
def test_random_tables_are_read_or_refused(text: str) -> None:
    try:
        list(walked(text.encode()))
    except CsvError as error:
        assert error.code in ("empty-file", "web-page", "binary-file", "line-too-long")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.text(alphabet="ab1,;\"' \\", min_size=1, max_size=24).map(lambda t: f"k{t}"),
        min_size=1,
        max_size=12,
    )
)
def test_no_word_of_a_spoilt_file_is_lost_without_a_word(lines: list[str]) -> None:
    """Each line begins with a sign of its own, which must turn up among the cells or in what was said."""
    marked = [f"{chr(0x4E00 + n)}{line}" for n, line in enumerate(lines)]
    rows = [f"R-{n},2025-09-{n:02},text {n}" for n in range(1, 20)]
    text = "id,day,text\n" + "\n".join(rows[:10] + marked + rows[10:]) + "\n"
    with open_table(text.encode()) as table:
        seen = "".join("".join(item.cells) for item in table.rows())
        said = Counter(remark.code for remark in table.repairs())
    for line in marked:
        assert line[0] in seen or said & Counter(("comment", "footer", "repeated-header", "second-table")), (
            line
        )
    for row in rows:
        assert row.split(",")[0] in seen
