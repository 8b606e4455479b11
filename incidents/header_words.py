"""What the headers of files mean: which field, in which unit, in which zone, however they are spelt.

Pure. Knows the contract in `columns`; knows no rows and no options.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from incidents.columns import RECORD_TYPES, fields_of, header_key
from incidents.reading.words import ZONE_PLACES, plain
from incidents.zones import ZONE_NAME, zone_named

BRACKETED = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]?")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
LANGUAGE_MARKS = frozenset(("en", "fr", "list", "eng", "fra"))
FILLING = frozenset((
    "the", "of", "a", "an", "and", "in", "on", "at", "de", "du", "des", "d", "l", "la", "le", "les", "et", "en", "au",
    "aux", "pour", "incident", "incidents", "event", "events",
    "evenement", "evenements", "field", "champ", "custom",
))  # fmt: skip
UNITS: Mapping[str, str] = {
    word: unit
    for unit, words in {
        "milliseconds": "ms millisecond milliseconds millis millisecondes",
        "seconds": "s sec secs second seconds seconde secondes",
        "minutes": "m mn min mins minute minutes",
        "hours": "h hr hrs hour hours heure heures",
        "days": "d day days j jour jours",
    }.items()
    for word in words.split()
}
"""What a duration counts where it is a bare number, by the word in its header."""
LONG_UNITS = frozenset(word for word in UNITS if len(word) > 2) | {"ms", "mn"}
TOOL_UNITS: Mapping[str, tuple[str, str]] = {
    "calendar_duration": ("seconds", "ServiceNow"),
    "business_duration": ("seconds", "ServiceNow"),
}
"""Headers of tools that write durations as bare numbers: what they count, and the tool."""
PLACE = re.compile(r"(?:heure(?: locale)?(?: d[e'])? ?)?([a-z -]+?)(?: (?:local )?time)?")


@dataclass(frozen=True, slots=True)
class HeaderMeaning:
    """The field that a header means, how directly (0: by its own name), and the unit or zone that it names."""

    field: str
    rank: int
    unit: str = ""
    zone: str = ""


@cache
def _names(record_type: str) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Give the names of fields, folded, with what they mean and how directly: 0 the field, 1 a synonym, then others."""
    known: dict[str, tuple[tuple[str, int], ...]] = {}
    spec = RECORD_TYPES[record_type]
    ranked = [(f.name, f.name, 0) for f in fields_of(record_type)]
    ranked += [(c.name, c.name, 0) for c in spec.columns]
    ranked += [(word, c.name, 1) for c in spec.columns for word in c.synonyms]
    ranked += [(word, c.name, 2 + place) for c in spec.columns for place, word in enumerate(c.fallbacks)]
    for fold in (_squeezed, _filled_out):
        for word, field, rank in ranked:
            key = fold(word)
            if key and field not in (name for name, _ in known.get(key, ())):
                known[key] = (*known.get(key, ()), (field, rank))
    return known


@cache
def _kinds(record_type: str) -> Mapping[str, tuple[str, str]]:
    """Give the kind of each field and what is counted in its numbers."""
    kinds = {c.name: (c.kind, c.suffix) for c in RECORD_TYPES[record_type].columns}
    return {f.name: ("", "") for f in fields_of(record_type)} | kinds


def _squeezed(text: str) -> str:
    return header_key(text).replace("_", "")


def _filled_out(text: str) -> str:
    """Fold a header without the words that say nothing; nothing where only one short word would be left."""
    tokens = [token for token in header_key(text).split("_") if token not in FILLING]
    return "".join(tokens)


def spaced(header: str) -> str:
    """Give a header with spaces between its words: `IncidentNumber` is "Incident Number"."""
    return HUMP.sub(" ", header)


def header_meanings(record_type: str, header: str) -> tuple[HeaderMeaning, ...]:
    """Say what a header can mean, by name or synonym, however it is spelt, the likeliest first."""
    names = _names(record_type)
    for reading, unit, zone in _readings(header):
        for folded in (_squeezed(reading), _filled_out(spaced(reading))):
            if folded in names:
                return tuple(
                    _meaning(record_type, header, field, rank, unit, zone) for field, rank in names[folded]
                )
    return ()


def _meaning(record_type: str, header: str, field: str, rank: int, unit: str, zone: str) -> HeaderMeaning:
    kind, suffix = _kinds(record_type)[field]
    return HeaderMeaning(
        field,
        1 if rank == 0 and header != field else rank,
        unit if kind == "amount" and suffix else "",
        zone if kind == "moment" else "",
    )


def _readings(header: str) -> Iterator[tuple[str, str, str]]:
    """Give the ways to take a header apart, the whole first: the words, the unit and the zone that it names."""
    text = spaced(header)
    yield header, *said_of(header)
    inner = [part.strip() for part in BRACKETED.findall(header)]
    if inner:
        outer = BRACKETED.sub(" ", header).strip()
        if header_key(outer) == "custom_field":
            yield from ((reading, unit, zone) for reading, unit, zone in _readings(inner[0]))
            return
        unit, zone = said_of(header)
        yield outer, unit, zone
        text = spaced(outer)
    tokens = header_key(text).split("_")
    while len(tokens) > 1 and tokens[-1] in LANGUAGE_MARKS:
        tokens.pop()
        yield "_".join(tokens), *said_of(header)
    if len(tokens) > 1 and tokens[-1] in LONG_UNITS:
        yield "_".join(tokens[:-1]), UNITS[tokens[-1]], ""
    if len(tokens) > 1 and tokens[-1] in ("utc", "gmt"):
        yield "_".join(tokens[:-1]), "", "UTC"


def said_of(header: str) -> tuple[str, str]:
    """Give the unit and the zone that stand in brackets in a header."""
    unit, zone = TOOL_UNITS.get(header_key(header), ("", ""))[0], ""
    for part in BRACKETED.findall(header):
        words = [word for word in header_key(part).split("_") if word not in FILLING]
        if len(words) == 1 and words[0] in UNITS:
            unit = UNITS[words[0]]
        zone = zone or _zone(part.strip())
    tokens = header_key(spaced(header)).split("_")
    if not unit and len(tokens) > 1 and tokens[-1] in LONG_UNITS:
        unit = UNITS[tokens[-1]]
    elif not unit and len(tokens) > 2 and tokens[0] in LONG_UNITS and tokens[1] in ("to", "of"):
        unit = UNITS[tokens[0]]  # seconds_to_resolve
    if not zone and len(tokens) > 1 and tokens[-1] in ("utc", "gmt"):
        zone = "UTC"
    return unit, zone


def _zone(text: str) -> str:
    folded = plain(text)
    if folded in ("utc", "gmt", "z", "ut", "utc+0", "utc+00:00", "temps universel"):
        return "UTC"
    if "/" in text and ZONE_NAME.fullmatch(text):
        try:
            zone_named(text)
        except ValueError:
            return ""
        return text
    match = PLACE.fullmatch(folded)
    return ZONE_PLACES.get(match[1].strip(), "") if match else ""


DATE_WORDS = frozenset(("date", "dates", "day", "jour", "dt"))
TIME_WORDS = frozenset(("time", "heure", "heures", "hour", "hours", "tm"))


def time_beside(date_header: str, headers: Iterable[str]) -> str | None:
    """Find the header of the time of day that belongs to a header of a date: "Date de début", "Heure de début"."""
    rest = _rest(date_header, DATE_WORDS, TIME_WORDS)
    if rest is None:
        return None
    return next((h for h in headers if h != date_header and _rest(h, TIME_WORDS, DATE_WORDS) == rest), None)


def _rest(header: str, needed: frozenset[str], absent: frozenset[str]) -> tuple[str, ...] | None:
    tokens = header_key(spaced(BRACKETED.sub(" ", header))).split("_")
    if not needed & set(tokens) or absent & set(tokens):
        return None
    return tuple(sorted(t for t in tokens if t not in needed and t not in FILLING))
