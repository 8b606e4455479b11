"""The journal of a database: what each change set did, in a file of its own, on disk before it is acknowledged.

One gzipped file of JSON lines a change set, named by its number, in `journal` among the kept files. Its first line
says who, when and from where, its last how many lines there are. Records stand in it as they became, so that a
database can be made again from nothing, also by a program that would read the files of old otherwise. Rows of a
plain file that were taken as they stand are named by their place in the kept file. Knows no store.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from incidents.errors import TimelineError
from incidents.kept_files import files_folder, sync_folder

FORMAT = 1


class JournalError(TimelineError):
    """A journal that cannot be written, or that is not whole."""


def journal_folder(database: Path) -> Path:
    """Name the folder in which the journal of a database stands."""
    return files_folder(database) / "journal"


def entry_path(folder: Path, change_set_id: int) -> Path:
    return folder / f"{change_set_id:08d}.jsonl.gz"


@dataclass(frozen=True, slots=True)
class PlainRun:
    """Rows of a file that follow each other and were taken as they stand: the place of the first, from 0, its number
    in the store, and how many they are."""

    place: int
    number: int
    count: int


class JournalEntry:
    """The entry of one change set, while it is being written."""

    def __init__(self, database: Path, change_set_id: int) -> None:
        self._folder = journal_folder(database)
        self._path = entry_path(self._folder, change_set_id)
        self._draft = self._path.with_suffix(f".part{os.getpid()}")
        self._file: IO[bytes] | None = None
        self._out: gzip.GzipFile | None = None
        self._lines = 0
        self._waiting: list[str] = []

    def write(self, line: Mapping[str, Any]) -> None:
        """Add one line. Raises `JournalError`."""
        self._waiting.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        self._lines += 1
        if len(self._waiting) >= 500:
            self._flush()

    def _flush(self) -> None:
        try:
            if self._out is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                handle = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                self._file = os.fdopen(handle, "wb")
                self._out = gzip.GzipFile(
                    fileobj=self._file, mode="wb", compresslevel=1, mtime=0, filename=""
                )
            text = "\n".join(self._waiting) + "\n" if self._waiting else ""
            self._out.write(text.encode("utf-8", "surrogatepass"))
            self._waiting = []
        except OSError as error:
            raise self._cannot(error) from error

    def finish(self) -> None:
        """Put the entry on disk under its name. Raises `JournalError`."""
        self._waiting.append(json.dumps({"end": self._lines}))
        self._flush()
        assert self._out is not None and self._file is not None
        try:
            self._out.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._draft.replace(self._path)
            sync_folder(self._folder)
        except OSError as error:
            raise self._cannot(error) from error

    def discard(self) -> None:
        """Leave nothing of an entry whose change set is not written."""
        if self._file is not None:
            self._file.close()
            self._file = self._out = None
            self._draft.unlink(missing_ok=True)
        self._waiting = []

    def withdraw(self) -> None:
        """Remove an entry whose change set was not written after all, finished or not."""
        self.discard()
        with suppress(FileNotFoundError, NotADirectoryError):
            self._path.unlink()

    def _cannot(self, error: OSError) -> JournalError:
        return JournalError(
            "The journal could not be written in {folder}: {problem}. Nothing was changed.",
            code="cannot-write-journal",
            params={"folder": str(self._folder), "problem": error.strerror or str(error)},
            hint="Check the space on the disk and the rights on that folder.",
        )


def entries(folder: Path) -> list[int]:
    """List the numbers of the change sets that have an entry, in order."""
    if not folder.is_dir():
        return []
    return sorted(int(path.name[:8]) for path in folder.glob("*.jsonl.gz") if path.name[:8].isdigit())


def read_entry(folder: Path, change_set_id: int) -> Iterator[dict[str, Any]]:
    """Walk the lines of an entry. Raises `JournalError` where it is missing or not whole."""
    path = entry_path(folder, change_set_id)
    count = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass") as lines:
            for text in lines:
                line = json.loads(text)
                if "end" in line:
                    if line["end"] == count:
                        return
                    break
                count += 1
                yield line
    except (OSError, EOFError, ValueError) as error:
        raise _not_whole(path, str(error)) from error
    raise _not_whole(path, f"{count} lines")


def _not_whole(path: Path, problem: str) -> JournalError:
    return JournalError(
        "{path} is not whole: {problem}.",
        code="journal-not-whole",
        params={"path": str(path), "problem": problem},
        hint="Take that file from a backup.",
    )


def drafts(database: Path) -> list[Path]:
    """List the drafts of kept files and journal entries; the caller of `unlink` holds the store's write lock."""
    return [*files_folder(database).glob("*.part*"), *journal_folder(database).glob("*.part*")]


def discard_after(folder: Path, revision: int) -> None:
    """Remove the entries of change sets that were never written. The caller holds the store's write lock."""
    for number in entries(folder):
        if number > revision:
            entry_path(folder, number).unlink(missing_ok=True)
