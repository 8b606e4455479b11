"""Incident records and what can be asked of them: the facade for `timeline/` and `scripts/`.

Knows no web. What is not named in `__all__` is nobody else's business.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from incidents import bundled
from incidents.amount import Amount, AmountError, read_amount, read_duration
from incidents.bundled import Loaded
from incidents.catalogue import Catalogue, Exposure, Step, catalogue_of, holds, taking_part
from incidents.changes import Change, ChangeSet
from incidents.column_plan import ImportOptions, PlanError
from incidents.columns import RECORD_TYPES, Column, RecordType, fields_of, match_header
from incidents.csv_export import disarm, export_csv, export_json, template_csv
from incidents.csv_import import Note, Problem
from incidents.csv_reader import CsvError, Table, read_table
from incidents.engagement import assess_incident, engagements, engaging, rules_of
from incidents.errors import ReadingError, TimelineError, fill
from incidents.finding import search
from incidents.flat import text_of, to_flat, type_of
from incidents.impact import Figure, Input, duration_of, named_number, sketch_of, span_of, total, user_hours
from incidents.ingest import ImportReport, RowOutcome, files_folder, import_file
from incidents.model import *  # noqa: F403
from incidents.model import __all__ as _model_names
from incidents.moment import (
    HALF_WIDTHS,
    UNCERTAIN_FACTOR,
    HalfWidth,
    Moment,
    MomentError,
    Precision,
    Qualifier,
    parse_utc,
    utc_text,
)
from incidents.obligations import *  # noqa: F403
from incidents.obligations import __all__ as _obligation_names
from incidents.query import *  # noqa: F403
from incidents.query import __all__ as _query_names
from incidents.reading.moments import MOMENT_NOTES, Reading, read_moment
from incidents.store import (
    Check,
    DatabaseError,
    Store,
    StoredObligation,
    StoreError,
    alone_in,
    engine_versions,
    open_file,
)
from incidents.window import FACETS, NO_OBLIGATION, OTHERS, extent, facets, find, padded, window_answer

__all__ = [
    "FACETS",
    "HALF_WIDTHS",
    "MOMENT_NOTES",
    "NO_OBLIGATION",
    "OTHERS",
    "RECORD_TYPES",
    "UNCERTAIN_FACTOR",
    "Amount",
    "AmountError",
    "Catalogue",
    "Change",
    "ChangeSet",
    "Check",
    "Column",
    "CsvError",
    "DatabaseError",
    "Exposure",
    "Figure",
    "HalfWidth",
    "ImportOptions",
    "ImportReport",
    "Input",
    "Loaded",
    "Moment",
    "MomentError",
    "Note",
    "PlanError",
    "Precision",
    "Problem",
    "Qualifier",
    "Reading",
    "ReadingError",
    "RecordType",
    "RowOutcome",
    "Step",
    "Store",
    "StoreError",
    "StoredObligation",
    "Table",
    "TimelineError",
    "assess_incident",
    "catalogue_of",
    "disarm",
    "duration_of",
    "engagements",
    "engaging",
    "engine_versions",
    "export_csv",
    "export_json",
    "extent",
    "facets",
    "fields_of",
    "files_folder",
    "fill",
    "find",
    "holds",
    "import_file",
    "match_header",
    "named_number",
    "rules_of",
    "search",
    "open_store",
    "padded",
    "parse_utc",
    "read_amount",
    "read_duration",
    "read_moment",
    "read_table",
    "sketch_of",
    "span_of",
    "taking_part",
    "template_csv",
    "text_of",
    "to_flat",
    "total",
    "type_of",
    "user_hours",
    "utc_text",
    "window_answer",
    *_model_names,
    *_obligation_names,
    *_query_names,
]


def open_store(path: str | Path, *, at: datetime, create: bool = True, with_bundled: bool = True) -> Store:
    """Open the database at a path, and bring its schema and its bundled records up to date.

    `create`: make one where there is none, with the bundled records unless `with_bundled` is False (that choice
    is kept). `at` is the time of the change set that a load makes. Raises `StoreError`; a foreign or newer file
    is not changed.
    """
    target = Path(path)
    with alone_in(target.parent):
        fresh = not target.exists()
        store = open_file(target, create=create)
        if fresh and not with_bundled:
            store.set_setting(bundled.SETTING, bundled.NONE)
        elif not bundled.is_current(store):
            bundled.load_bundled(store, at=at)
    return store
