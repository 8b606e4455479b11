"""The pages of the records: incidents, providers, services, obligations, laws, sources, search; and their JSON twins.

Only routes: each gathers a page from a module that knows its subject, and shows it as HTML or as JSON at the same
URL with `.json`. Knows the request; decides nothing about the records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from incidents import Incident, Law, Query, Store, TimelineError, alike, rules_of
from timeline import context, incident_words, listing, record_words, source_pages
from timeline.assets import plotly_version
from timeline.chart_locale import chart_config
from timeline.duty_words import reason_words
from timeline.figure_incident import incident_figure
from timeline.filter_form import chips, filter_groups, hidden_fields
from timeline.history_words import events
from timeline.impact_words import impact
from timeline.incident_page import NEIGHBOURHOOD, IncidentPage, incident_page
from timeline.likeness_words import pair_words
from timeline.obligation_pages import obligation_list, obligation_page
from timeline.palette import dark_twins
from timeline.params import View, address, write_moment
from timeline.provider_pages import law_page, provider_page, provider_rows, service_page
from timeline.record_json import plain
from timeline.record_links import anchor, lookup, record_note, record_title, record_url
from timeline.search_page import SUGGESTIONS, search_page
from timeline.security import scope
from timeline.source_pages import cited_by, host_of, short_address
from timeline.typed_records import every
from timeline.views import asked_view
from timeline.wording import N_, _, language, ngettext, record_text

pages = Blueprint("records", __name__)
for filter_name, filter_ in record_words.FILTERS.items():
    pages.add_app_template_filter(filter_, filter_name)

Route = TypeVar("Route", bound=Callable[..., Any])
# Ids looked through for a near match when an address names none.
NEAR = 2_000

MISSING = {
    "incident": N_("There is no incident “{id}” in the record."),
    "provider": N_("There is no provider “{id}” in the record."),
    "service": N_("There is no service “{id}” in the record."),
    "obligation": N_("There is no obligation “{id}” in the record."),
    "law": N_("There is no law “{id}” in the record."),
}
NEAREST = N_("Did you mean: {nearest_list}?")
NOTHING_NEAR = N_("Search for it, or start again from the timeline.")


DELETED = N_("The incident “{id}” was deleted.")
HISTORY = N_("What it was, and who deleted it, is kept in its history.")


class NoSuchRecord(TimelineError):
    """An address names a record that is not there; `params["nearest"]` has ids that look like it."""

    status = 404

    def __init__(self, store: Store, record_type: str, record_id: str) -> None:
        if record_type == "incident" and store.history("incident", record_id):
            address = url_for("histories.history", record_id=record_id)
            super().__init__(
                DELETED, code="deleted", params={"id": record_id, "history_url": address}, hint=HISTORY
            )
            return
        near = get_close_matches(record_id, known_ids(store, record_type), n=3, cutoff=0.5)
        super().__init__(
            MISSING[record_type],
            code="not-found",
            params={
                "id": record_id[:120],
                "nearest": near,
                "nearest_list": ", ".join(near),
                "nearest_urls": [record_url(store, record_type, found) for found in near],
            },
            hint=NEAREST if near else NOTHING_NEAR,
        )


def known_ids(store: Store, record_type: str) -> list[str]:
    """Give the ids of a type: of incidents the newest, of small types all."""
    if record_type == "incident":
        return [incident.id for incident in store.find(Query(limit=NEAR)).incidents]
    if record_type == "obligation":
        return [obligation.id for obligation in rules_of(store)]
    return [record.id for record in store.all(record_type)]


def both(rule: str) -> Callable[[Route], Route]:
    """Route a page at its URL and its JSON twin at the same with `.json`.

    Ids are taken as they stand: a tool's own may hold slashes, also two in a row.
    """

    def route(view: Route) -> Route:
        name = view.__name__
        pages.get(f"{rule}.json", endpoint=f"{name}_json", merge_slashes=False)(view)
        pages.get(rule, endpoint=name, merge_slashes=False)(view)
        return view

    return route


def answer(template: str, content: Any, beside: Mapping[str, Any] | None = None, **more: Any) -> Response:
    """Show a page as HTML, or as the JSON of the very same content.

    `beside` is added to the JSON alone, `more` given to the template alone.
    """
    store = context.store()
    if request.path.endswith(".json"):
        body = plain(content, reason_words)
        body["revision"] = store.revision()
        body["html_url"] = request.path.removesuffix(".json")
        body.update(beside or {})
        return jsonify(body)
    tools = {
        "get": partial(lookup, store),
        "record_url": partial(record_url, store),
        "record_title": partial(record_title, store),
        "record_note": partial(record_note, store),
        "anchor": anchor,
        "host_of": host_of,
        "short_address": short_address,
        "json_url": json_url(),
    }
    return Response(
        render_template(template, page=content, store=store, **tools, **more), mimetype="text/html"
    )


def json_url() -> str:
    """Give the address of the JSON twin of the page asked for, with its query."""
    query = request.query_string.decode("ascii", "ignore")
    return request.path + ".json" + (f"?{query}" if query else "")


def today() -> date:
    """Give the day on which ownerships and qualifications are judged: today in the zone of the page."""
    return context.now().astimezone(context.zone()).date()


def found(record_type: str, record_id: str) -> Any:
    """Give a record of the address; raises `NoSuchRecord` (404) that names the nearest ids."""
    store = context.store()
    record = lookup(store, record_type, record_id)
    if record is None:
        raise NoSuchRecord(store, record_type, record_id)
    return record


@both("/incidents")
@scope("read")
def incidents() -> Response:
    """List incidents: the filters of the timeline, sorted, a page at a time."""
    store = context.store()
    view = asked_view()
    listed = listing.incident_list(store, view)
    return answer("incidents.html", listed, **_list_words(store, view, listed))


def _list_words(store: Store, view: View, listed: listing.IncidentList) -> dict[str, Any]:
    link = partial(address, path="/incidents")
    zone = ZoneInfo(view.zone)
    return {
        "rows": listing.rows(store, listed),
        "columns": listing.columns(view, link),
        "zone": view.zone,
        "chips": chips(store, view, link),
        "groups": filter_groups(store, view, listed.facets),
        "hidden": [pair for pair in hidden_fields(view) if pair[0] not in ("by", "lanes")],
        "dates": [
            (name, words, at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else "")
            for name, words, at in (
                ("start", _("From"), view.query.start),
                ("end", _("Until"), view.query.end),
            )
        ],
        "link": lambda number: link(view.on_page(number)),
        "clear_url": link(view.without_filters().with_query(start=None, end=None)),
        "timeline_url": address(view.on_page(1), "/"),
        "shown": listing.page_words(listed),
        "csv_url": address(view.on_page(1), request.script_root + "/incidents.csv"),
        "jsonl_url": address(view.on_page(1), request.script_root + "/incidents.jsonl"),
    }


@both("/incidents/<path:record_id>")
@scope("read")
def incident(record_id: str) -> Response:
    record: Incident = found("incident", record_id)
    page = incident_page(context.store(), record)
    if request.path.endswith(".json"):
        said = {
            field: record_text(record, field) or None for field in ("title", "summary", "technical_cause")
        }
        return answer("", page, beside={"in_language": {"language": language(), **said}})
    return answer("incident.html", page, **_incident_words(page))


def _incident_words(page: IncidentPage) -> dict[str, Any]:
    incident = page.incident
    span = page.span
    zone = context.zone()
    course = incident_words.course(page)
    title = record_text(incident, "title")
    made = request.args.get("made", 0, type=int)
    figure, left_out = incident_figure(incident, span, page.duration, course, title)
    end = span.end_latest or span.start_latest
    return {
        "lede": incident_words.lede(page),
        "own_words": incident_words.own_words,
        "facts": incident_words.fact_rows(page),
        "course": course,
        "impact": impact(page),
        "history": events(context.store(), page.history, incident),
        "made": made if any(change.change_set.id == made for change in page.history) else 0,
        "near": [pair_words(context.store(), pair) for pair in alike(context.store(), incident)],
        "law_day": page.law_day,
        "around": (
            write_moment(span.start_earliest - NEIGHBOURHOOD, zone),
            write_moment(end + NEIGHBOURHOOD, zone),
        ),
        "figure": {
            "figure": figure,
            "twins": dark_twins(),
            "config": chart_config(),
            "url": url_for("assets.plotly_js", version=plotly_version()),
        },
        "figure_note": ngettext(
            "%(n)s entry lies outside this picture or has no time of day: see the list.",
            "%(n)s entries lie outside this picture or have no time of day: see the list.",
            left_out,
        )
        if left_out
        else "",
    }


@both("/providers")
@scope("read")
def providers() -> Response:
    return answer("providers.html", {"providers": provider_rows(context.store(), today())})


@both("/providers/<path:record_id>")
@scope("read")
def provider(record_id: str) -> Response:
    return answer("provider.html", provider_page(context.store(), found("provider", record_id), today()))


@pages.get("/services")
@scope("read")
def services() -> AnyResponse:
    """Services are listed with the providers that answer for them."""
    return redirect(url_for("records.providers"))


@both("/services/<path:record_id>")
@scope("read")
def service(record_id: str) -> Response:
    page = service_page(context.store(), found("service", record_id), today())
    return answer("service.html", page, day=today())


@both("/obligations")
@scope("read")
def obligations() -> Response:
    return answer("obligations.html", obligation_list(context.store()))


@both("/obligations/<record_id>")
@scope("read")
def obligation(record_id: str) -> Response:
    return answer("obligation.html", obligation_page(context.store(), found("obligation", record_id)))


@both("/laws")
@scope("read")
def laws() -> Response:
    store = context.store()
    return answer("laws.html", {"laws": [law_page(store, law, today()) for law in every(store, Law)]})


@both("/laws/<record_id>")
@scope("read")
def law(record_id: str) -> Response:
    return answer("law.html", law_page(context.store(), found("law", record_id), today()))


@both("/milestones")
@scope("read")
def milestones() -> Response:
    return answer("milestones.html", source_pages.milestones(context.store()))


@both("/qualifications")
@scope("read")
def qualifications() -> Response:
    return answer("qualifications.html", source_pages.qualifications(context.store(), today()))


@both("/sources")
@scope("read")
def sources() -> Response:
    return answer("sources.html", {"sources": cited_by(context.store())})


@both("/search")
@scope("read")
def search() -> Response:
    """Search all records; each hit carries the address of the page that shows it."""
    store = context.store()
    zone = context.zone()
    page = search_page(
        store,
        request.args.get("q", ""),
        partial(record_url, store),
        zone=zone.key,
        today=context.now().astimezone(zone).date(),
    )
    return answer("search.html", page, suggestions=SUGGESTIONS)
