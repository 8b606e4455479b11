"""One incident as a page of plain text, and as JSON, for the command line.

The same `IncidentPage` as in the browser, in the same words; figures are computed, never stored. Knows the store
and the words; no terminal and no HTML.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from textwrap import wrap

from incidents import Amount, Figure, Incident, Query, Store, TimelineError, find, named_number
from timeline.duty_words import clock_words, fact_name, in_language
from timeline.formats import format_duration, format_minutes, format_moment, format_number
from timeline.impact_words import user_hours_missing
from timeline.incident_page import Duty, DutyGroup, IncidentPage, Role, incident_page
from timeline.incident_words import affected_words, format_decimals
from timeline.labels import country, label
from timeline.record_json import plain
from timeline.wording import N_, _, language

WIDTH = 96
MARGIN = 15
LOOKED_THROUGH = 5_000
BOUND_WORDS = (
    ("central", N_("about %(hours)s user-hours (%(formula)s)"), ""),
    ("low", N_("lower bound %(hours)s (%(formula)s)"), N_("no lower bound")),
    ("high", N_("upper bound %(hours)s (%(formula)s)"), N_("no upper bound")),
)
Texts = Mapping[tuple[str, str, str], str]


class NoSuchIncident(TimelineError):
    """No incident has this id."""


def found_incident(store: Store, record_id: str) -> Incident:
    """Give an incident; raises `NoSuchIncident` that names the nearest ids."""
    incident = store.get("incident", record_id)
    if isinstance(incident, Incident):
        return incident
    known = [one.id for one in find(store, Query(limit=LOOKED_THROUGH)).incidents]
    near = get_close_matches(record_id, known, n=3, cutoff=0.4)
    raise NoSuchIncident(
        N_("There is no incident “{id}” in the record."),
        code="not-found",
        params={"id": record_id[:120], "nearest": ", ".join(near)},
        hint=N_("Did you mean: {nearest}?") if near else N_("List the ids with: timeline export"),
    )


def incident_json(store: Store, record_id: str) -> str:
    """Write all that the page of an incident shows as JSON."""
    page = incident_page(store, found_incident(store, record_id))
    return json.dumps(plain(page), ensure_ascii=False, indent=2)


def incident_text(store: Store, record_id: str) -> str:
    """Write an incident as text: what, when, how sure, its impact, who was in it, which duties, which sources."""
    page = incident_page(store, found_incident(store, record_id))
    lines = list(_lines(page, store.translations(language()), {law.id: law for law in store.all("law")}))
    # Spaces that must not break are for pages; in a terminal they only get in the way of searching.
    return "\n".join(lines).replace("\u00a0", " ").replace("\u202f", " ") + "\n"


def _lines(page: IncidentPage, texts: Texts, laws: Mapping[str, object]) -> Iterator[str]:
    incident = page.incident

    def own(field: str) -> str:
        return texts.get(("incident", incident.id, field)) or getattr(incident, field) or ""

    yield own("title")
    yield incident.id
    yield ""
    yield from _table(list(_facts(page)))
    if own("summary"):
        yield ""
        yield from wrap(own("summary"), WIDTH)
    if own("technical_cause"):
        yield from wrap(own("technical_cause"), WIDTH)
    yield from _providers(page.roles, texts, laws)
    yield from _paths(page, texts)
    yield from _duties(page.duties, texts, page.incident.timezone)
    yield from _sources(page)


def _cause(incident: Incident) -> str:
    return label(incident.cause, "answer" if incident.cause == "unknown" else "cause")


def _facts(page: IncidentPage) -> Iterator[tuple[str, str]]:
    incident = page.incident

    def judged(field: str, words: str) -> str:
        return _("%(words)s (inferred)", words=words) if field in incident.inferred_fields else words

    yield _("When"), _when(page)
    yield _("Duration"), _duration(page)
    yield _("Affected"), affected_words(incident) if incident.affected else _("not known")
    yield from _impact(page)
    yield _("Severity"), judged("severity", label(incident.severity or "unknown", "severity"))
    yield _("Cause"), judged("cause", _cause(incident))
    yield _("Third party"), judged("third_party", label(incident.third_party, "answer"))
    yield _("Planned work"), judged("planned_maintenance", label(incident.planned_maintenance, "answer"))
    yield _("Where"), ", ".join(country(region) for region in incident.region) or _("not known")
    yield _("Status"), label(incident.status, "status")
    yield _("How sure"), label(incident.confidence, "confidence") if incident.confidence else _("not known")


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    margin = max(len(name) for name, _words in rows) + 2
    for name, words in rows:
        first, *rest = wrap(words, WIDTH - margin) or [""]
        yield f"{name:<{margin}}{first}"
        yield from (" " * margin + line for line in rest)


def _title(words: str) -> Iterator[str]:
    yield ""
    yield words


def _when(page: IncidentPage) -> str:
    incident = page.incident
    start = format_moment(incident.started_at, zone=incident.timezone, weekday=True)
    if incident.resolved_at is None:
        return _("%(start)s; still open", start=start) if incident.is_open else start
    end = format_moment(incident.resolved_at, zone=incident.timezone)
    return _("%(start)s; fully restored: %(end)s", start=start, end=end)


def _duration(page: IncidentPage) -> str:
    figure = page.duration
    if figure is None:
        return _("not known")
    words = format_duration(figure)
    amount = figure.amount
    if amount.low is None or amount.high is None or amount.high - amount.low <= 2:
        return words
    return _("%(words)s (read as %(range)s)", words=words, range=_range(amount.low, amount.high))


def _range(low: float, high: float) -> str:
    """Write a range of minutes, with the unit once where both have the same."""
    first = f"{low:g}" if low >= 1 and high < 60 else format_minutes(low)
    return _("%(low)s to %(high)s", low=first, high=format_minutes(high))


def _impact(page: IncidentPage) -> Iterator[tuple[str, str]]:
    figure = page.user_hours
    if figure is None:
        yield _("User-hours"), _("Not known. %(why)s", why=user_hours_missing(page.incident))
        return
    said = []
    for side, known, unknown in BOUND_WORDS:
        hours = getattr(figure.amount, side)
        if hours is not None:
            said.append(_(known, hours=many(hours), formula=_formula(figure, side)))
        elif unknown:
            said.append(_(unknown))
    name = _("User-hours")
    for line in said:
        yield name, line
        name = ""


def _formula(figure: Figure, side: str) -> str:
    inputs = {part.field: part.amount for part in figure.inputs}
    people, minutes = _on(inputs["affected"], side), _on(inputs["duration"], side)
    if people is None or minutes is None:
        return _("not known")
    formula = f"{format_number(people)} x {format_minutes(minutes)}"
    length = inputs["duration"]
    if side == "central" or length.central is None or length.low is None or length.high is None:
        return formula
    if length.low == length.high:
        return formula
    about, bounds = format_minutes(length.central), _range(length.low, length.high)
    return _("%(formula)s: about %(about)s read as %(range)s", formula=formula, about=about, range=bounds)


def _on(amount: Amount, side: str) -> float | None:
    return named_number(amount) if side == "central" else getattr(amount, side)


def many(value: float) -> str:
    """Write a large number with three digits and its unit in words: 6.67 million."""
    for size, english, french in ((1e9, "billion", "milliard"), (1e6, "million", "million")):
        if abs(value) >= size:
            scaled = value / size
            digits = 2 if scaled < 10 else 1 if scaled < 100 else 0
            plural = "s" if language() == "fr" and scaled >= 2 else ""
            return f"{format_decimals(scaled, digits)} {french if language() == 'fr' else english}{plural}"
    return format_number(value)


def _providers(roles: Iterable[Role], texts: Texts, known: Mapping[str, object]) -> Iterator[str]:
    roles = list(roles)
    if not roles:
        return
    yield from _title(_("Providers"))
    for role in roles:
        name = _name(role.provider, "provider", role.provider_id, texts)
        laws = ", ".join(_name(known.get(e.law_id), "law", e.law_id, texts) for e in role.exposures)
        exposed = _(" – could be reached by: %(laws)s", laws=laws) if laws else ""
        words = f"{label(role.role, 'role'):<{MARGIN - 2}}{name}{exposed}"
        yield from wrap(
            words, WIDTH, initial_indent="  ", subsequent_indent=" " * MARGIN, replace_whitespace=False
        )


def _name(record: object, record_type: str, record_id: str, texts: Texts) -> str:
    own = getattr(record, f"name_{language()}", None) or getattr(record, "name", None)
    return texts.get((record_type, record_id, "name")) or own or record_id


def _paths(page: IncidentPage, texts: Texts) -> Iterator[str]:
    paths = [path for path in page.paths if len(path) > 1]
    if not paths:
        return
    yield from _title(_("What it rests on"))
    for path in paths:
        steps = []
        for step in path:
            names = " / ".join(_name(record, step.kind, record.id, texts) for record in step.records)
            basis = step.edge.basis if step.edge else None
            steps.append(_("%(words)s (inferred)", words=names) if basis == "inferred" else names)
        yield from wrap(" → ".join(steps), WIDTH, initial_indent="  ", subsequent_indent="    ")


def _duties(groups: Iterable[DutyGroup], texts: Texts, zone: str | None) -> Iterator[str]:
    groups = [group for group in groups if group.open]
    if not groups:
        return
    yield from _title(_("Obligations, by the law in force on that day (not legal advice)"))
    for group in groups:
        yield f"  {_name(group.provider, 'provider', group.provider_id, texts)}"
        for duty in group.open:
            rule = duty.obligation
            name, citation = in_language(rule, "name"), in_language(rule, "legal_reference")
            outcome = label(str(duty.assessment.outcome), "outcome")
            words = _("%(name)s: %(words)s", name=outcome, words=f"{name} ({citation})")
            yield from wrap(words, WIDTH, initial_indent="    ", subsequent_indent="      ")
            for line in _to_do(duty, zone):
                yield from wrap(line, WIDTH, initial_indent="      ", subsequent_indent="        ")


def _to_do(duty: Duty, zone: str | None) -> Iterator[str]:
    """Say to whom a notice would go, by when, and what is missing to decide."""
    recipient = in_language(duty.obligation, "recipient")
    if recipient:
        yield _("to: %(recipient)s", recipient=recipient)
    for clock in duty.assessment.clocks:
        said = clock_words(clock, zone)
        mark = f" ({_('clocks indicative')})" if duty.assessment.indicative else ""
        since = f" – {said.note}" if said.note else ""
        yield f"{said.name}: {said.due}{mark}{since}"
    if duty.assessment.missing:
        missing = ", ".join(fact_name(name) for name in duty.assessment.missing)
        yield _("missing: %(facts)s", facts=missing)


def _sources(page: IncidentPage) -> Iterator[str]:
    yield from _title(_("Sources"))
    if not page.sources:
        yield "  " + _("none on record")
    for cited in page.sources:
        title = cited.source.title if cited.source else None
        yield f"  {cited.number:>2}  {title + ' – ' if title else ''}{cited.url}"
