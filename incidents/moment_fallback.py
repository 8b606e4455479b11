"""The general date parser, last and fenced: it may only rearrange a day, a month and a year that the text names.

Knows what dateparser gets wrong without a word, and refuses those texts before it sees them. Loads it on first use,
for loading and the first call take a fifth of a second.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from incidents.moment_words import MONTHS

LONGEST = 64
BASE = datetime(2000, 1, 1)
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
SHAPE = re.compile(
    rf"(?=.*(?<!\d)[12]\d{{3}}(?!\d))(?=.*(?<!\d)\d{{1,2}}(?!\d))(?=.*\b(?:{MONTH})\b)[a-z0-9 ,.:'()-]+"
)
# Words that change what a date bounds: the parser would drop them in silence.
REFUSED = re.compile(
    r"\b(?:avant|before|apres|after|entre|between|vers|environ|about|around|depuis|since|until|jusqu|ou|or|et|and|not|pas|ni|nor"
    r"|sauf|except|hier|yesterday|il y a|ago|dans|debut|fin|mi|early|mid|late|nuit|night|soir|evening|matin|morning|circa"
    r"|ans|years?|mois|months?|semaines?|weeks?|jours?|days?|heures?|hours?|minutes?|mins?|secondes?|seconds?|h|m|s)\b"
)
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

    The year and the day found must stand in the text as digits, and a time only where the text has a colon.
    """
    if len(folded) > LONGEST or not SHAPE.fullmatch(folded) or REFUSED.search(folded):
        return None
    found, period = _parse(folded)
    if found is None or found.tzinfo is not None:
        return None
    numbers = {int(number) for number in re.findall(r"\d+", folded)}
    if not {found.year, found.day} <= numbers:
        return None
    if period == "day":
        spoken = {found.year, found.day}
        return found.date().isoformat() if numbers == spoken and ":" not in folded else None
    if period != "time" or not {found.hour % 12, found.minute} <= {
        number % 12 if number == found.hour % 12 + 12 else number for number in numbers
    } | {found.hour % 12}:
        return None
    return found.isoformat(timespec="minutes" if not found.second else "seconds")


def _parse(folded: str) -> tuple[datetime | None, str]:
    from dateparser.date import DateDataParser

    data = DateDataParser(languages=["fr", "en"], settings=SETTINGS).get_date_data(folded)
    return data.date_obj, data.period
