"""The lock files pin everything, by hash, from nowhere in particular, and agree with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, tuple[str, int]]:
    """Read a lock file as name -> (version, number of hashes); AssertionError on a line that is neither."""
    found: dict[str, tuple[str, int]] = {}
    text = re.sub(r"#.*", "", (ROOT / lock).read_text("utf-8")).replace("\\\n", " ")
    for line in filter(str.strip, text.splitlines()):
        pin = re.fullmatch(r"([\w.-]+)==([\w.]+)(?: ; [^\\]+?)?((?:\s+--hash=sha256:[0-9a-f]{64})+)\s*", line)
        assert pin, f"{lock}: not a pin with hashes: {line[:80]}"
        found[normal(pin[1])] = (pin[2], pin[3].count("--hash"))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_with_hashes(lock: str) -> None:
    assert len(pins(lock)) > 10


@pytest.mark.parametrize("lock", LOCKS)
def test_no_host_and_no_path_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|\bfile:|(?<!\w)/\w", text)


def test_what_the_program_needs_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = project["project"]["dependencies"] + project["build-system"]["requires"]
    names = {normal(re.match(r"[\w.-]+", requirement)[0]) for requirement in needed}
    assert names <= pins("requirements.txt").keys()


def test_both_lock_files_agree() -> None:
    run_time, development = pins("requirements.txt"), pins("requirements-dev.txt")
    both = run_time.keys() & development.keys()
    assert both
    assert {name: run_time[name] for name in both} == {name: development[name] for name in both}
