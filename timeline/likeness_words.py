"""Pairs of incidents that may be one, in words: the reasons, and where to compare and merge them.

Knows the record's proposals and the names of what they share; decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from incidents import Incident, Likeness, Store
from timeline.column_words import name_of
from timeline.formats import format_minutes
from timeline.wording import _


@dataclass(frozen=True, slots=True)
class PairWords:
    """A pair as a page shows it."""

    incident: Incident
    other: Incident
    score: int
    reasons: tuple[str, ...]
    merge_url: str


def pair_words(store: Store, pair: Likeness) -> PairWords:
    """Say why two incidents may be one."""
    return PairWords(
        incident=pair.incident,
        other=pair.other,
        score=pair.score,
        reasons=tuple(reason_words(store, reason.code, reason.params) for reason in pair.reasons),
        merge_url=merge_url(pair.incident, pair.other),
    )


def merge_url(kept: Incident, other: Incident) -> str:
    """Give the address at which two incidents are compared and merged, the first one staying."""
    values: dict[str, Any] = {"record_id": kept.id, "with": other.id}
    return url_for("merges.merge", **values)


def reason_words(store: Store, code: str, params: Any) -> str:
    """Say one reason."""
    match code:
        case "same-service":
            names = [name_of(store, "service", service_id) for service_id in params["service_ids"]]
            return _("both touch %(names)s", names=", ".join(names))
        case "same-operator":
            return _("both of %(name)s", name=name_of(store, "provider", params["operator_id"]))
        case "same-time":
            minutes = int(params["minutes"])
            if not minutes:
                return _("they may have begun at the same time")
            return _("they began %(time)s apart", time=format_minutes(minutes))
        case "like-titles":
            return _("like titles (%(percent)s %%)", percent=params["percent"])
        case "same-source":
            return _("both cite %(sources)s", sources=", ".join(params["urls"]))
        case "same-end":
            return _("they ended at about the same time")
    return code
