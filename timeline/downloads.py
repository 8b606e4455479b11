"""Downloads that the import reads back: the incidents of a list as CSV or JSON Lines, and all records in one file.

Only routes. Small answers are given whole, large ones as they are written, so that memory stays flat.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, request, send_file

from incidents import (
    SPREADSHEETS,
    Incident,
    Query,
    all_json,
    export_csv,
    export_json,
    find,
    write_zip,
)
from timeline import context
from timeline.params import AddressError
from timeline.security import scope
from timeline.typed_records import walked
from timeline.views import asked_view
from timeline.wording import N_

pages = Blueprint("downloads", __name__)

LARGE = 20_000
"""More incidents than these are sent as they are read."""


@pages.get("/incidents.csv")
@scope("read")
def incidents_csv() -> Response:
    """Give all incidents that match the filters as CSV; importing the file changes nothing.

    With `excel=fr` as Excel on a machine in French opens it by a double click.
    """
    place = request.args.get("excel", "en")
    if place not in SPREADSHEETS:
        raise AddressError(
            N_("There is no Excel “{place}”."),
            code="unknown-excel",
            params={"place": place[:20], "places": ", ".join(SPREADSHEETS)},
            hint=N_("Write one of: {places}."),
        )
    large, records = _asked()
    lines = export_csv("incident", records, SPREADSHEETS[place])
    return _download(lines, "text/csv", "incidents.csv", large)


@pages.get("/incidents.jsonl")
@scope("read")
def incidents_jsonl() -> Response:
    """Give all incidents that match the filters as JSON, one a line; importing the file changes nothing."""
    large, records = _asked()
    return _download(export_json("incident", records), "application/jsonl", "incidents.jsonl", large)


@pages.get("/records.jsonl")
@scope("read")
def records_jsonl() -> Response:
    """Give all records as JSON, one a line: imported into an empty database they are the same records."""
    walk = partial(walked, context.store())
    return _download(all_json(walk), "application/jsonl", "records.jsonl", True)


@pages.get("/records.zip")
@scope("read")
def records_zip() -> Response:
    """Give all records as CSVs, a folder a collection and a file a kind, in a ZIP."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (it is closed with the answer)
    try:
        write_zip(file, partial(walked, context.store()))
        file.seek(0)
        answer = send_file(file, "application/zip", as_attachment=True, download_name="records.zip")
    except BaseException:
        file.close()
        raise
    answer.call_on_close(file.close)
    return answer


def _asked() -> tuple[bool, Iterable[Incident]]:
    """Give the incidents of the filters in the address, and whether they are many."""
    store = context.store()
    query = replace(asked_view(also=("excel",)).query, offset=0, limit=None)
    large = replace(query, order="newest") == Query() and store.count(query) > LARGE
    if large:
        return True, (record for record in walked(store, "incident") if isinstance(record, Incident))
    return False, find(store, query).incidents


def _download(lines: Iterator[str], kind: str, name: str, large: bool) -> Response:
    response = Response(lines if large else "".join(lines), mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
