"""Bytes to numbered rows: encoding, delimiter, header. Knows no field and no record.

Each guess is stated in the `Table`; what has one reasonable reading is repaired and the repair is noted; what
has not is a `RowFault` with its line. Never `csv.Sniffer`: it takes seconds on hostile input.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from incidents.errors import TimelineError

DELIMITERS = (",", ";", "\t", "|")
MAX_CELL = 1_000_000
MAX_COLUMNS = 2_000
SAMPLE_LINES = 50


class CsvError(TimelineError):
    """A file that is no table; `code` says why, and the message what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the table: the line it starts on (from 1), and a cell for each header."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowFault:
    """One record that cannot be read as a row of this table."""

    line: int
    code: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read: `header` are its column names, made unique; `rows` in the order of the file."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    rows: tuple[Row | RowFault, ...] = ()
    notes: tuple[tuple[str, dict[str, object]], ...] = field(default=())


def read_table(data: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Read bytes as a table.

    Raises `CsvError` for an empty file, a binary one, one that no encoding fits, or one without a header.
    """
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise CsvError(
            "The file is empty.",
            code="empty-file",
            hint="Export it again, with a header line and at least one row.",
        )
    text, used = decode(data, encoding)
    notes: list[tuple[str, dict[str, object]]] = []
    mark = delimiter or find_delimiter(text)
    records = _records(text, mark)
    header_line, raw = next(
        ((line, cells) for line, cells in records if any(c.strip() for c in cells)), (0, [])
    )
    header = _header(raw, notes)
    rows = tuple(_rows(records, len(header)))
    return Table(used, mark, header, header_line, rows, tuple(notes))


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Decode bytes: a byte-order mark decides, then UTF-8, then Windows-1252. Gives (text, encoding)."""
    if encoding:
        try:
            codecs.lookup(encoding)
            return data.decode(encoding).removeprefix("\ufeff"), encoding
        except (LookupError, UnicodeDecodeError) as error:
            raise CsvError(
                "The file cannot be read as {encoding}.",
                code="wrong-encoding",
                params={"encoding": encoding},
                hint="Leave the encoding out, or name the one your tool writes.",
            ) from error
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(name), name
            except UnicodeDecodeError as error:
                raise CsvError(
                    "The file starts as {encoding} but breaks off at byte {position}.",
                    code="wrong-encoding",
                    params={"encoding": name, "position": error.start + len(mark)},
                    hint="Save it again as UTF-8.",
                ) from error
    if b"\x00" in data[:100_000] or _is_binary(data[:4096]):
        raise CsvError(
            "The file is not text.",
            code="binary-file",
            hint="Save the sheet as CSV (UTF-8) and import that file.",
        )
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "windows-1252"


def _is_binary(head: bytes) -> bool:
    odd = sum(byte < 9 or 13 < byte < 32 for byte in head)
    return odd > len(head) // 50


def find_delimiter(text: str) -> str:
    """Choose the delimiter under which most of the first lines have the same number of cells, and more than one."""
    sample = text[:200_000]
    best, best_score = ",", (0.0, 0)
    for mark in DELIMITERS:
        widths: Counter[int] = Counter()
        for number, (_, cells) in enumerate(_records(sample, mark)):
            if number >= SAMPLE_LINES:
                break
            if any(cells):
                widths[len(cells)] += 1
        wide = {width: count for width, count in widths.items() if width > 1}
        if not wide:
            continue
        width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
        score = (count / sum(widths.values()), width)
        if score > best_score:
            best, best_score = mark, score
    return best


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Split text into records, each with the line it starts on; a cell over the limit raises `CsvError`."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CsvError(
                "Line {line}: {problem}.",
                code="not-a-table",
                params={"line": line, "problem": str(error)},
                hint="Look for a quotation mark that opens on this line and never closes.",
            ) from error
        if len(cells) > MAX_COLUMNS:
            raise CsvError(
                "Line {line} has {count} columns; at most {limit} are read.",
                code="too-many-columns",
                params={"line": line, "count": len(cells), "limit": MAX_COLUMNS},
                hint="Check that this is the right file, or take out the columns that are not needed.",
            )
        yield line, cells
        line = reader.line_num + 1


def _header(raw: list[str], notes: list[tuple[str, dict[str, object]]]) -> tuple[str, ...]:
    names = [name.strip() for name in raw]
    while names and not names[-1]:
        names.pop()
    if not names or all(_looks_like_value(name) for name in names if name):
        raise CsvError(
            "The first line is no header: {cells}.",
            code="no-header",
            params={"cells": ", ".join(names[:5]) or "–"},
            hint="Put the names of the columns on the first line (id, title, started_at ...).",
        )
    seen: Counter[str] = Counter()
    out: list[str] = []
    for position, name in enumerate(names, 1):
        unique = name or f"column {position}"
        seen[unique] += 1
        if seen[unique] > 1:
            notes.append(("Column “{name}” appears {count} times.", {"name": name, "count": seen[unique]}))
            unique = f"{unique} ({seen[unique]})"
        out.append(unique)
    return tuple(out)


def _looks_like_value(name: str) -> bool:
    digits = sum(ch.isdigit() for ch in name)
    return digits > 0 and digits >= len(name) / 2


def _rows(records: Iterator[tuple[int, list[str]]], width: int) -> Iterator[Row | RowFault]:
    for line, cells in records:
        if not any(cell.strip() for cell in cells):
            continue
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) > width:
            yield RowFault(line, "too-many-cells", tuple(cells))
        elif len(cells) < width:
            yield RowFault(line, "too-few-cells", tuple(cells))
        else:
            yield Row(line, tuple(cells))
