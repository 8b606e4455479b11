"""A time with bounds: earliest and latest instant, precision, qualifier, zone and the original words.

Pure values. Knows the canonical text of a moment, its flat fields, and the one table of how wide "about" is.
Knows no natural language (`reading` does) and no clock.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar, cast

from incidents.moment_errors import MomentError
from incidents.zones import as_utc, first_instant, last_instant, resolve_local, shifted, zone_named

__all__ = [
    "HALF_WIDTHS",
    "SEASONS",
    "UNCERTAIN_FACTOR",
    "HalfWidth",
    "Moment",
    "MomentError",
    "Precision",
    "Qualifier",
    "bounds",
    "exact_moment",
    "half_width",
    "natural_precision",
    "parse_utc",
    "utc_text",
]


class Precision(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"


class Qualifier(StrEnum):
    EXACT = "exact"
    APPROXIMATE = "approximate"
    UNCERTAIN = "uncertain"


FINE_TO_COARSE = tuple(Precision)
CLOCK = (Precision.SECOND, Precision.MINUTE, Precision.HOUR)
SEASONS: Mapping[str, int] = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
"""The first month of each season; winter belongs to the year of its December."""


@dataclass(frozen=True, slots=True)
class HalfWidth:
    """How far "about" reaches to either side: `count` times `unit`, for what `applies_to` names."""

    applies_to: str
    count: int
    unit: Precision

    @property
    def uncertain_count(self) -> int:
        return self.count * UNCERTAIN_FACTOR


UNCERTAIN_FACTOR = 2
HALF_WIDTHS: Mapping[str, HalfWidth] = {
    row.applies_to: row
    for row in (
        HalfWidth("half_hour", 15, Precision.MINUTE),  # a time on the full or the half hour
        HalfWidth("minute", 5, Precision.MINUTE),  # any other time of day
        HalfWidth("hour", 1, Precision.HOUR),
        HalfWidth("day", 1, Precision.DAY),
        HalfWidth("month", 1, Precision.MONTH),
        HalfWidth("season", 1, Precision.SEASON),
        HalfWidth("year", 1, Precision.YEAR),
    )
}
"""The declared half-widths of "approximate"; "uncertain" is `UNCERTAIN_FACTOR` times as wide."""

DAY_VALUE = re.compile(r"\d{4}-\d\d-\d\d")
MONTH_VALUE = re.compile(r"(\d{4})-(\d\d)")
SEASON_VALUE = re.compile(r"(\d{4})-(spring|summer|autumn|winter)")
YEAR_VALUE = re.compile(r"\d{4}")
SECOND = timedelta(seconds=1)
E = TypeVar("E", bound=StrEnum)


def utc_text(moment: datetime) -> str:
    """Write an aware datetime as UTC text, whole seconds: `2025-09-12T19:45:00Z`."""
    return as_utc(moment).isoformat(timespec="seconds")[:19] + "Z"


def parse_utc(text: str) -> datetime:
    """Read ISO text with an offset or `Z` as an aware UTC datetime of whole seconds."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise MomentError("not-a-date", text) from error
    if moment.tzinfo is None:
        raise MomentError("naive", text)
    return as_utc(moment).replace(microsecond=0)


def natural_precision(value: str) -> Precision:
    """Give the finest precision that a canonical text can have; raises `MomentError` (`not-a-date`)."""
    length = len(value)
    if length > 10:
        return Precision.SEASON if SEASON_VALUE.fullmatch(value) else Precision.SECOND
    if length == 10 and DAY_VALUE.fullmatch(value):
        return Precision.DAY
    if length == 7 and MONTH_VALUE.fullmatch(value):
        return Precision.MONTH
    if length == 4 and YEAR_VALUE.fullmatch(value):
        return Precision.YEAR
    raise MomentError("not-a-date", value)


def half_width(value: str, precision: Precision) -> HalfWidth:
    """Give the row of `HALF_WIDTHS` that holds for a canonical text at a precision."""
    if precision in (Precision.SECOND, Precision.MINUTE):
        return HALF_WIDTHS["half_hour" if value[14:16] in ("00", "30") and value[17:19] == "00" else "minute"]
    return HALF_WIDTHS[precision]


def bounds(
    value: str, precision: Precision, qualifier: Qualifier, zone: str | None
) -> tuple[datetime, datetime]:
    """Derive the first and the last second that a canonical text can mean, aware UTC, both included.

    Exact is the whole unit of the precision in the zone (UTC where none is known). About a time of day is that
    instant plus and minus the half-width; about anything longer is that unit and as many on either side.
    """
    start = _local_start(value, precision)
    width = 0
    if qualifier is not Qualifier.EXACT:
        row = half_width(value, precision)
        width = row.uncertain_count if qualifier is Qualifier.UNCERTAIN else row.count
    if precision in CLOCK:
        return _clock_bounds(start, precision, width)
    # Without a zone, the day of a time with an offset is the day that its own clock showed.
    where = zone_named(zone) if zone else start.tzinfo or UTC
    if start.tzinfo is not None:
        start = (as_utc(start).astimezone(where) if zone else start).replace(tzinfo=None)
    first, last = _unit(start.date(), precision, width)
    if precision is Precision.YEAR and value.endswith("-winter"):
        last = max(last, _unit(start.date(), Precision.SEASON, width)[1])
    return first_instant(first, where), last_instant(last, where)


def _clock_bounds(start: datetime, precision: Precision, width: int) -> tuple[datetime, datetime]:
    if precision is Precision.HOUR:
        start = start.replace(minute=0, second=0)
        reach = timedelta(hours=width)
        return shifted(as_utc(start), -reach), shifted(as_utc(start), reach + timedelta(seconds=3599))
    if precision is Precision.MINUTE:
        start = start.replace(second=0)
    first = as_utc(start)
    if width:
        reach = timedelta(minutes=width)
        return shifted(first, -reach), shifted(first, reach)
    return first, shifted(first, timedelta(seconds=59)) if precision is Precision.MINUTE else first


def _local_start(value: str, precision: Precision) -> datetime:
    natural = natural_precision(value)
    if FINE_TO_COARSE.index(precision) < FINE_TO_COARSE.index(natural):
        raise MomentError("precision-too-fine", value, {"precision": precision.value})
    try:
        if natural in (Precision.SECOND, Precision.DAY):
            moment = datetime.fromisoformat(value)
            if natural is Precision.SECOND and moment.tzinfo is None:
                raise MomentError("naive", value)
            return moment.replace(microsecond=0)
        if natural is Precision.MONTH:
            return datetime(int(value[:4]), int(value[5:]), 1)
        if natural is Precision.SEASON:
            return datetime(int(value[:4]), SEASONS[value[5:]], 1)
        return datetime(int(value), 1, 1)
    except MomentError:
        raise
    except ValueError as error:
        raise MomentError("impossible-date", value) from error


def _unit(day: date, precision: Precision, width: int) -> tuple[datetime, datetime]:
    """Give the first and last local second of the unit around a day, `width` units wider on either side."""
    if precision is Precision.DAY:
        start = datetime(day.year, day.month, day.day)
        return shifted(start, timedelta(days=-width)), shifted(start, timedelta(days=width + 1) - SECOND)
    if precision is Precision.MONTH:
        first, months = day.year * 12 + day.month - 1, 1
    elif precision is Precision.SEASON:
        first, months = day.year * 12 + day.month // 3 * 3 - 1, 3
    else:
        first, months = day.year * 12, 12
    return _month_start(first - months * width), _month_end(first + months * (width + 1) - 1)


def _month_start(index: int) -> datetime:
    return datetime(index // 12, index % 12 + 1, 1) if index >= 12 else datetime.min


def _month_end(index: int) -> datetime:
    year, month = index // 12, index % 12 + 1
    if year > 9999:
        return datetime.max.replace(microsecond=0)
    return datetime(year, month, calendar.monthrange(year, month)[1], 23, 59, 59)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was, as far as is known.

    `value` is the canonical text (`2025-09-12T22:00:00+02:00`, `2025-09-12`, `2025-09`, `2012-autumn`, `2025`) or
    "" where only bounds are known. It may be finer than `precision`. `earliest` and `latest` are aware UTC, whole
    seconds, both included; None leaves that side open, and only a moment without a value may be open.
    `words` are the original words where they say more than the rest.
    """

    value: str
    precision: Precision
    qualifier: Qualifier
    earliest: datetime | None
    latest: datetime | None
    zone: str | None
    words: str | None = None

    def __post_init__(self) -> None:
        earliest, latest = self.earliest, self.latest
        if earliest is None or latest is None:
            if self.value or earliest is latest:
                raise MomentError("no-bounds", self.value)
        elif earliest > latest:
            raise MomentError(
                "bounds-reversed", self.value, {"earliest": utc_text(earliest), "latest": utc_text(latest)}
            )
        for side in (earliest, latest):
            if side is not None and (side.tzinfo is not UTC or side.microsecond):
                raise MomentError("naive", str(side))

    @property
    def has_time(self) -> bool:
        """Say whether the value holds a time of day."""
        return len(self.value) >= 20

    @property
    def at(self) -> datetime | None:
        """Give the central instant: the value's own where it has a time of day, else the middle of the bounds."""
        if self.has_time:
            return as_utc(datetime.fromisoformat(self.value))
        if self.earliest is None or self.latest is None:
            return None
        return self.earliest + (self.latest - self.earliest) // SECOND // 2 * SECOND

    def flat(self, name: str) -> dict[str, str | None]:
        """Write the moment as flat fields; a bound that follows from the rest is None."""
        earliest, latest = self.earliest, self.latest
        if self.value:
            derived = bounds(self.value, self.precision, self.qualifier, self.zone)
            earliest = None if earliest == derived[0] else earliest
            latest = None if latest == derived[1] else latest
        return {
            name: self.value or None,
            f"{name}_precision": self.precision.value,
            f"{name}_qualifier": self.qualifier.value,
            f"{name}_earliest": utc_text(earliest) if earliest else None,
            f"{name}_latest": utc_text(latest) if latest else None,
            f"{name}_words": self.words,
        }

    @classmethod
    def from_flat(cls, name: str, row: Mapping[str, str | None], zone: str | None) -> Moment | None:
        """Read a moment from flat fields, the inverse of `flat`; None where all are empty.

        A value without an offset takes the zone. A stated precision wins over that of the text; without one a
        time on a full minute counts as a minute if its text has no seconds. Raises `MomentError`.
        """
        value, precision, qualifier, earliest, latest, words = (
            row.get(name + suffix) or None
            for suffix in ("", "_precision", "_qualifier", "_earliest", "_latest", "_words")
        )
        if value is None and earliest is None and latest is None:
            return None
        how = _chosen(Qualifier, qualifier, "unknown-qualifier") or Qualifier.EXACT
        unit = _chosen(Precision, precision, "unknown-precision")
        low = parse_utc(earliest) if earliest else None
        high = parse_utc(latest) if latest else None
        if value is None:
            return cls("", unit or Precision.MINUTE, how, low, high, zone, words)
        text, natural = canonical(value, zone)
        unit = unit or natural
        derived = bounds(text, unit, how, zone)
        exact = derived if how is Qualifier.EXACT else bounds(text, unit, Qualifier.EXACT, zone)
        low, high = low or derived[0], high or derived[1]
        if low > exact[1] or high < exact[0]:
            raise MomentError(
                "bounds-outside-value", value, {"earliest": utc_text(low), "latest": utc_text(high)}
            )
        return cls(text, unit, how, low, high, zone, words)


def _chosen(kind: type[E], text: str | None, code: str) -> E | None:
    try:
        return kind(text) if text else None
    except ValueError as error:
        raise MomentError(code, cast("str", text)) from error


def canonical(value: str, zone: str | None) -> tuple[str, Precision]:
    """Give the canonical text of an ISO value and the precision that it was written with."""
    natural = natural_precision(value)
    if natural is not Precision.SECOND:
        _local_start(value, natural)
        return value, natural
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise MomentError("not-a-date", value) from error
    if moment.tzinfo is None:
        if zone is None:
            raise MomentError("naive", value)
        moment = resolve_local(moment, zone, words=value)
    seconds = value.count(":", 0, 19) > 1
    return moment.isoformat(timespec="seconds"), Precision.SECOND if seconds else Precision.MINUTE


_SET = tuple(Moment.__dict__[name].__set__ for name in Moment.__slots__)
_EXACT = Qualifier.EXACT
_LAST_SECOND = timedelta(seconds=59)


def exact_moment(moment: datetime, precision: Precision, zone: str | None) -> Moment:
    """Make the exact moment of an aware datetime of whole seconds at a clock precision.

    Sets the fields one by one, past the checks of the constructor, which hold here by the way the bounds are made:
    a third of the time, and an import makes millions.
    """
    if precision is Precision.HOUR:
        first, last = _clock_bounds(moment, precision, 0)
    else:
        first = as_utc(moment if precision is Precision.SECOND else moment.replace(second=0))
        last = first if precision is Precision.SECOND else shifted(first, _LAST_SECOND)
    made = Moment.__new__(Moment)
    set_value, set_precision, set_qualifier, set_earliest, set_latest, set_zone, set_words = _SET
    set_value(made, moment.isoformat())
    set_precision(made, precision)
    set_qualifier(made, _EXACT)
    set_earliest(made, first)
    set_latest(made, last)
    set_zone(made, zone)
    set_words(made, None)
    return made
