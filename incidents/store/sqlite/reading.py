"""Read records: by id, by type, by what they refer to. Each list of records takes a fixed number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlite_utils import Database

from incidents.columns import RECORD_TYPES
from incidents.model import Record
from incidents.store.sqlite.rows import LINKS, PARTY, Link, joined, links_of, to_record

BATCH = 500
Key = TypeVar("Key", str, int)


def rows_of(db: Database, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    cursor = db.conn.execute(sql, params)
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def read_records(db: Database, record_type: str, where: str, params: Sequence[Any] = ()) -> list[Record]:
    """Read the records of a type; `where` is SQL of this package's own making, values go through `params`."""
    spec = RECORD_TYPES[record_type]
    rows = rows_of(db, f"SELECT * FROM {spec.plural} {where}", params)
    lists = {
        link: _lists(db, link, [row[link.owner_in_row] for row in rows]) for link in links_of(record_type)
    }
    moments: dict[int, dict[str, tuple[str | None, ...]]] = {}
    if record_type == "incident":
        parties = _parties(db, {row["party_id"] for row in rows if row["party_id"] is not None})
        moments = _moments(db, [row["number"] for row in rows])
        for row in rows:
            row[PARTY] = parties.get(row["party_id"])
    return [
        to_record(
            record_type,
            row,
            {link.column: found.get(row[link.owner_in_row]) for link, found in lists.items()},
            moments.get(row.get("number", -1), {}),
        )
        for row in rows
    ]


def read_by_keys(db: Database, record_type: str, keys: Sequence[str]) -> dict[str, Record]:
    """Read records by key, as many as there are."""
    spec = RECORD_TYPES[record_type]
    found: dict[str, Record] = {}
    for batch in batches(keys):
        where = f"WHERE {spec.key} IN (SELECT value FROM json_each(?))"
        for record in read_records(db, record_type, where, (json.dumps(batch),)):
            found[getattr(record, spec.key)] = record
    return found


def batches(values: Iterable[Key]) -> Iterable[list[Key]]:
    batch: list[Key] = []
    for value in values:
        batch.append(value)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _lists(db: Database, link: Link, keys: Sequence[Any]) -> dict[Any, str | None]:
    grouped: dict[Any, list[str]] = defaultdict(list)
    for batch in batches(keys):
        sql = (
            f"SELECT {link.owner}, {link.other} FROM {link.table} "
            f"WHERE {link.owner} IN (SELECT value FROM json_each(?)) ORDER BY {link.owner}, position"
        )
        for owner, other in db.conn.execute(sql, (json.dumps(batch),)):
            grouped[owner].append(other)
    return {owner: joined(values) for owner, values in grouped.items()}


def _parties(db: Database, ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for batch in batches(ids):
        sql = "SELECT id, parts FROM parties WHERE id IN (SELECT value FROM json_each(?))"
        found.update(db.conn.execute(sql, (json.dumps(batch),)).fetchall())
    return found


def _moments(db: Database, numbers: Sequence[int]) -> dict[int, dict[str, tuple[str | None, ...]]]:
    grouped: dict[int, dict[str, tuple[str | None, ...]]] = defaultdict(dict)
    for batch in batches(numbers):
        sql = (
            "SELECT number, name, at, at_precision, at_qualifier, at_earliest, at_latest, at_words "
            "FROM incident_moments WHERE number IN (SELECT value FROM json_each(?))"
        )
        for owner, name, *cells in db.conn.execute(sql, (json.dumps(batch),)):
            grouped[owner][name] = tuple(cells)
    return grouped


def related_where(record_type: str, field: str) -> str | None:
    """Give the WHERE for records of a type whose field is a value, or whose list holds it; None for no such field."""
    spec = RECORD_TYPES[record_type]
    column = spec.column(field)
    if column is None:
        return None
    if record_type == "incident" and field == PARTY:
        return "WHERE number IN (SELECT number FROM incident_providers WHERE provider_id = ?) ORDER BY number"
    link = next((k for k in LINKS if k.record_type == record_type and k.column == field), None)
    if link is not None:
        owners = f"SELECT {link.owner} FROM {link.table} WHERE {link.other} = ?"
        return f"WHERE {link.owner_in_row} IN ({owners}) ORDER BY rowid"
    return f"WHERE {field} = ? ORDER BY rowid"
