"""The values of an incident's columns in the reader's language, and what was understood of a text that was typed.

One place for forms, comparisons and histories. Knows names of providers and services by the store; no form, no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from incidents import (
    Amount,
    Moment,
    Part,
    Precision,
    Qualifier,
    ReadingError,
    Store,
    fill,
    read_amount,
    read_duration,
    read_moment,
)
from timeline.formats import format_amount, format_clock, format_duration, format_moment, zone_name
from timeline.labels import LABELS, country, label
from timeline.record_labels import record_label
from timeline.record_links import lookup
from timeline.wording import N_, _, record_text

MOMENTS = ("started_at", "resolved_at", "detected_at", "aware_at", "reported_at")
AMOUNTS = ("duration", "affected")
READ = (*MOMENTS, *AMOUNTS)
"""The columns whose texts are read: what was understood of them is shown back."""
HEADINGS = {
    "id": N_("Identifier"),
    "affected": N_("Affected"),
    "affected_unit": N_("What the number counts"),
    "inferred_fields": N_("Judged, not stated by a source"),
    "unmatched_values": N_("Words of the source"),
}
ANSWERED = ("third_party", "planned_maintenance")
LONGEST_READ = 200


def heading(column: str) -> str:
    """Name a column as pages do."""
    return _(HEADINGS[column]) if column in HEADINGS else record_label(column, "field")


def choice_words(column: str, value: str) -> str:
    """Say one choice of a column."""
    if column in ANSWERED:
        return label(value, "answer")
    if column == "cause":
        return record_label(value, "cause")
    return label(value, column) if column in LABELS else value


def name_of(store: Store, record_type: str, record_id: str) -> str:
    """Give the name of a provider or service in the reader's language; its id where it is not on record."""
    record = lookup(store, record_type, record_id)
    return record_text(record, "name") if record is not None else record_id


def value_words(store: Store, column: str, value: Any, *, zone: str | None = None) -> str:
    """Say the value of a column; "" where nothing is known. Times are shown in `zone`, else in their own."""
    if value is None or value == "" or value == ():
        return ""
    if isinstance(value, Moment):
        return format_moment(value, zone=zone)
    if isinstance(value, Amount):
        return format_duration(value) if column == "duration" else format_amount(value)
    if column == "timezone":
        return f"{zone_name(value)} ({value})" if "/" in value else str(value)
    if column == "operator_id":
        return name_of(store, "provider", value)
    if isinstance(value, tuple):
        return "; ".join(_entries(store, column, value))
    return choice_words(column, str(value)) if column in LABELS or column in ANSWERED else str(value)


def told_apart(
    store: Store, column: str, one: Any, other: Any, *, zone: str | None = None
) -> tuple[str, str]:
    """Say two different values of a column; where they look the same, with the bounds or the words that differ."""
    said = value_words(store, column, one, zone=zone), value_words(store, column, other, zone=zone)
    if said[0] != said[1] or one == other:
        return said
    closer = (_closely(column, value, words, zone) for value, words in zip((one, other), said, strict=True))
    first, second = closer
    if first == second:
        first, second = (_quoted(value, words) for value, words in zip((one, other), said, strict=True))
    return first, second


def _closely(column: str, value: Any, words: str, zone: str | None) -> str:
    """Say a value with its bounds."""
    if isinstance(value, Moment):
        return moment_understood(value, zone)
    if isinstance(value, Amount):
        write = format_duration if column == "duration" else format_amount
        low = write(Amount(value.low, value.low)) if value.low is not None else "…"
        high = write(Amount(value.high, value.high)) if value.high is not None else "…"
        return _("%(words)s: %(bounds)s", words=words, bounds=f"{low} – {high}")
    return words


def _quoted(value: Any, words: str) -> str:
    """Say a value with the words that it came from."""
    own = getattr(value, "words", None)
    return f"{words} (“{own}”)" if own else words


def _entries(store: Store, column: str, values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, Part):
            name = name_of(store, "provider", value.provider_id)
            yield _("%(name)s (%(role)s)", name=name, role=label(value.role, "role"))
        elif column == "service_ids":
            yield name_of(store, "service", value)
        elif column == "region":
            yield country(value)
        elif column == "inferred_fields":
            yield heading(value)
        else:
            yield str(value)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a typed text was read as, or why it was not and what to write instead; all "" for an empty text."""

    words: str = ""
    problem: str = ""
    remedy: str = ""


def understood(column: str, text: str, zone: str) -> Understood:
    """Read a text as the column would, and say what was understood, with the bounds where they are not plain."""
    text = text.strip()
    if not text:
        return Understood()
    try:
        if column in AMOUNTS:
            amount = (read_duration if column == "duration" else read_amount)(text[:LONGEST_READ])
            return Understood(amount_understood(column, amount))
        reading = read_moment(text[:LONGEST_READ], zone=zone, date_order="DMY")
    except ReadingError as error:
        return Understood(
            problem=fill(_(error.message), error.params),
            remedy=fill(_(error.hint), error.params) if error.hint else "",
        )
    if reading.moment is None:
        return Understood(_("still going on") if reading.ongoing else _("not known"))
    return Understood(moment_understood(reading.moment, zone))


def moment_understood(moment: Moment, zone: str | None) -> str:
    """Say a moment with its weekday, and from when to when it can have been where it is not exact."""
    words = format_moment(moment, zone=zone, weekday=True)
    if not moment.value or moment.qualifier == Qualifier.EXACT:
        return words
    timed = moment.precision in (Precision.SECOND, Precision.MINUTE, Precision.HOUR)
    unit = Precision.MINUTE if timed else Precision.DAY
    bounds = replace(moment, value="", qualifier=Qualifier.EXACT, precision=unit)
    if timed and moment.earliest and moment.latest:
        first, last = (
            bound.astimezone(_zone(zone or moment.zone)) for bound in (moment.earliest, moment.latest)
        )
        if first.date() == last.date():
            clocks = _(
                "between %(first)s and %(second)s", first=format_clock(first), second=format_clock(last)
            )
            return _("%(words)s: %(bounds)s", words=words, bounds=clocks)
    return _("%(words)s: %(bounds)s", words=words, bounds=format_moment(bounds, zone=zone, show_zone=False))


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return UTC


def amount_understood(column: str, amount: Amount | None) -> str:
    """Say an amount, and its bounds where "about" hides them."""
    if amount is None:
        return _("not known")
    write = format_duration if column == "duration" else format_amount
    words = write(amount)
    if amount.central is None or amount.low is None or amount.high is None or amount.low == amount.high:
        return words
    return _("%(words)s: %(bounds)s", words=words, bounds=write(Amount(amount.low, amount.high)))
