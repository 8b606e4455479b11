"""`timeline export`: what it writes brings the same records, into an empty database or into its own."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from incidents import RECORD_TYPES, Record, open_store
from timeline.cli import main

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
Run = Callable[..., Result]
OWN = (
    "id,title,operator_id,started_at,tags,summary\n"
    'T-1,=1+1,Orange,"12 septembre 2025 vers 22h, heure de Paris",a;b,"first\n;=2"\n'
    "T-2,down;=2,orange,2026-02-01T10:00:00+01:00,,plain\n"
)


@pytest.fixture
def run(database: Path) -> Run:
    """Run the command on the test's database, or on another."""

    def go(*args: object, path: Path | None = None) -> Result:
        return CliRunner().invoke(main, ["-d", str(path or database), *map(str, args)])

    return go


@pytest.fixture
def with_own(run: Run, tmp_path: Path) -> Run:
    """The same, with an incident of the user's own."""
    file = tmp_path / "own.csv"
    file.write_text(OWN, "utf-8")
    result = run("import", file)
    assert result.exit_code == 0, result.output
    return run


def records_in(path: Path) -> dict[str, set[Record]]:
    store = open_store(path, at=AT)
    try:
        return {name: set(store.all(name)) for name in RECORD_TYPES}
    finally:
        store.close()


@pytest.mark.parametrize("target", ["records.jsonl", "records.zip", "records"])
def test_all_records_come_into_an_empty_database(
    with_own: Run, database: Path, tmp_path: Path, target: str
) -> None:
    out, empty = tmp_path / target, tmp_path / "empty.db"
    shape = "json" if target.endswith("jsonl") else "csv"
    assert with_own("export", "--all", "--format", shape, "-o", out).exit_code == 0
    assert with_own("init", "--empty", path=empty).exit_code == 0
    result = with_own("import", out, path=empty)
    assert result.exit_code == 0, result.output
    assert records_in(empty) == records_in(database)


@pytest.mark.parametrize("target", ["records.jsonl", "records.zip"])
def test_all_records_read_back_change_nothing(with_own: Run, tmp_path: Path, target: str) -> None:
    out = tmp_path / target
    with_own("export", "--all", "--format", "json" if target.endswith("jsonl") else "csv", "-o", out)
    result = with_own("import", out)
    assert result.exit_code == 0, result.output
    assert all("0 added, 0 updated" in line for line in result.stdout.splitlines())


@pytest.mark.parametrize(
    "options",
    [("--format", "csv"), ("--format", "json"), ("--excel", "fr"), ("--excel", "en")],
    ids=" ".join,
)
def test_incidents_come_into_a_database_with_the_bundled_records(
    with_own: Run, database: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    out, other = tmp_path / "incidents.txt", tmp_path / "other.db"
    assert with_own("export", *options, "-o", out).exit_code == 0
    result = with_own("import", out, path=other)
    assert result.exit_code == 0, result.output
    assert records_in(other)["incident"] == records_in(database)["incident"]


def test_one_collection_can_be_written(with_own: Run) -> None:
    lines = with_own("export", "--format", "json", "--collection", "own").stdout.splitlines()
    assert sorted(json.loads(line)["id"] for line in lines) == ["T-1", "T-2"]


def test_a_zip_holds_a_folder_for_each_collection(with_own: Run, tmp_path: Path) -> None:
    out = tmp_path / "records.zip"
    with_own("export", "--all", "-o", out)
    with zipfile.ZipFile(out) as packed:
        assert {"own/incidents.csv", "bundled/incidents.csv"} <= set(packed.namelist())


def test_a_folder_that_holds_something_is_not_written_into(run: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "incidents.csv").write_text("id\n")
    result = run("export", "--all", "-o", tmp_path / "full")
    assert result.exit_code == 1 and "exists already" in result.stderr
    assert (tmp_path / "full" / "incidents.csv").read_text() == "id\n"
    assert run("export", "-o", tmp_path / "full").exit_code == 1


@pytest.mark.parametrize(
    "args",
    [
        ("--all",),
        ("--all", "--type", "provider", "-o", "x.zip"),
        ("--excel", "fr", "--format", "json"),
        ("--excel", "de"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_exit_code_2(run: Run, args: tuple[str, ...]) -> None:
    assert run("export", *args).exit_code == 2


def test_the_schema_is_written_in_the_language_asked_for(run: Run) -> None:
    schema = json.loads(run("--lang", "fr", "import", "--schema", "--type", "update").stdout)
    assert schema["primaryKey"] == ["id"]
    assert schema["fields"][0]["description"] == "Identifiant, unique dans son genre."
