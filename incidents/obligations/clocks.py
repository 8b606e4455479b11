"""When a duty falls due: periods added to anchors, as ranges, in calendar months and local days.

Pure computation on moments; the present is given by the caller. Knows no rule file and no incident: what
anchors are known is passed in.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from incidents.moment import Moment
from incidents.obligations import reasons as say
from incidents.obligations.reasons import Both, Reason, Word

ANCHORS = (
    "awareness",
    "detection",
    "discovery",
    "classification",
    "occurrence",
    "alert_threshold_crossed",
    "request_authenticated",
    "initial_submitted",
    "notification_submitted",
    "latest_intermediate_submitted",
    "handling_completed",
    "analysis_completed",
    "fix_available",
    "directive_notified",
    "formal_notice",
    "intent_notified",
    "vendor_assessment",
    "anssi_signal",
)
ANCHOR_FIELDS = {"occurrence": "started_at", "awareness": "aware_at", "detection": "detected_at"} | {
    "classification": "classified_at",
    "discovery": "discovered_at",
}
"""The field that holds the moment of an anchor; any other anchor is its own field with `_at`."""

ClockKind = Literal["due", "without_delay", "no_period", "every"]
ClockState = Literal[
    "pending",
    "due_soon",
    "overdue",
    "met",
    "met_late",
    "undetermined",
    "indicative",
    "at_once",
    "no_period",
    "recurring",
]
PERIOD = re.compile(
    r"P(?:(\d{1,7})Y)?(?:(\d{1,7})M)?(?:(\d{1,7})W)?(?:(\d{1,7})D)?"
    r"(?:T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,7})S)?)?",
    re.ASCII,
)
STATE_WITHOUT_DUE: Mapping[str, ClockState] = {
    "without_delay": "at_once",
    "no_period": "no_period",
    "every": "recurring",
}
SATURDAY = 5
SOON = timedelta(hours=24)
LONGEST_YEARS = 100


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as a law writes it: calendar months and days, and elapsed seconds."""

    text: str
    months: int
    days: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ISO 8601 (`PT24H`, `P1M`, `P2Y`). Raises ValueError for anything else and for zero."""
        match = PERIOD.fullmatch(text)
        if match is None or text.endswith(("P", "T")):
            raise ValueError(text)
        years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        period = cls(text, years * 12 + months, weeks * 7 + days, hours * 3600 + minutes * 60 + seconds)
        length = period.months / 12 + period.days / 365 + period.seconds / 31_536_000
        if not 0 < length <= LONGEST_YEARS:
            raise ValueError(text)
        return period

    def after(self, start: datetime, zone: tzinfo = UTC) -> datetime | None:
        """Add the period to an aware instant and give UTC; None beyond the calendar.

        Months and days are counted on the calendar of the zone, at the same time of day; the 31st becomes
        the last day of a shorter month. Hours, minutes and seconds are elapsed time.
        """
        try:
            moment = start
            if self.months or self.days:
                local = start.astimezone(zone)
                year, month = divmod(local.year * 12 + local.month - 1 + self.months, 12)
                day = min(local.day, calendar.monthrange(year, month + 1)[1])
                moment = local.replace(year=year, month=month + 1, day=day, fold=0) + timedelta(
                    days=self.days
                )
            return moment.astimezone(UTC) + timedelta(seconds=self.seconds)
        except (OverflowError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Term:
    """One due time: a period from an anchor; `period` is None for `without_delay` and `no_period`."""

    due: str
    anchor: str
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """That one anchor came more than a period after another."""

    anchor: str
    later_than: Period
    after: str


@dataclass(frozen=True, slots=True)
class WeekendShift:
    """A due time on a weekend or bank holiday moves to the next working day, with exceptions."""

    at: time
    modifier: str
    not_for_clocks: frozenset[str] = frozenset()
    not_for_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of a duty. Several `terms`: the earliest holds. `every`: it recurs and has no due time.

    `follows`: the clock of the same duty whose report is the anchor. `only_if`, `unless`: it exists, or
    not, when one anchor came late. `due_text`: the clock as one line, `min(PT4H@classification,PT24H@awareness)`.
    """

    label: str
    label_fr: str
    label_en: str
    terms: tuple[Term, ...] = ()
    every: Period | None = None
    follows: str | None = None
    only_if: Later | None = None
    unless: Later | None = None
    due_text: str = field(init=False)

    def __post_init__(self) -> None:
        terms = ",".join(f"{term.due}@{term.anchor}" for term in self.terms)
        text = (
            f"every({self.every.text})" if self.every else f"min({terms})" if len(self.terms) > 1 else terms
        )
        object.__setattr__(self, "due_text", text)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of one assessment. Times are aware UTC.

    `earliest_due` and `latest_due` bound the due time; only `latest_due`: due at the latest then. `since_*`
    bounds the anchor (`without_delay` reads "at once, since ..."). `assumed_anchor`: computed from a moment
    that is not recorded but assumed, as `note` says. `missing`: fields that would settle it. `shifted`:
    moved by a weekend rule.
    """

    label: str
    kind: ClockKind
    anchor: str
    earliest_due: datetime | None = None
    latest_due: datetime | None = None
    assumed_anchor: bool = False
    label_fr: str = ""
    label_en: str = ""
    due: str = ""
    since_earliest: datetime | None = None
    since_latest: datetime | None = None
    missing: tuple[str, ...] = ()
    note: Reason | None = None
    shifted: bool = False


@dataclass(frozen=True, slots=True)
class Anchors:
    """The moments that are known, by anchor, and the calendar they count on."""

    moments: Mapping[str, Moment]
    zone: str | None = None
    holidays: Collection[date] = ()
    kinds: Collection[str] = ()

    def zone_of(self, anchor: str) -> tzinfo:
        moment = self.moments.get(anchor)
        name = (moment.zone if moment is not None else None) or self.zone
        return ZoneInfo(name) if name else UTC


def anchor_field(anchor: str) -> str:
    """Name the field that holds the moment of an anchor."""
    return ANCHOR_FIELDS.get(anchor, f"{anchor}_at")


def _words(fields: tuple[str, ...]) -> tuple[Word, ...]:
    return tuple(Word("field", name) for name in fields)


def run_clocks(
    rules: tuple[ClockRule, ...], anchors: Anchors, shift: WeekendShift | None = None
) -> tuple[Clock, ...]:
    """Compute the clocks of a duty from the anchors that are known, in the order of the rule."""
    clocks: dict[str, Clock] = {}
    for rule in rules:
        applies = _applies(rule, anchors)
        if applies is False:
            continue
        clock = _run(rule, anchors, clocks)
        if clock.kind == "due" and shift is not None:
            clock = _shifted(clock, shift, anchors)
        if applies is None:
            clock = replace(clock, note=clock.note or Reason(say.LATE_CLASSIFICATION_OPEN))
        clocks[rule.label] = clock
    return tuple(clocks.values())


def _applies(rule: ClockRule, anchors: Anchors) -> bool | None:
    if rule.only_if is not None:
        return _is_later(rule.only_if, anchors)
    if rule.unless is not None:
        late = _is_later(rule.unless, anchors)
        return None if late is None else not late
    return True


def _is_later(later: Later, anchors: Anchors) -> bool | None:
    moment, base = anchors.moments.get(later.anchor), anchors.moments.get(later.after)
    if moment is None or base is None:
        return None
    zone = anchors.zone_of(later.after)
    first, last = (
        None if end is None else later.later_than.after(end, zone) for end in (base.earliest, base.latest)
    )
    if moment.earliest is not None and last is not None and moment.earliest > last:
        return True
    return False if moment.latest is not None and first is not None and moment.latest <= first else None


def _run(rule: ClockRule, anchors: Anchors, before: Mapping[str, Clock]) -> Clock:
    if rule.every is not None:
        return _clock(rule, "every", "")
    first = rule.terms[0]
    if first.period is None:
        return _at_once(rule, first, anchors)
    if len(rule.terms) == 1:
        return _single(rule, first, first.period, anchors, before)
    return _earliest(rule, anchors)


def _clock(
    rule: ClockRule,
    kind: ClockKind,
    anchor: str,
    due: tuple[datetime | None, datetime | None] = (None, None),
    since: tuple[datetime | None, datetime | None] = (None, None),
    missing: tuple[str, ...] = (),
    note: Reason | None = None,
    *,
    assumed: bool = False,
) -> Clock:
    return Clock(
        rule.label, kind, anchor, due[0], due[1], assumed, rule.label_fr, rule.label_en, rule.due_text,
        since[0], since[1], missing, note,
    )  # fmt: skip


def _at_once(rule: ClockRule, term: Term, anchors: Anchors) -> Clock:
    kind: ClockKind = "without_delay" if term.due == "without_delay" else "no_period"
    moment = anchors.moments.get(term.anchor)
    if moment is not None:
        return _clock(rule, kind, term.anchor, since=(moment.earliest, moment.latest))
    start = _start_instead(term.anchor, anchors)
    if start is not None:
        fields, note = (anchor_field(term.anchor),), Reason(say.IF_AWARE_AT_START, {"at": start})
        return _clock(rule, kind, term.anchor, (None, None), (start, start), fields, note, assumed=True)
    return _without_anchor(rule, kind, (term.anchor,))


def _start_instead(anchor: str, anchors: Anchors) -> datetime | None:
    """Give the start, as the conditional reading of an unknown awareness. Detection is no awareness."""
    start = anchors.moments.get("occurrence") if anchor == "awareness" else None
    return None if start is None else start.at


def _without_anchor(rule: ClockRule, kind: ClockKind, names: tuple[str, ...]) -> Clock:
    fields = tuple(anchor_field(name) for name in names)
    note = Reason(say.NO_ANCHOR, {"anchors": _words(fields)})
    return _clock(rule, kind, "|".join(names), missing=fields, note=note)


def _single(
    rule: ClockRule, term: Term, period: Period, anchors: Anchors, before: Mapping[str, Clock]
) -> Clock:
    anchor = term.anchor
    moment = anchors.moments.get(anchor)
    if moment is not None:
        zone = anchors.zone_of(anchor)
        first, last = moment.earliest, moment.latest
        due = (_after(period, first, zone), _after(period, last, zone))
        return _clock(rule, "due", anchor, due, (first, last), (anchor_field(anchor),) if None in due else ())
    fields = (anchor_field(anchor),)
    start = _start_instead(anchor, anchors)
    if start is not None:
        due_at = period.after(start, anchors.zone_of("occurrence"))
        note = Reason(say.IF_AWARE_AT_START, {"at": start})
        return _clock(rule, "due", anchor, (due_at, due_at), (start, start), fields, note, assumed=True)
    previous = before.get(rule.follows) if rule.follows else None
    if previous is not None and previous.latest_due is not None:
        latest = period.after(previous.latest_due, anchors.zone_of(anchor))
        note = Reason(say.IF_SENT_WHEN_DUE, {"clock": Both(previous.label_fr, previous.label_en)})
        return _clock(rule, "due", anchor, (None, latest), (None, None), fields, note, assumed=True)
    return _without_anchor(rule, "due", (anchor,))


def _after(period: Period, start: datetime | None, zone: tzinfo) -> datetime | None:
    return None if start is None else period.after(start, zone)


def _earliest(rule: ClockRule, anchors: Anchors) -> Clock:
    """Take the earliest of several terms; while one is unknown, the others say by when at the latest."""
    singles = [_single(rule, term, term.period, anchors, {}) for term in rule.terms if term.period]
    known = [single for single in singles if single.latest_due is not None and not single.assumed_anchor]
    lacking = tuple(single.anchor for single in singles if single not in known)
    fields = tuple(anchor_field(name) for name in lacking)
    if not known:
        assumed = [single for single in singles if single.latest_due is not None]
        if not assumed:
            return _without_anchor(rule, "due", lacking)
        return replace(min(assumed, key=_latest), earliest_due=None, missing=fields)
    first = min(known, key=_latest)
    if lacking:
        note = Reason(say.AT_THE_LATEST, {"anchors": _words(fields)})
        return replace(first, earliest_due=None, missing=fields, note=note)
    starts = [single.earliest_due for single in known if single.earliest_due is not None]
    return replace(first, earliest_due=min(starts) if len(starts) == len(known) else None)


def _latest(clock: Clock) -> datetime:
    assert clock.latest_due is not None
    return clock.latest_due


def _shifted(clock: Clock, shift: WeekendShift, anchors: Anchors) -> Clock:
    if clock.label in shift.not_for_clocks and not shift.not_for_kinds.isdisjoint(anchors.kinds):
        return clock
    zone = ZoneInfo(anchors.zone) if anchors.zone else UTC
    moved = tuple(
        None if due is None else next_working(due, shift.at, zone, anchors.holidays)
        for due in (clock.earliest_due, clock.latest_due)
    )
    if moved == (clock.earliest_due, clock.latest_due):
        return clock
    return replace(clock, earliest_due=moved[0], latest_due=moved[1], shifted=True)


def next_working(due: datetime, at: time, zone: tzinfo, holidays: Collection[date] = ()) -> datetime:
    """Move a due time that falls on a weekend or holiday of the zone to `at` on the next working day."""
    day = due.astimezone(zone).date()
    if not _is_free(day, holidays):
        return due
    while _is_free(day, holidays):
        day += timedelta(days=1)
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _is_free(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() >= SATURDAY or day in holidays


def clock_state(
    clock: Clock,
    now: datetime,
    *,
    met_at: datetime | None = None,
    indicative: bool = False,
    soon: timedelta = SOON,
) -> ClockState:
    """Say how a clock stands at `now` (aware). `met_at`: when the report was made, if it was.

    An assumed anchor never makes a clock overdue: awareness may have come later. A due range that `now` or
    `met_at` lies within leaves it undetermined.
    """
    if indicative:
        return "indicative"
    if clock.kind != "due":
        if met_at is not None and clock.kind != "every":
            return "met"
        return STATE_WITHOUT_DUE[clock.kind]
    if clock.latest_due is None:
        return "undetermined"
    if met_at is not None:
        if clock.earliest_due is not None and met_at <= clock.earliest_due:
            return "met"
        return "met_late" if met_at > clock.latest_due and not clock.assumed_anchor else "undetermined"
    if now > clock.latest_due:
        return "undetermined" if clock.assumed_anchor else "overdue"
    if clock.earliest_due is not None:
        if now > clock.earliest_due:
            return "undetermined"
        return "due_soon" if clock.earliest_due - now <= soon else "pending"
    if clock.latest_due - now <= soon:
        return "due_soon"
    return "pending" if clock.assumed_anchor else "undetermined"
