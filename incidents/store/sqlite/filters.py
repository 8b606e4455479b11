"""A query as SQL over incidents (`i`). Column names are this module's own; every value is a parameter."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from incidents.model import SUPPLYING_ROLES
from incidents.query import NO_SUPPLIER, UNKNOWN, UNNAMED_SUPPLIER, Query
from incidents.store.sqlite import search

SUPPLY = "(" + ", ".join(f"'{role}'" for role in SUPPLYING_ROLES) + ")"
ORDERS = {
    "newest": "i.spans_from DESC, i.number DESC",
    "oldest": "i.spans_from, i.number",
    "severity": "i.severity_rank DESC, i.spans_from DESC, i.number DESC",
    "duration": "i.lasted_minutes DESC NULLS LAST, i.spans_from DESC, i.number DESC",
    "affected": "coalesce(i.affected_central, i.affected_low, i.affected_high) DESC NULLS LAST, "
    "i.spans_from DESC, i.number DESC",
    "user_hours": "coalesce(i.user_hours_low, i.user_hours_central) DESC NULLS LAST, i.spans_from DESC, i.number DESC",
    "title": "i.title COLLATE NOCASE, i.number",
}


@dataclass(slots=True)
class Where:
    """A growing condition and its parameters."""

    parts: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)

    def add(self, sql: str, *params: Any) -> None:
        self.parts.append(f"({sql})")
        self.params += params

    @property
    def sql(self) -> str:
        return " AND ".join(self.parts) or "1"


def where(db: Database, query: Query, ids: Collection[str] | None = None) -> Where:
    """Build the condition of a query; `ids` limits it to incidents chosen elsewhere."""
    out = Where()
    if query.start is not None:
        out.add("i.spans_to >= ?", math.floor(query.start.timestamp()))
    if query.end is not None:
        out.add("i.spans_from < ?", math.ceil(query.end.timestamp()))
    if ids is not None:
        out.add("i.id IN (SELECT value FROM json_each(?))", json.dumps(sorted(ids)))
    for column, values in (
        ("operator_id", query.operators),
        ("cause", query.causes),
        ("severity", query.severities),
        ("third_party", query.third_party),
        ("planned_maintenance", query.planned_maintenance),
        ("collection", query.collections),
    ):
        if values:
            _one_of(out, column, values)
    if query.providers:
        chosen = json.dumps(query.providers)
        out.add(
            "i.operator_id IN (SELECT value FROM json_each(?)) OR i.number IN (SELECT number FROM incident_providers "
            "WHERE provider_id IN (SELECT value FROM json_each(?))) OR i.number IN (SELECT l.number "
            "FROM incident_services l JOIN services s ON s.id = l.service_id "
            "WHERE s.provider_id IN (SELECT value FROM json_each(?)))",
            chosen,
            chosen,
            chosen,
        )
    if query.suppliers:
        _suppliers(out, query.suppliers)
    if query.services:
        out.add(
            "i.number IN (SELECT number FROM incident_services WHERE service_id IN (SELECT value FROM json_each(?)))",
            json.dumps(query.services),
        )
    if query.service_kinds:
        _service_kinds(out, query.service_kinds, "")
    if query.main_service_kinds:
        _service_kinds(out, query.main_service_kinds, "AND l.position = 0")
    if query.countries:
        _countries(out, query.countries)
    if query.text.strip():
        sql, params = search.incident_condition(query.text)
        out.add(sql, *search.fill_names(db, params))
    return out


def _one_of(out: Where, column: str, values: Sequence[str]) -> None:
    sql = f"i.{column} IN (SELECT value FROM json_each(?))"
    out.add(f"{sql} OR i.{column} IS NULL" if UNKNOWN in values else sql, json.dumps(values))


def _suppliers(out: Where, values: Sequence[str]) -> None:
    named = (
        "EXISTS (SELECT 1 FROM party_members p WHERE p.party_id = i.party_id "
        f"AND p.role IN {SUPPLY} AND (i.third_party <> 'no' OR p.provider_id IS NOT i.operator_id))"
    )
    parts = [f"{named[:-1]} AND p.provider_id IN (SELECT value FROM json_each(?)))"]
    for key, answer in ((UNNAMED_SUPPLIER, "yes"), (NO_SUPPLIER, "no"), (UNKNOWN, "unknown")):
        if key in values:
            parts.append(f"i.third_party = '{answer}' AND NOT {named}")
    out.add(" OR ".join(f"({part})" for part in parts), json.dumps(values))


def _service_kinds(out: Where, values: Sequence[str], which: str) -> None:
    sql = (
        "i.number IN (SELECT l.number FROM incident_services l JOIN services s ON s.id = l.service_id "
        f"WHERE s.kind IN (SELECT value FROM json_each(?)) {which})"
    )
    if UNKNOWN in values:
        sql += " OR NOT EXISTS (SELECT 1 FROM incident_services l WHERE l.number = i.number)"
    out.add(sql, json.dumps(values))


def _countries(out: Where, values: Sequence[str]) -> None:
    parts: list[str] = []
    params: list[str] = []
    for value in values[:1000]:
        if value == UNKNOWN:
            parts.append("i.region IS NULL")
            continue
        parts.append("instr(';' || i.region || ';', ?) > 0 OR instr(';' || i.region, ?) > 0")
        params += [f";{value};", f";{value}-"]
    out.add(" OR ".join(parts), *params)
