"""The fast lane of an import: rows that machines wrote, straight to rows of the store.

A row is plain when every cell is in the form in which records are kept: ISO times, whole numbers, known words,
known providers. Whatever else a row holds, or any doubt about it, makes the answer None: `csv_import` then reads it
with care. What is read here is exactly what would be read there; the tests hold the two together.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from incidents.column_plan import ColumnPlan, ImportOptions
from incidents.columns import RECORD_TYPES, Column, fields_of
from incidents.csv_import import Lookup, cell_alone, with_operator
from incidents.derived import NO_END, rank_of
from incidents.errors import ReadingError
from incidents.flat import Flat, join_parts, split_parts
from incidents.formulas import rearm
from incidents.model import COUNTED_AS_USERS, SEVERITIES
from incidents.reading.iso import iso_moment
from incidents.zones import zone_named

PartyOf = Callable[[str | None], int | None]

REPEATING = (
    "status", "timezone", "operator_id", "providers", "affected_unit", "region", "cause", "third_party",
    "planned_maintenance", "severity", "tags", "inferred_fields", "confidence",
)  # fmt: skip
"""Fields whose cells repeat: each different text is read once, by the careful reader, and remembered."""
TEXTS = ("id", "title", "technical_cause", "summary")
READ = (*REPEATING, *TEXTS, "started_at", "resolved_at", "affected")
"""The fields that a plain row may fill; the cells of all others must be empty."""
OPTIONAL = frozenset((
    "operator_id", "party_id", "started_at_precision", "resolved_at", "resolved_at_precision", "timezone",
    "affected_low", "affected_high", "affected_central", "affected_unit", "region", "technical_cause", "severity",
    "summary", "tags", "inferred_fields", "confidence", "lasted_minutes", "user_hours_low", "user_hours_central",
    "user_hours_high",
))  # fmt: skip
"""The columns of the store that may be empty."""
GUARDED, LISTED = '== "\'"', "in (\"'\", '[')"
TIMED = ("second", "minute", "hour")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST_ID = 200
REMEMBERED = 20_000
UNIX_DAY = 719_163
FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class PlainRows:
    """How the plain rows of one file are read.

    `read(cells, number, row_mark)` gives the values of `columns` of the store, or None for a row to be read with
    care. An empty text stands for an empty column of `optional`.
    """

    columns: tuple[str, ...]
    optional: frozenset[str]
    read: Callable[[Sequence[str], int, bytes], tuple[Any, ...] | None]
    header: tuple[str, ...]
    cells: Mapping[str, int]
    unit: str | None
    meanings: Mapping[str, _Meanings]

    def contract(self) -> dict[str, Any] | None:
        """Say by what the rows were read, as plain data; None where more was met than is remembered."""
        if any(meanings.forgot for meanings in self.meanings.values()):
            return None
        return {
            "header": list(self.header),
            "cells": dict(self.cells),
            "unit": self.unit,
            "meanings": {
                name: {text: value for text, value in meanings.items() if value is not NotImplemented}
                for name, meanings in self.meanings.items()
            },
        }


def plain_rows_again(
    contract: Mapping[str, Any], options: ImportOptions, party_of: PartyOf, added_in: int
) -> PlainRows:
    """Give the reader of rows that were taken as they stand, as it was when they were."""
    cells = contract["cells"]
    meanings = {name: _Meanings(name, known) for name, known in contract["meanings"].items()}
    return _compiled(
        tuple(contract["header"]), cells, meanings, contract["unit"], options, party_of, added_in, frozenset()
    )


def plain_rows(
    header: Sequence[str],
    plan: ColumnPlan,
    options: ImportOptions,
    lookup: Lookup,
    party_of: PartyOf,
    added_in: int,
) -> PlainRows | None:
    """Give the fast reader for a file; None where its columns are not taken as they stand."""
    places = {f"{{{name}}}": place for place, name in enumerate(header)}
    cells: dict[str, int] = {}
    for field, template in plan.targets.items():
        if template not in places:
            return None
        cells[field] = places[template]
    plain = {"id", "title", "started_at"} <= cells.keys() and len(set(cells.values())) == len(cells)
    if options.record_type != "incident" or not plain:
        return None
    if options.timezone and not _is_zone(options.timezone):
        return None
    if plan.zones or options.group_by:
        return None
    meanings = {
        name: _Meanings(name, reader=partial(_alone, options=options, lookup=lookup, plan=plan))
        for name in REPEATING
        if name in cells
    }
    # A text under another header than its own name may be a list; the careful reader takes it apart.
    listing = frozenset(name for name in TEXTS[1:] if name in cells and name not in plan.own)
    return _compiled(tuple(header), cells, meanings, plan.counted_unit, options, party_of, added_in, listing)


def _compiled(
    header: tuple[str, ...],
    cells: Mapping[str, int],
    meanings: Mapping[str, _Meanings],
    unit: str | None,
    options: ImportOptions,
    party_of: PartyOf,
    added_in: int,
    listing: frozenset[str],
) -> PlainRows:
    today = options.today
    names: dict[str, Any] = {
        "when": _when,
        "minutes": _minutes,
        "control": CONTROL.search,
        "rearm": rearm,
        "careful": NotImplemented,
        "sha256": hashlib.sha256,
        "ranks": {severity: rank_of(severity) for severity in (*SEVERITIES, None)},
        "counted": COUNTED_AS_USERS,
        "party": _Parties(party_of),
        "added_in": added_in,
        "collection": options.collection,
        "file_zone": options.timezone or None,
        "unit_of_header": unit,
        "until": FOREVER if today is None else (today.toordinal() - UNIX_DAY + 1) * 86_400,
    }
    names |= {f"in_{field.name}": f"\x1f{field.name}=" for field in fields_of("incident")}
    names |= {f"{name}_of": known for name, known in meanings.items()}
    source, columns = _source(len(header), cells, listing)
    exec(compile(source, "<plain rows>", "exec"), names)
    return PlainRows(columns, frozenset(columns) & OPTIONAL, names["read"], header, cells, unit, meanings)


def _source(width: int, cells: Mapping[str, int], listing: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """Write the reader of a file as a function of its own: only the columns that it has, and each by its name.

    A loop over columns takes twice the time of this, and an import makes millions of rows.
    """
    texts = [name for name in TEXTS if name in cells]
    said = [name for name in REPEATING if name in cells]
    empty = [f"c{place}" for name, place in cells.items() if name not in READ]
    end, count = "resolved_at" in cells, "affected" in cells
    lines = [f"{', '.join(f'c{n}' for n in range(width))}, = cells"]
    if empty:
        lines.append(f"if {' or '.join(empty)}: return None")
    for name in said:
        lines.append(f"{name} = {name}_of[c{cells[name]}]")
    if said:
        lines.append(f"if {' or '.join(f'{name} is careful' for name in said)}: return None")
    for name in texts:
        lines += [
            f"{name} = c{cells[name]}.strip()",
            f"if {name}[:1] {LISTED if name in listing else GUARDED}: return None",
            f"if not {name}.isprintable() and control({name}): return None",
            f'if "\'" in {name} and rearm({name}) != {name}: return None',
        ]
    lines.append(f"if not id or not title or len(id) > {LONGEST_ID} or not id.isprintable(): return None")
    zone = "timezone or file_zone" if "timezone" in cells else "file_zone"
    lines += [
        f"zone = {zone}",
        f"start = when(c{cells['started_at']}.strip(), zone)",
        "if start is None: return None",
        "started, precision, first, last_start = start",
        "last = last_start",
        f"status = {'status or ' if 'status' in cells else ''}'resolved'",
    ]
    for name in ("cause", "third_party", "planned_maintenance"):
        lines.append(f"{name} = {name + ' or ' if name in cells else ''}'unknown'")
    for name in ("operator_id", "providers", "severity", "affected_unit"):
        if name not in cells:
            lines.append(f"{name} = None")
    if count:
        lines += [
            f"affected = c{cells['affected']}.strip()",
            "number_affected = ''",
            "if affected:",
            "    if not affected.isdigit() or not affected.isascii() or affected[0] == '0' or len(affected) > 15:",
            "        return None",
            "    number_affected = int(affected)",
            "    affected_unit = affected_unit or unit_of_header",
        ]
    if end:
        lines += [
            f"ended = c{cells['resolved_at']}.strip()",
            "ended_precision = lasted = low_lost = lost = high_lost = ''",
            "if ended:",
            "    end = when(ended, zone)",
            "    if end is None: return None",
            "    ended, ended_precision, first_end, last = end",
            "    if last < last_start: return None",
            "    low = minutes(first_end - last_start) if first_end > last_start else 0",
            "    lasted = minutes(first_end - first)",
            "    if lasted < low: lasted = low",
        ]
        if count:
            lines += [
                "    if affected and affected_unit in counted:",
                "        low_lost, lost = number_affected * low / 60, number_affected * lasted / 60",
                "        high_lost = number_affected * minutes(last - first) / 60",
            ]
        lines += [
            "elif status != 'resolved': last = NO_END",
            "if last_start >= until or (last >= until and ended): return None",
        ]
    else:
        lines += [
            "if status != 'resolved': last = NO_END",
            "if last_start >= until: return None",
        ]
    lines.append("providers, party_id = party[providers, operator_id]")
    lines += _digest_lines(cells, said)
    values = {
        "number": "number",
        "added_in": "added_in",
        "row_mark": "bytearray(row_mark)",
        "collection": "collection",
        "digest": "bytearray(digest)",
        **{name: name for name in texts},
        "status": "status",
        "operator_id": "operator_id or ''",
        "party_id": "party_id or ''",
        "started_at": "started",
        "started_at_precision": "'' if precision == 'second' else precision",
        "timezone": "zone or ''",
        "cause": "cause",
        "third_party": "third_party",
        "planned_maintenance": "planned_maintenance",
        "spans_from": "first",
        "spans_to": "last",
        "severity_rank": "ranks[severity]",
        "severity": "severity or ''",
    }
    for name in ("region", "tags", "inferred_fields", "confidence"):
        if name in cells:
            values[name] = f"{name} or ''"
    if count:
        values |= dict.fromkeys(("affected_low", "affected_high", "affected_central"), "number_affected")
        values["affected_unit"] = "affected_unit or ''"
    elif "affected_unit" in cells:
        values["affected_unit"] = "affected_unit or ''"
    if end:
        values |= {
            "resolved_at": "ended",
            "resolved_at_precision": "'' if ended_precision == 'second' else ended_precision",
            "lasted_minutes": "lasted",
        }
        if count:
            values |= {
                "user_hours_low": "low_lost",
                "user_hours_central": "lost",
                "user_hours_high": "high_lost",
            }
    lines.append(f"return ({', '.join(values.values())},)")
    body = "\n    ".join(lines)
    return f"def read(cells, number, row_mark):\n    {body}\n".replace("NO_END", str(NO_END)), tuple(values)


def _digest_lines(cells: Mapping[str, int], said: Sequence[str]) -> list[str]:
    """Write the digest of the filled fields, in the order of the record's fields."""
    always = {
        "id": "id",
        "title": "title",
        "status": "status",
        "started_at": "started",
        "started_at_precision": "precision",
        "started_at_qualifier": "'exact'",
        "cause": "cause",
        "third_party": "third_party",
        "planned_maintenance": "planned_maintenance",
    }
    perhaps = {name: name for name in (*said, "providers", "technical_cause", "summary") if name in cells}
    perhaps |= {"timezone": "zone", "providers": "providers"}
    if "affected" in cells:
        perhaps |= dict.fromkeys(("affected_low", "affected_high", "affected_central"), "affected")
        perhaps["affected_unit"] = "affected_unit"
    if "resolved_at" in cells:
        perhaps |= {"resolved_at": "ended", "resolved_at_precision": "ended_precision"}
        perhaps["resolved_at_qualifier"] = "(ended and 'exact')"
    parts: list[str] = []
    for name in (field.name for field in fields_of("incident")):
        joint = "" if name == "id" else "\\x1f"
        if name in always:
            parts.append(f"{joint}{name}={{{always[name]}}}")
        elif name in perhaps:
            value = perhaps[name]
            parts.append(f"{{in_{name} if {value} else ''}}{{{value} or ''}}")
    return [
        f'text = f"{"".join(parts)}"',
        "digest = sha256(text.encode('utf-8', 'surrogatepass')).digest()[:16]",
    ]


class _Meanings(dict[str, Any]):
    """What the different texts of one repeating cell mean: flat value, or `NotImplemented` for one to read with care.

    Without a reader only what is known is read. `forgot` says whether more texts were met than are remembered.
    """

    def __init__(
        self,
        name: str,
        known: Mapping[str, Any] | None = None,
        *,
        reader: Callable[[Column, str], Flat | None] | None = None,
    ) -> None:
        super().__init__(known or {})
        self._column = cast("Column", RECORD_TYPES["incident"].column(name))
        self._reader = reader
        self.forgot = False

    def __missing__(self, text: str) -> Any:
        guarded = text[:1] == "'" or rearm(text) != text
        flat = None if guarded or self._reader is None else self._reader(self._column, text)
        value = NotImplemented if flat is None else flat[self._column.name]
        if self._column.name == "timezone" and flat and value and not _is_zone(str(value)):
            value = NotImplemented
        if len(self) >= REMEMBERED:
            self.clear()
            self.forgot = True
        self[text] = value
        return value


def _alone(
    column: Column, text: str, *, options: ImportOptions, lookup: Lookup, plan: ColumnPlan
) -> Flat | None:
    return cell_alone(column, text, options, lookup, plan)


class _Parties(dict[tuple[str | None, str | None], tuple[str | None, int | None]]):
    """Providers and operator of a row -> all of them as flat text, and the id of that list."""

    def __init__(self, party_of: PartyOf) -> None:
        super().__init__()
        self._party_of = party_of

    def __missing__(self, pair: tuple[str | None, str | None]) -> tuple[str | None, int | None]:
        parts = join_parts(with_operator(split_parts(pair[0]), pair[1]))
        if len(self) >= REMEMBERED:
            self.clear()
        self[pair] = found = parts, self._party_of(parts)
        return found


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except ReadingError:
        return False
    return True


def _when(text: str, zone: str | None) -> tuple[str, str, int, int] | None:
    """Read an exact time: its canonical text, precision, and first and last second; None for anything else."""
    size = len(text)
    iso = size in (20, 25) and text[4] == text[7] == "-" and text[10] == "T" and text[13] == text[16] == ":"
    if iso and text[0] in "12":
        if text[11:13] == "24":
            return None  # midnight, to newer versions of Python
        try:
            first = int(datetime.fromisoformat(text).timestamp())
        except ValueError:
            return None
        if size == 20 and text[19] == "Z":
            return f"{text[:19]}+00:00", "second", first, first
        if size == 25 and text[22] == ":" and text[23] < "6" and text[19:] != "-00:00":
            return text, "second", first, first
    if text[4:5] != "-" or text[7:8] != "-":
        return None  # weeks and days of the year are not read as times
    try:
        moment = iso_moment(text, zone)
    except ReadingError:
        return None
    if moment is None or moment.earliest is None or moment.latest is None:
        return None
    precision = moment.precision.value
    if precision == "day":
        return None
    return moment.value, precision, int(moment.earliest.timestamp()), int(moment.latest.timestamp())


def _minutes(seconds: int) -> float:
    """Give seconds as minutes, rounded as `impact` rounds them."""
    return seconds // 60 if seconds % 60 == 0 else round(seconds / 60, 4)
