"""An uneven record made a row, where one reading stands out; else it is left to be reported. Knows no file.

The quick ways first (cells left out or empty at the end), then the search in `fitting`, also with the delimiters and
the quotation marks that other files use. What is spent on records that cannot be mended is bounded for the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from incidents.csv_text.dialect import Dialect, Split, split_loosely, split_record
from incidents.csv_text.fitting import MARGIN, Effort, Fit, fit
from incidents.csv_text.remarks import Repairs, named
from incidents.csv_text.shapes import MARKS, Column

OTHERS = (",", ";", "\t", "|", " ")
EASY = 0.6
CLOSE = 0.24
CLOSE_EACH = 0.03
"""How badly the cells of a record may fit when it is filled up with cells that are not usually empty."""

MAX_ABSENT = 3
STEPS_EACH = 0.05


class Mender:
    """Mends records one by one and notes the repairs."""

    def __init__(self, dialect: Dialect, columns: Sequence[Column], repairs: Repairs) -> None:
        self._dialect, self._columns, self._repairs = dialect, columns, repairs
        self._width = len(columns)
        self._effort = Effort()
        self.notes: list[tuple[str, int, dict[str, str]]] = []

    def _note(self, code: str, line: int, **params: str) -> None:
        self.notes.append((code, line, params))

    def settle(self) -> None:
        """Count the repairs of the record that was mended last: it is taken."""
        for code, line, params in self.notes:
            self._repairs.add(code, line, 1, **params)
        self.notes.clear()

    @property
    def halved(self) -> bool:
        """Whether the record that was mended last looks like the first half of one."""
        return any(code in ("padded", "unclosed-quote") for code, _, _ in self.notes)

    def allow(self, signs: int) -> None:
        """Let more be spent, by the length of the text that was read."""
        self._effort.left += signs * STEPS_EACH

    def mended(self, text: str, split: Split, number: int) -> list[str] | None:
        """Give the cells of a record, as many as there are columns, or None where no reading stands out.

        What was done to it is in `notes` until it is settled.
        """
        self.notes.clear()
        cells = split.cells
        if not split.fault and len(cells) == self._width:
            if self._dialect.stray is not None and self._dialect.stray.search(text):
                return self._unless_better(text, cells, number)
            return self._other_quoted(cells, number)
        stray = self._dialect.stray is not None and self._dialect.stray.search(text)
        if not split.fault and not stray and (quick := self._quick(cells, number)):
            return quick
        if not split.fault and len(cells) == 1 and (inner := self._unwrapped(cells[0], split)):
            self._note("unwrapped", number)
            return inner
        if split.fault and (meant := self._escaped(text)):
            self._note("escaped", number)
            return meant
        if parted := self._by_delimiters(text, number):
            return parted
        if split.fault:
            loose = split_loosely(text, self._dialect)
            opened = any(cell.startswith(self._dialect.quote) for cell in loose)
            if not opened and len(loose) == self._width and self._misfit(loose) <= EASY:
                self._note("stray-quote", number)
                return loose
        tries: list[tuple[float, Fit, str, str]] = []
        own = fit(text, self._dialect, self._columns, self._effort)
        if own is not None and own.sure:
            tries.append((own.cost, own, "", ""))
        if not tries or tries[0][0] > 1:
            tries += self._others(text)
        if not tries:
            return None
        _, found, delimiter, quote = min(tries, key=lambda known: known[0])
        if len(found.cells) > 2 and sum(1 for cell in found.cells if cell.strip()) < 2:
            return None
        if not delimiter and not quote and self._may_be_too_many(split, found.cells):
            return None
        if delimiter:
            self._note("other-delimiter", number, delimiter=named(delimiter))
        if quote:
            self._note("other-quote", number, quote=quote)
        for code in found.mended:
            self._note(code, number)
        return list(found.cells)

    def _may_be_too_many(self, split: Split, cells: Sequence[str]) -> bool:
        """Say whether a value too many at the end could as well have been read as part of the last cell."""
        mark, last = self._dialect.mark, cells[-1]
        if split.fault or len(split.cells) <= self._width or mark not in last or mark + " " in last:
            return False
        return self.easy(split.cells[: self._width])

    def _escaped(self, text: str) -> list[str] | None:
        """Read a record whose quotation marks have a backslash before them, in a file that doubles them."""
        if self._dialect.escape or not self._dialect.quote or "\\" + self._dialect.quote not in text:
            return None
        split = split_record(text, replace(self._dialect, escape="\\"))
        return split.cells if not split.fault and len(split.cells) == self._width else None

    def _unless_better(self, text: str, cells: list[str], number: int) -> list[str]:
        """Give the cells as they are split, unless a mark inside them is the edge of a cell whose delimiter is lost."""
        quote = self._dialect.quote
        usual = zip(cells, self._columns, strict=True)
        if all(
            cell[:1] in ("[", "{") or cell.count(quote) % 2 == 0 or column.inner for cell, column in usual
        ):
            return cells
        found = fit(text, self._dialect, self._columns, self._effort)
        if found is None or not found.sure or list(found.cells) == cells:
            return cells
        for code in found.mended:
            self._note(code, number)
        return list(found.cells)

    def _by_delimiters(self, text: str, number: int) -> list[str] | None:
        """Mend a record whose delimiters alone part it rightly, its quotation marks being of the text.

        Also one with a delimiter too many inside one text. What the search would find, at a fraction of its cost.
        """
        mark, quote = self._dialect.mark, self._dialect.quote
        if mark == " " or self._dialect.pad or self._dialect.escape:
            return None
        cells = text.split(mark)
        over = len(cells) - self._width
        if not over and quote and text.count(quote) == 1:
            at = next(n for n, cell in enumerate(cells) if quote in cell)
            if not cells[at].startswith(quote) or len(cells[at]) < 2:
                return None
            bare = [*cells[:at], cells[at][1:], *cells[at + 1 :]]
            if self._misfit(bare) > EASY:
                return None
            closes = self._columns[at].quoted > 0.9
            self._note("unclosed-quote" if closes else "stray-quote", number)
            return bare if closes else cells
        if (
            over != 1
            or not all(cells)
            or (quote and quote in text)
            or any(cell[0] in MARKS for cell in cells)
        ):
            return None
        return self._joined(cells, number)

    def _joined(self, cells: list[str], number: int) -> list[str] | None:
        """Join two cells of a record that has one too many, where one place stands out."""
        columns, mark = self._columns, self._dialect.mark
        before = list(
            accumulate((c.misfit(cell) for c, cell in zip(columns, cells, strict=False)), initial=0.0)
        )
        behind = [c.misfit(cell) for c, cell in zip(columns, cells[1:], strict=True)]
        after = list(accumulate(reversed(behind), initial=0.0))[::-1]
        found = []
        for at, column in enumerate(columns):
            cell = cells[at] + mark + cells[at + 1]
            if column.typed or (column.choices and cell not in column.choices):
                continue
            found.append((before[at] + column.misfit(cell) + after[at + 1], at, cell))
        found.sort()
        if not found or found[0][0] > EASY or (len(found) > 1 and found[1][0] - found[0][0] < MARGIN):
            return None
        _, at, cell = found[0]
        if at == self._width - 1 and not cells[-1].startswith(" ") and self.easy(cells[:-1]):
            return None
        self._note("unquoted-delimiter", number)
        return [*cells[:at], cell, *cells[at + 2 :]]

    def _quick(self, cells: list[str], number: int) -> list[str] | None:
        """Mend a record that ends early or late with empty cells only, when all others are where they belong."""
        width, count = self._width, len(cells)
        if count > width:
            if any(cell.strip() for cell in cells[width:]) or self._misfit(cells[:width]) > EASY:
                return None
            self._note("trailing-cells", number)
            return cells[:width]
        absent = self._columns[count:]
        usual = all(column.empties > column.count for column in absent)
        if count < 2 or self._misfit(cells) > (EASY if usual else self._close(count)):
            return None
        if not usual and (len(absent) > MAX_ABSENT or not cells[-1].strip() or self._worst(cells) > CLOSE):
            return None
        self._note("padded", number)
        return cells + [""] * (width - count)

    def _close(self, count: int) -> float:
        return CLOSE + CLOSE_EACH * count

    def _worst(self, cells: Sequence[str]) -> float:
        return max(column.misfit(cell) for cell, column in zip(cells, self._columns, strict=False))

    def easy(self, cells: Sequence[str]) -> bool:
        """Say whether the cells that a record has look like those of the table's rows."""
        return self._misfit(cells) <= self._close(len(cells))

    def _misfit(self, cells: Sequence[str]) -> float:
        return sum(column.misfit(cell) for cell, column in zip(cells, self._columns, strict=False))

    def _unwrapped(self, cell: str, split: Split) -> list[str] | None:
        """Read a line that is quoted as one cell as the cells in it."""
        if self._width < 2 or split.quoted != [True]:
            return None
        inner = split_record(cell, self._dialect)
        return inner.cells if not inner.fault and len(inner.cells) == self._width else None

    def _others(self, text: str) -> list[tuple[float, Fit, str, str]]:
        """Try the delimiters and quotation marks of other files on a record."""
        out: list[tuple[float, Fit, str, str]] = []
        own = self._dialect
        for mark in OTHERS:
            if mark == own.delimiter or text.count(mark) < self._width - 1:
                continue
            other = replace(own, delimiter=mark, tight=False, pad=False)
            found = fit(text, other, self._columns, self._effort)
            if found is not None and found.sure:
                out.append((found.cost + 0.4, found, mark, ""))
        for quote in ('"', "'"):
            if quote == own.quote or text.count(quote) < 2:
                continue
            if not text.startswith(quote) and own.mark + quote not in text:
                continue
            found = fit(text, replace(own, quote=quote), self._columns, self._effort)
            if found is not None and found.sure:
                out.append((found.cost + 0.3, found, "", quote))
        return out

    def _other_quoted(self, cells: list[str], number: int) -> list[str]:
        """Take single quotes off the cells of a row where most of its texts are in them."""
        if self._dialect.quote != '"':
            return cells
        inside = [len(cell) > 1 and cell[0] == "'" == cell[-1] for cell in cells]
        texts = sum(1 for cell in cells if cell.strip())
        if sum(inside) < 2 or sum(inside) * 2 < texts:
            return cells
        usual = sum(1 for column in self._columns if column.patterns.most_common(1) and not column.count)
        if usual:
            return cells
        self._note("other-quote", number, quote="'")
        return [cell[1:-1] if quoted else cell for cell, quoted in zip(cells, inside, strict=True)]
