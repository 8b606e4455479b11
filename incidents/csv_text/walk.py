"""The walk over a table's rows: even regions at the speed of `csv.reader`, uneven records one by one.

Knows the dialect and the layout, no field. What it holds is bounded: a block, the record that a block's end cuts,
and the last rows, among which the footers of a table are known only when the file ends.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count

from incidents.csv_text.below import Below
from incidents.csv_text.dialect import Dialect, Split, bare, lines_of, split_record
from incidents.csv_text.encoding import TextBlocks
from incidents.csv_text.layout import Layout
from incidents.csv_text.limits import BLOCK, MAX_CELL, MAX_CELL_LINES, MAX_COLUMNS, MAX_EMPTY_LINES, MAX_LINE
from incidents.csv_text.mending import Mender
from incidents.csv_text.remarks import Repairs, shown
from incidents.csv_text.sample import line_too_long, too_many_empty_lines
from incidents.table import Row, RowFault

Item = Row | RowFault
new_row = partial(tuple.__new__, Row)

LONG = 4 * BLOCK
LAST_ROWS = 16
FOOTED_ROWS = 4
"""Rows that a table must have before a line below them is taken for a footer."""

FIRST_WINDOW = 16
LAST_WINDOW = 4_096
CLOSING_TRIES = 8
JOINED_LINES = 20
EASILY = 0.3


class Walk:
    """One walk over the rows; `position` is the number of bytes read."""

    def __init__(self, blocks: TextBlocks, dialect: Dialect, layout: Layout, repairs: Repairs) -> None:
        self._blocks, self._dialect, self._layout = blocks, dialect, layout
        self.repairs = repairs
        self._line = layout.first_line
        self._empty = 0
        self._blank_before = 0
        """The last empty line passed."""
        self._second = False
        self._full = 0
        """How many rows were given before the last ones, as far as that matters."""
        self._mender = Mender(dialect, layout.columns, repairs)
        self._width, self._kept = layout.width, len(layout.names)
        self._stray = dialect.stray
        self._below = Below(dialect, layout)
        self._first_name = layout.raw_header[0] if layout.raw_header else ""
        self._single = dialect.quote == '"'
        """Whether a cell in single quotes would be unlike the others."""
        self._wordy = max(range(self._width), key=lambda n: (layout.columns[n].length, -n))

    @property
    def position(self) -> int:
        return self._blocks.position

    def close(self) -> None:
        self._blocks.close()

    def batches(self) -> Iterator[Iterable[Item]]:
        """Give the rows in batches; the last rows come only when the file has ended."""
        held: Iterable[Item] | None = None
        for text, final in self._regions():
            self._mender.allow(len(text))
            batch = self._batch(text, final)
            if final:
                last = [*(held or ()), *batch]
                yield self._without_footers(last)
                held = None
            else:
                if held is not None:
                    yield held
                    self._full = FOOTED_ROWS
                held = batch
        if held is not None:
            yield self._without_footers(list(held))

    def _regions(self) -> Iterator[tuple[str, bool]]:
        """Give the text in regions that end where a record ends, as far as quotation marks show; says which is last."""
        self._rest = ""
        skip = self._layout.first_line - 1
        ready = ""
        for block in self._blocks:
            if skip:
                block, skip = _skipped(block, skip)
            ready = self._rest + ready + block if self._rest else ready + block
            self._rest = ""
            end = ready.rfind("\n") + 1 or ready.rfind("\r", 0, len(ready) - 1) + 1
            if end:
                region, ready = ready[:end], ready[end:]
                yield region, False
            if len(self._rest) + len(ready) > MAX_LINE:
                raise line_too_long(self._line)
        yield self._rest + ready, True

    def _batch(self, text: str, final: bool) -> Iterable[Item]:
        """Read a region; what a quoted cell cut off at its end takes with it is kept for the next one."""
        batch = self._even(text) if len(text) <= LONG else None
        if batch is None and not final and (cut := self._cut(text)) < len(text):
            self._rest = text[cut:]
            text = text[:cut]
            batch = self._even(text) if len(text) <= LONG else None
        if batch is None:
            later = self._rest
            self._rest = ""
            batch = self._uneven(lines_of(text), final)
            self._rest += later
        return batch

    def _cut(self, text: str) -> int:
        """Give where to cut a text behind a line end outside quotes; 0 where there is none yet."""
        quote, escape = self._dialect.quote, self._dialect.escape
        end = len(text)
        if not quote:
            return end
        marks = text.count(quote)
        if escape:
            marks -= text.count("\\" + quote)
        at = end
        for _ in range(MAX_CELL_LINES):
            if marks % 2 == 0:
                return at
            before = text.rfind("\n", 0, at - 1) + 1
            if before <= 0:
                break
            marks -= text.count(quote, before, at)
            if escape:
                marks += text.count("\\" + quote, before, at)
            at = before
        # Uneven throughout: a stray quotation mark, or one cell that is longer than this text.
        return end if end > MAX_CELL or text.count("\n") > MAX_CELL_LINES else 0

    def _even(self, text: str) -> Iterable[Item] | None:
        """Read a region in which every record has the right width and is nothing but a row; None for any other."""
        if self._second or self._blank_before or not text or not self._dialect.csv_reads(text):
            return None
        if self._stray is not None and self._stray.search(text):
            return None
        lines: Iterable[str]
        if "\n" in text:
            lines = text.split("\n")
            if not lines[-1]:
                lines.pop()
        else:
            lines = io.StringIO(text, newline="")
        reader = csv.reader(lines, **self._dialect.for_csv)
        try:
            rows = list(reader)
        except csv.Error:
            return None
        if set(map(len, rows)) != {self._width}:
            return None
        numbers: Iterable[int] = count(self._line)
        if reader.line_num != len(rows):
            found = self._spanning(text)
            if found is None:
                return None
            numbers, rows = found
        if self._has_others(rows) or self._below.foreign(rows[-1]):
            return None
        if self._kept != self._width:
            if self._kept < self._width and any(any(map(str.strip, row[self._kept :])) for row in rows):
                return None
            rows = [self._shaped(row) for row in rows]
        self._line += reader.line_num
        return map(new_row, zip(numbers, rows, strict=False))

    def _spanning(self, text: str) -> tuple[list[int], list[list[str]]] | None:
        """Read a region in which cells go over several lines: the line of each row, and the rows."""
        lines = lines_of(text)
        reader = csv.reader(lines, **self._dialect.for_csv)
        numbers, rows, before = [], [], 0
        try:
            for row in reader:
                now = reader.line_num
                if now - before > 2 and self._swallows(lines[before:now]):
                    return None
                numbers.append(self._line + before)
                rows.append(row)
                before = now
        except csv.Error:
            return None
        return (numbers, rows) if set(map(len, rows)) == {self._width} else None

    def _has_others(self, rows: list[list[str]]) -> bool:
        """Say whether some even records are no plain rows: the header again, empty, or quoted unlike the others."""
        firsts = [row[0] for row in rows]
        if self._first_name in firsts and self._layout.raw_header:
            return True
        if "" in firsts and not all(any(row) for row in rows):
            return True
        if not self._single:
            return False
        wordy = self._wordy
        starts = {row[wordy][:1] for row in rows}
        return "'" in starts

    def _shaped(self, cells: list[str]) -> list[str]:
        """Bring a row of the written width to the header's."""
        if len(cells) >= self._kept:
            return cells[: self._kept]
        return cells + [""] * (self._kept - len(cells))

    def _uneven(self, lines: list[str], final: bool) -> list[Item]:
        """Read a region record by record, by `csv.reader` as long as that goes well; keeps back what is cut off."""
        out: list[Item] = []
        at, window = 0, FIRST_WINDOW
        quotes = _next_quote(lines, self._dialect.quote)
        start = self._line
        while at < len(lines):
            self._line = start + at
            if lines[at].isspace():
                run = at
                while run < len(lines) and lines[run].isspace():
                    run += 1
                self._empty_lines(start + at, run - at)
                at = run
                continue
            if self._dialect.by_csv and not self._second:
                done = self._by_csv(lines, at, window, start, out)
                at += done
                if done and done >= min(window, len(lines)):
                    window = min(window * 2, LAST_WINDOW)
                    continue
                window = FIRST_WINDOW
                if at >= len(lines):
                    break
            used = self._record(lines, at, start + at, quotes, final, out)
            if not used:
                self._rest = "".join(lines[at:])
                break
            at += used
        self._line = start + at
        return out

    def _by_csv(self, lines: list[str], at: int, window: int, start: int, out: list[Item]) -> int:
        """Read even records of a window; gives the number of lines read before the first that is not even."""
        if len(lines[at]) > LONG:
            return 0
        reader = csv.reader(lines[at : at + window], **self._dialect.for_csv)
        header = self._layout.raw_header
        done = 0
        try:
            for cells in reader:
                now = reader.line_num
                if len(cells) != self._width:
                    break
                if now - done > 1 and self._swallows(lines[at + done : at + now]):
                    break
                if self._stray is not None and self._strays(lines[at + done : at + now]):
                    break
                if self._kept < self._width and any(map(str.strip, cells[self._kept :])):
                    break
                if (header and cells[0].strip() == header[0]) or not cells[0] or "'" in cells[0]:
                    if self._special(cells):
                        break
                elif "'" in cells[-1] and self._special(cells):
                    break
                if self._blank_before or self._below.foreign(cells):
                    break
                out.append(
                    Row(start + at + done, self._shaped(cells) if self._kept != self._width else cells)
                )
                self._blank_before = 0
                done = now
        except csv.Error:
            pass
        return done

    def _strays(self, lines: list[str]) -> bool:
        return any(self._stray.search(line) for line in lines) if self._stray is not None else False

    def _special(self, cells: list[str]) -> bool:
        """Say whether an even record is none of the rows: the header again, empty cells only, or quoted otherwise."""
        if not any(map(str.strip, cells)):
            return True
        if tuple(map(str.strip, cells)) == self._layout.raw_header:
            return True
        return any(len(cell) > 1 and cell[0] == "'" == cell[-1] for cell in cells)

    def _swallows(self, lines: list[str]) -> bool:
        """Say whether a cell of several lines looks as if a stray quotation mark had swallowed whole rows."""
        if self._width < 3 or len(lines) < 3:
            return False
        mark = self._dialect.mark
        whole = [line for line in lines[1:-1] if line.count(mark) >= self._width - 1][:3]
        splits = [split_record(bare(line), self._dialect) for line in whole]
        rows = [split.cells for split in splits if not split.fault and len(split.cells) == self._width]
        return bool(rows) and len(rows) == len(whole) and all(map(self._mender.easy, rows))

    def _record(
        self, lines: list[str], at: int, number: int, quotes: list[int], final: bool, out: list[Item]
    ) -> int:
        """Read the record at a line and give how many lines it took; 0 where it may go on behind the region."""
        text = bare(lines[at])
        if not text.strip():
            self._empty_lines(number, 1)
            return 1
        if len(text) > LONG and text.count(self._dialect.mark) >= MAX_COLUMNS:
            # Not split: millions of cells would take more memory than the line itself.
            out.append(RowFault(number, "too-many-cells", tuple(text.split(self._dialect.mark, 50)[:50])))
            return 1
        split = split_record(text, self._dialect)
        used = 1
        if split.fault == "open":
            longer, used, cut = self._longer(lines, at, quotes)
            if longer is not None:
                split, text = longer
            elif cut and not final and self._short(lines, at):
                return 0
            else:
                used = 1
        if not split.fault and not any(map(str.strip, split.cells)):
            self._empty_lines(number, 1)
            return used
        if any(len(cell) > MAX_CELL for cell in split.cells):
            out.append(
                RowFault(number, "cell-too-large", tuple(shown(cell, 200) for cell in split.cells[:50]))
            )
            return used
        taken = self._accept(text, split, number, lines, at, used, final, out)
        if taken:
            self._blank_before = 0
        return taken

    def _joined(self, lines: list[str], at: int, number: int, final: bool) -> tuple[list[str] | None, int]:
        """Mend a damaged record in which a quoted cell goes over several lines.

        Gives the row and how many lines it took: 1 where there is none, 0 where it may go on behind the region.
        """
        text = lines[at]
        for here in range(at + 1, at + JOINED_LINES):
            if here >= len(lines):
                return None, 1 if final else 0
            line = lines[here]
            if not line.strip() or self._is_row(line):
                break
            text += line
            if '"' in line or "'" in line:
                whole = bare(text)
                row = self._mender.mended(whole, split_record(whole, self._dialect), number)
                if row is not None and not self._mender.halved and not any(map(str.strip, row[self._kept :])):
                    return row, here + 1 - at
        return None, 1

    def _give(self, number: int, row: list[str], out: list[Item]) -> None:
        """Take a mended row."""
        self._mender.settle()
        out.append(Row(number, self._shaped(row) if self._kept != self._width else row))

    def _is_row(self, line: str) -> bool:
        """Say whether a line is a row by itself, or starts as the rows do."""
        split = split_record(bare(line), self._dialect)
        first = self._layout.columns[0]
        if first.typed and split.cells and split.cells[0].strip() and first.misfit(split.cells[0]) < EASILY:
            return True
        return not split.fault and len(split.cells) == self._width and self._mender.easy(split.cells)

    def _short(self, lines: list[str], at: int) -> bool:
        return len(lines) - at <= MAX_CELL_LINES and sum(map(len, lines[at:])) <= MAX_CELL

    def _empty_lines(self, number: int, found: int) -> None:
        self._empty += found
        self._blank_before = number + found - 1
        if self._empty > MAX_EMPTY_LINES:
            raise too_many_empty_lines(self._empty)
        self.repairs.add("empty-line", number, found)

    def _longer(
        self, lines: list[str], at: int, quotes: list[int]
    ) -> tuple[tuple[Split, str] | None, int, bool]:
        """Read a record whose quoted cell goes on in the next lines.

        Gives the record, the lines it took, and whether the lines ended before the cell did.
        """
        here = at
        for _ in range(CLOSING_TRIES):
            here = quotes[here + 1] if here + 1 < len(lines) else len(lines)
            if here >= len(lines):
                return None, 1, True
            if here - at > MAX_CELL_LINES:
                return None, 1, False
            text = bare("".join(lines[at : here + 1]))
            split = split_record(text, self._dialect)
            if split.fault == "stray":
                return None, 1, False
            if not split.fault:
                if self._swallows(lines[at : here + 1]):
                    return None, 1, False
                if len(split.cells) != self._width and not self._mendable(split, lines[at + 1 : here + 1]):
                    return None, 1, False
                return (split, text), here + 1 - at, False
        return None, 1, False

    def _mendable(self, split: Split, rest: list[str]) -> bool:
        """Say whether a record of several lines is damaged as one, and has not taken other records with it."""
        if not 2 <= len(split.cells) <= self._width * 2:
            return False
        alone = [split_record(bare(line), self._dialect) for line in rest]
        return not any(not part.fault and len(part.cells) == self._width > 1 for part in alone)

    def _accept(
        self,
        text: str,
        split: Split,
        number: int,
        lines: list[str],
        at: int,
        used: int,
        final: bool,
        out: list[Item],
    ) -> int:
        """Decide what a record is: the header again, part of a second table, a row, a mended row or a fault.

        Gives how many lines it takes, which may be more than the `used` ones; 0 where that is not known yet.
        """
        cells = split.cells if not split.fault else text.split(self._dialect.mark)
        stripped = tuple(map(str.strip, cells))
        if stripped == self._layout.raw_header:
            self._second = False
            self.repairs.add("repeated-header", number)
            return used
        if (
            not self._second
            and self._below.begins_second(
                stripped, lines[at + used : at + used + 3], blank=bool(self._blank_before)
            )
            and (split.fault or len(cells) == self._width or not self._mender.easy(cells))
        ):
            self._second = True
            self.repairs.add("second-table", number, text=shown(text))
        if self._second:
            out.append(RowFault(number, "second-table", tuple(cells)))
            return used
        if len(cells) == 1 and self._width > 2 and text.lstrip().startswith(("#", "//", "--")):
            self.repairs.add("comment", number, text=shown(text))
            return used
        row = self._mender.mended(text, split, number)
        if row is not None and any(map(str.strip, row[self._kept :])):
            row = None
        if used == 1 and (row is None or self._mender.halved) and _odd(text):
            notes = list(self._mender.notes)
            joined, taken = self._joined(lines, at, number, final)
            if not taken:
                return 0
            if joined is not None:
                self._give(number, joined, out)
                return taken
            self._mender.notes[:] = notes
        # Half a record is no row: one that was cut off in a quoted cell, with its rest on the next line.
        if row is not None and split.fault == "open" and self._mender.halved and self._has_rest(lines, at):
            row = None
        if row is None:
            code = split.fault and f"{split.fault}-quote"
            if not code:
                code = "too-few-cells" if len(cells) < self._width else "too-many-cells"
            out.append(RowFault(number, code, tuple(cells)))
        else:
            self._give(number, row, out)
        return used

    def _has_rest(self, lines: list[str], at: int) -> bool:
        """Say whether the line after one is neither empty nor a row."""
        return at + 1 < len(lines) and bool(lines[at + 1].strip()) and not self._is_row(lines[at + 1])

    def _without_footers(self, items: list[Item]) -> list[Item]:
        """Take totals and remarks off the end of the last rows, and say so."""
        cut = len(items)
        while cut and len(items) - cut < LAST_ROWS and self._below.is_footer(items[cut - 1]):
            cut -= 1
        # A few rows are no table that a remark could stand below: what is odd among them is for a person to judge.
        if self._full + sum(isinstance(item, Row) for item in items[:cut]) < FOOTED_ROWS:
            return items
        if cut < len(items):
            first = items[cut]
            self.repairs.add(
                "footer", first.line, len(items) - cut, text=shown(", ".join(c for c in first.cells if c))
            )
        return items[:cut]


def _skipped(block: str, lines: int) -> tuple[str, int]:
    """Take whole lines off a text; gives the rest and how many are still to be taken."""
    at = 0
    while lines and at < len(block):
        ends = [end for end in (block.find("\n", at), block.find("\r", at)) if end >= 0]
        if not ends:
            return "", lines
        at = min(ends)
        at += 2 if block.startswith("\r\n", at) else 1
        lines -= 1
    return block[at:], lines


def _odd(line: str) -> bool:
    """Say whether a line may leave a quoted cell open: a quotation mark stands in it an odd number of times."""
    return bool(line.count('"') % 2 or line.count("'") % 2)


def _next_quote(lines: list[str], quote: str) -> list[int]:
    """Give, for each line, the first line from it on that holds a quotation mark."""
    out = [len(lines)] * (len(lines) + 1)
    if quote:
        for number in range(len(lines) - 1, -1, -1):
            out[number] = number if quote in lines[number] else out[number + 1]
    return out
