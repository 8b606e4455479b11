"""The routes that serve whoever runs the service: is it alive, which versions, which settings.

Knows no page. Shows no secret; what tells of the machine is for signed-in people only.
"""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Response, current_app, jsonify

from incidents import engine_versions
from timeline import context
from timeline.build import program_version
from timeline.security import scope, signed_in
from timeline.settings import SETTINGS, shown_settings

pages = Blueprint("service", __name__)

LIBRARIES = (
    "Flask",
    "Werkzeug",
    "Jinja2",
    "waitress",
    "sqlite-utils",
    "plotly",
    "dateparser",
    "Babel",
    "click",
)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def versions() -> dict[str, str]:
    """Give the versions that a fault report should carry, by name."""
    return {
        "outage-timeline": program_version(),
        "python": platform.python_version(),
        **engine_versions(),
        **{name: _version(name) for name in LIBRARIES},
    }


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/healthz")
@scope("read")
def alive() -> Response:
    """Say that the program runs; asks the database nothing."""
    return _unkept(jsonify(status="ok"))


@pages.get("/readyz")
@scope("read")
def ready() -> Response:
    """Say that the record can be read, and its revision."""
    return _unkept(jsonify(status="ok", revision=context.store().revision()))


@pages.get("/-/versions.json")
@scope("read")
def show_versions() -> Response:
    return _unkept(jsonify(versions()))


@pages.get("/-/settings.json")
@scope("read")
def show_settings() -> Response:
    """Give the settings with their values and what each is for."""
    values = shown_settings(current_app.config, signed_in=signed_in())
    about = [
        {
            "name": setting.name,
            "variable": setting.variable,
            "value": values[setting.name],
            "default": setting.default,
            "help": setting.help,
        }
        for setting in SETTINGS
        if setting.name in values
    ]
    return _unkept(jsonify(settings=about))


@pages.get("/robots.txt")
@scope("read")
def robots() -> Response:
    return Response(
        "User-agent: *\nDisallow: /import\nDisallow: /sign-in\nDisallow: /-/\n", mimetype="text/plain"
    )
