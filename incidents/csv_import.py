"""Numbered rows to records, or to problems that name line, column, value, reason and remedy. Knows no store.

References are resolved through a `Lookup` that the caller gives; how one cell is read stands in `cells`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from incidents.cells import CELL_NOTES, MAX_ID, SHOWN, Cell, CellReader, flat_value
from incidents.column_plan import ColumnPlan, ImportOptions
from incidents.columns import RECORD_TYPES, Column
from incidents.errors import ReadingError, fill
from incidents.flat import CLASSES, Flat, text_of, to_flat, type_of
from incidents.impact import span_of
from incidents.model import Incident, Part, Provider, Record
from incidents.moment import Moment, MomentError, Qualifier
from incidents.reading.moments import MOMENT_NOTES
from incidents.row_warnings import warnings_of
from incidents.table import Row
from incidents.templates import column_names, compiled, single
from incidents.unknown_names import Lookup, Names
from incidents.zones import zone_named

__all__ = [
    "MAX_ID",
    "Lookup",
    "Note",
    "Problem",
    "ReadRow",
    "RowReader",
    "cell_alone",
    "made_id",
    "with_operator",
]

NAMED = ("cause", "third_party", "planned_maintenance")
"""Questions of an incident that nobody answered are answered "unknown"."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row, or a cell, was not taken. `message` and `hint` are templates over `params`."""

    line: int
    column: str
    value: str
    code: str
    message: str
    params: Mapping[str, object]
    hint: str

    @property
    def reason(self) -> str:
        return fill(self.message, self.params)

    @property
    def remedy(self) -> str:
        return fill(self.hint, self.params)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was read in a way people should know of; the row was taken."""

    line: int
    column: str
    message: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What one row became: a record, or at least one problem.

    `created` are records of names that were not known, which must be there before this one; every row that needs
    one names it, as an earlier row may have been refused. `made_id`: the row has no id of its own, so that another
    one of the same title, operator and start has the same.
    """

    line: int
    record: Record | None
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    created: tuple[Provider, ...] = ()
    made_id: bool = False


class RowReader:
    """Reads the rows of one file under one plan; between rows it remembers a bounded number of repeating cells."""

    def __init__(
        self, header: tuple[str, ...], plan: ColumnPlan, options: ImportOptions, lookup: Lookup
    ) -> None:
        self._plan, self._options, self._header = plan, options, header
        self._spec = RECORD_TYPES[options.record_type]
        self._is_incident = self._spec.name == "incident"
        self._class: Any = CLASSES[self._spec.name]
        names = Names(lookup, options.on_unknown, options.collection, incident=self._is_incident)
        fills = {
            field: compiled(template, header, blank_unknown=True) for field, template in plan.targets.items()
        }
        self._fills = fills
        readers = (CellReader(column, plan, options, names) for column in self._spec.columns)
        self._columns = [
            (reader.column, reader, tuple(fills[field] for field in reader.fields))
            for reader in readers
            if reader.fields or reader.column.required
        ]
        self._told: set[str] = set()
        self._zone_of = fills.get("timezone")

    def read(self, row: Row) -> ReadRow:
        """Read one row; every cell is looked at, so that all problems of a row come at once."""
        cells = row[1]
        zone = (self._zone_of(cells) if self._zone_of else "") or self._options.timezone or None
        values: dict[str, Any] = {}
        faults: list[tuple[Column, ReadingError]] = []
        said: list[tuple[Column, Cell]] = []
        for column, reader, fills in self._columns:
            if len(fills) == 1:
                cell = reader.read((fills[0](cells),), zone)
            else:
                cell = reader.read(tuple([fill_in(cells) for fill_in in fills]), zone)
            if cell.fault is not None:
                faults.append((column, cell.fault))
            elif cell.value is not None:
                values[column.name] = cell.value
            if cell.notes or cell.unmatched or cell.tags or cell.created or cell.ongoing:
                said.append((column, cell))
        notes = [Note(row[0], column.name, *note) for column, cell in said for note in cell.notes]
        if self._is_incident and "started_at" not in values:
            faults = self._begin(row, values, faults, notes)
        if faults:
            return ReadRow(
                row[0],
                None,
                tuple(self._problem(row, column, error) for column, error in faults),
                tuple(notes),
            )
        if self._is_incident:
            self._end_of_day(row, values, notes)
            self._mixed_zones(row, values, said, notes)
        record: Record | None
        made = not values.get(self._spec.key)
        try:
            record = self._record(values, said)
            problem = self._contradiction(row, record) if self._is_incident else None
        except ReadingError as error:
            column = self._spec.column("started_at") or self._spec.columns[0]
            problem = self._problem(row, column, error)
        if problem is not None:
            return ReadRow(row[0], None, (problem,), tuple(notes))
        created = tuple(one for _, cell in said for one in cell.created)
        notes += [self._new(row, one) for one in created if one.id not in self._told]
        if self._is_incident:
            warnings = warnings_of(cast("Incident", record), self._options.today)
            notes += [Note(row[0], *warning) for warning in warnings]
        return ReadRow(row[0], record, (), tuple(notes), created, made)

    def _begin(
        self,
        row: Row,
        values: dict[str, Any],
        faults: list[tuple[Column, ReadingError]],
        notes: list[Note],
    ) -> list[tuple[Column, ReadingError]]:
        """Bound a start that nobody states by the first time at which the incident was known."""
        known = [(m.latest, name, m) for name in KNOWN_BY if (m := values.get(name)) and m.latest is not None]
        missing = [
            error for column, error in faults if column.name == "started_at" and error.code == "missing"
        ]
        if not known or not missing:
            return faults
        latest, name, moment = min(known)
        values["started_at"] = Moment("", moment.precision, Qualifier.EXACT, None, latest, moment.zone)
        values["inferred_fields"] = tuple(dict.fromkeys((*values.get("inferred_fields", ()), "started_at")))
        notes.append(Note(row[0], "started_at", START_NOTES["start-by"], {"field": name}))
        return [(column, error) for column, error in faults if error not in missing]

    def _end_of_day(self, row: Row, values: dict[str, Any], notes: list[Note]) -> None:
        """Take an end at "midnight" of the day of the start as the end of that day: its beginning cannot be meant."""
        start, end = values.get("started_at"), values.get("resolved_at")
        if start is None or end is None or not end.has_time or start.earliest is None:
            return
        text = self._text(row, "resolved_at")
        if end.latest >= start.earliest or not MIDNIGHT.search(text):
            return
        try:
            day = datetime.fromisoformat(end.value) + timedelta(days=1)
            flat = end.flat("resolved_at") | dict.fromkeys(("resolved_at_earliest", "resolved_at_latest"))
            flat["resolved_at"] = (day.replace(tzinfo=None) if end.zone else day).isoformat()
            flat["resolved_at_words"] = end.words or text
            later = Moment.from_flat("resolved_at", flat, end.zone)
        except (MomentError, OverflowError):
            return
        if later is None or later.latest is None or later.latest < start.earliest:
            return
        values["resolved_at"] = later
        mine = [
            n for n in notes if n.column == "resolved_at" and n.message == MOMENT_NOTES["midnight-starts-day"]
        ]
        notes[:] = [note for note in notes if note not in mine]
        notes.append(Note(row[0], "resolved_at", TIME_NOTES["midnight-ends-day"], {"value": text[:SHOWN]}))

    def _mixed_zones(
        self, row: Row, values: Mapping[str, Any], said: list[tuple[Column, Cell]], notes: list[Note]
    ) -> None:
        """Say that one time of a row names a zone and another does not, where that makes a difference."""
        assumed = [c.name for c, cell in said if any(m == CELL_NOTES["assumed-zone"] for m, _ in cell.notes)]
        if not assumed:
            return
        zone = self._options.default_zone
        for name in MOMENTS:
            moment = values.get(name)
            if moment is None or name in assumed or not moment.has_time:
                continue
            stated = datetime.fromisoformat(moment.value)
            if stated.astimezone(zone_named(zone)).utcoffset() != stated.utcoffset():
                params = {
                    "value": self._text(row, assumed[0])[:SHOWN],
                    "other": self._text(row, name)[:SHOWN],
                }
                notes.append(
                    Note(
                        row[0], assumed[0], TIME_NOTES["mixed-zones"], params | {"zone": zone, "field": name}
                    )
                )
                return

    def _new(self, row: Row, record: Provider) -> Note:
        """Say once that a record of a new name is added."""
        self._told.add(record.id)
        return Note(row[0], "", CELL_NOTES["created"], {"value": record.name, "kind": type_of(record)})

    def _text(self, row: Row, field: str) -> str:
        return self._fills[field](row.cells) if field in self._fills else ""

    def _problem(self, row: Row, column: Column, error: ReadingError) -> Problem:
        template = self._plan.targets.get(column.name, "")
        whole = template == single(template[1:-1]) and template[1:-1] in self._header
        names = (template[1:-1],) if whole else column_names(template)
        return Problem(
            row.line,
            " + ".join(names) or column.name,
            self._text(row, column.name),
            error.code,
            error.message,
            dict(error.params),
            error.hint,
        )

    def _record(self, values: dict[str, Any], said: list[tuple[Column, Cell]]) -> Record:
        if self._is_incident:
            self._complete(values, said)
            zone = values.get("timezone")
            for name in MOMENTS:
                moment = values.get(name)
                if moment is not None and moment.zone != zone:
                    values[name] = _in_zone(moment, name, zone)
        if not values.get(self._spec.key):
            values[self._spec.key] = self._made_id(values)
        return cast("Record", self._class(collection=self._options.collection, **values))

    def _made_id(self, values: Mapping[str, Any]) -> str:
        if self._is_incident:
            flat: Flat = {"title": values["title"], "operator_id": values.get("operator_id")}
            flat |= values["started_at"].flat("started_at")
        else:
            flat = to_flat(self._class(collection=self._options.collection, **{self._spec.key: "", **values}))
        return made_id(self._spec.name, flat, self._options.profile)

    def _complete(self, values: dict[str, Any], said: list[tuple[Column, Cell]]) -> None:
        """Fill what follows from the rest: the status, and answers that nobody gave."""
        if "status" not in values:
            ongoing = any(cell.ongoing for _, cell in said)
            values["status"] = "investigating" if ongoing else "resolved"
        if not values.get("timezone"):
            values["timezone"] = next(
                (moment.zone for name in MOMENTS if (moment := values.get(name)) is not None), None
            )
        affected = values.get("affected")
        if "affected_unit" not in values and affected is not None and (affected.low or affected.high):
            values["affected_unit"] = self._plan.counted_unit
        providers = with_operator(values.get("providers") or (), values.get("operator_id"))
        if providers:
            values["providers"] = providers
        for name in NAMED:
            values.setdefault(name, "unknown")
        unmatched = [word for _, cell in said for word in cell.unmatched]
        if unmatched:
            values["unmatched_values"] = tuple(
                dict.fromkeys((*values.get("unmatched_values", ()), *unmatched))
            )
        tags = [tag for _, cell in said for tag in cell.tags]
        if tags:
            values["tags"] = tuple(dict.fromkeys((*values.get("tags", ()), *tags)))

    def _contradiction(self, row: Row, record: Record) -> Problem | None:
        incident = cast("Incident", record)
        end, start = incident.resolved_at, incident.started_at
        if end is None or end.latest is None or (start.earliest is not None and end.latest >= start.earliest):
            return None
        if end.latest >= span_of(incident).start_earliest:
            return None
        error = ReadingError(
            "the end “{value}” lies before the start “{start}”",
            code="end-before-start",
            value=self._text(row, "resolved_at"),
            params={"start": self._text(row, "started_at")},
            hint="correct one of the two; leave the end empty when it is not known",
        )
        return self._problem(row, cast("Column", self._spec.column("resolved_at")), error)


def _in_zone(moment: Moment, name: str, zone: str | None) -> Moment:
    """Give a moment in the zone of its record, with the bounds that its own zone gave."""
    there = replace(moment, zone=zone)
    if not moment.has_time and moment.value:
        try:
            return Moment.from_flat(name, there.flat(name), zone) or there
        except MomentError:  # a day of one zone that is no day of the other: only its bounds say when
            return replace(there, value="", words=moment.words or moment.value)
    return there


MIDNIGHT = re.compile(r"\b(?:midnight|minuit)\s*\Z", re.IGNORECASE)
TIME_NOTES: Mapping[str, str] = {
    "midnight-ends-day": "“{value}” was read as the end of that day, as the incident began after its start",
    "mixed-zones": "“{value}” names no zone and was read in {zone}, though {field} of the same row, “{other}”, "
    "names another: state the zone of the file if both are in it",
}
"""What is said of times that another time of the row throws light on."""
START_NOTES: Mapping[str, str] = {
    "start-by": "no start is given: it began at or before {field}",
}
"""What is said of a start that was bounded by another time."""
KNOWN_BY = ("detected_at", "aware_at", "reported_at", "resolved_at")
MOMENTS = ("started_at", "detected_at", "aware_at", "reported_at", "resolved_at")
"""The times of an incident; the zone of the first that is there is that of the record."""


def with_operator(parts: tuple[Part, ...], operator_id: object) -> tuple[Part, ...]:
    """Name the operator among the providers, unless it is there in some role."""
    if not operator_id or any(part.provider_id == operator_id for part in parts):
        return parts
    return (Part(str(operator_id), "operator"), *parts)


def cell_alone(
    column: Column, text: str, options: ImportOptions, lookup: Lookup, plan: ColumnPlan | None = None
) -> Flat | None:
    """Read one cell by itself; None where something must be said of it, or where it cannot be read."""
    if plan is None or column.name not in plan.targets:
        plan = ColumnPlan({column.name: single(column.name)}, (), frozenset((column.name,)))
    names = Names(lookup, options.on_unknown, options.collection, incident=options.record_type == "incident")
    reader = CellReader(column, plan, options, names)
    cell = reader.read(tuple(text.strip() if f == column.name else "" for f in reader.fields), None)
    if cell.fault or cell.notes or cell.unmatched or cell.created or cell.tags or cell.ongoing:
        return None
    if isinstance(cell.value, Moment) or column.kind == "amount":
        raise TypeError(f"{column.name} has several fields")
    return {column.name: flat_value(column, cell.value)}


def made_id(record_type: str, flat: Flat, profile: str = "") -> str:
    """Make an id from what identifies a record: the same content gives the same id, under the same profile."""
    if record_type == "translation":
        return "--".join(
            text_of(flat.get(name)) for name in ("record_type", "record_id", "field", "language")
        )
    names: tuple[str, ...]
    if record_type == "incident":
        names = ("title", "operator_id", "started_at", "started_at_earliest", "started_at_latest")
        day = next((text for name in names[2:] if (text := text_of(flat.get(name))[:10])), record_type)
    else:
        names = tuple(name for name in flat if name != "id")
        day = record_type
    texts = [text_of(flat.get(name)) for name in names] + ([profile] if profile else [])
    mark = hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{day}-{mark}"
