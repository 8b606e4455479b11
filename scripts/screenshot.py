"""Takes the README's picture: the timeline page with the bundled records, in headless Chromium.

Run by `make screenshot`. Uses a database of its own that is gone afterwards; knows only that the page draws a
Plotly chart.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from playwright.sync_api import sync_playwright

import timeline
from scripts.stage import NO_CHROMIUM, find_chromium, launch_chromium, served

DRAWN = ".js-plotly-plot .main-svg"


def take(executable: str, page_path: str, output: Path, width: int, height: int) -> None:
    """Write a PNG of one page of the app: light, English, Paris time; width and height in CSS pixels."""
    with tempfile.TemporaryDirectory(prefix="outage-timeline-") as folder:
        database = str(Path(folder) / "incidents.db")
        app = timeline.create_app({"DATABASE": database, "TOKEN": secrets.token_urlsafe(16)})
        with closing(app.extensions["store"]), served(app) as address, sync_playwright() as playwright:
            browser = launch_chromium(playwright, executable)
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="light",
                reduced_motion="reduce",
                locale="en-GB",
                timezone_id="Europe/Paris",
            )
            page.goto(address + page_path, wait_until="networkidle")
            page.locator(DRAWN).first.wait_for(state="visible", timeout=15_000)
            output.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=output, animations="disabled")
            browser.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Take a picture of the timeline for the README.")
    parser.add_argument("--path", default="/", help="page and query to show (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=Path("docs/timeline.png"), help="default: %(default)s")
    parser.add_argument("--width", type=int, default=1440, help="pixels (default: %(default)s)")
    parser.add_argument("--height", type=int, default=1200, help="pixels (default: %(default)s)")
    options = parser.parse_args(arguments)
    executable = find_chromium()
    if executable is None:
        print(f"screenshot: {NO_CHROMIUM}", file=sys.stderr)
        return 1
    take(executable, options.path, options.output, options.width, options.height)
    print(options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
