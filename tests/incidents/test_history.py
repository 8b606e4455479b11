"""The history of a record: each change as values old and new, walked back from what it is now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from incidents import Amount, Incident, Moment, Store, flat_at, read_moment, steps_of, to_flat
from incidents.flat import from_flat

from .conftest import AT


def moment(text: str) -> Moment:
    found = read_moment(text, zone="Europe/Paris").moment
    assert found is not None
    return found


FIRST = Incident(
    id="own-1",
    collection="own",
    title="First",
    status="resolved",
    started_at=moment("12 septembre 2025 vers 22h"),
    timezone="Europe/Paris",
    operator_id="orange",
    duration=Amount(35, 45, 40, "about 40 minutes"),
)
STATES = (
    FIRST,
    replace(FIRST, started_at=moment("2025-09-12 22:10"), duration=Amount(30, 30)),
    replace(FIRST, started_at=moment("2025-09-12"), duration=None, region=("FR", "BE"), title="Second"),
)


def put(store: Store, incident: Incident, **values: Any) -> int:
    given = {"kind": "edit", "actor": "tester", "at": AT, "origin": "page", **values}
    with store.writing(**given) as writer:
        writer.put("incident", [incident])
        return writer.change_set_id


@pytest.fixture
def numbers(store: Store) -> list[int]:
    return [put(store, state, summary=f"step {n}") for n, state in enumerate(STATES)]


def steps(store: Store) -> Any:
    now = store.get("incident", "own-1")
    return steps_of("incident", to_flat(now) if now else None, store.history("incident", "own-1"))


def test_each_change_set_is_a_step_newest_first(store: Store, numbers: list[int]) -> None:
    found = steps(store)
    assert [step.change_set.id for step in found] == numbers[::-1]
    assert [step.action for step in found] == ["updated", "updated", "added"]
    assert [step.change_set.summary for step in found] == ["step 2", "step 1", "step 0"]


def test_a_moment_of_several_fields_is_one_change(store: Store, numbers: list[int]) -> None:
    _newest, middle, _first = steps(store)
    changes = {change.column: change for change in middle.changes}
    assert set(changes) == {"started_at", "duration"}
    assert changes["started_at"].old == STATES[0].started_at
    assert changes["started_at"].new == STATES[1].started_at
    assert changes["duration"].old == STATES[0].duration
    assert changes["duration"].new == STATES[1].duration


def test_what_was_unknown_or_emptied_is_none(store: Store, numbers: list[int]) -> None:
    newest = steps(store)[0]
    changes = {change.column: (change.old, change.new) for change in newest.changes}
    assert changes["duration"] == (STATES[1].duration, None)
    assert changes["region"] == (None, ("FR", "BE"))
    assert changes["title"] == ("First", "Second")


def test_the_record_can_be_seen_as_it_was(store: Store, numbers: list[int]) -> None:
    history = store.history("incident", "own-1")
    now = to_flat(STATES[-1])
    for number, state in zip(numbers, STATES, strict=True):
        was = flat_at(now, history, number)
        assert was is not None
        assert from_flat("incident", was) == state
    assert flat_at(now, history, numbers[0] - 1) is None


def test_a_deleted_record_keeps_its_history(store: Store, numbers: list[int]) -> None:
    with store.writing(kind="edit", actor="tester", at=AT, origin="page") as writer:
        writer.delete("incident", "own-1")
    found = steps(store)
    assert [step.action for step in found] == ["deleted", "updated", "updated", "added"]
    assert found[1].changes[0].column == "title"
    assert found[1].changes[0].new == "Second"


def test_a_record_that_came_back_is_walked_through_both_lives(store: Store, numbers: list[int]) -> None:
    with store.writing(kind="edit", actor="tester", at=AT, origin="page") as writer:
        writer.delete("incident", "own-1")
    put(store, replace(FIRST, title="Third"))
    found = steps(store)
    assert [step.action for step in found] == ["added", "deleted", "updated", "updated", "added"]
    assert [change.new for change in found[2].changes if change.column == "title"] == ["Second"]


def test_every_history_of_the_bundled_record_can_be_told(bundled: Store) -> None:
    for record in bundled.all("incident"):
        history = bundled.history("incident", record.id)  # type: ignore[union-attr]
        assert [s.action for s in steps_of("incident", to_flat(record), history)] == ["added"]
