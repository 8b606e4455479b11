"""Collect the messages of the program into translations/messages.pot, and bring each language's .po up to date.

    python -m scripts.messages            extract and update; new messages come in empty
    python -m scripts.messages --check    fail when a message is missing, empty, fuzzy or breaks its placeholders

A translator edits timeline/translations/fr.po; there is no compile step. Messages are what stands in `_`, `N_`,
`ngettext` and templates, and the sentences of the record's own errors (`*_REASONS` tables, `...Error("...")`).
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGS = ROOT / "timeline" / "translations"
TEMPLATE = CATALOGS / "messages.pot"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
TABLE = re.compile(r"[A-Z_]*(REASONS|HINTS|REMEDIES|FAULTS|NOTES)$")
SAYING = ("_Reject", "Problem", "FormProblem", "_problem")
FIELD = re.compile(r"%\((\w+)\)s|(?<!\{)\{(\w+)[^}]*\}(?!\})")
Found = tuple[str, int, str | tuple[str, ...]]


def messages() -> Iterator[Found]:
    """Give every message with the file and line it stands in."""
    for path in sorted([*ROOT.glob("timeline/**/*.py"), *ROOT.glob("incidents/**/*.py")]):
        yield from _of_file(path, "python")
        if path.is_relative_to(ROOT / "incidents"):
            yield from ((_name(path), line, text) for line, text in sentences(path.read_text("utf-8")))
    for path in sorted(ROOT.glob("timeline/templates/**/*.html")):
        yield from _of_file(path, "jinja2.ext:babel_extract")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _of_file(path: Path, method: str) -> Iterator[Found]:
    options = {"encoding": "utf-8", "trimmed": "true"}
    with path.open("rb") as file:
        for line, text, _comments, _context in extract(method, file, KEYWORDS, options=options):
            yield _name(path), line, text


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """Give the sentences that a module of the record says without marking them: tables of reasons, errors' words."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and TABLE.fullmatch(t.id) for t in targets):
                values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
                for value in values:
                    yield from _strings(value)
        elif isinstance(node, ast.Call) and _called(node.func).endswith("Error"):
            words = [*node.args[:1], *(k.value for k in node.keywords if k.arg in ("hint", "message"))]
            yield from (found for word in words for found in _strings(word) if " " in found[1])
        elif isinstance(node, ast.Call) and (_called(node.func) in SAYING or _notes(node.func)):
            yield from (found for word in node.args for found in _strings(word) if " " in found[1])


def _notes(function: ast.expr) -> bool:
    """Say whether a call adds to notes: how something was read that could have been read otherwise."""
    return isinstance(function, ast.Attribute) and ast.unparse(function).endswith("notes.append")


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _strings(node: ast.expr) -> Iterable[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.lineno, node.value
    elif isinstance(node, ast.Tuple | ast.List):
        for part in node.elts:
            yield from _strings(part)
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)


def collected() -> Catalog:
    """Give all messages as a catalog without translations."""
    catalog = Catalog(project="Outage Timeline", charset="utf-8", fuzzy=False)
    for name, line, text in messages():
        if text and (not isinstance(text, tuple) or all(text)):
            catalog.add(text, locations=[(name, line)])
    return catalog


def faults(template: Catalog, translated: Catalog) -> Iterator[str]:
    """Give what is wrong with a language's catalog, one line a message."""
    for message in template:
        if not message.id:
            continue
        where = ", ".join(f"{name}:{line}" for name, line in message.locations[:2])
        known = translated.get(message.id)
        if known is None:
            yield f"{where}: missing: {_shown(message)}"
        elif not known.string or not all(_forms(known.string)):
            yield f"{where}: not translated: {_shown(message)}"
        elif known.fuzzy:
            yield f"{where}: marked fuzzy: {_shown(message)}"
        else:
            allowed = {name for form in _forms(message.id) for name in _fields(form)}
            for form in _forms(known.string):
                if extra := _fields(form) - allowed:
                    yield f"{where}: places that the message does not have, {sorted(extra)}: {_shown(message)}"


def _forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _fields(text: str) -> set[str]:
    return {a or b for a, b in FIELD.findall(text)}


def _shown(message: Message) -> str:
    return repr(_forms(message.id)[0])


def catalogs() -> list[Path]:
    return sorted(CATALOGS.glob("*.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalog without dates and line numbers, so that it changes only when a message does."""
    out = BytesIO()
    write_po(
        out,
        catalog,
        width=110,
        sort_output=True,
        omit_header=False,
        include_lineno=False,
        ignore_obsolete=True,
    )
    text = re.sub(r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator): .*\\n"\n', "",
                  out.getvalue().decode("utf-8"), flags=re.MULTILINE)  # fmt: skip
    path.write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Collect the program's messages and bring the translations up to date."
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail when a translation is wanting"
    )
    chosen = parser.parse_args(arguments)
    template = collected()
    wrong = 0
    if not chosen.check:
        write(TEMPLATE, template)
    for path in catalogs():
        translated = read(path)
        if not chosen.check:
            translated.update(template, no_fuzzy_matching=True)
            write(path, translated)
        for line in faults(template, translated):
            wrong += 1
            print(f"{path.name}: {line}", file=sys.stderr)
    print(f"{len(template)} messages, {wrong} faults in {len(catalogs())} catalogs", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
