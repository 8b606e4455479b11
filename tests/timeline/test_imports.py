"""Import in the browser: form, waiting file, preview, confirmation, report, rejected rows; nothing without sign-in."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import re
from collections.abc import Callable
from datetime import UTC, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from incidents import RECORD_TYPES, ImportOptions, Store
from timeline.import_form import FormError, column_choices, option_fields, read_options
from timeline.import_jobs import Jobs
from timeline.report import OUTCOMES
from timeline.uploads import discard_old, find_staged, shown_name, stage, staged_folder
from timeline.wording import speaking

from .conftest import NOW, TOKEN

JSON = {"Accept": "application/json"}
GOOD = b"id,title,started_at,operator_id\nt-1,Television down,2025-10-01T20:00+02:00,orange\n"
MIXED = (
    "id;titre;début;operator_id\n"
    "t-1;Télévision coupée;2025-10-01T20:00+02:00;Orange\n"
    "t-2;Mauvaise date;31/02/2025;Orange\n"
    "t-3;Acteur inconnu;2025-10-02;Oragne\n"
    "t-1;Télévision coupée;2025-10-01T20:00+02:00;Orange\n"
).encode()


@pytest.fixture
def store(app: Flask) -> Store:
    return app.extensions["store"]  # type: ignore[no-any-return]


@pytest.fixture
def send(writer: FlaskClient, csrf: str) -> Callable[..., TestResponse]:
    """Send a file by the form: `send(bytes, type="provider")` gives the answer before the redirect."""

    def post(data: bytes, name: str = "tickets.csv", **fields: str) -> TestResponse:
        form = {"csrf_token": csrf, "type": "incident", **fields, "file": (io.BytesIO(data), name)}
        return writer.post("/import", data=form, content_type="multipart/form-data")

    return post


@pytest.fixture
def preview(writer: FlaskClient, send: Callable[..., TestResponse]) -> Callable[..., TestResponse]:
    """Send a file and follow to its preview."""

    def follow(data: bytes, name: str = "tickets.csv", **fields: str) -> TestResponse:
        sent = send(data, name, **fields)
        assert sent.status_code == 303, sent.text
        return writer.get(sent.headers["Location"])

    return follow


def ended(writer: FlaskClient, response: TestResponse) -> TestResponse:
    """Follow a confirmation to the page of its import, once that has ended."""
    where = response.headers["Location"]
    jobs: Jobs = writer.application.extensions["import_jobs"]
    jobs.wait(where.rsplit("/", 1)[1], 30)
    return writer.get(where)


@pytest.fixture
def confirm(writer: FlaskClient) -> Callable[[str], TestResponse]:
    """Send the confirmation form of a preview as a browser would: all its hidden fields."""

    def post(page: str, **headers: str) -> TestResponse:
        form = re.search(r'<form class="card confirm".*?</form>', page, re.DOTALL)
        assert form is not None and "<button" in form[0]
        fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[0])
        response = writer.post("/import/confirm", data=dict(fields), headers=headers)
        return ended(writer, response) if response.status_code == 303 else response

    return post


def sums(page: str) -> dict[str, int]:
    found = re.findall(r'class="sums__(\w+)[^>]*><strong>([\d,]+)</strong>', page)
    return {name: int(count.replace(",", "")) for name, count in found}


# The form


def test_a_visitor_is_told_how_to_sign_in(client: FlaskClient) -> None:
    page = client.get("/import").text
    assert "Look in the terminal" in page
    assert 'type="file"' not in page


def test_the_form_offers_every_kind_of_record_and_an_example_of_each(writer: FlaskClient) -> None:
    page = writer.get("/import").text
    for name in RECORD_TYPES:
        assert f'<option value="{name}"' in page
        assert f"/import/template/{name}.csv" in page


@pytest.mark.parametrize("name", sorted(RECORD_TYPES))
def test_an_example_file_has_the_columns_of_its_kind(client: FlaskClient, name: str) -> None:
    response = client.get(f"/import/template/{name}.csv")
    assert response.mimetype == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    required = {column.name for column in RECORD_TYPES[name].columns if column.required}
    assert required <= set(rows[0])
    assert len(rows[0]) == len(rows[1])


def test_an_example_of_no_kind_is_not_found(client: FlaskClient) -> None:
    assert client.get("/import/template/nothing.csv").status_code == 404


# Preview


def test_a_preview_changes_nothing_and_shows_every_row(
    store: Store, preview: Callable[..., TestResponse]
) -> None:
    before = store.revision()
    page = preview(MIXED).text
    assert store.revision() == before
    assert store.get("incident", "t-1") is None
    assert sums(page) == {"all": 4, "added": 1, "updated": 0, "unchanged": 0, "duplicate": 1, "rejected": 2}
    assert page.count('<td data-label="Line">') == 4
    assert "semicolon" in page and "utf-8" in page


def test_a_rejected_row_names_its_column_its_value_and_what_to_write(
    preview: Callable[..., TestResponse],
) -> None:
    page = preview(MIXED).text
    assert "début:" in page and "31/02/2025" in page
    assert "operator_id:" in page and "Oragne" in page
    assert re.search(r"[Dd]id you mean[^<]*orange", page)


def test_the_address_of_a_preview_says_all_that_was_chosen(send: Callable[..., TestResponse]) -> None:
    location = send(GOOD, "tickets été.csv", timezone="UTC", date_order="DMY", strict="1").headers["Location"]
    query = parse_qs(urlsplit(location).query)
    assert urlsplit(location).path == f"/import/preview/{hashlib.sha256(GOOD).hexdigest()}"
    assert query == {
        "type": ["incident"],
        "name": ["tickets été.csv"],
        "timezone": ["UTC"],
        "date_order": ["DMY"],
        "strict": ["1"],
    }


def test_a_file_whose_columns_say_nothing_asks_which_is_which(
    writer: FlaskClient, preview: Callable[..., TestResponse], store: Store
) -> None:
    response = preview(b"foo,bar\nTelevision down,2025-10-01\n")
    assert response.status_code == 400
    assert "Which column is which?" in response.text
    assert 'name="map.title"' in response.text and '<option value="foo"' in response.text
    digest = hashlib.sha256(b"foo,bar\nTelevision down,2025-10-01\n").hexdigest()
    page = writer.get(f"/import/preview/{digest}?type=incident&map.title=foo&map.started_at=bar").text
    assert sums(page)["added"] == 1
    assert '<option value="foo" selected>' in page


def test_dates_that_can_be_read_in_two_ways_offer_both(
    writer: FlaskClient, preview: Callable[..., TestResponse]
) -> None:
    page = preview(b"id,title,started_at\na,One,03/04/2025\nb,Two,05/06/2025\n").text
    assert sums(page)["rejected"] == 2
    links = re.findall(r'href="(/import/preview/[^"]*date_order=[^"]*)"', page)
    assert len(links) == 2
    for link in links:
        read = writer.get(link.replace("&amp;", "&")).text
        assert sums(read)["added"] == 2
        assert ("3 Apr 2025" in read) == ("DMY" in link)


def test_rows_can_be_seen_by_outcome_and_page_by_page(
    writer: FlaskClient, preview: Callable[..., TestResponse]
) -> None:
    lines = [f"x-{n},Outage {n},2025-10-01T20:{n % 60:02}+02:00" for n in range(150)]
    page = preview("\n".join(["id,title,started_at", *lines, "y,Bad,nonsense"]).encode()).text
    assert sums(page)["all"] == 151
    assert page.count('data-label="Line"') == 100
    rejected = re.search(r'href="([^"]*)#rows" class="sums__rejected', page)
    assert rejected is not None
    assert writer.get(rejected[1].replace("&amp;", "&")).text.count('data-label="Line"') == 1
    second = re.search(r'href="([^"]*page=2[^"]*)#rows"', page)
    assert second is not None
    assert writer.get(second[1].replace("&amp;", "&")).text.count('data-label="Line"') == 51
    beyond = writer.get(second[1].replace("&amp;", "&").replace("page=2", "page=99"))
    assert beyond.status_code == 200 and beyond.text.count('data-label="Line"') == 51


def test_the_preview_as_json_accounts_for_every_row(
    writer: FlaskClient, send: Callable[..., TestResponse]
) -> None:
    location = send(MIXED).headers["Location"].replace("?", ".json?")
    body = writer.get(location).get_json()
    assert body["read"] == sum(body[name] for name in OUTCOMES) == len(body["rows"]) == 4
    assert body["dry_run"] is True and body["change_set_id"] is None
    problem = body["rows"][1]["problems"][0]
    assert (problem["line"], problem["column"], problem["value"]) == (3, "début", "31/02/2025")
    assert problem["code"] and problem["reason"] and problem["hint"]


# Confirmation


def test_a_confirmed_import_is_in_the_record_and_on_the_timeline(
    writer: FlaskClient,
    store: Store,
    preview: Callable[..., TestResponse],
    confirm: Callable[..., TestResponse],
) -> None:
    report = confirm(preview(GOOD).text)
    assert report.status_code == 200
    assert "1 row imported" in report.text
    assert store.get("incident", "t-1").title == "Television down"  # type: ignore[union-attr]
    link = re.search(r'class="button button--main" href="([^"]*)"', report.text)
    assert link is not None
    query = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)
    assert query["collection"] == ["own"]
    assert query["start"][0] <= "2025-10-01" < query["end"][0]
    assert "Television down" in writer.get(link[1].replace("&amp;", "&")).text
    assert "/incidents/t-1" in report.text


def test_the_same_file_again_changes_nothing(
    store: Store, preview: Callable[..., TestResponse], confirm: Callable[..., TestResponse]
) -> None:
    first = preview(GOOD).text
    confirm(first)
    revision = store.revision()
    again = preview(GOOD).text
    assert sums(again)["unchanged"] == 1
    assert "in the record already" in again
    # A report page that is loaded anew sends the form again.
    assert "Nothing was changed" in confirm(first).text
    assert store.revision() == revision


def test_a_changed_row_shows_what_would_change(
    preview: Callable[..., TestResponse], confirm: Callable[..., TestResponse]
) -> None:
    confirm(preview(GOOD).text)
    page = preview(GOOD.replace(b"Television down", b"Television dark")).text
    assert sums(page)["updated"] == 1
    assert "<del>Television down</del>" in page and "<ins>Television dark</ins>" in page


def test_rejected_rows_are_left_out_unless_strict(
    store: Store,
    writer: FlaskClient,
    csrf: str,
    preview: Callable[..., TestResponse],
    confirm: Callable[..., TestResponse],
) -> None:
    strict = preview(MIXED, strict="1").text
    assert "Nothing can be imported while a row is rejected" in strict
    forced = {
        "csrf_token": csrf,
        "sha256": hashlib.sha256(MIXED).hexdigest(),
        "type": "incident",
        "strict": "1",
    }
    assert "Nothing was changed" in ended(writer, writer.post("/import/confirm", data=forced)).text
    assert store.get("incident", "t-1") is None
    assert "2 rows are rejected" in confirm(preview(MIXED).text).text
    assert store.get("incident", "t-1") is not None


def test_other_kinds_of_record_come_in_the_same_way(
    store: Store, preview: Callable[..., TestResponse], confirm: Callable[..., TestResponse]
) -> None:
    report = confirm(preview(b"id,name,kind\nacme,Acme Telecom,operator\n", type="provider").text)
    assert "1 row imported" in report.text
    assert store.get("provider", "acme").name == "Acme Telecom"  # type: ignore[union-attr]
    assert "Show on the timeline" not in report.text


def test_the_report_as_json(
    preview: Callable[..., TestResponse], confirm: Callable[..., TestResponse]
) -> None:
    body = confirm(preview(GOOD).text, **JSON).get_json()["report"]
    assert body["added"] == 1 and body["change_set_id"]
    assert body["file_sha256"] == hashlib.sha256(GOOD).hexdigest()


def test_the_history_names_the_file_and_who(
    client: FlaskClient, preview: Callable[..., TestResponse], confirm: Callable[..., TestResponse]
) -> None:
    assert "Nothing has been imported yet" in client.get("/import/history").text
    confirm(preview(GOOD, "tickets été.csv").text)
    assert "tickets été.csv" in client.get("/import/history").text
    [entry] = client.get("/import/history.json").get_json()["imports"]
    assert (entry["origin"], entry["actor"], entry["records"]) == ("tickets été.csv", "sign-in link", 1)


def test_rejected_rows_come_back_ready_to_be_put_right(
    writer: FlaskClient, preview: Callable[..., TestResponse]
) -> None:
    page = preview(MIXED).text
    link = re.search(r'href="(/import/rejected/[^"]*)"', page)
    assert link is not None
    response = writer.get(link[1].replace("&amp;", "&"))
    assert response.data.startswith(codecs.BOM_UTF8)
    assert not response.data[3:].startswith(codecs.BOM_UTF8)
    text = response.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [(row["rejected_line"], row["rejected_column"], row["id"]) for row in rows] == [
        ("3", "début", "t-2"),
        ("4", "operator_id", "t-3"),
    ]
    assert all(row["rejected_code"] and row["rejected_reason"] and row["rejected_hint"] for row in rows)
    corrected = text.replace("31/02/2025", "2025-02-28").replace("Oragne", "Orange")
    assert sums(preview(corrected.encode()).text)["added"] == 2


def test_a_formula_in_a_rejected_row_is_disarmed_and_comes_back_whole(
    writer: FlaskClient, send: Callable[..., TestResponse]
) -> None:
    location = send(b"id,title,started_at\nz,=1+1,nonsense\n").headers["Location"]
    text = writer.get(location.replace("/preview/", "/rejected/").replace("?", ".csv?")).data.decode(
        "utf-8-sig"
    )
    [row] = csv.DictReader(io.StringIO(text))
    assert row["title"] == "'=1+1"


# Hostile and broken files


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"\xef\xbb\xbf\n\n", "empty-file"),
        (bytes(range(256)) * 20, "binary-file"),
        (b"PK\x03\x04" + bytes(200), "damaged-workbook"),
    ],
    ids=["empty", "blank", "binary", "zip"],
)
def test_a_file_that_is_no_table_is_one_clear_error(
    writer: FlaskClient, send: Callable[..., TestResponse], store: Store, data: bytes, code: str
) -> None:
    revision = store.revision()
    location = send(data).headers["Location"]
    response = writer.get(location, headers=JSON)
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == code
    assert response.get_json()["error"]["hint"]
    shown = writer.get(location)
    assert shown.status_code == 400
    assert response.get_json()["error"]["message"] in unescape(shown.text)
    assert 'type="file"' in shown.text, "the form to send another file"
    assert store.revision() == revision


def test_text_from_a_file_stays_text(
    preview: Callable[..., TestResponse], confirm: Callable[..., TestResponse]
) -> None:
    attack = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{7*7}}'
    rows = [
        "id,title,started_at,operator_id",
        f'a,"{attack.replace(chr(34), chr(34) * 2)}",2025-10-01,orange',
    ]
    rows.append(f'"{attack.replace(chr(34), chr(34) * 2)}",Bad,<b>when</b>,orange')
    page = preview("\n".join(rows).encode(), attack + ".csv").text
    report = confirm(page).text
    for text in (page, report):
        assert "<script>alert" not in text and "<img src=x" not in text and "<b>when" not in text
        assert "&lt;script&gt;alert(1)" in text and "{{7*7}}" in text


def test_no_file_chosen_says_so(writer: FlaskClient, csrf: str) -> None:
    response = writer.post("/import", data={"csrf_token": csrf}, headers=JSON)
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "no-file"


def test_a_file_over_the_limit_is_refused(make_app: Callable[..., Flask]) -> None:
    client = make_app(MAX_UPLOAD_BYTES=1000).test_client()
    client.get(f"/sign-in?token={TOKEN}")
    with client.session_transaction() as session:
        token = session["csrf"]
    form = {"csrf_token": token, "file": (io.BytesIO(b"x" * 200_000), "big.csv")}
    response = client.post("/import", data=form, headers=JSON)
    assert response.status_code == 413
    assert response.get_json()["error"]["params"]["limit_bytes"] == 1000 + 64 * 1024


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("type=incidnet", "unknown-record-type"),
        ("date_order=YDM", "unknown-date-order"),
        ("timezone=Mars/Olympus", "unknown-zone"),
        ("map.title=nowhere", "unknown-column"),
        ("map.nothing=title", "unknown-field"),
    ],
)
def test_a_choice_that_cannot_be_is_one_clear_error(
    writer: FlaskClient, send: Callable[..., TestResponse], query: str, code: str
) -> None:
    digest = hashlib.sha256(GOOD).hexdigest()
    send(GOOD)
    response = writer.get(f"/import/preview/{digest}.json?{query}")
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == code


@pytest.mark.parametrize("digest", ["0" * 64, "..%2f..%2fincidents.db", "A" * 64, "x", "0" * 63])
def test_only_a_digest_of_a_waiting_file_opens_anything(writer: FlaskClient, digest: str) -> None:
    assert writer.get(f"/import/preview/{digest}").status_code in (400, 404)
    assert writer.get(f"/import/rejected/{digest}.csv").status_code in (400, 404)


@pytest.mark.parametrize("path", ["preview", "rejected"])
def test_a_waiting_file_is_shown_to_nobody_else(
    client: FlaskClient, send: Callable[..., TestResponse], path: str
) -> None:
    send(GOOD)
    digest = hashlib.sha256(GOOD).hexdigest()
    suffix = ".csv" if path == "rejected" else ""
    assert client.get(f"/import/{path}/{digest}{suffix}").status_code == 403


# Waiting files


def test_the_name_of_a_file_is_never_part_of_a_path(
    database: Path, send: Callable[..., TestResponse]
) -> None:
    send(GOOD, "../../../evil.csv")
    folder = staged_folder(database)
    assert [path.name for path in folder.iterdir()] == [hashlib.sha256(GOOD).hexdigest()]
    assert folder.stat().st_mode & 0o077 == 0
    assert not list(database.parent.rglob("evil*"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tickets.csv", "tickets.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\été.csv", "été.csv"),
        ("a\x00b\n.csv", "ab.csv"),
        ("/", "file.csv"),
        (None, "file.csv"),
    ],
)
def test_a_file_name_is_shown_without_folders_and_signs_that_cannot_be_seen(
    name: str | None, shown: str
) -> None:
    assert shown_name(name) == shown


def test_old_waiting_files_are_deleted_and_others_kept(tmp_path: Path) -> None:
    old, new = stage(io.BytesIO(b"old"), tmp_path), stage(io.BytesIO(b"new"), tmp_path)
    (tmp_path / "draft-abandoned").write_bytes(b"")
    (tmp_path / "not ours").write_bytes(b"")
    yesterday = (NOW.astimezone(UTC) - timedelta(days=2)).timestamp()
    for name in (old.sha256, "draft-abandoned", "not ours"):
        os.utime(tmp_path / name, (yesterday, yesterday))
    os.utime(new.path, (NOW.timestamp(), NOW.timestamp()))
    assert discard_old(tmp_path, NOW - timedelta(days=1)) == 2
    assert find_staged(old.sha256, tmp_path) is None
    assert find_staged(new.sha256, tmp_path) == new
    assert (tmp_path / "not ours").exists()
    assert discard_old(tmp_path / "missing", NOW) == 0


def test_a_file_that_is_gone_says_to_send_it_again(
    database: Path, writer: FlaskClient, send: Callable[..., TestResponse]
) -> None:
    location = send(GOOD).headers["Location"]
    find_staged(hashlib.sha256(GOOD).hexdigest(), staged_folder(database)).path.unlink()  # type: ignore[union-attr]
    response = writer.get(location, headers=JSON)
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "upload-gone"
    assert "24 hours" in response.get_json()["error"]["message"]


# The form's fields


@given(
    mapping=st.dictionaries(
        st.sampled_from(["title", "started_at", "affected"]),
        st.text("abc {}é;=&%\"'", min_size=1, max_size=20),
    ),
    record_type=st.sampled_from(sorted(RECORD_TYPES)),
    zone=st.sampled_from([None, "Europe/Paris", "UTC"]),
    order=st.sampled_from([None, "DMY", "MDY", "YMD"]),
    strict=st.booleans(),
)
def test_options_written_as_fields_read_back_the_same(
    mapping: dict[str, str], record_type: str, zone: str | None, order: str | None, strict: bool
) -> None:
    options = read_options(
        {f"map.{field}": header for field, header in mapping.items()} | {"type": record_type}
    )
    options = ImportOptions(
        record_type=record_type,
        mapping=options.mapping,
        ignored=options.ignored,
        ignore_unknown=True,
        strict=strict,
        timezone=zone,
        date_order=order,
        filename="tickets.csv",
    )
    assert read_options(option_fields(options)) == options


def test_an_unknown_kind_of_record_names_the_nearest() -> None:
    with pytest.raises(FormError) as caught:
        read_options({"type": "providr"})
    assert caught.value.params["near"] == "provider"


def test_a_file_of_rows_that_are_there_and_rows_that_are_wrong_says_that_nothing_changes(
    preview: Callable[..., TestResponse], confirm: Callable[..., TestResponse]
) -> None:
    confirm(preview(MIXED).text)
    page = preview(MIXED).text
    assert "Nothing would change" in page
    assert "No row can be imported" not in page


def test_an_error_of_the_import_leads_back_to_it(writer: FlaskClient) -> None:
    page = writer.get(f"/import/preview/{'0' * 64}").text
    assert re.search(r'class="chip[^>]*href="/import"', page)


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_what_a_column_is_for_is_not_cut_at_the_sign_it_names(record_type: str) -> None:
    needed, others = column_choices(ImportOptions(record_type=record_type), {}, ())
    for choice in (*needed, *others):
        for code in ("en", "fr"):
            with speaking(code):
                assert not re.search(r"(by|par)\W?$", choice.help), choice.column.name


def test_the_way_to_sign_in_names_the_address_that_was_asked(client: FlaskClient) -> None:
    page = client.get("/import", base_url="http://localhost:8123").text
    assert "http://localhost:8123/sign-in?token=" in page


# How the file is read, changed in the page


@pytest.mark.parametrize(
    ("data", "query", "title"),
    [
        (b"id|title|started_at\na|One;Two|2025-10-01\n", "delimiter=bar", "One;Two"),
        (
            b"id,title,started_at\na,'One',2025-10-01\nb,'Two, three',2025-10-02\n",
            "quote=single",
            "Two, three",
        ),
        (b"a report\n\nid,title,started_at\na,One,2025-10-01\n", "header=3", "One"),
        ("id,title,started_at\na,Œuvre,2025-10-01\n".encode("mac_roman"), "encoding=mac_roman", "Œuvre"),
        (b"x,y\nOne,2025-10-01\n", "map.title=x&map.started_at=y&set.summary=All+alike", "One"),
        (b"d,t,x\n2025-10-01,20:15,One\n", "map.title=x&tpl.started_at={d}+{t}", "20:15"),
        (
            b"d,t,x\n2025-10-01,20:15,One\n",
            "map.title=x&more.1.field=started_at&more.1.text={d}+{t}",
            "20:15",
        ),
        (b"n,title,started_at\n7,One,2025-10-01\n", "more.3.field=id&more.3.text=T-{n}", "T-7"),
    ],
)
def test_each_guess_can_be_put_right_by_the_address(
    writer: FlaskClient, send: Callable[..., TestResponse], data: bytes, query: str, title: str
) -> None:
    send(data)
    page = writer.get(f"/import/preview/{hashlib.sha256(data).hexdigest()}?{query}")
    assert page.status_code == 200, page.text
    assert title in unescape(re.search(r"<tbody>.*?</tbody>", page.text, re.DOTALL)[0])  # type: ignore[index]


def test_a_choice_of_the_file_that_leaves_no_table_can_be_changed_back(
    writer: FlaskClient, send: Callable[..., TestResponse]
) -> None:
    send(GOOD)
    page = writer.get(f"/import/preview/{hashlib.sha256(GOOD).hexdigest()}?encoding=nonsense")
    assert page.status_code == 400
    assert 'name="encoding"' in page.text and '<option value="nonsense" selected' in page.text


def test_cells_show_their_problem_and_their_field(
    writer: FlaskClient, send: Callable[..., TestResponse]
) -> None:
    location = send(MIXED).headers["Location"]
    page = writer.get(f"{location}&view=cells").text
    wrong = re.findall(r'<td class="cells__wrong">([^<]*)', page)
    assert [cell.strip() for cell in wrong] == ["31/02/2025", "Oragne"]
    assert "→ started_at" in page


def test_the_first_lines_stand_as_they_are_beside_what_was_read(preview: Callable[..., TestResponse]) -> None:
    page = unescape(preview('Id;Title;Début\na;"One";2025-10-01\n'.encode("cp1252")).text)
    assert '<code>a;"One";2025-10-01</code>' in page and "<code>Id;Title;Début</code>" in page


def test_the_script_is_told_where_the_preview_is(writer: FlaskClient, csrf: str) -> None:
    form = {"csrf_token": csrf, "file": (io.BytesIO(GOOD), "tickets.csv")}
    body = writer.post("/import", data=form, headers=JSON).get_json()
    assert writer.get(body["preview"]).status_code == 200


def test_problems_are_grouped_by_kind_with_their_number(preview: Callable[..., TestResponse]) -> None:
    rows = "".join(f"x-{n},Title,2025-02-3{n}\n" for n in range(5))
    page = preview(f"id,title,started_at\n{rows}".encode()).text
    groups = re.search(r'<ul class="problems">.*?</ul>', page, re.DOTALL)
    assert groups is not None
    assert groups[0].count("<li>") == 1
    assert "5 rows" in groups[0] and "2025-02-30" in groups[0] and "“2025-02-31”" in groups[0]


@given(
    delimiter=st.sampled_from([None, ",", ";", "\t", "|", " ", "", "~"]),
    quote=st.sampled_from([None, '"', "'", ""]),
    header=st.sampled_from([None, 0, 1, 12]),
    words=st.dictionaries(st.sampled_from(["encoding", "sheet", "group_by"]), st.text("abc é", min_size=1)),
    templates=st.dictionaries(
        st.sampled_from(["title", "region"]), st.sampled_from(["{a} {b}", "x {a}", "{a} || {b}"])
    ),
    constants=st.dictionaries(st.sampled_from(["summary", "cause"]), st.text("abc{}é ", min_size=1)),
    excel=st.booleans(),
)
def test_all_choices_written_as_fields_read_back_the_same(
    delimiter: str | None,
    quote: str | None,
    header: int | None,
    words: dict[str, str],
    templates: dict[str, str],
    constants: dict[str, str],
    excel: bool,
) -> None:
    options = ImportOptions(
        mapping=templates,
        constants={name: text for name, text in constants.items() if text.strip()},
        ignored=read_options({}).ignored,
        ignore_unknown=True,
        delimiter=delimiter,
        quote=quote,
        header=header,
        excel_dates=excel,
        filename="tickets.csv",
        **words,
    )
    assert read_options(option_fields(options)) == options


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("header", "-1", "not-a-line"), ("header", "first", "not-a-line"), ("delimiter", "ab", "not-a-sign")],
)
def test_a_choice_of_the_file_that_cannot_be_is_refused(field: str, value: str, code: str) -> None:
    with pytest.raises(FormError) as caught:
        read_options({field: value})
    assert caught.value.code == code


def test_a_full_disk_is_said_and_leaves_no_draft(
    writer: FlaskClient, csrf: str, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    form = {"csrf_token": csrf, "file": (io.BytesIO(GOOD), "tickets.csv")}
    response = writer.post("/import", data=form, headers=JSON)
    assert (response.status_code, response.get_json()["error"]["code"]) == (507, "cannot-keep-file")
    assert list(staged_folder(database).iterdir()) == []
