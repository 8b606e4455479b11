"""The instant or the stretch of time that one side of a date phrase stands for.

Knows the parts of a day, of a month and of a year, and how an offset, a zone and a wall clock go together. Fills
nothing in that the text, the stated zone, day or reference does not give. Knows no hedges and no ranges.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from incidents.moment import SEASONS, Precision, Qualifier, bounds
from incidents.moment_errors import MomentError
from incidents.reading.parts import DAY, SECOND, Found, Notes, Parts, Setting, offset_text
from incidents.reading.tokens import Unread
from incidents.reading.words import AMBIGUOUS_ZONES, DAY_PARTS, WEEKDAY_NAMES
from incidents.zones import first_instant, last_instant, resolve_local, zone_named

DAY_END = time(23, 59, 59)


def resolve(parts: Parts, setting: Setting, notes: Notes) -> Found:
    """Find what one side stands for; raises `Unread` or `MomentError`."""
    day = day_of(parts, setting, notes)
    if (day or parts.clock or parts.part) and any(
        (parts.season, parts.quarter, parts.half, parts.fortnight, parts.week)
    ):
        raise Unread(setting.text)
    relative = parts.away is not None or (parts.weekday is not None and parts.day is None)
    if parts.clock is not None:
        if parts.portion is not None or parts.weekof:
            raise Unread(setting.text)
        return _clock(parts, day or _day_of_time(parts, setting), setting, notes, plain=not relative)
    zone = parts.zone or setting.zone
    if parts.offset is not None or parts.abbreviation is not None:
        zone = _zone_of_day(parts, day, zone, setting)
    if zone is None:
        notes.add("no-zone-utc")
    if parts.part is not None:
        return _part(parts, day or _day_of_time(parts, setting), zone)
    if day is not None:
        if parts.portion is not None:
            raise Unread(setting.text)
        if parts.weekof:
            monday = day - day.weekday() * DAY
            return _stretch("", Precision.DAY, monday, monday + 6 * DAY, zone)
        return _unit(day.isoformat(), Precision.DAY, zone, plain=not relative)
    return _long(parts, zone, setting, notes)


def _zone_of_day(parts: Parts, day: date | None, zone: str | None, setting: Setting) -> str:
    """Take an offset beside a day only where it is UTC, or what the zone has on that day: it bounds nothing alone."""
    if parts.offset == 0 and parts.zone is None:
        return "UTC"
    if day is None or zone is None or parts.offset is None:
        raise Unread(setting.text)
    _check_offset(datetime.combine(day, time(12)), timedelta(minutes=parts.offset), zone, setting)
    return zone


def day_of(parts: Parts, setting: Setting, notes: Notes) -> date | None:
    """Find the day that a side names, if it names one, and check its weekday."""
    if parts.month is not None and parts.day is None and parts.number is not None:
        parts = replace(parts, day=parts.number, number=None)  # "the 12th day of September"
    if parts.number is not None:
        raise Unread(setting.text)
    if parts.month is not None and parts.day is not None:
        year = parts.year or _recent_year(parts.month, parts.day, setting, notes)
        day = _date(year, parts.month, parts.day, setting)
        if parts.weekday not in (None, day.weekday()):
            shown = {"date": day.isoformat(), "weekday": WEEKDAY_NAMES[day.weekday()]}
            raise MomentError("weekday-mismatch", setting.text, shown)
        return day
    if parts.day is not None:
        raise Unread(setting.text)
    if parts.away is None and parts.weekday is None:
        return None
    if parts.month is not None or parts.year is not None:
        raise Unread(setting.text)
    if setting.reference is None:
        raise MomentError("relative-without-reference", setting.text)
    try:
        if parts.away is not None:
            return setting.reference + parts.away * DAY
        assert parts.weekday is not None
        back = (setting.reference.weekday() - parts.weekday) % 7
        return setting.reference - (back or (7 if parts.lastday else 0)) * DAY
    except OverflowError as error:
        raise MomentError("impossible-date", setting.text) from error


def _date(year: int, month: int, day: int, setting: Setting) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise MomentError("impossible-date", setting.text) from error


def _recent_year(month: int, day: int, setting: Setting, notes: Notes) -> int:
    """Give the year of the last such day up to the reference day."""
    if not (1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]):
        raise MomentError("impossible-date", setting.text)
    if setting.reference is None:
        raise MomentError("year-missing", setting.text)
    notes.add("year-from-reference")
    reference = setting.reference
    year = reference.year - ((month, day) > (reference.month, reference.day))
    while (month, day) == (2, 29) and not isleap(year):
        year -= 1
    if year < 1:
        raise MomentError("impossible-date", setting.text)
    return year


def _day_of_time(parts: Parts, setting: Setting) -> date:
    if parts.has_day:
        raise Unread(setting.text)
    if setting.time_of is None:
        raise MomentError("time-without-date", setting.text)
    return setting.time_of


def _clock(parts: Parts, day: date, setting: Setting, notes: Notes, *, plain: bool) -> Found:
    assert parts.clock is not None
    hour, minute, second = parts.clock
    if parts.midnight and hour == 0:
        notes.add("midnight-starts-day")
    if hour == 24 and not minute and not second:
        hour, day = 0, _next(day, setting)
    if second == 60:
        second = 59
        notes.add("leap-second")
    if parts.part is not None:
        hour, day = _hour_in(parts.part, hour, day, setting)
    if parts.next_day:
        day = _next(day, setting)
    try:
        local = datetime(day.year, day.month, day.day, hour, minute or 0, second or 0)
    except ValueError as error:
        raise MomentError("impossible-date", setting.text) from error
    moment, zone = _instant(local, parts, setting, notes)
    precision = Precision.HOUR if minute is None else Precision.MINUTE if second is None else Precision.SECOND
    value = moment.isoformat(timespec="seconds")
    first, last = bounds(value, precision, Qualifier.EXACT, zone)
    return Found(value, precision, first, last, zone, plain=plain)


def _next(day: date, setting: Setting) -> date:
    try:
        return day + DAY
    except OverflowError as error:
        raise MomentError("impossible-date", setting.text) from error


def _hour_in(part: str, hour: int, day: date, setting: Setting) -> tuple[int, date]:
    """Read an hour of twelve by the part of the day beside it: "10 heures du soir" is 22."""
    if part in ("morning", "early morning"):
        if hour > 12:
            raise MomentError("impossible-date", setting.text)
        return hour, day
    if part == "overnight":
        return (hour, _next(day, setting)) if hour < 12 else (hour, day)
    if part == "night":
        return (hour + 12 if 7 <= hour < 12 else hour % 12 if hour == 12 else hour), day
    return (hour + 12 if hour < 12 else hour), day


def _instant(local: datetime, parts: Parts, setting: Setting, notes: Notes) -> tuple[datetime, str | None]:
    zone = parts.zone or setting.zone
    if parts.zone and setting.zone and parts.zone != setting.zone:
        notes.add("zone-in-text")
    if parts.local and zone is None:
        raise MomentError("unknown-zone", setting.text)
    if parts.abbreviation is not None and parts.offset is None:
        return _by_abbreviation(local, parts.abbreviation, zone, setting), zone
    if parts.offset is not None:
        offset = timedelta(minutes=parts.offset)
        if parts.zone:
            _check_offset(local, offset, parts.zone, setting)
        return local.replace(tzinfo=timezone(offset) if offset else UTC), zone
    if zone is None:
        notes.add("no-zone-utc")
        return local.replace(tzinfo=UTC), None
    return resolve_local(local, zone, words=setting.text), zone


def _by_abbreviation(local: datetime, name: str, zone: str | None, setting: Setting) -> datetime:
    if zone is not None:
        for fold in (0, 1):
            reading = local.replace(tzinfo=zone_named(zone), fold=fold)
            if (reading.tzname() or "").lower() == name:
                return reading
    shown = [f"{place}, {offset_text(minutes)}" for place, minutes in AMBIGUOUS_ZONES[name]]
    raise MomentError("ambiguous-zone", setting.text, {"first": shown[0], "second": shown[1]})


def _check_offset(local: datetime, offset: timedelta, zone: str, setting: Setting) -> None:
    where = zone_named(zone)
    offsets = [local.replace(tzinfo=where, fold=fold).utcoffset() for fold in (0, 1)]
    if offset not in offsets:
        shown = [
            offset_text(int(item.total_seconds() // 60)) for item in (offset, offsets[0]) if item is not None
        ]
        raise MomentError(
            "offset-mismatch", setting.text, {"first": shown[0], "second": f"{zone}, {shown[1]}"}
        )


def _where(zone: str | None) -> tzinfo:
    return zone_named(zone) if zone else UTC


def _unit(value: str, precision: Precision, zone: str | None, *, plain: bool = True) -> Found:
    first, last = bounds(value, precision, Qualifier.EXACT, zone)
    return Found(value, precision, first, last, zone, plain=plain)


def _stretch(value: str, precision: Precision, first: date, last: date, zone: str | None) -> Found:
    """Give the days from `first` to `last`, both included, as a stretch that its words name better than its text."""
    where = _where(zone)
    return Found(
        value,
        precision,
        first_instant(datetime.combine(first, time.min), where),
        last_instant(datetime.combine(last, DAY_END), where),
        zone,
        derived=False,
        plain=False,
    )


def _part(parts: Parts, day: date, zone: str | None) -> Found:
    begin, end, later = DAY_PARTS[str(parts.part)]
    try:
        first, last = datetime.combine(day, begin), datetime.combine(day + later * DAY, end)
    except OverflowError:
        first, last = datetime.combine(day, begin), datetime.max.replace(microsecond=0)
    if parts.portion is not None:
        third = (last - first + SECOND) // 3 // SECOND * SECOND
        first = first + parts.portion * third
        last = first + (third - SECOND)
    where = _where(zone)
    value = day.isoformat() if not later else ""
    return Found(
        value,
        Precision.DAY if value else Precision.HOUR,
        first_instant(first, where),
        last_instant(last, where),
        zone,
        derived=False,
        plain=False,
    )


def _long(parts: Parts, zone: str | None, setting: Setting, notes: Notes) -> Found:
    """Resolve what is longer than a day: week, fortnight, month, quarter, season, half, year, or a third of one."""
    year = parts.year
    if parts.weekof or parts.clock or (parts.lastday and parts.month is None):
        raise Unread(setting.text)
    if year is None:
        if parts.month is None and not (parts.season or parts.quarter or parts.half or parts.week):
            raise Unread(setting.text)
        if parts.month is None or setting.reference is None:
            raise MomentError("year-missing", setting.text)
        year = _recent_year(parts.month, 1, setting, notes)
    if parts.week is not None:
        try:
            monday = date.fromisocalendar(year, parts.week, 1)
        except ValueError as error:
            raise MomentError("impossible-date", setting.text) from error
        return _stretch("", Precision.DAY, monday, monday + 6 * DAY, zone)
    if parts.month is not None:
        if parts.season or parts.quarter or parts.half or parts.week:
            raise Unread(setting.text)
        value, precision, begin, months = f"{year:04}-{parts.month:02}", Precision.MONTH, parts.month, 1
        if parts.fortnight is not None:
            end = 15 if parts.fortnight == 1 else monthrange(year, parts.month)[1]
            start = date(year, parts.month, 1 if parts.fortnight == 1 else 16)
            return _stretch(value, precision, start, date(year, parts.month, end), zone)
    elif parts.season is not None:
        begin = SEASONS[parts.season]
        value, precision, months = f"{year:04}-{parts.season}", Precision.SEASON, 3
        if parts.season == "winter":
            notes.add("winter-of-december")
    else:
        value, precision, begin, months = f"{year:04}", Precision.YEAR, 1, 12
        if parts.quarter is not None:
            begin, months = parts.quarter * 3 - 2, 3
        elif parts.half is not None:
            begin, months = parts.half * 6 - 5, 6
    if (parts.portion is None and months in (1, 12)) or (
        precision is Precision.SEASON and parts.portion is None
    ):
        return _unit(value, precision, zone)
    first, last = _months(year, begin, months, parts.portion, setting)
    return _stretch(value, precision, first, last, zone)


def _months(year: int, begin: int, months: int, portion: int | None, setting: Setting) -> tuple[date, date]:
    """Give the first and last day of some months, or of their early, middle or late third."""
    if portion is not None and months == 1:
        ends = (10, 20, monthrange(year, begin)[1])
        return date(year, begin, 1 + 10 * portion), date(year, begin, ends[portion])
    start, count = year * 12 + begin - 1, months
    if portion is not None:
        start, count = start + months // 3 * portion, months // 3
    end = start + count - 1
    if end // 12 > 9999:
        raise MomentError("impossible-date", setting.text)
    last_year, last_month = end // 12, end % 12 + 1
    return (
        date(start // 12, start % 12 + 1, 1),
        date(last_year, last_month, monthrange(last_year, last_month)[1]),
    )
