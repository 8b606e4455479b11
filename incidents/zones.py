"""Time zones: names to zones, wall-clock time to an instant and back.

Knows the IANA database and the gaps and overlaps of summer time. Knows no text of a date and no precision.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from incidents.moment_errors import MomentError

ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
# Names that mean "whatever this machine is set to", or copies with leap seconds: not the same everywhere.
NOT_PORTABLE = re.compile(r"(?:localtime|posixrules|Factory|(?:posix|right|SystemV)/.*)\Z")

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC, microsecond=0)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> tzinfo:
    """Give the zone of an IANA name; raises `MomentError` (`unknown-zone`)."""
    if name == "UTC":
        return UTC
    if not ZONE_NAME.fullmatch(name) or NOT_PORTABLE.match(name):
        raise MomentError("unknown-zone", name)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise MomentError("unknown-zone", name) from error


def as_utc(moment: datetime) -> datetime:
    """Give an aware datetime in UTC, held within the years 1 to 9999."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return FIRST if moment.year == 1 else LAST


def first_instant(local: datetime, zone: tzinfo) -> datetime:
    """Give the UTC instant at which a wall clock first shows `local`; in a gap, the end of the gap."""
    return as_utc(local.replace(tzinfo=zone, fold=0))


def last_instant(local: datetime, zone: tzinfo) -> datetime:
    """Give the UTC instant at which a wall clock last shows `local`."""
    return max(as_utc(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))


def shifted(moment: datetime, by: timedelta) -> datetime:
    """Add to a datetime, held within the years 1 to 9999."""
    try:
        return moment + by
    except OverflowError:
        end = datetime.min if by < timedelta(0) else datetime.max.replace(microsecond=0)
        return end.replace(tzinfo=moment.tzinfo)


def resolve_local(local: datetime, zone_name: str, *, words: str = "") -> datetime:
    """Give a wall-clock time its offset in a zone.

    Raises `MomentError`: `dst-gap` where clocks skip that time and `dst-overlap` where they show it twice, both
    with the two possible readings as ISO text in `params["first"]` and `params["second"]`.
    """
    zone = zone_named(zone_name)
    early, late = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    before, after = early.utcoffset(), late.utcoffset()
    if before == after:
        return early
    assert before is not None and after is not None
    readings = [as_utc(reading).astimezone(zone) for reading in (early, late)]
    code = "dst-gap" if after > before else "dst-overlap"
    raise MomentError(
        code,
        words or local.isoformat(sep=" "),
        {
            "zone": zone_name,
            "local": local.isoformat(sep=" ", timespec="minutes"),
            "first": readings[0].isoformat(timespec="seconds"),
            "second": readings[1].isoformat(timespec="seconds"),
        },
    )
