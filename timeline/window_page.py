"""The timeline page as one value: the window's answer and all that stands around it, ready for templates and JSON.

Gathers from the store and the modules that know each part. Knows addresses, no routes and no markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for

from incidents import (
    DIMENSIONS,
    Incident,
    Page,
    Query,
    Store,
    WindowAnswer,
    extent,
    facets,
    find,
    padded,
    window_answer,
)
from timeline.chart_words import Hover, lane_words, legal_periods, window_words
from timeline.drawing import LEFT, Drawing
from timeline.figure import window_figure
from timeline.filter_form import Chip, FilterGroup, chips, filter_groups, hidden_fields
from timeline.formats import format_day, zone_name
from timeline.incident_rows import IncidentRow, incident_rows
from timeline.labels import label
from timeline.once_a_revision import once_a_revision
from timeline.overview import Strip, overview
from timeline.params import PAGE_SIZE, View, address
from timeline.summary import FigureCard, figure_cards
from timeline.wording import N_, _, ngettext, record_text

WIDTH = 1336
NARROWEST_PX, WIDEST_PX = 240, 4000
MOST_PREFETCHED = 400
LABEL_LETTER_PX, WIDEST_LABEL_PX = 7.2, 280
RANGES = (
    (N_("24 h"), timedelta(days=1)),
    (N_("30 d"), timedelta(days=30)),
    (N_("1 y"), timedelta(days=365)),
    (N_("5 y"), timedelta(days=5 * 365 + 1)),
)
SORTABLE = {"newest": "oldest", "oldest": "newest"}


@dataclass(frozen=True, slots=True)
class Tab:
    """A link of which one is the current."""

    words: str
    link: str
    current: bool
    help: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its words, the address that sorts by it, and whether it does."""

    words: str
    link: str | None = None
    sorted: str | None = None
    numeric: bool = False


@dataclass(frozen=True, kw_only=True)
class WindowPage:
    """All that the timeline page shows."""

    view: View
    answer: WindowAnswer
    heading: str
    period: str
    outside_link: str | None
    chips: list[Chip]
    groups: list[FilterGroup]
    hidden: list[tuple[str, str]]
    clear: str
    cards: list[FigureCard]
    tabs: list[Tab]
    ranges: list[Tab]
    ranges_until: str
    strip: Strip
    strip_years: list[tuple[float, float, int, str]]
    limits: tuple[str, str]
    rows: list[IncidentRow]
    columns: list[Column]
    listed: Page
    last_page: int
    page_link: Callable[[int], str]
    page_words: str
    zone: str
    place: str
    address: str
    json_link: str
    csv_link: str
    start: str
    end: str


@once_a_revision
def record_extent(store: Store) -> tuple[datetime, datetime] | None:
    """Give the first and the last moment of the record, read once a revision."""
    return extent(store)


def linked(view: View) -> str:
    """Address a view of the timeline, below wherever the application is mounted."""
    return address(view, request.script_root + "/")


def window_page(store: Store, view: View, now: datetime) -> WindowPage:
    """Gather the page of a view: the window, and the whole record for the strip unless they are the same."""
    zone = ZoneInfo(view.zone)
    named = lane_words(store)
    answer = window_answer(store, _closed(store, view.query, now), view.by, now=now, label=named)
    whole = answer
    if answer.densities or view.query != view.query.without_window():
        whole = window_answer(store, view.query.without_window(), "cause", now=now, label=named)
    listed = find(store, view.query)
    strip = overview(whole, (answer.start, answer.end), zone)
    first_page = view.on_page(1)
    return WindowPage(
        view=view,
        answer=answer,
        heading=_heading(answer, view, zone, store),
        period=window_words(answer.start, answer.end, zone),
        outside_link=linked(view.with_query(start=None, end=None)) if answer.outside else None,
        chips=chips(store, view, linked),
        groups=filter_groups(store, view, facets(store, view.query)),
        hidden=hidden_fields(view),
        clear=linked(view.without_filters().with_query(start=None, end=None)),
        cards=figure_cards(
            answer,
            first_page,
            linked,
            lambda key: url_for("records.incident", record_id=key),
            lambda record: record_text(record, "title"),
            lambda listed: address(listed, request.script_root + "/incidents"),
        ),
        tabs=[
            Tab(
                label(name, "dimension"),
                linked(replace(first_page, by=name, all_lanes=False)),
                name == view.by,
            )
            for name in DIMENSIONS
        ],
        **_ranges(store, first_page, now, zone),
        strip=strip,
        strip_years=[
            (left, width, year, linked(view.with_query(**_year(year, zone))))
            for left, width, year in strip.years
        ],
        limits=(_wall(strip.start, zone), _wall(strip.end, zone)),
        rows=incident_rows(store, listed.incidents),
        columns=_columns(view),
        listed=listed,
        last_page=max(1, -(-listed.total // PAGE_SIZE)),
        page_link=lambda number: linked(view.on_page(number)) + "#incidents",
        page_words=_page_words(view, listed),
        zone=view.zone,
        place=zone_name(zone),
        address=linked(view),
        json_link=address(first_page, request.script_root + "/timeline.json"),
        csv_link=address(first_page, request.script_root + "/incidents.csv"),
        start=_wall(answer.start, zone),
        end=_wall(answer.end, zone),
    )


def _closed(store: Store, query: Query, now: datetime) -> Query:
    """Give a window that begins after the record or ends before it a day of length: its open side has no end."""
    first, last = padded(*(record_extent(store) or (now, now)))
    if query.start is not None and query.end is None and query.start >= last:
        return replace(query, end=query.start + timedelta(days=1))
    if query.end is not None and query.start is None and query.end <= first:
        return replace(query, start=query.end - timedelta(days=1))
    return query


def _wall(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def _year(year: int, zone: ZoneInfo) -> Mapping[str, datetime]:
    last = (
        datetime(year + 1, 1, 1, tzinfo=zone) if year < 9999 else datetime(9999, 12, 31, 23, 59, tzinfo=zone)
    )
    return {"start": datetime(year, 1, 1, tzinfo=zone), "end": last}


def _heading(answer: WindowAnswer, view: View, zone: ZoneInfo, store: Store) -> str:
    """Name what is in view: how many, and from when to when. Without a window these are the years of the incidents."""
    count = answer.total
    if view.query.start is not None or view.query.end is not None or not answer.items:
        period = window_words(answer.start, answer.end, zone)
    else:
        starts = [item.sketch.start for item in answer.items]
        first, last = min(starts).astimezone(zone).year, max(starts).astimezone(zone).year
        period = str(first) if first == last else _("%(first)s to %(last)s", first=first, last=last)
    return ngettext("%(n)s incident, %(period)s", "%(n)s incidents, %(period)s", count, period=period)


def _ranges(store: Store, view: View, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Make the quick ranges. They end with the newest incident on record, so that none is empty for lack of news."""
    whole = record_extent(store)
    newest = min(whole[1], now) if whole else now
    end = (newest.astimezone(zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    query = view.query
    tabs = []
    for words, length in RANGES:
        start = end - length
        chosen = query.start == start and query.end == end
        tabs.append(Tab(_(words), linked(view.with_query(start=start, end=end)), chosen))
    everything = linked(view.with_query(start=None, end=None))
    tabs.append(Tab(_("All"), everything, query.start is None and query.end is None))
    until = _(
        "up to the newest incident, %(day)s",
        day=format_day(newest.astimezone(zone), short=True),
    )
    return {"ranges": tabs, "ranges_until": until}


def _columns(view: View) -> list[Column]:
    def by(words: str, order: str, *, numeric: bool = False) -> Column:
        current = view.query.order
        if order == "newest":
            turned = SORTABLE.get(current, "newest")
            state = {"newest": "descending", "oldest": "ascending"}.get(current)
            return Column(words, linked(view.with_query(order=turned)) + "#incidents", state)
        state = ("ascending" if order == "title" else "descending") if current == order else None
        return Column(words, linked(view.with_query(order=order)) + "#incidents", state, numeric)

    return [
        by(_("When"), "newest"),
        by(_("Incident"), "title"),
        Column(_("Who")),
        by(_("Duration"), "duration", numeric=True),
        by(_("Affected"), "affected", numeric=True),
        by(_("User-hours"), "user_hours", numeric=True),
    ]


def _page_words(view: View, listed: Page) -> str:
    if not listed.total:
        return _("no incident")
    if not listed.incidents:
        return _(
            "There is no page %(page)s: the list has %(total)s incidents.", page=view.page, total=listed.total
        )
    first = view.query.offset + 1
    return _(
        "%(first)s–%(last)s of %(total)s",
        first=first,
        last=first + len(listed.incidents) - 1,
        total=listed.total,
    )


def figure_of(store: Store, page: WindowPage, now: datetime, width: int = WIDTH) -> dict[str, Any]:
    """Draw the chart of a page at a width in pixels."""
    zone = ZoneInfo(page.zone)
    view = page.view
    hover = Hover(store, _incidents_in(store, page), zone)
    whole = padded(*(record_extent(store) or (page.answer.start, page.answer.end)))
    drawing = Drawing(
        width=min(max(width, NARROWEST_PX), WIDEST_PX),
        zone=zone,
        now=now,
        hover=hover.lines,
        title=hover.title,
        link=lambda sketch: url_for("records.incident", record_id=sketch.id),
        milestone_hover=hover.milestone,
        milestone_link=lambda milestone: url_for("records.milestones", _anchor=f"milestone-{milestone.id}"),
        lane_link=partial(_lane_link, view),
        limits=(min(whole[0], page.answer.start), max(whole[1], page.answer.end)),
        periods=legal_periods(store),
        all_lanes=view.all_lanes,
        label_px=_label_px(page.answer),
    )
    return window_figure(page.answer, drawing)


def _incidents_in(store: Store, page: WindowPage) -> dict[str, Incident]:
    """Read the incidents that the marks stand for, all at once while they are few."""
    if page.answer.total > MOST_PREFETCHED:
        return {}
    everything = find(store, replace(page.view.query, offset=0, limit=MOST_PREFETCHED))
    return {incident.id: incident for incident in everything.incidents}


def _label_px(answer: WindowAnswer) -> int:
    """Give the names of lanes the room that the longest needs, up to a fifth of a desktop's width."""
    longest = max((len(lane.label) for lane in answer.lanes), default=0)
    return round(min(max(LEFT, longest * LABEL_LETTER_PX + 62), WIDEST_LABEL_PX))


def _lane_link(view: View, key: str) -> str | None:
    if key == "~others":
        return linked(replace(view, all_lanes=True))
    if key.startswith("~") and not (view.by == "supplier" and key == "~unnamed"):
        return None
    return linked(view.with_filter("main_kind" if view.by == "service_kind" else view.by, [key]))
