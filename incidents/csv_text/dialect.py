"""Which signs part and quote the cells: a value, how a record is split by it, and how it is found in a sample.

A candidate is scored by how even the rows become and by how many cells look like values of a kind (after van den
Burg's consistency measure and the table-uniformity measure; own code). Never `csv.Sniffer`: it takes seconds on
hostile input. Knows no header and no file.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from incidents.csv_text.limits import MAX_CELL
from incidents.csv_text.shapes import weight

csv.field_size_limit(MAX_CELL)

COMMON = (",", ";", "\t", "|")
UNCOMMON = {" ": 0.72, ":": 0.5, "^": 0.6, "~": 0.6}
UNLIKE_FIRST = dict.fromkeys(UNCOMMON, 0.4)
"""What an uncommon delimiter is worth that does not part the first line like the rows."""

NONE = "\x1e"
"""Parts nothing: the delimiter that `csv` is given for a file of one column."""

ALONE = 0.24
JOINED_LINES = 60
SCORED_ROWS = 400


@dataclass(frozen=True)
class Dialect:
    """How a file's records are written: `delimiter` is one sign, or "" for one column; `pad` a space after it."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    pad: bool = False
    tight: bool = False
    """Whether the space after the delimiter belongs to it: without one it is part of the text."""

    @property
    def shown(self) -> str:
        return self.delimiter + " " if self.pad or self.tight else self.delimiter

    @cached_property
    def mark(self) -> str:
        """The signs that part two cells, for splitting."""
        return (self.delimiter or NONE) + (" " if self.tight else "")

    @cached_property
    def for_csv(self) -> dict[str, Any]:
        """What `csv.reader` is told."""
        told: dict[str, Any] = {
            "delimiter": self.delimiter or NONE,
            "strict": True,
            "skipinitialspace": self.pad,
        }
        if self.quote:
            return told | {"quotechar": self.quote, "doublequote": True, "escapechar": self.escape or None}
        return told | {"quoting": csv.QUOTE_NONE, "quotechar": None}

    @cached_property
    def by_csv(self) -> bool:
        """Whether `csv.reader` reads this dialect as it is meant here."""
        return not self.escape and not self.tight

    @cached_property
    def _loose_escape(self) -> re.Pattern[str]:
        return re.compile(rf"\\(?!{re.escape(self.quote)}|\\)|\\\\\\")

    def csv_reads(self, text: str) -> bool:
        """Say whether `csv.reader` reads a text as it is meant: it takes the backslash before any sign off."""
        return not self.tight and not (self.escape and self._loose_escape.search(text))

    @cached_property
    def quoted_cell(self) -> re.Pattern[str] | None:
        if not self.quote:
            return None
        q = re.escape(self.quote)
        if self.escape:
            return re.compile(rf"{q}((?:[^{q}\\]|\\.|{q}{q})*+){q}", re.DOTALL)
        return re.compile(rf"{q}((?:[^{q}]|{q}{q})*+){q}", re.DOTALL)

    @cached_property
    def escaped(self) -> re.Pattern[str]:
        return re.compile(rf"\\([\\{re.escape(self.quote)}{re.escape(self.delimiter)}])")

    @cached_property
    def stray(self) -> re.Pattern[str] | None:
        """Finds a quotation mark between two signs of text, where a well-written file has none.

        It starts with the mark itself, so that the search is a search for one sign.
        """
        if not self.quote:
            return None
        q, d = re.escape(self.quote), re.escape(self.delimiter)
        before = rf"(?<=[^{d}{q}\r\n{re.escape(self.escape)}]{q})" + (rf"(?<!{d} {q})" if self.pad else "")
        return re.compile(rf"{q}{before}(?=[^{d}{q}\r\n])")

    def plain(self, text: str) -> str:
        """Give the text of a quoted cell without its doubled and escaped signs."""
        if self.quote and self.quote in text:
            text = text.replace(self.quote * 2, self.quote)
        if self.escape and "\\" in text:
            text = self.escaped.sub(r"\1", text)
        return text


class Split:
    """One record split strictly: its cells, which were quoted, and where it went wrong ("", "open", "stray")."""

    __slots__ = ("cells", "fault", "quoted")

    def __init__(self, cells: list[str], quoted: list[bool], fault: str) -> None:
        self.cells, self.quoted, self.fault = cells, quoted, fault


def split_record(text: str, dialect: Dialect) -> Split:
    """Split the text of one record, without its line end. A quoted cell that stays open or ends wrongly is a fault."""
    mark, quote = dialect.mark, dialect.quote
    if (not quote or quote not in text) and not dialect.escape:
        plain = text.split(mark)
        if dialect.pad:
            plain = [plain[0], *(cell.lstrip(" ") for cell in plain[1:])]
        return Split(plain, [False] * len(plain), "")
    cells: list[str] = []
    quoted: list[bool] = []
    at, end = 0, len(text)
    pattern = dialect.quoted_cell
    while True:
        if dialect.pad and cells:
            while at < end and text[at] == " ":
                at += 1
        if pattern is not None and at < end and text[at] == quote:
            found = pattern.match(text, at)
            if found is None:
                return Split(cells, quoted, "open")
            cells.append(dialect.plain(found.group(1)))
            quoted.append(True)
            at = found.end()
            if at < end and not text.startswith(mark, at):
                if text[at:].strip(" "):
                    return Split(cells, quoted, "stray")
                at = end
        else:
            to = text.find(mark, at)
            if dialect.escape:
                while to > 0 and _escaped(text, to):
                    to = text.find(mark, to + 1)
            if to < 0:
                to = end
            cell = text[at:to]
            cells.append(dialect.escaped.sub(r"\1", cell) if dialect.escape and "\\" in cell else cell)
            quoted.append(False)
            at = to
        if at >= end:
            return Split(cells, quoted, "")
        at += len(mark)
        if at >= end:
            cells.append("")
            quoted.append(False)
            return Split(cells, quoted, "")


def split_loosely(text: str, dialect: Dialect) -> list[str]:
    """Split a record in which quotation marks stand unescaped: a cell closes at the mark that a delimiter follows."""
    mark, quote = dialect.mark, dialect.quote
    if not quote or quote not in text:
        return text.split(mark)
    cells, at, end = [], 0, len(text)
    close = re.compile(rf"{re.escape(quote)} *(?={re.escape(mark)}|$)")
    none_from = end
    while True:
        found = None
        if text.startswith(quote, at) and at < none_from:
            found = close.search(text, at + 1)
            if found is None:
                none_from = at
        if found is not None:
            cells.append(dialect.plain(text[at + 1 : found.start()]))
            at = found.end()
        else:
            to = text.find(mark, at)
            cells.append(text[at:] if to < 0 else text[at:to])
            at = end if to < 0 else to
        if at >= end:
            return cells
        at += len(mark)
        if dialect.pad:
            while at < end and text[at] == " ":
                at += 1
        if at >= end:
            return [*cells, ""]


def _escaped(text: str, at: int) -> bool:
    """Say whether the sign at a place has an odd number of backslashes before it."""
    count = 0
    while at - count > 0 and text[at - count - 1] == "\\":
        count += 1
    return count % 2 == 1


def lines_of(text: str) -> list[str]:
    """Give the physical lines of a text with their ends: LF, CRLF or CR."""
    return list(io.StringIO(text, newline=""))


@dataclass(slots=True)
class Record:
    """A record of a sample: its first line (from 1 within the sample), how many it spans, its text and its cells."""

    line: int
    lines: int
    text: str
    cells: list[str]
    fault: str = ""

    @property
    def empty(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


def records_of(text: str, dialect: Dialect) -> list[Record]:
    """Split a sample into records, going on after each that is written wrongly."""
    lines = lines_of(text)
    if dialect.by_csv:
        reader = csv.reader(lines, **dialect.for_csv)
        out, before = [], 0
        try:
            for cells in reader:
                now = reader.line_num
                out.append(Record(before + 1, now - before, "", cells))
                before = now
        except csv.Error:
            pass
        else:
            for record in out:
                record.text = bare("".join(lines[record.line - 1 : record.line - 1 + record.lines]))
            return out
    out, at = [], 0
    while at < len(lines):
        record = _record_at(lines, at, dialect)
        out.append(record)
        at += record.lines
    return out


def _record_at(lines: Sequence[str], at: int, dialect: Dialect) -> Record:
    text = bare(lines[at])
    split = split_record(text, dialect)
    if split.fault == "open":
        joined = lines[at]
        for more in range(1, min(JOINED_LINES, len(lines) - at)):
            joined += lines[at + more]
            if dialect.quote not in lines[at + more]:
                continue
            whole = bare(joined)
            longer = split_record(whole, dialect)
            if longer.fault == "":
                return Record(at + 1, more + 1, whole, longer.cells)
            if longer.fault == "stray":
                break
    if split.fault:
        return Record(at + 1, 1, text, split_loosely(text, dialect), split.fault)
    return Record(at + 1, 1, text, split.cells)


def bare(line: str) -> str:
    """Give a line without its line end."""
    return line.removesuffix("\n").removesuffix("\r")


def find_dialect(pieces: Sequence[str], delimiter: str | None = None, quote: str | None = None) -> Dialect:
    """Find the dialect of a sample; `delimiter` and `quote` are what a person says of it."""
    if delimiter is None and (said := _excel_says(pieces[0])):
        delimiter = said
    best, best_score = Dialect(delimiter=delimiter or ",", quote='"' if quote is None else quote), -1.0
    for dialect, prior in _candidates(pieces, delimiter, quote):
        score = prior * _score(pieces, dialect)
        if score > best_score + 1e-9:
            best, best_score = dialect, score
    if best.quote and _backslashed(pieces, best):
        escaping = replace(best, escape="\\")
        if _uneven(pieces, escaping) < _uneven(pieces, best):
            return escaping
    return best


def could_be_parted(pieces: Sequence[str], dialect: Dialect) -> bool:
    """Say whether a usual delimiter stands in a sample outside its quoted cells."""
    outside = [re.sub(r'"(?:[^"]|"")*+"', "", piece) if dialect.quote else piece for piece in pieces]
    return any(mark in piece for piece in outside for mark in COMMON)


def _excel_says(text: str) -> str:
    found = re.match(r"\ufeff?[\"']?sep=(.)[\"']?\r?\n", text, re.IGNORECASE)
    return found.group(1) if found else ""


def _candidates(
    pieces: Sequence[str], delimiter: str | None, quote: str | None
) -> Iterator[tuple[Dialect, float]]:
    """Give the dialects worth a score, the commoner first, with how likely each is before the text is looked at."""
    text = "\n".join(pieces)
    if delimiter is None:
        marks = dict.fromkeys(COMMON, 1.0) | UNCOMMON | {"": 1.0}
        marks = {mark: prior for mark, prior in marks.items() if not mark or text.count(mark) >= 1}
    else:
        marks = {delimiter: 1.0}
    for mark, prior in marks.items():
        sign, tight = (mark[0], True) if len(mark) == 2 and mark[1] == " " else (mark, False)
        for sign_of_quote in _quotes(text, sign) if quote is None else [quote]:
            plain = Dialect(sign, sign_of_quote)
            if tight:
                yield _spaced(text, plain), prior
            elif sign in (",", ";") and _spaced(text, plain).pad:
                yield replace(plain, pad=True), prior
            else:
                yield plain, prior
                if sign in (",", ";") and text.count(sign + " ") > 0.3 * text.count(sign) and sign_of_quote:
                    yield replace(plain, tight=True), 0.97 * prior


def _spaced(text: str, dialect: Dialect) -> Dialect:
    """Say whether nearly every delimiter outside quotes is followed by a space."""
    mark, quote = dialect.delimiter, dialect.quote
    outside = re.sub(rf"{quote}[^{quote}]*+{quote}", quote * 2, text) if quote else text
    # A sentence has its commas followed by spaces too: what counts is that there is hardly one without.
    total, spaced = outside.count(mark), outside.count(mark + " ")
    ends = len(re.findall(re.escape(mark) + r"(?=[\r\n]|$)", outside))
    if total and spaced + ends >= 0.98 * total and spaced:
        return replace(dialect, pad=True)
    return replace(dialect, tight=True)


def _quotes(text: str, mark: str) -> list[str]:
    """Give the quotation marks that could be in use: those that stand where cells start and end."""
    edge = f"(?:^|{re.escape(mark)} ?)" if mark else "^"
    close = rf"(?=[ ]?(?:{re.escape(mark)}|[\r\n]|$))" if mark else r"(?=[\r\n]|$)"
    out = ['"']
    starts = len(re.findall(edge + "'", text, re.MULTILINE))
    ends = len(re.findall("'" + close, text, re.MULTILINE))
    doubles = len(re.findall(edge + r'"(?:[^"\r\n]|"")*+"' + close, text, re.MULTILINE))
    if starts >= 2 and ends >= 2 and 0.5 <= starts / ends <= 2 and (starts > doubles or not doubles):
        out.append("'")
    return out


def _score(pieces: Sequence[str], dialect: Dialect) -> float:
    """Score a dialect on a sample, 0 to 1: even rows, of many columns, with cells that look like values."""
    rows: list[list[str]] = []
    faults = 0
    for piece in pieces:
        found = records_of(piece, dialect)
        faults += sum(1 for record in found if record.fault)
        rows += [record.cells for record in found if not record.empty]
    if not rows:
        return 0.0
    widths = Counter(map(len, rows))
    if not dialect.delimiter:
        share, width = 1.0, 1
        even = ALONE
    else:
        wide = {width: count for width, count in widths.items() if width > 1}
        if not wide:
            return 0.0
        width, count = max(wide.items(), key=lambda pair: (pair[1] * (1 - 1 / pair[0]), pair[0]))
        near = sum(n for w, n in wide.items() if w != width and abs(w - width) <= 1)
        share = (count + 0.3 * near) / len(rows)
        even = share * (1 - 1 / (width + 0.5)) ** 0.75
    kinds = _kinds([row for row in rows if len(row) == width], dialect)
    if len(rows[0]) != width:
        even *= UNLIKE_FIRST.get(dialect.delimiter, 0.92)
    elif len(rows) < 2 and dialect.delimiter in UNCOMMON:
        even *= 0.3
    return even * (0.4 + 0.6 * kinds) * (1 - 0.15 * faults / len(rows))


def _kinds(rows: Sequence[list[str]], dialect: Dialect) -> float:
    """Give the share of cells that look like values of some kind, each column counting the same."""
    if not rows:
        return 0.0
    step = max(1, len(rows) // SCORED_ROWS)
    total = count = 0.0
    for row in rows[::step]:
        for cell in row[:200]:
            if cell:
                total += weight(cell, dialect.delimiter)
                count += 1
    return total / count if count else 0.5


def _uneven(pieces: Sequence[str], dialect: Dialect) -> int:
    """Count the records of a sample that are written wrongly under a dialect, or not as wide as the others."""
    rows = [record for piece in pieces for record in records_of(piece, dialect) if not record.empty]
    widths = Counter(len(record.cells) for record in rows if not record.fault)
    return len(rows) - max(widths.values(), default=0)


def _backslashed(pieces: Sequence[str], dialect: Dialect) -> bool:
    """Say whether quotation marks inside cells are written with a backslash before them."""
    q, d = re.escape(dialect.quote), re.escape(dialect.mark)
    text = "\n".join(pieces)
    inner = len(re.findall(rf"\\{q}(?!{d}|[\r\n]|$)", text))
    closing = len(re.findall(rf"\\{q}{q}(?={d}|[\r\n]|$)", text))
    doubled = len(re.findall(rf"(?<=[^{d}\r\n\\]){q}{q}(?!{d}|[\r\n]|$)", text))
    return inner + closing > 0 and inner + closing >= doubled
