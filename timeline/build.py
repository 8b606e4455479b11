"""What distinguishes one build of the program from another: its version and the age of its files.

Knows the package's own folder only.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).parent
SHAPING = (".py", ".html", ".css", ".js", ".po", ".svg")


def program_version() -> str:
    """Give the version of this program; "unknown" when it runs from files that were not installed."""
    try:
        return version("outage-timeline")
    except PackageNotFoundError:
        return "unknown"


def build_mark() -> str:
    """Give a short digest that changes with the program: an answer kept from an older one is not served again."""
    newest = max(path.stat().st_mtime_ns for path in PACKAGE.rglob("*") if path.suffix in SHAPING)
    return hashlib.blake2b(f"{program_version()} {newest}".encode(), digest_size=6).hexdigest()
