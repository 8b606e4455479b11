"""The words of what only the record pages name: fields, designations, standings, facts of law, anchors of clocks.

One table, English msgids, beside `labels`. Knows no record and no page; a value without words is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from timeline import labels
from timeline.wording import N_, _

RECORD_LABELS: Mapping[str, Mapping[str, str]] = {
    "field": {
        "title": N_("Title"),
        "status": N_("Status"),
        "started_at": N_("Start"),
        "resolved_at": N_("End"),
        "detected_at": N_("Detected"),
        "aware_at": N_("Operator aware"),
        "reported_at": N_("Reported"),
        "duration": N_("Duration"),
        "affected": N_("People affected"),
        "affected_unit": N_("Unit"),
        "region": N_("Where"),
        "severity": N_("Severity"),
        "cause": N_("Cause"),
        "technical_cause": N_("What failed"),
        "third_party": N_("Through a third party"),
        "planned_maintenance": N_("Began with planned maintenance"),
        "operator_id": N_("Operator"),
        "service_ids": N_("Services"),
        "service": N_("Service"),
        "providers": N_("Providers"),
        "summary": N_("Summary"),
        "tags": N_("Tags"),
        "source_urls": N_("Sources"),
        "inferred_fields": N_("Judged fields"),
        "confidence": N_("Confidence"),
        "timezone": N_("Time zone"),
        "designation of the operator": N_("Designation of the operator"),
        "date": N_("Date"),
        "establishment": N_("main establishment"),
        "kind": N_("Kind"),
        "country": N_("Country"),
        "designation": N_("Designation"),
        "national_law": N_("National law"),
        "resolved_at_qualifier": N_("End: how sure"),
        "started_at_qualifier": N_("Start: how sure"),
    },
    "designation": {
        "oiv": N_("operator of vital importance (France)"),
        "dora_critical_ict_provider": N_("critical ICT provider (DORA)"),
    },
    "cause": {**labels.LABELS["cause"], "unknown": N_("not established")},
    "service_down": {"total": N_("total"), "limited": N_("limited"), "none": N_("no loss")},
    "part": {**labels.LABELS["role"], "service": N_("its service was touched")},
    "standing": {
        "qualified": N_("qualified"),
        "in_progress": N_("in progress"),
        "not_qualified": N_("not qualified"),
        "expired": N_("expired"),
        "not_yet": N_("not yet"),
    },
    "criticality": {
        "high": N_("high"),
        "medium": N_("medium"),
        "low": N_("low"),
        "unknown": N_("criticality unknown"),
    },
    "law_confidence": {
        "primary": N_("read in the text itself"),
        "secondary": N_("from a secondary source"),
        "unverified": N_("unverified"),
    },
    "record_types": {
        "incident": N_("Incidents"),
        "update": N_("Updates"),
        "provider": N_("Providers"),
        "service": N_("Services"),
        "dependency": N_("Dependencies"),
        "ownership": N_("Ownership"),
        "designation": N_("Designations"),
        "qualification": N_("Qualifications"),
        "milestone": N_("Milestones"),
        "law": N_("Laws"),
        "obligation": N_("Obligations"),
        "source": N_("Sources"),
        "claim": N_("Claims"),
        "translation": N_("Translations"),
    },
    "step": {"aware": N_("aware"), **labels.LABELS["update_kind"]},
    "regime": {
        "FR-OIV": N_("France: operators of vital importance"),
        "FR-BILL": N_("France: bills, not in force"),
        "FR-CPCE": N_("France: electronic communications code"),
        "FR-CSI": N_("France: internal security code"),
        "FR-NIS1": N_("France: NIS 1, in force until NIS 2 is transposed"),
        "FR-DEFENSE": N_("France: defence code, software publishers"),
        "EU-CER": N_("EU: critical entities (CER)"),
        "EU-EECC": N_("EU: electronic communications code"),
        "EU-NIS2": N_("EU: NIS 2"),
        "EU-2690": N_("EU: Regulation 2024/2690, digital services under NIS 2"),
        "EU-DORA": N_("EU: DORA, financial entities"),
        "EU-GDPR": N_("EU: personal data (GDPR)"),
        "EU-EPRIVACY": N_("EU: personal data in electronic communications"),
        "EU-EIDAS": N_("EU: trust services (eIDAS)"),
        "EU-CRA": N_("EU: Cyber Resilience Act"),
        "ENISA-GUIDE": N_("Yardsticks: ENISA"),
        "US-FCC": N_("Yardsticks: United States, FCC"),
        "UK-OFCOM": N_("Yardsticks: United Kingdom, Ofcom"),
    },
    "anchor": {
        "awareness": N_("becoming aware"),
        "detection": N_("detection"),
        "discovery": N_("discovery"),
        "classification": N_("classification as major"),
        "occurrence": N_("the occurrence"),
        "alert_threshold_crossed": N_("the alert threshold being crossed"),
        "request_authenticated": N_("authentication of the request"),
        "initial_submitted": N_("the initial notification"),
        "notification_submitted": N_("the notification"),
        "latest_intermediate_submitted": N_("the latest intermediate report"),
        "handling_completed": N_("the end of handling"),
        "analysis_completed": N_("the end of the analysis"),
        "fix_available": N_("a fix being available"),
        "directive_notified": N_("notice of the national directive"),
        "formal_notice": N_("the formal notice"),
        "intent_notified": N_("notice of the intention"),
        "vendor_assessment": N_("the publisher’s assessment"),
        "anssi_signal": N_("ANSSI’s signal"),
    },
}


def record_label(value: str | None, group: str) -> str:
    """Give the words of a value in the reader's language, from this table or from that of `labels`."""
    if value is None:
        return ""
    own = RECORD_LABELS.get(group)
    if own is None:
        return labels.label(str(value), group)
    words = own.get(str(value))
    return _(words) if words else str(value).replace("_", " ")
