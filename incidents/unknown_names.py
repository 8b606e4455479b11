"""Names of providers and services that the store does not know: refuse the row, make a record, or keep the words.

Decides by what the user said; else by the column: one that bears the field's own name promises ids and known names,
so that an unknown one is a mistake. Under any other header ("Company", "Société") names are expected: an operator
becomes a provider of that name, and what needs more than a name (a service, a supplier) is kept as words. A name
one slip of the pen away from a known one is refused and the known one proposed. Knows no store but the `Lookup`.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol

from incidents.columns import Column, header_key
from incidents.model import Provider

Policy = Literal["reject", "create", "keep"]
MOST_CREATED = 20_000
MOST_COMPARED = 1_000
"""Of how many unknown names a file's likeness to known ones is looked at: it takes a thousandth of a second each."""
LONGEST_NAME = 200
SLIP = 0.88
"""How alike two names of as many words and nearly as many letters are for one to be a misspelling of the other."""
SHORTEST = {"swapped": 4, "other": 6}
"""How long a name must be for two neighbouring letters swapped, or one letter in place of another, to be a slip."""
CREATED = frozenset(("operator_id",))
"""The columns whose unknown names can become providers. Of which kind they are is not said, and duties hang on it."""


class Lookup(Protocol):
    """Finds the records that a cell refers to."""

    def resolve(self, record_type: str, text: str) -> str | None:
        """Give the id for an id, name or alias."""
        ...

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        """Give up to three ids that look alike."""
        ...


@dataclass(frozen=True, slots=True)
class Unknown:
    """What becomes of an unknown name: an id with the record to add for it, or neither where the words are kept."""

    id: str | None
    created: Provider | None


class Names:
    """The names of one file: resolved by the lookup, or by the records made for the file so far."""

    def __init__(self, lookup: Lookup, on_unknown: str | None, collection: str, *, incident: bool) -> None:
        self._lookup, self._on_unknown, self._collection = lookup, on_unknown, collection
        self._incident = incident
        self._made: dict[str, Provider] = {}
        self._near: dict[tuple[str, str], Sequence[str]] = {}
        self._slips: dict[tuple[str, str], bool] = {}

    def resolve(self, record_type: str, text: str) -> str | None:
        """Give the id of a known name."""
        return self._lookup.resolve(record_type, text)

    def nearest(self, record_type: str, text: str) -> Sequence[str]:
        """Give ids that look alike; none for the names after the first thousand that are not known."""
        key = (record_type, text)
        found = self._near.get(key)
        if found is None:
            if len(self._near) >= MOST_COMPARED:
                return ()
            found = self._near[key] = self._lookup.nearest(record_type, text)
        return found

    def unknown(self, column: Column, text: str, *, own: bool) -> Unknown | None:
        """Say what becomes of a name that is not known; None where the row is refused."""
        policy = self._policy(column, text, own=own)
        if policy == "reject":
            return None
        if policy == "keep" or column.name not in CREATED or len(text) > LONGEST_NAME:
            return Unknown(None, None)
        key = header_key(text) or text.casefold()
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= MOST_CREATED:
                return Unknown(None, None)
            made = Provider(id=self._id(key, text), name=text, kind="unknown", collection=self._collection)
            self._made[key] = made
        return Unknown(made.id, made)

    def _id(self, key: str, text: str) -> str:
        made = key.replace("_", "-")[:80].strip("-")
        if len(made) < 2 or len(made) >= 80 or self._lookup.resolve("provider", made) is not None:
            mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            made = f"{made}-{mark}".strip("-")
        return made

    def _policy(self, column: Column, text: str, *, own: bool) -> Policy:
        if self._on_unknown == "reject" or not self._incident or column.required:
            return "reject"
        if self._on_unknown == "create":
            return "create"
        if self._on_unknown == "keep":
            return "keep"
        if own or (column.name in CREATED and self._slip(column.to, text)):
            return "reject"
        return "create"

    def _slip(self, record_type: str, text: str) -> bool:
        key = (record_type, text)
        found = self._slips.get(key)
        if found is None:
            if len(self._slips) >= MOST_COMPARED:
                return False
            found = self._slips[key] = self._misspelt(record_type, text)
        return found

    def _misspelt(self, record_type: str, text: str) -> bool:
        typed = header_key(text).replace("_", "-")
        if any(self._lookup.resolve(record_type, other) is not None for other in _swapped(typed)):
            return True
        return any(
            _replaced(typed, near)
            or (
                abs(len(typed) - len(near)) <= 1
                and typed.count("-") == near.count("-")
                and difflib.SequenceMatcher(None, typed, near).ratio() >= SLIP
            )
            for near in self.nearest(record_type, text)
        )


def _swapped(name: str) -> Iterator[str]:
    """Give a name with each two neighbouring letters in the other order."""
    if len(name) >= SHORTEST["swapped"]:
        for n, (first, second) in enumerate(pairwise(name)):
            if first != second and first.isalpha() and second.isalpha():
                yield name[:n] + second + first + name[n + 2 :]


def _replaced(name: str, other: str) -> bool:
    """Say whether two names differ in one letter; a digit in place of another makes another name."""
    if len(name) != len(other) or len(name) < SHORTEST["other"]:
        return False
    apart = [pair for pair in zip(name, other, strict=True) if pair[0] != pair[1]]
    return len(apart) == 1 and all(letter.isalpha() for letter in apart[0])
