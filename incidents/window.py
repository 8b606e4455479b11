"""What one viewport of the timeline holds: single incidents while they fit, densities for the rest.

Nothing is left out silently: what is not drawn singly is counted in a density. The drawing itself is not here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from incidents.catalogue import Catalogue, catalogue_of
from incidents.engagement import engaging
from incidents.impact import summarise
from incidents.model import SERVICE_KINDS, SEVERITIES, Milestone
from incidents.query import (
    NO_SUPPLIER,
    UNKNOWN,
    UNNAMED_SUPPLIER,
    Density,
    Dimension,
    Facet,
    Item,
    Lane,
    Page,
    Query,
    Sketch,
    WindowAnswer,
)
from incidents.store import Store

MAX_MARKS = 800
MAX_LANES = 24
OTHERS = "~others"
NO_OBLIGATION = "~none"
PADDING = 0.02
WITHOUT_NAME = {"yes": UNNAMED_SUPPLIER, "no": NO_SUPPLIER, "unknown": UNKNOWN}
"""The lane of an incident without a named supplier, by whether it came through a third party."""


def selected(store: Store, query: Query) -> frozenset[str] | None:
    """Give the ids that the filters on law and obligation leave, which no column answers; None without such filters."""
    if not query.exposed and not query.obligations:
        return None
    base = replace(query, exposed=(), obligations=(), start=None, end=None)
    context = catalogue_of(store)
    chosen: set[str] = set()
    for sketch in store.sketches(base):
        if query.exposed and not _exposed(context, sketch, query.exposed):
            continue
        if query.obligations and not set(query.obligations) & set(engaging(store, sketch.id)):
            continue
        chosen.add(sketch.id)
    return frozenset(chosen)


def _exposed(context: Catalogue, sketch: Sketch, wanted: Collection[str]) -> bool:
    laws = context.exposed_in(sketch)
    return ("yes" in wanted and bool(laws)) or ("no" in wanted and not laws) or bool(laws & set(wanted))


def find(store: Store, query: Query) -> Page:
    """Give one page of the incidents that match, in the query's order."""
    return store.find(query, selected(store, query))


def extent(store: Store) -> tuple[datetime, datetime] | None:
    """Give the first and the last moment of the whole record; None when it is empty. What is open ends at its start."""
    rows = store.sketches(Query())
    if not rows:
        return None
    return min(s.start_earliest for s in rows), max(s.end_latest or s.start_latest for s in rows)


def padded(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """Widen a span by a little on both sides, by at least an hour."""
    reach = max((last - first) * PADDING, timedelta(hours=1))
    lowest, highest = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC, microsecond=0)
    return (
        (first - reach if first - lowest > reach else lowest),
        (last + reach if highest - last > reach else highest),
    )


def window_answer(
    store: Store,
    query: Query,
    dimension: Dimension,
    *,
    now: datetime,
    label: Callable[[Dimension, str], str],
    max_marks: int = MAX_MARKS,
) -> WindowAnswer:
    """Answer what a viewport holds.

    Without `start` or `end` that side is the end of the whole record. `label` names a lane; at most `max_marks`
    marks (single incidents, once a lane, and densities) come back. `total` = drawn singly + counted in densities.
    """
    whole = extent(store) or (now - timedelta(days=365), now)
    first, last = padded(*whole)
    start, end = query.start or min(first, query.end or first), query.end or max(last, query.start or last)
    ids = selected(store, query)
    framed = replace(query, start=query.start, end=query.end)
    rows = store.sketches(framed, ids)
    everything = len(rows) if query == query.without_window() else store.count(query.without_window(), ids)
    context = catalogue_of(store)
    lanes_of = {row.id: lanes(store, context, row, dimension) for row in rows}
    counts = Counter(key for keys in lanes_of.values() for key in keys)
    shown = _shown(dimension, counts)
    lanes_of = {
        row_id: tuple(dict.fromkeys(key if key in shown else OTHERS for key in keys))
        for row_id, keys in lanes_of.items()
    }
    counts = Counter(key for keys in lanes_of.values() for key in keys)
    order = [key for key in shown if counts[key]] + ([OTHERS] if counts[OTHERS] else [])
    items, densities = _drawn(rows, lanes_of, order, start, end, max_marks)
    sure = [row for row in rows if query.start is None or row.surely_until >= query.start]
    exposed = frozenset(row.id for row in rows if context.exposed_in(row))
    return WindowAnswer(
        start=start,
        end=end,
        dimension=dimension,
        lanes=tuple(Lane(key, label(dimension, key), counts[key]) for key in order),
        items=tuple(items),
        densities=tuple(densities),
        milestones=tuple(_milestones(context.milestones, start, end)),
        total=len(rows),
        outside=everything - len(rows),
        summary=summarise(sure, exposed, possible=len(rows) - len(sure)),
        revision=context.revision,
    )


def lanes(store: Store, context: Catalogue, row: Sketch, dimension: Dimension) -> tuple[str, ...]:
    """Give the keys of the lanes that an incident stands in; there is always one."""
    if dimension == "service_kind":
        return context.service_kinds(row)[:1] or (UNKNOWN,)
    if dimension == "operator":
        return (row.operator_id or UNKNOWN,)
    if dimension == "cause":
        return (row.cause,)
    if dimension == "country":
        return row.countries or (UNKNOWN,)
    if dimension == "obligation":
        return tuple(engaging(store, row.id)) or (NO_OBLIGATION,)
    return row.suppliers or (WITHOUT_NAME[row.third_party],)


def _shown(dimension: Dimension, counts: Mapping[str, int]) -> list[str]:
    if dimension == "service_kind":
        order = [*SERVICE_KINDS, UNKNOWN]
        return [key for key in order if counts.get(key)]
    ranked = sorted(counts, key=lambda key: (key.startswith("~"), -counts[key], key))
    return (
        ranked
        if len(ranked) <= MAX_LANES
        else [k for k in ranked if not k.startswith("~")][: MAX_LANES - 3]
        + [k for k in ranked if k.startswith("~")]
    )


def _rank(row: Sketch) -> tuple[int, float]:
    hours = row.user_hours.low if row.user_hours and row.user_hours.low else 0
    return (SEVERITIES.index(row.severity) if row.severity else -1, float(hours))


def _drawn(
    rows: Sequence[Sketch],
    lanes_of: Mapping[str, tuple[str, ...]],
    order: Sequence[str],
    start: datetime,
    end: datetime,
    max_marks: int,
) -> tuple[list[Item], list[Density]]:
    marks = sum(len(lanes_of[row.id]) for row in rows)
    if marks <= max_marks:
        return [Item(row, lanes_of[row.id]) for row in rows], []
    buckets = max(1, min(60, (max_marks * 3 // 4) // max(1, len(order))))
    room = max_marks - buckets * len(order)
    chosen: set[str] = set()
    for row in sorted(rows, key=_rank, reverse=True):
        room -= len(lanes_of[row.id])
        if room < 0:
            break
        chosen.add(row.id)
    width = max((end - start) / buckets, timedelta(microseconds=1))
    held: dict[tuple[str, int], list[Sketch]] = {}
    for row in rows:
        if row.id not in chosen:
            place = min(max(int((row.start - start) / width), 0), buckets - 1)
            for lane in lanes_of[row.id]:
                held.setdefault((lane, place), []).append(row)
    densities = [
        Density(
            lane,
            start + width * place,
            start + width * (place + 1),
            len(group),
            max(group, key=_rank).severity,
            sum(float(s.user_hours.low or 0) for s in group if s.user_hours) or None,
        )
        for (lane, place), group in sorted(held.items())
    ]
    return [Item(row, lanes_of[row.id]) for row in rows if row.id in chosen], densities


def _milestones(milestones: Iterable[Milestone], start: datetime, end: datetime) -> Iterable[Milestone]:
    for milestone in milestones:
        when = milestone.date
        if when and when.earliest and when.latest and when.earliest < end and when.latest >= start:
            yield milestone


FACETS: Mapping[str, Callable[[Catalogue, Sketch], Iterable[str]]] = {
    "providers": lambda c, s: c.involved(s),
    "suppliers": lambda c, s: s.suppliers or (WITHOUT_NAME[s.third_party],),
    "service_kinds": lambda c, s: c.service_kinds(s) or (UNKNOWN,),
    "main_service_kinds": lambda c, s: c.service_kinds(s)[:1] or (UNKNOWN,),
    "causes": lambda c, s: (s.cause,),
    "countries": lambda c, s: s.countries or (UNKNOWN,),
    "severities": lambda c, s: (s.severity or UNKNOWN,),
    "third_party": lambda c, s: (s.third_party,),
    "planned_maintenance": lambda c, s: (s.planned_maintenance,),
    "exposed": lambda c, s: ("yes" if c.exposed_in(s) else "no",),
    "collections": lambda c, s: (s.collection,),
}
"""Query field -> the values that an incident has for it."""


def facets(store: Store, query: Query) -> dict[str, Facet]:
    """Count the values of each filter under the other filters and the window, most frequent first."""
    context = catalogue_of(store)
    base = store.sketches(query, selected(store, query))
    out: dict[str, Facet] = {}
    for name, values in FACETS.items():
        rows = base
        if getattr(query, name):
            freed = replace(query, **{name: ()})  # type: ignore[arg-type]
            rows = store.sketches(freed, selected(store, freed))
        counts = Counter(value for row in rows for value in values(context, row))
        out[name] = Facet(name, tuple(counts.most_common()))
    return out
