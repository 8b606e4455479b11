"""The imports that were made, what each changed, the file it came from, and the button that takes it back.

Only routes. What is said is made by `import_history`; what is taken back is decided by the record.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from incidents import ChangeSet, undo
from timeline import context
from timeline.import_history import (
    KIND_WORDS,
    SHOWN,
    kept_file,
    kept_words,
    last_made,
    made_by,
    records_changed,
    undo_words,
)
from timeline.import_page import form_words
from timeline.imports import ACTOR
from timeline.record_json import plain
from timeline.security import scope
from timeline.uploads import shown_name

pages = Blueprint("import_history", __name__)
pages.context_processor(form_words)


@pages.context_processor
def words() -> dict[str, object]:
    """Give the templates the words of this part."""
    return {"kind_words": KIND_WORDS, "kept_words": kept_words}


@pages.get("/import/history")
@scope("read")
def history() -> str:
    """List the imports: who, when, which file, what it did."""
    return render_template("import_history.html", sets=last_made(context.store()))


@pages.get("/import/history.json")
@scope("read")
def history_json() -> Response:
    """Give the list of imports as JSON."""
    made = last_made(context.store())
    return jsonify(
        imports=[{**plain(one.entry), "sums": one.sums, "undone_by": one.undone_by} for one in made]
    )


@pages.get("/import/history/<int:change_set_id>")
@scope("read")
def show(change_set_id: int) -> str:
    """Show what one change did, record by record."""
    store, entry = context.store(), _entry(change_set_id)
    return render_template(
        "import_change.html",
        made=made_by(store, entry),
        records=records_changed(store, change_set_id),
        most=SHOWN,
        file=kept_file(store, entry),
    )


@pages.get("/import/history/<int:change_set_id>/file")
@scope("import")
def file(change_set_id: int) -> AnyResponse:
    """Give the file that an import was made of, byte for byte."""
    entry = _entry(change_set_id)
    path = kept_file(context.store(), entry)
    if path is None:
        raise NotFound
    return send_file(
        path.absolute(),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=shown_name(entry.origin),
        etag=False,
        conditional=False,
    )


@pages.get("/import/history/<int:change_set_id>/undo")
@scope("import")
def ask_undo(change_set_id: int) -> str:
    """Say what taking a change back would do; nothing is changed."""
    report = undo(context.store(), change_set_id, actor=ACTOR, at=context.now(), dry_run=True)
    return render_template(
        "import_undo.html",
        entry=_entry(change_set_id),
        report=report,
        said=undo_words(report, dry_run=True),
        most=SHOWN,
    )


@pages.post("/import/history/<int:change_set_id>/undo")
@scope("import")
def send_undo(change_set_id: int) -> AnyResponse:
    """Take a change back, and show the change that did so."""
    report = undo(context.store(), change_set_id, actor=ACTOR, at=context.now())
    return redirect(
        url_for("import_history.show", change_set_id=report.change_set_id or change_set_id), code=303
    )


def _entry(change_set_id: int) -> ChangeSet:
    entry = context.store().change_set(change_set_id) if change_set_id < 1 << 62 else None
    if entry is None:
        raise NotFound
    return entry
