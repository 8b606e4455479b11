"""Files that a person can still read: each a clean table of incidents, polluted in one way at a random place.

`polluted(seed, number)` gives the same file for the same two figures for ever. What a person would read is said in
the docstring of each pollution and carried in its case. Knows nothing of the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from tests.incidents import pollution_layout, pollution_rows, pollution_signs
from tests.incidents.clean_tables import Case

POLLUTIONS: dict[str, Callable[[Random], Case | None]] = {
    pollution.__name__: pollution
    for family in (pollution_signs.ALL, pollution_rows.ALL, pollution_layout.ALL)
    for pollution in family
}
TRIES = 2_000


def polluted(seed: int, number: int) -> tuple[str, Case]:
    """Make file `number` of a seed: its kind and its case; each kind has its turn."""
    kind = list(POLLUTIONS)[number % len(POLLUTIONS)]
    random = Random(f"{seed}:{number}")
    for _ in range(TRIES):
        case = POLLUTIONS[kind](random)
        if case is not None:
            return kind, case
    raise AssertionError(f"{kind} found no place in {TRIES} tables")


def files(seed: int, count: int) -> Iterator[tuple[int, str, Case]]:
    """Make `count` files: their number, kind and case."""
    for number in range(count):
        yield number, *polluted(seed, number)
