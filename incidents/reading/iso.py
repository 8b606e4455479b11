"""The fast path: ISO dates and times as machines write them, straight to exact moments.

Answers None for whatever is not plainly one of these forms, or is wrong in any way: the careful reading in
`moments` then says why. Knows no phrases.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from incidents.moment import Moment, Precision, Qualifier, bounds, exact_moment
from incidents.zones import as_utc, zone_named

SECOND, MINUTE, HOUR = Precision.SECOND, Precision.MINUTE, Precision.HOUR
DAY = timedelta(days=1)
CACHED = 1 << 14


def iso_moment(text: str, zone: str | None) -> Moment | None:
    """Read `2025-09-12`, or that with `T22`, `T22:00` or `T22:00:00` and perhaps an offset; None for anything else.

    A space may stand for the T. A time without an offset is read here only on days on which the clocks of the zone
    do not change.
    """
    size = len(text)
    if zone is not None:
        zone_named(zone)
    if size == 10:
        return _day(text, zone) if zone is not None else None
    if size < 13 or text[10] not in "T t":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        if zone is None or (steady := _steady_offset(text[:10], zone)) is None:
            return None
        moment = moment.replace(tzinfo=steady)
        written = size
    elif text[-1] in "Zz":
        written = size - 1
    elif text[-6] in "+-" and text[-3] == ":":
        written = size - 6
        if written == 16 and text[10] == " " and text[-6] == "-":
            return None  # "2025-09-12 02:00-04:00" can be two times of a day
    elif size > 25 and text[-9] in "+-" and text[-6] == text[-3] == ":":
        written = size - 9  # local mean time, before zones had whole minutes
    else:
        return None
    if written == 19:
        precision = SECOND
    elif written == 16:
        precision = MINUTE
    elif written > 20 and text[19] in ".,":
        precision = SECOND
        moment = moment.replace(microsecond=0)
    elif written == 13:
        precision = HOUR
    else:
        return None
    return exact_moment(moment, precision, zone)


@lru_cache(maxsize=CACHED)
def _day(text: str, zone: str) -> Moment | None:
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    ends = bounds(text, Precision.DAY, Qualifier.EXACT, zone)
    return Moment(text, Precision.DAY, Qualifier.EXACT, *ends, zone, None)


@lru_cache(maxsize=CACHED)
def _steady_offset(text: str, zone: str) -> tzinfo | None:
    """Give the offset that a zone has all through a local day, or None where its clocks change."""
    where = zone_named(zone)
    try:
        start = datetime.combine(date.fromisoformat(text), time.min)
        offsets = {
            edge.replace(tzinfo=where, fold=fold).utcoffset()
            for edge in (start, start + DAY)
            for fold in (0, 1)
        }
    except (ValueError, OverflowError):
        return None
    if len(offsets) != 1:
        return None
    return as_fixed(start.replace(tzinfo=where))


def as_fixed(moment: datetime) -> tzinfo | None:
    """Give the offset of an aware datetime as a fixed zone; None where UTC leaves the years 1 to 9999 there."""
    offset = moment.utcoffset()
    if offset is None or as_utc(moment).year in (1, 9999):
        return None
    return datetime.fromisoformat(moment.isoformat()).tzinfo if offset else UTC
