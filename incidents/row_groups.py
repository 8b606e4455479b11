"""Several rows of one incident: gathered by a column, joined into one record, with what they contradict each other in.

Knows rows and incidents; no store and no text formats. Lists are united and equal values kept; the earliest start,
the latest end and otherwise the last row that says something win, but title, operator and id are those of the first.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast

from incidents.amount import Amount
from incidents.columns import RECORD_TYPES
from incidents.csv_import import Note, ReadRow
from incidents.flat import text_of
from incidents.model import Incident
from incidents.moment import Moment
from incidents.row_warnings import warnings_of
from incidents.table import Row, RowFault

GROUP_NOTES: Mapping[str, str] = {
    "differs": "the rows of this incident differ in {field}: “{first}” on line {line}, “{second}” on line {other}; "
    "“{kept}” was kept",
    "joined": "joined with line {line}, a row of the same incident",
}
"""What is said of rows that were joined."""
OF_THE_FIRST = frozenset(("id", "title", "operator_id", "timezone", "detected_at", "aware_at", "reported_at"))
UPDATED = frozenset(("status",))
"""Fields of which several values in turn are no contradiction."""
NOTHING = (None, "unknown", ())
SHOWN = 80
BEGINNING = datetime.min.replace(tzinfo=UTC)
ENDING = datetime.max.replace(tzinfo=UTC)


def group_sizes(rows: Iterable[Row | RowFault], place: int) -> Mapping[int, int]:
    """Count the rows of each incident that has several, by a digest of what stands at a place: 8 bytes a row."""
    marks = array("q", (hash(row[1][place].strip()) for row in rows if row.__class__ is not RowFault))
    sizes: dict[int, int] = {}
    before, count = None, 0
    for mark in sorted(marks):
        if mark == before:
            count += 1
            continue
        if count > 1 and before is not None:
            sizes[before] = count
        before, count = mark, 1
    if count > 1 and before is not None:
        sizes[before] = count
    return sizes


def groups(
    rows: Iterable[Row | RowFault], place: int, sizes: Mapping[int, int]
) -> Iterator[tuple[Row | RowFault, ...]]:
    """Give the rows of each incident together, once its last is there; a row with nothing at the place stands alone.

    Holds in memory the rows of the incidents that are not complete yet.
    """
    waiting: dict[str, list[Row]] = {}
    for row in rows:
        if isinstance(row, RowFault):
            yield (row,)
            continue
        text = row.cells[place].strip()
        size = sizes.get(hash(text)) if text else None
        if size is None:
            yield (row,)
            continue
        held = waiting.setdefault(text, [])
        held.append(row)
        if len(held) == size:
            yield tuple(waiting.pop(text))
    for held in waiting.values():
        yield tuple(held)


def join_rows(rows: Sequence[ReadRow], today: date | None = None) -> ReadRow:
    """Join rows of one incident, all of which were read, in the order of the file."""
    if len(rows) == 1:
        return rows[0]
    records = [(row.line, cast("Incident", row.record)) for row in rows]
    values: dict[str, Any] = {}
    notes: list[Note] = [note for row in rows for note in row.notes]
    for column in RECORD_TYPES["incident"].columns:
        name = column.name
        found = [(line, getattr(record, name)) for line, record in records]
        said = [(line, value) for line, value in found if value not in NOTHING]
        if not said:
            continue
        if column.kind in ("words", "refs", "parts"):
            values[name] = tuple(dict.fromkeys(one for _, value in said for one in value))
            continue
        if name == "summary":
            values[name] = "\n".join(dict.fromkeys(value for _, value in said))
            continue
        line, kept = _kept(name, said)
        values[name] = kept
        if name not in UPDATED:
            other = next(((at, value) for at, value in said if not _same(value, kept)), None)
            if other is not None:
                notes.append(_differs(name, (line, kept), other))
    inferred = next(one.inferred_fields for _, one in records if one.started_at == values["started_at"])
    if "started_at" not in inferred and "started_at" in values.get("inferred_fields", ()):
        values["inferred_fields"] = tuple(f for f in values["inferred_fields"] if f != "started_at")
    record = replace(records[0][1], **values)
    notes += [Note(rows[0].line, *warning) for warning in warnings_of(record, today)]
    created = tuple(dict.fromkeys(one for row in rows for one in row.created))
    return ReadRow(rows[0].line, record, (), _once(notes), created)


def _once(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Leave out notes that say the same of the same column of several rows."""
    seen: dict[tuple[str, str, str], Note] = {}
    for note in notes:
        seen.setdefault((note.column, note.message, repr(sorted(note.params.items()))), note)
    return tuple(seen.values())


def _kept(name: str, said: Sequence[tuple[int, Any]]) -> tuple[int, Any]:
    if name == "started_at":
        return min(said, key=lambda pair: pair[1].earliest or ENDING)
    if name == "resolved_at":
        return max(said, key=lambda pair: pair[1].latest or BEGINNING)
    return said[0] if name in OF_THE_FIRST else said[-1]


def _same(one: object, two: object) -> bool:
    if isinstance(one, Moment) and isinstance(two, Moment):
        return (one.earliest, one.latest) == (two.earliest, two.latest)
    if isinstance(one, Amount) and isinstance(two, Amount):
        return (one.low, one.high) == (two.low, two.high)
    return one == two


def _differs(name: str, kept: tuple[int, object], other: tuple[int, object]) -> Note:
    first, second = sorted((kept, other), key=lambda pair: pair[0])
    return Note(
        first[0],
        name,
        GROUP_NOTES["differs"],
        {
            "field": name,
            "first": _shown(first[1]),
            "line": first[0],
            "second": _shown(second[1]),
            "other": second[0],
            "kept": _shown(kept[1]),
        },
    )


def _shown(value: object) -> str:
    if isinstance(value, Moment):
        return value.value or value.words or ""
    if isinstance(value, Amount):
        numbers = dict.fromkeys(text_of(n) for n in (value.low, value.high) if n is not None)
        return value.words or "-".join(numbers)
    return str(value)[:SHOWN]
