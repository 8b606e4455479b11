"""The general date parser, last and fenced: it may only rearrange a day, a month and a year that the text names.

Knows what dateparser gets wrong without a word, and refuses those texts before it sees them. Loads it on first use,
for loading and the first call take a fifth of a second.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from incidents.reading.words import (
    AMBIGUOUS_ZONES,
    MONTHS,
    WEEKDAY_NAMES,
    WEEKDAYS,
    ZONE_OFFSETS,
    ZONE_PLACES,
)

LONGEST = 64
BASE = datetime(2000, 1, 1)
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
SHAPE = re.compile(
    rf"(?=.*(?<!\d)[12]\d{{3}}(?!\d))(?=.*(?<!\d)\d{{1,2}}(?!\d))(?=.*\b(?:{MONTH})\b)[a-z0-9 ,.:'()-]+"
)
# Words that change what a date bounds: the parser would drop them in silence.
REFUSED = re.compile(
    r"\b(?:avant|before|apres|after|entre|between|vers|environ|about|around|depuis|since|until|jusqu|ou|or|et|and"
    r"|not|pas|ni|nor|sauf|except|hier|yesterday|il y a|ago|dans|debut|fin|mi|early|mid|late|nuit|night|soir"
    r"|evening|matin|morning|circa|ans|years?|mois|months?|semaines?|weeks?|jours?|days?|heures?|hours?|minutes?"
    r"|mins?|secondes?|seconds?|h|m|s)\b"
)
# With `RETURN_AS_TIMEZONE_AWARE` off it drops a zone, and with it on it does not say where it found one.
ZONES = re.compile(rf"\b(?:{'|'.join({**ZONE_OFFSETS, **AMBIGUOUS_ZONES, **ZONE_PLACES})})\b")
CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?P<second>:\d\d)?(?!\d)")
# The parser also takes weekdays of two letters, in English or French.
_TWO_LETTERS = "mo tu we th fr sa su lu ma me je ve sa di"
SHORT_WEEKDAYS = dict(zip(_TWO_LETTERS.split(), [*range(7)] * 2, strict=True))
WEEKDAY = re.compile(rf"\b(?:{'|'.join({**SHORT_WEEKDAYS, **WEEKDAYS})})\b")
SETTINGS: dict[str, Any] = {
    "DATE_ORDER": "DMY",
    "STRICT_DATE_ORDER": "all",
    "PARSERS": ["absolute-time"],
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RELATIVE_BASE": BASE,
    "RETURN_AS_TIMEZONE_AWARE": False,
    "RETURN_TIME_AS_PERIOD": True,
}


@lru_cache(maxsize=1024)
def parsed_elsewhere(folded: str) -> str | None:
    """Give a folded text as ISO text that the parser finds in it, or None.

    The year and the day found must stand in the text as digits, and nothing but the time of day may stand beside
    them. A weekday is handed on in front of the date, to be checked: the parser does not.
    """
    if len(folded) > LONGEST or not SHAPE.fullmatch(folded) or REFUSED.search(folded) or ZONES.search(folded):
        return None
    found, period = _parse(folded)
    if found is None or found.tzinfo is not None:
        return None
    clock = CLOCK.search(folded)
    numbers = {int(number) for number in re.findall(r"\d+", CLOCK.sub(" ", folded))}
    if numbers != {found.year, found.day} or (clock is None) != (period == "day"):
        return None
    weekday = WEEKDAY.search(folded)
    named = f"{WEEKDAY_NAMES[{**SHORT_WEEKDAYS, **WEEKDAYS}[weekday[0]]].lower()} " if weekday else ""
    if clock is None:
        return named + found.date().isoformat()
    twelve = 12 if re.search(r"\d ?[ap]\.? ?m", folded) else 24
    if (found.hour % twelve, found.minute) != (int(clock["hour"]) % twelve, int(clock["minute"])):
        return None
    return named + found.isoformat(timespec="seconds" if clock["second"] else "minutes").replace("T", " ")


def _parse(folded: str) -> tuple[datetime | None, str]:
    from dateparser.date import DateDataParser

    data = DateDataParser(languages=["fr", "en"], settings=SETTINGS).get_date_data(folded)
    return data.date_obj, data.period or ""
