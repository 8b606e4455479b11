"""A rule file as tables that are read key by key, with errors that name file and line.

Knows TOML and where in the text a table or key stands. Knows no key, no rule and no law.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import TypeVar

from incidents.errors import TimelineError

T = TypeVar("T")
HEADER = re.compile(r"\s*\[\[?\s*([\w.\"-]+)\s*\]\]?\s*(?:#.*)?")
BAD_TOML = re.compile(r"^(.*?) ?\(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)
LARGEST_FILE = 10_000_000


class RuleError(TimelineError, ValueError):
    """A rule file that cannot be used as it is: `file`, `line` (from 1) and `key` say where."""

    def __init__(
        self, file: str, line: int, key: str, code: str, message: str, hint: str = "", **params: object
    ) -> None:
        self.file = file
        self.line = line
        self.key = key
        super().__init__(
            "{file}, line {line}: " + message,
            code=code,
            params={"file": file, "line": line, "key": key, **params},
            hint=hint,
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the text from one table header to the next; lines count from 1, both included."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a rule file, with its name for messages."""

    file: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]

    @classmethod
    def of(cls, file: str, text: str) -> Text:
        lines = tuple(text.splitlines())
        starts: list[tuple[str, int]] = [("", 1)]
        inside = ""
        for number, line in enumerate(lines, 1):
            header = None if inside else HEADER.fullmatch(line)
            # A line of an array, such as ["x"], looks like a header too.
            if (
                header
                and not line.lstrip().startswith(("[[[", '["', "['"))
                and not line.rstrip().endswith(",")
            ):
                starts.append((header[1].replace('"', ""), number))
            for quotes in ('"""', "'''"):
                if line.count(quotes) % 2 and inside in ("", quotes):
                    inside = "" if inside else quotes
        ends = [start - 1 for _, start in starts[1:]] + [len(lines)]
        return cls(file, lines, tuple(Section(n, s, e) for (n, s), e in zip(starts, ends, strict=True)))

    def section(self, name: str, index: int, within: Section | None = None) -> Section | None:
        """Find the index-th section of a name, in the whole text or among the parts of a table."""
        pool: Sequence[Section] = self.sections
        if within is not None:
            start = self.sections.index(within) + 1
            stop = next(
                (
                    i
                    for i in range(start, len(self.sections))
                    if not self.sections[i].name.startswith(within.name + ".")
                ),
                len(self.sections),
            )
            pool = self.sections[start:stop]
        named = [section for section in pool if section.name == name]
        return named[index] if index < len(named) else None

    def line_of(self, section: Section | None, key: str, *words: object) -> int:
        """Find the line of a key in a section, the one with most of some words; else the section's head."""
        if section is None:
            section = Section("", 1, len(self.lines))
        pattern = re.compile(rf'(?:^|[\s{{,.])"?{re.escape(key)}"?\s*=') if key else None
        found = [
            number
            for number in range(section.first, section.last + 1)
            if pattern and pattern.search(self.lines[number - 1])
        ]
        wanted = [str(word).lower() for word in words if word is not None]
        return max(
            found,
            key=lambda number: sum(word in self.lines[number - 1].lower() for word in wanted),
            default=section.first,
        )


class Table:
    """One table of a rule file: each `take_*` reads one key; `finish` refuses whatever was not taken."""

    def __init__(
        self, values: object, text: Text, section: Section | None, name: str, label: str = ""
    ) -> None:
        self.text = text
        self.section = section
        self.name = name
        self.label = label
        if not isinstance(values, Mapping):
            raise self.error("", "not-a-table", "“{table}” is not a table", table=name)
        self._values = dict(values)
        self._taken: list[str] = []

    def error(
        self, key: str, code: str, message: str, hint: str = "", *, value: object = None, **params: object
    ) -> RuleError:
        """Make an error that names the file and the line of a key of this table."""
        prefix = "{label}: " if self.label else ""
        line = self.text.line_of(self.section, key, value, *params.values())
        return RuleError(
            self.text.file, line, key, code, prefix + message, hint, label=self.label, value=value, **params
        )

    def has(self, key: str) -> bool:
        return key in self._values

    def take(
        self, key: str, kind: type[T] | tuple[type[T], ...], what: str, *, required: bool = False
    ) -> T | None:
        """Take a key of a type; None when it is absent. Empty text is an error: leave the key out."""
        self._taken.append(key)
        if key not in self._values:
            if required:
                self._refuse_misspelt(key)
                raise self.error(key, "missing-key", "“{key}” is missing", "add {key} = …")
            return None
        value = self._values.pop(key)
        wrong_bool = isinstance(value, bool) and kind is not bool
        if not isinstance(value, kind) or wrong_bool:
            raise self.error(key, "wrong-type", "“{key}” is not {what}", value=value, what=what)
        if isinstance(value, str) and not value.strip():
            raise self.error(key, "empty", "“{key}” is empty", "write something, or leave the key out")
        return value

    def text_of(
        self, key: str, *, required: bool = False, among: Collection[str] | None = None
    ) -> str | None:
        value = self.take(key, str, "text", required=required)
        if value is not None and among is not None and value not in among:
            raise self.unknown_word(key, value, among)
        return value

    def must(self, key: str, *, among: Collection[str] | None = None) -> str:
        """Take text that has to be there."""
        value = self.text_of(key, required=True, among=among)
        assert value is not None
        return value

    def pair(self, key: str, *, required: bool = False) -> tuple[str, str]:
        """Take a text in French and English; one that is given in a single language serves for both."""
        fr, en = self.text_of(f"{key}_fr"), self.text_of(f"{key}_en")
        if required and not (fr or en):
            raise self.error(
                f"{key}_en", "missing-key", "“{key}” is missing", "add {key}, or the same in French"
            )
        return fr or en or "", en or fr or ""

    def unknown_word(self, key: str, value: object, among: Collection[str]) -> RuleError:
        return self.error(
            key,
            "unknown-word",
            "{key}: “{value}” is not known here",
            "use one of: {among}",
            value=value,
            among=", ".join(sorted(among)),
        )

    def flag(self, key: str) -> bool:
        return bool(self.take(key, bool, "true or false"))

    def day(self, key: str) -> date | None:
        value = self.take(key, date, "a date such as 2024-10-18")
        if isinstance(value, datetime):
            raise self.error(
                key, "wrong-type", "“{key}” is a day, without a time", "write 2024-10-18", value=value
            )
        return value

    def words(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Take a list of texts; () when it is absent."""
        values = self.take(key, list, "a list of texts", required=required) or []
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise self.error(key, "wrong-type", "“{key}” is not a list of texts", value=value)
        return tuple(values)

    def tables(self, key: str) -> list[Table]:
        """Take a list of tables, written as [[sections]] or inline; [] when it is absent."""
        values = self.take(key, list, "a list of tables") or []
        name = f"{self.name}.{key}" if self.name else key
        within = self.section if self.name else None
        tables = []
        for index, value in enumerate(values):
            section = self.text.section(name, index, within)
            tables.append(Table(value, self.text, section or self.section, name, self.label))
        return tables

    def table(self, key: str) -> Table | None:
        """Take one inline table; None when it is absent."""
        values = self.take(key, dict, "a table")
        return (
            None
            if values is None
            else Table(values, self.text, self.section, f"{self.name}.{key}", self.label)
        )

    def nested(self, values: object) -> Table:
        """Read a table that stands within a value of this one."""
        return Table(values, self.text, self.section, self.name, self.label)

    def names(self) -> list[str]:
        return list(self._values)

    def _refuse_misspelt(self, key: str) -> None:
        """Name the key that somebody wrote instead of one that has to be there."""
        others = [name for name in self._values if not name.startswith(f"{key}_")]
        for found in get_close_matches(key, others, n=1, cutoff=0.85):
            raise self.error(
                found, "unknown-key", "“{key}” is not a key that is known here", "write {meant}", meant=key
            )

    def finish(self) -> None:
        """Refuse a key that nothing has taken."""
        for key in self._values:
            raise self.error(
                key, "unknown-key", "“{key}” is not a key that is known here", "use one of: {known}",
                known=", ".join(sorted(set(self._taken))),
            )  # fmt: skip


def read_rule_text(text: str, file: str) -> Table:
    """Parse a rule file. Raises `RuleError` where it is not TOML."""
    lines = Text.of(file, text)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = BAD_TOML.match(str(error))
        line = int(match[2]) if match and match[2] else max(len(lines.lines), 1)
        said = match[1] if match else str(error)
        raise RuleError(file, line, "", "not-toml", "not readable as TOML: {said}", said=said) from error
    except RecursionError as error:
        raise RuleError(file, 1, "", "not-toml", "not readable as TOML: nested too deeply") from error
    return Table(values, lines, None, "")


def each(table: Table, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
    """Read every table of a list."""
    return tuple(read(part) for part in table.tables(key))
