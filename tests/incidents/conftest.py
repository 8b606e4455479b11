"""Stores for the tests of the records: one with the bundled records, copied for each test that writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import incidents
from incidents import Store

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def bundled_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundled") / "incidents.db"
    incidents.open_store(path, at=AT).close()
    return path


@pytest.fixture(scope="session")
def bundled(bundled_path: Path) -> Iterator[Store]:
    """The bundled records, to read only."""
    store = incidents.open_store(bundled_path, at=AT)
    yield store
    store.close()


@pytest.fixture
def store(bundled_path: Path, tmp_path: Path) -> Iterator[Store]:
    """The bundled records in a file of the test's own."""
    path = tmp_path / "own.db"
    shutil.copy(bundled_path, path)
    shutil.copytree(incidents.files_folder(bundled_path), incidents.files_folder(path))
    store = incidents.open_store(path, at=AT)
    yield store
    store.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    store = incidents.open_store(tmp_path / "empty.db", at=AT, with_bundled=False)
    yield store
    store.close()
