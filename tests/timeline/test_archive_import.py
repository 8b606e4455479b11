"""An archive tried out before it is imported: what its earlier parts bring counts for the later ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import incidents
from timeline.archive_import import archive_of, import_archive

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PROVIDERS = "id,name,kind\nnord,Nord Net,operator\nsud,Sud Net,no such kind\n"
SERVICES = "id,name,provider_id,kind\nnord-tv,Nord TV,nord,tv\nsud-tv,Sud TV,sud,tv\n"
INCIDENTS = (
    "id,title,started_at,timezone,operator_id,service_ids\n"
    "N-1,Down,2026-03-01T10:00,Europe/Paris,nord,nord-tv\n"
    "S-1,Down,2026-03-01T10:00,Europe/Paris,sud,\n"
)


def sums(folder: Path, database: Path, *, dry_run: bool) -> list[tuple[int, int]]:
    store = incidents.open_store(database, at=AT, with_bundled=False)
    archive = archive_of(folder)
    assert archive is not None
    with archive:
        options = incidents.ImportOptions(filename="folder")
        reports = list(import_archive(store, archive, options, actor="officer", at=AT, dry_run=dry_run))
    assert not dry_run or (store.get("provider", "nord"), store.get("incident", "N-1")) == (None, None)
    store.close()
    return [(report.added, report.rejected) for report in reports]


def test_a_dry_run_counts_what_earlier_parts_bring_and_only_that(tmp_path: Path) -> None:
    folder = tmp_path / "folder" / "own"
    folder.mkdir(parents=True)
    for name, text in (("providers", PROVIDERS), ("services", SERVICES), ("incidents", INCIDENTS)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
    tried = sums(folder.parent, tmp_path / "a.db", dry_run=True)
    assert tried == [(1, 1), (1, 1), (1, 1)]
    assert sums(folder.parent, tmp_path / "a.db", dry_run=False) == tried
