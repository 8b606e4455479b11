"""What questions need of an incident and would else compute each time: where it lies in time, how long, how much.

Pure. Computed when an incident is written and kept beside it; `timeline check` computes it again and compares.
"""

from __future__ import annotations

from dataclasses import dataclass

from incidents.impact import duration_of, span_of, user_hours
from incidents.model import SEVERITIES, Incident

NO_END = 253402300799
"""`spans_to` of an incident that is still going on: the last second of the year 9999."""


@dataclass(frozen=True, slots=True)
class Derived:
    """Seconds since 1970 (UTC) of the first start and the last end; the rank of the severity, -1 where unknown.

    `lasted_minutes` is the centre of the duration, else its lower bound.
    """

    spans_from: int
    spans_to: int
    severity_rank: int
    lasted_minutes: float | None
    user_hours_low: float | None
    user_hours_central: float | None
    user_hours_high: float | None


def derive(incident: Incident) -> Derived:
    """Compute the derived values of an incident."""
    span = span_of(incident)
    duration, lost = duration_of(incident), user_hours(incident)
    end = span.end_latest or span.start_latest
    lasted = duration.amount if duration else None
    return Derived(
        spans_from=int(span.start_earliest.timestamp()),
        spans_to=NO_END if span.end_state == "open" else int(max(end, span.start_latest).timestamp()),
        severity_rank=rank_of(incident.severity),
        lasted_minutes=(lasted.central if lasted.central is not None else lasted.low) if lasted else None,
        user_hours_low=lost.amount.low if lost else None,
        user_hours_central=lost.amount.central if lost else None,
        user_hours_high=lost.amount.high if lost else None,
    )


def rank_of(severity: str | None) -> int:
    return SEVERITIES.index(severity) if severity else -1
