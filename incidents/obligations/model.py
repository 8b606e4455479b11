"""What a duty is, as values: whom it binds, when it is engaged, by when, to whom, and the text it rests on.

Pure data. Knows no file (`rules` reads it) and no incident (`assessment` judges it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from incidents.obligations.clocks import ClockRule, WeekendShift
from incidents.obligations.conditions import Condition


@dataclass(frozen=True, slots=True)
class Territory:
    """Where a law holds. `left`: countries that belonged until a day. `reached_by`: wider regions."""

    id: str
    name_fr: str
    name_en: str
    countries: frozenset[str]
    left: tuple[tuple[str, date], ...] = ()
    reached_by: frozenset[str] = frozenset()

    def on(self, day: date | None) -> frozenset[str]:
        """Give the countries on a day."""
        if day is None or not self.left:
            return self.countries
        return self.countries | {country for country, last in self.left if day <= last}


@dataclass(frozen=True, slots=True)
class EntityClass:
    """A class of entities that a law names, and the provider kinds that are presumed to belong to it."""

    id: str
    name_fr: str
    name_en: str
    kinds: frozenset[str]
    legal_reference: str
    legal_reference_en: str
    confidence: str
    notes_fr: tuple[str, ...] = ()
    notes_en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NationalLaw:
    """Whether the national law that a directive needs is in force in a country, as known on a day."""

    country: str
    countries: frozenset[str]
    in_force: bool
    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    @property
    def days(self) -> tuple[date, date]:
        """Give the days that this row speaks of, both included."""
        last = self.until or (self.as_of if not self.in_force else None) or date.max
        return self.since or date.min, last


@dataclass(frozen=True, slots=True)
class Criterion:
    """A group of conditions that is enough by itself, with its name in both languages."""

    label_fr: str
    label_en: str
    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One duty, with whom it binds, when it is engaged, by when, to whom, and the text it rests on.

    Texts come in French and English; "" where the file says nothing. `bound_kinds`: `binds_kinds` with the
    classes of entities resolved. `exemptions`: one that holds takes the incident out. `in_force_*`: both
    days included.
    """

    id: str
    kind: str
    name_fr: str
    name_en: str
    regime: str
    legal_reference: str
    legal_reference_en: str
    binds_fr: str = ""
    binds_en: str = ""
    binds_kinds: tuple[str, ...] = ()
    bound_kinds: frozenset[str] = frozenset()
    classes: tuple[EntityClass, ...] = ()
    designation: str | None = None
    territory: Territory | None = None
    reach: str = "effect"
    main_establishment_kinds: frozenset[str] = frozenset()
    service_kinds: tuple[str, ...] = ()
    trigger_fr: str = ""
    trigger_en: str = ""
    thresholds_fr: str = ""
    thresholds_en: str = ""
    qualitative: bool = False
    thresholds: tuple[Criterion, ...] = ()
    exemptions: tuple[Criterion, ...] = ()
    clocks: tuple[ClockRule, ...] = ()
    weekend_shift: WeekendShift | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    in_force_confidence: str | None = None
    transposition_fr: str = ""
    transposition_en: str = ""
    national_law: tuple[NationalLaw, ...] = ()
    recipient_fr: str = ""
    recipient_en: str = ""
    source_url: str | None = None
    confidence: str | None = None
    notes_fr: tuple[str, ...] = ()
    notes_en: tuple[str, ...] = ()
