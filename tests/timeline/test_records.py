"""The record pages: what stands on them, that every fact leads to its source, and that their JSON says the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

import plotly.graph_objects as go
import pytest
from flask import Flask
from flask.testing import FlaskClient

import incidents as records
from incidents import Claim, Incident, Moment, Provider, Query, Update, rules_of
from timeline.exposures import exposures_of, owners_of
from timeline.incident_page import incident_page
from timeline.incident_words import affected_words
from timeline.obligation_pages import survey
from timeline.provider_pages import dated
from timeline.wording import speaking

LEAD = "/incidents/2025-09-12-orange-livebox-tv"
HOSTILE = "<script>alert('x')</script>&\"'{{7*7}}%{y}"
PAGES = (
    "/incidents",
    LEAD,
    "/providers",
    "/providers/orange",
    "/providers/cloudwatt",
    "/services/orange-tv-livebox",
    "/services/aws-cloud",
    "/obligations",
    "/obligations/fr-cpce-d98-5-incident",
    "/obligations/eu-dora-art19",
    "/laws",
    "/laws/us-cloud-act",
    "/milestones",
    "/qualifications",
    "/sources",
    "/search?q=orange",
)


class Reader(HTMLParser):
    """Collects the ids, links and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.styled: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(found)
        if "style" in found or any(name.startswith("on") for name in found):
            self.styled.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words).replace("\u00a0", " "))


def read(client: FlaskClient, path: str) -> Reader:
    response = client.get(path)
    assert response.status_code == 200, path
    page = Reader()
    page.feed(response.text)
    return page


def put(app: Flask, *changes: tuple[str, Any]) -> None:
    """Write own records into the store of an app."""
    with app.extensions["store"].writing(
        kind="edit", actor="tester", at=datetime(2026, 11, 1, tzinfo=UTC), origin="test"
    ) as writer:
        for record_type, record in changes:
            writer.put(record_type, [record])


def moment(text: str, precision: str = "minute", zone: str = "Europe/Paris") -> Moment:
    made = Moment.from_flat("at", {"at": text, "at_precision": precision}, zone)
    assert made is not None
    return made


def own_incident(**fields: Any) -> Incident:
    values = {
        "id": "own-1",
        "collection": records.OWN,
        "title": "Own incident",
        "status": "resolved",
        "started_at": moment("2026-05-01T10:00:00+02:00"),
        "timezone": "Europe/Paris",
    }
    return Incident(**{**values, **fields})


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_whole(client: FlaskClient, path: str, language: str) -> None:
    page = read(client, f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert len(page.ids) == len(set(page.ids)), "an id stands twice"
    assert not page.styled, "inline style or script"
    for link in page.links:
        href = link.get("href") or ""
        if href.startswith("#"):
            assert unquote(href[1:]) in page.ids, href
        elif urlsplit(href).scheme:
            assert href.startswith(("http://", "https://"))
            assert link.get("rel") == "noopener noreferrer external", href


@pytest.mark.parametrize("path", PAGES)
def test_each_page_has_a_json_twin(client: FlaskClient, path: str) -> None:
    bare, _, query = path.partition("?")
    response = client.get(f"{bare}.json?{query}")
    assert response.status_code == 200
    assert response.is_json
    body = response.get_json()
    assert body["html_url"] == bare
    assert body["revision"] >= 1


def test_every_internal_link_of_the_lead_page_works(client: FlaskClient) -> None:
    page = read(client, LEAD)
    for href in sorted({str(link["href"]) for link in page.links}):
        parts = urlsplit(href)
        if parts.netloc or not parts.path:
            continue
        response = client.get(href)
        assert response.status_code in (200, 302), href
        if parts.fragment and response.status_code == 200:
            target = Reader()
            target.feed(response.text)
            assert unquote(parts.fragment) in target.ids, href


def test_the_lead_incident_in_one_line(client: FlaskClient) -> None:
    text = read(client, LEAD + "?lang=en").text
    assert "Friday 12 September 2025, about 22:00 (Paris)" in text
    assert "about 40 min" in text
    assert "at least 5.83 M user-hours" in text
    assert "10 million subscribers" in text


def test_the_impact_shows_its_formula(client: FlaskClient) -> None:
    text = read(client, LEAD + "?lang=en").text
    assert "≈ 6.67 M" in text and "≥ 5.83 M" in text
    assert "no upper bound is known" in text
    assert "lower bound: 10 million × 35 min = 5.83 M user-hours" in text


@pytest.mark.parametrize(("language", "words"), [("en", "Connect"), ("fr", "Connect")])
def test_the_cause_is_two_clicks_from_the_start(client: FlaskClient, language: str, words: str) -> None:
    start = read(client, f"/?lang={language}&q=Livebox")
    first = next(str(link["href"]) for link in start.links if LEAD in str(link.get("href")))
    page = client.get(first).text
    cause = page[page.index('class="callout cause"') : page.index('class="summary"')]
    assert words in cause and "AWS" in cause


def test_the_path_leads_from_the_service_to_the_law(app: Flask) -> None:
    store = app.extensions["store"]
    page = incident_page(store, store.get("incident", "2025-09-12-orange-livebox-tv"))
    path = next(p for p in page.paths if p[1].records[0].id == "aws-connect-access")
    assert [step.records[0].id for step in path[:4]] == [
        "orange-tv-livebox",
        "aws-connect-access",
        "aws",
        "amazon",
    ]
    assert "us-cloud-act" in [law.id for law in path[-1].records]
    # That the access is a product of that name is a reading of the memo, and marked as one.
    assert [r.service.id for r in path[1].readings] == ["aws-direct-connect"]
    assert path[1].readings[0].dependency.basis == "inferred"


def test_inferred_and_disputed_facts_are_marked(client: FlaskClient) -> None:
    facts = client.get(LEAD + ".json").get_json()["facts"]
    assert facts["severity"]["basis"] == "inferred"
    assert facts["cause"]["basis"] == "inferred"
    assert facts["resolved_at"]["basis"] == "disputed"
    assert facts["started_at"]["basis"] == "stated"
    for fact in facts.values():
        assert fact["sources"], "every fact leads to a source"


def test_claims_stand_side_by_side(client: FlaskClient) -> None:
    page = client.get(LEAD + "?lang=en").text
    table = page[page.index('class="table table--cards claims"') :]
    assert table.index("about forty minutes") < table.index("nearly forty minutes")


def test_obligations_of_the_lead_incident(client: FlaskClient) -> None:
    body = client.get(LEAD + ".json").get_json()
    outcomes = {
        (group["provider_id"], duty["obligation"]["id"]): duty["assessment"]["outcome"]
        for group in body["duties"]
        for duty in group["open"] + group["folded"]
    }
    assert outcomes["orange", "fr-cpce-d98-5-incident"] == "may_be_engaged"
    assert outcomes["orange", "eu-nis2-art23"] == "not_in_force"
    assert outcomes["aws", "eu-2690-art7-cloud"] == "undetermined"
    assert outcomes["orange", "eu-dora-art19"] == "does_not_apply"
    text = read(client, LEAD + "?lang=en").text
    assert "Not legal advice" in text
    assert "by 13 September 2025, 22:00 (Paris)" in text
    assert "conditional" in text


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_said_to_have_breached(client: FlaskClient, path: str) -> None:
    for language in ("en", "fr"):
        text = read(client, f"{path}{'&' if '?' in path else '?'}lang={language}").text.lower()
        own_words = re.sub(r"data breach|breach or|personal data breach|trust service breach", "", text)
        for word in ("breached", "guilty", "coupable", "enfreint"):
            assert word not in own_words


def test_a_missing_record_names_the_nearest(client: FlaskClient) -> None:
    response = client.get("/incidents/2025-09-12-orange-livebox.json")
    assert response.status_code == 404
    assert "2025-09-12-orange-livebox-tv" in response.get_json()["error"]["params"]["nearest"]
    page = client.get("/providers/orang")
    assert page.status_code == 404
    assert 'href="/providers/orange"' in page.text
    for path in ("/services/x", "/obligations/x", "/laws/x"):
        assert client.get(path).status_code == 404


def test_a_hostile_id_is_shown_as_text(client: FlaskClient) -> None:
    response = client.get("/incidents/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert response.status_code == 404
    assert "<script>alert" not in response.text


def test_hostile_text_stays_text(app: Flask) -> None:
    put(
        app,
        ("provider", Provider(id="evil", name=HOSTILE, kind="operator", note=HOSTILE, aliases=(HOSTILE,))),
        (
            "incident",
            own_incident(
                title=HOSTILE,
                summary=HOSTILE,
                technical_cause=HOSTILE,
                operator_id="evil",
                tags=(HOSTILE.replace(";", ""),),
            ),
        ),
        (
            "update",
            Update(
                id="own-1-1",
                incident_id="own-1",
                at=moment("2026-05-01T10:05:00+02:00"),
                kind="start",
                text=HOSTILE,
            ),
        ),
        (
            "claim",
            Claim(
                id="own-claim",
                record_type="incident",
                record_id="own-1",
                field="cause",
                value=HOSTILE,
                basis="stated",
                note=HOSTILE,
            ),
        ),
    )
    client = app.test_client()
    for path in ("/incidents/own-1", "/incidents", "/providers/evil", "/providers", "/search?q=alert"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text, path
        assert "alert(&#39;x&#39;)" in page.text or "\\u003cscript" in page.text, path
        assert "49%" not in page.text


def test_an_address_that_is_not_http_is_no_link(app: Flask) -> None:
    source = records.Source(url="javascript:alert(1)")
    put(app, ("source", source), ("incident", own_incident(source_urls=("javascript:alert(1)",))))
    page = read(app.test_client(), "/incidents/own-1")
    assert not any(str(link.get("href")).startswith("javascript") for link in page.links)


def test_an_incident_of_which_little_is_known(app: Flask) -> None:
    put(app, ("incident", own_incident(started_at=moment("2026-05", "month"), timezone=None)))
    text = read(app.test_client(), "/incidents/own-1?lang=en").text
    assert "May 2026" in text
    assert "end not known" in text
    assert "user-hours: not known" in text
    assert "No source is on record" in text


def test_an_open_incident_says_so(app: Flask) -> None:
    put(app, ("incident", own_incident(status="investigating")))
    text = read(app.test_client(), "/incidents/own-1?lang=en").text
    assert "still open" in text


def test_the_history_shows_who_changed_what(app: Flask) -> None:
    put(app, ("incident", own_incident()))
    put(app, ("incident", own_incident(title="Another title")))
    page = incident_page(app.extensions["store"], app.extensions["store"].get("incident", "own-1"))
    changed = [change for change in page.history if change.field == "title" and change.action == "updated"]
    assert [(c.old_value, c.new_value) for c in changed] == [("Own incident", "Another title")]
    assert "tester" in app.test_client().get("/incidents/own-1").text


def test_what_else_was_down_in_the_same_days(app: Flask) -> None:
    store = app.extensions["store"]
    for incident in store.find(Query()).incidents:
        page = incident_page(store, incident)
        near = page.neighbours.same_days
        assert incident.id not in [other.id for other in near.incidents]
        assert near.total >= len(near.incidents)


def test_the_list_pages_through_all_incidents(client: FlaskClient) -> None:
    first = client.get("/incidents.json").get_json()
    ids = [incident["id"] for incident in first["incidents"]]
    for number in range(2, first["pages"] + 1):
        ids += [i["id"] for i in client.get(f"/incidents.json?page={number}").get_json()["incidents"]]
    assert len(ids) == len(set(ids)) == first["total"] == 98


def test_the_list_filters_and_sorts(client: FlaskClient) -> None:
    body = client.get("/incidents.json?supplier=aws&order=oldest").get_json()
    assert body["total"] >= 1
    starts = [incident["started_at"]["earliest"] for incident in body["incidents"]]
    assert starts == sorted(starts)
    for incident in body["incidents"]:
        assert any(
            part["provider_id"] == "aws" and part["role"] != "operator" for part in incident["providers"]
        )


def test_an_unknown_filter_is_an_error(client: FlaskClient) -> None:
    response = client.get("/incidents.json?colour=red")
    assert response.status_code == 400
    assert client.get("/incidents?operator=orang").status_code == 400


def test_no_incident_matches(client: FlaskClient) -> None:
    page = read(client, "/incidents?q=zzzzzz&lang=en")
    assert "No incident matches." in page.text


def test_exposure_goes_through_owners(app: Flask) -> None:
    store = app.extensions["store"]
    day = date(2025, 9, 12)
    own = {e.law_id: e.through for e in exposures_of(store, "aws", day)}
    assert own["us-cloud-act"] == ()
    put(
        app,
        ("provider", Provider(id="daughter", name="Daughter", kind="cloud", parent_id="aws", country="FR")),
    )
    through = {e.law_id: e.through for e in exposures_of(store, "daughter", day)}
    assert through["us-cloud-act"] == ("aws",)


def test_an_ownership_holds_on_its_days(app: Flask) -> None:
    store = app.extensions["store"]

    def owners(day: date) -> set[str]:
        return {owner.provider.id for owner in owners_of(store, "cloudwatt", day)}

    # Autumn 2012 to March 2015: three owners; from then to February 2020 one; after it none.
    assert owners(date(2013, 1, 1)) == {"orange", "thales", "caisse-des-depots"}
    assert owners(date(2016, 1, 1)) == {"orange"}
    assert owners(date(2021, 1, 1)) == set()


def test_undated_ownership_is_said_to_be(client: FlaskClient) -> None:
    text = read(client, "/providers/orange?lang=en").text
    assert "French State undated" in text
    assert "44.4%" in text and "autumn 2012 to March 2015" in text


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2023, 12, 27), "not_yet"),
        (date(2023, 12, 28), "qualified"),
        (date(2026, 12, 29), "qualified"),
        (date(2026, 12, 30), "expired"),
    ],
)
def test_a_qualification_holds_on_its_days(app: Flask, day: date, standing: str) -> None:
    rows = app.extensions["store"].related("qualification", "provider_id", "ovhcloud")
    row = next(r for r in rows if r.qualified_from == "2023-12-28" and r.qualified_to == "2026-12-29")
    assert dated(row, day).standing == standing


def test_the_obligations_list_has_every_rule(app: Flask, client: FlaskClient) -> None:
    rules = rules_of(app.extensions["store"])
    body = client.get("/obligations.json").get_json()
    listed = [row["obligation"]["id"] for regime in body["regimes"] for row in regime["rows"]]
    assert sorted(listed) == sorted(rule.id for rule in rules)
    assert len(listed) == 46
    for rule in rules:
        page = read(client, f"/obligations/{rule.id}?lang=en")
        assert rule.legal_reference_en in page.text or rule.legal_reference in page.text


def test_counts_of_obligations_follow_the_assessments(app: Flask, client: FlaskClient) -> None:
    store = app.extensions["store"]
    seen = survey(store)
    body = client.get("/obligations/fr-cpce-d98-5-incident.json").get_json()
    assert body["counts"]["may_be_engaged"] == seen.count("fr-cpce-d98-5-incident", "may_be_engaged")
    assert sum(body["counts"].values()) == seen.assessed == 98
    ids = {entry["incident"]["id"] for entry in body["concerned"]["may_be_engaged"]}
    assert "2025-09-12-orange-livebox-tv" in ids


def test_milestones_without_a_date_are_listed(client: FlaskClient) -> None:
    body = client.get("/milestones.json").get_json()
    assert len(body["undated"]) == 2
    assert len(body["dated"]) + 2 == 34


def test_every_source_says_what_cites_it(client: FlaskClient) -> None:
    body = client.get("/sources.json").get_json()
    cited = {row["source"]["url"]: row["citations"] for row in body["sources"]}
    lead = client.get(LEAD + ".json").get_json()
    for source in lead["sources"]:
        assert any(c["record_id"] == lead["incident"]["id"] for c in cited[source["url"]])


def test_a_law_lists_whom_it_reaches(client: FlaskClient) -> None:
    exposed = {
        row["provider"]["id"]: row for row in client.get("/laws/us-cloud-act.json").get_json()["exposed"]
    }
    assert {"aws", "amazon", "microsoft", "google"} <= set(exposed)
    assert "orange" not in exposed


def test_the_json_has_the_words_of_the_language(client: FlaskClient) -> None:
    english = client.get(LEAD + ".json?lang=en").get_json()
    french = client.get(LEAD + ".json?lang=fr").get_json()
    assert english["in_language"]["title"] == english["incident"]["title"] == french["incident"]["title"]
    assert french["in_language"]["language"] == "fr"
    assert french["in_language"]["title"] != english["in_language"]["title"]
    duties = [duty for group in french["duties"] for duty in group["open"]]
    reasons = [reason for duty in duties for reason in duty["assessment"]["reasons"]]
    assert reasons and all(reason["text"] and reason["msgid"] for reason in reasons)


def test_french_pages_speak_french(client: FlaskClient) -> None:
    page = client.get(LEAD + "?lang=fr")
    assert '<html lang="fr">' in page.text
    text = read(client, LEAD + "?lang=fr").text
    assert "Vendredi 12 septembre 2025, vers 22 h 00 (Paris)" in text
    assert "22 h 00" in text


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"status": "investigating"},
        {"resolved_at": "2026-05-01T10:00:00+02:00"},
        {"resolved_at": "2026-05-03T10:00:00+02:00"},
        {"title": HOSTILE},
    ],
)
def test_the_figure_is_one_that_plotly_takes(make_app: Callable[..., Flask], shape: dict[str, Any]) -> None:
    app = make_app()
    if "resolved_at" in shape:
        shape = {**shape, "resolved_at": moment(shape["resolved_at"])}
    put(app, ("incident", own_incident(**shape)))
    page = app.test_client().get("/incidents/own-1").text
    begin = page.index('id="figure-data">') + len('id="figure-data">')
    raw = page[begin : page.index("</script>", begin)]
    from json import loads

    figure = loads(raw)["figure"]
    go.Figure(figure)
    assert "<script" not in str(figure)
    # Every bar begins and ends inside the axis.
    left, right = figure["layout"]["xaxis"]["range"]
    assert all(left <= bar["x0"] <= bar["x1"] <= right for bar in figure["layout"]["shapes"])


def test_the_lead_bar_has_soft_ends(client: FlaskClient) -> None:
    from json import loads

    page = client.get(LEAD).text
    begin = page.index('id="figure-data">') + len('id="figure-data">')
    shapes = loads(page[begin : page.index("</script>", begin)])["figure"]["layout"]["shapes"]
    # About 22:00 is 21:45 to 22:15, about 22:40 is 22:35 to 22:45 (wall-clock time of Paris).
    assert shapes[0]["x0"] == "2025-09-12T21:45:00" and shapes[0]["x1"] == "2025-09-12T22:45:00"
    assert shapes[-1]["x0"] == "2025-09-12T22:15:00" and shapes[-1]["x1"] == "2025-09-12T22:35:00"
    assert len({shape["x0"] for shape in shapes}) > 5


def test_words_of_the_source_that_match_no_choice_are_shown(app: Flask) -> None:
    put(app, ("incident", own_incident(unmatched_values=("cause=Pelleteuse", "severity=P2 <b>"))))
    page = app.test_client().get("/incidents/own-1?lang=fr").text
    callout = page[page.index('class="callout cause"') : page.index('id="facts"')]
    assert "mots de la source" in callout and "Pelleteuse" in callout
    assert "P2 &lt;b&gt;" in page[page.index('id="facts"') :]


@pytest.mark.parametrize(
    ("amount", "english", "french"),
    [
        (1, "1 site", "1 site"),
        (2, "2 sites", "2 sites"),
        (10_000_000, "10 million sites", "10 millions de sites"),
    ],
)
def test_what_is_counted_agrees_with_the_number(amount: int, english: str, french: str) -> None:
    incident = own_incident(affected=records.Amount(amount, amount), affected_unit="sites")
    for code, words in (("en", english), ("fr", french)):
        with speaking(code):
            assert affected_words(incident).replace("\u00a0", " ") == words


def test_french_reasons_have_french_words(client: FlaskClient) -> None:
    page = client.get(LEAD + "?lang=fr").text
    assert "totale ou limitée" in page
    assert not re.search(r"l’un de|limited|Obligations de ", page)


def test_paper_says_what_was_printed_when(client: FlaskClient) -> None:
    page = client.get(LEAD + "?lang=en&token=secret").text
    line = re.search(r'<p class="print-line".*?</p>', page, re.DOTALL)
    assert line is not None
    assert "http://localhost" + LEAD in line[0]
    assert "23 November 2026, 10:30 (Paris)" in line[0].replace("\u00a0", " ")
    assert "Not legal advice" in line[0]
    assert "secret" not in line[0]
