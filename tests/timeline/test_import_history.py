"""What imports did and the way back: the pages under /import/history, `timeline imports` and `timeline undo`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from incidents import ImportOptions, Store, import_file
from timeline.cli import main

from .conftest import NOW

GOOD = b"id,title,started_at\nt-1,Television down,2025-10-01T20:00+02:00\nt-2,Bad,nonsense\n"
CHANGED = GOOD.replace(b"Television down", b"Television dark")
Run = Callable[..., Result]


@pytest.fixture
def store(app: Flask) -> Store:
    return app.extensions["store"]  # type: ignore[no-any-return]


@pytest.fixture
def imported(store: Store) -> Callable[[bytes], int]:
    """Import bytes, and give the number of the change."""

    def run(data: bytes) -> int:
        report = import_file(store, data, ImportOptions(filename="tickets.csv"), actor="a person", at=NOW)
        assert report.change_set_id is not None
        return report.change_set_id

    return run


@pytest.fixture
def run(database: Path) -> Run:
    def command(*args: str | Path) -> Result:
        env = {"TIMELINE_DATABASE": str(database)}
        return CliRunner().invoke(main, [str(arg) for arg in args], env=env)

    return command


def test_an_import_is_listed_with_its_sums(client: FlaskClient, imported: Callable[[bytes], int]) -> None:
    number = imported(GOOD)
    page = client.get("/import/history").text
    assert f"/import/history/{number}" in page and "1 added, 1 rejected" in page
    [entry] = client.get("/import/history.json").get_json()["imports"]
    assert (entry["id"], entry["sums"]["rejected"], entry["undone_by"]) == (number, 1, None)


def test_a_change_shows_what_it_did_before_and_after(
    client: FlaskClient, imported: Callable[[bytes], int]
) -> None:
    first, second = imported(GOOD), imported(CHANGED)
    assert "Television dark" in client.get(f"/import/history/{first}").text
    page = client.get(f"/import/history/{second}").text
    assert "<del>Television down</del>" in page and "<ins>Television dark</ins>" in page


def test_the_file_is_given_back_byte_for_byte_to_who_may_import(
    client: FlaskClient, writer: FlaskClient, imported: Callable[[bytes], int]
) -> None:
    number = imported(GOOD)
    response = writer.get(f"/import/history/{number}/file")
    assert response.data == GOOD
    assert "tickets.csv" in response.headers["Content-Disposition"]
    assert response.mimetype == "application/octet-stream"
    response.close()
    assert client.get(f"/import/history/{number}/file").status_code == 403
    assert "/file" not in client.get(f"/import/history/{number}").text


def test_an_import_is_taken_back_in_the_page_and_that_too(
    writer: FlaskClient, csrf: str, store: Store, imported: Callable[[bytes], int]
) -> None:
    number = imported(GOOD)
    asked = writer.get(f"/import/history/{number}/undo").text
    assert "1 record that was added goes." in asked
    assert store.get("incident", "t-1") is not None
    sent = writer.post(f"/import/history/{number}/undo", data={"csrf_token": csrf})
    assert sent.status_code == 303
    assert store.get("incident", "t-1") is None
    page = writer.get(f"/import/history/{number}").text
    assert "This change was taken back." in page and "Take this import back" not in page
    again = re.search(r"(\d+)$", sent.headers["Location"])
    assert again is not None
    writer.post(f"/import/history/{again[1]}/undo", data={"csrf_token": csrf})
    assert store.get("incident", "t-1").title == "Television down"  # type: ignore[union-attr]


def test_what_others_changed_since_is_named_before_and_stays(
    writer: FlaskClient, csrf: str, store: Store, imported: Callable[[bytes], int]
) -> None:
    number, later = imported(GOOD), imported(CHANGED)
    asked = writer.get(f"/import/history/{number}/undo").text
    assert f"t-1: changed again since, by change {later}" in asked
    assert '<button class="button button--main">Take it back' not in asked
    writer.post(f"/import/history/{number}/undo", data={"csrf_token": csrf})
    assert store.get("incident", "t-1").title == "Television dark"  # type: ignore[union-attr]


def test_the_bundled_records_are_not_taken_back(writer: FlaskClient, csrf: str, store: Store) -> None:
    revision = store.revision()
    assert "Take this" not in writer.get("/import/history/1").text
    response = writer.post(
        "/import/history/1/undo", data={"csrf_token": csrf}, headers={"Accept": "application/json"}
    )
    assert (response.status_code, response.get_json()["error"]["code"]) == (409, "bundled")
    assert store.revision() == revision


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_may_import_takes_back(
    client: FlaskClient, imported: Callable[[bytes], int], store: Store, method: str
) -> None:
    number = imported(GOOD)
    assert getattr(client, method)(f"/import/history/{number}/undo").status_code == 403
    assert "Take this import back" not in client.get(f"/import/history/{number}").text
    assert store.get("incident", "t-1") is not None


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_a_change_that_is_not_there_is_not_found(writer: FlaskClient, number: str) -> None:
    for path in ("", "/file"):
        assert writer.get(f"/import/history/{number}{path}").status_code == 404


# The commands


def test_the_commands_list_and_take_back(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_bytes(GOOD)
    run("import", path)
    listed = run("imports").stdout
    number = re.match(r"#(\d+) ", listed)
    assert number is not None and "tickets.csv" in listed and "1 added, 1 rejected" in listed
    assert "Dry run: nothing was changed." in run("undo", number[1], "--dry-run").stdout
    assert run("show", "t-1").exit_code == 0
    undone = run("undo", number[1])
    assert undone.exit_code == 0 and "1 record was removed." in undone.stdout
    assert run("show", "t-1").exit_code == 1
    listed = json.loads(run("imports", "--json").stdout)
    assert [entry["kind"] for entry in listed] == ["undo", "import"]
    assert listed[1]["undone_by"] == listed[0]["id"]
    again = run("undo", number[1])
    assert again.exit_code == 1 and "taken back already" in again.stderr


def test_a_number_that_is_none_is_said(run: Run) -> None:
    result = run("undo", "4711")
    assert result.exit_code == 1 and "There is no change 4711" in result.stderr
    assert "Nothing has been imported yet" in run("imports").stderr
