"""Saved profiles: made in the page or by the command, found again by the header, left aside when asked."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from timeline.cli import main
from timeline.import_profiles import profiles_folder

ODD = "what,begin of it\nTelevision down,2025-10-01\n"
MAPPED = ("--map", "title={what}", "--map", "started_at={begin of it}")


def command(database: Path, *args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], env={"TIMELINE_DATABASE": str(database)})


def test_a_profile_is_saved_and_found_by_the_header(database: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    first.write_text(ODD)
    second.write_text(ODD.replace("2025-10-01", "2025-10-02"))
    assert command(database, "import", first, "--dry-run").exit_code == 1
    saved = command(database, "import", first, *MAPPED, "--save-profile", "Our tool")
    assert saved.exit_code == 0 and "Saved as the profile “Our tool”" in saved.stderr
    again = command(database, "import", second)
    assert "profile “Our tool”" in again.stderr and "1 added" in again.stdout
    assert command(database, "import", second, "--profile", "none").exit_code == 1
    assert "1 unchanged" in command(database, "import", second, "--profile", "our TOOL").stdout


@pytest.mark.parametrize(("option", "name"), [("--profile", "nowhere"), ("--save-profile", "../x")])
def test_a_profile_that_cannot_be_is_one_clear_message(
    database: Path, tmp_path: Path, option: str, name: str
) -> None:
    path = tmp_path / "one.csv"
    path.write_text(ODD)
    profiles_folder(database).mkdir()
    result = command(database, "import", path, *MAPPED, option, name)
    assert result.exit_code == 1 and name in result.stderr
    assert not list(tmp_path.rglob("x.toml"))


def test_a_profile_is_saved_in_the_page_and_used_for_the_next_file(
    writer: FlaskClient, csrf: str, database: Path
) -> None:
    form = {"csrf_token": csrf, "type": "incident", "file": (io.BytesIO(ODD.encode()), "odd.csv")}
    location = writer.post("/import", data=form).headers["Location"]
    assert writer.get(location).status_code == 400
    page = writer.get(f"{location}&map.title=what&map.started_at=begin+of+it").text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page))
    saved = writer.post("/import/profile", data={**fields, "save_as": "Our tool"})
    assert saved.status_code == 303
    assert [path.name for path in profiles_folder(database).iterdir()] == ["our_tool.toml"]
    page = writer.get(location)
    assert page.status_code == 200 and "the profile “Our tool”" in page.text
    assert writer.get(f"{location}&profile=none").status_code == 400


def test_a_profile_that_cannot_be_read_stops_no_import_that_does_not_name_it(
    writer: FlaskClient, csrf: str, database: Path
) -> None:
    profiles_folder(database).mkdir()
    (profiles_folder(database) / "broken.toml").write_text("name = ")
    form = {"csrf_token": csrf, "file": (io.BytesIO(b"id,title,started_at\na,b,2025-10-01\n"), "good.csv")}
    location = writer.post("/import", data=form).headers["Location"]
    assert writer.get(location).status_code == 200
