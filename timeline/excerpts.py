"""Where the words of a search stand in a record, as a short stretch of its text in the reader's language.

The store's own excerpt may begin in one language and end in another, since both are indexed together. Knows records
and words; knows no store and no HTML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from timeline.duty_words import in_language
from timeline.wording import record_text

LONGEST, BEFORE = 190, 70
TEXTS = ("summary", "note", "claim", "text", "value", "technical_cause", "function", "offer", "title", "name")
BOTH = ("trigger", "thresholds", "binds", "recipient", "transposition", "summary", "name")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an excerpt, matched or not."""

    text: str
    matched: bool


def own_excerpt(record: Any, query: str) -> tuple[Piece, ...]:
    """Give the stretch of a record's text that holds most words of a query; () where none of its texts has one."""
    words = list(dict.fromkeys(re.findall(r"\w+", folded(query))))
    if record is None or not words:
        return ()
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})\w*")
    best, most = "", 0
    for text in _texts(record):
        found = folded(text)
        held = sum(bool(re.search(rf"\b{re.escape(word)}", found)) for word in words)
        if held > most:
            best, most = text, held
    return _marked(best, pattern) if most else ()


def folded(text: str) -> str:
    """Write a text without capitals and accents, letter for letter, so that places in it stay the same."""
    return "".join((unicodedata.normalize("NFKD", letter)[:1] or letter).lower()[:1] for letter in text)


def _texts(record: Any) -> Iterator[str]:
    """Give the texts of a record in the reader's language: what tells more comes before its name."""
    bilingual = [field for field in BOTH if hasattr(record, f"{field}_fr")]
    for field in bilingual:
        yield in_language(record, field)
    for field in TEXTS:
        if field not in bilingual and isinstance(getattr(record, field, None), str):
            yield record_text(record, field)


def _marked(text: str, pattern: re.Pattern[str]) -> tuple[Piece, ...]:
    first = pattern.search(folded(text))
    begin = 0
    if first is not None and len(text) > LONGEST and first.start() > BEFORE:
        begin = text.find(" ", first.start() - BEFORE) + 1
    end = len(text)
    if end - begin > LONGEST:
        end = text.rfind(" ", begin, begin + LONGEST)
        end = end if end > begin else begin + LONGEST
    shown = ("…" if begin else "") + text[begin:end] + ("…" if end < len(text) else "")
    pieces, at = [], 0
    for match in pattern.finditer(folded(shown)):
        if match.start() > at:
            pieces.append(Piece(shown[at : match.start()], False))
        pieces.append(Piece(shown[match.start() : match.end()], True))
        at = match.end()
    if at < len(shown):
        pieces.append(Piece(shown[at:], False))
    return tuple(pieces)
