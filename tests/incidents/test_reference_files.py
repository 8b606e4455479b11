"""The bundled record as text: ids, references, translations, counts. Read with the csv module only.

Knows nothing of the package, so that a fault in the files and a fault in the import show up apart.
"""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "incidents" / "reference"
NAMED = ROOT / "tests" / "data" / "named_in_documents.csv"

COUNTS = {
    "incidents": 98,
    "updates": 78,
    "providers": 87,
    "services": 94,
    "dependencies": 32,
    "milestones": 34,
    "ownership": 28,
    "designations": 7,
    "qualifications": 16,
}
AT_LEAST = {"claims": 26, "laws": 4, "sources": 272, "translations": 900}
FILE_OF = {
    "incident": "incidents",
    "update": "updates",
    "provider": "providers",
    "ownership": "ownership",
    "designation": "designations",
    "service": "services",
    "dependency": "dependencies",
    "qualification": "qualifications",
    "milestone": "milestones",
    "claim": "claims",
    "source": "sources",
}
FILES = [*COUNTS, *AT_LEAST]
ROLES = {"operator", "supplier", "carrier", "vendor", "affected", "regulator"}
BASES = {"stated", "inferred", "disputed"}
ENGLISH_PROSE = {
    "incidents": ("title", "technical_cause", "summary"),
    "updates": ("text",),
    "milestones": ("title", "summary"),
    "services": ("note",),
    "providers": ("note",),
    "dependencies": ("claim",),
    "ownership": ("note",),
    "designations": ("note",),
    "claims": ("note",),
}
SEARCHED = (
    "name",
    "name_fr",
    "aliases",
    "title",
    "summary",
    "summary_fr",
    "note",
    "technical_cause",
    "claim",
    "value",
)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    with open(REFERENCE / f"{name}.csv", encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


def key_of(name: str) -> str:
    return "url" if name == "sources" else "id"


@cache
def ids(name: str) -> frozenset[str]:
    return frozenset(row[key_of(name)] for row in rows(name))


def split(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


def folded(text: str) -> str:
    """Fold to plain words, so that accents, case and the kind of apostrophe or space make no difference."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return " " + " ".join(re.findall(r"[^\W_]+", plain)) + " "


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_as_wide_as_its_header(name: str) -> None:
    with open(REFERENCE / f"{name}.csv", encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file, strict=True)
    assert [(n, len(row)) for n, row in enumerate(body, 2) if len(row) != len(header)] == []


@pytest.mark.parametrize("name", FILES)
def test_files_are_plain_utf8_with_one_kind_of_line_end(name: str) -> None:
    content = (REFERENCE / f"{name}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert b"\0" not in content
    assert content.endswith(b"\n")
    content.decode("utf-8")


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_no_row_is_lost(name: str, count: int) -> None:
    assert len(rows(name)) == count


@pytest.mark.parametrize(("name", "least"), AT_LEAST.items())
def test_no_row_is_lost_where_files_may_grow(name: str, least: int) -> None:
    assert len(rows(name)) >= least


@pytest.mark.parametrize("name", [name for name in FILES if name != "translations"])
def test_ids_are_unique_and_never_empty(name: str) -> None:
    count = Counter(row[key_of(name)] for row in rows(name))
    assert [key for key, n in count.items() if n > 1 or not key] == []


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("translations", "sources")])
def test_ids_are_slugs(name: str) -> None:
    assert [key for key in ids(name) if not re.fullmatch(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*", key)] == []


@pytest.mark.parametrize("name", FILES)
def test_no_cell_has_stray_spaces(name: str) -> None:
    stray = [(row, field) for row in rows(name) for field, cell in row.items() if cell != cell.strip()]
    assert stray == []


def test_incidents_refer_to_known_operators_services_and_providers() -> None:
    wrong = []
    for row in rows("incidents"):
        if row["operator_id"] not in ids("providers"):
            wrong.append((row["id"], "operator_id", row["operator_id"]))
        wrong += [
            (row["id"], "service_ids", s) for s in split(row["service_ids"]) if s not in ids("services")
        ]
        for part in split(row["providers"]):
            provider, colon, role = part.partition(":")
            if provider not in ids("providers") or not colon or role not in ROLES:
                wrong.append((row["id"], "providers", part))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "field", "target"),
    [
        ("updates", "incident_id", "incidents"),
        ("providers", "parent_id", "providers"),
        ("services", "provider_id", "providers"),
        ("ownership", "owner_id", "providers"),
        ("ownership", "owned_id", "providers"),
        ("designations", "provider_id", "providers"),
        ("dependencies", "from_service_id", "services"),
        ("dependencies", "on_service_id", "services"),
        ("milestones", "provider_ids", "providers"),
        ("qualifications", "provider_id", "providers"),
        ("qualifications", "service_id", "services"),
        ("providers", "exposed_to", "laws"),
    ],
)
def test_references_resolve(name: str, field: str, target: str) -> None:
    wrong = [(row["id"], ref) for row in rows(name) for ref in split(row[field]) if ref not in ids(target)]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("updates", "incident_id"),
        ("services", "provider_id"),
        ("ownership", "owner_id"),
        ("ownership", "owned_id"),
        ("designations", "provider_id"),
        ("dependencies", "from_service_id"),
        ("dependencies", "on_service_id"),
        ("qualifications", "provider_name"),
    ],
)
def test_required_references_are_given(name: str, field: str) -> None:
    assert [row["id"] for row in rows(name) if not row[field]] == []


def test_exposure_has_a_basis_and_a_basis_has_an_exposure() -> None:
    for row in rows("providers"):
        assert bool(row["exposed_to"]) == bool(row["exposed_to_basis"]), row["id"]
        assert not row["exposed_to_basis"] or row["exposed_to_basis"] in BASES, row["id"]


def test_providers_without_a_record_are_named_in_qualifications() -> None:
    unknown = {row["provider_name"] for row in rows("qualifications") if not row["provider_id"]}
    assert unknown == {"Cloud Temple", "Cegedim", "Worldline", "Scaleway"}


def test_every_cited_address_has_a_row_in_sources() -> None:
    cited = {(name, url) for name in FILES for row in rows(name) for url in split(row.get("source_urls", ""))}
    cited |= {(name, row["source_url"]) for name in FILES for row in rows(name) if row.get("source_url")}
    with open(REFERENCE / "obligations.toml", "rb") as file:
        obligations = tomllib.load(file)["obligation"]
    cited |= {("obligations", duty["source_url"]) for duty in obligations if "source_url" in duty}
    assert {name for name, _ in cited} >= {"incidents", "claims", "laws", "obligations"}
    assert sorted((name, url) for name, url in cited if url not in ids("sources")) == []


def test_the_five_documents_are_sources() -> None:
    documents = sorted(url[9:12] for url in ids("sources") if url.startswith("document:"))
    assert documents == ["000", "001", "002", "003", "004"]


def test_a_publisher_says_whether_it_is_a_name_or_only_a_host() -> None:
    for row in rows("sources"):
        allowed = ("name", "host") if row["publisher"] else ("",)
        assert row["publisher_is"] in allowed, row


def test_claims_speak_of_known_records_and_are_numbered_in_order() -> None:
    seen: Counter[str] = Counter()
    for row in rows("claims"):
        assert row["record_id"] in ids(FILE_OF[row["record_type"]]), row
        assert row["basis"] in BASES, row
        assert row["value"], row
        stem, _, number = row["id"].rpartition("--")
        seen[stem] += 1
        assert stem.startswith(row["record_id"] + "--"), row
        assert int(number) == seen[stem], row


def test_updates_are_numbered_in_order_within_their_incident() -> None:
    seen: Counter[str] = Counter()
    for row in rows("updates"):
        seen[row["incident_id"]] += 1
        assert row["id"] == f"{row['incident_id']}--{seen[row['incident_id']]:02d}"


def test_the_snowden_reason_is_told_as_disputed_only() -> None:
    every = [(name, row) for name in FILES for row in rows(name)]
    naming = [(name, row) for name, row in every if "snowden" in " ".join(row.values()).lower()]
    assert {name for name, _ in naming} == {"claims", "translations"}
    (claim,) = [row for name, row in naming if name == "claims"]
    assert claim["basis"] == "disputed"
    assert "June 2013" in claim["note"]
    assert {row["record_id"] for name, row in naming if name == "translations"} == {claim["id"]}


@pytest.mark.parametrize("name", ["providers", "services", "laws"])
def test_no_name_or_alias_means_two_records(name: str) -> None:
    owners: dict[str, set[str]] = {}
    for row in rows(name):
        for word in [row["name"], row.get("name_fr", ""), *split(row["aliases"])]:
            if word:
                owners.setdefault(folded(word), set()).add(row["id"])
    assert {word: records for word, records in owners.items() if len(records) > 1} == {}


@pytest.mark.parametrize("name", ["providers", "services", "milestones", "laws"])
def test_an_alias_is_another_name(name: str) -> None:
    for row in rows(name):
        aliases = split(row["aliases"])
        main = row.get("name") or row["title"]
        assert len(set(aliases)) == len(aliases), row["id"]
        assert main not in aliases, row["id"]


def test_translations_resolve_and_say_something_else() -> None:
    wrong = []
    for row in rows("translations"):
        name = FILE_OF[row["record_type"]]
        record = next((r for r in rows(name) if r[key_of(name)] == row["record_id"]), {})
        original = record.get(row["field"], "")
        if not original or not row["text"] or original == row["text"] or row["language"] not in ("fr", "en"):
            wrong.append(row)
    assert wrong == []


def test_a_field_has_one_translation_a_language() -> None:
    key = ("record_type", "record_id", "field", "language")
    count = Counter(tuple(row[part] for part in key) for row in rows("translations"))
    assert [found for found, n in count.items() if n > 1] == []


@pytest.mark.parametrize("name", ENGLISH_PROSE)
def test_all_english_prose_has_a_french_text(name: str) -> None:
    kind = next(kind for kind, file in FILE_OF.items() if file == name)
    have = {
        (row["record_id"], row["field"])
        for row in rows("translations")
        if row["record_type"] == kind and row["language"] == "fr"
    }
    missing = [
        (row["id"], field)
        for row in rows(name)
        for field in ENGLISH_PROSE[name]
        if row[field] and (row["id"], field) not in have
    ]
    # A list of product names reads the same in both languages.
    assert missing == ([("microsoft-365", "note")] if name == "services" else [])


def test_french_prose_of_qualifications_has_an_english_text() -> None:
    have = {(r["record_id"], r["field"]) for r in rows("translations") if r["language"] == "en"}
    missing = [row["id"] for row in rows("qualifications") if row["note"] and (row["id"], "note") not in have]
    # Its note holds names only.
    assert missing == ["numspot--plateforme-de-services-cloud"]


def test_french_text_is_set_as_french() -> None:
    breaking = re.compile(r" [;:!?%»]|« |[^\u00a0\u202f][;!?%»]|\d \d{3}(?!\d)|\d h ?\d\d|\d millions?\b")
    wrong = [
        (row["record_id"], row["field"], row["text"])
        for row in rows("translations")
        if row["language"] == "fr" and ("'" in row["text"] or breaking.search(row["text"]))
    ]
    assert wrong == []


def numbers(text: str, language: str) -> list[str]:
    text = text.replace("\u202f", "").replace("\u00a0", " ")
    if language == "fr":
        text = re.sub(r"(\d+) h (\d\d)", lambda m: f"{int(m[1]):02d}:{m[2]}", text)
        text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    else:
        text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    return sorted(re.findall(r"\d+(?:[.:]\d+)*", text))


@pytest.mark.parametrize("name", ENGLISH_PROSE)
def test_a_translation_keeps_every_number(name: str) -> None:
    kind = next(kind for kind, file in FILE_OF.items() if file == name)
    records = {row["id"]: row for row in rows(name)}
    changed = [
        (row["record_id"], row["field"], row["text"])
        for row in rows("translations")
        if row["record_type"] == kind
        and row["language"] == "fr"
        and numbers(records[row["record_id"]][row["field"]], "en") != numbers(row["text"], "fr")
    ]
    # "Leap day" has no short French name other than its date.
    assert [found for found in changed if found[:2] != ("2012-02-29-azure-leap-day", "title")] == []


def named() -> list[dict[str, str]]:
    with open(NAMED, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@cache
def searchable() -> tuple[str, ...]:
    texts: dict[tuple[str, str], str] = {}
    for kind in ("incident", "milestone", "service", "provider", "dependency", "claim"):
        for row in rows(FILE_OF[kind]):
            texts[kind, row["id"]] = " | ".join(folded(row[field]) for field in SEARCHED if field in row)
    for row in rows("translations"):
        key = (row["record_type"], row["record_id"])
        if key in texts and row["field"] in SEARCHED:
            texts[key] += " | " + folded(row["text"])
    for row in rows("laws"):
        texts["law", row["id"]] = " | ".join(folded(row[field]) for field in SEARCHED if field in row)
    return tuple(texts.values())


def test_names_of_the_documents_are_listed_for_all_five() -> None:
    assert len({(row["name_fr"], row["name_en"]) for row in named()}) >= 80
    assert len({row["document"] for row in named()}) == 5
    assert {"document:" + row["document"] for row in named()} <= ids("sources")
    assert all(row["name_fr"] and row["name_en"] and row["kind"] for row in named())


def test_every_name_of_the_documents_stands_in_some_record_in_both_languages() -> None:
    names = {row[form] for row in named() for form in ("name_fr", "name_en")}
    assert sorted(name for name in names if not any(folded(name) in text for text in searchable())) == []
