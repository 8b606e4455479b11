"""Two records of one incident compared and merged in the page, and the pairs that may be one.

Only routes. What merging means is decided by the record; nothing is merged that nobody chose.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from incidents import (
    ChangedMeanwhileError,
    Difference,
    Incident,
    TimelineError,
    alike,
    belongings_of,
    changed_columns,
    differences_of,
    mark_of,
    merge_incidents,
    merged,
    pairs_in,
)
from timeline import context
from timeline.column_words import heading, told_apart, value_words
from timeline.edit_pages import ACTOR, shown, sign_in_first, why
from timeline.likeness_words import pair_words
from timeline.records import found
from timeline.security import scope
from timeline.wording import N_, _

pages = Blueprint("merges", __name__)

TAKE = "from."
PAIRS_A_PAGE = 20


class MergeError(TimelineError):
    """Two records that cannot be merged."""

    status = 400


@pages.get("/incident/<path:record_id>/merge", merge_slashes=False)
@scope("read")
def merge(record_id: str) -> AnyResponse | str:
    """Show two incidents side by side, to choose of what differs; without the second, ask which one it is."""
    if page := sign_in_first(_("Merge two incidents")):
        return page
    incident: Incident = found("incident", record_id)
    other_id = request.args.get("with", "").strip()
    if not other_id:
        near = [pair_words(context.store(), pair) for pair in alike(context.store(), incident)]
        return shown("incident_merge_with.html", incident=incident, near=near)
    return _compared(incident, _other(incident, other_id))


@pages.post("/incident/<path:record_id>/merge", merge_slashes=False)
@scope("import")
def send_merge(record_id: str) -> AnyResponse:
    """Show what the merged incident would be, or merge, by the button that was pressed."""
    incident: Incident = found("incident", record_id)
    other = _other(incident, request.form.get("with", "").strip())
    chosen = _chosen()
    seen = (request.form.get("seen", ""), request.form.get("seen_other", ""))
    if seen != (mark_of(incident), mark_of(other)):
        return _compared(incident, other, changed=True)
    asked = request.form.get("do", "check")
    if asked == "form":
        return _compared(incident, other)
    if asked != "save":
        return _checked(incident, other, chosen)
    try:
        made = merge_incidents(
            context.store(), incident, other, chosen, seen=seen, actor=ACTOR, at=context.now(), why=why()
        )
    except ChangedMeanwhileError:
        return _compared(found("incident", record_id), _other(incident, other.id), changed=True)
    return redirect(url_for("records.incident", record_id=record_id, made=made), code=303)


@pages.get("/duplicates")
@scope("read")
def duplicates() -> str:
    """List pairs of incidents that may be one, a stretch of the record at a time."""
    store = context.store()
    offset = max(0, min(request.args.get("from", 0, type=int), 100_000_000))
    sighting = pairs_in(store, offset=offset, limit=PAIRS_A_PAGE)
    return render_template(
        "duplicates.html",
        sighting=sighting,
        pairs=[pair_words(store, pair) for pair in sighting.pairs],
        total=store.counts().get("incident", 0),
    )


def _other(incident: Incident, other_id: str) -> Incident:
    other: Incident = found("incident", other_id)
    if other.id == incident.id:
        raise MergeError(
            N_("An incident cannot be merged with itself."),
            code="same-incident",
            hint=N_("Name another incident."),
        )
    return other


def _chosen() -> frozenset[str]:
    """Give the columns of which the second record's value was chosen."""
    return frozenset(
        name.removeprefix(TAKE)
        for name, value in request.form.items()
        if name.startswith(TAKE) and value == "other"
    )


def _words(incident: Incident, column: str) -> str:
    value = getattr(incident, column)
    return value_words(context.store(), column, value, zone=incident.timezone)


def _both(difference: Difference, incident: Incident) -> tuple[str, str]:
    store, zone = context.store(), incident.timezone
    return told_apart(store, difference.column, difference.kept, difference.other, zone=zone)


def _compared(incident: Incident, other: Incident, *, changed: bool = False) -> Response:
    """Show what differs, with a choice for each, and what is united or filled without one."""
    chosen = _chosen()
    differing = [
        {
            "column": difference.column,
            "label": heading(difference.column),
            **dict(zip(("kept", "other"), _both(difference, incident), strict=True)),
            "takes_other": difference.column in chosen,
        }
        for difference in differences_of(incident, other)
    ]
    one = merged(incident, other)
    gained = [
        {"label": heading(name), "old": _words(incident, name), "new": _words(one, name)}
        for name in changed_columns(incident, one)
    ]
    return shown(
        "incident_merge.html",
        409 if changed else 200,
        kept=incident,
        other=other,
        rows=differing,
        additions=gained,
        marks=(mark_of(incident), mark_of(other)),
        changed=changed,
        reason=why() or "",
    )


def _checked(incident: Incident, other: Incident, chosen: frozenset[str]) -> Response:
    """Show what the merge would write, before it is written."""
    one = merged(incident, other, chosen)
    rows: list[dict[str, Any]] = [
        {"label": heading(name), "old": _words(incident, name), "new": _words(one, name)}
        for name in changed_columns(incident, one)
    ]
    return shown(
        "incident_merge_check.html",
        kept=incident,
        other=other,
        rows=rows,
        chosen=sorted(chosen),
        belongings=belongings_of(context.store(), other.id),
        marks=(mark_of(incident), mark_of(other)),
        reason=why() or "",
    )
