"""One number with its unit, as written: counts of people and things, and durations in minutes.

Knows separators of thousands, words of size and units of time in French and English. Knows no hedges and no ranges.
Raises `ValueError` for what is no quantity, and `AmountError` for what has two readings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from incidents.amount import LARGEST, AmountError, Number, whole

ClockForm = Literal["hours", "minutes"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its value, the least and most it can mean, its unit, and the text behind the digits."""

    value: Number
    least: Number
    most: Number
    unit: str = ""
    tail: str = ""
    bare: bool = True


NUMBER = r"(?:\d{1,3}(?:[ .,'_]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
SIZES = {
    "k": 10**3,
    "thousand": 10**3,
    "mille": 10**3,
    "millier": 10**3,
    "milliers": 10**3,
    "hundred": 10**2,
    "dozen": 12,
    "douzaine": 12,
    "douzaines": 12,
    "m": 10**6,
    "mm": 10**6,
    "mn": 10**6,
    "mio": 10**6,
    "mln": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "md": 10**9,
    "mds": 10**9,
    "mrd": 10**9,
    "bn": 10**9,
    "milliard": 10**9,
    "milliards": 10**9,
    "billion": 10**9,
}
# How what is counted begins, in either language; any ending and further words may follow.
NOUNS = """
    abonn account agence antenne appareil appel box branch business call citizen citoyen client commande
    commune compan compte conne consommateur consumer customer device ecole eleve employ entreprise
    enregistrement equipement equipment etudiant foyer habitant home hopita hospital household individual
    inhabitant internaute ligne line machine magasin member membre menage mobile order particulier
    passager passenger patient people person personne phone record request requete resident salari school
    server serveur site station store student subscriber subscription telephone train transaction usager
    user utilisateur victim visiteur visitor voyageur
"""
_JOIN = r"(?:(?:d[e']s?|du|of|the|our|its|their|ses|leurs|les|total|unique|individual|active|actifs?)(?![a-z])\s*|d')*"
_COUNT = re.compile(
    rf"(?P<number>{NUMBER})\s*(?P<half>et demie? |and (?:a|1) half )?"
    rf"(?P<tail>(?P<size>{'|'.join(sorted(SIZES, key=len, reverse=True))}|billions)?(?![a-z])"
    rf"(?P<more> et demie?| and (?:a|1) half)?\s*{_JOIN}(?P<noun>(?:{'|'.join(NOUNS.split())})[a-z' -]*)?"
    r"(?:,? ?(?:au total|in total|affected|impacted|touche[es]*|concerne[es]*))?)"
)
_FRACTION = re.compile(r"(?:1 )?(?:demi-|half (?:a |1 )?)(million|milliard|billion)s?\b(.*)")


def number_of(text: str, *, decimal_point: bool = False) -> Number:
    """Read digits with separators. "1,234" is thousands; "1.234" has two readings unless `decimal_point`.

    Raises `AmountError` (`ambiguous-number`).
    """
    compact = text.replace(" ", "").replace("'", "").replace("_", "")
    marks = [mark for mark in compact if mark in ".,"]
    if not marks:
        return int(compact)
    last = marks[-1]
    if len(set(marks)) == 2:
        other = "," if last == "." else "."
        if marks.count(last) > 1 or not re.fullmatch(rf"\d{{1,3}}(?:[{other}]\d{{3}})*[{last}]\d+", compact):
            raise ValueError(text)
        return whole(float(compact.replace(other, "").replace(last, ".")))
    grouped = re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", compact) is not None
    if len(marks) > 1:
        if not grouped:
            raise ValueError(text)
        return int(compact.replace(last, ""))
    if grouped and last == "," and " " not in text:
        return int(compact.replace(",", ""))
    if grouped and last == "." and not decimal_point:
        raise AmountError("ambiguous-number", text, {"first": compact, "second": compact.replace(".", "")})
    return whole(float(compact.replace(",", ".")))


def count_of(text: str) -> Quantity:
    """Read one count: digits, perhaps a word of size, perhaps what is counted."""
    fraction = _FRACTION.fullmatch(text)
    if fraction:
        return _exactly(SIZES[fraction[1]] // 2, bare=False)
    if re.fullmatch(rf"-\s?{NUMBER}", text):
        raise AmountError("negative", text)
    match = _COUNT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    size = match["size"]
    if size == "billions":
        raise AmountError("ambiguous-unit", text, {"first": "10^9", "second": "10^12"})
    value = number_of(match["number"], decimal_point=size is not None)
    if size and re.fullmatch(r"[1-9]\d{0,2},\d{3}", match["number"]):
        decimal = match["number"].replace(",", ".")
        raise AmountError(
            "ambiguous-number", text, {"first": f"{decimal} {size}", "second": f"{value} {size}"}
        )
    factor = SIZES[size] if size else 1
    if (match["half"] and size) or (match["more"] and size):
        value = value + 0.5
    elif match["half"] or match["more"]:
        value = value + _scale(value) / 2  # "2000000 et demi" was "deux millions et demi"
    return _exactly(whole(round(value * factor, 9)), tail=match["tail"].strip(), bare=not size)


def _scale(value: Number) -> int:
    for scale in (10**9, 10**6, 10**3):
        if value and value % scale == 0:
            return scale
    raise ValueError(str(value))


def _exactly(value: Number, *, unit: str = "", tail: str = "", bare: bool = True) -> Quantity:
    if value > LARGEST:
        raise AmountError("not-finite", str(value))
    return Quantity(value, value, value, unit, tail, bare)


UNITS: dict[str, str] = {
    word: unit
    for unit, words in {
        "second": "seconds second secondes seconde secs sec s",
        "minute": "minutes minute mins min mn m",
        "hour": "heures heure hours hour hrs hr h",
        "day": "journees journee jours jour days day d j",
        "week": "semaines semaine weeks week wks wk sem w",
        "month": "mois months month",
        "year": "annees annee years year ans an yrs yr",
    }.items()
    for word in words.split()
}
MINUTES: dict[str, tuple[Number, Number]] = {
    "second": (1 / 60, 1 / 60),
    "minute": (1, 1),
    "hour": (60, 60),
    "day": (1440, 1440),
    "week": (10_080, 10_080),
    "month": (28 * 1440, 31 * 1440),
    "year": (365 * 1440, 366 * 1440),
}
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_PIECE = re.compile(
    rf"(?P<number>{NUMBER})\s*(?P<half>1/2|et demie?|and (?:a|1) half)?\s*"
    rf"(?:(?P<unit>{_UNIT})(?![a-z])\.?|(?P<prime>'))"
    r"(?P<more>\s*(?:et demie?|and (?:a|1) half)(?![a-z]))?\s*(?:(?:,|et|and)\s+(?=\d))?"
)
_LAST = re.compile(r"(?P<number>[0-5]?\d)'?")
_CLOCK = re.compile(
    r"(?:(?P<days>\d+)\s*(?:days?|jours?|d|j),?\s*)?(?P<a>\d{1,4}):(?P<b>[0-5]\d)(?::(?P<c>[0-5]\d)(?:[.,]\d+)?)?"
    r"(?:\s*(?P<unit>h|hrs?|hours?|heures?|min|minutes?|mn))?"
)
_FRACTIONAL = r"\d+(?:[.,]\d+)?"
_ISO = re.compile(
    rf"p(?=[\dt])(?:(?P<year>\d+)y)?(?:(?P<month>\d+)m)?(?:(?P<week>{_FRACTIONAL})w)?(?:(?P<day>{_FRACTIONAL})d)?"
    rf"(?:t(?=\d)(?:(?P<hour>{_FRACTIONAL})h)?(?:(?P<minute>{_FRACTIONAL})m)?(?:(?P<second>{_FRACTIONAL})s)?)?"
)
_PARTS: tuple[tuple[re.Pattern[str], Number, str], ...] = tuple(
    (re.compile(rf"(?:1 |un |une |a )?(?:{pattern})"), minutes, unit)
    for pattern, minutes, unit in (
        (r"demie?[- ]heure|half(?: an| 1)? hour|half-hour|1/2 (?:h|heure|hour)", 30, "hour"),
        (r"quart d'heure|quarter of (?:an|1) hour|quarter hour|1/4 (?:h|d'heure)", 15, "minute"),
        (r"(?:3|trois|three) (?:quarts d'heure|quarters of (?:an|1) hour)|3/4 (?:h|d'heure)", 45, "minute"),
        (r"demie?[- ]journee|half(?: a| 1)? day|half-day", 720, "hour"),
    )
)
_FINENESS = ("second", "minute", "hour", "day", "week", "month", "year")


def duration_of(text: str, clock: ClockForm | None = None) -> Quantity:
    """Read one duration as minutes: a bare number, units, clock form or ISO 8601."""
    text = re.sub(r"^(?:d'|de |for |pendant |durant |during |of |the )+", "", text.strip(" .")).strip()
    text = re.sub(r"(?<=\d) (?:de |of )(?=[a-z])", " ", text)
    for pattern, minutes, unit in _PARTS:
        if pattern.fullmatch(text):
            return _exactly(minutes, unit=unit, bare=False)
    if re.fullmatch(rf"-\s?{NUMBER}(?:\s*[a-z]+)?", text):
        raise AmountError("negative", text)
    if re.fullmatch(NUMBER, text):
        return _exactly(number_of(text, decimal_point=True), unit="minute")
    if match := _ISO.fullmatch(text):
        return _summed([(_decimal(match[name]), name) for name in _FINENESS if match[name] is not None], text)
    if match := _CLOCK.fullmatch(text):
        return _clocked(match, clock, text)
    return _pieces(text)


def _decimal(text: str) -> Number:
    return whole(float(text.replace(",", ".")))


def _clocked(match: re.Match[str], clock: ClockForm | None, text: str) -> Quantity:
    first, second = int(match["a"]), int(match["b"])
    unit = match["unit"] or ""
    if match["c"] is None and match["days"] is None:
        if unit.startswith("h"):
            clock = "hours"
        elif unit.startswith("m"):
            clock = "minutes"
        if clock is None:
            shown = {"first": f"{first} h {second:02} min", "second": f"{first} min {second:02} s"}
            raise AmountError("ambiguous-unit", text, shown)
    pieces: list[tuple[Number, str]]
    if clock == "minutes" and match["c"] is None:
        pieces = [(first, "minute"), (second, "second")]
    else:
        pieces = [(first, "hour"), (second, "minute"), (int(match["c"] or 0), "second")]
    return _summed([(int(match["days"] or 0), "day"), *pieces], text)


def _pieces(text: str) -> Quantity:
    pieces: list[tuple[Number, str]] = []
    place = 0
    tail = ""
    while place < len(text):
        match = _PIECE.match(text, place)
        if match is None:
            rest = _LAST.fullmatch(text, place)
            if rest is None or not pieces or pieces[-1][1] not in ("hour", "minute"):
                raise ValueError(text)
            pieces.append((int(rest["number"]), "minute" if pieces[-1][1] == "hour" else "second"))
            break
        unit = UNITS[match["unit"]] if match["unit"] else "minute"
        number = number_of(match["number"].strip(), decimal_point=True)
        pieces.append((number + (0.5 if match["half"] or match["more"] else 0), unit))
        tail = match["unit"] or "min"
        place = match.end()
    if len(pieces) != len({unit for _, unit in pieces}):
        raise ValueError(text)
    order = [_FINENESS.index(unit) for _, unit in pieces]
    if order != sorted(order, reverse=True):
        raise ValueError(text)
    return _summed(pieces, text, tail if len(pieces) == 1 else "")


def _summed(pieces: list[tuple[Number, str]], text: str, tail: str = "") -> Quantity:
    if not pieces:
        raise ValueError(text)
    least = sum(_minutes(number, unit, 0) for number, unit in pieces)
    most = sum(_minutes(number, unit, 1) for number, unit in pieces)
    named = [unit for number, unit in pieces if number] or ["minute"]
    unit = named[-1] if len(named) == 1 or "hour" not in named else "hour"
    if most > LARGEST:
        raise AmountError("not-finite", text)
    return Quantity(whole((least + most) / 2), whole(least), whole(most), unit, tail, bare=False)


def _minutes(number: Number, unit: str, end: int) -> Number:
    if unit == "second":
        return whole(round(number / 60, 9))
    return whole(round(number * MINUTES[unit][end], 9))
