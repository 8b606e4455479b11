"""The tokens of a written date: dates, times, zones, hedges and joints, from folded French or English text.

One pass over the text, left to right; a stretch that no token covers makes the whole text unread. Knows how a day
and a month are told apart. Knows no bounds, no zone rules and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from incidents.moment_errors import MomentError
from incidents.reading.numbers import NUMBER_WORDS, number_of_words
from incidents.reading.patterns import PIECES, TOKEN
from incidents.reading.words import (
    AMBIGUOUS_ZONES,
    DAY_PART_WORDS,
    MONTHS,
    ORDINALS,
    PORTIONS,
    SEASON_WORDS,
    WEEKDAYS,
    ZONE_OFFSETS,
    ZONE_PLACES,
)

DateOrder = Literal["DMY", "MDY", "YMD"]


@dataclass(frozen=True, slots=True)
class Token:
    """One thing that a text names; `kind` says what `value` is."""

    kind: str
    value: Any = None


class Unread(Exception):
    """A stretch of text that no token covers."""


_OFFSET = re.compile(r"\s?(?P<sign>[+-])(?P<hours>0\d|1[0-4]|\d(?!\d))(?::?(?P<minutes>[0-5]\d))?(?![\d:h])")
BEFORE_MINUS = re.compile(r"(?:\d:\d\d:\d\d(?:[.,]\d+)?|t\d\d:?\d\d(?:\d\d)?)$")
_SPELLED = re.compile(
    rf"({NUMBER_WORDS}|\bpremier)(?=\s+(?:heures?|h|o'?clock)(?![a-z])|\s+(?:{PIECES['MONTH']})(?![a-z]))"
)
_FRENCH_PAST = {"quart": 15, "demi": 30, "demie": 30, "cinq": 5, "dix": 10, "vingt": 20, "vingt-cinq": 25}


def tokens_of(folded: str, order: DateOrder | None) -> tuple[list[Token], list[str]]:
    """Split a folded text into tokens; raises `Unread`, or `MomentError` where a date in it cannot be.

    Also gives the notes that reading made: `two-digit-year`.
    """
    text = _SPELLED.sub(_spelled, folded)
    tokens: list[Token] = []
    notes: list[str] = []
    place = 0
    while place < len(text):
        if tokens and tokens[-1].kind == "time" and (offset := _offset_at(text, place)):
            tokens.append(Token("zone", int(offset[0])))
            place = offset[1]
            continue
        match = TOKEN.match(text, place)
        if match is None or match.end() == place:
            raise Unread(text[place:])
        kind = match.lastgroup or ""
        place = match.end()
        if kind == "fill":
            continue
        if kind == "usual" and any(token.kind == "between" for token in tokens):
            kind = "and"
        reader = _READERS.get(kind)
        if reader is None:
            tokens.append(Token(kind, match[0] if kind == "to" else None))
        elif kind in ("numeric", "dmy", "my"):
            tokens.extend(reader(match, order, notes))
        else:
            tokens.extend(reader(match))
    return tokens, notes


def _spelled(match: re.Match[str]) -> str:
    number = 1 if match[1] == "premier" else number_of_words(match[1])
    return match[1] if number is None else str(number)


def _offset_at(text: str, place: int) -> tuple[int, int] | None:
    """Give the minutes of an offset that directly follows a time, and where it ends.

    A minus with a colon after a time without seconds ("10:00-11:30") is far more often a range than an offset.
    """
    match = _OFFSET.match(text, place)
    if match is None:
        return None
    if match["sign"] == "-" and not BEFORE_MINUS.search(text[:place]):
        compact = re.fullmatch(r"\s?-\d{4}", match[0])
        if not compact or re.match(r"\s*(?:h|hrs)\b", text[match.end() :]):
            return None
    minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
    return (-minutes if match["sign"] == "-" else minutes), match.end()


def _full_year(text: str, notes: list[str]) -> int:
    if len(text) == 4:
        return int(text)
    notes.append("two-digit-year")
    return int(text) + (1900 if int(text) >= 69 else 2000)


def _numeric(match: re.Match[str], order: DateOrder | None, notes: list[str]) -> list[Token]:
    first, second, third = match["n1"], match["n2"], match["n3"]
    day, _ = read_numeric(first, second, third, order, match[0].strip(), notes)
    return [Token("date", (day.year, day.month, day.day))]


_PLACES: Mapping[str, tuple[int, int, int]] = {"DMY": (2, 1, 0), "MDY": (2, 0, 1), "YMD": (0, 1, 2)}


def read_numeric(
    first: str, second: str, third: str, order: DateOrder | None, text: str, notes: list[str]
) -> tuple[date, str]:
    """Read a date of three numbers of which the first is no full year; give it with the order that was used.

    Without a stated order only a date with one possible reading is read: `ambiguous-order` otherwise, and
    `impossible-date` where none is possible. A date that the stated order forbids is `order-mismatch`.
    """
    parts = (first, second, third)
    candidates = ("DMY", "MDY") if len(third) == 4 else ("DMY", "MDY", "YMD")
    readings: dict[str, date] = {}
    for name in candidates:
        year, month, day = (parts[index] for index in _PLACES[name])
        if len(year) not in (2, 4):
            continue
        try:
            readings[name] = date(_full_year(year, []), int(month), int(day))
        except ValueError:
            continue
    if len(third) == 2 and readings:
        notes.append("two-digit-year")
    if not readings:
        raise MomentError("impossible-date", text)
    stated = order if order in candidates else None
    if stated in readings:
        return readings[stated], stated
    if stated:
        other, reading = next(iter(readings.items()))
        raise MomentError(
            "order-mismatch", text, {"order": stated, "other": other, "reading": reading.isoformat()}
        )
    distinct = list(dict.fromkeys(readings.values()))
    if len(distinct) > 1:
        raise MomentError(
            "ambiguous-order", text, {"first": distinct[0].isoformat(), "second": distinct[1].isoformat()}
        )
    return distinct[0], next(iter(readings))


def _dmy(match: re.Match[str], order: DateOrder | None, notes: list[str]) -> list[Token]:
    year = match["d3"] or match["d4"] or match["d5"]
    return [Token("date", (_full_year(year, notes) if year else None, MONTHS[match["d2"]], int(match["d1"])))]


def _my(match: re.Match[str], order: DateOrder | None, notes: list[str]) -> list[Token]:
    year = match["y2"] or match["y3"]
    return [Token("month", (_full_year(year, notes) if year else None, MONTHS[match["y1"]]))]


def _mdy(match: re.Match[str]) -> list[Token]:
    return [Token("date", (int(match["b3"]) if match["b3"] else None, MONTHS[match["b1"]], int(match["b2"])))]


def _iso(match: re.Match[str]) -> list[Token]:
    return [Token("date", (int(match["i1"]), int(match["i2"]), int(match["i3"])))]


def _compact(match: re.Match[str]) -> list[Token]:
    day, clock = match["c1"], match["c2"]
    second = int(clock[4:]) if len(clock) == 6 else None
    return [
        Token("date", (int(day[:4]), int(day[4:6]), int(day[6:]))),
        Token("time", (int(clock[:2]), int(clock[2:4]), second)),
    ]


def _isoweek(match: re.Match[str]) -> list[Token]:
    year, week = int(match["w1"]), int(match["w2"])
    try:
        day = date.fromisocalendar(year, week, int(match["w3"] or 1))
    except ValueError as error:
        raise MomentError("impossible-date", match[0]) from error
    return (
        [Token("date", (day.year, day.month, day.day))]
        if match["w3"]
        else [Token("week", week), Token("year", year)]
    )


def _dayless(match: re.Match[str]) -> list[Token]:
    year, month = (match["l2"], match["l1"]) if match["l1"] else (match["l3"], match["l4"])
    if not 1 <= int(month) <= 12:
        raise MomentError("impossible-date", match[0])
    return [Token("month", (int(year), int(month)))]


def _clock(match: re.Match[str]) -> list[Token]:
    hour, minute = int(match["t1"]), int(match["t2"])
    if match["t5"]:
        if hour not in (0, 12, 24):
            raise MomentError("impossible-date", match[0])
        hour = 12 if match["t5"] in ("noon", "midi") else 0
    return [
        Token(
            "time",
            (_half_day(hour, match["t4"], match[0]), minute, int(match["t3"]) if match["t3"] else None),
        )
    ]


def _pm(match: re.Match[str]) -> list[Token]:
    minute = int(match["p2"]) if match["p2"] else None
    return [Token("time", (_half_day(int(match["p1"]), match["p3"], match[0]), minute, None))]


def _half_day(hour: int, letter: str | None, text: str) -> int:
    if letter is None:
        return hour
    if hour > 12 and letter == "p":
        return hour
    if not (1 <= hour <= 12 or (hour == 0 and letter == "a")):
        raise MomentError("impossible-date", text)
    return hour % 12 + (12 if letter == "p" else 0)


def _military(match: re.Match[str]) -> list[Token]:
    return [Token("time", (int(match["m1"]), int(match["m2"]), None))]


def _hours(match: re.Match[str]) -> list[Token]:
    hour, minute = int(match["h1"]), int(match["h2"]) if match["h2"] else None
    if match["h4"]:
        minute = _FRENCH_PAST[match["h4"]]
    elif match["h5"]:
        hour, minute = (hour - 1) % 24, 60 - _FRENCH_PAST[match["h5"]]
    return [Token("time", (hour, minute, int(match["h3"]) if match["h3"] else None))]


def _named(match: re.Match[str]) -> list[Token]:
    hour = 12 if match["k1"] in ("noon", "midday", "midi") else 0
    named = [] if hour else [Token("midnight")]
    return [*named, Token("time", (hour, _FRENCH_PAST[match["k2"]] if match["k2"] else 0, None))]


def _just(match: re.Match[str]) -> list[Token]:
    return [Token("just_before" if match["j2"] in ("avant", "before") else "just_after")]


_DAYS_AWAY = {
    "avant-hier": -2,
    "the day before yesterday": -2,
    "hier": -1,
    "yesterday": -1,
    "demain": 1,
    "tomorrow": 1,
}
_RELATIVE_PARTS = {
    "ce soir": "evening",
    "tonight": "night",
    "this evening": "evening",
    "ce matin": "morning",
    "this morning": "morning",
    "cet apres-midi": "afternoon",
    "this afternoon": "afternoon",
}


def _relative(match: re.Match[str]) -> list[Token]:
    if match["r2"] or match["r3"]:
        return [Token("away", -int(match["r2"] or match["r3"]))]
    word = match["r1"]
    if word in ("cette nuit", "la nuit derniere", "last night"):
        return [Token("away", -1), Token("part", "overnight")]
    if word == "tonight":
        return [Token("away", 0), Token("part", "overnight")]
    part = [Token("part", _RELATIVE_PARTS[word])] if word in _RELATIVE_PARTS else []
    return [Token("away", _DAYS_AWAY.get(word, 0)), *part]


def _season(match: re.Match[str]) -> list[Token]:
    name, year, until = SEASON_WORDS[match["s1"]], match["s2"], match["s3"]
    if until and (name != "winter" or int(until) % 100 != (int(year) + 1) % 100):
        raise MomentError("impossible-date", match[0])
    return [Token("season", (int(year) if year else None, name, bool(until)))]


def _place(match: re.Match[str]) -> list[Token]:
    return [Token("zone", ZONE_PLACES[match["z2"] or match["z3"]])]


def _iana(match: re.Match[str]) -> list[Token]:
    name = re.sub(
        r"[a-z]+", lambda m: m[0] if m[0] in ("au", "of", "es", "de") else m[0].capitalize(), match["z1"]
    )
    return [Token("zone", name)]


def _zone(match: re.Match[str]) -> list[Token]:
    name, offset = match["z4"], match["z5"]
    if offset:
        hours, _, minutes = offset[1:].partition(":")
        if len(hours) == 3 or len(hours) == 4:
            hours, minutes = hours[:-2], hours[-2:]
        east = int(hours) * 60 + int(minutes or 0)
        return [Token("zone", -east if offset[0] == "-" else east)]
    return [Token("abbreviation", name)] if name in AMBIGUOUS_ZONES else [Token("zone", ZONE_OFFSETS[name])]


def _ordinal(kind: str, digit: str, other: str | None, word: str) -> Callable[[re.Match[str]], list[Token]]:
    def reader(match: re.Match[str]) -> list[Token]:
        number = match[digit] or (match[other] if other else None)
        count = int(number) if number else ORDINALS[match[word]]
        if kind == "half":
            count = 2 if match[word] in ("dernier", "last") else count
            if count > 2:
                raise MomentError("impossible-date", match[0])
        return [Token(kind, count)]

    return reader


_READERS: Mapping[str, Callable[..., list[Token]]] = {
    "numeric": _numeric,
    "dmy": _dmy,
    "my": _my,
    "mdy": _mdy,
    "ymd": lambda match: [Token("date", (int(match["j3"]), MONTHS[match["j4"]], int(match["j5"])))],
    "iso": _iso,
    "compact": _compact,
    "isoweek": _isoweek,
    "dayless": _dayless,
    "clock": _clock,
    "pm": _pm,
    "military": _military,
    "hours": _hours,
    "named": _named,
    "just": _just,
    "relative": _relative,
    "season": _season,
    "place": _place,
    "iana": _iana,
    "zone": _zone,
    "usual": lambda match: [Token("zone", ZONE_PLACES[match["z6"]])],
    "quarter": _ordinal("quarter", "q1", "q2", "q3"),
    "half": _ordinal("half", "e1", None, "e3"),
    "fortnight": lambda match: [Token("fortnight", 1 if match["f1"] in ("premiere", "1re", "1ere") else 2)],
    "tuesday": lambda match: [Token("weekday", WEEKDAYS["mardi"])],
    "week": lambda match: [Token("week", int(match["g1"]))],
    "portion": lambda match: [Token("portion", PORTIONS[match["o1"]])],
    "part": lambda match: [Token("part", DAY_PART_WORDS[match["a1"]])],
    "weekday": lambda match: [Token("weekday", WEEKDAYS[match["v1"]])],
    "year": lambda match: [Token("year", int(match["x1"]))],
    "number": lambda match: [Token("number", int(match["u1"]))],
}
