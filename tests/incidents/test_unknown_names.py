"""Names that are not known: refused, made into a provider, or kept as words, as the user or the column says."""

from __future__ import annotations

import pytest

from incidents.model import Provider
from incidents.table import Row
from tests.incidents.row_reading import Names, incident_of, reader_of

HEADER = ("id", "title", "started_at")


def read(column: str, cell: str, **options: object):  # type: ignore[no-untyped-def]
    return reader_of((*HEADER, column), **options).read(Row(2, ("1", "x", "2026-02-01", cell)))


def test_a_name_under_another_header_becomes_a_provider() -> None:
    row = read("Company", "Grid & Gas Ltd.")
    [made] = row.created
    assert made == Provider(id="grid-gas-ltd", name="Grid & Gas Ltd.", kind="unknown", collection="own")
    assert incident_of(row).operator_id == "grid-gas-ltd"
    assert [(p.provider_id, p.role) for p in incident_of(row).providers] == [("grid-gas-ltd", "operator")]
    assert any("Grid & Gas Ltd." in str(note.params) for note in row.notes)


def test_a_known_name_is_never_made_again() -> None:
    row = read("Company", "groupe ORANGE")
    assert (row.created, incident_of(row).operator_id) == ((), "orange")


def test_a_slip_of_the_pen_is_refused_with_the_right_name() -> None:
    row = read("Company", "Orangee")
    assert row.record is None
    assert [problem.code for problem in row.problems] == ["unknown-provider"]
    assert "orange" in row.problems[0].remedy


@pytest.mark.parametrize(
    "name", ["Ornage", "Oragne", "ORNAGE", "Orangw", "Ornge", "Orrange", "Groupe Ornage"]
)
def test_letters_swapped_replaced_left_out_or_doubled_are_slips(name: str) -> None:
    row = read("Company", name)
    assert (row.record, row.created) == (None, ())
    assert [problem.code for problem in row.problems] == ["unknown-provider"]


@pytest.mark.parametrize("name", ["Fred", "Oregon", "Organic", "WAS", "Orange 2", "Granger"])
def test_another_name_is_no_slip(name: str) -> None:
    assert [made.name for made in read("Company", name).created] == [name]


def test_that_a_name_is_new_is_said_of_the_first_row_that_is_taken() -> None:
    reader = reader_of((*HEADER, "Company"))
    refused = reader.read(Row(2, ("1", "x", "never", "Acme")))
    taken = reader.read(Row(3, ("2", "x", "2026-02-01", "Acme")))
    assert (refused.record, refused.notes) == (None, ())
    assert [note.params["value"] for note in taken.notes] == ["Acme"]


def test_a_column_of_ids_promises_known_ones() -> None:
    assert read("operator_id", "Grid & Gas Ltd.").problems[0].code == "unknown-provider"
    assert read("Opérateur", "Grid & Gas Ltd.").created


def test_services_and_suppliers_are_kept_as_words() -> None:
    reader = reader_of((*HEADER, "Affected services", "Supplier name"))
    row = reader.read(Row(2, ("1", "x", "2026-02-01", "Orange TV; Payments", "aws; Hosting GmbH")))
    made = incident_of(row)
    assert made.service_ids == ("orange-tv",)
    assert [part.provider_id for part in made.providers] == ["aws"]
    assert made.unmatched_values == ("service_ids=Payments", "providers=Hosting GmbH")
    assert row.created == ()
    assert len(row.notes) == 2


POLICIES = {
    # on_unknown, column -> code of the problem, or what the operator is
    ("reject", "Company"): "unknown-provider",
    ("keep", "Company"): None,
    ("keep", "operator_id"): None,
    ("create", "operator_id"): "grid-gas-ltd",
}


@pytest.mark.parametrize(("policy", "column"), POLICIES)
def test_what_the_user_says_comes_first(policy: str, column: str) -> None:
    row = read(column, "Grid & Gas Ltd.", on_unknown=policy)
    expected = POLICIES[policy, column]
    if policy == "reject":
        assert row.problems[0].code == expected
        return
    assert incident_of(row).operator_id == expected
    assert bool(row.created) == (policy == "create")
    assert bool(incident_of(row).unmatched_values) == (policy == "keep")


def test_every_row_names_what_it_needs_and_it_is_said_once() -> None:
    reader = reader_of((*HEADER, "Company"))
    rows = [
        reader.read(Row(line, (str(line), "x", start, name)))
        for line, (start, name) in enumerate(
            [("never", "Acme"), ("2026-02-01", "ACME"), ("2026-02-02", "acme"), ("2026-02-03", "Ärger AG")], 2
        )
    ]
    assert rows[0].record is None
    assert [[one.id for one in row.created] for row in rows[1:]] == [["acme"], ["acme"], ["arger-ag"]]
    assert rows[1].created == rows[2].created


@pytest.mark.parametrize("name", ["日本電信電話", "!", "x" * 500, "a;b", "Orange\u200b"])
def test_any_name_can_be_stored_or_is_refused(name: str) -> None:
    row = read("Company", name, on_unknown="create")
    for made in row.created:
        assert 1 < len(made.id) <= 200 and made.id.isprintable()
        assert incident_of(row).operator_id == made.id


def test_only_so_many_names_are_compared() -> None:
    names = Names()
    reader = reader_of((*HEADER, "Company"), names)
    for line in range(3_000):
        reader.read(Row(line, (str(line), "x", "2026-02-01", f"Firm {line}")))
    assert names.compared <= 1_000


def test_other_records_refuse_names_that_are_not_known() -> None:
    reader = reader_of(("id", "name", "kind", "provider"), record_type="service", on_unknown="create")
    row = reader.read(Row(2, ("s", "S", "tv", "Nobody")))
    assert [problem.code for problem in row.problems] == ["unknown-provider"]
