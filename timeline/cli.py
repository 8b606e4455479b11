"""The command line: serve, init, import, export, show, check. Data on stdout, talk on stderr.

Exit codes: 0 done, 1 could not be done (the reason and the next step are said), 2 the command was wrongly used.
Knows words and options; what is done is done by the record and by the modules beside this one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from incidents import (
    RECORD_TYPES,
    DatabaseError,
    ImportOptions,
    Query,
    Store,
    TimelineError,
    fill,
    open_store,
)
from timeline.settings import read_settings, read_zone
from timeline.wording import LANGUAGES, N_, _, speaking

NOTES = 10
LONG_IMPORT = 1_000
TYPES = click.Choice(sorted(RECORD_TYPES))


class UsageFault(TimelineError):
    """The command was wrongly used."""

    exit_code = 2


class Commands(click.Group):
    """A group whose commands say what a person can put right, instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TimelineError as error:
            tell(_said(error))
            raise click.exceptions.Exit(getattr(error, "exit_code", 1)) from error
        except DatabaseError as error:
            tell(
                _said(
                    TimelineError(
                        N_("The database is damaged or in use: {problem}."),
                        code="database-error",
                        params={"problem": str(error)},
                        hint=N_(
                            "Take a copy of the file before anything else; `timeline check` says what is wrong."
                        ),
                    )
                )
            )
            raise click.exceptions.Exit(1) from error
        except BrokenPipeError:
            # The reader of our output has gone, as `head` does: no fault of the command.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None


def tell(text: str) -> None:
    """Say something to the person at the terminal."""
    click.echo(text, err=True)


def _said(error: TimelineError) -> str:
    message = fill(_(error.message), error.params)
    hint = fill(_(error.hint), error.params) if error.hint else ""
    said = _("Error: %(said)s", said=message)
    return f"{said}\n       {hint}" if hint else said


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from timeline.service import versions

    for name, version in versions().items():
        click.echo(f"{name} {version}")
    ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--database",
    "-d",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The database file (default: TIMELINE_DATABASE, else incidents.db). Created with the bundled records.",
)
@click.option(
    "--lang", type=click.Choice(list(LANGUAGES)), default="en", help="The language of what is said."
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show versions."
)
@click.pass_context
def main(ctx: click.Context, database: Path | None, lang: str) -> None:
    """Outage Timeline: outages and incidents of critical digital services, with their impact, duties and sources."""
    ctx.with_resource(speaking(lang))
    ctx.obj = database


def database_option(command: Any) -> Any:
    """Let `--database` stand behind the command's name too."""

    def take(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.obj = value

    return click.option(
        "--database",
        "-d",
        type=click.Path(dir_okay=False, path_type=Path),
        expose_value=False,
        callback=take,
        help="The database file.",
    )(command)


def database_of(ctx: click.Context) -> Path:
    """Give the database file: the option, else the setting."""
    return Path(ctx.obj or str(read_settings()["DATABASE"]))


def _announce(path: Path) -> None:
    if not path.exists() and path.absolute().parent.is_dir():
        tell(f"Creating {path} with the bundled records.")


@contextmanager
def the_store(ctx: click.Context) -> Iterator[Store]:
    """Open the store, creating it with the bundled records when there is none, and close it at the end."""
    path = database_of(ctx)
    _announce(path)
    store = open_store(path, at=datetime.now(UTC))
    try:
        yield store
    finally:
        store.close()


@main.command()
@click.option(
    "--host", help="The address to listen on (default 127.0.0.1). Beyond this machine: set TIMELINE_TOKEN."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port to listen on (default 8000; 0 takes a free one)."
)
@click.option("--read-only", is_flag=True, help="Refuse every change through the browser.")
@database_option
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, read_only: bool) -> None:
    """Serve the timeline to the browser.

    Settings are read from the environment: see the list in docs/settings.md, or /-/settings.json of a running
    service.
    """
    from timeline import create_app
    from timeline.serving import require_token
    from timeline.serving import serve as run

    given: dict[str, object] = {"HOST": host, "PORT": port, "DATABASE": str(database_of(ctx))}
    if read_only:
        given["READ_ONLY"] = True
    values = read_settings(given)
    require_token(str(values["HOST"]), str(values["TOKEN"]))
    _announce(database_of(ctx))
    app = create_app(values)
    try:
        run(app, tell)
    finally:
        app.extensions["store"].close()


@main.command()
@click.option("--empty", is_flag=True, help="Without the bundled records.")
@database_option
@click.pass_context
def init(ctx: click.Context, empty: bool) -> None:
    """Create the database, with the bundled records unless --empty."""
    path = database_of(ctx)
    if path.exists():
        raise TimelineError(
            N_("{path} exists already; it was not changed."),
            code="exists-already",
            params={"path": str(path)},
            hint=N_("Name another file with --database, or use this one as it is."),
        )
    store = open_store(path, at=datetime.now(UTC), with_bundled=not empty)
    counts = store.counts()
    store.close()
    tell(f"Created {path}: {counts.get('incident', 0)} incidents, {counts.get('provider', 0)} providers.")


@main.command("import")
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
    "--encoding", help="The encoding of the file, such as utf-8 or windows-1252 (default: found out)."
)
@click.option("--delimiter", help="What separates the cells (default: found out).")
@click.option(
    "--collection", default="own", show_default=True, help="The collection that the rows become part of."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--strict", is_flag=True, help="Change nothing when any row is rejected.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
@click.option(
    "--rejected", type=click.Path(dir_okay=False, path_type=Path), help="Write rejected rows to this file."
)
@click.option(
    "--template", "template", is_flag=True, help="Write an example file to stdout, and import nothing."
)
@database_option
@click.pass_context
def import_(
    ctx: click.Context,
    file: str | None,
    record_type: str,
    mapped: tuple[str, ...],
    constants: tuple[str, ...],
    timezone: str | None,
    date_order: str | None,
    ignored: tuple[str, ...],
    ignore_unknown: bool,
    encoding: str | None,
    delimiter: str | None,
    collection: str,
    dry_run: bool,
    strict: bool,
    as_json: bool,
    rejected: Path | None,
    template: bool,
) -> None:
    """Import the rows of a CSV file; the same file again changes nothing.

    Each row ends as added, updated, unchanged, duplicate or rejected. The exit code is 1 when a row was
    rejected; the others are imported all the same, unless --strict.
    """
    from incidents import import_file, template_csv
    from timeline.rejected import ADDED, rejected_csv
    from timeline.report import (
        all_notes,
        change_lines,
        json_text,
        note_lines,
        order_unknown,
        problem_lines,
        summary_line,
    )

    if template:
        click.echo(template_csv(record_type), nl=False)
        return
    if file is None:
        raise click.UsageError("Name the file to import, or ask for an example with --template.")
    options = ImportOptions(
        record_type=record_type,
        mapping=_pairs(mapped, "--map", "FIELD={Header}"),
        constants=_pairs(constants, "--set", "FIELD=VALUE"),
        ignored=(*ignored, *ADDED),
        ignore_unknown=ignore_unknown,
        encoding=encoding,
        delimiter=_one_sign(delimiter),
        strict=strict,
        collection=collection,
        timezone=read_zone(timezone).key if timezone else None,
        default_zone=read_zone(str(read_settings()["TIMEZONE"])).key,
        date_order=date_order,
        filename=Path(file).name if file != "-" else "standard input",
    )
    check_output(rejected, database_of(ctx), *([Path(file)] if file != "-" else []))
    data = _bytes_of(file)
    with the_store(ctx) as store, _progress() as tick:
        report = import_file(
            store,
            data,
            options,
            actor=_person(),
            at=datetime.now(UTC),
            dry_run=dry_run,
            on_progress=tick,
        )
    if rejected is not None:
        with _written(rejected) as target:
            target.writelines(rejected_csv(report))
    if as_json:
        click.echo(json_text(report))
    else:
        for line in [*note_lines(all_notes(report))[:NOTES], *change_lines(report), *problem_lines(report)]:
            tell(line)
        if date_order is None and order_unknown(report):
            tell(_("Dates can be read in two ways: add --date-order DMY (day first) or --date-order MDY."))
        click.echo(summary_line(report))
    if report.rejected:
        ctx.exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar for a long import to a person at a terminal; give nothing to tick where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = click.progressbar(length=1, label=_("Reading rows"), file=sys.stderr, show_pos=True)

    def tick(done: int, total: int) -> None:
        if total >= LONG_IMPORT:
            bar.length = total
            bar.update(done - bar.pos)

    try:
        yield tick
    finally:
        if bar.pos:
            bar.update((bar.length or 0) - bar.pos)
            bar.render_finish()


def _pairs(texts: Iterable[str], option: str, shape: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise click.UsageError(f"{option} {text!r}: write {option} '{shape}'.")
        pairs[name.strip()] = value
    return pairs


def _one_sign(text: str | None) -> str | None:
    sign = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ","}.get(text or "", text)
    if sign is not None and len(sign) != 1:
        raise click.UsageError("--delimiter: write one sign, or tab, comma, semicolon.")
    return sign


def _bytes_of(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as reason:
        raise TimelineError(
            N_("{path} cannot be read: {reason}."),
            code="cannot-read",
            params={"path": file, "reason": (reason.strerror or str(reason)).lower()},
            hint=N_("Check the name of the file."),
        ) from reason


def _person() -> str:
    """Name who runs the command, for the history."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "command line"


def check_output(path: Path | None, *sources: Path) -> None:
    """Refuse to write over what is being read: the database, or the file that is imported. Raises `TimelineError`."""
    for source in sources if path is not None else ():
        try:
            same = path is not None and path.exists() and source.exists() and path.samefile(source)
        except OSError:
            same = False
        if same:
            raise TimelineError(
                N_("{path} is what this command reads; it was not written over."),
                code="output-is-input",
                params={"path": str(path)},
                hint=N_("Name another file to write to."),
            )


@contextmanager
def _written(path: Path | None) -> Iterator[IO[str]]:
    """Give stdout, or a file that stands there whole or not at all; a device or a pipe is written into."""
    if path is None or str(path) == "-":
        yield sys.stdout
        return
    if path.is_symlink() or (path.exists() and not path.is_file()):
        with path.open("w", encoding="utf-8", newline="") as target:
            yield target
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as target:
            yield target
        draft.replace(path)
    except OSError as reason:
        raise TimelineError(
            N_("{path} cannot be written: {reason}."),
            code="cannot-write",
            params={"path": str(path), "reason": (reason.strerror or str(reason)).lower()},
            hint=N_("Check the folder, and that you may write in it."),
        ) from reason
    finally:
        draft.unlink(missing_ok=True)


@main.command()
@click.option("--format", "shape", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--type", "record_type", type=TYPES, default="incident", show_default=True)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A file (default: stdout)."
)
@database_option
@click.pass_context
def export(ctx: click.Context, shape: str, record_type: str, output: Path | None) -> None:
    """Write records as CSV, which the import reads back to the same records, or as JSON, one record a line."""
    from incidents import export_csv, export_json, find

    write = export_csv if shape == "csv" else export_json
    check_output(output, database_of(ctx))
    with the_store(ctx) as store, _written(output) as target:
        incidents = record_type == "incident"
        records = find(store, Query(order="oldest")).incidents if incidents else store.all(record_type)
        target.writelines(write(record_type, records))


@main.command()
@click.argument("record_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Write the incident as JSON.")
@click.option("--lang", type=click.Choice(list(LANGUAGES)), help="The language of the page.")
@database_option
@click.pass_context
def show(ctx: click.Context, record_id: str, as_json: bool, lang: str | None) -> None:
    """Show an incident: what, when, how sure, its impact, who was in it, which duties, which sources."""
    from timeline.show import incident_json, incident_text

    if lang:
        ctx.with_resource(speaking(lang))
    with the_store(ctx) as store:
        click.echo(
            incident_json(store, record_id) if as_json else incident_text(store, record_id), nl=as_json
        )


@main.command()
@database_option
@click.pass_context
def check(ctx: click.Context) -> None:
    """Check the database: integrity, references, search index, which SQLite and journal, how many records."""
    with the_store(ctx) as store:
        results = store.check()
        for result in results:
            click.echo(f"{'ok  ' if result.ok else 'FAIL'}  {result.name}: {result.found}")
        for name, version in store.versions().items():
            click.echo(f"      {name}: {version}")
        for name, count in store.counts().items():
            plural = RECORD_TYPES[name].plural if name in RECORD_TYPES else f"{name}s"
            click.echo(f"      {plural}: {count}")
    if not all(result.ok for result in results):
        tell("Error: the database is damaged. Keep the file, and restore a copy of it from before.")
        ctx.exit(1)


if __name__ == "__main__":
    main()
