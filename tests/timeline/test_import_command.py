"""`timeline import`: what a file can be, each guess overridden, and every way to break off told plainly."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import incidents
from timeline.cli import main

HEADER = "id,title,started_at\n"
Run = Callable[..., Result]


@pytest.fixture
def run(database: Path) -> Run:
    def command(*args: str | Path, input: str | bytes | None = None) -> Result:
        env = {"TIMELINE_DATABASE": str(database)}
        return CliRunner().invoke(main, [str(arg) for arg in args], input=input, env=env)

    return command


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("id~title~started_at\nt-1~Down~2025-10-01\n", ("--delimiter", "~")),
        ("id,title,started_at\nt-1,'Down',2025-10-01\n", ("--quote", "single")),
        ("a report of, some,\nid,title,started_at\nt-1,Down,2025-10-01\n", ("--header", "2")),
        ("t-1,Down,2025-10-01\nt-2,Down,2025-10-02\n",
         ("--header", "none", "--map", "id={column 1}", "--map", "title={column 2}", "--map", "started_at={column 3}")),
        ("ticket,title,started_at,providers\nt-1,Down,2025-10-01,orange\nt-1,Down,2025-10-01,sfr\n",
         ("--group-by", "ticket", "--map", "id={ticket}")),
    ],
    ids=["delimiter", "quote", "header", "no header", "group"],
)  # fmt: skip
def test_each_guess_can_be_overridden(run: Run, tmp_path: Path, text: str, args: tuple[str, ...]) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text)
    result = run("import", path, *args)
    assert result.exit_code == 0, result.stderr
    assert json.loads(run("show", "t-1", "--json").stdout)["incident"]["title"] == "Down"


def test_a_packed_file_is_unpacked(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}t-1,Down,2025-10-01\n".encode()))
    assert "1 added" in run("import", path).stdout


def test_standard_input_leaves_no_file_behind(run: Run, database: Path) -> None:
    before = set(database.parent.iterdir())
    assert "1 rejected" in run("import", "-", input=f"{HEADER}t-1,Down,nonsense\n").stdout
    assert set(database.parent.iterdir()) <= {*before, database.with_name(database.name + "-wal"),
                                              database.with_name(database.name + "-shm")}  # fmt: skip


def test_ctrl_c_says_that_nothing_was_imported(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}t-1,Down,2025-10-01\n")
    real = incidents.import_file

    def interrupted(*args: object, **named: object) -> object:
        def stop(_done: int, _of: int) -> None:
            raise KeyboardInterrupt

        return real(*args, **{**named, "on_progress": stop})  # type: ignore[arg-type]

    monkeypatch.setattr(incidents, "import_file", interrupted)
    result = run("import", path)
    assert result.exit_code == 130
    assert "nothing of this file was imported" in result.stderr
    monkeypatch.undo()
    assert run("show", "t-1").exit_code == 1


@pytest.mark.parametrize("kind", ["folder", "pipe", "missing"])
def test_what_is_no_file_is_one_clear_message(run: Run, tmp_path: Path, kind: str) -> None:
    import os

    path = tmp_path / "thing"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    result = run("import", path)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ") and "thing" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("args", [("--header", "first"), ("--header", "0"), ("--quote", "ab"), ("--sheet",)])
def test_an_option_wrongly_used_is_exit_code_2(run: Run, args: tuple[str, ...]) -> None:
    assert run("import", "-", *args, input="").exit_code == 2


def test_the_report_says_how_the_same_file_was_recognised(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}t-1,Down,2025-10-01\n")
    assert "recognised" not in run("import", path).stderr
    again = run("import", path)
    assert "recognised by its digest" in again.stderr and "1 unchanged" in again.stdout
    assert json.loads(run("import", path, "--json").stdout)["recognised_by"] == "file"


def test_the_json_groups_problems_by_kind(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEADER + "".join(f"t-{n},Down,2025-02-30\n" for n in range(40)))
    [group] = json.loads(run("import", path, "--json").stdout)["problems"]
    assert (group["column"], group["rows"]) == ("started_at", 40)
    assert group["code"] and group["examples"][0]["value"] == "2025-02-30"
