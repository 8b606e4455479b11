"""Imports behind the pages: one after the other, stopped without a trace, their reports kept for other processes."""

from __future__ import annotations

import csv
import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from incidents import ImportOptions, ImportReport, Store, import_file
from timeline import import_jobs
from timeline.import_form import option_fields
from timeline.import_jobs import SILENT_SECONDS, Job, Jobs
from timeline.kept_report import read_report, rejected_rows, report_data, write_rejected
from timeline.report import report_json

from .conftest import NOW

GOOD = b"id,title,started_at\nt-1,Television down,2025-10-01T20:00+02:00\n"
OPTIONS = ImportOptions(filename="tickets.csv")
Add = Callable[[bytes], Job]


@pytest.fixture
def store(app: Flask) -> Store:
    return app.extensions["store"]  # type: ignore[no-any-return]


@pytest.fixture
def jobs(store: Store, tmp_path: Path) -> Iterator[Jobs]:
    folder = tmp_path / "staged"
    folder.mkdir()
    jobs = Jobs(store, folder)
    yield jobs
    jobs.close()


@pytest.fixture
def add(jobs: Jobs, tmp_path: Path) -> Add:
    """Put bytes into the queue as a file of their own."""
    counter = iter(range(1000))

    def put(data: bytes) -> Job:
        path = tmp_path / f"file-{next(counter)}"
        path.write_bytes(data)
        return jobs.add("0" * 64, path, OPTIONS, option_fields(OPTIONS), actor="a person", at=NOW)

    return put


class Gate:
    """An import that reads one block each time it is let on, and does what an import does at the end."""

    def __init__(self) -> None:
        self.reading = threading.Semaphore(0)
        self.let_on = threading.Semaphore(0)

    def import_file(
        self, *args: object, on_progress: Callable[[int, int], None], **named: object
    ) -> ImportReport:
        for block in (1, 2):
            self.reading.release()
            assert self.let_on.acquire(timeout=20)
            on_progress(block * 50, 100)
        return import_file(*args, on_progress=on_progress, **named)  # type: ignore[arg-type]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(import_jobs, "import_file", gate.import_file)
    return gate


def test_an_import_ends_with_its_report(jobs: Jobs, add: Add, store: Store) -> None:
    job = add(GOOD)
    jobs.wait(job.id, 30)
    found = jobs.find(job.id)
    assert found is not None and found.state == "done" and found.report is not None
    assert found.report["counts"]["added"] == 1
    assert store.get("incident", "t-1") is not None


def test_imports_wait_for_each_other_and_tell_how_far_they_are(jobs: Jobs, add: Add, gate: Gate) -> None:
    first = add(GOOD)
    assert gate.reading.acquire(timeout=20)
    second, third = add(GOOD.replace(b"t-1", b"t-2")), add(GOOD.replace(b"t-1", b"t-3"))
    assert [job.state for job in jobs.under_way()] == ["running", "waiting", "waiting"]
    assert [jobs.ahead_of(job.id) for job in (first, second, third)] == [0, 1, 2]
    gate.let_on.release()
    assert gate.reading.acquire(timeout=20)
    found = jobs.find(first.id)
    assert found is not None and (found.done, found.total, found.percent) == (50, 100, 50)
    for _ in range(5):
        gate.let_on.release()
    jobs.wait(third.id, 30)
    assert jobs.under_way() == ()
    assert [jobs.find(job.id).state for job in (first, second, third)] == ["done"] * 3  # type: ignore[union-attr]


def test_a_stopped_import_leaves_nothing(jobs: Jobs, add: Add, gate: Gate, store: Store) -> None:
    revision = store.revision()
    running = add(GOOD)
    assert gate.reading.acquire(timeout=20)
    waiting = add(GOOD)
    jobs.cancel(waiting.id)
    jobs.cancel(running.id)
    gate.let_on.release()
    jobs.wait(running.id, 30)
    assert [jobs.find(job.id).state for job in (running, waiting)] == ["stopped", "stopped"]  # type: ignore[union-attr]
    assert store.revision() == revision


def test_the_end_of_the_program_in_mid_import_leaves_nothing(
    jobs: Jobs, add: Add, gate: Gate, store: Store
) -> None:
    revision = store.revision()
    running = add(GOOD)
    assert gate.reading.acquire(timeout=20)
    waiting = add(GOOD)
    gate.let_on.release(3)
    ending = threading.Thread(target=jobs.close)
    ending.start()
    ending.join(30)
    states = [jobs.find(job.id).state for job in (running, waiting)]  # type: ignore[union-attr]
    assert states[1] == "interrupted"
    assert (states[0], store.revision()) in (("interrupted", revision), ("done", revision + 1))


def test_a_file_that_cannot_be_imported_says_why(jobs: Jobs, add: Add) -> None:
    job = add(b"")
    jobs.wait(job.id, 30)
    found = jobs.find(job.id)
    assert found is not None and found.state == "failed" and found.error is not None
    assert found.error["code"] == "empty-file"


def test_a_failure_of_the_program_is_told_as_one(
    jobs: Jobs, add: Add, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_named: object) -> ImportReport:
        raise RuntimeError("broken")

    monkeypatch.setattr(import_jobs, "import_file", broken)
    job = add(GOOD)
    jobs.wait(job.id, 30)
    found = jobs.find(job.id)
    assert found is not None and found.state == "failed" and found.error is not None
    assert found.error["code"] == "internal-error"
    assert "broken" in caplog.text


def test_another_process_shows_the_same_report(jobs: Jobs, add: Add, store: Store, tmp_path: Path) -> None:
    job = add(GOOD + b"t-2,Bad,nonsense\n")
    jobs.wait(job.id, 30)
    other = Jobs(store, tmp_path / "staged")
    mine, theirs = jobs.find(job.id), other.find(job.id)
    assert mine is not None and theirs is not None and mine.report == theirs.report
    assert [row.line for row in other.rejected(job.id)] == [3]


@pytest.mark.parametrize(
    ("process", "age", "state"),
    [("mine", 0, "interrupted"), ("gone", 0, "interrupted"), ("parent", 0, "running"),
     ("parent", SILENT_SECONDS + 60, "interrupted")],
)  # fmt: skip
def test_an_import_whose_program_ended_is_told_from_one_that_runs_elsewhere(
    jobs: Jobs, tmp_path: Path, process: str, age: int, state: str
) -> None:
    number = {"mine": os.getpid(), "gone": 2**22 + 12345, "parent": os.getppid()}[process]
    path = tmp_path / "staged" / f"job-{'a' * 16}.json"
    path.write_text(
        json.dumps(
            {"id": "a" * 16, "sha256": "0" * 64, "filename": "x.csv", "size": 1, "fields": {}, "at": "",
             "process": number, "state": "running"}
        )
    )  # fmt: skip
    then = time.time() - age
    os.utime(path, (then, then))
    found = jobs.find("a" * 16)
    assert found is not None and found.state == state


@pytest.mark.parametrize("job_id", ["", "../../etc/passwd", "A" * 16, "b" * 16, "a" * 15])
def test_an_unknown_import_is_none(jobs: Jobs, job_id: str) -> None:
    assert jobs.find(job_id) is None


def test_a_report_written_down_reads_back_the_same(store: Store, tmp_path: Path) -> None:
    data = "id,title,started_at,operator_id\n" + "".join(
        f"r-{n},Title {n},{'2025-10-01' if n % 3 else '2025-02-30'},orange\n" for n in range(90)
    )
    report = import_file(store, data.encode(), OPTIONS, actor="a person", at=NOW, dry_run=True)
    again = read_report(json.loads(json.dumps(report_data(report))))
    assert report_json(again) == report_json(report)
    write_rejected(report.rejected_rows(), tmp_path / "rejected")
    assert list(rejected_rows(tmp_path / "rejected")) == list(report.rejected_rows())


# The pages


def _sent(writer: FlaskClient, csrf: str, data: bytes, **fields: str) -> str:
    form = {"csrf_token": csrf, "type": "incident", **fields, "file": (io.BytesIO(data), "tickets.csv")}
    sent = writer.post(
        "/import", data=form, content_type="multipart/form-data", headers={"Accept": "application/json"}
    )
    return str(sent.get_json()["preview"])


def _confirmed(writer: FlaskClient, csrf: str, preview: str) -> str:
    digest = preview.split("/preview/")[1].split("?")[0]
    where = writer.post(
        "/import/confirm",
        data={"csrf_token": csrf, "sha256": digest, "type": "incident", "name": "tickets.csv"},
    ).headers["Location"]
    writer.application.extensions["import_jobs"].wait(where.rsplit("/", 1)[1], 60)
    return str(where)


def test_all_rejected_rows_come_back_from_the_report(writer: FlaskClient, csrf: str) -> None:
    rows = "".join(f"r-{n},Title,2025-02-30\n" for n in range(1_300))
    where = _confirmed(writer, csrf, _sent(writer, csrf, f"id,title,started_at\n{rows}".encode()))
    assert "1,300 rows are rejected" in writer.get(where).text
    text = writer.get(f"{where}/rejected.csv").data.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 1_301


def test_the_preview_of_a_long_file_says_that_it_goes_on_and_the_import_reads_all(
    writer: FlaskClient, csrf: str, app: Flask
) -> None:
    rows = "".join(f"r-{n},Title {n},2025-02-01\n" for n in range(2_100))
    preview = _sent(writer, csrf, f"id,title,started_at\n{rows}".encode())
    page = writer.get(preview).text
    assert "The file goes on: this preview covers its first 2,000 rows" in page
    where = _confirmed(writer, csrf, preview)
    assert "2,100 rows imported" in writer.get(where).text
    assert app.extensions["store"].get("incident", "r-2099") is not None


def test_a_preview_waits_while_an_import_runs(writer: FlaskClient, csrf: str, app: Flask, gate: Gate) -> None:
    preview = _sent(writer, csrf, GOOD)
    jobs: Jobs = app.extensions["import_jobs"]
    digest = preview.split("/preview/")[1].split("?")[0]
    path = jobs._folder / digest
    job = jobs.add(digest, path, OPTIONS, option_fields(OPTIONS), actor="a person", at=NOW)
    assert gate.reading.acquire(timeout=20)
    assert "Another import is running" in writer.get(preview).text
    page = writer.get(f"/import/jobs/{job.id}").text
    assert "<progress" in page and 'http-equiv="refresh"' in page
    body = writer.get(f"/import/jobs/{job.id}.json").get_json()
    assert (body["state"], body["report"]) == ("running", None)
    stopped = writer.post(f"/import/jobs/{job.id}/stop", data={"csrf_token": csrf})
    gate.let_on.release()
    jobs.wait(job.id, 30)
    assert "Stopped: nothing was imported" in writer.get(stopped.headers["Location"]).text
    assert "Check before importing" in writer.get(preview).text


@pytest.mark.parametrize("path", ["", ".json", "/rejected.csv"])
def test_an_import_is_shown_to_nobody_else(client: FlaskClient, writer: FlaskClient, path: str) -> None:
    assert client.get(f"/import/jobs/{'a' * 16}{path}").status_code == 403
    assert writer.get(f"/import/jobs/{'a' * 16}{path}").status_code == 404
