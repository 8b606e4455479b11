"""Incident records and what can be asked of them: the facade for `timeline/` and `scripts/`.

Knows no web. What is not named in `__all__` is nobody else's business.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from incidents import bundled
from incidents.amount import Amount, AmountError, read_amount, read_duration
from incidents.archive import Archive, all_json, open_archive, write_folder, write_zip
from incidents.archive import Part as ArchivePart
from incidents.bundled import BundledChange, Loaded
from incidents.catalogue import Catalogue, Exposure, Step, catalogue_of, holds, taking_part
from incidents.changes import Change, ChangeSet
from incidents.column_plan import ImportOptions, PlanError
from incidents.columns import RECORD_TYPES, Column, RecordType, fields_of
from incidents.csv_export import PLAIN, SPREADSHEETS, CsvStyle, export_csv, export_json, template_csv
from incidents.csv_import import Note, Problem
from incidents.csv_reader import open_table
from incidents.editing import FORM_COLUMNS, Draft, FormProblem, FormRemark, changed_columns, read_form
from incidents.edits import (
    ChangedMeanwhileError,
    ExistsAlreadyError,
    as_seen,
    belongings_of,
    delete_incident,
    mark_of,
    merge_incidents,
    outdated_translations,
    save_incident,
)
from incidents.engagement import assess_incident, engagements, engaging, rules_of
from incidents.errors import ReadingError, TimelineError, fill
from incidents.finding import search
from incidents.flat import text_of, to_flat, type_of
from incidents.formulas import disarm, rearm
from incidents.history import ColumnChange, HistoryStep, flat_at, steps_of
from incidents.impact import Figure, Input, duration_of, named_number, sketch_of, span_of, total, user_hours
from incidents.import_report import RESULTS, Group, ImportReport, RowOutcome
from incidents.ingest import StoreLookup, import_file
from incidents.kept_files import files_folder
from incidents.likeness import Likeness, Sighting, alike, pairs_in
from incidents.merging import Belongings, Difference, differences_of, merged, taken_from_other
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
from incidents.new_names import Extended, NewName, NewNameError, extended
from incidents.obligations import *  # noqa: F403
from incidents.obligations import __all__ as _obligation_names
from incidents.profiles import Profile, ProfileError, profile_of, read_profile, with_profile, write_profile
from incidents.profiles import find as find_profile
from incidents.profiles import load as load_profile
from incidents.profiles import save as save_profile
from incidents.profiles import saved as saved_profiles
from incidents.query import *  # noqa: F403
from incidents.query import __all__ as _query_names
from incidents.reading.moments import MOMENT_NOTES, Reading, read_moment
from incidents.rebuilding import RebuildError, rebuild
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
from incidents.table import CsvError, ReadingOptions, Remark, Row, RowFault, Table
from incidents.table_schema import PART_HELP, table_schema_of
from incidents.undoing import UNDO_REASONS, Kept, UndoError, UndoReport, undo
from incidents.window import FACETS, NO_OBLIGATION, OTHERS, extent, facets, find, padded, window_answer

__all__ = [
    "PART_HELP",
    "write_zip",
    "write_folder",
    "table_schema_of",
    "rearm",
    "open_archive",
    "all_json",
    "SPREADSHEETS",
    "PLAIN",
    "CsvStyle",
    "ArchivePart",
    "Archive",
    "FACETS",
    "FORM_COLUMNS",
    "HALF_WIDTHS",
    "MOMENT_NOTES",
    "NO_OBLIGATION",
    "OTHERS",
    "RECORD_TYPES",
    "RESULTS",
    "UNCERTAIN_FACTOR",
    "Amount",
    "AmountError",
    "Belongings",
    "Catalogue",
    "Change",
    "ChangeSet",
    "ChangedMeanwhileError",
    "Check",
    "Column",
    "ColumnChange",
    "CsvError",
    "DatabaseError",
    "Difference",
    "Draft",
    "ExistsAlreadyError",
    "Extended",
    "Exposure",
    "Figure",
    "Group",
    "FormProblem",
    "HalfWidth",
    "HistoryStep",
    "ImportOptions",
    "ImportReport",
    "Input",
    "Likeness",
    "Loaded",
    "Moment",
    "MomentError",
    "NewName",
    "NewNameError",
    "Note",
    "PlanError",
    "Precision",
    "Problem",
    "Qualifier",
    "Reading",
    "ReadingError",
    "ReadingOptions",
    "RecordType",
    "Remark",
    "Row",
    "RowFault",
    "FormRemark",
    "RowOutcome",
    "Sighting",
    "Step",
    "Store",
    "StoreError",
    "StoreLookup",
    "StoredObligation",
    "Table",
    "TimelineError",
    "alike",
    "as_seen",
    "assess_incident",
    "belongings_of",
    "catalogue_of",
    "changed_columns",
    "delete_incident",
    "differences_of",
    "disarm",
    "duration_of",
    "engagements",
    "engaging",
    "engine_versions",
    "export_csv",
    "export_json",
    "extended",
    "extent",
    "facets",
    "fields_of",
    "files_folder",
    "fill",
    "find",
    "flat_at",
    "holds",
    "import_file",
    "mark_of",
    "merge_incidents",
    "merged",
    "named_number",
    "open_store",
    "open_table",
    "outdated_translations",
    "padded",
    "pairs_in",
    "parse_utc",
    "read_amount",
    "read_duration",
    "read_form",
    "read_moment",
    "rules_of",
    "save_incident",
    "search",
    "sketch_of",
    "span_of",
    "steps_of",
    "taken_from_other",
    "taking_part",
    "template_csv",
    "text_of",
    "to_flat",
    "total",
    "type_of",
    "user_hours",
    "utc_text",
    "UNDO_REASONS",
    "Kept",
    "UndoError",
    "UndoReport",
    "BundledChange",
    "RebuildError",
    "rebuild",
    "preview_upgrade",
    "undo",
    "window_answer",
    *_model_names,
    *_obligation_names,
    *_query_names,
    "Profile",
    "ProfileError",
    "profile_of",
    "read_profile",
    "with_profile",
    "write_profile",
    "find_profile",
    "load_profile",
    "save_profile",
    "saved_profiles",
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


def preview_upgrade(path: str | Path, *, at: datetime) -> Loaded:
    """Say what opening a database would change in its bundled records; nothing is changed.

    Raises `StoreError` where there is no database.
    """
    store = open_file(Path(path), create=False)
    try:
        if bundled.is_current(store):
            return Loaded({}, ())
        return bundled.load_bundled(store, at=at, dry=True)
    finally:
        store.close()
