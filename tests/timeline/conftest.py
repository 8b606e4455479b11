"""An app on the bundled records for each test: one database made a session, copied for a test that has it alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import incidents
from timeline import create_app

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TOKEN = "a-token-for-tests-only"


@pytest.fixture(scope="session")
def bundled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database with the bundled records, closed; copy it, never write to it."""
    path = tmp_path_factory.mktemp("bundled") / "incidents.db"
    incidents.open_store(path, at=NOW).close()
    return path


@pytest.fixture
def database(bundled_database: Path, tmp_path: Path) -> Path:
    """Give a database with the bundled records that this test may change."""
    path = tmp_path / "incidents.db"
    shutil.copyfile(bundled_database, path)
    return path


@pytest.fixture
def make_app(database: Path) -> Iterator[Callable[..., Flask]]:
    """Make apps on the test's database: `make_app(READ_ONLY=True)`; errors are answered as for users."""
    stores: list[incidents.Store] = []

    def make(**config: object) -> Flask:
        app = create_app({"DATABASE": str(database), "TOKEN": TOKEN, "NOW": lambda: NOW, **config})
        stores.append(app.extensions["store"])
        return app

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a visitor who is not signed in."""
    return app.test_client()


@pytest.fixture
def writer(app: Flask) -> FlaskClient:
    """Give a visitor who came by the sign-in link."""
    client = app.test_client()
    assert client.get(f"/sign-in?token={TOKEN}").status_code == 303
    return client


@pytest.fixture
def csrf(writer: FlaskClient) -> str:
    """Give the token that the forms of `writer` carry."""
    with writer.session_transaction() as session:
        return str(session["csrf"])
