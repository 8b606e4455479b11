"""The impact of what is in view as figures: a number, what it is a share of, its formula, and a link behind it.

Knows the `Summary` and how a view changes when a figure is asked for. Computes nothing that `impact` computes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from incidents import Summary, WindowAnswer
from timeline.formats import format_amount, format_compact, format_duration, format_number, format_percent
from timeline.params import View
from timeline.wording import _, ngettext


@dataclass(frozen=True, slots=True)
class FigureCard:
    """One figure as the page shows it."""

    id: str
    number: str
    words: str
    formula: tuple[str, ...]
    link: str | None
    lists: tuple[tuple[str, str], ...] = ()
    """Words and addresses of the lists of incidents that the figure counts."""


def figure_cards(
    answer: WindowAnswer,
    view: View,
    link: Callable[[View], str],
    incident_link: Callable[[str], str],
    title: Callable[[object], str],
    list_link: Callable[[View], str] | None = None,
) -> list[FigureCard]:
    """Make the six figures of a window; `link` addresses a view, `incident_link` an incident, `list_link` a list."""
    summary = answer.summary
    cards = [
        _incidents(answer, view, link),
        _user_hours(summary, view, link),
        _longest(summary, incident_link, title),
        _third_party(summary, view, link),
        _exposed(summary, view, link),
        _planned(summary, view, link),
    ]
    if list_link is None:
        return cards
    return [replace(card, lists=_lists(card, summary, view, list_link)) for card in cards]


def _lists(
    card: FigureCard, summary: Summary, view: View, link: Callable[[View], str]
) -> tuple[tuple[str, str], ...]:
    """Give the lists behind a figure: the incidents that it counts, as the filters find them."""
    show = _("Show these incidents")
    match card.id:
        case "incidents":
            return ((show, link(view)),)
        case "user_hours" if summary.known:
            return ((show, link(view.with_query(order="user_hours"))),)
        case "longest" if summary.durations_known:
            return ((show, link(view.with_query(order="duration"))),)
        case "third_party":
            through = (
                ((show, link(view.with_filter("third_party", ["yes"]))),) if summary.third_party.part else ()
            )
            unnamed = (
                _("Show those without a named supplier"),
                link(view.with_filter("supplier", ["~unnamed"])),
            )
            unknown = (_("Show those not known"), link(view.with_filter("third_party", ["unknown"])))
            return (
                *through,
                *((unnamed,) if summary.unnamed_supplier else ()),
                *((unknown,) if summary.third_party.unknown else ()),
            )
        case "exposed" if summary.exposed.part:
            return ((show, link(view.with_filter("exposed", ["yes"]))),)
        case "planned" if summary.planned.part:
            return ((show, link(view.with_filter("planned", ["yes"]))),)
    return ()


def _incidents(answer: WindowAnswer, view: View, link: Callable[[View], str]) -> FigureCard:
    total, outside = answer.total, answer.outside
    words = ngettext("incident in view: all that match", "incidents in view: all that match", total)
    if outside:
        words = ngettext(
            "incident in view, %(outside)s outside these dates",
            "incidents in view, %(outside)s outside these dates",
            total,
            outside=format_number(outside),
        )
    formula = (
        _(
            "Incidents that match the filters and lie in the window, wholly or in part: %(total)s."
            " Before or after it: %(outside)s.",
            total=total,
            outside=outside,
        ),
        _(
            "In lanes by supplier, country or obligation one incident can stand in several lanes;"
            " here it counts once."
        ),
    )
    possible = answer.summary.possible
    if possible:
        words += " · " + ngettext(
            "%(num)s may have ended before them, and is in no other figure",
            "%(num)s may have ended before them, and are in no other figure",
            possible,
            num=format_number(possible),
        )
    return FigureCard("incidents", format_number(total), words, formula, link(view) + "#incidents")


def _exposed(summary: Summary, view: View, link: Callable[[View], str]) -> FigureCard:
    part, whole = summary.exposed.part, summary.exposed.whole
    words = _("involve a provider under non-European law · %(part)s of %(whole)s", part=part, whole=whole)
    formula = (
        _(
            "Incidents with a provider, in any role but regulator, that is on record as exposed to a law from outside"
            " Europe, itself or through an owner, ÷ incidents in view = %(part)s ÷ %(whole)s.",
            part=part,
            whole=whole,
        ),
        _("A legal risk, not a fact of access; for many companies judged by their seat."),
    )
    behind = link(view.with_filter("exposed", ["yes"])) if part else None
    return FigureCard("exposed", format_percent(summary.exposed), words, formula, behind)


def _planned(summary: Summary, view: View, link: Callable[[View], str]) -> FigureCard:
    share = summary.planned
    words = [_("began with planned maintenance · of %(whole)s", whole=share.whole)]
    if share.unknown:
        words.append(_("unknown for %(unknown)s", unknown=share.unknown))
    formula = _(
        "Incidents in view whose sources say that planned work started them: %(part)s of %(whole)s."
        " For %(unknown)s nobody says.",
        part=share.part,
        whole=share.whole,
        unknown=share.unknown,
    )
    behind = link(view.with_filter("planned", ["yes"])) if share.part else None
    return FigureCard("planned", format_number(share.part), " · ".join(words), (formula,), behind)


def _user_hours(summary: Summary, view: View, link: Callable[[View], str]) -> FigureCard:
    amount = summary.user_hours
    known = _("%(known)s of %(whole)s known", known=summary.known, whole=summary.incidents)
    method = _(
        "Sum over the incidents of people affected × duration. Only where the people are counted as users or"
        " subscribers and a duration is known: %(known)s of %(whole)s.",
        known=summary.known,
        whole=summary.incidents,
    )
    if amount is None:
        return FigureCard("user_hours", "–", _("user-hours lost · %(known)s", known=known), (method,), None)
    lines = [method, _("Lower bound: %(low)s.", low=format_number(amount.low, rounding="down"))]
    if amount.central is not None:
        lines.append(
            _("With the numbers that the sources name: %(central)s.", central=format_compact(amount.central))
        )
    if amount.high is None:
        words = _("user-hours lost, lower bound · %(known)s", known=known)
        lines.append(_("Upper bound: not known, since for one of them at least no source gives one."))
    else:
        words = _("user-hours lost · %(known)s", known=known)
        lines.append(_("Upper bound: %(high)s.", high=format_number(amount.high, rounding="up")))
    if amount.high is None and amount.low is not None:
        number = f"≥\u00a0{format_compact(amount.low, rounding='down')}"
    else:
        number = format_amount(amount, style="symbols")
    number = f"{number}\u00a0h"
    return FigureCard(
        "user_hours", number, words, tuple(lines), link(view.with_query(order="user_hours")) + "#incidents"
    )


def _longest(
    summary: Summary, incident_link: Callable[[str], str], title: Callable[[object], str]
) -> FigureCard:
    known = _(
        "The longest main effect among the incidents in view that have a duration: %(known)s of %(whole)s."
        " Compared by the central value, else by the lower bound.",
        known=summary.durations_known,
        whole=summary.incidents,
    )
    if summary.longest is None:
        return FigureCard("longest", "–", _("longest: no duration is known"), (known,), None)
    return FigureCard(
        "longest",
        format_duration(summary.longest.duration),
        _("longest: %(title)s", title=title(summary.longest)),
        (known,),
        incident_link(summary.longest.id),
    )


def _third_party(summary: Summary, view: View, link: Callable[[View], str]) -> FigureCard:
    share = summary.third_party
    words = [
        _("came through a third party"),
        _("%(part)s of %(whole)s", part=share.part, whole=share.whole),
        _("unknown for %(unknown)s", unknown=share.unknown) if share.unknown else "",
        _("supplier not named in %(unnamed)s", unnamed=summary.unnamed_supplier)
        if summary.unnamed_supplier
        else "",
    ]
    lines = [
        _("Incidents that came through a supplier, named or not, ÷ incidents in view = %(part)s ÷ %(whole)s.",
          part=share.part, whole=share.whole)
    ]  # fmt: skip
    if share.unknown and share.unknown == share.whole:
        # Nobody says it of any of them: a share of nothing would read as none.
        unknown = _(
            "third party: unknown for %(unknown)s of %(whole)s", unknown=share.unknown, whole=share.whole
        )
        return FigureCard("third_party", "–", unknown, tuple(lines), None)
    if share.unknown and share.whole:
        high = format_percent(100 * (share.part + share.unknown) / share.whole)
        lines.append(
            _("The %(unknown)s of which nobody says count as not: with all of them it would be %(high)s.",
              unknown=share.unknown, high=high)
        )  # fmt: skip
    if summary.unnamed_supplier:
        lines.append(
            _("In %(unnamed)s of them the sources name no supplier.", unnamed=summary.unnamed_supplier)
        )
    return FigureCard(
        "third_party",
        format_percent(share),
        " · ".join(filter(None, words)),
        tuple(lines),
        link(view.with_filter("third_party", ["yes"])) if share.part else None,
    )
