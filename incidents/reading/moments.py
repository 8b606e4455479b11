"""Reads a date, time or span of time as people and machines write it, in French or English, into bounds.

ISO first and fast, then numbers, then phrases of both languages, and a general parser, fenced, last. Never fills in
a part that the text does not give. Knows no columns and no clock: zone, order and reference day are given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import get_args

from incidents.moment import Moment, MomentError, Precision, exact_moment
from incidents.reading.fallback import parsed_elsewhere
from incidents.reading.iso import iso_moment
from incidents.reading.parts import Notes, Setting
from incidents.reading.phrases import interpret
from incidents.reading.tokens import DateOrder, Unread, tokens_of
from incidents.reading.words import (
    INVISIBLE,
    ONGOING,
    REORDERING,
    SPREADSHEET_ERRORS,
    plain,
    says_unknown,
)
from incidents.zones import zone_named

__all__ = [
    "MOMENT_NOTES",
    "DateOrder",
    "MomentError",
    "Reading",
    "orders_of",
    "read_moment",
    "read_moment_fields",
]

LONGEST = 120
CACHED = 1 << 14

MOMENT_NOTES: Mapping[str, str] = {
    "no-zone-utc": "no time zone is stated: read as UTC",
    "zone-in-text": "the text names another zone than the one stated; its own was used",
    "two-digit-year": "a year of two digits was read as 1969 to 2068",
    "midnight-starts-day": "midnight was read as the start of the day",
    "leap-second": "a second 60 was read as 59",
    "year-from-reference": "the year was taken from the stated reference day",
    "winter-of-december": "a winter counts for the year of its December",
    "past-midnight": "the range was read as ending on the following day",
    "range": "the text gives a range; the moment lies somewhere in it",
    "marks-removed": "characters that cannot be seen were left out",
    "epoch": "read as the seconds of a computer's clock, UTC",
    "general-parser": "read by the general date parser",
}
"""What reading remarks, by slug."""


DAY_AND_MONTH: tuple[DateOrder, ...] = ("DMY", "MDY")
NUMERIC = re.compile(r"(\d\d?)([/.-])(\d\d?)\2([12]\d{3})(?: (\d\d?):(\d\d)(?::(\d\d))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: a moment, or None where it says "unknown" or, with `ongoing`, "not over yet"."""

    moment: Moment | None
    notes: tuple[str, ...] = ()
    ongoing: bool = False


def read_moment(
    text: str,
    *,
    zone: str | None = None,
    date_order: DateOrder | None = None,
    reference: date | None = None,
    time_of: date | None = None,
) -> Reading:
    """Read a moment as written.

    A time without an offset takes the IANA `zone`, or UTC with a note. `date_order` decides "12/09/2025"; without
    it only a date with one possible reading is read. Relative words and dates without a year need `reference`, a
    time alone needs `time_of`. Raises `MomentError`, whose code says why (`MOMENT_REASONS`).
    """
    if len(text) >= 10 and text[4] == "-" and text[7] == "-":
        moment = iso_moment(text, zone)
        if moment is not None:
            return _said(moment)
    elif date_order in DAY_AND_MONTH and zone is not None and (found := NUMERIC.fullmatch(text)):
        moment = iso_moment(_as_iso(found, date_order), zone)
        if moment is not None:
            return _said(moment)
    answer = _read(text, zone, date_order, reference, time_of)
    if isinstance(answer, Reading):
        return answer
    code, params = answer
    raise MomentError(code, text, params)


def _as_iso(found: re.Match[str], order: DateOrder) -> str:
    """Write a numeric date whose order is known as ISO; what it says is then read, or refused, as such."""
    first, _, second, year, hour, minute, seconds = found.groups()
    day, month = (first, second) if order == "DMY" else (second, first)
    text = f"{year}-{month:0>2}-{day:0>2}"
    if hour is not None:
        text += f"T{hour:0>2}:{minute}" + (f":{seconds}" if seconds else "")
    return text


_set_moment, _set_notes, _set_ongoing = (
    Reading.__dict__[name].__set__ for name in ("moment", "notes", "ongoing")
)


def _said(moment: Moment) -> Reading:
    """Make a reading without remarks, four times as fast as by its own constructor: imports make millions."""
    reading = Reading.__new__(Reading)
    _set_moment(reading, moment)
    _set_notes(reading, ())
    _set_ongoing(reading, False)
    return reading


@lru_cache(maxsize=CACHED)
def _read(
    text: str, zone: str | None, order: DateOrder | None, reference: date | None, time_of: date | None
) -> Reading | tuple[str, Mapping[str, object]]:
    """Read what is no plain ISO text; an error is returned as its code and parameters, so that it is kept too."""
    try:
        return _slowly(text, zone, order, reference, time_of)
    except MomentError as error:
        return error.code, {name: value for name, value in error.params.items() if name != "value"}
    except Unread:
        return "not-a-date", {}


def _slowly(
    text: str, zone: str | None, order: DateOrder | None, reference: date | None, time_of: date | None
) -> Reading:
    if zone is not None:
        zone_named(zone)
    notes = Notes()
    words = text.strip()
    if len(words) > LONGEST:
        raise MomentError("too-long", text, {"length": len(words)})
    if REORDERING.search(words):
        raise MomentError("control-characters", text)
    if INVISIBLE.search(words):
        words = INVISIBLE.sub("", words).strip()
        notes.add("marks-removed")
    folded = plain(words).strip("\"' ")
    if SPREADSHEET_ERRORS.fullmatch(folded):
        raise MomentError("spreadsheet-error", text)
    if says_unknown(folded):
        return Reading(None, tuple(notes.slugs))
    if folded.strip(".!()[] ") in ONGOING:
        return Reading(None, tuple(notes.slugs), ongoing=True)
    setting = Setting(" ".join(words.split()), zone, order, reference, time_of)
    moment = _iso_again(folded, setting) or _digits(folded, setting, notes) or _phrase(folded, setting, notes)
    return Reading(moment, tuple(notes.slugs))


SPACED_OFFSET = re.compile(r"(\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?([+-]\d\d):?(\d\d)?")


def _iso_again(folded: str, setting: Setting) -> Moment | None:
    """Read ISO forms with a space before the offset, and decide whether a minus begins an offset or ends a range."""
    match = SPACED_OFFSET.fullmatch(folded)
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{match[1]}{match[2]}:{match[3] or '00'}")
    except ValueError:
        return None
    if "t" not in match[1] and match[1].count(":") == 1 and match[2][0] == "-" and ":" in folded[-4:]:
        local = moment.replace(tzinfo=None)
        same = (
            {local.replace(tzinfo=zone_named(setting.zone), fold=fold).utcoffset() for fold in (0, 1)}
            if setting.zone
            else set()
        )
        if moment.utcoffset() not in same:
            later = folded[-5:] > match[1][-5:]
            if later:
                raise MomentError("ambiguous-offset", setting.text, {"offset": folded[-6:]})
    seconds = match[1].count(":") == 2
    return exact_moment(moment, Precision.SECOND if seconds else Precision.MINUTE, setting.zone)


DIGITS = re.compile(r"(\d{4,19})(?:[.,](\d{1,20}))?")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_UNITS = {10: 1, 13: 10**3, 16: 10**6, 19: 10**9}
EPOCH_FIRST, EPOCH_LAST = 10**9, 4_102_444_800  # September 2001 to the end of 2099


def _digits(folded: str, setting: Setting, notes: Notes) -> Moment | None:
    """Read what is written in digits alone: YYYYMMDD, with a time behind it, or seconds of a computer's clock."""
    match = DIGITS.fullmatch(folded)
    if match is None:
        return None
    digits, fraction = match[1], match[2]
    size = len(digits)
    if size == 5 and 20_000 <= int(digits) <= 80_000:
        raise MomentError("spreadsheet-number", setting.text)
    clock = setting.time_of is not None and size in (4, 6) and not fraction
    if clock:
        tokens = f"{setting.time_of:%Y%m%d}".rjust(8, "0") + "t" + digits
        return _phrase(tokens, setting, notes)
    if size == 6 and not fraction and "190000" < digits < "210000" and "01" <= digits[4:] <= "12":
        return _phrase(f"{digits[:4]}-{digits[4:]}", setting, notes)
    if size == 8 and not fraction:
        return _eight(digits, setting, notes)
    epoch = _epoch(digits) if size in EPOCH_UNITS else None
    stamp = None
    if size in (10, 12, 14) and not fraction and "1990" <= digits[:4] <= "2099":
        stamp = _stamp(digits)
    if epoch is not None and stamp is not None:
        shown = {
            "first": stamp.isoformat(sep=" ", timespec="minutes"),
            "second": epoch.isoformat()[:19] + "Z",
        }
        raise MomentError("ambiguous-number", setting.text, shown)
    if stamp is not None:
        return _phrase(f"{digits[:8]}t{digits[8:]}" + ("00" if size == 10 else ""), setting, notes)
    if epoch is not None:
        notes.add("epoch")
        return exact_moment(epoch, Precision.SECOND, setting.zone)
    if size == 4:
        return None
    raise MomentError("not-a-date", setting.text)


def _eight(digits: str, setting: Setting, notes: Notes) -> Moment:
    try:
        day = datetime.strptime(digits, "%Y%m%d").date()
    except ValueError:
        day = None
    if day is not None and 1900 <= day.year <= 2099 and setting.date_order in (None, "YMD"):
        return _phrase(day.isoformat(), setting, notes)
    if "1900" <= digits[4:] <= "2099":
        return _phrase(f"{digits[:2]}/{digits[2:4]}/{digits[4:]}", setting, notes)
    if day is not None and 1900 <= day.year <= 2099:
        return _phrase(day.isoformat(), setting, notes)
    raise MomentError("not-a-date", setting.text)


def _epoch(digits: str) -> datetime | None:
    seconds = int(digits) // EPOCH_UNITS[len(digits)]
    return EPOCH + timedelta(seconds=seconds) if EPOCH_FIRST <= seconds <= EPOCH_LAST else None


def _stamp(digits: str) -> datetime | None:
    try:
        return datetime.strptime(digits, {10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}[len(digits)])
    except ValueError:
        return None


def _phrase(folded: str, setting: Setting, notes: Notes) -> Moment:
    """Read a phrase by its tokens; what they do not cover goes to the general parser, without hedges."""
    try:
        tokens, remarks = tokens_of(folded, setting.date_order)
        for remark in remarks:
            notes.add(remark)
        return interpret(tokens, setting, notes)
    except Unread:
        found = parsed_elsewhere(folded)
        if found is None:
            raise
    notes.add("general-parser")
    tokens, _ = tokens_of(found, None)
    return interpret(tokens, setting, notes)


NUMBERS = re.compile(r"(?<!\d)\d{1,2}([-/. ]) ?\d{1,2}\1 ?(?:(?P<year>\d{4})|\d\d)(?!\d)|(?<!\d)\d{8}(?!\d)")
ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)


def orders_of(text: str) -> frozenset[DateOrder]:
    """Give the orders of day, month and year in which a text can be read; all three where its order is plain.

    The orders that every value of a column allows decide for the column; where several remain, ask.
    """
    match = NUMBERS.search(text)
    if match is None:
        return frozenset(ORDERS)
    possible = ORDERS if match["year"] is None else ORDERS[:2]
    reads = {order: _read(text, "UTC", order, None, date(2000, 1, 1)) for order in possible}
    return frozenset(order for order, answer in reads.items() if isinstance(answer, Reading))


def read_moment_fields(
    name: str,
    row: Mapping[str, str | None],
    *,
    zone: str | None = None,
    date_order: DateOrder | None = None,
    reference: date | None = None,
    time_of: date | None = None,
) -> Reading:
    """Read a moment from a table's cells, as people write them.

    The cell `name` is read as `read_moment` does; what stands beside it (`name_precision`, `name_qualifier`,
    `name_earliest`, `name_latest`, `name_words`) wins over what the text implies. Raises `MomentError`.
    """
    text = row.get(name) or ""
    beside = {key: (row.get(f"{name}_{key}") or "").strip() for key in BESIDE}
    reading = read_moment(text, zone=zone, date_order=date_order, reference=reference, time_of=time_of)
    if not any(beside.values()):
        return reading
    notes = list(reading.notes)
    moment = reading.moment
    flat = (
        moment.flat(name) if moment is not None else dict.fromkeys((name, *(f"{name}_{k}" for k in BESIDE)))
    )
    for key, given in beside.items():
        if not given:
            continue
        if key in ("precision", "qualifier"):
            given = given.lower()
        elif key != "words":
            side = read_moment(given, zone=zone, date_order=date_order).moment
            if side is None:
                continue
            edge = side.earliest if key == "earliest" else side.latest if not side.has_time else side.at
            given = edge.isoformat() if edge is not None else ""
        flat[f"{name}_{key}"] = given or None
    if moment is None and not (flat[f"{name}_earliest"] or flat[f"{name}_latest"]):
        return reading
    return Reading(Moment.from_flat(name, flat, zone), tuple(notes), reading.ongoing)


BESIDE = ("precision", "qualifier", "earliest", "latest", "words")
