"""Names that a form says are new: offered beside the field that nobody could resolve, and carried from page to page.

Knows the fields of a request and the words of kinds; what a new name becomes is decided by the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from incidents import PROVIDER_KINDS, SERVICE_KINDS, FormProblem, Incident, NewName, Provider, Service
from timeline.edit_texts import Typed
from timeline.labels import label

NEW = "new"
KIND = "kind."
KINDS = {"provider": PROVIDER_KINDS, "service": SERVICE_KINDS}
UNKNOWN = {"unknown-provider": "provider", "unknown-service": "service"}
COLUMNS = {"operator_id": "provider", "providers": "provider", "service_ids": "service"}
MOST = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """A name that can be recorded as new: its field in the form, the kinds to choose from, what was chosen."""

    value: str
    record_type: str
    name: str
    kinds: tuple[tuple[str, str], ...]
    kind: str
    chosen: bool


def names_of(form: MultiDict[str, str], typed: Typed) -> tuple[NewName, ...]:
    """Give the names that the form says are new, as far as it still names them."""
    found = []
    for value in dict.fromkeys(form.getlist(NEW)[:MOST]):
        record_type, _colon, name = value.partition(":")
        named = any(name in _named(column, typed) for column, kind in COLUMNS.items() if kind == record_type)
        if named:
            found.append(NewName(record_type, name, form.get(f"{KIND}{value}", "")))
    return tuple(found)


def carried_names(names: Iterable[NewName]) -> tuple[tuple[str, str], ...]:
    """Give the fields of a request that `names_of` reads as these names."""
    fields = []
    for new in names:
        value = f"{new.record_type}:{new.name}"
        fields += [(NEW, value), (f"{KIND}{value}", new.kind)]
    return tuple(fields)


def offers_of(
    column: str, typed: Typed, names: Sequence[NewName], problems: Iterable[FormProblem]
) -> tuple[Offer, ...]:
    """Offer to record what a column names and nobody knows; what was chosen before stands first."""
    record_type = COLUMNS.get(column)
    if record_type is None:
        return ()
    here = _named(column, typed)
    offers = {
        new.name: _offer(record_type, new.name, new.kind, chosen=True)
        for new in names
        if new.record_type == record_type and new.name in here
    }
    for problem in problems:
        name = str(problem.params.get("value", ""))
        if problem.column == column and UNKNOWN.get(problem.code) == record_type and name in here:
            kind = "operator" if column == "operator_id" else ""
            offers.setdefault(name, _offer(record_type, name, kind, chosen=False))
    return tuple(offers.values())


def column_of(name: str, typed: Typed) -> str:
    """Name the column that names a provider or service first."""
    return next((column for column in COLUMNS if name in _named(column, typed)), "")


def named_by(incident: Incident, records: Sequence[Provider | Service]) -> tuple[Provider | Service, ...]:
    """Give the new records that an incident names, with the providers of its new services."""
    services = [r for r in records if isinstance(r, Service) and r.id in incident.service_ids]
    wanted = {
        incident.operator_id,
        *(p.provider_id for p in incident.providers),
        *(s.provider_id for s in services),
    }
    providers = [r for r in records if isinstance(r, Provider) and r.id in wanted]
    return (*providers, *services)


def _named(column: str, typed: Typed) -> tuple[str, ...]:
    if column == "providers":
        return tuple(who for who, _role in typed.parts)
    if column == "service_ids":
        return typed.entries.get(column, ())
    return (typed.texts.get(column, ""),)


def _offer(record_type: str, name: str, kind: str, *, chosen: bool) -> Offer:
    group = f"{record_type}_kind"
    kinds = tuple((value, label(value, group)) for value in KINDS[record_type])
    return Offer(f"{record_type}:{name}", record_type, name, kinds, kind, chosen)
