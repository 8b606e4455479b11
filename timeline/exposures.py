"""Under which laws a provider could be forced, by its own seat or through who owns it.

Knows providers, ownerships and their dates. A legal risk, not a fact of access; and an ownership without dates is
taken to hold on every day (the page says "undated").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from incidents import Moment, Ownership, Provider, Store, TimelineError
from timeline.once_a_revision import once_a_revision
from timeline.typed_records import every


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One law that reaches a provider. `through` is the chain of owners, nearest first; empty = the provider itself."""

    law_id: str
    basis: str | None
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An owner on a day: the ownership row, or None where only the provider's own row names its parent."""

    provider: Provider
    ownership: Ownership | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """All providers by id, and all ownerships by who is owned."""

    providers: Mapping[str, Provider]
    owned: Mapping[str, tuple[Ownership, ...]]


@once_a_revision
def holdings(store: Store) -> Holdings:
    """Read who owns whom, once a revision."""
    owned: dict[str, list[Ownership]] = {}
    for ownership in every(store, Ownership):
        owned.setdefault(ownership.owned_id, []).append(ownership)
    return Holdings(
        providers={p.id: p for p in every(store, Provider)},
        owned={owned_id: tuple(rows) for owned_id, rows in owned.items()},
    )


def holds_on(ownership: Ownership, day: date) -> bool:
    """Tell whether an ownership may hold on a day; where the bounds of its dates leave it open, yes."""
    noon = datetime.combine(day, time(12), UTC)
    since, until = date_moment(ownership.since), date_moment(ownership.until)
    if since and since.earliest and since.earliest > noon:
        return False
    return not (until and until.latest and until.latest < noon)


def date_moment(text: str | None) -> Moment | None:
    """Read the date of a record (`2025-03-01`, `2015-03`, `2012-autumn`, `2012`) as bounds; None for no date."""
    try:
        return Moment.from_flat("date", {"date": text}, None)
    except TimelineError:
        return None


def owners_of(store: Store, provider_id: str, day: date) -> tuple[Owner, ...]:
    """Give who owns a provider on a day: dated and undated rows, else the parent that its own row names."""
    return _owners(holdings(store), provider_id, day)


def _owners(held: Holdings, provider_id: str, day: date) -> tuple[Owner, ...]:
    rows = held.owned.get(provider_id, ())
    owners = {
        row.owner_id: Owner(provider=held.providers[row.owner_id], ownership=row)
        for row in rows
        if row.owner_id in held.providers and holds_on(row, day)
    }
    provider = held.providers.get(provider_id)
    parent = held.providers.get(provider.parent_id) if provider and provider.parent_id else None
    if not rows and parent is not None:
        owners[parent.id] = Owner(provider=parent, ownership=None)
    return tuple(owners.values())


def exposures_of(store: Store, provider_id: str, day: date) -> tuple[Exposure, ...]:
    """Give the laws that reach a provider on a day, each once, by the shortest way."""
    return exposures_on(store, day).get(provider_id, ())


@once_a_revision
def exposures_on(store: Store, day: date) -> Mapping[str, tuple[Exposure, ...]]:
    """Give the laws that reach each provider on a day; a provider that none reaches is left out."""
    held = holdings(store)
    reached = {}
    for provider_id in held.providers:
        found: dict[str, Exposure] = {}
        for provider, through in _upwards(held, provider_id, day):
            for law_id in provider.exposed_to:
                found.setdefault(
                    law_id, Exposure(law_id=law_id, basis=provider.exposed_to_basis, through=through)
                )
        if found:
            reached[provider_id] = tuple(found.values())
    return reached


def _upwards(held: Holdings, provider_id: str, day: date) -> Iterator[tuple[Provider, tuple[str, ...]]]:
    """Walk from a provider to its owners and theirs, level by level; a ring of owners ends where it closes."""
    providers = held.providers
    seen = {provider_id}
    level: list[tuple[str, tuple[str, ...]]] = [(provider_id, ())]
    while level:
        above: list[tuple[str, tuple[str, ...]]] = []
        for current, through in level:
            if current not in providers:
                continue
            yield providers[current], through
            for owner in _owners(held, current, day):
                if owner.provider.id not in seen:
                    seen.add(owner.provider.id)
                    above.append((owner.provider.id, (*through, owner.provider.id)))
        level = above
