"""The filters that the templates of records use: dates as records write them, laws in words, names of fields.

Registered for all templates by `records`. Knows the language of the page; no store and no request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from timeline.duty_words import (
    assumptions,
    clock_words,
    condition_words,
    fact_name,
    in_language,
    ordered,
    reason_words,
    rule_words,
    semicolons,
)
from timeline.formats import format_number
from timeline.record_dates import just_day, partial_date, period
from timeline.record_labels import record_label
from timeline.wording import _, language

NBSP = "\u00a0"


def money(amount: float | None, currency: str | None) -> str:
    """Write an amount of money with its currency."""
    if amount is None:
        return ""
    number = format_number(amount)
    if currency == "EUR":
        return f"{number}{NBSP}€" if language() == "fr" or number[-1].isalpha() else f"€{number}"
    return f"{number}{NBSP}{currency}" if currency else number


def share(percent: float) -> str:
    """Write a share of ownership as it is stated: 44.4 %, 100 %."""
    from timeline.incident_words import format_decimals

    number = format_decimals(percent, 2)
    return f"{number}{NBSP}%" if language() == "fr" else f"{number}%"


def force(obligation: Any) -> str:
    """Say from when to when a rule is in force; what is not recorded is said to be."""
    if str(obligation.kind) == "bill":
        return _("not in force: a bill")
    return period(obligation.in_force_from, obligation.in_force_to) or _("dates not recorded")


def notes(obligation: Any) -> list[str]:
    """Give the notes on a rule in the reader's language, as a list."""
    for tongue in (language(), "fr" if language() == "en" else "en"):
        found = getattr(obligation, f"notes_{tongue}", None)
        if found:
            return [found] if isinstance(found, str) else list(found)
    return []


def clock_rule(clock: Any) -> str:
    """Say a clock of a rule in words."""
    return rule_words(clock.due_text)


FILTERS: dict[str, Callable[..., Any]] = {
    "partial_date": partial_date,
    "period": period,
    "just_day": just_day,
    "money": money,
    "share": share,
    "force": force,
    "notes": notes,
    "named": record_label,
    "in_language": in_language,
    "reason": reason_words,
    "ordered": ordered,
    "assumptions": assumptions,
    "clock": clock_words,
    "clock_rule": clock_rule,
    "condition": condition_words,
    "fact_name": fact_name,
    "semicolons": semicolons,
}
