"""Every error is one JSON body or one page, and shows nothing of the program's inside."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from incidents import TimelineError
from timeline.errors import WORDS
from timeline.security import scope

Make = Callable[..., Flask]


@pytest.fixture
def failing(make_app: Make) -> FlaskClient:
    """Give an app with a route that fails in the way its address says."""
    app = make_app()

    @app.get("/fail/<how>")
    @scope("read")
    def fail(how: str) -> str:
        if how.isdigit():
            abort(int(how))
        if how == "record":
            raise TimelineError(
                "No “{name}” here.", code="no-name", params={"name": "<b>x</b>"}, hint="Try {name}."
            )
        raise RuntimeError("the password is 1234")

    return app.test_client()


def test_an_address_that_ends_in_json_is_answered_in_json(client: FlaskClient) -> None:
    response = client.get("/nowhere.json")
    assert response.status_code == 404
    assert response.mimetype == "application/json"
    error = response.get_json()["error"]
    assert set(error) >= {"status", "code", "message", "hint"}
    assert (error["status"], error["code"]) == (404, "not-found")
    assert error["message"] and error["hint"]


def test_who_prefers_json_gets_json_and_a_browser_gets_a_page(client: FlaskClient) -> None:
    assert client.get("/nowhere", headers={"Accept": "application/json"}).mimetype == "application/json"
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for accept in (browser, "*/*", ""):
        response = client.get("/nowhere", headers={"Accept": accept})
        assert response.mimetype == "text/html"
        assert response.status_code == 404
        assert "There is no such page here." in response.text


def test_the_page_is_in_the_visitors_language(client: FlaskClient) -> None:
    assert '<html lang="fr">' in client.get("/nowhere", headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize("status", sorted(set(WORDS) - {500}))
def test_each_http_error_has_words_of_its_own(failing: FlaskClient, status: int) -> None:
    response = failing.get(f"/fail/{status}", headers={"Accept": "application/json"})
    assert response.status_code == status
    assert response.get_json()["error"]["message"] == WORDS[status][0]


def test_a_method_that_is_not_taken_says_which_are(client: FlaskClient) -> None:
    response = client.post("/healthz", headers={"Accept": "application/json"})
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_an_error_of_the_record_keeps_its_code_message_and_hint(failing: FlaskClient) -> None:
    error = failing.get("/fail/record", headers={"Accept": "application/json"}).get_json()["error"]
    assert error["status"] == 400
    assert error["code"] == "no-name"
    assert error["message"] == "No “<b>x</b>” here."
    assert error["hint"] == "Try <b>x</b>."


def test_text_in_an_error_page_stays_text(failing: FlaskClient) -> None:
    page = failing.get("/fail/record").text
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_a_fault_of_the_program_is_logged_and_not_shown(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="timeline"):
        response = failing.get("/fail/badly", headers={"Accept": "application/json"})
    assert response.status_code == 500
    body = response.text
    assert "1234" not in body and "Traceback" not in body and "RuntimeError" not in body
    reference = response.get_json()["error"]["params"]["reference"]
    logged = caplog.records[-1]
    assert reference in logged.getMessage()
    assert logged.exc_info is not None and "1234" in str(logged.exc_info[1])


def test_the_message_arrives_even_when_the_frame_of_pages_fails(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    app.jinja_env.globals.pop("language_url")
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "There is no such page here." in response.text
    assert "the error page could not be drawn" in caplog.text


@pytest.mark.parametrize(
    "path", ["/%00", "/%ff%fe", "/" + "a" * 5000, "/..%2f..%2fetc%2fpasswd", "/static/../settings.py"]
)
def test_odd_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unknown_zone_is_one_clear_error(client: FlaskClient) -> None:
    response = client.get("/import/history?tz=Mars/Olympus", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "Mars/Olympus" in response.get_json()["error"]["message"]
