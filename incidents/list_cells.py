"""Cells that hold several things: `a; b`, `a | b`, one a line, and the lists of JSON and of Python.

Pure text. Knows no field. What is not plainly a list is one thing; time and memory are linear in the cell.
"""

from __future__ import annotations

import json
import re

from incidents.flat import join_words, split_words

QUOTED = re.compile(
    r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(None|null|-?\d[\d.]*))\s*(,|$)""", re.DOTALL
)
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\n", "t": " "}
BARS = re.compile(r"\s\|{1,2}\s")
LONGEST_JSON = 200_000


def split_list(text: str) -> tuple[str, ...]:
    """Give the things that a cell lists, without empty ones, each on one line; one thing for any other text."""
    if '"' in text and join_words(words := split_words(text)) == text:
        return words  # the form in which the program writes lists
    listed = _bracketed(text) if text[:1] == "[" and text[-1:] == "]" else None
    if listed is not None:
        # Half a surrogate pair, which an escape can write, is no character that could be stored.
        whole = (item.encode("utf-8", "replace").decode() for item in listed)
        return tuple(one for item in whole for line in item.splitlines() if (one := _one_line(line)))
    if ";" in text:
        parts = text.split(";")
    elif "\n" in text or "\r" in text:
        parts = text.splitlines()
    elif " | " in text or " || " in text:
        parts = BARS.split(text)
    else:
        return (one,) if (one := _one_line(text)) else ()
    return tuple(one for part in parts if (one := _one_line(part)))


def written_list(text: str) -> tuple[str, ...] | None:
    """Give the things of a list as JSON or Python writes it; None for any other text, which may be prose."""
    if text[:1] != "[" or text[-1:] != "]" or _bracketed(text) is None:
        return None
    return split_list(text)


def _one_line(text: str) -> str:
    """Give a text on one line, without the mark that separates the things of a list."""
    return " ".join(text.replace(";", ",").split()).strip("•· ")


def _bracketed(text: str) -> list[str] | None:
    """Read the list of JSON or Python that a text is; None where it is neither."""
    if '"' in text and len(text) <= LONGEST_JSON and text.count("[") == 1:
        try:
            return [str(item) for item in json.loads(text) if item is not None]
        except ValueError:
            pass
    inner = text[1:-1].strip()
    items: list[str] = []
    place = 0
    while place < len(inner):
        match = QUOTED.match(inner, place)
        if match is None:
            return None
        quoted = match[1] if match[1] is not None else match[2]
        if quoted is not None:
            items.append(ESCAPE.sub(_unescaped, quoted))
        elif match[3] not in ("None", "null"):
            items.append(match[3])
        place = match.end()
        if not match[4]:
            break
    return items if place >= len(inner) and (items or not inner) else None


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else ESCAPED.get(match[3], match[3])
