"""What can be asked of the record, and the shapes of the answers.

Pure values: a `Query` says which incidents, a `WindowAnswer` is what one viewport of the timeline holds.
Knows no store, no URL and no drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from incidents.amount import Amount
from incidents.model import SUPPLYING_ROLES, EndState, Incident, Milestone, Part

__all__ = [
    "DIMENSIONS",
    "NO_SUPPLIER",
    "ORDERS",
    "UNKNOWN",
    "UNNAMED_SUPPLIER",
    "Density",
    "Dimension",
    "Facet",
    "Hit",
    "Item",
    "Lane",
    "Order",
    "Page",
    "Query",
    "Share",
    "Sketch",
    "Summary",
    "WindowAnswer",
]

Order = Literal["newest", "oldest", "severity", "duration", "affected", "user_hours", "title"]
ORDERS: tuple[Order, ...] = ("newest", "oldest", "severity", "duration", "affected", "user_hours", "title")
Dimension = Literal["service_kind", "operator", "supplier", "cause", "country", "obligation"]
DIMENSIONS: tuple[Dimension, ...] = ("service_kind", "operator", "supplier", "cause", "country", "obligation")

UNNAMED_SUPPLIER = "~unnamed"
NO_SUPPLIER = "~none"
UNKNOWN = "~unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which incidents: a window (half open, aware UTC; None = unbounded) and filters.

    Values of one filter are alternatives, filters add up. `providers` matches any role, and whose services were
    touched; `suppliers` who supplied (see `Sketch.suppliers`), where `UNNAMED_SUPPLIER` means "through a third party
    that nobody names", `NO_SUPPLIER` "through none", `UNKNOWN` "not known whether". `service_kinds` matches any
    service of an incident, `main_service_kinds` its first.
    """

    start: datetime | None = None
    end: datetime | None = None
    text: str = ""
    providers: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    service_kinds: tuple[str, ...] = ()
    main_service_kinds: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    third_party: tuple[str, ...] = ()
    planned_maintenance: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    order: Order = "newest"
    offset: int = 0
    limit: int | None = None

    def without_window(self) -> Query:
        return replace(self, start=None, end=None)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of incidents, and how many match in all."""

    incidents: tuple[Incident, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What drawing and counting need of an incident: where it lies, its lanes' keys, its impact as bounds."""

    id: str
    title: str
    severity: str | None
    status: str
    start_earliest: datetime
    start_latest: datetime
    end_earliest: datetime | None
    end_latest: datetime | None
    end_state: EndState
    operator_id: str | None
    service_ids: tuple[str, ...]
    providers: tuple[Part, ...]
    cause: str
    countries: tuple[str, ...]
    third_party: str
    planned_maintenance: str
    duration: Amount | None
    user_hours: Amount | None
    collection: str

    @property
    def suppliers(self) -> tuple[str, ...]:
        """Give who supplied, each once; without a third party the operator is not its own supplier."""
        named = (p.provider_id for p in self.providers if p.role in SUPPLYING_ROLES)
        own = self.operator_id if self.third_party == "no" else None
        return tuple(dict.fromkeys(name for name in named if name != own))

    @property
    def surely_until(self) -> datetime:
        """Give the last moment at which it is not excluded by its bounds: the earliest end, or the latest start."""
        if self.end_state == "open":
            return datetime.max.replace(tzinfo=UTC, microsecond=0)
        return max(self.end_earliest or self.start_latest, self.start_latest)

    @property
    def start(self) -> datetime:
        """Give the middle of the start's bounds: where a mark is put."""
        return self.start_earliest + (self.start_latest - self.start_earliest) / 2

    @property
    def end(self) -> datetime | None:
        if self.end_earliest is None or self.end_latest is None:
            return None
        return self.end_earliest + (self.end_latest - self.end_earliest) / 2


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the timeline: a value of the chosen dimension, and how many incidents in view have it."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Item:
    """One incident drawn singly: its sketch, and the lanes (keys) it stands in."""

    sketch: Sketch
    lanes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Density:
    """How many incidents of a lane start in a bucket [start, end) and are not drawn singly."""

    lane: str
    start: datetime
    end: datetime
    count: int
    worst: str | None
    user_hours_low: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; `unknown` of them cannot be decided."""

    part: int
    whole: int
    unknown: int = 0

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The impact of what is surely in view, each incident whole.

    `possible` more may have ended before it began. `known` of `incidents` have user-hours with a lower bound;
    `user_hours` is their sum as a range.
    """

    incidents: int
    possible: int
    user_hours: Amount | None
    known: int
    longest: Sketch | None
    durations_known: int
    third_party: Share
    unnamed_supplier: int
    planned: Share
    exposed: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """What a viewport holds. `total` = distinct incidents in view = drawn singly + counted in densities.

    `outside` of the incidents that match the filters lie before or after the window. In the dimensions
    `supplier`, `country` and `obligation` an incident stands in each of its lanes, so lane counts may add up to more.
    """

    start: datetime
    end: datetime
    dimension: Dimension
    lanes: tuple[Lane, ...]
    items: tuple[Item, ...]
    densities: tuple[Density, ...]
    milestones: tuple[Milestone, ...]
    total: int
    outside: int
    summary: Summary
    revision: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one filter with their counts under the other filters."""

    name: str
    values: tuple[tuple[str, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found by the search box. `excerpt` is plain text; `\\x02` and `\\x03` enclose what matched."""

    record_type: str
    record_id: str
    title: str
    excerpt: str
