"""How an import is described in a form or an address, and read back: kind of record, columns, zone, order of dates.

Pure: form fields <-> `ImportOptions`. Knows no request and no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from incidents import RECORD_TYPES, Column, ImportOptions, TimelineError
from timeline.rejected import ADDED
from timeline.settings import read_zone
from timeline.uploads import shown_name
from timeline.wording import N_, language

DATE_ORDERS = ("DMY", "MDY", "YMD")
MAPPED = "map."
LONGEST = 2_000
# A semicolon that the words speak of ("separated by ;") ends no clause.
CLAUSE_END = re.compile(r"(?<!by )(?<!par[ \u00a0\u202f]);\s|:\s|\(|\.\s")


class FormError(TimelineError):
    """A field of the form has a value that cannot be used."""

    status = 400


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One column of the record type with the header of the file that fills it; `header` "" = none."""

    column: Column
    header: str
    chosen: bool

    @property
    def help(self) -> str:
        """Explain the column in the reader's language, by the first clause of its help."""
        words = self.column.help_fr if language() == "fr" else self.column.help_en
        return CLAUSE_END.split(words, maxsplit=1)[0].rstrip(". \u00a0\u202f")


def read_options(fields: Mapping[str, str]) -> ImportOptions:
    """Read form fields or the query of an address; raises `FormError` for a value that cannot be used."""
    record_type = fields.get("type") or "incident"
    if record_type not in RECORD_TYPES:
        near = get_close_matches(record_type, RECORD_TYPES, n=1)
        raise FormError(
            N_("“{value}” is not a kind of record."),
            code="unknown-record-type",
            params={"value": record_type[:80], "near": near[0] if near else "incident"},
            hint=N_("Write {near}, or another of those that the form offers."),
        )
    order = fields.get("date_order") or None
    if order is not None and order not in DATE_ORDERS:
        raise FormError(
            N_("“{value}” is not an order of day, month and year."),
            code="unknown-date-order",
            params={"value": order[:80]},
            hint=N_("Write DMY, MDY or YMD."),
        )
    zone = fields.get("timezone") or None
    mapping = {
        name.removeprefix(MAPPED): f"{{{header[:LONGEST]}}}"
        for name, header in fields.items()
        if name.startswith(MAPPED) and header
    }
    return ImportOptions(
        record_type=record_type,
        mapping=mapping,
        # A browser shows the columns that are not used, and offers to assign them: no reason to stop.
        ignore_unknown=True,
        ignored=ADDED,
        strict=fields.get("strict") == "1",
        timezone=read_zone(zone).key if zone else None,
        date_order=order,
        filename=shown_name(fields.get("name")),
    )


def option_fields(options: ImportOptions) -> dict[str, Any]:
    """Write options as form fields: `read_options` gives the same options back."""
    fields: dict[str, Any] = {"type": options.record_type, "name": options.filename or ""}
    if options.timezone:
        fields["timezone"] = options.timezone
    if options.date_order:
        fields["date_order"] = options.date_order
    if options.strict:
        fields["strict"] = "1"
    for field, template in options.mapping.items():
        fields[MAPPED + field] = template.removeprefix("{").removesuffix("}")
    return fields


def column_choices(
    options: ImportOptions, found: Mapping[str, str], header: Iterable[str]
) -> tuple[tuple[ColumnChoice, ...], tuple[ColumnChoice, ...]]:
    """Give the columns to choose headers for: (those that a record cannot be without, the others)."""
    headers = set(header)
    needed: list[ColumnChoice] = []
    others: list[ColumnChoice] = []
    for column in RECORD_TYPES[options.record_type].columns:
        given = options.mapping.get(column.name)
        template = given or found.get(column.name, "")
        name = template.removeprefix("{").removesuffix("}")
        choice = ColumnChoice(column, name if name in headers else "", given is not None)
        (needed if column.required else others).append(choice)
    return tuple(needed), tuple(others)
