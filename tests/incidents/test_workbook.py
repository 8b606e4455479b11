"""Excel workbooks as tables: cells as text, the sheet, what is said of it, and workbooks that are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from incidents.csv_reader import open_table
from incidents.table import CsvError, ReadingOptions, Row

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DAY, MOMENT, DURATION, PERCENT = 1, 2, 3, 4
"""Places of the number formats in the styles that `workbook` writes."""
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm"/><numFmt numFmtId="166" formatCode="[h]:mm:ss"/></numFmts>'
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>'
    '<xf numFmtId="9"/></cellXfs></styleSheet>'
)
Cell = object


def cell_xml(place: str, cell: Cell) -> str:
    """Write a cell: a text, a number, a truth value, (number, format), or XML that starts with "<c"."""
    if isinstance(cell, str) and cell.startswith("<c"):
        return cell.replace("<c", f'<c r="{place}"', 1)
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, tuple):
        return f'<c r="{place}" s="{cell[1]}"><v>{cell[0]}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(str(cell))}</t></is></c>'


def sheet_xml(rows: Sequence[Sequence[Cell]], after: str = "") -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [cell_xml(f"{chr(65 + at)}{number}", cell) for at, cell in enumerate(row) if cell is not None]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{after}</worksheet>'


def workbook(sheets: dict[str, str], *, since_1904: bool = False, hidden: Sequence[str] = ()) -> bytes:
    """Make a workbook of sheets given as XML."""
    numbered = list(enumerate(sheets, 1))
    state = {name: ' state="hidden"' if name in hidden else "" for name in sheets}
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f'<workbookPr date1904="{int(since_1904)}"/><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}"{state[name]} r:id="rId{n}"/>' for n, name in numbered
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n, _ in numbered
        )
        + f'<Relationship Id="rId99" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    } | {f"xl/worksheets/sheet{n}.xml": sheets[name] for n, name in numbered}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, text in parts.items():
            archive.writestr(place, text)
    return out.getvalue()


def one(rows: Sequence[Sequence[Cell]], **more: bool) -> bytes:
    return workbook({"Incidents": sheet_xml(rows)}, **more)


def cells(data: bytes, options: ReadingOptions | None = None) -> list[list[str]]:
    with open_table(data, options or ReadingOptions()) as table:
        items = list(table.rows())
    assert all(isinstance(item, Row) for item in items)
    return [list(item.cells) for item in items]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12, "12"),
        (1.5, "1.5"),
        (10_000_000, "10000000"),
        (True, "true"),
        ((45912, DAY), "2025-09-12"),
        ((45912.5, MOMENT), "2025-09-12T12:00:00"),
        ((1.6666666667, DURATION), "40:00:00"),
        ((0.25, PERCENT), "0.25"),
        ("Panne à Saint-Malo", "Panne à Saint-Malo"),
        ("two\nlines", "two\nlines"),
        ('"a", b', '"a", b'),
        ("007", "007"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
    ],
)
def test_a_cell_is_read_as_text(cell: Cell, text: str) -> None:
    assert cells(one([["id", "value"], ["A-1", cell], ["A-2", cell]])) == [["A-1", text], ["A-2", text]]


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    assert cells(one([["id", "day"], ["A-1", (44450, DAY)]], since_1904=True)) == [["A-1", "2025-09-12"]]


def test_lines_are_the_numbers_of_the_sheet_and_titles_and_totals_are_left_out() -> None:
    rows: list[list[Cell]] = [["Export of 12/09/2025"], [], ["id", "count", "text"]]
    rows += [[f"A-{n}", n, "two\nlines"] for n in range(1, 7)] + [[], ["Total", 21]]
    with open_table(one(rows)) as table:
        items = list(table.rows())
        assert (table.format, table.header, table.header_line) == ("xlsx", ("id", "count", "text"), 3)
        assert [item.line for item in items] == [4, 5, 6, 7, 8, 9]
        assert items[0].cells == ["A-1", "1", "two\nlines"]
        assert [remark.code for remark in table.guesses] == ["preamble"]
        assert {remark.code for remark in table.repairs()} == {"empty-line", "footer"}
        assert table.position() == table.size


def test_the_first_visible_sheet_that_holds_anything_is_read_and_said() -> None:
    table = sheet_xml([["id", "n"], ["A-1", 1]])
    other = sheet_xml([["name", "n"], ["B-1", 2]])
    data = workbook(
        {"Old": other, "Empty": sheet_xml([]), "2025": table, "Suppliers & co": other}, hidden=["Old"]
    )
    with open_table(data) as found:
        assert (found.sheet, found.header) == ("2025", ("id", "n"))
        assert found.sheets == ("Old", "Empty", "2025", "Suppliers & co")
        assert [remark.code for remark in found.guesses] == ["sheet"]
    with open_table(data, ReadingOptions(sheet="Suppliers & co")) as asked:
        assert (asked.header, asked.guesses) == (("name", "n"), ())
    with pytest.raises(CsvError) as error:
        open_table(data, ReadingOptions(sheet="2024"))
    assert error.value.code == "no-sheet"
    assert error.value.params["sheets"] == "Old, Empty, 2025, Suppliers & co"


def test_a_single_sheet_is_no_guess() -> None:
    with open_table(one([["id", "n"], ["A-1", 1]])) as table:
        assert table.guesses == ()


@pytest.mark.parametrize(
    ("cell", "code"),
    [('<c t="e"><v>#DIV/0!</v></c>', "error-cells"), ("<c><f>SUM(B3:B9)</f></c>", "formulas")],
)
def test_cells_without_a_value_are_empty_and_said(cell: str, code: str) -> None:
    with open_table(one([["id", "n"], ["A-1", cell], ["A-2", 2]])) as table:
        assert [list(item.cells) for item in table.rows()] == [["A-1", ""], ["A-2", "2"]]
        assert [remark.code for remark in table.repairs()] == [code]


def test_merged_cells_are_read_as_their_first_and_said() -> None:
    after = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    data = workbook({"S": sheet_xml([["id", "n"], ["A-1", 1], [None, 2]], after)})
    with open_table(data) as table:
        assert [list(item.cells) for item in table.rows()] == [["A-1", "1"], ["", "2"]]
        assert [remark.code for remark in table.repairs()] == ["merged-cells"]


def test_a_workbook_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(one([["id", "n"], ["A-1", 1]]))
    with open_table(path) as table:
        assert table.format == "xlsx"


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        (f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>', "empty-file"),
        (
            (
                f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
                '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
            ),
            "too-large-sheet",
        ),
        (sheet_xml([["id", "n"], ["A-1", 1]]).replace("</sheetData>", "</row>"), "damaged-workbook"),
    ],
    ids=["empty", "far cell", "broken"],
)
def test_a_sheet_that_cannot_be_read_is_refused(sheet: str, code: str) -> None:
    with pytest.raises(CsvError) as error:
        open_table(workbook({"S": sheet}))
    assert error.value.code == code
    assert error.value.hint


def test_a_sheet_of_too_many_columns_is_refused() -> None:
    from incidents.csv_text.limits import MAX_COLUMNS

    far = MAX_COLUMNS + 2
    name = ""
    while far:
        far, rest = divmod(far - 1, 26)
        name = chr(65 + rest) + name
    row = f'<row r="1"><c r="A1"><v>1</v></c><c r="{name}1"><v>2</v></c></row>'
    with pytest.raises(CsvError) as error:
        open_table(
            workbook({"S": f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'})
        )
    assert error.value.code == "too-many-columns"


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidents.csv_text.workbook.MAX_SHEET_TEXT", 10_000)
    with pytest.raises(CsvError) as error:
        open_table(one([["id", "text"], ["A-1", "x" * 20_000]]))
    assert error.value.code == "too-large-unpacked"


def test_a_workbook_that_is_cut_off_is_said_to_be_damaged() -> None:
    data = one([["id", "n"], ["A-1", 1]])
    for length in (60, len(data) // 2, len(data) - 30):
        with pytest.raises(CsvError) as error:
            open_table(data[:length])
        assert error.value.code == "damaged-workbook"


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for place, data in parts.items():
            written.writestr(place.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code", "named"),
    [
        (archive(xl__workbook_bin=b""), "other-workbook", ".xlsb"),
        (
            archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b""),
            "other-workbook",
            ".ods",
        ),
        (archive(word__document_xml=b""), "other-format", "Word"),
        (archive(readme=b"x"), "other-format", "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old-excel", ".xls"),
    ],
    ids=["xlsb", "ods", "docx", "zip", "xls"],
)
def test_other_documents_are_named(data: bytes, code: str, named: str) -> None:
    with pytest.raises(CsvError) as error:
        open_table(data)
    assert error.value.code == code
    assert named in str(error.value)
    assert error.value.hint
