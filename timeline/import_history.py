"""What each import did, the file it came from, and the way back: the list, one change, and taking it back.

Turns change sets into rows for the pages and the commands. Knows no request and no HTML.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from incidents import ChangeSet, Incident, Kept, Store, UndoReport, files_folder, fill, to_flat
from timeline.report import OUTCOMES, sum_words
from timeline.wording import N_, _, ngettext

SHOWN = 200
KINDS = ("import", "undo")
KIND_WORDS = {
    "import": N_("Import"),
    "undo": N_("Taken back"),
    "edit": N_("Edit"),
    "bundled": N_("Bundled records"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One change set: what it is, its sums where it is an import, and by which other it was taken back."""

    entry: ChangeSet
    sums: Mapping[str, int]
    undone_by: int | None

    @property
    def sum_line(self) -> str:
        return ", ".join(sum_words(name, self.sums[name]) for name in OUTCOMES if self.sums.get(name))


@dataclass(frozen=True, slots=True)
class RecordChanged:
    """One record that a change set touched: what happened to it, and each field before and after."""

    record_type: str
    record_id: str
    title: str
    action: str
    there: bool
    fields: tuple[tuple[str, str, str], ...]


def made_by(store: Store, entry: ChangeSet) -> Made:
    """Gather what is to be said of a change set."""
    text = store.report(entry.id) if entry.kind == "import" else None
    sums = json.loads(text).get("counts", {}) if text else {}
    return Made(entry=entry, sums=sums, undone_by=store.undone_by(entry.id))


def last_made(store: Store, most: int = SHOWN) -> list[Made]:
    """Give the last imports, and what was taken back, the newest first."""
    return [made_by(store, entry) for entry in store.change_sets(most) if entry.kind in KINDS]


def records_changed(store: Store, change_set_id: int, most: int = SHOWN) -> list[RecordChanged]:
    """Give the first records that a change set touched, in the order in which it did."""
    found = list(islice(_records(store, change_set_id), most))
    ids: dict[str, list[str]] = {}
    for record_type, record_id, _action, _fields in found:
        ids.setdefault(record_type, []).append(record_id)
    known = {record_type: store.many(record_type, some) for record_type, some in ids.items()}
    shown = []
    for record_type, record_id, action, fields in found:
        record = known[record_type].get(record_id)
        flat = to_flat(record) if record is not None else {}
        title = record.title if isinstance(record, Incident) else str(flat.get("name") or record_id)
        shown.append(RecordChanged(record_type, record_id, title, action, record is not None, tuple(fields)))
    return shown


def _records(store: Store, change_set_id: int) -> Iterator[tuple[str, str, str, list[tuple[str, str, str]]]]:
    touched: dict[tuple[str, str], tuple[str, list[tuple[str, str, str]]]] = {}
    for change in store.changes_of(change_set_id):
        action, fields = touched.setdefault((change.record_type, change.record_id), (change.action, []))
        if change.field:
            fields.append((change.field, change.old_value or "", change.new_value or ""))
    for (record_type, record_id), (action, fields) in touched.items():
        yield record_type, record_id, action, fields
    for record_id in store.added_incidents(change_set_id):
        if ("incident", record_id) not in touched:
            yield "incident", record_id, "added", []


def kept_file(store: Store, entry: ChangeSet) -> Path | None:
    """Give the bytes that an import was made of, as they are kept; None where there are none."""
    if not entry.file_sha256:
        return None
    path = files_folder(store.path) / entry.file_sha256
    return path if path.is_file() else None


def undo_words(report: UndoReport, *, dry_run: bool = False) -> list[str]:
    """Say what taking a change back did, or would do, in sentences."""
    said = []
    if n := report.removed:
        said.append(
            ngettext("%(n)s record that was added goes.", "%(n)s records that were added go.", n)
            if dry_run
            else ngettext("%(n)s record was removed.", "%(n)s records were removed.", n)
        )
    if n := report.restored:
        said.append(
            ngettext("%(n)s record becomes what it was.", "%(n)s records become what they were.", n)
            if dry_run
            else ngettext("%(n)s record is as it was before.", "%(n)s records are as they were before.", n)
        )
    if n := report.brought_back:
        said.append(
            ngettext("%(n)s deleted record comes back.", "%(n)s deleted records come back.", n)
            if dry_run
            else ngettext("%(n)s record is there again.", "%(n)s records are there again.", n)
        )
    return said or [_("Nothing changes.") if dry_run else _("Nothing was changed.")]


def kept_words(kept: Kept) -> str:
    """Say why something was left as it is."""
    where = f"{kept.record_id}, {kept.field}" if kept.field else kept.record_id
    return _("%(name)s: %(words)s", name=where, words=fill(_(kept.reason), kept.params))
