"""Which column of a file means which field: by name, by synonym, by a template the user wrote, or a constant.

Pure. Knows headers, the contract in `columns` and the profiles of ticket tools; knows no rows.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from incidents.column_fit import LOOKED_AT, fits, known_texts, likely_column, only_choices
from incidents.columns import RECORD_TYPES, fields_of, header_key
from incidents.errors import TimelineError
from incidents.header_words import TOOL_UNITS, HeaderMeaning, header_meanings, said_of, time_beside
from incidents.import_options import ImportOptions
from incidents.moment_errors import MomentError
from incidents.profiles import Profile, bundled_profile
from incidents.templates import column_names, constant, single, with_names
from incidents.zones import zone_named

__all__ = ["PLAN_NOTES", "ColumnPlan", "ImportOptions", "PlanError", "PlanNote", "place_of", "plan_columns"]

UNIT_STEMS = {
    "subscribers": ("abonne", "subscriber"),
    "users": ("user", "utilisateur", "usager"),
    "customers": ("client", "customer"),
    "devices": ("device", "appareil", "equipement"),
    "sites": ("site",),
    "calls": ("call", "appel"),
}
REPEATED = re.compile(r" \(\d+\)\Z")
"""What the reader puts behind the name of a column that came before."""
ENOUGH = 5
"""So many fields found by name make a file known: its other columns are then left out, and named."""
NEAR = 0.8
"""How alike a header and a known name are for the header to be a misspelling that should stop the import."""
SHOWN = 60
"""How many headers a message names."""
PLAN_NOTES: Mapping[str, str] = {
    "two-columns": "columns “{first}” and “{second}” both mean {field}: “{first}” is used",
    "date-and-time": "columns “{first}” and “{second}” are read together as {field}",
    "borrowed": "column “{first}” is used as {field}, as no other column gives it",
    "gathered": "the {number} columns “{first}” are read together as {field}",
    "no-start": "no column gives the start: each incident began at or before {field}",
    "left-out": "columns that mean nothing known are left out: {columns}",
    "not-used": "columns that fill no field are left out: {columns}",
    "tool": "the columns are those of {tool} and are read so",
    "zone-of-header": "times in “{first}” are read in the zone that its header names, {zone}",
    "no-fit": "column “{first}” is not taken as {field}: none of its first values, such as “{value}”, could be one",
    "other-meaning": "column “{first}” is read as {field}: its values, such as “{value}”, could not be {other}",
    "unit-of-tool": "plain numbers in “{first}” are read as {unit}, as {tool} writes them",
    "unit-of-header": "plain numbers in “{first}” are read as {unit}, as its header says",
}
"""What is said of how the columns were understood."""


BOUNDS_OF_START = ("detected_at", "aware_at", "reported_at")


class PlanError(TimelineError):
    """A file whose columns cannot be laid on the record's fields as asked."""


@dataclass(frozen=True, slots=True)
class PlanNote:
    """Something about the columns that people should know: a key of `PLAN_NOTES` and what it names."""

    code: str
    params: Mapping[str, object]

    @property
    def message(self) -> str:
        return PLAN_NOTES[self.code]


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What each field is made of: `targets` maps a field to a template; `unused` headers go nowhere.

    `own` are the fields filled by a column of their very name, which holds what the program itself writes. `zones`
    and `units` are what headers say of fields, `words` what the words of a tool mean (column -> word -> choice).
    """

    targets: Mapping[str, str]
    unused: tuple[str, ...]
    own: frozenset[str] = frozenset()
    zones: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: tuple[PlanNote, ...] = ()
    tool: str = ""

    @property
    def counted_unit(self) -> str | None:
        """Give what the header of the number affected says that it counts ("Abonnés touchés": subscribers)."""
        header = header_key(self.targets.get("affected", ""))
        return next((unit for unit, stems in UNIT_STEMS.items() if any(s in header for s in stems)), None)

    def silent_fields(self, record_type: str) -> frozenset[str]:
        """Give the fields that the file says nothing of: no column of it fills them or a part of theirs."""
        fields = fields_of(record_type)
        spoken = {f.column.name for f in fields if f.name in self.targets or f.column.name in self.targets}
        if any(
            f.column.kind in ("choice", "ref", "refs", "parts") and f.column.name in spoken for f in fields
        ):
            spoken.add("unmatched_values")
        if "technical_cause" in spoken - self.own:
            spoken.add("tags")  # where several causes stand in a cell, each is a tag too
        if self.counted_unit:
            spoken.add("affected_unit")
        if "resolved_at" in spoken:
            spoken.add("status")  # an end, or its absence, says where an incident stands
        return frozenset(f.name for f in fields if f.column.name not in spoken)


def plan_columns(
    header: Sequence[str], options: ImportOptions, rows: Sequence[Sequence[str]] = ()
) -> ColumnPlan:
    """Lay a header on the fields of a record type.

    What the user says comes first, then the profile of a ticket tool whose headers these are, then names and
    synonyms, as far as the values of the first `rows` could be what a header promises. Raises `PlanError` for an
    unknown field or header in a template, a header that means nothing while too little of the file is known, two
    equally good headers for one field, or a required field without any.
    """
    return _Planning(header, options, rows).plan()


def place_of(header: Sequence[str], name: str) -> int:
    """Find a column by its header, however it is spelt. Raises `PlanError`."""
    for place, there in enumerate(header):
        if there == name:
            return place
    for place, there in enumerate(header):
        if header_key(there) == header_key(name):
            return place
    raise PlanError(
        "The file has no column “{column}” to group its rows by.",
        code="unknown-column",
        params={"column": name, "near": _nearest(name, header)},
        hint="Columns with a like name: {near}.",
    )


class _Planning:
    """One header on its way to a plan."""

    def __init__(
        self, header: Sequence[str], options: ImportOptions, rows: Sequence[Sequence[str]] = ()
    ) -> None:
        self._header, self._options = header, options
        self._samples = {
            name: [row[place].strip() for row in rows[:LOOKED_AT] if place < len(row)]
            for place, name in enumerate(header)
        }
        self._spec = RECORD_TYPES[options.record_type]
        self._lists = [c for c in self._spec.columns if c.kind in ("words", "refs", "parts")]
        self._fields = {f.name for f in fields_of(self._spec.name)} | {c.name for c in self._spec.columns}
        self._folded = {header_key(name): name for name in reversed(header)}
        self._targets: dict[str, str] = {}
        self._used: set[str] = set()
        self._skipped: set[str] = set()
        self._meant: dict[str, HeaderMeaning] = {}
        self._others: dict[str, list[tuple[int, str]]] = {}
        self._notes: list[PlanNote] = []

    def plan(self) -> ColumnPlan:
        options = self._options
        for target, template in options.mapping.items():
            self._known_field(target)
            self._targets[target] = self._named(target, template)
        for target, text in options.constants.items():
            self._known_field(target)
            if target == "timezone":
                _known_zone(text.strip())
            self._targets[target] = constant(text)
        given = frozenset(self._targets)
        if options.group_by:
            place_of(self._header, options.group_by)
        left = {name.casefold() for name in options.ignored}
        free = [name for name in self._header if name not in self._used and name.casefold() not in left]
        tool = bundled_profile(tuple(self._header), self._spec.name)
        if tool is not None:
            self._lay_tool(tool, free)
        unused = self._lay_names([name for name in free if name not in self._used], given)
        unused = self._lay_times(unused, free)
        self._borrow()
        self._lay_key()
        self._gather(free)
        unused = [name for name in unused if name not in self._used]
        if unused and tool is not None:
            self._note_left_out(unused)
        elif unused:
            self._leave_out(unused)
        self._require()
        nowhere = set(unused)
        own = {f for f, t in self._targets.items() if t == single(f)}
        zones, units = self._said()
        return ColumnPlan(
            self._targets,
            tuple(name for name in self._header if name in nowhere),
            frozenset(own),
            zones,
            units,
            _words_of(tool, options),
            tuple(self._notes),
            tool.name if tool else "",
        )

    def _note(self, code: str, **params: object) -> None:
        self._notes.append(PlanNote(code, params))

    def _known_field(self, target: str) -> None:
        if target not in self._fields:
            raise PlanError(
                "There is no field “{field}”.",
                code="unknown-field",
                params={"field": target, "near": _nearest(target, sorted(self._fields))},
                hint="Fields with a like name: {near}.",
            )

    def _named(self, target: str, template: str) -> str:
        """Give a template of the user with the headers as they stand in the file."""
        inner = template[1:-1]
        if template == single(inner) and inner in self._header:
            self._used.add(inner)
            return template
        if not column_names(template):
            found = self._find(template)
            if found is None:
                return template
            self._used.add(found)
            return single(found)

        def renamed(name: str) -> str:
            found = self._find(name)
            if found is None:
                raise PlanError(
                    "The file has no column “{column}”, which the mapping of {field} names.",
                    code="unknown-column",
                    params={"column": name, "field": target, "near": _nearest(name, self._header)},
                    hint="Columns with a like name: {near}.",
                )
            self._used.add(found)
            return found

        return with_names(template, renamed) or ""

    def _find(self, name: str) -> str | None:
        return name if name in self._header else self._folded.get(header_key(name))

    def _lay_tool(self, tool: Profile, free: Sequence[str]) -> None:
        """Lay the columns of a ticket tool as its profile says, as far as they are there."""
        there = {header_key(name): name for name in reversed(free)}
        for target, template in tool.mapping.items():
            if target in self._targets:
                continue
            laid = with_names(template, lambda name: there.get(header_key(name)))
            if laid is not None:
                laid = laid.replace("; {}", "").replace("{}; ", "")
                self._targets[target] = laid
                self._used.update(column_names(laid))
        self._skipped.update(there[key] for name in tool.ignored if (key := header_key(name)) in there)
        self._note("tool", tool=tool.name)

    def _lay_names(self, names: Sequence[str], given: frozenset[str]) -> list[str]:
        """Lay headers on fields by what they mean, the best header of each; gives those that go nowhere."""
        unused: list[str] = []
        candidates: dict[str, list[str]] = {}
        for name in names:
            meanings = self._possible(name, header_meanings(self._spec.name, name))
            for meaning in meanings[1:]:
                self._others.setdefault(meaning.field, []).append((meaning.rank, name))
            if not meanings or meanings[0].field in self._targets or name in self._skipped:
                unused.append(name)
                continue
            candidates.setdefault(meanings[0].field, []).append(name)
        for target, found in candidates.items():
            found.sort(key=lambda name: self._meant[name].rank)
            first, others = found[0], found[1:]
            for other in others:
                unused.append(other)
                if time_beside(first, (other,)) or time_beside(other, (first,)):
                    if time_beside(other, (first,)):
                        first, other = other, first
                        unused[-1] = other
                elif REPEATED.sub("", other) == first and self._spec.column(target) in self._lists:
                    continue
                elif self._meant[other].rank == self._meant[first].rank == 1 and not given:
                    raise PlanError(
                        "Columns “{first}” and “{second}” both mean {field}.",
                        code="two-columns",
                        params={"first": first, "second": other, "field": target},
                        hint="Rename one of them, or say which with --map '{field}={{{second}}}'.",
                    )
                else:
                    self._note("two-columns", first=first, second=other, field=target)
            self._targets[target] = single(first)
            self._used.add(first)
        return unused

    def _possible(self, name: str, meanings: Sequence[HeaderMeaning]) -> Sequence[HeaderMeaning]:
        """Keep what a column can mean by its first values; says where that is not what its header promises."""
        if not meanings:
            return ()
        texts = self._samples[name]
        first = self._spec.column(meanings[0].field)
        if first is not None and first.name == "cause" and len(meanings) > 1:
            # "Causes" are classes or descriptions: only where all are classes is nothing lost by reading them so.
            words = self._options.value_words.get("cause", {})
            if not only_choices(first, texts, {header_key(word): word for word in words}):
                meanings = meanings[1:]
        self._meant[name] = meanings[0]
        left = [one for one in meanings if self._fits(one, name, texts)] if texts else meanings
        if left and left[0] is meanings[0]:
            return left
        params = {"first": name, "value": known_texts(texts)[0][:SHOWN]}
        if left:
            self._meant[name] = left[0]
            self._note("other-meaning", **params, field=left[0].field, other=meanings[0].field)
        elif name not in self._skipped:
            self._note("no-fit", **params, field=meanings[0].field)
        return left

    def _fits(self, meaning: HeaderMeaning, name: str, texts: Sequence[str]) -> bool:
        column = self._spec.column(meaning.field)
        if column is None or self._spec.name != "incident":
            return True
        words = self._options.value_words.get(column.name, {})
        return fits(column, name, meaning.rank, texts, {header_key(word): word for word in words})

    def _lay_times(self, unused: Sequence[str], free: Sequence[str]) -> list[str]:
        """Read a date and the time of day that stands beside it in a column of its own together."""
        moments = {c.name for c in self._spec.columns if c.kind == "moment"}
        left = list(unused)
        for target, template in list(self._targets.items()):
            if target not in moments or target in self._options.mapping or template[1:-1] not in free:
                continue
            time = time_beside(template[1:-1], left)
            if time is not None:
                left.remove(time)
                self._used.add(time)
                self._targets[target] = f"{template} {single(time)}"
                self._note("date-and-time", first=template[1:-1], second=time, field=target)
        return left

    def _borrow(self) -> None:
        """Give a needed field that has no column the one that can also mean it: a summary is a title then."""
        for column in self._spec.columns:
            if not column.required or any(
                t == column.name or t.startswith(column.name + "_") for t in self._targets
            ):
                continue
            able = self._others.get(column.name)
            if not able:
                continue
            name = min(able)[1]
            for target in [t for t, template in self._targets.items() if template == single(name)]:
                del self._targets[target]
            self._targets[column.name] = single(name)
            self._used.add(name)
            self._note("borrowed", first=name, field=column.name)

    def _leave_out(self, unused: Sequence[str]) -> None:
        """Leave out what means nothing, where enough of the file is known; else stop and ask."""
        options = self._options
        if options.mapping or options.ignore_unknown or options.profile:
            named = {note.params.get("second") for note in self._notes}
            if left := [name for name in unused if name not in named]:
                self._note_left_out(left, "not-used")
            return
        stray = [name for name in unused if name not in self._meant]
        if not stray:
            return
        known = self._fields
        typing = [name for name in stray[:SHOWN] if _misspelt(name, known)]
        if self._missing() and not typing:
            return  # what is missing is asked for, and all headers are named with it
        if len(self._targets) >= ENOUGH and not typing:
            self._note_left_out(stray)
            return
        first = (typing or stray)[0]
        if len(stray) > 1:
            stray = list(dict.fromkeys((*typing, *stray)))
            raise PlanError(
                "These columns mean nothing that is known: {columns}.",
                code="unknown-column",
                params={
                    "column": first,
                    "columns": ", ".join(stray[:SHOWN]) + (" …" if len(stray) > SHOWN else ""),
                    "near": _nearest(first, self._names()),
                },
                hint="Give each a field with --map 'FIELD={{{column}}}', or leave them all out with "
                "--ignore-unknown. Fields with a name like “{column}”: {near}.",
            )
        raise PlanError(
            "Column “{column}” means nothing that is known.",
            code="unknown-column",
            params={
                "column": first,
                "columns": ", ".join(stray[:SHOWN]),
                "near": _nearest(first, self._names()),
            },
            hint="Use it with --map 'FIELD={{{column}}}', or leave such columns out with --ignore-unknown. "
            "Fields with a like name: {near}.",
        )

    def _names(self) -> list[str]:
        """List the columns of the record: what a header could be meant for."""
        return [column.name for column in self._spec.columns]

    def _note_left_out(self, names: Sequence[str], code: str = "left-out") -> None:
        self._note(code, columns=", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else ""))

    def _said(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give the zone and the unit that headers name, by field."""
        zones: dict[str, str] = {}
        units: dict[str, str] = {}
        kinds = {c.name: c for c in self._spec.columns}
        for target, template in self._targets.items():
            column = kinds.get(target)
            if column is None or (column.kind != "moment" and not column.suffix):
                continue
            for name in (
                column_names(template) if template not in map(single, self._header) else [template[1:-1]]
            ):
                meaning = self._meant.get(name) or _told(self._spec.name, name)
                if column.kind == "moment" and meaning.zone and target not in zones:
                    zones[target] = meaning.zone
                    self._note("zone-of-header", first=name, zone=meaning.zone)
                if column.suffix and meaning.unit not in ("", "minutes") and target not in units:
                    units[target] = meaning.unit
                    tool = TOOL_UNITS.get(header_key(name))
                    if tool is None:
                        self._note("unit-of-header", first=name, unit=meaning.unit)
                    else:
                        self._note("unit-of-tool", first=name, unit=meaning.unit, tool=tool[1])
        return zones, units

    def _lay_key(self) -> None:
        """Take the id from the column that rows are grouped by, or from one that so far serves a template only."""
        key = self._spec.key
        if key in self._targets:
            return
        if self._options.group_by:
            self._targets[key] = single(self._header[place_of(self._header, self._options.group_by)])
            return
        able = [
            (meanings[0].rank, name)
            for name in self._header
            if name in self._used
            and (meanings := header_meanings(self._spec.name, name))
            and meanings[0].field == key
        ]
        whole = set(self._targets.values())
        able = [(rank, name) for rank, name in able if single(name) not in whole]
        if able:
            self._targets[key] = single(min(able)[1])

    def _gather(self, free: Sequence[str]) -> None:
        """Read columns of one name together where the field is a list: a tool writes each service in its own."""
        for target in {c.name for c in self._lists} & self._targets.keys() - self._options.mapping.keys():
            name = self._targets[target][1:-1]
            if self._targets[target] != single(name):
                continue
            others = [other for other in free if REPEATED.sub("", other) == name != other]
            if others:
                self._targets[target] = "; ".join(map(single, (name, *others)))
                self._used.update(others)
                self._note("gathered", first=name, number=len(others) + 1, field=target)

    def _missing(self) -> list[str]:
        """List the fields that every row needs and no column gives; a start can be bounded by another time."""
        missing = [
            c.name
            for c in self._spec.columns
            if c.required and not any(t == c.name or t.startswith(c.name + "_") for t in self._targets)
        ]
        if self._bound_of_start() and "started_at" in missing:
            missing.remove("started_at")
        return missing

    def _bound_of_start(self) -> str | None:
        if self._spec.name != "incident" or any(t.startswith("started_at") for t in self._targets):
            return None
        return next((name for name in BOUNDS_OF_START if name in self._targets), None)

    def _require(self) -> None:
        bound = self._bound_of_start()
        if bound is not None:
            self._note("no-start", field=bound)
        missing = self._missing()
        if missing:
            raise PlanError(
                "No column gives {field}, which every row needs. The file has: {header}.",
                code="missing-column",
                params={
                    "field": " / ".join(missing),
                    "header": ", ".join(self._header[:100]),
                    "first": missing[0],
                    "column": self._likely(missing[0]),
                    "maps": " ".join(f"--map '{field}={{{self._likely(field)}}}'" for field in missing),
                },
                hint="Say which column it is, such as {maps}.",
            )

    def _likely(self, target: str) -> str:
        """Name the column that could give a field: by its values where rows are known, else the first."""
        column = self._spec.column(target)
        used = frozenset(self._used)
        for taken in (used, frozenset[str]()):
            likely = likely_column(column, self._samples, taken) if column else None
            if likely is not None:
                return likely
        return next((name for name in self._header if name not in used), "…")


def _known_zone(name: str) -> None:
    """Refuse at once a zone that no row could be read in."""
    try:
        zone_named(name or "UTC")
    except MomentError as error:
        raise PlanError(
            "The field timezone is given “{zone}”, which is not a time zone.",
            code="unknown-zone",
            params={"zone": name[:80]},
            hint="Write a name such as Europe/Paris or UTC.",
        ) from error


def _told(record_type: str, name: str) -> HeaderMeaning:
    """Give what a header that a template names says of unit and zone."""
    unit, zone = said_of(name)
    return HeaderMeaning("", 0, unit, zone)


def _words_of(tool: Profile | None, options: ImportOptions) -> dict[str, Mapping[str, str]]:
    words = {column: dict(meant) for column, meant in (tool.value_words if tool else {}).items()}
    for column, meant in options.value_words.items():
        words.setdefault(column, {}).update(meant)
    return {
        column: {header_key(word) or word.strip().casefold(): choice for word, choice in meant.items()}
        for column, meant in words.items()
    }


def _misspelt(name: str, known: set[str]) -> bool:
    typed = header_key(name)
    near = difflib.get_close_matches(typed, known, n=1, cutoff=NEAR)
    if not near:
        return False
    pairs = list(zip(typed.split("_"), near[0].split("_"), strict=False))
    # "resolved_by" is no slip for resolved_at: one of its words is another word.
    return all(difflib.SequenceMatcher(None, a, b).ratio() >= 0.5 for a, b in pairs)


def _nearest(word: str, among: Sequence[str]) -> str:
    """Name what looks most like a word; the first few where nothing does."""
    folded = {header_key(name): name for name in among[:500]}
    near = difflib.get_close_matches(header_key(word)[:80], list(folded), n=5, cutoff=0.4)
    return ", ".join(folded[key] for key in near) or ", ".join(among[:12])
