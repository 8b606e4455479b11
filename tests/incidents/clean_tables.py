"""Tables of incidents as a careful person would keep them, and the text that a careful program writes of them.

Every choice comes from the `random.Random` that is passed in. Knows nothing of the reader: a column carries its
kind, so that a test can say how many readings a damaged row leaves open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class CleanTable:
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def width(self) -> int:
        return len(self.columns)


@dataclass(frozen=True, slots=True)
class Case:
    """A file and what a person would read in it."""

    data: bytes
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Style:
    """How a table is written: `escape` is "" where a quote in a cell is doubled; `quoting` needed, text or all."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    line_end: str = "\n"
    quoting: str = "needed"


NUMBER = re.compile(r"\d+")
SHAPES = {
    "id": re.compile(r"[A-Z]{2,4}-?\d{4,7}"),
    "day": re.compile(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}"),
    "clock": re.compile(r"\d\d:\d\d"),
    "moment": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?|\d\d/\d\d/\d{4} \d\d:\d\d"),
    "number": NUMBER,
    "degrees": re.compile(r"-?\d\d?\.\d{4}"),
    "url": re.compile(r"https://[^\s\"',;|]+"),
    "json": re.compile(r"\{.*\}"),
    "tags": re.compile(r"\w+(; \w+)*"),
}
"""What a cell of a kind looks like; words are told by their column's other cells, and text may be anything."""

WORDS = {
    "en": {
        "status": ("resolved", "monitoring", "identified", "investigating"),
        "severity": ("minor", "moderate", "major", "critical"),
        "operator": ("Northlight", "Helvia Telecom", "Ostrel", "Quayside Cloud", "Meridian"),
        "planned": ("yes", "no"),
    },
    "fr": {
        "status": ("résolu", "en observation", "identifié", "en cours d’analyse"),
        "severity": ("mineure", "modérée", "majeure", "critique"),
        "operator": ("Boréale", "Télécom du Lac", "Ostrel", "Nuée Atlantique", "Méridien"),
        "planned": ("oui", "non"),
    },
}
NAMES = {
    "en": {
        "id": "Incident", "day": "Day", "clock": "Time", "moment": "Started", "moment2": "Ended",
        "status": "Status", "severity": "Severity", "operator": "Operator", "planned": "Planned work",
        "title": "Title", "text": "Summary", "number": "Customers affected", "number2": "Minutes",
        "degrees": "Latitude", "degrees2": "Longitude", "url": "Source", "json": "Details", "tags": "Services",
        "notes": "Comments",
    },
    "fr": {
        "id": "Référence", "day": "Date", "clock": "Heure", "moment": "Début", "moment2": "Fin",
        "status": "État", "severity": "Gravité", "operator": "Opérateur", "planned": "Travaux prévus",
        "title": "Intitulé", "text": "Description", "number": "Clients touchés", "number2": "Durée en minutes",
        "degrees": "Latitude", "degrees2": "Longitude", "url": "Lien", "json": "Détails", "tags": "Services",
        "notes": "Remarques",
    },
}  # fmt: skip
SUBJECTS = {
    "en": (
        "Loss of mobile data", "Slow answers from the booking site", "Power cut at the exchange",
        "Fibre cut by road works", "Emergency calls not routed", "Failed update of the core router",
        "Storage full on the billing system", "No signal after the storm", "Expired certificate",
    ),
    "fr": (
        "Perte des données mobiles", "Lenteurs sur le site de réservation", "Coupure électrique au central",
        "Fibre arrachée par une pelleteuse", "Appels d’urgence non acheminés", "Échec d’une mise à jour réseau",
        "Disque plein sur la facturation", "Réception perdue après la tempête", "Certificat arrivé à échéance",
    ),
}  # fmt: skip
DETAILS = {
    "en": (
        "in the north, the east and two islands", "near the old harbour", "for part of the customers",
        "which the operator's team had not foreseen", "seen first by a neighbour", "while a crew was on site",
        "at Saint-Malo, Dinan and Rennes", "until the spare unit took over", "as reported by the press",
    ),
    "fr": (
        "dans le nord, l’est et deux îles", "près du vieux port", "pour une partie des abonnés",
        "que l'équipe de l'opérateur n'avait pas prévue", "signalée d’abord par un voisin", "pendant un chantier",
        "à Saint-Malo, Dinan et Rennes", "jusqu’à la bascule sur l’équipement de secours", "selon la presse",
    ),
}  # fmt: skip
SAYINGS = {
    "en": ("it just went dark", "no, nothing was changed", "all clear"),
    "fr": ("tout s’est éteint", "non, rien n’a été changé", "retour à la normale"),
}
TAGS = ("tv", "mobile", "fixed", "cloud", "satellite", "emergency")

CellMaker = Callable[[Random, datetime], str]


def make_table(
    random: Random,
    *,
    without: str = "",
    language: str | None = None,
    kinds: tuple[str, ...] = (),
    rows: int | None = None,
    width: int | None = None,
) -> CleanTable:
    """Make a table of 3 to 15 columns and 5 to 60 rows.

    `without` is a string of signs that no cell may hold, beside those that its kind needs; `kinds` must be among
    the columns. The first column is never empty, and at least two columns have a shape of their own.
    """
    language = language or random.choice(("en", "fr"))
    width = width or random.randint(3, 15)
    optional = [
        "clock", "moment", "moment2", "status", "severity", "operator", "planned", "title", "text", "number",
        "number2", "degrees", "degrees2", "url", "json", "tags", "notes",
    ]  # fmt: skip
    if '"' in without or "," in without:
        optional.remove("json")
    if ";" in without:
        optional.remove("tags")
    first = random.choice(("id", "id", "day"))
    second = "moment" if first == "id" else "clock"
    wanted = [kind for kind in dict.fromkeys((second, *kinds)) if kind != first]
    rest = [kind for kind in optional if kind not in wanted and kind != first]
    random.shuffle(rest)
    chosen = wanted + rest[: max(0, width - 1 - len(wanted))]
    random.shuffle(chosen)
    chosen.insert(0, first)
    makers = {kind: _maker(kind, random, language, without) for kind in chosen}
    columns = tuple(Column(NAMES[language][kind], kind.rstrip("2")) for kind in chosen)
    start = datetime(2025, 1, 1) + timedelta(minutes=random.randint(0, 400_000))
    made = []
    for _ in range(rows or random.randint(5, 60)):
        start += timedelta(minutes=random.randint(7, 9_000))
        made.append(tuple(makers[kind](random, start) for kind in chosen))
    return CleanTable(columns, tuple(made))


def sentence(random: Random, language: str, without: str = "", *, long: bool = False) -> str:
    """Write some words on an incident, with the signs that real ones hold unless they are ruled out."""
    parts = [random.choice(SUBJECTS[language])]
    for _ in range(random.randint(1, 3) if long else random.randint(0, 1)):
        parts.append(random.choice(DETAILS[language]))
    text = " ".join(parts)
    if random.random() < 0.15:
        text += random.choice(("; ", " (", ": ", " - ")) + random.choice(DETAILS[language])
    if random.random() < 0.15:
        text += f' "{random.choice(SAYINGS[language])}"'
    if long and random.random() < 0.2:
        text += "\n" + random.choice(SUBJECTS[language])
    if random.random() < 0.05:
        text = f'{random.randint(2, 48)}" {"pipe" if language == "en" else "conduite"}: {text}'
    swaps = {"\n": " - ", "'": "’", ";": " -", ":": " -", "|": "/"}
    for sign in without:
        text = text.replace(sign, swaps.get(sign, ""))
    return text


def _maker(kind: str, random: Random, language: str, without: str) -> CellMaker:
    """One way of writing a column, kept over all its rows."""
    prefix = random.choice(("INC", "OUT-", "PB", "REF-"))
    offset = random.randint(1_000, 90_000)
    day_shape = random.choice(("%Y-%m-%d", "%d/%m/%Y"))
    moment_shape = random.choice(("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"))
    gaps = random.choice((0.0, 0.0, 0.2))
    largest = random.choice((90, 5_000, 12_000_000))
    site = random.choice(("https://status.example.org/incidents/", "https://exemple.fr/pannes/"))
    # Half of all comment columns were never used.
    used = random.choice((0.0, 0.3))

    def identifier(random: Random, _at: datetime) -> str:
        nonlocal offset
        offset += random.randint(1, 4)
        return f"{prefix}{offset:07d}"

    def later(random: Random, at: datetime) -> str:
        if random.random() < gaps:
            return ""
        return (at + timedelta(minutes=random.randint(3, 700))).strftime(moment_shape)

    def number(random: Random, _at: datetime) -> str:
        return "" if random.random() < gaps else str(random.randint(1, largest))

    def details(random: Random, _at: datetime) -> str:
        value = {"sites": [random.randint(1, 9), random.randint(10, 99)], "backup": random.random() < 0.5}
        return json.dumps(value)

    def tags(random: Random, _at: datetime) -> str:
        return "; ".join(random.sample(TAGS, random.randint(1, 3)))

    def notes(random: Random, _at: datetime) -> str:
        return sentence(random, language, without) if random.random() < used else ""

    makers: dict[str, CellMaker] = {
        "id": identifier,
        "day": lambda _random, at: at.strftime(day_shape),
        "clock": lambda _random, at: at.strftime("%H:%M"),
        "moment": lambda _random, at: at.strftime(moment_shape),
        "moment2": later,
        "number": number,
        "number2": number,
        "degrees": lambda random, _at: f"{random.uniform(41, 51):.4f}",
        "degrees2": lambda random, _at: f"{random.uniform(-5, 9):.4f}",
        "url": lambda random, _at: f"{site}{random.randint(10_000, 99_999)}",
        "json": details,
        "tags": tags,
        "notes": notes,
        "title": lambda random, _at: sentence(random, language, without + "\n"),
        "text": lambda random, _at: sentence(random, language, without, long=True),
    }
    words = WORDS[language].get(kind, ())
    return makers[kind] if kind in makers else lambda random, _at: random.choice(words)


def cell_text(cell: str, style: Style) -> str:
    quoted = style.quoting == "all" or (style.quoting == "text" and not NUMBER.fullmatch(cell))
    quoted = quoted or any(sign in cell for sign in (style.delimiter[0], style.quote, "\n", "\r"))
    quoted = quoted or (style.delimiter == " " and not cell) or cell != cell.strip()
    if not quoted:
        return cell
    if style.escape:
        cell = cell.replace(style.escape, style.escape * 2)
    return style.quote + cell.replace(style.quote, (style.escape or style.quote) + style.quote) + style.quote


def line_text(cells: tuple[str, ...], style: Style) -> str:
    """Write one record, without its line end."""
    return style.delimiter.join(cell_text(cell, style) for cell in cells)


def usual_style(random: Random) -> Style:
    """Choose among the ways in which spreadsheets and ticket tools write a file of their own accord."""
    return Style(
        delimiter=random.choice((",", ",", ",", ";", ";", "\t")),
        line_end=random.choice(("\n", "\r\n")),
        quoting=random.choice(("needed", "needed", "text", "all")),
    )


def written(table: CleanTable, lines: list[str], style: Style) -> Case:
    """Make the case of a file of these lines that still means the whole table."""
    return Case(joined(lines, style).encode(), table.header, table.rows)


def joined(lines: list[str], style: Style) -> str:
    return "".join(line + style.line_end for line in lines)


def table_lines(table: CleanTable, style: Style) -> list[str]:
    """Write the header and each row, one string a record."""
    return [line_text(cells, style) for cells in (table.header, *table.rows)]


def fits(table: CleanTable, at: int, cell: str) -> bool:
    """Tell whether a person would take `cell` for one of column `at`."""
    column = table.columns[at]
    if not cell:
        return any(not row[at] for row in table.rows)
    if not any(row[at] for row in table.rows):
        return False
    if column.kind in SHAPES:
        return SHAPES[column.kind].fullmatch(cell) is not None
    if column.kind in WORDS["en"]:
        return any(cell == row[at] for row in table.rows)
    return True
