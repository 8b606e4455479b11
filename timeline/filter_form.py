"""The filters of a view as a form and as chips: what can be chosen, with counts, and what is on.

Knows the view and the facets; makes no markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from incidents import Facet, Store
from timeline.chart_words import edge_words, lane_words, window_words
from timeline.incident_rows import provider_name, service_name
from timeline.labels import country, label
from timeline.params import FILTERS, View, write_view
from timeline.wording import N_, _

FILTER_WORDS: Mapping[str, str] = {
    "provider": N_("Provider"),
    "operator": N_("Operator"),
    "supplier": N_("Supplier"),
    "service": N_("Service"),
    "service_kind": N_("Kind of service"),
    "main_kind": N_("Main service"),
    "cause": N_("Cause"),
    "country": N_("Country"),
    "severity": N_("Severity"),
    "third_party": N_("Third party"),
    "planned": N_("Planned maintenance"),
    "exposed": N_("Non-European law"),
    "obligation": N_("Obligation"),
    "collection": N_("Collection"),
}
OFFERED = (
    "severity", "service_kind", "cause", "third_party", "planned", "exposed", "collection", "provider", "supplier",
    "country",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter can have."""

    value: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """One filter of the form with its choices."""

    name: str
    words: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter value that is on, and the address of the view without it."""

    words: str
    remove: str


def value_words(store: Store, name: str, value: str) -> str:
    """Name a value of a filter in the reader's language."""
    if value in ("~unnamed", "~none", "~unknown"):
        return label(value, "lane")
    if name in ("provider", "operator", "supplier"):
        return provider_name(store, value)
    if name == "service":
        return service_name(store, value)
    if name == "country":
        return country(value)
    if name in ("third_party", "planned", "exposed"):
        return label(value, "answer")
    if name == "obligation":
        return lane_words(store)("obligation", value)
    if name == "main_kind":
        return label(value, "service_kind")
    return label(value, name)


def filter_groups(store: Store, view: View, facets: Mapping[str, Facet]) -> list[FilterGroup]:
    """Give the filters of the form; values that occur nowhere are left out unless they are chosen."""
    groups = []
    for name in OFFERED:
        facet = facets.get(FILTERS[name])
        chosen = view.filter(name)
        counts = dict(facet.values) if facet else {}
        values = [*counts, *(value for value in chosen if value not in counts)]
        if len(values) < 2 and not chosen:
            continue
        choices = tuple(
            Choice(value, value_words(store, name, value), counts.get(value, 0), value in chosen)
            for value in values
        )
        groups.append(FilterGroup(name, _(FILTER_WORDS[name]), choices))
    return groups


def chips(store: Store, view: View, link: Callable[[View], str]) -> list[Chip]:
    """Give what is on: the window, the text, and each value of each filter."""
    query = view.query
    found = []
    if query.start is not None or query.end is not None:
        zone = ZoneInfo(view.zone)
        if query.start and query.end:
            words = window_words(query.start, query.end, zone)
        elif query.start:
            words = _("from %(moment)s", moment=edge_words(query.start, zone))
        else:
            assert query.end is not None
            words = _("until %(moment)s", moment=edge_words(query.end, zone, last=True))
        found.append(Chip(words, link(view.with_query(start=None, end=None))))
    if query.text:
        found.append(Chip(f"“{query.text}”", link(view.with_query(text=""))))
    for name in FILTERS:
        values = view.filter(name)
        for value in values:
            rest = [other for other in values if other != value]
            words = _(
                "%(filter)s: %(value)s", filter=_(FILTER_WORDS[name]), value=value_words(store, name, value)
            )
            found.append(Chip(words, link(view.with_filter(name, rest))))
    return found


def hidden_fields(view: View) -> list[tuple[str, str]]:
    """Give what the form must carry along: what it does not offer itself."""
    offered = {*OFFERED, "start", "end", "q", "page"}
    return [(name, value) for name, value in write_view(view) if name not in offered]
