"""The texts of a form to an incident, or to what is wrong with each: read column by column as an import reads a row.

Pure. Knows the columns and the reader of rows; knows no page, no store and no clock. A text that the form showed
and nobody touched keeps what the record had, whatever the text would say by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from incidents.column_plan import ImportOptions, plan_columns
from incidents.columns import RECORD_TYPES, fields_of
from incidents.csv_export import disarm
from incidents.csv_import import Lookup, Note, Problem, RowReader
from incidents.flat import Flat, from_flat, join_parts, join_words, text_of, to_flat
from incidents.model import OWN, Incident
from incidents.moment_errors import MomentError
from incidents.table import Row
from incidents.zones import zone_named

MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class FormProblem:
    """What is wrong with one text of a form; `message` and `hint` are templates over `params`.

    `column` is "" for what concerns the form as a whole.
    """

    column: str
    code: str
    message: str
    params: Mapping[str, object]
    hint: str


@dataclass(frozen=True, slots=True)
class FormRemark:
    """How a text was read, where people should know of it."""

    column: str
    message: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says: an incident without problems, or problems and no incident."""

    incident: Incident | None
    problems: tuple[FormProblem, ...] = ()
    remarks: tuple[FormRemark, ...] = ()


FORM_COLUMNS: tuple[str, ...] = tuple(
    column.name for column in RECORD_TYPES["incident"].columns if column.name != "unmatched_values"
)
"""The columns that a form can fill."""


def read_form(
    typed: Mapping[str, str],
    *,
    lookup: Lookup,
    before: Incident | None = None,
    untouched: Collection[str] = (),
    zone: str = "Europe/Paris",
    date_order: str = "DMY",
    today: date | None = None,
) -> Draft:
    """Read the texts of a form, one a column, as an incident.

    `before` is the incident that is corrected; it keeps its id and its collection, and what it has in the columns
    that are `untouched` or missing from `typed`. Lists are separated by `;`. `zone` holds for times where the form
    names none; what lies after `today` is remarked on.
    """
    flat = to_flat(before) if before is not None else {}
    kept = {name for name in FORM_COLUMNS if name in untouched or name not in typed} if before else set()
    faults = [
        FormProblem(name, "too-long", "the text has {length} characters; {limit} is the most",
                    {"length": len(text), "limit": MAX_TEXT}, "shorten it")
        for name, text in typed.items()
        if name not in kept and len(text) > MAX_TEXT
    ]  # fmt: skip
    faults += _zone_faults(typed.get("timezone", "").strip())
    if faults:
        return Draft(None, tuple(faults))
    cells = _cells(typed, flat, kept, before)
    header = tuple(cells)
    options = ImportOptions(
        record_type="incident",
        default_zone=zone,
        date_order=date_order,
        collection=before.collection if before else OWN,
        on_unknown="reject",
        today=today,
    )
    plan = plan_columns(header, options)
    read = RowReader(header, plan, options, lookup).read(Row(1, tuple(map(disarm, cells.values()))))
    problems = tuple(_problem(problem) for problem in read.problems)
    remarks = tuple(_remark(note) for note in read.notes if _column_of(note.column) not in kept)
    if problems or not isinstance(read.record, Incident):
        return Draft(None, problems, remarks)
    return Draft(_finished(read.record, before, kept), (), remarks)


def _cells(
    typed: Mapping[str, str], flat: Flat, kept: Collection[str], before: Incident | None
) -> dict[str, str]:
    """Lay the form out as one row: a column that is kept by its flat fields, one that was typed by its text."""
    cells: dict[str, str] = {}
    providers_follow = before is not None and "operator_id" not in kept
    for field in fields_of("incident"):
        column = field.column.name
        if column in kept:
            cells[field.name] = text_of(flat.get(field.name))
        elif field.name == column:
            cells[column] = typed.get(column, "").replace("\r\n", "\n").strip()
    for column in ("duration", "affected"):
        if column not in kept:
            cells[column] = typed.get(column, "").strip()
    if providers_follow and "providers" in kept and before is not None:
        # Another operator takes the place of the old one among those who took part.
        parts = (p for p in before.providers if (p.provider_id, p.role) != (before.operator_id, "operator"))
        cells["providers"] = join_parts(tuple(parts)) or ""
    if before is not None:
        cells["id"] = before.id
        cells["unmatched_values"] = join_words(before.unmatched_values) or ""
        if "resolved_at" not in kept and "status" in kept and before.resolved_at is None and before.is_open:
            # An end that is entered closes an incident that was open.
            cells["status"] = ""
    return cells


def _finished(incident: Incident, before: Incident | None, kept: Collection[str]) -> Incident:
    """Put back what a row of texts cannot say: the words of the source for a column that was not touched."""
    if before is None:
        return incident
    settled = {name for name in ("cause", "severity", "status") if name not in kept}
    words = tuple(w for w in before.unmatched_values if w.partition("=")[0] not in settled)
    new = tuple(w for w in incident.unmatched_values if w not in before.unmatched_values)
    flat = to_flat(replace(incident, unmatched_values=(*words, *new), collection=before.collection))
    made = from_flat("incident", flat, before.collection)
    assert isinstance(made, Incident)
    return made


def _zone_faults(zone: str) -> list[FormProblem]:
    try:
        if zone:
            zone_named(zone)
    except MomentError:
        return [
            FormProblem(
                "timezone",
                "unknown-zone",
                "“{value}” is not a time zone",
                {"value": zone[:80]},
                "write a name such as Europe/Paris or UTC",
            )
        ]
    return []


def _problem(problem: Problem) -> FormProblem:
    return FormProblem(
        _column_of(problem.column), problem.code, problem.message, problem.params, problem.hint
    )


def _remark(note: Note) -> FormRemark:
    return FormRemark(_column_of(note.column), note.message, note.params)


def _column_of(name: str) -> str:
    """Give the column that a field belongs to; "" for a name that is no field."""
    first = name.split(" + ", maxsplit=1)[0]
    if first in FORM_COLUMNS:
        return first
    return next((f.column.name for f in fields_of("incident") if f.name == first), "")


def changed_columns(before: Incident, after: Incident) -> tuple[str, ...]:
    """Name the columns in which two incidents differ, in the order of the record."""
    old, new = to_flat(before), to_flat(after)
    names = (f.column.name for f in fields_of("incident") if text_of(old[f.name]) != text_of(new[f.name]))
    return tuple(dict.fromkeys(names))
