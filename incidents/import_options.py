"""What a person says of an import: kind of record, columns, zone, order of dates, and what to do with unknown names.

Values only. Knows no file and no header; `column_plan` lays a header on it, `profiles` keeps it as TOML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

ON_UNKNOWN = ("reject", "create", "keep")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a file. `mapping`: field -> template over headers; `constants`: field -> text for every row.

    `timezone` is stated for all times without an offset; `default_zone` is assumed, and said so, where nothing
    states one. `date_orders` names the order of single columns. `ignored` are headers left out on purpose,
    `ignore_unknown` all that mean nothing; with `strict` any rejected row means that nothing is written.
    `on_unknown` says what becomes of names of providers and services that are not known: "reject" the row, "create"
    a provider, "keep" the words; None decides by column (see `unknown_names`). Rows that agree in the column
    `group_by` are one record. `value_words`: column -> word of the file -> choice. `excel_dates` reads numbers such
    as 45912.5 as the days of a spreadsheet. `today` is the day after which dates lie in the future.
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
    quote: str | None = None
    header: int | None = None
    sheet: str | None = None
    filename: str = ""
    today: date | None = None
    date_orders: Mapping[str, str] = field(default_factory=dict)
    on_unknown: str | None = None
    group_by: str = ""
    profile: str = ""
    value_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    excel_dates: bool = False
