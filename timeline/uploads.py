"""Files that were sent and wait for a confirmation: kept beside the database under the digest of their bytes.

Knows bytes, digests and ages. The name a file had on its sender's machine is never part of a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

DIGEST = re.compile(r"[0-9a-f]{64}")
CHUNK = 1 << 20
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Staged:
    """One waiting file: the digest that names it, where it is, and its size in bytes."""

    sha256: str
    path: Path
    size: int


def staged_folder(database: str | os.PathLike[str]) -> Path:
    """Give the folder of waiting files that belongs to a database."""
    return Path(f"{os.fspath(database)}-files") / "staged"


def stage(stream: IO[bytes], folder: Path) -> Staged:
    """Keep the bytes of a stream under their digest; the same bytes again are one file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f"draft-{secrets.token_hex(8)}"
    digest = hashlib.sha256()
    size = 0
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        name = digest.hexdigest()
        os.replace(draft, folder / name)
    finally:
        draft.unlink(missing_ok=True)
    return Staged(name, folder / name, size)


def find_staged(sha256: str, folder: Path) -> Staged | None:
    """Give the waiting file with this digest, None when there is none (any more) or the text is no digest."""
    if not DIGEST.fullmatch(sha256):
        return None
    path = folder / sha256
    try:
        return Staged(sha256, path, path.stat().st_size)
    except OSError:
        return None


def discard_old(folder: Path, before: datetime) -> int:
    """Delete the files that were sent before a time, drafts that were never finished too; gives how many."""
    gone = 0
    if not folder.is_dir():
        return gone
    for path in folder.iterdir():
        known = DIGEST.fullmatch(path.name) or path.name.startswith(("draft-", "job-"))
        try:
            if known and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink()
                gone += 1
        except OSError:
            # Another thread, or a person, was faster.
            continue
    return gone


def shown_name(name: str | None) -> str:
    """Give the name of a sent file as it may be shown and recorded: no folders, no control characters, short."""
    last = re.split(r"[\\/]", name or "")[-1]
    printable = "".join(char for char in last if char.isprintable()).strip()
    return printable[-LONGEST_NAME:] or "file.csv"
