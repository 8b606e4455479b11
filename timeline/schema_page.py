"""The Table Schema of what an import reads, for tools that check a file before it is sent. Only a route."""

from __future__ import annotations

from difflib import get_close_matches

from flask import Blueprint, Response, jsonify, request

from incidents import RECORD_TYPES
from timeline.params import AddressError
from timeline.schema_words import schema_of
from timeline.security import scope
from timeline.wording import N_

pages = Blueprint("schema", __name__)


@pages.get("/import/schema.json")
@scope("read")
def schema() -> Response:
    """Give the columns of a kind of record (`type`, without it incidents) as a Table Schema."""
    record_type = request.args.get("type", "incident")
    if record_type not in RECORD_TYPES:
        near = get_close_matches(record_type, RECORD_TYPES, n=3) or list(RECORD_TYPES)
        raise AddressError(
            N_("“{type}” is no type of record."),
            code="unknown-type",
            params={"type": record_type[:40], "types": ", ".join(near)},
            hint=N_("Write one of: {types}."),
        )
    return jsonify(schema_of(record_type))
