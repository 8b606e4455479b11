"""How well files are read that are damaged in one way each, without a word on how they are written.

The score of a file is the mean of three F1 measures: over the names of the header, over the records (right when all
their cells are) and over the cells, each compared as multisets. Another run: POLLUTION_SEED, POLLUTION_FILES.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import mean

import pytest

from incidents.csv_reader import open_table
from incidents.table import CsvError, RowFault
from tests.incidents.clean_tables import Case
from tests.incidents.pollution import POLLUTIONS, files, polluted

SEED = int(os.environ.get("POLLUTION_SEED", "12092025"))
FILES = int(os.environ.get("POLLUTION_FILES", str(15 * len(POLLUTIONS))))
ENOUGH = 0.995
ASIDE = {"second-table", "footer"}
"""Records that the reader gives back, and says that they are none of this table."""

Record = tuple[str, ...]


def f1(expected: Iterable[object], found: Iterable[object]) -> float:
    wanted, got = Counter(expected), Counter(found)
    if not wanted and not got:
        return 1.0
    return 2 * (wanted & got).total() / (wanted.total() + got.total())


def same_newlines(cells: Sequence[str]) -> Record:
    return tuple(cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells)


def read(data: bytes) -> tuple[Record, list[Record]]:
    with open_table(data) as table:
        items = list(table.rows())
        kept = [item for item in items if not (isinstance(item, RowFault) and item.code in ASIDE)]
        return tuple(table.header), [same_newlines(item.cells) for item in kept]


def score(case: Case) -> float:
    try:
        header, records = read(case.data)
    except CsvError:
        return 0.0
    expected = [same_newlines(cells) for cells in case.rows]
    return mean(
        (
            f1(case.header, header),
            f1(expected, records),
            f1((cell for cells in expected for cell in cells), (cell for cells in records for cell in cells)),
        )
    )


def test_polluted_files_are_read_as_a_person_would() -> None:
    scores: dict[str, list[tuple[float, int]]] = {kind: [] for kind in POLLUTIONS}
    for number, kind, case in files(SEED, FILES):
        scores[kind].append((score(case), number))
    figure = mean(value for found in scores.values() for value, _ in found)
    lines = [f"seed {SEED}, {FILES} files: {figure:.5f}"]
    for kind, found in scores.items():
        failed = [(value, number) for value, number in found if value < 1]
        if failed:
            kind_mean = mean(value for value, _ in found)
            worst = ", ".join(f"{number} ({value:.3f})" for value, number in sorted(failed)[:5])
            lines.append(
                f"{kind}: {len(failed)} of {len(found)} not read in full, mean {kind_mean:.4f}; files {worst}"
            )
    report = "\n".join(lines)
    print(report)
    assert figure >= ENOUGH, report


def test_a_seed_and_a_number_make_one_file() -> None:
    assert [polluted(7, number) for number in range(100)] == [polluted(7, number) for number in range(100)]
    assert polluted(7, 0) != polluted(8, 0)


@pytest.mark.parametrize("kind", ["nothing", "carriage_returns_and_feeds", "newlines_in_quotes", "one_row"])
def test_what_is_expected_is_what_plain_csv_says(kind: str) -> None:
    number = list(POLLUTIONS).index(kind)
    found = 0
    for seed in range(40):
        _, case = polluted(seed, number)
        text = case.data.decode()
        if "," in text.splitlines()[0] and "\t" not in text and ";" not in text.splitlines()[0]:
            header, *rows = csv.reader(io.StringIO(text, newline=""))
            assert (tuple(header), tuple(map(tuple, rows))) == (case.header, case.rows)
            found += 1
    assert found


def test_each_pollution_says_what_a_person_would_read() -> None:
    assert [kind for kind, pollution in POLLUTIONS.items() if not (pollution.__doc__ or "").strip()] == []


def test_the_score_falls_with_a_lost_name_a_lost_record_and_a_changed_cell() -> None:
    assert f1("abc", "abc") == 1
    assert f1("abc", "ab") == pytest.approx(0.8)
    assert f1("aab", "abb") == pytest.approx(2 / 3)
    assert f1("", "a") == 0
