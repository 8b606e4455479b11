"""Reads a count or a duration as people write it, in French or English, into bounds.

Knows hedges ("more than", "près de", "une quarantaine"), ranges and the declared width of "about". Knows no columns.
How a number and its unit are written is in `quantities`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from incidents.amount import Amount, AmountError, Number
from incidents.reading.numbers import with_digits
from incidents.reading.patterns import one_of
from incidents.reading.quantities import ClockForm, Quantity, count_of, duration_of
from incidents.reading.words import INVISIBLE, ONGOING, REORDERING, SPREADSHEET_ERRORS, plain, says_unknown

__all__ = ["AMOUNT_HALF_WIDTHS", "AmountWidth", "ClockForm", "read_count", "read_minutes"]

LONGEST = 120
CACHED = 1 << 14


@dataclass(frozen=True, slots=True)
class AmountWidth:
    """How far "about" reaches to either side of a number: the larger of `least` (minutes) and `percent`."""

    applies_to: str
    least: Number
    percent: int


AMOUNT_HALF_WIDTHS: Mapping[str, AmountWidth] = {
    row.applies_to: row
    for row in (
        AmountWidth("round_count", 0, 10),  # one or two significant digits
        AmountWidth("other_count", 0, 5),
        AmountWidth("seconds", 5 / 60, 10),
        AmountWidth("few_minutes", 2, 0),  # fewer than ten
        AmountWidth("minutes", 5, 0),
        AmountWidth("hundreds_of_minutes", 5, 10),
        AmountWidth("half_hours", 15, 10),  # whole and half hours
        AmountWidth("days", 720, 10),
        AmountWidth("weeks", 1440, 10),
    )
}
"""The declared half-widths of "about" a number."""

_HEDGES: Mapping[str, str] = {
    # "Just over" and "just under" hold "over" and "under" in them: they come first.
    "above": one_of(
        "un peu plus d[e']; a peine plus d[e']; just over; just above; slightly (?:more than|over)",
        "a little (?:more than|over); une bonne; a good",
    ),
    "below": one_of(
        "pres d[e']; presque; nearly; almost; close to; just under; just below; un peu moins d[e']; quasiment",
        "a peine moins d[e']; slightly (?:less than|under); a little (?:less than|under); not quite",
    ),
    "least": one_of(
        "(?:nettement |bien |well )?(?:plus d[e']|more than|over|above); upwards of; in excess of; greater than",
        "au moins; at least; no fewer than; no less than; not less than; au minimum; a minima; minimum; min[.]",
        "pas moins d[e']; superieure? a; depasse; >=?; ≥",
    ),
    "most": one_of(
        "jusqu'a; up to; at most; au plus; au maximum; maximum; max[.]?; no more than; not more than",
        "pas plus d[e']; less than; fewer than; lower than; moins d[e']; under; below; inferieure? a; <=?; ≤",
    ),
    "about": one_of(
        "environ; env[.]?; autour d[e']; a peu pres; approximativement; aux alentours d[e']; aux environs d[e']",
        "de l'ordre d[e']; quelque; about; around; approximately; approx[.]?; appx[.]?; roughly; circa; ca?[.]",
        "some; in the region of; (?:in|of|on) the order of; estimated(?: at)?; estime[es]{0,2}(?: a)?",
        "probablement; probably; [~≈∼±]",
    ),
}
_PREFIXES = [(kind, re.compile(pattern + r"(?:(?<=')|(?![a-z]))\s*")) for kind, pattern in _HEDGES.items()]
_SUFFIXES = [
    (kind, re.compile(rf"\s*{pattern}$"))
    for kind, pattern in {
        "least": one_of(
            "[+]; (?:et|ou|and|or) (?:plus|more|over|above|au-dela); (?:au )?minimum; min[.]; at least; au moins"
        ),
        "most": one_of("(?:et|ou|and|or) (?:moins|less|fewer); (?:au )?maximum; max[.]?; at most; au plus"),
        "about": one_of(
            "environ; env[.]?; approx[.]?; approximately; or so; roughly; a peu pres; estimate[ds]; [?]"
        ),
    }.items()
]
_COLLECTIVES = {
    "dizaine": 10,
    "douzaine": 12,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "quarantaine": 40,
    "cinquantaine": 50,
    "soixantaine": 60,
    "centaine": 100,
    "millier": 1000,
}
_COLLECTIVE = re.compile(
    rf"(?:une?|1|quelque) (bonne |petite )?({'|'.join(_COLLECTIVES)})(?![a-z])(?: d[e']s?)?"
)
_PLURALS = {
    "dizaines": (20, 99),
    "dozens": (24, 99),
    "tens": (20, 99),
    "centaines": (200, 999),
    "hundreds": (200, 999),
    "milliers": (2_000, 9_999),
    "thousands": (2_000, 9_999),
    "millions": (2_000_000, 9_999_999),
}
_SEVERAL = re.compile(
    rf"(?:des|plusieurs|quelques|several|a few|some|many)?\s*({'|'.join(_PLURALS)}|hundred|thousand|million)"
    r"(?: (?:d[e']|of) ?(milliers|thousands|millions))?(?![a-z])(.*)"
)
_MORE_THAN_ONE = re.compile(r"(?:several|plusieurs|quelques|a few|a couple of|multiple) (.+)")
_SINGULARS = {"hundred": "hundreds", "thousand": "thousands", "million": "millions"}
_ARTICLE = re.compile(
    r"\b(?:an?|une?)(?= (?:half|demi|quarter|quart|hour|minute|day|week|month|heure|jour|semaine|mois|million|thousand"
    r"|hundred|dozen)(?![a-z]))"
)
_JOINT = re.compile(r"\s(?:a|to|et|and|ou|or|jusqu'a)\s|\s?-+\s?")
_PLUS_MINUS = re.compile(r"(.+?)\s?(?:\+/-|±|plus ou moins|plus or minus)\s?(.+)")
_NOBODY = frozenset(
    (
        "no one",
        "nobody",
        "aucun",
        "aucune",
        "personne",
        "zero",
        "0",
        "aucune personne",
        "no users",
        "no customers",
    )
)

Reader = Callable[[str], Quantity]


@lru_cache(maxsize=CACHED)
def _read_count(text: str) -> Amount | tuple[str, Mapping[str, object]] | None:
    try:
        return _read(text, count_of, _about_count, "not-a-number")
    except AmountError as error:
        return error.code, {name: value for name, value in error.params.items() if name != "value"}


@lru_cache(maxsize=CACHED)
def _read_minutes(text: str, clock: ClockForm | None) -> Amount | tuple[str, Mapping[str, object]] | None:
    try:
        return _read(text, lambda part: duration_of(part, clock), _about_duration, "not-a-duration")
    except AmountError as error:
        return error.code, {name: value for name, value in error.params.items() if name != "value"}


def read_count(text: str) -> Amount | None:
    """Read a count; None where the text says unknown. Raises `AmountError`."""
    if text.isascii() and text.isdigit() and len(text) < 18:
        return Amount.exact(int(text))
    return _answer(text, _read_count(text))


def read_minutes(text: str, *, clock: ClockForm | None = None) -> Amount | None:
    """Read a duration as minutes; None where the text says unknown. Raises `AmountError`.

    A bare number is minutes. `clock` says what "1:30" means, hours and minutes or minutes and seconds; without it
    such a text is refused (`ambiguous-unit`). A month is 28 to 31 days.
    """
    if text.isascii() and text.isdigit() and len(text) < 18:
        return Amount.exact(int(text))
    return _answer(text, _read_minutes(text, clock))


def _answer(text: str, answer: Amount | tuple[str, Mapping[str, object]] | None) -> Amount | None:
    if isinstance(answer, tuple):
        raise AmountError(answer[0], text, answer[1])
    return answer


def _read(text: str, quantity: Reader, about: Callable[[Quantity], Number], otherwise: str) -> Amount | None:
    words = text.strip()
    if len(words) > LONGEST:
        raise AmountError("too-long", text, {"length": len(words)})
    if REORDERING.search(words):
        raise AmountError("control-characters", text)
    words = " ".join(INVISIBLE.sub("", words).split())
    folded = plain(words).strip("\"'" if quantity is count_of else '"').strip()
    if SPREADSHEET_ERRORS.fullmatch(folded):
        raise AmountError("spreadsheet-error", text)
    if quantity is count_of and folded in _NOBODY:
        return Amount.exact(0)
    if says_unknown(folded) or folded in ONGOING:
        return None
    if folded.startswith("(") and folded.endswith(")"):
        folded = folded[1:-1]
    try:
        return _phrase(folded, words, quantity, about)
    except ValueError as error:
        if isinstance(error, AmountError):
            raise
        raise AmountError(otherwise, text) from error


def _phrase(folded: str, words: str, quantity: Reader, about: Callable[[Quantity], Number]) -> Amount:
    folded, collective = _COLLECTIVE.subn(
        lambda m: f"{'environ' if not m[1] or m[1] == 'petite ' else 'un peu plus de'} {_COLLECTIVES[m[2]]}",
        folded,
    )
    several = _SEVERAL.fullmatch(folded)
    if several and (several[1] not in _SINGULARS or re.match(r"(?:several|a few|many)\b", folded)):
        return _several(several, words, quantity)
    if match := _MORE_THAN_ONE.fullmatch(folded):
        two = quantity(f"2 {match[1]}")
        return Amount(two.least, None, None, words)
    hedge, bare = _hedge(folded.replace("( ", "(").replace("(", " ").replace(")", " ").strip())
    bare = with_digits(_ARTICLE.sub("1", bare))
    if hedge is None and collective:
        hedge = "about"
    match = _PLUS_MINUS.fullmatch(bare)
    if match and hedge is None:
        centre, margin = _pair(match[1], match[2], quantity)
        return Amount(max(0, centre.value - margin.value), centre.value + margin.value, centre.value)
    try:
        one = quantity(bare)
    except ValueError as error:
        sides = _range(bare, quantity)
        if sides is None:
            raise error
        low, high = sides
        if high.value < low.value:
            raise AmountError("reversed-range", words) from None
        if hedge in ("least", "above", "below"):
            raise
        reach = (about(low), about(high)) if hedge == "about" else (0, 0)
        lowest = None if hedge == "most" else max(0, low.least - reach[0])
        return Amount(_down(lowest), _up(high.most + reach[1]), None, words if hedge else None)
    return _hedged(one, hedge, words, about)


def _hedged(one: Quantity, hedge: str | None, words: str, about: Callable[[Quantity], Number]) -> Amount:
    value = one.value
    if hedge is None:
        return Amount(one.least, one.most, value if one.least == one.most else None, None)
    if hedge == "least":
        return Amount(one.least, None, value, words)
    if hedge == "most":
        return Amount(None, one.most, None, words)
    reach = about(one)
    low = one.least if hedge == "above" else max(0, one.least - reach)
    high = one.most if hedge == "below" else one.most + reach
    return Amount(_down(low), _up(high), value, words)


def _hedge(folded: str) -> tuple[str | None, str]:
    """Take the hedges off a text: the strongest one counts, and what bounds is stronger than "about"."""
    found: str | None = None
    changed = True
    while changed:
        changed = False
        for kind, pattern in _PREFIXES:
            match = pattern.match(folded)
            if match and match.end() < len(folded):
                found, folded, changed = _stronger(found, kind), folded[match.end() :].strip(" :,"), True
                break
        for kind, pattern in _SUFFIXES:
            match = pattern.search(folded)
            if match and match.start() > 0:
                found, folded, changed = _stronger(found, kind), folded[: match.start()].strip(" ,"), True
                break
    return found, folded


def _stronger(one: str | None, two: str) -> str:
    if one is None or one == "about":
        return two
    if two in ("about", one):
        return one
    raise ValueError("two hedges")


def _pair(left: str, right: str, quantity: Reader) -> tuple[Quantity, Quantity]:
    """Read both sides of a range; a bare number takes the unit or the thousands of the other side."""
    far = quantity(right)
    try:
        near = quantity(left)
    except ValueError:
        near = None
    if far.tail and (near is None or near.bare):
        try:
            shared = quantity(left + " " + far.tail)
        except ValueError:
            shared = None
        if shared is not None and (near is None or far.unit or shared.value <= far.value):
            near = shared
    if near is None:
        raise ValueError(left)
    return near, far


def _range(bare: str, quantity: Reader) -> tuple[Quantity, Quantity] | None:
    bare = re.sub(r"^(?:entre|between|de|from) ", "", bare)
    for joint in _JOINT.finditer(bare):
        left, right = bare[: joint.start()].strip(), bare[joint.end() :].strip()
        if not left or not right:
            continue
        try:
            return _pair(left, right, quantity)
        except AmountError:
            raise
        except ValueError:
            continue
    return None


def _several(match: re.Match[str], words: str, quantity: Reader) -> Amount:
    name, times, tail = match[1], match[2], match[3]
    low, high = _PLURALS[_SINGULARS.get(name, name)]
    scale = {None: 1, "milliers": 1000, "thousands": 1000, "millions": 10**6}[times]
    unit = quantity(f"1{' ' + re.sub(r'^(?:d[e u]|of)? ?', '', tail.strip()) if tail.strip() else ''}")
    return Amount(low * scale * unit.least, high * scale * unit.most, None, words)


def _about_count(one: Quantity) -> Number:
    digits = str(int(one.value)).rstrip("0")
    row = AMOUNT_HALF_WIDTHS["round_count" if len(digits) <= 2 else "other_count"]
    return one.value * row.percent / 100


def _about_duration(one: Quantity) -> Number:
    if one.unit in ("second", "day", "week"):
        key = one.unit + "s"
    elif one.unit == "hour" and one.value % 30 == 0:
        key = "half_hours"
    elif one.value < 10:
        key = "few_minutes"
    else:
        key = "minutes" if one.value < 100 or one.unit == "hour" else "hundreds_of_minutes"
    row = AMOUNT_HALF_WIDTHS.get(key, AMOUNT_HALF_WIDTHS["weeks"])
    return max(row.least, one.value * row.percent / 100)


def _down(number: Number | None) -> Number | None:
    """Round a computed lower bound of a large number down to a whole one; small ones keep their decimals."""
    return number if number is None or number < 10 else math.floor(number + 1e-9)


def _up(number: Number) -> Number:
    return number if number < 10 else math.ceil(number - 1e-9)
