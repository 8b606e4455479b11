"""Import in a real browser: signed in by the link, with and without script, by choosing and by dropping a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import LiveServer

HEADER = "Numéro;Titre;Début;Fin;Opérateur\n"
ROWS = (
    "INC-1;Télévision coupée à Rennes;2025-09-28 20:00;2025-09-28 20:40;Orange\n"
    "INC-2;Date impossible;31/02/2025;;Orange\n"
)
DROP = """(zone, text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    path = tmp_path / "tickets été.csv"
    path.write_text(HEADER + ROWS, "utf-8")
    return path


def sign_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/sign-in?token={server.token}")
    expect(page).to_have_url(f"{server.url}/import")


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def import_it(page: Page, path: Path) -> None:
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before importing")
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 row imported")


def test_a_file_sent_through_the_page_is_seen_on_the_timeline(
    page: Page, own_server: LiveServer, tickets: Path
) -> None:
    sign_in(page, own_server)
    import_it(page, tickets)
    page.get_by_role("link", name="Show on the timeline").click()
    page.wait_for_selector("#chart[data-drawn]")
    expect(page.get_by_role("link", name="Télévision coupée à Rennes").first).to_be_visible()
    drawn = page.evaluate(
        "() => [...document.querySelector('.js-plotly-plot').data].filter(t => t.meta?.kind === 'incidents')"
        ".flatMap(t => t.customdata.map(c => c[0]))"
    )
    assert drawn == ["INC-1"]


def test_a_file_can_be_dropped(page: Page, own_server: LiveServer) -> None:
    sign_in(page, own_server)
    page.locator("[data-drop]").evaluate(DROP, HEADER + ROWS)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("main")).to_contain_text("dropped.csv")
    expect(page.locator(".sums__rejected strong")).to_have_text("1")


def test_it_works_without_script(
    open_page: Callable[..., Page], own_server: LiveServer, tickets: Path
) -> None:
    page = open_page(java_script_enabled=False, locale="en-GB")
    sign_in(page, own_server)
    import_it(page, tickets)
    page.get_by_role("link", name="Show on the timeline").click()
    expect(page.get_by_role("link", name="Télévision coupée à Rennes").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_an_import_is_accessible(
    open_page: Callable[..., Page], own_server: LiveServer, tickets: Path, scheme: str, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB")
    page.goto(f"{own_server.url}/import")
    accessible(page)
    sign_in(page, own_server)
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true; }")
    accessible(page)
    page.set_input_files("#file", tickets)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before importing")
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true; }")
    accessible(page)
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 row imported")
    accessible(page)
    page.get_by_role("link", name="As cells").click()
    expect(page.locator(".cells__wrong")).to_have_count(1)
    accessible(page)
    page.goto(f"{own_server.url}/import/history")
    accessible(page)
    page.get_by_role("link", name="tickets été.csv").click()
    accessible(page)
    page.get_by_role("link", name="Take this import back").click()
    accessible(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("main")).to_contain_text("Taken back")
    accessible(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_columns_that_say_nothing_are_assigned_in_the_page(
    open_page: Callable[..., Page], own_server: LiveServer, tmp_path: Path
) -> None:
    path = tmp_path / "foreign.csv"
    path.write_text("what,begin of it\nTelevision down,2025-10-01\n", "utf-8")
    # The page that asks for the columns is a 400, which Chromium writes on its console.
    page = open_page(complains=True, locale="en-GB")
    sign_in(page, own_server)
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which column is which?")
    accessible(page)
    page.select_option("#map-title", "what")
    page.select_option("#map-started_at", "begin of it")
    page.get_by_role("button", name="Check again").click()
    expect(page.locator(".sums__added strong")).to_have_text("1")


def test_the_preview_follows_each_choice(page: Page, own_server: LiveServer, tmp_path: Path) -> None:
    path = tmp_path / "joined.csv"
    path.write_text("title,started_at,day,time\nOne,2025-01-01,2025-10-01,20:15\n", "utf-8")
    sign_in(page, own_server)
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#rows")).to_contain_text("1 Jan 2025")
    page.get_by_text("Joined columns and fixed values").click()
    page.select_option("#more-1-field", "started_at")
    page.fill("#more-1-text", "{day} {time}")
    page.locator("#more-1-text").blur()
    expect(page.locator("#rows")).to_contain_text("1 Oct 2025, 20:15")
    expect(page.locator("#fold-free")).to_have_attribute("open", "")
    expect(page.locator("#more-1-text")).to_have_value("{day} {time}")
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.locator("#rows")).to_contain_text("1 Oct 2025, 20:15")


def test_a_long_import_shows_how_far_it_is_and_then_its_report(
    open_page: Callable[..., Page], own_server: LiveServer, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    rows = "".join(f"L-{n},Numéro {n},le {n % 28 + 1} septembre 2025 vers 22h\n" for n in range(20_000))
    path.write_text(f"id,title,started_at\n{rows}", "utf-8")
    page = open_page(locale="en-GB")
    sign_in(page, own_server)
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("main")).to_contain_text("The file goes on")
    page.get_by_role("button", name="Import the whole file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("20,000 rows imported", timeout=90_000)


def test_a_file_that_cannot_be_sent_is_said_on_the_form(
    open_page: Callable[..., Page], own_server: LiveServer, tickets: Path
) -> None:
    page = open_page(complains=True, locale="en-GB")
    sign_in(page, own_server)
    page.set_input_files("#file", tickets)
    page.route("**/import", lambda route: route.abort())
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("alert")).to_contain_text("The file could not be sent.")
    expect(page.get_by_role("button", name="Check the file")).to_be_enabled()
