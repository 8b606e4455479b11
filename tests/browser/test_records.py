"""The pages of the records in a real browser: accessible, near the start, on paper, without script.

And who may write: as a browser asks for it, not only as the test client does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Page, expect

from .conftest import LiveServer

LIVEBOX = "2025-09-12-orange-livebox-tv"
INCIDENT = f"/incidents/{LIVEBOX}"
DUTY = "/obligations/fr-cpce-d98-5-incident"
SIGN_IN = "/sign-in"
PAGES = (
    "/incidents",
    INCIDENT,
    "/providers",
    "/providers/orange",
    "/services/orange-tv-livebox",
    "/obligations",
    DUTY,
    "/laws",
    "/laws/us-cloud-act",
    "/milestones",
    "/qualifications",
    "/sources",
    "/search?q=orange",
    SIGN_IN,
)
ON_A_PHONE = (
    "/incidents",
    INCIDENT,
    "/providers/orange",
    "/obligations",
    DUTY,
    "/laws/us-cloud-act",
    "/search?q=orange",
    SIGN_IN,
)
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", "locale": "en-GB"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "color_scheme": "dark",
    "locale": "fr-FR",
    "has_touch": True,
    "is_mobile": True,
}
CAUSE = {
    "en-GB": ("Cause:", "Scheduled maintenance on the 'Connect' access to the AWS platform"),
    "fr-FR": ("Cause\u00a0:", "Maintenance programmée sur l’accès «\u00a0Connect\u00a0» à la plateforme AWS"),
}
YEAR = {"en-GB": "1 y", "fr-FR": "1 an"}


def opened(page: Page, server: LiveServer, path: str) -> Page:
    """Open a page whole: its picture drawn where it has one, all folds unfolded."""
    answer = page.goto(server.url + path)
    assert answer and answer.status == 200
    if page.locator("#incident-figure").count():
        page.wait_for_selector("#incident-figure[data-drawn]")
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true; }")
    return page


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(open_page: Callable[..., Page], live_server: LiveServer, path: str) -> None:
    page = opened(open_page(**DESKTOP), live_server, path)
    accessible(page)


@pytest.mark.parametrize("path", ON_A_PHONE)
def test_axe_finds_nothing_on_a_dark_phone_and_nothing_sticks_out(
    open_page: Callable[..., Page], live_server: LiveServer, path: str
) -> None:
    page = opened(open_page(**PHONE), live_server, path)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    accessible(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_error_page_is_accessible_and_leads_on(
    open_page: Callable[..., Page], live_server: LiveServer, options: dict[str, object]
) -> None:
    page = open_page(complains=True, **options)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    answer = page.goto(f"{live_server.url}/incidents/2025-09-12-orange-livebox")
    assert answer and answer.status == 404
    accessible(page)
    # Chromium itself writes the 404 on the console; nothing else may stand there.
    assert len(said) == 1 and "404" in said[0]
    page.click(".nearest a >> nth=0")
    expect(page).to_have_url(live_server.url + INCIDENT)


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
@pytest.mark.parametrize("way", ["table", "mark"])
def test_the_cause_of_the_livebox_blackout_is_two_clicks_away(
    open_page: Callable[..., Page], live_server: LiveServer, locale: str, way: str
) -> None:
    page = open_page(viewport={"width": 1280, "height": 800}, locale=locale)
    page.goto(live_server.url + "/")
    page.wait_for_selector("#chart[data-drawn]")
    if way == "table":
        page.locator(f"tr[data-incident='{LIVEBOX}'] a.title").click()
    else:
        before = page.locator("#chart").get_attribute("data-drawn")
        page.get_by_role("link", name=YEAR[locale], exact=True).click()
        expect(page.locator("#chart")).not_to_have_attribute("data-drawn", before or "")
        page.locator("#chart").evaluate("chart => chart.scrollIntoView({ block: 'center' })")
        page.mouse.click(*place_of_mark(page, LIVEBOX))
    page.wait_for_url(f"**{INCIDENT}")
    word, cause = CAUSE[locale]
    callout = page.locator(".cause")
    expect(callout).to_be_in_viewport()
    expect(callout).to_contain_text(cause)
    expect(callout.locator("strong")).to_have_text(word)
    # The supplier and the source of the cause are on the same page, and the source is a link to where it was said.
    number = callout.locator("p").nth(1).locator("a").first
    source = page.locator(number.get_attribute("href") or "#none").locator("a[href^=https]").first
    assert urlsplit(source.get_attribute("href") or "").hostname == "www.linforme.com"


def place_of_mark(page: Page, incident: str) -> tuple[float, float]:
    """Give where the mark of an incident is drawn, in pixels of the window."""
    place = page.evaluate(
        """id => {
          const picture = document.querySelector("#chart .js-plotly-plot");
          const { xaxis, yaxis } = picture._fullLayout;
          for (const trace of picture.data.filter((one) => one.meta?.kind === "incidents")) {
            const at = trace.customdata.findIndex(([one]) => one === id);
            if (at < 0) continue;
            const box = picture.getBoundingClientRect();
            const [x, y] = [xaxis.d2p(trace.x[at]), yaxis.d2p(trace.y[at])];
            return [box.left + xaxis._offset + x, box.top + yaxis._offset + y];
          }
        }""",
        incident,
    )
    assert place, f"{incident} is not drawn"
    return place[0], place[1]


def test_the_picture_of_an_incident_has_soft_ends(page: Page, live_server: LiveServer) -> None:
    opened(page, live_server, INCIDENT)
    layers = page.evaluate(
        """() => [...document.querySelectorAll("#incident-figure .shapelayer path")].map((path) => {
          const { left, right } = path.getBoundingClientRect();
          return [left, right, Number(getComputedStyle(path).opacity)];
        })"""
    )
    lefts, rights, opacities = zip(*layers, strict=True)
    assert len(layers) > 10
    assert list(lefts) == sorted(set(lefts)), "each layer begins later than the one before"
    assert list(rights) == sorted(set(rights), reverse=True), "and ends earlier"
    assert max(opacities) < 0.2
    # The start is known to within half an hour, the whole lasted about forty minutes: the soft part is wide.
    assert lefts[-1] - lefts[0] > 100
    shown = page.locator("#incident-figure .annotation-text").all_text_contents()
    assert any("about 22:00" in text for text in shown)


def test_without_script_an_incident_is_told_in_words_and_links(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(java_script_enabled=False, locale="en-GB")
    page.goto(live_server.url + "/incidents")
    expect(page.locator("tbody tr")).to_have_count(50)
    page.click("nav.pages a[rel=next]")
    expect(page.locator("tbody tr")).to_have_count(48)
    page.click("nav.pages a[rel=prev]")
    page.click(f"tr[data-incident='{LIVEBOX}'] a.title")
    expect(page.locator("#incident-figure")).to_be_hidden()
    expect(page.locator(".cause")).to_contain_text(CAUSE["en-GB"][1])
    assert page.locator(".course__step").count() >= 2
    expect(page.locator(".course__step").first).to_be_visible()
    expect(page.locator("#evidence a[href^='https://www.linforme.com']").first).to_be_visible()
    page.click(".crumbs >> text=Orange")
    expect(page).to_have_url(f"{live_server.url}/providers/orange")
    page.click(f"a[href='{INCIDENT}'] >> nth=0")
    expect(page).to_have_url(live_server.url + INCIDENT)


def test_search_finds_without_script(open_page: Callable[..., Page], live_server: LiveServer) -> None:
    page = open_page(java_script_enabled=False, locale="en-GB")
    page.goto(live_server.url + "/providers")
    page.fill("#site-search", "livebox")
    page.press("#site-search", "Enter")
    expect(page).to_have_url(f"{live_server.url}/search?q=livebox")
    page.click(f".hits a[href='{INCIDENT}'] >> nth=0")
    expect(page.locator("h1")).to_have_text("Orange television goes black on Livebox")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_has_the_list_in_ink_on_white(
    open_page: Callable[..., Page], live_server: LiveServer, scheme: str
) -> None:
    page = open_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme, locale="en-GB")
    opened(page, live_server, INCIDENT)
    page.emulate_media(media="print")
    for gone in (".nav", ".jump", ".site-tools"):
        expect(page.locator(gone)).to_be_hidden()
    for step in page.locator(".course__step").all():
        expect(step).to_be_visible()
    page.emulate_media(media="screen")
    page.goto(live_server.url + "/")
    page.wait_for_selector("#chart[data-drawn]")
    page.emulate_media(media="print")
    expect(page.locator("tbody tr")).to_have_count(50)
    expect(page.locator(f"tr[data-incident='{LIVEBOX}']")).to_be_visible()
    for gone in (".nav", ".filters", ".quick", ".strip-box"):
        expect(page.locator(gone)).to_be_hidden()
    ink, paper = page.evaluate(
        "() => [getComputedStyle(document.querySelector('tbody a.title')).color,"
        " getComputedStyle(document.documentElement).backgroundColor].map(c => c.match(/[\\d.]+/g).map(Number))"
    )
    assert max(ink[:3]) < 100
    assert paper[:3] == [255, 255, 255]


def test_the_lead_incident_fits_on_few_sheets(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    page.goto(f"{live_server.url}{INCIDENT}?lang=fr")
    page.wait_for_selector("#incident-figure[data-drawn]")
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    assert 2 <= len(sheets) <= 4


@pytest.mark.parametrize(("path", "drawing"), [("/", "#chart"), (INCIDENT, "#incident-figure")])
def test_a_drawing_keeps_its_shape_on_paper(
    open_page: Callable[..., Page], live_server: LiveServer, path: str, drawing: str
) -> None:
    page = open_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page.goto(live_server.url + path)
    page.wait_for_selector(f"{drawing}[data-drawn]")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 710, "height": 1000})
    box = page.locator(drawing).bounding_box()
    svg = page.locator(f"{drawing} .main-svg").first
    inner, view = svg.bounding_box(), svg.get_attribute("viewBox")
    assert box and inner and view
    assert abs(inner["width"] - box["width"]) <= 2
    width, height = (float(part) for part in view.split()[2:])
    assert abs(inner["width"] / inner["height"] - width / height) < 0.05


# --- who may write


CSV = "id,title,operator,started_at\nX-1,Sent from elsewhere,orange,2026-03-02T22:10+01:00\n"


def sign_in(page: Page, server: LiveServer) -> str:
    """Sign in by the link and give the token that this session's forms carry."""
    page.goto(f"{server.url}/sign-in?token={server.token}")
    expect(page).to_have_url(f"{server.url}/import")
    return page.locator("input[name=csrf_token]").first.get_attribute("value") or ""


def send(page: Page, server: LiveServer, csrf: str, origin: str | None) -> APIResponse:
    """Post the form of the import with the cookies of the page, as a page of an origin would."""
    return page.request.post(
        f"{server.url}/import",
        headers={"Accept": "application/json", **({"Origin": origin} if origin else {})},
        multipart={
            "csrf_token": csrf,
            "file": {"name": "x.csv", "mimeType": "text/csv", "buffer": CSV.encode()},
        },
        max_redirects=0,
    )


def refusal(answer: APIResponse) -> tuple[int, str]:
    return answer.status, answer.json()["error"]["code"]


def elsewhere(server: LiveServer) -> str:
    """Give another origin that leads to the same server."""
    return server.url.replace("127.0.0.1", "localhost")


def test_a_form_is_refused_from_another_origin_and_taken_from_its_own(
    page: Page, own_server: LiveServer
) -> None:
    csrf = sign_in(page, own_server)
    for origin in (elsewhere(own_server), "https://example.org", "null"):
        assert refusal(send(page, own_server, csrf, origin)) == (403, "foreign-origin")
    assert refusal(send(page, own_server, "guessed", own_server.url)) == (403, "bad-form")
    taken = send(page, own_server, csrf, own_server.url)
    assert taken.status == 200 and taken.json()["preview"].startswith("/import/preview/")


def test_a_form_is_refused_without_signing_in(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + "/import")
    expect(page.locator("input[type=file]")).to_have_count(0)
    for origin in (live_server.url, None):
        assert refusal(send(page, live_server, "", origin)) == (403, "not-signed-in")


@pytest.mark.parametrize("path", ["/import", "/import/confirm", "/sign-out"])
def test_a_page_of_another_origin_cannot_send_a_form(
    open_page: Callable[..., Page], own_server: LiveServer, path: str
) -> None:
    # The refusal is a 403, which Chromium writes on its console.
    page = open_page(complains=True, locale="en-GB")
    sign_in(page, own_server)
    revision = page.request.get(f"{own_server.url}/readyz").json()["revision"]
    trap = f'<form method="post" action="{own_server.url}{path}"><input name="sha256"><button>Win</button></form>'
    page.route(
        elsewhere(own_server) + "/trap", lambda route: route.fulfill(content_type="text/html", body=trap)
    )
    page.goto(elsewhere(own_server) + "/trap")
    with page.expect_navigation() as sent:
        page.click("button")
    assert sent.value.status == 403
    assert sent.value.request.headers["origin"] == elsewhere(own_server)
    expect(page.locator("h1")).to_contain_text("asked for by a page of another site")
    # Nothing was written, and the visitor is still signed in.
    assert page.request.get(f"{own_server.url}/readyz").json()["revision"] == revision
    page.goto(f"{own_server.url}/import")
    expect(page.locator("input[type=file]")).to_have_count(1)
