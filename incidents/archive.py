"""Records of several kinds in one place: JSON whose objects have a `type`, a folder, or a ZIP of CSVs named by kind.

Taken apart into plain files, one a kind and collection, in the order in which records refer to each other; each is
then imported as any file is. `bundled/providers.csv` are providers of the collection `bundled`. Knows names of kinds
and files; no store and no field.
"""

from __future__ import annotations

import io
import lzma
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote, unquote

from incidents.columns import RECORD_TYPES
from incidents.csv_export import PLAIN, CsvStyle, export_csv, export_json
from incidents.json_reader import looks_like_json
from incidents.json_text import MAX_RECORD, JsonFault, JsonText, JsonValue, json_text, parsed
from incidents.model import BUNDLED, Record
from incidents.table import CsvError

MAX_PARTS = 200
MAX_UNPACKED = 8_000_000_000
# How an object of our own export begins; any other is read whole.
_BEGINS = re.compile(rb'\s*\{\s*"type"\s*:\s*"(\w+)"\s*,\s*"collection"\s*:\s*"([^"\\]*)"\s*(?:,|(?=\}))')
_NOT_UNPACKED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError)
_BY_PLURAL = {spec.plural: name for name, spec in RECORD_TYPES.items()}
_ORDER = {name: number for number, name in enumerate(RECORD_TYPES)}

Walk = Callable[[str], Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Part:
    """The records of one kind: a plain file; `collection` is None where nothing says which it is."""

    name: str
    record_type: str
    collection: str | None
    path: Path


class Archive:
    """The parts of an archive, in reading order; closing it drops what was unpacked."""

    def __init__(self, parts: Iterable[Part], held: ExitStack | None = None) -> None:
        self.parts = tuple(sorted(parts, key=_reading_order))
        self._held = held or ExitStack()

    def close(self) -> None:
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _reading_order(part: Part) -> tuple[int, bool, str, str]:
    return _ORDER[part.record_type], part.collection != BUNDLED, part.collection or "", part.name


def open_archive(source: Path | bytes) -> Archive | None:
    """Open what holds records of several kinds; None for anything else, such as one table.

    Lines of a JSON file keep their numbers. Raises `CsvError` for a ZIP that is damaged or too large, and for JSON
    whose objects begin to name their type and go on otherwise.
    """
    if isinstance(source, Path) and source.is_dir():
        found = [*sorted(source.glob("*.csv")), *sorted(source.glob("*/*.csv"))]
        names = [(path, path.relative_to(source).as_posix()) for path in found]
        return Archive(Part(name, *named, path) for path, name in names if (named := _named(name)))
    head = source[:4096] if isinstance(source, bytes) else _head(source)
    if head.startswith(b"PK\x03\x04"):
        return _taken_apart(source, _unpacked)
    return _taken_apart(source, _split) if looks_like_json(head) else None


def _taken_apart(
    source: Path | bytes, method: Callable[[BinaryIO, Path], Iterable[Part] | None]
) -> Archive | None:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="timeline-")))
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
            parts = method(stream, folder)
        return Archive(parts, held.pop_all()) if parts is not None else None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _named(name: str) -> tuple[str, str | None] | None:
    """Give kind and collection that the name of a file says; None for a file that is no part."""
    path = PurePosixPath(name)
    kind = _BY_PLURAL.get(path.stem) if path.suffix.lower() == ".csv" else None
    if kind is None or len(path.parts) > 2:
        return None
    return kind, unquote(path.parts[0]) if len(path.parts) == 2 else None


# ZIP


def _unpacked(stream: BinaryIO, folder: Path) -> list[Part] | None:
    try:
        with zipfile.ZipFile(stream) as packed:
            found = [(entry, named) for entry in packed.infolist() if (named := _named(entry.filename))]
            if not found or len(found) > MAX_PARTS:
                return None
            parts, left = [], MAX_UNPACKED
            for number, (entry, named) in enumerate(found):
                target = folder / f"{number}.csv"
                left -= _unpack(packed, entry, target, left)
                parts.append(Part(entry.filename, *named, target))
            return parts
    except (*_NOT_UNPACKED, OSError) as error:
        raise CsvError(
            "The ZIP file cannot be unpacked: {problem}.",
            code="bad-zip",
            params={"problem": str(error)},
            hint="Make it again without a password, or unpack it and name the folder.",
        ) from error


def _unpack(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int) -> int:
    """Unpack one entry, counting what really comes out of it. Raises `CsvError` past the limit."""
    with packed.open(entry) as inside, target.open("wb") as file:
        while block := inside.read(1 << 20):
            file.write(block)
            if file.tell() > limit:
                raise CsvError(
                    "“{name}” unpacks to more than {limit} bytes.",
                    code="too-large",
                    params={"name": entry.filename, "limit": MAX_UNPACKED},
                    hint="Unpack it, and import its files one by one.",
                )
        return file.tell()


# JSON


class _Files:
    """The files that typed objects are split into; a line keeps its number by the empty lines before it."""

    def __init__(self, folder: Path, held: ExitStack) -> None:
        self._folder, self._held = folder, held
        self._open: dict[tuple[str, str], tuple[Part, BinaryIO]] = {}
        self._lines: dict[tuple[str, str], int] = {}
        self._last: tuple[str, str] | None = None

    @property
    def parts(self) -> list[Part]:
        return [part for part, _ in self._open.values()]

    def add(self, kind: str, collection: str, line: int, content: bytes) -> None:
        key = (kind, collection)
        if key not in self._open:
            if kind not in RECORD_TYPES or len(self._open) >= MAX_PARTS:
                raise _no_kind(line, kind)
            path = self._folder / f"{len(self._open)}.jsonl"
            opened: BinaryIO = self._held.enter_context(path.open("wb"))
            self._open[key] = (
                Part(f"{collection}/{RECORD_TYPES[kind].plural}", kind, collection, path),
                opened,
            )
            self._lines[key] = 1
        self._last = key
        file = self._open[key][1]
        file.write(b"\n" * (line - self._lines[key]))
        file.write(content)
        file.write(b"\n")
        self._lines[key] = line + 1

    def add_unread(self, line: int, content: bytes) -> None:
        """Put what cannot be read with the kind before it, where the import tells of it."""
        if self._last is None:
            raise _no_kind(line, "")
        self.add(*self._last, line, content)


def _no_kind(line: int, kind: str) -> CsvError:
    return CsvError(
        "Line {line}: “{kind}” is no type of record.",
        code="unknown-type",
        params={"line": line, "kind": kind, "types": ", ".join(RECORD_TYPES)},
        hint="Give every object a “type” and a “collection”, or none of them. The types are: {types}.",
    )


def _split(stream: BinaryIO, folder: Path) -> list[Part] | None:
    with JsonText(stream) as text:
        shape, lists, is_record = text.shape()
        if shape == "object" and lists and not is_record:
            return None
        stream.seek(0)
        with ExitStack() as held:
            files = _Files(folder, held)
            if shape == "lines" and text.encoding == "utf-8":
                return files.parts if _split_lines(stream, files) else None
            with JsonText(stream, text.encoding) as again:
                for number, (_, value) in enumerate(again.values(shape, "."), 1):
                    if not _add_value(files, number, value):
                        return None
            return files.parts


def _split_lines(stream: BinaryIO, files: _Files) -> bool:
    number = 0
    while line := stream.readline(MAX_RECORD):
        number += 1
        content = line.strip(b"\xef\xbb\xbf \t\r\n")
        begins = _BEGINS.match(content)
        if begins:
            files.add(
                begins[1].decode(),
                begins[2].decode("utf-8", "replace"),
                number,
                b"{" + content[begins.end() :],
            )
        elif content and not _add_value(files, number, _read(content)):
            return False
    return True


def _read(content: bytes) -> JsonValue | JsonFault:
    try:
        return parsed(content.decode())
    except (ValueError, RecursionError):
        return JsonFault("not-json", content.decode("utf-8", "replace"))


def _add_value(files: _Files, number: int, value: JsonValue | JsonFault) -> bool:
    """Put a value with its kind; False where the first one names none, for then the file is a table."""
    if isinstance(value, dict):
        kind, collection = value.get("type"), value.get("collection")
        if isinstance(kind, str) and isinstance(collection, str) and (files.parts or kind in RECORD_TYPES):
            rest: JsonValue = {key: item for key, item in value.items() if key not in ("type", "collection")}
            files.add(kind, collection, number, json_text(rest).encode("utf-8", "replace"))
            return True
        if files.parts:
            raise _no_kind(number, str(kind or ""))
    if files.parts:
        unread = value.text if isinstance(value, JsonFault) else json_text(value)
        files.add_unread(number, unread.replace("\n", " ").encode("utf-8", "replace"))
    return bool(files.parts)


# Writing


def all_json(walk: Walk) -> Iterator[str]:
    """Write all records as JSON Lines, in reading order. `walk` gives the records of a kind."""
    for record_type in RECORD_TYPES:
        yield from export_json(record_type, walk(record_type))


def write_folder(folder: Path, walk: Walk, style: CsvStyle = PLAIN) -> list[Path]:
    """Write all records as CSVs, a folder a collection, a file a kind; gives the files."""
    written: list[Path] = []
    for record_type, spec in RECORD_TYPES.items():
        for collection in sorted({record.collection for record in walk(record_type)}):
            path = folder / quote(collection, safe=" ") / f"{spec.plural}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            records = (record for record in walk(record_type) if record.collection == collection)
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(export_csv(record_type, records, style))
            written.append(path)
    return written


def write_zip(target: BinaryIO, walk: Walk, style: CsvStyle = PLAIN) -> None:
    """Write what `write_folder` does as a ZIP; the same records give the same bytes."""
    with (
        tempfile.TemporaryDirectory(prefix="timeline-") as name,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        folder = Path(name)
        for path in write_folder(folder, walk, style):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as file, packed.open(entry, "w", force_zip64=True) as inside:
                shutil.copyfileobj(file, inside)
