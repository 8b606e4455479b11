"""Import in the browser: choose a file, see row by row what would happen, confirm, read what has happened.

Only routes, and the waiting file between them. What a row means is decided by the record's own import; what is
shown of it by `import_page`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from incidents import (
    RECORD_TYPES,
    ChangeSet,
    CsvError,
    ImportOptions,
    ImportReport,
    PlanError,
    TimelineError,
    import_file,
    read_table,
    template_csv,
)
from timeline import context, uploads
from timeline.errors import say, wants_json
from timeline.formats import format_number
from timeline.import_form import DATE_ORDERS, FormError, column_choices, option_fields, read_options
from timeline.import_page import DELIMITER_WORDS, ORDER_WORDS, TYPE_WORDS, import_page, timeline_fields
from timeline.record_json import plain
from timeline.rejected import rejected_csv
from timeline.report import OUTCOME_WORDS, OUTCOMES, report_json, sum_words
from timeline.security import rights, scope
from timeline.wording import N_, _, page_url

pages = Blueprint("imports", __name__)

HISTORY = 200
RECENT = 5
ACTOR = "sign-in link"


@pages.context_processor
def words() -> dict[str, object]:
    """Give the templates the words of this part."""
    return {
        "record_types": tuple(sorted(RECORD_TYPES, key=lambda name: (name != "incident", name))),
        "type_words": TYPE_WORDS,
        "orders": DATE_ORDERS,
        "order_words": ORDER_WORDS,
        "outcomes": OUTCOMES,
        "outcome_words": OUTCOME_WORDS,
        "sum_words": sum_words,
        "delimiter_words": DELIMITER_WORDS,
        "zone_key": context.zone().key,
    }


@pages.get("/import")
@scope("read")
def form() -> str:
    """Show the form, or to who is not signed in how to become so."""
    if "import" not in rights():
        return render_template("sign_in.html", onward=url_for("imports.form"), wanted=True)
    return _form(read_options(request.args))


def _form(options: ImportOptions, fault: TimelineError | None = None) -> str:
    """Show the form; over it, why the file that was sent before cannot be read at all."""
    said = None
    if fault is not None:
        message, hint = say(fault.message, fault.params), say(fault.hint, fault.params) if fault.hint else ""
        said = {"name": options.filename, "message": message, "hint": hint}
    recent = tuple(islice(_imports(), RECENT))
    return render_template("import.html", options=options, recent=recent, fault=said)


@pages.post("/import")
@scope("import")
def upload() -> AnyResponse:
    """Keep the file that was sent and go on to its preview, whose address says all that was chosen."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise FormError(
            N_("No file was chosen."),
            code="no-file",
            hint=N_("Go back, choose a CSV file and send the form again."),
        )
    options = read_options({**request.form, "name": sent.filename})
    oldest = context.now() - timedelta(hours=current_app.config["STAGED_HOURS"])
    uploads.discard_old(_folder(), oldest)
    staged = uploads.stage(sent.stream, _folder())
    return redirect(url_for("imports.preview", sha256=staged.sha256, **option_fields(options)), code=303)


@pages.get("/import/preview/<sha256>")
@scope("import")
def preview(sha256: str) -> str | tuple[str, int]:
    """Show row by row what the import would do; nothing is changed."""
    staged, options = _staged(sha256), read_options(request.args)
    data = staged.path.read_bytes()
    try:
        report = _imported(data, options, dry_run=True)
    except PlanError as error:
        # The file is a table, but its columns have to be assigned first: the same page, without rows.
        return _unassigned(data, options, staged, error), 400
    except CsvError as error:
        if wants_json():
            raise
        return _form(options, error), 400
    page = import_page(
        context.store(),
        report,
        options,
        outcome=request.args.get("show", ""),
        page=request.args.get("page", 1, type=int),
    )
    fields = option_fields(options)

    def row_link(outcome: str, number: int) -> str:
        shown = {**fields, "page": number, **({"show": outcome} if outcome else {})}
        return url_for("imports.preview", sha256=sha256, **shown)

    return render_template(
        "import_preview.html",
        page=page,
        options=options,
        fields=fields,
        sha256=sha256,
        size_words=size_words(staged.size),
        row_link=row_link,
    )


@pages.get("/import/preview/<sha256>.json")
@scope("import")
def preview_json(sha256: str) -> Response:
    """Give the preview as JSON, all rows at once."""
    options = read_options(request.args)
    return jsonify(report_json(_imported(_staged(sha256).path.read_bytes(), options, dry_run=True)))


@pages.post("/import/confirm")
@scope("import")
def confirm() -> Response | str:
    """Import the file as previewed, and show what became of each row."""
    staged, options = _staged(request.form.get("sha256", "")), read_options(request.form)
    data = staged.path.read_bytes()
    report = _imported(data, options, dry_run=False)
    if wants_json():
        return jsonify(report_json(report))
    around = timeline_fields(context.store(), report)
    return render_template(
        "import_report.html",
        page=import_page(context.store(), report, options),
        options=options,
        fields=option_fields(options),
        sha256=staged.sha256,
        size_words=size_words(staged.size),
        timeline=page_url(f"/?{urlencode(around)}") if around else None,
        row_link=None,
    )


@pages.get("/import/rejected/<sha256>.csv")
@scope("import")
def rejected(sha256: str) -> Response:
    """Give the rejected rows as a file: where, what, why, what to do, and the row as it was sent."""
    options = read_options(request.args)
    report = _imported(_staged(sha256).path.read_bytes(), options, dry_run=True)
    return _download("".join(rejected_csv(report)), f"rejected-{sha256[:8]}.csv")


@pages.get("/import/template/<record_type>.csv")
@scope("read")
def template(record_type: str) -> Response:
    """Give an example file for a kind of record."""
    if record_type not in RECORD_TYPES:
        raise NotFound
    return _download(template_csv(record_type), f"{RECORD_TYPES[record_type].plural}.csv")


@pages.get("/import/history")
@scope("read")
def history() -> str:
    """List the imports: who, when, which file, what it did."""
    return render_template("import_history.html", sets=_imports())


@pages.get("/import/history.json")
@scope("read")
def history_json() -> Response:
    """Give the list of imports as JSON."""
    return jsonify(imports=plain(_imports()))


def size_words(size: int) -> str:
    """Say the size of a file."""
    if size < 1000:
        return _("%(n)s bytes", n=size)
    if size < 1_000_000:
        return _("%(n)s kB", n=format_number(round(size / 1000)))
    return _("%(n)s MB", n=format_number(round(size / 1_000_000, 1)))


def _imported(data: bytes, options: ImportOptions, *, dry_run: bool) -> ImportReport:
    options = replace(options, default_zone=current_app.config["TIMEZONE"])
    return import_file(context.store(), data, options, actor=ACTOR, at=context.now(), dry_run=dry_run)


def _folder() -> Path:
    return uploads.staged_folder(current_app.config["DATABASE"])


def _staged(sha256: str) -> uploads.Staged:
    staged = uploads.find_staged(sha256, _folder())
    if staged is None:
        raise FormError(
            N_("The file that was sent is no longer here: it waits for {hours} hours at most."),
            code="upload-gone",
            params={"hours": current_app.config["STAGED_HOURS"]},
            hint=N_("Send it again."),
        )
    return staged


def _unassigned(data: bytes, options: ImportOptions, staged: uploads.Staged, error: TimelineError) -> str:
    """Show the columns of a file that cannot be laid on the record's fields yet, and what is missing."""
    table = read_table(data, encoding=options.encoding, delimiter=options.delimiter)
    needed, others = column_choices(options, {}, table.header)
    return render_template(
        "import_columns.html",
        table=table,
        needed=needed,
        others=others,
        message=say(error.message, error.params),
        options=options,
        sha256=staged.sha256,
        size_words=size_words(staged.size),
    )


def _imports() -> list[ChangeSet]:
    return [entry for entry in context.store().change_sets(HISTORY) if entry.kind == "import"]


def _download(text: str, name: str) -> Response:
    # The mark at the start lets spreadsheets see that the text is UTF-8.
    response = Response(text.removeprefix("\ufeff").encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
