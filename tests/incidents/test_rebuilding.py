"""The journal: a database made again from nothing is the same, and what was never written is not in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import incidents
from incidents import ImportOptions, ImportReport, Incident, Store, export_csv, import_file, undo
from incidents.columns import RECORD_TYPES
from incidents.csv_import import RowReader
from incidents.import_report import ReportRows
from incidents.journal import JournalError, entries, entry_path, journal_folder
from incidents.rebuilding import RebuildError, rebuild

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HEADER = "id,title,operator_id,providers,started_at,resolved_at,severity,affected,affected_unit,source_urls\n"
PLAIN = "".join(
    f"P-{n},Portal {n} down,orange,orange:operator;aws:supplier,2026-03-{n % 28 + 1:02}T10:00:00+01:00,"
    f"2026-03-{n % 28 + 1:02}T11:30:00+01:00,minor,{n + 1}000,subscribers,\n"
    for n in range(30)
)
WORDS = (
    "W-1,Télévision coupée,Orange,,le 12 septembre 2025 vers 22h,,majeure,plus de dix millions,abonnés,\n"
    "W-2,Mobile,sfr,,2026-01-02,,critical,,,https://example.org/w2\n"
    "W-3,Refused,nobody at all,,2026-01-02,,critical,,,\n"
)


def load(store: Store, text: str, name: str = "file.csv") -> ImportReport:
    return import_file(store, text.encode(), ImportOptions(filename=name), actor="officer", at=AT)


def everything(store: Store) -> dict[str, object]:
    told: dict[str, object] = {name: list(export_csv(name, store.all(name))) for name in RECORD_TYPES}
    told["sets"] = store.change_sets(1000)
    told["history"] = [store.history("incident", record.id) for record in store.all("incident") if record]
    told["obligations"] = store.stored_obligations()
    told["checks"] = [check for check in store.check() if not check.ok]
    return told


def busy(store: Store) -> None:
    """Do a bit of everything."""
    load(store, HEADER + PLAIN + WORDS)
    corrected = load(store, HEADER + PLAIN.replace("Portal 3 down", "Portal 3 slow") + WORDS)
    assert corrected.updated == 1
    record = store.get("incident", "W-1")
    assert isinstance(record, Incident)
    with store.writing(kind="edit", actor="officer", at=AT, origin="page") as writer:
        writer.put("incident", [replace(record, title="Écran noir")])
        writer.delete("incident", "P-5")
    third = load(store, HEADER + PLAIN.replace("P-", "Q-"))
    assert third.change_set_id is not None
    undo(store, third.change_set_id, actor="officer", at=AT)
    load(store, HEADER.replace(",", ";") + "S-1;Semi;orange;;13/04/2026 10:00;;;;;\n")


def test_a_database_made_again_is_the_same(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With no row kept for the report, plain rows take the way that large files take.
    monkeypatch.setattr(ReportRows, "keeps", lambda self, outcome: False)
    busy(store)
    before = everything(store)
    again = tmp_path / "again" / "incidents.db"
    again.parent.mkdir()
    assert rebuild(store.path, again) == store.revision()
    made = incidents.open_store(again, at=AT)
    assert everything(made) == before
    assert load(made, HEADER + PLAIN.replace("P-", "R-")).added == 30
    made.close()


def test_what_was_read_stays_when_the_reading_changes(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(store)
    before = everything(store)

    def changed(self: RowReader, row: object) -> None:
        raise AssertionError("the journal needs no reading with care")

    monkeypatch.setattr(RowReader, "read", changed)
    monkeypatch.setattr("incidents.plain_rows.cell_alone", changed)
    rebuild(store.path, tmp_path / "again.db")
    monkeypatch.undo()
    made = incidents.open_store(tmp_path / "again.db", at=AT)
    assert everything(made) == before
    made.close()


def test_an_entry_of_a_write_that_never_was_is_removed_at_the_next_start(store: Store) -> None:
    folder = journal_folder(store.path)
    last = entries(folder)[-1]
    ghost = entry_path(folder, last + 1)
    ghost.write_bytes(entry_path(folder, last).read_bytes())
    store.close()
    incidents.open_store(store.path, at=AT).close()
    assert entries(folder)[-1] == last and not ghost.exists()


def test_a_dry_run_and_a_failed_write_leave_no_entry(store: Store) -> None:
    folder = journal_folder(store.path)
    before = sorted(folder.iterdir())
    import_file(store, (HEADER + PLAIN).encode(), ImportOptions(), actor="officer", at=AT, dry_run=True)
    with pytest.raises(RuntimeError), store.writing(kind="edit", actor="x", at=AT, origin="page") as writer:
        writer.delete("incident", "2025-09-12-orange-livebox-tv-none")
        raise RuntimeError
    assert sorted(folder.iterdir()) == before


def test_a_journal_that_is_not_whole_is_told_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    load(store, HEADER + PLAIN)
    load(store, HEADER + WORDS)
    folder, target = journal_folder(store.path), tmp_path / "again.db"
    last = entry_path(folder, entries(folder)[-1])
    whole = last.read_bytes()
    last.write_bytes(whole[:-20])
    with pytest.raises(JournalError, match="not whole"):
        rebuild(store.path, target)
    assert not target.exists()
    last.write_bytes(whole)
    entry_path(folder, entries(folder)[-2]).unlink()
    with pytest.raises(RebuildError, match="lacks entry"):
        rebuild(store.path, target)
    target.write_bytes(b"")
    with pytest.raises(RebuildError, match="exists already"):
        rebuild(store.path, target)
