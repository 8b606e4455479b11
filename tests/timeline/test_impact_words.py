"""Why user-hours are not known is said by its cause: the number, the unit, or the duration."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import incidents
from timeline.show import incident_text

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CAUSES = {
    ("", "", "30"): "The number of people affected is not known.",
    ("100", "", "30"): "What the number affected counts is not stated",
    ("100", "customers", "30"): "The unit is customers, which does not count users.",
    ("100", "users", ""): "The duration is not known.",
}


@pytest.mark.parametrize("cells", CAUSES)
def test_what_user_hours_lack_is_named(tmp_path: Path, cells: tuple[str, str, str]) -> None:
    store = incidents.open_store(tmp_path / "incidents.db", at=AT, with_bundled=False)
    text = (
        "id,title,started_at,affected,affected_unit,duration\nN-1,Down,2026-03-01," + ",".join(cells) + "\n"
    )
    report = incidents.import_file(
        store, text.encode(), incidents.ImportOptions(timezone="UTC"), actor="officer", at=AT
    )
    assert report.added == 1, report.rows
    shown = " ".join(incident_text(store, "N-1").split())
    store.close()
    assert f"Not known. {CAUSES[cells]}" in shown
    assert [cause for cause in CAUSES.values() if cause in shown] == [CAUSES[cells]]
