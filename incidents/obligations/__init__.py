"""Duties as dated data, and which of them an incident may engage: rules, three-valued assessment, clocks.

Pure: knows no store, no web and no present time. It never says that a duty was broken; it is no legal advice.
"""

from __future__ import annotations

from incidents.obligations.assessment import OUTCOMES, Assessment, Outcome, assess
from incidents.obligations.clocks import Clock, clock_state
from incidents.obligations.facts import Facts, ProviderFacts
from incidents.obligations.file import RuleError
from incidents.obligations.model import Obligation
from incidents.obligations.reasons import Reason, reason_text
from incidents.obligations.rules import load_obligations
from incidents.obligations.vocabulary import FACTS

__all__ = [
    "FACTS",
    "OUTCOMES",
    "Assessment",
    "Clock",
    "Facts",
    "Obligation",
    "Outcome",
    "ProviderFacts",
    "Reason",
    "RuleError",
    "assess",
    "clock_state",
    "load_obligations",
    "reason_text",
]
