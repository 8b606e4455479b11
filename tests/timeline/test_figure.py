"""The figure of a window: valid for Plotly, the right numbers at the right places, honest about what is not known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import Density, Item, Lane, Milestone, Moment, Share, Sketch, Summary, WindowAnswer
from timeline.drawing import Drawing, Period, escape
from timeline.figure import SYMBOLS, layers_of, window_figure
from timeline.lanes import BAR_FROM_PX, MOST_LANES, Mark, Scale, diameter, rows_of
from timeline.palette import DARK, LIGHT, dark_twins, themed
from timeline.wording import speaking

START = datetime(2025, 9, 10, tzinfo=UTC)
END = datetime(2025, 9, 15, tzinfo=UTC)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def sketch(key: str = "one", start: datetime = START, **changes: Any) -> Sketch:
    """Give an incident of an hour, exact to the second, unless changes say otherwise."""
    end = start + timedelta(hours=1)
    plain = Sketch(
        id=key,
        title=f"Title of {key}",
        severity="major",
        status="resolved",
        start_earliest=start,
        start_latest=start,
        end_earliest=end,
        end_latest=end,
        end_state="known",
        operator_id=None,
        service_ids=(),
        providers=(),
        cause="unknown",
        countries=(),
        third_party="no",
        planned_maintenance="no",
        duration=None,
        user_hours=None,
        collection="bundled",
    )
    return replace(plain, **changes)


SUMMARY = Summary(
    incidents=1,
    possible=0, user_hours=None, known=0, longest=None, durations_known=0, third_party=Share(0, 1),
    unnamed_supplier=0, planned=Share(0, 1), exposed=Share(0, 1),
)  # fmt: skip


def answer(*sketches: Sketch, lanes: tuple[Lane, ...] = (), **changes: Any) -> WindowAnswer:
    lanes = lanes or (Lane("tv", "Television", len(sketches)),)
    plain = WindowAnswer(
        start=START,
        end=END,
        dimension="service_kind",
        lanes=lanes,
        items=tuple(Item(one, (lanes[n % len(lanes)].key,)) for n, one in enumerate(sketches)),
        densities=(),
        milestones=(),
        total=len(sketches),
        outside=0,
        summary=SUMMARY,
        revision=1,
    )
    return replace(plain, **changes)


def drawing(**changes: Any) -> Drawing:
    plain = Drawing(
        width=1190,
        zone=PARIS,
        now=NOW,
        hover=lambda one: [escape(one.title)],
        title=lambda one: one.title,
        link=lambda one: f"/incidents/{one.id}",
        milestone_hover=lambda one: [escape(one.title)],
        milestone_link=lambda one: f"/milestones#{one.id}",
    )
    return replace(plain, **changes)


def drawn(given_answer: WindowAnswer, **changes: Any) -> dict[str, Any]:
    figure = window_figure(given_answer, drawing(**changes))
    go.Figure(json.loads(json.dumps(figure)))
    return figure


def traces(figure: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace["meta"]["kind"] == kind]


def test_a_short_incident_is_one_mark_at_its_start_in_the_shown_zone() -> None:
    start = datetime(2025, 9, 12, 20, 0, tzinfo=UTC)
    figure = drawn(answer(sketch(start=start, end_earliest=start, end_latest=start)))
    (marks,) = traces(figure, "incidents")
    assert marks["x"] == ["2025-09-12 22:00:00"]
    assert marks["customdata"] == [["one", "/incidents/one"]]
    assert not traces(figure, "bars")


def test_severities_differ_by_symbol_size_and_colour() -> None:
    figure = drawn(
        answer(*(sketch(name, severity=name) for name in ("minor", "moderate", "major", "critical")))
    )
    found = traces(figure, "incidents")
    assert len({trace["marker"]["symbol"] for trace in found}) == 4
    assert len({trace["marker"]["color"][0] for trace in found}) == 4
    sizes = [trace["marker"]["size"][0] for trace in found]
    assert sizes == sorted(sizes)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)


def test_a_start_known_worse_than_the_mark_is_wide_is_pale() -> None:
    """One mark a day wide at twenty years is sure, at five days it is not."""
    vague = sketch(
        start_latest=START + timedelta(days=1), end_earliest=None, end_latest=None, end_state="unknown"
    )
    (near,) = traces(drawn(answer(vague)), "incidents")
    assert near["marker"]["color"] == [LIGHT["major-pale"]]
    (far,) = traces(drawn(answer(vague, start=START - timedelta(days=7300))), "incidents")
    assert far["marker"]["color"] == [LIGHT["major"]]


def test_a_bar_has_soft_ends_between_its_bounds() -> None:
    start = datetime(2025, 9, 12, 19, 45, tzinfo=UTC)
    soft = sketch(
        start=start,
        start_latest=start + timedelta(minutes=30),
        end_earliest=start + timedelta(minutes=50),
        end_latest=start + timedelta(minutes=60),
    )
    window = answer(soft, start=start - timedelta(hours=1), end=start + timedelta(hours=2))
    (bars,) = traces(drawn(window), "bars")
    first = [datetime.fromisoformat(base) for base in bars["base"]]
    last = [base + timedelta(milliseconds=ms) for base, ms in zip(first, bars["x"], strict=True)]
    assert len(first) > 5
    assert first[0] == datetime(2025, 9, 12, 21, 45)
    assert last[0] == datetime(2025, 9, 12, 22, 45)
    assert all(one < other for one, other in pairwise(first))
    assert all(one > other for one, other in pairwise(last))
    assert first[-1] <= datetime(2025, 9, 12, 22, 15)
    assert last[-1] >= datetime(2025, 9, 12, 22, 35)
    together = 1.0
    for opacity in bars["marker"]["opacity"]:
        together *= 1 - opacity
    assert 0.85 < 1 - together < 0.95


def test_a_bar_with_sharp_ends_is_one_layer() -> None:
    (bars,) = traces(drawn(answer(sketch(end_earliest=END, end_latest=END))), "bars")
    assert len(bars["base"]) == 1
    assert bars["x"] == [5 * 86_400_000]


def test_a_bar_over_the_change_of_clocks_ends_where_the_axis_says() -> None:
    start = datetime(2025, 10, 25, 22, 0, tzinfo=UTC)
    end = datetime(2025, 10, 26, 23, 0, tzinfo=UTC)
    one = sketch(start=start, end_earliest=end, end_latest=end)
    window = answer(one, start=start - timedelta(days=1), end=end + timedelta(days=1))
    (bars,) = traces(drawn(window), "bars")
    assert bars["base"] == ["2025-10-26 00:00:00"]
    assert bars["x"] == [24 * 3_600_000]


def test_an_unknown_end_fades_out_and_never_reaches_now() -> None:
    gone = sketch(end_earliest=None, end_latest=None, end_state="unknown")
    mark = Mark(gone, "tv", 0.0, False)
    near = Scale(START - timedelta(hours=12), START + timedelta(hours=12), 1000)
    layers = layers_of(mark, near, NOW)
    assert len(layers) > 3
    assert max(last for _first, last, _opacity in layers) < START + timedelta(hours=1)
    far = Scale(START - timedelta(days=3650), START + timedelta(days=3650), 1000)
    assert layers_of(mark, far, NOW) == []


def test_what_is_open_reaches_now_with_an_arrow() -> None:
    now = START + timedelta(days=2)
    figure = drawn(
        answer(sketch(end_earliest=None, end_latest=None, end_state="open", status="investigating")), now=now
    )
    (arrow,) = traces(figure, "ongoing")
    assert arrow["x"] == ["2025-09-12 02:00:00"]
    assert arrow["marker"]["symbol"] == "triangle-right"
    (bars,) = traces(figure, "bars")
    assert bars["x"] == [2 * 86_400_000]


def test_a_duration_of_zero_is_an_instant_with_a_mark() -> None:
    instant = sketch(end_earliest=START, end_latest=START)
    figure = drawn(answer(instant, start=START - timedelta(minutes=1), end=START + timedelta(minutes=1)))
    assert not traces(figure, "bars")
    assert traces(figure, "incidents")[0]["marker"]["opacity"] == [1]


def test_what_reaches_into_the_window_by_less_than_a_mark_stays_in_sight() -> None:
    early = sketch(start=START - timedelta(minutes=30))
    (marks,) = traces(drawn(answer(early)), "incidents")
    assert marks["x"] == ["2025-09-10 02:00:00"]


def test_lanes_are_named_counted_and_in_their_order() -> None:
    lanes = (Lane("tv", "Television", 2), Lane("mobile", "Mobile & more", 1))
    figure = drawn(
        answer(sketch("a"), sketch("b"), sketch("c"), lanes=lanes), lane_link=lambda key: f"/?x={key}"
    )
    names = figure["layout"]["meta"]["lanes"]
    assert [(lane["name"], lane["count"], lane["link"]) for lane in names] == [
        ("Television", 2, "/?x=tv"),
        ("Mobile & more", 1, "/?x=mobile"),
        ("Context", 0, None),
    ]
    assert figure["layout"]["yaxis"]["ticktext"] == ["2", "1"]
    assert [a["text"] for a in figure["layout"]["annotations"]][:2] == ["Television", "Mobile &amp; more"]
    tops = [lane["top"] for lane in names]
    assert tops == sorted(tops)


def test_many_lanes_fold_into_one_that_says_how_many() -> None:
    lanes = tuple(Lane(f"p{n}", f"Provider {n}", 1) for n in range(30))
    items = [sketch(f"i{n}") for n in range(30)]
    figure = drawn(answer(*items, lanes=lanes))
    names = figure["layout"]["meta"]["lanes"]
    assert len(names) == MOST_LANES + 1
    assert (names[-2]["name"], names[-2]["count"]) == ("17 others", 17)
    assert sum(len(trace["x"]) for trace in traces(figure, "incidents")) == 30
    assert len(drawn(answer(*items, lanes=lanes), all_lanes=True)["layout"]["meta"]["lanes"]) == 31


def test_densities_say_how_many() -> None:
    one = Density("tv", START, START + timedelta(days=1), 40, "critical", None)
    two = Density("tv", START + timedelta(days=1), START + timedelta(days=2), 10, None, None)
    (heat,) = traces(drawn(answer(densities=(one, two), lanes=(Lane("tv", "Television", 50),))), "densities")
    assert heat["text"] == ["40", "10"]
    assert heat["x"] == [86_400_000, 86_400_000]
    assert heat["marker"]["color"] == [LIGHT["critical"], LIGHT["unknown"]]
    assert heat["marker"]["opacity"][0] > heat["marker"]["opacity"][1]
    assert heat["hovertext"][0].startswith("40 incidents")


def milestone(value: str, precision: str) -> Milestone:
    when = Moment.from_flat("date", {"date": value, "date_precision": precision}, "Europe/Paris")
    return Milestone(id="m", title="DORA <applies>", kind="regulation", date=when)


def test_milestones_are_diamonds_and_vague_ones_show_their_bounds() -> None:
    year = answer(milestones=(milestone("2025-06", "month"),), start=datetime(2025, 1, 1, tzinfo=UTC),
                  end=datetime(2026, 1, 1, tzinfo=UTC), lanes=(Lane("tv", "TV", 0),))  # fmt: skip
    figure = drawn(year)
    (diamonds,) = traces(figure, "milestones")
    assert diamonds["marker"]["symbol"] == "diamond"
    assert diamonds["hovertext"] == ["DORA &lt;applies&gt;"]
    (bounds,) = traces(figure, "milestone-bounds")
    assert bounds["base"] == ["2025-06-01 00:00:00"]
    undated = Milestone(id="u", title="Undated", kind="statement")
    assert not traces(drawn(answer(milestones=(undated,))), "milestones")


def test_legal_periods_begin_where_they_begin() -> None:
    law = Period("DORA applies", START + timedelta(days=1))
    later = Period("Later", END + timedelta(days=1))
    layout = drawn(answer(sketch()), periods=(law, later))["layout"]
    words = [a["text"] for a in layout["annotations"]]
    assert "DORA applies" in words
    assert "Later" not in words
    rects = [s for s in layout["shapes"] if s["type"] == "rect" and s["xref"] == "x"]
    assert [rect["x0"] for rect in rects] == ["2025-09-11 02:00:00"]


@pytest.mark.parametrize(
    "hostile", ["<b>x</b>", "%{x}", "a & b", "<a href='javascript:alert(1)'>", "<extra></extra>"]
)
def test_text_is_text(hostile: str) -> None:
    shown = escape(hostile)
    assert "<" not in shown
    assert "%{" not in shown
    figure = drawn(answer(sketch(title=hostile)))
    assert traces(figure, "incidents")[0]["hovertext"] == [shown]
    assert traces(figure, "titles")[0]["text"] == [shown]


@given(
    starts=st.lists(st.integers(0, 5 * 24 * 60), min_size=1, max_size=60),
    lengths=st.lists(st.integers(0, 3000), min_size=60, max_size=60),
)
def test_everything_is_drawn_inside_its_lane(starts: list[int], lengths: list[int]) -> None:
    items = [
        sketch(f"i{n}", START + timedelta(minutes=start), end_earliest=START + timedelta(minutes=start + lengths[n]),
               end_latest=START + timedelta(minutes=start + lengths[n]), severity=("minor", "critical")[n % 2])
        for n, start in enumerate(starts)
    ]  # fmt: skip
    figure = window_figure(answer(*items), drawing())
    lane = figure["layout"]["meta"]["lanes"][0]
    marks = [y for trace in traces(figure, "incidents") for y in trace["y"]]
    assert len(marks) == len(items)
    assert all(lane["top"] - 6 < y < lane["top"] - 6 + lane["height"] for y in marks)


def test_marks_at_one_time_stand_apart() -> None:
    scale = Scale(START, END, 1000)
    rows = rows_of([sketch(f"i{n}") for n in range(4)], scale, NOW)
    assert sorted(rows.values()) == [0, 1, 2, 3]
    apart = [sketch(f"i{n}", START + n * timedelta(days=1)) for n in range(4)]
    assert set(rows_of(apart, scale, NOW).values()) == {0}
    assert scale.width(START, START + timedelta(hours=1)) > BAR_FROM_PX
    assert diameter("critical") > diameter("minor")


def test_the_axis_names_time_by_zoom_in_any_language(make_words: Callable[[], dict[str, Any]]) -> None:
    config = make_words()
    assert config["locales"]["fr"]["format"]["shortMonths"][8] == "sept."
    assert config["locales"]["fr"]["format"]["days"][0] == "dimanche"
    assert config["showSendToCloud"] is False
    assert config["plotlyServerURL"] == ""
    assert config["displaylogo"] is False


@pytest.fixture
def make_words() -> Callable[[], dict[str, Any]]:
    from timeline.chart_locale import chart_config

    def make() -> dict[str, Any]:
        with speaking("fr"):
            return chart_config()

    return make


def test_a_figure_turns_dark_colour_by_colour() -> None:
    figure = drawn(answer(sketch(), milestones=(milestone("2025-09-12", "day"),)))
    dark = themed(figure, dark_twins())
    assert dark["layout"]["paper_bgcolor"] == DARK["surface"]
    text = json.dumps(dark)
    assert not [name for name, colour in LIGHT.items() if f'"{colour}"' in text]
    assert len(set(LIGHT.values())) == len(LIGHT)
