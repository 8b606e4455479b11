"""Profiles: what was said of one file is kept as TOML, and found again by the shape of the next file's header."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.column_plan import ImportOptions, plan_columns
from incidents.profiles import (
    Profile,
    ProfileError,
    bundled_profile,
    bundled_profiles,
    find,
    load,
    profile_of,
    read_profile,
    save,
    saved,
    shape_of,
    with_profile,
    write_profile,
)

HEADER = ("Ref", "Type d’incident", "Début", "Fin")
OPTIONS = ImportOptions(
    mapping={"id": "{Ref}", "title": "{Type d’incident}", "started_at": "{Début} || by {Fin}"},
    constants={"region": 'FR "métropole" {x}'},
    ignored=("Fin",),
    timezone="Europe/Paris",
    date_order="DMY",
    group_by="Ref",
    on_unknown="keep",
    value_words={"severity": {"catastrophe": "critical"}},
)


def test_a_profile_is_saved_found_again_and_gives_the_same_options(tmp_path: Path) -> None:
    profile = profile_of("Suivi des pannes", OPTIONS, HEADER)
    path = save(profile, tmp_path / "profiles")
    assert path.suffix == ".toml"
    assert load("suivi des pannes", path.parent) == profile
    assert find(("fin", "DÉBUT", "ref", "Type d'incident"), path.parent) == profile
    options = with_profile(ImportOptions(), profile)
    assert options == replace(OPTIONS, profile="Suivi des pannes")


def test_what_is_said_wins_over_the_profile() -> None:
    profile = profile_of("x", OPTIONS, HEADER)
    options = with_profile(ImportOptions(date_order="MDY", mapping={"title": "{Ref}"}), profile)
    assert (options.date_order, options.mapping["title"], options.mapping["id"]) == ("MDY", "{Ref}", "{Ref}")


def test_the_same_header_wins_over_a_wider_one_and_a_narrower_one_fits(tmp_path: Path) -> None:
    for name, header in {"two": HEADER[:2], "three": HEADER[:3], "all": HEADER, "other": ("a", "b")}.items():
        save(profile_of(name, ImportOptions(), header), tmp_path)

    def found(*header: str) -> str | None:
        profile = find(header, tmp_path)
        return profile.name if profile else None

    assert found(*HEADER) == "all"
    assert found(*HEADER, "more") == "all"
    assert found(*HEADER[:3], "more") == "three"
    assert found(*HEADER[:2]) == "two"
    assert found(HEADER[0]) is None
    assert find(HEADER, tmp_path, "provider") is None
    assert find(HEADER, tmp_path / "nowhere") is None


def test_a_profile_saved_again_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    save(profile_of("x", OPTIONS, HEADER), tmp_path)
    save(profile_of("x", ImportOptions(), HEADER), tmp_path)
    assert [profile.mapping for profile in saved(tmp_path)] == [{}]
    assert [path.name for path in tmp_path.iterdir()] == ["x.toml"]


TEXT = st.text(max_size=12)


@given(
    st.builds(
        Profile,
        name=st.just("x"),
        mapping=st.dictionaries(st.sampled_from(["id", "title", "started_at_earliest"]), TEXT),
        constants=st.dictionaries(st.sampled_from(["region", "timezone"]), TEXT),
        header=st.lists(TEXT).map(tuple),
        timezone=TEXT,
        delimiter=TEXT,
        value_words=st.dictionaries(
            st.sampled_from(["cause"]), st.dictionaries(TEXT, st.just("unknown"), min_size=1)
        ),
    )
)
def test_any_profile_reads_back(profile: Profile) -> None:
    assert read_profile(write_profile(profile)) == profile


FAULTS = {
    # text -> code, line, words in the message
    'name = "x"\ncolour = "red"': ("unknown-key", 2, "colour"),
    'name = "x"\n[fields]\nid = "{A}"\nbegin = "{B}"': ("unknown-key", 4, "begin"),
    'name = "x"\n\n[words.color]\na = "b"': ("unknown-key", 3, "color"),
    'name = "x"\ndate_order = "YDM"': ("bad-value", 2, "date_order"),
    'name = "x"\n[words.severity]\nbad = "awful"': ("bad-value", 3, "bad"),
    'name = "x"\nrecord_type = "thing"': ("bad-value", 2, "record_type"),
    'name = "x"\ntimezone = 3': ("not-text", 2, "timezone"),
    'name = "x"\nignored = "a"': ("not-a-list", 2, "ignored"),
    'name = "x"\nfields = ["a"]': ("not-a-table", 2, "fields"),
    'timezone = "UTC"': ("no-name", 1, "name"),
    'name = "a/b"': ("no-name", 1, "name"),
    'name = "x"\nname = "y"': ("bad-profile", 2, "TOML"),
    "name = ": ("bad-profile", 1, "TOML"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_names_file_line_and_key(text: str) -> None:
    code, line, word = FAULTS[text]
    with pytest.raises(ProfileError) as caught:
        read_profile(text, "mine.toml")
    error = caught.value
    assert error.code == code
    assert "mine.toml" in str(error) and word in str(error)
    assert error.hint
    if code not in ("no-name", "bad-profile"):
        assert f"line {line}" in str(error)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\nb", "—", "x" * 200])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProfileError) as caught:
        save(Profile(name), tmp_path / "inside")
    assert caught.value.code == "bad-name"
    assert not list(tmp_path.iterdir())


def test_a_profile_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    save(Profile("Jira"), tmp_path)
    with pytest.raises(ProfileError) as caught:
        load("GLPI", tmp_path)
    assert caught.value.code == "no-profile"
    assert caught.value.params["others"] == "Jira"


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(ProfileError) as caught:
        find(HEADER, tmp_path)
    assert "x.toml" in str(caught.value)


TOOLS = {
    "ServiceNow": (
        (
            "number,opened_at,short_description,caller_id,priority,state,category,"
            "assignment_group,resolved_at,closed_at,business_service,close_notes,sys_created_on,"
            "u_whatever"
        ),
        {
            "id": "number",
            "title": "short_description",
            "started_at": "opened_at",
            "resolved_at": "resolved_at",
        },
    ),
    "Jira Service Management": (
        (
            "Summary,Issue key,Issue id,Issue Type,Status,Priority,Created,Updated,Resolved,"
            "Affected services,Custom field (Impact start),Custom field (Story points)"
        ),
        {
            "id": "Issue key",
            "title": "Summary",
            "started_at": "Custom field (Impact start)",
            "status": "Status",
        },
    ),
    "PagerDuty": (
        (
            "id,incident_number,description,service_id,service_name,escalation_policy_name,"
            "created_on,resolved_on,seconds_to_first_ack,seconds_to_resolve,auto_resolved,urgency"
        ),
        {
            "id": "incident_number",
            "title": "description",
            "started_at": "created_on",
            "duration": "seconds_to_resolve",
            "service_ids": "service_name",
        },
    ),
    "Statuspage": (
        "id,name,status,impact,created_at,started_at,monitoring_at,resolved_at,shortlink,page_id,components",
        {
            "id": "id",
            "title": "name",
            "started_at": "started_at",
            "severity": "impact",
            "source_urls": "shortlink",
        },
    ),
    "GLPI": (
        (
            "ID;Titre;Entité;Statut;Dernière modification;Date d'ouverture;Date de résolution;"
            "Date de clôture;Priorité;Demandeur - Demandeur;Attribué à - Technicien;Catégorie"
        ),
        {"id": "ID", "title": "Titre", "started_at": "Date d'ouverture", "resolved_at": "Date de résolution"},
    ),
}


@pytest.mark.parametrize("name", TOOLS)
def test_the_exports_of_tools_are_known_and_need_no_question(name: str) -> None:
    text, expected = TOOLS[name]
    header = tuple(text.split(";" if ";" in text else ","))
    plan = plan_columns(header, ImportOptions())
    assert plan.tool == name
    for field, column in expected.items():
        first = plan.targets[field].split("||")[0].strip(" {}").split("|")[0]
        assert first == column, field
    assert any(note.code == "tool" for note in plan.notes)


def test_every_bundled_profile_is_found_by_its_own_columns_only() -> None:
    assert {profile.name for profile in bundled_profiles()} == set(TOOLS)
    for header in (("id", "title", "started_at"), ("name", "status"), ("Summary", "Created"), ()):
        assert bundled_profile(header, "incident") is None
    for name, (text, _) in TOOLS.items():
        found = bundled_profile(tuple(text.split(";" if ";" in text else ",")), "incident")
        assert found is not None and found.name == name
        assert bundled_profile(tuple(text.split(",")), "provider") is None


def test_the_shape_of_a_header_knows_no_order_case_accents_or_empty_names() -> None:
    assert shape_of(("Début", "", "N° incident")) == shape_of(("n incident", "DEBUT"))
