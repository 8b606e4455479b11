"""Kills an import again and again at random moments, and looks what is left: the old record or the new one, whole.

Run it with `python -m scripts.torture_import --kills 100`. Each time a process of its own imports a file into a copy
of a database and is killed (kill -9) after a random share of its time, or at a random step; some are interrupted
instead (SIGINT, SIGTERM). Then the database is checked, made again from its journal, and given the file once more.
Exit code 1 where anything was found that should not be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import incidents.ingest
import incidents.intake
import incidents.journal
import incidents.kept_files
import incidents.store.sqlite.bulk
import incidents.store.sqlite.writing
from incidents import RECORD_TYPES, ImportOptions, ImportReport, Store, export_csv, files_folder, import_file
from incidents.rebuilding import rebuild
from incidents.store import open_file

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PROVIDERS = "id,name,kind\n" + "".join(f"p{n},Provider {n},operator\n" for n in range(9))
HEADER = "id,title,operator_id,providers,started_at,resolved_at,severity,affected,affected_unit,source_urls,summary\n"
STEPS: tuple[tuple[Any, str, int], ...] = (
    # What is stopped at, and at most at which of its calls: before it, or after it.
    (incidents.intake.Intake, "_settle", 9),
    (incidents.kept_files, "keep_file", 1),
    (incidents.store.sqlite.bulk.BulkIncidents, "add", 9),
    (incidents.store.sqlite.bulk.BulkIncidents, "finish", 1),
    (incidents.store.sqlite.writing.SqliteWriter, "finish", 1),
    (incidents.store.sqlite.writing.SqliteWriter, "keep", 1),
    (incidents.store.sqlite.writing.SqliteWriter, "close", 1),
    (incidents.journal.JournalEntry, "_flush", 5),
    (incidents.journal, "sync_folder", 1),
    (os, "fsync", 3),
    (Path, "replace", 2),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a process is stopped: after `share` of its usual time, or at the `call`th call of a step."""

    share: float | None = None
    step: int = 0
    call: int = 1
    after: bool = False

    def __str__(self) -> str:
        if self.share is not None:
            return f"at {self.share:.3f} of the time"
        owner, name, _ = STEPS[self.step]
        return f"{'after' if self.after else 'before'} call {self.call} of {owner.__name__.rpartition('.')[2]}.{name}"


@dataclass(slots=True)
class Found:
    """What was found after all kills."""

    kinds: Counter[str] = field(default_factory=Counter)
    leftovers: int = 0
    faults: list[str] = field(default_factory=list)


def line(n: int, words: bool = False, extra: str = "") -> str:
    start = f"2026-0{n % 9 + 1}-{n % 28 + 1:02}T{n % 24:02}:{n % 60:02}"
    began, ended = f"{start}:00+01:00", f"{start}:59+01:00" if n % 4 else ""
    if words:
        began, ended = "le 12 septembre 2025 vers 22h", ""
    url = f"https://example.org/{n}" if words else ""
    return (
        f"K-{n},Portal {n} down{extra},p{n % 7},p{n % 7}:operator;p{n % 5}:supplier,{began},{ended},"
        f"{('minor', 'major', '')[n % 3]},{n + 1},subscribers,{url},number {n} of very many\n"
    )


def load(store: Store, path: Path, record_type: str = "incident") -> ImportReport:
    options = ImportOptions(filename=path.name, record_type=record_type)
    return import_file(store, path, options, actor="officer", at=AT)


def fingerprint(store: Store) -> str:
    """Give a digest of all records and of all that was ever done to them."""
    mark = hashlib.sha256()
    for record_type in RECORD_TYPES:
        for text in export_csv(record_type, store.walk(record_type)):
            mark.update(text.encode("utf-8", "surrogatepass"))
    for made in store.change_sets(1_000):
        mark.update(repr(made).encode())
    return mark.hexdigest()


def records(store: Store) -> str:
    """Give a digest of the incidents as they are."""
    mark = hashlib.sha256()
    for text in export_csv("incident", store.walk("incident")):
        mark.update(text.encode("utf-8", "surrogatepass"))
    return mark.hexdigest()


class Torture:
    """A database, a file to import into it, and what both states of it look like."""

    def __init__(self, folder: Path, rows: int, seed: int) -> None:
        self.folder, self.rows, self.pick = folder, rows, random.Random(seed)
        self.found = Found()
        self.file = folder / "new.csv"
        self.ground = folder / "ground.db"
        self._make(rows)
        shutil.copytree(files_folder(self.ground), self._files("done"))
        shutil.copy(self.ground, folder / "done.db")
        with opened(self.ground) as store:
            self.old = fingerprint(store)
        with opened(folder / "done.db") as store:
            self.report = load(store, self.file)
            self.new, self.after = fingerprint(store), records(store)
        self.usual = {large: self._usual_time(large) for large in (False, True)}

    def _make(self, rows: int) -> None:
        first, providers = self.folder / "first.csv", self.folder / "providers.csv"
        providers.write_text(PROVIDERS)
        first.write_text(HEADER + "".join(line(n, words=n % 9 == 0) for n in range(0, rows // 8)))
        with opened(self.ground) as store:
            load(store, providers, "provider")
            load(store, first)
        # Of those that are there a third is as it was, the rest changes; one row in twenty needs care.
        lines = [line(n, n % 20 == 0, " again" if n % 3 and n < rows // 8 else "") for n in range(rows)]
        lines[rows // 2] = lines[rows // 2].replace(":operator", ":boss")
        lines[rows - 9] += lines[rows - 9]
        self.file.write_text(HEADER + "".join(lines))

    def _files(self, name: str) -> Path:
        return files_folder(self.folder / f"{name}.db")

    def fresh(self) -> Path:
        """Give a copy of the database as it was."""
        path = self.folder / "trial.db"
        self.clear("trial")
        shutil.copy(self.ground, path)
        shutil.copytree(files_folder(self.ground), files_folder(path))
        return path

    def clear(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            (self.folder / f"{name}.db{suffix}").unlink(missing_ok=True)
        shutil.rmtree(self._files(name), ignore_errors=True)

    def _usual_time(self, large: bool) -> float:
        times = []
        for _ in range(2):
            started, told, _ = self.run(self.fresh(), None, signal.SIGKILL, large)
            assert told, "the import fails when left alone"
            times.append(time.perf_counter() - started)
        return min(times)

    def moment(self) -> Moment:
        """Choose when to stop: at any time, near the end, or at a step."""
        kind = self.pick.random()
        if kind < 0.4:
            return Moment(share=self.pick.uniform(0, 1.1))
        if kind < 0.6:
            return Moment(share=self.pick.uniform(0.75, 1.02))
        step = self.pick.randrange(len(STEPS))
        return Moment(None, step, self.pick.randint(1, STEPS[step][2]), self.pick.random() < 0.5)

    def run(
        self, path: Path, when: Moment | None, how: signal.Signals, large: bool
    ) -> tuple[float, bool, int]:
        """Import in a process of its own and stop it; gives its start, whether it acknowledged, and its exit."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            self._child(path, when, how, large, writing)
        os.close(writing)
        os.read(reading, 1)
        started = time.perf_counter()
        told = b""
        if when is not None and when.share is not None:
            ready, _, _ = select.select([reading], [], [], when.share * self.usual[large])
            told = os.read(reading, 1) if ready else b""
            os.kill(child, how)
        told = told or os.read(reading, 1)
        _, status = os.waitpid(child, 0)
        os.close(reading)
        return started, told == b"d", status

    def _child(self, path: Path, when: Moment | None, how: signal.Signals, large: bool, writing: int) -> None:
        code = 1
        try:
            if large:  # as a file of millions of rows: no log, indexes at the end
                incidents.ingest.LARGE_FILE = 1
                incidents.store.sqlite.bulk.LARGE = 1_000
                incidents.store.sqlite.bulk.SURELY = 500
            store = open_file(path)
            if when is not None and when.share is None:
                stop_at(when, how)
            os.write(writing, b"s")
            load(store, self.file)
            os.write(writing, b"d")
            code = 0
        except KeyboardInterrupt:
            code = 130
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
        finally:
            os._exit(code)

    def trial(self, how: signal.Signals, large: bool, thorough: bool) -> None:
        """Stop one import and look at what is left."""
        when = self.moment()
        path = self.fresh()
        _, told, status = self.run(path, when, how, large)
        name = f"{how.name}{' large' if large else ''} {when}"
        self.found.leftovers += sum(".part" in item.name for item in files_folder(path).rglob("*"))
        try:
            state = self._look(path, told, thorough)
        except Exception as error:
            self.found.faults.append(f"{name}: {error!r}")
            return
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) not in (0, 130):
            self.found.faults.append(f"{name}: it ended with {os.WEXITSTATUS(status)}")
        self.found.kinds[f"{how.name}{' large' if large else ''}: {state}"] += 1
        if told:
            self.found.kinds["acknowledged"] += 1

    def _look(self, path: Path, told: bool, thorough: bool) -> str:
        with opened(path) as store:
            state = {self.old: "before", self.new: "after"}.get(fingerprint(store), "between")
            wrong = [check for check in store.check() if not check.ok]
        expect(not wrong, f"the check finds {wrong}")
        expect(state != "between", "it is neither the old record nor the new one")
        expect(not told or state == "after", "an acknowledged import is lost")
        if thorough:
            self.clear("again")
            rebuild(path, self.folder / "again.db")
            with opened(self.folder / "again.db") as store:
                same = fingerprint(store) == (self.new if state == "after" else self.old)
            expect(same, "the journal makes another database")
        with opened(path) as store:
            report = load(store, self.file)
            expect(records(store) == self.after, "the same import afterwards gives other records")
        done = report.counts["unchanged"] + report.counts["duplicate"] + report.counts["rejected"]
        expect(
            report.counts == self.report.counts
            if state == "before"
            else done == report.read == self.report.read,
            f"the same import afterwards counts {report.counts}",
        )
        return state


def stop_at(when: Moment, how: signal.Signals) -> None:
    """Make this process stop itself at a step."""
    owner, name, _ = STEPS[when.step]
    usual: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def stopping(*args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == when.call and not when.after:
            os.kill(os.getpid(), how)
        answer = usual(*args, **named)
        if calls == when.call and when.after:
            os.kill(os.getpid(), how)
        return answer

    setattr(owner, name, stopping)


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """Open a store, and leave no connection behind that a fork could share."""
    store = open_file(path)
    try:
        yield store
    finally:
        store.close()


def expect(holds: bool, problem: str) -> None:
    if not holds:
        raise AssertionError(problem)


def torture(folder: Path, *, kills: int, signals: int, rows: int, seed: int, rebuild_each: int) -> Found:
    """Stop imports: `kills` of them by force, `signals` by each of SIGINT and SIGTERM."""
    trials = Torture(folder, rows, seed)
    ways = [signal.SIGKILL] * kills + [signal.SIGINT, signal.SIGTERM] * signals
    for n, how in enumerate(ways):
        trials.trial(how, large=n % 3 == 2, thorough=n % rebuild_each == 0)
    return trials.found


def main() -> int:
    parser = argparse.ArgumentParser(description="Stop imports at random moments and look what is left.")
    parser.add_argument("--kills", type=int, default=100, help="how many are killed")
    parser.add_argument("--signals", type=int, default=10, help="how many get SIGINT, and how many SIGTERM")
    parser.add_argument("--rows", type=int, default=5_000, help="how many rows the file has")
    parser.add_argument("--seed", type=int, default=None, help="makes the same choices again")
    parser.add_argument("--rebuild-each", type=int, default=1, help="make every n-th again from its journal")
    parser.add_argument("--json", action="store_true", help="write what was found as JSON")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.randrange(1_000_000)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        found = torture(
            Path(folder), kills=args.kills, signals=args.signals, rows=args.rows, seed=seed,
            rebuild_each=args.rebuild_each,
        )  # fmt: skip
    told = {
        "seed": seed,
        "rows": args.rows,
        "states": dict(sorted(found.kinds.items())),
        "drafts_left": found.leftovers,
        "faults": found.faults,
        "seconds": round(time.perf_counter() - start, 1),
    }
    if args.json:
        print(json.dumps(told))
    else:
        for name, value in told.items():
            print(f"{name}: {value}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
