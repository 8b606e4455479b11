"""The store: what it keeps, what it refuses, and that a write is whole or absent."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import incidents
from incidents import Incident, Query, Store, StoreError
from incidents.columns import RECORD_TYPES, fields_of
from incidents.flat import digest, from_flat, to_flat
from incidents.store.sqlite.connection import journal_mode
from incidents.store.sqlite.rows import LINKS, PARTY, SPARSE_MOMENTS

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIVEBOX = "2025-09-12-orange-livebox-tv"


def lead(store: Store) -> Incident:
    record = store.get("incident", LIVEBOX)
    assert isinstance(record, Incident)
    return record


def edit(store: Store, record: Incident) -> None:
    with store.writing(kind="edit", actor="officer", at=AT, origin="page") as writer:
        writer.put("incident", [record])


def test_all_bundled_records_are_there(bundled: Store) -> None:
    counts = bundled.counts()
    assert {name: counts[name] for name in ("incident", "update", "provider", "service", "dependency")} == {
        "incident": 98,
        "update": 78,
        "provider": 87,
        "service": 94,
        "dependency": 32,
    }
    assert (counts["milestone"], counts["obligation"], counts["ownership"]) == (34, 46, 28)
    assert counts["claim"] >= 26


def test_every_field_of_the_contract_has_its_place_in_the_tables(bundled: Store) -> None:
    db = sqlite3.connect(bundled.path)
    linked = {(link.record_type, link.column) for link in LINKS}
    for name, spec in RECORD_TYPES.items():
        columns = {row[1] for row in db.execute(f"PRAGMA table_info({spec.plural})")}
        sparse = (*SPARSE_MOMENTS, PARTY) if name == "incident" else ()
        wanted = {
            f.name
            for f in fields_of(name)
            if (name, f.column.name) not in linked and f.column.name not in sparse
        }
        assert wanted <= columns, name
    db.close()


def test_records_come_back_as_they_went_in(bundled: Store) -> None:
    for name in RECORD_TYPES:
        for record in bundled.all(name):
            assert from_flat(name, to_flat(record), record.collection) == record


def test_the_file_is_a_plain_database_of_strict_tables(bundled: Store) -> None:
    db = sqlite3.connect(bundled.path)
    row = db.execute(
        "SELECT started_at, started_at_qualifier, datetime(spans_from, 'unixepoch') FROM incidents WHERE id = ?",
        (LIVEBOX,),
    ).fetchone()
    assert row == ("2025-09-12T22:00:00+02:00", "approximate", "2025-09-12 19:45:00")
    tables = db.execute("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
    loose = {name for name, strict in tables if not strict and not name.startswith(("sqlite_", "_sqlite"))}
    assert loose == set()
    db.close()


def test_a_write_is_a_change_set_and_the_revision_grows(store: Store) -> None:
    before = store.revision()
    edit(store, replace(lead(store), title="Another title"))
    assert store.revision() == before + 1
    change = store.history("incident", LIVEBOX)[0]
    assert (change.field, change.old_value, change.new_value) == (
        "title",
        "Orange television goes black on Livebox",
        "Another title",
    )
    assert (change.change_set.actor, change.change_set.kind, change.change_set.at) == ("officer", "edit", AT)


def test_a_write_without_effect_leaves_no_change_set(store: Store) -> None:
    before = store.revision()
    edit(store, lead(store))
    assert store.revision() == before


def test_changes_are_append_only(store: Store) -> None:
    store.close()
    db = sqlite3.connect(store.path)
    for verb in ("DELETE FROM changes", "UPDATE change_sets SET actor = 'nobody'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(verb)
    db.close()


def test_an_error_in_a_write_leaves_nothing(store: Store) -> None:
    before = (store.revision(), digest("incident", to_flat(lead(store))))
    change = store.writing(kind="edit", actor="officer", at=AT, origin="page")
    with pytest.raises(RuntimeError, match="in the middle"), change as writer:
        writer.put("incident", [replace(lead(store), title="Half")])
        raise RuntimeError("in the middle")
    assert (store.revision(), digest("incident", to_flat(lead(store)))) == before


def test_a_reference_to_nothing_is_refused_whole(store: Store) -> None:
    before = store.revision()
    with pytest.raises(StoreError, match="contradict"):
        edit(store, replace(lead(store), operator_id="nobody"))
    assert store.revision() == before
    assert lead(store).operator_id == "orange"


def test_a_record_that_others_need_is_not_deleted(store: Store) -> None:
    change = store.writing(kind="edit", actor="officer", at=AT, origin="page")
    with pytest.raises(incidents.TimelineError, match="refer to it"), change as writer:
        writer.delete("provider", "orange")
    assert store.get("provider", "orange") is not None


def test_a_deleted_record_is_kept_in_history(store: Store) -> None:
    with store.writing(kind="edit", actor="officer", at=AT, origin="page") as writer:
        for update in store.related("update", "incident_id", LIVEBOX):
            writer.delete("update", update.id)
        assert writer.delete("incident", LIVEBOX)
        assert not writer.delete("incident", "never-there")
    assert store.get("incident", LIVEBOX) is None
    assert "Orange television" in (store.history("incident", LIVEBOX)[0].old_value or "")
    assert all(hit.record_id != LIVEBOX or hit.record_type != "incident" for hit in store.search("Livebox"))
    assert all(check.ok for check in store.check())


def test_an_upgrade_keeps_what_the_user_edited_or_deleted(store: Store) -> None:
    gone = "2026-01-14-verizon"
    original = lead(store)
    edit(store, replace(original, title="Our title"))
    with store.writing(kind="edit", actor="officer", at=AT, origin="page") as writer:
        for update in store.related("update", "incident_id", gone):
            writer.delete("update", update.id)
        writer.delete("incident", gone)
    with store.writing(kind="bundled", actor="outage-timeline", at=AT, origin="upgrade") as writer:
        [put] = writer.put("incident", [replace(original, title="New bundled title", severity="critical")])
        [back] = writer.put("incident", [replace(original, id=gone)])
    assert (put.outcome, put.kept_fields) == ("updated", ("title",))
    assert back.outcome == "kept"
    assert (lead(store).title, lead(store).severity) == ("Our title", "critical")
    assert store.get("incident", gone) is None


def test_own_records_are_never_touched_by_an_upgrade(store: Store) -> None:
    mine = replace(lead(store), id="mine", collection="own", title="Mine")
    edit(store, mine)
    with store.writing(kind="bundled", actor="outage-timeline", at=AT, origin="upgrade") as writer:
        [put] = writer.put("incident", [replace(mine, collection="bundled", title="Theirs")])
    assert put.outcome == "kept"
    assert store.get("incident", "mine") == mine


def test_the_second_start_changes_nothing(store: Store) -> None:
    before = store.revision()
    store.close()
    again = incidents.open_store(store.path, at=AT)
    assert again.revision() == before
    again.close()


def test_an_empty_store_stays_without_bundled_records(empty: Store) -> None:
    empty.close()
    again = incidents.open_store(empty.path, at=AT)
    assert sum(again.counts().values()) == 0
    again.close()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("noise.db", b"\x00\x01\x02" * 5000, "not-a-database"),
        ("text.db", b"id,title\n1,x\n" * 500, "not-a-database"),
    ],
)
def test_a_file_that_is_no_database_is_refused_and_left(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        incidents.open_store(path, at=AT)
    assert caught.value.code == code
    assert path.read_bytes() == content


def test_a_foreign_database_is_refused_and_left(tmp_path: Path) -> None:
    path = tmp_path / "foreign.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE birds (name TEXT)")
    db.commit()
    db.close()
    content = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        incidents.open_store(path, at=AT)
    assert path.read_bytes() == content


def test_a_newer_database_is_refused_and_left(store: Store) -> None:
    store.close()
    db = sqlite3.connect(store.path)
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('outage-timeline', 'm999_future', '')"
    )
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    content = store.path.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        incidents.open_store(store.path, at=AT)
    assert store.path.read_bytes() == content


def test_a_folder_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        incidents.open_store(tmp_path, at=AT)
    with pytest.raises(StoreError, match="cannot be opened"):
        incidents.open_store(tmp_path / "no" / "such" / "x.db", at=AT)
    with pytest.raises(StoreError, match="no database"):
        incidents.open_store(tmp_path / "none.db", at=AT, create=False)


def test_the_journal_depends_on_the_flaw_in_sqlite() -> None:
    assert journal_mode((3, 51, 3)) == "wal"
    assert journal_mode((3, 53, 4)) == "wal"
    assert journal_mode((3, 51, 2)) == "delete"
    assert journal_mode((3, 40, 1)) == "delete"


def test_check_finds_a_changed_row(store: Store) -> None:
    assert all(check.ok for check in store.check())
    store.close()
    db = sqlite3.connect(store.path)
    db.execute("UPDATE incidents SET affected_low = 9999999 WHERE id = ?", (LIVEBOX,))
    db.commit()
    db.close()
    failed = {check.name: check.found for check in store.check() if not check.ok}
    assert set(failed) == {"rows"}
    assert LIVEBOX in failed["rows"]


def test_readers_in_other_threads_see_whole_change_sets_only(store: Store) -> None:
    seen: list[tuple[int, str]] = []

    def read() -> None:
        seen.append((store.revision(), lead(store).title))

    with store.writing(kind="edit", actor="officer", at=AT, origin="page") as writer:
        writer.put("incident", [replace(lead(store), title="Later")])
        before = threading.Thread(target=read)
        before.start()
        before.join()
    after = threading.Thread(target=read)
    after.start()
    after.join()
    assert seen == [(1, "Orange television goes black on Livebox"), (2, "Later")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(text="livebox"), True),
        (Query(text="television aws"), True),
        (Query(text="télévision livebox"), True),
        (Query(text="Amazon Web Services"), True),
        (Query(text="kakao"), False),
        (Query(text='") OR title:*'), False),
        (Query(providers=("aws",)), True),
        (Query(suppliers=("aws",)), True),
        (Query(operators=("aws",)), False),
        (Query(services=("aws-transcoding",)), True),
        (Query(service_kinds=("tv",)), True),
        (Query(service_kinds=("satellite",)), False),
        (Query(causes=("unknown",)), True),
        (Query(countries=("FR",)), True),
        (Query(countries=("US",)), False),
        (Query(severities=("major", "minor")), True),
        (Query(third_party=("yes",), planned_maintenance=("yes",)), True),
        (Query(third_party=("no",)), False),
        (Query(collections=("own",)), False),
        (Query(start=datetime(2025, 9, 12, 20, 44, tzinfo=UTC)), True),
        (Query(start=datetime(2025, 9, 12, 20, 46, tzinfo=UTC)), False),
        (Query(end=datetime(2025, 9, 12, 19, 46, tzinfo=UTC)), True),
        (Query(end=datetime(2025, 9, 12, 19, 45, tzinfo=UTC)), False),
    ],
)
def test_filters_find_the_lead_record_or_do_not(bundled: Store, query: Query, expected: bool) -> None:
    page = bundled.find(query)
    assert (LIVEBOX in {incident.id for incident in page.incidents}) is expected
    assert page.total == bundled.count(query) == len(bundled.sketches(query))


def test_pages_add_up(bundled: Store) -> None:
    ids = [i.id for offset in range(0, 100, 7) for i in bundled.find(Query(limit=7, offset=offset)).incidents]
    assert ids == [i.id for i in bundled.find(Query()).incidents]
    assert bundled.find(Query(limit=7, offset=91)).total == 98


def test_regions_count_for_their_country(bundled: Store) -> None:
    found = bundled.find(Query(countries=("FR",))).incidents
    assert any(incident.region == ("FR-IDF",) for incident in found)


def test_the_whole_window_holds_everything(bundled: Store) -> None:
    far = timedelta(days=365 * 100)
    assert bundled.count(Query(start=AT - far, end=AT + far)) == 98


def test_two_first_starts_at_once_make_one_database(tmp_path: Path) -> None:
    path, done = tmp_path / "first.db", []

    def start() -> None:
        store = incidents.open_store(path, at=AT)
        done.append(store.revision())
        store.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1, 1, 1, 1]
