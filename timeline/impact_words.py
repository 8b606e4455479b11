"""The figures of an incident page: user-hours, people, duration, yardstick; each with bounds and formula.

Turns the values of `IncidentPage` into texts in the reader's language. Knows no HTML and no store.
"""

from __future__ import annotations

from dataclasses import dataclass

from incidents import COUNTED_AS_USERS, Amount, Figure, Incident
from timeline.duty_words import ordered, reason_words
from timeline.formats import format_amount, format_duration, format_number
from timeline.incident_page import IncidentPage
from timeline.incident_words import precise
from timeline.labels import label
from timeline.wording import _


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureWords:
    """A figure card: number, what it is, and the lines of its formula."""

    number: str
    words: str
    formula: tuple[str, ...] = ()
    link: str = ""
    id: str = ""


def impact(page: IncidentPage) -> list[FigureWords]:
    """Give the figure cards: user-hours with its lower bound, affected, duration, and the absolute yardstick."""
    cards = []
    incident = page.incident
    if page.user_hours:
        cards += _user_hours_cards(page.user_hours)
    else:
        cards.append(
            FigureWords(
                number="–",
                words=_("user-hours: not known"),
                formula=(user_hours_missing(page.incident),),
                id="user-hours",
            )
        )
    if incident.affected:
        cards.append(
            FigureWords(
                number=format_amount(incident.affected, style="symbols"),
                words=label(incident.affected_unit or "users", "affected_unit"),
                formula=(bounds_line(incident.affected),),
                id="affected",
            )
        )
    if page.duration:
        cards.append(
            FigureWords(
                number=format_duration(page.duration, style="symbols"),
                words=_("how long the main effect lasted"),
                formula=(
                    _("Computed from start and end.")
                    if page.duration.inputs[0].derived
                    else _("As the sources state it."),
                    bounds_line(page.duration.amount, minutes=True),
                ),
                id="duration",
            )
        )
    for duty in page.yardsticks:
        if duty.obligation.id == "enisa-absolute" and duty.assessment.outcome != "does_not_apply":
            cards.append(
                FigureWords(
                    number=label(str(duty.assessment.outcome), "outcome"),
                    words=_("ENISA’s absolute threshold, 1 million user-hours"),
                    formula=tuple(
                        reason_words(reason, incident.timezone) for reason in ordered(duty.assessment.reasons)
                    ),
                    id="enisa",
                )
            )
    return cards


def _user_hours_cards(figure: Figure) -> list[FigureWords]:
    amount = figure.amount
    inputs = {part.field: part.amount for part in figure.inputs}
    people, minutes = inputs.get("affected"), inputs.get("duration")
    formula = [_("User-hours = people affected × duration in hours, on each bound.")]
    for name, side in (
        (_("central value"), "central"),
        (_("lower bound"), "low"),
        (_("upper bound"), "high"),
    ):
        total = getattr(amount, side)
        if total is None:
            formula.append(_("%(bound)s: not known", bound=name))
        elif people is not None and minutes is not None:
            formula.append(
                _(
                    "%(bound)s: %(people)s × %(duration)s = %(total)s user-hours",
                    bound=name,
                    people=format_number(getattr(people, side)),
                    duration=format_duration(getattr(minutes, side)),
                    total=precise(total),
                )
            )
    cards = []
    if amount.central is not None and amount.central != amount.low:
        cards.append(
            FigureWords(
                number=f"≈\u00a0{precise(amount.central)}",
                words=_("user-hours lost, central value"),
                formula=tuple(formula),
                id="user-hours",
            )
        )
    if amount.low is not None:
        exact = amount.low == amount.high
        number = precise(amount.low) if exact else f"≥\u00a0{precise(amount.low, rounding='down')}"
        words = _("user-hours lost") if exact else _("user-hours lost, lower bound")
        if amount.high is None:
            words = _("user-hours lost, lower bound; no upper bound is known")
        cards.append(FigureWords(number=number, words=words, formula=tuple(formula), id="user-hours-low"))
    if amount.high is not None and amount.high != amount.low:
        cards.append(
            FigureWords(
                number=f"≤\u00a0{precise(amount.high, rounding='up')}",
                words=_("user-hours lost, upper bound"),
                formula=tuple(formula),
                id="user-hours-high",
            )
        )
    return cards


def user_hours_missing(incident: Incident) -> str:
    """Say what user-hours lack, in a sentence: the number, a unit that counts users, or the duration."""
    if incident.affected is None:
        return _("The number of people affected is not known.")
    if incident.affected_unit is None:
        return _("What the number affected counts is not stated: users, sites, calls ...")
    if incident.affected_unit not in COUNTED_AS_USERS:
        return _(
            "The unit is %(unit)s, which does not count users.",
            unit=label(incident.affected_unit, "affected_unit"),
        )
    return _("The duration is not known.")


def bounds_line(amount: Amount, minutes: bool = False) -> str:
    """Say both bounds of an amount, an unknown one as unknown."""
    write = format_duration if minutes else format_number
    lower = _("Lower bound: not known.")
    if amount.low is not None:
        lower = _("Lower bound: %(low)s.", low=write(amount.low))
    upper = _("Upper bound: not known.")
    if amount.high is not None:
        upper = _("Upper bound: %(high)s.", high=write(amount.high))
    return f"{lower} {upper}"
