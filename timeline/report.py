"""What became of the rows of an import, in words and as JSON: for the terminal and for the browser.

Knows the report's values and the reader's language. Decides nothing about rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from incidents import Group, ImportReport, Note, Problem, fill
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
KINDS = {
    "provider": N_("provider"),
    "service": N_("service"),
    "source": N_("source"),
    "law": N_("law"),
    "incident": N_("incident"),
}
ORDER_UNKNOWN = ("ambiguous-order", "two-digit-year")
LONGEST_VALUE = 120


def change_lines(report: ImportReport, most: int = SHOWN_CHANGES) -> Iterator[str]:
    """Say each changed field of the updated rows that are kept on a line, old and new; the rest as a number."""
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
    return any(group.code in ORDER_UNKNOWN for group in report.problem_groups)


def reason_of(problem: Problem) -> str:
    """Say why a row or cell was not taken, in the reader's language."""
    return fill(_(problem.message), _said(problem.params))


def remedy_of(problem: Problem) -> str:
    """Say what to write instead, in the reader's language; "" when there is nothing to say."""
    return fill(_(problem.hint), _said(problem.params)) if problem.hint else ""


def note_words(note: Note) -> str:
    """Say how something was read that could have been read otherwise."""
    return fill(_(note.message), _said(note.params))


def _said(params: Mapping[str, object]) -> dict[str, object]:
    """Give the parameters of a message with the kind of record that it names in the reader's language."""
    kind = str(params.get("kind", ""))
    return {**params, "kind": _(KINDS[kind])} if kind in KINDS else dict(params)


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
    """Say each kind of problem on a line: where, what was found, what to write instead; the rest as a number."""
    for group in report.problem_groups[:most]:
        first = _first_problem(group)
        said = reason_of(first).rstrip(". ")
        if remedy := remedy_of(first):
            said = _("%(reason)s; %(remedy)s", reason=said, remedy=remedy.rstrip(". "))
        line = _("%(name)s: %(words)s", name=_where(first.line, group.count, first.column), words=said)
        others = list(other_values(group))
        yield _("%(line)s; also %(values)s", line=line, values=", ".join(others)) if others else line
    left = sum(group.count for group in report.problem_groups[most:])
    if left:
        yield _("... and %(n)s more; --rejected FILE writes them all.", n=left)
    elif report.rejected > SHOWN_PROBLEMS:
        yield _("--rejected FILE writes all %(n)s rejected rows with their reasons.", n=report.rejected)


def _first_problem(group: Group) -> Problem:
    return next(one for one in group.examples if isinstance(one, Problem))


def other_values(group: Group, most: int = 3) -> Iterator[str]:
    """Give the next different values that have the same problem, in quotation marks."""
    values = [one.value for one in group.examples if isinstance(one, Problem)]
    others = dict.fromkeys(value for value in values[1:] if value and value != values[0])
    return (_("“%(text)s”", text=shortened(value)) for value in islice(others, most))


def _where(line: int, count: int, column: str) -> str:
    values = {"line": line, "n": count - 1, "column": shortened(column)}
    if count == 1:
        return _("line %(line)s, column “%(column)s”", **values) if column else _("line %(line)s", **values)
    if column:
        return _("line %(line)s and %(n)s more, column “%(column)s”", **values)
    return _("line %(line)s and %(n)s more", **values)


def note_lines(report: ImportReport) -> list[str]:
    """Say how the file was read, each guess and repair once; then of the rows, with the number of lines concerned.

    A note whose words are the same for several columns names them on one line; of one that quotes values, other
    values follow.
    """
    said = [_note_line(note.line, int(str(note.params.get("count", 1))), note) for note in report.notes]
    alike: dict[str, list[Group]] = {}
    for group in report.note_groups:
        alike.setdefault(note_words(_first_note(group)), []).append(group)
    for groups in alike.values():
        largest = max(groups, key=lambda group: group.count)
        first = min((_first_note(group) for group in groups), key=lambda note: note.line)
        columns = list(dict.fromkeys(group.column for group in groups if group.column))
        quoted = "{value}" in first.message
        line = _note_line(first.line, largest.count, first, () if quoted else columns)
        others = list(_other_noted(groups)) if quoted else []
        said.append(_("%(line)s; also %(values)s", line=line, values=", ".join(others)) if others else line)
    return list(dict.fromkeys(said))


def _first_note(group: Group) -> Note:
    return next(one for one in group.examples if isinstance(one, Note))


def _other_noted(groups: Iterable[Group], most: int = 5) -> Iterator[str]:
    """Give the next different values of which the same was noted, in quotation marks."""
    notes = [one for group in groups for one in group.examples if isinstance(one, Note)]
    values = dict.fromkeys(str(note.params.get("value") or "") for note in notes)
    values.pop(str(notes[0].params.get("value") or ""), None)
    return (_("“%(text)s”", text=shortened(value)) for value in islice(filter(None, values), most))


def _note_line(line: int, count: int, note: Note, columns: Sequence[str] = ()) -> str:
    words = note_words(note)
    if not line:
        return words
    if not columns:
        where = (
            _("line %(line)s", line=line)
            if count <= 1
            else _("line %(line)s and %(n)s more", line=line, n=count - 1)
        )
    else:
        where = _where(line, count, ", ".join(columns))
    return _("%(name)s: %(words)s", name=where, words=words)


def recognised_words(report: ImportReport) -> str:
    """Say how rows that are on record already were recognised; "" where each was read."""
    if report.how == "file":
        return _(
            "This very file was imported before: it was recognised by its digest, and no row was read again."
        )
    if report.how == "rows":
        return _("Rows that were imported before were recognised by their digests, and not read again.")
    return ""


def report_json(report: ImportReport) -> dict[str, object]:
    """Give a report as plain data; sentences in the reader's language beside stable codes."""
    return {
        "record_type": report.record_type,
        "filename": report.filename,
        "file_sha256": report.file_sha256,
        "dry_run": report.dry_run,
        "change_set_id": report.change_set_id,
        "strict": report.strict,
        "complete": report.complete,
        "recognised_by": report.how or None,
        "format": report.format,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "quote": report.quote,
        "header_line": report.header_line,
        "sheet": report.sheet or None,
        "sheets": list(report.sheets),
        "header": list(report.header),
        "columns": dict(report.targets),
        "unused": list(report.unused),
        "read": report.read,
        **{name: getattr(report, name) for name in OUTCOMES},
        "notes": note_lines(report),
        "problems": [
            {
                "column": group.column or None,
                "code": group.code,
                "rows": group.count,
                "examples": [_problem_json(one) for one in group.examples if isinstance(one, Problem)],
            }
            for group in report.problem_groups
        ],
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
