"""What in an incident is possible but odd, and is said of it when it is imported. Pure; changes nothing.

Knows one incident and, where it is given, the day after which a date lies in the future.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from incidents.model import Incident
from incidents.moment import Moment

ROW_NOTES: Mapping[str, str] = {
    "future": "“{value}” lies in the future",
    "before-start": "{field} lies before the start",
    "duration": "the duration of {duration} minutes does not fit start and end, {apart} minutes apart",
    "nobody": "nobody affected: leave the cell empty where the number is not known",
}
"""What is odd about an incident that was taken all the same."""
Warning = tuple[str, str, Mapping[str, object]]
SLACK = 1.0
"""Minutes by which a duration may be off for rounding."""
NO_WARNING: tuple[Warning, ...] = ()


def warnings_of(incident: Incident, today: date | None) -> tuple[Warning, ...]:
    """List what is odd: (field, message, what the message names)."""
    out: list[Warning] = []
    start, end = incident.started_at, incident.resolved_at
    if today is not None:
        until = datetime.combine(today, time(), UTC) + timedelta(days=1)
        for name, moment in (("started_at", start), ("resolved_at", end)):
            if moment is not None and moment.earliest is not None and moment.earliest >= until:
                out.append((name, ROW_NOTES["future"], {"value": moment.value or moment.words or ""}))
    for name in ("detected_at", "aware_at", "reported_at"):
        moment = getattr(incident, name)
        if moment is not None and _before(moment, start):
            out.append((name, ROW_NOTES["before-start"], {"field": name}))
    if incident.duration is not None and end is not None:
        out += _duration(incident, end)
    if incident.affected is not None and incident.affected.high == 0:
        out.append(("affected", ROW_NOTES["nobody"], {}))
    return tuple(out) if out else NO_WARNING


def _before(moment: Moment, start: Moment) -> bool:
    return moment.latest is not None and start.earliest is not None and moment.latest < start.earliest


def _duration(incident: Incident, end: Moment) -> list[Warning]:
    start, duration = incident.started_at, incident.duration
    bounds = (start.earliest, start.latest, end.earliest, end.latest)
    if duration is None or None in bounds:
        return []
    first, last, first_end, last_end = (moment.timestamp() for moment in bounds if moment is not None)
    least, most = max(0.0, (first_end - last) / 60), (last_end - first) / 60
    low = duration.low if duration.low is not None else duration.central
    high = duration.high if duration.high is not None else duration.central
    short = high is not None and high < least - SLACK
    long = low is not None and low > most + SLACK
    if not short and not long:
        return []
    shown = {
        "duration": _between(low if low is not None else high, high if high is not None else low),
        "apart": _between(least, most),
    }
    return [("duration", ROW_NOTES["duration"], shown)]


def _between(low: float | None, high: float | None) -> str:
    first, last = _shown(low), _shown(high)
    return first if first == last else f"{first} – {last}"


def _shown(minutes: float | None) -> str:
    return "?" if minutes is None else f"{minutes:.1f}".removesuffix(".0")
