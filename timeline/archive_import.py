"""The import of records of several kinds at once: each part of an archive in turn, in reading order.

Each part is an import of its own, with its own report and undo. Knows the record's import and the shell's words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from incidents import Archive, ImportOptions, ImportReport, Store, import_file, open_archive


def archive_of(source: Path | bytes) -> Archive | None:
    """Open what holds records of several kinds; None for one table, and for what is not there to be read."""
    try:
        return open_archive(source)
    except OSError:
        return None


def import_archive(
    store: Store, archive: Archive, options: ImportOptions, *, actor: str, at: datetime, dry_run: bool = False
) -> Iterator[ImportReport]:
    """Import the parts one by one, each wholly or not at all; the type of the options does not count.

    With `options.strict` a part with a rejected row is not written, and those behind it are not read. In a dry run
    what an earlier part would bring counts as being there, by its id.
    """
    brought: dict[str, frozenset[str]] | None = {} if dry_run else None
    for part in archive.parts:
        own = replace(
            options,
            record_type=part.record_type,
            collection=part.collection or options.collection,
            filename=f"{options.filename}: {part.name}",
        )
        report = import_file(store, part.path, own, actor=actor, at=at, dry_run=dry_run, brought=brought)
        yield report
        if options.strict and report.rejected:
            return
