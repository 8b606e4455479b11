"""Taking an import back: exactly, in any order, and what others have touched since stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from incidents import ImportOptions, ImportReport, Incident, Store, UndoError, export_csv, import_file, undo
from incidents.columns import RECORD_TYPES

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HEADER = "id,title,operator,started_at,severity,region,source_urls\n"
FIRST = HEADER + (
    "U-1,First,Orange,2026-03-01T10:00+01:00,minor,FR,https://example.org/1\n"
    "U-2,Second,Orange,2026-03-02T10:00+01:00,minor,FR,\n"
)


def load(store: Store, text: str) -> ImportReport:
    return import_file(store, text.encode(), ImportOptions(filename="file.csv"), actor="officer", at=AT)


def everything(store: Store) -> dict[str, list[str]]:
    return {name: list(export_csv(name, store.all(name))) for name in RECORD_TYPES}


def number_of(report: ImportReport) -> int:
    assert report.change_set_id is not None
    return report.change_set_id


def incident(store: Store, record_id: str) -> Incident:
    record = store.get("incident", record_id)
    assert isinstance(record, Incident)
    return record


def test_an_import_taken_back_leaves_the_record_as_it_was(store: Store) -> None:
    before = everything(store)
    made = load(store, FIRST)
    assert made.added == 2
    done = undo(store, number_of(made), actor="officer", at=AT)
    assert (done.removed, done.restored, done.kept) == (
        3,
        0,
        [],
    )  # two incidents and the source that one cites
    assert everything(store) == before


def test_an_undo_can_be_taken_back(store: Store) -> None:
    made = load(store, FIRST)
    after = everything(store)
    done = undo(store, number_of(made), actor="officer", at=AT)
    assert done.change_set_id is not None
    undo(store, done.change_set_id, actor="officer", at=AT)
    assert everything(store) == after


def test_a_field_that_a_later_import_changed_keeps_its_later_value(store: Store) -> None:
    load(store, FIRST)
    second = load(
        store, FIRST.replace("minor,FR,https", "major,FR,https").replace("First", "First, corrected")
    )
    load(store, FIRST.replace("minor,FR,https", "major,FR-IDF,https").replace("First", "First, again"))
    done = undo(store, number_of(second), actor="officer", at=AT)
    record = incident(store, "U-1")
    assert (record.title, record.severity, record.region) == ("First, again", "minor", ("FR-IDF",))
    assert [(kept.record_id, kept.field) for kept in done.kept] == [("U-1", "title")]


def test_an_incident_that_was_changed_since_stays(store: Store) -> None:
    first = load(store, FIRST)
    later = load(store, FIRST.replace("Second", "Second, corrected"))
    done = undo(store, number_of(first), actor="officer", at=AT)
    assert store.get("incident", "U-1") is None
    assert incident(store, "U-2").title == "Second, corrected"
    assert [(kept.record_id, kept.params) for kept in done.kept] == [("U-2", {"id": later.change_set_id})]


def test_changes_that_were_taken_back_themselves_do_not_count(store: Store) -> None:
    before = everything(store)
    first = load(store, FIRST)
    later = load(store, FIRST.replace("Second", "Second, corrected"))
    undo(store, number_of(later), actor="officer", at=AT)
    undo(store, number_of(first), actor="officer", at=AT)
    assert everything(store) == before


def test_what_an_undo_left_can_be_taken_back_later(store: Store) -> None:
    before = everything(store)
    first = load(store, FIRST)
    later = load(store, FIRST.replace("Second", "Second, corrected"))
    assert undo(store, number_of(first), actor="officer", at=AT).removed == 2
    again = undo(store, number_of(first), actor="officer", at=AT)
    assert (again.change_set_id, again.removed) == (None, 0)
    assert [kept.params for kept in again.kept] == [{"id": later.change_set_id}]
    undo(store, number_of(later), actor="officer", at=AT)
    rest = undo(store, number_of(first), actor="officer", at=AT)
    assert (rest.removed, rest.kept) == (1, [])
    assert everything(store) == before
    with pytest.raises(UndoError, match="already"):
        undo(store, number_of(first), actor="officer", at=AT)


def test_a_second_undo_leaves_what_was_decided_after_the_first(store: Store) -> None:
    load(store, FIRST)
    changed = FIRST.replace("First", "First, corrected").replace("minor,FR,https", "major,FR,https")
    second = load(store, changed)
    third = load(store, changed.replace("corrected", "again"))
    undo(store, number_of(second), actor="officer", at=AT)
    assert incident(store, "U-1").severity == "minor"
    undo(store, number_of(third), actor="officer", at=AT)
    load(store, changed)
    assert incident(store, "U-1").severity == "major"
    undo(store, number_of(second), actor="officer", at=AT)
    assert (incident(store, "U-1").title, incident(store, "U-1").severity) == ("First", "major")


def test_an_incident_that_was_deleted_after_it_was_brought_back_stays_deleted(store: Store) -> None:
    first = load(store, FIRST)
    with store.writing(kind="edit", actor="officer", at=AT, origin="page") as writer:
        assert writer.delete("incident", "U-1")
        gone = writer.change_set_id
    undo(store, gone, actor="officer", at=AT)
    with store.writing(kind="edit", actor="officer", at=AT, origin="page") as writer:
        assert writer.delete("incident", "U-1")
    with pytest.raises(UndoError, match="already"):
        undo(store, gone, actor="officer", at=AT)
    assert store.get("incident", "U-1") is None
    assert first.added == 2


def test_an_import_that_was_had_again_can_be_taken_back_again(store: Store) -> None:
    before = everything(store)
    made = load(store, FIRST)
    done = undo(store, number_of(made), actor="officer", at=AT)
    assert done.change_set_id is not None
    undo(store, done.change_set_id, actor="officer", at=AT)
    assert undo(store, number_of(made), actor="officer", at=AT).removed == 3
    assert everything(store) == before


def test_the_file_of_an_import_that_was_taken_back_can_be_imported_again(store: Store) -> None:
    made = load(store, FIRST)
    undo(store, number_of(made), actor="officer", at=AT)
    assert load(store, FIRST).added == 2


def test_a_dry_run_says_the_same_and_changes_nothing(store: Store) -> None:
    made = load(store, FIRST)
    after, revision = everything(store), store.revision()
    assert undo(store, number_of(made), actor="officer", at=AT, dry_run=True).removed == 3
    assert (everything(store), store.revision()) == (after, revision)


def test_what_cannot_be_taken_back_is_told(store: Store) -> None:
    made = load(store, FIRST)
    with pytest.raises(UndoError, match="no change 999"):
        undo(store, 999, actor="officer", at=AT)
    with pytest.raises(UndoError, match="bundled"):
        undo(store, 1, actor="officer", at=AT)
    undo(store, number_of(made), actor="officer", at=AT)
    with pytest.raises(UndoError, match="already"):
        undo(store, number_of(made), actor="officer", at=AT)
