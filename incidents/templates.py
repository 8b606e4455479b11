"""Templates over the columns of a file: `{Type} ({Place})`, `{resolved_at|closed_at}`, `{Start} || by {Aware}`.

Pure. Knows names of columns and the cells of a row; knows no field and no kind of record. What is empty leaves no
separator behind: the text before an empty cell goes with it, and so do brackets with nothing in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from incidents.formulas import rearm
from incidents.reading.words import plain, says_unknown

Fill = Callable[[Sequence[str]], str]

OTHERWISE = re.compile(r"\s*\|\|\s*")
TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]")
OPENING = {"(": ")", "[": "]", "«": "»", "“": "”"}
BRACKETS = re.compile(r"([(\[«“\])»”])")


@dataclass(frozen=True, slots=True)
class Group:
    """A stretch of a template: text, names of columns (the first that is not empty counts), and bracketed groups."""

    pieces: tuple[object, ...]
    opening: str = ""
    closing: str = ""


def single(name: str) -> str:
    """Write the template that is one column and nothing else."""
    return "{" + name + "}"


def constant(text: str) -> str:
    """Write the template that is one text for all rows."""
    return text.replace("{", "{{").replace("}", "}}").replace("||", "|\u2060|")


def column_names(template: str) -> tuple[str, ...]:
    """List the columns that a template names, each once, in order."""
    found: list[str] = []
    for alternative in OTHERWISE.split(template):
        for token in TOKEN.findall(alternative):
            if token[0] == "{" and token != "{{" and len(token) > 1:
                found += [name.strip() for name in token[1:-1].split("|")]
    return tuple(dict.fromkeys(found))


def with_names(template: str, rename: Callable[[str], str | None]) -> str | None:
    """Give a template with other names for its columns; a name that becomes None is left out.

    None where nothing of the template is left.
    """
    kept: list[str] = []
    for alternative in OTHERWISE.split(template):
        named, known = False, False
        out: list[str] = []
        for token in TOKEN.findall(alternative):
            if token[0] == "{" and token != "{{" and len(token) > 1:
                named = True
                names = [new for name in token[1:-1].split("|") if (new := rename(name.strip())) is not None]
                known = known or bool(names)
                token = "{" + "|".join(dict.fromkeys(names)) + "}"
            out.append(token)
        if known or not named:
            kept.append("".join(out))
    return " || ".join(kept) or None


def compiled(template: str, header: Sequence[str], *, blank_unknown: bool = False) -> Fill:
    """Prepare a template for the rows of a header: a function from the cells of a row to text.

    With `blank_unknown` a cell that says "unknown" in its own way counts as empty where the template has several
    columns: a date beside an unknown time is the date. A column that the header lacks is empty.
    """
    places = {name: index for index, name in enumerate(header)}
    if template[1:-1] in places and template == single(template[1:-1]):
        return _cell(places[template[1:-1]])
    alternatives = [_parsed(part) for part in OTHERWISE.split(template)]
    several = len(column_names(template)) > 1
    if not column_names(template):
        text = _literal(template)
        return lambda cells: text
    read = _known_cell if blank_unknown and several else _plain_cell
    groups = [_placed(group, places) for group in alternatives]
    if len(groups) == 1 and len(groups[0].pieces) == 1 and isinstance(groups[0].pieces[0], tuple):
        return _first_of(groups[0].pieces[0], read)

    def fill(cells: Sequence[str]) -> str:
        for group in groups:
            text, filled, named = _filled(group, cells, read)
            if filled or not named:
                return _bare(" ".join(text.split()), group)
        return ""

    return fill


def _bare(text: str, group: Group) -> str:
    """Take brackets off a text that is nothing but what stood behind an empty cell: "(Lyon)" is "Lyon"."""
    alone = len(group.pieces) > 1 and text[:1] in OPENING and text.find(OPENING[text[0]]) == len(text) - 1
    return text[1:-1].strip() if alone else text


def fill_template(template: str, cells: Mapping[str, str]) -> str:
    """Put the cells of a row, by the names of their columns, into a template."""
    return compiled(template, tuple(cells))(tuple(cells.values()))


def _literal(template: str) -> str:
    return template.replace("|\u2060|", "||").replace("{{", "{").replace("}}", "}").strip()


def _cell(index: int) -> Fill:
    def one(cells: Sequence[str]) -> str:
        return rearm(cells[index]).strip()

    return one


def _first_of(indexes: tuple[object, ...], read: Callable[[str], str]) -> Fill:
    def first(cells: Sequence[str]) -> str:
        for index in indexes:
            if text := read(cells[index]):  # type: ignore[call-overload]
                return text
        return ""

    return first


def _plain_cell(cell: str) -> str:
    return rearm(cell).strip()


def _known_cell(cell: str) -> str:
    text = rearm(cell).strip()
    return "" if len(text) < 40 and says_unknown(plain(text)) else text


def _parsed(template: str) -> Group:
    """Read one template into text, columns and bracketed groups."""
    stack: list[tuple[str, list[object]]] = [("", [])]
    for token in TOKEN.findall(template):
        if token in ("{{", "}}") or (len(token) == 1 and token in "{}"):
            stack[-1][1].append(token[0])
        elif token[0] == "{":
            stack[-1][1].append(tuple(name.strip() for name in token[1:-1].split("|")))
        else:
            for part in BRACKETS.split(token):
                if part in OPENING and _closes(template, part):
                    stack.append((part, []))
                elif len(stack) > 1 and part == OPENING[stack[-1][0]]:
                    opening, pieces = stack.pop()
                    stack[-1][1].append(Group(tuple(pieces), opening, part))
                elif part:
                    stack[-1][1].append(part)
    while len(stack) > 1:
        opening, pieces = stack.pop()
        stack[-1][1].extend([opening, *pieces])
    return Group(tuple(stack[0][1]))


def _closes(template: str, opening: str) -> bool:
    return template.count(opening) == template.count(OPENING[opening])


def _placed(group: Group, places: Mapping[str, int]) -> Group:
    """Give a group with the places of its columns for their names."""
    out: list[object] = []
    for piece in group.pieces:
        if isinstance(piece, tuple):
            out.append(tuple(places[name] for name in piece if name in places))
        else:
            out.append(_placed(piece, places) if isinstance(piece, Group) else piece)
    return Group(tuple(out), group.opening, group.closing)


def _filled(group: Group, cells: Sequence[str], read: Callable[[str], str]) -> tuple[str, bool, bool]:
    """Give the text of a group, whether any column of it had something, and whether it has columns at all."""
    parts: list[str] = []
    held = ""  # text that goes out only with the column after it
    some = named = False
    first = True
    for piece in group.pieces:
        if isinstance(piece, str):
            held += piece
            continue
        if isinstance(piece, Group):
            text, filled, has = _filled(piece, cells, read)
            filled = filled or not has
            text = piece.opening + text.strip() + piece.closing
        else:
            text, has = "", True
            for index in piece:  # type: ignore[attr-defined]
                if text := read(cells[index]):
                    break
            filled = bool(text)
        named = named or has
        if filled:
            parts.append((held if some or first else "") + text)
            some = True
            first = False
        elif first:
            first = False
        held = ""
    if held and (not named or (some and _last_filled(group, cells, read))):
        parts.append(held)
    return "".join(parts), some and named, named


def _last_filled(group: Group, cells: Sequence[str], read: Callable[[str], str]) -> bool:
    """Say whether the last column of a group has something, so that the text behind it stands for something."""
    for piece in reversed(group.pieces):
        if isinstance(piece, Group):
            _, filled, has = _filled(piece, cells, read)
            return filled or not has
        if isinstance(piece, tuple):
            return any(read(cells[index]) for index in piece)
    return True
