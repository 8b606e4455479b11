"""Measures how fast the pages answer and the timeline is drawn, beside references taken in the same run.

Run by `make bench`. Machines differ, so the last column is the claim: how many times the reference a figure
takes. Knows addresses, and that a drawn chart leaves the performance mark "drawn"; knows no other inside.
"""

from __future__ import annotations

import argparse
import logging
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

import timeline
from incidents import Query
from scripts.stage import NO_CHROMIUM, find_chromium, launch_chromium, served
from timeline.assets import plotly_version

LEAST_ROUNDS = 5
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ANSWERS: dict[str, float | None] = {
    "/incidents": 100.0,
    "/": None,
    "/incidents/2025-09-12-orange-livebox-tv": None,
    "/obligations": None,
    "/search?q=livebox": None,
    "/figure.json": None,
}
READ = "store.find(Query()), all incidents"
TRIVIAL = "/healthz, a trivial route"
DRAWN_WITHIN = 2000.0

BLANK = "/bench/blank"
BLANK_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Reference</title><link rel="icon" href="data:,">
<script defer src="{plotly}"></script><script defer src="/bench/draw.js"></script></head>
<body><p>A trivial figure</p><div id="figure"></div></body></html>
"""
DRAW = """Plotly.newPlot("figure", [{ x: [1, 2, 3], y: [2, 1, 3] }], {}, { displayModeBar: false })
  .then(() => performance.mark("drawn"));
"""
TIMES = """() => {
  const [drawn] = performance.getEntriesByName("drawn");
  const [painted] = performance.getEntriesByName("first-contentful-paint");
  return drawn && painted ? [drawn.startTime, painted.startTime] : null;
}"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the table: its times in milliseconds, the goal of their median, the name of its reference."""

    name: str
    times: tuple[float, ...]
    goal: float | None = None
    reference: str = ""

    @property
    def median(self) -> float:
        return median(self.times)

    @property
    def missed(self) -> bool:
        return self.goal is not None and self.median >= self.goal


def milliseconds(act: Callable[[], object]) -> float:
    """Give how long one call takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def in_turn(acts: dict[str, Callable[[], float]], rounds: int) -> dict[str, tuple[float, ...]]:
    """Take each measure once a round, so that a busy moment of the machine meets all of them alike."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            taken[name].append(act())
    return {name: tuple(times) for name, times in taken.items()}


def answers(app: Any, rounds: int) -> Iterator[Figure]:
    """Measure answers in process, after each has been given twice; references: the bare read and a trivial route."""
    client, store = app.test_client(), app.extensions["store"]

    def ask(path: str) -> Callable[[], None]:
        def answered() -> None:
            response = client.get(path)
            if response.status_code != 200:
                raise SystemExit(f"bench_pages: {path} answered {response.status}; nothing was measured")

        return answered

    acts: dict[str, Callable[[], object]] = {READ: lambda: store.find(Query()), TRIVIAL: ask("/healthz")}
    acts.update({path: ask(path) for path in ANSWERS})
    for act in [*acts.values(), *acts.values()]:
        act()
    times = in_turn({name: partial(milliseconds, act) for name, act in acts.items()}, rounds)
    yield Figure(READ, times[READ])
    yield Figure(TRIVIAL, times[TRIVIAL])
    for path, goal in ANSWERS.items():
        yield Figure(path, times[path], goal, READ)


def with_reference_page(app: Any) -> Callable[..., Iterable[bytes]]:
    """Put the reference page and its script before an app; all else, plotly.js too, is answered by the app."""
    page = BLANK_PAGE.format(plotly=f"/assets/plotly-{plotly_version()}.min.js")
    own = {BLANK: ("text/html", page), "/bench/draw.js": ("text/javascript", DRAW)}

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] not in own:
            return app(environ, start)
        kind, text = own[environ["PATH_INFO"]]
        body = text.encode()
        start("200 OK", [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def drawings(browser: Browser, address: str, rounds: int) -> Iterator[Figure]:
    """Measure from the start of navigation to the drawn chart and the first paint, on first and second visits.

    A first visit has an empty cache. A second one, in the same context, keeps what the first may keep.
    """
    paths = {"/": address + "/", "blank page": address + BLANK}
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for number in range(rounds + 1):
        for name, url in paths.items():
            context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
            page = context.new_page()
            visits = {"first visit": times_of(page, url), "second visit": times_of(page, url)}
            context.close()
            if number:  # The round before warms the server and the browser's processes.
                for visit, times in visits.items():
                    taken.setdefault((name, visit), []).append(times)
    for place, what, goal in ((0, "chart drawn", DRAWN_WITHIN), (1, "first paint", None)):
        for visit in ("first visit", "second visit"):
            reference = f"blank page with plotly.js, {visit}: {what}"
            yield Figure(reference, tuple(times[place] for times in taken["blank page", visit]))
            own = tuple(times[place] for times in taken["/", visit])
            yield Figure(f"/, {visit}: {what}", own, goal, reference)


def times_of(page: Page, url: str) -> tuple[float, float]:
    """Open a page and give when its chart was drawn and when anything was first painted, in ms."""
    page.goto(url)
    drawn, painted = page.wait_for_function(TIMES).json_value()
    return drawn, painted


def table(figures: Sequence[Figure]) -> str:
    """Write figures as lines: median, least and most, goal, and how many times its reference each takes."""
    medians = {figure.name: figure.median for figure in figures}
    width = max(len(figure.name) for figure in figures)
    lines = [f"{'':{width}}  {'median':>9}  {'least – most':>17}  {'goal':>9}  {'':6}  reference"]
    for figure in figures:
        spread = f"{min(figure.times):.1f} – {max(figure.times):.1f}"
        goal = f"< {figure.goal:.0f} ms" if figure.goal else ""
        said = ("missed" if figure.missed else "met") if figure.goal else ""
        against = f"× {figure.median / medians[figure.reference]:.1f}" if figure.reference else "is one"
        line = f"{figure.name:{width}}  {figure.median:6.1f} ms  {spread:>17}  {goal:>9}  {said:6}  {against}"
        lines.append(line)
    return "\n".join(lines)


def at_least_five(text: str) -> int:
    """Read a number of rounds; a median of fewer than five says little."""
    rounds = int(text)
    if rounds < LEAST_ROUNDS:
        raise argparse.ArgumentTypeError(f"{rounds} rounds are too few: give {LEAST_ROUNDS} or more")
    return rounds


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure the pages with the bundled records.")
    parser.add_argument("--rounds", type=at_least_five, default=15, help="answers in process (default: 15)")
    parser.add_argument("--visits", type=at_least_five, default=5, help="visits in Chromium (default: 5)")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a goal is missed")
    options = parser.parse_args(arguments)
    # A browser asks for more files at once than the server has threads: that they wait a moment is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    missed = False
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="outage-timeline-"))
        config = {"DATABASE": str(Path(folder) / "incidents.db"), "TOKEN": secrets.token_urlsafe(16)}
        app = timeline.create_app({**config, "NOW": lambda: NOW})
        store = held.enter_context(closing(app.extensions["store"]))
        figures = list(answers(app, options.rounds))
        missed |= any(figure.missed for figure in figures)
        print(f"Answers in process, {store.count(Query())} incidents, {options.rounds} rounds")
        print(f"reference of each address: {READ}\n\n{table(figures)}\n")
        try:
            executable, reason = find_chromium(), NO_CHROMIUM
        except FileNotFoundError as error:
            executable, reason = None, str(error)
        if executable is None:
            print(f"Drawing was not measured: {reason}")
        else:
            address = held.enter_context(served(with_reference_page(app)))
            browser = launch_chromium(held.enter_context(sync_playwright()), executable)
            held.callback(browser.close)
            figures = list(drawings(browser, address, options.visits))
            missed |= any(figure.missed for figure in figures)
            print(f"In headless Chromium, from the start of navigation, {options.visits} visits each")
            print(
                f"reference: a blank page that loads the same plotly.js from the same server\n\n{table(figures)}"
            )
    return 1 if missed and options.strict else 0


if __name__ == "__main__":
    sys.exit(main())
