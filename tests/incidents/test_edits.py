"""Changes by hand: saved as one change set, refused over what nobody saw, and left alone by the next upgrade."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from incidents import (
    ChangedMeanwhileError,
    ExistsAlreadyError,
    Incident,
    Moment,
    NewName,
    NewNameError,
    Part,
    Provider,
    Service,
    Store,
    StoreLookup,
    Translation,
    Update,
    as_seen,
    belongings_of,
    bundled,
    delete_incident,
    extended,
    mark_of,
    merge_incidents,
    read_form,
    read_moment,
    save_incident,
)

from .conftest import AT

BY: dict[str, Any] = {"actor": "tester", "at": AT}
LEAD = "2025-09-12-orange-livebox-tv"


def moment(text: str) -> Moment:
    found = read_moment(text, zone="Europe/Paris").moment
    assert found is not None
    return found


def incident(name: str, **values: Any) -> Incident:
    made = Incident(
        id=name,
        collection="own",
        title=f"Title of {name}",
        status="resolved",
        started_at=moment("2025-09-12"),
    )
    return replace(made, timezone="Europe/Paris", **values)


def on_record(store: Store, record_id: str) -> Incident:
    found = store.get("incident", record_id)
    assert isinstance(found, Incident)
    return found


@pytest.fixture
def saved(store: Store) -> Incident:
    """Give an incident that was entered, with its title in French too."""
    made = incident("own-1")
    save_incident(store, made, seen=None, **BY)
    with store.writing(kind="import", actor="tester", at=AT, origin="test") as writer:
        said = {"record_type": "incident", "record_id": "own-1", "field": "title", "language": "fr"}
        writer.put("translation", [Translation(id="incident--own-1--title--fr", text="Titre", **said)])
    return made


def test_the_change_set_says_who_and_why(store: Store) -> None:
    made = save_incident(store, incident("own-1"), seen=None, why="told by phone", **BY)
    [change_set] = store.change_sets(1)
    assert (change_set.id, change_set.kind, change_set.actor) == (made, "edit", "tester")
    assert change_set.summary == "told by phone"


def test_saving_what_is_on_record_makes_no_change_set(store: Store, saved: Incident) -> None:
    revision = store.revision()
    assert save_incident(store, saved, seen=mark_of(saved), **BY) is None
    assert store.revision() == revision


def test_saving_over_an_unseen_change_is_refused(store: Store, saved: Incident) -> None:
    save_incident(store, replace(saved, severity="minor"), seen=mark_of(saved), **BY)
    revision = store.revision()
    with pytest.raises(ChangedMeanwhileError):
        save_incident(store, replace(saved, severity="major"), seen=mark_of(saved), **BY)
    assert (on_record(store, "own-1").severity, store.revision()) == ("minor", revision)


def test_saving_what_was_deleted_meanwhile_is_refused(store: Store, saved: Incident) -> None:
    delete_incident(store, "own-1", seen=mark_of(saved), **BY)
    with pytest.raises(ChangedMeanwhileError):
        save_incident(store, replace(saved, severity="major"), seen=mark_of(saved), **BY)


def test_a_new_incident_never_replaces_one(store: Store, saved: Incident) -> None:
    with pytest.raises(ExistsAlreadyError):
        save_incident(store, replace(saved, title="Another"), seen=None, **BY)


def test_a_saved_incident_brings_its_sources(store: Store) -> None:
    save_incident(store, incident("n", source_urls=("https://example.org/new",)), seen=None, **BY)
    assert store.get("source", "https://example.org/new") is not None


def test_a_text_that_changes_loses_the_translation_of_the_old_one(store: Store, saved: Incident) -> None:
    minor = replace(saved, severity="minor")
    save_incident(store, minor, seen=mark_of(saved), **BY)
    assert store.translations("fr")["incident", "own-1", "title"] == "Titre"
    save_incident(store, replace(minor, title="New title"), seen=mark_of(minor), **BY)
    assert ("incident", "own-1", "title") not in store.translations("fr")


def test_the_record_is_found_again_as_it_was_seen(store: Store, saved: Incident) -> None:
    revision = store.revision()
    later = replace(saved, severity="minor", started_at=moment("12 septembre 2025 vers 22h"))
    save_incident(store, later, seen=mark_of(saved), **BY)
    last = replace(later, title="New", region=("FR",))
    save_incident(store, last, seen=mark_of(later), **BY)
    assert as_seen(store, last, revision, mark_of(saved)) == saved
    assert as_seen(store, last, revision + 1, mark_of(later)) == later
    assert as_seen(store, last, revision, mark_of(later)) is None
    assert as_seen(store, last, 0, mark_of(saved)) is None


def test_a_corrected_bundled_record_stays_corrected(store: Store) -> None:
    before = on_record(store, LEAD)
    save_incident(store, replace(before, severity="minor", tags=("mine",)), seen=mark_of(before), **BY)
    bundled.load_bundled(store, at=AT)
    after = on_record(store, LEAD)
    assert (after.severity, after.tags, after.collection) == ("minor", ("mine",), "bundled")


def test_a_deleted_bundled_record_stays_deleted(store: Store) -> None:
    before = on_record(store, LEAD)
    assert belongings_of(store, LEAD).updates
    delete_incident(store, LEAD, seen=mark_of(before), **BY)
    bundled.load_bundled(store, at=AT)
    assert store.get("incident", LEAD) is None
    assert belongings_of(store, LEAD).updates == ()


def test_a_new_bundled_update_of_a_deleted_record_is_left_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete_incident(store, LEAD, seen=mark_of(on_record(store, LEAD)), **BY)
    read = bundled.read_reference

    def with_one_more(name: str) -> bytes:
        text = read(name).decode("utf-8")
        if name != "updates.csv":
            return text.encode("utf-8")
        header = text.partition("\n")[0].split(",")
        given = {"id": "new-1", "incident_id": LEAD, "at": "2025-09-13", "kind": "statement", "text": "New"}
        return (text + ",".join(given.get(column, "") for column in header) + "\n").encode("utf-8")

    monkeypatch.setattr(bundled, "read_reference", with_one_more)
    loaded = bundled.load_bundled(store, at=AT)
    assert "update new-1" in loaded.kept
    assert store.get("update", "new-1") is None
    assert all(check.ok for check in store.check() if check.name in ("foreign_keys", "rows"))


def test_a_merged_bundled_record_stays_merged(store: Store, saved: Incident) -> None:
    lead = on_record(store, LEAD)
    updates = {update.id for update in belongings_of(store, LEAD).updates}
    merge_incidents(store, saved, lead, seen=(mark_of(saved), mark_of(lead)), **BY)
    bundled.load_bundled(store, at=AT)
    assert store.get("incident", LEAD) is None
    assert {update.id for update in belongings_of(store, "own-1").updates} == updates
    assert all(check.ok for check in store.check() if check.name in ("foreign_keys", "rows"))


def test_new_names_are_saved_with_the_incident_that_names_them(store: Store) -> None:
    names = (
        NewName("service", "Acme TV", "tv"),
        NewName("provider", "Acme Telecom", "operator"),
        NewName("provider", "Orange", "operator"),
    )
    wide = extended(StoreLookup(store), names, operator="Acme Telecom")
    assert wide.records == (
        Provider(id="acme-telecom", name="Acme Telecom", kind="operator"),
        Service(id="acme-tv", name="Acme TV", provider_id="acme-telecom", kind="tv"),
    )
    typed = {
        "title": "Television down",
        "started_at": "12/09/2025",
        "operator_id": "ACME telecom",
        "service_ids": "Acme TV",
        "providers": "Acme Telecom:vendor",
    }
    draft = read_form(typed, lookup=wide)
    assert draft.incident is not None, draft.problems
    made = save_incident(store, draft.incident, seen=None, beside=wide.records, **BY)
    found = on_record(store, draft.incident.id)
    assert (found.operator_id, found.service_ids) == ("acme-telecom", ("acme-tv",))
    assert Part("acme-telecom", "vendor") in found.providers
    assert made == store.revision()
    [added] = store.history("service", "acme-tv")
    assert added.change_set.id == made


def test_an_id_that_is_taken_gets_a_mark(store: Store) -> None:
    wide = extended(StoreLookup(store), [NewName("provider", "Orange !!! 2 €", "operator")])
    assert wide.records[0].id == "orange-2"
    [cyrillic] = extended(StoreLookup(store), [NewName("provider", "Яндекс", "cloud")]).records
    assert len(cyrillic.id) == 8
    assert extended(StoreLookup(store), [NewName("provider", "orange", "cloud")]).records == ()


@pytest.mark.parametrize(
    ("new", "operator", "code"),
    [
        (NewName("provider", "Acme", "baker"), "", "unknown-kind"),
        (NewName("incident", "Acme", "operator"), "", "unknown-kind"),
        (NewName("service", "Acme TV", "tv"), "", "service-without-operator"),
        (NewName("service", "Acme TV", "tv"), "Nobody known", "service-without-operator"),
        (NewName("provider", "A" * 201, "operator"), "", "bad-name"),
        (NewName("provider", "A\x07B", "operator"), "", "bad-name"),
    ],
)
def test_a_name_that_cannot_be_new_is_refused(bundled: Store, new: NewName, operator: str, code: str) -> None:
    with pytest.raises(NewNameError) as refused:
        extended(StoreLookup(bundled), [new], operator=operator)
    assert refused.value.code == code
    assert refused.value.hint


def test_updates_of_another_incident_are_not_its_own(store: Store, saved: Incident) -> None:
    save_incident(store, incident("own-2"), seen=None, **BY)
    update = Update(id="u", incident_id="own-2", at=moment("2025-09-12"), kind="statement", text="T")
    with store.writing(kind="import", actor="tester", at=AT, origin="test") as writer:
        writer.put("update", [update])
    assert belongings_of(store, "own-1").updates == ()
    assert [found.id for found in belongings_of(store, "own-2").updates] == ["u"]
