"""Rejected rows as a CSV file: where, what was found, why, what to do, and the row itself, ready to be put right.

Knows the report of an import. The row's own columns keep their headers, so that the corrected file can be sent
again as it is: the columns put before them are left out by name, and the mark that disarms a formula is taken off.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from incidents import ImportReport, RowOutcome, disarm, rearm
from timeline.report import reason_of, remedy_of

ADDED = (
    "rejected_line",
    "rejected_column",
    "rejected_value",
    "rejected_code",
    "rejected_reason",
    "rejected_hint",
)

# Spreadsheets take a CSV for UTF-8 when it begins with this mark.
MARK = "\ufeff"


def rejected_csv(report: ImportReport, rows: Iterable[RowOutcome] | None = None) -> Iterator[str]:
    """Write the rejected rows, one line each, problems of one row joined by " | "; the header comes first.

    `rows` are the rejected rows where the report itself does not hold them. A row that was rejected before keeps the
    number that its line had in the first file. Cells are separated as in the file that
    was sent, so that the spreadsheet it came from opens this one too.
    """
    # A workbook and JSON have no separator, and the writer takes one sign.
    delimiter = report.delimiter.strip(" ")[:1] or ","
    # A file of rejected rows that is sent again has such columns of its own: these are not written twice.
    own = [place for place, name in enumerate(report.header) if name.casefold() not in ADDED]
    first = next((place for place, name in enumerate(report.header) if name.casefold() == ADDED[0]), None)
    yield MARK + _line([*ADDED, *(report.header[place] for place in own)], delimiter)
    for row in report.rejected_rows() if rows is None else rows:
        problems = row.problems
        line = row.cells[first].strip() if first is not None and first < len(row.cells) else ""
        added = [
            line or str(row.line),
            " | ".join(problem.column for problem in problems),
            " | ".join(problem.value for problem in problems),
            " | ".join(problem.code for problem in problems),
            " | ".join(reason_of(problem) for problem in problems),
            " | ".join(remedy_of(problem) for problem in problems),
        ]
        # A row can have more cells than there are columns: none of them is lost.
        kept = [row.cells[place] for place in own if place < len(row.cells)]
        yield _line([*added, *kept, *row.cells[len(report.header) :]], delimiter)


def _line(cells: list[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(
        [disarm(rearm(cell)) for cell in cells]
    )
    return out.getvalue()
