"""The address of a view <-> what it asks: window, filters, order, lanes, page, zone and language, both ways.

Pure: knows `Query` and the vocabulary of the field; no request and no store. Times in an address are wall-clock
times of the shown zone (`start=2025-09-12T20:00&tz=Europe/Paris`), so that a person can read and change them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from incidents import (
    ANSWERS,
    CAUSES,
    DIMENSIONS,
    ORDERS,
    SERVICE_KINDS,
    SEVERITIES,
    Dimension,
    Order,
    Query,
    TimelineError,
)
from timeline.wording import LANGUAGES, N_

ANY_ANSWER: tuple[str, ...] = ANSWERS
FILTERS: Mapping[str, str] = {
    "provider": "providers",
    "operator": "operators",
    "supplier": "suppliers",
    "service": "services",
    "service_kind": "service_kinds",
    "main_kind": "main_service_kinds",
    "cause": "causes",
    "country": "countries",
    "severity": "severities",
    "third_party": "third_party",
    "planned": "planned_maintenance",
    "exposed": "exposed",
    "obligation": "obligations",
    "collection": "collections",
}
"""The name of each filter in an address, and the field of `Query` that it fills."""

ENUMERATED: Mapping[str, Collection[str]] = {
    "service_kind": SERVICE_KINDS,
    "main_kind": SERVICE_KINDS,
    "cause": CAUSES,
    "severity": (*SEVERITIES, "unknown"),
    "third_party": ANY_ANSWER,
    "planned": ANY_ANSWER,
}
OTHERS = ("start", "end", "q", "by", "lanes", "order", "page", "tz", "lang")
NAMES = (*FILTERS, *OTHERS)
SINGLE = frozenset(OTHERS)

PAGE_SIZE = 50
MOST_VALUES = 100
LONGEST_TEXT = 200
LAST_PAGE = 1_000_000
NARROWEST = timedelta(minutes=1)
# Two days away from the ends of the calendar: any zone can show what lies between, and a day more.
EARLIEST, LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?")


class AddressError(TimelineError):
    """An address asks for something that cannot be."""

    status = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What an address shows. `query` holds window, filters, text, order and page; the rest is how it is shown.

    `explicit_language` is None where the address leaves the language to the reader; `all_lanes` unfolds them.
    """

    query: Query = field(default_factory=lambda: Query(limit=PAGE_SIZE))
    by: Dimension = "service_kind"
    all_lanes: bool = False
    zone: str = "Europe/Paris"
    explicit_zone: bool = False
    explicit_language: str | None = None

    @property
    def page(self) -> int:
        return self.query.offset // PAGE_SIZE + 1

    def on_page(self, number: int) -> View:
        return replace(self, query=replace(self.query, offset=(number - 1) * PAGE_SIZE))

    def with_query(self, **changes: object) -> View:
        """Change the question; the answer starts at its first page again."""
        changes.setdefault("offset", 0)
        return replace(self, query=replace(self.query, **changes))  # type: ignore[arg-type]

    def filter(self, name: str) -> tuple[str, ...]:
        """Give the values of a filter by its name in the address."""
        return cast("tuple[str, ...]", getattr(self.query, FILTERS[name]))

    def with_filter(self, name: str, values: Iterable[str]) -> View:
        return self.with_query(**{FILTERS[name]: tuple(values)})

    @property
    def has_filters(self) -> bool:
        return bool(self.query.text or any(self.filter(name) for name in FILTERS))

    def without_filters(self) -> View:
        return self.with_query(text="", **dict.fromkeys(FILTERS.values(), ()))


def read_view(
    args: Iterable[tuple[str, str]],
    *,
    zone: str = "Europe/Paris",
    known: Mapping[str, Collection[str]] | None = None,
    also: Collection[str] = (),
) -> View:
    """Read the pairs of an address, in their order, as a view.

    A filter may be repeated or hold several values with commas. `known` gives the values that exist for filters
    whose values are records (`provider`, `service`...); `also` names parameters that are somebody else's. Raises
    `AddressError` (400) with the nearest name for a parameter or value that does not exist.
    """
    given: dict[str, list[str]] = {}
    for name, text in args:
        if name in also:
            continue
        if name not in NAMES:
            raise _unknown_name(name, also)
        given.setdefault(name, []).append(text)
    shown = _zone(given.get("tz"), zone)
    start = _moment("start", given, shown)
    end = _moment("end", given, shown)
    if start is not None and end is not None and end - start < NARROWEST:
        raise AddressError(
            N_("The window ends at {end}, which is not after its start {start}."),
            code="window-reversed",
            params={"start": given["start"][-1][:40], "end": given["end"][-1][:40]},
            hint=N_("Write a start before the end, at least one minute apart."),
        )
    filters: dict[str, tuple[str, ...]] = {
        attribute: _values(name, given[name], known or {})
        for name, attribute in FILTERS.items()
        if given.get(name)
    }
    page = _page(given.get("page"))
    language = given.get("lang", [""])[-1]
    return View(
        query=Query(
            start=start,
            end=end,
            text=_text(given.get("q")),
            order=cast(Order, _one_of("order", given.get("order"), ORDERS)),
            offset=(page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
            **filters,
        ),
        by=cast(Dimension, _one_of("by", given.get("by"), DIMENSIONS)),
        all_lanes=_one_of("lanes", given.get("lanes"), ("top", "all")) == "all",
        zone=shown.key,
        explicit_zone="tz" in given,
        explicit_language=language if language in LANGUAGES else None,
    )


def write_view(view: View) -> list[tuple[str, str]]:
    """Write a view as the pairs of an address, leaving out all that is as it would be anyway."""
    query = view.query
    zone = ZoneInfo(view.zone)
    pairs: list[tuple[str, str]] = []
    for name, moment in (("start", query.start), ("end", query.end)):
        if moment is not None:
            pairs.append((name, write_moment(moment, zone)))
    if query.text:
        pairs.append(("q", query.text))
    for name, attribute in FILTERS.items():
        pairs.extend((name, value) for value in getattr(query, attribute))
    if view.by != DIMENSIONS[0]:
        pairs.append(("by", view.by))
    if view.all_lanes:
        pairs.append(("lanes", "all"))
    if query.order != ORDERS[0]:
        pairs.append(("order", query.order))
    if view.page > 1:
        pairs.append(("page", str(view.page)))
    if view.explicit_zone:
        pairs.append(("tz", view.zone))
    if view.explicit_language:
        pairs.append(("lang", view.explicit_language))
    return pairs


def address(view: View, path: str = "/") -> str:
    """Give the address of a view."""
    pairs = urlencode(write_view(view), safe=":/,~")
    return f"{path}?{pairs}" if pairs else path


def write_moment(moment: datetime, zone: ZoneInfo) -> str:
    """Write an instant as wall-clock time of the zone, short; with its offset where the clocks show it twice."""
    local = moment.astimezone(zone)
    naive = local.replace(tzinfo=None)
    if naive.replace(tzinfo=zone, fold=0).astimezone(UTC) != moment.astimezone(UTC):
        return local.isoformat()
    if local.microsecond:
        return naive.isoformat()
    if local.hour or local.minute or local.second:
        return naive.isoformat(timespec="seconds" if local.second else "minutes")
    return naive.date().isoformat()


def _unknown_name(name: str, also: Collection[str]) -> AddressError:
    near = difflib.get_close_matches(name[:80].lower(), (*NAMES, *also), n=1, cutoff=0.4)
    return AddressError(
        N_("“{name}” is not something this address can ask."),
        code="unknown-parameter",
        params={"name": name[:80], "nearest": near[0] if near else None, "names": ", ".join(NAMES)},
        hint=N_("Did you mean “{nearest}”?") if near else N_("It can ask: {names}."),
    )


def _unknown_value(name: str, value: str, values: Collection[str]) -> AddressError:
    near = difflib.get_close_matches(value[:80].lower(), values, n=1, cutoff=0.3)
    return AddressError(
        N_("“{value}” is not a value of “{name}”."),
        code="unknown-value",
        params={
            "name": name,
            "value": value[:80],
            "nearest": near[0] if near else None,
            "values": ", ".join(sorted(values)[:20]),
        },
        hint=N_("Did you mean “{nearest}”?") if near else N_("It can be: {values}."),
    )


def _one_of(name: str, given: list[str] | None, values: tuple[str, ...]) -> str:
    """Give the one value of a parameter; the first of the values where the address is silent."""
    value = given[-1].strip() if given else ""
    if not value:
        return values[0]
    if value not in values:
        raise _unknown_value(name, value, values)
    return value


def _values(name: str, given: list[str], known: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(part.strip() for text in given for part in text.split(",") if part.strip()))
    if len(values) > MOST_VALUES:
        raise AddressError(
            N_("“{name}” has {count} values; {most} is the most."),
            code="too-many-values",
            params={"name": name, "count": len(values), "most": MOST_VALUES},
            hint=N_("Ask for fewer, or leave the filter out and read all."),
        )
    allowed = ENUMERATED.get(name, known.get(name))
    if allowed is not None:
        for value in values:
            if value not in allowed:
                raise _unknown_value(name, value, allowed)
    return values


def _zone(given: list[str] | None, default: str) -> ZoneInfo:
    name = (given[-1].strip() if given else "") or default
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as reason:
        raise AddressError(
            N_("“{zone}” is not a time zone."),
            code="unknown-zone",
            params={"zone": name[:80]},
            hint=N_("Write a name such as Europe/Paris or UTC."),
        ) from reason


def _moment(name: Literal["start", "end"], given: Mapping[str, list[str]], zone: ZoneInfo) -> datetime | None:
    text = given.get(name, [""])[-1].strip()
    if not text:
        return None
    try:
        if not ISO.fullmatch(text):
            raise ValueError(text)
        moment = datetime.fromisoformat(text)
        found = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        if not EARLIEST <= found <= LATEST:
            raise ValueError(text)
        return found
    except (ValueError, OverflowError) as reason:
        raise AddressError(
            N_("“{value}” is not a date for “{name}”."),
            code="not-a-date",
            params={"name": name, "value": text[:40]},
            hint=N_("Write 2025-09-12 or 2025-09-12T22:00, in the shown time zone."),
        ) from reason


def _text(given: list[str] | None) -> str:
    text = " ".join((given[-1] if given else "").split())
    if len(text) > LONGEST_TEXT:
        raise AddressError(
            N_("The text to search for has {count} characters; {most} is the most."),
            code="text-too-long",
            params={"count": len(text), "most": LONGEST_TEXT},
            hint=N_("Search for a few words."),
        )
    return text


def _page(given: list[str] | None) -> int:
    text = given[-1].strip() if given else ""
    if not text:
        return 1
    if not (text.isascii() and text.isdigit()) or len(text) > 7 or not 1 <= int(text) <= LAST_PAGE:
        raise AddressError(
            N_("“{value}” is not a page number."),
            code="not-a-page",
            params={"value": text[:40]},
            hint=N_("Pages are counted from 1."),
        )
    return int(text)
