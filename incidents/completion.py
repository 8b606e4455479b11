"""What a row does not say: fields that its file has no column for stay as they are, cited addresses become sources."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from incidents.column_plan import ColumnPlan
from incidents.columns import RECORD_TYPES
from incidents.flat import from_flat, join_parts, split_parts, to_flat, type_of
from incidents.model import Record, Source
from incidents.store import Store, Writer


def completed(store: Store, records: Sequence[Record], plan: ColumnPlan) -> list[Record]:
    """Keep, of records that are there already, what the file has no column for: it says nothing of that."""
    if not records:
        return []
    record_type = type_of(records[0])
    spec = RECORD_TYPES[record_type]
    silent = plan.silent_fields(record_type) - {spec.key}
    if not silent:
        return list(records)
    known = store.many(record_type, [getattr(record, spec.key) for record in records])
    out: list[Record] = []
    for record in records:
        before = known.get(getattr(record, spec.key))
        if before is not None:
            old, new = to_flat(before), to_flat(record)
            kept = {name: old[name] for name in silent}
            if kept.get("timezone") is None and "timezone" in silent:
                kept["timezone"] = new["timezone"]
            if "providers" in silent and "operator_id" not in silent:
                parts = [part for part in split_parts(old["providers"]) if part.role != "operator"]
                kept["providers"] = join_parts((*split_parts(new["providers"]), *parts))
            record = from_flat(record_type, new | kept, record.collection)
        out.append(record)
    return out


def add_sources(store: Store, writer: Writer, records: Sequence[Record]) -> None:
    """Give every address that the records cite a source record; only its host is known of a new one."""
    cited: dict[str, str] = {}
    for record in records:
        urls = [*getattr(record, "source_urls", ()), getattr(record, "source_url", None)]
        cited.update((url, record.collection) for url in urls if url)
    if not cited:
        return
    known = store.existing("source", list(cited))
    new = [
        Source(url=url, publisher=urlsplit(url).hostname, publisher_is="host", collection=collection)
        for url, collection in cited.items()
        if url not in known
    ]
    if new:
        writer.put("source", new)
