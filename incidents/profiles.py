"""Saved ways to read the files of one tool: a mapping and what goes with it, as TOML, found again by the header.

Knows TOML and the folder that it is given; the profiles of five ticket tools come with the program. Knows no rows.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path

from incidents.columns import RECORD_TYPES, fields_of, header_key
from incidents.errors import TimelineError
from incidents.import_options import ON_UNKNOWN, ImportOptions

LARGEST = 1_000_000
NAME = re.compile(r"[^\s/\\][^/\\\x00-\x1f]{0,79}")


class ProfileError(TimelineError):
    """A profile that cannot be read, written or found; says in which file, on which line, at which key."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How the files of one tool are read. `header`: the folded names of its columns; `needs`: those that show it.

    The rest means what it means in `ImportOptions`.
    """

    name: str
    record_type: str = "incident"
    header: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    timezone: str = ""
    date_order: str = ""
    encoding: str = ""
    delimiter: str = ""
    group_by: str = ""
    on_unknown: str = ""
    value_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


TEXTS = ("name", "record_type", "timezone", "date_order", "encoding", "delimiter", "group_by", "on_unknown")
LISTS = ("header", "needs", "ignored")
TABLES = {"fields": "mapping", "constants": "constants"}
ALLOWED: Mapping[str, Sequence[str]] = {
    "record_type": tuple(RECORD_TYPES),
    "date_order": ("DMY", "MDY", "YMD"),
    "on_unknown": ON_UNKNOWN,
}


def shape_of(header: Sequence[str]) -> tuple[str, ...]:
    """Give the shape by which a file is known again: its folded header names, sorted."""
    return tuple(sorted({header_key(name) for name in header} - {""}))


def profile_of(name: str, options: ImportOptions, header: Sequence[str]) -> Profile:
    """Make a profile of how a file was read."""
    return Profile(
        name=name,
        record_type=options.record_type,
        header=shape_of(header),
        mapping=dict(options.mapping),
        constants=dict(options.constants),
        ignored=options.ignored,
        timezone=options.timezone or "",
        date_order=options.date_order or "",
        encoding=options.encoding or "",
        delimiter=options.delimiter or "",
        group_by=options.group_by,
        on_unknown=options.on_unknown or "",
        value_words={column: dict(words) for column, words in options.value_words.items()},
    )


def with_profile(options: ImportOptions, profile: Profile) -> ImportOptions:
    """Give options with what a profile says where they say nothing themselves."""
    return replace(
        options,
        record_type=profile.record_type,
        mapping={**profile.mapping, **options.mapping},
        constants={**profile.constants, **options.constants},
        ignored=(*options.ignored, *profile.ignored),
        timezone=options.timezone or profile.timezone or None,
        date_order=options.date_order or profile.date_order or None,
        encoding=options.encoding or profile.encoding or None,
        delimiter=options.delimiter or profile.delimiter or None,
        group_by=options.group_by or profile.group_by,
        on_unknown=options.on_unknown or profile.on_unknown or None,
        value_words={**profile.value_words, **options.value_words},
        profile=profile.name,
    )


def write_profile(profile: Profile) -> str:
    """Write a profile as TOML."""
    lines = [f"{key} = {_quoted(value)}" for key in TEXTS if (value := getattr(profile, key))]
    for key in LISTS:
        if values := getattr(profile, key):
            lines.append(f"{key} = [{', '.join(map(_quoted, values))}]")
    for table, attribute in TABLES.items():
        lines += _table(table, getattr(profile, attribute))
    for column, words in profile.value_words.items():
        lines += _table(f"words.{column}", words)
    return "\n".join(lines) + "\n"


def _table(name: str, pairs: Mapping[str, str]) -> list[str]:
    if not pairs:
        return []
    return ["", f"[{name}]", *(f"{_quoted(key)} = {_quoted(value)}" for key, value in pairs.items())]


def _quoted(text: str) -> str:
    out = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(ch if ord(ch) >= 32 and ord(ch) != 127 else f"\\u{ord(ch):04x}" for ch in out) + '"'


def read_profile(text: str, filename: str = "profile.toml") -> Profile:
    """Read a profile from TOML. Raises `ProfileError`, which names file, line and key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(
            "{file} is not TOML: {reason}.",
            code="bad-profile",
            params={"file": filename, "reason": str(error)},
            hint="Texts stand in quotation marks, tables in [brackets].",
        ) from error
    reading = _Reading(raw, text, filename)
    return reading.profile()


class _Reading:
    """One profile being read: every value is checked, every fault says where it stands."""

    def __init__(self, raw: Mapping[str, object], text: str, filename: str) -> None:
        self._raw, self._text, self._file = raw, text, filename

    def profile(self) -> Profile:
        known = {*TEXTS, *LISTS, *TABLES, "words"}
        for key in self._raw:
            if key not in known:
                raise self._fault("unknown-key", key, known=", ".join(sorted(known)))
        texts = {key: self._line_of_text(key) for key in TEXTS if key in self._raw}
        for key, allowed in ALLOWED.items():
            if texts.get(key) and texts[key] not in allowed:
                raise self._fault("bad-value", key, known=", ".join(allowed))
        if not NAME.fullmatch(texts.get("name", "")):
            raise self._fault("no-name", "name")
        record_type = texts.get("record_type", "incident")
        fields = {f.name for f in fields_of(record_type)} | {
            c.name for c in RECORD_TYPES[record_type].columns
        }
        tables = {
            attribute: self._pairs(self._raw.get(table, {}), table, fields)
            for table, attribute in TABLES.items()
        }
        lists = {key: self._list(key) for key in LISTS if key in self._raw}
        return Profile(**texts, **lists, **tables, value_words=self._words(record_type))  # type: ignore[arg-type]

    def _line_of_text(self, key: str) -> str:
        value = self._raw[key]
        if not isinstance(value, str):
            raise self._fault("not-text", key)
        return value

    def _list(self, key: str) -> tuple[str, ...]:
        value = self._raw[key]
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._fault("not-a-list", key)
        return tuple(value)

    def _pairs(self, table: object, name: str, fields: set[str] | None) -> dict[str, str]:
        if not isinstance(table, dict):
            raise self._fault("not-a-table", name)
        for key, value in table.items():
            if fields is not None and key not in fields:
                raise self._fault("unknown-key", key, known=", ".join(sorted(fields)))
            if not isinstance(value, str):
                raise self._fault("not-text", key)
        return dict(table)

    def _words(self, record_type: str) -> dict[str, dict[str, str]]:
        tables = self._raw.get("words", {})
        if not isinstance(tables, dict):
            raise self._fault("not-a-table", "words")
        out = {}
        for name, table in tables.items():
            column = RECORD_TYPES[record_type].column(name)
            if column is None or not column.choices:
                choices = (c.name for c in RECORD_TYPES[record_type].columns if c.choices)
                raise self._fault("unknown-key", name, known=", ".join(choices))
            out[name] = self._pairs(table, name, None)
            for word, choice in out[name].items():
                if choice not in column.choices:
                    raise self._fault("bad-value", word, known=", ".join(column.choices))
        return out

    def _fault(self, code: str, key: str, **params: str) -> ProfileError:
        message, hint = PROFILE_REASONS[code]
        pattern = re.compile(rf"""^\s*\[?[^=\n]*?["']?{re.escape(key)}["']?\s*(=|\]|\.)""")
        lines = (n for n, line in enumerate(self._text.splitlines(), 1) if pattern.match(line))
        return ProfileError(
            message,
            code=code,
            params={"file": self._file, "line": next(lines, 1), "key": key, **params},
            hint=hint,
        )


PROFILE_REASONS: Mapping[str, tuple[str, str]] = {
    "unknown-key": ("{file}, line {line}: “{key}” is not known here.", "Known are: {known}."),
    "bad-value": ("{file}, line {line}: “{key}” has a value that it cannot have.", "Write one of: {known}."),
    "no-name": ("{file}: the profile has no name.", 'Write one line with it: name = "My tool".'),
    "not-text": ("{file}, line {line}: the value of “{key}” is not text.", "Put it in quotation marks."),
    "not-a-list": ("{file}, line {line}: “{key}” is not a list of texts.", 'Write {key} = ["one", "two"].'),
    "not-a-table": ("{file}, line {line}: “{key}” is not a table.", "Write [{key}] and its lines below."),
}


def save(profile: Profile, folder: Path) -> Path:
    """Write a profile into a folder under its name, in place of an older one of that name."""
    if not NAME.fullmatch(profile.name) or not header_key(profile.name):
        raise ProfileError(
            "“{name}” cannot be the name of a profile.",
            code="bad-name",
            params={"name": profile.name},
            hint="Use letters and digits, at most 80 signs, without / and \\.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{header_key(profile.name)}.toml"
    part = path.with_suffix(".part")
    part.write_text(write_profile(profile), "utf-8")
    part.replace(path)
    return path


def load(name: str, folder: Path) -> Profile:
    """Read the profile of that name from a folder. Raises `ProfileError`."""
    path = folder / f"{header_key(name)}.toml"
    if not path.is_file():
        others = ", ".join(profile.name for profile in saved(folder)) or "-"
        raise ProfileError(
            "There is no profile “{name}”.",
            code="no-profile",
            params={"name": name, "others": others},
            hint="Those there are: {others}.",
        )
    return _of_file(path)


def saved(folder: Path) -> tuple[Profile, ...]:
    """Read all profiles of a folder. Raises `ProfileError` for the first that cannot be read."""
    return tuple(_of_file(path) for path in sorted(folder.glob("*.toml"))) if folder.is_dir() else ()


def _of_file(path: Path) -> Profile:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(
            "{file} cannot be read: {reason}.",
            code="bad-profile",
            params={"file": path.name, "reason": str(error)},
            hint="Write it as UTF-8 text.",
        ) from error
    return read_profile(text[:LARGEST], path.name)


def find(header: Sequence[str], folder: Path, record_type: str | None = None) -> Profile | None:
    """Find the profile for files with this header: one of the same columns, else the one with most of them there."""
    shape = set(shape_of(header))
    best: Profile | None = None
    for profile in saved(folder):
        if record_type is not None and profile.record_type != record_type:
            continue
        known = set(profile.header)
        if known == shape:
            return profile
        if known and known < shape and (best is None or len(known) > len(best.header)):
            best = profile
    return best


@cache
def bundled_profiles() -> tuple[Profile, ...]:
    """Read the profiles that come with the program."""
    folder = resources.files("incidents") / "reference" / "profiles"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(read_profile(f.read_text("utf-8"), f.name) for f in files)


def bundled_profile(header: tuple[str, ...], record_type: str) -> Profile | None:
    """Find the ticket tool whose export has this header, by the columns that only its exports have together."""
    shape = set(shape_of(header))
    for profile in bundled_profiles():
        needs = [{header_key(name) for name in need.split("|")} for need in profile.needs]
        if profile.record_type == record_type and all(names & shape for names in needs):
            return profile
    return None
