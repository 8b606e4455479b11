"""What may stand below the rows of a table: a second table, totals, remarks. Knows the columns, not the walk."""

from __future__ import annotations

import re
from collections.abc import Sequence

from incidents.csv_text.dialect import Dialect, bare, split_record
from incidents.csv_text.layout import FOOTERS, MAX_NAME, Layout
from incidents.csv_text.shapes import STRICT, TEXTS, kind
from incidents.table import Row, RowFault

REMARK = re.compile(r"\s*(?:[*†‡(\[©#]|\S+(?:\s+\S+){2,})")
"""A remark below a table: marked as one, or a sentence."""

WORDS = TEXTS | {"code"}


class Below:
    """Tells what is below the rows of one table."""

    def __init__(self, dialect: Dialect, layout: Layout) -> None:
        self._dialect, self._columns = dialect, layout.columns
        self._width, self._kept = layout.width, len(layout.names)
        self._header = frozenset(layout.raw_header)
        self._typed = [n for n, column in enumerate(layout.columns) if column.strict()]

    def begins_second(self, cells: Sequence[str], following: Sequence[str], *, blank: bool) -> bool:
        """Say whether a record is the header of a second table; `blank`: an empty line stands before it."""
        width = len(cells)
        if 1 < width != self._width and len(self._header) > 1:
            same = sum(1 for cell in cells if cell and cell in self._header)
            if same >= 2 and same >= 0.6 * min(width, len(self._header)):
                return True
        named = width > 1 and all(cells) and len(set(cells)) == width
        named = named and not any(kind(cell) in STRICT or len(cell) > MAX_NAME for cell in cells)
        if not named and (width > 1 or not blank):
            return False
        below = self._cells(following)
        if width == self._width:
            if blank and self._unlike(cells, below):
                return True
            return len(below) > 1 and all(map(self.foreign, (cells, *below)))
        if named:
            same = sum(len(row) == width for row in below)
            return same == len(below) and same >= (1 if blank else 2)
        # The title of a table above its header.
        return (
            len(below) > 1
            and len(below[0]) == len(below[1]) > 1
            and all(cell.strip() and kind(cell) not in STRICT for cell in below[0])
            and (len(below[0]) != self._width or self._unlike(below[0], below[1:]))
        )

    def foreign(self, cells: Sequence[str]) -> bool:
        """Say whether a record of the right width has words in every column that holds numbers, days or the like."""
        typed = self._typed
        return len(typed) > 1 and all(kind(cells[n]) in WORDS for n in typed)

    def _cells(self, lines: Sequence[str]) -> list[list[str]]:
        """Give the cells of the next records, as far as they stand together."""
        out = []
        for line in lines:
            split = split_record(bare(line), self._dialect)
            if split.fault or not any(map(str.strip, split.cells)):
                break
            out.append(split.cells)
        return out

    def _unlike(self, cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
        """Say whether names, and the rows below them, do not look like this table's rows."""
        if not below:
            return False
        names = sum(
            column.typed and kind(cell) in TEXTS for cell, column in zip(cells, self._columns, strict=False)
        )
        values = sum(
            (column.typed and kind(cell) in TEXTS) or (column.words > 0.9 and kind(cell) in STRICT)
            for cell, column in zip(below[0], self._columns, strict=False)
        )
        return names + values >= 2 or (names > 0 and names == sum(column.typed for column in self._columns))

    def is_footer(self, item: Row | RowFault) -> bool:
        """Say whether a record at the end is a total or a remark rather than a row."""
        full = [cell for cell in item.cells if cell.strip()]
        if not full or self._kept < 2:
            return (
                self._kept == 1 and bool(full) and bool(FOOTERS.match(full[0])) and isinstance(item, RowFault)
            )
        if isinstance(item, RowFault) and item.code == "second-table":
            return False
        first = self._columns[0]
        strange = first.misfit(item.cells[0]) if item.cells[0].strip() else first.misfit("")
        says = bool(FOOTERS.match(full[0]))
        if not (says or REMARK.match(full[0] if isinstance(item, Row) else " ".join(full))):
            return False
        few = len(full) == 1 or (len(full) <= 2 and self._kept >= 5)
        if isinstance(item, RowFault):
            alone = len(full) == 1 and (says or strange > 0.4 or (self._kept > 2 and not first.typed))
            return alone or (strange > 0.3 and (says or len(full) <= self._kept // 3))
        return (says and len(full) <= max(2, self._kept * 2 // 3) and (strange > 0.3 or few)) or (
            len(full) == 1 and self._kept > 2 and strange > 0.4
        )
