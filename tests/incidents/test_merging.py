"""Two records of one incident become one: nothing said by either is lost, and what refers to the other follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from incidents import (
    Amount,
    ChangedMeanwhileError,
    Claim,
    Incident,
    Moment,
    Part,
    Store,
    Translation,
    Update,
    belongings_of,
    delete_incident,
    differences_of,
    mark_of,
    merge_incidents,
    merged,
    read_moment,
    taken_from_other,
)

from .conftest import AT

BY = {"actor": "tester", "at": AT}


def moment(text: str, zone: str = "Europe/Paris") -> Moment:
    found = read_moment(text, zone=zone).moment
    assert found is not None
    return found


def incident(name: str, **values: Any) -> Incident:
    given: dict[str, Any] = {
        "id": name,
        "collection": "own",
        "title": f"Title of {name}",
        "status": "resolved",
        "started_at": moment("2025-09-12 22:00"),
        "timezone": "Europe/Paris",
        "operator_id": "orange",
        "providers": (Part("orange", "operator"),),
    }
    return Incident(**{**given, **values})


def put(store: Store, *records: Any) -> None:
    with store.writing(kind="import", actor="tester", at=AT, origin="test") as writer:
        for record in records:
            writer.put(type(record).__name__.lower(), [record])


def test_lists_are_united_and_gaps_filled() -> None:
    kept = incident("a", region=("FR",), tags=("x",), cause="unknown", service_ids=("s1", "s2"))
    other = incident(
        "b",
        region=("FR", "BE"),
        tags=("y",),
        cause="human_error",
        summary="It fell.",
        service_ids=("s3", "s1"),
        providers=(Part("orange", "operator"), Part("aws", "supplier")),
        duration=Amount(35, 45, 40),
    )
    one = merged(kept, other)
    assert one.id == "a"
    assert one.region == ("FR", "BE")
    assert one.tags == ("x", "y")
    assert one.service_ids == ("s1", "s2", "s3")
    assert one.providers == (Part("orange", "operator"), Part("aws", "supplier"))
    assert (one.cause, one.summary, one.duration) == ("human_error", "It fell.", Amount(35, 45, 40))
    assert one.title == "Title of a"


def test_what_both_say_differently_has_to_be_chosen() -> None:
    kept = incident("a", severity="minor", cause="unknown", summary=None)
    other = incident("b", severity="major", cause="human_error", summary="It fell.")
    assert [difference.column for difference in differences_of(kept, other)] == ["title", "severity"]
    assert merged(kept, other, {"severity"}).severity == "major"
    assert merged(kept, other).severity == "minor"


def test_the_same_time_in_other_words_is_no_difference() -> None:
    kept = incident("a", title="T", started_at=moment("12 septembre 2025 vers 22h"))
    other = incident("b", title="T", started_at=moment("about 12 September 2025, 22:00"))
    assert differences_of(kept, other) == ()


def test_merging_with_nothing_new_changes_nothing() -> None:
    kept = incident("a", region=("FR",), summary="S")
    assert merged(kept, incident("b", title="Title of a")) == kept


def test_a_day_of_another_zone_keeps_its_bounds() -> None:
    tokyo = moment("2025-09-12", "Asia/Tokyo")
    kept = incident("a")
    other = incident("b", started_at=tokyo, timezone="Asia/Tokyo")
    one = merged(kept, other, {"started_at"})
    assert one.timezone == "Europe/Paris"
    assert (one.started_at.earliest, one.started_at.latest) == (tokyo.earliest, tokyo.latest)


def test_a_judgement_goes_with_the_value_that_was_judged() -> None:
    kept = incident("a", severity="minor", cause="human_error", inferred_fields=("severity", "cause"))
    other = incident("b", severity="major", duration=Amount(1, 2), inferred_fields=("duration",))
    assert merged(kept, other, {"severity"}).inferred_fields == ("cause", "duration")


def test_what_is_taken_is_named() -> None:
    kept, other = incident("a", severity="minor"), incident("b", severity="major", summary="S")
    assert taken_from_other(kept, other) == {"summary"}
    assert taken_from_other(kept, other, {"severity", "region"}) == {"summary", "severity"}


@pytest.fixture
def pair(store: Store) -> tuple[Incident, Incident]:
    """Give two incidents on record, with an update, claims and translations of each."""
    a, b = incident("a", summary="Sum of a"), incident("b", technical_cause="A cable", severity="major")
    at = moment("2025-09-12 22:20")
    put(store, a, b)
    put(
        store,
        *(
            Update(id=f"{name}-1", incident_id=name, at=at, kind="statement", text=f"Said of {name}")
            for name in "ab"
        ),
        *(
            Claim(
                id=f"{name}-c",
                record_type="incident",
                record_id=name,
                field="duration",
                value="x",
                basis="stated",
            )
            for name in "ab"
        ),
        Claim(id="u-c", record_type="update", record_id="b-1", field="text", value="x", basis="stated"),
        *(
            Translation(
                id=f"incident--{name}--{field}--fr",
                record_type="incident",
                record_id=name,
                field=field,
                language="fr",
                text=f"{field} {name}",
            )
            for name, field in (("a", "title"), ("b", "title"), ("b", "technical_cause"))
        ),
    )
    return a, b


def merge(store: Store, a: Incident, b: Incident, *columns: str) -> int:
    return merge_incidents(store, a, b, columns, seen=(mark_of(a), mark_of(b)), why="the same", **BY)


def test_what_refers_to_the_other_follows_in_one_change_set(
    store: Store, pair: tuple[Incident, Incident]
) -> None:
    revision = store.revision()
    made = merge(store, *pair)
    assert (made, store.revision()) == (revision + 1, revision + 1)
    assert store.get("incident", "b") is None
    found = belongings_of(store, "a")
    assert [update.id for update in found.updates] == ["a-1", "b-1"]
    assert {claim.id for claim in found.claims} == {"a-c", "b-c", "u-c"}
    [claim] = [claim for claim in found.claims if claim.id == "u-c"]
    assert (claim.record_type, claim.record_id) == ("update", "b-1")
    [change_set] = store.change_sets(1)
    assert (change_set.kind, change_set.actor, change_set.summary) == ("edit", "tester", "the same")
    assert all(check.ok for check in store.check() if check.name in ("foreign_keys", "rows"))


def test_a_translation_goes_where_its_text_goes(store: Store, pair: tuple[Incident, Incident]) -> None:
    merge(store, *pair)
    texts = store.translations("fr")
    assert texts["incident", "a", "title"] == "title a"
    assert texts["incident", "a", "technical_cause"] == "technical_cause b"
    assert not [key for key in texts if key[1] == "b"]


def test_a_chosen_title_brings_its_translation(store: Store, pair: tuple[Incident, Incident]) -> None:
    merge(store, *pair, "title")
    record = store.get("incident", "a")
    assert isinstance(record, Incident) and record.title == "Title of b"
    assert store.translations("fr")["incident", "a", "title"] == "title b"


def test_a_merge_of_what_was_changed_meanwhile_is_refused(
    store: Store, pair: tuple[Incident, Incident]
) -> None:
    a, b = pair
    put(store, replace(b, severity="minor"))
    revision = store.revision()
    with pytest.raises(ChangedMeanwhileError):
        merge(store, a, b)
    assert store.revision() == revision
    assert store.get("incident", "b") is not None


def test_deleting_takes_all_that_refers_to_it(store: Store, pair: tuple[Incident, Incident]) -> None:
    revision = store.revision()
    made = delete_incident(store, "b", seen=mark_of(pair[1]), why="a test", **BY)
    assert made == store.revision() == revision + 1
    for record_type, record_id in (
        ("incident", "b"),
        ("update", "b-1"),
        ("claim", "b-c"),
        ("claim", "u-c"),
        ("translation", "incident--b--title--fr"),
    ):
        assert store.get(record_type, record_id) is None, record_id
    assert store.get("update", "a-1") is not None
    assert all(check.ok for check in store.check() if check.name in ("foreign_keys", "rows"))
