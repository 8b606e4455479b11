"""An Excel workbook (.xlsx) as a `Table`: one sheet, its cells as text, through the same steps as a text file.

Knows no field. The library that reads the cells holds a whole sheet in memory, as a full rectangle; so the parts of
the file are looked through first, and a workbook that would not fit is refused before anything is loaded.
"""

from __future__ import annotations

import csv
import html
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import TracebackType
from typing import BinaryIO, Self

from incidents.csv_text.limits import MAX_COLUMNS, MAX_SHEET_CELLS, MAX_SHEET_TEXT
from incidents.csv_text.remarks import guess, repair
from incidents.csv_text.source import Source
from incidents.csv_text.text_table import TextTable
from incidents.table import CsvError, ReadingOptions, Remark, Row, RowFault

LINE_END = "\x0b"
"""Stands for a line end inside a cell while the sheet is passed on as text: XML allows it nowhere."""

CHUNK = 1 << 20
CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
ERROR = re.compile(rb'<(?:\w+:)?c [^>]*?\bt="e"')
WITHOUT_RESULT = re.compile(rb"</(?:\w+:)?f>(?:</(?:\w+:)?c>|<(?:\w+:)?v/>|<(?:\w+:)?v></)")
FILLED = re.compile(rb"<(?:\w+:)?(?:v|is)>")
SHEET = re.compile(r"<(?:\w+:)?sheet ([^>]*)>")
RELATION = re.compile(r"<(?:\w+:)?Relationship ([^>]*)>")
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class _Part:
    """One sheet of the workbook: its name, where it lies in the file, and what a look through it found."""

    name: str
    place: str
    hidden: bool
    filled: bool
    errors: int
    unresolved: int


class WorkbookTable:
    """A table read from a sheet; see `incidents.table.Table`. `line` is the row's number in the sheet."""

    format = "xlsx"
    encoding = ""
    delimiter = ""
    quote = ""
    exact = False

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        from python_calamine import CalamineError, CalamineWorkbook  # Only for who has a workbook.

        self.size = source.size
        with source.open() as file:
            parts = _look_through(file)
            chosen = _chosen(parts, options.sheet)
            file.seek(0)
            try:
                workbook = CalamineWorkbook.from_filelike(file)
                sheet = workbook.get_sheet_by_name(chosen.name)
            except (CalamineError, ValueError, OSError) as error:
                raise _damaged() from error
        self.sheet, self.sheets = chosen.name, tuple(part.name for part in parts)
        self._cells = _Sheet(sheet)
        told = replace(options, encoding="utf-8", delimiter=",", quote='"')
        self._text = TextTable(self._cells, told)
        self.header, self.header_line = self._text.header, self._text.header_line
        several = sum(part.filled and not part.hidden for part in parts) > 1 and options.sheet is None
        said = (guess("sheet", count=len(parts), name=chosen.name),) if several else ()
        self.guesses: tuple[Remark, ...] = (*said, *self._text.guesses)
        self._repairs = tuple(_repairs(chosen, bool(sheet.merged_cell_ranges)))

    def rows(self) -> Iterator[Row | RowFault]:
        """Walk the rows from the first."""
        for item in self._text.rows():
            if any(LINE_END in cell for cell in item.cells):
                yield item._replace(cells=[cell.replace(LINE_END, "\n") for cell in item.cells])
            else:
                yield item

    def position(self) -> int:
        return int(self.size * self._cells.share)

    def repairs(self) -> tuple[Remark, ...]:
        return (*self._repairs, *self._text.repairs())

    def close(self) -> None:
        self._text.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _repairs(part: _Part, merged: bool) -> Iterator[Remark]:
    if merged:
        yield repair("merged-cells")
    if part.errors:
        yield repair("error-cells", count=part.errors)
    if part.unresolved:
        yield repair("formulas", count=part.unresolved)


class _Sheet(Source):
    """A loaded sheet, read as if it were a file of comma-separated text."""

    def __init__(self, sheet: object) -> None:
        self._sheet = sheet
        self.packed = False
        self.size = 1 << 62
        self.share = 0.0

    def open(self) -> BinaryIO:
        return io.BufferedReader(_Written(self))

    def place(self, offset: int, length: int) -> bytes:
        return b""

    def lines(self) -> Iterator[bytes]:
        """Give the sheet's rows as lines of text, so that a line's number is the row's."""
        sheet = self._sheet
        start = sheet.start  # type: ignore[attr-defined]
        if start is None:
            return
        yield b"\n" * start[0]
        height = max(1, sheet.height)  # type: ignore[attr-defined]
        for number, row in enumerate(sheet.iter_rows(), 1):  # type: ignore[attr-defined]
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerow([_text(cell) for cell in row])
            self.share = number / height
            yield text.getvalue().encode("utf-8", "replace")


class _Written(io.RawIOBase):
    def __init__(self, sheet: _Sheet) -> None:
        self._lines = sheet.lines()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        while len(self._rest) < len(buffer):
            line = next(self._lines, None)
            if line is None:
                break
            self._rest += line
        taken = self._rest[: len(buffer)]
        self._rest = self._rest[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _text(cell: object) -> str:
    """Give a cell as text: dates in ISO form, whole numbers without a point, durations in hours."""
    if isinstance(cell, str):
        if "\n" in cell or "\r" in cell:
            cell = cell.replace("\r\n", LINE_END).replace("\n", LINE_END).replace("\r", LINE_END)
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="microseconds" if cell.microsecond else "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="microseconds" if cell.microsecond else "seconds")
    if isinstance(cell, timedelta):
        seconds = round(abs(cell.total_seconds()))
        sign = "-" if cell < timedelta(0) else ""
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if cell is None else str(cell)


def _chosen(parts: list[_Part], wanted: str | None) -> _Part:
    """Choose the sheet that was asked for, or the first that is visible and holds anything."""
    if wanted is not None:
        for part in parts:
            if part.name.strip().casefold() == wanted.strip().casefold():
                return part
        raise CsvError(
            "The workbook has no sheet “{sheet}”.",
            code="no-sheet",
            params={"sheet": wanted, "sheets": ", ".join(part.name for part in parts)},
            hint="It has: {sheets}.",
        )
    filled = [part for part in parts if part.filled]
    if not filled:
        raise CsvError(
            "The workbook is empty.",
            code="empty-file",
            hint="Export it again, with a header line and at least one row.",
        )
    return next((part for part in filled if not part.hidden), filled[0])


def _look_through(file: BinaryIO) -> list[_Part]:
    """Look through the parts of a workbook and refuse one that is too large, damaged or locked."""
    try:
        with zipfile.ZipFile(file) as archive:
            total = sum(info.file_size for info in archive.infolist())
            if total > MAX_SHEET_TEXT:
                raise _too_large(total, MAX_SHEET_TEXT)
            names = set(archive.namelist())
            for name in ("xl/sharedStrings.xml", "xl/styles.xml"):
                if name in names:
                    # Read to its end: a part whose stated size is wrong is found out here.
                    for _ in _chunks(archive, name):
                        pass
            parts = [
                _looked(archive, name, place, hidden)
                for name, place, hidden in _sheets(archive)
                if place in names and "worksheet" in place
            ]
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        KeyError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _damaged() from error
    if not parts:
        raise _damaged()
    return parts


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, bool]]:
    """Give the name, the place and whether it is hidden of each sheet, in the workbook's order."""
    places = {}
    for found in RELATION.finditer(_whole(archive, "xl/_rels/workbook.xml.rels")):
        known = dict(ATTRIBUTE.findall(found.group(1)))
        target = known.get("Target", "")
        place = (
            target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        )
        places[known.get("Id", "")] = place
    for found in SHEET.finditer(_whole(archive, "xl/workbook.xml")):
        known = dict(ATTRIBUTE.findall(found.group(1)))
        relation = next((value for key, value in known.items() if key.endswith(":id")), "")
        yield (
            html.unescape(known.get("name", "")),
            places.get(relation, ""),
            "state" in known and known["state"] != "visible",
        )


def _whole(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return part.read(4 << 20).decode("utf-8", "replace")


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        while chunk := part.read(CHUNK):
            yield chunk


def _looked(archive: zipfile.ZipFile, name: str, place: str, hidden: bool) -> _Part:
    """Look through a sheet's cells for how far they reach; a rectangle that is too large is refused."""
    filled, errors, unresolved, last = False, 0, 0, b""
    top, bottom, left, right = 1 << 30, 0, 1 << 30, 0
    for chunk in _chunks(archive, place):
        cut = chunk.rfind(b"<")
        text, last = (last + chunk[:cut], chunk[cut:]) if cut >= 0 else (last + chunk, b"")
        if len(last) > CHUNK:
            raise _damaged()
        filled = filled or FILLED.search(text) is not None
        errors += len(ERROR.findall(text))
        unresolved += len(WITHOUT_RESULT.findall(text))
        found = CELL.findall(text)
        if found:
            rows = [int(row) for _, row in found]
            columns = [_number(column) for column in {column for column, _ in found}]
            top, bottom = min(top, *rows), max(bottom, *rows)
            left, right = min(left, *columns), max(right, *columns)
        if bottom and (bottom - top + 1) * (right - left + 1) > MAX_SHEET_CELLS:
            raise CsvError(
                "The sheet “{sheet}” reaches over {found} cells; at most {limit} are read.",
                code="too-large-sheet",
                params={
                    "sheet": name,
                    "found": (bottom - top + 1) * (right - left + 1),
                    "limit": MAX_SHEET_CELLS,
                },
                hint="Delete what stands far from the table, or save the sheet as CSV (UTF-8) and import that file.",
            )
    if right - left >= MAX_COLUMNS and bottom:
        raise CsvError(
            "Line {line} has {count} columns; at most {limit} are read.",
            code="too-many-columns",
            params={"line": top, "count": right - left + 1, "limit": MAX_COLUMNS},
            hint="Check that this is the right file, or take out the columns that are not needed.",
        )
    return _Part(name, place, hidden, filled, errors, unresolved)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _damaged() -> CsvError:
    return CsvError(
        "The workbook is damaged or locked.",
        code="damaged-workbook",
        hint="Open it in Excel or LibreOffice and save it again as .xlsx, without a password, or as CSV (UTF-8).",
    )


def _too_large(found: int, limit: int) -> CsvError:
    return CsvError(
        "The workbook unpacks to {found} bytes; at most {limit} are read.",
        code="too-large-unpacked",
        params={"found": found, "limit": limit},
        hint="Save the sheet as CSV (UTF-8) and import that file.",
    )
