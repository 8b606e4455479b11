"""The command `timeline history ID`: what became of an incident, newest first, also of one that is deleted.

Knows options and the terminal; what is said is made where the page's words are made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from incidents import Incident, TimelineError
from timeline.command_line import database_option, the_store
from timeline.formats import format_instant
from timeline.history_words import Event, events
from timeline.record_json import plain
from timeline.settings import read_settings, read_zone
from timeline.wording import N_, _


@click.command()
@click.argument("record_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Write the history as JSON.")
@database_option
@click.pass_context
def history(ctx: click.Context, record_id: str, as_json: bool) -> None:
    """Show who changed an incident, when, by which import or edit, and each value before and after."""
    with the_store(ctx) as store:
        record = store.get("incident", record_id)
        incident = record if isinstance(record, Incident) else None
        steps = events(store, store.history("incident", record_id), incident)
    if incident is None and not steps:
        raise TimelineError(
            N_("There is no incident “{id}” in the record, and none was deleted."),
            code="not-found",
            params={"id": record_id},
            hint=N_("Search for it on the page, or list the ids: timeline export --format json."),
        )
    if as_json:
        body = {"id": record_id, "deleted": incident is None, "history": plain(steps)}
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
        return
    zone = read_zone(str(read_settings()["TIMEZONE"])).key
    click.echo("\n".join(line for step in steps for line in _lines(step, zone)))


def _lines(step: Event, zone: str) -> Iterator[str]:
    origin = f", {step.origin}" if step.origin else ""
    yield f"#{step.number}  {format_instant(step.at, zone=zone)}  {step.words}  ({step.actor}{origin})"
    if step.why:
        yield f"      {step.why}"
    for field in step.changes:
        new = field.new or _("emptied")
        said = _("%(old)s → %(new)s", old=field.old, new=new) if field.old else new
        yield f"      {_('%(name)s:', name=field.label)} {said}"
