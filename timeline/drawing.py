"""How a window is drawn: its size in pixels, its zone and clock, and the words and links that marks carry.

Values and the escaping of text for Plotly; draws nothing itself. Knows no store and no request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from incidents import Milestone, Sketch
from timeline.palette import LIGHT, Palette

NARROW_PX = 640
LEFT, RIGHT, BOTTOM, TOP = 172, 18, 44, 6
PERIOD_PX, CONTEXT_PX = 17, 30


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time that a law marks: in force from `start` on."""

    words: str
    start: datetime


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How a window is drawn: its width, zone and clock, and the words and links that a mark carries."""

    width: int
    zone: ZoneInfo
    now: datetime
    hover: Callable[[Sketch], Sequence[str]]
    title: Callable[[Sketch], str]
    link: Callable[[Sketch], str]
    milestone_hover: Callable[[Milestone], Sequence[str]]
    milestone_link: Callable[[Milestone], str]
    lane_link: Callable[[str], str | None] = lambda key: None
    limits: tuple[datetime, datetime] | None = None
    periods: Sequence[Period] = ()
    all_lanes: bool = False
    label_px: int = LEFT
    palette: Palette = field(default_factory=lambda: LIGHT)

    @property
    def narrow(self) -> bool:
        return self.width < NARROW_PX

    @property
    def left(self) -> int:
        return 10 if self.narrow else self.label_px

    @property
    def plot_px(self) -> float:
        return max(self.width - self.left - RIGHT, 50)

    def wall(self, moment: datetime) -> str:
        """Write an instant as wall-clock time: Plotly's axes know no zone."""
        return moment.astimezone(self.zone).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def escape(text: str) -> str:
    """Make text safe for Plotly, which reads `<b>`, `&amp;` and `%{...}` in it."""
    flat = " ".join(text.split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "&#37;{")
