"""Where the table lies in its file: preamble, header of one to three lines, first row; and what its columns hold.

Decided on a sample of records. Knows no bytes; a person's word for the header line goes before every guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from incidents.csv_text.dialect import UNCOMMON, Dialect, Record, bare, records_of, split_record
from incidents.csv_text.fitting import fit
from incidents.csv_text.limits import MAX_COLUMNS
from incidents.csv_text.remarks import guess, repair, shown
from incidents.csv_text.shapes import STRICT, VALUES, Column, kind, learn, pattern
from incidents.table import CsvError, Remark

MAX_HEADER_LINES = 3
MAX_TITLES = 12
MAX_NAME = 60
FIRST_ROWS = 5
MIN_ROWS = 3
"""Values that a column must have below before a second line of names is seen in it."""
WINDOW = 12
LEARNT_ROWS = 600
FOOTERS = re.compile(
    r"\W*(?:(?:grand |sub-?|sous-)?tota(?:l|ux|ls)|foot ?notes?|remarques?|remarks?|"
    r"sums?|summe|somme|moyennes?|average|mean|count|nombre|notes?|"
    r"sources?|legend|légende|generated|généré|export(?:ed|é)?|end of|fin d|©|copyright|"
    r"\d+ (?:rows?|records?|lignes?))\b",
    re.IGNORECASE,
)
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")


@dataclass(frozen=True)
class Layout:
    """The table's place: `first_line` is where the rows start, `width` the cells of a row as they are written.

    `names` are the header's columns; rows have `width` cells of which the first `len(names)` are kept (a trailing
    delimiter makes one more) or are filled up with empty ones (a header longer than its rows).
    """

    names: tuple[str, ...]
    header_line: int
    first_line: int
    width: int
    columns: tuple[Column, ...]
    raw_header: tuple[str, ...]
    guesses: tuple[Remark, ...]
    repairs: tuple[Remark, ...]


def find_layout(pieces: Sequence[str], dialect: Dialect, header: int | None, skipped: int = 0) -> Layout:
    """Find the layout in a sample: its first piece starts at line `skipped` + 1, the others lie further down."""
    head = records_of(pieces[0], dialect)
    full = [record for record in head if not record.empty]
    if full and re.fullmatch("[\"']?sep=.?[\"']?", full[0].text.strip(), re.IGNORECASE):
        full = full[1:]
    later = [
        record.cells for piece in pieces[1:] for record in records_of(piece, dialect)[1:] if not record.empty
    ]
    if not full:
        raise CsvError(
            "The file is empty.",
            code="empty-file",
            hint="Export it again, with a header line and at least one row.",
        )
    _check_width(full)
    width, anchor = _width(full, dialect, header)
    finder = _Finder(full, later, dialect, width, anchor, skipped)
    return finder.layout(header)


def _check_width(records: Sequence[Record]) -> None:
    for record in records:
        if len(record.cells) > MAX_COLUMNS:
            raise CsvError(
                "Line {line} has {count} columns; at most {limit} are read.",
                code="too-many-columns",
                params={"line": record.line, "count": len(record.cells), "limit": MAX_COLUMNS},
                hint="Check that this is the right file, or take out the columns that are not needed.",
            )


def _width(records: Sequence[Record], dialect: Dialect, header: int | None) -> tuple[int, int]:
    """Give the table's width and the index of the first record that has it: the first stretch of even records."""
    if not dialect.delimiter:
        return 1, 0
    least = 0.34 if dialect.delimiter in UNCOMMON else 0.5
    found: list[tuple[int, int, int]] = []
    start = 0
    if header:
        start = next((n for n, record in enumerate(records) if record.line >= header), 0)
    for index in range(start, len(records)):
        width = len(records[index].cells)
        if width < 2 or (found and width == found[-1][0]):
            continue
        window = records[index : index + WINDOW]
        same = sum(len(record.cells) == width for record in window)
        alone = not any(len(record.cells) > 1 for record in records[max(start, index - WINDOW) : index])
        if same >= least * len(window) and (same > 1 or (len(window) < 3 and alone)):
            run = sum(len(record.cells) == width for record in records[index:])
            found.append((width, index, run))
            if len(found) == 2 or len(records) - index <= 2:
                break
    if not found:
        widths = Counter(len(record.cells) for record in records if len(record.cells) > 1)
        if not widths:
            return 1, 0
        width = max(widths, key=lambda w: (widths[w] * (1 - 1 / w), w))
        return width, next(n for n, record in enumerate(records) if len(record.cells) == width)
    if len(found) == 2:
        (narrow, first, count), (wide, second, more) = found
        # Lines of "name, value" before a table that is wider and longer are its preamble.
        above = [record.cells for record in records[first:second] if len(record.cells) == narrow]
        if narrow < wide and narrow <= 3 and len(above) <= 10 and more > count * 0.8 and not _is_table(above):
            return wide, second
    width, index, _ = found[0]
    top = records[0].cells
    # A first line of names, as wide as the rows that follow later, is no preamble.
    if header or not index or len(top) < max(width, 3) or not _is_names(top):
        return width, index
    return len(top), 0


def _is_names(cells: Sequence[str]) -> bool:
    return all(cell.strip() and kind(cell) not in VALUES for cell in cells) and len(set(cells)) == len(cells)


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a few rows are names with values of one kind below them, which "name, value" lines are not."""
    if len(rows) < 3 or not all(cell.strip() and kind(cell) not in STRICT for cell in rows[0]):
        return False
    for name, *cells in zip(*rows, strict=True):
        column = Column(cells)
        alike = column.main == "code" and column.patterns.most_common(1)[0][1] == column.count
        if column.count == len(cells) and (column.strict() or (alike and not column.patterns[pattern(name)])):
            return True
    return False


class _Finder:
    def __init__(
        self,
        records: list[Record],
        later: list[list[str]],
        dialect: Dialect,
        width: int,
        anchor: int,
        skipped: int,
    ) -> None:
        self.records, self.later, self.dialect = records, later, dialect
        self.width, self.anchor, self.skipped = width, anchor, skipped
        self.guesses: list[Remark] = []
        self.repairs: list[Remark] = []

    def layout(self, header: int | None) -> Layout:
        records, width = self.records, self.width
        self.columns = self._learn(self.anchor + 1)
        if header == 0:
            return self._without_header(self.anchor)
        if header:
            start = next(
                (n for n, record in enumerate(records) if record.line + self.skipped >= header), None
            )
            if start is None:
                raise CsvError(
                    "There is no line {line} to take the header from.",
                    code="no-header-line",
                    params={"line": header},
                    hint="Give the number of the line that holds the names of the columns.",
                )
            return self._with_header(start, given=True)
        start = self._before(self.anchor)
        if start is not None:
            return self._with_header(start)
        start = self.anchor
        # A title with the table's delimiters behind it is a preamble, not a header.
        if width > 2 and _filled(records[start].cells) == 1:
            start = next(
                (
                    n
                    for n in range(start + 1, min(len(records), start + MAX_TITLES))
                    if len(records[n].cells) == width and _filled(records[n].cells) > 1
                ),
                start,
            )
            self.columns = self._learn(start + 1)
        if self._is_values(records[start].cells):
            return self._without_header(start)
        return self._with_header(start)

    def _learn(self, start: int) -> list[Column]:
        records = self._together(start)
        later = self.later if len(records) == len(self.records) - start else []
        cells = [record.cells for record in records] + later
        rows = [row for row in cells if len(row) == self.width]
        # Titles and totals are no example of what a column holds; but it may also be full of such words.
        said = sum(1 for row in rows if FOOTERS.match(row[0]))
        totals = said <= len(rows) // 5
        full = [row for row in rows if not self._is_aside(row, totals=totals)]
        rows = full or rows
        rows = rows[:: max(1, len(rows) // LEARNT_ROWS)]
        if self.dialect.quote:
            known, quoted = self._quoted_rows(records, totals=totals)
            if known and len(known) >= 0.5 * min(len(rows), LEARNT_ROWS):
                return learn(known, self.width, quoted)
        return learn(rows, self.width)

    def _together(self, start: int) -> list[Record]:
        """Give the records from one on up to an empty line, where there are one or two such lines in all."""
        records = self.records[start:]
        gaps = [n for n, (a, b) in enumerate(pairwise(records), 1) if a.line + a.lines != b.line]
        return records[: gaps[0]] if 0 < len(gaps) <= 2 and gaps[0] >= FIRST_ROWS else records

    def _is_aside(self, cells: Sequence[str], *, totals: bool) -> bool:
        """Say whether an even record is a title, a remark or a total."""
        return (self.width > 2 and _filled(cells) == 1) or (totals and bool(FOOTERS.match(cells[0])))

    def _quoted_rows(
        self, records: Sequence[Record], *, totals: bool
    ) -> tuple[list[list[str]], list[list[bool]]]:
        """Give the even rows of the first piece, and which of their cells are quoted."""
        rows: list[list[str]] = []
        quoted: list[list[bool]] = []
        for record in records:
            if len(record.cells) != self.width or record.fault or self._is_aside(record.cells, totals=totals):
                continue
            split = split_record(record.text, self.dialect)
            if not split.fault and len(split.quoted) == self.width:
                rows.append(record.cells)
                quoted.append(split.quoted)
                if len(rows) >= LEARNT_ROWS:
                    break
        return rows, quoted

    def _before(self, anchor: int) -> int | None:
        """Find a header just above the first even record that is uneven itself."""
        if not anchor or not self._is_values(self.records[anchor].cells):
            return None
        above, here = self.records[anchor - 1], self.records[anchor]
        if above.line + above.lines != here.line or self.width < 2:
            return None
        cells = _trimmed(above.cells)
        if abs(len(cells) - self.width) <= 2 and _filled(cells) >= 0.6 * len(cells):
            return anchor - 1 if not self._value_votes(cells)[0] else None
        mended = self._mended(above)
        return anchor - 1 if mended is not None else None

    def _value_votes(self, cells: Sequence[str]) -> tuple[int, int]:
        values = names = 0
        for cell, column in zip(cells, self.columns, strict=False):
            if not column.strict() or not cell.strip():
                continue
            if kind(cell) in STRICT:
                values += 1
            else:
                names += 1
        return values, names

    def _is_values(self, cells: Sequence[str]) -> bool:
        """Say whether a record looks like the rows below it rather than like names."""
        values, names = self._value_votes(cells)
        if values or names:
            return values >= names and values > 0
        for cell, column in zip(cells, self.columns, strict=False):
            # Codes such as INC-0001: one pattern throughout, and the first line has it or has not.
            if column.count >= 3 and column.main == "code" and column.patterns:
                usual, count = column.patterns.most_common(1)[0]
                if count >= 0.8 * column.count and cell.strip():
                    if pattern(cell) == usual and kind(cell) == "code":
                        values += 1
                    else:
                        names += 1
        if values or names:
            return values > names
        plain = [cell for cell in cells if kind(cell) in STRICT]
        return len(plain) * 2 > _filled(cells) > 0

    def _mended(self, record: Record) -> tuple[str, ...] | None:
        """Fit an uneven header line to the width of the rows."""
        cells = list(record.cells)
        if len(cells) == self.width + 1 and _filled(cells) == self.width:
            return tuple(cell for cell in cells if cell.strip())
        plain = [Column(["name", "two words", "Name"]) for _ in range(self.width)]
        tries = [self.dialect]
        others = [q for q in ("'", '"') if q != self.dialect.quote and record.text.count(q) > 1]
        tries += [replace(self.dialect, quote=quote) for quote in others]
        tries += [
            Dialect(mark, self.dialect.quote)
            for mark in (",", ";", "\t", "|", " ")
            if mark != self.dialect.mark
        ]
        for dialect in tries:
            split = split_record(record.text, dialect)
            if not split.fault and len(split.cells) == self.width:
                return tuple(split.cells)
        found = fit(record.text, self.dialect, plain)
        if found is None or found.cost > 1.6 or not all(cell.strip() for cell in found.cells):
            return None
        if set(found.mended) <= {"stray-quote", "lost-delimiter"} and (
            found.sure or "stray-quote" in found.mended
        ):
            return found.cells
        return None

    def _with_header(self, start: int, *, given: bool = False) -> Layout:
        records, width = self.records, self.width
        first = records[start]
        lines = [self._names(first)]
        end = start + 1
        self.columns = self._learn(end)
        while (
            not given
            and len(lines) < MAX_HEADER_LINES
            and end < len(records)
            and self._continues(lines, records[end])
        ):
            lines.append(_even(records[end].cells, width))
            end += 1
        if len(lines) > 1:
            self.columns = self._learn(end)
            self.guesses.append(guess("header-lines", line=first.line + self.skipped, lines=len(lines)))
        names = [cell.strip() for cell in first.cells]
        after = end
        while end < len(records) and [cell.strip() for cell in records[end].cells] == names:
            end += 1
        if end > after:
            line = records[after].line + self.skipped
            self.repairs.append(repair("repeated-header", line=line, count=end - after))
        raw = tuple(cell.strip() for cell in (lines[0] if len(lines) == 1 else lines[-1]))
        joined = self._joined(lines)
        if start and not given:
            self.guesses.insert(
                0,
                guess(
                    "preamble", line=records[0].line + self.skipped, count=start, text=shown(records[0].text)
                ),
            )
        names, keep = self._fitted(joined)
        last = records[end - 1]
        return Layout(
            names=self._unique(names[:keep]),
            header_line=first.line + self.skipped,
            first_line=last.line + last.lines + self.skipped,
            width=width,
            columns=tuple(self.columns),
            raw_header=raw,
            guesses=tuple(self.guesses),
            repairs=tuple(self.repairs),
        )

    def _names(self, record: Record) -> list[str]:
        """Give the cells of the header's first line, mended to the width of the rows where it is not even."""
        cells = list(record.cells)
        quoted = self.dialect.quote == '"' and all(len(c) > 2 and c[0] == "'" == c[-1] for c in cells if c)
        if not quoted and ((len(cells) == self.width and not record.fault) or len(self.records) == 1):
            return cells
        mended = (
            [cell[1:-1] for cell in cells] if quoted and len(cells) == self.width else self._mended(record)
        )
        if mended is not None:
            self.guesses.append(
                guess("header-mended", line=record.line + self.skipped, text=shown(", ".join(mended)))
            )
            return list(mended)
        return _trimmed(cells)

    def _continues(self, lines: list[list[str]], record: Record) -> bool:
        """Say whether a record goes on with the header: names where the rows below have values."""
        cells = record.cells
        if record.fault or not 2 <= len(cells) <= self.width or _filled(cells) < min(2, self.width - 1):
            return False
        if [c.strip() for c in cells] == [c.strip() for c in lines[0]]:
            return False
        if any(kind(cell) in STRICT or len(cell) > MAX_NAME for cell in cells):
            return False
        values, names = self._value_votes_below(cells, record)
        strict = [column for column in self.below if column.strict()]
        if values or not strict or min(column.count for column in strict) < MIN_ROWS:
            return False
        if any(
            c.main == "code" and pattern(cell) in c.patterns
            for c, cell in zip(self.below, cells, strict=False)
        ):
            return False
        return names >= (0.5 * len(strict) if len(lines) == 1 else min(2, len(strict)))

    def _value_votes_below(self, cells: Sequence[str], record: Record) -> tuple[int, int]:
        """Count votes against the columns as they are below a record, which is not to judge itself."""
        at = self.records.index(record)
        kept, self.below = self.columns, self._learn(at + 1)
        self.columns = self.below
        try:
            return self._value_votes(cells)
        finally:
            self.columns = kept

    def _joined(self, lines: list[list[str]]) -> list[str]:
        if len(lines) == 1:
            return lines[0]
        width = max(map(len, lines))
        rows = [_even(line, width) for line in lines]
        below = [cell.strip() for cell in rows[-1]]
        if all(below) and len(set(below)) < len(below):
            # A group's name stands over the first of its columns only.
            rows[:-1] = [_spread(row) for row in rows[:-1]]
        return [" ".join(part.strip() for part in parts if part.strip()) for parts in zip(*rows, strict=True)]

    def _fitted(self, names: list[str]) -> tuple[list[str], int]:
        """Bring names and rows to the same number of columns, and say how many are kept."""
        width, columns = self.width, self.columns
        blank = width - next(
            (n for n in range(width, 0, -1) if columns[n - 1].count or not columns[n - 1].empties), 0
        )
        if len(names) == width:
            named = len(_trimmed(names))
            keep = max(named, width - blank, 1)
            if keep < width:
                self.repairs.append(repair("trailing-delimiter"))
            return names, keep
        if len(names) > width:
            self.guesses.append(guess("header-long", found=len(names), expected=width))
            return names, len(names)
        if width - blank <= len(names):
            self.repairs.append(repair("trailing-delimiter"))
            return names, len(names)
        if len(names) == width - 1 and self._counts_up():
            self.guesses.append(guess("header-index"))
            return ["", *names], width
        self.guesses.append(guess("header-short", found=len(names), expected=width))
        return [*names, *[""] * (width - len(names))], width

    def _counts_up(self) -> bool:
        """Say whether the first column numbers the rows."""
        rows = [record.cells for record in self.records if len(record.cells) == self.width][:20]
        numbers = [int(row[0]) for row in rows if re.fullmatch(r"\d{1,9}", row[0])]
        return len(numbers) >= 2 and all(b - a == 1 for a, b in pairwise(numbers))

    def _without_header(self, start: int) -> Layout:
        records, width = self.records, self.width
        self.columns = self._learn(start)
        self.guesses.append(guess("no-header", line=records[start].line + self.skipped))
        if start:
            self.guesses.insert(
                0,
                guess(
                    "preamble", line=records[0].line + self.skipped, count=start, text=shown(records[0].text)
                ),
            )
        return Layout(
            names=tuple(f"column {n}" for n in range(1, width + 1)),
            header_line=0,
            first_line=records[start].line + self.skipped,
            width=width,
            columns=tuple(self.columns),
            raw_header=(),
            guesses=tuple(self.guesses),
            repairs=tuple(self.repairs),
        )

    def _unique(self, names: Sequence[str]) -> tuple[str, ...]:
        """Make names unique and visible: no padding, none blank, the second of a name numbered."""
        seen: Counter[str] = Counter()
        bare_names = [clean_name(name) for name in names]
        taken = set(bare_names)
        out: list[str] = []
        for position, name in enumerate(bare_names, 1):
            if not name:
                name = f"column {position}"
                self.repairs.append(repair("blank-name", name=name))
            seen[name] += 1
            unique, number = name, seen[name]
            while number > 1 and (unique == name or unique in taken):
                unique = f"{name} ({number})"
                number += 1
            taken.add(unique)
            out.append(unique)
        for name, count in seen.items():
            if count > 1:
                self.repairs.append(repair("duplicate-name", name=name, found=count))
        return tuple(out)


def clean_name(name: str) -> str:
    """Give a column's name without padding (no-break spaces too), invisible signs and line ends."""
    return " ".join(INVISIBLE.sub("", name).replace("\xa0", " ").split())


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _trimmed(cells: Sequence[str]) -> list[str]:
    out = list(cells)
    while out and not out[-1].strip():
        out.pop()
    return out


def _even(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _spread(cells: Sequence[str]) -> list[str]:
    """Carry each name on over the blank cells after it."""
    out: list[str] = []
    for cell in cells:
        out.append(cell if cell.strip() or not out else out[-1])
    return out


__all__ = ["Layout", "bare", "clean_name", "find_layout"]
