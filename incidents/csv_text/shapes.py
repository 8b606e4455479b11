"""What the cells of a column look like: kinds of value, exact patterns, and how badly a text misfits a column.

Knows no dialect and no row. Used to weigh dialects, to tell a header from values, and to mend rows.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

NUMBER = r"[+\-−]?(?:\d{1,3}(?:[ ,.'’\u202f\xa0]\d{3})+|\d+)(?:[.,]\d+)?"
DAY = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))"
HOUR = r"\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\.?)?"
FORMS: dict[str, str] = {
    "integer": r"[+\-−]?\d+",
    "number": rf"{NUMBER}|[+\-−]?\d*[.,]\d+(?:[eE][+\-]?\d+)?",
    "money": rf"[$€£¥] ?{NUMBER}|{NUMBER}[ \xa0\u202f]?[$€£¥%]",
    "date": DAY,
    "time": rf"{HOUR}|\d{{1,2}} ?[hH](?: ?\d{{2}})?",
    "datetime": rf"{DAY}[T ]+{HOUR}(?: ?(?:Z|UTC|[+\-]\d{{2}}:?\d{{2}}))?",
    "url": r"[a-z]{2,9}://\S+|www\.\S+",
    "email": r"[\w.+\-]+@[\w\-]+\.[\w.\-]+",
    "nothing": r"[-–—?.*]+|(?i:n/?a|nan|null|none|nil|n\.?[adcs]\.?|unknown|inconnue?|tbd|true|false)",
    "structure": r"[\[{].*[\]}]",
    "code": r"(?=\S*\d)[\w./:#@+\-–]{2,60}",
    "word": r"[^\W\d_][\w’'.\-/&+]*",
    "text": r"[\w(«“‘\"'$€£#@+\-–*…¿¡°§&/\[].*",
}
KINDS = re.compile("|".join(f"(?P<{name}>{form})" for name, form in FORMS.items()), re.DOTALL)
VALUES = frozenset(
    {"integer", "number", "money", "date", "time", "datetime", "url", "email", "code", "nothing"}
)
STRICT = VALUES - {"code", "nothing"}
TEXTS = frozenset({"word", "text", "odd", "structure"})
SIGNS = {ord("0") + n: "9" for n in range(10)}
LETTERS = re.compile(r"([^\W\d_])[^\W\d_]*")
MARKS = "\"'"
LONGEST = 120


@lru_cache(maxsize=8_192)
def _kind(cell: str) -> str:
    found = KINDS.fullmatch(cell)
    return found.lastgroup or "odd" if found else "odd"


def kind(cell: str) -> str:
    """Name the kind of value that a text looks like; "" for none."""
    bare = cell.strip()
    if not bare:
        return ""
    if len(bare) <= LONGEST:
        return _kind(bare)
    if "://" in bare[:12] and not bare[:LONGEST].count(" "):
        return "url"
    return "structure" if bare[0] + bare[-1] in ("[]", "{}") else "text"


def weight(cell: str, delimiter: str) -> float:
    """Say how much a cell looks like one value, 0 to 1, for scoring dialects."""
    found = kind(cell)
    if not found:
        return 1.0
    if found in STRICT:
        return 1.0
    loose = sum(cell.count(sign) for sign in ";\t|" if sign != delimiter)
    if "\x00" in cell or loose:
        return 0.35
    if found in ("code", "word", "nothing"):
        return 0.95
    if found == "structure":
        return 0.9
    if cell.count('"') % 2 or '""' in cell:
        return 0.4
    bare = cell.strip()
    if bare[0] in "\"'" or bare[-1] in '"':
        return 0.3
    if found == "odd":
        return 0.3
    if bare.count("(") != bare.count(")"):
        return 0.6
    return 0.85 if bare[0].isalnum() else 0.7


def pattern(cell: str) -> str:
    """Give the exact pattern of a short value: digits as 9, runs of letters as A or a; "" for a longer text."""
    bare = cell.strip()
    if len(bare) > 40:
        return ""
    return LETTERS.sub(lambda run: "A" if run.group(1).isupper() else "a", bare.translate(SIGNS))


class Column:
    """What the cells of one column look like, learnt from a sample of its rows."""

    __slots__ = (
        "choices",
        "count",
        "digits",
        "empties",
        "inner",
        "kinds",
        "length",
        "main",
        "marked",
        "padded",
        "patterns",
        "quoted",
        "spread",
        "typed",
        "words",
    )

    def __init__(self, cells: Sequence[str], quoted: Sequence[bool] = ()) -> None:
        full = [cell for cell in cells if cell.strip()]
        self.count, self.empties = len(full), len(cells) - len(full)
        self.kinds = Counter(map(kind, full))
        self.patterns = Counter(pattern(cell) for cell in full if kind(cell) in VALUES)
        self.main, share = ("", 0.0)
        if self.kinds:
            self.main, most = self.kinds.most_common(1)[0]
            share = most / self.count
        values = sum(n for name, n in self.kinds.items() if name in VALUES)
        self.typed = bool(self.count) and values >= 0.8 * self.count
        choices = {cell.strip() for cell in full}
        self.choices = choices if self.count >= 8 and len(choices) <= min(40, self.count // 2) else set()
        """The values of a column that has few of them, each several times."""
        self.digits = {len(cell.strip()) for cell in full if kind(cell) == "integer"}
        self.inner = sum(cell[1:-1].count('"') % 2 for cell in full) > max(1, len(full) // 20)
        """Whether a single quotation mark inside a cell (5" pipe) is nothing unusual here."""
        self.marked = sum(cell.lstrip()[0] in MARKS for cell in full)
        self.padded = sum(cell[0] == " " for cell in full)
        sizes = [math.log1p(len(cell)) for cell in full]
        self.length = sum(sizes) / len(sizes) if sizes else 0.0
        self.spread = (
            max(0.35, (sum((s - self.length) ** 2 for s in sizes) / len(sizes)) ** 0.5) if sizes else 1.0
        )
        marked = [q for q, cell in zip(quoted, cells, strict=False) if cell.strip()]
        self.quoted = sum(marked) / len(marked) if marked else 0.5
        self.words = share if self.main in TEXTS else 0.0

    @property
    def optional(self) -> bool:
        """Whether an empty cell is nothing unusual here."""
        return self.empties > 0 or not self.count

    def strict(self) -> bool:
        """Whether nearly all values are of kinds that no name of a column has."""
        return self.count > 0 and sum(self.kinds[name] for name in STRICT) >= 0.8 * self.count

    def misfit(self, cell: str, quoted: bool | None = None) -> float:
        """Say how unlikely a cell is in this column: 0 as the others, about 1 as none."""
        if not self.count:
            # A column that the sample shows empty, or no sample at all.
            return 0.02 if not cell.strip() else (0.6 if self.empties > 4 else 0.1)
        found = kind(cell)
        if not found:
            return (
                0.85
                if not self.empties
                else min(0.5, 0.12 * -math.log(self.empties / (self.count + self.empties)))
            )
        cost = 0.3 if not self.marked and cell.lstrip()[0] in MARKS else 0.0
        if cell[0] == " " and not self.padded:
            cost += 0.15
        if quoted is not None and self.count >= 4:
            likely = self.quoted if quoted else 1 - self.quoted
            cost += 0.0 if likely > 0.2 else (0.06 if likely > 0.02 else 0.2)
        if self.choices:
            if cell.strip() in self.choices:
                return cost
            cost += 0.25
        if found == "integer" and self.main == "integer":
            # A whole number fits by its length; which lengths are common says nothing of where two were parted.
            size = len(cell.strip())
            beyond = max(min(self.digits) - size, size - max(self.digits), 0)
            return cost + 0.02 + min(0.4, 0.06 * beyond)
        if found in VALUES:
            known = self.patterns.get(pattern(cell), 0)
            if known:
                return cost + min(0.5, 0.08 * -math.log(known / self.count))
        share = self.kinds.get(found, 0) / self.count
        if self.typed:
            if found in TEXTS:
                return cost + (0.5 if share > 0.03 else 1.0)
            return cost + (0.25 if share > 0.3 else 0.45 if share else 0.8)
        if found in VALUES:
            return cost + (0.15 if share > 0.1 else 0.3 if share else 0.45)
        if found == "odd" and not share:
            cost += 0.3
        far = abs(math.log1p(len(cell)) - self.length) / self.spread
        return cost + 0.02 + (0.08 * min(4.0, far - 2.0) if far > 2 else 0.0)


def learn(rows: Iterable[Sequence[str]], width: int, quoted: Iterable[Sequence[bool]] = ()) -> list[Column]:
    """Learn the columns from rows of the right width."""
    kept = [row for row in rows if len(row) == width]
    flags = [flag for flag in quoted if len(flag) == width]
    return [
        Column([row[n] for row in kept], [flag[n] for flag in flags] if len(flags) == len(kept) else ())
        for n in range(width)
    ]
