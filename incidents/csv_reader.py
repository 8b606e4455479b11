"""Opens any file as a table: CSV in all its shapes, gzipped or not, an Excel workbook, JSON. Knows no field.

What a file is, is found out from its bytes, never from its name. Each guess is stated in the table; what has one
reasonable reading is repaired and the repair is noted; what has not is a `RowFault` with its line.
"""

from __future__ import annotations

from pathlib import Path

from incidents.csv_text.formats import find_format
from incidents.csv_text.remarks import ROW_FAULTS
from incidents.csv_text.source import Source
from incidents.csv_text.text_table import TextTable
from incidents.csv_text.workbook import WorkbookTable
from incidents.json_reader import looks_like_json, open_json
from incidents.table import CsvError, ReadingOptions, Row, RowFault, Table

__all__ = ["ROW_FAULTS", "CsvError", "ReadingOptions", "Row", "RowFault", "Table", "open_table"]

WHATEVER = ReadingOptions()
HEAD = 4_096


def open_table(source: Path | bytes, options: ReadingOptions = WHATEVER) -> Table:
    """Open a file as a table: text or JSON, gzipped or not, or an Excel workbook; which it is, its bytes say.

    `options` go before every guess. Raises `CsvError` for a file that is no table, naming what it is. The file stays
    open until the table is closed; rows are read as they are asked for.
    """
    stored = Source(source)
    if not stored.packed:
        with stored.open() as file:
            if find_format(file) == "xlsx":
                return WorkbookTable(stored, options)
    if not looks_like_json(stored.unpacked_start(HEAD)):
        return TextTable(stored, options)
    if not stored.packed:
        return open_json(source, options)
    table = open_json(stored.unpacked, options)
    table.size = stored.size
    return table
