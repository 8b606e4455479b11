"""The facts that a rule may ask for: one table, with the unit, the words and the question of each.

Pure data. Knows no rule, no incident and no value; `facts` has the values. Labels and questions
are the keys of the translations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from incidents.amount import Number
from incidents.model import CAUSES, SERVICE_KINDS
from incidents.obligations.reasons import N_

FactKind = Literal["amount", "answer", "choice", "kinds"]
Scope = Literal["incident", "provider"]
SERVICE_STATES = ("total", "limited", "none")
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a rule may ask for. `label` and `question` are keys of the translations.

    `scope`: an incident's fact holds for every provider in it; a provider's fact stated of the incident
    belongs to who answers to the users, except that a "no" holds for all. `field`: what to fill in when it
    is missing.
    """

    name: str
    kind: FactKind
    label: str
    question: str
    scope: Scope = "provider"
    largest: Number | None = None
    choices: tuple[str, ...] = ()
    filled_by: str = ""

    @property
    def field(self) -> str:
        return self.filled_by or self.name


def _amount(
    name: str,
    label: str,
    question: str,
    *,
    scope: Scope = "provider",
    field: str = "",
    largest: int | None = None,
) -> Fact:
    return Fact(name, "amount", label, question, scope, largest, (), field)


def _answer(name: str, label: str, question: str, *, scope: Scope = "provider") -> Fact:
    return Fact(name, "answer", label, question, scope)


FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        _amount(
            "duration_minutes",
            N_("duration (minutes)"),
            N_("How long did it last?"),
            scope="incident",
            field="duration",
        ),
        _amount(
            "affected_users", N_("users affected"), N_("How many users were affected?"), field="affected"
        ),
        _amount(
            "share_of_users_percent",
            N_("share of the service's users (%)"),
            N_("What share of the service's users was affected?"),
            largest=PERCENT,
        ),
        _amount(
            "affected_eu_users", N_("users affected in the EU"), N_("How many users in the EU were affected?")
        ),
        _amount(
            "share_of_eu_users_percent",
            N_("share of the service's users in the EU (%)"),
            N_("What share of the service's users in the EU was affected?"),
            largest=PERCENT,
        ),
        _amount("user_hours", N_("user-hours lost"), N_("How many user-hours were lost?")),
        _amount(
            "user_minutes",
            N_("user-minutes lost"),
            N_("How many user-minutes were lost?"),
            field="user_hours",
        ),
        _amount(
            "member_states",
            N_("Member States concerned"),
            N_("How many Member States of the EU were concerned?"),
            scope="incident",
        ),
        _amount(
            "cost_eur", N_("direct financial loss (EUR)"), N_("What was the direct financial loss, in euros?")
        ),
        _amount(
            "cost_share_of_turnover_percent",
            N_("direct financial loss as a share of yearly turnover (%)"),
            N_("What share of yearly turnover was the direct financial loss?"),
        ),
        _amount(
            "recurring_incidents",
            N_("incidents in six months with the same apparent cause"),
            N_("How many incidents in six months had the same apparent cause?"),
        ),
        _amount(
            "recurring_cost_eur",
            N_("joint direct financial loss of the recurring incidents (EUR)"),
            N_("What was the joint direct financial loss of the recurring incidents, in euros?"),
        ),
        _amount(
            "recurring_cost_share_of_turnover_percent",
            N_("joint direct financial loss as a share of yearly turnover (%)"),
            N_("What share of yearly turnover was the joint direct financial loss?"),
        ),
        _amount(
            "response_time_seconds",
            N_("average response time (seconds)"),
            N_("What was the average response time, in seconds?"),
        ),
        _amount(
            "slow_response_minutes",
            N_("time with slow responses (minutes)"),
            N_("For how many minutes were responses that slow?"),
        ),
        _amount(
            "affected_domains", N_("domain names concerned"), N_("How many domain names were concerned?")
        ),
        _amount(
            "share_of_domains_percent",
            N_("share of the domain names managed (%)"),
            N_("What share of the domain names managed was concerned?"),
            largest=PERCENT,
        ),
        _amount(
            "unavailable_minutes_in_week",
            N_("time unavailable in the calendar week (minutes)"),
            N_("For how many minutes in the calendar week was the service unavailable?"),
            largest=7 * 24 * 60,
        ),
        _amount(
            "operator_end_users", N_("end users of the operator"), N_("How many end users has the operator?")
        ),
        _amount("affected_clients", N_("clients affected"), N_("How many clients were affected?")),
        _amount(
            "share_of_clients_percent",
            N_("share of clients affected (%)"),
            N_("What share of the clients was affected?"),
            largest=PERCENT,
        ),
        _amount(
            "share_of_counterparts_percent",
            N_("share of financial counterparts affected (%)"),
            N_("What share of the financial counterparts was affected?"),
            largest=PERCENT,
        ),
        _amount(
            "share_of_transactions_percent",
            N_("share of transactions affected, by number (%)"),
            N_("What share of the transactions was affected, by number?"),
            largest=PERCENT,
        ),
        _amount(
            "share_of_transaction_value_percent",
            N_("share of transactions affected, by amount (%)"),
            N_("What share of the transactions was affected, by amount?"),
            largest=PERCENT,
        ),
        _amount(
            "critical_downtime_minutes",
            N_("downtime of critical or important functions (minutes)"),
            N_("For how many minutes were critical or important functions down?"),
        ),
        _amount("oc3_minutes", N_("OC3-minutes lost"), N_("How many OC3-minutes were lost?")),
        Fact(
            "service_down",
            "choice",
            N_("loss of service"),
            N_("Was a service of this provider wholly unavailable, limited, or neither?"),
            choices=SERVICE_STATES,
        ),
        Fact(
            "cause",
            "choice",
            N_("cause"),
            N_("What was the cause?"),
            scope="incident",
            choices=tuple(cause for cause in CAUSES if cause != "unknown"),
        ),
        Fact(
            "service_kinds",
            "kinds",
            N_("services touched"),
            N_("Which services of this provider were touched?"),
            choices=SERVICE_KINDS,
            filled_by="service_ids",
        ),
        _answer(
            "planned_maintenance",
            N_("planned maintenance"),
            N_("Was it planned maintenance?"),
            scope="incident",
        ),
        _answer(
            "planned_consequence",
            N_("the effect was itself planned"),
            N_("Was the effect on users a planned consequence of the maintenance?"),
            scope="incident",
        ),
        _answer("personal_data_affected", N_("personal data affected"), N_("Were personal data affected?")),
        _answer(
            "risk_to_persons_unlikely",
            N_("risk to persons unlikely"),
            N_("Is a risk to the rights and freedoms of persons unlikely?"),
        ),
        _answer(
            "data_compromised",
            N_("data of the service compromised"),
            N_("Was the integrity, confidentiality or authenticity of the service's data compromised?"),
        ),
        _answer(
            "trade_secrets_exfiltrated",
            N_("trade secrets exfiltrated"),
            N_("Were trade secrets exfiltrated?"),
        ),
        _answer(
            "death", N_("a death was caused"), N_("Did it cause, or can it cause, a death?"), scope="incident"
        ),
        _answer(
            "health_damage",
            N_("considerable damage to health"),
            N_("Did it cause, or can it cause, considerable damage to health?"),
            scope="incident",
        ),
        _answer(
            "malicious_access",
            N_("successful unauthorised access, suspected to be malicious"),
            N_("Was there successful unauthorised access, suspected to be malicious?"),
        ),
        _answer(
            "physical_access_compromised",
            N_("physical access compromised"),
            N_("Was physical access to the premises compromised?"),
        ),
        _answer("misconfiguration", N_("caused by misconfiguration"), N_("Was misconfiguration the reason?")),
        _answer(
            "vital_system_affected",
            N_("an information system of vital importance is touched"),
            N_("Is an information system of vital importance (SIIV) touched?"),
        ),
        _answer(
            "emergency_calls_affected",
            N_("emergency communications affected"),
            N_("Was the routing of emergency communications affected?"),
        ),
        _answer(
            "overseas_operator",
            N_("overseas operator"),
            N_("Is it an operator of the French overseas territories?"),
        ),
        _answer(
            "public_alert_requested",
            N_("relay of a public warning requested"),
            N_("Did an authority ask for the relay of a public warning?"),
            scope="incident",
        ),
        _answer(
            "terrestrial_broadcast",
            N_("terrestrial broadcasting"),
            N_("Is the service broadcast terrestrially?"),
        ),
        _answer(
            "significant_vulnerability",
            N_("significant vulnerability of a product"),
            N_("Does a product have a significant vulnerability?"),
        ),
        _answer(
            "product_security_affected",
            N_("security of a product affected"),
            N_("Is the security of a product affected?"),
        ),
        _answer(
            "vulnerability_exploited",
            N_("vulnerability actively exploited"),
            N_("Is a vulnerability of a product actively exploited?"),
        ),
        _answer(
            "critical_function_affected",
            N_("critical or important function affected"),
            N_("Was a service that supports a critical or important function affected?"),
        ),
        _answer(
            "reputation_affected",
            N_("reputation affected"),
            N_("Was there media attention, complaints or other harm to reputation?"),
        ),
        _answer("data_losses", N_("data losses"), N_("Were there data losses?")),
        _answer(
            "ongoing_at_final_report",
            N_("still ongoing when the final report is due"),
            N_("Is the incident still ongoing when the final report is due?"),
        ),
        _answer(
            "special_facility_affected",
            N_("911 or 988 special facility affected"),
            N_("Was a 911 or 988 special facility affected?"),
        ),
        _answer(
            "special_office_affected",
            N_("special office or facility affected"),
            N_("Was a special office or facility affected?"),
        ),
    )
}
"""Every fact that a rule may ask for, by name."""


QUESTIONS: Mapping[str, str] = {fact.field: fact.question for fact in FACTS.values()} | {
    "users_total": N_("How many users has the service?"),
    "affected_unit": N_("In what unit were those affected counted?"),
    "kind": N_("What kind of provider is it?"),
    "country": N_("In which country is the provider established?"),
    "establishment": N_("In which country of the EU is its main establishment?"),
    "designation": N_("Is the provider designated? State it only with a source."),
    "region": N_("In which countries was the effect felt?"),
    "national_law": N_("Was a national law in force on that day?"),
    "user_hours": N_("How many user-hours were lost?"),
    "started_at": N_("When did it start?"),
    "aware_at": N_("When did the provider become aware of it?"),
    "detected_at": N_("When was it detected?"),
    "discovered_at": N_("When was it discovered?"),
    "classified_at": N_("When was it classified?"),
    "alert_threshold_crossed_at": N_("When was the operator's alert threshold crossed?"),
    "request_authenticated_at": N_("When was the request authenticated?"),
    "initial_submitted_at": N_("When was the initial notification sent?"),
    "notification_submitted_at": N_("When was the notification sent?"),
    "latest_intermediate_submitted_at": N_("When was the latest intermediate report sent?"),
    "handling_completed_at": N_("When was the incident dealt with?"),
    "analysis_completed_at": N_("When was the analysis completed?"),
    "fix_available_at": N_("When was a fix available?"),
    "directive_notified_at": N_("When was the national security directive notified?"),
    "formal_notice_at": N_("When was the formal notice received?"),
    "intent_notified_at": N_("When was the intended designation notified?"),
    "vendor_assessment_at": N_("When did the vendor complete its assessment?"),
    "anssi_signal_at": N_("When did ANSSI give the signal?"),
}
"""Every field that an assessment or a clock may miss, with its question: the keys of the translations."""
