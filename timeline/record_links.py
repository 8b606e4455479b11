"""Where each record is shown: the page, and the place on it; and what it is called there.

One table of record types. Knows the store only to find the record that another one belongs to, and Flask only to
build URLs. Small types are read once a revision, since a page of sources asks for hundreds of records.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from flask import url_for

from incidents import Store, rules_of
from timeline.once_a_revision import once_a_revision
from timeline.record_dates import just_day
from timeline.record_labels import record_label
from timeline.wording import _, language, record_text

PAGES = {
    "incident": "records.incident",
    "provider": "records.provider",
    "service": "records.service",
    "obligation": "records.obligation",
    "law": "records.law",
}
LISTS = {
    "milestone": "records.milestones",
    "qualification": "records.qualifications",
    "source": "records.sources",
}
# A record without a page of its own is shown on the page of the record that this field names.
SHOWN_ON = {
    "update": ("incident", "incident_id"),
    "dependency": ("service", "from_service_id"),
    "ownership": ("provider", "owned_id"),
    "designation": ("provider", "provider_id"),
}
READ_AT_ONCE = 10_000


@once_a_revision
def _all(store: Store, record_type: str) -> Mapping[str, Any] | None:
    if store.counts().get(record_type, 0) > READ_AT_ONCE:
        return None
    return {record.id: record for record in store.all(record_type)}


def lookup(store: Store, record_type: str, record_id: str | None) -> Any:
    """Give a record or None; of small types from memory."""
    if not record_id:
        return None
    if record_type == "obligation":
        return next((o for o in rules_of(store) if o.id == record_id), None)
    known = None if record_type == "incident" else _all(store, record_type)
    return store.get(record_type, record_id) if known is None else known.get(record_id)


def anchor(record_type: str, record_id: str) -> str:
    """Give the HTML id of a record on the page that shows it; an address becomes a short digest."""
    if record_type == "source" or not record_id.isascii() or any(c in record_id for c in " :/?#%&\"'<>"):
        record_id = blake2b(record_id.encode(), digest_size=6).hexdigest()
    return f"{record_type}-{record_id}"


def record_url(store: Store, record_type: str, record_id: str, **more: Any) -> str:
    """Give the URL at which a record is shown.

    Claims and translations lead to the record that they speak of. A record that is gone leads to the page that
    would list it, never to an error: callers make links from histories too.
    """
    if record_type in PAGES:
        return url_for(PAGES[record_type], record_id=record_id, **more)
    if record_type in LISTS:
        return url_for(LISTS[record_type], _anchor=anchor(record_type, record_id), **more)
    record = lookup(store, record_type, record_id)
    if record is None:
        return url_for("records.incidents", **more)
    if record_type in SHOWN_ON:
        owner_type, field = SHOWN_ON[record_type]
        return url_for(
            PAGES[owner_type],
            record_id=getattr(record, field),
            _anchor=anchor(record_type, record_id),
            **more,
        )
    if record_type == "claim" and record.record_type in (*PAGES, "milestone"):
        page = PAGES.get(record.record_type, "records.milestones")
        values = {"record_id": record.record_id} if record.record_type in PAGES else {}
        return url_for(page, **values, _anchor=anchor("claim", record_id), **more)
    return record_url(store, record.record_type, record.record_id, **more)


def record_title(store: Store, record_type: str, record_id: str, fallback: str = "") -> str:
    """Say what a record is, in the reader's language: its title or name, or the two records that it ties."""
    record = lookup(store, record_type, record_id)

    def name(kind: str, other_id: str | None) -> str:
        other = lookup(store, kind, other_id)
        return (
            record_text(other, "title" if kind in ("incident", "milestone") else "name")
            if other
            else other_id or ""
        )

    if record is None:
        return fallback or record_id
    match record_type:
        case "incident" | "milestone":
            return record_text(record, "title")
        case "provider" | "service":
            return record_text(record, "name")
        case "law":
            return (record.name_fr if language() == "fr" else None) or record.name
        case "obligation":
            return str(getattr(record, f"name_{language()}"))
        case "dependency":
            ends = name("service", record.from_service_id), name("service", record.on_service_id)
            return _("%(service)s rests on %(other)s", service=ends[0], other=ends[1])
        case "ownership":
            ends = name("provider", record.owner_id), name("provider", record.owned_id)
            return _("%(owner)s owns %(owned)s", owner=ends[0], owned=ends[1])
        case "designation":
            return (
                f"{name('provider', record.provider_id)}, {record_label(record.designation, 'designation')}"
            )
        case "qualification":
            named = record.provider_name
            if lookup(store, "provider", record.provider_id) is not None:
                named = name("provider", record.provider_id)
            return f"{named}, {record_text(record, 'offer')}"
        case "update":
            return name("incident", record.incident_id)
        case "claim" | "translation":
            return record_title(store, record.record_type, record.record_id)
        case "source":
            return record.title or record.publisher or record.url
    return fallback or record_id


def record_note(store: Store, record_type: str, record_id: str) -> str:
    """Say in a few words what tells a hit from others: a day, a kind, a citation."""
    record = lookup(store, record_type, record_id)
    if record is None:
        return ""
    match record_type:
        case "incident":
            return just_day(record.started_at)
        case "milestone":
            return just_day(record.date) if record.date else _("no date")
        case "provider":
            return record_label(record.kind, "provider_kind")
        case "service":
            return record_label(record.kind, "service_kind")
        case "obligation":
            return str(record.legal_reference)
        case "update":
            return f"{record_label(record.kind, 'update_kind')}, {just_day(record.at)}"
        case "claim":
            return f"{record_label(record.field, 'field')}, {record_label(record.basis, 'basis')}"
        case "source":
            return record.publisher or ""
    return ""
