"""The timeline: its page, its JSON twin, and the answer to a move of its window.

Only routes: an address is read as a view, the page is gathered, and shown as HTML or JSON.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, get_template_attribute, jsonify, render_template, request

from incidents import BUNDLED, OWN, Store
from timeline import context
from timeline.build import program_version
from timeline.chart_locale import chart_config
from timeline.formats import format_instant, format_number
from timeline.incident_rows import providers_by_id, services_by_id
from timeline.once_a_revision import once_a_revision
from timeline.palette import dark_twins
from timeline.params import AddressError, View, read_view, write_view
from timeline.record_json import plain
from timeline.security import scope
from timeline.window_page import WIDTH, WindowPage, figure_of, window_page
from timeline.wording import N_, _, ngettext

pages = Blueprint("views", __name__)
PARTS = ("head", "summary", "tools", "strip", "table")


@once_a_revision
def known_values(store: Store) -> Mapping[str, Collection[str]]:
    """Give the values that filters on records can have."""
    providers = frozenset(providers_by_id(store))
    return {
        "provider": providers,
        "operator": providers,
        "supplier": providers | {"~unnamed"},
        "service": frozenset(services_by_id(store)),
        "obligation": frozenset(rule.id for rule in store.stored_obligations()),
        "exposed": {"yes", "no", *(law.id for law in store.all("law"))},
        "collection": {BUNDLED, OWN},
    }


def asked_view(also: Collection[str] = ()) -> View:
    """Read the view that the request asks for; raises `AddressError` (400)."""
    pairs = request.args.items(multi=True)
    return read_view(
        pairs, zone=current_app.config["TIMEZONE"], known=known_values(context.store()), also=also
    )


@pages.get("/")
@scope("read")
def timeline() -> str:
    """Show the timeline page."""
    page = window_page(context.store(), asked_view(), context.now())
    figure = figure_of(context.store(), page, context.now())
    return render_template(
        "timeline.html", page=page, payload=_payload(page, figure), height=figure["layout"]["height"]
    )


@pages.get("/timeline.json")
@scope("read")
def timeline_json() -> Response:
    """Give what the window holds: items, densities, lanes, milestones and summary."""
    page = window_page(context.store(), asked_view(), context.now())
    body = plain(page.answer)
    body["query"] = [list(pair) for pair in write_view(page.view)]
    body["time_zone"] = page.zone
    body["html_url"] = page.address
    return jsonify(body)


@pages.get("/figure.json")
@scope("read")
def figure_json() -> Response:
    """Give the figure of a window at `width` pixels, and the parts of the page that change with it."""
    page = window_page(context.store(), asked_view(also=("width",)), context.now())
    figure = figure_of(context.store(), page, context.now(), _width())
    return jsonify({**_payload(page, figure), "parts": {name: _part(name, page) for name in PARTS}})


def _part(name: str, page: WindowPage) -> str:
    return str(get_template_attribute("_timeline_parts.html", name)(page))


def _width() -> int:
    text = request.args.get("width", "")
    if not text:
        return WIDTH
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise AddressError(
            N_("“{value}” is not a width in pixels."),
            code="not-a-width",
            params={"value": text[:40]},
            hint=N_("Write a whole number, such as 1200."),
        )
    return int(text)


def _payload(page: WindowPage, figure: dict[str, Any]) -> dict[str, Any]:
    """Give what the script needs to draw a window and to ask for the next one."""
    total = ngettext("%(n)s incident in view", "%(n)s incidents in view", page.answer.total)
    return {
        "figure": figure,
        "config": chart_config(),
        "twins": dark_twins(),
        "start": page.start,
        "end": page.end,
        "limits": list(page.limits),
        "address": page.address,
        "title": f"{page.heading} · Outage Timeline",
        "announcement": f"{total}. {page.period}.",
        "messages": {
            "failed": _("The timeline could not be brought up to date. What you see is the last answer."),
            "loading": _("Loading…"),
            "open": _("Press Enter to open."),
        },
        "revision": page.answer.revision,
    }


@once_a_revision
def _counts(store: Store) -> Mapping[str, int]:
    return dict(store.counts())


@pages.app_context_processor
def for_footer() -> dict[str, Any]:
    """Give the words of the footer (version, what is on record, revision) and of the first line of a print."""

    def footer_words() -> list[str]:
        store = context.store()
        counts = _counts(store)
        return [
            f"Outage Timeline {program_version()}",
            ngettext("%(count)s incident on record", "%(count)s incidents on record", counts.get("incident", 0),
                     count=format_number(counts.get("incident", 0))),
            _("revision %(revision)s", revision=store.revision()),
        ]  # fmt: skip

    def print_words() -> dict[str, str]:
        kept = [pair for pair in request.args.items(multi=True) if pair[0] not in ("lang", "token")]
        shown = f"{request.base_url}?{urlencode(kept)}" if kept else request.base_url
        zone = ZoneInfo(current_app.config["TIMEZONE"])
        return {"address": shown, "at": format_instant(context.now(), zone=zone)}

    return {"footer_words": footer_words, "print_words": print_words}
