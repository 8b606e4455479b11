"""The tables of the SQLite engine and how they came about. Each migration is history: never changed, only followed.

Readable names and ISO text for times, so that a person can open the file with any SQLite tool. A row holds the flat
fields of its record, empty where they follow from the rest; `spans_from`, `spans_to` are seconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

migrations = Migrations("outage-timeline")

APPLICATION_ID = 0x4F555447
"""Marks the file as ours ("OUTG"), so that a foreign database is refused and not changed."""

MOMENT = ("", "_precision", "_qualifier", "_earliest", "_latest", "_words")


def _moment(name: str) -> dict[str, Any]:
    return {name + suffix: str for suffix in MOMENT}


def _table(db: Database, name: str) -> Table:
    return db.table(name)


def _create(
    db: Database,
    name: str,
    columns: dict[str, Any],
    *,
    pk: str | tuple[str, ...] = "id",
    not_null: Iterable[str] = (),
    refers: Iterable[tuple[str, str, str]] = (),
    indexes: Iterable[tuple[str, ...]] = (),
) -> None:
    table = _table(db, name).create(
        columns, pk=pk, not_null=set(not_null), foreign_keys=list(refers), strict=True
    )
    for index in indexes:
        table.create_index(list(index))


INCIDENT_INDEXES = {
    "incidents_by_time": ("spans_from", "spans_to"),
    "incidents_by_party": ("party_id",),
    "incidents_by_change_set": ("added_in",),
}
"""The indexes that a large import takes down and builds anew at its end: in order of size, in a fifth of the time."""

RECORD = {"collection": str, "digest": bytes}
KEPT = ("collection", "digest")


@migrations()
def m001_changes(db: Database) -> None:
    _create(
        db,
        "change_sets",
        {
            "id": int,
            "kind": str,
            "actor": str,
            "at": str,
            "origin": str,
            "summary": str,
            "file_sha256": str,
            "undoes": int,
        },
        not_null=("kind", "actor", "at", "origin"),
        refers=(("undoes", "change_sets", "id"),),
    )
    _create(
        db,
        "changes",
        {
            "id": int,
            "change_set_id": int,
            "record_type": str,
            "record_id": str,
            "action": str,
            "field": str,
            "old_value": str,
            "new_value": str,
        },
        not_null=("change_set_id", "record_type", "record_id", "action"),
        refers=(("change_set_id", "change_sets", "id"),),
        indexes=(("record_type", "record_id"), ("change_set_id",)),
    )
    _create(
        db,
        "change_set_reports",
        {"change_set_id": int, "report": str},
        pk="change_set_id",
        not_null=("report",),
        refers=(("change_set_id", "change_sets", "id"),),
    )
    for table in ("change_sets", "changes", "change_set_reports"):
        for verb in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_append_only_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    _create(db, "settings", {"name": str, "value": str}, pk="name", not_null=("value",))


@migrations()
def m002_context_records(db: Database) -> None:
    _create(
        db,
        "sources",
        {"url": str, "publisher": str, "publisher_is": str, "title": str, "published_on": str, **RECORD},
        pk="url",
        not_null=KEPT,
    )
    _create(
        db,
        "laws",
        {
            "id": str,
            "name": str,
            "name_fr": str,
            "aliases": str,
            "country": str,
            "in_force_from": str,
            "summary": str,
            "summary_fr": str,
            "source_url": str,
            **RECORD,
        },
        not_null=("name", *KEPT),
        refers=(("source_url", "sources", "url"),),
    )
    _create(
        db,
        "providers",
        {
            "id": str,
            "name": str,
            "aliases": str,
            "kind": str,
            "parent_id": str,
            "country": str,
            "exposed_to_basis": str,
            "note": str,
            "source_url": str,
            **RECORD,
        },
        not_null=("name", "kind", *KEPT),
        refers=(("parent_id", "providers", "id"), ("source_url", "sources", "url")),
    )
    _create(
        db,
        "provider_laws",
        {"provider_id": str, "position": int, "law_id": str},
        pk=("provider_id", "position"),
        not_null=("law_id",),
        refers=(("provider_id", "providers", "id"), ("law_id", "laws", "id")),
        indexes=(("law_id",),),
    )
    _create(
        db,
        "ownerships",
        {
            "id": str,
            "owner_id": str,
            "owned_id": str,
            "share_percent": float,
            "since": str,
            "until": str,
            "note": str,
            "source_url": str,
            **RECORD,
        },
        not_null=("owner_id", "owned_id", *KEPT),
        refers=(
            ("owner_id", "providers", "id"),
            ("owned_id", "providers", "id"),
            ("source_url", "sources", "url"),
        ),
        indexes=(("owner_id",), ("owned_id",)),
    )
    _create(
        db,
        "designations",
        {
            "id": str,
            "provider_id": str,
            "designation": str,
            "status": str,
            "since": str,
            "until": str,
            "note": str,
            "source_url": str,
            **RECORD,
        },
        not_null=("provider_id", "designation", "status", *KEPT),
        refers=(("provider_id", "providers", "id"), ("source_url", "sources", "url")),
        indexes=(("provider_id",),),
    )
    _create(
        db,
        "services",
        {
            "id": str,
            "name": str,
            "aliases": str,
            "provider_id": str,
            "kind": str,
            "users": int,
            "users_as_of": str,
            "note": str,
            "source_url": str,
            **RECORD,
        },
        not_null=("name", "provider_id", "kind", *KEPT),
        refers=(("provider_id", "providers", "id"), ("source_url", "sources", "url")),
        indexes=(("provider_id",), ("kind",)),
    )
    _create(
        db,
        "dependencies",
        {
            "id": str,
            "from_service_id": str,
            "on_service_id": str,
            "function": str,
            "since": str,
            "until": str,
            "criticality": str,
            "claim": str,
            "basis": str,
            "source_url": str,
            **RECORD,
        },
        not_null=("from_service_id", "on_service_id", "function", *KEPT),
        refers=(
            ("from_service_id", "services", "id"),
            ("on_service_id", "services", "id"),
            ("source_url", "sources", "url"),
        ),
        indexes=(("from_service_id",), ("on_service_id",)),
    )
    _create(
        db,
        "qualifications",
        {
            "id": str,
            "provider_id": str,
            "provider_name": str,
            "service_id": str,
            "offer": str,
            "service_type": str,
            "scheme": str,
            "status": str,
            "qualified_from": str,
            "qualified_to": str,
            "decision": str,
            "note": str,
            "as_of": str,
            "source": str,
            "confidence": str,
            **RECORD,
        },
        not_null=("provider_name", "offer", "scheme", "status", *KEPT),
        refers=(("provider_id", "providers", "id"), ("service_id", "services", "id")),
        indexes=(("provider_id",), ("service_id",)),
    )
    _create(
        db,
        "milestones",
        {
            "id": str,
            **_moment("date"),
            "title": str,
            "aliases": str,
            "kind": str,
            "amount": float,
            "currency": str,
            "summary": str,
            "source_url": str,
            **RECORD,
        },
        not_null=("title", "kind", *KEPT),
        refers=(("source_url", "sources", "url"),),
        indexes=(("date_earliest",),),
    )
    _create(
        db,
        "milestone_providers",
        {"milestone_id": str, "position": int, "provider_id": str},
        pk=("milestone_id", "position"),
        not_null=("provider_id",),
        refers=(("milestone_id", "milestones", "id"), ("provider_id", "providers", "id")),
        indexes=(("provider_id",),),
    )


@migrations()
def m003_incidents(db: Database) -> None:
    _create(db, "parties", {"id": int, "parts": str}, not_null=("parts",))
    _table(db, "parties").create_index(["parts"], unique=True)
    _create(
        db,
        "party_members",
        {"party_id": int, "position": int, "provider_id": str, "role": str},
        pk=("party_id", "position"),
        not_null=("provider_id", "role"),
        refers=(("party_id", "parties", "id"), ("provider_id", "providers", "id")),
        indexes=(("provider_id", "role"),),
    )
    _create(
        db,
        "incidents",
        {
            "number": int,
            "id": str,
            **RECORD,
            "row_mark": bytes,
            "added_in": int,
            "spans_from": int,
            "spans_to": int,
            "severity_rank": int,
            "operator_id": str,
            "party_id": int,
            "title": str,
            "status": str,
            **_moment("started_at"),
            **_moment("resolved_at"),
            "timezone": str,
            "duration_low_minutes": float,
            "duration_high_minutes": float,
            "duration_central_minutes": float,
            "duration_words": str,
            "affected_low": int,
            "affected_high": int,
            "affected_central": int,
            "affected_words": str,
            "affected_unit": str,
            "region": str,
            "cause": str,
            "technical_cause": str,
            "third_party": str,
            "planned_maintenance": str,
            "severity": str,
            "summary": str,
            "tags": str,
            "inferred_fields": str,
            "confidence": str,
            "unmatched_values": str,
            "lasted_minutes": float,
            "user_hours_low": float,
            "user_hours_central": float,
            "user_hours_high": float,
        },
        pk="number",
        not_null=("id", "title", "status", "spans_from", "spans_to", "severity_rank", "added_in", *KEPT),
        refers=(
            ("operator_id", "providers", "id"),
            ("party_id", "parties", "id"),
            ("added_in", "change_sets", "id"),
        ),
    )
    _table(db, "incidents").create_index(["id"], unique=True)
    for name, columns in INCIDENT_INDEXES.items():
        _table(db, "incidents").create_index(list(columns), index_name=name)
    _create(
        db,
        "incident_moments",
        {"number": int, "name": str, **{f"at{suffix}": str for suffix in MOMENT}},
        pk=("number", "name"),
        refers=(("number", "incidents", "number"),),
    )
    _create(
        db,
        "incident_services",
        {"number": int, "position": int, "service_id": str},
        pk=("number", "position"),
        not_null=("service_id",),
        refers=(("number", "incidents", "number"), ("service_id", "services", "id")),
        indexes=(("service_id",),),
    )
    _create(
        db,
        "incident_sources",
        {"number": int, "position": int, "source_url": str},
        pk=("number", "position"),
        not_null=("source_url",),
        refers=(("number", "incidents", "number"), ("source_url", "sources", "url")),
        indexes=(("source_url",),),
    )
    # The same list of providers and roles stands in very many incidents: it is kept once, as a party.
    db.execute(
        "CREATE VIEW incident_providers AS SELECT i.id AS incident_id, i.number, m.position, m.provider_id, m.role "
        "FROM incidents i JOIN party_members m ON m.party_id = i.party_id"
    )
    _create(
        db,
        "updates",
        {
            "id": str,
            "incident_id": str,
            **_moment("at"),
            "kind": str,
            "text": str,
            "source_url": str,
            **RECORD,
        },
        not_null=("incident_id", "kind", "text", *KEPT),
        refers=(("incident_id", "incidents", "id"), ("source_url", "sources", "url")),
        indexes=(("incident_id",),),
    )
    _create(
        db,
        "claims",
        {
            "id": str,
            "record_type": str,
            "record_id": str,
            "field": str,
            "value": str,
            "basis": str,
            "source_url": str,
            "note": str,
            **RECORD,
        },
        not_null=("record_type", "record_id", "field", "value", "basis", *KEPT),
        refers=(("source_url", "sources", "url"),),
        indexes=(("record_type", "record_id"),),
    )
    _create(
        db,
        "translations",
        {
            "id": str,
            "record_type": str,
            "record_id": str,
            "field": str,
            "language": str,
            "text": str,
            **RECORD,
        },
        not_null=("record_type", "record_id", "field", "language", "text", *KEPT),
        indexes=(("record_type", "record_id"), ("language",)),
    )


@migrations()
def m004_obligations(db: Database) -> None:
    _create(
        db,
        "obligations",
        {
            "id": str,
            "kind": str,
            "regime": str,
            "name_en": str,
            "name_fr": str,
            "legal_reference": str,
            "rule": str,
            **RECORD,
        },
        not_null=("kind", "regime", "name_en", "name_fr", "legal_reference", "rule", *KEPT),
    )


@migrations()
def m005_search(db: Database) -> None:
    _create(
        db,
        "search_entries",
        {"number": int, "record_type": str, "record_id": str, "title": str, "names": str, "text": str},
        pk="number",
        not_null=("record_type", "record_id"),
    )
    _table(db, "search_entries").create_index(["record_type", "record_id"], unique=True)
    for table, content, columns in (
        ("incident_search", "incidents", "id, title, summary, technical_cause, tags"),
        ("entry_search", "search_entries", "title, names, text"),
    ):
        db.execute(
            f"CREATE VIRTUAL TABLE {table} USING fts5({columns}, content='{content}', content_rowid='number', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
