"""The timeline in a real browser: drawn, moved, filtered, opened, shared; by mouse, by key, and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from .conftest import LiveServer

DRAWN = "#chart[data-drawn]"
LIVEBOX = "2025-09-12-orange-livebox-tv"
WEEK = "/?start=2025-09-10&end=2025-09-15"


def opened(page: Page, server: LiveServer, path: str = "/") -> Page:
    page.goto(server.url + path)
    page.wait_for_selector(DRAWN)
    return page


def marks(page: Page) -> list[str]:
    """Give the ids of the incidents drawn."""
    return page.evaluate(
        "() => [...document.querySelector('.js-plotly-plot').data].filter(t => t.meta?.kind === 'incidents')"
        ".flatMap(t => t.customdata.map(c => c[0]))"
    )


def shown_range(page: Page) -> tuple[datetime, datetime]:
    first, last = page.evaluate("() => document.querySelector('.js-plotly-plot').layout.xaxis.range")
    return datetime.fromisoformat(first[:19]), datetime.fromisoformat(last[:19])


def settled(page: Page, change: Callable[[], object]) -> None:
    """Do something that moves the window, and wait until the server's answer is drawn."""
    before = page.get_attribute("#chart", "data-drawn")
    change()
    page.wait_for_function(
        "before => { const c = document.getElementById('chart');"
        " return c.dataset.drawn !== before && c.getAttribute('aria-busy') === 'false'; }",
        arg=before,
    )


def test_all_incidents_are_drawn_and_listed(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server)
    assert len(marks(page)) == 98
    assert LIVEBOX in marks(page)
    expect(page.locator("h1")).to_have_text("98 incidents, 2004 to 2026")
    expect(page.locator(".pages__of")).to_have_text("1–50 of 98")


def test_there_is_no_button_that_sends_data_away(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server)
    assert page.locator(".modebar-btn").count() == 0
    assert page.evaluate("() => document.querySelector('.js-plotly-plot')._context.showSendToCloud") is False
    assert page.evaluate("() => document.querySelector('.js-plotly-plot')._context.plotlyServerURL") == ""


def test_the_livebox_bar_has_soft_ends_and_opens_its_page(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, "/?start=2025-09-12T21:00&end=2025-09-13")
    layers = page.evaluate(
        "() => { const t = document.querySelector('.js-plotly-plot').data.find(t => t.meta?.kind === 'bars');"
        " return t.base.map((b, i) => [b, t.x[i], t.marker.opacity[i]]); }"
    )
    assert len(layers) > 5
    assert len({base for base, _length, _opacity in layers}) == len(layers)
    assert all(opacity < 0.5 for _base, _length, opacity in layers)
    box = page.locator("#chart .barlayer .trace.bars path").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(f"**/incidents/{LIVEBOX}")


def test_a_click_on_a_mark_opens_it_and_with_ctrl_in_a_new_tab(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, "/?start=2025-08-01&end=2025-12-01&service_kind=tv")
    assert marks(page) == [LIVEBOX]
    box = page.locator("#chart .scatterlayer .point").first.bounding_box()
    assert box
    at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.keyboard.down("Control")
    with page.context.expect_page() as other:
        page.mouse.click(*at)
    page.keyboard.up("Control")
    other.value.wait_for_url(f"**/incidents/{LIVEBOX}")
    assert urlsplit(page.url).path == "/"
    page.mouse.click(*at)
    page.wait_for_url(f"**/incidents/{LIVEBOX}")


def test_pointing_at_a_mark_shows_a_card(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, "/?start=2025-08-01&end=2025-12-01&service_kind=tv")
    box = page.locator("#chart .scatterlayer .point").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.locator(".hover-card")
    expect(card).to_be_visible()
    expect(card.locator(".hover-card__title")).to_have_text("Orange television goes black on Livebox")
    expect(card).to_contain_text("about 22:00 (Paris)")


def test_the_wheel_zooms_and_the_address_shows_the_same_view_elsewhere(
    page: Page, live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    opened(page, live_server, "/?severity=critical,major")
    first = shown_range(page)
    box = page.locator("#chart .nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 3)
    settled(page, lambda: page.mouse.wheel(0, -400))
    second = shown_range(page)
    assert second[1] - second[0] < first[1] - first[0]
    other = open_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    other.goto(page.url)
    other.wait_for_selector(DRAWN)
    assert shown_range(other) == shown_range(page)
    assert sorted(marks(other)) == sorted(marks(page))
    assert other.locator("h1").inner_text() == page.locator("h1").inner_text()
    assert parse_qs(urlsplit(page.url).query)["severity"] == ["critical", "major"]


def test_zooming_to_a_week_gives_an_address_that_shows_it_elsewhere(
    page: Page, live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    opened(page, live_server, "/?start=2025-08-12&end=2025-10-12")
    blackout = datetime(2025, 9, 12, 22, 0)
    box = page.locator("#chart .nsewdrag").bounding_box()
    assert box
    first, last = shown_range(page)
    for _ in range(30):
        page.mouse.move(
            box["x"] + box["width"] * ((blackout - first) / (last - first)), box["y"] + box["height"] / 3
        )
        settled(page, lambda: page.mouse.wheel(0, -400))
        first, last = shown_range(page)
        if last - first <= timedelta(days=7):
            break
    assert last - timedelta(days=7) <= first < blackout < last
    assert LIVEBOX in marks(page)
    other = open_page(
        viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="America/Los_Angeles"
    )
    other.goto(page.url)
    other.wait_for_selector(DRAWN)
    for seen in (
        shown_range,
        marks,
        lambda one: one.locator("h1").inner_text(),
        lambda one: one.locator("#chart .xtick").all_text_contents(),
        lambda one: one.locator(".lane-name").all_inner_texts(),
        lambda one: one.locator("tbody tr").all_inner_texts(),
    ):
        assert seen(other) == seen(page)


def test_dragging_moves_the_window(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, WEEK)
    before = shown_range(page)
    box = page.locator("#chart .nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + 300, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 10, steps=5)
    settled(page, page.mouse.up)
    after = shown_range(page)
    assert after[0] < before[0]
    assert abs((after[1] - after[0]) - (before[1] - before[0])).total_seconds() < 1800


def test_an_answer_that_comes_during_a_gesture_does_not_disturb_it(
    page: Page, live_server: LiveServer
) -> None:
    opened(page, live_server, WEEK)
    held: list[Route] = []
    page.route(re.compile("figure.json"), lambda route: held.append(route), times=1)
    page.focus("#chart")
    with page.expect_request(re.compile("figure.json")):
        page.keyboard.press("+")
    near = shown_range(page)
    drawn = page.get_attribute("#chart", "data-drawn")
    box = page.locator("#chart .nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + 300, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 10, steps=5)
    picture = "document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range"
    page.wait_for_function(f"start => {picture}[0].slice(0, 19) < start", arg=near[0].isoformat(" "))
    dragged = page.evaluate(f"() => {picture}")
    held[0].continue_()
    page.wait_for_timeout(500)
    assert page.get_attribute("#chart", "data-drawn") == drawn
    assert page.evaluate(f"() => {picture}") == dragged
    settled(page, page.mouse.up)
    assert abs((shown_range(page)[0] - datetime.fromisoformat(dragged[0][:19])).total_seconds()) < 1800


def test_keys_move_zoom_and_show_all(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, WEEK)
    page.focus("#chart")
    week = shown_range(page)
    settled(page, lambda: page.keyboard.press("ArrowRight"))
    assert shown_range(page)[0] > week[0]
    settled(page, lambda: page.keyboard.press("+"))
    near = shown_range(page)
    assert near[1] - near[0] < week[1] - week[0]
    settled(page, lambda: page.keyboard.press("-"))
    settled(page, lambda: page.keyboard.press("Home"))
    expect(page.locator("h1")).to_have_text("98 incidents, 2004 to 2026")
    assert "start" not in page.url
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_a_key_path_leads_to_each_incident(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, WEEK)
    page.focus("#chart")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-live]")).to_contain_text("Orange television goes black on Livebox")
    expect(page.locator(".hover-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".hover-card")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incidents/{LIVEBOX}")


def test_the_keys_meet_an_incident_once_that_stands_in_several_lanes(
    page: Page, live_server: LiveServer
) -> None:
    opened(page, live_server, "/?start=2025-08-01&end=2025-12-01&by=obligation")
    drawn = marks(page)
    assert len(set(drawn)) < len(drawn)
    page.focus("#chart")
    met = []
    for _ in range(len(set(drawn))):
        page.keyboard.press("ArrowDown")
        met.append(page.locator("[data-live]").inner_text())
    assert len(set(met)) == len(set(drawn))
    page.keyboard.press("ArrowDown")
    assert page.locator("[data-live]").inner_text() == met[0]


def test_lanes_and_ranges_change_in_place_and_back_goes_back(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server)
    page.evaluate("() => { window.stayed = true; }")
    settled(page, lambda: page.click(".quick >> text=5 y"))
    assert "start=" in page.url
    page.click(".chart-tools >> text=Supplier")
    expect(page.locator(".lane-name__words", has_text="Supplier not named")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["by"] == ["supplier"]
    page.go_back()
    expect(page.locator(".lane-name__words", has_text="Television")).to_be_visible()
    assert page.evaluate("() => window.stayed") is True


def test_the_name_of_a_lane_filters_by_it(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server)
    settled(page, lambda: page.click(".lane-name >> text=Television"))
    expect(page.locator("h1")).to_contain_text("7 incidents")
    expect(page.locator(".chip--on")).to_contain_text("Main service: Television")


def test_filters_by_form(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server)
    page.click(".filter-menu summary")
    page.check(".filter-form input[name=planned][value=yes]")
    settled(page, lambda: page.click(".filter-form >> text=Show"))
    expect(page.locator("h1")).to_contain_text("21 incidents")
    assert parse_qs(urlsplit(page.url).query) == {"planned": ["yes"]}


def test_the_strip_moves_the_window(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server)
    page.locator("[data-strip]").scroll_into_view_if_needed()
    box = page.locator("[data-strip]").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20, steps=6)
    settled(page, page.mouse.up)
    first, last = shown_range(page)
    assert first.year == 2004
    assert 2014 <= last.year <= 2016


def test_the_strip_follows_ranges_and_filters(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, "/?lang=fr")

    def marked() -> list[str | None]:
        frame = page.locator(".strip__frame")
        return [frame.get_attribute("x"), frame.get_attribute("width")]

    years = page.locator(".strip__label").all_text_contents()
    whole = marked()
    settled(page, lambda: page.get_by_role("link", name="1 an", exact=True).click())
    year = marked()
    assert year != whole
    assert page.locator(".strip__label").all_text_contents() == years
    settled(page, lambda: page.get_by_role("link", name="30 j", exact=True).click())
    assert marked() != year
    assert any(text.startswith("1er ") for text in page.locator(".xtick text").all_text_contents())
    settled(page, page.go_back)
    assert marked() == year
    settled(page, lambda: page.get_by_role("link", name="Tout", exact=True).click())
    assert marked() == whole


def test_no_script_leaves_table_filters_and_links(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(java_script_enabled=False, locale="en-GB")
    page.goto(live_server.url + "/")
    expect(page.locator("tbody tr")).to_have_count(50)
    expect(page.locator(".chart p").first).to_contain_text("drawn by a script")
    expect(page.locator(".chart__room")).to_be_hidden()
    page.click(".filter-menu summary")
    page.check(".filter-form input[name=cause][value=malicious_action]")
    page.click(".filter-form >> text=Show")
    expect(page.locator("tbody tr")).to_have_count(13)
    page.click("thead >> text=Duration")
    expect(page.locator("[aria-sort=descending]")).to_contain_text("Duration")


def test_the_theme_switch_redraws_the_chart(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, WEEK)
    paper = "() => document.querySelector('.js-plotly-plot').layout.paper_bgcolor"
    assert page.evaluate(paper) == "#ffffff"
    page.click("[data-theme-switch]")
    page.wait_for_function(f"() => ({paper})() === '#161b22'")
    page.reload()
    page.wait_for_selector(DRAWN)
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(paper) == "#161b22"


def test_french_reads_french(open_page: Callable[..., Page], live_server: LiveServer) -> None:
    page = open_page(locale="fr-FR", viewport={"width": 1280, "height": 900})
    opened(page, live_server, "/?start=2025-09-01&end=2025-10-01")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    ticks = page.locator("#chart .xtick").all_text_contents()
    assert any("sept." in tick for tick in ticks)
    page.click(".languages a[hreflang=en]")
    page.wait_for_selector(DRAWN)
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_is_wider_than_the_screen(
    open_page: Callable[..., Page], live_server: LiveServer, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 844})
    opened(page, live_server)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_hostile_titles_are_text(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, '/?q=<img src=x onerror=alert(1)>"%27')
    assert page.locator("img").count() == 0
    expect(page.locator(".empty h2")).to_have_text("No incident matches here.")
    expect(page.locator(".chip--on").first).to_contain_text("<img src=x onerror=alert(1)>")


def test_an_answer_that_fails_is_said_and_the_old_picture_stays(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(complains=True, viewport={"width": 1280, "height": 800})
    opened(page, live_server)
    page.route(re.compile("figure.json"), lambda route: route.fulfill(status=503, body="{}"))
    page.click(".quick >> text=1 y")
    expect(page.locator("[data-failed]")).to_be_visible()
    assert len(marks(page)) == 98


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", WEEK, "/?q=nothingatall", "/?lang=fr&by=supplier"])
def test_axe_finds_nothing(
    open_page: Callable[..., Page], live_server: LiveServer, scheme: str, path: str
) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    opened(page, live_server, path)
    page.click(".figure-card summary >> nth=0")
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def test_axe_finds_nothing_in_the_open_form_on_a_phone(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    opened(page, live_server)
    page.click(".filter-menu summary")
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_a_finger_moves_sideways_and_scrolls_past(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    opened(page, live_server, "/?start=2024-01-01&end=2026-01-01")
    page.evaluate("() => document.getElementById('chart').scrollIntoView({block: 'center'})")
    finger = page.context.new_cdp_session(page)

    def swipe(right: int, down: int) -> None:
        point = {"x": 200, "y": 450}
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        for step in range(1, 11):
            at = {"x": 200 + right * step / 10, "y": 450 + down * step / 10}
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    before = shown_range(page)
    high = page.evaluate("() => scrollY")
    swipe(0, -200)
    page.wait_for_function("high => scrollY > high + 100", arg=high)
    assert shown_range(page) == before
    page.evaluate("() => document.getElementById('chart').scrollIntoView({block: 'center'})")
    settled(page, lambda: swipe(120, 0))
    assert shown_range(page)[0] < before[0]
