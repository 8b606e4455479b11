"""Whether days or months come first in a file, decided from all its dates; never guessed from one.

Pure. A file is written by one tool, so that one date that allows a single order decides for all columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from incidents.column_plan import ColumnPlan, fill_template
from incidents.columns import RECORD_TYPES
from incidents.csv_reader import Row, Table
from incidents.reading.moments import ORDERS, DateOrder, orders_of

NUMERIC = re.compile(r"\s*\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}\b")
ORDER_NOTES = {
    "DMY": "days come before months in this file, as “{value}” on line {line} shows",
    "MDY": "months come before days in this file, as “{value}” on line {line} shows",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The order of a file, and the first date that shows it."""

    order: DateOrder
    line: int
    value: str


def decide_order(table: Table, plan: ColumnPlan, record_type: str) -> Decision | None:
    """Give the one order that all dates of a file allow; None where several remain or none does."""
    columns = RECORD_TYPES[record_type].columns
    templates = [plan.targets[c.name] for c in columns if c.kind == "moment" and c.name in plan.targets]
    possible = frozenset(ORDERS)
    shown: tuple[int, str] | None = None
    for row in table.rows:
        for text in _dates(table.header, row, templates) if isinstance(row, Row) else ():
            allowed = orders_of(text)
            if not allowed:
                continue
            if len(possible & allowed) < len(possible) and allowed < frozenset(("DMY", "MDY")):
                shown = shown or (row.line, text)
            possible &= allowed
    settled = possible & frozenset(("DMY", "MDY"))
    if shown is None or len(settled) != 1:
        return None
    return Decision(next(iter(settled)), *shown)


def _dates(header: Sequence[str], row: Row, templates: Sequence[str]) -> list[str]:
    cells = dict(zip(header, row.cells, strict=True))
    texts = (fill_template(template, cells) for template in templates)
    return [text for text in texts if NUMERIC.match(text)]
