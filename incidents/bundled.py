"""The bundled records: reviewable text in `reference/`, loaded by the same import code as users' files.

One change set a load. What the user edited or deleted stays; what is the same is left alone.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources

from incidents.changes import Put
from incidents.column_plan import ImportOptions, plan_columns
from incidents.columns import RECORD_TYPES
from incidents.csv_import import RowReader
from incidents.csv_reader import Row, read_table
from incidents.errors import TimelineError
from incidents.ingest import StoreLookup, add_sources
from incidents.model import BUNDLED, Record
from incidents.store import Store, StoredObligation, Writer

SETTING = "bundled_records"
NONE = "none"
FILES: Mapping[str, str] = {
    name: ("ownership" if name == "ownership" else spec.plural) + ".csv"
    for name, spec in RECORD_TYPES.items()
}
OBLIGATIONS = "obligations.toml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: how many records of each outcome, and what was left as the user made it."""

    counts: Mapping[str, int]
    kept: tuple[str, ...]


def read_reference(name: str) -> bytes:
    return (resources.files("incidents") / "reference" / name).read_bytes()


@lru_cache(maxsize=1)
def reference_mark() -> str:
    """Give the SHA-256 over all reference files: equal as long as nothing in them changed."""
    mark = hashlib.sha256()
    for name in (*FILES.values(), OBLIGATIONS):
        mark.update(hashlib.sha256(read_reference(name)).digest())
    return mark.hexdigest()


def is_current(store: Store) -> bool:
    """Say whether the store has the bundled records of this program, or none by choice."""
    return store.setting(SETTING) in (reference_mark(), NONE)


def load_bundled(store: Store, *, at: datetime) -> Loaded:
    """Bring the bundled records of the store up to date, in one transaction."""
    counts: dict[str, int] = {}
    kept: list[str] = []
    with store.writing(kind="bundled", actor="outage-timeline", at=at, origin="bundled records") as writer:
        for record_type, name in FILES.items():
            records = _records(store, record_type, name)
            add_sources(store, writer, records)
            _tally(writer.put(record_type, records), record_type, counts, kept)
        _tally(put_rules(writer), "obligation", counts, kept)
    store.set_setting(SETTING, reference_mark())
    return Loaded(counts, tuple(kept))


def _tally(puts: list[Put], record_type: str, counts: dict[str, int], kept: list[str]) -> None:
    for put in puts:
        counts[put.outcome] = counts.get(put.outcome, 0) + 1
        if put.outcome == "kept" or put.kept_fields:
            kept.append(f"{record_type} {put.record_id}")


def _records(store: Store, record_type: str, name: str) -> list[Record]:
    options = ImportOptions(record_type=record_type, collection=BUNDLED, filename=name, timezone="UTC")
    table = read_table(read_reference(name), encoding="utf-8", delimiter=",")
    plan = plan_columns(table.header, options)
    key = RECORD_TYPES[record_type].key
    place = table.header.index(key) if key in table.header else None
    own = (
        frozenset(r.cells[place] for r in table.rows if isinstance(r, Row))
        if place is not None
        else frozenset()
    )
    reader = RowReader(table.header, plan, options, StoreLookup(store, {record_type: own}))
    records: list[Record] = []
    for row in table.rows:
        read = reader.read(row) if isinstance(row, Row) else None
        if read is None or read.record is None:
            problem = read.problems[0] if read else None
            raise TimelineError(
                "{file}, line {line}: {reason}",
                code="bad-reference",
                params={
                    "file": name,
                    "line": row.line,
                    "reason": problem.reason if problem else "wrong number of cells",
                },
                hint="Correct the file in incidents/reference/.",
            )
        records.append(read.record)
    return records


def put_rules(writer: Writer) -> list[Put]:
    """Put the obligations, each as its table in the TOML file, written as JSON."""
    rules = tomllib.loads(read_reference(OBLIGATIONS).decode("utf-8"))["obligation"]
    return writer.put_obligations(
        [
            StoredObligation(
                id=rule["id"],
                kind=rule["kind"],
                regime=rule["regime"],
                name_en=rule["name_en"],
                name_fr=rule["name_fr"],
                legal_reference=rule["legal_reference"],
                rule=json.dumps(rule, ensure_ascii=False, default=str),
            )
            for rule in rules
        ]
    )
