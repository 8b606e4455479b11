"""Providers that an import brings along for names that were not known: once, only with rows that are taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from incidents import ImportOptions, ImportReport, Incident, Provider, Store, import_file

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HEAD = "id,title,started_at,{}\n"


def load(store: Store, text: str, **options: object) -> ImportReport:
    return import_file(store, text.encode(), ImportOptions(**options), actor="officer", at=AT)  # type: ignore[arg-type]


def row(store: Store, header: str, name: str, **options: object) -> ImportReport:
    return load(store, HEAD.format(header) + f"1,x,2026-02-01T10:00Z,{name}\n", **options)


def incident(store: Store) -> Incident:
    record = store.get("incident", "1")
    assert isinstance(record, Incident)
    return record


def test_a_company_that_is_not_known_becomes_a_provider_of_no_stated_kind(store: Store) -> None:
    report = row(store, "Company", "Télécom d’Été SA")
    made = store.get("provider", incident(store).operator_id or "")
    assert isinstance(made, Provider)
    assert (made.name, made.kind, made.collection) == ("Télécom d’Été SA", "unknown", "own")
    assert [note.params.get("value") for note in report.rows[0].notes] == ["Télécom d’Été SA"]


def test_it_is_made_once_and_told_once(store: Store) -> None:
    text = HEAD.format("Company") + "".join(f"{n},x,2026-02-01T10:00Z,Acme Corp\n" for n in range(5))
    report = load(store, text)
    assert (report.added, report.rejected) == (5, 0)
    assert sum(len(outcome.notes) for outcome in report.rows) == 1
    assert load(store, text.replace(",x,", ",y,")).updated == 5


def test_a_dry_run_makes_nobody(store: Store) -> None:
    data = (HEAD.format("Company") + "1,x,2026-02-01T10:00Z,Acme Corp\n").encode()
    assert import_file(store, data, ImportOptions(), actor="officer", at=AT, dry_run=True).added == 1
    assert store.get("provider", "acme-corp") is None


def test_a_row_that_is_refused_brings_nobody_along(store: Store) -> None:
    report = load(store, HEAD.format("Company") + "1,x,someday,Acme Corp\n2,x,2026-02-01,\n")
    assert (report.rejected, report.added) == (1, 1)
    assert store.get("provider", "acme-corp") is None


def test_a_later_row_brings_whom_a_refused_one_named(store: Store) -> None:
    report = load(store, HEAD.format("Company") + "2,x,someday,Acme Corp\n1,x,2026-02-01,Acme Corp\n")
    assert (report.rejected, report.added) == (1, 1)
    assert incident(store).operator_id == "acme-corp"


def test_several_services_are_told_apart(store: Store) -> None:
    row(store, "Services", '"Mail relay, orange-tv-livebox"')
    assert incident(store).service_ids == ("orange-tv-livebox",)
    assert incident(store).unmatched_values == ("service_ids=Mail relay",)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("keep", (None, ("operator_id=Acme Corp",))), ("create", ("acme-corp", ()))],
)
@pytest.mark.parametrize("header", ["operator_id", "Company"])
def test_what_is_said_decides_for_every_header(
    store: Store, header: str, policy: str, expected: tuple[object, object]
) -> None:
    row(store, header, "Acme Corp", on_unknown=policy)
    assert (incident(store).operator_id, incident(store).unmatched_values) == expected


def test_a_name_without_latin_letters_gets_an_id_too(store: Store) -> None:
    row(store, "Company", "日本電信電話")
    made = store.get("provider", incident(store).operator_id or "")
    assert isinstance(made, Provider) and made.name == "日本電信電話"
