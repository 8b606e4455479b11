"""Why a text or a set of fields is not a moment: codes, sentences and next steps, in one table.

Pure data and one exception. The sentences are the keys of the translations; `{name}` places are filled from `params`.
"""

from __future__ import annotations

from collections.abc import Mapping

from incidents.errors import ReadingError

MOMENT_REASONS: Mapping[str, tuple[str, str]] = {
    "not-a-date": (
        "“{value}” is not a date that can be read",
        "write 2025-09-12T22:00+02:00, 2025-09-12, 2025-09 or 2025",
    ),
    "impossible-date": ("“{value}” is a date or time that does not exist", "check the day and the month"),
    "ambiguous-order": (
        "“{value}” can be {first} or {second}",
        "say which comes first, the day or the month (DMY or MDY), or write the date as 2025-09-12",
    ),
    "order-mismatch": (
        "“{value}” is no date in the order {order}; read as {other} it would be {reading}",
        "check the order of day and month, or write the date as 2025-09-12",
    ),
    "year-missing": (
        "“{value}” has no year",
        "add the year, or state the day that the words refer to",
    ),
    "ambiguous-number": (
        "“{value}” can be the day {first} or the moment {second} of a computer's clock",
        "write the date as 2025-09-12",
    ),
    "ambiguous-offset": (
        "“{value}” can be a time with the offset {offset} or a range of times",
        "write the seconds too, or “between … and …”",
    ),
    "ambiguous-zone": ("“{value}” has a zone with two meanings: {first} or {second}", "write the offset"),
    "time-without-date": ("“{value}” is a time without a day", "add the day, or give a column with the date"),
    "relative-without-reference": (
        "“{value}” depends on the day it was written",
        "write the date, or state the day that the words refer to",
    ),
    "weekday-mismatch": (
        "“{value}” names the wrong weekday: {date} is a {weekday}",
        "check the day, the month and the year, or leave the weekday out",
    ),
    "dst-gap": (
        "{local} was skipped in {zone} when clocks went forward: {first} or {second}",
        "write the time with its offset",
    ),
    "dst-overlap": (
        "{local} came twice in {zone} when clocks went back: {first} or {second}",
        "write the time with its offset",
    ),
    "offset-mismatch": (
        "“{value}” names two offsets that differ: {first} and {second}",
        "keep the right one",
    ),
    "unknown-zone": (
        "“{value}” is not a time zone that is known",
        "write a name such as Europe/Paris, an offset such as +02:00, or UTC",
    ),
    "too-long": ("a date of {length} characters is too long to be one", "keep the date alone in its cell"),
    "control-characters": (
        "“{value}” holds characters that cannot be seen and change what is read",
        "type the date again",
    ),
    "spreadsheet-error": ("“{value}” is an error that a spreadsheet left", "correct the cell at its source"),
    "spreadsheet-number": (
        "“{value}” may be a spreadsheet's number for a day",
        "format the column as a date before exporting it, or write 2025-09-12",
    ),
    "reversed-range": ("“{value}” ends before it begins", "put the earlier time first"),
    "two-dates": ("“{value}” names more than one date", "keep one, or write “between … and …”"),
    "unknown-precision": (
        "“{value}” is not a precision",
        "write second, minute, hour, day, month, season or year",
    ),
    "unknown-qualifier": ("“{value}” is not a qualifier", "write exact, approximate or uncertain"),
    "precision-too-fine": (
        "“{value}” is not as precise as the {precision} that is stated beside it",
        "state the precision that the value has",
    ),
    "no-bounds": (
        "a moment without a value needs at least one bound",
        "give the earliest or the latest time",
    ),
    "bounds-reversed": ("the earliest time {earliest} is after the latest {latest}", "swap them"),
    "bounds-outside-value": (
        "the bounds {earliest} to {latest} leave “{value}” out",
        "correct the value or its bounds",
    ),
    "naive": ("{value} has no time zone", "give the time in UTC"),
}
"""Code -> (what is wrong, what to do next)."""


class MomentError(ReadingError):
    """A text that is not a moment, or fields of a moment that contradict each other; `code` is in `MOMENT_REASONS`."""

    def __init__(self, code: str, value: str, params: Mapping[str, object] | None = None) -> None:
        message, hint = MOMENT_REASONS[code]
        shown = {"value": shortened(value), **(params or {})}
        super().__init__(message, code=code, value=value, params=shown, hint=hint)


def shortened(text: str, limit: int = 80) -> str:
    """Cut a text for a message and replace what would not print."""
    seen = "".join(ch if ch.isprintable() else "\N{REPLACEMENT CHARACTER}" for ch in text[: limit + 1])
    return seen if len(seen) <= limit else seen[:limit] + "…"
