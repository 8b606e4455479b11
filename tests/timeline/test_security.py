"""Who may do what: scopes on every route, sign-in, Host and Origin, the cookie, the headers on every answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from timeline.credentials import (
    Attempts,
    CredentialError,
    secret_path,
    session_secret,
    sign_in_token,
    token_mark,
)
from timeline.security import CONTENT_POLICY, HEADERS, SCOPES, local_path, scope, scope_of, split_host

from .conftest import NOW, TOKEN

Make = Callable[..., Flask]


def error_code(response: object) -> str:
    return response.get_json()["error"]["code"]  # type: ignore[attr-defined]


JSON = {"Accept": "application/json"}


# Scopes


def test_every_route_declares_its_scope(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert len(routes) > 20
    assert [endpoint for endpoint in sorted(routes) if scope_of(app, endpoint) not in SCOPES] == []


def test_a_route_that_changes_something_is_never_open(app: Flask) -> None:
    changing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    opened = {endpoint for endpoint in changing if scope_of(app, endpoint) == "read"}
    # Signing in and out change the visitor's own session only.
    assert opened == {"security.sign_in", "security.sign_out"}


def test_a_route_without_a_scope_is_closed(make_app: Make) -> None:
    app = make_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "inside")
    response = app.test_client().get("/forgotten", headers=JSON)
    assert response.status_code == 403
    assert error_code(response) == "not-signed-in"


def test_a_scope_must_be_one_that_exists() -> None:
    with pytest.raises(ValueError, match="no such scope"):
        scope("everything")


@pytest.mark.parametrize("path", ["/import", "/import/confirm"])
def test_writing_needs_the_sign_in_on_loopback_too(client: FlaskClient, path: str) -> None:
    response = client.post(path, headers=JSON)
    assert response.status_code == 403
    assert error_code(response) == "not-signed-in"


def test_a_read_only_copy_refuses_changes_from_signed_in_people_too(make_app: Make) -> None:
    client = make_app(READ_ONLY=True).test_client()
    client.get(f"/sign-in?token={TOKEN}")
    with client.session_transaction() as session:
        token = session["csrf"]
    response = client.post("/import/confirm", data={"csrf_token": token}, headers=JSON)
    assert response.status_code == 403
    assert error_code(response) == "read-only"
    assert "read-only copy" in client.get("/import").text


# Host, Origin, Sec-Fetch-Site


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_the_names_of_this_machine_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil"]
)
def test_another_name_is_refused(client: FlaskClient, host: str) -> None:
    response = client.get("/healthz", headers={"Host": host, **JSON})
    assert response.status_code == 421
    assert error_code(response) == "unknown-host"
    assert "TIMELINE_ALLOWED_HOSTS" in response.get_json()["error"]["hint"]


@pytest.mark.parametrize(
    "host", ["", "a b", "user@127.0.0.1", "127.0.0.1:port", "<script>", "[::1", "127.0.0.1/x"]
)
def test_what_is_no_host_is_refused(client: FlaskClient, host: str) -> None:
    response = client.get("/healthz", headers={"Host": host, **JSON})
    assert response.status_code == 400


def test_a_host_header_loses_its_port_only() -> None:
    assert split_host("Example.org:80") == "example.org"
    assert split_host("[::1]:80") == "[::1]"
    assert split_host("a,b") == "a,b"


def test_further_names_can_be_allowed(make_app: Make) -> None:
    client = make_app(ALLOWED_HOSTS="records.example", ORIGIN="https://outages.example").test_client()
    for host in ("records.example", "outages.example", "localhost"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200
    assert client.get("/healthz", headers={"Host": "other.example"}).status_code == 421


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:1"},
    {"Origin": "https://localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "none", "Origin": "http://localhost"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_form_from_another_site_is_refused_even_when_signed_in(
    writer: FlaskClient, csrf: str, headers: dict[str, str]
) -> None:
    response = writer.post("/import/confirm", data={"csrf_token": csrf}, headers={**headers, **JSON})
    assert response.status_code == 403
    assert error_code(response) == "foreign-origin"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}],
    ids=str,
)
def test_a_form_of_this_site_passes(writer: FlaskClient, csrf: str, headers: dict[str, str]) -> None:
    response = writer.post("/import/confirm", data={"csrf_token": csrf}, headers={**headers, **JSON})
    # It gets as far as the missing file.
    assert error_code(response) == "upload-gone"


def test_behind_a_proxy_the_origin_is_the_one_people_use(make_app: Make) -> None:
    app = make_app(ORIGIN="https://outages.example")
    client = app.test_client()
    base = {"base_url": "https://outages.example"}
    assert client.get(f"/sign-in?token={TOKEN}", **base).status_code == 303
    with client.session_transaction(**base) as session:
        data = {"csrf_token": session["csrf"]}
    good = client.post(
        "/import/confirm", data=data, headers={"Origin": "https://outages.example", **JSON}, **base
    )
    assert error_code(good) == "upload-gone"
    bad = client.post(
        "/import/confirm", data=data, headers={"Origin": "http://outages.example", **JSON}, **base
    )
    assert error_code(bad) == "foreign-origin"


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_form_without_its_token_is_refused(writer: FlaskClient, csrf: str, token: str) -> None:
    response = writer.post("/import/confirm", data={"csrf_token": token}, headers=JSON)
    assert response.status_code == 403
    assert error_code(response) == "bad-form"


def test_reading_from_another_site_is_not_refused(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


# Sign-in


def test_the_sign_in_link_opens_a_session_and_goes_on(client: FlaskClient) -> None:
    response = client.get(f"/sign-in?token={TOKEN}")
    assert response.status_code == 303
    assert response.headers["Location"] == "/import"
    assert TOKEN not in response.text
    assert 'type="file"' in client.get("/import").text


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(client: FlaskClient) -> None:
    cookie = client.get(f"/sign-in?token={TOKEN}").headers["Set-Cookie"]
    assert cookie.startswith("timeline_session=")
    for flag in ("HttpOnly", "SameSite=Strict", "Path=/", "Expires="):
        assert flag in cookie
    assert TOKEN not in cookie and "Domain" not in cookie


def test_with_tls_the_cookie_is_bound_to_the_host(make_app: Make) -> None:
    client = make_app(ORIGIN="https://outages.example").test_client()
    response = client.get(f"/sign-in?token={TOKEN}", base_url="https://outages.example")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-timeline=")
    assert "Secure" in cookie


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é" * 10])
def test_a_wrong_token_is_refused_and_says_how_to_get_the_right_one(client: FlaskClient, token: str) -> None:
    response = client.get("/sign-in", query_string={"token": token})
    assert response.status_code == 403
    assert "look in the terminal" in response.text
    assert client.post("/import", headers=JSON).status_code == 403


def test_the_token_can_be_sent_by_a_form(client: FlaskClient) -> None:
    assert "Sign-in token" in client.get("/sign-in").text
    response = client.post("/sign-in", data={"token": TOKEN, "next": "/incidents"})
    assert response.status_code == 303
    assert response.headers["Location"] == "/incidents"


def test_sign_out_ends_the_session(writer: FlaskClient, csrf: str) -> None:
    assert writer.post("/sign-out", data={"csrf_token": csrf}).status_code == 303
    assert writer.post("/import", headers=JSON).status_code == 403


def test_sign_out_cannot_be_forced_from_another_site(writer: FlaskClient, csrf: str) -> None:
    assert writer.post("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
    assert 'type="file"' in writer.get("/import").text


def test_a_link_followed_from_another_site_goes_on_by_a_click(client: FlaskClient) -> None:
    response = client.get(f"/sign-in?token={TOKEN}", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 200
    assert 'href="/import"' in response.text


def test_after_too_many_wrong_tokens_the_right_one_has_to_wait(make_app: Make) -> None:
    now = [NOW]
    client = make_app(SIGN_IN_ATTEMPTS=3, NOW=lambda: now[0]).test_client()
    for _ in range(3):
        assert client.get("/sign-in?token=wrong").status_code == 403
    response = client.get(f"/sign-in?token={TOKEN}")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    now[0] += timedelta(minutes=2)
    assert client.get(f"/sign-in?token={TOKEN}").status_code == 303


def test_attempts_are_counted_by_address() -> None:
    attempts = Attempts(allowed=1)
    attempts.failed("10.0.0.1", NOW)
    assert attempts.seconds_to_wait("10.0.0.1", NOW) == 61
    assert attempts.seconds_to_wait("10.0.0.2", NOW) == 0


def test_a_session_ends_when_its_time_is_up(make_app: Make) -> None:
    app = make_app(SESSION_HOURS=0)
    client = app.test_client()
    client.get(f"/sign-in?token={TOKEN}")
    assert client.post("/import", headers=JSON).status_code == 403


def test_changing_the_token_ends_the_sessions_it_opened(make_app: Make) -> None:
    before = make_app().test_client()
    before.get(f"/sign-in?token={TOKEN}")
    cookie = before.get_cookie("timeline_session")
    assert cookie is not None
    for token, status in ((TOKEN, 200), ("another-token-altogether", 403)):
        after = make_app(TOKEN=token).test_client()
        after.set_cookie("timeline_session", cookie.value)
        assert after.get("/import/preview/" + "0" * 64, headers=JSON).status_code in (status, 400)
        assert ("signed in" in after.get("/sign-in").text.lower()) == (status == 200)


def test_a_forged_cookie_opens_nothing(client: FlaskClient) -> None:
    client.set_cookie("timeline_session", "eyJieSI6InBlci1zdGFydCJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert client.post("/import", headers=JSON).status_code == 403


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/ /evil",
        "javascript:alert(1)",
        "evil",
        "",
        None,
        "/a\r\nSet-Cookie: x=y",
    ],
)
def test_one_goes_on_to_this_service_only(text: str | None) -> None:
    assert local_path(text, "/home") == "/home"


def test_one_goes_on_to_a_path_with_its_query() -> None:
    assert local_path("/incidents?q=orange#list", "/home") == "/incidents?q=orange#list"


# The secret and the token


def test_the_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    database = tmp_path / "incidents.db"
    secret = session_secret(database)
    assert len(secret) == 64
    assert session_secret(database) == secret
    assert secret_path(database).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["incidents.db.secret"]


def test_a_secret_that_others_could_read_is_closed_again(tmp_path: Path) -> None:
    session_secret(tmp_path / "a.db")
    secret_path(tmp_path / "a.db").chmod(0o644)
    session_secret(tmp_path / "a.db")
    assert secret_path(tmp_path / "a.db").stat().st_mode & 0o777 == 0o600


def test_a_damaged_secret_is_refused_with_the_way_out(tmp_path: Path) -> None:
    secret_path(tmp_path / "a.db").write_text("short")
    with pytest.raises(CredentialError, match="damaged") as caught:
        session_secret(tmp_path / "a.db")
    assert "Delete it" in caught.value.hint


def test_a_secret_that_cannot_be_kept_is_an_error_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="cannot be used"):
        session_secret(tmp_path / "missing" / "a.db")


def test_without_a_set_token_each_start_has_its_own() -> None:
    first, second = sign_in_token(""), sign_in_token("")
    assert first != second and min(len(first), len(second)) >= 32
    assert token_mark("secret", "") == "per-start"


def test_a_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(CredentialError, match="too short"):
        sign_in_token("letmein")


# Headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/import",
        "/sign-in",
        "/healthz",
        "/-/versions.json",
        "/nowhere",
        "/nowhere.json",
        "/static/base.css",
    ],
)
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        for name, value in HEADERS.items():
            if name not in ("Vary", "Cache-Control"):
                assert response.headers[name] == value, name
        assert response.headers["Cache-Control"]


def test_a_failure_carries_the_headers_too(make_app: Make) -> None:
    app = make_app()

    @app.get("/fails")
    @scope("read")
    def fails() -> str:
        raise RuntimeError("inside")

    response = app.test_client().get("/fails")
    assert response.status_code == 500
    assert response.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


def test_no_script_or_style_may_stand_in_a_page() -> None:
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert CONTENT_POLICY["default-src"] == "'none'"
    assert CONTENT_POLICY["script-src"] == "'self'"


@pytest.mark.parametrize("path", ["/", "/import", "/sign-in", "/nowhere", "/incidents"])
def test_no_page_has_an_inline_script_handler_or_style(writer: FlaskClient, path: str) -> None:
    page = writer.get(path).text
    for script in re.findall(r"<script\b[^>]*>", page):
        assert "src=" in script or 'type="application/json"' in script
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)\s*=", page)
    assert "<style" not in page


@pytest.mark.parametrize("path", ["/import", "/sign-in"])
def test_what_is_meant_for_signed_in_people_is_kept_nowhere(writer: FlaskClient, path: str) -> None:
    assert writer.get(path).headers["Cache-Control"] == "no-store"


# Conditional requests


def test_a_page_is_not_sent_again_while_nothing_changed(client: FlaskClient) -> None:
    first = client.get("/incidents")
    tag = first.headers["ETag"]
    again = client.get("/incidents", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag
    assert again.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/incidents?page=2", {}),
        ("/incidents.json", {}),
        ("/incidents?lang=fr", {}),
        ("/incidents?tz=UTC", {}),
        ("/incidents", {"Accept-Language": "fr"}),
    ],
)
def test_the_tag_tells_answers_apart(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    tag = client.get("/incidents").headers["ETag"]
    response = client.get(path, headers={"If-None-Match": tag, **headers})
    assert response.status_code == 200
    assert response.headers["ETag"] != tag


def test_the_tag_follows_a_cookie_that_shapes_the_page(client: FlaskClient) -> None:
    tag = client.get("/incidents").headers["ETag"]
    client.set_cookie("lang", "fr")
    assert client.get("/incidents", headers={"If-None-Match": tag}).status_code == 200


def test_the_tag_follows_the_rights_the_clock_and_the_record(make_app: Make) -> None:
    now = [NOW]
    app = make_app(NOW=lambda: now[0])
    client = app.test_client()
    tags = [client.get("/incidents").headers["ETag"]]
    client.get(f"/sign-in?token={TOKEN}")
    tags.append(client.get("/incidents").headers["ETag"])
    now[0] += timedelta(minutes=1)
    tags.append(client.get("/incidents").headers["ETag"])
    store = app.extensions["store"]
    with store.writing(kind="edit", actor="test", at=NOW, origin="test") as writer:
        writer.delete("update", store.all("update")[0].id)
    tags.append(client.get("/incidents").headers["ETag"])
    assert len(set(tags)) == 4
