"""`timeline rebuild` and `timeline upgrade`: from the journal, and what newer bundled records change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import incidents
from incidents import Incident
from timeline.cli import main

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIVEBOX = "2025-09-12-orange-livebox-tv"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "own.db"
    incidents.open_store(path, at=AT).close()
    return path


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.output


def test_a_database_that_is_gone_is_made_again(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "night.csv"
    file.write_text("id,title,started_at\nN-1,Night,2026-03-02T22:10+01:00\n")
    assert run("-d", str(database), "import", str(file))[0] == 0
    before = run("-d", str(database), "export")[1]
    database.unlink()
    again = tmp_path / "again.db"
    assert run("-d", str(database), "rebuild", str(again))[0] == 0
    assert run("-d", str(again), "export")[1] == before


def test_what_cannot_be_rebuilt_is_told(database: Path, tmp_path: Path) -> None:
    code, said = run("-d", str(database), "rebuild", str(database))
    assert code == 1 and "exists already" in said
    code, said = run("-d", str(tmp_path / "other.db"), "rebuild", str(tmp_path / "new.db"))
    assert code == 1 and "no journal" in said


def test_an_upgrade_is_shown_before_it_happens(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "0 bundled records change" in run("-d", str(database), "upgrade", "--dry-run")[1]
    read = incidents.bundled.read_reference

    def newer(name: str) -> bytes:
        return read(name).replace(b"Orange television goes black on Livebox", b"Orange television goes dark")

    monkeypatch.setattr(incidents.bundled, "read_reference", newer)
    incidents.bundled.reference_mark.cache_clear()
    code, said = run("-d", str(database), "upgrade", "--dry-run")
    assert code == 0 and f"incident {LIVEBOX} title" in said and "Orange television goes dark" in said
    assert "1 bundled record changes (dry run" in said
    code, said = run("-d", str(database), "upgrade")
    assert code == 0 and "1 bundled record changes" in said
    store = incidents.open_store(database, at=AT)
    record = store.get("incident", LIVEBOX)
    assert isinstance(record, Incident) and record.title == "Orange television goes dark"
    store.close()
    monkeypatch.undo()
    incidents.bundled.reference_mark.cache_clear()
