"""The search box: everything that the documents name is found, in French and in English, and leads to its page."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from timeline.search_page import Piece, pieces, search_page

NAMED = Path(__file__).parents[1] / "data" / "named_in_documents.csv"
with NAMED.open(encoding="utf-8", newline="") as file:
    NAMES = list(csv.DictReader(file))


def test_there_are_enough_names() -> None:
    assert len(NAMES) >= 80


@pytest.mark.parametrize("form", ["name_fr", "name_en"])
def test_every_name_in_the_documents_is_found(client: FlaskClient, form: str) -> None:
    missing = []
    for row in NAMES:
        body = client.get(f"/search.json?q={quote(row[form])}").get_json()
        if not body["total"]:
            missing.append(f"{row['document']}: {row[form]}")
    assert not missing


def test_every_hit_leads_to_a_page_that_has_it(client: FlaskClient) -> None:
    urls = set()
    for text in ("orange", "cloud", "aws", "OTAN", "undated", "SecNumCloud", "notification", "press"):
        for hits in client.get(f"/search.json?q={text}").get_json()["groups"].values():
            urls |= {hit["url"] for hit in hits}
    assert len(urls) > 30
    for url in urls:
        parts = urlsplit(url)
        response = client.get(parts.path)
        assert response.status_code == 200, url
        if parts.fragment:
            assert f'id="{parts.fragment}"' in response.text, url


def test_what_matched_is_marked(client: FlaskClient) -> None:
    page = client.get("/search?q=Livebox").text
    assert "<mark>Livebox</mark>" in page


def test_hits_are_titled_in_the_language_of_the_page(client: FlaskClient) -> None:
    assert "OTAN" in client.get("/search?q=NATO&lang=fr").text
    found = client.get("/search.json?q=NATO").get_json()["groups"]["provider"]
    assert any(hit["record_id"] == "nato" for hit in found)


@pytest.mark.parametrize(
    "text",
    ['"', "*", "a OR", "NEAR(", "col:x", "' --", "(", "^", "-", "<b>", "\x00", "%", "é" * 500, "{{x}}"],
)
def test_no_text_is_an_error(client: FlaskClient, text: str) -> None:
    for path in ("/search", "/search.json"):
        response = client.get(f"{path}?q={quote(text)}")
        assert response.status_code == 200
    assert "<b>" not in client.get(f"/search?q={quote('<b>')}").text


def test_nothing_found_suggests_what_to_look_for(client: FlaskClient) -> None:
    for path in ("/search", "/search?q=zzzzzz"):
        page = client.get(path).text
        assert 'href="/search?q=Livebox"' in page
    assert client.get("/search.json?q=zzzzzz").get_json()["total"] == 0


def test_suggestions_are_themselves_found(client: FlaskClient) -> None:
    from timeline.search_page import SUGGESTIONS

    for text in SUGGESTIONS:
        assert client.get(f"/search.json?q={quote(text)}").get_json()["total"], text


@pytest.mark.parametrize(
    ("excerpt", "cut"),
    [
        ("", ()),
        ("plain", (Piece("plain", False),)),
        ("a \x02b\x03 c", (Piece("a ", False), Piece("b", True), Piece(" c", False))),
        ("\x02b\x03", (Piece("b", True),)),
        ("a \x02b", (Piece("a ", False), Piece("b", True))),
        ("a\x03b", (Piece("ab", False),)),
    ],
)
def test_excerpts_are_cut_at_the_marks(excerpt: str, cut: tuple[Piece, ...]) -> None:
    assert pieces(excerpt) == cut


def test_groups_stand_in_a_fixed_order(app: Flask) -> None:
    page = search_page(
        app.extensions["store"],
        "orange",
        lambda kind, key: f"/{kind}/{key}",
        zone="UTC",
        today=date(2026, 11, 23),
    )
    assert list(page.groups)[:3] == ["incident", "provider", "service"]
    assert page.total == sum(len(hits) for hits in page.groups.values())
