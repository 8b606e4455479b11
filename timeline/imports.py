"""Import in the browser: choose a file, see row by row what would happen, change how it is read, and see again.

Only routes, and the waiting file between them. What a row means is decided by the record's own import; what is
shown of it by `import_page`; the import itself runs behind the pages of `import_job_pages`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

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
    Profile,
    ProfileError,
    ReadingOptions,
    TimelineError,
    import_file,
    open_table,
    template_csv,
)
from timeline import context, uploads
from timeline.errors import say, wants_json
from timeline.import_form import FormError, column_choices, free_lines, option_fields, read_options
from timeline.import_jobs import Jobs
from timeline.import_page import form_words, import_page, raw_lines
from timeline.import_profiles import keep_profile, profiles_folder, reading_of, with_its_profile
from timeline.rejected import rejected_csv
from timeline.report import report_json
from timeline.security import rights, scope
from timeline.wording import N_

pages = Blueprint("imports", __name__)
pages.context_processor(form_words)

LOOKED_BACK = 200
RECENT = 5
LOOKED_AT = 2_000
"""So many rows are read for a preview."""
FIRST_ROWS = 5
ACTOR = "sign-in link"


class NotKeptError(TimelineError):
    """A file that was sent cannot be kept here."""

    status = 507


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
    return render_template(
        "import.html",
        options=options,
        recent=imports_made()[:RECENT],
        under_way=the_jobs().under_way(),
        largest=current_app.config["MAX_UPLOAD_BYTES"],
        fault=said,
    )


@pages.post("/import")
@scope("import")
def upload() -> AnyResponse:
    """Keep the file that was sent and go on to its preview, whose address says all that was chosen."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise FormError(
            N_("No file was chosen."),
            code="no-file",
            hint=N_("Go back, choose a file and send the form again."),
        )
    options = read_options({**request.form, "name": sent.filename})
    oldest = context.now() - timedelta(hours=current_app.config["STAGED_HOURS"])
    uploads.discard_old(staged_folder(), oldest)
    try:
        staged = uploads.stage(sent.stream, staged_folder())
    except OSError as reason:
        raise NotKeptError(
            N_("The file that was sent could not be kept: {reason}."),
            code="cannot-keep-file",
            params={"reason": (reason.strerror or str(reason)).lower()},
            hint=N_("Whoever runs this service can look at the space on its disk."),
        ) from reason
    onward = url_for("imports.preview", sha256=staged.sha256, **option_fields(options))
    # The script that sends the file shows how far it is, and goes on by itself.
    return jsonify(preview=onward) if wants_json() else redirect(onward, code=303)


@pages.get("/import/preview/<sha256>")
@scope("import")
def preview(sha256: str) -> str | tuple[str, int]:
    """Show row by row what the import would do; nothing is changed."""
    staged, options = staged_file(sha256), read_options(request.args)
    if under_way := the_jobs().under_way():
        return render_template("import_busy.html", under_way=under_way, filename=options.filename)
    try:
        report = _tried(staged.path, options)
    except (PlanError, CsvError) as error:
        if wants_json():
            raise
        # The file can be read otherwise, or its columns assigned: the same page, without rows.
        return _unassigned(options, staged, error), 400
    cells = request.args.get("view") == "cells"
    _completed, profile = completed(options, staged.path)
    page = import_page(
        context.store(),
        report,
        options,
        outcome=request.args.get("show", ""),
        page=request.args.get("page", 1, type=int),
    )
    fields = option_fields(options)

    def row_link(outcome: str, number: int, view: bool = cells) -> str:
        shown = {**fields, "page": number, "show": outcome or None, "view": "cells" if view else None}
        return url_for("imports.preview", sha256=sha256, **shown)

    return render_template(
        "import_preview.html",
        page=page,
        options=options,
        fields=fields,
        sha256=sha256,
        size=staged.size,
        raw=raw_lines(staged.path, report.encoding),
        cells=cells,
        row_link=row_link,
        rejected_link=url_for("imports.rejected", sha256=sha256, **fields),
        profile=profile,
    )


@pages.get("/import/preview/<sha256>.json")
@scope("import")
def preview_json(sha256: str) -> Response:
    """Give the preview as JSON, its rows at once."""
    return jsonify(report_json(_tried(staged_file(sha256).path, read_options(request.args))))


@pages.get("/import/rejected/<sha256>.csv")
@scope("import")
def rejected(sha256: str) -> Response:
    """Give the rows that would be rejected as a file: where, what, why, what to do, and the row as it was sent."""
    report = _tried(staged_file(sha256).path, read_options(request.args), most=None)
    return download("".join(rejected_csv(report)), f"rejected-{sha256[:8]}.csv")


@pages.post("/import/profile")
@scope("import")
def save_profile() -> AnyResponse:
    """Keep how a waiting file is read as a profile, under which files with such a header are read from then on."""
    staged, options = staged_file(request.form.get("sha256", "")), read_options(request.form)
    whole, _profile = completed(options, staged.path)
    with open_table(staged.path, reading_of(whole)) as table:
        keep_profile(request.form.get("save_as", "").strip(), whole, table.header, profiles_here())
    chosen = option_fields(replace(options, profile=""))
    return redirect(url_for("imports.preview", sha256=staged.sha256, **chosen), code=303)


@pages.get("/import/template/<record_type>.csv")
@scope("read")
def template(record_type: str) -> Response:
    """Give an example file for a kind of record."""
    if record_type not in RECORD_TYPES:
        raise NotFound
    return download(template_csv(record_type), f"{RECORD_TYPES[record_type].plural}.csv")


def the_jobs() -> Jobs:
    """Give the imports of this process that run or wait."""
    jobs: Jobs = current_app.extensions["import_jobs"]
    return jobs


def staged_folder() -> Path:
    """Give the folder of the files that wait."""
    return uploads.staged_folder(current_app.config["DATABASE"])


def staged_file(sha256: str) -> uploads.Staged:
    """Give a file that waits. Raises `FormError` when it is no longer there."""
    staged = uploads.find_staged(sha256, staged_folder())
    if staged is None:
        raise FormError(
            N_("The file that was sent is no longer here: it waits for {hours} hours at most."),
            code="upload-gone",
            params={"hours": current_app.config["STAGED_HOURS"]},
            hint=N_("Send it again."),
        )
    return staged


def profiles_here() -> Path:
    """Give the folder of saved profiles."""
    return profiles_folder(current_app.config["DATABASE"])


def completed(options: ImportOptions, source: Path) -> tuple[ImportOptions, Profile | None]:
    """Give options with the profile of the file, and the zone that this service assumes where nothing states one."""
    options = replace(options, default_zone=current_app.config["TIMEZONE"])
    try:
        return with_its_profile(options, source, profiles_here())
    except ProfileError:
        if options.profile:
            raise
        # Nobody asked for the profile that cannot be read, and the import does not need it.
        return options, None


def imports_made() -> list[ChangeSet]:
    """Give the last imports, and what was taken back, the newest first."""
    return [entry for entry in context.store().change_sets(LOOKED_BACK) if entry.kind in ("import", "undo")]


def download(text: str, name: str) -> Response:
    """Give a CSV as a file to keep."""
    # The mark at the start lets spreadsheets see that the text is UTF-8.
    response = Response(text.removeprefix("\ufeff").encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _tried(path: Path, options: ImportOptions, most: int | None = LOOKED_AT) -> ImportReport:
    """Read a file as an import would; nothing is changed."""
    return import_file(
        context.store(),
        path,
        completed(options, path)[0],
        actor=ACTOR,
        at=context.now(),
        dry_run=True,
        most=most,
    )


def _unassigned(options: ImportOptions, staged: uploads.Staged, error: TimelineError) -> str:
    """Show what of a file can be shown that cannot be imported as it is read, and how to read it otherwise."""
    header: tuple[str, ...] = ()
    few: tuple[object, ...] = ()
    table = None
    given = reading_of(options)
    try:
        with open_table(staged.path, given) as table:
            header, few = table.header, tuple(islice(table.rows(), FIRST_ROWS))
    except CsvError:
        if given == ReadingOptions():
            return _form(options, error)
    needed, others = column_choices(options, {}, header)
    return render_template(
        "import_columns.html",
        table=table,
        header=header,
        rows=few,
        needed=needed,
        others=others,
        free=free_lines(options, header),
        message=say(error.message, error.params),
        hint="" if isinstance(error, PlanError) else say(error.hint, error.params),
        options=options,
        sha256=staged.sha256,
        size=staged.size,
        raw=raw_lines(staged.path, options.encoding or (table.encoding if table else "")),
    )
