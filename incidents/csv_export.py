"""Records to CSV and JSON Lines that read back to the same records. Knows no store, no file and no reader.

Written as the records come, in memory bounded by `LOOKED_AHEAD` records. In CSV a cell that a spreadsheet would
run is disarmed (see `formulas`); in JSON text is text.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import Any

from incidents.columns import RECORD_TYPES, fields_of
from incidents.flat import Flat, text_of, to_flat
from incidents.formulas import disarm as disarm
from incidents.formulas import rearm as rearm
from incidents.model import Record

LOOKED_AHEAD = 5_000
"""How many records are looked at before the header is written; of more than these, every field is a column."""

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How a CSV is written: `delimiter` between cells, `newline` after rows, `mark`: a byte-order mark first."""

    delimiter: str = ","
    newline: str = "\n"
    mark: bool = False


PLAIN = CsvStyle()
SPREADSHEETS: Mapping[str, CsvStyle] = {
    "en": CsvStyle(",", "\r\n", mark=True),
    "fr": CsvStyle(";", "\r\n", mark=True),
}
"""What Excel opens by a double click, by the language of its machine: without the mark it takes UTF-8 for
Windows-1252, and where a comma is the decimal sign it separates cells at semicolons."""


class _Line:
    """Gives back what a `csv.writer` writes: its `writerow` returns the line."""

    def write(self, line: str) -> str:
        return line


def header_of(record_type: str, records: Iterable[Record] | None = None) -> list[str]:
    """Name the fields of a type; with records, only those that some of them fill, and the required ones."""
    if records is None:
        return [field.name for field in fields_of(record_type)]
    return _header(record_type, map(to_flat, records))


def _header(record_type: str, flats: Iterable[Flat]) -> list[str]:
    spec = RECORD_TYPES[record_type]
    kept = {column.name for column in spec.columns if column.required} | {spec.key}
    for flat in flats:
        kept.update(name for name, value in flat.items() if value is not None)
    return [field.name for field in spec.fields if field.name in kept]


def export_csv(record_type: str, records: Iterable[Record], style: CsvStyle = PLAIN) -> Iterator[str]:
    """Write records as CSV, line by line; importing the lines changes nothing.

    Up to `LOOKED_AHEAD` records have columns for what some of them fill, more of them for every field.
    """
    flats = map(to_flat, records)
    first = list(islice(flats, LOOKED_AHEAD + 1))
    names = header_of(record_type) if len(first) > LOOKED_AHEAD else _header(record_type, first)
    # The writer quotes a lone line feed or carriage return only where its own line end has them.
    writer = csv.writer(_Line(), delimiter=style.delimiter, lineterminator="\r\n")
    cut = len("\r\n")
    # The class above makes `writerow` return the line, which its declared type does not know.
    line: Any = writer.writerow(names)
    yield (BYTE_ORDER_MARK if style.mark else "") + line[:-cut] + style.newline
    for flat in chain(first, flats):
        line = writer.writerow([disarm(text_of(flat[name])) for name in names])
        yield line[:-cut] + style.newline


def export_json(record_type: str, records: Iterable[Record]) -> Iterator[str]:
    """Write records as JSON Lines: `type`, `collection`, and the flat fields that are known; lists as arrays."""
    lists = _lists(record_type)
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False).encode
    for record in records:
        body: dict[str, object] = {"type": record_type, "collection": record.collection}
        for name, value in to_flat(record).items():
            if value is not None:
                body[name] = _words(record, name) if name in lists else value
        yield encode(body) + "\n"


@cache
def _lists(record_type: str) -> frozenset[str]:
    kinds = ("words", "refs", "parts")
    return frozenset(c.name for c in RECORD_TYPES[record_type].columns if c.kind in kinds)


def _words(record: Record, name: str) -> list[str]:
    """Give the words of a list field; a part is written `provider:role`."""
    return [
        item if isinstance(item, str) else f"{item.provider_id}:{item.role}" for item in getattr(record, name)
    ]


def template_csv(record_type: str) -> str:
    """Give an example of a type's CSV: its columns, and one row filled in."""
    columns = [c for c in RECORD_TYPES[record_type].columns if c.name != "unmatched_values"]
    return _row([c.name for c in columns]) + _row([c.example for c in columns])


def _row(cells: Sequence[str]) -> str:
    line: Any = csv.writer(_Line(), lineterminator="\n").writerow(cells)
    return str(line)
