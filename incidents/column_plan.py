"""Which column of a file means which field: by name, by synonym, by a template the user wrote, or a constant.

Pure. Knows headers and the contract in `columns`; knows no rows.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from incidents.columns import RECORD_TYPES, fields_of, header_key, match_header
from incidents.errors import TimelineError

UNIT_STEMS = {
    "subscribers": ("abonne", "subscriber"),
    "users": ("user", "utilisateur", "usager"),
    "customers": ("client", "customer"),
    "devices": ("device", "appareil", "equipement"),
    "sites": ("site",),
    "calls": ("call", "appel"),
}
PLACE = re.compile(r"\{([^{}]*)\}")


class PlanError(TimelineError):
    """A file whose columns cannot be laid on the record's fields as asked."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a file. `mapping`: field -> template over headers; `constants`: field -> text for every row.

    `timezone` is stated for all times without an offset; `default_zone` is assumed, and said so, where nothing
    states one. `ignored` are headers left out on purpose, `ignore_unknown` all that mean nothing; with `strict`
    any rejected row means that nothing is written.
    """

    record_type: str = "incident"
    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    ignore_unknown: bool = False
    strict: bool = False
    collection: str = "own"
    timezone: str | None = None
    default_zone: str = "Europe/Paris"
    date_order: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    filename: str = ""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What each field is made of: `targets` maps a field to a template; `unused` headers go nowhere."""

    targets: Mapping[str, str]
    unused: tuple[str, ...]

    @property
    def counted_unit(self) -> str | None:
        """Give what the header of the number affected says that it counts ("Abonnés touchés": subscribers)."""
        header = header_key(self.targets.get("affected", ""))
        return next((unit for unit, stems in UNIT_STEMS.items() if any(s in header for s in stems)), None)

    def silent_fields(self, record_type: str) -> frozenset[str]:
        """Give the fields that the file says nothing of: no column of it fills them or a part of theirs."""
        fields = fields_of(record_type)
        spoken = {f.column.name for f in fields if f.name in self.targets or f.column.name in self.targets}
        if any(f.column.kind == "choice" and f.column.name in spoken for f in fields):
            spoken.add("unmatched_values")
        if self.counted_unit:
            spoken.add("affected_unit")
        if "resolved_at" in spoken:
            spoken.add("status")  # an end, or its absence, says where an incident stands
        return frozenset(f.name for f in fields if f.column.name not in spoken)


def plan_columns(header: Sequence[str], options: ImportOptions) -> ColumnPlan:
    """Lay a header on the fields of a record type.

    Raises `PlanError` for an unknown field or header in a template, a header that means nothing while neither a
    mapping nor leave to ignore it is given, two headers for one field, or a required field without any.
    """
    spec = RECORD_TYPES[options.record_type]
    known = {f.name for f in fields_of(spec.name)} | {c.name for c in spec.columns}
    exact = {header_key(name): name for name in header}
    targets: dict[str, str] = {}
    used: set[str] = set()
    for target, template in options.mapping.items():
        _known_field(target, known)
        names = PLACE.findall(template)
        if not names and header_key(template) in exact:
            names, template = [template], "{" + template + "}"
        for name in names:
            if header_key(name) not in exact:
                raise PlanError(
                    "The file has no column “{column}”, which the mapping of {field} names.",
                    code="unknown-column",
                    params={"column": name, "field": target, "near": _nearest(name, header)},
                    hint="Columns with a like name: {near}.",
                )
            used.add(exact[header_key(name)])
        targets[target] = PLACE.sub(lambda m: "{" + exact[header_key(m[1])] + "}", template)
    for target, text in options.constants.items():
        _known_field(target, known)
        targets[target] = text.replace("{", "{{").replace("}", "}}")
    chosen = {name.casefold() for name in options.ignored}
    unused: list[str] = []
    for name in header:
        if name in used or name.casefold() in chosen:
            continue
        found = match_header(spec.name, name)
        if found is None or (found in targets and (options.mapping or options.constants)):
            unused.append(name)
        elif found in targets:
            raise PlanError(
                "Columns “{first}” and “{second}” both mean {field}.",
                code="two-columns",
                params={"first": targets[found].strip("{}"), "second": name, "field": found},
                hint="Rename one of them, or say which with --map '{field}={{{second}}}'.",
            )
        else:
            targets[found] = "{" + name + "}"
    if unused and not options.mapping and not options.ignore_unknown:
        raise PlanError(
            "Column “{column}” means nothing that is known.",
            code="unknown-column",
            params={
                "column": unused[0],
                "columns": ", ".join(unused),
                "near": _nearest(unused[0], sorted(known)),
            },
            hint="Use it with --map 'FIELD={{{column}}}', or leave such columns out with --ignore-unknown. "
            "Fields with a like name: {near}.",
        )
    _require(spec.name, targets, header)
    return ColumnPlan(targets, tuple(unused))


def _known_field(target: str, known: set[str]) -> None:
    if target not in known:
        raise PlanError(
            "There is no field “{field}”.",
            code="unknown-field",
            params={"field": target, "near": _nearest(target, sorted(known))},
            hint="Fields with a like name: {near}.",
        )


def _require(record_type: str, targets: Mapping[str, str], header: Sequence[str]) -> None:
    missing = [
        c.name
        for c in RECORD_TYPES[record_type].columns
        if c.required and not any(t == c.name or t.startswith(c.name + "_") for t in targets)
    ]
    if missing:
        raise PlanError(
            "No column gives {field}, which every row needs. The file has: {header}.",
            code="missing-column",
            params={
                "field": " / ".join(missing),
                "header": ", ".join(header),
                "first": missing[0],
                "column": header[0] if header else "…",
            },
            hint="Say which column it is: --map '{first}={{{column}}}'.",
        )


def _nearest(word: str, among: Sequence[str]) -> str:
    """Name what looks most like a word; the first few where nothing does."""
    folded = {header_key(name): name for name in among}
    near = difflib.get_close_matches(header_key(word), list(folded), n=5, cutoff=0.4)
    return ", ".join(folded[key] for key in near) or ", ".join(among[:12])


def fill_template(template: str, cells: Mapping[str, str]) -> str:
    """Put the cells of a row into a template; what is empty leaves no doubled space behind."""
    text = PLACE.sub(lambda m: cells.get(m[1], ""), template.replace("{{", "\0").replace("}}", "\1"))
    text = text.replace("\0", "{").replace("\1", "}")
    return " ".join(text.split()) if template.count("{") > 1 else text.strip()
