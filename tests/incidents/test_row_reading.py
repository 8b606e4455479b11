"""Rows to incidents: dates in two columns, units and zones of headers, lists, words for nothing, made ids."""

from __future__ import annotations

from datetime import date

import pytest

from incidents.amount import Amount
from incidents.csv_import import made_id
from incidents.errors import fill
from incidents.flat import from_flat, to_flat
from incidents.model import Part
from incidents.moment import utc_text
from incidents.table import Row
from tests.incidents.row_reading import incident_of, read_rows, reader_of

BASE = "id,title,started_at"


def one(header: str, cells: str, **options: object):  # type: ignore[no-untyped-def]
    [read] = read_rows(f"{BASE},{header}\n1,x,2026-02-01T10:00,{cells}", **options)
    return incident_of(read)


TWO_COLUMNS = {
    # date, time, order -> value, precision
    ("09/12/2025", "12:00 noon", "MDY"): ("2025-09-12T12:00:00-04:00", "minute"),
    ("09/12/2025", "3:46 p..m.", "MDY"): ("2025-09-12T15:46:00-04:00", "minute"),
    ("09/12/2025", "Midnight", "MDY"): ("2025-09-12T00:00:00-04:00", "minute"),
    ("09/12/2025", "Unknown", "MDY"): ("2025-09-12", "day"),
    ("09/12/2025", "", "MDY"): ("2025-09-12", "day"),
    ("09/12/2025", "?", "MDY"): ("2025-09-12", "day"),
    ("12/09/2025", "vers 22h", "DMY"): ("2025-09-12T22:00:00-04:00", "minute"),
    ("September 12 2025", "8:00 PM", None): ("2025-09-12T20:00:00-04:00", "minute"),
}


@pytest.mark.parametrize(("given", "expected"), TWO_COLUMNS.items())
def test_a_date_and_a_time_in_two_columns(
    given: tuple[str, str, str | None], expected: tuple[str, str]
) -> None:
    day, time, order = given
    reader = reader_of(
        ("id", "title", "Day", "Hour"),
        mapping={"started_at": "{Day} {Hour}"},
        constants={"timezone": "America/New_York"},
        date_order=order,
    )
    moment = incident_of(reader.read(Row(2, ("1", "x", day, time)))).started_at
    assert (moment.value, moment.precision) == expected
    assert moment.zone == "America/New_York"


def test_an_unknown_day_with_a_time_is_no_start() -> None:
    [read] = read_rows("id,title,Day,Hour\n1,x,Unknown,22:00", mapping={"started_at": "{Day} {Hour}"})
    assert read.record is None
    assert [problem.column for problem in read.problems] == ["Day + Hour"]


def test_the_order_of_a_single_column_is_its_own() -> None:
    reader = reader_of(
        ("id", "title", "started_at", "resolved_at"), date_orders={"started_at": "DMY", "resolved_at": "MDY"}
    )
    made = incident_of(reader.read(Row(2, ("1", "x", "01/02/2026", "02/03/2026"))))
    assert made.resolved_at is not None
    assert (made.started_at.value, made.resolved_at.value) == ("2026-02-01", "2026-02-03")


def test_the_zone_of_a_header_holds_for_its_column_alone() -> None:
    [read] = read_rows("id,title,Start (UTC),resolved_at\n1,x,2026-02-01 09:00,2026-02-01 10:40")
    made = incident_of(read)
    assert made.resolved_at is not None and made.resolved_at.earliest is not None
    assert made.started_at.earliest is not None
    assert utc_text(made.started_at.earliest) == "2026-02-01T09:00:00Z"
    assert utc_text(made.resolved_at.earliest) == "2026-02-01T09:40:00Z"


UNITS = {
    "duration_seconds": ("2400", 40),
    "Durée (min)": ("40", 40),
    "Duration (hours)": ("1.5", 90),
    "seconds_to_resolve": ("90", 1.5),
    "Duration (days)": ("2", 2880),
    "Duration (hour)": ("40 minutes", 40),
    "duration": ("une quarantaine de minutes", 40),
}


@pytest.mark.parametrize("header", UNITS)
def test_the_unit_of_a_header_holds_for_plain_numbers(header: str) -> None:
    cell, minutes = UNITS[header]
    amount = one(header, cell).duration
    assert amount is not None and amount.central == minutes


def test_numbers_of_a_spreadsheet_are_days_only_where_that_is_said() -> None:
    text = "id,title,started_at\n1,x,45912\n2,y,45912.9166666667\n3,z,2025-09-12"
    assert [read.problems[0].code for read in read_rows(text)[:2]] == ["spreadsheet-number"] * 2
    said = [incident_of(read).started_at.value for read in read_rows(text, excel_dates=True)]
    assert said == ["2025-09-12", "2025-09-12T22:00:00+02:00", "2025-09-12"]


NOTHING = [
    "",
    "?",
    "N/A",
    "NA",
    "n.c.",
    "-",
    "—",
    "null",
    "None",
    "Unknown",
    "inconnu",
    "non renseigné",
    "TBD",
]


@pytest.mark.parametrize("word", NOTHING)
def test_words_for_nothing_are_nothing(word: str) -> None:
    made = one(
        "resolved_at,duration,affected,operator,service,providers,cause,third_party,tags_,note",
        ",".join([word] * 8) + ",,",
    )
    assert made.resolved_at is made.duration is made.affected is made.operator_id is None
    assert (made.service_ids, made.providers, made.cause, made.third_party) == ((), (), "unknown", "unknown")
    assert made.unmatched_values == ()


LISTS = [
    ("FR; BE", ("FR", "BE")),
    ("FR | BE", ("FR", "BE")),
    ('["FR" "BE"]'.replace(" ", ", "), ("FR", "BE")),
    ("['FR', 'BE']", ("FR", "BE")),
    ("FR\nBE", ("FR", "BE")),
]


@pytest.mark.parametrize(("cell", "expected"), LISTS)
def test_lists_in_cells(cell: str, expected: tuple[str, ...]) -> None:
    reader = reader_of(("id", "title", "started_at", "Country", "Labels", "Suppliers"))
    row = Row(2, ("1", "x", "2026-02-01", cell, cell, cell.replace("FR", "aws").replace("BE", "free")))
    made = incident_of(reader.read(row))
    assert made.region == made.tags == expected
    assert made.providers == (Part("aws", "supplier"), Part("free", "supplier"))


def test_several_causes_in_a_cell_are_kept_apart() -> None:
    reader = reader_of(("id", "title", "started_at", "why"), mapping={"technical_cause": "{why}"})
    made = incident_of(
        reader.read(Row(2, ("1", "x", "2026-02-01", "['Signal down, again', \"driver's error\"]")))
    )
    assert made.technical_cause == "Signal down, again; driver's error"
    assert made.tags == ("Signal down, again", "driver's error")
    classes = reader_of(("id", "title", "started_at", "Root cause"))
    read = classes.read(Row(2, ("1", "x", "2026-02-01", "Operator error; Gremlins")))
    made = incident_of(read)
    assert made.unmatched_values == ("cause=Gremlins",)
    assert read.notes


def test_a_word_of_the_file_means_what_the_options_say() -> None:
    words = {"severity": {"Rouge": "critical", "low": "none"}}
    assert one("Gravité", "rouge", value_words=words).severity == "critical"
    assert one("Gravité", "LOW", value_words=words).severity == "none"
    assert one("Gravité", "haute", value_words=words).severity == "major"


def test_a_start_that_nobody_gives_is_bounded_by_what_is_known() -> None:
    text = "id,title,started_at,aware_at,reported_at\n1,x,,2026-02-03,2026-02-02T10:00\n2,y,,,"
    bounded, missing = read_rows(text)
    made = incident_of(bounded)
    assert made.started_at.earliest is None and made.started_at.latest is not None
    assert utc_text(made.started_at.latest) == "2026-02-02T09:00:59Z"
    assert made.inferred_fields == ("started_at",)
    assert [note.column for note in bounded.notes] == ["started_at"]
    assert [problem.code for problem in missing.problems] == ["missing"]


def test_all_problems_of_a_row_come_at_once() -> None:
    [read] = read_rows("id,title,started_at,duration,source_urls\n1,,31/02/2026,-5,example.org")
    assert {problem.code for problem in read.problems} == {
        "missing",
        "impossible-date",
        "negative",
        "bad-address",
    }
    assert all(
        "{" not in (problem.reason + problem.remedy).replace("{Header}", "") for problem in read.problems
    )


def test_notes_are_said_of_the_row_and_its_column() -> None:
    [read] = read_rows(
        "id,title,started_at,resolved_at,duration,severity\n1,x,2027-01-01T10:00Z,2027-01-01T10:40Z,3 h,mauve",
        today=date(2026, 11, 24),
    )
    assert incident_of(read).unmatched_values == ("severity=mauve",)
    assert [note.column for note in read.notes] == ["severity", "started_at", "resolved_at", "duration"]
    assert {note.line for note in read.notes} == {2}
    assert all("{" not in fill(note.message, note.params) for note in read.notes)


def test_an_id_is_made_of_profile_title_operator_and_start() -> None:
    text = (
        "title,started_at,operator,summary\nx,2026-02-01T10:00,orange,a\nx,2026-02-01T10:00,groupe Orange,b\n"
    )
    text += "y,2026-02-01T10:00,orange,a\nx,2026-02-01T10:01,orange,a\nx,2026-02-01T10:00,free,a"
    ids = [incident_of(read).id for read in read_rows(text)]
    assert ids[0] == ids[1] and len(set(ids)) == 4
    assert ids == [incident_of(read).id for read in read_rows(text)]
    assert all(name.startswith("2026-02-01-") for name in ids)
    other = [incident_of(read).id for read in read_rows(text, profile="mine")]
    assert len({*ids, *other}) == 8
    assert made_id("incident", {"title": "x"}) == made_id("incident", {"title": "x"}, "")


def test_what_is_remembered_of_cells_changes_nothing() -> None:
    cells = ["12 février 2026 vers 22h", "2026-02-01", "?", "ongoing", "hier", "2026-02-01T10:00Z"] * 3
    text = "id,title,started_at,resolved_at\n" + "\n".join(
        f"{n},x,2026-01-01T10:00Z,{cell}" for n, cell in enumerate(cells)
    )
    alone = [
        read_rows(f"id,title,started_at,resolved_at\n{n},x,2026-01-01T10:00Z,{cell}")[0]
        for n, cell in enumerate(cells)
    ]
    for together, single in zip(read_rows(text), alone, strict=True):
        assert together.record == single.record
        assert [(p.code, p.value) for p in together.problems] == [(p.code, p.value) for p in single.problems]
        assert [n.message for n in together.notes] == [n.message for n in single.notes]


def test_every_record_that_is_read_is_as_its_flat_form_says() -> None:
    header = "id,title,Start (UTC),End (heure de Paris),Detected (Pacific/Auckland),affected,tags,operator"
    text = (
        header
        + "\n"
        + "\n".join(
            f"{n},x,{start},{end},{seen},{count},a | b,orange"
            for n, (start, end, seen, count) in enumerate(
                [
                    ("2026-02-01", "2026-02-03", "2026-02-02", "200-250"),
                    ("février 2026", "mars 2026", "2026-02-02", "about 300"),
                    ("2026-02-01 10:00", "ongoing", "?", "plus de dix millions"),
                    ("between 2026-02-01 and 2026-02-02", "2026-03", "2026-02-03T10:00Z", "?"),
                ]
            )
        )
    )
    for read in read_rows(text):
        record = incident_of(read)
        assert from_flat("incident", to_flat(record), record.collection) == record
        assert record.affected is None or isinstance(record.affected, Amount)
