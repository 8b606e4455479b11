"""JSON as a table: one object a row, whether they stand one a line, in an array, or in an array inside an object.

The columns are the keys of all objects in order of first appearance (`service.name` for a key within an object);
a list of plain words is one cell by the list rule, any other list its JSON text. Numbers stay as written, yes and no
are words, null is empty. Cells are those a CSV would have, disarmed included. Knows no field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from incidents.flat import join_words
from incidents.formulas import disarm
from incidents.json_text import (
    JsonFault,
    JsonText,
    JsonValue,
    encoding_of,
    json_text,
    scrubbed,
)
from incidents.table import CsvError, ReadingOptions, Remark, Row, RowFault

MAX_KEYS = 2_000
MAX_NESTING = 4
THE_OBJECT = "."
PREFERRED = "incidents"

JSON_FAULTS: Mapping[str, tuple[str, str]] = {
    "not-json": ("this is not JSON", "look for a missing quotation mark, comma or bracket"),
    "not-an-object": ("this is no object with named values", 'write each row as {{"name": "value"}}'),
    "record-too-large": ("the object is larger than can be read", "take out what is not needed of it"),
    "too-deep": ("the object holds lists in lists without end", "take out what is not needed of it"),
    "not-utf-8": ("the line is not UTF-8", "save the file as UTF-8, or name its encoding"),
}  # fmt: skip
"""Code -> (what is wrong with a row, what to do next)."""

JSON_NOTES: Mapping[str, str] = {
    "rows-within": "The rows are the list “{name}” of the file.",
    "one-object": "The file is one object: one row.",
    "rows-numbered": "Several rows stand on one line; rows are numbered instead of lines.",
    "same-key-twice": "The name “{name}” stands twice in one object; the last value was taken.",
}

Source = Path | bytes | Callable[[], BinaryIO]


def looks_like_json(head: bytes) -> bool:
    """Say whether a file that begins so is JSON: an object with a named value, or a list of objects."""
    text = head[:4096].decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")
    rest = text[1:].lstrip()
    return (text[:1] == "{" and rest[:1] in ('"', "}")) or (text[:1] == "[" and rest[:1] in ("{", "]"))


def open_json(source: Source, options: ReadingOptions | None = None) -> JsonTable:
    """Open JSON as a table, after one walk through it for its columns.

    `options.sheet` names the list that holds the rows where a file has several (`.` is the object itself). Raises
    `CsvError` for what is no JSON, has no objects, or has more than `MAX_KEYS` columns; an object that cannot be read
    is a `RowFault` (`JSON_FAULTS`).
    """
    return JsonTable(source, options or ReadingOptions())


class JsonTable:
    """The objects of a JSON file as rows; a `Table`. Reads the file anew at each walk, in bounded memory."""

    format = "json"
    delimiter = ""
    quote = ""
    header_line = 0
    exact = False

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self._source = source
        self._position = 0
        self._repairs: dict[str, Remark] = {}
        self._names: dict[tuple[str, ...], str] = {}
        self._numbered = False
        self.size = len(source) if isinstance(source, bytes) else 0
        if isinstance(source, Path):
            self.size = source.stat().st_size
        with self._text(options.encoding) as text:
            self.encoding = text.encoding
            self._shape, lists, is_record = text.shape()
        self.sheet, self.sheets, said = _chosen(self._shape, lists, is_record, options.sheet)
        self._look(said)
        self.header = tuple(self._names.values())
        self._repairs.clear()
        self.guesses = tuple(said)

    def _text(self, encoding: str | None = None) -> JsonText:
        source = self._source
        if isinstance(source, bytes):
            return JsonText.of_bytes(source, encoding)
        stream = source.open("rb") if isinstance(source, Path) else source()
        return JsonText(stream, encoding)

    def _look(self, said: list[Remark]) -> None:
        """Walk once for the columns, and for whether a line holds one row."""
        seen: dict[tuple[str, ...], bool] = {}
        before, found = 0, 0
        for line, value in self._objects():
            self._numbered = self._numbered or line == before
            before = line
            if isinstance(value, dict):
                found += 1
                self._note_names(value, (), seen, line)
        self._name(seen)
        if not found:
            raise CsvError(
                "The file has no objects with named values.",
                code="no-records",
                hint='Write a list of objects: [{{"title": "…", "started_at": "…"}}].',
            )
        if self._numbered:
            said.append(Remark("rows-numbered", JSON_NOTES["rows-numbered"], {}))

    def _note_names(
        self,
        value: Mapping[str, JsonValue],
        path: tuple[str, ...],
        seen: dict[tuple[str, ...], bool],
        line: int,
    ) -> None:
        """Note the places of an object's values, and whether any object has something there."""
        for key, item in value.items():
            place = (*path, key)
            if isinstance(item, dict) and item and len(place) < MAX_NESTING:
                self._note_names(item, place, seen, line)
            elif place not in seen or item is not None:
                seen[place] = seen.get(place, False) or item is not None
                if len(seen) > MAX_KEYS:
                    raise CsvError(
                        "Line {line}: more than {limit} different names of values.",
                        code="too-many-columns",
                        params={"line": line, "limit": MAX_KEYS},
                        hint="Write a list of objects that have the same names: names that are ids are no columns.",
                    )

    def _name(self, seen: Mapping[tuple[str, ...], bool]) -> None:
        """Name the columns; a place that is empty in some objects and an object in others is none of its own."""
        objects = {place[:size] for place in seen for size in range(1, len(place))}
        taken: dict[str, int] = {}
        for place, filled in seen.items():
            if filled or place not in objects:
                name = scrubbed(".".join(place)).strip() or f"column {len(self._names) + 1}"
                taken[name] = taken.get(name, 0) + 1
                self._names[place] = name if taken[name] == 1 else f"{name} ({taken[name]})"

    def _objects(self) -> Iterator[tuple[int, JsonValue | JsonFault]]:
        """Walk the values that are rows, each with its line."""
        with self._text(self.encoding) as text:
            for line, value in text.values(self._shape, self.sheet):
                self._position = text.position()
                yield line, value
            if text.repeated:
                name, count, first = text.repeated
                self._repairs["same-key-twice"] = Remark(
                    "same-key-twice", JSON_NOTES["same-key-twice"], {"name": name}, first, count
                )

    def rows(self) -> Iterator[Row | RowFault]:
        """Walk the rows from the first."""
        self._repairs.clear()
        places = {place: number for number, place in enumerate(self._names)}
        for number, (line, value) in enumerate(self._objects(), 1):
            at = number if self._numbered else line
            if isinstance(value, JsonFault):
                yield RowFault(at, value.code, (value.text,))
            elif not isinstance(value, dict):
                yield RowFault(at, "not-an-object", (json_text(value)[:200],))
            else:
                cells = [""] * len(places)
                try:
                    _fill(cells, value, (), places)
                except RecursionError:
                    yield RowFault(at, "too-deep", ())
                else:
                    yield Row(at, cells)

    def position(self) -> int:
        return self._position

    def repairs(self) -> tuple[Remark, ...]:
        return tuple(self._repairs.values())

    def close(self) -> None:
        """Nothing stays open between walks."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _chosen(
    shape: str, lists: tuple[str, ...], is_record: bool, asked: str | None
) -> tuple[str, tuple[str, ...], list[Remark]]:
    """Choose the list that holds the rows: (its name, all names, what to say of the choice)."""
    if shape != "object":
        return "", (), []
    names = (*lists, THE_OBJECT)
    if asked is not None and asked not in names:
        raise CsvError(
            "The file has no list “{name}”.",
            code="no-such-sheet",
            params={"name": asked, "names": ", ".join(names)},
            hint="It has: {names}.",
        )
    if asked is not None:
        return asked, names, []
    if is_record or not lists:
        return THE_OBJECT, names, [Remark("one-object", JSON_NOTES["one-object"], {})]
    name = next((item for item in lists if item.rpartition(".")[2] == PREFERRED), lists[0])
    return name, names, [Remark("rows-within", JSON_NOTES["rows-within"], {"name": name})]


def _fill(
    cells: list[str],
    value: Mapping[str, JsonValue],
    path: tuple[str, ...],
    places: Mapping[tuple[str, ...], int],
) -> None:
    for key, item in value.items():
        place = (*path, key)
        if isinstance(item, dict) and item and len(place) < MAX_NESTING:
            _fill(cells, item, place, places)
        elif place in places:
            cells[places[place]] = disarm(_cell(item))


def _cell(value: JsonValue) -> str:
    if value is None or value == {} or value == []:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return join_words([_cell(item) for item in value]) or ""
    return scrubbed(json_text(value))
