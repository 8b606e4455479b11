"""A record that does not split evenly, fitted to the columns: the cheapest way to read it as one cell a column.

A search over the places where cells may start. Each departure from a clean record (a delimiter lost, added or left
unquoted, a quotation mark that belongs to the text) has a cost, each cell that does not look like its column too.
A fit is taken only when no other reading comes near it. Steps are bounded by the length of the record. Knows no file.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from incidents.csv_text.dialect import Dialect
from incidents.csv_text.shapes import VALUES, Column, kind

STRAY_QUOTE = 0.45
INNER_QUOTE = 0.12
LATE_CLOSE = 0.9
WHOLE_EDGE = 3.0
ODD_QUOTE = 0.55
AT_EDGE = 0.4
LOST = 1.0
IN_NUMBER = 0.3
ADDED = 0.7
LEFT_OUT = 1.0
UNQUOTED = 0.7
UNCLOSED = 0.75
UNQUOTED_SPACE = 0.25
UNQUOTED_MORE = 0.1
PADDED = 0.45
TRAILING = 0.2

LIMIT = 2.4
MARGIN = 0.09
STEPS = 12_000
FILE_STEPS = 300_000
SURE_SHARE = 0.2
LONGEST = 20_000
MERGED = 24
CLOSES = 6
QUOTES = 24
CUTS = 120


@dataclass(frozen=True, slots=True)
class Fit:
    """A reading of a record: its cells, what it cost, what was mended, and how far the next reading is behind."""

    cells: tuple[str, ...]
    cost: float
    mended: tuple[str, ...]
    lead: float

    @property
    def sure(self) -> bool:
        return self.cost <= LIMIT and self.lead >= MARGIN


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    quoted: bool
    next: int
    cost: float
    mended: str = ""


class Effort:
    """How many steps may still be spent on a file's records that do not split evenly."""

    def __init__(self, steps: float = FILE_STEPS) -> None:
        self.left = steps


def fit(text: str, dialect: Dialect, columns: Sequence[Column], effort: Effort | None = None) -> Fit | None:
    """Find the cheapest reading of a record as one cell for each column; None where there is none within bounds.

    A search is charged to `effort`, in part where it finds a sure reading; without any left there is no search.
    """
    width, mark = len(columns), dialect.mark
    parts = text.count(mark) + 1
    if not text or len(text) > LONGEST or not width or (effort is not None and effort.left <= 0):
        return None
    if not width / 2 - 1 <= parts <= width * 3 + 60:
        return None
    search = _Search(text, dialect, columns)
    found = search.run(STEPS)
    if effort is not None:
        effort.left -= search.steps * (SURE_SHARE if found is not None and found.sure else 1)
    return found


class _Search:
    """One search: `end` is the place after the last cell; a way there is a chain of (place, column, cell)."""

    def __init__(self, text: str, dialect: Dialect, columns: Sequence[Column]) -> None:
        self.text, self.dialect, self.columns = text, dialect, columns
        self.width, self.end = len(columns), len(text) + 1
        self.steps = 0
        self.known: dict[int, list[_Cell]] = {}
        self.misfits: dict[tuple[int, str, bool], float] = {}

    def run(self, steps: int) -> Fit | None:
        heap: list[tuple[float, int, int, int, tuple[object, ...] | None]] = [(0.0, 0, 0, 0, None)]
        seen: dict[tuple[int, int], int] = {}
        best: tuple[float, tuple[str, ...], tuple[str, ...]] | None = None
        serial = 0
        while heap and self.steps < steps:
            self.steps += 1
            cost, _, place, column, chain = heapq.heappop(heap)
            if best is not None and cost > best[0] + MARGIN:
                break
            if cost > LIMIT:
                break
            if column == self.width and place == self.end:
                cells, mended = self._unrolled(chain)
                if best is None:
                    best = (cost, cells, mended)
                elif cells != best[1]:
                    return Fit(best[1], best[0], best[2], cost - best[0])
                continue
            times = seen.get((place, column), 0)
            if times >= 3:
                continue
            seen[place, column] = times + 1
            for cell, emits in self._moves(place, column):
                total = cost + cell.cost
                if emits:
                    total += self._misfit(column, cell)
                if total > LIMIT:
                    continue
                serial += 1
                heapq.heappush(
                    heap,
                    (total, -column * 4096 - serial % 4096, cell.next, column + emits, (chain, cell, emits)),
                )
        if best is None:
            return None
        return Fit(best[1], best[0], best[2], MARGIN if self.steps < steps else 0.0)

    def _unrolled(self, chain: tuple[object, ...] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the cells of a chain in order, and what was mended in it, each once."""
        cells: list[str] = []
        mended: list[str] = []
        column = self.width
        while chain is not None:
            chain, cell, emits = chain  # type: ignore[assignment]
            assert isinstance(cell, _Cell)
            code = cell.mended
            if emits:
                column -= 1
                text = cell.text
                if self._unclosed(cell, column):
                    text, code = text[1:], "unclosed-quote"
                cells.append(text)
            if code and code not in mended:
                mended.append(code)
        return tuple(reversed(cells)), tuple(reversed(mended))

    def _misfit(self, column: int, cell: _Cell) -> float:
        key = (column, cell.text, cell.quoted)
        known = self.misfits.get(key)
        if known is None:
            known = self.columns[column].misfit(cell.text, cell.quoted)
            if self._unclosed(cell, column):
                known = min(known, self.columns[column].misfit(cell.text[1:], True))
            self.misfits[key] = known
        return known

    def _unclosed(self, cell: _Cell, column: int) -> bool:
        """Say whether the mark before an unquoted cell opens it: its column is quoted, or it holds a delimiter."""
        quote, text = self.dialect.quote, cell.text
        if cell.quoted or not quote or len(text) < 2 or not text.startswith(quote) or text.endswith(quote):
            return False
        return self.columns[column].quoted > 0.9 or self.dialect.mark in text

    def _moves(self, place: int, column: int) -> Iterator[tuple[_Cell, int]]:
        """Give the cells that may start at a place, each with how many columns it fills (0: it is left out)."""
        if place == self.end:
            if column < self.width:
                yield _Cell("", False, self.end, PADDED if column else LEFT_OUT, "padded"), 1
            return
        mark = self.dialect.mark
        if column < self.width:
            if place not in self.known:
                self.known[place] = list(self._cells(place))
            for cell in self.known[place]:
                if cell.mended != "unquoted-delimiter" or self._may_hold(column, cell.text):
                    yield cell, 1
            yield from ((cell, 1) for cell in self._cut(place, column))
            if self.columns[column].optional and 0 < place <= len(self.text):
                yield _Cell("", False, place, LEFT_OUT, "lost-delimiter"), 1
        if self.text.startswith(mark, place):
            yield _Cell("", False, place + len(mark), ADDED, "added-delimiter"), 0
        if column == self.width and not self.text[place:].strip(mark + " "):
            yield _Cell("", False, self.end, TRAILING, "trailing-cells"), 0

    def _may_hold(self, column: int, text: str) -> bool:
        """Say whether a text with a delimiter in it can be one cell here, not a value with its neighbour."""
        there = self.columns[column]
        return not (there.typed or there.choices) or kind(text) == there.main or text in there.choices

    def _after(self, place: int) -> int:
        """Give where the next cell starts when one ends at a place: behind the delimiter, or at the very end."""
        return self.end if place >= len(self.text) else place + len(self.dialect.mark)

    def _cells(self, place: int) -> Iterator[_Cell]:
        text, quote, mark = self.text, self.dialect.quote, self.dialect.mark
        start = place
        if self.dialect.pad and place:
            while start < len(text) and text[start] == " ":
                start += 1
        opened = bool(quote) and text.startswith(quote, start)
        if opened:
            yield from self._quoted(start)
        to = text.find(mark, start)
        to = len(text) if to < 0 else to
        here = text[start:to]
        cost = STRAY_QUOTE if opened else self._uneven_quotes(here)
        yield _Cell(here, False, self._after(to), cost, "stray-quote" if opened else "")
        if quote and not opened and quote in here and (inner := here.find(quote)) > 0:
            yield _Cell(here[:inner].rstrip(" "), False, start + inner, LOST, "lost-delimiter")
        # The delimiter inside an unquoted cell: each further one is cheaper, and a space cheapest.
        spaced = mark == " "
        extra = UNCLOSED if opened else UNQUOTED_SPACE if spaced else UNQUOTED
        for _ in range(MERGED):
            if to >= len(text):
                break
            nearby = text.find(mark, to + len(mark))
            to = len(text) if nearby < 0 else nearby
            here = text[start:to]
            if quote and (quote + mark + quote in here or (opened and quote + mark in here[1:])):
                break
            cost = extra if opened else extra + self._uneven_quotes(here)
            if quote and mark + quote in here:
                cost += AT_EDGE
            if here.endswith(mark) or here.startswith(mark):
                cost += AT_EDGE
            yield _Cell(here, False, self._after(to), cost, "stray-quote" if opened else "unquoted-delimiter")
            extra += UNQUOTED_MORE / (5 if spaced else 1)

    def _uneven_quotes(self, text: str) -> float:
        """Give what quotation marks inside an unquoted cell cost: a pair is usual, a single one may be a lost edge."""
        quote = self.dialect.quote
        if not quote or quote not in text:
            return 0.0
        return ODD_QUOTE if text.count(quote) % 2 else 0.04

    def _quoted(self, start: int) -> Iterator[_Cell]:
        """Give the ways in which a cell that starts with a quotation mark may close."""
        text, quote, mark = self.text, self.dialect.quote, self.dialect.mark
        plain = self.dialect.plain
        at, cost, closes = start + 1, 0.0, 0
        for _ in range(QUOTES):
            at = text.find(quote, at)
            if at < 0 or closes > CLOSES:
                return
            if self.dialect.escape and _backslashes(text, at) % 2:
                if text.startswith(mark, at + 1) or at + 1 >= len(text):
                    yield _Cell(
                        plain(text[start + 1 : at]),
                        True,
                        self._after(at + 1),
                        cost + LATE_CLOSE,
                        "stray-quote",
                    )
                at += 1
                continue
            double = text.startswith(quote, at + 1) and at > start
            if double:
                behind = at + 2
                if behind >= len(text) or text.startswith(mark, behind):
                    # Either an escaped mark in a cell that goes on, or a mark of the text before the closing one.
                    closes += 1
                    content = text[start + 1 : at]
                    yield _Cell(
                        plain(content) + quote, True, self._after(behind), cost + INNER_QUOTE, "stray-quote"
                    )
                yield _Cell(plain(text[start + 1 : at]), True, at + 1, cost + LOST, "lost-delimiter")
                at += 2
                continue
            behind = at + 1
            gap = behind
            while gap < len(text) and text[gap] == " " and mark != " ":
                gap += 1
            if gap >= len(text) or text.startswith(mark, gap):
                closes += 1
                yield _Cell(
                    plain(text[start + 1 : at]), True, self._after(gap), cost, "stray-quote" if cost else ""
                )
                # A whole edge, closing mark, delimiter, opening mark, is not inside a cell.
                cost += WHOLE_EDGE if text.startswith(mark + quote, gap) else LATE_CLOSE
            else:
                yield _Cell(plain(text[start + 1 : at]), True, behind, cost + LOST, "lost-delimiter")
                cost += INNER_QUOTE
            at += 1

    def _cut(self, place: int, column: int) -> Iterator[_Cell]:
        """Give the places inside an unquoted cell where a delimiter was lost, as the patterns of two columns say."""
        if column + 1 >= self.width:
            return
        text, mark, quote = self.text, self.dialect.mark, self.dialect.quote
        to = text.find(mark, place)
        to = len(text) if to < 0 else to
        here = text[place:to]
        if not len(here) >= 2 or (quote and here.startswith(quote)):
            return
        first, second = self.columns[column], self.columns[column + 1]
        cuts = (
            range(1, len(here))
            if len(here) <= CUTS
            else (*range(1, CUTS // 2), *range(len(here) - CUTS // 2, len(here)))
        )
        found = []
        for cut in cuts:
            left, right = here[:cut], here[cut:]
            telling = first.typed or second.typed or first.choices or second.choices
            if not telling or (first.typed and kind(left) not in VALUES and left not in first.choices):
                continue
            cost = first.misfit(left) + second.misfit(right)
            if cost < 0.75:
                found.append((cost, cut, left[-1].isdigit() and right[0].isdigit()))
        # A person cuts between kinds of sign: a number is cut only where no other place would do.
        edges = any(not inside for _, _, inside in found)
        weighed = [(IN_NUMBER if inside and edges else 0.0, cost, cut) for cost, cut, inside in found]
        for more, _, cut in sorted(weighed, key=lambda cut: cut[0] + cut[1])[:3]:
            yield _Cell(here[:cut], False, place + cut, LOST + more, "lost-delimiter")


def _backslashes(text: str, at: int) -> int:
    count = 0
    while at - count > 0 and text[at - count - 1] == "\\":
        count += 1
    return count
