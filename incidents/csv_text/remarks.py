"""What is said of a file's reading: each guess, each repair and each row that is no row, by its code.

The one table of these sentences; scripts/messages.py collects them. Knows no file.
"""

from __future__ import annotations

from collections.abc import Iterator

from incidents.table import Remark

GUESS_NOTES: dict[str, str] = {
    "encoding": "The file names no encoding; it was read as {encoding}.",
    "delimiter": "The columns were taken to be separated by {delimiter}.",
    "no-delimiter": "No sign separates columns; the file was read as one column.",
    "quote": "Cells were taken to be quoted with {quote}.",
    "no-quote": "Quotation marks were read as part of the text.",
    "escape": "A backslash before a quotation mark was taken to mean the mark itself.",
    "preamble": "The lines before the header were left out; the first says: {text}.",
    "no-header": "The first line holds values, not names; the columns were numbered.",
    "header-lines": "The header was taken to be {lines} lines, joined top to bottom.",
    "header-short": "The header has {found} names for {expected} columns; the last columns were numbered.",
    "header-long": "The header has {found} names, the rows {expected} cells; the last columns were read as empty.",
    "header-index": "The first column has no name; it was numbered.",
    "header-mended": "The header line was mended to fit the rows: {text}.",
    "sheet": "The workbook has {count} sheets; “{name}” was read.",
}

REPAIR_NOTES: dict[str, str] = {
    "duplicate-name": "Column “{name}” appears {found} times; the later ones were numbered.",
    "blank-name": "A column has no name; it was called “{name}”.",
    "trailing-delimiter": "Each line ends with a delimiter; the empty last column was left out.",
    "invalid-bytes": "Some bytes are no {encoding}; they were read as Windows-1252.",
    "replaced-bytes": "Some bytes are no {encoding}; each was replaced by a sign for the unknown.",
    "nul": "NUL signs were taken out.",
    "empty-line": "Empty lines were left out.",
    "repeated-header": "The header was repeated among the rows and left out there.",
    "footer": "The lines after the last row were left out; the first says: {text}.",
    "comment": "Comment lines among the rows were left out; the first says: {text}.",
    "second-table": "A second table starts below the first; it was not read. Its first line says: {text}.",
    "padded": "The row ends early; its last cells were read as empty.",
    "trailing-cells": "The row has empty cells beyond the last column; they were left out.",
    "added-delimiter": "The row has a delimiter too many; the empty cell that it made was left out.",
    "lost-delimiter": "The row lacks a delimiter; the cells were parted where the columns' patterns say.",
    "unquoted-delimiter": "A cell holds the delimiter without being quoted; it was read as one cell.",
    "stray-quote": "A quotation mark stands where none belongs; it was read as part of the text.",
    "unclosed-quote": "A quoted cell is not closed; it was ended where the columns say.",
    "other-delimiter": "The row is separated by {delimiter}, unlike the others; it was read with it.",
    "other-quote": "The row is quoted with {quote}, unlike the others; it was read with it.",
    "escaped": "The row has backslashes before its quotation marks, unlike the others; they were taken off.",
    "unwrapped": "The whole line was quoted as one cell; it was read as the cells in it.",
    "merged-cells": "Of merged cells the first was read, the others as empty.",
    "error-cells": "Cells that hold an error were read as empty.",
    "formulas": "Formulas without a stored result were read as empty; open the workbook and save it to store them.",
}


def guess(code: str, /, line: int = 0, count: int = 1, **params: object) -> Remark:
    """Make the remark of a guess; `params` fill the sentence that `GUESS_NOTES` has for the code."""
    return Remark(code, GUESS_NOTES[code], params, line, count)


def repair(code: str, /, line: int = 0, count: int = 1, **params: object) -> Remark:
    """Make the remark of a repair; `params` fill the sentence that `REPAIR_NOTES` has for the code."""
    return Remark(code, REPAIR_NOTES[code], params, line, count)


class Repairs:
    """The repairs of one walk: the first of each kind is kept, the others are counted."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Remark] = {}

    def add(self, code: str, line: int, count: int = 1, /, **params: object) -> None:
        """Note a repair at a line; one of the same kind is counted with the first."""
        key = (code, str(params.get("delimiter", params.get("quote", params.get("name", "")))))
        known = self._first.get(key)
        if known is None:
            self._first[key] = repair(code, line=line, count=count, **params)
        else:
            self._first[key] = Remark(code, known.message, known.params, known.line, known.count + count)

    def __iter__(self) -> Iterator[Remark]:
        return iter(self._first.values())


def shown(text: str, length: int = 60) -> str:
    """Give a text short enough to stand in a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def named(sign: str) -> str:
    """Give a sign so that it is seen, in any language: in quotation marks, a tab as TAB."""
    return "TAB" if sign == "\t" else f"“{sign}”"


ROW_FAULTS: dict[str, tuple[str, str]] = {
    "too-many-cells": (
        "{found} cells for {expected} columns",
        "put cells that hold the delimiter in quotation marks",
    ),
    "too-few-cells": (
        "{found} cells for {expected} columns",
        "a delimiter is missing, or the line was cut; leave the place of an empty cell empty",
    ),
    "open-quote": (
        "a quotation mark opens and never closes",
        "close it, or double a mark that belongs to the text",
    ),
    "stray-quote": (
        "a quotation mark stands inside a quoted cell",
        "double a mark that belongs to the text",
    ),
    "cell-too-large": (
        "a cell is longer than a million signs",
        "shorten it; only its start is shown here",
    ),
    "second-table": (
        "the row belongs to a second table below the first",
        "import that table as a file of its own",
    ),
}
