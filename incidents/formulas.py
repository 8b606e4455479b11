"""Cells that a spreadsheet would run as a formula, disarmed with `'` and rearmed: `rearm(disarm(text)) == text`.

Knows text only. A formula may start a cell, and it may start inside one: a file with commas opened where the
semicolon separates is cut at the semicolons, the line breaks and the tabs within its cells.
"""

from __future__ import annotations

import re

# What starts a formula, full-width signs too, after blanks that spreadsheets pass over. The marks `'` before it are
# part of both patterns: a text that looks disarmed already gets one more, so that taking one off gives it back.
_BLANK = " \u00a0\u200b\u200c\u200d\u2060\ufeff"
_SIGNS = "=+\\-@＝＋－＠"
_FIRST = re.compile(f"'*[{_BLANK}]*[{_SIGNS}\t\r\n]")
_NUMBER = re.compile(r"'*-\d+(\.\d+)?", re.ASCII)

_STARTS = frozenset(f"'{_BLANK}=+-@＝＋－＠\t\r\n")
_SUSPECT = re.compile(f"[;,\t\r\n]['{_BLANK}{_SIGNS}]")

# Inside a cell most such signs are prose (a list with dashes, a handle after a comma). A cell without any of these
# three can call no function and reach no program and no other file.
_REACHING = re.compile(r"[(|!]")
_WITHIN = re.compile(f"(?<=[;\t\r\n])(?='*[{_SIGNS.replace(chr(92) + '-', '').replace('－', '')}])")
_WITHIN_REACHING = re.compile(f"(?<=[;,\t\r\n])(?='*[{_BLANK}]*[{_SIGNS}])")


def disarm(text: str) -> str:
    """Keep a spreadsheet from running a cell: put `'` before all that it could take for a formula.

    A negative number stays one.
    """
    # Nearly all cells end here: an export has millions.
    if not text or (text[0] not in _STARTS and not _SUSPECT.search(text)):
        return text
    guarded = _within(text).sub("'", text)
    return "'" + guarded if _starts_formula(text) else guarded


def rearm(text: str) -> str:
    """Undo `disarm`; a text in which it would have put nothing is left as it is."""
    if "'" not in text:
        return text
    if text[0] == "'" and _starts_formula(text):
        text = text[1:]
    return _unmark(text) if _within(text).search(text) else text


def _starts_formula(text: str) -> bool:
    return _FIRST.match(text) is not None and _NUMBER.fullmatch(text) is None


def _within(text: str) -> re.Pattern[str]:
    return _WITHIN_REACHING if _REACHING.search(text) else _WITHIN


def _unmark(text: str) -> str:
    """Take one `'` off each place inside a text that has one before its formula."""
    places = [found.start() for found in _within(text).finditer(text) if text[found.start()] == "'"]
    kept, done = [], 0
    for place in places:
        kept.append(text[done:place])
        done = place + 1
    return "".join((*kept, text[done:]))
