"""What the commands share: where the database is, what is said to the person, and files that are written whole or not.

Knows the terminal and the settings; no command and no record.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

import click

from incidents import RECORD_TYPES, Store, TimelineError, open_store
from timeline.settings import read_settings
from timeline.wording import N_

TYPES = click.Choice(sorted(RECORD_TYPES))


def tell(text: str) -> None:
    """Say something to the person at the terminal."""
    click.echo(text, err=True)


def person() -> str:
    """Name who runs the command, for the history."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "command line"


def database_option(command: Any) -> Any:
    """Let `--database` stand behind the command's name too."""

    def take(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.obj = value

    return click.option(
        "--database",
        "-d",
        type=click.Path(dir_okay=False, path_type=Path),
        expose_value=False,
        callback=take,
        help="The database file.",
    )(command)


def database_of(ctx: click.Context) -> Path:
    """Give the database file: the option, else the setting."""
    return Path(ctx.obj or str(read_settings()["DATABASE"]))


def announce(path: Path) -> None:
    """Say that a database will be created where there is none."""
    if not path.exists() and path.absolute().parent.is_dir():
        tell(f"Creating {path} with the bundled records.")


@contextmanager
def the_store(ctx: click.Context, *, create: bool = False) -> Iterator[Store]:
    """Open the store and close it at the end; with `create`, make it with the bundled records when there is none.

    Raises `TimelineError` where there is none and none is to be made.
    """
    path = database_of(ctx)
    if not create and not path.exists():
        raise TimelineError(
            N_("There is no database at {path}."),
            code="no-database",
            params={"path": str(path)},
            hint=N_(
                "Name it with --database, or create it with `timeline init`, `timeline serve` or an import."
            ),
        )
    announce(path)
    store = open_store(path, at=datetime.now(UTC))
    try:
        yield store
    finally:
        store.close()


def check_output(path: Path | None, *sources: Path) -> None:
    """Refuse to write over what is being read: the database, or the file that is imported. Raises `TimelineError`."""
    for source in sources if path is not None else ():
        try:
            same = path is not None and path.exists() and source.exists() and path.samefile(source)
        except OSError:
            same = False
        if same:
            raise TimelineError(
                N_("{path} is what this command reads; it was not written over."),
                code="output-is-input",
                params={"path": str(path)},
                hint=N_("Name another file to write to."),
            )


@contextmanager
def written(path: Path | None) -> Iterator[IO[str]]:
    """Give stdout, or a file of UTF-8 that stands there whole or not at all; a device or a pipe is written into."""
    if path is None or str(path) == "-":
        yield sys.stdout
        return
    if path.is_symlink() or (path.exists() and not path.is_file()):
        with _said_of(path), path.open("w", encoding="utf-8", newline="") as target:
            yield target
        return
    with _whole(path) as draft, draft.open("w", encoding="utf-8", newline="") as target:
        yield target


@contextmanager
def written_bytes(path: Path) -> Iterator[BinaryIO]:
    """Give a file of bytes that stands there whole or not at all."""
    with _whole(path) as draft, draft.open("wb") as target:
        yield target


@contextmanager
def written_folder(path: Path) -> Iterator[Path]:
    """Give a folder that stands there whole or not at all; one that is there already must be empty."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise TimelineError(
            N_("{path} exists already; it was not changed."),
            code="exists-already",
            params={"path": str(path)},
            hint=N_("Name a new folder, so that no older file is taken for one of this export."),
        )
    with _whole(path) as draft:
        draft.mkdir()
        yield draft


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a name beside a path; what stands there at the end takes the path's place. Raises `TimelineError`."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _said_of(path):
            yield draft
            draft.replace(path)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


@contextmanager
def _said_of(path: Path) -> Iterator[None]:
    """Say plainly of a path that it cannot be written. Raises `TimelineError`."""
    try:
        yield
    except OSError as reason:
        raise TimelineError(
            N_("{path} cannot be written: {reason}."),
            code="cannot-write",
            params={"path": str(path), "reason": (reason.strerror or str(reason)).lower()},
            hint=N_("Check the folder, and that you may write in it."),
        ) from reason
