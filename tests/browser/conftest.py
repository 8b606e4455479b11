"""A real browser on the real app: Chromium with an empty profile, and the app on a free loopback port.

Without Chromium the browser tests are skipped in one line; with CI=true that is a failure. A page from
`page` or `open_page` fails its test when it asked for anything beyond loopback, or complained on its console.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from scripts.stage import NO_CHROMIUM, find_chromium, launch_chromium, served

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class LiveServer:
    """The app being served: its address without a slash at the end, its sign-in token, its database."""

    url: str
    token: str
    database: Path


@dataclass
class Watch:
    """What pages should not do: requests beyond loopback, and errors on the console (CSP reports too)."""

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Page, complains: bool) -> None:
        page.on("request", self._request)
        if not complains:
            page.on("console", self._console)
            page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        over_network = address.scheme in ("http", "https", "ws", "wss")
        if over_network and address.hostname not in ("127.0.0.1", "localhost"):
            self.outside.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


def pytest_runtest_setup() -> None:
    # Here and not in a fixture, so that the report folds all skips into one line.
    chromium_path()


@cache
def chromium_path() -> str:
    """Return where Chromium is; skip the test where there is none, and fail it under CI."""
    try:
        executable = find_chromium()
    except FileNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    if executable:
        return executable
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"CI=true asks for the browser tests, but {NO_CHROMIUM}", pytrace=False)
    pytest.skip(f"browser tests: {NO_CHROMIUM}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, one for all tests; each context opened in it starts empty."""
    with sync_playwright() as playwright:
        chromium = launch_chromium(playwright, chromium_path())
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def live_server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The app with the bundled records on a free loopback port, one for all tests.

    Its database is shared by the session: a test that writes uses ids of its own, or `own_server`.
    """
    with serving(tmp_path_factory.mktemp("live") / "incidents.db") as server:
        yield server


@pytest.fixture
def own_server(browser: Browser, tmp_path: Path) -> Iterator[LiveServer]:
    """The app on a database of this test alone, bundled records included."""
    with serving(tmp_path / "incidents.db") as server:
        yield server


@contextmanager
def serving(database: Path) -> Iterator[LiveServer]:
    """Serve the app on a database that it creates with the bundled records, while the block runs."""
    # Imported here, so that collecting and skipping need no working app.
    import timeline

    token = secrets.token_urlsafe(16)
    app = timeline.create_app({"DATABASE": str(database), "TOKEN": token})
    with closing(app.extensions["store"]), served(app) as url:
        yield LiveServer(url, token, database)


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open a page in an empty context of its own: `open_page(**options of browser.new_context)`.

    After the test no page may have left loopback, nor complained on its console. A test that provokes a
    complaint (a 404 is one) says so: `open_page(complains=True)`.
    """
    if "own_server" in request.fixturenames:
        # Set up first, it goes last: a page that still asks it for something while closing is not refused.
        request.getfixturevalue("own_server")
    watch, contexts = Watch(), []

    def open_one(*, complains: bool = False, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        context.on("page", lambda page: watch.follow(page, complains))
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert watch.outside == [], "requests beyond loopback"
    assert watch.complaints == [], "errors on the browser's console"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page in an empty context: 1280 x 800, light, English, Paris time."""
    return open_page(
        viewport={"width": 1280, "height": 800},
        color_scheme="light",
        locale="en-GB",
        timezone_id="Europe/Paris",
    )
