"""What became of each row of an import, in words and as JSON: for the terminal and for the browser.

Knows the report's values and the reader's language. Decides nothing about rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from incidents import ImportReport, Note, Problem, fill
from timeline.wording import N_, _, ngettext

OUTCOMES = ("added", "updated", "unchanged", "duplicate", "rejected")
OUTCOME_WORDS = {
    "added": N_("added"),
    "updated": N_("updated"),
    "unchanged": N_("unchanged"),
    "duplicate": N_("duplicate"),
    "rejected": N_("rejected"),
}
SHOWN_PROBLEMS = 20
SHOWN_CHANGES = 20
ORDER_UNKNOWN = ("ambiguous-order", "two-digit-year")
LONGEST_VALUE = 120


def change_lines(report: ImportReport, most: int = SHOWN_CHANGES) -> Iterator[str]:
    """Say each changed field of the updated rows on a line, old and new; the rest as a number."""
    changes = [
        (row, field, old, new)
        for row in report.rows
        if row.outcome == "updated"
        for field, old, new in row.differences
    ]
    for row, field, old, new in changes[:most]:
        words = f"{shortened(old or '–')} -> {shortened(new or '–')}"
        where = f"{row.record_id} {field}"
        yield _(
            "line %(line)s: %(words)s", line=row.line, words=_("%(name)s: %(words)s", name=where, words=words)
        )
    if len(changes) > most:
        yield _("and %(n)s more", n=len(changes) - most)


def order_unknown(report: ImportReport) -> bool:
    """Say whether some date was rejected because day and month can be read in either order."""
    return any(problem.code in ORDER_UNKNOWN for problem in report.problems)


def reason_of(problem: Problem) -> str:
    """Say why a row or cell was not taken, in the reader's language."""
    return fill(_(problem.message), problem.params)


def remedy_of(problem: Problem) -> str:
    """Say what to write instead, in the reader's language; "" when there is nothing to say."""
    return fill(_(problem.hint), problem.params) if problem.hint else ""


def note_words(note: Note) -> str:
    """Say how something was read that could have been read otherwise."""
    return fill(_(note.message), note.params)


def shortened(text: str) -> str:
    """Cut a long value where its end no longer helps."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def sum_words(outcome: str, n: int, *, bare: bool = False) -> str:
    """Say one sum, "" standing for all rows: "3 rejected"; `bare` leaves the number out, for where it stands apart."""
    count = "" if bare else n
    match outcome:
        case "added":
            words = ngettext("%(count)s added", "%(count)s added", n, count=count)
        case "updated":
            words = ngettext("%(count)s updated", "%(count)s updated", n, count=count)
        case "unchanged":
            words = ngettext("%(count)s unchanged", "%(count)s unchanged", n, count=count)
        case "duplicate":
            words = ngettext("%(count)s duplicate", "%(count)s duplicate", n, count=count)
        case "rejected":
            words = ngettext("%(count)s rejected", "%(count)s rejected", n, count=count)
        case _:
            words = ngettext("%(count)s row read", "%(count)s rows read", n, count=count)
    return words.strip()


def summary_line(report: ImportReport) -> str:
    """Say the sums on one line: read = added + updated + unchanged + duplicate + rejected."""
    sums = ", ".join(sum_words(name, getattr(report, name)) for name in OUTCOMES)
    line = _("%(name)s: %(words)s", name=sum_words("", report.read), words=sums)
    if report.dry_run:
        return _("%(line)s (dry run: nothing was changed)", line=line)
    if report.strict and report.rejected:
        return _("%(line)s (strict: nothing was changed)", line=line)
    return line


def problem_lines(report: ImportReport, most: int = SHOWN_PROBLEMS) -> Iterator[str]:
    """Say each different problem on a line: where, what was found, what to write instead; the rest as a number."""
    grouped: dict[tuple[str, str, str], list[int]] = {}
    for problem in report.problems:
        lines = grouped.setdefault((problem.column, reason_of(problem), remedy_of(problem)), [])
        # Several cells of a row may have the same problem: rows are counted.
        if problem.line not in lines[-1:]:
            lines.append(problem.line)
    for (column, reason, remedy), lines in islice(grouped.items(), most):
        said = reason.rstrip(". ")
        if remedy:
            said = _("%(reason)s; %(remedy)s", reason=said, remedy=remedy.rstrip(". "))
        yield _("%(name)s: %(words)s", name=_where(lines, column), words=said)
    left = sum(len(lines) for lines in islice(grouped.values(), most, None))
    if left:
        yield _("... and %(n)s more; --rejected FILE writes them all.", n=left)


def _where(lines: list[int], column: str) -> str:
    values = {"line": lines[0], "n": len(lines) - 1, "column": shortened(column)}
    if len(lines) == 1:
        return _("line %(line)s, column “%(column)s”", **values) if column else _("line %(line)s", **values)
    if column:
        return _("line %(line)s and %(n)s more, column “%(column)s”", **values)
    return _("line %(line)s and %(n)s more", **values)


def note_lines(notes: Iterable[Note]) -> list[str]:
    """Say each different note once, with the number of lines it concerns."""
    counted: dict[str, list[int]] = {}
    for note in notes:
        lines = counted.setdefault(note_words(note), [])
        if note.line not in lines[-1:]:
            lines.append(note.line)
    said = []
    for words, lines in counted.items():
        first = next((line for line in lines if line), 0)
        if not first:
            said.append(words)
        elif len(lines) == 1:
            said.append(_("line %(line)s: %(words)s", line=first, words=words))
        else:
            said.append(
                _("line %(line)s and %(n)s more: %(words)s", line=first, n=len(lines) - 1, words=words)
            )
    return said


def all_notes(report: ImportReport) -> list[Note]:
    """Give the notes of the file and of its rows, in the order of the file."""
    return [*report.notes, *(note for row in report.rows for note in row.notes)]


def report_json(report: ImportReport) -> dict[str, object]:
    """Give a report as plain data; sentences in the reader's language beside stable codes."""
    return {
        "record_type": report.record_type,
        "filename": report.filename,
        "file_sha256": report.file_sha256,
        "dry_run": report.dry_run,
        "change_set_id": report.change_set_id,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "header": list(report.header),
        "columns": dict(report.targets),
        "unused": list(report.unused),
        "read": report.read,
        **{name: getattr(report, name) for name in OUTCOMES},
        "notes": note_lines(all_notes(report)),
        "rows": [
            {
                "line": row.line,
                "outcome": row.outcome,
                "id": row.record_id or None,
                "title": row.title or None,
                "changes": [{"field": field, "old": old, "new": new} for field, old, new in row.differences],
                "problems": [_problem_json(problem) for problem in row.problems],
            }
            for row in report.rows
        ],
    }


def _problem_json(problem: Problem) -> dict[str, object]:
    return {
        "line": problem.line,
        "column": problem.column or None,
        "value": problem.value,
        "code": problem.code,
        "reason": reason_of(problem),
        "hint": remedy_of(problem) or None,
    }


def json_text(report: ImportReport) -> str:
    """Write a report as JSON text."""
    return json.dumps(report_json(report), ensure_ascii=False, indent=2)
