"""The bundled records: reviewable text in `reference/`, loaded by the same import code as users' files.

One change set a load. What the user edited or deleted stays; what is the same is left alone.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib import resources

from incidents.changes import Put
from incidents.column_plan import ImportOptions, plan_columns
from incidents.columns import RECORD_TYPES
from incidents.completion import add_sources
from incidents.csv_import import RowReader
from incidents.errors import TimelineError
from incidents.ingest import StoreLookup
from incidents.model import BUNDLED, Claim, Record, Translation, Update
from incidents.store import Store, StoredObligation, Writer
from incidents.table import Row

SETTING = "bundled_records"
NONE = "none"
FILES: Mapping[str, str] = {
    name: ("ownership" if name == "ownership" else spec.plural) + ".csv"
    for name, spec in RECORD_TYPES.items()
}
OBLIGATIONS = "obligations.toml"


@dataclass(frozen=True, slots=True)
class BundledChange:
    """What a load does to one field of a record; `field` is "" for a record that is added."""

    record_type: str
    record_id: str
    field: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: how many records of each outcome, and what was left as the user made it."""

    counts: Mapping[str, int]
    kept: tuple[str, ...]
    changes: tuple[BundledChange, ...] = ()


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


def load_bundled(store: Store, *, at: datetime, dry: bool = False) -> Loaded:
    """Bring the bundled records of the store up to date, in one transaction; with `dry`, only say what changes."""
    counts: dict[str, int] = {}
    kept: list[str] = []
    changes: list[BundledChange] = []
    with store.writing(
        kind="bundled",
        actor="outage-timeline",
        at=at,
        origin="bundled records",
        summary=reference_mark(),
        dry=dry,
    ) as writer:
        for record_type, name in FILES.items():
            records, orphans = _still_wanted(store, record_type, _records(store, record_type, name))
            kept += orphans
            add_sources(store, writer, records)
            _tally(writer.put(record_type, records), record_type, counts, kept, changes)
        _tally(put_rules(writer), "obligation", counts, kept, changes)
    if not dry:
        store.set_setting(SETTING, reference_mark())
    return Loaded(counts, tuple(kept), tuple(changes))


def _tally(
    puts: list[Put],
    record_type: str,
    counts: dict[str, int],
    kept: list[str],
    changes: list[BundledChange],
) -> None:
    for put in puts:
        counts[put.outcome] = counts.get(put.outcome, 0) + 1
        if put.outcome == "kept" or put.kept_fields:
            kept.append(f"{record_type} {put.record_id}")
        if put.outcome == "added":
            changes.append(BundledChange(record_type, put.record_id))
        elif put.outcome == "updated":
            fields = put.differences or (("rule", "", ""),)
            changes += [BundledChange(record_type, put.record_id, *difference) for difference in fields]


def _still_wanted(store: Store, record_type: str, records: list[Record]) -> tuple[list[Record], list[str]]:
    """Leave out the new records that speak of one the user deleted; gives them apart, by type and id.

    What the user deleted or pointed elsewhere himself is known to the store, and left alone there.
    """
    owners = {record.id: owner for record in records if (owner := _owner(record)) is not None}
    by_type: dict[str, set[str]] = {}
    for kind, record_id in owners.values():
        by_type.setdefault(kind, set()).add(record_id)
    # Obligations are put after all others, and nobody deletes one.
    there = {kind: store.existing(kind, ids) for kind, ids in by_type.items() if kind in RECORD_TYPES}
    gone = {
        record_id for record_id, (kind, owner) in owners.items() if kind in there and owner not in there[kind]
    }
    return [r for r in records if r.id not in gone], [
        f"{record_type} {r.id}" for r in records if r.id in gone
    ]


def _owner(record: Record) -> tuple[str, str] | None:
    """Give the type and id of the record that another one speaks of."""
    if isinstance(record, Update):
        return "incident", record.incident_id
    if isinstance(record, Claim | Translation):
        return record.record_type, record.record_id
    return None


@cache
def _ids_of(record_type: str) -> frozenset[str]:
    """Give the ids that the bundled file of a type brings: what refers to them is no mistake of the file."""
    lines = csv.DictReader(io.StringIO(read_reference(FILES[record_type]).decode("utf-8"), newline=""))
    return frozenset(row.get(RECORD_TYPES[record_type].key) or "" for row in lines)


def _records(store: Store, record_type: str, name: str) -> list[Record]:
    options = ImportOptions(record_type=record_type, collection=BUNDLED, filename=name, timezone="UTC")
    # These files are the program's own, plain CSV: nothing about them is guessed.
    lines = csv.reader(io.StringIO(read_reference(name).decode("utf-8"), newline=""), strict=True)
    header = tuple(next(lines))
    rows = [Row(lines.line_num, cells) for cells in lines]
    plan = plan_columns(header, options)
    spec = RECORD_TYPES[record_type]
    named = {column.to for column in spec.columns if column.to in FILES} | {record_type}
    reader = RowReader(header, plan, options, StoreLookup(store, {kind: _ids_of(kind) for kind in named}))
    records: list[Record] = []
    for row in rows:
        read = reader.read(row)
        if read.record is None:
            problem = read.problems[0]
            raise TimelineError(
                "{file}, line {line}: {reason}",
                code="bad-reference",
                params={
                    "file": name,
                    "line": row.line,
                    "reason": problem.reason,
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
