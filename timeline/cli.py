"""The command line: serve, init, import, export, show, check. Data on stdout, talk on stderr.

Exit codes: 0 done, 1 could not be done (the reason and the next step are said), 2 the command was wrongly used.
Knows words and options; what is done is done by the record and by the modules beside this one.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from incidents import (
    RECORD_TYPES,
    DatabaseError,
    TimelineError,
    fill,
    open_store,
)
from timeline.command_line import (
    announce,
    database_of,
    database_option,
    tell,
    the_store,
)
from timeline.export_command import export
from timeline.history_commands import history
from timeline.import_command import import_
from timeline.import_history_command import imports, undo
from timeline.settings import read_settings
from timeline.upkeep_commands import rebuild, upgrade
from timeline.wording import LANGUAGES, N_, _, speaking


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
    help="The database file (default: TIMELINE_DATABASE, else incidents.db).",
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
    announce(database_of(ctx))
    app = create_app(values)
    try:
        run(app, tell)
    finally:
        app.extensions["import_jobs"].close()
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


main.add_command(import_)
main.add_command(imports)
main.add_command(undo)
main.add_command(rebuild)
main.add_command(upgrade)
main.add_command(export)
main.add_command(history)


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
