"""What an incident cost its users, as ranges with their formula; and where it lies in time.

Pure: computes on bounds (low, high, central), never on a guess in between. Knows no store.
User-hours follow ENISA's measure: users x hours, per incident.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.amount import Amount
from incidents.model import COUNTED_AS_USERS, Incident, Span
from incidents.moment import Moment, Precision
from incidents.query import Share, Sketch, Summary

TIMED = (Precision.SECOND, Precision.MINUTE, Precision.HOUR)


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a figure: the field it comes from and its bounds; `derived` = computed from the moments."""

    field: str
    amount: Amount
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed figure: its bounds, its formula's name (`user_hours`, `duration`) and what went in."""

    amount: Amount
    formula: str
    inputs: tuple[Input, ...]


def span_of(incident: Incident) -> Span:
    """Give the bounds of start and end. A resolved incident without an end has none: never until now."""
    start_earliest, start_latest = _bounds(incident.started_at)
    if incident.resolved_at is not None:
        end_earliest, end_latest = _bounds(incident.resolved_at)
        return Span(start_earliest, start_latest, max(end_earliest, start_earliest), end_latest, "known")
    if incident.is_open:
        return Span(start_earliest, start_latest, None, None, "open")
    if incident.duration is not None:
        low, high = _ends(incident.duration)
        return Span(
            start_earliest,
            start_latest,
            _after(start_earliest, low),
            _after(start_latest, high),
            "known",
        )
    return Span(start_earliest, start_latest, None, None, "unknown")


def _bounds(moment: Moment) -> tuple[datetime, datetime]:
    """Give a moment's bounds; an open side falls back on the other, of which there is always one."""
    earliest, latest = moment.earliest or moment.latest, moment.latest or moment.earliest
    assert earliest is not None and latest is not None
    return earliest, latest


def _ends(amount: Amount) -> tuple[float, float]:
    """Give a finite low and high: an unknown bound falls back on the others."""
    known = [float(v) for v in (amount.low, amount.central, amount.high) if v is not None]
    return (known[0], known[-1]) if known else (0.0, 0.0)


def _after(moment: datetime, minutes: float) -> datetime:
    try:
        return moment + timedelta(minutes=minutes)
    except OverflowError:
        return datetime.max.replace(tzinfo=moment.tzinfo, microsecond=0)


def duration_of(incident: Incident) -> Figure | None:
    """Give how long the main effect lasted, in minutes.

    Stated bounds win; their centre, where none is stated, is the difference of the moments' centres when it
    lies within them. Without a stated duration it is the difference of start and end where both have a time of
    day: two days without times, or a recovery dated by the day, bound an outage too widely to be its duration.
    """
    start, end = incident.started_at, incident.resolved_at
    between = _between(start, end) if end is not None else None
    stated = incident.duration
    if stated is None:
        return Figure(between, "duration", (Input("duration", between, derived=True),)) if between else None
    central = stated.central
    if central is None and stated.low is not None and stated.low == stated.high:
        central = stated.low
    if central is None and between is not None and between.central is not None:
        low = stated.low if stated.low is not None else 0
        if low <= between.central and (stated.high is None or between.central <= stated.high):
            central = between.central
    amount = Amount(stated.low, stated.high, central, stated.words)
    return Figure(amount, "duration", (Input("duration", amount),))


def _between(start: Moment, end: Moment) -> Amount | None:
    if start.precision not in TIMED or end.precision not in TIMED:
        return None
    low = _minutes(start.latest, end.earliest)
    high = _minutes(start.earliest, end.latest)
    central = _minutes(start.at, end.at)
    if low is None and high is None:
        return None
    low = max(low, 0) if low is not None else None
    if central is not None and low is not None:
        central = max(central, low)
    return Amount(low, high, central)


def _minutes(start: datetime | None, end: datetime | None) -> int | float | None:
    if start is None or end is None:
        return None
    minutes = (end - start).total_seconds() / 60
    return int(minutes) if minutes.is_integer() else round(minutes, 4)


def user_hours(incident: Incident) -> Figure | None:
    """Give user-hours lost: affected x duration / 60, on each bound.

    None unless the unit counts users (`COUNTED_AS_USERS`) and both a number and a duration are known.
    """
    duration = duration_of(incident)
    affected = incident.affected
    if affected is None or duration is None or incident.affected_unit not in COUNTED_AS_USERS:
        return None
    hours = duration.amount
    amount = Amount(
        _product(affected.low, hours.low),
        _product(affected.high, hours.high),
        _product(named_number(affected), named_number(hours)),
    )
    return Figure(amount, "user_hours", (Input("affected", affected), duration.inputs[0]))


def named_number(amount: Amount) -> float | None:
    """Give the one number that a source names: the centre, or the number after "more than"."""
    if amount.central is None and amount.high is None:
        return amount.low
    return amount.central


def _product(users: float | None, minutes: float | None) -> float | None:
    return None if users is None or minutes is None else users * minutes / 60


def sketch_of(incident: Incident) -> Sketch:
    """Reduce an incident to what drawing and counting need."""
    span, duration, lost = span_of(incident), duration_of(incident), user_hours(incident)
    return Sketch(
        id=incident.id,
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        start_earliest=span.start_earliest,
        start_latest=span.start_latest,
        end_earliest=span.end_earliest,
        end_latest=span.end_latest,
        end_state=span.end_state,
        operator_id=incident.operator_id,
        service_ids=incident.service_ids,
        providers=incident.providers,
        cause=incident.cause,
        countries=incident.countries,
        third_party=incident.third_party,
        planned_maintenance=incident.planned_maintenance,
        duration=duration.amount if duration else None,
        user_hours=lost.amount if lost else None,
        collection=incident.collection,
    )


def total(amounts: Sequence[Amount]) -> Amount | None:
    """Add up ranges: an unknown lower bound adds nothing, one unknown upper bound makes the sum's unknown.

    The centre is the sum of centres, or of lower bounds where an amount has none; None without any amount.
    """
    if not amounts:
        return None
    low = sum(a.low or 0 for a in amounts)
    highs = [a.high for a in amounts]
    high = sum(h for h in highs if h is not None) if all(h is not None for h in highs) else None
    central = sum(a.central if a.central is not None else (a.low or 0) for a in amounts)
    return Amount(low, high, central)


def summarise(sketches: Iterable[Sketch], exposed: frozenset[str], *, possible: int = 0) -> Summary:
    """Sum up what is surely in view, each incident whole.

    `exposed` are the ids of incidents with a provider under non-European law; `possible` incidents are left out
    since they may have ended before.
    """
    rows = list(sketches)
    known = [s.user_hours for s in rows if s.user_hours is not None and s.user_hours.low is not None]
    lasting = [s for s in rows if s.duration is not None]
    through = [s for s in rows if s.third_party == "yes"]
    return Summary(
        incidents=len(rows),
        possible=possible,
        user_hours=total(known),
        known=len(known),
        longest=max(lasting, key=lambda s: _lasted(s.duration), default=None),
        durations_known=len(lasting),
        third_party=Share(len(through), len(rows), sum(s.third_party == "unknown" for s in rows)),
        unnamed_supplier=sum(not s.suppliers for s in through),
        planned=Share(
            sum(s.planned_maintenance == "yes" for s in rows),
            len(rows),
            sum(s.planned_maintenance == "unknown" for s in rows),
        ),
        exposed=Share(sum(s.id in exposed for s in rows), len(rows)),
    )


def _lasted(duration: Amount | None) -> float:
    """Rank a duration by what is sure of it: the centre where there is one, else the lower bound."""
    if duration is None:
        return -1
    return float(duration.central if duration.central is not None else (duration.low or 0))
