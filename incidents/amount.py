"""A number or a duration with bounds: at least, at most, and the one number that a source names.

Pure values and their arithmetic, in which the unknown stays unknown. Knows no unit beyond what the caller means and
no natural language (`reading` does).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from incidents.errors import ReadingError
from incidents.moment_errors import shortened

__all__ = [
    "AMOUNT_REASONS",
    "Amount",
    "AmountError",
    "Number",
    "add",
    "multiply",
    "read_amount",
    "read_duration",
    "scaled",
    "whole",
]

Number = int | float
LARGEST = 10**18  # more than anything that is counted here, and within an SQLite integer

AMOUNT_REASONS: Mapping[str, tuple[str, str]] = {
    "not-a-number": (
        "“{value}” is not a number",
        "write digits, such as 10000000, or words such as “about 300”",
    ),
    "not-a-duration": (
        "“{value}” is not a duration",
        "write minutes, such as 40, or 1h30, 1:30:00, PT40M or “about 40 minutes”",
    ),
    "ambiguous-number": (
        "“{value}” can be {first} or {second}",
        "write the number without a separator of thousands",
    ),
    "ambiguous-unit": (
        "“{value}” has a unit with two meanings: {first} or {second}",
        "write the unit in full",
    ),
    "negative": ("“{value}” is less than nothing", "check the number"),
    "not-finite": ("“{value}” is not a number of things that can be counted", "check the number"),
    "reversed-range": ("“{value}” ends below where it begins", "put the smaller number first"),
    "bounds-reversed": ("low, central and high are not in this order: {value}", "check the three numbers"),
    "too-long": (
        "a number of {length} characters is too long to be one",
        "keep the number alone in its cell",
    ),
    "control-characters": (
        "“{value}” holds characters that cannot be seen and change what is read",
        "type the number again",
    ),
    "spreadsheet-error": ("“{value}” is an error that a spreadsheet left", "correct the cell at its source"),
}
"""Code -> (what is wrong, what to do next); `{name}` places are filled from `params`."""


class AmountError(ReadingError):
    """A text that is no amount, or bounds that contradict each other; `code` is in `AMOUNT_REASONS`."""

    def __init__(self, code: str, value: str, params: Mapping[str, object] | None = None) -> None:
        message, hint = AMOUNT_REASONS[code]
        shown = {"value": shortened(value), **(params or {})}
        super().__init__(message, code=code, value=value, params=shown, hint=hint)


def whole(number: Number) -> Number:
    """Give a whole number as an int, so that 40.0 and 40 are one."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


@dataclass(frozen=True, slots=True)
class Amount:
    """At least `low`, at most `high`, `central` where a source names one number; None is unknown.

    Nothing is negative. An amount whose bounds are equal has that number as its centre.
    """

    low: Number | None
    high: Number | None
    central: Number | None = None
    words: str | None = None

    def __post_init__(self) -> None:
        for name in ("low", "high", "central"):
            number = getattr(self, name)
            if number is None:
                continue
            if not math.isfinite(number) or number > LARGEST:
                raise AmountError("not-finite", str(number))
            if number < 0:
                raise AmountError("negative", str(number))
            object.__setattr__(self, name, whole(number))
        if self.central is None and self.low is not None and self.low == self.high:
            object.__setattr__(self, "central", self.low)
        known = [number for number in (self.low, self.central, self.high) if number is not None]
        if known != sorted(known):
            raise AmountError("bounds-reversed", ", ".join(str(number) for number in known))

    @classmethod
    def exact(cls, number: Number, words: str | None = None) -> Amount:
        return cls(number, number, number, words)

    @property
    def is_exact(self) -> bool:
        return self.low is not None and self.low == self.high

    @property
    def is_unknown(self) -> bool:
        """Say whether nothing at all is known but, perhaps, some words."""
        return self.low is None and self.high is None and self.central is None

    def flat(self, name: str, suffix: str = "") -> dict[str, Number | str | None]:
        """Write the amount as `name_low`, `name_high`, `name_central` (each with the suffix) and `name_words`."""
        return {
            f"{name}_low{suffix}": self.low,
            f"{name}_high{suffix}": self.high,
            f"{name}_central{suffix}": self.central,
            f"{name}_words": self.words,
        }

    @classmethod
    def from_flat(cls, name: str, row: Mapping[str, Number | str | None], suffix: str = "") -> Amount | None:
        """Read an amount from flat fields, the inverse of `flat`; None where all are empty. Raises `AmountError`."""
        low, high, central = (
            _number(row.get(f"{name}_{part}{suffix}")) for part in ("low", "high", "central")
        )
        words = row.get(f"{name}_words")
        if low is None and high is None and central is None and not words:
            return None
        return cls(low, high, central, str(words) if words else None)

    @classmethod
    def stated(cls, low: Number | None, high: Number | None, words: str | None = None) -> Amount:
        """Make an amount of a lower and an upper column alone, where the lower one is the number a source names.

        With a lower bound only ("more than ten million") that number is the centre too; a range has no centre,
        since no source names one.
        """
        return cls(low, high, low if high is None else None, words)


def _number(value: Number | str | None) -> Number | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return whole(float(value)) if not value.isdecimal() else int(value)
        except ValueError as error:
            raise AmountError("not-a-number", value) from error
    return value


def multiply(a: Amount | None, b: Amount | None) -> Amount | None:
    """Multiply bound by bound; a bound that one factor lacks, the product lacks. None when nothing is known."""
    if a is None or b is None:
        return None
    product = Amount(_times(a.low, b.low), _times(a.high, b.high), _times(a.central, b.central))
    return None if product.is_unknown else product


def _times(a: Number | None, b: Number | None) -> Number | None:
    return None if a is None or b is None else a * b


def scaled(amount: Amount, factor: Number) -> Amount:
    """Multiply all three numbers by a factor of zero or more (minutes to hours: 1 / 60); the words stay."""
    return Amount(
        _times(amount.low, factor), _times(amount.high, factor), _times(amount.central, factor), amount.words
    )


def add(amounts: Iterable[Amount | None], *, unknown_low_as_zero: bool = False) -> Amount:
    """Add bound by bound; an unknown part (None) makes the sum's bounds unknown. No parts add up to exactly zero.

    With `unknown_low_as_zero` a missing lower bound counts as nothing, which keeps the sum a true "at least".
    """
    parts = [part or Amount(None, None) for part in amounts]
    lows = [0 if part.low is None and unknown_low_as_zero else part.low for part in parts]
    return Amount(_sum(lows), _sum(part.high for part in parts), _sum(part.central for part in parts))


def _sum(numbers: Iterable[Number | None]) -> Number | None:
    total: Number = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def read_amount(text: str) -> Amount | None:
    """Read a count in French or English; None where the text says unknown. Raises `AmountError`."""
    from incidents.reading.amounts import read_count  # that module is made of this one

    return read_count(text)


def read_duration(text: str) -> Amount | None:
    """Read a duration as minutes; None where the text says unknown. Raises `AmountError`."""
    from incidents.reading.amounts import read_minutes

    return read_minutes(text)
