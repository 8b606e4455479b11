"""Languages: which one a reader gets, that every message has its French, and that links keep the choice."""

from __future__ import annotations

from flask.testing import FlaskClient

from scripts import messages
from timeline.labels import LABELS, country, label
from timeline.wording import _, choose_language, ngettext, speaking


def test_every_message_is_translated() -> None:
    template = messages.collected()
    assert len(template) > 500
    assert {path.stem for path in messages.catalogs()} == {"fr"}
    for path in messages.catalogs():
        assert list(messages.faults(template, messages.read(path))) == []


def test_a_wanting_translation_is_found() -> None:
    template = messages.Catalog()
    template.add("%(n)s of them", locations=[("a.py", 1)])
    template.add("more", locations=[("a.py", 2)])
    template.add("less", locations=[("a.py", 3)])
    template.add("fuzz", locations=[("a.py", 4)])
    known = messages.Catalog(locale="fr")
    known.add("%(n)s of them", "%(m)s d’entre eux")
    known.add("less", "")
    known.add("fuzz", "flou", flags=["fuzzy"])
    found = list(messages.faults(template, known))
    assert [line.split(": ")[1].split(",")[0] for line in found] == [
        "places that the message does not have",
        "missing",
        "not translated",
        "marked fuzzy",
    ]


def test_sentences_of_the_record_are_collected() -> None:
    raised = 'raise StoreError("It is {thing}.", hint="Do that." if x else "Do this.")'
    assert [text for _line, text in messages.sentences(raised)] == ["It is {thing}.", "Do that.", "Do this."]
    assert [text for _line, text in messages.sentences('MY_REASONS = {"a": ("One", "Two")}')] == [
        "One",
        "Two",
    ]


def test_the_address_wins_then_the_cookie_then_the_browser() -> None:
    assert choose_language("fr", "en", ["en"]) == "fr"
    assert choose_language("xx", "fr", ["en"]) == "fr"
    assert choose_language(None, None, ["de", "fr-CA", "en"]) == "fr"
    assert choose_language(None, None, ["de"]) == "en"


def test_a_message_is_spoken_in_the_language_set() -> None:
    assert _("Timeline") == "Timeline"
    with speaking("fr"):
        assert _("Timeline") == "Chronologie"
        assert ngettext("%(n)s incident", "%(n)s incidents", 0) == "0 incident"
        assert ngettext("%(n)s incident", "%(n)s incidents", 2) == "2 incidents"
        assert country("FR") == "France"
        assert country("DE") == "Allemagne"
        assert country("World") == "Monde"
    assert country("FR-IDF") == "France (IDF)"
    assert country("Atlantis") == "Atlantis"
    assert label("something_new", "cause") == "something new"


def test_labels_cover_the_vocabulary() -> None:
    import incidents

    for group, values in {
        "severity": incidents.SEVERITIES,
        "cause": incidents.CAUSES,
        "service_kind": incidents.SERVICE_KINDS,
        "provider_kind": incidents.PROVIDER_KINDS,
        "role": incidents.ROLES,
        "status": incidents.STATUSES,
        "confidence": incidents.CONFIDENCES,
        "basis": incidents.BASES,
        "affected_unit": incidents.AFFECTED_UNITS,
        "update_kind": incidents.UPDATE_KINDS,
        "milestone_kind": incidents.MILESTONE_KINDS,
        "dimension": incidents.DIMENSIONS,
        "order": incidents.ORDERS,
    }.items():
        assert set(values) <= set(LABELS[group]), group


def test_the_switch_sets_a_cookie_and_links_keep_the_language(client: FlaskClient) -> None:
    response = client.get("/?lang=fr&by=cause")
    assert "lang=fr" in response.headers["Set-Cookie"]
    assert response.headers["Content-Language"] == "fr"
    assert 'href="/incidents?lang=fr"' in response.text
    assert 'href="/?lang=fr&amp;by=cause"' in response.text or "by=cause&amp;lang=en" in response.text
    switch = client.get("/search?token=secret&lang=fr").text.split('class="languages"')[1].split("</nav>")[0]
    assert "lang=en" in switch
    assert "secret" not in switch
    assert "lang=" not in client.get("/").text.split('class="nav"')[1].split("</nav>")[0]
