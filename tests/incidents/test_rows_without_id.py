"""Rows without ids: the same content is the same incident, another content is not lost."""

from __future__ import annotations

from incidents import Store
from tests.incidents.test_ingest import load, sums_hold

TEXT = "title,started_at,summary\nx,2026-02-01T10:00Z,first\nx,2026-02-01T10:00Z,second\nx,2026-02-01T10:00Z,first\n"


def test_rows_that_differ_in_more_than_the_id_says_are_two_incidents(store: Store) -> None:
    report = load(store, TEXT)
    assert (report.added, report.duplicate, report.rejected) == (2, 1, 0)
    ids = [row.record_id for row in report.rows if row.outcome == "added"]
    assert len(set(ids)) == 2 and ids[1].startswith(ids[0])
    assert {getattr(store.get("incident", one), "summary", None) for one in ids} == {"first", "second"}
    assert any(note.params.get("line") == 2 for row in report.rows for note in row.notes)
    assert sums_hold(report)


def test_the_same_rows_again_change_nothing(store: Store) -> None:
    load(store, TEXT)
    revision = store.revision()
    again = load(store, TEXT + "y,2026-02-02T10:00Z,third\n")
    assert (again.added, again.unchanged, again.duplicate, again.updated, again.rejected) == (1, 2, 1, 0, 0)
    assert store.revision() == revision + 1


def test_rows_with_an_id_of_their_own_still_contradict_each_other(store: Store) -> None:
    report = load(store, "id,title,started_at\n1,x,2026-02-01\n1,y,2026-02-01\n")
    assert (report.added, report.rejected) == (1, 1)
    assert report.problems[0].code == "two-rows-one-id"
