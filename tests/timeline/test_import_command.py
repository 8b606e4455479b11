"""`timeline import`: what a file can be, each guess overridden, and every way to break off told plainly."""

from __future__ import annotations

import csv
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


def test_nothing_is_imported_where_the_rejected_rows_cannot_be_kept(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}t-1,Down,2025-10-01\nt-2,Down,nonsense\n")
    result = run("import", path, "--rejected", tmp_path / "missing" / "back.csv")
    assert result.exit_code == 1 and "back.csv cannot be written" in result.stderr
    assert run("show", "t-1").exit_code == 1
    assert "1 added" in run("import", path, "--rejected", tmp_path / "back.csv").stdout


def test_an_import_that_fails_leaves_an_older_file_of_rejected_rows_as_it_is(
    run: Run, tmp_path: Path
) -> None:
    path, back = tmp_path / "file.csv", tmp_path / "back.csv"
    path.write_text("nothing,of,this\nmeans,a,thing\n")
    back.write_text("older")
    before = set(tmp_path.iterdir())
    assert run("import", path, "--rejected", back).exit_code == 1
    assert back.read_text() == "older" and set(tmp_path.iterdir()) == before


def test_the_report_says_where_the_rejected_rows_are(run: Run, tmp_path: Path) -> None:
    path, back = tmp_path / "file.csv", tmp_path / "back.csv"
    path.write_text(f"{HEADER}t-1,Down,nonsense\n")
    assert str(back) in run("import", path, "--rejected", back).stderr
    path.write_text(f"{HEADER}t-1,Down,2025-10-01\n")
    assert str(back) not in run("import", path, "--rejected", back).stderr


def test_rejected_rows_sent_again_keep_their_line_and_get_no_second_reasons(run: Run, tmp_path: Path) -> None:
    path, back, again = (tmp_path / name for name in ("file.csv", "back.csv", "again.csv"))
    path.write_text(f"{HEADER}t-1,Down,2025-10-01\nt-2,Down,nonsense\n")
    assert run("import", path, "--rejected", back).exit_code == 1
    back.write_text(
        back.read_text(encoding="utf-8").replace("Down,nonsense", "Down,2025-02-30"), encoding="utf-8"
    )
    assert run("import", back, "--rejected", again).exit_code == 1
    first, second = (
        [*csv.reader(file.read_text(encoding="utf-8-sig").splitlines())] for file in (back, again)
    )
    assert second[0] == first[0]
    [row] = second[1:]
    assert row[0] == "3" and row[2] == "2025-02-30" and row[6:] == ["t-2", "Down", "2025-02-30"]


@pytest.mark.parametrize("how", ["map", "profile", "ignore-unknown"])
def test_columns_that_are_left_out_are_named(run: Run, tmp_path: Path, how: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text("Kuerzel,What,started_at,Zubehoer\nt-1,Down,2025-10-01,7\n")
    mapped = ("--map", "id={Kuerzel}", "--map", "title={What}")
    if how == "ignore-unknown":
        path.write_text("id,title,started_at,Zubehoer\nt-1,Down,2025-10-01,7\n")
        mapped = ("--ignore-unknown",)
    if how == "profile":
        assert run("import", path, *mapped, "--save-profile", "ours").exit_code == 0
        mapped = ()
    result = run("import", path, *mapped, "--dry-run")
    assert result.exit_code == 0 and "left out: Zubehoer" in result.stderr
    assert "Zubehoer" not in run("import", path, *mapped, "--dry-run", "--ignore", "Zubehoer").stderr


def test_a_dry_run_saves_no_profile(run: Run, database: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}t-1,Down,2025-10-01\n")
    before = {*database.parent.rglob("*.json"), *database.parent.glob("*-profiles")}
    result = run("import", path, "--dry-run", "--save-profile", "ours")
    assert result.exit_code == 0 and "“ours” was not saved" in result.stderr
    assert {*database.parent.rglob("*.json"), *database.parent.glob("*-profiles")} == before
    assert "Saved" in run("import", path, "--save-profile", "ours").stderr


def test_a_note_gives_the_other_values_it_is_true_of(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    rows = "".join(f"t-{n},Down,2025-10-01,reason {n % 8}\n" for n in range(16))
    path.write_text(f"id,title,started_at,cause\n{rows}")
    [line] = [
        line for line in run("import", path, "--dry-run").stderr.splitlines() if "none of the choices" in line
    ]
    assert "“reason 0” is none" in line and line.count("reason 0") == 1
    assert line.endswith("; also “reason 1”, “reason 2”, “reason 3”, “reason 4”, “reason 5”")


def test_a_note_of_several_columns_is_said_once_and_names_them(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("id,title,started_at,resolved_at\nt-1,Down,2025-10-01 10:00,2025-10-01 11:00\n")
    said = [line for line in run("import", path, "--dry-run").stderr.splitlines() if "without a zone" in line]
    assert len(said) == 1 and "started_at, resolved_at" in said[0]


def test_the_sums_of_an_archive_say_of_what(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    assert run("export", "--all", "-o", folder).exit_code == 0
    result = run("import", folder)
    assert result.exit_code == 0 and not result.stderr
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")}
    assert {line.split(": ")[0] for line in result.stdout.splitlines()} == names


def test_the_export_of_the_read_me_is_a_command(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    lines = [line.partition("#")[0].split() for line in text.splitlines() if "$ timeline export " in line]
    assert lines
    monkeypatch.chdir(tmp_path)
    for words in lines:
        result = run(*words[2:])
        assert result.exit_code == 0, result.stderr


def test_a_profile_that_is_not_there_is_one_clear_message(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}t-1,Down,2025-10-01\n")
    result = run("import", path, "--profile", "ours")
    assert result.exit_code == 1 and "“ours”" in result.stderr
    assert run("show", "t-1").exit_code == 1


def test_words_within_a_message_are_in_the_language_of_the_message(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("id;title;started_at;operator\nt-1;a semicolon;2025-10-01;provider\n")
    said = run("--lang", "fr", "import", path, "--on-unknown", "reject").stderr
    assert "type acteur" in said and "«\N{NO-BREAK SPACE}provider\N{NO-BREAK SPACE}»" in said


def test_an_empty_cell_that_every_row_needs_has_a_remedy(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}t-1,,2025-10-01\n")
    assert "--map 'title={Header}'" in run("import", path).stderr


def test_a_column_whose_field_is_filled_by_another_is_named_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("id,title,started_at,affected users,Clients\nt-1,Down,2025-10-01,5,6\n")
    result = run("import", path, "--map", "affected={Clients}", "--dry-run")
    assert result.exit_code == 0 and "left out: affected users" in result.stderr
