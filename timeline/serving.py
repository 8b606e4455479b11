"""Serve the application with waitress: open the port, say where it is, stop without cutting answers off.

Knows ports, signals and what to print at the start. Knows no record and no page.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from threading import Event, current_thread, main_thread
from time import monotonic
from types import FrameType
from typing import Any
from urllib.parse import quote

from flask import Flask

from incidents import TimelineError
from timeline.settings import is_loopback
from timeline.wording import N_

LOOK_SECONDS = 0.5
FINISH_SECONDS = 10
ANSWER_IN_MEMORY = 32 * 1024 * 1024


class ServingError(TimelineError):
    """The port cannot be opened."""


class OpenToAll(TimelineError):
    """The service would be reachable from other machines without a credential that was chosen."""

    exit_code = 2


def require_token(host: str, token: str) -> None:
    """Refuse to listen beyond this machine without TIMELINE_TOKEN; raises `OpenToAll`."""
    if is_loopback(host) or token:
        return
    raise OpenToAll(
        N_("The address {host} can be reached from other machines, and TIMELINE_TOKEN is not set."),
        code="open-to-all",
        params={"host": host},
        hint=N_(
            "Set TIMELINE_TOKEN to at least 16 random characters, or leave --host out to serve this machine only."
        ),
    )


def address(host: str, port: int) -> str:
    """Give the address to open in a browser for a host and port to listen on."""
    shown = "127.0.0.1" if host in ("", "0.0.0.0") else "::1" if host == "::" else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def serve(app: Flask, say: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; answers under way are finished. Raises `ServingError`.

    `say` gets the lines that tell where the service is, how to sign in and how to stop.
    """
    from waitress.server import create_server

    host = str(app.config["HOST"])
    listening = open_port(host, int(app.config["PORT"]))
    port = listening.getsockname()[1]
    server: Any = create_server(
        app,
        sockets=[listening],
        threads=int(app.config["THREADS"]),
        max_request_body_size=int(app.config["MAX_CONTENT_LENGTH"]),
        # waitress does not close the temporary files that larger answers go through; the chart's code is one.
        outbuf_overflow=ANSWER_IN_MEMORY,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )
    where = app.config["ORIGIN"] or address(host, port)
    token = quote(app.extensions["sign_in_token"], safe="")
    say(f"Outage Timeline: {where}/")
    if app.config["READ_ONLY"]:
        say("Read-only:       nothing can be changed through the browser")
    else:
        say(f"Sign in:         {where}/sign-in?token={token}")
    say(f"Records:         {app.config['DATABASE']}")
    say("Stop:            Ctrl+C")
    # Its note that a request waits for a thread is no news for a person: browsers ask for many files at once.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    stop = Event()
    try:
        with _signals(stop):
            _answer_until(server, stop)
    finally:
        server.task_dispatcher.shutdown(timeout=FINISH_SECONDS)
        server.close()
        say("Stopped.")


def _answer_until(server: Any, stop: Event) -> None:
    """Answer requests until `stop`; then take no new ones, and finish those under way within `FINISH_SECONDS`."""
    from waitress import wasyncore

    # A server on several addresses keeps its channels under another name.
    channels = server._map if hasattr(server, "_map") else server.map
    turn = partial(wasyncore.loop, map=channels, count=1)
    while not stop.is_set():
        turn(timeout=LOOK_SECONDS)
    for channel in channels.values():
        channel.accepting = False
    deadline = monotonic() + FINISH_SECONDS
    while any(map(_at_work, list(channels.values()))) and monotonic() < deadline:
        turn(timeout=LOOK_SECONDS / 10)


def _at_work(channel: Any) -> bool:
    return bool(getattr(channel, "requests", ())) or getattr(channel, "total_outbufs_len", 0) > 0


def open_port(host: str, port: int) -> socket.socket:
    """Open a port to listen on; raises `ServingError` that says why it cannot be and what to do."""
    listening = None
    try:
        family, kind, protocol, _name, where = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        if os.name == "posix":
            # Lets a restart take the port while old connections fade; on Windows it would share it with others.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
    except OSError as reason:
        if listening is not None:
            listening.close()
        raise _unopened(host, port, reason) from reason
    return listening


def _unopened(host: str, port: int, reason: OSError) -> ServingError:
    if reason.errno == errno.EADDRINUSE:
        return ServingError(
            N_("Port {port} is in use already."),
            code="port-in-use",
            params={"port": port},
            hint=N_(
                "Stop the other program, or choose another port with --port or TIMELINE_PORT (0 takes a free one)."
            ),
        )
    if reason.errno == errno.EACCES:
        return ServingError(
            N_("Port {port} may not be opened by this user."),
            code="port-refused",
            params={"port": port},
            hint=N_("Choose a port above 1023 with --port."),
        )
    words = "no such name" if isinstance(reason, socket.gaierror) else reason.strerror or str(reason)
    return ServingError(
        N_("The address {host}, port {port}, cannot be opened: {reason}."),
        code="address-refused",
        params={"host": host, "port": port, "reason": words},
        hint=N_("Check --host and --port."),
    )


class _signals:
    """Lets SIGTERM and SIGINT ask for an end while the server runs; a second one ends it at once."""

    def __init__(self, stop: Event) -> None:
        self.stop = stop
        self.before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if current_thread() is main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self.before[number] = signal.signal(number, self._ask)

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        # No exception from here: it would land inside whatever the server is doing, and be taken for its fault.
        if self.stop.is_set():
            raise SystemExit(1)
        self.stop.set()
