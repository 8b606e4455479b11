"""The Table Schema of each kind of record keeps to the standard, and what is exported keeps to the schema."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from incidents import Store
from incidents.columns import RECORD_TYPES
from incidents.csv_export import header_of
from incidents.flat import split_words, text_of, to_flat
from incidents.table_schema import table_schema_of

# Which constraints the standard allows for each type, and which further properties.
CONSTRAINTS = {
    "string": {"required", "unique", "pattern", "enum", "minLength", "maxLength"},
    "number": {"required", "unique", "enum", "minimum", "maximum"},
    "integer": {"required", "unique", "enum", "minimum", "maximum"},
    "datetime": {"required", "unique", "enum", "minimum", "maximum"},
    "list": {"required", "unique", "enum", "minLength", "maxLength"},
}
PROPERTIES = {"string": {"format"}, "list": {"delimiter", "itemType"}}
ALWAYS = {"name", "type", "title", "description", "example", "constraints"}


def fields_of(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in schema["fields"]}


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_a_schema_keeps_to_the_standard(name: str) -> None:
    schema: dict[str, Any] = table_schema_of(name)
    allowed = {"$schema", "fields", "fieldsMatch", "missingValues", "primaryKey", "foreignKeys"}
    assert schema.keys() <= allowed
    assert urlsplit(schema["$schema"]).scheme == "https"
    assert schema["fieldsMatch"] in ("exact", "equal", "subset", "superset", "partial")
    assert schema["missingValues"] == [""]
    names = [field["name"] for field in schema["fields"]]
    assert len(names) == len(set(names)) and names
    for field in schema["fields"]:
        kind = field["type"]
        assert field.keys() <= ALWAYS | PROPERTIES.get(kind, set())
        assert field.get("constraints", {}).keys() <= CONSTRAINTS[kind]
        assert field.get("constraints") != {}
        assert all(isinstance(field[key], str) and field[key] for key in ("name", "title", "description"))
        enum = field.get("constraints", {}).get("enum")
        assert enum is None or (enum and len(enum) == len(set(enum)))
        assert field.get("format", "default") in ("default", "uri")
    assert schema["primaryKey"] and set(schema["primaryKey"]) <= set(names)


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_a_reference_leads_to_a_kind_and_its_key(name: str) -> None:
    plurals = {spec.plural: spec.name for spec in RECORD_TYPES.values()}
    schema: dict[str, Any] = table_schema_of(name)
    for reference in schema.get("foreignKeys", ()):
        [own], other = reference["fields"], reference["reference"]
        assert own in fields_of(schema)
        target = plurals[other["resource"]] if other["resource"] else name
        column = RECORD_TYPES[name].column(own)
        assert column is not None and column.to == target
        assert other["fields"] == table_schema_of(target)["primaryKey"]


def test_a_kind_that_refers_to_itself_names_no_resource() -> None:
    schema: dict[str, Any] = table_schema_of("provider")
    found = [item for item in schema["foreignKeys"] if item["fields"] == ["parent_id"]]
    assert found == [{"fields": ["parent_id"], "reference": {"resource": "", "fields": ["id"]}}]


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_every_field_of_an_export_is_described(name: str) -> None:
    assert set(header_of(name)) <= fields_of(table_schema_of(name)).keys()


def test_the_columns_that_people_write_are_described_too() -> None:
    fields = fields_of(table_schema_of("incident"))
    assert fields["duration"]["type"] == "string" and fields["duration"]["example"] == "about 40 minutes"
    assert fields["duration_low_minutes"] == {
        "name": "duration_low_minutes",
        "title": "Duration low minutes",
        "description": "At least.",
        "type": "number",
        "constraints": {"minimum": 0},
    }
    assert fields["cause"]["constraints"]["enum"][0] == "system_failure"
    assert fields["title"]["constraints"] == {"required": True}


def test_a_time_or_its_bounds_are_needed_which_no_constraint_says() -> None:
    field = fields_of(table_schema_of("incident"))["started_at"]
    assert "constraints" not in field
    assert field["description"].endswith("Needed, or else its bounds.")


def test_descriptions_are_in_french_when_asked_and_titles_whatever_is_asked() -> None:
    fields = fields_of(table_schema_of("incident", "fr", str.upper))
    assert fields["title"]["description"] == "Ce qui est tombé en panne, en une ligne."
    assert fields["started_at_latest"]["description"] == "Pas après (UTC)."
    assert fields["title"]["title"] == "TITLE"


def fits(field: dict[str, Any], text: str) -> bool:
    """Say whether a cell keeps to its field, by the rules of the standard."""
    limits = field.get("constraints", {})
    if not text:
        return not limits.get("required")
    if field["type"] in ("number", "integer"):
        shape = r"\d+" if field["type"] == "integer" else r"\d+(\.\d+)?"
        return re.fullmatch(shape, text) is not None and float(text) >= limits.get("minimum", 0)
    if field["type"] == "datetime":
        return text.endswith("Z") and datetime.fromisoformat(text).tzinfo is not None
    if field["type"] == "list":
        return len(split_words(text)) >= 1
    if field.get("format") == "uri" and not urlsplit(text).scheme:
        return False
    return text in limits.get("enum", [text])


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_every_bundled_record_keeps_to_its_schema(bundled: Store, name: str) -> None:
    fields = fields_of(table_schema_of(name))
    for record in bundled.all(name):
        for field, value in to_flat(record).items():
            assert fits(fields[field], text_of(value)), (field, value)
