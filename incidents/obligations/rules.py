"""Duties as data: what an obligation is, and how a rule file becomes obligations.

Knows the keys of a rule file and what they may say; every mistake is an error with file and line. Knows no
incident, and judges none: `assessment` does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import TypeVar

from incidents.errors import TimelineError
from incidents.model import CONFIDENCES, OBLIGATION_KINDS, PROVIDER_KINDS, SERVICE_KINDS
from incidents.obligations.clocks import ANCHORS, ClockRule, Later, Period, Term, WeekendShift
from incidents.obligations.criteria import Criteria
from incidents.obligations.file import LARGEST_FILE, RuleError, Table, each, read_rule_text
from incidents.obligations.model import EntityClass, NationalLaw, Obligation, Territory

BUNDLED_RULES = Path(__file__).parents[1] / "reference" / "obligations.toml"
SCHEMA = 1
T = TypeVar("T", Territory, EntityClass)
ANY_KIND = "any"
REACHES = ("effect", "establishment", "either")
ASSESSED_KINDS = ("incident_duty", "comparison")
LEGAL_KINDS = (  # kinds of entity that laws name and that no provider in the bundled records has
    "dns", "tld", "data_centre", "managed_service", "marketplace", "search", "social", "trust_service",
    "financial_entity", "credit_institution", "central_counterparty", "trading_venue", "critical_entity",
    "essential_service_operator",
)  # fmt: skip
KNOWN_KINDS = frozenset((ANY_KIND, *PROVIDER_KINDS, *LEGAL_KINDS))


def load_obligations(path: str | Path | None = None) -> tuple[Obligation, ...]:
    """Load the bundled obligations, or those of one's own rule file.

    A file of one's own may name the bundled territories and classes of entities. Raises `RuleError`, which
    names file and line, for whatever is not a usable rule.
    """
    if path is None:
        return _bundled().obligations
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise RuleError(str(file), 1, "", "too-large", "too large for a rule file")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RuleError(
            str(file), line, "", "not-utf-8", "not UTF-8 text", "save the file as UTF-8"
        ) from error
    except OSError as error:
        raise TimelineError(
            "{file}: {said}",
            code="unreadable-file",
            params={"file": str(file), "said": error.strerror or error},
        ) from error
    return parse_rules(text, str(file)).obligations


@cache
def _bundled() -> RuleBook:
    return parse_rules(BUNDLED_RULES.read_text(encoding="utf-8"), BUNDLED_RULES.name, bundled=True)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The contents of a rule file."""

    as_of: date | None
    territories: Mapping[str, Territory]
    classes: Mapping[str, EntityClass]
    obligations: tuple[Obligation, ...]


def parse_rules(text: str, file: str, *, bundled: bool = False) -> RuleBook:
    """Parse a rule file. `file` is its name for messages; `bundled` = it leans on no other file."""
    root = read_rule_text(text, file)
    schema = root.take("schema", int, "a number")
    if schema not in (None, SCHEMA):
        raise root.error(
            "schema", "unknown-schema", "schema {value} is not known here", "write 1", value=schema
        )
    as_of = root.day("as_of")
    territories = {} if bundled else dict(_bundled().territories)
    territories |= _by_id(root, "territory", _territory)
    classes = {} if bundled else dict(_bundled().classes)
    classes |= _by_id(root, "entity_class", _entity_class)
    tables = root.tables("obligation")
    root.finish()
    if not tables:
        raise root.error(
            "", "no-obligation", "no [[obligation]] in this file", "add one [[obligation]] a duty"
        )
    return RuleBook(as_of, territories, classes, _Reader(tables, territories, classes).read())


def _by_id(root: Table, key: str, read: Callable[[Table], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for table in root.tables(key):
        value = read(table)
        if value.id in found:
            raise table.error(
                "id", "repeated-id", "“{value}” is there twice", "give each its own id", value=value.id
            )
        found[value.id] = value
    return found


def _territory(table: Table) -> Territory:
    left = table.table("left")
    territory = Territory(
        id=table.must("id"),
        name_fr=table.must("name_fr"),
        name_en=table.must("name_en"),
        countries=frozenset(table.words("countries", required=True)),
        left=tuple((country, day) for country in left.names() if (day := left.day(country))) if left else (),
        reached_by=frozenset(table.words("reached_by")),
    )
    table.finish()
    return territory


def _entity_class(table: Table) -> EntityClass:
    entity_class = EntityClass(
        id=table.must("id"),
        name_fr=table.must("name_fr"),
        name_en=table.must("name_en"),
        kinds=frozenset(_known_words(table, "kinds", KNOWN_KINDS)),
        legal_reference=(citation := table.must("legal_reference")),
        legal_reference_en=table.text_of("legal_reference_en") or citation,
        confidence=table.must("confidence", among=CONFIDENCES),
        notes_fr=table.words("notes_fr"),
        notes_en=table.words("notes_en"),
    )
    table.finish()
    return entity_class


def _known_words(
    table: Table, key: str, among: Collection[str], *, required: bool = False
) -> tuple[str, ...]:
    words = table.words(key, required=required)
    for word in words:
        if word not in among:
            raise table.unknown_word(key, word, among)
    return words


class _Reader:
    """Reads the obligations of one file; a rule may lean on another's thresholds or weekend rule."""

    def __init__(
        self, tables: list[Table], territories: Mapping[str, Territory], classes: Mapping[str, EntityClass]
    ) -> None:
        self.territories = territories
        self.classes = classes
        self.tables: dict[str, Table] = {}
        for table in tables:
            table.label = name = table.must("id")
            if name in self.tables:
                other = self.tables[name]
                raise table.error(
                    "id",
                    "repeated-id",
                    "this id is there twice, first in line {first}",
                    "give each obligation its own id",
                    first=other.text.line_of(other.section, "id"),
                )
            self.tables[name] = table
        self.criteria = Criteria(self.tables)
        self.exceptions: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def read(self) -> tuple[Obligation, ...]:
        for name, table in self.tables.items():
            self.exceptions[name] = self._shift_exception(table)
        return tuple(self._obligation(name, table) for name, table in self.tables.items())

    def _obligation(self, name: str, table: Table) -> Obligation:
        kind = table.must("kind", among=OBLIGATION_KINDS)
        binds = _known_words(table, "binds_kinds", KNOWN_KINDS | self.classes.keys(), required=kind != "bill")
        classes = tuple(self.classes[word] for word in binds if word in self.classes)
        name_fr, name_en = table.pair("name", required=True)
        citation = table.must("legal_reference")
        binds_fr, binds_en = table.pair("binds")
        trigger_fr, trigger_en = table.pair("trigger")
        thresholds_fr, thresholds_en = table.pair("thresholds")
        transposition_fr, transposition_en = table.pair("transposition")
        recipient_fr, recipient_en = table.pair("recipient")
        obligation = Obligation(
            id=name,
            kind=kind,
            name_fr=name_fr,
            name_en=name_en,
            regime=table.must("regime"),
            legal_reference=citation,
            legal_reference_en=table.text_of("legal_reference_en") or citation,
            binds_fr=binds_fr,
            binds_en=binds_en,
            binds_kinds=binds,
            bound_kinds=frozenset(binds).union(*(entity_class.kinds for entity_class in classes)),
            classes=classes,
            designation=table.text_of("designation"),
            territory=self._territory_of(table),
            reach=table.text_of("reach", among=REACHES) or "effect",
            main_establishment_kinds=frozenset(_known_words(table, "main_establishment_kinds", KNOWN_KINDS)),
            service_kinds=_known_words(table, "service_kinds", SERVICE_KINDS),
            trigger_fr=trigger_fr,
            trigger_en=trigger_en,
            thresholds_fr=thresholds_fr,
            thresholds_en=thresholds_en,
            qualitative=table.flag("qualitative"),
            thresholds=self.criteria.of(name),
            exemptions=each(table, "exemption", self.criteria.criterion),
            clocks=self._clocks(table),
            weekend_shift=self._weekend_shift(table),
            in_force_from=table.day("in_force_from"),
            in_force_to=table.day("in_force_to"),
            in_force_confidence=table.text_of("in_force_confidence", among=CONFIDENCES),
            transposition_fr=transposition_fr,
            transposition_en=transposition_en,
            national_law=self._national_law(table),
            recipient_fr=recipient_fr,
            recipient_en=recipient_en,
            source_url=table.text_of("source_url"),
            confidence=table.text_of("confidence", among=CONFIDENCES),
            notes_fr=table.words("notes_fr"),
            notes_en=table.words("notes_en"),
        )
        table.finish()
        first, last = obligation.in_force_from, obligation.in_force_to
        if first and last and first > last:
            raise table.error(
                "in_force_to", "reversed-validity", "in force to {last}, before it begins on {first}",
                "put the earlier day in in_force_from", first=first, last=last,
            )  # fmt: skip
        return obligation

    def _territory_of(self, table: Table) -> Territory | None:
        name = table.text_of("territory", among=self.territories)
        return self.territories[name] if name else None

    # --- clocks

    def _clocks(self, table: Table) -> tuple[ClockRule, ...]:
        rules: list[ClockRule] = []
        for part in table.tables("clocks"):
            rule = self._clock(part, [rule.label for rule in rules])
            rules.append(rule)
        return tuple(rules)

    def _clock(self, table: Table, before: list[str]) -> ClockRule:
        label = table.must("label")
        fr, en = table.pair("label")
        if label in before:
            raise table.error("label", "repeated-label", "clock “{value}” is there twice", value=label)
        every = self._period(table, "every") if table.has("every") else None
        several = [self._term(part) for part in table.tables("earliest_of")]
        terms = tuple(several)
        if every is None and not several:
            terms = (self._term(table, finish=False),)
        elif several and any(term.period is None for term in several):
            raise table.error("earliest_of", "wrong-type", "earliest_of takes periods only")
        follows = table.text_of("follows", among=before)
        rule = ClockRule(
            label, fr or label, en or label, terms, every, follows, self._later(table, "only_if"),
            self._later(table, "unless"),
        )  # fmt: skip
        table.finish()
        return rule

    def _term(self, table: Table, *, finish: bool = True) -> Term:
        due = table.must("due")
        anchor = table.must("anchor", among=ANCHORS)
        if finish:
            table.finish()
        if due in ("without_delay", "no_period"):
            return Term(due, anchor)
        return Term(due, anchor, self._parsed(table, "due", due))

    def _period(self, table: Table, key: str) -> Period:
        return self._parsed(table, key, table.must(key))

    def _parsed(self, table: Table, key: str, text: str) -> Period:
        try:
            return Period.parse(text)
        except ValueError as error:
            raise table.error(
                key,
                "not-a-period",
                "{key}: “{value}” is not a period of more than zero",
                "write ISO 8601 such as PT24H, P14D, P1M; or without_delay, no_period",
                value=text,
            ) from error

    def _later(self, table: Table, key: str) -> Later | None:
        part = table.table(key)
        if part is None:
            return None
        later = Later(
            part.must("anchor", among=ANCHORS),
            self._period(part, "later_than"),
            part.must("after", among=ANCHORS),
        )
        part.finish()
        return later

    def _weekend_shift(self, table: Table) -> WeekendShift | None:
        part = table.table("weekend_shift")
        if part is None:
            return None
        part.must("day", among=("next_working_day",))
        modifier = part.must("modifier", among=self.tables)
        text = part.must("at")
        part.finish()
        try:
            at = time.fromisoformat(text)
        except ValueError as error:
            raise part.error(
                "at", "not-a-time", "“{value}” is not a time of day", "write 12:00", value=text
            ) from error
        if at.tzinfo is not None:
            raise part.error("at", "not-a-time", "“{value}” is a local time", "write 12:00", value=text)
        return WeekendShift(at, modifier, *self.exceptions[modifier])

    def _shift_exception(self, table: Table) -> tuple[frozenset[str], frozenset[str]]:
        part = table.table("shift_exception")
        if part is None:
            return frozenset(), frozenset()
        clocks = frozenset(part.words("clocks", required=True))
        kinds = frozenset(_known_words(part, "kinds", KNOWN_KINDS | self.classes.keys(), required=True))
        part.finish()
        return clocks, kinds

    # --- national law

    def _national_law(self, table: Table) -> tuple[NationalLaw, ...]:
        rows: list[NationalLaw] = []
        for part in table.tables("national_law"):
            row = self._national_row(part)
            for other in rows:
                if (
                    other.country == row.country
                    and other.days[0] <= row.days[1]
                    and row.days[0] <= other.days[1]
                ):
                    raise part.error(
                        "country", "overlapping-validity", "two rows for {value} speak of the same days",
                        "end one before the other begins", value=row.country,
                    )  # fmt: skip
            rows.append(row)
        return tuple(rows)

    def _national_row(self, table: Table) -> NationalLaw:
        country = table.must("country")
        in_force = table.take("in_force", bool, "true or false", required=True)
        territory = self.territories.get(country)
        row = NationalLaw(
            country,
            territory.countries if territory else frozenset((country,)),
            bool(in_force),
            table.day("in_force_from"),
            table.day("in_force_to"),
            table.day("as_of"),
        )
        table.finish()
        if row.days[0] > row.days[1]:
            raise table.error(
                "in_force_to", "reversed-validity", "it ends before it begins", "swap the two days"
            )
        return row
