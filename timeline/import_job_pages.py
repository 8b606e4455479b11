"""Confirm an import, watch how far it is, read what became of each row; a page that is loaded anew shows the same.

Only routes. The import runs in `import_jobs`; what is shown of its report is made by `import_page`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from incidents import ImportReport
from timeline import context
from timeline.errors import say, wants_json
from timeline.import_form import option_fields, read_options
from timeline.import_jobs import Job
from timeline.import_page import form_words, import_page, timeline_fields
from timeline.imports import ACTOR, completed, download, staged_file, the_jobs
from timeline.kept_report import read_report
from timeline.rejected import rejected_csv
from timeline.report import report_json
from timeline.security import scope
from timeline.wording import page_url

pages = Blueprint("import_jobs", __name__)
pages.context_processor(form_words)

AT_ONCE = 1.5
"""So many seconds an import may take for its report to be the answer; a longer one shows how far it is."""


@pages.post("/import/confirm")
@scope("import")
def confirm() -> AnyResponse:
    """Put the file as previewed into the queue of imports, and go on to the page of that import."""
    staged, options = staged_file(request.form.get("sha256", "")), read_options(request.form)
    jobs = the_jobs()
    job = jobs.add(
        staged.sha256,
        staged.path,
        completed(options, staged.path)[0],
        option_fields(options),
        actor=ACTOR,
        at=context.now(),
    )
    jobs.wait(job.id, AT_ONCE)
    if wants_json():
        return jsonify(_job_json(_found(job.id)))
    return redirect(url_for("import_jobs.show", job_id=job.id), code=303)


@pages.get("/import/jobs/<job_id>")
@scope("import")
def show(job_id: str) -> str:
    """Show how far an import is, or its report, or why it did not come to its end."""
    job = _found(job_id)
    chosen: dict[str, Any] = dict(job.fields)
    again = url_for("imports.preview", sha256=job.sha256, **chosen)
    if job.report is not None and job.state == "done":
        return _report(job, read_report(job.report))
    error = None
    if job.error is not None:
        hint = say(job.error["hint"], job.error["params"]) if job.error["hint"] else ""
        error = {"message": say(job.error["message"], job.error["params"]), "hint": hint}
    return render_template(
        "import_job.html", job=job, ahead=the_jobs().ahead_of(job_id), again=again, error=error
    )


def _report(job: Job, report: ImportReport) -> str:
    options = read_options(job.fields)
    around = timeline_fields(context.store(), report)
    cells = request.args.get("view") == "cells"
    page = import_page(
        context.store(),
        report,
        options,
        outcome=request.args.get("show", ""),
        page=request.args.get("page", 1, type=int),
    )

    def row_link(outcome: str, number: int, view: bool = cells) -> str:
        shown: dict[str, Any] = {"page": number, "show": outcome or None, "view": "cells" if view else None}
        return url_for("import_jobs.show", job_id=job.id, **shown)

    return render_template(
        "import_report.html",
        page=page,
        options=options,
        fields=job.fields,
        sha256=job.sha256,
        size=job.size,
        cells=cells,
        timeline=page_url(f"/?{urlencode(around)}") if around else None,
        row_link=row_link,
        rejected_link=url_for("import_jobs.rejected", job_id=job.id),
    )


@pages.get("/import/jobs/<job_id>.json")
@scope("import")
def show_json(job_id: str) -> Response:
    """Give the same as JSON: the state, bytes read of all, and at the end the report."""
    return jsonify(_job_json(_found(job_id)))


@pages.get("/import/jobs/<job_id>/rejected.csv")
@scope("import")
def rejected(job_id: str) -> Response:
    """Give all rows that were rejected as a file: where, what, why, what to do, and the row as it was sent."""
    job = _found(job_id)
    if job.report is None:
        raise NotFound
    text = "".join(rejected_csv(read_report(job.report), the_jobs().rejected(job_id)))
    return download(text, f"rejected-{job.sha256[:8]}.csv")


@pages.post("/import/jobs/<job_id>/stop")
@scope("import")
def stop(job_id: str) -> AnyResponse:
    """Stop an import that waits or runs; nothing of it remains."""
    jobs = the_jobs()
    jobs.cancel(_found(job_id).id)
    jobs.wait(job_id, AT_ONCE)
    return redirect(url_for("import_jobs.show", job_id=job_id), code=303)


def _found(job_id: str) -> Job:
    job = the_jobs().find(job_id)
    if job is None:
        raise NotFound
    return job


def _job_json(job: Job) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": job.id,
        "state": job.state,
        "done_bytes": job.done,
        "total_bytes": job.total,
        "percent": job.percent,
        "ahead": the_jobs().ahead_of(job.id),
        "url": url_for("import_jobs.show", job_id=job.id),
        "report": report_json(read_report(job.report)) if job.report is not None else None,
    }
    if job.error is not None:
        body["error"] = {
            "code": job.error["code"],
            "message": say(job.error["message"], job.error["params"]),
            "hint": say(job.error["hint"], job.error["params"]) if job.error["hint"] else None,
        }
    return body
