"""Pieces of a file's text from several places, bounded, for finding out what it is. Knows no dialect.

The first piece starts at the first line that is not empty; the others are cut to whole lines.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass

from incidents.csv_text.dialect import bare, lines_of
from incidents.csv_text.encoding import TextBlocks, find_encoding, wrong_encoding
from incidents.csv_text.limits import MAX_CELL, MAX_EMPTY_LINES, MAX_LINE, SAMPLE, SAMPLE_PIECE, SMALL_FILE
from incidents.csv_text.remarks import Repairs
from incidents.csv_text.source import Source
from incidents.table import CsvError

_WRAPPED = re.compile(r'"((?:[^"]|"")+)"')


@dataclass(frozen=True, slots=True)
class Sample:
    """What was found: the encoding, the bytes of its mark, whether that is certain, and the pieces of text."""

    encoding: str
    mark: int
    certain: bool
    pieces: tuple[str, ...]
    skipped: int
    """How many empty lines stand before the first piece."""
    whole: bool
    """Whether the first piece is all there is."""


def take_sample(source: Source, wanted: str | None) -> Sample:
    """Take a sample of a file. Raises `CsvError` for one without text or in no readable encoding."""
    small = not source.packed and source.size <= SMALL_FILE
    start = source.unpacked_start(SMALL_FILE) if small or source.packed else source.start(SAMPLE)
    further = [] if small or source.packed else _further(source)
    if small and not start.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise _empty()
    encoding, mark, certain = find_encoding(start, [_whole_signs(start), *further], wanted)
    head, skipped, whole = _head(source, encoding, mark, bool(wanted))
    pieces = [head]
    for data in further:
        text = _decoded(data, encoding)
        first, last = text.find("\n") + 1, text.rfind("\n") + 1
        if last > first > 0:
            pieces.append(text[first:last])
    return Sample(encoding, mark, certain, tuple(map(without_wrapping, pieces)), skipped, whole)


def without_wrapping(text: str) -> str:
    """Take the quotation marks off lines that were each quoted once more as a whole; give any other text as it is.

    They are taken for such only where the lines in them have one width, and the first line, quoted or not, that too.
    """
    if text.count('\n"') * 2 < text.count("\n"):
        return text
    lines = [line for line in lines_of(text) if line.strip()]
    inner = [_WRAPPED.fullmatch(bare(line)) for line in lines]
    if len(lines) < 3 or sum(found is not None for found in inner[1:]) < 0.9 * (len(lines) - 1):
        return text
    texts = [
        found[1].replace('""', '"') if found else bare(line) for found, line in zip(inner, lines, strict=True)
    ]
    for mark in (",", ";", "\t", "|"):
        try:
            widths = [len(row) for row in csv.reader(texts, delimiter=mark)]
        except csv.Error:
            continue
        if widths and widths[0] > 1 and widths.count(widths[0]) >= 0.9 * len(texts):
            return "\n".join(texts) + "\n"
    return text


def _empty() -> CsvError:
    return CsvError(
        "The file is empty.",
        code="empty-file",
        hint="Export it again, with a header line and at least one row.",
    )


def _further(source: Source) -> list[bytes]:
    """Give pieces from the middle and the end of a large file; even places keep the signs of UTF-16 together."""
    last = source.size - SAMPLE_PIECE
    places = [source.size // 4, source.size // 2, source.size * 3 // 4, last]
    return [source.place(place & ~3, SAMPLE_PIECE) for place in places if place > SAMPLE]


def _whole_signs(data: bytes) -> bytes:
    """Cut a piece behind its last line, so that no sign is cut in two."""
    cut = data.rfind(b"\n") + 1
    return data[:cut] if cut > len(data) // 2 else data


def _decoded(data: bytes, encoding: str) -> str:
    if encoding == "utf-8":
        data = data.lstrip(bytes(range(0x80, 0xC0)))
    return codecs.getincrementaldecoder(encoding)("replace").decode(data).replace("\0", "")


def _head(source: Source, encoding: str, mark: int, strict: bool) -> tuple[str, int, bool]:
    """Give the text from the first line that is not empty, cut behind a line end, and the number of lines before."""
    blocks = TextBlocks(source, encoding, mark, Repairs(), strict=strict)
    text, skipped = "", 0
    try:
        for block in blocks:
            text += block
            if not text.strip("\r\n \t"):
                skipped += text.count("\n") or text.count("\r")
                text = ""
                if skipped > MAX_EMPTY_LINES:
                    raise too_many_empty_lines(skipped)
                continue
            if len(text) >= SAMPLE and ("\n" in text or "\r" in text):
                break
            if len(text) > MAX_CELL:
                raise line_too_long(skipped + 1, MAX_CELL)
        else:
            if not text.strip("\r\n \t\ufeff"):
                raise _empty()
            return (*_without_blank(text, skipped), True)
    except UnicodeError as error:
        raise wrong_encoding(encoding) from error
    finally:
        blocks.close()
    cut = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
    return (*_without_blank(text[:cut], skipped), False)


def _without_blank(text: str, skipped: int) -> tuple[str, int]:
    """Take empty lines off the start of a text and count them."""
    while True:
        ends = [at for at in (text.find("\n"), text.find("\r")) if at >= 0]
        if not ends or text[: min(ends)].strip():
            return text, skipped
        at = min(ends)
        text = text[at + (2 if text.startswith("\r\n", at) else 1) :]
        skipped += 1


def too_many_empty_lines(found: int) -> CsvError:
    """Make the error of a file that is mostly line ends."""
    return CsvError(
        "The file has more than {limit} empty lines.",
        code="too-many-empty-lines",
        params={"found": found, "limit": MAX_EMPTY_LINES},
        hint="Check that this is the right file, or take the empty lines out.",
    )


def line_too_long(line: int, limit: int = MAX_LINE) -> CsvError:
    """Make the error of a line that is longer than can be held."""
    return CsvError(
        "Line {line} is longer than {limit} signs.",
        code="line-too-long",
        params={"line": line, "limit": limit},
        hint="Check that this is a table with one row a line.",
    )
