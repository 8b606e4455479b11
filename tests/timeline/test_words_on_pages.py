"""What every page says is words: no value of the program shows through, and no word that is searched for breaks it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from incidents import ImportOptions, Moment, Provider, Query, Service, Store, import_file, load_obligations
from timeline.chart_words import edge_words, window_words
from timeline.duty_words import condition_words
from timeline.excerpts import own_excerpt
from timeline.record_dates import just_day
from timeline.record_links import record_note, record_title
from timeline.wording import LANGUAGES, speaking

CLASSES = "Criterion|Compare|AllOf|AnyOf|AtLeast|Fact|Reason|Moment|Amount|frozenset|mappingproxy"
REPR = re.compile(rf"\b({CLASSES})\(|&lt;incidents\.")
NAMED = ("milestone", "provider", "service", "law", "incident", "source")
PARIS = ZoneInfo("Europe/Paris")


def store_of(app: Flask) -> Store:
    store: Store = app.extensions["store"]
    return store


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_record_has_a_title_and_a_note(app: Flask, code: str) -> None:
    store = store_of(app)
    with app.test_request_context(f"/?lang={code}"), speaking(code):
        for record_type in (
            *NAMED,
            "dependency",
            "ownership",
            "designation",
            "qualification",
            "claim",
            "update",
        ):
            for record in store.all(record_type):
                assert record_title(store, record_type, record.id), record.id
                assert isinstance(record_note(store, record_type, record.id), str)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_of_the_record_breaks_the_search(app: Flask, client: FlaskClient, code: str) -> None:
    store = store_of(app)
    words = {"cloud", "Cloudwatt", "souverain", "Caisse"}
    for number, record_type in enumerate(NAMED):
        text = " ".join(
            str(getattr(record, "title", None) or getattr(record, "name", None) or "")
            for record in store.all(record_type)
        )
        found = sorted(set(re.findall(r"\w{4,}", text)))
        words |= set(found[number::6])
    assert len(words) > 100
    for word in sorted(words):
        assert client.get(f"/search?q={quote(word)}&lang={code}").status_code == 200, word


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("2012-autumn", "autumn 2012", "automne 2012"),
        ("2012-winter", "winter 2012–2013", "hiver 2012–2013"),
        ("2012-03", "Mar 2012", "mars 2012"),
        ("2012", "2012", "2012"),
        ("2012-03-01", "1 Mar 2012", "1er mars 2012"),
    ],
)
def test_a_date_of_any_precision_is_written_as_coarse_as_it_is(text: str, english: str, french: str) -> None:
    moment = Moment.from_flat("date", {"date": text}, None)
    assert just_day(moment) == english
    with speaking("fr"):
        assert just_day(moment) == french


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_value_of_the_program_shows_on_a_page(app: Flask, client: FlaskClient, code: str) -> None:
    store = store_of(app)
    paths = [f"/obligations/{rule.id}" for rule in load_obligations()]
    paths += [f"/incidents/{incident.id}" for incident in store.find(Query()).incidents[::9]]
    paths += [
        f"/providers/{record.id}" for record in store.all("provider")[::4] if isinstance(record, Provider)
    ]
    paths += [f"/services/{record.id}" for record in store.all("service")[::4] if isinstance(record, Service)]
    paths += ["/", "/incidents", "/obligations", "/laws", "/milestones", "/qualifications", "/providers"]
    for path in paths:
        response = client.get(f"{path}?lang={code}")
        assert response.status_code == 200, path
        shown = REPR.search(response.text)
        assert shown is None, (path, response.text[shown.start() : shown.start() + 80])


def test_conditions_are_said_in_both_languages() -> None:
    rules = {rule.id: rule for rule in load_obligations()}
    limited = rules["eu-2690-art9-cdn"].thresholds[1].condition
    assert "users affected in the EU: more than 1\u00a0million" in condition_words(limited)
    assert " or " in condition_words(limited) and "; and " in condition_words(limited)
    with speaking("fr"):
        assert "utilisateurs touchés dans l’UE\u00a0: plus de 1\u00a0million" in condition_words(limited)
        assert condition_words(rules["eu-dora-1772-art9"].thresholds[0].condition).startswith(
            "au moins 2 parmi"
        )
    assert condition_words(rules["eu-cra-art14-vuln"].thresholds[0].condition) == ""


def test_a_window_is_named_by_its_days_without_midnights() -> None:
    first, last = datetime(2025, 9, 1, tzinfo=PARIS), datetime(2025, 10, 1, tzinfo=PARIS)
    assert window_words(first, last, PARIS) == "1 to 30 Sept 2025"
    with speaking("fr"):
        assert window_words(first, last, PARIS) == "du 1er au 30 sept. 2025"
        assert window_words(first, datetime(2025, 9, 2, tzinfo=PARIS), PARIS) == "1er sept. 2025"
        assert edge_words(datetime(2020, 1, 1, tzinfo=PARIS), PARIS) == "1er janv. 2020"
        assert edge_words(last, PARIS, last=True) == "30 sept. 2025"
    assert "14:30" in edge_words(datetime(2020, 1, 1, 14, 30, tzinfo=PARIS), PARIS)


def test_an_excerpt_is_in_the_language_of_the_page(app: Flask) -> None:
    store = store_of(app)
    agency = store.get("provider", "nirs")
    for code, word, other in (("en", "hosting", "hébergement"), ("fr", "hébergement", "hosting")):
        with app.test_request_context(f"/?lang={code}"), speaking(code):
            marked = [piece.text for piece in own_excerpt(agency, word) if piece.matched]
            assert [text.casefold() for text in marked] == [word]
            assert own_excerpt(agency, other) == ()


@pytest.mark.parametrize("provider_id", ["orange", "aws", "tdf", "sfr"])
def test_a_provider_page_has_what_its_filter_finds(app: Flask, client: FlaskClient, provider_id: str) -> None:
    body = client.get(f"/providers/{provider_id}.json").get_json()
    listed = client.get(f"/incidents.json?provider={provider_id}").get_json()
    assert body["involved"] == listed["total"] == len(body["incidents"])
    assert [row["incident"]["id"] for row in body["incidents"]] == [row["id"] for row in listed["incidents"]]
    assert all(row["roles"] for row in body["incidents"])


def test_the_csv_of_the_list_reads_back_to_the_same(app: Flask, client: FlaskClient) -> None:
    response = client.get("/incidents.csv?country=FR")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="incidents.csv"'
    total = client.get("/incidents.json?country=FR").get_json()["total"]
    at = datetime(2026, 11, 23, tzinfo=UTC)
    options = ImportOptions(filename="incidents.csv")
    report = import_file(store_of(app), response.data, options, actor="test", at=at)
    assert report.unchanged == report.read == total > 10
    assert not report.written
