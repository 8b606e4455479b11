"""The law in words: why an assessment came out as it did, what is missing, and by when a notice is due.

Turns reasons, facts and clocks into sentences in the reader's language. Never says that a duty was breached. Knows
no store and no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from incidents import FACTS
from timeline.formats import format_compact, format_day, format_instant, format_number
from timeline.labels import LABELS, country
from timeline.record_labels import RECORD_LABELS, record_label
from timeline.wording import _, language, ngettext

# The moments whose field has another name than the anchor of the rule.
ANCHOR_FIELDS = {
    "awareness": "aware_at",
    "detection": "detected_at",
    "classification": "classified_at",
    "discovery": "discovered_at",
}
PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


@dataclass(frozen=True, slots=True)
class ClockWords:
    """A clock of an assessment: what is due, by when, from what, and what makes it conditional."""

    name: str
    due: str
    rule: str
    note: str
    conditional: bool


def in_language(record: Any, field: str) -> str:
    """Give a field that a rule has in French and English, in the reader's language, else in the other."""
    other = "en" if language() == "fr" else "fr"
    for name in (f"{field}_{language()}", field, f"{field}_{other}"):
        text = getattr(record, name, None)
        # A rule has `thresholds` as conditions beside the words of the law: those are `criterion_words`.
        if text and isinstance(text, str):
            return text
    return ""


def reason_words(reason: Any, zone: str | None = None) -> str:
    """Say a reason as a sentence: a template of the rules with its parameters, which may be reasons again.

    Times of day in it are shown in `zone`, else in UTC.
    """
    words = _said(reason, zone or "UTC")
    return words[:1].upper() + words[1:]


def ordered(reasons: Iterable[Any]) -> list[Any]:
    """Put what speaks of this incident before what speaks of the rule alone, else in the order given."""
    return sorted(reasons, key=lambda reason: not reason.params)


def _said(reason: Any, zone: str) -> str:
    values = {name: _parameter(value, zone) for name, value in reason.params.items()}
    if isinstance(reason.params.get("options"), tuple):
        values["options"] = _(" or ").join(_parameter(option, zone) for option in reason.params["options"])
    return _(reason.msgid).format_map(values)


def _parameter(value: Any, zone: str) -> str:
    if hasattr(value, "msgid"):
        return _said(value, zone)
    if hasattr(value, "slug"):
        return _word(value.list, value.slug)
    if hasattr(value, "fr") and hasattr(value, "en"):
        return str(value.fr if language() == "fr" else value.en)
    match value:
        case tuple() | list():
            return ", ".join(_parameter(part, zone) for part in value)
        case bool():
            return _("yes") if value else _("no")
        case int() | float():
            return format_compact(value) if abs(value) >= 1e6 and value % 1e5 else format_number(value)
        case datetime():
            return format_instant(value, zone=zone)
        case date():
            return format_day(value)
        case str():
            return _text(value)
    return str(value)


def _text(value: str) -> str:
    """Say a text of a reason: a country by its name, a moment by what happens at it, a label in the language."""
    if re.fullmatch("[A-Z]{2}", value):
        return country(value)
    if value.endswith("_at"):
        return fact_name(value)
    return _(value) if value else ""


def _word(group: str, slug: str) -> str:
    if group == "field":
        return fact_name(slug)
    if group == "country":
        return country(slug)
    if group in LABELS or group in ("designation", "anchor", "service_down"):
        return record_label(slug, group)
    return slug.replace("_", " ")


def period_words(text: str) -> str:
    """Say an ISO 8601 period: PT24H is 24 hours, P1M one month."""
    match = PERIOD.fullmatch(text)
    if match is None:
        return text
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups())
    parts = []
    for number, words in (
        (years, ngettext("%(n)s year", "%(n)s years", years)),
        (months, ngettext("%(n)s month", "%(n)s months", months)),
        (weeks, ngettext("%(n)s week", "%(n)s weeks", weeks)),
        (days, ngettext("%(n)s day", "%(n)s days", days)),
        (hours, ngettext("%(n)s hour", "%(n)s hours", hours)),
        (minutes, ngettext("%(n)s minute", "%(n)s minutes", minutes)),
    ):
        if number:
            parts.append(words)
    return " ".join(parts)


def rule_words(due: str) -> str:
    """Say a clock in the grammar of the rules: `PT24H@awareness`, `min(…,…)`, `every(P1M)`, `without_delay@…`."""
    if due.startswith("every(") and due.endswith(")"):
        return _("every %(period)s", period=period_words(due[6:-1]))
    if due.startswith("min(") and due.endswith(")"):
        terms = [rule_words(term) for term in due[4:-1].split(",")]
        return _("the earlier of: %(terms)s", terms=semicolons(terms))
    period, _at, anchor = due.partition("@")
    from_what = record_label(anchor, "anchor")
    if period == "without_delay":
        return _("at once, from %(anchor)s", anchor=from_what)
    if period == "no_period":
        return _("no period is set, from %(anchor)s", anchor=from_what)
    return _("within %(period)s of %(anchor)s", period=period_words(period), anchor=from_what)


def clock_words(clock: Any, zone: str | None) -> ClockWords:
    """Say a clock of an assessment. A clock without a due time reads "at once" and is never overdue."""
    zone = zone or "UTC"
    name = in_language(clock, "label") or clock.label.replace("_", " ")
    due = ""
    if clock.kind == "without_delay":
        due = _since(clock.since_earliest, clock.since_latest, zone)
    elif clock.kind == "no_period":
        due = _("no period is set")
    elif clock.kind == "every":
        due = rule_words(clock.due)
    elif clock.latest_due is not None and clock.earliest_due is None:
        due = _("by %(moment)s at the latest", moment=format_instant(clock.latest_due, zone=zone))
    elif clock.latest_due is not None or clock.earliest_due is not None:
        due = _by(clock.earliest_due, clock.latest_due, zone)
    else:
        due = _("not determined")
    note = reason_words(clock.note, zone) if clock.note is not None else ""
    rule = rule_words(clock.due) if clock.due and clock.kind == "due" else ""
    return ClockWords(name=name, due=due, rule=rule, note=note, conditional=clock.assumed_anchor)


def _since(first: datetime | None, last: datetime | None, zone: str) -> str:
    known = [at for at in (first, last) if at is not None]
    if not known:
        return _("at once")
    if _is_one(known):
        return _("at once, since %(moment)s", moment=format_instant(known[0], zone=zone))
    return _("at once, since a moment between %(first)s and %(last)s", **_both(known, zone))


def _by(first: datetime | None, last: datetime | None, zone: str) -> str:
    known = [at for at in (first, last) if at is not None]
    if _is_one(known):
        return _("by %(moment)s", moment=format_instant(known[0], zone=zone))
    return _("by a moment between %(first)s and %(last)s", **_both(known, zone))


def _is_one(known: list[datetime]) -> bool:
    return len(known) == 1 or abs((known[1] - known[0]).total_seconds()) < 60


def _both(known: list[datetime], zone: str) -> dict[str, str]:
    return {
        "first": format_instant(known[0], zone=zone, show_zone=False),
        "last": format_instant(known[1], zone=zone),
    }


def condition_words(condition: Any, *, inside: bool = False) -> str:
    """Say a condition of a rule in words; "" for a plain yes or no, which its criterion's label has said.

    A comparison names its fact and what is asked of it; groups are joined, in brackets where they stand in another.
    """
    if hasattr(condition, "required"):
        if condition.fact.kind == "answer" and not inside:
            return ""
        fact, required = reason_words(condition.label), _said(condition.required, "UTC")
        fact = fact[:1].lower() + fact[1:] if inside and not fact[1:2].isupper() else fact
        return _("%(fact)s: %(required)s", fact=fact, required=required)
    parts = [condition_words(part, inside=True) for part in condition.parts]
    if hasattr(condition, "count"):
        return _("at least %(count)s of: %(parts)s", count=condition.count, parts=semicolons(parts))
    if len(parts) == 1:
        return parts[0]
    either = hasattr(condition, "smaller")
    if inside:
        joint = _(" or ") if either else _(" and ")
        return f"({joint.join(parts)})"
    text = (_("; or ") if either else _("; and ")).join(parts)
    return text[:1].upper() + text[1:]


def semicolons(parts: Iterable[str]) -> str:
    """Join parts with semicolons, as the language spaces them."""
    return _("; ").join(parts)


def fact_name(name: str) -> str:
    """Name a fact that a rule asks for, a moment from which a clock runs, or a field of an incident."""
    fact = _facts_by_field().get(name)
    if fact is not None:
        return _(fact.label)
    for anchor, field in ANCHOR_FIELDS.items():
        if name == field:
            return record_label(anchor, "anchor")
    if name.endswith("_at") and name[:-3] in RECORD_LABELS["anchor"]:
        return record_label(name[:-3], "anchor")
    return record_label(name, "field")


def assumptions(duties: Iterable[Any], zone: str | None) -> list[str]:
    """Give what conditional clocks of several duties assume, each once: the pages say it once below the table."""
    notes = [
        reason_words(clock.note, zone)
        for duty in duties
        for clock in duty.assessment.clocks
        if clock.assumed_anchor and clock.note is not None
    ]
    return list(dict.fromkeys(notes))


@cache
def _facts_by_field() -> dict[str, Any]:
    return {key: fact for fact in FACTS.values() for key in (fact.field, fact.name)}
