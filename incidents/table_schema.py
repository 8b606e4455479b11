"""The columns of a record type as a Table Schema (Data Package 2.0), for tools that check a file before it is sent.

Made from the one table of columns. It describes what `csv_export` writes and the canonical form of what an import
reads; an import takes more (dates in words, choices in French). Pure; `$schema` is a name, nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incidents.columns import RECORD_TYPES, Column, Field
from incidents.moment import Precision, Qualifier

PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
LISTS = ("words", "refs", "parts")
OR_BOUNDS = ("Needed, or else its bounds.", "Nécessaire, à défaut ses bornes.")

PART_HELP: Mapping[str, tuple[str, str]] = {
    "precision": ("How exactly it is known.", "Avec quelle précision on le sait."),
    "qualifier": ("How sure it is.", "Avec quelle certitude."),
    "earliest": ("Not before (UTC).", "Pas avant (UTC)."),
    "latest": ("Not after (UTC).", "Pas après (UTC)."),
    "words": ("The words of the source.", "Les mots de la source."),
    "low": ("At least.", "Au moins."),
    "high": ("At most.", "Au plus."),
    "central": ("The one number that a source names.", "Le seul nombre que nomme une source."),
}
"""What the fields of a time or an amount hold, in English and in French, by the end of their names."""

Title = Callable[[str], str]


def title_of(field: str) -> str:
    """Name a field in English words: `started_at_earliest` is "Started at earliest"."""
    return field.replace("_", " ").capitalize()


def table_schema_of(record_type: str, language: str = "en", title: Title = title_of) -> dict[str, object]:
    """Describe the columns of a record type: names, types, constraints, examples, keys.

    Descriptions are in `language` (`en` or `fr`), titles whatever `title` makes of a field's name. Raises `KeyError`
    for an unknown type.
    """
    spec = RECORD_TYPES[record_type]
    fields: list[dict[str, object]] = []
    for column in spec.columns:
        own = [field for field in spec.fields if field.column is column]
        if column.kind == "amount":
            fields.append(_described(column, column.name, language, title) | {"type": "string"})
        fields += [_field(field, language, title) for field in own]
    foreign = [_foreign_key(record_type, column) for column in spec.columns if column.to and _single(column)]
    return {
        "$schema": PROFILE,
        "fields": fields,
        # A file need not have them all, nor in this order.
        "fieldsMatch": "superset",
        "missingValues": [""],
        "primaryKey": [spec.key],
        **({"foreignKeys": foreign} if foreign else {}),
    }


def _single(column: Column) -> bool:
    return column.kind in ("ref", "url")


def _foreign_key(record_type: str, column: Column) -> dict[str, object]:
    other = RECORD_TYPES[column.to]
    # A table that refers to itself names no resource: empty is what both versions of the standard take.
    resource = "" if column.to == record_type else other.plural
    return {"fields": [column.name], "reference": {"resource": resource, "fields": [other.key]}}


def _described(column: Column, name: str, language: str, title: Title) -> dict[str, object]:
    french = language == "fr"
    help_ = column.help_fr if french else column.help_en
    if column.kind == "moment" and column.required:
        # No constraint can say that one of several fields is needed.
        help_ = f"{help_} {OR_BOUNDS[french]}"
    said: dict[str, object] = {"name": name, "title": title(name), "description": help_}
    if column.example:
        said["example"] = column.example
    return said


def _field(field: Field, language: str, title: Title) -> dict[str, object]:
    column, name = field.column, field.name
    if name != column.name:
        part = name.removeprefix(column.name + "_").removesuffix(column.suffix)
        english, french = PART_HELP[part]
        said: dict[str, object] = {
            "name": name,
            "title": title(name),
            "description": french if language == "fr" else english,
        }
        return said | _part(column, part)
    return _described(column, name, language, title) | _type(column)


def _part(column: Column, part: str) -> dict[str, object]:
    """Give the type of one field of a time or an amount."""
    if part == "precision":
        return {"type": "string", "constraints": {"enum": [item.value for item in Precision]}}
    if part == "qualifier":
        return {"type": "string", "constraints": {"enum": [item.value for item in Qualifier]}}
    if part in ("earliest", "latest"):
        return {"type": "datetime"}
    if part == "words":
        return {"type": "string"}
    return {"type": "number", "constraints": {"minimum": 0}}


def _type(column: Column) -> dict[str, object]:
    constraints: dict[str, object] = {"required": True} if column.required and column.kind != "moment" else {}
    kind: dict[str, object] = {"type": "string"}
    if column.kind == "id":
        constraints["unique"] = True
    elif column.kind in LISTS:
        kind = {"type": "list", "delimiter": ";", "itemType": "string"}
    elif column.kind == "choice":
        constraints["enum"] = list(column.choices)
    elif column.kind == "integer":
        kind = {"type": "integer"}
        constraints["minimum"] = 0
    elif column.kind == "number":
        kind = {"type": "number"}
        constraints["minimum"] = 0
    elif column.kind == "url":
        kind = {"type": "string", "format": "uri"}
    return kind | ({"constraints": constraints} if constraints else {})
