"""The files a page loads: style, script and plotly.js, each under an address that changes with its content.

So a browser keeps them for good. plotly.js is served as it lies in the installed plotly package, compressed
once a process. Knows no record and no page.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from threading import Thread
from typing import Any

import plotly
from flask import Blueprint, Flask, Response, request

from timeline.security import scope

files = Blueprint("assets", __name__, url_prefix="/assets")

PLOTLY_FILE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
FOR_GOOD = "public, max-age=31536000, immutable"
STATIC = Path(__file__).parent / "static"


@cache
def digest(path: Path) -> str:
    """Name a file by its content, in twelve hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=1)
def plotly_gzip() -> bytes:
    """Compress plotly.js: about 1.5 MB from 4.8, some 0.3 s of work, kept for the life of the process."""
    return gzip.compress(PLOTLY_FILE.read_bytes(), compresslevel=6, mtime=0)


def plotly_version() -> str:
    """Name the installed plotly.js by the version of its package and its content."""
    return f"{plotly.__version__}-{digest(PLOTLY_FILE)}"


@files.get("/plotly-<version>.min.js")
@scope("read")
def plotly_js(version: str) -> Response:
    """Serve plotly.js; an address of another version is answered too, but not kept."""
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(plotly_gzip() if zipped else PLOTLY_FILE.read_bytes(), mimetype="text/javascript")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_GOOD if version == plotly_version() else "no-cache"
    return response


def connect(app: Flask) -> None:
    """Register plotly.js and put each static file's content into its address.

    plotly.js is compressed in the background, so that the first visitor does not wait for it.
    """
    Thread(target=plotly_gzip, name="compress plotly.js", daemon=True).start()
    app.register_blueprint(files)
    app.jinja_env.globals["plotly_version"] = plotly_version

    @app.url_defaults
    def version_static(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" or "v" in values:
            return
        path = STATIC / values.get("filename", "")
        if path.is_file():
            values["v"] = digest(path)

    @app.after_request
    def keep_static(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            versioned = (
                request.args.get("v") == digest(STATIC / request.view_args["filename"])
                if request.view_args
                else False
            )
            response.headers["Cache-Control"] = FOR_GOOD if versioned else "no-cache"
        return response
