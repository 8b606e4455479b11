"""Measures the import of many incidents beside general tools that load the same file, all in the same run.

Run by `make bench`. Each load is a process of its own; times are wall times, memory is what the process held at
most. Machines differ and drift, so that the ratio is the claim. `ARGS='--rows 1000000 --rounds 3'` is the full size.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from incidents import read_moment

COLUMNS = (
    "id", "title", "operator_id", "providers", "started_at", "resolved_at", "region", "cause", "severity", "affected",
    "affected_unit", "status", "summary",
)  # fmt: skip
PROVIDERS = (
    "orange",
    "sfr",
    "bouygues-telecom",
    "free",
    "aws",
    "microsoft",
    "google",
    "ovhcloud",
    "cloudflare",
)
WORDS = [
    "network",
    "power",
    "fibre",
    "core",
    "router",
    "backhaul",
    "outage",
    "degraded",
    "customers",
    "region",
    "maintenance",
    "planned",
    "storage",
    "database",
    "latency",
    "packet",
    "loss",
    "voice",
    "television",
    "mobile",
    "data",
    "cooling",
    "cable",
    "cut",
    "software",
    "update",
    "rollback",
    "monitoring",
]
CAUSES = ("system_failure", "human_error", "natural_phenomenon", "malicious_action", "unknown")
SEVERITIES = ("none", "minor", "moderate", "major", "critical")
OFFSETS = ("+01:00", "+02:00", "Z", "-05:00")
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
MEMORY_MIB = 150
FRENCH = 10_000


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds, and mebibytes at most."""

    seconds: float
    mebibytes: float


def write_incidents(path: Path, rows: int, seed: int = 7) -> None:
    """Write a canonical file of incidents, about 290 bytes a row, two providers each; the same for the same seed."""
    chance = random.Random(seed)
    start = datetime(2005, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for n in range(rows):
            begin = start + timedelta(seconds=chance.randrange(20 * 365 * 86_400))
            end = begin + timedelta(minutes=chance.randrange(1, 3_000))
            offset = chance.choice(OFFSETS)
            one, other = chance.sample(PROVIDERS, 2)
            writer.writerow((
                f"INC-{n:08d}",
                " ".join(chance.choices(WORDS, k=5)),
                one,
                f"{one}:operator;{other}:supplier",
                begin.isoformat() + offset,
                end.isoformat() + offset,
                "FR-IDF",
                chance.choice(CAUSES),
                chance.choice(SEVERITIES),
                chance.randrange(10, 1_000_000),
                "subscribers",
                "resolved",
                " ".join(chance.choices(WORDS, k=12)),
            ))  # fmt: skip


def measured(commands: Sequence[Sequence[str]], *, exit_codes: tuple[int, ...] = (0,)) -> Run:
    """Run commands one after the other; gives the sum of their times and the most memory that one held."""
    seconds, most = 0.0, 0.0
    for command in commands:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.stderr.close()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds += time.perf_counter() - begin
        most = max(most, usage.ru_maxrss / 1024)
        if process.returncode not in exit_codes:
            raise SystemExit(f"{' '.join(command)} failed: {said.decode(errors='replace')[-500:]}")
    return Run(seconds, most)


class Bench:
    """The loads, each into a new database in a folder that goes at the end."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        self.file = folder / "incidents.csv"
        write_incidents(self.file, rows)
        self._number = 0

    def _fresh(self) -> Path:
        self._number += 1
        return self.folder / f"{self._number}.db"

    def reference(self) -> Run:
        """Load with sqlite-utils, which checks nothing, then index title and summary."""
        tool, path = [sys.executable, "-m", "sqlite_utils"], str(self._fresh())
        insert = [
            *tool,
            "insert",
            path,
            "incidents",
            str(self.file),
            "--csv",
            "--no-detect-types",
            "--silent",
        ]
        return measured([insert, [*tool, "enable-fts", path, "incidents", "title", "summary"]])

    def ours(self, path: Path, file: Path | None = None) -> Run:
        """Import into a database that has the bundled records, made before the clock starts or by an earlier import."""
        command = [sys.executable, "-m", "timeline", "--database", str(path)]
        if not path.exists():
            measured([[*command, "init"]])
        return measured([[*command, "import", str(file or self.file)]])

    def first_and_again(self) -> tuple[Run, Run, Run]:
        """Import, import the same rows from a file of other bytes, and import the very same file."""
        path = self._fresh()
        first = self.ours(path)
        longer = self.folder / "longer.csv"
        with self.file.open("rb") as source, longer.open("wb") as target:
            while block := source.read(1 << 20):
                target.write(block)
            target.write(b"INC-LAST,One more,orange,orange:operator,2026-01-01T00:00:00Z,,,,,,,,\n")
        again = self.ours(path, longer)
        same = self.ours(path)
        self._remove(path)
        return first, again, same

    def tenth(self) -> Run:
        """Import a tenth of the rows."""
        file = self.folder / "tenth.csv"
        write_incidents(file, self.rows // 10)
        path = self._fresh()
        run = self.ours(path, file)
        self._remove(path)
        return run

    def _remove(self, path: Path) -> None:
        subprocess.run(["rm", "-rf", str(path), f"{path}-files", f"{path}-wal", f"{path}-shm"], check=True)


def french_dates() -> float:
    """Read distinct dates in French words; gives seconds."""
    texts = [f"{n % 28 + 1} {MONTHS[n // 28 % 12]} {1990 + n // 336} vers {n % 24}h" for n in range(FRENCH)]
    begin = time.perf_counter()
    for text in texts:
        read_moment(text, zone="Europe/Paris")
    return time.perf_counter() - begin


def middle(runs: Sequence[Run]) -> Run:
    return Run(median(run.seconds for run in runs), max(run.mebibytes for run in runs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--strict", action="store_true", help="a missed goal is an error")
    chosen = parser.parse_args()
    missed = 0

    def told(name: str, found: float, goal: float, unit: str) -> None:
        nonlocal missed
        verdict = "ok" if found <= goal else "MISSED"
        missed += found > goal
        print(f"  {name:58} {found:8.2f} {unit:4} goal {goal:g}  {verdict}")

    with tempfile.TemporaryDirectory(prefix="bench-import-") as name:
        bench = Bench(Path(name), chosen.rows)
        size = bench.file.stat().st_size / chosen.rows
        print(f"{chosen.rows:,} rows of {size:.0f} bytes, medians of {chosen.rounds} rounds, side by side")
        references: list[Run] = []
        triples: list[tuple[Run, Run, Run]] = []
        tenths: list[Run] = []
        for _ in range(chosen.rounds):
            references.append(bench.reference())
            triples.append(bench.first_and_again())
            tenths.append(bench.tenth())
    reference, tenth = middle(references), middle(tenths)
    first, again, same = (middle(runs) for runs in zip(*triples, strict=True))
    rows: tuple[tuple[str, Run], ...] = (
        ("sqlite-utils insert + enable-fts (checks nothing)", reference),
        ("import: links, full text, history, checks", first),
        ("the same rows again, by their digests", again),
        ("the same file again, by its digest", same),
        ("a tenth of the rows", tenth),
    )
    for label, run in rows:
        print(f"  {label:58} {run.seconds:8.2f} s    {run.mebibytes:6.0f} MiB")
    told("import / sqlite-utils", first.seconds / reference.seconds, 0.5, "x")
    told("rows again / first time", again.seconds / first.seconds, 0.35, "x")
    told("same file again", same.seconds, 1.0, "s")
    told("all rows / a tenth of them", first.seconds / tenth.seconds, 11, "x")
    told("memory", max(run.mebibytes for run in (first, again, same)), MEMORY_MIB, "MiB")
    told(f"{FRENCH:,} French dates", french_dates(), 10, "s")
    if missed and chosen.strict:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
