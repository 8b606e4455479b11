"""Read records: by id, by type, by what they refer to. Each list of records takes a fixed number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from incidents.columns import RECORD_TYPES
from incidents.model import Record
from incidents.store.sqlite.rows import LINKS, joined, links_of, to_record

BATCH = 500


def rows_of(db: Database, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    cursor = db.conn.execute(sql, params)
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def read_records(db: Database, record_type: str, where: str, params: Sequence[Any] = ()) -> list[Record]:
    """Read the records of a type; `where` is SQL of this package's own making, values go through `params`."""
    spec = RECORD_TYPES[record_type]
    rows = rows_of(db, f"SELECT * FROM {spec.plural} {where}", params)
    keys = [row[spec.key] for row in rows]
    lists = {link.column: _lists(db, link, keys) for link in links_of(record_type)}
    moments = _moments(db, keys) if record_type == "incident" else {}
    return [
        to_record(
            record_type,
            row,
            {column: found.get(row[spec.key]) for column, found in lists.items()},
            moments.get(row[spec.key], {}),
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


def batches(values: Iterable[str]) -> Iterable[list[str]]:
    batch: list[str] = []
    for value in values:
        batch.append(value)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _lists(db: Database, link: Any, keys: Sequence[str]) -> dict[str, str | None]:
    role = ", role" if link.role else ""
    grouped: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for batch in batches(keys):
        sql = (
            f"SELECT {link.owner}, {link.other}{role} FROM {link.table} "
            f"WHERE {link.owner} IN (SELECT value FROM json_each(?)) ORDER BY {link.owner}, position"
        )
        for owner, *rest in db.conn.execute(sql, (json.dumps(batch),)):
            grouped[owner].append(tuple(rest))
    return {owner: joined(link, rows) for owner, rows in grouped.items()}


def _moments(db: Database, keys: Sequence[str]) -> dict[str, dict[str, tuple[str | None, ...]]]:
    grouped: dict[str, dict[str, tuple[str | None, ...]]] = defaultdict(dict)
    for batch in batches(keys):
        sql = (
            "SELECT incident_id, name, at, at_precision, at_qualifier, at_earliest, at_latest, at_words "
            "FROM incident_moments WHERE incident_id IN (SELECT value FROM json_each(?))"
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
    link = next((k for k in LINKS if k.record_type == record_type and k.column == field), None)
    if link is not None:
        return f"WHERE {spec.key} IN (SELECT {link.owner} FROM {link.table} WHERE {link.other} = ?) ORDER BY rowid"
    return f"WHERE {field} = ? ORDER BY rowid"
