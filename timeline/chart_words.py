"""What marks on the chart say when pointed at, how lanes are called, and the legal periods behind them.

Knows the store to read the whole incident behind a sketch. Text is escaped here for Plotly's pseudo-HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from incidents import Dimension, Incident, Milestone, Sketch, Store, duration_of, user_hours
from timeline.drawing import Period, escape
from timeline.formats import format_amount, format_day, format_duration, format_instant, format_moment
from timeline.incident_rows import provider_name
from timeline.incident_words import affected_words
from timeline.labels import LABELS, country, label
from timeline.once_a_revision import once_a_revision
from timeline.wording import N_, _, language, record_text

PERIODS = (
    ("cloud-act", N_("US CLOUD Act in force")),
    ("nis2-in-force", N_("NIS2 directive in force (EU level)")),
    ("dora-applies", N_("DORA applies")),
)
"""Milestones (by id) from which a law holds until today: drawn as bands behind the context lane."""


@once_a_revision
def _milestones(store: Store) -> Mapping[str, Milestone]:
    return {record.id: record for record in store.all("milestone") if isinstance(record, Milestone)}


def legal_periods(store: Store) -> list[Period]:
    """Give the periods whose milestone is on record and dated."""
    known = _milestones(store)
    found = []
    for key, words in PERIODS:
        when = known[key].date if key in known else None
        if when is not None and when.earliest is not None:
            found.append(Period(_(words), when.earliest))
    return found


def lane_words(store: Store) -> Callable[[Dimension, str], str]:
    """Give the function that names a lane in the reader's language."""
    names = {
        rule.id: rule.name_fr if language() == "fr" else rule.name_en for rule in store.stored_obligations()
    }

    def words(dimension: Dimension, key: str) -> str:
        if dimension == "obligation" and key == "~none":
            return _("None, or undetermined")
        if key in LABELS["lane"]:
            return label(key, "lane")
        if dimension in ("operator", "supplier"):
            return provider_name(store, key)
        if dimension == "country":
            return country(key)
        if dimension == "obligation":
            return names.get(key) or key
        return label(key, dimension)

    return words


class Hover:
    """Writes what a mark says. Made once an answer, so that each incident is read once."""

    def __init__(self, store: Store, incidents: Mapping[str, Incident], zone: ZoneInfo) -> None:
        self.store = store
        self.zone = zone
        self._incidents = dict(incidents)

    def incident(self, sketch: Sketch) -> Incident | None:
        if sketch.id not in self._incidents:
            found = self.store.get("incident", sketch.id)
            if isinstance(found, Incident):
                self._incidents[sketch.id] = found
        return self._incidents.get(sketch.id)

    def title(self, sketch: Sketch) -> str:
        return record_text(sketch, "title")

    def lines(self, sketch: Sketch) -> Sequence[str]:
        """Write the lines of an incident: title, when, how long and how many, who, how severe."""
        incident = self.incident(sketch)
        lines = [escape(_cut(self.title(sketch), 90))]
        if incident is None:
            return lines
        lines.append(escape(format_moment(incident.started_at, zone=self.zone)))
        impact = []
        duration = duration_of(incident)
        if incident.is_open:
            impact.append(_("ongoing"))
        elif duration is not None:
            impact.append(format_duration(duration))
        elif sketch.end_state == "unknown":
            impact.append(_("end not known"))
        if incident.affected is not None:
            impact.append(affected_words(incident))
        hours = user_hours(incident)
        if hours is not None:
            impact.append(_("%(amount)s user-hours", amount=format_amount(hours, style="symbols")))
        if impact:
            lines.append(escape(" · ".join(impact)))
        who = [provider_name(self.store, incident.operator_id)] if incident.operator_id else []
        who += [provider_name(self.store, key) for key in incident.suppliers if key != incident.operator_id]
        if incident.third_party == "yes" and not incident.suppliers:
            who.append(_("supplier not named"))
        if who:
            lines.append(escape(_cut(" · ".join(who), 80)))
        lines.append(
            escape(f"{label(incident.severity or 'unknown', 'severity')} · {label(incident.cause, 'cause')}")
        )
        return lines

    def milestone(self, milestone: Milestone) -> Sequence[str]:
        when = format_moment(milestone.date, zone=self.zone) if milestone.date else ""
        return [
            escape(_cut(record_text(milestone, "title"), 90)),
            escape(f"{when} · {label(milestone.kind, 'milestone_kind')}"),
        ]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def window_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Name a window as coarsely as it is wide: years, months, days or times of day.

    From midnight to midnight it is named by its days, the last one included.
    """
    first, last = start.astimezone(zone), (end - timedelta(seconds=1)).astimezone(zone)
    days = (end - start).total_seconds() / 86400
    whole = _is_midnight(first) and _is_midnight(end.astimezone(zone)) and end > start
    if days > 2.5 * 365:
        words = (str(first.year), str(last.year))
    elif days > 100:
        words = (format_day(f"{first:%Y-%m}"), format_day(f"{last:%Y-%m}"))
    elif days >= 2 or whole:
        return _days_words(first, last)
    else:
        words = (
            format_instant(start, zone=zone, short=True, show_zone=False),
            format_instant(end, zone=zone, short=True, show_zone=False),
        )
    return words[0] if words[0] == words[1] else _("%(first)s to %(last)s", first=words[0], last=words[1])


def _days_words(first: datetime, last: datetime) -> str:
    """Name the days from one to another; the month and year of the first only where they are others."""
    final = format_day(last, short=True)
    if first.date() == last.date():
        return final
    words = format_day(first, short=True)
    if first.year == last.year:
        words = words.removesuffix(f" {first.year}")
        if first.month == last.month:
            words = words.partition(" ")[0]
    return _("%(first_day)s to %(last_day)s", first_day=words, last_day=final)


def edge_words(moment: datetime, zone: ZoneInfo, *, last: bool = False) -> str:
    """Name one end of a window that is open on the other: a day where it is midnight, the day before where `last`."""
    local = moment.astimezone(zone)
    if _is_midnight(local):
        return format_day(local - timedelta(days=1) if last else local, short=True)
    return format_instant(moment, zone=zone, short=True, show_zone=False)


def _is_midnight(local: datetime) -> bool:
    return not (local.hour or local.minute or local.second)
