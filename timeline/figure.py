"""What a window holds as a Plotly figure, a plain dict. The only drawer of the timeline.

Drawn in the light palette (the page swaps colours for the dark one) with wall-clock times of the shown zone. Text in
it is escaped for Plotly's pseudo-HTML. Knows no store, no request and no address: words and links are given to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from incidents import Milestone, Sketch, WindowAnswer
from timeline.drawing import CONTEXT_PX, PERIOD_PX, Drawing, escape
from timeline.figure_frame import frame_layout
from timeline.labels import label
from timeline.lanes import (
    BAR_FROM_PX,
    CONTEXT,
    TAIL_PX,
    Band,
    Mark,
    Scale,
    arrange,
    diameter,
    fold,
    has_tail,
    is_pale,
    last_instant,
)
from timeline.wording import _, ngettext

SEVERITY_ORDER = ("unknown", "none", "minor", "moderate", "major", "critical")
SYMBOLS = {
    "critical": "circle",
    "major": "hexagon",
    "moderate": "square",
    "minor": "triangle-up",
    "none": "circle-open",
    "unknown": "x-thin-open",
}
BAR_HEIGHT = {"none": 7, "minor": 8, "moderate": 10, "major": 12, "critical": 14, "unknown": 8}
MOST_LAYERS, FINEST_LAYERS, FEW = 8, 28, 40
SYMBOL_FROM_PX = 48
MOST_LABELLED = 28
LETTER_PX = 6.4


def window_figure(answer: WindowAnswer, drawing: Drawing) -> dict[str, Any]:
    """Draw a window: lanes with marks, bars and densities, the context lane, and the axis."""
    scale = Scale(answer.start, answer.end, drawing.plot_px)
    counted: dict[str, int] = {}
    for density in answer.densities:
        counted[density.lane] = counted.get(density.lane, 0) + density.count
    lanes, place, folded = fold(answer.lanes, answer.items, counted, all_lanes=drawing.all_lanes)
    bands, marks, height = arrange(
        lanes, place, answer.items, scale, drawing.now, narrow=drawing.narrow, folded=folded
    )
    periods = [p for p in drawing.periods if p.start < answer.end]
    context_top = height
    height += PERIOD_PX * len(periods) + CONTEXT_PX
    traces = [
        *_densities(answer, bands, place, scale, drawing),
        *_bars(marks, scale, drawing),
        *_dots(marks, scale, drawing),
        *_titles(marks, scale, drawing),
        *_milestones(answer.milestones, height - CONTEXT_PX / 2, scale, drawing),
    ]
    return {
        "data": traces,
        "layout": frame_layout(answer, bands, periods, context_top, height, scale, drawing),
    }


def _severity(sketch: Sketch) -> str:
    return sketch.severity if sketch.severity in SYMBOLS else "unknown"


def _points(marks: Sequence[Mark], drawing: Drawing) -> dict[str, Any]:
    return {
        "customdata": [[mark.sketch.id, drawing.link(mark.sketch)] for mark in marks],
        "hovertext": ["<br>".join(drawing.hover(mark.sketch)) for mark in marks],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _dots(marks: Sequence[Mark], scale: Scale, drawing: Drawing) -> list[dict[str, Any]]:
    """Draw a mark at the middle of each start: one trace a severity, the severest on top."""
    colours = drawing.palette
    traces = []
    for severity in SEVERITY_ORDER:
        chosen = [mark for mark in marks if _severity(mark.sketch) == severity]
        if not chosen:
            continue
        pale = [is_pale(mark.sketch, scale) for mark in chosen]
        # A mark in the middle of a soft end would hide how soft it is: small on a long bar, none on a short.
        wide = [bar_px_in_view(mark, scale, drawing.now) for mark in chosen]
        sizes = [diameter(severity) * (0.55 if px else 1) for px in wide]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label(severity, "severity"),
                "meta": {"kind": "incidents", "severity": severity},
                # What reaches into the window by less than a mark is drawn at its edge, not out of sight.
                "x": [drawing.wall(min(max(mark.sketch.start, scale.start), scale.end)) for mark in chosen],
                "y": [mark.y for mark in chosen],
                "marker": {
                    "symbol": SYMBOLS[severity],
                    "size": sizes,
                    "color": [colours[f"{severity}-pale" if soft else severity] for soft in pale],
                    "opacity": [1 if not px or px > SYMBOL_FROM_PX else 0 for px in wide],
                    "line": {
                        "color": [colours[severity if soft else "surface"] for soft in pale]
                        if not SYMBOLS[severity].endswith("open")
                        else colours[severity],
                        "width": [1.3 if soft else 1.2 for soft in pale],
                    },
                },
                "cliponaxis": False,
                **_points(chosen, drawing),
            }
        )
    ongoing = [m for m in marks if m.sketch.end_state == "open" and m.is_bar and drawing.now < scale.end]
    if ongoing:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": _("ongoing"),
                "meta": {"kind": "ongoing"},
                "x": [drawing.wall(last_instant(mark.sketch, drawing.now)) for mark in ongoing],
                "y": [mark.y for mark in ongoing],
                "marker": {
                    "symbol": "triangle-right",
                    "size": 12,
                    "color": [colours[_severity(mark.sketch)] for mark in ongoing],
                },
                **_points(ongoing, drawing),
            }
        )
    return traces


def _bars(marks: Sequence[Mark], scale: Scale, drawing: Drawing) -> list[dict[str, Any]]:
    """Draw bars as layers of the same faint colour, each a little shorter: so their ends are soft.

    A layer reaches from a point between the start's bounds to the mirrored point between the end's. Where all
    layers lie on each other the incident was surely going on. Unknown ends fade out over a fixed tail.
    """
    floor, ceiling = scale.reach
    rows: list[tuple[Mark, datetime, datetime, float]] = []
    hits: list[tuple[Mark, datetime, datetime]] = []
    for mark in marks:
        layers = layers_of(mark, scale, drawing.now, FINEST_LAYERS if len(marks) <= FEW else MOST_LAYERS)
        for first, last, opacity in layers:
            first, last = max(first, floor), min(last, ceiling)
            if first < last:
                rows.append((mark, first, last, opacity))
        if layers:
            first = max(min(layer[0] for layer in layers), floor)
            last = min(max(layer[1] for layer in layers), ceiling)
            if first < last:
                hits.append((mark, first, last))
    if not rows:
        return []
    colours = drawing.palette
    soft = _bar_trace(drawing, [row[:3] for row in rows])
    soft["meta"] = {"kind": "bars", "ids": [row[0].sketch.id for row in rows]}
    soft["hoverinfo"] = "skip"
    soft["marker"] = {
        "color": [colours[_severity(row[0].sketch)] for row in rows],
        "opacity": [round(row[3], 3) for row in rows],
        "line": {"width": 0},
    }
    touch = _bar_trace(drawing, hits)
    touch["meta"] = {"kind": "hits", "severities": [_severity(mark.sketch) for mark, _first, _last in hits]}
    touch["marker"] = {"color": colours["surface"], "opacity": 0, "line": {"width": 0}}
    touch.update(_points([mark for mark, _first, _last in hits], drawing))
    return [soft, touch]


def _bar_trace(drawing: Drawing, rows: Sequence[tuple[Mark, datetime, datetime]]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "base": [drawing.wall(first) for _mark, first, _last in rows],
        # Wall-clock length, so that a bar over a change of the clocks ends where the axis says.
        "x": [_wall_ms(first, last, drawing.zone) for _mark, first, last in rows],
        "y": [mark.y for mark, _first, _last in rows],
        "width": [BAR_HEIGHT[_severity(mark.sketch)] for mark, _first, _last in rows],
    }


def _wall_ms(first: datetime, last: datetime, zone: ZoneInfo) -> float:
    start, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in (first, last))
    return max((end - start).total_seconds() * 1000, 0.0)


def bar_px_in_view(mark: Mark, scale: Scale, now: datetime) -> float:
    """Give the length of a mark's bar in the window; zero where so little of it is there that a mark stands for it."""
    if not mark.is_bar:
        return 0.0
    first = max(mark.sketch.start_earliest, scale.start)
    last = min(last_instant(mark.sketch, now), scale.end)
    px = scale.width(first, last) if first < last else 0.0
    return px if px > BAR_FROM_PX else 0.0


def layers_of(
    mark: Mark, scale: Scale, now: datetime, most: int = MOST_LAYERS
) -> list[tuple[datetime, datetime, float]]:
    """Give the layers of a bar: first and last instant and opacity of each; none where a mark alone is drawn."""
    sketch = mark.sketch
    tail = timedelta(seconds=TAIL_PX * scale.seconds_per_px) if has_tail(sketch, scale) else None
    if not mark.is_bar and tail is None:
        return []
    early, late = sketch.start_earliest, sketch.start_latest
    if sketch.end_earliest is not None and sketch.end_latest is not None:
        end_early, end_late = sketch.end_earliest, max(sketch.end_latest, late)
    elif tail is not None:
        end_early, end_late = late, late + tail
    else:
        end_early = end_late = last_instant(sketch, now)
    soft_px = max(scale.width(early, late), scale.width(min(end_early, end_late), end_late))
    count = max(1, min(most, round(soft_px / 3)))
    opacity = 0.85 if count == 1 else 1 - 0.1 ** (1 / count)
    layers = []
    for number in range(count):
        part = number / count if count > 1 else 0.5
        first = early + (late - early) * part
        last = end_late - (end_late - end_early) * part
        if first < last or number == 0:
            layers.append((first, max(last, first), opacity))
    return layers


def _titles(marks: Sequence[Mark], scale: Scale, drawing: Drawing) -> list[dict[str, Any]]:
    """Write titles beside marks where there are few of them and nothing stands in the way."""
    if drawing.narrow or not 0 < len(marks) <= MOST_LABELLED:
        return []
    chosen: list[tuple[Mark, float, str]] = []
    for mark in marks:
        begin = (
            scale.px(last_instant(mark.sketch, drawing.now)) if mark.is_bar else scale.px(mark.sketch.start)
        )
        begin = max(begin, max(scale.px(mark.sketch.start), 0.0) + diameter(mark.sketch.severity) / 2)
        begin += TAIL_PX if has_tail(mark.sketch, scale) else 3
        title = drawing.title(mark.sketch)
        room = scale.pixels - begin - 12
        for other in marks:
            if other is not mark and abs(other.y - mark.y) < 13:
                left = scale.px(other.sketch.start_earliest) - 8
                if left > begin - 8:
                    room = min(room, left - begin - 8)
                elif scale.px(last_instant(other.sketch, drawing.now)) > begin:
                    room = 0
        if room < 60:
            continue
        letters = int(room / LETTER_PX)
        chosen.append((mark, begin, title if len(title) <= letters else title[: letters - 1].rstrip() + "…"))
    if not chosen:
        return []
    return [
        {
            "type": "scatter",
            "mode": "text",
            "meta": {"kind": "titles"},
            "x": [
                drawing.wall(scale.start + timedelta(seconds=(begin + 2) * scale.seconds_per_px))
                for _mark, begin, _title in chosen
            ],
            "y": [mark.y for mark, _begin, _title in chosen],
            "text": [escape(title) for _mark, _begin, title in chosen],
            "textposition": "middle right",
            "textfont": {"size": 12, "color": drawing.palette["ink-2"]},
            "hoverinfo": "skip",
        }
    ]


def _densities(
    answer: WindowAnswer, bands: Sequence[Band], place: Mapping[str, str], scale: Scale, drawing: Drawing
) -> list[dict[str, Any]]:
    """Draw what is not drawn singly as heat in its lane, with the count where it can be read."""
    middles = {band.lane.key: band for band in bands}
    rows = [
        (d, middles[place.get(d.lane, d.lane)])
        for d in answer.densities
        if place.get(d.lane, d.lane) in middles
    ]
    if not rows:
        return []
    most = max(density.count for density, _band in rows)
    colours = drawing.palette
    return [
        {
            "type": "bar",
            "orientation": "h",
            "meta": {"kind": "densities"},
            "base": [drawing.wall(density.start) for density, _band in rows],
            "x": [_wall_ms(density.start, density.end, drawing.zone) for density, _band in rows],
            "y": [band.middle for _density, band in rows],
            "width": [max(band.height - 14, 12) for _density, band in rows],
            "marker": {
                "color": [
                    colours[density.worst if density.worst in SYMBOLS else "unknown"]
                    for density, _band in rows
                ],
                "opacity": [round(0.16 + 0.64 * (density.count / most) ** 0.5, 3) for density, _band in rows],
                "line": {"width": 0},
            },
            "text": [
                str(density.count)
                if scale.width(density.start, density.end) >= 8 * len(str(density.count))
                else ""
                for density, _band in rows
            ],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "textfont": {"size": 11, "color": colours["ink"]},
            "customdata": [
                [drawing.wall(density.start), drawing.wall(density.end)] for density, _band in rows
            ],
            "hovertext": [
                escape(ngettext("%(n)s incident", "%(n)s incidents", density.count))
                + "<br>"
                + escape(_("not drawn singly: zoom in, or click, to see them"))
                for density, _band in rows
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    ]


def _milestones(
    milestones: Sequence[Milestone], y: float, scale: Scale, drawing: Drawing
) -> list[dict[str, Any]]:
    """Draw milestones as diamonds in the context lane; one known to a month or a year also as the stretch it means."""
    floor, ceiling = scale.reach
    dated = [(m, m.date.earliest, m.date.latest) for m in milestones if m.date is not None]
    known = [
        (m, max(first, floor), min(last, ceiling), first + (last - first) / 2)
        for m, first, last in dated
        if first and last
    ]
    if not known:
        return []
    colours = drawing.palette
    wide = [row for row in known if scale.width(row[1], row[2]) > 12]
    traces: list[dict[str, Any]] = []
    if wide:
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "meta": {"kind": "milestone-bounds"},
                "base": [drawing.wall(first) for _m, first, _last, _at in wide],
                "x": [_wall_ms(first, last, drawing.zone) for _m, first, last, _at in wide],
                "y": [y] * len(wide),
                "width": [6] * len(wide),
                "marker": {"color": colours["accent"], "opacity": 0.22, "line": {"width": 0}},
                "hoverinfo": "skip",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": label(CONTEXT, "lane"),
            "meta": {"kind": "milestones"},
            "x": [drawing.wall(at) for _m, _first, _last, at in known],
            "y": [y] * len(known),
            "marker": {
                "symbol": "diamond",
                "size": 9,
                "color": [colours["accent-soft"] if row in wide else colours["accent"] for row in known],
                "line": {"color": colours["accent"], "width": 1},
                "opacity": 1,
            },
            "customdata": [[m.id, drawing.milestone_link(m)] for m, _first, _last, _at in known],
            "hovertext": ["<br>".join(drawing.milestone_hover(m)) for m, _first, _last, _at in known],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    return traces
