"""Possible duplicates: proposed with their reasons where service or operator and time agree, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from incidents import Incident, Moment, Store, alike, pairs_in, read_moment
from incidents.likeness import LOOKED_THROUGH, THRESHOLD, likeness, titles_alike

from .conftest import AT


def moment(text: str) -> Moment:
    found = read_moment(text, zone="Europe/Paris").moment
    assert found is not None
    return found


def incident(name: str, start: str = "2025-09-12 22:00", end: str | None = None, **values: Any) -> Incident:
    given: dict[str, Any] = {
        "id": name,
        "collection": "own",
        "title": "Television down on set-top boxes",
        "status": "resolved",
        "started_at": moment(start),
        "resolved_at": moment(end) if end else None,
        "timezone": "Europe/Paris",
        "operator_id": "orange",
        "service_ids": ("orange-tv-livebox",),
    }
    return Incident(**{**given, **values})


def put(store: Store, *records: Incident) -> None:
    with store.writing(kind="import", actor="tester", at=AT, origin="test") as writer:
        writer.put("incident", list(records))


def test_the_same_outage_from_two_sources_is_proposed_with_its_reasons() -> None:
    pair = likeness(
        incident("a", end="2025-09-12 22:40"),
        incident("b", "2025-09-12 22:10", "2025-09-12 22:45", title="TV down on set-top boxes"),
    )
    assert pair is not None
    assert pair.score >= 90
    codes = [reason.code for reason in pair.reasons]
    assert codes[0] == "same-service"
    assert set(codes) == {"same-service", "same-operator", "same-time", "like-titles", "same-end"}
    [time] = [reason for reason in pair.reasons if reason.code == "same-time"]
    assert time.params["minutes"] == 9


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"operator_id": "sfr", "service_ids": ("sfr-tv",)}, "nothing in common"),
        ({"operator_id": None, "service_ids": ()}, "nothing known in common"),
        ({"start": "2025-09-14 22:00"}, "two days later"),
        (
            {"start": "2025-09-13 09:00", "title": "Mobile", "service_ids": ()},
            "half a day later, little in common",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_differs_is_not_proposed(other: dict[str, Any], why: str) -> None:
    first = incident("a", end="2025-09-12 22:40")
    assert likeness(first, incident("b", **other)) is None, why


def test_an_incident_that_was_over_before_the_other_began_is_another_one() -> None:
    first = incident("a", "2025-09-12 10:00", "2025-09-12 10:30")
    assert likeness(first, incident("b", "2025-09-12 12:00")) is None
    assert likeness(first, incident("b", "2025-09-12 10:40")) is not None


def test_bundled_records_are_told_apart_by_who_keeps_them() -> None:
    assert likeness(incident("a", collection="bundled"), incident("b", collection="bundled")) is None
    assert likeness(incident("a", collection="bundled"), incident("b")) is not None


def test_two_months_that_overlap_say_little() -> None:
    coarse = likeness(incident("a", "2025-09"), incident("b", "September 2025"))
    exact = likeness(incident("a"), incident("b"))
    assert exact is not None
    assert coarse is None or coarse.score < exact.score


def test_likeness_goes_both_ways() -> None:
    first, second = incident("a"), incident("b", "2025-09-12 23:00", title="Boxes without television")
    one, two = likeness(first, second), likeness(second, first)
    assert one is not None and two is not None
    assert (one.score, one.reasons) == (two.score, two.reasons)


def test_titles_are_alike_by_their_words_without_accents() -> None:
    assert titles_alike("Télévision coupée à Rennes", "TELEVISION COUPEE A RENNES") == 1
    assert titles_alike("Television down", "Mobile network lost in Lyon") < 0.5
    assert titles_alike("", "x") == 0


def test_the_lead_record_is_found_for_a_form_that_is_not_saved_yet(bundled: Store) -> None:
    draft = incident("new", "12 septembre 2025 vers 22h", title="Panne de télévision sur la Livebox")
    [pair, *_rest] = alike(bundled, draft)
    assert pair.other.id == "2025-09-12-orange-livebox-tv"


def test_a_fresh_record_has_no_pairs(bundled: Store) -> None:
    sighting = pairs_in(bundled)
    assert sighting.pairs == ()
    assert sighting.looked == 98
    assert sighting.next_offset is None


def test_pairs_are_found_once_each(store: Store) -> None:
    put(store, incident("a"), incident("b", "2025-09-12 22:20"), incident("c", "2025-09-20 22:00"))
    found = {frozenset((pair.incident.id, pair.other.id)) for pair in pairs_in(store).pairs}
    lead = "2025-09-12-orange-livebox-tv"
    assert found == {frozenset(("a", "b")), frozenset(("a", lead)), frozenset(("b", lead))}
    assert len(pairs_in(store).pairs) == len(found)


def test_what_the_page_of_one_finds_the_list_finds_too(store: Store) -> None:
    put(store, incident("a"), incident("b", "2025-09-12 22:20"))
    listed = {frozenset((p.incident.id, p.other.id)) for p in pairs_in(store).pairs}
    single = {frozenset(("a", pair.other.id)) for pair in alike(store, incident("a"))}
    assert single and single <= listed


def test_a_long_record_is_looked_through_in_stretches(empty: Store) -> None:
    count = LOOKED_THROUGH + 300
    rows = [
        incident(f"i{n:05}", f"20{10 + n // 336:02}-{1 + n % 336 // 28:02}-{1 + n % 28:02} 12:00", operator_id=None,
                 service_ids=(), title=f"Incident {n}")
        for n in range(count)
    ]  # fmt: skip
    put(empty, *rows)
    first = pairs_in(empty)
    assert (first.looked, first.next_offset) == (LOOKED_THROUGH, LOOKED_THROUGH)
    second = pairs_in(empty, offset=LOOKED_THROUGH)
    assert (second.looked, second.next_offset) == (300, None)
    assert THRESHOLD <= 100
