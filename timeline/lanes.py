"""Where marks stand in a window: the scale in pixels, the lanes one under the other, and marks apart from each other.

Pure geometry over a `WindowAnswer`. The unit of the vertical axis is one pixel, from the top. Knows no colour, no
word and no Plotly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from incidents import Item, Lane, Sketch

# A day away from the ends of the calendar, so that any time zone can still show them.
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
OTHERS = "~others"
CONTEXT = "~context"
MOST_LANES = 14
BAR_FROM_PX = 6.0
TAIL_PX = 28.0
TAIL_UP_TO_SECONDS_PER_PX = 1800.0
DIAMETER = {"none": 8.0, "minor": 8.0, "moderate": 9.0, "major": 12.0, "critical": 14.0}
UNKNOWN_DIAMETER = 9.0
ROW_STEP_PX = 10.0
MOST_ROWS = 6
LANE_PX = 36.0
ROOMY_PX = ((3, 64.0), (6, 46.0))
NARROW_LABEL_PX = 16.0


@dataclass(frozen=True, slots=True)
class Scale:
    """A window on so many pixels of plot."""

    start: datetime
    end: datetime
    pixels: float

    @property
    def seconds_per_px(self) -> float:
        return max((self.end - self.start).total_seconds(), 1.0) / max(self.pixels, 1)

    @property
    def reach(self) -> tuple[datetime, datetime]:
        """Give how far marks are drawn: a window's length to either side, for panning, within the calendar."""
        length = self.end - self.start
        start = self.start - length if self.start - FIRST > length else FIRST
        end = self.end + length if LAST - self.end > length else LAST
        return min(start, self.start), max(end, self.end)

    def px(self, moment: datetime) -> float:
        return (moment - self.start).total_seconds() / self.seconds_per_px

    def width(self, first: datetime, last: datetime) -> float:
        return (last - first).total_seconds() / self.seconds_per_px


@dataclass(frozen=True, slots=True)
class Band:
    """A lane as drawn: its middle and its height in pixels."""

    lane: Lane
    middle: float
    height: float
    folded: int = 0

    @property
    def top(self) -> float:
        return self.middle - self.height / 2


@dataclass(frozen=True, slots=True)
class Mark:
    """One incident in one lane: where its middle row lies, and whether it is drawn as a bar."""

    sketch: Sketch
    lane: str
    y: float
    is_bar: bool


def diameter(severity: str | None) -> float:
    return DIAMETER.get(severity or "", UNKNOWN_DIAMETER)


def last_instant(sketch: Sketch, now: datetime) -> datetime:
    """Give where the drawn incident ends: its latest end, now while it is open, else its latest start."""
    if sketch.end_latest is not None:
        return max(sketch.end_latest, sketch.start_latest)
    return max(now, sketch.start_latest) if sketch.end_state == "open" else sketch.start_latest


def is_bar(sketch: Sketch, scale: Scale, now: datetime) -> bool:
    """Say whether an incident is wide enough to be drawn as a bar."""
    return scale.width(sketch.start_earliest, last_instant(sketch, now)) > BAR_FROM_PX


def is_pale(sketch: Sketch, scale: Scale) -> bool:
    """Say whether the start is less well known than the mark is wide: then the mark claims too much."""
    return scale.width(sketch.start_earliest, sketch.start_latest) > diameter(sketch.severity) / 2


def has_tail(sketch: Sketch, scale: Scale) -> bool:
    """Say whether to draw "nobody says when it ended": only where a mark does not cover such a time anyway."""
    return sketch.end_state == "unknown" and scale.seconds_per_px <= TAIL_UP_TO_SECONDS_PER_PX


def fold(
    lanes: Sequence[Lane], items: Iterable[Item], counted: Mapping[str, int], *, all_lanes: bool
) -> tuple[tuple[Lane, ...], dict[str, str], int]:
    """Keep the fullest lanes and put the rest in one: lanes drawn, lane -> drawn lane, how many were folded.

    `counted` says how many incidents of a lane are not among the items.
    """
    if all_lanes or len(lanes) <= MOST_LANES:
        return tuple(lanes), {lane.key: lane.key for lane in lanes}, 0
    order = {lane.key: number for number, lane in enumerate(lanes)}
    ranked = sorted(
        (lane for lane in lanes if lane.key != OTHERS), key=lambda lane: (-lane.count, order[lane.key])
    )
    kept = {lane.key for lane in ranked[: MOST_LANES - 1]}
    place = {lane.key: lane.key if lane.key in kept else OTHERS for lane in lanes}
    inside = sum(any(place.get(key) == OTHERS for key in item.lanes) for item in items)
    inside += sum(count for key, count in counted.items() if place.get(key) == OTHERS)
    drawn = tuple(lane for lane in lanes if lane.key in kept)
    return (*drawn, Lane(OTHERS, "", inside)), place, len(lanes) - len(kept)


def arrange(
    lanes: Sequence[Lane],
    place: Mapping[str, str],
    items: Iterable[Item],
    scale: Scale,
    now: datetime,
    *,
    narrow: bool = False,
    folded: int = 0,
) -> tuple[tuple[Band, ...], tuple[Mark, ...], float]:
    """Stand the lanes one under the other and the marks of each apart: bands, marks, and the height in pixels."""
    by_lane: dict[str, dict[str, Sketch]] = defaultdict(dict)
    for item in items:
        for key in item.lanes:
            by_lane[place.get(key, key)][item.sketch.id] = item.sketch
    bands: list[Band] = []
    marks: list[Mark] = []
    top = 0.0
    label = NARROW_LABEL_PX if narrow else 0.0
    least = next((px for most, px in ROOMY_PX if len(lanes) <= most), LANE_PX)
    for lane in lanes:
        rows = rows_of(by_lane[lane.key].values(), scale, now)
        height = max(least, 16 + ROW_STEP_PX * (1 + max(rows.values(), default=0))) + label
        middle = top + label + (height - label) / 2
        bands.append(Band(lane, top + height / 2, height, folded if lane.key == OTHERS else 0))
        used = sorted(set(rows.values()))
        for key, sketch in by_lane[lane.key].items():
            y = middle + _offset(rows[key], len(used))
            marks.append(Mark(sketch, lane.key, y, is_bar(sketch, scale, now)))
        top += height
    return tuple(bands), tuple(marks), top


def _offset(row: int, rows: int) -> float:
    """Give a row's distance from the lane's middle: the first row in the middle, the others around it."""
    if rows <= 1:
        return 0.0
    side = (row + 1) // 2
    shift = ROW_STEP_PX / 2 if rows % 2 == 0 else 0.0
    return (side if row % 2 else -side) * ROW_STEP_PX - shift


def rows_of(sketches: Iterable[Sketch], scale: Scale, now: datetime) -> dict[str, int]:
    """Give each incident of a lane the first row where it hides no other by more than a part."""
    ends: list[float] = []
    rows: dict[str, int] = {}
    for sketch in sorted(sketches, key=lambda s: (s.start, s.id)):
        reach = diameter(sketch.severity) * 0.42
        middle = scale.px(sketch.start)
        left, right = middle - reach, middle + reach
        if is_bar(sketch, scale, now):
            left = min(left, scale.px(sketch.start_earliest))
            right = max(right, scale.px(last_instant(sketch, now)) + 2)
        if has_tail(sketch, scale):
            right += TAIL_PX
        row = next((n for n, end in enumerate(ends) if end <= left), None)
        if row is None:
            if len(ends) < MOST_ROWS:
                row = len(ends)
                ends.append(right)
            else:
                row = min(range(len(ends)), key=ends.__getitem__)
        ends[row] = max(ends[row], right)
        rows[sketch.id] = row
    return rows
