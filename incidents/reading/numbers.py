"""Numbers written in French or English words, as integers. Knows no hedges, no units and no digits."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SMALL: Mapping[str, int] = {
    word: number
    for number, words in {
        0: "zero",
        1: "un une one",
        2: "deux two",
        3: "trois three",
        4: "quatre four",
        5: "cinq five",
        6: "six",
        7: "sept seven",
        8: "huit eight",
        9: "neuf nine",
        10: "dix ten",
        11: "onze eleven",
        12: "douze twelve",
        13: "treize thirteen",
        14: "quatorze fourteen",
        15: "quinze fifteen",
        16: "seize sixteen",
        17: "seventeen",
        18: "eighteen",
        19: "nineteen",
        20: "vingt vingts twenty",
        30: "trente thirty",
        40: "quarante forty",
        50: "cinquante fifty",
        60: "soixante sixty",
        70: "septante seventy",
        80: "huitante octante eighty",
        90: "nonante ninety",
    }.items()
    for word in words.split()
}
_HUNDRED = frozenset(("cent", "cents", "hundred"))
_LARGE: Mapping[str, int] = {
    "mille": 10**3,
    "thousand": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "milliard": 10**9,
    "milliards": 10**9,
    "billion": 10**9,
}
_JOINTS = frozenset(("et", "and"))
_ALL = sorted({*_SMALL, *_HUNDRED, *_LARGE}, key=len, reverse=True)
_WORD = "(?:" + "|".join(_ALL) + ")"
NUMBER_WORDS = rf"\b{_WORD}(?:(?:[ -]+(?:et[ -]+|and[ -]+)?){_WORD})*\b"
_NUMBER_WORDS = re.compile(NUMBER_WORDS)
_COUNTED = re.compile(r"(?:\d|\bhalf(?: a)?|\bdemie?)[ -]*$")
_SPLIT = re.compile(r"[ -]+")


def number_of_words(words: str) -> int | None:
    """Give the integer that folded words name ("quatre-vingt-dix", "deux cent mille", "ten million"), or None."""
    total = current = 0
    seen = False
    for word in _SPLIT.split(words.strip()):
        if word in _JOINTS and seen:
            continue
        small = _SMALL.get(word)
        if small is not None:
            if small == 20 and word.startswith("vingt") and current % 100 == 4:
                current += 76
            elif _may_follow(current, small):
                current += small
            else:
                return None
        elif word in _HUNDRED:
            current = max(current, 1) * 100
        elif word in _LARGE:
            scale = _LARGE[word]
            total, current = total + max(current, 0 if total and not current else 1) * scale, 0
        else:
            return None
        seen = True
    return total + current if seen else None


def _may_follow(current: int, small: int) -> bool:
    """Say whether a number below 100 can follow what was said: "soixante" + "dix", not "three" + "six"."""
    if small < 10:
        return current % 10 == 0 and (current % 100 != 10 or small >= 7)
    return current % 100 in ((0, 60, 80) if small < 20 else (0,))


def with_digits(folded: str) -> str:
    """Write the number words of a folded text as digits: "plus de dix millions" -> "plus de 10000000".

    A word of size behind digits ("10 millions") or in the plural without a number ("des millions") is left alone.
    """

    def digits(match: re.Match[str]) -> str:
        first = _SPLIT.split(match[0])[0]
        counted = _COUNTED.search(folded[: match.start()])
        if (first in _LARGE or first in _HUNDRED) and (first.endswith("s") or counted):
            return match[0]
        number = number_of_words(match[0])
        return match[0] if number is None else str(number)

    return _NUMBER_WORDS.sub(digits, folded)
