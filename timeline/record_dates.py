"""Dates as records write them, in words: a year, a season, a month or a day, alone or from one to another.

Knows the language of the page; no record and no HTML.
"""

from __future__ import annotations

from datetime import date

from incidents import Moment, TimelineError
from timeline.formats import format_day, format_moment
from timeline.wording import _

DAILY = ("day", "hour", "minute", "second")


def partial_date(text: str | date | None) -> str:
    """Write a date of a record, which may be a year, a season, a month or a day; what is none of these as it is."""
    if not text:
        return ""
    if isinstance(text, date):
        return format_day(text)
    try:
        moment = Moment.from_flat("date", {"date": text}, None)
    except TimelineError:
        return text
    return format_moment(moment, show_zone=False) if moment else ""


def period(since: str | date | None, until: str | date | None) -> str:
    """Say from when to when; "" where neither is known. Days and coarser dates take other words in French."""
    first, last = partial_date(since), partial_date(until)
    if first and last:
        if _is_day(since) and _is_day(until):
            return _("%(first_day)s to %(last_day)s", first_day=first, last_day=last)
        return _("%(since)s to %(until)s", since=first, until=last)
    if first:
        return _("since %(day)s", day=first) if _is_day(since) else _("since %(since)s", since=first)
    if last:
        return _("until %(day)s", day=last) if _is_day(until) else _("until %(until)s", until=last)
    return ""


def _is_day(value: str | date | None) -> bool:
    return isinstance(value, date) or (value is not None and len(value) == 10 and value[5:7].isdigit())


def just_day(moment: Moment | None) -> str:
    """Write the day of a moment without its time, short, for lists; a coarser moment as coarse as it is."""
    if moment is None:
        return ""
    if str(moment.precision) in DAILY and len(moment.value) >= 10:
        day = format_day(date.fromisoformat(moment.value[:10]), short=True)
        return day if str(moment.qualifier) == "exact" or moment.has_time else _("about %(day)s", day=day)
    return format_moment(moment, show_zone=False, short=True)
