"""The strip of the whole record under the chart: how many incidents began when, and where the window lies in it.

Pure: counts and places in per cent of the strip's width. Knows no SVG and no address.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from incidents import WindowAnswer

BUCKETS = 160
TALLEST = 88.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the strip: where it begins and how wide and high it is, in per cent, and what it counts."""

    left: float
    width: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The whole strip. `window_left` and `window_width` are the window's place; years are (per cent, year)."""

    start: datetime
    end: datetime
    columns: tuple[Column, ...]
    years: tuple[tuple[float, float, int], ...]
    window_left: float
    window_width: float
    total: int


def overview(whole: WindowAnswer, window: tuple[datetime, datetime], zone: ZoneInfo) -> Strip:
    """Make the strip of an answer over the whole record, with a window in it."""
    start, end = whole.start, whole.end
    length = (end - start).total_seconds()
    counts = [0] * BUCKETS

    def put(moment: datetime, count: int) -> None:
        place = int((moment - start).total_seconds() / length * BUCKETS)
        counts[min(max(place, 0), BUCKETS - 1)] += count

    for item in whole.items:
        put(item.sketch.start, 1)
    for density in whole.densities:
        put(density.start + (density.end - density.start) / 2, density.count)
    most = max(counts, default=0)
    step = 100 / BUCKETS
    columns = tuple(
        Column(round(number * step, 3), round(step * 0.8, 3), round(TALLEST * count / most, 1), count)
        for number, count in enumerate(counts)
        if count
    )
    left = 100 * (window[0] - start).total_seconds() / length
    right = 100 * (window[1] - start).total_seconds() / length
    left, right = min(max(left, 0.0), 99.6), max(min(right, 100.0), 0.4)
    return Strip(start, end, columns, tuple(_years(start, end, zone)), round(left, 3), round(max(right - left, 0.4), 3),
                 sum(counts))  # fmt: skip


def _years(start: datetime, end: datetime, zone: ZoneInfo) -> Iterable[tuple[float, float, int]]:
    """Give begin and width in per cent of each year that the strip touches; at most sixty, else none."""
    first, last = start.astimezone(zone).year, (end - timedelta(seconds=1)).astimezone(zone).year
    if last - first > 60:
        return
    length = (end - start).total_seconds()
    for year in range(first, last + 1):
        left = max((datetime(year, 1, 1, tzinfo=zone) - start).total_seconds() / length, 0)
        right = (
            min((datetime(year + 1, 1, 1, tzinfo=zone) - start).total_seconds() / length, 1)
            if year < 9999
            else 1
        )
        yield round(100 * left, 3), round(100 * (right - left), 3), year
