"""The import: what becomes of each row, that the sums hold, and that a mistake changes nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import incidents
from incidents import ImportOptions, ImportReport, Incident, Query, Store, TimelineError, import_file
from incidents.bundled import FILES, read_reference
from incidents.columns import RECORD_TYPES
from incidents.csv_export import disarm, export_csv, rearm, template_csv

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DATA = Path(__file__).parent.parent / "data" / "csv"


def load(store: Store, text: str | bytes, **options: object) -> ImportReport:
    data = text.encode() if isinstance(text, str) else text
    return import_file(store, data, ImportOptions(**options), actor="officer", at=AT)  # type: ignore[arg-type]


def sums_hold(report: ImportReport) -> bool:
    parts = report.added + report.updated + report.unchanged + report.duplicate + report.rejected
    return report.read == parts and (report.how == "file" or parts == len(report.rows))


GOOD = (
    "id,title,operator_id,started_at,resolved_at,affected,affected_unit,severity\n"
    "T-1,Box down,Orange,2026-02-01T10:00:00+01:00,2026-02-01T10:40:00+01:00,120000,subscribers,major\n"
    "T-2,Portal down,aws,2026-02-02T10:00:00Z,,,,minor\n"
)


def test_a_clean_file_is_added_then_unchanged(store: Store) -> None:
    first = load(store, GOOD)
    assert (first.read, first.added, first.rejected) == (2, 2, 0)
    record = store.get("incident", "T-1")
    assert isinstance(record, Incident)
    assert (record.operator_id, record.collection, record.affected_unit) == ("orange", "own", "subscribers")
    figure = incidents.user_hours(record)
    assert figure is not None
    assert figure.amount.central == pytest.approx(80_000)
    revision = store.revision()
    again = load(store, GOOD)
    assert (again.unchanged, again.added, again.change_set_id) == (2, 0, None)
    assert store.revision() == revision
    assert sums_hold(first) and sums_hold(again)


def test_a_corrected_file_updates_what_changed_and_says_so(store: Store) -> None:
    load(store, GOOD)
    report = load(store, GOOD.replace("minor", "critical"))
    assert (report.updated, report.unchanged) == (1, 1)
    assert report.rows[1].differences == (("severity", "minor", "critical"),)
    assert store.history("incident", "T-2")[0].old_value == "minor"


def test_the_bytes_of_an_accepted_file_are_kept(store: Store) -> None:
    report = load(store, GOOD)
    kept = incidents.files_folder(store.path) / report.file_sha256
    assert kept.read_bytes() == GOOD.encode()
    assert store.change_sets()[0].file_sha256 == report.file_sha256


def test_a_dry_run_reports_and_changes_nothing(store: Store) -> None:
    revision = store.revision()
    kept = sorted(incidents.files_folder(store.path).rglob("*"))
    report = import_file(store, GOOD.encode(), ImportOptions(), actor="officer", at=AT, dry_run=True)
    assert (report.added, report.change_set_id) == (2, None)
    assert store.revision() == revision
    assert store.get("incident", "T-1") is None
    assert sorted(incidents.files_folder(store.path).rglob("*")) == kept


def test_good_rows_go_in_and_bad_ones_come_back(store: Store) -> None:
    report = load(store, GOOD + "T-3,No date,Orange,someday soon,,,,\n")
    assert (report.added, report.rejected) == (2, 1)
    [problem] = report.problems
    assert (problem.line, problem.column, problem.value) == (4, "started_at", "someday soon")
    assert problem.reason and problem.remedy
    assert report.rows[2].cells[1] == "No date"


def test_strict_takes_all_or_nothing(store: Store) -> None:
    revision = store.revision()
    report = load(store, GOOD + "T-3,No date,Orange,someday soon,,,,\n", strict=True)
    assert report.rejected == 1
    assert report.change_set_id is None
    assert store.revision() == revision
    assert store.get("incident", "T-1") is None


def test_the_same_row_twice_is_a_duplicate_and_a_contradiction_is_rejected(store: Store) -> None:
    row = GOOD.splitlines()[1]
    report = load(store, GOOD + row + "\n" + row.replace("Box", "Set-top box") + "\n")
    assert (report.added, report.duplicate, report.rejected) == (2, 1, 1)
    assert report.problems[0].code == "two-rows-one-id"
    assert "line 2" in report.problems[0].reason


def test_rows_without_an_id_get_one_from_their_content(store: Store) -> None:
    text = "title,started_at\nFirst,2026-02-01T10:00Z\nSecond,2026-02-01T10:00Z\n"
    first = load(store, text)
    ids = [row.record_id for row in first.rows]
    assert len(set(ids)) == 2
    assert load(store, text).unchanged == 2


def test_french_headers_and_words_are_understood(store: Store) -> None:
    text = (
        "Numéro;Titre;Opérateur;Date de début;Date de fin;Gravité;Cause racine;Tiers\n"
        "7;Télévision coupée;groupe Orange;2026-02-01T10:00+01:00;2026-02-01T11:00+01:00;majeure;erreur humaine;oui\n"
    )
    report = load(store, text)
    assert (report.added, report.delimiter) == (1, ";")
    record = store.get("incident", "7")
    assert isinstance(record, Incident)
    assert (record.operator_id, record.severity, record.cause, record.third_party) == (
        "orange",
        "major",
        "human_error",
        "yes",
    )


def test_windows_1252_is_read(store: Store) -> None:
    text = "id;titre;début\n1;Réseau coupé à Évry;2026-02-01T10:00Z\n"
    report = load(store, text.encode("cp1252"))
    record = store.get("incident", "1")
    assert report.encoding == "windows-1252"
    assert isinstance(record, Incident) and record.title == "Réseau coupé à Évry"


def test_an_unmatched_word_is_kept_and_reported(store: Store) -> None:
    report = load(store, "id,title,started_at,severity\n1,x,2026-02-01T10:00Z,maintenance\n")
    record = store.get("incident", "1")
    assert isinstance(record, Incident)
    assert (record.severity, record.unmatched_values) == (None, ("severity=maintenance",))
    assert report.rows[0].notes[0].column == "severity"


def test_templates_join_columns_and_constants_fill(store: Store) -> None:
    text = "Ref,Type,Place,Day,Hour\n1,Fire,Lyon,2026-02-01,10:00\n"
    report = load(
        store,
        text,
        mapping={"id": "{Ref}", "title": "{Type} ({Place})", "started_at": "{Day}T{Hour}"},
        constants={"timezone": "Europe/Paris", "operator_id": "free"},
    )
    record = store.get("incident", "1")
    assert report.added == 1
    assert isinstance(record, Incident)
    assert (record.title, record.operator_id) == ("Fire (Lyon)", "free")
    assert incidents.utc_text(record.started_at.earliest or AT) == "2026-02-01T09:00:00Z"


ZONES = {
    # text, column timezone -> first second in UTC, zone kept
    ("2026-02-01", ""): ("2026-01-31T23:00:00Z", "Europe/Paris"),
    ("2026-02-01", "America/New_York"): ("2026-02-01T05:00:00Z", "America/New_York"),
    ("2026-02-01T10:00:00", ""): ("2026-02-01T09:00:00Z", "Europe/Paris"),
    ("2026-02-01T10:00:00Z", ""): ("2026-02-01T10:00:00Z", None),
    ("1er février 2026 à 10h00 heure de Londres", ""): ("2026-02-01T10:00:00Z", "Europe/London"),
}


@pytest.mark.parametrize(("given", "expected"), ZONES.items())
def test_a_time_without_a_zone_is_read_as_paris_and_said(
    store: Store, given: tuple[str, str], expected: tuple[str, str | None]
) -> None:
    report = load(store, "id;title;started_at;timezone\n1;x;{};{}\n".format(*given))
    record = store.get("incident", "1")
    assert isinstance(record, Incident), report.problems
    assert record.started_at.earliest is not None
    assert (incidents.utc_text(record.started_at.earliest), record.timezone) == expected
    assumed = not given[1] and expected[1] == "Europe/Paris"
    assert any("without a zone" in note.message for note in report.rows[0].notes) is assumed


def test_moments_of_records_without_a_zone_keep_their_bounds(store: Store) -> None:
    text = "id,incident_id,at,kind,text\nu1,2025-09-12-orange-livebox-tv,13 septembre 2025,statement,x\n"
    assert load(store, text, record_type="update").added == 1
    update = store.get("update", "u1")
    assert update is not None
    exported = "".join(export_csv("update", [update]))
    assert "2025-09-12T22:00:00Z" in exported
    assert load(store, exported, record_type="update").unchanged == 1


def test_a_count_is_made_whole_and_stops_nobody(store: Store) -> None:
    report = load(
        store, "id,title,started_at,affected\n1,x,2026-02-01T10:00Z,1500.5\n2,y,2026-02-01T10:00Z,7\n"
    )
    assert (report.added, report.rejected) == (2, 0)
    record = store.get("incident", "1")
    assert isinstance(record, Incident) and record.affected is not None
    assert (record.affected.low, record.affected.high) == (1500, 1501)


def test_a_header_may_say_what_is_counted(store: Store) -> None:
    load(store, "id;titre;début;Abonnés touchés\n1;x;2026-02-01T10:00Z;80 000\n2;y;2026-02-01T10:00Z;\n")
    units = {i: getattr(store.get("incident", i), "affected_unit", "?") for i in ("1", "2")}
    assert units == {"1": "subscribers", "2": None}


def test_one_date_decides_the_order_for_the_whole_file(store: Store) -> None:
    head = "id;title;started_at;resolved_at\n"
    report = load(store, head + "1;x;12/03/2026 22:10;13/03/2026 01:00\n2;y;05/04/2026;\n")
    assert (report.added, report.rejected) == (2, 0)
    record = store.get("incident", "2")
    assert isinstance(record, Incident) and record.started_at.value == "2026-04-05"
    assert [(n.line, n.params["value"]) for n in report.notes if "value" in n.params] == [
        (2, "13/03/2026 01:00")
    ]
    american = load(store, head + "3;x;12/03/2026;12/13/2026\n")
    record = store.get("incident", "3")
    assert american.added == 1
    assert isinstance(record, Incident) and record.started_at.value == "2026-12-03"


def test_an_order_that_stays_open_is_asked_for(store: Store) -> None:
    head = "id;title;started_at;resolved_at\n"
    assert load(store, head + "1;x;12/03/2026;\n").problems[0].code == "ambiguous-order"
    both = load(store, head + "1;x;13/03/2026;\n2;y;03/13/2026;\n3;z;01/02/2026;\n")
    assert both.problems[-1].code == "ambiguous-order"
    assert load(store, head + "9;x;12/03/2026;\n", date_order="DMY").added == 1


def test_a_file_says_nothing_of_columns_that_it_lacks(store: Store) -> None:
    load(store, GOOD)
    before = store.get("incident", "T-1")
    report = load(store, "id,title,started_at\nT-1,Box down again,2026-02-01T10:00:00+01:00\n")
    after = store.get("incident", "T-1")
    assert report.rows[0].differences == (("title", "Box down", "Box down again"),)
    assert isinstance(before, Incident) and after == replace(before, title="Box down again")


def test_an_end_that_comes_later_closes_the_incident(store: Store) -> None:
    load(store, "id,title,started_at,resolved_at\n1,x,2026-02-01T10:00Z,ongoing\n")
    before = store.get("incident", "1")
    assert isinstance(before, Incident) and before.is_open
    load(store, "id,title,started_at,resolved_at\n1,x,2026-02-01T10:00Z,2026-02-01T11:00Z\n")
    after = store.get("incident", "1")
    assert isinstance(after, Incident) and not after.is_open


def test_another_operator_takes_the_place_of_the_first(store: Store) -> None:
    load(store, "id,title,operator_id,started_at,providers\n1,x,orange,2026-02-01,aws\n")
    load(store, "id,title,operator_id,started_at\n1,x,free,2026-02-01\n")
    record = store.get("incident", "1")
    assert isinstance(record, Incident)
    assert [(p.provider_id, p.role) for p in record.providers] == [("free", "operator"), ("aws", "supplier")]


def test_an_empty_cell_says_that_it_is_not_known(store: Store) -> None:
    load(store, GOOD)
    report = load(store, "id,title,started_at,severity\nT-1,Box down,2026-02-01T10:00:00+01:00,\n")
    assert report.rows[0].differences == (("severity", "major", ""),)


def test_the_operator_is_among_the_providers(store: Store) -> None:
    load(store, "id,title,operator_id,started_at,providers\nT-1,x,orange,2026-02-01,aws\n")
    record = store.get("incident", "T-1")
    assert isinstance(record, Incident)
    assert [(p.provider_id, p.role) for p in record.providers] == [
        ("orange", "operator"),
        ("aws", "supplier"),
    ]


WHOLE_FILES = {
    "empty.csv": ("empty-file", "empty"),
    "only_spaces.csv": ("empty-file", "empty"),
    "no_header.csv": ("no-header", "no header"),
    "binary.csv": ("damaged-workbook", "workbook"),
    "unknown_column.csv": ("unknown-column", "colour"),
    "no_start_column.csv": ("missing-column", "started_at"),
    "two_start_columns.csv": ("two-columns", "started_at"),
}


@pytest.mark.parametrize(("name", "expected"), WHOLE_FILES.items())
def test_a_file_that_is_no_table_of_incidents_is_told_and_changes_nothing(
    store: Store, name: str, expected: tuple[str, str]
) -> None:
    revision = store.revision()
    with pytest.raises(TimelineError) as caught:
        load(store, (DATA / name).read_bytes())
    code, words = expected
    assert caught.value.code == code
    assert words in str(caught.value)
    assert caught.value.hint
    assert store.revision() == revision


ONE_BAD_ROW = {
    "end_before_start.csv": ("end-before-start", "resolved_at", 2),
    "impossible_date.csv": ("impossible-date", "started_at", 2),
    "unknown_operator.csv": ("unknown-provider", "operator_id", 2),
    "unknown_supplier.csv": ("unknown-provider", "providers", 2),
    "unknown_role.csv": ("unknown-role", "providers", 2),
    "empty_title.csv": ("missing", "title", 2),
    "too_many_cells.csv": ("too-many-cells", "", 2),
    "too_few_cells.csv": ("missing", "started_at", 2),
    "hour_that_was_skipped.csv": ("dst-gap", "started_at", 2),
    "hour_that_came_twice.csv": ("dst-overlap", "started_at", 2),
    "source_without_scheme.csv": ("bad-address", "source_urls", 2),
    "negative_duration.csv": ("negative", "duration", 2),
    "low_above_high.csv": ("bounds-reversed", "affected", 2),
}


@pytest.mark.parametrize(("name", "expected"), ONE_BAD_ROW.items())
def test_a_bad_row_names_line_column_value_reason_and_remedy(
    store: Store, name: str, expected: tuple[str, str, int]
) -> None:
    revision = store.revision()
    report = load(store, (DATA / name).read_bytes())
    [problem] = report.problems
    assert (problem.code, problem.column, problem.line) == expected
    assert problem.reason and problem.remedy
    assert "{" not in (problem.reason + problem.remedy).replace("{Header}", "")
    assert (report.rejected, report.written, store.revision()) == (1, False, revision)


def test_an_unknown_provider_is_told_its_nearest(store: Store) -> None:
    report = load(store, "id,title,started_at,operator\n1,x,2026-02-01,Orang\n")
    assert "orange" in report.problems[0].remedy


def test_columns_may_be_left_out_on_purpose(store: Store) -> None:
    text = "id,title,started_at,colour\n1,x,2026-02-01,red\n"
    assert load(store, text, ignored=("colour",)).added == 1
    assert load(store, text, ignore_unknown=True).unused == ("colour",)


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_bundled_files_and_own_exports_change_nothing(store: Store, name: str) -> None:
    file = read_reference(FILES[name])
    assert load(store, file, record_type=name).unchanged == len(store.all(name))
    exported = "".join(export_csv(name, store.all(name)))
    report = load(store, exported, record_type=name)
    assert (report.unchanged, report.read) == (len(store.all(name)), len(store.all(name)))


def test_an_export_into_an_empty_store_gives_the_same_records(bundled: Store, empty: Store) -> None:
    for name in RECORD_TYPES:
        report = load(
            empty, "".join(export_csv(name, bundled.all(name))), record_type=name, collection="bundled"
        )
        assert report.rejected == 0, report.problems
    for name in RECORD_TYPES:
        assert set(empty.all(name)) == set(bundled.all(name))
    assert empty.find(Query()).total == 98


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_a_template_has_every_column_and_the_incident_one_imports(store: Store, name: str) -> None:
    header = next(csv.reader(io.StringIO(template_csv(name))))
    assert set(header) >= {c.name for c in RECORD_TYPES[name].columns if c.required}
    if name == "incident":
        report = load(store, template_csv(name))
        assert (report.added, report.rejected) == (1, 0), report.problems


@given(st.text())
def test_disarming_is_reversible_and_leaves_no_formula(text: str) -> None:
    safe = disarm(text)
    assert rearm(safe) == text
    assert not safe.startswith(("=", "@", "\t", "\r"))


@given(
    st.lists(st.sampled_from([*GOOD.splitlines()[1:], "T-9,,,,,,,", "T-8,y,Nobody,2026,,,,"]), max_size=12)
)
def test_the_sums_hold_for_any_mixture_of_rows(bundled: Store, rows: list[str]) -> None:
    data = "\n".join([GOOD.splitlines()[0], *rows]).encode()
    report = import_file(bundled, data, ImportOptions(), actor="officer", at=AT, dry_run=True)
    assert sums_hold(report)
    assert report.read == len(rows)
    assert report.rejected == sum(not row.startswith(("T-1", "T-2")) for row in rows)


def test_a_corrected_row_without_an_id_is_new_and_reported_as_a_possible_duplicate(store: Store) -> None:
    head = "title,operator_id,started_at,severity\n"
    assert load(store, head + "Portal slow for all,orange,2026-02-03T08:00+01:00,minor\n").added == 1
    report = load(store, head + "Portal very slow for all,orange,2026-02-03T08:00+01:00,minor\n")
    assert report.added == 1
    [row] = report.rows
    said = [note for note in row.notes if "on record already" in note.message]
    assert [note.params["title"] for note in said] == ["Portal slow for all"]
    again = load(store, head + "Portal very slow for all,orange,2026-02-03T08:00+01:00,minor\n\n")
    assert (again.added, again.unchanged) == (0, 1)


def test_an_older_file_again_after_a_newer_one_brings_its_values_back(store: Store) -> None:
    load(store, GOOD)
    assert load(store, GOOD.replace("Box down", "Box slow")).updated == 1
    report = load(store, GOOD)
    assert (report.updated, report.unchanged) == (1, 1)
    record = store.get("incident", "T-1")
    assert isinstance(record, Incident) and record.title == "Box down"


def test_a_strict_import_that_is_refused_keeps_no_file(store: Store) -> None:
    before = sorted(incidents.files_folder(store.path).rglob("*"))
    report = load(store, GOOD + "T-3,No date,Orange,someday soon,,,,\n", strict=True)
    assert (report.rejected, report.written) == (1, False)
    assert sorted(incidents.files_folder(store.path).rglob("*")) == before


def test_a_line_that_is_no_json_is_told_as_such(store: Store) -> None:
    good = '{"id": "J-1", "title": "Down", "started_at": "2026-02-01T10:00:00Z"}'
    report = load(store, f'{good}\n{{"id": "J-2", "title\n')
    assert (report.added, report.rejected) == (1, 1)
    [problem] = report.problems
    assert (problem.code, problem.line, problem.reason) == ("not-json", 2, "this is not JSON")
