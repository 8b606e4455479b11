"""The words of enumerated values: severities, causes, kinds, roles, outcomes, countries. One table, English msgids.

Knows the values of the field's vocabulary; no record and no page. A value without words is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale

from timeline.wording import N_, _, locale

ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("unknown")}

LABELS: Mapping[str, Mapping[str, str]] = {
    "severity": {
        "none": N_("no impact"),
        "minor": N_("minor"),
        "moderate": N_("moderate"),
        "major": N_("major"),
        "critical": N_("critical"),
        "unknown": N_("severity not judged"),
    },
    "status": {
        "investigating": N_("investigating"),
        "identified": N_("identified"),
        "monitoring": N_("monitoring"),
        "resolved": N_("resolved"),
        "open": N_("ongoing"),
    },
    "cause": {
        "system_failure": N_("System failure"),
        "human_error": N_("Human error"),
        "natural_phenomenon": N_("Natural phenomenon"),
        "malicious_action": N_("Malicious action"),
        "unknown": N_("Cause unknown"),
    },
    "service_kind": {
        "tv": N_("Television"),
        "mobile": N_("Mobile"),
        "fixed": N_("Fixed"),
        "emergency_calls": N_("Emergency calls"),
        "cloud": N_("Cloud"),
        "cdn": N_("CDN and DNS"),
        "network": N_("Networks"),
        "satellite": N_("Satellite"),
        "film_delivery": N_("Film delivery"),
    },
    "provider_kind": {
        "operator": N_("operator"),
        "cloud": N_("cloud provider"),
        "cdn": N_("content delivery network"),
        "broadcaster": N_("broadcaster"),
        "integrator": N_("integrator"),
        "software": N_("software publisher"),
        "state_body": N_("state body"),
        "alliance": N_("alliance"),
        "consortium": N_("consortium"),
        "union": N_("trade union"),
        "unknown": N_("unknown"),
    },
    "role": {
        "operator": N_("operator"),
        "supplier": N_("supplier"),
        "carrier": N_("carrier"),
        "vendor": N_("vendor"),
        "affected": N_("affected"),
        "regulator": N_("regulator"),
    },
    "confidence": {
        "primary": N_("primary source"),
        "secondary": N_("secondary source"),
        "unverified": N_("unverified"),
    },
    "basis": {"stated": N_("stated"), "inferred": N_("inferred"), "disputed": N_("disputed")},
    "collection": {"bundled": N_("bundled records"), "own": N_("own records")},
    "answer": ANSWERS,
    "third_party": {
        "yes": N_("through a third party"),
        "no": N_("no third party"),
        "unknown": N_("third party: unknown"),
    },
    "planned_maintenance": {
        "yes": N_("began with planned maintenance"),
        "no": N_("no planned maintenance"),
        "unknown": N_("planned maintenance: unknown"),
    },
    "exposed": {
        "yes": N_("provider under non-European law"),
        "no": N_("no provider under non-European law"),
        "unknown": N_("exposure unknown"),
    },
    "affected_unit": {
        "subscribers": N_("subscribers"),
        "users": N_("users"),
        "customers": N_("customers"),
        "devices": N_("devices"),
        "sites": N_("sites"),
        "calls": N_("calls"),
    },
    "update_kind": {
        "start": N_("start"),
        "detected": N_("detected"),
        "investigating": N_("investigating"),
        "identified": N_("identified"),
        "monitoring": N_("monitoring"),
        "mitigation": N_("mitigation"),
        "resolved": N_("resolved"),
        "statement": N_("statement"),
        "report": N_("report"),
        "post-mortem": N_("post-mortem"),
    },
    "milestone_kind": {
        "contract": N_("contract"),
        "launch": N_("launch"),
        "acquisition": N_("acquisition"),
        "regulation": N_("regulation"),
        "statement": N_("statement"),
        "strategy": N_("strategy"),
    },
    "criticality": {
        "high": N_("high criticality"),
        "medium": N_("medium criticality"),
        "low": N_("low criticality"),
        "unknown": N_("criticality unknown"),
    },
    "designation_status": {
        "official": N_("official"),
        "publicly_stated": N_("publicly stated"),
        "presumed": N_("presumed"),
        "unknown": N_("unknown"),
    },
    "qualification_status": {
        "qualified": N_("qualified"),
        "in_progress": N_("in progress"),
        "not_qualified": N_("not qualified"),
    },
    "obligation_kind": {
        "incident_duty": N_("duty on an incident"),
        "standing_duty": N_("standing duty"),
        "threshold": N_("threshold"),
        "modifier": N_("modifier"),
        "comparison": N_("yardstick"),
        "bill": N_("bill"),
    },
    "outcome": {
        "engaged": N_("engaged"),
        "may_be_engaged": N_("may be engaged"),
        "not_engaged": N_("not engaged"),
        "undetermined": N_("undetermined"),
        "not_in_force": N_("not in force"),
        "does_not_apply": N_("does not apply"),
        "exceeded": N_("exceeded"),
        "not_met": N_("not met"),
    },
    "row_outcome": {
        "added": N_("added"),
        "updated": N_("updated"),
        "unchanged": N_("unchanged"),
        "duplicate": N_("duplicate"),
        "rejected": N_("rejected"),
    },
    "record_type": {
        "incident": N_("Incident"),
        "update": N_("Update"),
        "provider": N_("Provider"),
        "service": N_("Service"),
        "dependency": N_("Dependency"),
        "ownership": N_("Ownership"),
        "designation": N_("Designation"),
        "qualification": N_("Qualification"),
        "milestone": N_("Milestone"),
        "law": N_("Law"),
        "obligation": N_("Obligation"),
        "source": N_("Source"),
        "claim": N_("Claim"),
        "translation": N_("Translation"),
    },
    "precision": {
        "second": N_("second"),
        "minute": N_("minute"),
        "hour": N_("hour"),
        "day": N_("day"),
        "month": N_("month"),
        "season": N_("season"),
        "year": N_("year"),
    },
    "qualifier": {"exact": N_("exact"), "approximate": N_("approximate"), "uncertain": N_("uncertain")},
    "dimension": {
        "service_kind": N_("Service"),
        "operator": N_("Operator"),
        "supplier": N_("Supplier"),
        "cause": N_("Cause"),
        "country": N_("Country"),
        "obligation": N_("Obligation"),
    },
    "order": {
        "newest": N_("newest first"),
        "oldest": N_("oldest first"),
        "severity": N_("most severe first"),
        "duration": N_("longest first"),
        "affected": N_("most people first"),
        "user_hours": N_("most user-hours first"),
        "title": N_("by title"),
    },
    "lane": {
        "~unnamed": N_("Supplier not named"),
        "~none": N_("No third party"),
        "~unknown": N_("Not known"),
        "~others": N_("Others"),
        "~context": N_("Context"),
    },
    "region": {
        "World": N_("World"),
        "Europe": N_("Europe"),
        "Americas": N_("Americas"),
        "Middle East": N_("Middle East"),
        "South Asia": N_("South Asia"),
        "EU": N_("European Union"),
    },
}


def label(value: str | None, group: str) -> str:
    """Give the words of a value in a group, in the reader's language; an unknown value is its own words."""
    if value is None:
        return ""
    words = LABELS[group].get(value)
    return _(words) if words else value.replace("_", " ")


def country(code: str | None) -> str:
    """Give the name of a country (ISO 3166-1), a wider region, or a part of a country (`FR-IDF`: France, IDF)."""
    if not code:
        return ""
    if code in LABELS["region"]:
        return label(code, "region")
    names = Locale.parse(locale()).territories
    head, dash, part = code.partition("-")
    if head not in names or len(head) != 2:
        return code
    name: str = names[head]
    return f"{name} ({part})" if dash else name
