"""Sets the stage for pictures and browser tests: finds and starts Chromium, serves the app on loopback.

Knows nothing of the pages: what is looked at, and what is expected there, is the caller's.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import waitress
from waitress import wasyncore

ANSWER_IN_MEMORY = 32 * 1024 * 1024

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Every name but loopback fails to resolve, so that a page asking for anything outside is noticed at once.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

NO_CHROMIUM = (
    "no Chromium found: install Debian's chromium, put chromium or google-chrome on PATH, "
    "or name one in TIMELINE_CHROMIUM"
)


def find_chromium(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the path of the Chromium or Chrome to use, or None where there is none.

    TIMELINE_CHROMIUM comes first; FileNotFoundError when it names no program.
    """
    named = environ.get("TIMELINE_CHROMIUM")
    if named:
        if found := shutil.which(named, path=environ.get("PATH")):
            return found
        raise FileNotFoundError(f"TIMELINE_CHROMIUM is {named!r}, not a program; correct or unset it")
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name, path=environ.get("PATH")):
            return found
    return None


def launch_chromium(playwright: Any, executable: str) -> Any:
    """Start headless Chromium with an empty profile and return Playwright's Browser; the caller closes it."""
    return playwright.chromium.launch(executable_path=executable, headless=True, args=list(CHROMIUM_FLAGS))


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve a WSGI app on a free loopback port while the block runs; yield its address, without a slash."""
    channels: dict[int, Any] = {}
    # Answers stay in memory: waitress does not close the temporary files that larger ones go through.
    server = waitress.create_server(
        app, map=channels, host="127.0.0.1", port=0, outbuf_overflow=ANSWER_IN_MEMORY
    )
    loop = threading.Thread(target=server.run, name="served app", daemon=True)
    loop.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # Sockets are closed by the thread that polls them: closing them under its feet is an error.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(channels, ignore_all=True))
        loop.join(timeout=10)
        server.task_dispatcher.shutdown()
