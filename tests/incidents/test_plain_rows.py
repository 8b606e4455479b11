"""The fast lane of an import and the careful reader: what both can read, both read alike, to the last column."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import incidents.ingest
from incidents import RECORD_TYPES, ImportOptions, ImportReport, Incident, Query, Store, import_file, undo
from incidents.column_plan import plan_columns
from incidents.columns import header_key
from incidents.csv_export import export_csv
from incidents.csv_import import RowReader
from incidents.flat import digest, to_flat
from incidents.plain_rows import PlainRows, plain_rows
from incidents.store import open_file
from incidents.store.sqlite.rows import to_row
from incidents.table import Row

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MARK = b"sixteen bytes ok"
KNOWN = {
    "provider": {"orange": "orange", "groupe_orange": "orange", "aws": "aws", "free": "free", "sfr": "sfr"},
    "service": {"orange_tv": "orange-tv"},
}


class Names:
    """A lookup over a few names."""

    def resolve(self, record_type: str, text: str) -> str | None:
        return KNOWN.get(record_type, {}).get(header_key(text))

    def nearest(self, record_type: str, text: str) -> tuple[str, ...]:
        return ()


# Field -> the headers under which it is given: its own name, and others.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "Numéro", "Ticket"),
    "title": ("title", "Titre"),
    "status": ("status", "Statut"),
    "operator_id": ("operator_id", "Opérateur"),
    "providers": ("providers", "Fournisseurs"),
    "started_at": ("started_at", "Date de début"),
    "resolved_at": ("resolved_at", "Date de fin"),
    "timezone": ("timezone", "Fuseau horaire"),
    "affected": ("affected", "Abonnés touchés", "Clients touchés"),
    "affected_unit": ("affected_unit",),
    "region": ("region", "Région"),
    "cause": ("cause", "Cause racine"),
    "technical_cause": ("technical_cause",),
    "third_party": ("third_party", "Tiers"),
    "planned_maintenance": ("planned_maintenance",),
    "severity": ("severity", "Gravité"),
    "summary": ("summary", "Résumé"),
    "tags": ("tags",),
    "inferred_fields": ("inferred_fields",),
    "confidence": ("confidence",),
    "detected_at": ("detected_at",),
    "duration": ("duration",),
    "service_ids": ("service_ids",),
    "source_urls": ("source_urls",),
    "started_at_qualifier": ("started_at_qualifier",),
    "resolved_at_precision": ("resolved_at_precision",),
    "affected_low": ("affected_low",),
}
NEEDED = ("id", "title", "started_at")
EDGES = st.sampled_from(
    (
        "", " ", "x", "'", "'=1+1", "''=1", "=1+1", "-5", "@x", "a;'=b", "a\t'=b", "a,'=cmd|x", "a\n'+1", "['a', 'b']",
        "[a]", '["a"]', "a; b", "a;b", ";", "a | b", '"a;b"', "l’été", "a\x00b", "a\x0bb", "\x1fa", "a\x85b",
        "a\u2028b", "\xa0a\xa0", "\ufeffa", "\x7f", "a\x1fid=b", "é", "e\u0301", "unknown", "Unknown", "N/A", "-",
        "?", "inconnu", "x" * 199, "x" * 200, "x" * 201, "null", "None", "0", "a  b", "a\r\nb", "a\x1cb", "\x1c",
        "• a", "#N/A",
    )
)  # fmt: skip
WORDS = st.text(st.sampled_from("ab é;,|'\"[]=+-@\t\n\x1f0"), max_size=8)
ZONES = ("Europe/Paris", "UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Africa/Monrovia")
ODD_ZONES = (
    "Europe/Pariss",
    "localtime",
    "Z",
    "CET",
    "EST5EDT",
    "+02:00",
    "Etc/GMT+3",
    "europe/paris",
    "Paris",
    "CEST",
)
CLOCKS = (
    datetime(2025, 9, 12, 22, 0), datetime(2025, 9, 12, 22, 0, 30), datetime(2026, 3, 29, 2, 30),
    datetime(2025, 10, 26, 2, 30), datetime(2025, 10, 26, 3, 0), datetime(2026, 11, 23, 23, 59, 59),
    datetime(2026, 11, 24, 0, 0), datetime(2031, 1, 1, 0, 0), datetime(1000, 1, 1, 0, 0),
    datetime(1, 1, 1, 0, 0), datetime(9999, 12, 31, 23, 59, 59), datetime(1969, 12, 31, 23, 59, 59),
    datetime(1905, 5, 5, 5, 5, 5), datetime(2024, 2, 29, 12, 0), datetime(2026, 3, 30, 0, 0),
)  # fmt: skip
SHAPES = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M",
    "%Y-%m-%d", "%Y-%m-%dt%H:%M:%S", "%Y-%m-%dT%H:%M:%S.500", "%Y-%m-%dT%H:%M:%S,250000", "%Y%m%dT%H%M%S",
    "%Y-%m", "%Y", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:00", "%Y-%m-%dT%H:00:00",
)  # fmt: skip
OFFSETS = (
    "Z", "Z", "+02:00", "+02:00", "+00:00", "-05:00", "+05:45", "-00:00", "+14:00", "-12:00", "", "", "z", "+0200",
    "+02", " +02:00", "+02:00:30", " UTC", "+24:00", "-05:30",
)  # fmt: skip


@st.composite
def moments(draw: st.DrawFn) -> str:
    clock = draw(st.sampled_from(CLOCKS) | st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1)))
    text = clock.strftime(draw(st.sampled_from(SHAPES)))
    year = clock.strftime("%Y")
    return text.replace(year, f"{clock.year:04}", 1) + draw(st.sampled_from(OFFSETS))


ODD_MOMENTS = st.sampled_from(
    (
        "", "ongoing", "unknown", "en cours", "2025-13-01T10:00:00Z", "2025-09-12T24:00:00Z",
        "2025-09-12T24:00:00+02:00",
        "2025-09-12T10:00:60Z", "12 septembre 2025 vers 22h", "about 2025-09-12", "2025-W37-5T10:00:00Z", "T3 2025",
        "2025-09-12T10:00:00+02:60", "1757707200", "22h", "before 2025-09-12T22:00Z", "٢٠٢٥-09-12T10:00:00Z",
        "2025-09-12T10:00:00Ź", "2025-09-12 02:00-04:00", "0025-09-12T10:00:00Z", "2025-09-12T10:00:00−02:00",
    )
)  # fmt: skip
MOMENTS = st.one_of(moments(), moments(), ODD_MOMENTS)
NUMBERS = st.one_of(
    st.integers(0, 10**7).map(str),
    st.sampled_from(("", "0", "007", "1500.5", "80 000", "80,000", "10 M", "more than 10", "-3", "١٢", "²", "1e5",
                     "9" * 15,
                     "9" * 16, "9" * 40, "200-250", "unknown", "+5", "1_000", "Approx. 300")),
)  # fmt: skip
CELLS: Mapping[str, st.SearchStrategy[str]] = {
    "id": st.one_of(st.integers(1, 99).map("INC-{}".format), EDGES, WORDS),
    "title": st.one_of(st.just("Box down"), EDGES, WORDS),
    "status": st.sampled_from(
        ("resolved", "resolved", "", "investigating", "Résolu", "en cours", "6 - Résolu", "odd", "open")
    ),
    "operator_id": st.sampled_from(
        ("orange", "Groupe Orange", "", " aws ", "nobody at all", "orange; aws", "unknown", "'orange", "AWS")
    ),
    "providers": st.sampled_from(
        (
            "",
            "orange:operator;aws:supplier",
            "aws:supplier",
            "aws",
            "aws; free",
            "aws:supplier;aws:supplier",
            "orange:carrier",
            "aws : supplier",
            "aws:boss",
            "nobody:supplier",
            '["aws", "free"]',
            "unknown",
            "a'ws",
            ";",
            '"aws:supplier"',
            "aws:supplier ; orange:operator",
            "Groupe Orange:operator",
        )
    ),
    "started_at": MOMENTS,
    "resolved_at": st.one_of(st.just(""), MOMENTS),
    "timezone": st.one_of(st.just(""), st.sampled_from(ZONES), st.sampled_from(ODD_ZONES), EDGES),
    "affected": NUMBERS,
    "affected_unit": st.sampled_from(
        ("", "subscribers", "users", "abonnés", "sites", "odd", "calls", "clients")
    ),
    "region": st.one_of(st.sampled_from(("FR", "FR-IDF", "FR;BE", "Île-de-France", "")), EDGES, WORDS),
    "cause": st.sampled_from(
        (
            "",
            "system_failure",
            "erreur humaine",
            "unknown",
            "odd",
            "human_error; system_failure",
            "malicious_action",
        )
    ),
    "technical_cause": st.one_of(EDGES, WORDS),
    "third_party": st.sampled_from(("", "yes", "oui", "no", "unknown", "non", "true", "odd", "1", "0")),
    "planned_maintenance": st.sampled_from(("", "yes", "non", "maybe", "Oui")),
    "severity": st.sampled_from(
        (
            "",
            "major",
            "majeure",
            "critique",
            "P1",
            "Sev 2",
            "3",
            "none",
            "odd",
            "mineure",
            "1 - Critical",
            "unknown",
        )
    ),
    "summary": st.one_of(st.just("Words of a summary, more than one."), EDGES, WORDS),
    "tags": st.one_of(st.sampled_from(("", "a", "a;b", "a;a")), EDGES, WORDS),
    "inferred_fields": st.sampled_from(("", "started_at", "started_at;cause", "nothing known")),
    "confidence": st.sampled_from(("", "primary", "secondary", "unverified", "odd")),
    "detected_at": st.one_of(st.just(""), st.just(""), MOMENTS),
    "duration": st.sampled_from(("", "", "40", "about 40 minutes")),
    "service_ids": st.sampled_from(("", "", "orange-tv")),
    "source_urls": st.sampled_from(("", "", "https://example.org/a")),
    "started_at_qualifier": st.sampled_from(("", "", "exact", "approximate")),
    "resolved_at_precision": st.sampled_from(("", "", "minute")),
    "affected_low": st.sampled_from(("", "", "5")),
}
CLEAN: Mapping[str, str] = {
    "id": "T-1",
    "title": "Box down",
    "started_at": "2026-02-01T10:00:00+01:00",
    "resolved_at": "2026-02-01T10:40:00+01:00",
    "affected": "120000",
    "affected_unit": "subscribers",
    "providers": "orange:operator;aws:supplier",
    "operator_id": "orange",
    "severity": "major",
    "cause": "system_failure",
    "status": "resolved",
    "region": "FR",
    "timezone": "Europe/Paris",
}


@st.composite
def near_rows(draw: st.DrawFn) -> tuple[tuple[str, ...], tuple[str, ...], ImportOptions]:
    """Give header, cells and options: a clean row of a file of any columns, of which a few cells are anything."""
    others = [field for field in HEADERS if field not in NEEDED]
    fields = [*NEEDED, *draw(st.lists(st.sampled_from(others), unique=True, max_size=14))]
    fields = draw(st.permutations(fields))
    header = tuple(draw(st.sampled_from(HEADERS[field])) for field in fields)
    odd = set(draw(st.lists(st.sampled_from(fields), max_size=4)))
    cells = tuple(draw(CELLS[field]) if field in odd else CLEAN.get(field, "") for field in fields)
    options = ImportOptions(
        timezone=draw(st.sampled_from((None, None, "Europe/Paris", "America/New_York", "UTC"))),
        today=draw(st.sampled_from((None, TODAY, TODAY))),
        on_unknown=draw(st.sampled_from((None, None, "create", "keep"))),
    )
    return header, cells, options


class Parties:
    """Numbers for lists of providers, as the store would give them."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def __call__(self, parts: object) -> int | None:
        return self.known.setdefault(str(parts), len(self.known) + 1) if parts else None


def fast(header: Sequence[str], options: ImportOptions, parties: Parties) -> PlainRows | None:
    return plain_rows(header, plan_columns(header, options), options, Names(), parties, 7)


def agree(header: Sequence[str], cells: Sequence[str], options: ImportOptions) -> bool:
    """Hold the two readers together over one row; False where the fast one leaves it to the careful one."""
    parties = Parties()
    plain = fast(header, options, parties)
    values = plain.read(cells, 5, MARK) if plain else None
    if plain is None or values is None:
        return False
    read = RowReader(tuple(header), plan_columns(header, options), options, Names()).read(Row(2, cells))
    assert (read.problems, read.notes, read.created, read.made_id) == ((), (), (), False)
    assert read.record is not None
    flat = to_flat(read.record)
    expected: dict[str, Any] = to_row("incident", read.record, flat, digest("incident", flat))
    expected |= {"number": 5, "added_in": 7, "row_mark": MARK, "party_id": parties(flat["providers"])}
    found = {
        name: None if name in plain.optional and value == "" else value
        for name, value in zip(plain.columns, values, strict=True)
    }
    assert found == {name: expected[name] for name in found}
    assert {name for name, value in expected.items() if value is not None} <= found.keys()
    return True


@settings(max_examples=300)
@given(near_rows())
def test_a_row_that_both_readers_take_is_the_same_to_both(
    row: tuple[tuple[str, ...], tuple[str, ...], ImportOptions],
) -> None:
    agree(*row)


# Rows in which one text field is written in a way that means something to a spreadsheet, a list or a terminal.
TEXT_FIELDS = ("id", "title", "technical_cause", "summary", "region", "tags", "timezone")


@settings(max_examples=300)
@given(st.sampled_from(TEXT_FIELDS), st.integers(0, 2), st.one_of(EDGES, WORDS))
@example("title", 0, "a;'=b")
@example("title", 0, "a,'=cmd|x")
@example("region", 0, "a;'=b")
@example("timezone", 1, "[]")
def test_texts_with_signs_in_them_are_the_same_to_both(field: str, which: int, text: str) -> None:
    cells = dict(CLEAN) | {field: text}
    header = tuple(HEADERS[name][which % len(HEADERS[name])] for name in cells)
    agree(header, tuple(cells.values()), ImportOptions(today=TODAY))


@settings(max_examples=300)
@given(MOMENTS, MOMENTS, st.sampled_from(("", *ZONES, *ODD_ZONES)), st.sampled_from((None, "Europe/Paris")),
       st.sampled_from(("", "resolved", "investigating")))  # fmt: skip
@example("2025-09-12T24:00:00Z", "", "", None, "")
def test_times_are_the_same_to_both(
    start: str, end: str, zone: str, of_file: str | None, status: str
) -> None:
    cells = dict(CLEAN) | {"started_at": start, "resolved_at": end, "timezone": zone, "status": status}
    agree(tuple(cells), tuple(cells.values()), ImportOptions(timezone=of_file, today=TODAY))


@pytest.mark.parametrize("field", [None, *(name for name in CLEAN if name not in NEEDED)])
def test_a_plain_row_takes_the_fast_lane_with_or_without_any_column(field: str | None) -> None:
    cells = {name: text for name, text in CLEAN.items() if name != field}
    assert agree(tuple(cells), tuple(cells.values()), ImportOptions(today=TODAY))


@pytest.mark.parametrize("field", [name for name in CLEAN if name not in NEEDED])
def test_a_plain_row_takes_the_fast_lane_with_any_cell_empty(field: str) -> None:
    cells = dict(CLEAN) | {field: ""}
    assert agree(tuple(cells), tuple(cells.values()), ImportOptions(today=TODAY))


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        ("2026-02-01T10:00:00Z", "2026-02-01T10:40:00Z", ""),
        ("2026-02-01T10:00Z", "2026-02-01T10:40+00:00", ""),
        ("2026-02-01 10:00", "2026-02-01 10:40", "Europe/Paris"),
        ("2026-02-01T10:00:00.250Z", "2026-02-01T11Z", "UTC"),
    ],
)
def test_machine_times_of_all_kinds_take_the_fast_lane(start: str, end: str, zone: str) -> None:
    cells = dict(CLEAN) | {"started_at": start, "resolved_at": end, "timezone": zone}
    assert agree(tuple(cells), tuple(cells.values()), ImportOptions(today=TODAY))


NOT_PLAIN = {
    "a day": {"started_at": "2026-02-01"},
    "no zone": {"started_at": "2026-02-01T10:00:00", "timezone": ""},
    "the end first": {"resolved_at": "2026-02-01T09:00:00Z", "started_at": "2026-02-01T10:00:00Z"},
    "the future": {"resolved_at": "2026-12-01T09:00:00Z"},
    "an unknown zone": {"timezone": "Europe/Pariss"},
    "an unknown operator": {"operator_id": "nobody"},
    "an odd severity": {"severity": "odd"},
    "a guarded title": {"title": "'=1+1"},
    "a guard within a title": {"title": "a;'=b"},
    "a long id": {"id": "x" * 201},
    "a sign that cannot be shown": {"title": "a\x00b"},
    "words for a number": {"affected": "Approx. 300"},
    "nobody affected": {"affected": "0"},
}


@pytest.mark.parametrize("cells", NOT_PLAIN.values(), ids=NOT_PLAIN.keys())
def test_what_needs_care_is_left_to_the_careful_reader(cells: Mapping[str, str]) -> None:
    row = dict(CLEAN) | cells
    assert not agree(tuple(row), tuple(row.values()), ImportOptions(today=TODAY))


# Whole files: the same, whether their plain rows take the fast lane or not.
HEADER = "id,title,operator_id,started_at,resolved_at,severity,affected,affected_unit,summary\n"


def plain_line(n: int, **other: str) -> str:
    start = f"2026-0{n % 9 + 1}-{n % 28 + 1:02}T{n % 24:02}:{n % 60:02}"
    cells = {
        "id": f"P-{n}",
        "title": f"Portal {n} down",
        "operator_id": ("orange", "sfr", "free")[n % 3],
        "started_at": start + ":00+01:00",
        "resolved_at": start + ":59+01:00" if n % 4 else "",
        "severity": ("minor", "major", "")[n % 3],
        "affected": str(n + 1) if n % 5 else "",
        "affected_unit": "subscribers",
        "summary": f"number {n} of many",
    } | other
    return ",".join(cells.values()) + "\n"


def careful_line(n: int, **other: str) -> str:
    """Give a row that says the same as the plain one where it can, in words of people."""
    words = {"severity": ("mineure", "majeure", "")[n % 3], "affected_unit": "abonnés"}
    return plain_line(n, **words | other).replace(f"Portal {n} down", f'"Portal {n} down"')


def in_words(n: int, **other: str) -> str:
    """Give a row that only the careful reader takes."""
    return plain_line(n, **{"started_at": "le 12 septembre 2025 vers 22h", "resolved_at": "", **other})


def mixed_file(seed: int) -> str:
    """Give rows of all fates in any order, over several batches."""
    pick = random.Random(seed)
    lines: list[str] = []
    for n in range(1_300):
        lines.append(pick.choice((plain_line,) * 12 + (in_words, careful_line))(n))
        if pick.random() < 0.06:
            again = pick.randrange(n + 1)
            lines.append(
                pick.choice(
                    (
                        plain_line(again),
                        in_words(again),
                        careful_line(again),
                        plain_line(again, title="Another"),
                        in_words(again, title="Another, in words"),
                        plain_line(again, operator_id="nobody"),
                        plain_line(again, id=""),
                        plain_line(again) + plain_line(again),
                        in_words(again) + plain_line(again),
                        plain_line(n + 5_000) + in_words(n + 5_000),
                        in_words(n + 6_000) + plain_line(n + 6_000),
                    )
                )
            )
    return HEADER + "".join(lines)


def load(store: Store, text: str, **options: object) -> ImportReport:
    return import_file(store, text.encode(), ImportOptions(**options), actor="officer", at=AT)  # type: ignore[arg-type]


def fates(report: ImportReport) -> dict[int, tuple[str, str]]:
    """Give what became of each line, with the reason of what was refused; at most a thousand of each outcome."""
    return {row.line: (row.outcome, row.problems[0].code if row.problems else "") for row in report.rows}


def content(store: Store) -> dict[str, object]:
    """Give all that can be asked of a store, but for numbers."""
    checks = [check for check in store.check() if not check.ok]
    assert checks == []
    ids = [incident.id for incident in store.walk("incident")]
    told: dict[str, object] = {name: list(export_csv(name, store.walk(name))) for name in RECORD_TYPES}
    texts = ("Portal 7", "number 12", "Another", "orange")
    told["found"] = {text: [(h.record_type, h.record_id) for h in store.search(text, 40)] for text in texts}
    for order in ("oldest", "duration", "affected", "user_hours"):
        told[order] = [i.id for i in store.find(Query(order=order)).incidents]
    told["history"] = [
        [(c.action, c.field, c.old_value, c.new_value) for c in store.history("incident", one)] for one in ids
    ]
    return told


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Switch the fast lane off while a function runs."""

    def run(work: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(incidents.ingest, "plain_rows", lambda *_: None)
            return work()

    return run


@pytest.fixture
def pair(bundled_path: Any, tmp_path: Any) -> Any:
    """Two stores with the bundled records."""
    stores = []
    for name in ("fast.db", "slow.db"):
        shutil.copy(bundled_path, tmp_path / name)
        stores.append(open_file(tmp_path / name))
    yield stores
    for store in stores:
        store.close()


@pytest.mark.parametrize("seed", [3, 11])
def test_a_file_becomes_the_same_in_both_lanes(pair: Any, slow: Any, seed: int) -> None:
    text = mixed_file(seed)
    fast_store, slow_store = pair
    quick = load(fast_store, text)
    careful = slow(lambda: load(slow_store, text))
    assert quick.counts == careful.counts and quick.read == text.count("\n") - 1
    assert fates(quick) == fates(careful)
    assert quick.duplicate > 5 and quick.rejected > 5 and quick.added > 1_000
    assert content(fast_store) == content(slow_store)
    # Again: with a space at the end, so that the rows are looked at, and nothing is different.
    again = load(fast_store, text + " \n")
    assert (again.added, again.updated, again.change_set_id) == (0, 0, None)
    assert (again.read, again.rejected) == (quick.read, quick.rejected)


def test_a_changed_file_updates_the_same_in_both_lanes(pair: Any, slow: Any) -> None:
    fast_store, slow_store = pair
    text = mixed_file(5)
    changed = "".join(
        line.replace("of many", "of all of them") if place % 7 == 3 else line
        for place, line in enumerate(text.splitlines(keepends=True))
    )
    changed += plain_line(9_000) + in_words(9_001)
    load(fast_store, text)
    quick = load(fast_store, changed)
    slow(lambda: load(slow_store, text))
    careful = slow(lambda: load(slow_store, changed))
    assert quick.updated > 100 and quick.added == 2
    assert quick.counts == careful.counts
    assert fates(quick) == fates(careful)
    assert content(fast_store) == content(slow_store)


@pytest.mark.parametrize("lane", ["fast", "slow"])
@pytest.mark.parametrize("line", [plain_line, in_words])
def test_the_same_rows_leave_what_was_edited_in_the_page(pair: Any, slow: Any, line: Any, lane: str) -> None:
    store, run = pair[0], (slow if lane == "slow" else lambda work: work())
    rows = "".join(line(n) for n in range(12))
    run(lambda: load(store, HEADER + rows))
    record = store.get("incident", "P-4")
    assert isinstance(record, Incident)
    with store.writing(kind="edit", actor="officer", at=AT, origin="page") as writer:
        writer.put("incident", [replace(record, title="Edited")])
    again = run(lambda: load(store, HEADER + rows + "\n"))
    assert (again.unchanged, again.updated, getattr(store.get("incident", "P-4"), "title", "")) == (
        12,
        0,
        "Edited",
    )
    corrected = run(lambda: load(store, HEADER + rows.replace("number 4 of", "number four of")))
    assert (corrected.unchanged, corrected.updated) == (11, 1)
    assert store.get("incident", "P-4") == replace(record, summary="number four of many")


@pytest.mark.parametrize("first", [plain_line, in_words, careful_line])
@pytest.mark.parametrize("second", [plain_line, in_words, careful_line])
@pytest.mark.parametrize("apart", [0, 499, 500])
def test_a_row_of_an_id_that_came_before_is_a_duplicate_or_refused(
    empty: Store, first: Any, second: Any, apart: int
) -> None:
    between = "".join(plain_line(n, operator_id="") for n in range(100, 100 + apart))
    report = load(empty, HEADER + first(1, operator_id="") + between + second(1, operator_id=""))
    same = first is second or {first, second} == {plain_line, careful_line}
    assert report.added == apart + 1
    assert (report.duplicate, report.rejected) == ((1, 0) if same else (0, 1))
    assert same or [problem.code for problem in report.problems] == ["two-rows-one-id"]


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("line", [plain_line, in_words])
def test_an_id_that_is_there_from_another_file_is_updated_once(empty: Store, line: Any, apart: bool) -> None:
    load(empty, HEADER + in_words(700, operator_id="") + plain_line(701, operator_id=""))
    others = "".join(plain_line(n, operator_id="") for n in range(600))
    both = line(700, operator_id="", title="New") + line(701, operator_id="", title="New")
    report = load(empty, HEADER + both + (others + both if apart else both + others))
    assert (report.added, report.updated, report.duplicate, report.rejected) == (600, 2, 2, 0)
    assert {getattr(empty.get("incident", one), "title", "") for one in ("P-700", "P-701")} == {"New"}


def test_an_import_taken_back_leaves_nothing_in_either_lane(empty: Store) -> None:
    before = content(empty)
    report = load(
        empty,
        HEADER
        + "".join(line(n, operator_id="") for n in range(40) for line in (plain_line,))
        + in_words(99, operator_id=""),
    )
    assert report.change_set_id is not None
    undo(empty, report.change_set_id, actor="officer", at=AT)
    assert content(empty) == before
