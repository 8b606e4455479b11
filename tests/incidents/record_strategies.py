"""Any record, as hypothesis draws it: what an import can have made, in all its precisions, bounds and odd words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from incidents import model
from incidents.amount import Amount
from incidents.csv_import import MAX_ID
from incidents.impact import span_of
from incidents.model import Incident, Part, Provider
from incidents.moment import Moment, MomentError, Precision, Qualifier, bounds

# What separates, quotes, disarms, bullets and breaks lines is drawn far more often than in a text at random.
SIGNS = "=+-@'\";,|[]{}()!\t\n\r\\/:#*•·＝－@\u00a0\u200b\u2028éλ😀 aZ09"
LETTERS = st.one_of(
    st.sampled_from(SIGNS),
    st.characters(exclude_categories=("Cs", "Cc")),
)
ZONES = ("Europe/Paris", "UTC", "America/St_Johns", "Pacific/Auckland")


def texts(most: int = 30, alphabet: st.SearchStrategy[str] = LETTERS) -> st.SearchStrategy[str]:
    """Draw texts that are not blank; the blanks around a text are no part of it in any cell."""
    return st.text(alphabet, min_size=1, max_size=most).map(str.strip).filter(bool)


def one_line(most: int = 20) -> st.SearchStrategy[str]:
    signs = st.one_of(
        st.sampled_from([sign for sign in SIGNS if sign >= " "]),
        st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    )
    return texts(most, signs)


ADDRESSES = st.text("abc/?&=;%-._~#", max_size=12).map("https://example.org/".__add__)
WORDS = st.lists(texts(12), max_size=3, unique=True).map(tuple)


@st.composite
def moments(draw: st.DrawFn, zone: str | None) -> Moment:
    precision = draw(st.sampled_from(Precision))
    qualifier = draw(st.sampled_from(Qualifier))
    at = draw(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)))
    words = draw(st.none() | texts())
    first = at.replace(microsecond=0, tzinfo=UTC)
    last = first + timedelta(seconds=draw(st.integers(0, 10**7)))
    if draw(st.integers(0, 5)) == 0:
        low, high = draw(st.sampled_from([(first, last), (first, None), (None, last)]))
        return Moment("", precision, qualifier, low, high, zone, words)
    offset = draw(st.sampled_from(["+00:00", "+02:00", "-09:30"]))
    season = f"{at:%Y}-{('spring', 'summer', 'autumn', 'winter')[at.month // 4]}"
    value = {
        Precision.DAY: f"{at:%Y-%m-%d}",
        Precision.MONTH: f"{at:%Y-%m}",
        Precision.SEASON: season,
        Precision.YEAR: f"{at:%Y}",
    }.get(precision, f"{at:%Y-%m-%dT%H:%M:%S}{offset}")
    earliest, latest = bounds(value, precision, qualifier, zone)
    if draw(st.booleans()):
        earliest -= timedelta(seconds=draw(st.integers(0, 10**6)))
        latest += timedelta(seconds=draw(st.integers(0, 10**6)))
    return Moment(value, precision, qualifier, earliest, latest, zone, words)


@st.composite
def amounts(draw: st.DrawFn, *, whole: bool) -> Amount:
    numbers: st.SearchStrategy[Any] = st.integers(0, 10**15)
    if not whole:
        numbers = st.one_of(st.integers(0, 10**9), st.floats(1e-9, 1e9))
    low, central, high = sorted(draw(st.lists(numbers, min_size=3, max_size=3)))
    kept = draw(st.lists(st.booleans(), min_size=3, max_size=3).filter(any))
    values = [number if keep else None for number, keep in zip((low, high, central), kept, strict=True)]
    return Amount(*values, draw(st.none() | texts()))


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """Draw an incident; its operator takes part in it, and it does not end before it starts."""
    zone = draw(st.sampled_from(ZONES))
    operator = draw(st.none() | one_line())
    parts = [
        Part(provider, role)
        for provider, role in draw(
            st.lists(st.tuples(one_line(), st.sampled_from(model.ROLES)), max_size=3, unique=True)
        )
    ]
    if operator and not any(part.provider_id == operator for part in parts):
        parts.insert(0, Part(operator, "operator"))
    maybe = st.none() | moments(zone)
    values: dict[str, Any] = {
        "id": draw(texts(MAX_ID, st.sampled_from("=+-@'\";,|:azé•09 "))),
        "collection": "own",
        "title": draw(texts()),
        "status": draw(st.sampled_from(model.STATUSES)),
        "started_at": draw(moments(zone)),
        "detected_at": draw(maybe),
        "aware_at": draw(maybe),
        "reported_at": draw(maybe),
        "timezone": zone,
        "operator_id": operator,
        "service_ids": tuple(draw(st.lists(one_line(), max_size=3, unique=True))),
        "providers": tuple(parts),
        "duration": draw(st.none() | amounts(whole=False)),
        "affected": draw(st.none() | amounts(whole=True)),
        "affected_unit": draw(st.none() | st.sampled_from(model.AFFECTED_UNITS)),
        "region": draw(WORDS),
        "cause": draw(st.sampled_from(model.CAUSES)),
        "technical_cause": draw(st.none() | texts()),
        "third_party": draw(st.sampled_from(model.ANSWERS)),
        "planned_maintenance": draw(st.sampled_from(model.ANSWERS)),
        "severity": draw(st.none() | st.sampled_from(model.SEVERITIES)),
        "summary": draw(st.none() | texts(80)),
        "tags": draw(WORDS),
        "inferred_fields": draw(WORDS),
        "source_urls": tuple(draw(st.lists(ADDRESSES, max_size=2, unique=True))),
        "confidence": draw(st.none() | st.sampled_from(model.CONFIDENCES)),
        "unmatched_values": draw(WORDS),
    }  # fmt: skip
    open_ended = Incident(**values)
    end = draw(maybe)
    if end is not None and end.latest is not None and end.latest < span_of(open_ended).start_earliest:
        end = None
    try:
        return Incident(**values, resolved_at=end)
    except MomentError:  # pragma: no cover
        return open_ended


@st.composite
def providers(draw: st.DrawFn) -> Provider:
    return Provider(
        id=draw(one_line()),
        name=draw(texts()),
        kind=draw(st.sampled_from(model.PROVIDER_KINDS)),
        aliases=draw(WORDS),
        country=draw(st.none() | texts(5)),
        note=draw(st.none() | texts(60)),
        source_url=draw(st.none() | ADDRESSES),
    )
