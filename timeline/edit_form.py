"""The form of an incident as it is laid out: groups of fields with help, choices, problems, what was understood.

Knows the columns and the reader's language, and the store for names alone. Reads no request and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from incidents import ROLES, Column, Draft, FormProblem, Incident, NewName, Store, TimelineError, fill
from timeline.column_words import READ, choice_words, heading, name_of, understood
from timeline.edit_names import UNKNOWN, Offer, offers_of
from timeline.edit_texts import Typed, columns
from timeline.import_form import CLAUSE_END
from timeline.labels import label
from timeline.settings import read_zone
from timeline.wording import N_, _, language

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("what", N_("What"), ("title", "summary", "service_ids", "severity", "status")),
    (
        "when",
        N_("When"),
        ("started_at", "resolved_at", "duration", "timezone", "detected_at", "aware_at", "reported_at"),
    ),
    ("who", N_("Who"), ("operator_id", "providers")),
    ("impact", N_("Impact"), ("affected", "affected_unit", "region")),
    ("cause", N_("Cause"), ("cause", "technical_cause", "third_party", "planned_maintenance")),
    ("sources", N_("Sources"), ("source_urls", "confidence", "inferred_fields", "tags", "id")),
)
LONG = ("summary", "technical_cause")
WIDE = ("title", *LONG, "service_ids", "providers", "source_urls", "inferred_fields")
PLAIN_HINTS = {
    "status": N_("Left open, the end decides: resolved, or investigating where it says “ongoing”."),
    "providers": N_("Who else took part, and as what."),
    "source_urls": N_("One address a line."),
    "service_ids": N_("The services that failed, the main one first."),
    "inferred_fields": N_("Tick what nobody states and somebody concluded."),
    "started_at": N_(
        "As people write it: “12 September 2025, about 22:00”, “between 22:00 and 22:40 on 12/09/2025”."
    ),
    "timezone": N_("The zone of the times above where they name none."),
    "severity": N_("How bad it was."),
    "affected_unit": N_("Leave it open where no source says."),
    "tags": N_("Free words, with ; between them."),
    "region": N_("Countries or regions, by ISO 3166 code (FR, FR-IDF) or in words, with ; between them."),
    "third_party": N_("Whether it came through a third party."),
    "planned_maintenance": N_("Whether it began with planned work."),
    "id": N_("From your own tool. Left empty, one is made from title, operator and start."),
}
"""Hints that speak of a form where those of the column tables speak of a file."""
JUDGED = (
    "severity",
    "cause",
    "third_party",
    "planned_maintenance",
    "duration",
    "affected",
    "started_at",
    "resolved_at",
)
SPARE_ROWS = 2
MOST_SUGGESTED = 1_000
ZONES = (
    "Europe/Paris",
    "UTC",
    "Europe/London",
    "Europe/Brussels",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Rome",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "Pacific/Noumea",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Sydney",
)
TAKE = "take."


@dataclass(frozen=True, slots=True)
class Said:
    """A problem of one field in the reader's language: what is wrong, and what to do."""

    reason: str
    remedy: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """A column that was changed by somebody else meanwhile: theirs, and whether it was changed here too."""

    theirs: str
    both: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field as the form shows it."""

    column: str
    label: str
    hint: str
    shape: str
    text: str
    required: bool = False
    wide: bool = False
    example: str = ""
    entries: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    problems: tuple[Said, ...] = ()
    remarks: tuple[str, ...] = ()
    understood: str = ""
    clash: Clash | None = None
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupView:
    key: str
    words: str
    fields: tuple[FieldView, ...]


def hint_of(column: Column) -> str:
    """Explain a column: by the help of its table, in the words of a form where those are about files."""
    if column.name in PLAIN_HINTS:
        return _(PLAIN_HINTS[column.name])
    words = column.help_fr if language() == "fr" else column.help_en
    if column.kind in ("moment", "amount"):
        return words
    return CLAUSE_END.split(words, maxsplit=1)[0].rstrip(". \u00a0\u202f") + "."


def groups_of(
    typed: Typed,
    *,
    draft: Draft | None = None,
    zone: str,
    fresh: bool,
    clashes: Mapping[str, Clash] | None = None,
    problems: Sequence[FormProblem] = (),
    more: Collection[str] = (),
    new: Sequence[NewName] = (),
) -> tuple[GroupView, ...]:
    """Lay out the form. `fresh`: a new incident, whose id may be given; `more` names lists that get further rows.

    `new` are names said to be new; whatever else nobody knows is offered as new too.
    """
    found = [*(draft.problems if draft else ()), *problems]
    known = {column.name: column for column in columns()}
    out = []
    for key, words, names in GROUPS:
        fields = []
        for name in names:
            if name != "id" or fresh:
                clash = (clashes or {}).get(name)
                view = _field(known[name], typed, zone, draft, found, clash, more)
                fields.append(replace(view, offers=offers_of(name, typed, new, found)))
        out.append(GroupView(key, _(words), tuple(fields)))
    return tuple(out)


def _field(
    column: Column,
    typed: Typed,
    zone: str,
    draft: Draft | None,
    problems: Iterable[FormProblem],
    clash: Clash | None,
    more: Collection[str],
) -> FieldView:
    name = column.name
    text = typed.texts.get(name, "")
    where = typed.texts.get("timezone") or zone
    read = understood(name, text, where) if name in READ and draft is not None else None
    remarks = draft.remarks if draft is not None else ()
    spare = SPARE_ROWS + (2 if name in more else 0)
    parts = typed.parts if name == "providers" else ()
    return FieldView(
        column=name,
        label=heading(name),
        hint=hint_of(column),
        shape=_shape(column),
        text=text.replace("; ", "\n") if name == "source_urls" else text,
        required=column.required,
        wide=name in WIDE,
        example=_example(column),
        entries=(*typed.entries.get(name, ()), *([""] * spare if name == "service_ids" else ())),
        parts=(*parts, *[("", "supplier")] * spare) if name == "providers" else (),
        options=_options(column, typed.entries.get(name, ())),
        problems=tuple(said(problem) for problem in problems if problem.column == name),
        remarks=tuple(fill(_(r.message), r.params) for r in remarks if r.column == name),
        understood=read.words if read else "",
        clash=clash,
    )


def said(problem: FormProblem) -> Said:
    """Say a problem in the reader's language."""
    params = {**problem.params}
    if "column" in params:
        params["column"] = heading(str(params["column"]))
    hint = problem.hint
    if problem.code in UNKNOWN:
        # In a form it need not be imported first: it is offered as new, beside the field.
        hint = N_("did you mean {near}?") if params.get("near") else ""
    remedy = fill(_(hint), params) if hint else ""
    return Said(fill(_(problem.message), params), remedy, problem.code)


def _shape(column: Column) -> str:
    if column.name in (
        "service_ids",
        "providers",
        "source_urls",
        "operator_id",
        "timezone",
        "inferred_fields",
    ):
        return column.name
    if column.kind == "choice":
        return "choice"
    return "long" if column.name in LONG else "text"


def _options(column: Column, chosen: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if column.name == "inferred_fields":
        names = dict.fromkeys((*chosen, *JUDGED))
        return tuple((name, heading(name)) for name in names)
    return tuple((choice, choice_words(column.name, choice)) for choice in column.choices)


EXAMPLES = {
    "started_at": N_("12 September 2025, about 22:00"),
    "resolved_at": N_("12 September 2025, about 22:40"),
    "duration": N_("about 40 minutes"),
    "affected": N_("more than 10 million"),
}


def _example(column: Column) -> str:
    return _(EXAMPLES[column.name]) if column.name in EXAMPLES else ""


def role_options() -> tuple[tuple[str, str], ...]:
    """Give the roles to choose from, in words."""
    return tuple((role, label(role, "role")) for role in ROLES)


def suggestions(store: Store, record_type: str) -> tuple[str, ...]:
    """Give the names to suggest for providers or services, in the reader's language, sorted."""
    records: Sequence[Any] = store.all(record_type)[:MOST_SUGGESTED]
    return tuple(sorted({name_of(store, record_type, record.id) for record in records}, key=str.casefold))


def told(incident: Incident) -> tuple[str, ...]:
    """Name the columns in which an incident says something, in the order of the form."""
    return tuple(c.name for c in columns() if getattr(incident, c.name) not in (None, "", (), "unknown"))


def known_zone(text: str, otherwise: str) -> str:
    """Give the name of a time zone, or `otherwise` for a text that is none."""
    try:
        return read_zone(text.strip()).key if text.strip() else otherwise
    except TimelineError:
        return otherwise
