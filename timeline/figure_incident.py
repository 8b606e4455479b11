"""The picture of one incident: its bar with soft ends, and the updates that fit the same stretch of time.

Pure: values in, a Plotly figure as a plain dict out, in the light palette (the page swaps the theme). Wall-clock
times of the incident's own zone, since Plotly knows no zone. Every text in it is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from incidents import Incident, Moment, Span
from timeline.formats import format_duration, format_moment, zone_name
from timeline.incident_words import Step
from timeline.palette import LIGHT
from timeline.record_labels import record_label
from timeline.wording import _

LAYERS = 30
LAYER_OPACITY = 0.095
SHORTEST = timedelta(minutes=2)
LEAST_PAD = timedelta(minutes=5)
# A stretch that is drawn for an end that nobody states, as a fading tail.
TAIL = timedelta(hours=1)
BAR, UPDATES = 1.0, 0.0
HALF_BAR = 0.27
FONT = 'Inter, "Inter Variable", system-ui, sans-serif'


@dataclass(frozen=True, slots=True)
class Stretch:
    """The bounds that are drawn, as naive wall-clock times, and the range of the axis around them."""

    start_earliest: datetime
    start_latest: datetime
    end_earliest: datetime
    end_latest: datetime
    left: datetime
    right: datetime


def incident_figure(
    incident: Incident, span: Span, duration: Any, course: Iterable[Step], title: str
) -> tuple[dict[str, Any], int]:
    """Draw an incident; gives the figure and how many entries of its course it leaves to the list.

    An end that nobody states is a tail that fades out; an open incident runs off the right edge.
    """
    zone = _zone(incident)
    stretch = _stretch(span, zone)
    colour = LIGHT[incident.severity or "unknown"]
    shapes = _bar(span, stretch, colour)
    drawn, left_out = _updates(course, stretch, zone)
    instant = stretch.end_latest - stretch.start_earliest < SHORTEST and span.end_state == "known"
    traces = [_hover_trace(incident, stretch, title, duration, instant, colour), *drawn]
    figure = {
        "data": traces,
        "layout": _layout(stretch, zone, shapes, _notes(incident, span, stretch, duration, instant), title),
    }
    return figure, left_out


def safe(text: str) -> str:
    """Escape text for Plotly, whose labels are half HTML and whose `%{` opens a template."""
    return escape(text, quote=False).replace("%{", "%\u200b{")


def _zone(incident: Incident) -> tzinfo:
    name = incident.timezone or incident.started_at.zone
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError):
        return UTC


def _local(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return at.replace(tzinfo=None)


def _moved(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at


def _stretch(span: Span, zone: tzinfo) -> Stretch:
    start_earliest, start_latest = _local(span.start_earliest, zone), _local(span.start_latest, zone)
    if span.end_earliest is not None and span.end_latest is not None:
        end_earliest, end_latest = _local(span.end_earliest, zone), _local(span.end_latest, zone)
    else:
        tail = max(TAIL, 3 * (start_latest - start_earliest))
        end_earliest, end_latest = start_latest, _moved(start_latest, tail)
    end_latest = max(end_latest, start_latest)
    pad = max(LEAST_PAD, (end_latest - start_earliest) * 0.35)
    return Stretch(
        start_earliest,
        start_latest,
        end_earliest,
        end_latest,
        _moved(start_earliest, -pad),
        _moved(end_latest, pad),
    )


def _bar(span: Span, stretch: Stretch, colour: str) -> list[dict[str, Any]]:
    """Lay translucent bars over one another, each a little shorter: the ends fade as far as their bounds reach."""
    rise = (stretch.start_latest - stretch.start_earliest) / LAYERS
    fall = (stretch.end_latest - stretch.end_earliest) / LAYERS
    end = stretch.end_latest
    if span.end_state == "open":
        fall, end = timedelta(0), stretch.right
    shapes = []
    for layer in range(LAYERS + 1):
        left, right = stretch.start_earliest + rise * layer, end - fall * layer
        if left >= right:
            break
        shapes.append(
            {
                "type": "rect",
                "xref": "x",
                "yref": "y",
                "x0": left.isoformat(),
                "x1": right.isoformat(),
                "y0": BAR - HALF_BAR,
                "y1": BAR + HALF_BAR,
                "fillcolor": colour,
                "opacity": LAYER_OPACITY,
                "line": {"width": 0},
                "layer": "between",
            }
        )
    return shapes


def _hover_trace(
    incident: Incident, stretch: Stretch, title: str, duration: Any, instant: bool, colour: str
) -> dict[str, Any]:
    start, end = stretch.start_earliest, stretch.end_latest
    middle = start + (end - start) / 2
    lines = [title, format_moment(incident.started_at, zone=incident.timezone)]
    if duration is not None:
        lines.append(format_duration(duration))
    points = [middle] if instant else [start + (end - start) * part / 12 for part in range(13)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [point.isoformat() for point in points],
        "y": [BAR] * len(points),
        "marker": {"size": 18, "symbol": "diamond", "color": colour, "opacity": 1 if instant else 0},
        "hovertemplate": "<br>".join(safe(line) for line in lines if line) + "<extra></extra>",
        "showlegend": False,
        "name": "",
    }


def _updates(course: Iterable[Step], stretch: Stretch, zone: tzinfo) -> tuple[list[dict[str, Any]], int]:
    reach: dict[str, list[Any]] = {"x": [], "y": []}
    marks: dict[str, list[Any]] = {"x": [], "y": [], "text": []}
    left_out = 0
    for step in course:
        bounds = _bounds(step.at, zone)
        if bounds is None or bounds[0] < stretch.left or bounds[2] > stretch.right:
            left_out += 1
            continue
        earliest, central, latest = bounds
        if latest - earliest > timedelta(minutes=1):
            reach["x"] += [earliest.isoformat(), latest.isoformat(), None]
            reach["y"] += [UPDATES, UPDATES, None]
        marks["x"].append(central.isoformat())
        marks["y"].append(UPDATES)
        words = step.update.text if step.update else step.words
        marks["text"].append(f"{safe(record_label(step.kind, 'step'))}<br>{_wrapped(words)}")
    traces: list[dict[str, Any]] = []
    if reach["x"]:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                **reach,
                "line": {"color": LIGHT["accent-line"], "width": 5},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    if marks["x"]:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": marks["x"],
                "y": marks["y"],
                "text": marks["text"],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {
                    "size": 11,
                    "color": LIGHT["accent"],
                    "line": {"color": LIGHT["surface"], "width": 2},
                },
                "showlegend": False,
            }
        )
    return traces, left_out


def _bounds(moment: Moment, zone: tzinfo) -> tuple[datetime, datetime, datetime] | None:
    if moment.earliest is None or moment.latest is None or moment.at is None:
        return None
    return _local(moment.earliest, zone), _local(moment.at, zone), _local(moment.latest, zone)


def _wrapped(text: str, width: int = 60) -> str:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    lines.append(line)
    if len(lines) > 6:
        lines = [*lines[:6], "…"]
    return "<br>".join(safe(part) for part in lines)


def _notes(
    incident: Incident, span: Span, stretch: Stretch, duration: Any, instant: bool
) -> list[dict[str, Any]]:
    """Write when it starts and ends above the bar, and how long it lasts on it."""
    start_text = _("starts %(moment)s", moment=_clock(incident.started_at, incident))
    notes = [_note(stretch.start_earliest, start_text, "left")]
    if span.end_state == "open":
        notes.append(_note(stretch.right, _("still open"), "right", "end"))
    elif span.end_state == "unknown":
        notes.append(_note(stretch.end_latest, _("end not known"), "right", "end"))
    elif incident.resolved_at is not None and not instant:
        end_text = _("ends %(moment)s", moment=_clock(incident.resolved_at, incident))
        notes.append(_note(stretch.end_latest, end_text, "right", "end"))
    if duration is not None and not instant and span.end_state == "known":
        middle = stretch.start_earliest + (stretch.end_latest - stretch.start_earliest) / 2
        text = safe(format_duration(duration))
        notes.append(
            {
                **_note(middle, "", "center"),
                "text": text,
                "y": BAR,
                "yshift": 0,
                "font": {"color": LIGHT["surface"], "size": 12, "weight": 650},
            }
        )
    return notes


def _clock(moment: Moment, incident: Incident) -> str:
    """Write only the time of day of a moment that has one; the axis says the day."""
    text = format_moment(moment, zone=incident.timezone, show_zone=False, short=True)
    _day, comma, clock = text.rpartition(", ")
    if moment.value and moment.has_time and comma and "," not in _day:
        return clock
    return text


def _note(at: datetime, text: str, side: str, name: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "x": at.isoformat(),
        "y": BAR + HALF_BAR,
        "xref": "x",
        "yref": "y",
        "xanchor": side,
        "yanchor": "bottom" if text else "middle",
        "yshift": 3,
        "text": safe(text),
        "showarrow": False,
        "font": {"color": LIGHT["ink-2"], "size": 12},
    }


def _zone_note(zone: tzinfo) -> dict[str, Any]:
    """Name the zone below the axis on the right; a title in its middle would stand on the day."""
    return {
        "name": "zone",
        "xref": "paper",
        "yref": "paper",
        "x": 1,
        "y": 0,
        "xanchor": "right",
        "yanchor": "top",
        "yshift": -36,
        "text": safe(_("Time in %(zone)s", zone=zone_name(zone))),
        "showarrow": False,
        "font": {"color": LIGHT["muted"], "size": 11},
    }


def _tick_format(length: timedelta) -> str:
    if length < timedelta(days=2):
        return "%H:%M\n%-d %b %Y"
    return "%-d %b\n%Y" if length < timedelta(days=120) else "%b\n%Y"


def _layout(
    stretch: Stretch, zone: tzinfo, shapes: list[dict[str, Any]], notes: list[dict[str, Any]], title: str
) -> dict[str, Any]:
    return {
        "height": 190,
        "margin": {"l": 12, "r": 12, "t": 26, "b": 50},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": LIGHT["muted"]},
        "hoverlabel": {
            "bgcolor": LIGHT["surface"],
            "bordercolor": LIGHT["line-strong"],
            "font": {"color": LIGHT["ink"], "family": FONT, "size": 12},
            "align": "left",
        },
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
        "shapes": shapes,
        "annotations": [*notes, _zone_note(zone)],
        "xaxis": {
            "type": "date",
            "range": [stretch.left.isoformat(), stretch.right.isoformat()],
            "gridcolor": LIGHT["line"],
            "zeroline": False,
            "fixedrange": True,
            "ticks": "",
            "nticks": 7,
            "tickformat": _tick_format(stretch.right - stretch.left),
        },
        "yaxis": {"visible": False, "range": [-0.35, BAR + 0.62], "fixedrange": True, "zeroline": False},
    }
