"""The rule file: that the bundled one is whole, and that every mistake in one is said with file and line."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from incidents.obligations.assessment import Facts, ProviderFacts, assess
from incidents.obligations.clocks import ANCHORS, Period
from incidents.obligations.conditions import Compare
from incidents.obligations.file import RuleError
from incidents.obligations.rules import BUNDLED_RULES, load_obligations, parse_rules
from incidents.obligations.vocabulary import FACTS, QUESTIONS

IDS = (
    "fr-oiv-designation",
    "fr-oiv-pso",
    "fr-oiv-ppp",
    "fr-oiv-siiv-incident",
    "fr-oiv-siiv-audiovisuel",
    "fr-oiv-siiv-telecom",
    "fr-software-vendor-l2321-4-1",
    "fr-cpce-d98-5-incident",
    "fr-cpce-d98-4-permanence",
    "fr-cpce-l33-10-audit",
    "fr-cpce-emergency-calls",
    "fr-cpce-fr-alert",
    "fr-csi-r732-3-defaillance",
    "fr-csi-code-alerte",
    "fr-ose-nis1",
    "fr-fsn-nis1",
    "fr-resilience-bill",
    "eu-nis2-art23",
    "eu-nis2-art23-ongoing",
    "eu-nis2-trust",
    "eu-2690-art3",
    "eu-2690-art4-recurring",
    "eu-2690-art5-dns",
    "eu-2690-art6-tld",
    "eu-2690-art7-cloud",
    "eu-2690-art8-datacentre",
    "eu-2690-art9-cdn",
    "eu-2690-art10-msp",
    "eu-2690-art11-13-platforms",
    "eu-2690-art14-trust",
    "eu-cer-art15",
    "eu-dora-art19",
    "eu-dora-1772-art9",
    "eu-dora-weekend",
    "eu-gdpr-art33",
    "eu-611-2013-telecom-breach",
    "eu-eidas-19a-24",
    "eu-cra-art14-incident",
    "eu-cra-art14-vuln",
    "eu-eecc-art40",
    "enisa-absolute",
    "enisa-relative",
    "us-fcc-nors",
    "us-fcc-nors-voip",
    "uk-ofcom-105k",
    "uk-ofcom-timing",
)

BILINGUAL = ("name", "binds", "trigger", "thresholds", "transposition", "recipient")


# --- the bundled rules


def test_all_46_are_there_each_once() -> None:
    found = [rule.id for rule in load_obligations()]
    assert len(found) == 46
    assert Counter(found) == Counter(IDS)


def test_kinds_are_those_of_the_reference() -> None:
    assert Counter(rule.kind for rule in load_obligations()) == {
        "incident_duty": 32,
        "standing_duty": 5,
        "comparison": 6,
        "threshold": 1,
        "modifier": 1,
        "bill": 1,
    }


@pytest.mark.parametrize("rule", load_obligations(), ids=lambda rule: rule.id)
def test_each_bundled_rule_says_what_it_must(rule) -> None:
    assert rule.legal_reference and rule.source_url and rule.confidence and rule.regime
    for name in BILINGUAL:
        french, english = getattr(rule, f"{name}_fr"), getattr(rule, f"{name}_en")
        assert bool(french) == bool(english), name
    assert rule.name_fr and rule.name_en
    assert len(rule.notes_fr) == len(rule.notes_en)
    assert bool(rule.in_force_from or rule.in_force_to) == bool(rule.in_force_confidence)
    if rule.kind in ("incident_duty", "comparison"):
        assert rule.thresholds, "what engages it"
    for clock in rule.clocks:
        assert clock.every or clock.terms
        for term in clock.terms:
            assert term.anchor in ANCHORS
            assert (term.period is None) == (term.due in ("without_delay", "no_period"))
        assert clock.label_fr and clock.label_en


def test_clocks_read_as_in_the_reference_grammar() -> None:
    clocks = {
        rule.id: ";".join(f"{c.label}={c.due_text}" for c in rule.clocks) for rule in load_obligations()
    }
    assert clocks["eu-nis2-art23"] == (
        "early_warning=PT24H@awareness;notification=PT72H@awareness;final=P1M@notification_submitted"
    )
    assert clocks["eu-dora-art19"] == (
        "initial=min(PT4H@classification,PT24H@awareness);initial_if_late_classification=PT4H@classification;"
        "intermediate=PT72H@initial_submitted;final=P1M@latest_intermediate_submitted"
    )
    assert clocks["fr-cpce-emergency-calls"] == (
        "alert=without_delay@alert_threshold_crossed;statistics=every(P1M)"
    )
    assert clocks["fr-software-vendor-l2321-4-1"] == (
        "notification=no_period@vendor_assessment;assessment=PT48H@anssi_signal"
    )
    assert clocks["fr-oiv-ppp"] == "plan=P2Y@directive_notified;formal_notice_reply=P3M@formal_notice"
    assert clocks["enisa-absolute"] == ""
    assert sum(len(rule.clocks) for rule in load_obligations()) == 85  # as many as the reference has


def test_only_dora_has_a_weekend_rule() -> None:
    shifted = [rule for rule in load_obligations() if rule.weekend_shift]
    assert [rule.id for rule in shifted] == ["eu-dora-art19"]
    shift = shifted[0].weekend_shift
    assert shift is not None and shift.at.hour == 12
    assert "credit_institution" in shift.not_for_kinds and "final" not in shift.not_for_clocks


def test_france_has_no_national_law_for_the_directives() -> None:
    directives = {rule.id for rule in load_obligations() if rule.national_law}
    assert directives == {"eu-nis2-art23", "eu-nis2-art23-ongoing", "eu-nis2-trust", "eu-cer-art15"}
    for rule in load_obligations():
        for row in rule.national_law:
            assert (row.country, row.in_force, row.as_of) == ("FR", False, date(2026, 11, 23))


def test_designations_that_are_not_public_are_asked_for_with_the_rule() -> None:
    vital = {rule.id for rule in load_obligations() if rule.designation == "oiv"}
    assert vital == {identifier for identifier in IDS if identifier.startswith("fr-oiv-")}


def french_texts() -> list[tuple[str, str]]:
    """Collect every French text of the file with the key that holds it."""

    def walk(value: object, key: str) -> list[tuple[str, str]]:
        if isinstance(value, dict):
            return [pair for name, part in value.items() for pair in walk(part, name)]
        if isinstance(value, list):
            return [pair for part in value for pair in walk(part, key)]
        return [(key, value)] if key.endswith("_fr") and isinstance(value, str) else []

    return walk(tomllib.loads(BUNDLED_RULES.read_text(encoding="utf-8")), "")


def test_french_is_set_as_french_is() -> None:
    texts = french_texts()
    assert len(texts) > 300
    for key, text in texts:
        assert "'" not in text, (key, text)
        # An ordinary space before : ; ! ? % or inside « » would let the line break there.
        assert not re.search(r" [:;!?%»]|« ", text), (key, text)
        assert not re.search(r"[^\s\u00a0\u202f][;!?](\s|$)", text), (key, text)
        assert not re.search(r"\d \d{3}(?!\d)", text), (key, text)


def test_every_fact_asks_a_question_and_is_asked_for() -> None:
    asked: set[str] = set()

    def gather(condition: object) -> None:
        if isinstance(condition, Compare):
            asked.add(condition.fact.name)
        else:
            for part in condition.parts:  # type: ignore[attr-defined]
                gather(part)

    for rule in load_obligations():
        for criterion in (*rule.thresholds, *rule.exemptions):
            gather(criterion.condition)
    assert asked == set(FACTS), "a fact that no rule asks for, or the other way round"
    assert all(fact.field in QUESTIONS and fact.label for fact in FACTS.values())
    assert all(question.endswith(("?", ".")) for question in QUESTIONS.values())


# --- one's own rules

MINIMAL = """\
# Rules of one company.

[[obligation]]
id = "sla-30-days"
kind = "incident_duty"
name_en = "Thirty days to submission"
regime = "CONTRACT"
legal_reference = "Framework contract, clause 12"
binds_kinds = ["any"]
clocks = [
  {label = "submission", due = "P30D", anchor = "awareness"},
]

[[obligation]]
id = "internal-major"
kind = "incident_duty"
name_fr = "Incident majeur interne"
regime = "POLICY"
legal_reference = "Procédure interne 4"
binds_kinds = ["operator"]
territory = "EU"

[[obligation.threshold]]
label_en = "An hour and a thousand users"
all_of = [
  {fact = "duration_minutes", op = "ge", value = 60},
  {fact = "affected_users", op = "ge", value = 1000},
]

[[obligation.threshold]]
all_of = [{fact = "cost_eur", op = "gt", value = 5000}]
"""


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    first, second = load_obligations(path)
    assert (first.id, second.id) == ("sla-30-days", "internal-major")
    assert first.name_fr == first.name_en == "Thirty days to submission"
    assert first.clocks[0].terms[0].period == Period("P30D", 0, 30, 0)
    assert second.territory is not None and "FR" in second.territory.countries  # the bundled territory
    assert len(second.thresholds) == 2


def test_a_rule_without_threshold_holds_for_every_incident() -> None:
    rules = parse_rules(MINIMAL, "own.toml").obligations
    facts = Facts(started=None, providers=(ProviderFacts(id="acme", kinds=("union",)),))
    first, second = assess(facts, rules)
    assert (first.outcome, second.outcome) == ("engaged", "does_not_apply")


def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


MISTAKES = {
    # what is replaced -> (by what, part of the line that must be named, code, words of the message)
    "misspelt key": ('regime = "CONTRACT"', 'regim = "CONTRACT"', "regim =", "unknown-key", "“regim”"),
    "unknown key beside the right ones": (
        'regime = "CONTRACT"',
        'regime = "CONTRACT"\nauthority = "ARCEP"',
        "authority",
        "unknown-key",
        "“authority” is not a key",
    ),
    "unknown key in the second rule": (
        'territory = "EU"',
        'territory = "EU"\nseverity = "major"',
        "severity =",
        "unknown-key",
        "severity",
    ),
    "unknown key in a threshold": (
        "all_of = [{fact",
        "weight = 2\nall_of = [{fact",
        "weight",
        "unknown-key",
        "weight",
    ),
    "unknown key in a condition": (
        'op = "gt", value = 5000}',
        'op = "gt", value = 5000, unit = "EUR"}',
        'unit = "EUR"',
        "unknown-key",
        "unit",
    ),
    "unknown key in a clock": (
        'anchor = "awareness"}',
        'anchor = "awareness", weekday = true}',
        "weekday",
        "unknown-key",
        "weekday",
    ),
    "no citation": (
        'legal_reference = "Procédure interne 4"\n',
        "",
        'id = "internal-major"',
        "missing-key",
        "legal_reference",
    ),
    "citation in another language only": (
        'legal_reference = "Procédure interne 4"',
        'legal_reference_en = "Internal procedure 4"',
        'id = "internal-major"',
        "missing-key",
        "“legal_reference” is missing",
    ),
    "empty citation": (
        '"Procédure interne 4"',
        '" "',
        'legal_reference = " "',
        "empty",
        "legal_reference",
    ),
    "unknown anchor": ('"awareness"', '"aware"', '"aware"', "unknown-word", "“aware”"),
    "negative duration": ('"P30D"', '"-P30D"', '"-P30D"', "not-a-period", "-P30D"),
    "duration of zero": ('"P30D"', '"PT0H"', '"PT0H"', "not-a-period", "PT0H"),
    "duration in words": ('"P30D"', '"30 days"', '"30 days"', "not-a-period", "30 days"),
    "unknown fact": ('"cost_eur"', '"cost_usd"', '"cost_usd"', "unknown-word", "cost_usd"),
    "unknown op": (
        'op = "gt", value = 5000',
        'op = "above", value = 5000',
        '"above"',
        "unknown-word",
        "above",
    ),
    "unknown kind of provider": ('["operator"]', '["operateur"]', '"operateur"', "unknown-word", "operateur"),
    "unknown kind of rule": (
        'kind = "incident_duty"',
        'kind = "duty"',
        'kind = "duty"',
        "unknown-word",
        "duty",
    ),
    "unknown territory": ('"EU"', '"Europe"', 'territory = "Europe"', "unknown-word", "Europe"),
    "repeated id": ('"internal-major"', '"sla-30-days"', "", "repeated-id", "first in line 4"),
    "number as text": ("value = 5000", 'value = "5000"', 'value = "5000"', "wrong-type", "value"),
    "validity upside down": (
        'territory = "EU"',
        "in_force_from = 2025-01-02\nin_force_to = 2025-01-01",
        "in_force_to",
        "reversed-validity",
        "2025-01-01",
    ),
    "a day with a time": (
        'territory = "EU"',
        "in_force_from = 2025-01-02T00:00:00Z",
        "in_force_from",
        "wrong-type",
        "in_force_from",
    ),
    "no name": ('name_fr = "Incident majeur interne"\n', "", 'id = "internal-major"', "missing-key", "name"),
    "threshold that contradicts itself": (
        '{fact = "affected_users", op = "ge", value = 1000}',
        '{fact = "duration_minutes", op = "lt", value = 60}',
        'op = "lt", value = 60',
        "never-met",
        "duration_minutes",
    ),
    "share above a hundred": (
        'fact = "cost_eur", op = "gt", value = 5000',
        'fact = "share_of_users_percent", op = "gt", value = 100',
        "value = 100}",
        "never-met",
        "share_of_users_percent",
    ),
    "less than nothing": (
        'op = "gt", value = 5000',
        'op = "lt", value = 0',
        "value = 0}",
        "never-met",
        "cost_eur",
    ),
    "a cause that is none": (
        'fact = "cost_eur", op = "gt", value = 5000',
        'fact = "cause", op = "eq", value = "aliens"',
        '"aliens"',
        "unknown-word",
        "aliens",
    ),
    "more needed than there are": (
        '[{fact = "cost_eur", op = "gt", value = 5000}]',
        '[{at_least = 2, of = [{fact = "cost_eur", op = "gt", value = 5000}]}]',
        "at_least = 2",
        "impossible",
        "at least 2 of 1",
    ),
    "leaning on itself": (
        '[{fact = "cost_eur", op = "gt", value = 5000}]',
        '[{rule = "internal-major"}]',
        'rule = "internal-major"',
        "circular",
        "internal-major",
    ),
    "leaning on a rule without threshold": (
        '[{fact = "cost_eur", op = "gt", value = 5000}]',
        '[{rule = "sla-30-days"}]',
        'rule = "sla-30-days"',
        "no-threshold",
        "sla-30-days",
    ),
    "two countries' rows on the same days": (
        'territory = "EU"\n',
        'territory = "EU"\nnational_law = [{country = "DE", in_force = true}, {country = "DE", in_force = false}]\n',
        'country = "DE"',
        "overlapping-validity",
        "DE",
    ),
    "clock that follows none": (
        'anchor = "awareness"}',
        'anchor = "awareness", follows = "notification"}',
        "follows",
        "unknown-word",
        "notification",
    ),
    "not TOML": (
        'kind = "incident_duty"',
        "kind = incident_duty",
        "kind = incident_duty",
        "not-toml",
        "TOML",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_names_file_and_line(name: str, tmp_path: Path) -> None:
    wrong, put, on_line, code, words = MISTAKES[name]
    assert wrong in MINIMAL
    text = MINIMAL.replace(wrong, put, 1)
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_obligations(path)
    error = caught.value
    assert error.code == code, str(error)
    if name == "repeated id":
        expected = [number for number, line in enumerate(text.splitlines(), 1) if '"sla-30-days"' in line][1]
    else:
        expected = line_with(text, on_line)
    # Where a whole key is missing, the head of its rule is as good as its first line.
    assert error.line in ((expected, expected - 1) if code == "missing-key" else (expected,)), str(error)
    assert str(path) in str(error) and f"line {error.line}" in str(error) and words in str(error)


def test_a_text_that_is_no_rule_file() -> None:
    with pytest.raises(RuleError, match=r"no \[\[obligation\]\]"):
        parse_rules("# nothing\n", "own.toml")
    with pytest.raises(RuleError, match=r"own\.toml, line 3.*TOML"):
        parse_rules('a = "1"\nb = 2\nc = [1,\n', "own.toml")
    with pytest.raises(RuleError, match=r"line 1.*colour"):
        parse_rules('colour = "red"\n' + MINIMAL, "own.toml")


def test_bytes_that_are_not_utf_8_are_said_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(MINIMAL.encode("cp1252"))
    with pytest.raises(RuleError, match="not UTF-8") as caught:
        load_obligations(path)
    assert caught.value.line == line_with(MINIMAL, "Procédure")


def test_lines_are_counted_in_the_bundled_file_too() -> None:
    """A key spoilt anywhere in the long file is named on its own line, with inline and nested tables about it."""
    lines = BUNDLED_RULES.read_text(encoding="utf-8").splitlines()
    spoilt = 0
    for number, line in enumerate(lines, 1):
        if not line.startswith('recipient_en = "') or number % 3:
            continue
        text = "\n".join([*lines[: number - 1], line.replace("recipient_en", "recipent_en"), *lines[number:]])
        with pytest.raises(RuleError, match="recipent_en") as caught:
            parse_rules(text, "obligations.toml", bundled=True)
        assert caught.value.line == number
        spoilt += 1
    assert spoilt > 5
