"""Rows of a small file read under its plan, without a store: what tests of the reading of rows share."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.column_plan import ImportOptions, plan_columns
from incidents.columns import header_key
from incidents.csv_import import ReadRow, RowReader
from incidents.model import Incident
from incidents.table import Row

KNOWN = {
    "provider": {"orange": "orange", "groupe_orange": "orange", "aws": "aws", "free": "free"},
    "service": {"orange_tv": "orange-tv"},
}


class Names:
    """A lookup over a few names, which counts how often it was asked for names that look alike."""

    def __init__(self) -> None:
        self.compared = 0

    def resolve(self, record_type: str, text: str) -> str | None:
        return KNOWN.get(record_type, {}).get(header_key(text))

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        self.compared += 1
        ids = dict.fromkeys(KNOWN.get(record_type, {}).values())
        return tuple(name for name in ids if name[:2] == text[:2].casefold())


def reader_of(header: Sequence[str], lookup: Names | None = None, **options: object) -> RowReader:
    chosen = ImportOptions(**{"timezone": "Europe/Paris", **options})  # type: ignore[arg-type]
    return RowReader(tuple(header), plan_columns(tuple(header), chosen), chosen, lookup or Names())


def read_rows(text: str, **options: object) -> list[ReadRow]:
    """Read rows of cells separated by `,`; the first line is the header."""
    header, *lines = [line.split(",") for line in text.splitlines()]
    reader = reader_of(header, None, **options)
    return [reader.read(Row(number, cells)) for number, cells in enumerate(lines, 2)]


def incident_of(read: ReadRow) -> Incident:
    assert isinstance(read.record, Incident), read.problems
    return read.record
