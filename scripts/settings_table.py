"""Write the table of settings into docs/settings.md, from the one table in timeline/settings.py."""

from __future__ import annotations

import re
from pathlib import Path

from timeline.settings import settings_table

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
TABLE = re.compile(r"^\| Variable \|.*?(?=\n\n|\Z)\n?", re.DOTALL | re.MULTILINE)


def main() -> None:
    text = PAGE.read_text("utf-8")
    PAGE.write_text(TABLE.sub(lambda _: settings_table(), text, count=1), "utf-8")


if __name__ == "__main__":
    main()
