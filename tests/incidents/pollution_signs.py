"""Pollutions of a whole file: its code page, its delimiter, its quotes, its line ends, its wrapping.

Each makes a table, writes it and says what a person would read; None where the table gave no occasion.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import replace
from random import Random
from xml.sax.saxutils import escape

from tests.incidents.clean_tables import (
    NUMBER,
    Case,
    CleanTable,
    Style,
    joined,
    line_text,
    make_table,
    table_lines,
    usual_style,
    written,
)


def nothing(random: Random) -> Case:
    """A clean file, quoted as needed, for text or throughout: as it stands."""
    table, style = make_table(random), usual_style(random)
    return written(table, table_lines(table, style), style)


# --- code pages


def byte_order_mark(random: Random) -> Case:
    """A UTF-8 mark before the first name, quoted or not: the mark is no part of the name."""
    table, style = make_table(random), usual_style(random)
    return Case(
        b"\xef\xbb\xbf" + written(table, table_lines(table, style), style).data, table.header, table.rows
    )


def utf16_marked(random: Random) -> Case:
    """UTF-16 in either byte order, with its mark: as it stands."""
    table, style = make_table(random), usual_style(random)
    code, mark = random.choice((("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")))
    text = joined(table_lines(table, style), style)
    return Case(mark + text.encode(code), table.header, table.rows)


def utf16_unmarked(random: Random) -> Case:
    """UTF-16 in either byte order, without a mark: as it stands, for every other byte is NUL."""
    table, style = make_table(random), usual_style(random)
    text = joined(table_lines(table, style), style)
    return Case(text.encode(random.choice(("utf-16-le", "utf-16-be"))), table.header, table.rows)


def windows_1252(random: Random) -> Case | None:
    """French in Windows-1252, curly apostrophes and the euro sign among it: as it stands."""
    return _in_code_page(random, "cp1252", "€…“œ")


def latin_1(random: Random) -> Case | None:
    """French in Latin-1: as it stands (the apostrophes are straight, since Latin-1 has no others)."""
    return _in_code_page(random, "latin-1", "çàü«")


def dos_850(random: Random) -> Case | None:
    """French in code page 850, of which the text holds at least 30 accents: as it stands."""
    return _in_code_page(random, "cp850", "", accents=30)


def mac_roman(random: Random) -> Case | None:
    """French in Mac Roman, of which the text holds at least 30 accents: as it stands."""
    return _in_code_page(random, "mac_roman", "", accents=30)


def _in_code_page(random: Random, code: str, signs: str, accents: int = 1) -> Case | None:
    table, style = make_table(random, language="fr", kinds=("title",)), usual_style(random)
    straight = code not in ("cp1252", "mac_roman")
    at = next(n for n, column in enumerate(table.columns) if column.kind == "title")
    rows = []
    for row in table.rows:
        cells = [cell.replace("’", "'") if straight else cell for cell in row]
        if signs and random.random() < 0.2:
            cells[at] += " " + random.choice(signs)
        rows.append(tuple(cells))
    table = replace(table, rows=tuple(rows))
    text = joined(table_lines(table, style), style)
    if sum(sign in "éèêçàùîôûÉÀ" for sign in text) < accents:
        return None
    return Case(text.encode(code), table.header, table.rows)


def row_in_other_code_page(random: Random) -> Case | None:
    """UTF-8, but for one row that came from elsewhere in Windows-1252: each row says what it says."""
    table, style = make_table(random, language="fr", kinds=("title",)), usual_style(random)
    lines = [line.encode() for line in table_lines(table, style)]
    row = random.randrange(len(table.rows))
    text = line_text(table.rows[row], style)
    lines[row + 1] = text.encode("cp1252")
    if lines[row + 1].isascii() or sum(not line.isascii() for line in lines) < 3:
        return None
    return Case(b"".join(line + style.line_end.encode() for line in lines), table.header, table.rows)


def nul_bytes(random: Random) -> Case:
    """NUL bytes inside one to five lines, or a run of them after the last line: they are not there."""
    table, style = make_table(random), usual_style(random)
    text = joined(table_lines(table, style), style)
    if random.random() < 0.3:
        text += "\0" * random.randint(1, 600)
    else:
        for _ in range(random.randint(1, 5)):
            at = random.randint(1, len(text) - 1)
            text = text[:at] + "\0" + text[at:]
    return Case(text.encode(), table.header, table.rows)


def hard_spaces(random: Random) -> Case:
    """Non-breaking spaces around the names and inside the numbers: names are read without, cells as they are."""
    table, style = make_table(random, kinds=("number",)), usual_style(random)
    at = next(n for n, column in enumerate(table.columns) if column.kind == "number")
    rows = tuple((*row[:at], _grouped(row[at]), *row[at + 1 :]) for row in table.rows)
    table = replace(table, rows=rows)
    names = tuple(
        random.choice(("\u00a0", " ", "")) + name + random.choice(("\u00a0", "")) for name in table.header
    )
    lines = [style.delimiter.join(names), *table_lines(table, style)[1:]]
    return written(table, lines, style)


def _grouped(cell: str) -> str:
    return f"{int(cell):,}".replace(",", "\u00a0") if NUMBER.fullmatch(cell) else cell


# --- delimiters and quotes


def delimiter_semicolon(random: Random) -> Case:
    """Semicolons, with commas as common as ever in the text."""
    return _with_style(random, Style(";"))


def delimiter_tab(random: Random) -> Case:
    """Tabs."""
    return _with_style(random, Style("\t"))


def delimiter_pipe(random: Random) -> Case:
    """Vertical bars."""
    return _with_style(random, Style("|"))


def delimiter_space(random: Random) -> Case:
    """Spaces: what holds one, and what is empty, stands in quotes."""
    return _with_style(random, Style(" "))


def delimiter_comma_space(random: Random) -> Case:
    """A comma and a space: the space is of the delimiter, also before a quote."""
    return _with_style(random, Style(", "))


def delimiter_semicolon_space(random: Random) -> Case:
    """A semicolon and a space: the space is of the delimiter, also before a quote."""
    return _with_style(random, Style("; "))


def _with_style(random: Random, style: Style) -> Case:
    table = make_table(random)
    quoting = "needed" if style.delimiter == " " else random.choice(("needed", "needed", "text", "all"))
    style = replace(style, line_end=random.choice(("\n", "\r\n")), quoting=quoting)
    return written(table, table_lines(table, style), style)


def single_quotes(random: Random) -> Case | None:
    """Apostrophes for quotes, doubled inside: at least three cells need them."""
    table = make_table(random, kinds=("text",))
    style = replace(usual_style(random), quote="'")
    lines = table_lines(table, style)
    needy = sum(cell[:1] != "'" and style.delimiter in cell for row in table.rows for cell in row)
    return written(table, lines, style) if needy >= 3 else None


def backslash_escapes(random: Random) -> Case | None:
    """A quote inside quotes has a backslash before it, and so has a backslash: both are read without."""
    table = make_table(random, kinds=("text",))
    style = replace(usual_style(random), escape="\\")
    lines = table_lines(table, style)
    return written(table, lines, style) if sum('\\"' in line for line in lines) >= 2 else None


def backslash_in_text(random: Random) -> Case:
    """Paths with backslashes in a file whose quotes are doubled: each backslash is kept."""
    table, style = make_table(random, kinds=("title",)), usual_style(random)
    at = next(n for n, column in enumerate(table.columns) if column.kind == "title")
    rows = []
    for row in table.rows:
        path = row[at] + rf" C:\logs\{random.choice(('new', 'temp', 'run'))}\{random.randint(1, 99)}"
        rows.append((*row[:at], path if random.random() < 0.4 else row[at], *row[at + 1 :]))
    table = replace(table, rows=tuple(rows))
    return written(table, table_lines(table, style), style)


# --- line ends


def line_feeds(random: Random) -> Case:
    """LF alone."""
    return _with_line_end(random, "\n")


def carriage_returns_and_feeds(random: Random) -> Case:
    """CRLF."""
    return _with_line_end(random, "\r\n")


def carriage_returns(random: Random) -> Case:
    """CR alone."""
    return _with_line_end(random, "\r")


def _with_line_end(random: Random, line_end: str) -> Case:
    style = replace(usual_style(random), line_end=line_end)
    table = make_table(random, without="\n")
    return written(table, table_lines(table, style), style)


def mixed_line_ends(random: Random) -> Case:
    """LF, CRLF and at times CR in one file: each ends a record, for no unquoted cell holds one."""
    table, style = make_table(random, without="\n"), usual_style(random)
    ends = random.choice((("\n", "\r\n"), ("\n", "\r\n"), ("\n", "\r\n", "\r")))
    text = "".join(line + random.choice(ends) for line in table_lines(table, style))
    return Case(text.encode(), table.header, table.rows)


def newlines_in_quotes(random: Random) -> Case:
    """Cells of several lines, an empty one among them at times: the lines are of the cell."""
    table, style = make_table(random, kinds=("text",)), usual_style(random)
    at = next(n for n, column in enumerate(table.columns) if column.kind == "text")
    rows = []
    for row in table.rows:
        more = random.choice(("\n", "\n\n", style.line_end)).join(("", *random.sample(row, 2)))
        rows.append((*row[:at], row[at] + (more if random.random() < 0.5 else ""), *row[at + 1 :]))
    table = replace(table, rows=tuple((*row[:at], row[at].strip(), *row[at + 1 :]) for row in rows))
    return written(table, table_lines(table, style), style)


def no_last_line_end(random: Random) -> Case:
    """The last line has no line end."""
    table, style = make_table(random), usual_style(random)
    data = joined(table_lines(table, style), style).removesuffix(style.line_end).encode()
    return Case(data, table.header, table.rows)


def more_last_line_ends(random: Random) -> Case:
    """One to four line ends too many after the last line."""
    table, style = make_table(random), usual_style(random)
    return written(table, table_lines(table, style) + [""] * random.randint(1, 4), style)


# --- wrappings


def gzipped(random: Random) -> Case:
    """The file in gzip, in one or two members."""
    case = nothing(random)
    middle = random.choice((0, len(case.data) // 2))
    members = [part for part in (case.data[:middle], case.data[middle:]) if part]
    return replace(case, data=b"".join(gzip.compress(part, mtime=0) for part in members))


def lines_in_quotes(random: Random) -> Case | None:
    """Each line but the header was quoted once more as a whole, its quotes doubled: the cells in it are meant."""
    table, style = make_table(random, without="\n"), usual_style(random)
    header, *rows = table_lines(table, style)
    return written(table, [header, *('"' + row.replace('"', '""') + '"' for row in rows)], style)


def row_in_quotes(random: Random) -> Case:
    """One line alone was quoted as a whole, its quotes doubled: the cells in it are meant."""
    table, style = make_table(random, without="\n"), usual_style(random)
    lines = table_lines(table, style)
    row = random.randint(1, len(table.rows))
    lines[row] = '"' + lines[row].replace('"', '""') + '"'
    return written(table, lines, style)


def workbook(random: Random) -> Case:
    """A workbook of one sheet, texts inline or shared, whole numbers as numbers: the same cells."""
    table = make_table(random)
    return Case(_workbook_bytes(table, shared=random.random() < 0.5), table.header, table.rows)


_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _workbook_bytes(table: CleanTable, *, shared: bool) -> bytes:
    texts: dict[str, int] = {}
    lines = []
    for number, cells in enumerate((table.header, *table.rows), start=1):
        made = []
        for at, cell in enumerate(cells):
            place = f'r="{chr(65 + at)}{number}"'
            text = f'<t xml:space="preserve">{escape(cell)}</t>'
            if not cell:
                continue
            if NUMBER.fullmatch(cell) and str(int(cell)) == cell:
                made.append(f"<c {place}><v>{cell}</v></c>")
            elif shared:
                made.append(f'<c {place} t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>')
            else:
                made.append(f'<c {place} t="inlineStr"><is>{text}</is></c>')
        lines.append(f'<row r="{number}">{"".join(made)}</row>')
    strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    relations = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")]
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Incidents" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(relations, start=1)
        )
        + "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_SHEET}" count="{len(texts)}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEET}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{body}')
    return file.getvalue()


# --- next to nothing


def header_only(random: Random) -> Case:
    """A header and no row."""
    table, style = replace(make_table(random), rows=()), usual_style(random)
    return written(table, table_lines(table, style), style)


def one_row(random: Random) -> Case:
    """A header and one row."""
    table, style = make_table(random, rows=1), usual_style(random)
    return written(table, table_lines(table, style), style)


def one_column(random: Random) -> Case:
    """One column: of references, of days, or of sentences in which commas mean nothing, quoted or not."""
    kind = random.choice(("id", "day", "title"))
    table = make_table(random, kinds=(kind,), language=random.choice(("en", "fr")))
    at = next((n for n, column in enumerate(table.columns) if column.kind == kind), 0)
    table = CleanTable((table.columns[at],), tuple((row[at],) for row in table.rows))
    style = Style(line_end=random.choice(("\n", "\r\n")), quoting=random.choice(("needed", "all")))
    if random.random() < 0.3 and not any('"' in row[0] for row in table.rows):
        return written(table, [table.header[0], *(row[0] for row in table.rows)], style)
    return written(table, [line_text(cells, style) for cells in (table.header, *table.rows)], style)


ALL = (
    nothing, byte_order_mark, utf16_marked, utf16_unmarked, windows_1252, latin_1, dos_850, mac_roman,
    row_in_other_code_page, nul_bytes, hard_spaces, delimiter_semicolon, delimiter_tab, delimiter_pipe,
    delimiter_space, delimiter_comma_space, delimiter_semicolon_space, single_quotes, backslash_escapes,
    backslash_in_text, line_feeds, carriage_returns_and_feeds, carriage_returns, mixed_line_ends,
    newlines_in_quotes, no_last_line_end, more_last_line_ends, gzipped, lines_in_quotes, row_in_quotes, workbook,
    header_only, one_row, one_column,
)  # fmt: skip
