"""The bytes of accepted files, kept beside the database under their SHA-256 and on disk before anyone is told so."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from incidents.errors import TimelineError

BLOCK = 1 << 20

FileSource = Path | bytes


def files_folder(database: Path) -> Path:
    """Name the folder beside the database in which the bytes of accepted files are kept."""
    return database.with_name(database.name + "-files")


def blocks_of(source: FileSource) -> Iterator[bytes]:
    """Walk the bytes of a file. Raises `TimelineError` where it cannot be read."""
    if isinstance(source, bytes):
        yield source
        return
    try:
        with source.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise TimelineError(
            "{path} cannot be read: {reason}.",
            code="cannot-read",
            params={"path": str(source), "reason": (error.strerror or str(error)).lower()},
            hint="Check the name of the file.",
        ) from error


def sha256_of(source: FileSource) -> str:
    """Give the SHA-256 of a file, in hexadecimal. Raises `TimelineError` where it cannot be read."""
    mark = hashlib.sha256()
    for block in blocks_of(source):
        mark.update(block)
    return mark.hexdigest()


class Keeping:
    """The keeping of one file, done beside the reading of its rows."""

    def __init__(self, database: Path, source: FileSource, mark: str) -> None:
        self._worker = ThreadPoolExecutor(1)
        self._done: Future[Path] = self._worker.submit(keep_file, database, source, mark)

    def wait(self) -> Path:
        """Return when the bytes are on disk. Raises `TimelineError` where they could not be kept."""
        try:
            return self._done.result()
        finally:
            self._worker.shutdown()

    def withdraw(self, *, used: bool) -> None:
        """End the keeping of a file that was not imported; its bytes go, unless an earlier import uses them."""
        self._worker.shutdown()
        if not used and self._done.exception() is None:
            self._done.result().unlink(missing_ok=True)


def keep_file(database: Path, source: FileSource, mark: str) -> Path:
    """Keep the bytes of a file under their SHA-256, on disk when this returns. Raises `TimelineError`.

    A file that has changed since its digest was taken is refused: what is kept is what was imported.
    """
    folder = files_folder(database)
    target = folder / mark
    part = folder / f"{mark}.part{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if target.exists():
            return target
        check = hashlib.sha256()
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for block in blocks_of(source):
                check.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if check.hexdigest() != mark:
            raise TimelineError(
                "The file changed while it was being imported. Nothing was imported.",
                code="file-changed",
                hint="Import it again when whatever writes it is done.",
            )
        part.replace(target)
        sync_folder(folder)
    except OSError as error:
        raise TimelineError(
            "The file could not be kept in {folder}: {problem}. Nothing was imported.",
            code="cannot-keep-file",
            params={"folder": str(folder), "problem": error.strerror or str(error)},
            hint="Check the space on the disk and the rights on that folder.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return target


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
