"""The command line: data on stdout, talk on stderr, exit codes 0, 1 and 2, never a traceback for a user's mistake."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from incidents import RECORD_TYPES
from timeline.cli import main
from timeline.serving import address

ROOT = Path(__file__).parents[2]
LIVEBOX = "2025-09-12-orange-livebox-tv"
GOOD = "id,title,started_at,operator_id\nt-1,Television down,2025-10-01T20:00+02:00,orange\n"
MIXED = GOOD + "t-2,Bad date,31/02/2025,orange\nt-3,Unknown,2025-10-02,oragne\n"

Run = Callable[..., Result]


@pytest.fixture
def run(database: Path) -> Run:
    """Run a command on the test's own copy of the bundled records."""

    def command(*args: str | Path, input: str | bytes | None = None, path: Path = database) -> Result:
        env = {"TIMELINE_DATABASE": str(path)}
        return CliRunner().invoke(main, [str(arg) for arg in args], input=input, env=env)

    return command


@pytest.fixture
def tickets(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str, name: str = "tickets.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


# show


def test_show_computes_the_impact_of_the_lead_incident_with_its_formula(run: Run) -> None:
    result = run("show", LIVEBOX)
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "about 6.67 million user-hours (10 million x 40 min)" in text
    assert "lower bound 5.83 million (10 million x 35 min: about 40 min read as 35 to 45 min)" in text
    assert "no upper bound" in text
    assert "Friday 12 September 2025, about 22:00 (Paris)" in text


def test_the_impact_follows_the_record_and_is_not_written_anywhere(
    run: Run, tickets: Callable[[str], Path]
) -> None:
    row = (
        "id,title,started_at,operator_id,duration_low_minutes,duration_high_minutes,affected_low,affected_high,affected_unit\n"
        "t-9,Half an hour,2025-10-01T20:00+02:00,orange,30,30,6000000,6000000,subscribers\n"
    )
    assert run("import", tickets(row)).exit_code == 0
    text = " ".join(run("show", "t-9").stdout.split())
    # 6,000,000 users for half an hour, on both bounds.
    assert "about 3 million user-hours (6 million x 30 min)" in text
    assert "lower bound 3 million" in text and "upper bound 3 million" in text


def test_show_names_providers_the_path_duties_and_sources(run: Run) -> None:
    text = run("show", LIVEBOX).stdout
    for words in (
        "Orange",
        "Amazon Web Services",
        "CLOUD Act",
        "may be engaged",
        "not legal advice",
        "https://",
    ):
        assert words in text
    assert "→" in text


@pytest.mark.parametrize("place", [("show", "--lang", "fr", LIVEBOX), ("--lang", "fr", "show", LIVEBOX)])
def test_show_speaks_french(run: Run, place: tuple[str, ...]) -> None:
    text = " ".join(run(*place).stdout.split())
    assert "vendredi 12 septembre 2025" in text
    assert "6,67 millions" in text


def test_show_as_json_is_data(run: Run) -> None:
    body = json.loads(run("show", LIVEBOX, "--json").stdout)
    assert body["incident"]["id"] == LIVEBOX
    assert round(body["user_hours"]["amount"]["central"]) == 6_666_667
    assert body["user_hours"]["amount"]["high"] is None


def test_every_bundled_incident_can_be_shown(run: Run) -> None:
    ids = [row["id"] for row in csv.DictReader(io.StringIO(run("export").stdout))]
    assert len(ids) == 98
    for record_id in ids[::7]:
        result = run("show", record_id)
        assert result.exit_code == 0 and record_id in result.stdout


def test_an_unknown_id_names_the_nearest(run: Run) -> None:
    result = run("show", "2025-09-12-orange-livebox")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert LIVEBOX in result.stderr


# import


def test_import_says_the_sums_and_the_same_file_again_changes_nothing(
    run: Run, tickets: Callable[[str], Path]
) -> None:
    path = tickets(GOOD)
    assert (
        run("import", path).stdout == "1 row read: 1 added, 0 updated, 0 unchanged, 0 duplicate, 0 rejected\n"
    )
    again = run("import", path)
    assert again.exit_code == 0
    assert again.stdout == "1 row read: 0 added, 0 updated, 1 unchanged, 0 duplicate, 0 rejected\n"


def test_a_rejected_row_names_line_column_value_and_remedy_and_the_others_come_in(
    run: Run, tickets: Callable[[str], Path]
) -> None:
    result = run("import", tickets(MIXED))
    assert result.exit_code == 1
    assert "3 rows read: 1 added, 0 updated, 0 unchanged, 0 duplicate, 2 rejected" in result.stdout
    assert "line 3, column “started_at”: " in result.stderr and "31/02/2025" in result.stderr
    assert "line 4, column “operator_id”: " in result.stderr and "orange" in result.stderr
    assert run("show", "t-1").exit_code == 0


@pytest.mark.parametrize("option", ["--strict", "--dry-run"])
def test_nothing_changes_when_asked_so(run: Run, tickets: Callable[[str], Path], option: str) -> None:
    result = run("import", tickets(MIXED), option)
    assert result.exit_code == 1
    assert "nothing was changed" in result.stdout
    assert run("show", "t-1").exit_code == 1


def test_columns_are_assigned_zones_and_values_given(run: Run, tickets: Callable[[str], Path]) -> None:
    text = "No;Service;Problem;Begin\n7;TV;dark;12/09/2025 22:00\n"
    result = run(
        "import", tickets(text), "--map", "id=T-{No}", "--map", "title={Service}: {Problem}",
        "--map", "started_at={Begin}", "--set", "operator_id=orange", "--date-order", "DMY", "--timezone", "UTC",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    incident = json.loads(run("show", "T-7", "--json").stdout)["incident"]
    assert incident["title"] == "TV: dark"
    assert incident["started_at"]["earliest"] == "2025-09-12T22:00:00Z"
    assert incident["operator_id"] == "orange"


def test_rejected_rows_are_written_and_can_be_sent_again(
    run: Run, tickets: Callable[[str], Path], tmp_path: Path
) -> None:
    out = tmp_path / "rejected.csv"
    run("import", tickets(MIXED), "--rejected", out)
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [row["rejected_line"] for row in rows] == ["3", "4"]
    out.write_text(
        out.read_text("utf-8").replace("31/02/2025", "2025-02-28").replace("oragne", "orange"), "utf-8"
    )
    assert "2 added" in run("import", out).stdout


def test_the_report_as_json(run: Run, tickets: Callable[[str], Path]) -> None:
    body = json.loads(run("import", tickets(MIXED), "--json").stdout)
    assert (body["read"], body["added"], body["rejected"]) == (3, 1, 2)
    assert [row["outcome"] for row in body["rows"]] == ["added", "rejected", "rejected"]


def test_rows_come_from_standard_input_too(run: Run) -> None:
    assert "1 added" in run("import", "-", input=GOOD).stdout


def test_many_equal_problems_are_said_once(run: Run, tickets: Callable[[str], Path]) -> None:
    rows = "".join(f"x-{n},Title,2025-10-01,nobody-of-this-name\n" for n in range(30))
    result = run("import", tickets("id,title,started_at,operator_id\n" + rows))
    assert result.stderr.count("nobody-of-this-name") == 1
    assert "line 2 and 29 more" in result.stderr


def test_different_problems_are_cut_after_a_screen(run: Run, tickets: Callable[[str], Path]) -> None:
    rows = "".join(f"x-{n},Title,2025-02-3{n}\n" for n in range(0, 30))
    result = run("import", tickets("id,title,started_at\n" + rows))
    assert len(result.stderr.splitlines()) < 25
    assert "--rejected FILE" in result.stderr


@pytest.mark.parametrize("name", sorted(RECORD_TYPES))
def test_a_template_is_written_for_each_kind(run: Run, name: str) -> None:
    result = run("import", "--template", "--type", name)
    assert result.exit_code == 0
    assert RECORD_TYPES[name].key in next(csv.reader(io.StringIO(result.stdout)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 20, "not text"),
        (b"1,2\n3,4\n", "is no header"),
        (b"id,title,started_at,colour\na,b,2025-01-01,red\n", "colour"),
        (b"id,title\na,b\n", "started_at"),
        (b"id,title,started_at,resolved_at\na,b,2025-01-02,2025-01-01\n", "before the start"),
        (b"id,title,started_at\na,b,2025-02-30\n", "2025-02-30"),
        (b"id,title,started_at,operator_id\na,b,2025-01-01,nobody\n", "nobody"),
    ],
    ids=[
        "empty",
        "binary",
        "no header",
        "unknown column",
        "missing column",
        "end first",
        "no such day",
        "unknown",
    ],
)
def test_bad_input_is_one_clear_message_and_an_unchanged_database(
    run: Run, tmp_path: Path, text: bytes, words: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(text)
    before = run("export").stdout
    result = run("import", path)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr and not isinstance(result.exception, (ValueError, KeyError))
    assert run("export").stdout == before


def test_a_file_that_is_not_there(run: Run) -> None:
    result = run("import", "missing.csv")
    assert result.exit_code == 1
    assert "missing.csv cannot be read: no such file or directory" in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("import",),
        ("import", "-", "--map", "title"),
        ("import", "-", "--set", "=x"),
        ("import", "-", "--type", "incidnet"),
        ("import", "-", "--delimiter", "ab"),
        ("import", "-", "--date-order", "YDM"),
        ("show",),
        ("frobnicate",),
        ("serve", "--port", "99999"),
        ("export", "--format", "xml"),
    ],
    ids=" ".join,
)
def test_a_command_wrongly_used_is_exit_code_2(run: Run, args: tuple[str, ...]) -> None:
    result = run(*args, input="")
    assert result.exit_code == 2
    assert "Error:" in result.stderr


# export, init, check, versions


def test_what_is_exported_reads_back_unchanged(run: Run, tmp_path: Path) -> None:
    for name in RECORD_TYPES:
        out = tmp_path / f"{name}.csv"
        assert run("export", "--type", name, "-o", out).stdout == ""
        result = run("import", out, "--type", name, "--collection", "bundled")
        assert result.exit_code == 0, (name, result.stderr)
        rows = len(list(csv.DictReader(io.StringIO(out.read_text("utf-8")))))
        assert f": 0 added, 0 updated, {rows} unchanged, 0 duplicate, 0 rejected" in result.stdout, name


def test_export_as_json_is_one_record_a_line(run: Run) -> None:
    lines = run("export", "--format", "json").stdout.splitlines()
    assert len(lines) == 98
    assert {json.loads(line)["type"] for line in lines} == {"incident"}


def test_an_export_that_cannot_be_written_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    result = run("export", "-o", tmp_path / "missing" / "out.csv")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert not (tmp_path / "missing").exists()


def test_init_makes_a_database_with_or_without_the_bundled_records(run: Run, tmp_path: Path) -> None:
    full, bare = tmp_path / "full.db", tmp_path / "bare.db"
    assert "98 incidents" in run("init", path=full).stderr
    assert "0 incidents" in run("init", "--empty", path=bare).stderr
    assert len(run("export", "--format", "json", path=bare).stdout.splitlines()) == 0


def test_init_changes_nothing_that_exists(run: Run, database: Path) -> None:
    before = database.read_bytes()
    result = run("init")
    assert result.exit_code == 1
    assert "exists already" in result.stderr
    assert database.read_bytes() == before


def test_an_import_into_a_new_path_creates_the_database(run: Run, tmp_path: Path) -> None:
    path, file = tmp_path / "new.db", tmp_path / "file.csv"
    file.write_text("id,title,started_at\nt-1,Down,2025-10-01\n")
    result = run("import", file, path=path)
    assert result.exit_code == 0
    assert f"Creating {path}" in result.stderr
    assert path.exists()


@pytest.mark.parametrize(
    "args",
    [
        ("imports",),
        ("history", LIVEBOX),
        ("undo", "2"),
        ("export",),
        ("show", LIVEBOX),
        ("check",),
        ("upgrade",),
    ],
    ids=lambda args: args[0],
)
def test_a_command_that_reads_creates_no_database(run: Run, tmp_path: Path, args: tuple[str, ...]) -> None:
    path = tmp_path / "empty" / "incidents.db"
    path.parent.mkdir()
    result = run(*args, path=path)
    assert result.exit_code == 1 and not result.stdout
    assert f"There is no database at {path}" in result.stderr and "timeline init" in result.stderr
    assert not list(path.parent.iterdir())


def test_the_database_can_be_named_before_or_after_the_command(tmp_path: Path) -> None:
    for number, args in enumerate((["-d", "{}", "init"], ["init", "--database", "{}"])):
        path = tmp_path / f"{number}.db"
        result = CliRunner().invoke(main, [arg.format(path) for arg in args])
        assert result.exit_code == 0 and path.exists()


def test_check_says_what_holds_which_sqlite_and_how_many(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0
    for words in (
        "ok    integrity",
        "ok    foreign_keys",
        "sqlite: 3.",
        "journal: ",
        "incidents: 98",
        "obligations: 46",
    ):
        assert words in result.stdout


def test_check_fails_on_a_damaged_row(run: Run, database: Path) -> None:
    data = database.read_bytes()
    damaged = data.replace(
        b"Orange television goes black on Livebox", b"Orange television goes blank on Liveb0x"[:39]
    )
    assert damaged != data
    database.write_bytes(damaged)
    result = run("check")
    assert result.exit_code == 1
    assert "FAIL" in result.stdout
    assert "damaged" in result.stderr


@pytest.mark.parametrize(
    "content", [b"this is no database at all, only some text" * 30, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database_is_refused_and_not_changed(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    result = run("show", LIVEBOX, path=path)
    assert result.exit_code == 1
    assert "Error:" in result.stderr and "Traceback" not in result.stderr
    assert path.read_bytes() == content


def test_versions_are_named(run: Run) -> None:
    result = run("--version")
    assert result.exit_code == 0
    names = {line.split()[0] for line in result.stdout.splitlines()}
    assert {"outage-timeline", "python", "sqlite", "Flask", "plotly"} <= names


# serve


def test_beyond_this_machine_serve_needs_a_token(run: Run) -> None:
    result = run("serve", "--host", "0.0.0.0")
    assert result.exit_code == 2
    assert "TIMELINE_TOKEN is not set" in result.stderr


def test_a_port_in_use_is_said_with_the_way_out(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "is in use already" in result.stderr and "--port" in result.stderr


def test_a_setting_that_cannot_be_is_named(database: Path) -> None:
    result = CliRunner().invoke(
        main, ["serve"], env={"TIMELINE_DATABASE": str(database), "TIMELINE_PORT": "eighty"}
    )
    assert result.exit_code == 1
    assert "TIMELINE_PORT" in result.stderr


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::1", "http://[::1]:80")],
)
def test_the_address_printed_can_be_opened(host: str, shown: str) -> None:
    assert address(host, 80) == shown


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_says_how_to_sign_in_and_stops_on_a_signal(
    database: Path, number: signal.Signals
) -> None:
    env = {**os.environ, "TIMELINE_DATABASE": str(database), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "timeline", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(4)]
        url = said[0].split()[-1].rstrip("/")
        assert "Ctrl+C" in said[3]
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            assert answer.status == 200
            assert "waitress" not in str(answer.headers)
        link = said[1].split()[-1]
        assert link.startswith(f"{url}/sign-in?token=")
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with browser.open(link, timeout=10) as answer:
            assert answer.url == f"{url}/import"
            assert b'type="file"' in answer.read()
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=15)
        assert process.returncode == 0
        assert "Stopped." in stderr
        assert stdout == ""
    finally:
        process.kill()
        process.communicate()


# What changes, and what to add when dates are in doubt


def test_an_update_says_which_fields_change(run: Run, tickets: Callable[[str], Path]) -> None:
    head = "id,title,started_at\n"
    run("import", tickets(head + "u-1,Old words,2025-10-01T20:00+02:00\n"))
    result = run("import", tickets(head + "u-1,New words,2025-10-01T20:00+02:00\n"))
    assert "line 2: u-1 title: Old words -> New words" in result.stderr
    rows = "".join(f"m-{n},{{}} {n},2025-10-01T20:00+02:00\n" for n in range(25))
    run("import", tickets(head + rows.replace("{}", "A")))
    result = run("import", tickets(head + rows.replace("{}", "B")))
    assert result.stderr.count(" -> ") == 20
    assert "and 5 more" in result.stderr
    assert "25 updated" in result.stdout


def test_dates_that_can_be_read_in_two_ways_name_the_option(run: Run, tickets: Callable[[str], Path]) -> None:
    file = tickets("id,title,started_at\nd-1,Title,05/06/2025\n")
    assert "--date-order DMY" in run("import", file).stderr
    assert "--date-order" not in run("import", file, "--date-order", "DMY").stderr


def test_several_cells_of_a_row_are_one_row(run: Run, tickets: Callable[[str], Path]) -> None:
    rows = "".join(f"c-{n},Title,2025-10-01,nobody:supplier;noone:supplier\n" for n in range(3))
    result = run("import", tickets("id,title,started_at,providers\n" + rows))
    assert result.stderr.count("and 2 more") <= 2
    assert "and 5 more" not in result.stderr


def test_rejected_rows_keep_the_separator_of_the_file(
    run: Run, tickets: Callable[[str], Path], tmp_path: Path
) -> None:
    out = tmp_path / "back.csv"
    run("import", tickets("id;titre;début\nr-1;Panne, à Évry;32/01/2025\n"), "--rejected", out)
    assert out.read_bytes().startswith(codecs.BOM_UTF8)
    [row] = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")), delimiter=";")
    assert row["titre"] == "Panne, à Évry"
    out.write_bytes(out.read_bytes().replace(b"32/01/2025", b"2025-01-31"))
    assert "1 added" in run("import", out).stdout


def test_nothing_that_is_read_is_written_over(
    run: Run, database: Path, tickets: Callable[[str], Path]
) -> None:
    file = tickets(MIXED)
    for args in (("export", "-o", database), ("import", file, "--rejected", database)):
        before = database.read_bytes()
        result = run(*args)
        assert (result.exit_code, database.read_bytes()) == (1, before)
        assert "not written over" in result.stderr
    result = run("import", file, "--rejected", file, "--dry-run")
    assert (result.exit_code, file.read_text("utf-8")) == (1, MIXED)


def test_a_damaged_database_is_said_without_a_traceback(run: Run, database: Path, tmp_path: Path) -> None:
    content = bytearray(database.read_bytes())
    content[20_000:60_000] = b"x" * 40_000
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(content)
    for args in (("check",), ("show", LIVEBOX)):
        result = run(*args, path=damaged)
        assert result.exit_code == 1
        assert "damaged" in result.stderr
        assert isinstance(result.exception, SystemExit)
