"""The timeline page and its twins: the same numbers in words, table, chart and JSON; links that lead where they say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from timeline.palette import DARK, LIGHT, SHARED_WITH_STYLE

LIVEBOX = "2025-09-12-orange-livebox-tv"
STATIC = Path(__file__).parents[2] / "timeline" / "static"


def page(client: FlaskClient, path: str = "/") -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.text


def payload(text: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="timeline-data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def card(text: str, key: str) -> str:
    found = re.search(rf'id="figure-{key}">(.*?)</div>', text, re.DOTALL)
    assert found, key
    return found[1]


def drawn_ids(figure: dict) -> list[str]:
    traces = [trace for trace in figure["data"] if trace["meta"]["kind"] == "incidents"]
    return sorted(data[0] for trace in traces for data in trace["customdata"])


def test_the_whole_record_is_in_view(client: FlaskClient) -> None:
    text = page(client)
    assert "<h1>98 incidents, 2004 to 2026</h1>" in text
    assert text.count("<tr data-incident=") == 50
    assert len(drawn_ids(payload(text)["figure"])) == 98  # type: ignore[arg-type]


def test_the_figures_are_those_of_the_answer(client: FlaskClient) -> None:
    text = page(client)
    summary = client.get("/timeline.json").json["summary"]
    assert card(text, "incidents").count(">98<") == 1
    third = summary["third_party"]
    assert f"{third['part']} of 98" in words(card(text, "third_party"))
    assert f"supplier not named in {summary['unnamed_supplier']}" in words(card(text, "third_party"))
    assert f">{summary['planned']['part']}<" in card(text, "planned")
    assert f"{summary['known']} of 98 known" in words(card(text, "user_hours"))
    assert (third["part"], summary["planned"]["part"], summary["known"]) == (31, 21, 13)


def test_each_figure_has_its_formula_and_leads_to_its_incidents(client: FlaskClient) -> None:
    text = page(client)
    for key in ("incidents", "user_hours", "longest", "third_party", "exposed", "planned"):
        assert "<details>" in card(text, key)
    summary = client.get("/timeline.json").json["summary"]
    for key, share in (("third_party", "third_party"), ("planned", "planned"), ("exposed", "exposed")):
        link = re.search(r'href="([^"]+)"', card(text, key))
        assert link
        behind = client.get(unescape(link[1]).replace("/?", "/timeline.json?")).json
        assert behind["total"] == summary[share]["part"], key


def test_the_lead_record_is_drawn_listed_and_said_with_its_bounds(client: FlaskClient) -> None:
    text = page(client, "/?start=2025-09-10&end=2025-09-15")
    assert "1 incident, 10 to 14 Sept 2025" in text
    assert "97 more outside these dates" in text
    row = words(text[text.index(f'data-incident="{LIVEBOX}"') :])
    assert "12 Sept 2025, about 22:00" in row
    assert "about 40 min" in row
    assert "≥\u00a05.8\u00a0M" in unescape(card(text, "user_hours")) or "≥ 5.8 M h" in words(
        card(text, "user_hours")
    )


@pytest.mark.parametrize("by", ["service_kind", "operator", "supplier", "cause", "country", "obligation"])
def test_every_kind_of_lane_draws_every_incident(client: FlaskClient, by: str) -> None:
    answer = client.get(f"/figure.json?by={by}&lanes=all").json
    assert len(set(drawn_ids(answer["figure"]))) == 98


def test_supplier_not_named_is_a_lane_that_filters(client: FlaskClient) -> None:
    lanes = client.get("/figure.json?by=supplier").json["figure"]["layout"]["meta"]["lanes"]
    (lane,) = [lane for lane in lanes if lane["name"] == "Supplier not named"]
    assert lane["count"] == 17
    assert client.get(lane["link"].replace("/?", "/timeline.json?")).json["total"] == 17


def test_the_answer_to_a_move_is_the_page_of_its_address(client: FlaskClient) -> None:
    query = "start=2025-08-01&end=2025-12-01&severity=critical&by=cause"
    moved = client.get(f"/figure.json?{query}&width=1000").json
    text = page(client, moved["address"])
    assert parse_qs(urlsplit(moved["address"]).query) == parse_qs(query)
    for part in ("head", "summary", "tools", "table"):
        assert moved["parts"][part].strip() in text, part
    assert drawn_ids(moved["figure"]) == drawn_ids(payload(text)["figure"])  # type: ignore[arg-type]


def test_the_table_sorts_and_pages_by_links(client: FlaskClient) -> None:
    text = page(client, "/?order=user_hours&page=2")
    assert 'aria-sort="descending"' in text
    assert "51–98 of 98" in text
    assert text.count("<tr data-incident=") == 48
    far = page(client, "/?page=9")
    assert "There is no page 9" in far
    assert 'href="/#incidents"' in far


def test_an_empty_view_says_what_to_do(client: FlaskClient) -> None:
    text = page(client, "/?q=nothingatall")
    assert "No incident matches here." in text
    assert "Show the whole record" in text


def test_text_of_the_address_is_escaped_everywhere(client: FlaskClient) -> None:
    text = page(client, "/?q=</script><script>alert(1)</script>")
    assert "<script>alert" not in text
    assert client.get("/?lang=<svg>&q='\"><img>").text.count("<img") == 0


def test_quick_ranges_end_with_the_newest_incident(client: FlaskClient) -> None:
    ranges = re.findall(
        r'<a href="(/\?start=[^"]+)">', page(client).split('class="tabs quick"')[1].split("</nav>")[0]
    )
    assert len(ranges) == 4
    for link in ranges:
        assert client.get(unescape(link).replace("/?", "/timeline.json?")).json["total"] >= 1, link


def test_the_form_carries_what_it_does_not_offer(client: FlaskClient) -> None:
    text = page(client, "/?by=cause&service=orange-tv-livebox&lang=en")
    form = text.split("data-filter-form")[1].split("</form>")[0]
    for name, value in (("by", "cause"), ("service", "orange-tv-livebox"), ("lang", "en")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form


def test_times_follow_the_zone_of_the_address(client: FlaskClient) -> None:
    text = page(client, "/?tz=UTC&start=2025-09-10&end=2025-09-15")
    assert "12 Sept 2025, about 20:00" in text
    assert "times of UTC" in text


def test_french_is_french(client: FlaskClient) -> None:
    text = page(client, "/?lang=fr&start=2025-09-10&end=2025-09-15")
    assert '<html lang="fr">' in text
    assert "12 sept. 2025, vers 22 h 00" in words(text)
    assert "La télévision d’Orange" in text
    assert client.get("/", headers={"Accept-Language": "fr-CA, en;q=0.5"}).text.count('<html lang="fr">') == 1
    client.set_cookie("lang", "fr")
    assert '<html lang="fr">' in page(client)
    assert '<html lang="en">' in page(client, "/?lang=en")


@pytest.mark.parametrize("width", ["0", "1", "1000000000", "390"])
def test_any_width_is_answered(client: FlaskClient, width: str) -> None:
    figure = client.get(f"/figure.json?width={width}").json["figure"]
    assert 240 <= figure["layout"]["width"] <= 4000


@pytest.mark.parametrize("width", ["-1", "ten", "1e3", "²"])
def test_a_width_that_is_none_is_an_error(client: FlaskClient, width: str) -> None:
    response = client.get("/figure.json", query_string={"width": width})
    assert response.status_code == 400
    assert response.json["error"]["code"] == "not-a-width"


@pytest.mark.parametrize(
    "edge",
    [
        "start=0001-01-04&end=9999-12-28",
        "end=1990-01-01",
        "start=2090-01-01",
        "start=9999-12-28",
        "end=0001-01-04",
    ],
)
def test_far_windows_are_answered(client: FlaskClient, edge: str) -> None:
    for path in ("/", "/figure.json", "/timeline.json"):
        assert client.get(f"{path}?{edge}").status_code == 200


def test_an_unknown_filter_is_told_with_the_nearest(client: FlaskClient) -> None:
    response = client.get("/?provider=orang")
    assert response.status_code == 400
    assert "Did you mean “orange”?" in unescape(response.text)


def test_no_inline_script_or_style(client: FlaskClient) -> None:
    text = page(client)
    assert not re.search(r"<[^>]+\sstyle=", text)
    assert not re.search(r"<[^>]+\son\w+=", text)
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag] == [
        '<script type="application/json" id="timeline-data">'
    ]


def test_files_are_kept_for_good_under_an_address_of_their_content(client: FlaskClient) -> None:
    text = page(client)
    for address in re.findall(r'(?:href|src|data-plotly)="(/(?:static|assets)/[^"]+)"', text):
        response = client.get(unescape(address), headers={"Accept-Encoding": "gzip"}, buffered=True)
        assert response.status_code == 200, address
        assert "immutable" in response.headers["Cache-Control"], address
        if "plotly" in address:
            assert response.headers["Content-Encoding"] == "gzip"
            assert len(response.data) < 1_700_000
    assert "immutable" not in client.get("/static/base.css", buffered=True).headers["Cache-Control"]


def test_the_chart_has_the_colours_of_the_style() -> None:
    style = (STATIC / "tokens.css").read_text("utf-8")
    for name in SHARED_WITH_STYLE:
        found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", style)
        assert found, name
        assert found.groups() == (LIGHT[name], DARK[name]), name


def test_another_setting_of_the_zone_shows_its_times(make_app: Callable[..., Flask]) -> None:
    client = make_app(TIMEZONE="Asia/Tokyo").test_client()
    assert "13 Sept 2025, about 05:00" in page(client, "/?start=2025-09-10&end=2025-09-15")


def test_what_began_before_the_window_keeps_a_mark_at_its_edge(client: FlaskClient) -> None:
    body = client.get("/figure.json?start=2025-01-01&end=2026-01-01&country=FR&width=1200").get_json()
    for trace in body["figure"]["data"]:
        ids = [found[0] for found in trace.get("customdata", [])]
        if trace.get("meta", {}).get("kind") == "incidents" and "2024-12-30-tdf-cenves-arson" in ids:
            place = ids.index("2024-12-30-tdf-cenves-arson")
            assert trace["x"][place] == "2025-01-01 00:00:00"
            assert trace["marker"]["opacity"][place] == 1
            return
    pytest.fail("the fire of Cenves has no mark")


def test_the_lists_behind_the_figures_have_what_they_count(client: FlaskClient) -> None:
    text = page(client, "/?start=2025-01-01&end=2026-01-01")
    links = re.findall(r'<a href="(/incidents\?[^"]+)">(Show [^<]+)</a>', text)
    assert len(links) >= 6
    body = client.get("/timeline.json?start=2025-01-01&end=2026-01-01").get_json()["summary"]
    for link, _said in links:
        assert client.get(unescape(link)).status_code == 200
    unnamed = next(unescape(link) for link, said in links if "without a named supplier" in said)
    listed = client.get(unnamed.replace("/incidents?", "/incidents.json?")).get_json()
    assert listed["total"] == body["unnamed_supplier"]


def test_the_footer_leads_to_the_other_pages(client: FlaskClient) -> None:
    footer = page(client).partition('<footer class="site-footer">')[2]
    for path in ("/sources", "/milestones", "/qualifications", "/laws", "/incidents.csv", "/incidents.json"):
        assert f'href="{path}"' in footer
        assert client.get(path).status_code == 200


def test_what_may_have_ended_before_the_window_is_said(client: FlaskClient) -> None:
    text = page(client, "/?start=2025-01-01&country=FR")
    assert "may have ended before them" in text
    assert "may have ended before them" not in page(client, "/?country=FR")
