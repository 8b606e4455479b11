"""The command `timeline import`: a file of any kind into the record, with a report that accounts for every row.

Knows options, files and the terminal; what a row means is decided by the record's own import.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from incidents import Archive, ImportOptions, ImportReport, TimelineError
from timeline.archive_import import archive_of
from timeline.command_line import (
    TYPES,
    check_output,
    database_of,
    database_option,
    person,
    tell,
    the_store,
    written,
)
from timeline.settings import read_settings, read_zone
from timeline.wording import N_, _

NOTES = 20
LARGEST_INPUT = 8_000_000_000
SIGNS = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "space": " ", "bar": "|", "none": ""}
QUOTES = {"double": '"', "single": "'", "none": ""}
INTERRUPTED = 130


def _header(_ctx: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    if text == "none":
        return 0
    if not (text.isascii() and text.isdigit() and int(text)):
        raise click.BadParameter("write the line of the header, such as 3, or none.")
    return int(text)


@click.command("import")
@click.argument("file", required=False, metavar="FILE")
@click.option(
    "--type", "record_type", type=TYPES, default="incident", show_default=True, help="What the rows are."
)
@click.option(
    "--map", "mapped", multiple=True, metavar="'FIELD={Header}'",
    help="Fill a field from a column, or from several: 'title={Service}: {Problem}'. Repeatable.",
)  # fmt: skip
@click.option(
    "--set", "constants", multiple=True, metavar="FIELD=VALUE", help="Give all rows this value. Repeatable."
)
@click.option(
    "--timezone", help="The zone of times without one (default: TIMELINE_TIMEZONE, else Europe/Paris)."
)
@click.option("--date-order", type=click.Choice(["DMY", "MDY", "YMD"]), help="How 12/09/2025 is meant.")
@click.option(
    "--ignore", "ignored", multiple=True, metavar="HEADER", help="Leave this column out. Repeatable."
)
@click.option("--ignore-unknown", is_flag=True, help="Leave out all columns that mean nothing known.")
@click.option(
    "--on-unknown", type=click.Choice(["reject", "create", "keep"]),
    help="A provider that is not known: reject the row, add the provider, or keep its words (default: by column).",
)  # fmt: skip
@click.option(
    "--group-by", default="", metavar="HEADER", help="Rows that agree in this column are one incident."
)
@click.option(
    "--excel-dates", is_flag=True, help="Read numbers such as 45912.5 as the dates of a spreadsheet."
)
@click.option(
    "--encoding", help="The encoding of the file, such as utf-8 or windows-1252 (default: found out)."
)
@click.option("--delimiter", help="What separates the cells: one sign, tab, or none (default: found out).")
@click.option("--quote", help="What quotes cells: one sign, or none (default: found out).")
@click.option(
    "--header", callback=_header, metavar="N|none", help="The line of the header (default: found out)."
)
@click.option("--sheet", help="The sheet of a workbook, or the list within a JSON object.")
@click.option(
    "--collection", default="own", show_default=True, help="The collection that the rows become part of."
)
@click.option(
    "--profile", default="", metavar="NAME",
    help="Read the file as this saved profile says; none for no profile (default: found by the header).",
)  # fmt: skip
@click.option("--save-profile", "save_as", metavar="NAME", help="Save how the file is read under this name.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--strict", is_flag=True, help="Change nothing when any row is rejected.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
@click.option(
    "--rejected", type=click.Path(dir_okay=False, path_type=Path), help="Write rejected rows to this file."
)
@click.option(
    "--template", "template", is_flag=True, help="Write an example file to stdout, and import nothing."
)
@click.option(
    "--schema", is_flag=True, help="Write the columns as a Table Schema (JSON) to stdout, and import nothing."
)
@database_option
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    file: str | None,
    record_type: str,
    template: bool,
    schema: bool,
    dry_run: bool,
    as_json: bool,
    rejected: Path | None,
    save_as: str | None,
    **said: Any,
) -> None:
    """Import the rows of a file (CSV, Excel, JSON, each also as .gz); the same file again changes nothing.

    FILE may be - for standard input. A folder, a ZIP or JSON Lines that `timeline export --all` wrote brings
    records of every kind.

    Each row ends as added, updated, unchanged, duplicate or rejected. The exit code is 1 when a row was
    rejected; the others are imported all the same, unless --strict. Ctrl-C imports nothing (exit code 130).
    """
    from incidents import template_csv
    from timeline.schema_words import schema_of

    if template:
        click.echo(template_csv(record_type), nl=False)
        return
    if schema:
        click.echo(json.dumps(schema_of(record_type), ensure_ascii=False, indent=2))
        return
    if file is None:
        raise click.UsageError("Name the file to import, or ask for an example with --template.")
    options = _options(file, record_type, **said)
    check_output(rejected, database_of(ctx), *([Path(file)] if file != "-" else []))
    try:
        with ExitStack() as held:
            source = held.enter_context(_standard_input(database_of(ctx))) if file == "-" else _readable(file)
            archive = archive_of(source)
            if archive is not None:
                if rejected is not None:
                    raise click.UsageError(
                        "--rejected is one table: import the files of these records one by one."
                    )
                good = _import_all(
                    ctx, held.enter_context(archive), options, dry_run=dry_run, as_json=as_json
                )
            else:
                options = _profiled(ctx, options, source, save_as, dry_run=dry_run)
                good = _import_one(ctx, source, options, dry_run=dry_run, as_json=as_json, rejected=rejected)
    except KeyboardInterrupt:
        tell("\n" + _("Interrupted: nothing of this file was imported."))
        raise click.exceptions.Exit(INTERRUPTED) from None
    if not good:
        ctx.exit(1)


def _options(
    file: str,
    record_type: str,
    *,
    mapped: tuple[str, ...],
    constants: tuple[str, ...],
    ignored: tuple[str, ...],
    timezone: str | None,
    delimiter: str | None,
    quote: str | None,
    **same: Any,
) -> ImportOptions:
    from timeline.rejected import ADDED

    return ImportOptions(
        record_type=record_type,
        mapping=_pairs(mapped, "--map", "FIELD={Header}"),
        constants=_pairs(constants, "--set", "FIELD=VALUE"),
        ignored=(*ignored, *ADDED),
        delimiter=_one_sign("--delimiter", delimiter, SIGNS),
        quote=_one_sign("--quote", quote, QUOTES),
        timezone=read_zone(timezone).key if timezone else None,
        default_zone=read_zone(str(read_settings()["TIMEZONE"])).key,
        filename=Path(file).name if file != "-" else "standard input",
        **same,
    )


def _profiled(
    ctx: click.Context, options: ImportOptions, source: Path, save_as: str | None, *, dry_run: bool
) -> ImportOptions:
    """Complete options by the profile of the file, and save them as one where that is asked and no dry run."""
    from incidents import open_table
    from timeline.import_profiles import keep_profile, profiles_folder, reading_of, with_its_profile

    folder = profiles_folder(database_of(ctx))
    options, profile = with_its_profile(options, source, folder)
    if profile is not None:
        tell(_("The file is read as the profile “%(name)s” says.", name=profile.name))
    if save_as is not None and dry_run:
        tell(_("Dry run: the profile “%(name)s” was not saved.", name=save_as))
    elif save_as is not None:
        with open_table(source, reading_of(options)) as table:
            keep_profile(save_as, options, table.header, folder)
        tell(
            _(
                "Saved as the profile “%(name)s”: files with these columns are read so from now on.",
                name=save_as,
            )
        )
    return options


def _import_one(
    ctx: click.Context,
    source: Path,
    options: ImportOptions,
    *,
    dry_run: bool,
    as_json: bool,
    rejected: Path | None,
) -> bool:
    """Import one table and tell of it; False where a row was rejected."""
    from incidents import import_file
    from timeline.rejected import rejected_csv
    from timeline.report import json_text

    # The file of rejected rows is begun before anything is imported: rows must not go in where theirs cannot be kept.
    with ExitStack() as held:
        target = held.enter_context(written(rejected)) if rejected is not None else None
        with the_store(ctx, create=True) as store, _progress() as tick:
            report = import_file(
                store,
                source,
                options,
                actor=person(),
                at=datetime.now(UTC),
                dry_run=dry_run,
                on_progress=tick,
            )
        if target is not None:
            target.writelines(rejected_csv(report))
    if as_json:
        click.echo(json_text(report))
    else:
        _say(report, ask_order=options.date_order is None)
        if rejected is not None and report.rejected and str(rejected) != "-":
            tell(_("The rejected rows are in %(path)s, with the reasons.", path=str(rejected)))
    return not report.rejected


def _say(report: ImportReport, *, ask_order: bool) -> None:
    from timeline.report import (
        change_lines,
        note_lines,
        order_unknown,
        problem_lines,
        recognised_words,
        summary_line,
    )

    notes = note_lines(report)
    for line in notes[:NOTES]:
        tell(line)
    if len(notes) > NOTES:
        tell(_("and %(n)s more", n=len(notes) - NOTES))
    for line in [*change_lines(report), *problem_lines(report)]:
        tell(line)
    if ask_order and order_unknown(report):
        tell(_("Dates can be read in two ways: add --date-order DMY (day first) or --date-order MDY."))
    if words := recognised_words(report):
        tell(words)
    click.echo(summary_line(report))


def _import_all(
    ctx: click.Context, archive: Archive, options: ImportOptions, *, dry_run: bool, as_json: bool
) -> bool:
    """Import records of several kinds, and tell of each kind; False where a row was rejected."""
    from timeline.archive_import import import_archive
    from timeline.report import json_text, note_lines, problem_lines, summary_line

    if not archive.parts:
        raise TimelineError(
            N_("There is no file of records in {path}."),
            code="nothing-to-import",
            params={"path": options.filename},
            hint=N_("Name a folder that `timeline export --all` wrote, or one file of it."),
        )
    reports = []
    with the_store(ctx, create=True) as store:
        for report in import_archive(
            store, archive, options, actor=person(), at=datetime.now(UTC), dry_run=dry_run
        ):
            reports.append(report)
            if not as_json:
                part = report.filename.removeprefix(f"{options.filename}: ")
                for line in [*note_lines(report)[:NOTES], *problem_lines(report)]:
                    tell(_("%(name)s: %(words)s", name=part, words=line))
                click.echo(_("%(name)s: %(words)s", name=part, words=summary_line(report)))
    if as_json:
        click.echo("[" + ",\n".join(json_text(report) for report in reports) + "]")
    return not any(report.rejected for report in reports)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar of the bytes read to a person at a terminal; give nothing to tick where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = click.progressbar(length=1, label=_("Reading rows"), file=sys.stderr, show_pos=False)

    def tick(done: int, total: int) -> None:
        bar.length = total
        bar.update(done - bar.pos)

    try:
        yield tick
    finally:
        if bar.pos:
            bar.update((bar.length or 0) - bar.pos)
            bar.render_finish()


@contextmanager
def _standard_input(database: Path) -> Iterator[Path]:
    """Give what comes on standard input as a file beside the database, gone at the end."""
    folder = database.absolute().parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".standard-input-") as file:
            _copy(sys.stdin.buffer, file)
            file.flush()
            yield Path(file.name)
    except OSError as reason:
        raise TimelineError(
            N_("Standard input cannot be kept in {folder}: {reason}."),
            code="cannot-write",
            params={"folder": str(folder), "reason": (reason.strerror or str(reason)).lower()},
            hint=N_("Check the space on the disk and the rights on that folder. Nothing was imported."),
        ) from reason


def _copy(stream: Any, file: Any) -> None:
    size = 0
    while block := stream.read(1 << 20):
        size += len(block)
        if size > LARGEST_INPUT:
            raise TimelineError(
                N_("Standard input is larger than {limit} bytes; nothing was imported."),
                code="input-too-large",
                params={"limit": LARGEST_INPUT},
                hint=N_("Import it in parts."),
            )
        file.write(block)


def _readable(file: str) -> Path:
    """Give the path of a file or folder that can be read; a pipe is told from a file. Raises `TimelineError`."""
    path = Path(file)
    try:
        if path.is_dir():
            next(path.iterdir(), None)
            return path
        if path.exists() and not path.is_file():
            raise TimelineError(
                N_("{path} is a device or a pipe."),
                code="not-a-file",
                params={"path": file},
                hint=N_("Import a file, or - for standard input."),
            )
        with path.open("rb"):
            return path
    except OSError as reason:
        raise TimelineError(
            N_("{path} cannot be read: {reason}."),
            code="cannot-read",
            params={"path": file, "reason": (reason.strerror or str(reason)).lower()},
            hint=N_("Check the name of the file."),
        ) from reason


def _pairs(texts: Iterable[str], option: str, shape: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise click.UsageError(f"{option} {text!r}: write {option} '{shape}'.")
        pairs[name.strip()] = value
    return pairs


def _one_sign(option: str, text: str | None, words: dict[str, str]) -> str | None:
    sign = words.get(text or "", text)
    if sign is None or text in words:
        return sign
    if len(sign) != 1:
        raise click.UsageError(
            f"{option}: write one sign, or {', '.join(w for w in words if w != chr(92) + 't')}."
        )
    return sign
