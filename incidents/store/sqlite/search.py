"""Full-text search over incidents and over the names and texts of all other records, in every language stored.

FTS5 with each word quoted, so that no input is syntax. Incidents are found by their own text, by their
translations, and by the names of their providers and services.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from sqlite_utils import Database

from incidents.columns import RECORD_TYPES
from incidents.query import Hit

MAX_TERMS = 16
MAX_TEXT = 400
MARKS = ("\x02", "\x03")
TITLES = {
    "source": "coalesce(title, publisher, url)",
    "law": "name",
    "provider": "name",
    "service": "name",
    "milestone": "title",
    "qualification": "provider_name || ' · ' || offer",
    "dependency": "function || ' · ' || from_service_id || ' → ' || on_service_id",
    "ownership": "owner_id || ' → ' || owned_id",
    "designation": "provider_id || ' · ' || designation",
    "update": "text",
    "claim": "record_id || ' · ' || field || ' · ' || value",
    "obligation": "name_en",
    "incident": "title",
}
NAMES = {
    "law": "coalesce(name_fr, '') || ' ' || coalesce(aliases, '')",
    "provider": "coalesce(aliases, '')",
    "service": "coalesce(aliases, '')",
    "milestone": "coalesce(aliases, '')",
    "obligation": "name_fr || ' ' || legal_reference || ' ' || regime",
    "source": "coalesce(publisher, '')",
}
TEXTS = {
    "law": "coalesce(summary, '') || ' ' || coalesce(summary_fr, '')",
    "provider": "coalesce(note, '')",
    "service": "coalesce(note, '')",
    "milestone": "coalesce(summary, '')",
    "qualification": "scheme || ' ' || coalesce(service_type, '') || ' ' || coalesce(note, '')",
    "dependency": "coalesce(claim, '')",
    "ownership": "coalesce(note, '')",
    "designation": "coalesce(note, '')",
    "claim": "coalesce(note, '')",
    "obligation": "rule",
    "source": "url",
}
PLACES = {"provider": 0, "service": 0, "law": 0, "incident": 0, "milestone": 0, "obligation": 0, "source": 2}
"""Records that have a page of their own come before the details of others, addresses last."""
KEYS = {name: spec.key for name, spec in RECORD_TYPES.items()} | {"obligation": "id"}
TABLES = {name: spec.plural for name, spec in RECORD_TYPES.items()} | {"obligation": "obligations"}


INDEXED = "id, title, summary, technical_cause, tags"
MANY = 5_000
"""From so many incidents on, the index is written in one piece and merged later."""


def add_incident(db: Database, number: int) -> None:
    db.conn.execute(
        f"INSERT INTO incident_search(rowid, {INDEXED}) SELECT number, {INDEXED} FROM incidents WHERE number = ?",
        (number,),
    )


def add_incidents(db: Database, first: int, count: int) -> None:
    """Index all incidents from a number on, about `count` of them."""
    execute = db.conn.execute
    if count >= MANY:
        # Segments are merged when they are next written to, not over and over while one import writes them.
        execute("INSERT INTO incident_search(incident_search, rank) VALUES ('automerge', 0)")
        execute("INSERT INTO incident_search(incident_search, rank) VALUES ('crisismerge', 2000)")
    execute(
        f"INSERT INTO incident_search(rowid, {INDEXED}) SELECT number, {INDEXED} FROM incidents WHERE number >= ?",
        (first,),
    )
    if count >= MANY:
        execute("INSERT INTO incident_search(incident_search, rank) VALUES ('automerge', 4)")
        execute("INSERT INTO incident_search(incident_search, rank) VALUES ('crisismerge', 16)")


def remove_incident(db: Database, number: int) -> None:
    db.conn.execute(
        f"INSERT INTO incident_search(incident_search, rowid, {INDEXED}) "
        f"SELECT 'delete', number, {INDEXED} FROM incidents WHERE number = ?",
        (number,),
    )


def refresh(db: Database, touched: Sequence[tuple[str, str]]) -> None:
    """Write the search entries of records anew; one that is gone, or has nothing to find, has none."""
    execute = db.conn.execute
    for record_type, record_id in touched:
        if record_type not in TITLES:
            continue
        old = execute(
            "SELECT number, title, names, text FROM search_entries WHERE record_type = ? AND record_id = ?",
            (record_type, record_id),
        ).fetchone()
        if old:
            execute(
                "INSERT INTO entry_search(entry_search, rowid, title, names, text) VALUES ('delete', ?, ?, ?, ?)",
                old,
            )
            execute("DELETE FROM search_entries WHERE number = ?", (old[0],))
        entry = _entry(db, record_type, record_id)
        if entry:
            cursor = execute(
                "INSERT INTO search_entries(record_type, record_id, title, names, text) VALUES (?, ?, ?, ?, ?)",
                (record_type, record_id, *entry),
            )
            execute(
                "INSERT INTO entry_search(rowid, title, names, text) VALUES (?, ?, ?, ?)",
                (cursor.lastrowid, *entry),
            )


def _entry(db: Database, record_type: str, record_id: str) -> tuple[str, str, str] | None:
    names, text = NAMES.get(record_type, "''"), TEXTS.get(record_type, "''")
    row = db.conn.execute(
        f"SELECT {TITLES[record_type]}, {names}, {text} FROM {TABLES[record_type]} WHERE {KEYS[record_type]} = ?",
        (record_id,),
    ).fetchone()
    if row is None:
        return None
    translated = db.conn.execute(
        "SELECT field, text FROM translations WHERE record_type = ? AND record_id = ? ORDER BY id",
        (record_type, record_id),
    ).fetchall()
    if record_type == "incident" and not translated:
        return None
    other_names = " ".join(t for field, t in translated if field in ("title", "name", "aliases"))
    other_text = " ".join(t for field, t in translated if field not in ("title", "name", "aliases"))
    return row[0], f"{row[1]} {other_names}".strip(), f"{row[2]} {other_text}".strip()


def terms(text: str) -> list[str]:
    """Split what a person typed into words for FTS5, each quoted; at most `MAX_TERMS`, the last may go on."""
    words = [w for w in re.split(r"[\s,;\x00]+", text[:MAX_TEXT]) if re.search(r"\w", w)][:MAX_TERMS]
    return ['"' + word.replace('"', '""') + '"*' for word in words]


def search(db: Database, text: str, limit: int) -> list[Hit]:
    """Find records of all types that hold every word, the best first; where none does, those that hold some."""
    words = terms(text)
    if not words:
        return []
    hits = _matching(db, " ".join(words), limit)
    seen = {(hit.record_type, hit.record_id) for _, hit in hits}
    hits += [
        (0.0, hit) for hit in _by_their_parts(db, text, limit) if (hit.record_type, hit.record_id) not in seen
    ]
    telling = [word for word in words if len(word) > 5 and not word.strip('"*').isdigit()]
    if not hits and len(words) > 1 and telling:
        hits = _matching(db, " OR ".join(telling), limit)
    hits.sort(key=lambda pair: (PLACES.get(pair[1].record_type, 1), pair[0]))
    return [hit for _, hit in hits[:limit]]


def _matching(db: Database, match: str, limit: int) -> list[tuple[float, Hit]]:
    """Match both indexes; an incident that is in both (its translation) comes once."""
    start, end = MARKS
    hits = [
        (score, Hit(*row))
        for *row, score in db.conn.execute(
            "SELECT e.record_type, e.record_id, e.title, "
            f"snippet(entry_search, -1, '{start}', '{end}', '…', 24), bm25(entry_search, 10, 8, 1) "
            "FROM entry_search JOIN search_entries e ON e.number = entry_search.rowid "
            "WHERE entry_search MATCH ? ORDER BY bm25(entry_search, 10, 8, 1) LIMIT ?",
            (match, limit),
        )
    ]
    seen = {hit.record_id for _, hit in hits if hit.record_type == "incident"}
    rank = "bm25(incident_search, 12, 10, 1, 1, 2)"
    for record_id, title, excerpt, score in db.conn.execute(
        f"SELECT i.id, i.title, snippet(incident_search, -1, '{start}', '{end}', '…', 24), {rank} "
        "FROM incident_search JOIN incidents i ON i.number = incident_search.rowid "
        f"WHERE incident_search MATCH ? ORDER BY {rank} LIMIT ?",
        (match, limit),
    ):
        if record_id not in seen:
            hits.append((score, Hit("incident", record_id, title, excerpt)))
    return hits


def _by_their_parts(db: Database, text: str, limit: int) -> list[Hit]:
    """Find incidents of which some words are in the text and others in the names of providers and services."""
    condition, params = incident_condition(text)
    sql = (
        "SELECT i.id, i.title, coalesce(i.summary, '') FROM incidents i "
        f"WHERE {condition} ORDER BY i.spans_from DESC LIMIT ?"
    )
    rows = db.conn.execute(sql, (*fill_names(db, params), limit))
    return [Hit("incident", record_id, title, summary[:200]) for record_id, title, summary in rows]


def incident_condition(text: str) -> tuple[str, list[str]]:
    """Give SQL (over `i`) that holds where an incident has every word: in its text, names of parts, or translation."""
    words = terms(text)
    parts: list[str] = []
    params: list[str] = []
    for word in words:
        parts.append(
            "(i.number IN (SELECT rowid FROM incident_search WHERE incident_search MATCH ?)"
            " OR i.id IN (SELECT e.record_id FROM entry_search s JOIN search_entries e ON e.number = s.rowid"
            "   WHERE entry_search MATCH ? AND e.record_type = 'incident')"
            " OR i.operator_id IN (SELECT value FROM json_each(?))"
            " OR i.number IN (SELECT number FROM incident_providers"
            "   WHERE provider_id IN (SELECT value FROM json_each(?)))"
            " OR i.number IN (SELECT number FROM incident_services"
            "   WHERE service_id IN (SELECT value FROM json_each(?))))"
        )
        params += [word, word, f"provider\x00{word}", f"provider\x00{word}", f"service\x00{word}"]
    return " AND ".join(parts) or "1", params


def fill_names(db: Database, params: list[str]) -> list[str]:
    """Replace the name placeholders of `incident_condition` by the ids of the records that are so named."""
    out: list[str] = []
    for param in params:
        record_type, mark, word = param.partition("\x00")
        if mark:
            rows = db.conn.execute(
                "SELECT e.record_id FROM entry_search s JOIN search_entries e ON e.number = s.rowid "
                "WHERE entry_search MATCH ? AND e.record_type = ?",
                ("{title names} : " + word, record_type),
            )
            param = json.dumps([row[0] for row in rows])
        out.append(param)
    return out
