"""Documents that cannot drift: generated tables, the README's example, links and targets that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.csv_tables import pages

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
]


def test_the_tables_of_columns_are_current() -> None:
    for path, text in pages().items():
        assert path.read_text("utf-8") == text, f"{path.name}: run python -m scripts.csv_tables"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), target


def example() -> str:
    block = re.search(r"```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block
    return re.sub(r"^\$ ", "", block[1], flags=re.MULTILINE)


def test_the_example_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    commands, done = example(), []
    night, rest = commands.split("END\n", 2)[1], commands.split("END\n", 2)[2]
    (tmp_path / "night.csv").write_text(night, "utf-8")
    for line in rest.splitlines():
        words = line.replace(".venv/bin/timeline", "").split()
        run = subprocess.run(
            [sys.executable, "-m", "timeline", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(ROOT), "PATH": "", "LANG": "C.UTF-8"},
            check=False,
        )
        assert "Traceback" not in run.stderr
        done.append((run.returncode, run.stdout + run.stderr))
    assert done[0][0] == 1  # one of two rows came back
    assert "1 added" in done[0][1] and "1 rejected" in done[0][1], done[0][1]
    back = (tmp_path / "back.csv").read_text("utf-8")
    assert "N-2" in back and "resolved_at" in back
    assert done[1][0] == 0 and "Mobile data down in Lyon" in done[1][1]
    assert done[2][0] == 0
    for figure in ("6.67", "5.83", "10 million", "40 min"):
        assert figure in done[2][1].replace("\N{NO-BREAK SPACE}", " "), figure
