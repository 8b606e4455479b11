"""An import that is killed, interrupted or runs out of room: all of it is on record, or nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import incidents
from incidents import ImportOptions, Store, import_file
from incidents.intake import Intake
from incidents.journal import entries, journal_folder
from incidents.store import open_file
from tests.incidents.conftest import AT

ROOT = Path(__file__).parent.parent.parent
HEADER = "id,title,operator_id,started_at,resolved_at,severity,summary\n"
ROWS = "".join(
    f"K-{n},Zeppelin {n} down,orange,2026-03-{n % 28 + 1:02}T10:{n % 60:02}:00+01:00,,minor,number {n} of very many\n"
    for n in range(2_500)
)
COMMAND = "from timeline.cli import main; main()"
STOP_AT_THIRD_BATCH = """
import os, signal
from incidents.intake import Intake
usual, calls = Intake._settle, []
def stopping(self):
    calls.append(1)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.{signal})
    return usual(self)
Intake._settle = stopping
"""
SMALL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
"""


def command(first: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the shell in a process of its own, after some lines that stand in its way."""
    return subprocess.run(
        [sys.executable, "-c", first + COMMAND, *words], capture_output=True, text=True, cwd=ROOT, timeout=120
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text(HEADER + ROWS)
    return path


def nothing_changed(store: Store, revision: int) -> bool:
    """Say whether a store, opened anew, is as it was at a revision, whole, and holds nothing of the file."""
    again = open_file(store.path)
    try:
        whole = all(check.ok for check in again.check())
        gone = again.get("incident", "K-0") is None and not again.search("Zeppelin", 5)
        journal = entries(journal_folder(store.path))
        return whole and gone and again.revision() == revision == journal[-1]
    finally:
        again.close()


def taken_afterwards(store: Store, file: Path) -> bool:
    report = import_file(store, file, ImportOptions(), actor="officer", at=AT)
    return report.added == report.read == 2_500 and all(check.ok for check in store.check())


def test_killed_at_any_moment_an_import_is_there_or_not_at_all() -> None:
    words = "-m scripts.torture_import --kills 15 --signals 1 --rows 700 --seed 912 --rebuild-each 5 --json"
    done = subprocess.run(
        [sys.executable, *words.split()], capture_output=True, text=True, cwd=ROOT, timeout=300
    )
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told["faults"] == [] and done.returncode == 0
    states = told["states"]
    assert sum(count for name, count in states.items() if name != "acknowledged") == 17
    # Some were stopped before the end and some after it; else the trial tried nothing.
    assert any("before" in name for name in states) and any("after" in name for name in states)


def test_an_interrupted_command_says_so_and_changes_nothing(store: Store, file: Path) -> None:
    revision = store.revision()
    store.close()
    first = STOP_AT_THIRD_BATCH.format(signal="SIGINT")
    done = command(first, "--database", str(store.path), "import", str(file))
    assert done.returncode == 130
    assert "nothing of this file was imported" in done.stderr
    assert "Traceback" not in done.stderr
    assert nothing_changed(store, revision)
    assert taken_afterwards(store, file)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_a_command_that_is_ended_changes_nothing(store: Store, file: Path, name: str) -> None:
    revision = store.revision()
    store.close()
    done = command(
        STOP_AT_THIRD_BATCH.format(signal=name), "--database", str(store.path), "import", str(file)
    )
    assert done.returncode == -getattr(signal, name)
    assert nothing_changed(store, revision)
    assert taken_afterwards(store, file)


@pytest.mark.parametrize("limit", [60_000, 180_000, 400_000])
def test_a_full_disk_is_told_and_changes_nothing(store: Store, file: Path, limit: int) -> None:
    revision = store.revision()
    store.close()
    done = command(SMALL_DISK.format(limit=limit), "--database", str(store.path), "import", str(file))
    assert done.returncode == 1, done.stderr
    assert "Nothing was" in done.stderr
    assert "space on the disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert nothing_changed(store, revision)
    kept = incidents.files_folder(store.path)
    assert [path.name for path in kept.rglob("*") if ".part" in path.name] == []
    assert taken_afterwards(store, file)


def test_without_room_for_the_journal_nothing_is_imported(store: Store, file: Path) -> None:
    folder = journal_folder(store.path)
    aside = folder.rename(folder.with_name("aside"))
    folder.write_text("in the way of the folder")
    with pytest.raises(incidents.TimelineError) as caught:
        import_file(store, file, ImportOptions(), actor="officer", at=AT)
    assert caught.value.code == "cannot-write-journal"
    folder.unlink()
    aside.rename(folder)
    assert nothing_changed(store, store.revision())
    assert taken_afterwards(store, file)


def test_a_file_that_is_replaced_while_it_is_read_is_not_imported(
    store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, revision = Intake._settle, store.revision()

    def replacing(self: Intake) -> None:
        usual(self)
        file.write_text(HEADER + ROWS.replace("minor", "major"))

    monkeypatch.setattr(Intake, "_settle", replacing)
    with pytest.raises(incidents.TimelineError):
        import_file(store, file, ImportOptions(), actor="officer", at=AT)
    assert nothing_changed(store, revision)
