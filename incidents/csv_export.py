"""Records to CSV and JSON that read back to the same records. Formulas are disarmed, reversibly.

A cell that a spreadsheet would run (`=`, `+`, `-`, `@`, tab, carriage return first) is written after a quote
mark `'`; so is one that starts with that mark. `csv_import` takes it off again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from incidents.columns import RECORD_TYPES, fields_of
from incidents.flat import text_of, to_flat
from incidents.model import Record

RISKY = ("=", "+", "-", "@", "\t", "\r", "'")


def disarm(text: str) -> str:
    """Keep a spreadsheet from running a cell: put `'` before what it would take for a formula."""
    return "'" + text if text.startswith(RISKY) and not _is_number(text) else text


def rearm(text: str) -> str:
    """Undo `disarm`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit() and text[0] in "+-"


def header_of(record_type: str, records: Sequence[Record] | None = None) -> list[str]:
    """Name the fields of a type; with records, only those that some of them fill, and the required ones."""
    names = [field.name for field in fields_of(record_type)]
    if records is None:
        return names
    needed = {column.name for column in RECORD_TYPES[record_type].columns if column.required}
    needed.add(RECORD_TYPES[record_type].key)
    filled = {name for record in records for name, value in to_flat(record).items() if value is not None}
    return [name for name in names if name in filled or name in needed]


def export_csv(record_type: str, records: Sequence[Record]) -> Iterator[str]:
    """Write records as CSV, line by line; importing the lines changes nothing."""
    names = header_of(record_type, records)
    yield _line(names)
    for record in records:
        flat = to_flat(record)
        yield _line([disarm(text_of(flat[name])) for name in names])


def export_json(record_type: str, records: Iterable[Record]) -> Iterator[str]:
    """Write records as JSON Lines of their flat fields; what is unknown is left out."""
    for record in records:
        flat = {name: value for name, value in to_flat(record).items() if value is not None}
        yield (
            json.dumps({"type": record_type, "collection": record.collection, **flat}, ensure_ascii=False)
            + "\n"
        )


def template_csv(record_type: str) -> str:
    """Give an example of a type's CSV: its columns, and one row filled in."""
    columns = [c for c in RECORD_TYPES[record_type].columns if c.name != "unmatched_values"]
    return _line([c.name for c in columns]) + _line([c.example for c in columns])


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
