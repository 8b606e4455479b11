"""The words of an incident page: its one line, its facts, its course, its history.

Turns the values of `IncidentPage` into texts in the reader's language. Knows no HTML and no store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents import Amount, Incident, Moment, Update
from timeline.formats import (
    Rounding,
    format_amount,
    format_duration,
    format_moment,
    format_number,
    rounded,
)
from timeline.incident_page import Fact, IncidentPage
from timeline.labels import country, label
from timeline.record_labels import record_label
from timeline.wording import N_, _

# French says "10 millions d’abonnés" but "7 500 abonnés": after a word for the number each unit has its own form.
MILLIONS_OF = {
    "subscribers": N_("%(millions)s subscribers"),
    "users": N_("%(millions)s users"),
    "customers": N_("%(millions)s customers"),
    "devices": N_("%(millions)s devices"),
    "sites": N_("%(millions)s sites"),
    "calls": N_("%(millions)s calls"),
}
ONE_OF = {
    "subscribers": N_("1 subscriber"),
    "users": N_("1 user"),
    "customers": N_("1 customer"),
    "devices": N_("1 device"),
    "sites": N_("1 site"),
    "calls": N_("1 call"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """A fact in words. `unknown` = nothing is known, and the words say so; `note` explains what is easily misread."""

    field: str
    words: str
    fact: Fact
    unknown: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of the course of an incident: an update, or a time of the record itself where no update says it."""

    at: Moment
    kind: str
    update: Update | None = None
    words: str = ""
    sources: tuple[str, ...] = ()
    id: str = ""


def lede(page: IncidentPage) -> list[str]:
    """Say when, how long, how many and how much in one line; what is unknown is left to the facts."""
    incident = page.incident
    when = format_moment(incident.started_at, zone=incident.timezone, weekday=True)
    parts = [when[:1].upper() + when[1:]]
    if page.duration:
        parts.append(format_duration(page.duration))
    elif incident.is_open:
        parts.append(_("still open"))
    else:
        parts.append(_("end not known"))
    if incident.affected:
        parts.append(affected_words(incident))
    if page.user_hours:
        parts.append(user_hours_words(page.user_hours.amount))
    return parts


def affected_words(incident: Incident) -> str:
    """Say how many of what were affected: "more than 10 million subscribers"."""
    number = format_amount(incident.affected)
    if not incident.affected_unit:
        return number
    if number[-1:].isalpha() and incident.affected_unit in MILLIONS_OF:
        return _(MILLIONS_OF[incident.affected_unit], millions=number)
    if number == "1" and incident.affected_unit in ONE_OF:
        return _(ONE_OF[incident.affected_unit])
    return f"{number} {label(incident.affected_unit, 'affected_unit')}"


def user_hours_words(amount: Amount) -> str:
    """Say user-hours by what is sure of them: the lower bound where there is one."""
    if amount.low is not None and amount.high is not None and amount.low == amount.high:
        return _("%(n)s user-hours", n=precise(amount.low))
    if amount.low is not None:
        return _("at least %(n)s user-hours", n=precise(amount.low, rounding="down"))
    if amount.high is not None:
        return _("up to %(n)s user-hours", n=precise(amount.high, rounding="up"))
    return _("about %(n)s user-hours", n=precise(amount.central or 0))


def precise(value: float, *, rounding: Rounding = "near") -> str:
    """Write a large number with three digits: 6.67 M where two digits would hide the difference of bounds."""
    for size, unit in ((1e9, _("bn")), (1e6, _("M")), (1e3, _("k"))):
        if abs(value) >= size:
            digits = 2 if value / size < 10 else 1 if value / size < 100 else 0
            return f"{format_decimals(rounded(value / size, 10**-digits, rounding), digits)}\u00a0{unit}"
    return format_number(value, rounding=rounding)


def own_words(incident: Incident, field: str) -> str:
    """Give the source's own words for a field that matched none of its choices; "" when there are none."""
    said = (value.partition("=") for value in incident.unmatched_values)
    return "; ".join(words for name, _sign, words in said if name == field)


def fact_rows(page: IncidentPage) -> list[FactRow]:
    """Say each fact; an unknown one that a reader would look for says that it is not known."""
    incident = page.incident
    rows = []
    for field, fact in page.facts.items():
        words, unknown, note = _fact(page, incident, field, fact.value)
        own = own_words(incident, field)
        if own:
            note = " ".join(filter(None, (note, _("Words of the source: “%(words)s”.", words=own))))
        if words:
            rows.append(FactRow(field=field, words=words, fact=fact, unknown=unknown, note=note))
    return rows


def _fact(page: IncidentPage, incident: Incident, field: str, value: Any) -> tuple[str, bool, str]:
    if isinstance(value, Moment):
        return format_moment(value, zone=incident.timezone), False, ""
    if field == "resolved_at":
        return (_("still open") if incident.is_open else _("not known")), True, ""
    if field == "duration":
        if page.duration is None:
            return _("not known"), True, ""
        note = _("Computed from start and end.") if page.duration.inputs[0].derived else ""
        return format_duration(page.duration), False, note
    if field == "affected":
        return (affected_words(incident), False, "") if value else (_("not known"), True, "")
    if field == "region":
        places = [country(region) for region in incident.region]
        return (", ".join(places), False, "") if places else (_("not known"), True, "")
    if field == "severity":
        return label(value or "unknown", "severity"), value is None, ""
    if field == "cause":
        return record_label(value, "cause"), False, ""
    if field in ("third_party", "planned_maintenance"):
        note = ""
        if field == "third_party" and value == "yes" and not incident.suppliers:
            note = _("No source names it.")
        return label(value, "answer"), value == "unknown", note
    return "", True, ""


def course(page: IncidentPage) -> list[Step]:
    """Give what happened in order: the updates, and start and end of the record where no update says them."""
    incident = page.incident
    steps = [
        Step(
            at=update.at,
            kind=update.kind,
            update=update,
            sources=(update.source_url,) if update.source_url else (),
            id=f"update-{update.id}",
        )
        for update in page.updates
    ]
    kinds = {update.kind for update in page.updates}
    if "start" not in kinds:
        fact = page.facts["started_at"]
        steps.append(Step(at=incident.started_at, kind="start", words=_("It begins."), sources=fact.sources))
    for field, kind, words in (
        ("detected_at", "detected", _("It is detected.")),
        ("aware_at", "aware", _("The operator becomes aware of it.")),
        ("resolved_at", "resolved", _("Service is back.")),
        ("reported_at", "report", _("It is reported.")),
    ):
        moment = getattr(incident, field)
        if moment is not None and kind not in kinds:
            steps.append(Step(at=moment, kind=kind, words=words, sources=page.facts[field].sources))
    return sorted(steps, key=_in_time)


def _in_time(step: Step) -> tuple[datetime, int, datetime]:
    # A day without a time sorts after the times of that day; a start goes before what shares its moment.
    known = [at for at in (step.at.earliest, step.at.latest) if at is not None]
    central = step.at.at if step.at.has_time else max(known)
    return central or max(known), 0 if step.kind == "start" else 1, max(known)


def format_decimals(value: float, digits: int) -> str:
    """Write a number with at most so many decimals, in the reader's language."""
    from babel.numbers import format_decimal

    from timeline.wording import locale

    return str(format_decimal(round(value, digits), locale=locale()))
