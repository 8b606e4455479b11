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
TEMPLATE = "tpl."
CONSTANT = "set."
MORE = re.compile(r"more\.(\d{1,2})\.field")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " ", "none": ""}
QUOTES = {"double": '"', "single": "'", "none": ""}
ENCODINGS = ("utf-8", "windows-1252", "iso-8859-15", "utf-16", "cp850", "mac_roman")
UNKNOWN_NAMES = ("reject", "create", "keep")
LONGEST = 2_000
LONGEST_CHOICE = 200
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
    mapping, constants = _mapping(fields)
    return ImportOptions(
        record_type=record_type,
        mapping=mapping,
        constants=constants,
        # A browser shows the columns that are not used, and offers to assign them: no reason to stop.
        ignore_unknown=True,
        ignored=ADDED,
        strict=fields.get("strict") == "1",
        timezone=read_zone(zone).key if zone else None,
        date_order=order,
        encoding=(fields.get("encoding") or "")[:LONGEST_CHOICE] or None,
        delimiter=_sign(fields.get("delimiter"), DELIMITERS),
        quote=_sign(fields.get("quote"), QUOTES),
        header=_header_line(fields.get("header")),
        sheet=(fields.get("sheet") or "")[:LONGEST_CHOICE] or None,
        group_by=(fields.get("group_by") or "")[:LONGEST],
        on_unknown=_one_of(fields.get("on_unknown"), UNKNOWN_NAMES),
        excel_dates=fields.get("excel_dates") == "1",
        profile=(fields.get("profile") or "")[:LONGEST_CHOICE],
        filename=shown_name(fields.get("name")),
    )


def _mapping(fields: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Give templates and constants by field: from the selects, and from the free lines below them."""
    mapping: dict[str, str] = {}
    constants: dict[str, str] = {}
    for name, text in fields.items():
        if not text.strip():
            continue
        if name.startswith(MAPPED):
            mapping[name.removeprefix(MAPPED)] = f"{{{text[:LONGEST]}}}"
        elif name.startswith(TEMPLATE):
            mapping[name.removeprefix(TEMPLATE)] = text[:LONGEST]
        elif name.startswith(CONSTANT):
            constants[name.removeprefix(CONSTANT)] = text[:LONGEST]
        elif place := MORE.fullmatch(name):
            said = fields.get(f"more.{place[1]}.text", "")[:LONGEST]
            if said.strip():
                (mapping if "{" in said else constants)[text[:LONGEST_CHOICE]] = said
    return mapping, constants


def _sign(word: str | None, signs: Mapping[str, str]) -> str | None:
    if not word:
        return None
    if word not in signs and len(word) != 1:
        raise FormError(
            N_("“{value}” is no sign that separates or quotes cells."),
            code="not-a-sign",
            params={"value": word[:80], "words": ", ".join(signs)},
            hint=N_("Write one sign, or one of these: {words}."),
        )
    return signs.get(word, word)


def _header_line(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise FormError(
            N_("“{value}” is not the number of a line."),
            code="not-a-line",
            params={"value": text[:80]},
            hint=N_("Write the line on which the header stands, or 0 where there is none."),
        )
    return int(text)


def _one_of(word: str | None, known: tuple[str, ...]) -> str | None:
    return word if word in known else None


def option_fields(options: ImportOptions) -> dict[str, Any]:
    """Write options as form fields: `read_options` gives the same options back."""
    fields: dict[str, Any] = {"type": options.record_type, "name": options.filename or ""}
    for name in ("timezone", "date_order", "encoding", "sheet", "group_by", "on_unknown", "profile"):
        if value := getattr(options, name):
            fields[name] = value
    if options.delimiter is not None:
        fields["delimiter"] = word_of(options.delimiter, DELIMITERS)
    if options.quote is not None:
        fields["quote"] = word_of(options.quote, QUOTES)
    if options.header is not None:
        fields["header"] = str(options.header)
    for name in ("strict", "excel_dates"):
        if getattr(options, name):
            fields[name] = "1"
    for field, template in options.mapping.items():
        if is_header(template):
            fields[MAPPED + field] = template[1:-1]
        else:
            fields[TEMPLATE + field] = template
    for field, text in options.constants.items():
        fields[CONSTANT + field] = text
    return fields


def word_of(sign: str, signs: Mapping[str, str]) -> str:
    """Give the word that stands for a sign in an address; the sign itself where it has none."""
    return next((word for word, known in signs.items() if known == sign), sign)


def is_header(template: str) -> bool:
    """Say whether a template may be one whole column."""
    return (
        template.startswith("{")
        and template.endswith("}")
        and len(template) > 2
        and bool(template[1:-1].strip())
    )


def free_lines(options: ImportOptions, header: Iterable[str]) -> list[tuple[str, str]]:
    """Give field and text of what the selects cannot say: joined columns and constants; two lines at least."""
    headers = set(header)
    said = [
        (field, template)
        for field, template in options.mapping.items()
        if not (is_header(template) and template[1:-1] in headers)
    ]
    said += options.constants.items()
    return [*said, *[("", "")] * max(1, 2 - len(said))]


def column_choices(
    options: ImportOptions, found: Mapping[str, str], header: Iterable[str]
) -> tuple[tuple[ColumnChoice, ...], tuple[ColumnChoice, ...]]:
    """Give the columns to choose headers for: (those that a record cannot be without, the others)."""
    headers = set(header)
    needed: list[ColumnChoice] = []
    others: list[ColumnChoice] = []
    for column in RECORD_TYPES[options.record_type].columns:
        given = options.mapping.get(column.name)
        name = (given or found.get(column.name, ""))[1:-1]
        chosen = given is not None and name in headers
        choice = ColumnChoice(column, name if name in headers else "", chosen)
        (needed if column.required else others).append(choice)
    return tuple(needed), tuple(others)
