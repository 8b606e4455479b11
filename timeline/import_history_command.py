"""The commands `timeline imports` and `timeline undo IMPORT`: what was imported, and the way back.

Knows options and the terminal; what is said is made by `import_history`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from incidents import undo as take_back
from timeline.command_line import database_option, person, tell, the_store
from timeline.formats import format_instant
from timeline.import_history import kept_words, last_made, undo_words
from timeline.record_json import plain
from timeline.settings import read_settings, read_zone
from timeline.wording import _, ngettext

SHOWN = 20


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write the list as JSON.")
@database_option
@click.pass_context
def imports(ctx: click.Context, as_json: bool) -> None:
    """List the imports, newest first: number, when, by whom, which file, and what became of its rows."""
    zone = ZoneInfo(read_zone(str(read_settings()["TIMEZONE"])).key)
    with the_store(ctx) as store:
        made = last_made(store)
    if as_json:
        body = [{**plain(one.entry), "sums": one.sums, "undone_by": one.undone_by} for one in made]
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
        return
    if not made:
        tell(_("Nothing has been imported yet"))
    for one in made:
        entry = one.entry
        said = one.sum_line or ngettext("%(n)s record", "%(n)s records", entry.records)
        if entry.undoes is not None:
            said = _("change %(n)s was taken back", n=entry.undoes) + f": {said}"
        click.echo(
            f"#{entry.id}  {format_instant(entry.at, zone=zone)}  {entry.origin}  ({entry.actor})  {said}"
        )
        if one.undone_by is not None:
            click.echo("      " + _("taken back by change %(n)s", n=one.undone_by))


@click.command()
@click.argument("number", type=int, metavar="IMPORT")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@database_option
@click.pass_context
def undo(ctx: click.Context, number: int, dry_run: bool) -> None:
    """Take an import, or any other change, back: its number is that of `timeline imports`.

    What was changed again since keeps its later value, and is named. An undo can itself be taken back.
    """
    with the_store(ctx) as store:
        report = take_back(store, number, actor=person(), at=datetime.now(UTC), dry_run=dry_run)
    for kept in report.kept[:SHOWN]:
        tell(_("left as it is: %(words)s", words=kept_words(kept)))
    if len(report.kept) > SHOWN:
        tell(_("and %(n)s more", n=len(report.kept) - SHOWN))
    for line in undo_words(report, dry_run=dry_run):
        click.echo(line)
    if dry_run:
        click.echo(_("Dry run: nothing was changed."))
    elif report.change_set_id is not None:
        click.echo(_("To have it again: timeline undo %(n)s", n=report.change_set_id))
