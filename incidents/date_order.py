"""Whether days or months come first in the dates of a file, decided from all its values; never guessed from one.

Pure. One tool writes a file, so that its columns agree: the order that all their dates allow is that of the file.
Where columns contradict each other each is decided by itself, and where a column contradicts itself nobody decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from incidents.column_plan import ColumnPlan
from incidents.columns import RECORD_TYPES
from incidents.reading.moments import ORDERS, DateOrder, orders_of
from incidents.table import Row, RowFault
from incidents.templates import Fill, compiled

NUMERIC = re.compile(
    r"(?<!\d)\d{1,2}\s*[/.\-\s]\s*\d{1,2}\s*[/.\-\s]\s*(?:\d{4}|\d\d)(?!\d)|(?<!\d)\d{8}(?!\d)"
)
PLAIN = re.compile(
    r"\s*(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[T ]\s*\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?)?\s*"
)
REMEMBERED = 10_000
ORDER_NOTES: Mapping[str, str] = {
    "DMY": "days come before months in this file, as “{value}” on line {line} shows",
    "MDY": "months come before days in this file, as “{value}” on line {line} shows",
    "YMD": "years come first in the dates of this file, then months, as “{value}” on line {line} shows",
    "DMY-column": "days come before months in {field}, as “{value}” on line {line} shows",
    "MDY-column": "months come before days in {field}, as “{value}” on line {line} shows",
    "YMD-column": "years come first in {field}, then months, as “{value}” on line {line} shows",
    "open-column": "{field} has dates of either order, such as “{value}” on line {line}: those that can be two days "
    "are asked for",
}
"""How the order was decided: a code of `OrderNote` -> what is said."""
BOTH: frozenset[DateOrder] = frozenset(("DMY", "MDY"))
ALL: frozenset[DateOrder] = frozenset(ORDERS)
Allowed = frozenset[DateOrder]


@dataclass(frozen=True, slots=True)
class OrderNote:
    """What decided an order: a key of `ORDER_NOTES`, the field it holds for ("" = all), and the value that shows it."""

    code: str
    line: int
    value: str
    field: str = ""

    @property
    def message(self) -> str:
        return ORDER_NOTES[self.code]

    @property
    def params(self) -> dict[str, object]:
        return {"value": self.value, "line": self.line, "field": self.field}


@dataclass(frozen=True, slots=True)
class Decision:
    """The order of a file; None where its columns contradict each other, `columns` then has the order of each."""

    order: DateOrder | None
    columns: Mapping[str, DateOrder] = field(default_factory=dict)
    notes: tuple[OrderNote, ...] = ()


def decide_order(
    header: Sequence[str], rows: Iterable[Row | RowFault], plan: ColumnPlan, record_type: str
) -> Decision | None:
    """Decide the order of a file's dates from all its rows; None where several orders remain, or nothing shows one.

    There is no stopping early: a later date may contradict the first ones.
    """
    columns = {name: _Column(fill) for name, fill in _dated(header, plan, record_type).items()}
    seen = list(columns.values())
    for row in rows:
        if isinstance(row, Row):
            for column in seen:
                column.see(row)
    dated = {name: column for name, column in columns.items() if column.examples}
    possible = ALL.intersection(*(column.possible for column in dated.values()))
    if possible:
        shown = _shown(possible, dated.values()) if len(possible) == 1 else None
        if shown is None:
            return None
        [order] = possible
        return Decision(order, {}, (OrderNote(order, *shown),))
    return _by_column(dated)


def _by_column(dated: Mapping[str, _Column]) -> Decision | None:
    """Decide for each column by itself, where the columns contradict each other."""
    orders: dict[str, DateOrder] = {}
    notes: list[OrderNote] = []
    for name, column in dated.items():
        if not column.possible:
            line, value = max(column.examples.values())
            notes.append(OrderNote("open-column", line, value, name))
        elif len(column.possible) == 1 and (shown := _shown(column.possible, (column,))):
            [orders[name]] = column.possible
            notes.append(OrderNote(f"{orders[name]}-column", *shown, name))
    return Decision(None, orders, tuple(notes)) if notes else None


def _shown(possible: Allowed, columns: Iterable[_Column]) -> tuple[int, str] | None:
    """Give the first value that leaves only these orders, else the first that rules one out."""
    examples = [pair for column in columns for pair in column.examples.items()]
    alone = [place for allowed, place in examples if allowed == possible]
    return min(
        alone or [place for allowed, place in examples if allowed < ALL and not allowed >= BOTH], default=None
    )


class _Column:
    """The dates of one column: the orders that all of them allow, and the first of each kind."""

    def __init__(self, fill: Fill) -> None:
        self._fill = fill
        self._known: dict[str, Allowed] = {}
        self.possible: Allowed = ALL
        self.examples: dict[Allowed, tuple[int, str]] = {}

    def see(self, row: Row) -> None:
        text = self._fill(row.cells)
        if not text or text[4:5] == "-":
            return
        allowed = self._known.get(text)
        if allowed is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            allowed = self._known[text] = _allowed(text)
        if allowed:
            self.possible &= allowed
            if allowed not in self.examples:
                self.examples[allowed] = (row.line, text)


def _allowed(text: str) -> Allowed:
    """Give the orders in which a text can be read; none where it has no numeric date, or one that cannot be."""
    match = PLAIN.fullmatch(text)
    if match is not None:
        first, second = int(match[1]), int(match[3])
        if 1 <= first <= 12 and 1 <= second <= 12:
            return BOTH
        if not (1 <= first <= 31 and 1 <= second <= 31) or (first > 12 and second > 12):
            return frozenset()
    return orders_of(text) if len(text) <= 120 and NUMERIC.search(text) else frozenset()


def has_numeric_dates(
    header: Sequence[str], rows: Iterable[Row | RowFault], plan: ColumnPlan, record_type: str
) -> bool:
    """Say whether some of these rows have dates such as 12/09/2025 in a column of moments."""
    fills = list(_dated(header, plan, record_type).values())
    return any(_numeric(fill(row.cells)) for row in rows if isinstance(row, Row) for fill in fills)


def _numeric(text: str) -> bool:
    return bool(text) and text[4:5] != "-" and len(text) <= 120 and NUMERIC.search(text) is not None


def _dated(header: Sequence[str], plan: ColumnPlan, record_type: str) -> dict[str, Fill]:
    """Give how the text of each moment of a row is put together."""
    return dict(_fills(header, plan, record_type))


def _fills(header: Sequence[str], plan: ColumnPlan, record_type: str) -> Iterator[tuple[str, Fill]]:
    for column in RECORD_TYPES[record_type].columns:
        if column.kind in ("moment", "day") and column.name in plan.targets:
            yield column.name, compiled(plan.targets[column.name], header, blank_unknown=True)
