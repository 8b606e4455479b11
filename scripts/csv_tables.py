"""Write the tables of CSV columns into docs/csv.md and README.md, from the one table in incidents/column_tables.py.

`--check` changes nothing and exits 1 where a page is behind.
"""

from __future__ import annotations

import sys
from pathlib import Path

from incidents import RECORD_TYPES, Column, RecordType

ROOT = Path(__file__).parents[1]
KINDS = {
    "id": "identifier",
    "text": "text",
    "words": "words; separated by `;`",
    "ref": "id, name or alias of a {to}",
    "refs": "ids or names of {to} records, separated by `;`",
    "parts": "`provider:role` pairs, separated by `;`",
    "choice": "one of {choices}",
    "moment": "date or time",
    "amount": "number, range or words",
    "integer": "whole number",
    "number": "number",
    "day": "day, month, season or year",
    "url": "address",
}
SHORT = (
    "id",
    "title",
    "operator_id",
    "started_at",
    "resolved_at",
    "duration",
    "affected",
    "affected_unit",
    "severity",
)


def main() -> int:
    stale = [path for path, text in pages().items() if path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.name} is behind: run python -m scripts.csv_tables", file=sys.stderr)
        return 1 if stale else 0
    for path, text in pages().items():
        path.write_text(text, "utf-8")
    return 0


def pages() -> dict[Path, str]:
    """Give each page as it should be."""
    all_types = "\n\n".join(section(spec) for spec in RECORD_TYPES.values())
    short = table([c for c in RECORD_TYPES["incident"].columns if c.name in SHORT], brief=True)
    return {
        ROOT / "docs" / "csv.md": between(ROOT / "docs" / "csv.md", all_types),
        ROOT / "README.md": between(ROOT / "README.md", short),
    }


def between(path: Path, text: str) -> str:
    """Put text between the marks `<!-- columns -->` of a page."""
    page = path.read_text("utf-8")
    head, mark, rest = page.partition("<!-- columns -->")
    _, end, tail = rest.partition("<!-- /columns -->")
    if not mark or not end:
        raise SystemExit(f"{path} has no marks <!-- columns --> and <!-- /columns -->")
    return f"{head}{mark}\n{text}\n{end}{tail}"


def section(spec: RecordType) -> str:
    return (
        f"## {spec.name.capitalize()}\n\n`timeline import --type {spec.name} FILE`\n\n{table(spec.columns)}"
    )


def table(columns: list[Column] | tuple[Column, ...], *, brief: bool = False) -> str:
    rows = ["| column | holds | meaning | also understood as |", "| --- | --- | --- | --- |"]
    if brief:
        rows = ["| column | example | meaning |", "| --- | --- | --- |"]
    for column in columns:
        name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
        choices = ", ".join(f"`{choice}`" for choice in column.choices)
        holds = KINDS[column.kind].format(to=column.to, choices=choices)
        others = ", ".join((*column.synonyms, *column.fallbacks))
        cells = (name, column.example, column.help_en) if brief else (name, holds, column.help_en, others)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
