"""The commands `timeline rebuild` and `timeline upgrade`: a database from its journal, newer bundled records.

Knows options and the terminal; what is done is done by the record.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from incidents import preview_upgrade
from incidents import rebuild as build_again
from timeline.command_line import database_of, database_option, tell, the_store
from timeline.report import shortened
from timeline.wording import _, ngettext

SHOWN = 40


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path), metavar="NEW_DATABASE")
@database_option
@click.pass_context
def rebuild(ctx: click.Context, target: Path) -> None:
    """Make the database again from its journal and its kept files, into a new file.

    The journal stands in the folder NAME-files beside the database; the database itself need not be there any more.
    """
    revision = build_again(database_of(ctx), target)
    click.echo(_("%(path)s is as it was after change %(n)s.", path=str(target), n=revision))


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@database_option
@click.pass_context
def upgrade(ctx: click.Context, dry_run: bool) -> None:
    """Bring the bundled records up to date; what you changed or deleted stays as you left it.

    Every other command does this too when it opens the database; --dry-run shows beforehand what it will change.
    """
    path = database_of(ctx)
    found = preview_upgrade(path, at=datetime.now(UTC))
    for line in found.changes[:SHOWN]:
        old, new = shortened(line.old or "–"), shortened(line.new or "–")
        words = f"{old} -> {new}" if line.field else _("added")
        tell(
            _(
                "%(name)s: %(words)s",
                name=f"{line.record_type} {line.record_id} {line.field}".strip(),
                words=words,
            )
        )
    if len(found.changes) > SHOWN:
        tell(_("and %(n)s more", n=len(found.changes) - SHOWN))
    for name in found.kept:
        tell(_("left as you made it: %(name)s", name=name))
    changed = len({(line.record_type, line.record_id) for line in found.changes})
    said = ngettext("%(n)s bundled record changes", "%(n)s bundled records change", changed)
    if dry_run:
        click.echo(_("%(line)s (dry run: nothing was changed)", line=said))
        return
    with the_store(ctx):
        click.echo(said)
