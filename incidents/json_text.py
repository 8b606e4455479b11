"""JSON read value by value from a stream, in memory bounded by one value. Knows no table.

A value that cannot be read is a `JsonFault` where its end is still found (the line, or its brackets); the walk goes
on behind it. Where no end is found, `CsvError` says on which line.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self, Union

from incidents.table import CsvError

MAX_RECORD = 2_000_000
CHUNK = 1 << 16
MAX_DEPTH = 3

JsonValue = Union[None, bool, str, list["JsonValue"], dict[str, "JsonValue"]]  # noqa: UP007
"""What JSON holds; a number is a `Number`."""


class Number(str):
    """A number as it was written, without an exponent."""

    __slots__ = ()


class JsonFault(NamedTuple):
    """A value that cannot be read: why (a key of `JSON_FAULTS`), and how it begins."""

    code: str
    text: str


class _Cut(Exception):
    """A value does not end within what has been read."""


_SPACE = re.compile(r"[ \t\r\n\ufeff]*")
_BRACKET = re.compile(r'["{}\[\]]')
_IN_STRING = re.compile(r'["\\]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
IDENTIFYING = frozenset(("id", "_id", "key", "number", "uuid"))
"""An object with one of these is a record, whatever lists stand in it."""


def encoding_of(head: bytes) -> str:
    """Name the encoding of a text by its byte-order mark; UTF-8 without one, as JSON is."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")


def scrubbed(text: str) -> str:
    """Replace halves of characters, which JSON can hold and no file can."""
    return _SURROGATE.sub("\ufffd", text) if not text.isascii() else text


def json_text(value: JsonValue) -> str:
    """Write a value as JSON; numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {json_text(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(value, ensure_ascii=False)


def _number(text: str) -> Number:
    if "e" in text or "E" in text:
        exponent = Decimal(text).adjusted()
        if -40 <= exponent <= 40:
            return Number(format(Decimal(text), "f"))
    return Number(text)


def parsed(text: str) -> JsonValue:
    """Read one value. Raises `ValueError`, `RecursionError`."""
    value: JsonValue = _PLAIN.decode(text)
    return value


_PLAIN = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_number)


class JsonText:
    """One walk through a JSON file. `repeated`: a name that stood twice in an object, how often, the first line."""

    def __init__(self, stream: BinaryIO, encoding: str | None = None) -> None:
        self._stream = stream
        head = stream.read(4)
        stream.seek(0)
        self.encoding = encoding or encoding_of(head)
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            stream.close()
            raise CsvError(
                "The file cannot be read as {encoding}.",
                code="wrong-encoding",
                params={"encoding": self.encoding},
                hint="Leave the encoding out, or name the one your tool writes.",
            ) from error
        # What is not UTF-8 becomes halves of characters, and its line is found by them.
        errors = "surrogateescape" if self.encoding == "utf-8" else "replace"
        self._text = io.TextIOWrapper(stream, self.encoding, errors=errors, newline="\n")
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_int=_number, parse_float=_number, parse_constant=_number
        )
        self._buffer = ""
        self._at = 0
        self._dropped = 0
        self._line = 1
        self._ended = False
        self.repeated: tuple[str, int, int] | None = None

    @classmethod
    def of_bytes(cls, data: bytes, encoding: str | None = None) -> JsonText:
        return cls(io.BytesIO(data), encoding)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._text.close()

    def position(self) -> int:
        """Give how many bytes have been taken from the file."""
        return self._stream.tell()

    def _object(self, pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            name = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            first, count, line = self.repeated or (name, 0, self._line)
            self.repeated = (first, count + 1, line)
        return made

    # What the file is

    def shape(self) -> tuple[str, tuple[str, ...], bool]:
        """Find out how the values stand: (shape, the lists of objects in it, whether it is itself a record).

        Shapes: `lines` (a value a line), `values` (values one after the other), `array`, and `object`, whose lists
        are named by their path. Raises `CsvError` for what is no JSON.
        """
        first = self._peek()
        if not first:
            raise CsvError(
                "The file is empty.",
                code="empty-file",
                hint="Export it again, with at least one row.",
            )
        if first == "[":
            return "array", (), False
        if first != "{":
            raise _no_json(self._line, self._buffer[self._at : self._at + 60])
        start = self._at
        while "\n" not in self._buffer[start:] and len(self._buffer) - start <= MAX_RECORD and self._more():
            pass
        line, _, rest = self._buffer[start:].partition("\n")
        while not rest.strip() and len(rest) <= MAX_RECORD and self._more():
            rest = self._buffer[start + len(line) + 1 :]
        whole = self._parses(line)
        if rest.lstrip()[:1] == "{" and (whole or len(line.strip()) > 1):
            return "lines", (), False
        try:
            value, end = self._decoded(start)
        except (_Cut, ValueError, RecursionError):
            return ("object", tuple(self._lists("", MAX_DEPTH)), False)
        self._at = end
        if self._peek():
            return "values", (), False
        lists = tuple(_lists_of(value, "")) if isinstance(value, dict) else ()
        return "object", lists, isinstance(value, dict) and not IDENTIFYING.isdisjoint(value)

    def _parses(self, text: str) -> bool:
        try:
            self._decoder.decode(text)
        except (ValueError, RecursionError):
            return False
        return True

    def _lists(self, path: str, depth: int) -> Iterator[str]:
        """Walk an object too large to be held, and name its lists of objects."""
        self._expect("{")
        while self._peek() != "}":
            key = self._key()
            name = f"{path}.{key}" if path else key
            opened = self._peek()
            if opened == "{" and depth > 1:
                yield from self._lists(name, depth - 1)
            elif opened == "[":
                self._at += 1
                if self._peek() == "{":
                    yield name
                self._at -= 1
                self._skip_from_bracket()
            else:
                self._skip()
            self._comma("}")
        self._expect("}")

    # Walking the values

    def values(self, shape: str, path: str) -> Iterator[tuple[int, JsonValue | JsonFault]]:
        """Walk the values that are rows, each with the line it starts on.

        `path` is the list of an `object` that holds them, "." for the object itself.
        """
        if shape == "lines":
            yield from self._lines()
        elif shape == "array":
            yield from self._elements()
            if self._peek():
                raise _no_json(self._line, self._buffer[self._at : self._at + 60])
        elif shape == "values" or path == ".":
            while self._peek():
                yield self._value()
        else:
            yield from self._within(path, "")

    def _lines(self) -> Iterator[tuple[int, JsonValue | JsonFault]]:
        number = 0
        while text := self._text.readline(MAX_RECORD + 1):
            number += 1
            self._line = number
            if len(text) > MAX_RECORD and not text.endswith("\n"):
                head = text[:200]
                while text and not text.endswith("\n"):
                    text = self._text.readline(MAX_RECORD)
                yield number, JsonFault("record-too-large", head)
                continue
            text = text.strip(" \t\r\n\ufeff")
            if not text:
                continue
            if not text.isascii() and _SURROGATE.search(text):
                yield number, JsonFault("not-utf-8", scrubbed(text[:200]))
                continue
            try:
                yield number, self._decoder.decode(text)
            except RecursionError:
                yield number, JsonFault("too-deep", text[:200])
            except ValueError:
                yield number, JsonFault("not-json", text[:200])

    def _within(self, path: str, here: str) -> Iterator[tuple[int, JsonValue | JsonFault]]:
        """Walk an object down to the list named, and its elements; what stands elsewhere is passed over."""
        self._expect("{")
        while self._peek() != "}":
            key = self._key()
            name = f"{here}.{key}" if here else key
            opened = self._peek()
            if name == path and opened == "[":
                yield from self._elements()
            elif opened == "{" and path.startswith(name + "."):
                yield from self._within(path, name)
            else:
                self._skip()
            self._comma("}")
        self._expect("}")

    def _elements(self) -> Iterator[tuple[int, JsonValue | JsonFault]]:
        self._expect("[")
        while self._peek() != "]":
            yield self._value()
            self._comma("]")
        self._expect("]")

    def _value(self) -> tuple[int, JsonValue | JsonFault]:
        """Take one value; one that cannot be read is passed over by its brackets."""
        self._peek()
        line, start = self._line, self._at
        try:
            value, end = self._decoded(start)
        except RecursionError:
            code = "too-deep"
        except _Cut:
            code = "record-too-large" if not self._ended else "not-json"
        except ValueError:
            code = "not-json"
        else:
            taken = self._buffer[start:end]
            self._line += taken.count("\n")
            self._at = end
            if not taken.isascii() and _SURROGATE.search(taken):
                return line, JsonFault("not-utf-8", scrubbed(taken[:200]))
            return line, value
        head, before = self._buffer[start : start + 200], self._dropped + start
        self._skip()
        if self._dropped + self._at == before:
            raise self._broken()
        return line, JsonFault(code, scrubbed(head[: self._dropped + self._at - before]))

    def _decoded(self, start: int) -> tuple[JsonValue, int]:
        """Decode the value at a place, reading on until it ends. Raises `_Cut`, `ValueError`, `RecursionError`."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, start)
                # A number at the very end may go on.
                if end < len(self._buffer) or self._ended or self._buffer[end - 1] in '"}]':
                    return value, end
            except json.JSONDecodeError as error:
                near_end = error.pos > len(self._buffer) - 20 or error.msg.startswith("Unterminated string")
                if not near_end and not self._ended:
                    raise
            held = len(self._buffer) - start
            if held > MAX_RECORD:
                raise _Cut
            wanted = max(CHUNK, held)
            if not self._more(wanted):
                return self._decoder.raw_decode(self._buffer, start)

    # Moving on

    def _more(self, size: int = CHUNK) -> bool:
        """Read on; False at the end of the file. Places in the buffer stay as they are."""
        if self._ended:
            return False
        text = self._text.read(size)
        self._ended = not text
        self._buffer += text
        return bool(text)

    def _forget(self) -> None:
        """Drop what has been taken, once it is worth it."""
        if self._at > CHUNK:
            self._buffer = self._buffer[self._at :]
            self._dropped += self._at
            self._at = 0

    def _peek(self) -> str:
        """Pass over blanks and give the next character, "" at the end of the file."""
        self._forget()
        while True:
            end = _SPACE.match(self._buffer, self._at).end()  # type: ignore[union-attr]
            self._line += self._buffer.count("\n", self._at, end)
            self._at = end
            if end < len(self._buffer):
                return self._buffer[end]
            self._dropped += end
            self._buffer, self._at = "", 0
            if not self._more():
                return ""

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._broken()
        self._at += 1

    def _comma(self, closing: str) -> None:
        """Pass the comma between two values; none is needed before what closes them."""
        if self._peek() == ",":
            self._at += 1
        elif self._peek() != closing:
            raise self._broken()

    def _key(self) -> str:
        if self._peek() != '"':
            raise self._broken()
        try:
            key, self._at = self._decoded(self._at)
        except (_Cut, ValueError) as error:
            raise self._broken() from error
        self._expect(":")
        return str(key)

    def _broken(self) -> CsvError:
        if self._at >= len(self._buffer):
            return CsvError(
                "The file breaks off on line {line}, within a list or an object.",
                code="breaks-off",
                params={"line": self._line},
                hint="Export it again; it was not written to its end.",
            )
        return _no_json(self._line, self._buffer[self._at : self._at + 60])

    def _skip(self) -> None:
        """Pass over one value without holding it."""
        opened = self._peek()
        if opened in ("{", "["):
            self._skip_from_bracket()
        elif opened == '"':
            self._at += 1
            self._skip_string()
        else:
            while self._peek() not in (",", "}", "]", ""):
                self._at += 1

    def _skip_from_bracket(self) -> None:
        depth = 0
        while True:
            found = _BRACKET.search(self._buffer, self._at)
            self._pass(found.end() if found else len(self._buffer))
            if not found:
                if not self._more():
                    raise self._broken()
                continue
            if found[0] == '"':
                self._skip_string()
            else:
                depth += 1 if found[0] in "{[" else -1
                if not depth:
                    return

    def _skip_string(self) -> None:
        while True:
            found = _IN_STRING.search(self._buffer, self._at)
            self._pass(found.end() if found else len(self._buffer))
            if found and found[0] == '"':
                return
            if found:
                if self._at < len(self._buffer) or self._more():
                    self._pass(self._at + 1)
            elif not self._more():
                raise self._broken()

    def _pass(self, end: int) -> None:
        self._line += self._buffer.count("\n", self._at, end)
        self._at = end
        self._forget()


def _lists_of(value: Mapping[str, JsonValue], path: str, depth: int = MAX_DEPTH) -> Iterator[str]:
    for key, item in value.items():
        name = f"{path}.{key}" if path else key
        if isinstance(item, list) and item and isinstance(item[0], dict):
            yield name
        elif isinstance(item, dict) and depth > 1:
            yield from _lists_of(item, name, depth - 1)


def _no_json(line: int, text: str) -> CsvError:
    return CsvError(
        "Line {line}: “{text}” is not JSON here.",
        code="not-json",
        params={"line": line, "text": scrubbed(text.split("\n")[0])},
        hint="Look for a missing comma, quotation mark or bracket before it.",
    )
