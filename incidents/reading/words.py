"""The words of time in French and English: months, weekdays, hedges, parts of a day, zones, "unknown".

Pure tables over folded text (lower case, no accents, plain apostrophes and hyphens; see `plain`). What "the
evening" or "early September" spans is declared here, once, and can be shown to the user. Knows no grammar.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import time

MONTHS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "janvier january janv jan",
            "fevrier february fevr fev feb",
            "mars march mar",
            "avril april avr apr",
            "mai may",
            "juin june jun",
            "juillet july juill juil jul",
            "aout august aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        1,
    )
    for word in words.split()
}

WEEKDAYS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "lundi monday lun mon",
            "mardi tuesday mar tues tue",
            "mercredi wednesday mer weds wed",
            "jeudi thursday jeu thurs thur thu",
            "vendredi friday ven fri",
            "samedi saturday sam sat",
            "dimanche sunday dim sun",
        )
    )
    for word in words.split()
}
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

SEASON_WORDS: Mapping[str, str] = {
    "printemps": "spring",
    "spring": "spring",
    "ete": "summer",
    "summer": "summer",
    "automne": "autumn",
    "autumn": "autumn",
    "fall": "autumn",
    "hiver": "winter",
    "winter": "winter",
}

ORDINALS: Mapping[str, int] = {
    "premier": 1,
    "premiere": 1,
    "first": 1,
    "1er": 1,
    "1ere": 1,
    "1re": 1,
    "1st": 1,
    "deuxieme": 2,
    "second": 2,
    "seconde": 2,
    "2e": 2,
    "2eme": 2,
    "2nd": 2,
    "2d": 2,
    "troisieme": 3,
    "third": 3,
    "3e": 3,
    "3eme": 3,
    "3rd": 3,
    "quatrieme": 4,
    "fourth": 4,
    "4e": 4,
    "4eme": 4,
    "4th": 4,
    "dernier": 4,
    "last": 4,
}

PORTIONS: Mapping[str, int] = {
    "debut": 0,
    "early": 0,
    "beginning of": 0,
    "start of": 0,
    "mi": 1,
    "mid": 1,
    "middle of": 1,
    "milieu": 1,
    "fin": 2,
    "late": 2,
    "end of": 2,
}
"""Which third of a month, a season or a year: early, mid or late (of a month: 1-10, 11-20, 21 to the end)."""

DAY_PARTS: Mapping[str, tuple[time, time, int]] = {
    "early morning": (time(4), time(6, 59, 59), 0),
    "morning": (time(6), time(11, 59, 59), 0),
    "afternoon": (time(12), time(17, 59, 59), 0),
    "evening": (time(18), time(23, 59, 59), 0),
    "night": (time(0), time(6, 59, 59), 1),
    "overnight": (time(21), time(6, 59, 59), 1),
}
"""First and last local time of a part of the day, and on which day after the named one it ends.

"The night of the 12th" may be the one before or after that day's light: it spans both. A night between two
named days is `overnight`.
"""

DAY_PART_WORDS: Mapping[str, str] = {
    "petit matin": "early morning",
    "early morning": "early morning",
    "early hours": "early morning",
    "aube": "early morning",
    "matinee": "morning",
    "matin": "morning",
    "morning": "morning",
    "apres-midi": "afternoon",
    "apres midi": "afternoon",
    "afternoon": "afternoon",
    "soiree": "evening",
    "soir": "evening",
    "evening": "evening",
    "nuit": "night",
    "night": "night",
    "overnight": "night",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in text.split(";"))


UNKNOWN: frozenset[str] = _words(
    r"""
    unknown; unk; unkn; uncertain; undetermined; undefined; unspecified; not specified; not known;
    not stated; not given; not reported; not provided; not available; not applicable; not yet known;
    no date; no data; none; null; nil; nan; nat; na; n/a; n.a.; n.a; n/d; nd; n.d.; n.d; n/c; nc; n.c.;
    n.c; n/k; tbd; tbc; tba; t.b.d.; to be determined; to be confirmed; to be announced; to be defined;
    a determiner; a definir; a preciser; a confirmer; inconnu; inconnue; date inconnue; heure inconnue;
    non connu; non connue; non communique; non communiquee; non disponible; non renseigne; non renseignee;
    non precise; non precisee; non determine; non determinee; non applicable; non defini; non definie;
    indetermine; indeterminee; indisponible; sans objet; sans date; s.o.; so; n'est pas applicable;
    pas de date; vide; empty; blank; (blank); (vide); #n/a; #n/d; (null); <null>; \n; pending; missing;
    manquant; manquante; withheld; confidentiel; confidential; ne sait pas; nsp; aucun; aucune;
    aucune date; 0000-00-00; 0000-00-00 00:00:00; 0000-00-00t00:00:00; 00/00/0000; 00/00/0000 00:00;
    00/00/0000 00:00:00; date unknown; time unknown; unknown date; unknown time
    """
)
"""Folded texts by which people say that they do not know; punctuation alone counts too (see `says_unknown`)."""

ONGOING: frozenset[str] = _words(
    r"""
    ongoing; on-going; on going; still ongoing; still open; in progress; continuing; not resolved;
    unresolved; not yet resolved; en cours; toujours en cours; encore en cours; en cours de resolution;
    non resolu; non resolue; non termine; non terminee; pas encore resolu; present; to present; to date;
    until now; a ce jour; jusqu'a present; open; ouvert; current
    """
)

SPREADSHEET_ERRORS = re.compile(
    r"#(?:ref!|value!|name\?|div/0!|num!|null!|valeur!|nom\?|nombre!|nul!|spill!|calc!)|#{2,}"
)

ZONE_OFFSETS: Mapping[str, int] = {
    "utc": 0,
    "gmt": 0,
    "ut": 0,
    "z": 0,
    "wet": 0,
    "west": 60,
    "cet": 60,
    "cest": 120,
    "mez": 60,
    "mesz": 120,
    "eet": 120,
    "eest": 180,
    "msk": 180,
    "est": -300,
    "edt": -240,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "akst": -540,
    "akdt": -480,
    "hst": -600,
    "jst": 540,
    "kst": 540,
    "sgt": 480,
    "hkt": 480,
    "awst": 480,
    "acst": 570,
    "acdt": 630,
    "aest": 600,
    "aedt": 660,
    "hne": -300,
    "hae": -240,
    "hnp": -480,
    "hap": -420,
    "nzst": 720,
    "nzdt": 780,
}
"""Abbreviations with one meaning in practice, minutes east of UTC."""

AMBIGUOUS_ZONES: Mapping[str, tuple[tuple[str, int], tuple[str, int]]] = {
    "bst": (("British Summer Time", 60), ("Bangladesh", 360)),
    "cst": (("US Central", -360), ("China", 480)),
    "ist": (("India", 330), ("Irish Standard Time", 60)),
    "ast": (("Atlantic Standard Time", -240), ("Arabia", 180)),
}
"""Abbreviations with several meanings: read only where the stated zone uses them on that day."""

ZONE_PLACES: Mapping[str, str] = {
    "paris": "Europe/Paris",
    "france": "Europe/Paris",
    "francaise": "Europe/Paris",
    "metropolitaine": "Europe/Paris",
    "london": "Europe/London",
    "londres": "Europe/London",
    "uk": "Europe/London",
    "brussels": "Europe/Brussels",
    "bruxelles": "Europe/Brussels",
    "berlin": "Europe/Berlin",
    "madrid": "Europe/Madrid",
    "rome": "Europe/Rome",
    "lisbon": "Europe/Lisbon",
    "lisbonne": "Europe/Lisbon",
    "amsterdam": "Europe/Amsterdam",
    "luxembourg": "Europe/Luxembourg",
    "dublin": "Europe/Dublin",
    "zurich": "Europe/Zurich",
    "geneve": "Europe/Zurich",
    "geneva": "Europe/Zurich",
    "new york": "America/New_York",
    "new-york": "America/New_York",
    "eastern": "America/New_York",
    "et": "America/New_York",
    "central": "America/Chicago",
    "ct": "America/Chicago",
    "chicago": "America/Chicago",
    "mountain": "America/Denver",
    "mt": "America/Denver",
    "pacific": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "los angeles": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles",
    "montreal": "America/Toronto",
    "toronto": "America/Toronto",
    "tokyo": "Asia/Tokyo",
    "sydney": "Australia/Sydney",
    "singapore": "Asia/Singapore",
    "singapour": "Asia/Singapore",
    "reunion": "Indian/Reunion",
    "martinique": "America/Martinique",
    "guadeloupe": "America/Guadeloupe",
    "cayenne": "America/Cayenne",
    "noumea": "Pacific/Noumea",
}

INVISIBLE = re.compile("[\u00ad\u200b-\u200e\u2060\ufeff]")
REORDERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200f\u202a-\u202e\u2066-\u2069]")
_COMBINING = re.compile("[\u0300-\u036f]")
_SPACES = re.compile(r"\s+")
_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "′": "'",
        "´": "'",
        "`": "'",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "―": "-",
        "−": "-",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "œ": "oe",
        "½": " 1/2",
        "º": "o",
        "…": "...",
    }
)


def plain(text: str) -> str:
    """Fold a text for comparison: lower case, no accents, plain quotes and hyphens, single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_PLAIN)).translate(_PLAIN)
        text = _COMBINING.sub("", text)
    return _SPACES.sub(" ", text.lower()).strip()


def says_unknown(folded: str) -> bool:
    """Say whether a folded text is empty, punctuation only, or a way of writing "unknown"."""
    return not folded.strip("?-_.*/ ~") or folded.strip(" .?!()[]\"'") in UNKNOWN or folded in UNKNOWN
