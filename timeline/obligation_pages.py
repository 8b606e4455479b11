"""What the pages of obligations show: every rule by regime, and which incidents it concerns, by outcome.

Knows the facade. The assessment of the whole record is made once a revision and kept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from incidents import (
    Assessment,
    Incident,
    Obligation,
    Page,
    Query,
    Source,
    Store,
    assess_incident,
    find,
    rules_of,
)
from timeline.incident_page import OUTCOMES
from timeline.once_a_revision import once_a_revision
from timeline.typed_records import one

# Beyond this many incidents the newest are assessed, and the pages say so.
ASSESSED = 500
LISTED = ("engaged", "may_be_engaged", "undetermined", "not_in_force", "exceeded", "not_met")
SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """An incident with a provider in it to which an obligation may apply."""

    IN_BRIEF: ClassVar = {"incident": ("id", "collection", "title", "started_at", "severity")}

    incident: Incident
    assessment: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The assessment of the record: for each obligation its outcomes, an incident counted once at its strongest.

    `assessed` of `total` incidents were looked at, the newest first.
    """

    outcomes: dict[str, dict[str, tuple[Concerned, ...]]]
    assessed: int
    total: int

    def count(self, obligation_id: str, *outcomes: str) -> int:
        """Count the incidents for which an obligation has one of these outcomes."""
        found = self.outcomes.get(obligation_id, {})
        return sum(len(found.get(outcome, ())) for outcome in outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationRow:
    """One line of the list of obligations, with the number of incidents by outcome."""

    obligation: Obligation
    may_engage: int
    undetermined: int
    exceeded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """The obligations of one body of law."""

    id: str
    rows: tuple[ObligationRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationList:
    """Everything that the list of obligations shows."""

    regimes: tuple[Regime, ...]
    kinds: dict[str, int]
    total_rules: int
    assessed: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationPage:
    """Everything that the page of one obligation shows, in its order."""

    obligation: Obligation
    source: Source | None
    same_regime: tuple[Obligation, ...]
    concerned: dict[str, tuple[Concerned, ...]]
    counts: dict[str, int]
    assessed: int
    total: int


@once_a_revision
def survey(store: Store) -> Survey:
    """Assess the record against all obligations: under 2 ms an incident."""
    page: Page = find(store, Query(order="newest", limit=ASSESSED))
    found: dict[str, dict[str, list[Concerned]]] = {}
    for incident in page.incidents:
        strongest: dict[str, Assessment] = {}
        for assessment in assess_incident(store, incident):
            known = strongest.get(assessment.obligation_id)
            if known is None or _rank(assessment) < _rank(known):
                strongest[assessment.obligation_id] = assessment
        for obligation_id, assessment in strongest.items():
            by_outcome = found.setdefault(obligation_id, {})
            concerned = Concerned(incident=incident, assessment=assessment)
            by_outcome.setdefault(str(assessment.outcome), []).append(concerned)
    return Survey(
        outcomes={
            obligation_id: {outcome: tuple(listed) for outcome, listed in by_outcome.items()}
            for obligation_id, by_outcome in found.items()
        },
        assessed=len(page.incidents),
        total=page.total,
    )


def obligation_list(store: Store) -> ObligationList:
    """Gather the list of obligations by regime, in the order of the rules' file."""
    seen = survey(store)
    regimes: dict[str, list[ObligationRow]] = {}
    for obligation in rules_of(store):
        row = ObligationRow(
            obligation=obligation,
            may_engage=seen.count(obligation.id, "engaged", "may_be_engaged"),
            undetermined=seen.count(obligation.id, "undetermined"),
            exceeded=seen.count(obligation.id, "exceeded"),
        )
        regimes.setdefault(obligation.regime, []).append(row)
    return ObligationList(
        regimes=tuple(Regime(id=regime, rows=tuple(rows)) for regime, rows in regimes.items()),
        kinds=dict(Counter(str(obligation.kind) for obligation in rules_of(store))),
        total_rules=len(rules_of(store)),
        assessed=seen.assessed,
        total=seen.total,
    )


def obligation_page(store: Store, obligation: Obligation) -> ObligationPage:
    """Gather the page of an obligation with the incidents it concerns, the newest `SHOWN` of each outcome."""
    seen = survey(store)
    by_outcome = seen.outcomes.get(obligation.id, {})
    return ObligationPage(
        obligation=obligation,
        source=one(store, Source, obligation.source_url) if obligation.source_url else None,
        same_regime=tuple(
            other
            for other in rules_of(store)
            if other.regime == obligation.regime and other.id != obligation.id
        ),
        concerned={outcome: by_outcome[outcome][:SHOWN] for outcome in LISTED if outcome in by_outcome},
        counts={outcome: len(listed) for outcome, listed in by_outcome.items()},
        assessed=seen.assessed,
        total=seen.total,
    )


def _rank(assessment: Assessment) -> int:
    order = ("exceeded", *OUTCOMES, "not_met")
    return order.index(str(assessment.outcome)) if str(assessment.outcome) in order else len(order)
