"""Incidents that may be one: pairs that share a service or an operator and a time, scored, with the reasons said.

Proposes; what is one and the same is decided by people. Candidates are found by time, never by comparing all with
all. Knows the store's questions; no words and no page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from itertools import chain

from incidents.impact import span_of
from incidents.model import BUNDLED, Incident
from incidents.query import Query
from incidents.store import Store

THRESHOLD = 60
"""From how many points on a pair is proposed; 100 is the most."""
NEAR_START = timedelta(hours=24)
SLACK = timedelta(hours=1)
CANDIDATES = 60
BATCH = 250
LOOKED_THROUGH = 2_000
KEPT_IN_SIGHT = 400

POINTS: Mapping[str, int] = {
    "same-service": 40,
    "same-operator": 20,
    "same-time": 35,
    "like-titles": 20,
    "same-source": 15,
    "same-end": 10,
}
"""The most points of each reason; closeness of the starts and of the titles give a part of theirs."""
WORD = re.compile(r"[a-z0-9]{3,}")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that two incidents have in common: a key of `POINTS`, its points, and what it is about."""

    code: str
    points: int
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two incidents that may be one, with the points (0 to 100) and the reasons, the weightiest first."""

    incident: Incident
    other: Incident
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A stretch of the record looked through for pairs.

    `looked` incidents were looked at, from the `offset`-th newest on; `next_offset` is None at the end of it.
    """

    pairs: tuple[Likeness, ...]
    looked: int
    offset: int
    next_offset: int | None
    first: datetime | None
    last: datetime | None


def likeness(incident: Incident, other: Incident) -> Likeness | None:
    """Compare two incidents; None where nothing suggests that they are one.

    They need a service or the operator in common, and times that may overlap with starts within a day. Two bundled
    records are never proposed: who keeps them has told them apart.
    """
    if incident.id == other.id or (incident.collection == other.collection == BUNDLED):
        return None
    services = [s for s in incident.service_ids if s in other.service_ids]
    operator = incident.operator_id if incident.operator_id == other.operator_id else None
    if not services and not operator:
        return None
    apart = _starts_apart(incident, other)
    if apart is None:
        return None
    reasons: list[Reason] = []
    if services:
        reasons.append(Reason("same-service", POINTS["same-service"], {"service_ids": tuple(services)}))
    if operator:
        reasons.append(Reason("same-operator", POINTS["same-operator"], {"operator_id": operator}))
    nearness = 1 - apart / NEAR_START
    width = min(_width(incident), _width(other))
    if width > NEAR_START:
        # Two months overlap easily: that says little.
        nearness /= 2
    time = round(POINTS["same-time"] * nearness)
    reasons.append(Reason("same-time", time, {"minutes": int(apart.total_seconds() // 60)}))
    alike = titles_alike(incident.title, other.title)
    if alike >= 0.5:
        points = round(POINTS["like-titles"] * alike)
        reasons.append(Reason("like-titles", points, {"percent": round(100 * alike)}))
    sources = [url for url in incident.source_urls if url in other.source_urls]
    if sources:
        reasons.append(Reason("same-source", POINTS["same-source"], {"urls": tuple(sources)}))
    if _same_end(incident, other):
        reasons.append(Reason("same-end", POINTS["same-end"], {}))
    score = min(100, sum(reason.points for reason in reasons))
    if score < THRESHOLD:
        return None
    return Likeness(incident, other, score, tuple(sorted(reasons, key=lambda r: -r.points)))


def titles_alike(first: str, second: str) -> float:
    """Say from 0 to 1 how like two titles are, by their words and by their letters, without accents and case."""
    a, b = _folded(first), _folded(second)
    if not a or not b:
        return 0.0
    words, others = set(WORD.findall(a)), set(WORD.findall(b))
    shared = len(words & others) / len(words | others) if words | others else 0.0
    return max(shared, SequenceMatcher(None, a[:200], b[:200]).ratio())


def alike(store: Store, incident: Incident, limit: int = 5) -> tuple[Likeness, ...]:
    """Find the incidents on record that may be the same as this one, the likeliest first.

    The incident need not be on record itself: a form asks before it saves.
    """
    span = span_of(incident)
    window = Query(
        start=_shifted(span.start_earliest, -NEAR_START),
        end=_shifted(span.start_latest, NEAR_START),
        limit=CANDIDATES,
    )
    questions = []
    if incident.service_ids:
        questions.append(replace(window, services=incident.service_ids))
    if incident.operator_id:
        questions.append(replace(window, operators=(incident.operator_id,)))
    near = chain.from_iterable(store.find(question).incidents for question in questions)
    candidates = {other.id: other for other in near}
    found = (likeness(incident, other) for other in candidates.values())
    pairs = sorted((pair for pair in found if pair), key=lambda pair: (-pair.score, pair.other.id))
    return tuple(pairs[:limit])


def pairs_in(store: Store, *, offset: int = 0, limit: int = 20) -> Sighting:
    """Look through the record for pairs, newest first, from an offset on.

    Stops at the first batch with which there are `limit` pairs, or after `LOOKED_THROUGH` incidents; go on with
    `next_offset`. A pair is given where its older incident is met.
    """
    seen: list[Incident] = _in_sight(store, offset)
    pairs: list[Likeness] = []
    looked = 0
    first = last = None
    more = True
    while more and looked < LOOKED_THROUGH and len(pairs) < limit:
        found = store.find(Query(order="newest", offset=offset + looked, limit=BATCH)).incidents
        more = len(found) == BATCH
        for older in found:
            pairs += _pairs_of(older, seen)
            seen.append(older)
        del seen[:-KEPT_IN_SIGHT]
        looked += len(found)
        if found:
            first = first or span_of(found[0]).start_earliest
            last = span_of(found[-1]).start_earliest
    return Sighting(tuple(pairs), looked, offset, offset + looked if more else None, first, last)


def _in_sight(store: Store, offset: int) -> list[Incident]:
    """Give the incidents just before an offset: what follows is compared with them too."""
    start = max(0, offset - KEPT_IN_SIGHT)
    if start == offset:
        return []
    return list(store.find(Query(order="newest", offset=start, limit=offset - start)).incidents)


def _pairs_of(older: Incident, seen: Sequence[Incident]) -> Iterator[Likeness]:
    """Compare an incident with those that start later, nearest first, as far as their starts can be near."""
    reach = _shifted(span_of(older).start_latest, NEAR_START)
    for newer in reversed(seen):
        if span_of(newer).start_earliest > reach:
            return
        pair = likeness(newer, older)
        if pair:
            yield pair


def _starts_apart(incident: Incident, other: Incident) -> timedelta | None:
    """Give how far apart the starts are at least; None for a day or more, or where the two cannot overlap."""
    a, b = span_of(incident), span_of(other)
    apart = max(a.start_earliest - b.start_latest, b.start_earliest - a.start_latest, timedelta(0))
    if apart >= NEAR_START:
        return None
    for one, two in ((a, b), (b, a)):
        ends = one.end_latest
        if ends is not None and _shifted(max(ends, one.start_latest), SLACK) < two.start_earliest:
            return None
    return apart


def _width(incident: Incident) -> timedelta:
    span = span_of(incident)
    return span.start_latest - span.start_earliest


def _same_end(incident: Incident, other: Incident) -> bool:
    a, b = incident.resolved_at, other.resolved_at
    if a is None or b is None or a.at is None or b.at is None or not (a.has_time and b.has_time):
        return False
    return abs(a.at - b.at) <= SLACK / 2


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in plain if not unicodedata.combining(ch))


def _shifted(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at
