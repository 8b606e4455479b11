"""The command `timeline export`: one kind of record as CSV or JSON Lines, or all kinds in one file or folder.

Knows options and files; what is written is decided by the record's own export.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from incidents import (
    PLAIN,
    SPREADSHEETS,
    CsvStyle,
    Record,
    Store,
    TimelineError,
    all_json,
    export_csv,
    export_json,
    write_folder,
    write_zip,
)
from timeline.command_line import (
    TYPES,
    check_output,
    database_of,
    database_option,
    the_store,
    written,
    written_bytes,
    written_folder,
)
from timeline.typed_records import walked
from timeline.wording import N_


@click.command()
@click.option("--format", "shape", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--type", "record_type", type=TYPES, help="Which records (default: incident).")
@click.option("--all", "everything", is_flag=True, help="All records: providers, services, sources ... too.")
@click.option("--collection", help="Only the records of this collection, such as own.")
@click.option(
    "--excel",
    type=click.Choice(sorted(SPREADSHEETS)),
    help="CSV that Excel opens by a double click, on a machine in English or in French.",
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path),
    help="A file (default: stdout); with --all in CSV a .zip file or a new folder.",
)  # fmt: skip
@database_option
@click.pass_context
def export(
    ctx: click.Context,
    shape: str,
    record_type: str | None,
    everything: bool,
    collection: str | None,
    excel: str | None,
    output: Path | None,
) -> None:
    """Write records as CSV, which the import reads back to the same records, or as JSON, one record a line.

    Incidents name providers, services and sources. For a database that lacks these, write them all:
    `timeline export --all --format json -o records.jsonl`, read back by `timeline import records.jsonl`.
    """
    if everything and record_type:
        raise click.UsageError("--all writes every type: leave out --type.")
    if excel and shape != "csv":
        raise click.UsageError("--excel is for CSV.")
    style = SPREADSHEETS[excel] if excel else PLAIN
    check_output(output, database_of(ctx))
    with the_store(ctx) as store:
        records = _records(store, collection)
        if everything and shape == "csv":
            _write_all(output, records, style)
            return
        if output is not None and output.is_dir():
            raise TimelineError(
                N_("{path} is a folder."),
                code="output-is-folder",
                params={"path": str(output)},
                hint=N_("Name a file in it, or write all records into a new folder with --all."),
            )
        with written(output) as target:
            target.writelines(
                _lines(shape, None if everything else record_type or "incident", records, style)
            )


def _records(store: Store, collection: str | None) -> Callable[[str], Iterator[Record]]:
    """Give the walk through the records of a kind, of one collection where it is named."""

    def walk(record_type: str) -> Iterator[Record]:
        found = walked(store, record_type)
        return (r for r in found if r.collection == collection) if collection else found

    return walk


def _lines(
    shape: str, record_type: str | None, walk: Callable[[str], Iterator[Record]], style: CsvStyle
) -> Iterator[str]:
    if record_type is None:
        return all_json(walk)
    if shape == "json":
        return export_json(record_type, walk(record_type))
    return export_csv(record_type, walk(record_type), style)


def _write_all(output: Path | None, walk: Callable[[str], Iterator[Record]], style: CsvStyle) -> None:
    if output is None or str(output) == "-":
        raise click.UsageError(
            "--all in CSV is several files: name a .zip file or a new folder with --output."
        )
    if output.suffix.lower() == ".zip":
        with written_bytes(output) as target:
            write_zip(target, walk, style)
        return
    with written_folder(output) as folder:
        write_folder(folder, walk, style)
