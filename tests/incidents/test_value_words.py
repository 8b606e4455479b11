"""The words that people write for the values of choices."""

from __future__ import annotations

import pytest

from incidents.columns import RECORD_TYPES, canonical_choice, header_key
from incidents.value_words import VALUE_WORDS

INCIDENT = RECORD_TYPES["incident"]
MEANT = {
    "severity": {
        "critical": "P1 Sev1 SEV-1 S1 1 Highest Urgent Critique|1 - Critical|P1 - Critical|Sev 1|Niveau 1|Très haute",
        "major": "P2 sev2 2 High Haute Majeure Grave|2 - High|Priorité haute|Gravité : majeure|Priority 2",
        "moderate": "P3 3 Medium Moyenne Modérée Normal|3 - Moderate|niveau moyen",
        "minor": "P4 P5 4 5 Low Lowest Faible Basse Mineure|5 - Planning|4 - Low|très basse",
        "none": "none Aucune Operational|sans impact",
        None: "maintenance 6 12|P2/P3",
    },
    "status": {
        "resolved": "Closed Clos Fermé Résolu Résolue Done Terminé postmortem Clôturé Solved|6 - Resolved"
        "|Closed/Resolved|Canceled|Cancelled|Annulé|Annulée|won’t do",
        "investigating": "Open New Nouveau triggered Ongoing|En cours|En cours (Attribué)|On Hold|In Progress"
        "|En attente",
        "identified": "Identified Acknowledged Identifié|pris en charge",
        "monitoring": "Monitoring Mitigated|sous surveillance",
        None: "Submitted",
    },
    "third_party": {
        "yes": "Y O 1 x yes oui vrai true TRUE",
        "no": "N 0 no non faux false Non",
        "unknown": "? N/A unknown inconnu|ne sait pas",
        None: "perhaps 2",
    },
    "cause": {
        "system_failure": "Hardware Panne|Equipment Failure|Défaillance d’équipement|software bug|system failures",
        "human_error": "Erreur|Erreur humaine|operator error|Misconfiguration",
        "natural_phenomenon": "Storm Intempéries Foudre|Severe Weather",
        "malicious_action": "Cyberattack Ransomware Vandalisme|cyber-attaque|Unauthorized Access",
        "unknown": "inconnue|À déterminer|under investigation",
        None: "Maintenance|Theft or Mistake",
    },
}


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        (name, value, word)
        for name, values in MEANT.items()
        for value, words in values.items()
        for word in [*words.split("|")[0].split(), *words.split("|")[1:]]
    ],
)
def test_words_of_both_languages(name: str, value: str | None, word: str) -> None:
    column = INCIDENT.column(name)
    assert column is not None
    assert canonical_choice(column, word) == value
    assert canonical_choice(column, f" {word.upper()} ") == value


def test_every_choice_means_itself_and_every_word_is_for_some_choice() -> None:
    choices = {
        choice for spec in RECORD_TYPES.values() for column in spec.columns for choice in column.choices
    }
    assert set(VALUE_WORDS) <= choices
    for spec in RECORD_TYPES.values():
        for column in spec.columns:
            for choice in column.choices:
                assert canonical_choice(column, choice) == choice


def test_no_word_means_two_choices_of_one_column() -> None:
    for spec in RECORD_TYPES.values():
        for column in spec.columns:
            for choice in column.choices:
                named = {header_key(other) for other in column.choices} - {header_key(choice)}
                for word in VALUE_WORDS.get(choice, ()):
                    if header_key(word) in named:
                        continue
                    assert canonical_choice(column, word) == choice, (spec.name, column.name, word)


@pytest.mark.parametrize("text", ["", " ", "—", "★", "_" * 10_000, "1" * 10_000])
def test_what_is_no_word_means_nothing(text: str) -> None:
    for column in INCIDENT.columns:
        if column.choices:
            assert canonical_choice(column, text) is None
