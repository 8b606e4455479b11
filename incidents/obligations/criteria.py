"""Thresholds and exemptions of a rule file as conditions, refusing those that nothing can meet.

Knows the grammar of conditions and the vocabulary of facts. Knows no other key of a rule, and evaluates
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from incidents.amount import Number
from incidents.obligations.conditions import (
    OPS_BY_KIND,
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Value,
    compare,
)
from incidents.obligations.file import RuleError, Table, each
from incidents.obligations.model import Criterion
from incidents.obligations.vocabulary import FACTS, Fact

GROUPS = ("all_of", "any_of", "min_of")
WAYS = ("fact", "rule", "at_least", *GROUPS)
INFINITE = float("inf")


class Criteria:
    """Reads the criteria of one file; a rule may lean on the thresholds of another in it."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self.thresholds: dict[str, tuple[Criterion, ...]] = {}
        self.reading: list[str] = []

    def of(self, name: str) -> tuple[Criterion, ...]:
        if name not in self.thresholds:
            self.reading.append(name)
            self.thresholds[name] = each(self.tables[name], "threshold", self.criterion)
            self.reading.pop()
        return self.thresholds[name]

    def criterion(self, table: Table) -> Criterion:
        fr, en = table.pair("label")
        parts = table.take("all_of", list, "a list of conditions", required=True) or []
        if not parts:
            raise table.error("all_of", "empty", "“all_of” is empty", "name at least one condition")
        table.finish()
        conditions = tuple(self._condition(table, part) for part in parts)
        self._check_can_hold(table, conditions)
        return Criterion(fr, en, conditions[0] if len(conditions) == 1 else AllOf(conditions))

    def _condition(self, table: Table, values: object) -> Condition:
        part = table.nested(values)
        if part.has("fact"):
            return self._comparison(part)
        if part.has("rule"):
            return self._other_rule(part)
        for key in GROUPS:
            if part.has(key):
                parts = self._parts(part, key)
                part.finish()
                if key == "min_of":
                    self._check_limits(part, parts)
                return AllOf(parts) if key == "all_of" else AnyOf(parts, smaller=key == "min_of")
        count = part.take("at_least", int, "a number")
        if count is None:
            for key in part.names():
                raise part.unknown_word("condition", key, WAYS)
            raise part.error("all_of", "empty", "an empty condition", "write {{fact = …, op = …, value = …}}")
        parts = self._parts(part, "of")
        part.finish()
        if not 1 <= count <= len(parts):
            raise part.error(
                "at_least",
                "impossible",
                "at least {value} of {total} can never hold",
                value=count,
                total=len(parts),
            )
        return AtLeast(count, parts)

    def _parts(self, table: Table, key: str) -> tuple[Condition, ...]:
        values = table.take(key, list, "a list of conditions", required=True) or []
        if not values:
            raise table.error(key, "empty", "“{key}” is empty", "name at least one condition")
        return tuple(self._condition(table, value) for value in values)

    def _other_rule(self, table: Table) -> Condition:
        name = table.must("rule", among=self.tables)
        table.finish()
        if name in self.reading:
            raise table.error(
                "rule", "circular", "the thresholds of “{value}” lean on themselves", value=name
            )
        criteria = self.of(name)
        if not criteria:
            raise table.error("rule", "no-threshold", "“{value}” has no threshold to lean on", value=name)
        conditions = tuple(criterion.condition for criterion in criteria)
        return conditions[0] if len(conditions) == 1 else AnyOf(conditions)

    def _comparison(self, table: Table) -> Compare:
        fact = FACTS[table.must("fact", among=FACTS)]
        op = table.must("op", among=OPS_BY_KIND[fact.kind])
        value = self._value(table, fact)
        table.finish()
        if fact.kind == "amount":
            self._check_number(table, fact, op, value)
        return compare(fact, op, value)

    def _value(self, table: Table, fact: Fact) -> Value:
        if fact.kind == "answer":
            value = table.take("value", bool, "true or false", required=True)
            return bool(value)
        if fact.kind == "amount":
            number = table.take("value", (int, float), "a number", required=True)
            assert number is not None
            return number
        raw = table.take("value", (str, list), "a word or a list of words", required=True)
        words = (raw,) if isinstance(raw, str) else tuple(raw or ())
        for word in words or ("",):
            if word not in fact.choices:
                raise table.unknown_word("value", word, fact.choices)
        return words

    def _check_number(self, table: Table, fact: Fact, op: str, value: Value) -> None:
        assert not isinstance(value, str | tuple)
        if value != value or value in (INFINITE, -INFINITE) or value < 0 or (op == "lt" and value == 0):
            raise self._never(table, fact.name, op, value)
        if fact.largest is not None and (value > fact.largest or (op == "gt" and value == fact.largest)):
            raise self._never(table, fact.name, op, value)

    def _never(self, table: Table, fact: str, op: str, value: object) -> RuleError:
        return table.error(
            "value",
            "never-met",
            "no {fact} can ever be {op} {value}",
            "correct the value",
            value=value,
            fact=fact,
            op=op,
        )

    def _check_limits(self, table: Table, parts: tuple[Condition, ...]) -> None:
        """The smaller of two limits decides by "one is exceeded" only where all ask for more."""
        for part in parts:
            if not isinstance(part, Compare) or part.op not in ("gt", "ge"):
                raise table.error(
                    "min_of",
                    "wrong-type",
                    "min_of takes comparisons with gt or ge",
                    "use any_of for anything else",
                )

    def _check_can_hold(self, table: Table, conditions: tuple[Condition, ...]) -> None:
        """Refuse an all_of that leaves no value for a fact, such as more than 60 and less than 30."""
        ranges: dict[str, tuple[Number, bool, Number, bool]] = {}
        words: dict[str, frozenset[str]] = {}
        for condition in conditions:
            if not isinstance(condition, Compare):
                continue
            fact, op, value = condition.fact, condition.op, condition.value
            if fact.kind != "amount":
                words[fact.name] = words.get(fact.name, condition.words) & condition.words
                if fact.kind != "kinds" and not words[fact.name]:
                    raise self._never(table, fact.name, op, value)
                continue
            assert not isinstance(value, str | tuple)
            low, low_open, high, high_open = ranges.get(fact.name, (0, False, INFINITE, False))
            if op in ("gt", "ge", "eq") and (value, op == "gt") > (low, low_open):
                low, low_open = value, op == "gt"
            if op in ("lt", "le", "eq") and (value, op != "lt") < (high, not high_open):
                high, high_open = value, op == "lt"
            ranges[fact.name] = (low, low_open, high, high_open)
            if low > high or (low == high and (low_open or high_open)):
                raise self._never(table, fact.name, op, value)
