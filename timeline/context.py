"""What a request works with: the store, the clock, the zone in which times are shown, and the ETag of the answer.

Knows where `create_app` put these. Knows no page and opens nothing itself.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from flask import Response, current_app, has_request_context, request, session

if TYPE_CHECKING:
    from incidents import Store


def store() -> Store:
    """Give the store of the current application."""
    return cast("Store", current_app.extensions["store"])


def now() -> datetime:
    """Give the current time, aware UTC; tests put a fixed clock in `config["NOW"]`."""
    return cast(datetime, current_app.config["NOW"]())


def zone() -> ZoneInfo:
    """Give the zone in which times are shown: `?tz=` of the address, else the setting TIMEZONE.

    Raises `BadRequest` (of `timeline.errors`) for a name that is no zone.
    """
    from timeline.settings import read_zone

    name = request.args.get("tz") if has_request_context() else None
    return read_zone(name) if name else ZoneInfo(current_app.config["TIMEZONE"])


def answer_tag() -> str:
    """Give the ETag of the answer to this request: all that shapes it, as one digest.

    The store's revision, the program's build, the address with its query, the language and form that the
    browser asks for, its cookies, its rights, and the minute (pages say how long an open incident has lasted).
    """
    from timeline.security import rights

    own = current_app.config["SESSION_COOKIE_NAME"]
    shaping = (
        str(store().revision()),
        current_app.config["BUILD"],
        now().strftime("%Y-%m-%dT%H:%M"),
        request.method.replace("HEAD", "GET"),
        request.host,
        request.full_path,
        request.headers.get("Accept", ""),
        request.headers.get("Accept-Language", ""),
        "&".join(sorted(f"{name}={value}" for name, value in request.cookies.items() if name != own)),
        ",".join(sorted(rights())),
    )
    return hashlib.blake2b("\x00".join(shaping).encode("utf-8", "replace"), digest_size=16).hexdigest()


def answer_unchanged() -> Response | None:
    """Answer 304 before any work when the browser already holds this very answer."""
    if request.method not in ("GET", "HEAD") or not request.if_none_match or "_flashes" in session:
        return None
    tag = answer_tag()
    if not request.if_none_match.contains_weak(tag):
        return None
    response = Response(status=304)
    response.set_etag(tag, weak=True)
    return response


def tag_answer(response: Response) -> Response:
    """Put the ETag on a page or its JSON twin, unless the answer has one or must not be kept."""
    whole = response.status_code == 200 and request.method in ("GET", "HEAD") and not response.is_streamed
    tagged = "ETag" in response.headers or "Set-Cookie" in response.headers
    if whole and not tagged and not response.cache_control.no_store:
        response.set_etag(answer_tag(), weak=True)
    return response
