"""All records in one place: written, and taken apart into plain files in reading order."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.archive import MAX_PARTS, Archive, all_json, open_archive, write_folder, write_zip
from incidents.csv_reader import open_table
from incidents.json_reader import open_json
from incidents.model import Provider, Record, Service
from incidents.table import CsvError, Row
from tests.incidents.test_export import plain_incident, read_back

RECORDS: dict[str, list[Record]] = {
    "provider": [
        Provider(id="own;one", name='"Quoted"', kind="operator", aliases=("a;b", "=c"), parent_id="big"),
        Provider(id="big", name="Big", kind="cloud", collection="bundled"),
    ],
    "service": [Service(id="s", name="S", provider_id="own;one", kind="tv", users=7)],
    "incident": [plain_incident(operator_id=None, service_ids=("s",), summary="=1\n;=2")],
}


def walk(record_type: str) -> Iterator[Record]:
    return iter(RECORDS.get(record_type, ()))


def records_in(archive: Archive | None) -> dict[str, list[Record]]:
    assert archive is not None
    found: dict[str, list[Record]] = {}
    with archive:
        for part in archive.parts:
            with open_json(part.path) if part.path.suffix == ".jsonl" else open_table(part.path) as table:
                read = read_back(table, part.record_type, part.collection or "own")
            found.setdefault(part.record_type, []).extend(read)
    return found


def by_id(records: dict[str, list[Record]]) -> dict[str, list[Record]]:
    return {kind: sorted(group, key=lambda record: record.id) for kind, group in records.items()}


def test_json_lines_of_all_kinds_come_back(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text("".join(all_json(walk)), "utf-8")
    assert by_id(records_in(open_archive(path))) == by_id(RECORDS)
    assert by_id(records_in(open_archive(path.read_bytes()))) == by_id(RECORDS)


def test_a_folder_of_csv_files_comes_back(tmp_path: Path) -> None:
    written = write_folder(tmp_path / "out", walk)
    names = {path.relative_to(tmp_path / "out").as_posix() for path in written}
    assert names == {"own/providers.csv", "bundled/providers.csv", "own/services.csv", "own/incidents.csv"}
    assert by_id(records_in(open_archive(tmp_path / "out"))) == by_id(RECORDS)


def test_a_zip_comes_back_and_is_the_same_each_time() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write_zip(first, walk)
    write_zip(second, walk)
    assert first.getvalue() == second.getvalue()
    assert by_id(records_in(open_archive(first.getvalue()))) == by_id(RECORDS)


def test_parts_come_in_the_order_in_which_they_refer_to_each_other() -> None:
    lines = list(all_json(walk))
    archive = open_archive("".join(reversed(lines)).encode())
    assert archive is not None
    with archive:
        assert [(part.record_type, part.collection) for part in archive.parts] == [
            ("provider", "bundled"), ("provider", "own"), ("service", "own"), ("incident", "own")
        ]  # fmt: skip


@pytest.mark.parametrize(
    "shape", ["as written", "other spacing", "keys sorted", "one array", "an array, indented"]
)
def test_json_that_another_tool_wrote_anew_comes_back(shape: str) -> None:
    bodies = [json.loads(line) for line in all_json(walk)]
    text = {
        "as written": "".join(all_json(walk)),
        "other spacing": "\r\n\r\n".join(json.dumps(body, separators=(",", ":")) for body in bodies),
        "keys sorted": "\n".join(json.dumps(body, sort_keys=True) for body in bodies),
        "one array": json.dumps(bodies),
        "an array, indented": json.dumps(bodies, indent=2),
    }[shape]
    assert by_id(records_in(open_archive(text.encode()))) == by_id(RECORDS)


def test_lines_keep_their_numbers() -> None:
    archive = open_archive("".join(all_json(walk)).encode())
    assert archive is not None
    with archive:
        lines = [row.line for part in archive.parts for row in open_json(part.path).rows()]
    assert sorted(lines) == [1, 2, 3, 4]


def test_a_line_that_cannot_be_read_is_told_with_its_number() -> None:
    lines = list(all_json(walk))
    archive = open_archive("".join([*lines[:2], '{"type": \n', *lines[2:]]).encode())
    assert archive is not None
    with archive:
        rows = [row for part in archive.parts for row in open_json(part.path).rows()]
    assert [(row.line, row.code) for row in rows if not isinstance(row, Row)] == [(3, "not-json")]
    assert len(rows) == 5


@pytest.mark.parametrize(
    "data",
    [
        b"id,title\n1,x\n",
        b'{"id": 1, "title": "x"}\n{"id": 2, "title": "y"}\n',
        b'[{"type": "outage", "title": "x"}]',
        b'{"type": "incident", "title": "x"}\n{"type": "incident", "title": "y"}\n',
        b'{"page": {}, "incidents": [{"type": "incident", "collection": "own"}]}',
        b"",
    ],
    ids=["CSV", "lines", "a type of its own", "no collection", "within an object", "empty"],
)
def test_one_table_is_no_archive(data: bytes) -> None:
    assert open_archive(data) is None


def test_a_zip_of_other_things_is_no_archive() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("../../incidents.csv", "id\n")
    assert open_archive(target.getvalue()) is None


def test_a_type_that_is_none_is_named_with_its_line() -> None:
    line = next(all_json(walk))
    with pytest.raises(CsvError, match="Line 2: “outage” is no type of record"):
        open_archive((line + '{"type": "outage", "collection": "own"}\n').encode())
    with pytest.raises(CsvError, match="Line 2"):
        open_archive((line + '{"id": 1}\n').encode())


def test_collections_without_end_are_refused() -> None:
    lines = (f'{{"type": "provider", "collection": "c{n}", "id": "p"}}\n' for n in range(MAX_PARTS + 1))
    with pytest.raises(CsvError):
        open_archive("".join(lines).encode())


def test_a_damaged_zip_is_one_clear_error() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("own/incidents.csv", "id,title\n1,x\n")
    whole = target.getvalue()
    start = 30 + len("own/incidents.csv")
    overwritten = whole[: start + 2] + b"\xff" * 6 + whole[start + 8 :]
    for data in (whole[:-30], overwritten, b"PK\x03\x04" + bytes(200)):
        with pytest.raises(CsvError) as caught:
            open_archive(data)
        assert caught.value.code == "bad-zip" and caught.value.hint


def test_a_zip_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("own/incidents.csv", b"\n" * 3_000_000)
    monkeypatch.setattr("incidents.archive.MAX_UNPACKED", 1_000_000)
    with pytest.raises(CsvError) as caught:
        open_archive(target.getvalue())
    assert caught.value.code == "too-large"


def test_a_collection_with_any_name_has_a_folder(tmp_path: Path) -> None:
    odd = Provider(id="p", name="P", kind="cloud", collection="../a b/é")
    [path] = write_folder(tmp_path / "out", lambda kind: [odd] if kind == "provider" else [])
    assert path.parent.parent == tmp_path / "out"
    assert records_in(open_archive(tmp_path / "out")) == {"provider": [odd]}
