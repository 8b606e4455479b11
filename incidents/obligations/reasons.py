"""Why an assessment came out as it did: message templates with their parameters, to be said in any language.

Knows the English templates, which are the keys of the translations. Knows no rule, no fact and no
translation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[str, object] = MappingProxyType({})


class Reason(NamedTuple):
    """A template and what fills it: numbers, dates, names, `Word`, `Both`, further reasons, or tuples."""

    msgid: str
    params: Mapping[str, object] = NOTHING


class Word(NamedTuple):
    """A word of one of the closed lists (`provider_kind`, `service_kind`, ...), to be shown by its label."""

    list: str
    slug: str


class Both(NamedTuple):
    """Text that a rule file gives in French and English."""

    fr: str
    en: str


def N_(msgid: str) -> str:
    """Mark a template for the collection of translations."""
    return msgid


# How the known side of a comparison reads.
EXACTLY_KNOWN = N_("{low}")
KNOWN_AT_LEAST = N_("at least {low}")
KNOWN_AT_MOST = N_("at most {high}")
KNOWN_BETWEEN = N_("between {low} and {high}")
NOT_KNOWN = N_("not known")
ONE_OF = N_("one of {options}")
YES = N_("yes")
NO = N_("no")

# What a rule asks for.
MORE_THAN = N_("more than {value}")
AT_LEAST = N_("at least {value}")
LESS_THAN = N_("less than {value}")
AT_MOST = N_("at most {value}")
EQUAL_TO = N_("{value}")

# One comparison.
MET = N_("{fact}: {known}. The rule asks for {required}: met.")
NOT_MET = N_("{fact}: {known}. The rule asks for {required}: not met.")
NOT_DECIDED = N_("{fact}: {known}. The rule asks for {required}: not decided.")
SMALLER_DECIDES = N_("Of these limits the smaller decides.")
SOME_OF = N_("At least {count} of {total} criteria are needed; {met} are met and {open} are not decided.")
EVERY_INCIDENT = N_("The rule names no threshold: it holds for every incident.")

# Whom, where and when.
OTHER_KINDS = N_("Binds others ({bound}); this provider is recorded as: {kinds}.")
KIND_UNKNOWN = N_("The kind of this provider is not recorded.")
ENTITY_CLASS = N_("Counted as: {name} ({reference}); presumed from its sector.")
ELSEWHERE = N_("Holds only here: {territory}; recorded for this incident: {countries}.")
SEATED_ELSEWHERE = N_(
    "Binds those established here: {territory}; recorded country of this provider: {country}."
)
PLACE_UNKNOWN = N_(
    "Holds only here: {territory}; whether that is touched is not known from what is recorded: {countries}."
)
SEAT_UNKNOWN = N_(
    "Binds those established here: {territory}; where this provider is established is not recorded."
)
NO_DESIGNATION = N_(
    "Binds those designated ({designation}); the lists may not be public, and no claim is recorded."
)
DESIGNATION_CLAIMED = N_("Designation ({designation}): {status}; a claim with its source, not asserted here.")
NOT_YET = N_("In force from {day}; the incident came before.")
NO_LONGER = N_("In force until {day}; the incident came after.")
DAY_STRADDLES = N_("What is known of the day of the incident lies on both sides of a change of law: {days}.")
DAY_UNKNOWN = N_("The day of the incident is not known, so neither is the law of that day.")
SINCE_UNKNOWN = N_("Since when it is in force is not recorded.")
NO_NATIONAL_LAW = N_("Needs a national law; none in force in {country} as of {day}.")
NATIONAL_LAW_UNKNOWN = N_(
    "Needs a national law; whether {country} had one in force on that day is not recorded."
)
ESTABLISHMENT_UNKNOWN = N_(
    "Needs the national law of the country of main establishment ({territory}), which is not recorded."
)

# What limits an answer.
OTHER_SERVICES = N_("Concerns these services: {bound}. Touched here: {kinds}.")
SERVICES_UNKNOWN = N_(
    "Concerns these services: {bound}. Which services of this provider were touched is not recorded."
)
COUNTS_OTHER_SERVICES = N_(
    "This yardstick counts these services: {bound}. Touched here: {kinds}. For comparison only."
)
QUALITATIVE = N_("The text gives no public number: whether the effect was enough is open to judgement.")
EXEMPT = N_("Exempt: {exemption}.")
NOT_EXEMPT = N_("Not exempt: {exemption}.")
EXEMPTION_OPEN = N_("Whether this exemption holds is not decided: {exemption}.")
BINDS_NOBODY = N_("A yardstick for comparison: it binds nobody here.")

# Clocks.
IF_AWARE_AT_START = N_(
    "If the provider was aware at the start, {at}; the moment of awareness is not recorded."
)
IF_SENT_WHEN_DUE = N_(
    "If the report “{clock}” was sent at its latest due time; when it was sent is not recorded."
)
NO_ANCHOR = N_("The moment from which it runs is not recorded: {anchors}.")
AT_THE_LATEST = N_("At the latest; one of the moments from which it may run is not recorded: {anchors}.")
LATE_CLASSIFICATION_OPEN = N_("Which of the clocks holds depends on when the incident was classified.")
SHIFTED = N_("Moved to the next working day.")

MSGIDS: tuple[str, ...] = tuple(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)
"""All templates, for the check that every one has its translation."""


def plain_value(value: object) -> str:
    """Write a parameter in English, without knowledge of any label."""
    match value:
        case Word():
            return value.slug.replace("_", " ")
        case Both():
            return value.en
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M UTC")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def reason_text(
    reason: Reason,
    translate: Callable[[str], str] = str,
    write: Callable[[object], str] = plain_value,
) -> str:
    """Say a reason as one sentence.

    `translate` turns a template into the reader's language; `write` writes one parameter (number, date,
    `Word`, `Both`, text). Nested reasons are said the same way; tuples are joined with commas.
    """

    def say(value: object) -> str:
        if isinstance(value, Reason):
            return reason_text(value, translate, write)
        if isinstance(value, tuple) and not isinstance(value, Word | Both):
            return ", ".join(say(part) for part in value)
        return write(value)

    return translate(reason.msgid).format_map({name: say(value) for name, value in reason.params.items()})
