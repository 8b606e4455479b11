"""The routes for whoever runs the service."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from timeline.settings import SETTINGS

from .conftest import TOKEN


def test_healthz_asks_the_database_nothing(app: Flask, client: FlaskClient) -> None:
    app.extensions["store"] = None
    response = client.get("/healthz")
    assert response.get_json() == {"status": "ok"}
    assert response.headers["Cache-Control"] == "no-store"


def test_readyz_reads_the_record(app: Flask, client: FlaskClient) -> None:
    assert client.get("/readyz").get_json() == {
        "status": "ok",
        "revision": app.extensions["store"].revision(),
    }
    app.extensions["store"] = None
    assert client.get("/readyz").status_code == 500


def test_versions_name_what_a_fault_report_needs(client: FlaskClient) -> None:
    versions = client.get("/-/versions.json").get_json()
    assert {"outage-timeline", "python", "sqlite", "driver", "Flask", "plotly", "waitress"} <= set(versions)
    assert all(isinstance(version, str) and version for version in versions.values())


def test_settings_are_shown_with_what_each_is_for_and_without_secrets(
    client: FlaskClient, database: object
) -> None:
    response = client.get("/-/settings.json")
    shown = {entry["name"]: entry for entry in response.get_json()["settings"]}
    assert set(shown) == {setting.name for setting in SETTINGS if not setting.secret and not setting.private}
    assert shown["MAX_UPLOAD_BYTES"]["value"] == 256 * 1024 * 1024
    assert all(entry["help"] and entry["variable"].startswith("TIMELINE_") for entry in shown.values())
    assert TOKEN not in response.text and str(database) not in response.text


def test_signed_in_people_see_where_the_database_is(writer: FlaskClient, database: object) -> None:
    response = writer.get("/-/settings.json")
    assert str(database) in response.text
    assert TOKEN not in response.text


def test_robots_are_kept_out_of_the_forms(client: FlaskClient) -> None:
    assert "Disallow: /import" in client.get("/robots.txt").text
