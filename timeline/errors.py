"""Every error as one JSON body or one page, made here and nowhere else.

Knows the errors of the record, of HTTP and of the program. A fault of the program is logged under a reference
that the visitor is given; its inside is shown to nobody.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, jsonify, render_template, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from incidents import TimelineError, fill
from timeline.wording import N_, _

log = logging.getLogger("timeline")

WORDS: dict[int, tuple[str, str]] = {
    400: (
        N_("The request cannot be understood."),
        N_("Check the address, or start again from the timeline."),
    ),
    403: (N_("This is not allowed."), ""),
    404: (N_("There is no such page here."), N_("Search for it, or start again from the timeline.")),
    405: (N_("This address does not take that kind of request."), ""),
    408: (N_("The request took too long to arrive."), N_("Try again.")),
    413: (
        N_("What was sent is too large."),
        N_("Split the file into smaller ones, or import it with the command line."),
    ),
    415: (N_("This kind of content cannot be read."), ""),
    429: (N_("Too many requests."), N_("Wait a little, then try again.")),
    500: (
        N_("The program made a mistake."),
        N_("Try again; if it happens again, report it with the reference {reference}."),
    ),
    503: (N_("The service cannot answer now."), N_("Wait a little, then try again.")),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a visitor is told of an error: English templates with parameters, filled when it is written."""

    status: int
    code: str
    message: str
    hint: str = ""
    params: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def fault_of(error: Exception) -> Fault:
    """Give what a visitor is told of an error; logs those that are the program's own."""
    if isinstance(error, TimelineError):
        return Fault(
            status=getattr(error, "status", 400),
            code=error.code,
            message=error.message,
            hint=error.hint,
            params=error.params,
            headers=getattr(error, "headers", {}),
        )
    if isinstance(error, HTTPException):
        status = error.code or 500
        message, hint = WORDS.get(status, (error.name, ""))
        kept = ("Allow", "Retry-After", "WWW-Authenticate")
        headers = {name: value for name, value in error.get_headers() if name in kept}
        return Fault(status, _code_of(status), message, hint, _limits(error), headers)
    reference = secrets.token_hex(4)
    log.error("error %s at %s %s", reference, request.method, request.path, exc_info=error)
    message, hint = WORDS[500]
    return Fault(500, _code_of(500), message, hint, {"reference": reference})


def _code_of(status: int) -> str:
    try:
        return HTTPStatus(status).phrase.lower().replace(" ", "-")
    except ValueError:
        return "error"


def _limits(error: HTTPException) -> dict[str, object]:
    if isinstance(error, RequestEntityTooLarge):
        return {"limit_bytes": request.max_content_length}
    return {}


def wants_json() -> bool:
    """Say whether the visitor asks for JSON: by the address, or because it prefers it to a page."""
    if request.path.endswith(".json"):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def say(template: str, params: dict[str, object]) -> str:
    """Give a message in the visitor's language."""
    return fill(_(template), params)


def answer(fault: Fault) -> Response:
    """Write a fault as one JSON body or one page."""
    try:
        message, hint = say(fault.message, fault.params), say(fault.hint, fault.params) if fault.hint else ""
    except Exception:
        log.exception("an error message could not be translated")
        message, hint = fault.message, fault.hint
    if wants_json():
        body: dict[str, object] = {
            "status": fault.status,
            "code": fault.code,
            "message": message,
            "hint": hint,
        }
        if fault.params:
            body["params"] = {name: _plain(value) for name, value in fault.params.items()}
        response = jsonify({"error": body})
    else:
        response = Response(_page(fault, message, hint), mimetype="text/html")
    response.status_code = fault.status
    response.headers.update(fault.headers)
    return response


def _plain(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _page(fault: Fault, message: str, hint: str) -> str:
    try:
        return render_template("error.html", fault=fault, message=message, hint=hint)
    except Exception:
        # The frame of all pages needs the store; when that is what failed, the message must still arrive.
        log.exception("the error page could not be drawn")
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{fault.status}</title>'
            f"<h1>{escape(message)}</h1><p>{escape(hint)}</p>"
        )


def connect(app: Flask) -> None:
    """Let the application answer every error by this module."""

    def handle(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
            return error
        return answer(fault_of(error))

    for kind in (TimelineError, HTTPException, Exception):
        app.register_error_handler(kind, handle)
