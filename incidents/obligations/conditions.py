"""Conditions over what is known, in three values: true, false, and None for not decided.

Knows comparison with bounds, and how the parts of a condition combine (Kleene). Knows no rule file and no
law.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import ge, gt, le, lt

from incidents.amount import Number
from incidents.obligations import reasons as say
from incidents.obligations.facts import Bounds, Known
from incidents.obligations.reasons import Reason, Word
from incidents.obligations.vocabulary import Fact

Truth = bool | None
Value = Number | bool | str | tuple[str, ...]
AMOUNT_OPS = {"gt": gt, "ge": ge, "lt": lt, "le": le}
OPS_BY_KIND = {
    "amount": ("gt", "ge", "lt", "le", "eq"),
    "answer": ("eq",),
    "choice": ("eq", "in"),
    "kinds": ("has_any",),
}
REQUIRED = {
    "gt": say.MORE_THAN,
    "ge": say.AT_LEAST,
    "lt": say.LESS_THAN,
    "le": say.AT_MOST,
    "eq": say.EQUAL_TO,
}
OUTCOME_OF_TRUTH: dict[Truth, str] = {True: say.MET, False: say.NOT_MET, None: say.NOT_DECIDED}
UNKNOWN_SIDE = Reason(say.NOT_KNOWN)


@dataclass(slots=True)
class Account:
    """What an explanation gathers: reasons in order, and the fields that would decide what is open.

    `said`: the comparisons that have been explained, so that each is said once.
    """

    reasons: list[Reason] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)
    said: set[tuple[str, str, Value]] = field(default_factory=set)

    def needs(self, name: str) -> None:
        """Note a field that would help to decide."""
        self.missing[name] = None


@dataclass(frozen=True, slots=True)
class Compare:
    """One fact against one value; `words` are the words that satisfy it, where it is not an amount."""

    fact: Fact
    op: str
    value: Value
    words: frozenset[str]
    required: Reason
    label: Reason

    def truth(self, known: Known) -> Truth:
        if self.fact.kind == "amount":
            return compare_bounds(known.amount(self.fact), self.op, self.value)  # type: ignore[arg-type]
        options = known.options(self.fact)
        if options is None:
            return None
        if self.fact.kind == "kinds":
            return not self.words.isdisjoint(options)
        if options <= self.words:
            return True
        return False if self.words.isdisjoint(options) else None

    def explain(self, known: Known, account: Account) -> None:
        key = (self.fact.name, self.op, self.value)
        if key in account.said:
            return
        account.said.add(key)
        truth = self.truth(known)
        if self.fact.kind == "amount":
            bounds = known.amount(self.fact)
            side = amount_side(bounds)
            missing = bounds.missing
        else:
            side = options_side(self.fact, known.options(self.fact))
            missing = (self.fact.field,)
        account.reasons.append(
            Reason(OUTCOME_OF_TRUTH[truth], {"fact": self.label, "known": side, "required": self.required})
        )
        if truth is None:
            account.missing.update(dict.fromkeys(missing))


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part must hold."""

    parts: tuple[Condition, ...]

    def truth(self, known: Known) -> Truth:
        result: Truth = True
        for part in self.parts:
            truth = part.truth(known)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    def explain(self, known: Known, account: Account) -> None:
        _explain_like(self.truth(known), self.parts, known, account)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part is enough. `smaller`: the parts are limits of one quantity, and the smaller limit decides.

    To be above the smaller of two limits is to be above one of them, so both read the same.
    """

    parts: tuple[Condition, ...]
    smaller: bool = False

    def truth(self, known: Known) -> Truth:
        result: Truth = False
        for part in self.parts:
            truth = part.truth(known)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    def explain(self, known: Known, account: Account) -> None:
        before = len(account.reasons)
        _explain_like(self.truth(known), self.parts, known, account)
        if self.smaller and len(account.reasons) > before:
            account.reasons.append(Reason(say.SMALLER_DECIDES))


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`count` of the parts must hold."""

    count: int
    parts: tuple[Condition, ...]

    def tally(self, known: Known) -> tuple[int, int]:
        """Count the parts that hold and those not decided."""
        truths = [part.truth(known) for part in self.parts]
        return truths.count(True), truths.count(None)

    def truth(self, known: Known) -> Truth:
        met, undecided = self.tally(known)
        if met >= self.count:
            return True
        return None if met + undecided >= self.count else False

    def explain(self, known: Known, account: Account) -> None:
        met, undecided = self.tally(known)
        account.reasons.append(
            Reason(
                say.SOME_OF, {"count": self.count, "total": len(self.parts), "met": met, "open": undecided}
            )
        )
        _explain_like(self.truth(known), self.parts, known, account)


Condition = Compare | AllOf | AnyOf | AtLeast


def _explain_like(truth: Truth, parts: Sequence[Condition], known: Known, account: Account) -> None:
    """Explain by the parts that came out as the whole did: those are what decided it."""
    for part in parts:
        if part.truth(known) is truth:
            part.explain(known, account)


def compare_bounds(bounds: Bounds, op: str, value: Number) -> Truth:
    """Compare a range with a number: true or false only where every value in the range agrees."""
    low, high = bounds.low, bounds.high
    if op == "eq":
        if low == high == value:
            return True
        below = high is not None and high < value
        above = low is not None and low > value
        return False if below or above else None
    holds = AMOUNT_OPS[op]
    # Of a range, the lower end is the last to exceed a limit, and the upper end the last to stay under it.
    last, first = (low, high) if op in ("gt", "ge") else (high, low)
    if last is not None and holds(last, value):
        return True
    return False if first is not None and not holds(first, value) else None


def compare(fact: Fact, op: str, value: Value) -> Compare:
    """Make a comparison, its words and sentences prepared. `op` and `value` must suit the fact's kind."""
    if fact.kind == "amount":
        words: frozenset[str] = frozenset()
        required = Reason(REQUIRED[op], {"value": value})
    elif fact.kind == "answer":
        words = frozenset(("yes",) if value else ("no",))
        required = Reason(say.YES if value else say.NO)
    else:
        chosen = value if isinstance(value, tuple) else (str(value),)
        words = frozenset(chosen)
        required = options_of(fact, chosen)
    return Compare(fact, op, value, words, required, Reason(fact.label))


def amount_side(bounds: Bounds) -> Reason:
    """Say what is known of an amount."""
    low, high = bounds.low, bounds.high
    if low is None:
        return UNKNOWN_SIDE if high is None else Reason(say.KNOWN_AT_MOST, {"high": high})
    if high is None:
        return Reason(say.KNOWN_AT_LEAST, {"low": low})
    if low == high:
        return Reason(say.EXACTLY_KNOWN, {"low": low})
    return Reason(say.KNOWN_BETWEEN, {"low": low, "high": high})


def options_side(fact: Fact, options: frozenset[str] | None) -> Reason:
    """Say what is known of a fact that is no amount."""
    if options is None:
        return UNKNOWN_SIDE
    if fact.kind == "answer":
        return Reason(say.YES if "yes" in options else say.NO)
    return options_of(fact, tuple(options))


def options_of(fact: Fact, words: tuple[str, ...]) -> Reason:
    """Say one word, or one of several; the words of a set are all of them."""
    list_name = "service_kind" if fact.kind == "kinds" else fact.name
    shown = tuple(Word(list_name, word) for word in fact.choices if word in words)
    if len(shown) == 1 or fact.kind == "kinds":
        return Reason(say.EQUAL_TO, {"value": shown})
    return Reason(say.ONE_OF, {"options": shown})
