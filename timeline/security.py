"""Who may do what, and what every answer carries: scopes, sign-in, Host and Origin checks, headers as one table.

Each route declares its scope; a route without one is closed. Knows no record.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from incidents import TimelineError
from timeline import context
from timeline.credentials import Attempts, same_text, token_mark
from timeline.wording import N_

pages = Blueprint("security", __name__)

SCOPES = ("read", "import", "admin")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
MARK = "timeline_scope"
Route = TypeVar("Route", bound=Callable[..., object])

CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    # The hash is that of the empty text: plotly.js makes one empty style element and fills it by script.
    "style-src": "'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in CONTENT_POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers then send "Origin: null" with our own forms, and those would be refused.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Accept-Language, Cookie",
}


class Refused(TimelineError):
    """A request that is not let through; `status` is its HTTP status, `headers` go with the answer."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int = 403,
        params: dict[str, object] | None = None,
        hint: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message, code=code, params=params, hint=hint)
        self.status = status
        self.headers = headers or {}


def scope(name: str) -> Callable[[Route], Route]:
    """Declare what a route asks of its visitor: `read`, `import` or `admin`. Stands directly under the route."""
    if name not in SCOPES:
        raise ValueError(f"no such scope: {name}")

    def declare(view: Route) -> Route:
        setattr(view, MARK, name)
        return view

    return declare


def scope_of(app: Flask, endpoint: str) -> str | None:
    """Give the scope that a route declares, None when it declares none."""
    return getattr(app.view_functions.get(endpoint), MARK, None)


def rights() -> frozenset[str]:
    """Give the scopes of the visitor: everyone reads; who came by the sign-in link may also import."""
    granted = {"read"}
    if session.get("by") and same_text(session["by"], current_app.extensions["token_mark"]):
        granted |= {"import", "admin"}
    if current_app.config["READ_ONLY"]:
        granted &= {"read"}
    return frozenset(granted)


def signed_in() -> bool:
    """Say whether the visitor came by the sign-in link."""
    return "by" in session and same_text(session["by"], current_app.extensions["token_mark"])


def csrf_token() -> str:
    """Give the token that each form of this session carries as the field `csrf_token`."""
    if not signed_in():
        return ""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def own_origin() -> str:
    """Give the origin under which people reach this service."""
    return str(current_app.config["ORIGIN"] or f"{request.scheme}://{request.host}").lower()


def split_host(text: str) -> str | None:
    """Give the name in a Host header, without its port, lower case; None when the text is no host."""
    try:
        parts = urlsplit(f"//{text}")
        parts.port  # noqa: B018  raises ValueError for a port that is no number
    except ValueError:
        return None
    if not parts.hostname or parts.netloc != text or "@" in text or set(text) & set(" \\\"'<>"):
        return None
    return f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.rstrip(".")


def allowed_hosts() -> frozenset[str]:
    """Give the names under which this service answers: this machine's, the one listened on, and those set."""
    config = current_app.config
    named = [*THIS_MACHINE, *config["ALLOWED_HOSTS"]]
    if config["HOST"] not in ("", "0.0.0.0", "::"):
        named.append(f"[{config['HOST']}]" if ":" in config["HOST"] else config["HOST"])
    if config["ORIGIN"]:
        named.append(urlsplit(config["ORIGIN"]).netloc)
    return frozenset(host for name in named if (host := split_host(name)))


def check_host() -> None:
    """Refuse a request that was sent to another name: a foreign page could make its own name point here."""
    text = request.environ.get("HTTP_HOST", "")
    host = split_host(text)
    if host is None:
        raise Refused(N_("The request does not say which host it is for."), code="bad-host", status=400)
    if host not in allowed_hosts():
        raise Refused(
            N_("This service does not answer under the name “{host}”."),
            code="unknown-host",
            status=421,
            params={"host": host[:100]},
            hint=N_("Whoever runs it can add the name to TIMELINE_ALLOWED_HOSTS."),
        )


def check_origin() -> None:
    """Refuse a change that another site's page asks for, by what the browser says of the page."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = Refused(
        N_("This change was asked for by a page of another site, and was refused."),
        code="foreign-origin",
        hint=N_("Open the form on this service and send it from there."),
    )
    if site is not None and site != "same-origin" and not (site == "none" and origin is None):
        raise foreign
    if origin is not None and origin.lower() != own_origin():
        raise foreign


def check_scope() -> None:
    """Refuse a visitor who lacks what the route asks for; a route that asks for nothing is closed."""
    if request.endpoint is None:
        return
    needed = scope_of(current_app, request.endpoint) or "admin"
    if needed in rights():
        return
    if current_app.config["READ_ONLY"]:
        raise Refused(
            N_("This is a read-only copy of the record: nothing can be changed here."), code="read-only"
        )
    raise Refused(
        N_("You are not signed in, and this needs it."),
        code="not-signed-in",
        hint=N_("Open the sign-in link that the program printed when it started."),
    )


def check_form() -> None:
    """Refuse a form of a signed-in visitor that this service did not make."""
    if request.method in SAFE_METHODS or not signed_in():
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not same_text(given, csrf_token()):
        raise Refused(
            N_("The form is out of date, and nothing was changed."),
            code="bad-form",
            hint=N_("Open the page again and send the form once more."),
        )


def guard() -> None:
    """Check a request before anything else looks at it."""
    check_host()
    check_origin()
    check_scope()
    check_form()


def add_headers(response: Response) -> Response:
    """Put the table of headers on an answer; what a page set itself stays."""
    for name, value in HEADERS.items():
        if name == "Vary":
            response.vary.update(part.strip() for part in value.split(","))
        else:
            response.headers.setdefault(name, value)
    if response.status_code >= 400 or signed_in_page():
        response.headers["Cache-Control"] = "no-store"
    return response


def signed_in_page() -> bool:
    """Say whether the answer is meant for signed-in people, forms with their token too, and so kept nowhere."""
    endpoint = request.endpoint or ""
    closed = scope_of(current_app, endpoint) in ("import", "admin")
    return closed or (signed_in() and endpoint.startswith("import")) or endpoint.startswith("security.")


def local_path(text: str | None, otherwise: str) -> str:
    """Give a path on this service to go on to, or `otherwise` for anything that could lead elsewhere."""
    if not text or not text.startswith("/") or text.startswith("//"):
        return otherwise
    if "\\" in text or any(ord(char) <= 32 or ord(char) == 127 for char in text):
        return otherwise
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else otherwise


@pages.route("/sign-in", methods=["GET", "POST"])
@scope("read")
def sign_in() -> AnyResponse | str:
    """Open a session for who holds the token; without one, say how to get it."""
    token = request.form.get("token") if request.method == "POST" else request.args.get("token")
    onward = local_path(request.values.get("next"), url_for("imports.form"))
    if token is None:
        return render_template("sign_in.html", onward=onward)
    attempts: Attempts = current_app.extensions["sign_in_attempts"]
    address = request.remote_addr or ""
    wait = attempts.seconds_to_wait(address, context.now())
    if wait:
        raise Refused(
            N_("Too many wrong sign-in attempts. Try again in {seconds} seconds."),
            code="too-many-attempts",
            status=429,
            params={"seconds": wait},
            headers={"Retry-After": str(wait)},
        )
    if not same_text(token.strip(), current_app.extensions["sign_in_token"]):
        attempts.failed(address, context.now())
        raise Refused(
            N_("This sign-in link is not valid."),
            code="wrong-token",
            hint=N_(
                "The program prints a new link at each start, unless TIMELINE_TOKEN is set: "
                "look in the terminal where it runs, and open the last one."
            ),
        )
    session.clear()
    session.permanent = True
    session["by"] = current_app.extensions["token_mark"]
    session["csrf"] = secrets.token_urlsafe(24)
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        # A strict cookie is not sent along a redirect that began on another site: go on by a click of one's own.
        return render_template("sign_in.html", onward=onward, arrived=True)
    return redirect(onward, code=303)


@pages.post("/sign-out")
@scope("read")
def sign_out() -> AnyResponse:
    """End the session."""
    session.clear()
    return redirect(local_path(request.form.get("next"), "/"), code=303)


def connect(app: Flask, *, secret: str, token: str) -> None:
    """Give an application its keys and its cookie, and its templates the visitor's rights."""
    app.secret_key = secret
    origin: str = app.config["ORIGIN"]
    secure = origin.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-timeline" if secure else "timeline_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.extensions["sign_in_token"] = token
    app.extensions["token_mark"] = token_mark(secret, app.config["TOKEN"])
    app.extensions["sign_in_attempts"] = Attempts(app.config["SIGN_IN_ATTEMPTS"])

    @app.context_processor
    def for_templates() -> dict[str, object]:
        return {
            "signed_in": signed_in,
            "may": lambda name: name in rights(),
            "csrf_token": csrf_token,
            "read_only": app.config["READ_ONLY"],
        }
