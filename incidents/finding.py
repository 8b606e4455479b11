"""What the search box finds: records by their words, and incidents by a day that somebody types.

Knows the store's search and how dates are read; ranks nothing itself.
"""

from __future__ import annotations

from datetime import date

from incidents.errors import ReadingError
from incidents.query import Hit, Query
from incidents.reading.moments import read_moment
from incidents.store import Store

LONGEST_DATE = 64


def search(store: Store, text: str, *, zone: str, today: date, limit: int = 50) -> tuple[Hit, ...]:
    """Find what a person typed: on a date, the incidents of that time first; then all records with its words.

    Day comes before month in a date of digits; `zone` and `today` are those of the reader.
    """
    found: dict[tuple[str, str], Hit] = {}
    for hit in (*_on(store, text, zone, today, limit), *store.search(text, limit)):
        found.setdefault((hit.record_type, hit.record_id), hit)
    return tuple(found.values())[:limit]


def _on(store: Store, text: str, zone: str, today: date, limit: int) -> tuple[Hit, ...]:
    if not any(ch.isdigit() for ch in text) or len(text) > LONGEST_DATE:
        return ()
    try:
        moment = read_moment(text, zone=zone, date_order="DMY", reference=today).moment
    except ReadingError:
        return ()
    if moment is None or moment.earliest is None or moment.latest is None:
        return ()
    found = store.find(Query(start=moment.earliest, end=moment.latest, limit=limit, order="oldest"))
    return tuple(Hit("incident", i.id, i.title, (i.summary or "")[:200]) for i in found.incidents)
