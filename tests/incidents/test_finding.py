"""The search box: by words of any part, by number, by day; and what it does when no record has all words."""

from __future__ import annotations

from datetime import date

import pytest

from incidents import Store, search

LIVEBOX = ("incident", "2025-09-12-orange-livebox-tv")


def found(store: Store, text: str) -> list[tuple[str, str]]:
    hits = search(store, text, zone="Europe/Paris", today=date(2026, 11, 23))
    return [(hit.record_type, hit.record_id) for hit in hits]


@pytest.mark.parametrize(
    "text",
    [
        "Livebox",
        "livebox télévision",
        "tv orange",
        "Orange AWS maintenance",
        "Livebox blackout",
        "blackout livebox",
        "2025-09-12-orange-livebox-tv",
        "12 septembre 2025",
        "12/09/2025",
        "September 2025",
        "12 Sept 2025 22:00",
    ],
)
def test_the_livebox_incident_is_found(bundled: Store, text: str) -> None:
    assert LIVEBOX in found(bundled, text)


def test_what_has_all_words_keeps_out_what_has_some(bundled: Store) -> None:
    both = found(bundled, "NCIA Proximus")
    assert both
    assert ("incident", "2024-01-23-proximus") not in both


@pytest.mark.parametrize(
    "text", ["", "   ", '"', "*", "AND OR NOT", "a:b", "((", "\x00", "12/13/14/15", "x" * 5000]
)
def test_nothing_that_is_typed_is_an_error(bundled: Store, text: str) -> None:
    assert isinstance(found(bundled, text), list)


def test_each_record_comes_once(bundled: Store) -> None:
    hits = found(bundled, "Orange 2025")
    assert len(hits) == len(set(hits))
