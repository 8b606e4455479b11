"""Changing the record in a real browser: typed times are read back at once, and all of it works without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import LiveServer

LIVEBOX = "2025-09-12-orange-livebox-tv"


def sign_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/sign-in?token={server.token}")
    expect(page).to_have_url(f"{server.url}/import")


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "the page is wider than the screen"
    )


def enter(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/incident/new")
    page.get_by_label("Title").fill("Télévision coupée à Rennes")
    page.locator("#f-started_at").fill("12 septembre 2025 vers 22h")
    page.locator("#f-resolved_at").fill("12 septembre 2025 vers 22h40")
    page.get_by_label("Operator", exact=True).fill("Orange")
    page.get_by_role("button", name="Check the incident").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the incident")
    page.get_by_role("button", name="Add the incident").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Télévision coupée à Rennes")


def test_what_is_understood_is_said_while_it_is_typed(page: Page, own_server: LiveServer) -> None:
    sign_in(page, own_server)
    page.goto(f"{own_server.url}/incident/new")
    said = page.locator("#f-started_at-read")
    expect(said).to_be_hidden()
    page.locator("#f-started_at").fill("12 septembre 2025 vers 22h")
    expect(said).to_contain_text("between 21:45 and 22:15")
    page.locator("#f-started_at").fill("31/02/2025")
    expect(said).to_contain_text("31/02/2025")
    page.locator("#f-started_at").fill("")
    expect(said).to_be_hidden()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_an_incident_is_entered_corrected_and_deleted(
    open_page: Callable[..., Page], own_server: LiveServer, script: bool
) -> None:
    page = open_page(java_script_enabled=script, locale="en-GB", complains=True)
    sign_in(page, own_server)
    enter(page, own_server)
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("Severity", exact=True).first.select_option("major")
    page.get_by_label("Duration", exact=True).first.fill("une quarantaine de minutes")
    # The return key checks the form, though buttons for more rows come before.
    page.get_by_label("Title").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the changes")
    expect(page.locator("main")).to_contain_text("about 40 min")
    page.get_by_label("Why").fill("read in the paper")
    page.get_by_role("button", name="Save 2 changes").click()
    expect(page.locator("#history")).to_contain_text("read in the paper")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("main")).to_contain_text("This incident is deleted.")


def test_two_incidents_are_merged(page: Page, own_server: LiveServer) -> None:
    sign_in(page, own_server)
    enter(page, own_server)
    page.get_by_role("link", name="Compare and merge").click()
    page.get_by_role("radio", name="Orange television goes black on Livebox").check()
    page.get_by_role("button", name="Check the result").click()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orange television goes black on Livebox")
    expect(page.locator("main")).to_contain_text("own records")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=["desk", "phone"])
def test_the_pages_of_changes_are_accessible_and_fit(
    open_page: Callable[..., Page], own_server: LiveServer, look: str, size: tuple[int, int]
) -> None:
    page = open_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme=look, locale="en-GB", complains=True
    )
    sign_in(page, own_server)
    enter(page, own_server)
    made = page.url.rpartition("/")[2].partition("?")[0]
    accessible(page)
    fits(page)
    for path in (
        "/incident/new",
        f"/incident/{LIVEBOX}/edit",
        f"/incident/{LIVEBOX}/delete",
        f"/incident/{LIVEBOX}/merge",
        f"/incident/{LIVEBOX}/merge?with={made}",
        f"/incident/{made}/history",
        "/duplicates",
    ):
        page.goto(own_server.url + path)
        accessible(page)
        fits(page)
    page.goto(f"{own_server.url}/incident/new")
    page.get_by_label("Title").fill("x")
    page.locator("#f-started_at").fill("31/02/2025")
    page.get_by_role("button", name="Check the incident").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    accessible(page)
    fits(page)
