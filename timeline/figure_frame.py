"""What stands around the marks of a window: lanes and their names, legal periods, axes. A Plotly layout, a plain dict.

The vertical axis counts pixels from the top; lanes lie on it as `lanes.arrange` put them. The page writes the names of
lanes itself, as links (`meta.lanes`); the annotations named `lane` are their twins for a figure that stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from incidents import Lane, WindowAnswer
from timeline.drawing import BOTTOM, CONTEXT_PX, PERIOD_PX, RIGHT, TOP, Drawing, Period, escape
from timeline.labels import label
from timeline.lanes import CONTEXT, OTHERS, Band, Scale
from timeline.wording import _, ngettext

FONT = 'Inter, "Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'
YEARS_PX, TICKS_PX = 46, 92
LETTER_PX = 6.0


def frame_layout(
    answer: WindowAnswer,
    bands: Sequence[Band],
    periods: Sequence[Period],
    context_top: float,
    height: float,
    scale: Scale,
    drawing: Drawing,
) -> dict[str, Any]:
    colours = drawing.palette
    """Make the layout: stripes and names of lanes, legal periods, the time axis, and how the chart behaves."""
    frame = _Frame(drawing)
    for number, band in enumerate(bands):
        if number % 2 == 0:
            frame.stripe(band.top, band.top + band.height, colours["zebra"])
        frame.lane(band)
    frame.context(periods, context_top, height, scale, len(answer.milestones))
    if answer.start < drawing.now < answer.end:
        frame.now()
    years = (answer.end - answer.start).days / 365
    axis: dict[str, Any] = {
        "type": "date",
        "range": [drawing.wall(answer.start), drawing.wall(answer.end)],
        "gridcolor": colours["line"],
        "linecolor": colours["line"],
        "zeroline": False,
        "showline": False,
        "tickfont": {"size": 12, "color": colours["muted"]},
        "tickformatstops": tick_formats(),
        "nticks": max(3, int(drawing.plot_px / (YEARS_PX if years > 4 else TICKS_PX))),
        "ticklabelmode": "instant",
        "hoverformat": "%Y-%m-%d %H:%M",
        "fixedrange": False,
    }
    if drawing.limits is not None:
        axis["minallowed"], axis["maxallowed"] = (drawing.wall(limit) for limit in drawing.limits)
    return {
        "width": drawing.width,
        "height": round(height + TOP + BOTTOM),
        "margin": {"l": drawing.left, "r": RIGHT, "t": TOP, "b": BOTTOM, "pad": 0},
        "paper_bgcolor": colours["surface"],
        "plot_bgcolor": colours["surface"],
        "font": {"family": FONT, "size": 13, "color": colours["ink"]},
        "showlegend": False,
        "barmode": "overlay",
        "bargap": 0,
        "dragmode": "pan",
        "hovermode": "closest",
        "hoverdistance": 14,
        "hoverlabel": {
            "bgcolor": colours["surface"],
            "bordercolor": colours["line-strong"],
            "font": {"family": FONT, "size": 13, "color": colours["ink"]},
            "align": "left",
            "namelength": -1,
        },
        "xaxis": axis,
        "yaxis": {
            "range": [height, 0],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "showticklabels": not drawing.narrow,
            "tickmode": "array",
            "tickvals": [band.middle for band in bands],
            "ticktext": [str(band.lane.count) for band in bands],
            "tickfont": {"size": 12, "color": colours["muted"]},
            "ticks": "",
            "ticklabelstandoff": 12,
        },
        "shapes": frame.shapes,
        "annotations": frame.annotations,
        "uirevision": f"{answer.start} {answer.end} {answer.dimension} {drawing.width}",
        "meta": {"lanes": frame.names, "narrow": drawing.narrow, "left": drawing.left},
    }


def tick_formats() -> list[dict[str, Any]]:
    """Give the words of the time axis by zoom: the finer unit first, the day or year it belongs to below."""
    second, minute, day, month = 1000, 60_000, 86_400_000, "M1"
    return [
        {"dtickrange": [None, minute - second], "value": "%H:%M:%S\n%-d %b %Y"},
        {"dtickrange": [minute, day - minute], "value": "%H:%M\n%a %-d %b %Y"},
        {"dtickrange": [day, month], "value": "%-d %b\n%Y"},
        {"dtickrange": [month, "M11"], "value": "%b\n%Y"},
        {"dtickrange": ["M12", None], "value": "%Y"},
    ]


class _Frame:
    """Collects the shapes and words around the marks."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.shapes: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []
        self.names: list[dict[str, Any]] = []
        self.out = -(drawing.left - 6) / drawing.plot_px

    def stripe(self, top: float, bottom: float, colour: str) -> None:
        self.shapes.append(
            {
                "type": "rect", "layer": "below", "xref": "paper", "yref": "y",
                "x0": self.out, "x1": 1 + (RIGHT - 6) / self.drawing.plot_px, "y0": top, "y1": bottom,
                "fillcolor": colour, "line": {"width": 0},
            }
        )  # fmt: skip

    def lane(self, band: Band) -> None:
        words = band.lane.label
        if band.lane.key == OTHERS:
            words = (
                ngettext("%(n)s other", "%(n)s others", band.folded) if band.folded else label(OTHERS, "lane")
            )
        self.name(words, band, self.drawing.lane_link(band.lane.key))

    def name(self, words: str, band: Band, link: str | None) -> None:
        drawing = self.drawing
        most = 40 if drawing.narrow else int((drawing.left - 46) / LETTER_PX)
        text = escape(words if len(words) <= most else words[: most - 1].rstrip() + "…")
        if drawing.narrow:
            text += f"  {band.lane.count}"
        self.names.append(
            {
                "name": words, "count": band.lane.count, "top": round(band.top + TOP, 1),
                "height": round(band.height, 1), "link": link,
            }
        )  # fmt: skip
        self.annotations.append(
            {
                "name": "lane", "xref": "paper", "yref": "y", "x": 0 if drawing.narrow else self.out,
                "y": band.top + 2 if drawing.narrow else band.middle,
                "xanchor": "left", "yanchor": "top" if drawing.narrow else "middle",
                "xshift": 0 if drawing.narrow else 8, "showarrow": False, "text": text, "align": "left",
                "font": {"size": 12 if drawing.narrow else 13, "color": drawing.palette["ink"]},
            }
        )  # fmt: skip

    def context(self, periods: Sequence[Period], top: float, bottom: float, scale: Scale, count: int) -> None:
        drawing = self.drawing
        colours = drawing.palette
        self.shapes.append(
            {
                "type": "line", "layer": "below", "xref": "paper", "yref": "y", "x0": self.out, "x1": 1,
                "y0": top, "y1": top, "line": {"width": 1, "color": colours["line"]},
            }
        )  # fmt: skip
        for number, period in enumerate(periods):
            y = top + 4 + number * PERIOD_PX
            begin = max(period.start, scale.start)
            self.shapes.append(
                {
                    "type": "rect", "layer": "below", "xref": "x", "yref": "y",
                    "x0": drawing.wall(begin), "x1": drawing.wall(scale.reach[1]),
                    "y0": y, "y1": y + PERIOD_PX - 3, "fillcolor": colours["accent-soft"], "line": {"width": 0},
                }
            )  # fmt: skip
            # Words that would run out of the picture stand before their band.
            inside = scale.width(begin, scale.end) > len(period.words) * LETTER_PX
            self.annotations.append(
                {
                    "xref": "x", "yref": "y", "x": drawing.wall(begin), "y": y + (PERIOD_PX - 3) / 2,
                    "xanchor": "left" if inside else "right", "yanchor": "middle", "xshift": 2 if inside else -2,
                    "showarrow": False,
                    "text": escape(period.words), "font": {"size": 11, "color": colours["accent"]},
                }
            )  # fmt: skip
        if not drawing.narrow:
            lane = Lane(CONTEXT, label(CONTEXT, "lane"), count)
            middle = bottom - CONTEXT_PX / 2
            self.name(lane.label, Band(lane, middle, CONTEXT_PX), None)

    def now(self) -> None:
        drawing = self.drawing
        at = drawing.wall(drawing.now.astimezone(UTC))
        self.shapes.append(
            {
                "type": "line", "layer": "below", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
                "line": {"width": 1, "dash": "dot", "color": drawing.palette["line-strong"]},
            }
        )  # fmt: skip
        self.annotations.append(
            {
                "xref": "x", "yref": "paper", "x": at, "y": 0, "xanchor": "right", "yanchor": "bottom", "xshift": -3,
                "showarrow": False, "text": _("now"), "font": {"size": 11, "color": drawing.palette["muted"]},
            }
        )  # fmt: skip
