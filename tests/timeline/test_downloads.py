"""Downloads are the mirror of the import: read back, the records are the same, with their references or without."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from incidents import RECORD_TYPES, open_archive
from timeline import downloads


def test_a_list_is_given_as_csv_for_excel_in_french(client: FlaskClient) -> None:
    data = client.get("/incidents.csv?country=FR&excel=fr").data
    assert data.startswith(b"\xef\xbb\xbfid;title;") and data.endswith(b"\r\n")


def test_an_excel_that_is_none_is_refused(client: FlaskClient) -> None:
    response = client.get("/incidents.csv?excel=klingon", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "unknown-excel"


def test_a_list_is_given_as_json_lines_with_the_filters_of_its_page(client: FlaskClient) -> None:
    response = client.get("/incidents.jsonl?country=FR")
    assert response.headers["Content-Disposition"] == 'attachment; filename="incidents.jsonl"'
    bodies = [json.loads(line) for line in response.text.splitlines()]
    assert bodies and all(any(place.startswith("FR") for place in body["region"]) for body in bodies)


def test_many_incidents_are_sent_as_they_are_read(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/incidents.csv")
    monkeypatch.setattr(downloads, "LARGE", 10)
    parts = client.get("/incidents.csv", buffered=False)
    # An answer that is sent as it is made has no tag of its whole.
    assert "ETag" in whole.headers and "ETag" not in parts.headers
    lines = set(parts.get_data(as_text=True).splitlines())
    parts.close()
    assert lines == set(whole.text.splitlines())


def test_all_records_come_in_the_order_in_which_they_refer_to_each_other(client: FlaskClient) -> None:
    kinds = [json.loads(line)["type"] for line in client.get("/records.jsonl").text.splitlines()]
    assert list(dict.fromkeys(kinds)) == [name for name in RECORD_TYPES if name in kinds]
    assert kinds.count("incident") == 98


def test_all_records_come_as_a_zip_of_csv_files(client: FlaskClient, tmp_path: Path) -> None:
    response = client.get("/records.zip")
    data = response.data
    response.close()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert "bundled/incidents.csv" in packed.namelist()
    archive = open_archive(data)
    assert archive is not None
    with archive:
        kinds = [part.record_type for part in archive.parts]
        assert kinds == [name for name in RECORD_TYPES if name in kinds]
        assert {part.collection for part in archive.parts} == {"bundled"}


def test_the_french_list_offers_a_csv_for_its_excel(client: FlaskClient) -> None:
    assert "excel=fr" in client.get("/incidents?lang=fr").text
    assert "excel=fr" not in client.get("/incidents?lang=en").text


def required(record_type: str) -> set[str]:
    columns = RECORD_TYPES[record_type].columns
    return {column.name for column in columns if column.required and column.kind != "moment"}


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_the_schema_of_each_kind_is_given(client: FlaskClient, name: str) -> None:
    body = client.get(f"/import/schema.json?type={name}").get_json()
    fields = {field["name"]: field for field in body["fields"]}
    assert {n for n, f in fields.items() if f.get("constraints", {}).get("required")} == required(name)
    assert all(field["title"] and field["description"] for field in fields.values())


def test_the_schema_speaks_the_language_asked_for(client: FlaskClient) -> None:
    def field(language: str) -> dict[str, str]:
        fields = client.get(f"/import/schema.json?lang={language}").get_json()["fields"]
        return next(item for item in fields if item["name"] == "started_at_earliest")

    assert field("en")["title"] == "Start: earliest"
    assert field("en")["description"] == "Not before (UTC)."
    assert field("fr")["description"] == "Pas avant (UTC)."


def test_the_schema_of_nothing_known_names_what_is(client: FlaskClient) -> None:
    response = client.get("/import/schema.json?type=incidnet", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "incident" in response.get_json()["error"]["hint"]
