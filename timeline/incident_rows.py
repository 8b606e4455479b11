"""Incidents as rows of a table: when, what, who, how long, how many; the twin of the chart, and the list page's.

Knows the store only to name providers. Knows no request; links are made by the template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from incidents import Amount, Figure, Incident, Provider, Service, Store, duration_of, user_hours
from timeline.once_a_revision import once_a_revision
from timeline.wording import record_text


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident of a table; what is not known is None or empty and shown as a dash."""

    incident: Incident
    operator: Provider | None
    suppliers: tuple[Provider, ...]
    supplier_not_named: bool
    duration: Figure | None
    affected: Amount | None
    user_hours: Figure | None


@once_a_revision
def providers_by_id(store: Store) -> Mapping[str, Provider]:
    return {record.id: record for record in store.all("provider") if isinstance(record, Provider)}


@once_a_revision
def services_by_id(store: Store) -> Mapping[str, Service]:
    return {record.id: record for record in store.all("service") if isinstance(record, Service)}


def provider_name(store: Store, provider_id: str) -> str:
    """Name a provider in the reader's language; one that is not on record is its id."""
    found = providers_by_id(store).get(provider_id)
    return record_text(found, "name") if found else provider_id


def service_name(store: Store, service_id: str) -> str:
    """Name a service in the reader's language; one that is not on record is its id."""
    found = services_by_id(store).get(service_id)
    return record_text(found, "name") if found else service_id


def incident_rows(store: Store, incidents: Iterable[Incident]) -> list[IncidentRow]:
    """Make rows of incidents, in their order."""
    known = providers_by_id(store)
    return [
        IncidentRow(
            incident=incident,
            operator=known.get(incident.operator_id or ""),
            suppliers=tuple(
                known[key] for key in incident.suppliers if key in known and key != incident.operator_id
            ),
            supplier_not_named=incident.third_party == "yes" and not incident.suppliers,
            duration=duration_of(incident),
            affected=incident.affected,
            user_hours=user_hours(incident),
        )
        for incident in incidents
    ]
