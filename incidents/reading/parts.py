"""What one side of a date phrase names, put together from its tokens, and the shapes of what it stands for.

Plain values. Knows no calendar (`days`), no hedges and ranges (`phrases`) and no patterns of text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from incidents.moment import Precision
from incidents.moment_errors import MomentError
from incidents.reading.tokens import DateOrder, Token

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
DATED = ("year", "month", "day", "weekday", "away", "season", "number")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known beside the text: zone, order of day and month, reference day, day of a time, and the words."""

    text: str
    zone: str | None
    date_order: DateOrder | None
    reference: date | None
    time_of: date | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What one side of a phrase names; a field that the text does not give is None."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    number: int | None = None
    weekday: int | None = None
    lastday: bool = False
    away: int | None = None
    season: str | None = None
    quarter: int | None = None
    half: int | None = None
    fortnight: int | None = None
    week: int | None = None
    weekof: bool = False
    part: str | None = None
    portion: int | None = None
    clock: tuple[int, int | None, int | None] | None = None
    midnight: bool = False
    zone: str | None = None
    offset: int | None = None
    abbreviation: str | None = None
    local: bool = False
    next_day: bool = False

    @property
    def has_day(self) -> bool:
        return any(getattr(self, name) is not None for name in DATED)


@dataclass(frozen=True, slots=True)
class Found:
    """What one side stands for: its canonical text, its precision, and its first and last second.

    `derived`: the bounds follow from text and precision. `plain`: they and the zone say all that the words said.
    """

    value: str
    precision: Precision
    first: datetime
    last: datetime
    zone: str | None
    derived: bool = True
    plain: bool = True

    @property
    def timed(self) -> bool:
        return len(self.value) >= 20


@dataclass(slots=True)
class Notes:
    """The remarks made while one text is read, each once, in order."""

    slugs: list[str] = field(default_factory=list)

    def add(self, slug: str) -> None:
        if slug not in self.slugs:
            self.slugs.append(slug)


def gather(tokens: Sequence[Token]) -> Parts:
    """Put the tokens of one side together; raises `MomentError` (`two-dates`, `offset-mismatch`) on a clash."""
    known: dict[str, Any] = {}

    def put(name: str, value: object, code: str = "two-dates") -> None:
        if value is None:
            return
        if known.setdefault(name, value) != value:
            first, second = known[name], value
            if name == "offset":
                first, second = offset_text(first), offset_text(value)  # type: ignore[arg-type]
            raise MomentError(code, "", {"first": first, "second": second})

    for token in tokens:
        kind, value = token.kind, token.value
        if kind in ("date", "month"):
            for name, number in zip(("year", "month", "day"), value, strict=False):
                put(name, number)
        elif kind == "season":
            put("year", value[0])
            put("season", value[1])
        elif kind == "time":
            put("clock", value)
        elif kind == "zone":
            put("zone" if isinstance(value, str) else "offset", value, "offset-mismatch")
        else:
            put(kind, True if value is None else value)
    return Parts(**known)


def offset_text(minutes: int) -> str:
    """Write minutes east of UTC as `+02:00`."""
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    return f"{sign}{size // 60:02}:{size % 60:02}"
