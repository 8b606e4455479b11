"""The Table Schema of a kind of record in the reader's language: names of columns that only files show.

Knows words; what a column may hold is the record's own business.
"""

from __future__ import annotations

from incidents import RECORD_TYPES, table_schema_of
from timeline.record_labels import RECORD_LABELS, record_label
from timeline.wording import N_, _, language

COLUMN_TITLES = {
    "aliases": N_("Other names"),
    "amount": N_("Sum of money"),
    "as_of": N_("Read on"),
    "at": N_("When"),
    "basis": N_("Basis"),
    "claim": N_("Claim"),
    "criticality": N_("Criticality"),
    "currency": N_("Currency"),
    "decision": N_("Decision"),
    "exposed_to": N_("Exposed to"),
    "exposed_to_basis": N_("Exposed to: basis"),
    "field": N_("Field"),
    "from_service_id": N_("Service that depends"),
    "function": N_("For what"),
    "id": N_("Identifier"),
    "in_force_from": N_("In force from"),
    "incident_id": N_("Incident"),
    "language": N_("Language"),
    "name": N_("Name"),
    "name_fr": N_("Name in French"),
    "note": N_("Remark"),
    "offer": N_("Offer"),
    "on_service_id": N_("Service it depends on"),
    "owned_id": N_("Owned"),
    "owner_id": N_("Owner"),
    "parent_id": N_("Group"),
    "provider_id": N_("Provider"),
    "provider_ids": N_("Providers"),
    "provider_name": N_("Name of the provider"),
    "published_on": N_("Published on"),
    "publisher": N_("Publisher"),
    "publisher_is": N_("What the publisher is"),
    "qualified_from": N_("Qualified from"),
    "qualified_to": N_("Qualified until"),
    "record_id": N_("Record"),
    "record_type": N_("Kind of record"),
    "scheme": N_("Scheme"),
    "service_id": N_("Service"),
    "service_type": N_("Kind of service"),
    "share_percent": N_("Share in per cent"),
    "since": N_("Since"),
    "source": N_("Source"),
    "source_url": N_("Source"),
    "summary_fr": N_("Summary in French"),
    "text": N_("Text"),
    "unmatched_values": N_("Words of the source"),
    "until": N_("Until"),
    "url": N_("Address"),
    "users": N_("Users"),
    "users_as_of": N_("Users: as of"),
    "value": N_("Value"),
}
PART_TITLES = {
    "precision": N_("precision"),
    "qualifier": N_("how sure"),
    "earliest": N_("earliest"),
    "latest": N_("latest"),
    "low": N_("at least"),
    "high": N_("at most"),
    "central": N_("number named"),
    "words": N_("words of the source"),
}


def schema_of(record_type: str) -> dict[str, object]:
    """Describe the columns of a kind of record as a Table Schema, in the language being spoken."""
    spec = RECORD_TYPES[record_type]
    columns = {field.name: field.column for field in spec.fields} | {c.name: c for c in spec.columns}

    def title(name: str) -> str:
        column = columns[name]
        if name == column.name:
            return column_title(name)
        part = name.removeprefix(column.name + "_").removesuffix(column.suffix)
        return _("%(column)s: %(part)s", column=column_title(column.name), part=_(PART_TITLES[part]))

    return table_schema_of(record_type, language(), title)


def column_title(name: str) -> str:
    """Name a column in the reader's language, as pages do where they name it."""
    if name in RECORD_LABELS["field"]:
        return record_label(name, "field")
    return _(COLUMN_TITLES[name])
