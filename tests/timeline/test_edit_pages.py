"""Entering, correcting, merging and deleting in the page: nothing typed is lost, nothing is written unseen."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from incidents import FORM_COLUMNS, Amount, Incident, Provider, Query, Service, Store, mark_of, save_incident
from timeline.cli import main
from timeline.column_words import told_apart, understood, value_words
from timeline.edit_form import GROUPS
from timeline.edit_texts import carried, typed_of

from .conftest import NOW

LIVEBOX = "2025-09-12-orange-livebox-tv"
TYPED = {
    "title": "Télévision coupée à Rennes",
    "started_at": "12 septembre 2025 vers 22h",
    "resolved_at": "12 septembre 2025 vers 22h40",
    "timezone": "Europe/Paris",
    "operator_id": "Orange",
    "provider": "Amazon Web Services",
    "provider_role": "supplier",
    "affected": "plus de dix millions",
    "source_urls": "https://example.org/a\r\nhttps://example.org/b",
    "summary": "Erste Zeile.\r\nZweite Zeile.",
}
FIELD = re.compile(
    r'<input type="hidden" name="([^"]+)" value="([^"]*)">|<textarea name="([^"]+)" hidden>\n?([^<]*)<'
)


def store_of(app: Flask) -> Store:
    store: Store = app.extensions["store"]
    return store


def get(app: Flask, record_id: str) -> Incident:
    record = store_of(app).get("incident", record_id)
    assert isinstance(record, Incident)
    return record


def change(app: Flask, record_id: str, **values: object) -> None:
    """Change an incident behind the back of who has a form open."""
    seen = get(app, record_id)
    changed = replace(seen, **values)
    save_incident(store_of(app), changed, seen=mark_of(seen), actor="somebody", at=NOW)


def fields(page: str) -> MultiDict[str, str]:
    """Give what a form of a page would send, its buttons and visible fields apart."""
    found = MultiDict()
    for name, value, long_name, long_value in FIELD.findall(page):
        found.add(html.unescape(name or long_name), html.unescape(value or long_value))
    return found


def words(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", main)).split())


def sent(client: FlaskClient, path: str, data: Mapping[str, object], status: int) -> str:
    answer = client.post(path, data=data)
    assert answer.status_code == status, words(answer.get_data(as_text=True))
    return answer.get_data(as_text=True)


def opened(client: FlaskClient, path: str) -> MultiDict[str, str]:
    answer = client.get(path)
    assert answer.status_code == 200
    return fields(answer.get_data(as_text=True))


def own(app: Flask) -> Incident:
    [record] = store_of(app).find(Query(collections=("own",))).incidents
    return record


@pytest.fixture
def entered(app: Flask, writer: FlaskClient, csrf: str) -> Incident:
    """An incident that was entered in the page."""
    answer = writer.post("/incident/new", data={**TYPED, "csrf_token": csrf, "do": "save"})
    assert answer.status_code == 303
    return own(app)


# The form


def test_the_form_has_a_field_for_every_column() -> None:
    assert sorted(name for _key, _words, names in GROUPS for name in names) == sorted(FORM_COLUMNS)


def test_what_a_preview_carries_is_what_was_typed() -> None:
    form = MultiDict({name: f"{name} <&> text" for name in FORM_COLUMNS})
    form.setlist("service_ids", ["one", "", "two"])
    form.setlist("provider", ["A", "", "B"])
    form.setlist("provider_role", ["supplier", "supplier", "vendor"])
    form["summary"] = "first\r\nsecond"
    typed = typed_of(form)
    assert typed_of(MultiDict(carried(typed))) == typed


@pytest.mark.parametrize(
    "path",
    [
        "/incident/new",
        f"/incident/{LIVEBOX}/edit",
        f"/incident/{LIVEBOX}/delete",
        f"/incident/{LIVEBOX}/merge",
    ],
)
def test_who_is_not_signed_in_is_told_how(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "sign-in" in page.get_data(as_text=True)
    assert f'name="next" value="{path}"' in page.get_data(as_text=True)
    assert client.post(path, data={"do": "save"}).status_code == 403


def test_a_read_only_copy_offers_and_takes_no_change(make_app: Callable[..., Flask]) -> None:
    client = make_app(READ_ONLY=True).test_client()
    assert "read-only copy" in client.get("/incident/new").get_data(as_text=True)
    assert f"/incident/{LIVEBOX}/edit" not in client.get(f"/incidents/{LIVEBOX}").get_data(as_text=True)
    assert client.post(f"/incident/{LIVEBOX}/delete", data={}).status_code == 403


def test_forms_are_kept_nowhere(writer: FlaskClient) -> None:
    for path in ("/incident/new", f"/incident/{LIVEBOX}/edit", f"/incident/{LIVEBOX}/delete"):
        assert writer.get(path).headers["Cache-Control"] == "no-store"


# Entering


def test_a_problem_stands_beside_its_field_and_nothing_typed_is_lost(
    app: Flask, writer: FlaskClient, csrf: str
) -> None:
    typed = {**TYPED, "started_at": "31/02/2025", "csrf_token": csrf}
    page = sent(writer, "/incident/new", typed, 400)
    problem = page[page.index('id="f-started_at-problem"') :]
    assert "31/02/2025" in problem[:400]
    for text in (
        "Télévision coupée à Rennes",
        "plus de dix millions",
        "Amazon Web Services",
        "Zweite Zeile.",
    ):
        assert text in page
    assert store_of(app).count(Query(collections=("own",))) == 0


def test_what_was_understood_is_shown_before_anything_is_saved(
    app: Flask, writer: FlaskClient, csrf: str
) -> None:
    page = sent(writer, "/incident/new", {**TYPED, "csrf_token": csrf, "do": "check"}, 200)
    assert "12 September 2025, about 22:00" in words(page)
    assert "Orange (operator); Amazon Web Services (supplier)" in words(page)
    assert store_of(app).count(Query(collections=("own",))) == 0
    answer = writer.post(
        "/incident/new", data={**fields(page).to_dict(flat=False), "do": "save", "why": "heard of it"}
    )
    assert answer.status_code == 303
    made = own(app)
    assert made.summary == "Erste Zeile.\nZweite Zeile."
    assert made.source_urls == ("https://example.org/a", "https://example.org/b")
    assert answer.location.startswith(f"/incidents/{made.id}")
    page = writer.get(answer.location).get_data(as_text=True)
    assert "Saved." in words(page) and "heard of it" in words(page)


def test_one_that_is_like_another_is_shown_before_it_is_added(writer: FlaskClient, csrf: str) -> None:
    page = sent(writer, "/incident/new", {**TYPED, "csrf_token": csrf, "do": "check"}, 200)
    assert f"/incidents/{LIVEBOX}" in page


def test_more_rows_are_added_without_losing_what_was_typed(writer: FlaskClient, csrf: str) -> None:
    data = {**TYPED, "csrf_token": csrf}
    before = sent(writer, "/incident/new", {**data, "do": "form"}, 200)
    after = sent(writer, "/incident/new", {**data, "do": "more:providers", "started_at": "??"}, 200)
    assert after.count('name="provider_role"') > before.count('name="provider_role"')
    assert "Amazon Web Services" in after and 'value="??"' in after


def test_an_id_that_is_taken_is_said_and_changes_nothing(app: Flask, writer: FlaskClient, csrf: str) -> None:
    before = get(app, LIVEBOX)
    page = sent(writer, "/incident/new", {**TYPED, "id": LIVEBOX, "csrf_token": csrf, "do": "save"}, 409)
    assert "on record already" in words(page)
    assert get(app, LIVEBOX) == before


def test_a_name_that_nobody_knows_can_be_recorded_as_new(app: Flask, writer: FlaskClient, csrf: str) -> None:
    typed = {**TYPED, "operator_id": "Rennes Câble", "service_ids": "Rennes TV", "csrf_token": csrf}
    page = sent(writer, "/incident/new", typed, 400)
    assert 'name="new" value="provider:Rennes Câble"' in page
    # The kind has to be said, and what was ticked stays ticked.
    chosen = {"new": ["provider:Rennes Câble", "service:Rennes TV"], "kind.provider:Rennes Câble": "operator"}
    page = sent(writer, "/incident/new", {**typed, **chosen}, 400)
    assert "The kind of “Rennes TV” is not said" in words(page).replace("the kind", "The kind")
    assert 'value="provider:Rennes Câble" checked' in page
    page = sent(writer, "/incident/new", {**typed, **chosen, "kind.service:Rennes TV": "tv"}, 200)
    assert "Rennes Câble (operator), Rennes TV (Television)" in words(page)
    assert store_of(app).names("provider").get("rennes_cable") is None
    before = store_of(app).revision()
    answer = writer.post("/incident/new", data={**fields(page).to_dict(flat=False), "do": "save"})
    assert answer.status_code == 303
    made = own(app)
    operator = store_of(app).get("provider", made.operator_id or "")
    service = store_of(app).get("service", made.service_ids[0])
    assert isinstance(operator, Provider) and (operator.name, operator.kind) == ("Rennes Câble", "operator")
    assert isinstance(service, Service) and (service.name, service.provider_id) == ("Rennes TV", operator.id)
    assert store_of(app).revision() == before + 1


def test_what_is_not_named_any_more_is_not_recorded(app: Flask, writer: FlaskClient, csrf: str) -> None:
    data = {**TYPED, "csrf_token": csrf, "new": "provider:Nobody Now", "kind.provider:Nobody Now": "cloud"}
    assert writer.post("/incident/new", data={**data, "do": "save"}).status_code == 303
    assert all(provider.name != "Nobody Now" for provider in store_of(app).all("provider"))


def test_a_text_is_read_while_it_is_typed(client: FlaskClient, writer: FlaskClient) -> None:
    ask = {"column": "started_at", "text": "12 septembre 2025 vers 22h", "zone": "Europe/Paris"}
    assert (
        "between 21:45 and 22:15" in writer.get("/incident/read.json", query_string=ask).get_json()["words"]
    )
    wrong = writer.get("/incident/read.json", query_string={**ask, "text": "31/02/2025"}).get_json()
    assert wrong["problem"] and not wrong["words"]
    assert writer.get("/incident/read.json", query_string={**ask, "zone": "Nowhere"}).status_code == 200
    assert writer.get("/incident/read.json", query_string={"column": "title", "text": "x"}).get_json() == {}


# Correcting


def test_opening_the_form_and_sending_it_changes_nothing(app: Flask, writer: FlaskClient) -> None:
    """In both languages, with all of what the form shows sent back as a browser would."""
    for tongue in ("en", "fr"):
        before = get(app, LIVEBOX)
        path = f"/incident/{LIVEBOX}/edit"
        page = writer.get(f"{path}?lang={tongue}").get_data(as_text=True)
        back = writer.post(path, data={**shown(page), "do": "save"})
        assert back.status_code == 303
        assert get(app, LIVEBOX) == before


def shown(page: str) -> dict[str, list[str]]:
    """Give what a browser would send of the form of a page: hidden and visible fields."""
    found: dict[str, list[str]] = {}

    class Reader(HTMLParser):
        text: str | None = None
        select: str | None = None
        within = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            name = given.get("name") or ""
            if tag == "form":
                self.within = "edit-form" in (given.get("class") or "")
            if not self.within or (not name and tag != "option"):
                return
            if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
                found.setdefault(name, []).append(given.get("value") or "")
            elif tag == "textarea":
                self.text = name
                found.setdefault(name, []).append("")
            elif tag == "select":
                self.select = name
                found.setdefault(name, []).append("")
            elif tag == "option" and self.select and "selected" in given:
                found[self.select][-1] = given.get("value") or ""

        def handle_endtag(self, tag: str) -> None:
            if tag == "form":
                self.within = False
            if tag == "textarea":
                self.text = None
            if tag == "select":
                self.select = None

        def handle_data(self, data: str) -> None:
            if self.text:
                found[self.text][-1] += data

    Reader().feed(page)
    return found


def test_a_correction_is_shown_old_beside_new_and_then_saved(app: Flask, writer: FlaskClient) -> None:
    path = f"/incident/{LIVEBOX}/edit"
    form = shown(writer.get(path).get_data(as_text=True))
    page = sent(writer, path, {**form, "severity": "minor", "do": "check"}, 200)
    assert "Severity major minor" in words(page)
    assert "Save 1 change" in words(page)
    assert get(app, LIVEBOX).severity == "major"
    data = {**fields(page).to_dict(flat=False), "do": "save", "why": "the operator said so"}
    assert writer.post(path, data=data).status_code == 303
    assert get(app, LIVEBOX) == replace(get(app, LIVEBOX), severity="minor")
    assert "the operator said so" in words(writer.get(f"/incident/{LIVEBOX}/history").get_data(as_text=True))


def test_without_a_change_there_is_nothing_to_save(writer: FlaskClient) -> None:
    path = f"/incident/{LIVEBOX}/edit"
    page = sent(writer, path, {**shown(writer.get(path).get_data(as_text=True)), "do": "check"}, 200)
    assert "Nothing differs" in words(page)
    assert 'value="save"' not in page


def test_who_was_overtaken_sees_both_values_and_keeps_what_was_typed(app: Flask, writer: FlaskClient) -> None:
    path = f"/incident/{LIVEBOX}/edit"
    form = shown(writer.get(path).get_data(as_text=True))
    change(app, LIVEBOX, severity="moderate", tags=("new",))
    mine = {**form, "severity": "minor", "summary": "My own words.", "do": "save"}
    page = sent(writer, path, mine, 409)
    assert "Somebody changed this incident" in words(page)
    assert "Meanwhile on record: moderate" in words(page)
    assert "My own words." in page
    assert get(app, LIVEBOX).severity == "moderate"
    # What only the other one changed is taken over; of what both changed, one's own stands until one says otherwise.
    again = shown(page)
    assert again["tags"] == ["new"] and again["severity"] == ["minor"]
    writer.post(path, data={**again, "do": "save"})
    saved = get(app, LIVEBOX)
    assert (saved.severity, saved.tags, saved.summary) == ("minor", ("new",), "My own words.")


def test_the_value_of_the_other_can_be_taken(app: Flask, writer: FlaskClient) -> None:
    path = f"/incident/{LIVEBOX}/edit"
    form = shown(writer.get(path).get_data(as_text=True))
    change(app, LIVEBOX, severity="moderate")
    again = shown(sent(writer, path, {**form, "severity": "minor", "region": "BE", "do": "save"}, 409))
    writer.post(path, data={**again, "take.severity": "1", "do": "save"})
    assert (get(app, LIVEBOX).severity, get(app, LIVEBOX).region) == ("moderate", ("BE",))


@pytest.mark.parametrize(
    "record_id", ["INC/2025/07", "https://status.example.org/i/7", "a b?c#d%2Fe", "edit", "new"]
)
def test_an_incident_with_any_id_has_its_pages(writer: FlaskClient, csrf: str, record_id: str) -> None:
    answer = writer.post("/incident/new", data={**TYPED, "id": record_id, "csrf_token": csrf, "do": "save"})
    assert answer.status_code == 303
    assert writer.get(answer.location).status_code == 200
    address = quote(record_id)
    assert writer.get(f"/incidents/{address}.json").get_json()["incident"]["id"] == record_id
    for page in ("edit", "delete", "merge", "history"):
        assert writer.get(f"/incident/{address}/{page}").status_code == 200, page


# Deleting


def test_deleting_says_what_goes_along_and_leaves_the_history(app: Flask, writer: FlaskClient) -> None:
    path = f"/incident/{LIVEBOX}/delete"
    page = writer.get(path).get_data(as_text=True)
    assert "7 entries of its course" in words(page)
    answer = writer.post(path, data=fields(page))
    assert answer.status_code == 303
    assert store_of(app).get("incident", LIVEBOX) is None
    page = writer.get(answer.location).get_data(as_text=True)
    assert "This incident is deleted." in words(page)
    assert "Orange television goes black on Livebox" in words(page)
    gone = writer.get(f"/incidents/{LIVEBOX}")
    assert gone.status_code == 404
    assert f"/incident/{LIVEBOX}/history" in gone.get_data(as_text=True)


def test_what_was_changed_meanwhile_is_not_deleted(app: Flask, writer: FlaskClient) -> None:
    path = f"/incident/{LIVEBOX}/delete"
    form = opened(writer, path)
    change(app, LIVEBOX, severity="minor")
    page = sent(writer, path, form, 409)
    assert "Nothing was deleted" in words(page)
    assert get(app, LIVEBOX).severity == "minor"
    assert writer.post(path, data=fields(page)).status_code == 303


# Merging and duplicates


def test_two_incidents_become_one_by_choosing(app: Flask, writer: FlaskClient, entered: Incident) -> None:
    path = f"/incident/{LIVEBOX}/merge"
    assert entered.id in writer.get(path).get_data(as_text=True)
    page = writer.get(f"{path}?with={entered.id}").get_data(as_text=True)
    assert 'name="from.title" value="other"' in page
    page = sent(writer, path, {**fields(page), "from.title": "other", "do": "check"}, 200)
    assert "Télévision coupée à Rennes" in words(page)
    assert store_of(app).get("incident", entered.id) is not None
    answer = writer.post(path, data={**fields(page), "do": "save"})
    assert answer.status_code == 303
    assert store_of(app).get("incident", entered.id) is None
    saved = get(app, LIVEBOX)
    assert saved.title == entered.title
    assert set(entered.source_urls) < set(saved.source_urls)


def test_a_merge_of_what_has_changed_is_looked_at_again(
    app: Flask, writer: FlaskClient, entered: Incident
) -> None:
    path = f"/incident/{LIVEBOX}/merge"
    form = opened(writer, f"{path}?with={entered.id}")
    change(app, entered.id, severity="minor")
    page = sent(writer, path, {**form, "from.title": "other", "do": "save"}, 409)
    assert "Nothing was merged" in words(page)
    chosen = page[page.index('name="from.title" value="other"') :][:60]
    assert "checked" in chosen
    assert store_of(app).get("incident", entered.id) is not None


def test_an_incident_is_not_merged_with_itself_or_with_nothing(writer: FlaskClient) -> None:
    assert writer.get(f"/incident/{LIVEBOX}/merge?with={LIVEBOX}").status_code == 400
    assert writer.get(f"/incident/{LIVEBOX}/merge?with=no-such").status_code == 404


def test_possible_duplicates_are_listed_and_said_on_both_pages(
    client: FlaskClient, entered: Incident
) -> None:
    page = client.get("/duplicates").get_data(as_text=True)
    assert f"/incidents/{entered.id}" in page and f"/incidents/{LIVEBOX}" in page
    assert "both of Orange" in words(page)
    for one in (entered.id, LIVEBOX):
        assert "Perhaps on record twice" in words(client.get(f"/incidents/{one}").get_data(as_text=True))


def test_without_any_the_page_of_duplicates_says_so(client: FlaskClient) -> None:
    assert "No pair looks like one incident" in words(client.get("/duplicates").get_data(as_text=True))
    assert client.get("/duplicates?from=-5").status_code == 200
    assert client.get("/duplicates?from=1000000").status_code == 200


# History


def test_the_history_speaks_in_fields_as_people_read_them(
    app: Flask, writer: FlaskClient, entered: Incident
) -> None:
    path = f"/incident/{entered.id}/edit"
    form = shown(writer.get(path).get_data(as_text=True))
    writer.post(
        path, data={**form, "started_at": "12 septembre 2025 à 21h50", "affected": "10 M", "do": "save"}
    )
    page = words(writer.get(f"/incidents/{entered.id}").get_data(as_text=True))
    assert "Start 12 September 2025, about 22:00 (Paris) → 12 September 2025, 21:50 (Paris)" in page
    assert "Affected more than 10 million → 10 million" in page
    assert "started_at_qualifier" not in page
    body = writer.get(f"/incident/{entered.id}/history.json").get_json()
    assert [event["action"] for event in body["history"]] == ["updated", "added"]
    assert {change["column"] for change in body["history"][0]["changes"]} == {"started_at", "affected"}


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("affected", Amount(10_000_000, None), Amount(10_000_001, None)),
        ("duration", Amount(35, 45, 40), Amount(30, 50, 40)),
        ("affected", Amount(100, 100, words="a hundred"), Amount(100, 100, words="100")),
    ],
)
def test_two_values_never_look_the_same(app: Flask, column: str, one: Amount, other: Amount) -> None:
    first, second = told_apart(store_of(app), column, one, other)
    assert first != second
    assert told_apart(store_of(app), column, one, one)[0] == value_words(store_of(app), column, one)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "12 septembre 2025 vers 22h",
            "Friday 12 September 2025, about 22:00 (Paris): between 21:45 and 22:15",
        ),
        ("2025-09-12T22:00", "Friday 12 September 2025, 22:00 (Paris)"),
        ("12/09/2025 20h", "Friday 12 September 2025, between 20:00 and 21:00 (Paris)"),
        ("vers le 12 septembre 2025", "11 September 2025 and 13 September 2025"),
        ("?", "not known"),
        ("", ""),
    ],
)
def test_what_a_time_is_understood_as_shows_its_bounds_where_it_has_any(text: str, said: str) -> None:
    words = understood("started_at", text, "Europe/Paris").words
    assert words.endswith(said) if said else words == ""


def test_what_never_was_has_no_history(client: FlaskClient) -> None:
    assert client.get("/incident/no-such/history").status_code == 404


# In the shell


def test_the_shell_tells_the_history_too(
    app: Flask, database: Path, writer: FlaskClient, entered: Incident
) -> None:
    form = opened(writer, f"/incident/{entered.id}/delete")
    writer.post(f"/incident/{entered.id}/delete", data={**form, "why": "entered by mistake"})
    run = CliRunner().invoke(main, ["history", entered.id, "--database", str(database)])
    assert run.exit_code == 0, run.output
    assert "entered by mistake" in run.stdout
    assert run.stdout.index("deleted") < run.stdout.index("entered  (")
    run = CliRunner().invoke(main, ["history", "--json", LIVEBOX, "--database", str(database)])
    assert json.loads(run.stdout)["history"][0]["action"] == "added"
    run = CliRunner().invoke(main, ["history", "no-such", "--database", str(database)])
    assert run.exit_code == 1
