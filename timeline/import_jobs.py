"""Imports that run behind the pages: one after the other, each wholly or not at all, seen by all who may import.

Knows the waiting file, the record's import and a file beside the waiting one that says how it went. No words, no page.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from incidents import ImportOptions, ImportReport, Store, TimelineError, import_file
from timeline.kept_report import rejected_rows, report_data, write_rejected
from timeline.wording import N_

State = Literal["waiting", "running", "done", "failed", "stopped", "interrupted"]
JOB_ID = re.compile(r"[0-9a-f]{16}")
UNDER_WAY = ("waiting", "running")
SIGN_OF_LIFE = 2.0
SILENT_SECONDS = 120
FINISH_SECONDS = 10
log = logging.getLogger("timeline")


class StoppedError(Exception):
    """Ends an import from within; nothing of it remains."""


@dataclass(slots=True)
class Job:
    """One import: which file, read how, how far it is, and what came of it.

    `fields` are the choices as the form has them; `error` is message, code, params and hint of what went wrong.
    """

    id: str
    sha256: str
    filename: str
    size: int
    fields: Mapping[str, str]
    at: str
    process: int = 0
    state: State = "waiting"
    done: int = 0
    total: int = 0
    error: Mapping[str, Any] | None = None
    report: Mapping[str, Any] | None = None

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


@dataclass(slots=True)
class _Work:
    job: Job
    path: Path
    options: ImportOptions
    actor: str
    at: datetime
    stop: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """The imports of one process: a queue and the one thread that takes from it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._queue: deque[_Work] = deque()
        self._running: _Work | None = None
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._ending = False

    def add(
        self,
        sha256: str,
        path: Path,
        options: ImportOptions,
        chosen: Mapping[str, str],
        *,
        actor: str,
        at: datetime,
    ) -> Job:
        """Put an import into the queue."""
        job = Job(
            id=secrets.token_hex(8),
            sha256=sha256,
            filename=options.filename,
            size=path.stat().st_size,
            fields=dict(chosen),
            at=at.isoformat(),
            process=os.getpid(),
        )
        os.utime(path)  # A file that waits for its turn is not old.
        self._keep(job)
        with self._change:
            self._queue.append(_Work(job, path, options, actor, at))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="imports", daemon=True)
                self._thread.start()
            self._change.notify_all()
        return job

    def find(self, job_id: str) -> Job | None:
        """Give an import of this process or, from its file, one of another; None for one that is not known."""
        if not JOB_ID.fullmatch(job_id):
            return None
        work = self._work_of(job_id)
        return work.job if work is not None else self._kept(job_id)

    def ahead_of(self, job_id: str) -> int:
        """Give how many imports come before one."""
        with self._change:
            waiting = [work.job.id for work in self._queue]
            if job_id not in waiting:
                return 0
            return waiting.index(job_id) + (self._running is not None)

    def under_way(self) -> tuple[Job, ...]:
        """Give the imports that run or wait, in order."""
        with self._change:
            running = [self._running] if self._running is not None else []
            return tuple(work.job for work in [*running, *self._queue])

    def wait(self, job_id: str, seconds: float) -> None:
        """Return when an import has ended, or after a time."""
        work = self._work_of(job_id)
        if work is not None:
            work.ended.wait(seconds)

    def cancel(self, job_id: str) -> None:
        """Stop an import that waits or runs; nothing of it remains."""
        work = self._work_of(job_id)
        if work is None:
            return
        work.stop.set()
        with self._change:
            if work not in self._queue:
                return
            self._queue.remove(work)
        self._end(work, "stopped")

    def rejected(self, job_id: str) -> Iterator[Any]:
        """Walk the rejected rows of an import that has ended."""
        return rejected_rows(self._rejected_path(job_id))

    def close(self) -> None:
        """Stop what runs and what waits, and return when the record is as it was before."""
        with self._change:
            self._ending = True
            waiting, running = list(self._queue), self._running
            self._queue.clear()
            self._change.notify_all()
        for work in waiting:
            self._end(work, "interrupted")
        if running is not None:
            running.stop.set()
            running.ended.wait(FINISH_SECONDS)

    def _work_of(self, job_id: str) -> _Work | None:
        with self._change:
            works = [*self._queue, *([self._running] if self._running is not None else [])]
        return next((work for work in works if work.job.id == job_id), None)

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._queue and not self._ending:
                    self._change.wait()
                if self._ending:
                    return
                self._running = work = self._queue.popleft()
            work.job.state = "running"
            self._keep(work.job)
            self._run(work)

    def _run(self, work: _Work) -> None:
        job = work.job
        try:
            report = import_file(
                self._store,
                work.path,
                work.options,
                actor=work.actor,
                at=work.at,
                on_progress=self._ticker(work),
            )
            self._done(job, report)
            state: State = "done"
        except StoppedError:
            state = "interrupted" if self._ending else "stopped"
        except TimelineError as error:
            state = "failed"
            job.error = {
                "message": error.message,
                "code": error.code,
                "params": dict(error.params),
                "hint": error.hint,
            }
        except Exception:
            log.exception("an import failed")
            state = "failed"
            job.error = {
                "message": N_("Something went wrong here, and nothing was imported."),
                "code": "internal-error",
                "params": {},
                "hint": N_("The details are in the terminal where the program runs."),
            }
        self._end(work, state)

    def _done(self, job: Job, report: ImportReport) -> None:
        job.report = report_data(report)
        if report.rejected:
            try:
                write_rejected(report.rejected_rows(), self._rejected_path(job.id))
            except OSError:
                log.exception("the rejected rows of an import could not be kept")

    def _end(self, work: _Work, state: State) -> None:
        work.job.state = state
        self._keep(work.job)
        with self._change:
            if self._running is work:
                self._running = None
        work.ended.set()

    def _ticker(self, work: _Work) -> Callable[[int, int], None]:
        last = time.monotonic()

        def tick(done: int, total: int) -> None:
            nonlocal last
            if work.stop.is_set():
                raise StoppedError
            work.job.done, work.job.total = done, total
            if time.monotonic() - last > SIGN_OF_LIFE:
                last = time.monotonic()
                for job in self.under_way():
                    self._path(job.id).touch()

        return tick

    def _path(self, job_id: str) -> Path:
        return self._folder / f"job-{job_id}.json"

    def _rejected_path(self, job_id: str) -> Path:
        return self._folder / f"job-{job_id}.rejected"

    def _keep(self, job: Job) -> None:
        path = self._path(job.id)
        draft = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.write_text(json.dumps(asdict(job), default=str), "utf-8")
            draft.replace(path)
        except OSError:
            log.exception("the state of an import could not be kept")

    def _kept(self, job_id: str) -> Job | None:
        path = self._path(job_id)
        try:
            data = json.loads(path.read_text("utf-8"))
            silent = time.time() - path.stat().st_mtime > SILENT_SECONDS
        except (OSError, ValueError):
            return None
        job = Job(**{one.name: data[one.name] for one in fields(Job) if one.name in data})
        if job.under_way and (silent or job.process == os.getpid() or not _alive(job.process)):
            job.state = "interrupted"
        return job


def _alive(process: int) -> bool:
    """Say whether a process of that number runs; where that cannot be asked, its silence decides."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
