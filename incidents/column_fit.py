"""Whether the first values of a column can be what its header promises, and which column a missing field could be.

Pure. Knows the kinds of columns and a sample of cells; reads none of them to the end: a look is enough to tell
"Texas" from a status, and a column of dates from one of names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from incidents.columns import Column, canonical_choice, header_key
from incidents.list_cells import split_list
from incidents.reading.words import plain, says_unknown

LOOKED_AT = 200
"""How many rows are looked at."""
KEEPS_WORDS = ("cause",)
"""Choices whose words are worth keeping where none of them is known."""
DATE_LIKE = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/. ](?:\d{1,2}|[^\W\d]{3,10}\.?)[-/., ]+\d{2,4}"
    r"|[^\W\d]{3,10}\.? \d{1,2},? \d{4}|(?:19|20)\d{6}(?:T\d+Z?)?)(?!\d)"
)
WORDY = 3
"""From how many words on a text is a sentence rather than a mark."""


def known_texts(texts: Sequence[str]) -> list[str]:
    """Give the texts that say something, each once."""
    return [text for text in dict.fromkeys(texts) if text and not says_unknown(plain(text[:80]))]


def fits(column: Column, header: str, rank: int, texts: Sequence[str], words: Mapping[str, str]) -> bool:
    """Say whether a column can mean a field: by its very name always, else if any of its first values could.

    `words` are those that the user or a tool gave a meaning. A column without any value fits.
    """
    if header_key(header) == column.name:
        return True
    said = known_texts(texts)
    if not said:
        return True
    if column.kind == "choice":
        return column.name in KEEPS_WORDS or any(
            _is_choice(column, word, words) for text in said for word in (text, *split_list(text))
        )
    if column.kind == "moment":
        return any(ch.isdigit() for text in said for ch in text)
    if column.kind == "id" and rank >= 2:
        return 2 * sum(len(text.split()) > WORDY for text in said) <= len(said)
    if column.name == "title" and rank >= 2:
        return 2 * sum(_is_mark(text) for text in said) <= len(said)
    return True


def only_choices(column: Column, texts: Sequence[str], words: Mapping[str, str]) -> bool:
    """Say whether a column holds nothing but words for the choices of a field, at least one."""
    said = known_texts(texts)
    return bool(said) and all(_is_choice(column, text, words) for text in said)


def _is_mark(text: str) -> bool:
    """Say whether a text is a number or a sign such as I-1 rather than words."""
    return len(text.split()) == 1 and any(ch.isdigit() for ch in text)


def _is_choice(column: Column, text: str, words: Mapping[str, str]) -> bool:
    if text.count(",") and all(canonical_choice(column, one) for one in text.split(",")):
        return True
    return (header_key(text) or text.casefold()) in words or canonical_choice(column, text) is not None


def likely_column(column: Column, samples: Mapping[str, Sequence[str]], used: frozenset[str]) -> str | None:
    """Name the column that could give a field which none gives: dates for a time, sentences for a text."""
    free = {name: known_texts(texts) for name, texts in samples.items() if name not in used}
    free = {name: texts for name, texts in free.items() if texts}
    dated = [name for name, texts in free.items() if 2 * sum(map(_dated, texts)) > len(texts)]
    if column.kind == "moment":
        return dated[0] if dated else None
    if column.kind != "text":
        return None
    rest = {name: texts for name, texts in free.items() if name not in dated}
    wordy = {name: len(texts) for name, texts in rest.items() if _wordy(texts)}
    return max(wordy, key=lambda name: wordy[name]) if wordy else next(iter(rest), None)


def _dated(text: str) -> bool:
    return len(text) <= 60 and DATE_LIKE.search(text) is not None


def _wordy(texts: Sequence[str]) -> bool:
    return sum(len(text.split()) for text in texts) >= 2 * len(texts)
