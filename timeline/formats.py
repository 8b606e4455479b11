"""Moments, amounts, durations and numbers in the reader's language, by Babel.

Never more precise than what was given: a day has no time, "about" stays about, a lower bound is rounded down and
an upper bound up. Knows values only; no record, no page. Durations and their bounds are in minutes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from babel.dates import get_timezone_location
from babel.numbers import format_decimal

from incidents import Amount, Moment
from timeline.wording import N_, _, language, locale

NBSP = "\u00a0"
Rounding = Literal["down", "near", "up"]
Style = Literal["words", "symbols"]
SEASON_WORDS = {
    "spring": N_("spring %(year)s"),
    "summer": N_("summer %(year)s"),
    "autumn": N_("autumn %(year)s"),
}
TIMED = ("second", "minute", "hour")
UNITS = (  # from, name in English, name in French (singular, plural), short in English and French
    (1e12, ("trillion", "trillion"), ("billion", "billions"), "tn", "Bn"),
    (1e9, ("billion", "billion"), ("milliard", "milliards"), "bn", "Md"),
    (1e6, ("million", "million"), ("million", "millions"), "M", "M"),
    (1e3, ("", ""), ("", ""), "k", "k"),
)


def format_day(value: Any, *, weekday: bool = False, short: bool = False) -> str:
    """Write a day, month or year: a date, a datetime (its own day), a moment, or ISO text of such precision."""
    if value is None or value == "":
        return ""
    if isinstance(value, Moment):
        return format_moment(value, show_zone=False, short=short)
    if isinstance(value, str):
        parts = value[:10].split("-")
        if len(parts) < 3:
            return _month(int(parts[0]), int(parts[1]), short) if len(parts) == 2 else value
        value = date.fromisoformat(value[:10])
    day = value.date() if isinstance(value, datetime) else value
    month = "MMM" if short else "MMMM"
    text = babel_date(day, f"{'EEEE ' if weekday else ''}d {month} y", locale=locale())
    if language() == "fr" and day.day == 1:
        text = text.replace("1 ", "1er ", 1)
    return text


def _month(year: int, month: int, short: bool = False) -> str:
    return babel_date(date(year, month, 1), "MMM y" if short else "MMMM y", locale=locale())


def format_clock(moment: datetime, *, seconds: bool = False) -> str:
    """Write a time of day as it stands in the given datetime."""
    if language() == "fr":
        text = f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02}"
        return text + (f"{NBSP}min{NBSP}{moment.second:02}{NBSP}s" if seconds else "")
    return moment.strftime("%H:%M:%S" if seconds else "%H:%M")


def zone_name(zone: str | tzinfo | None) -> str:
    """Name a time zone by its city: Paris, Londres; UTC is UTC, and a bare offset is written as one."""
    if zone is None:
        return "UTC"
    key = zone if isinstance(zone, str) else getattr(zone, "key", None) or str(zone)
    if key.upper() in ("UTC", "ETC/UTC", "UTC+00:00", "ZULU"):
        return "UTC"
    if "/" not in key or key.startswith("Etc/"):
        return key
    return get_timezone_location(ZoneInfo(key), locale=locale(), return_city=True)


def format_moment(
    moment: Moment | None,
    *,
    zone: str | tzinfo | None = None,
    show_zone: bool = True,
    weekday: bool = False,
    short: bool = False,
) -> str:
    """Write a moment as precisely as it is known, and no more.

    Times of day are shown in `zone`, else in the moment's own zone, else at its own offset; the zone is named
    by its city. A moment without a time of day is never moved to another zone.
    """
    if moment is None:
        return ""
    if not moment.value:
        return _bounds_only(moment, zone, show_zone, short)
    day, clock, place = _parts(moment, zone, weekday, short)
    if clock is None:
        return _qualified_day(day, moment)
    text = _("%(day)s, %(time)s", day=day, time=_qualified_clock(clock, moment))
    return f"{text} ({place})" if show_zone else text


def _parts(
    moment: Moment, zone: str | tzinfo | None, weekday: bool, short: bool
) -> tuple[str, str | None, str]:
    """Give the day, the time of day (None where there is none) and the zone's name."""
    value, precision = moment.value, str(moment.precision)
    if precision not in TIMED or len(value) < 16:
        return _unit_words(value, precision, weekday, short), None, ""
    local = datetime.fromisoformat(value)
    where = _zone(zone or moment.zone)
    if where is not None:
        local = local.astimezone(where)
        place = zone_name(where)
    else:
        place = zone_name(local.tzinfo)
    day = format_day(local, weekday=weekday, short=short)
    if precision == "hour":
        return day, _hour_words(local, str(moment.qualifier)), place
    return day, format_clock(local, seconds=precision == "second"), place


def _zone(zone: str | tzinfo | None) -> tzinfo | None:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _unit_words(value: str, precision: str, weekday: bool, short: bool) -> str:
    if precision == "year" or len(value) == 4:
        return value[:4]
    if precision == "season":
        return _season_words(value)
    if precision == "month" or len(value) == 7:
        return _month(int(value[:4]), int(value[5:7]), short)
    return format_day(value, weekday=weekday, short=short)


def _season_words(value: str) -> str:
    name = value[5:]
    year = int(value[:4])
    if name[:2].isdigit():
        month = int(name[:2])
        name = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}[month // 3 * 3 or 12]
        year -= month < 3
    if name == "winter":
        return _("winter %(first)s–%(second)s", first=year, second=year + 1)
    return _(SEASON_WORDS[name], year=year)


def _hour_words(local: datetime, qualifier: str) -> str:
    whole = local.replace(minute=0, second=0)
    if qualifier != "exact":
        return _("%(time)s, to the hour", time=_bare_hour(whole))
    return _(
        "between %(first)s and %(second)s",
        first=_bare_hour(whole),
        second=_bare_hour(whole + timedelta(hours=1)),
    )


def _bare_hour(moment: datetime) -> str:
    return f"{moment.hour}{NBSP}h" if language() == "fr" else moment.strftime("%H:00")


def _qualified_clock(clock: str, moment: Moment) -> str:
    qualifier = str(moment.qualifier)
    if qualifier == "approximate":
        return _("about %(time)s", time=clock)
    if qualifier == "uncertain":
        return _("about %(time)s, uncertain", time=clock)
    return clock


def _qualified_day(day: str, moment: Moment) -> str:
    qualifier = str(moment.qualifier)
    if qualifier == "exact":
        return day
    precise = str(moment.precision) == "day"
    if qualifier == "approximate":
        return _("about the day of %(day)s", day=day) if precise else _("about %(period)s", period=day)
    return _("%(day)s, uncertain", day=day)


def _bounds_only(moment: Moment, zone: str | tzinfo | None, show_zone: bool, short: bool) -> str:
    where = _zone(zone or moment.zone) or UTC
    timed = str(moment.precision) in TIMED

    def day(bound: datetime) -> str:
        local = bound.astimezone(where)
        if timed:
            return format_day(local, short=short)
        return _unit_words(local.date().isoformat(), str(moment.precision), False, short)

    def write(bound: datetime) -> str:
        if not timed:
            return day(bound)
        return _("%(day)s, %(time)s", day=day(bound), time=format_clock(bound.astimezone(where)))

    # A time of day or a date that begins with its day takes an article in some languages: "avant le 3 mars".
    dated = timed or str(moment.precision) == "day"
    first, last = moment.earliest, moment.latest
    if first is not None and last is not None:
        text = _between(first.astimezone(where), last.astimezone(where), day, write, timed, dated)
    elif first is not None:
        text = _("after %(day)s", day=write(first)) if dated else _("after %(moment)s", moment=write(first))
    elif last is not None and timed and last.second == 59:
        # The whole of the last minute is meant: "by 22:40" ends at 22:40:59.
        text = _("no later than %(moment)s", moment=write(last))
    else:
        last = cast(datetime, last)
        # The latest second of a day is included: what ends with 3 March is said as "before 4 March".
        last = last + timedelta(seconds=1) if last.second == 59 else last
        text = _("before %(day)s", day=write(last)) if dated else _("before %(moment)s", moment=write(last))
    return f"{text} ({zone_name(where)})" if timed and show_zone else text


def _between(
    first: datetime,
    last: datetime,
    day: Callable[[datetime], str],
    write: Callable[[datetime], str],
    timed: bool,
    dated: bool,
) -> str:
    """Write both bounds as they were given: to the minute or day that they lie in, a shared day once."""
    if timed and first.date() == last.date():
        clocks = _("between %(first)s and %(second)s", first=format_clock(first), second=format_clock(last))
        return _("%(day)s, %(time)s", day=day(first), time=clocks)
    if dated:
        return _("between %(first_day)s and %(second_day)s", first_day=write(first), second_day=write(last))
    return _("between %(first)s and %(second)s", first=write(first), second=write(last))


def format_moment_range(
    start: Moment,
    end: Moment | None,
    *,
    zone: str | tzinfo | None = None,
    weekday: bool = False,
    short: bool = False,
) -> str:
    """Write a start and an end; the day of the end is left out where it is the start's."""
    if end is None:
        return format_moment(start, zone=zone, weekday=weekday, short=short)
    zone = zone or start.zone
    if not (start.value and end.value):
        first, second = (
            format_moment(start, zone=zone, short=short),
            format_moment(end, zone=zone, short=short),
        )
        return _("%(first)s – %(second)s", first=first, second=second)
    day, clock, place = _parts(start, zone, weekday, short)
    end_day, end_clock, _place = _parts(end, zone, weekday, short)
    first = format_moment(start, zone=zone, weekday=weekday, short=short, show_zone=False)
    if clock is not None and end_clock is not None and day == end_day:
        second = _qualified_clock(end_clock, end)
    else:
        second = format_moment(end, zone=zone, weekday=weekday, short=short, show_zone=False)
    text = _("%(first)s – %(second)s", first=first, second=second)
    return f"{text} ({place or _place})" if place or _place else text


def format_instant(
    moment: datetime, *, zone: str | tzinfo = "UTC", short: bool = False, show_zone: bool = True
) -> str:
    """Write an aware datetime to the minute: when a record changed, where a window ends."""
    local = moment.astimezone(_zone(zone))
    text = _("%(day)s, %(time)s", day=format_day(local, short=short), time=format_clock(local))
    return f"{text} ({zone_name(zone)})" if show_zone else text


def rounded(value: float, step: float, rounding: Rounding) -> float:
    """Round to a multiple of `step`: to the nearest, or a lower bound down and an upper bound up."""
    # A float such as 5.8 / 0.1 misses its whole number by a hair; that hair must not cost a whole step.
    ratio = value / step
    near = round(ratio)
    if math.isclose(ratio, near, rel_tol=1e-12):
        return near * step
    if rounding == "near":
        return near * step
    return (math.floor(ratio) if rounding == "down" else math.ceil(ratio)) * step


def _significant(value: float, digits: int, rounding: Rounding) -> float:
    if not value:
        return 0
    return round(rounded(value, 10.0 ** (math.floor(math.log10(abs(value))) + 1 - digits), rounding), 12)


def format_number(value: float | None, *, rounding: Rounding = "near") -> str:
    """Write a number in full: 420,000 and 10 million; at most one decimal, and none from ten up."""
    if value is None:
        return ""
    for size, english, french, _short, _court in UNITS[:3]:
        if abs(value) >= size:
            scaled = value / size
            if round(scaled, 2) == scaled:
                names = french if language() == "fr" else english
                return f"{_decimal(scaled)}{NBSP}{names[1] if abs(scaled) >= 2 else names[0]}"
            break
    step = 0.1 if abs(value) < 10 and value != int(value) else 1
    return _decimal(rounded(value, step, rounding))


def format_compact(value: float | None, *, rounding: Rounding = "near") -> str:
    """Write a number in little room, with two or three digits: 5.8 M, 312 M, 3.4 bn, 420 k, 7."""
    if value is None:
        return ""
    if abs(value) < 1000:
        return format_number(value, rounding=rounding)
    value = _significant(value, 3 if 10 ** (math.floor(math.log10(abs(value))) % 3) == 100 else 2, rounding)
    for size, _english, _french, short, court in UNITS:
        if abs(value) >= size:
            if size == 1e3 and abs(value) < 1e4:
                return _decimal(value)
            return f"{_decimal(round(value / size, 3))}{NBSP}{court if language() == 'fr' else short}"
    return _decimal(value)


def _decimal(value: float) -> str:
    return format_decimal(round(value, 6), format="#,##0.###", locale=locale())


Writer = Callable[..., str]


def _write_amount(amount: Amount, write: Writer, style: Style, *, exact_within: float = 0) -> str:
    low, high, central = amount.low, amount.high, amount.central
    symbols = style == "symbols"
    if low is not None and high is not None:
        if high - low <= exact_within:
            return write(central if central is not None else low, rounding="near")
        if central is not None:
            text = write(central, rounding="near")
            return f"≈{NBSP}{text}" if symbols else _("about %(amount)s", amount=text)
        if not low:
            text = write(high, rounding="up")
            return f"≤{NBSP}{text}" if symbols else _("up to %(amount)s", amount=text)
        first, second = write(low, rounding="down"), write(high, rounding="up")
        return f"{first}–{second}" if symbols else _("%(low)s to %(high)s", low=first, high=second)
    if low is not None:
        text = write(low, rounding="down")
        if central is not None and central == low:
            return f">{NBSP}{text}" if symbols else _("more than %(amount)s", amount=text)
        least = f"≥{NBSP}{text}" if symbols else _("at least %(amount)s", amount=text)
        if central is None or symbols:
            return least
        return _("about %(amount)s, %(bound)s", amount=write(central, rounding="near"), bound=least)
    if high is not None:
        text = write(high, rounding="up")
        return f"≤{NBSP}{text}" if symbols else _("up to %(amount)s", amount=text)
    if central is not None:
        text = write(central, rounding="near")
        return f"≈{NBSP}{text}" if symbols else _("about %(amount)s", amount=text)
    return ""


def format_amount(amount: Any, *, style: Style = "words", compact: bool | None = None) -> str:
    """Write a number with bounds, or a computed figure: "more than 10 million", "10 to 12", "≥ 5.8 M".

    `style="symbols"` is short, for tables; `compact` chooses two-digit numbers apart from the style.
    """
    amount = getattr(amount, "amount", amount)
    if amount is None:
        return ""
    short = style == "symbols" if compact is None else compact
    return _write_amount(amount, format_compact if short else format_number, style)


def format_minutes(minutes: float, *, rounding: Rounding = "near", step: int = 1) -> str:
    """Write a length of time: 30 s, 40 min, 26 h 02, 4 d 3 h. From two days up the minutes are dropped."""
    if 0 < minutes < 1:
        return f"{int(rounded(minutes * 60, 1, rounding))}{NBSP}s"
    total = int(rounded(minutes, step, rounding))
    if total >= 2880:
        total = int(rounded(minutes, max(step, 60), rounding))
    days, rest = divmod(total, 1440)
    hours, left = divmod(rest, 60)
    day = "j" if language() == "fr" else "d"
    if total >= 2880 or (total and not rest):
        return f"{days}{NBSP}{day}" + (f" {hours}{NBSP}h" if hours else "")
    if total >= 60:
        return f"{total // 60}{NBSP}h" + (f"{NBSP}{left:02}" if left else "")
    return f"{total}{NBSP}min"


def format_duration(amount: Any, *, style: Style = "words") -> str:
    """Write a duration with bounds (minutes), or a computed figure of one; a plain number is exact.

    Bounds at most two minutes apart come from moments exact to the minute and are said without "about".
    """
    amount = getattr(amount, "amount", amount)
    if amount is None:
        return ""
    if isinstance(amount, int | float):
        return format_minutes(amount)
    step = 1
    if amount.low is not None and amount.high is not None:
        width = amount.high - amount.low
        step = 1440 if width >= 2880 else 60 if width >= 240 else 1

    def write(minutes: float, *, rounding: Rounding) -> str:
        return format_minutes(
            minutes, rounding=rounding, step=step if rounding == "near" and minutes >= step else 1
        )

    return _write_amount(amount, write, style, exact_within=2)


def format_percent(value: Any) -> str:
    """Write a share as whole per cent; a share of nothing is a dash."""
    percent = getattr(value, "percent", value)
    if percent is None:
        return "–"
    shown = math.floor(percent + 0.5)
    if 0 < percent < 1:
        return f"<{NBSP}1{NBSP}%" if language() == "fr" else "< 1%"
    return f"{shown}{NBSP}%" if language() == "fr" else f"{shown}%"


FILTERS: dict[str, Callable[..., str]] = {
    "moment": format_moment,
    "moment_range": format_moment_range,
    "instant": format_instant,
    "day": format_day,
    "amount": format_amount,
    "duration": format_duration,
    "number": format_number,
    "compact": format_compact,
    "percent": format_percent,
    "zone_name": zone_name,
}
