"""What the search page shows: the hits grouped by kind of record, each with the marks of what matched.

Knows the facade; knows no HTML and no URL. Excerpts stay plain text in pieces, so that the template escapes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from incidents import Hit, Store, search
from timeline.excerpts import Piece, own_excerpt
from timeline.record_links import lookup

__all__ = ["Found", "Piece", "SearchPage", "pieces", "search_page"]

LIMIT = 120
GROUPS = (
    "incident",
    "provider",
    "service",
    "obligation",
    "law",
    "milestone",
    "update",
    "dependency",
    "ownership",
    "designation",
    "qualification",
    "claim",
    "source",
    "translation",
)
NAMED = ("provider", "service", "law", "milestone")
MARK, UNMARK = "\x02", "\x03"
SUGGESTIONS = ("Livebox", "Amazon Web Services", "NIS2", "SecNumCloud", "CLOUD Act", "NATO")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hit: its title, its excerpt in pieces, and the address of the page that shows it."""

    record_type: str
    record_id: str
    title: str
    excerpt: tuple[Piece, ...]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The answer to a search: groups in a fixed order, hits in the order of the store within each."""

    query: str
    groups: dict[str, tuple[Found, ...]]
    total: int
    truncated: bool


def search_page(
    store: Store, text: str, url_of: Callable[[str, str], str], *, zone: str, today: date
) -> SearchPage:
    """Search all records. An empty text finds nothing; no text is an error. `url_of` takes a type and an id.

    `zone` and `today` are the reader's, for a text that is a day.
    """
    text = " ".join(text.split())[:200]
    hits: tuple[Hit, ...] = search(store, text, zone=zone, today=today, limit=LIMIT) if text else ()
    groups: dict[str, list[Found]] = {}
    for hit in hits:
        found = Found(
            record_type=hit.record_type,
            record_id=hit.record_id,
            title=hit.title.replace(MARK, "").replace(UNMARK, ""),
            excerpt=own_excerpt(lookup(store, hit.record_type, hit.record_id), text)
            # Alternative names are kept with semicolons between them.
            or pieces(hit.excerpt.replace(";", " · ") if hit.record_type in NAMED else hit.excerpt),
            url=url_of(hit.record_type, hit.record_id),
        )
        groups.setdefault(hit.record_type, []).append(found)
    order = sorted(groups, key=lambda kind: GROUPS.index(kind) if kind in GROUPS else len(GROUPS))
    return SearchPage(
        query=text,
        groups={kind: tuple(groups[kind]) for kind in order},
        total=len(hits),
        truncated=len(hits) == LIMIT,
    )


def pieces(excerpt: str) -> tuple[Piece, ...]:
    """Cut an excerpt at the marks of what matched; an unclosed mark runs to the end."""
    cut: list[Piece] = []
    for index, part in enumerate(excerpt.split(MARK)):
        matched, _closed, rest = part.partition(UNMARK)
        if index == 0:
            matched, rest = "", part.replace(UNMARK, "")
        if matched:
            cut.append(Piece(matched, True))
        if rest:
            cut.append(Piece(rest, False))
    return tuple(cut)
