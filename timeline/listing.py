"""The list of incidents: the filters of the timeline, sorted, a page at a time.

Knows the address of a view and the facade; makes no markup. The same question as the timeline asks, without lanes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from incidents import Facet, Incident, Order, Query, Store, facets, find
from timeline.incident_rows import IncidentRow, incident_rows
from timeline.once_a_revision import once_a_revision
from timeline.params import PAGE_SIZE, View
from timeline.wording import N_, _

# Words, order when first pressed, order when pressed again, numeric, direction of each order.
COLUMNS: tuple[tuple[str, Order | None, Order | None, bool], ...] = (
    (N_("When"), "newest", "oldest", False),
    (N_("Incident"), "title", None, False),
    (N_("Who"), None, None, False),
    (N_("Duration"), "duration", None, True),
    (N_("Affected"), "affected", None, True),
    (N_("User-hours"), "user_hours", None, True),
)
ASCENDING = ("oldest", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentList:
    """One page of the list: the question, its answer, and what other answers each filter would give."""

    incidents: tuple[Incident, ...]
    total: int
    page: int
    pages: int
    query: Query
    facets: Mapping[str, Facet]


@once_a_revision
def _facets(store: Store, query: Query) -> Mapping[str, Facet]:
    return facets(store, query)


def incident_list(store: Store, view: View) -> IncidentList:
    """Answer one page of the list."""
    found = find(store, view.query)
    return IncidentList(
        incidents=found.incidents,
        total=found.total,
        page=view.page,
        pages=max(1, -(-found.total // PAGE_SIZE)),
        query=view.query,
        facets=_facets(store, replace(view.query, offset=0, limit=None, order="newest")),
    )


def rows(store: Store, listed: IncidentList) -> list[IncidentRow]:
    """Give the rows of the table."""
    return incident_rows(store, listed.incidents)


def page_words(listed: IncidentList) -> str:
    """Say which of how many incidents the page shows."""
    if not listed.total:
        return ""
    if not listed.incidents:
        return _(
            "There is no page %(page)s: the list has %(total)s incidents.",
            page=listed.page,
            total=listed.total,
        )
    first = listed.query.offset + 1
    last = first + len(listed.incidents) - 1
    return _("%(first)s–%(last)s of %(total)s", first=first, last=last, total=listed.total)


def columns(view: View, link: Callable[[View], str]) -> list[dict[str, Any]]:
    """Give the columns of the table with the address that sorts by each, as `_incident_table.html` takes them."""
    order = view.query.order
    made = []
    for words, first, second, numeric in COLUMNS:
        sorted_by = order if order in (first, second) else None
        target = second if order == first and second else first
        made.append(
            {
                "words": _(words),
                "numeric": numeric,
                "link": link(view.with_query(order=target)) if target else None,
                "sorted": ("ascending" if sorted_by in ASCENDING else "descending") if sorted_by else None,
            }
        )
    return made
