"""From the tokens of a written date to a moment: hedges, ranges, and bounds that one side leaves open.

Knows what "between", "before" and "about" bound. Knows no patterns of text (`tokens`), no parts of a date
(`parts`) and no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from incidents.moment import FINE_TO_COARSE, Moment, Precision, Qualifier, bounds
from incidents.moment_errors import MomentError
from incidents.reading.days import resolve
from incidents.reading.parts import DATED, DAY, SECOND, Found, Notes, Parts, Setting, gather
from incidents.reading.tokens import Token, Unread
from incidents.zones import shifted

OPEN_ENDS = ("before", "after", "by", "not_before", "just_before", "just_after")
HEDGES = ("approx", "uncertain", "since", *OPEN_ENDS)
UNTIL = ("until", "till", "up to", "jusqu'a", "jusqu'au", "jusqu")
JOINTS = ("from", "to", "dash", "and", "or", "between")
LONG = (Precision.MONTH, Precision.SEASON, Precision.YEAR)
END_OF_MINUTE = timedelta(seconds=59)


def interpret(tokens: Sequence[Token], setting: Setting, notes: Notes) -> Moment:
    """Make a moment of the tokens of one text; raises `Unread` or `MomentError`."""
    hedges = [token.kind for token in tokens if token.kind in HEDGES]
    sides = _sides([token for token in tokens if token.kind not in HEDGES])
    ends = {hedge for hedge in hedges if hedge in OPEN_ENDS}
    if len(ends) > 1 or (ends and len(sides) == 2):
        raise Unread(setting.text)
    qualifier = Qualifier.EXACT
    if "uncertain" in hedges:
        qualifier = Qualifier.UNCERTAIN
    elif "approx" in hedges:
        qualifier = Qualifier.APPROXIMATE
    if len(sides) == 2:
        return _range(sides[0], sides[1], qualifier, setting, notes)
    found = resolve(sides[0], setting, notes)
    if ends:
        return _open(found, ends.pop(), qualifier, setting)
    return _closed(found, qualifier, setting, hedged=bool(hedges) or tokens[0].value in UNTIL)


def _sides(tokens: Sequence[Token]) -> tuple[Parts, ...]:
    """Split a phrase at its joint where it has two sides, and give what each side names."""
    kinds = [token.kind for token in tokens]
    start = kinds.index("between") if "between" in kinds else None
    shared: Sequence[Token] = () if start is None else tokens[:start]
    joints = [
        (kind, place) for kind in ("and", "or", "to", "dash") for place, at in enumerate(kinds) if at == kind
    ]
    for kind, place in joints:
        if start is not None and place < start:
            continue
        left, right = tokens[0 if start is None else start + 1 : place], tokens[place + 1 :]
        plainly = start is not None or kind != "to" or "from" in kinds[:place]
        if (sides := _split(shared, left, right, plainly)) is not None:
            return sides
    if start is not None or "and" in kinds:
        raise Unread("between")
    return (_gather(tokens),)


def _gather(tokens: Sequence[Token]) -> Parts:
    return gather([token for token in tokens if token.kind not in JOINTS])


def _split(
    shared: Sequence[Token], left: Sequence[Token], right: Sequence[Token], plainly: bool
) -> tuple[Parts, ...] | None:
    """Give both sides of a range, each completed from the other; None where they are no two of a kind.

    `plainly`: the words leave no doubt that it is a range, so that "between 10 and 11h" names two hours; "le 12 à
    22h" does not.
    """
    try:
        near, far, common = _gather(left), _gather(right), _gather(shared)
    except MomentError:
        return None
    if (
        plainly
        and near.number is not None
        and far.clock
        and not near.clock
        and not far.number
        and not near.part
    ):
        near = replace(near, clock=(near.number, None, None), number=None)  # "between 10 and 11h"
    if not (near.clock and far.clock) and not (near.has_day and far.has_day):
        return None
    if far.number is not None and not plainly:
        return None
    near, far = _numbered(near), _numbered(far)
    if near.clock and far.clock and far.has_day and not near.has_day and far.clock[0] < near.clock[0]:
        raise MomentError("reversed-range", "")
    follows = not far.has_day
    whole_near, whole_far = (_complete(_complete(a, common), b) for a, b in ((near, far), (far, near)))
    if near.part == "night":
        return (_night(whole_near, whole_far),)
    return whole_near, replace(whole_far, next_day=follows and _clock_key(far) < _clock_key(near))


def _clock_key(parts: Parts) -> tuple[int, int, int]:
    hour, minute, second = parts.clock or (0, 0, 0)
    return hour, minute or 0, second or 0


def _numbered(parts: Parts) -> Parts:
    """Take a bare number of a range for the day of the month."""
    return parts if parts.number is None else replace(parts, day=parts.number, number=None)


def _complete(side: Parts, other: Parts) -> Parts:
    """Fill what one side leaves to the other of the date and the zone; never a time of day."""
    side = replace(
        side,
        zone=side.zone or other.zone,
        offset=other.offset if side.offset is None else side.offset,
        abbreviation=side.abbreviation or other.abbreviation,
        local=side.local or other.local,
    )
    if not side.has_day:
        dated = {name: getattr(other, name) for name in DATED if name != "number"}
        return replace(side, **dated, lastday=other.lastday)
    if side.month is None and side.day is not None:
        side = replace(side, month=other.month)
    if side.year is None and side.away is None and (side.month or side.season or side.quarter):
        side = replace(side, year=other.year)
    return side


def _night(near: Parts, far: Parts) -> Parts:
    """Give the one night between two days, or the time in it."""
    if far.day is None or far.month is None or far.year is None:
        raise Unread("night")
    try:
        before = date(far.year, far.month, far.day) - DAY
    except (ValueError, OverflowError) as error:
        raise MomentError("impossible-date", "") from error
    if near.day is not None and (near.year, near.month, near.day) != (before.year, before.month, before.day):
        raise Unread("night")
    return replace(
        near,
        year=before.year,
        month=before.month,
        day=before.day,
        part="overnight",
        clock=near.clock or far.clock,
    )


def _closed(found: Found, qualifier: Qualifier, setting: Setting, *, hedged: bool) -> Moment:
    precision, first, last = found.precision, found.first, found.last
    if qualifier is not Qualifier.EXACT:
        if found.derived:
            precision = _spoken(found)
            first, last = bounds(found.value, precision, qualifier, found.zone)
        else:
            reach = (
                (last - first + SECOND) // (2 if qualifier is Qualifier.APPROXIMATE else 1) // SECOND * SECOND
            )
            first, last = shifted(first, -reach), shifted(last, reach)
    words = setting.text if hedged or not found.plain else None
    return Moment(found.value, precision, qualifier, first, last, found.zone, words)


def _spoken(found: Found) -> Precision:
    """Give the precision of a hedged side: "about 22h" speaks of a point in time, not of the hour from 22:00."""
    return Precision.MINUTE if found.precision is Precision.HOUR and found.timed else found.precision


def _last(found: Found) -> datetime:
    """Give the last second of a side that bounds something: "until 22h" ends with the minute 22:00."""
    return found.first + END_OF_MINUTE if _spoken(found) is not found.precision else found.last


def _margin(found: Found, qualifier: Qualifier) -> timedelta:
    """Give how far a hedge beside a bound moves it outwards."""
    if qualifier is Qualifier.EXACT or not found.derived:
        return timedelta(0)
    return found.first - bounds(found.value, _spoken(found), qualifier, found.zone)[0]


def _open(found: Found, end: str, qualifier: Qualifier, setting: Setting) -> Moment:
    """Bound a moment on one side, or tightly on both for "just before" and "just after".

    A time of day is a point: "before 22:00" allows 22:00:00. A day or more is a stretch: "before the 12th" ends
    with the 11th, "after the 12th" begins with the 13th.
    """
    margin = _margin(found, qualifier)
    earliest: datetime | None = None
    latest: datetime | None = None
    value = ""
    ahead = found.first if found.timed else shifted(found.first, -SECOND)
    behind = found.first if found.timed else shifted(found.last, SECOND)
    if end == "before":
        latest = shifted(ahead, margin)
    elif end == "by":
        latest = shifted(_last(found), margin)
    elif end == "after":
        earliest = shifted(behind, -margin)
    elif end == "not_before":
        earliest = shifted(found.first, -margin)
    else:
        if not found.derived:
            raise Unread(setting.text)
        qualifier = Qualifier.APPROXIMATE if qualifier is Qualifier.EXACT else qualifier
        around = bounds(found.value, _spoken(found), qualifier, found.zone)
        earliest, latest = (around[0], ahead) if end == "just_before" else (behind, around[1])
        value = found.value if found.timed else ""
    return Moment(value, _spoken(found), qualifier, earliest, latest, found.zone, setting.text)


def _range(near: Parts, far: Parts, qualifier: Qualifier, setting: Setting, notes: Notes) -> Moment:
    """Bound a moment by two sides, both included."""
    one, two = resolve(near, setting, notes), resolve(far, setting, notes)
    if far.next_day:
        notes.add("past-midnight")
    if (one.precision in LONG) != (two.precision in LONG):
        raise Unread(setting.text)  # "2025-12": a year and a day are no two ends
    earliest, latest = one.first, _last(two)
    if latest < earliest:
        raise MomentError("reversed-range", setting.text)
    notes.add("range")
    widest = max(_spoken(one), _spoken(two), key=FINE_TO_COARSE.index)
    return Moment(
        "",
        widest,
        qualifier,
        shifted(earliest, -_margin(one, qualifier)),
        shifted(latest, _margin(two, qualifier)),
        one.zone or two.zone,
        setting.text,
    )
