"""The history of one incident on a page of its own, also when the incident is no longer on record; and as JSON.

Only routes. What each change did is worked out by the record, and said by `history_words`.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from incidents import Change, Incident, Store, flat_at
from timeline import context
from timeline.history_words import events
from timeline.record_json import plain
from timeline.records import NoSuchRecord
from timeline.security import scope
from timeline.typed_records import one
from timeline.wording import record_text

pages = Blueprint("histories", __name__)


@pages.get("/incident/<path:record_id>/history", merge_slashes=False)
@scope("read")
def history(record_id: str) -> AnyResponse | str:
    """Show what happened to an incident, newest first."""
    store = context.store()
    incident = one(store, Incident, record_id)
    return render_template(
        "incident_history.html",
        record_id=record_id,
        incident=incident,
        title=record_text(incident, "title") if incident else _last_title(store, record_id),
        history=events(store, _changes(store, record_id), incident),
        made=request.args.get("made", 0, type=int),
    )


@pages.get("/incident/<path:record_id>/history.json", merge_slashes=False)
@scope("read")
def history_json(record_id: str) -> Response:
    """Give the same as JSON."""
    store = context.store()
    found = events(store, _changes(store, record_id), one(store, Incident, record_id))
    return jsonify(id=record_id, deleted=store.get("incident", record_id) is None, history=plain(found))


def _changes(store: Store, record_id: str) -> tuple[Change, ...]:
    found = store.history("incident", record_id)
    if not found:
        raise NoSuchRecord(store, "incident", record_id)
    return found


def _last_title(store: Store, record_id: str) -> str:
    """Give the title that a deleted incident had; its id where that cannot be told."""
    changes = _changes(store, record_id)
    last = flat_at(None, changes, changes[0].change_set.id - 1) or {}
    return str(last.get("title") or record_id)
