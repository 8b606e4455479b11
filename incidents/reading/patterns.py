"""The patterns of the tokens of a written date, in the order in which they are tried, as one regular expression.

Pure data over folded text. A name after `@` stands for a shared piece of pattern. Knows nothing of what a token means:
that is in `tokens`, which reads the named groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from incidents.reading.words import (
    AMBIGUOUS_ZONES,
    DAY_PART_WORDS,
    MONTHS,
    ORDINALS,
    SEASON_WORDS,
    WEEKDAYS,
    ZONE_OFFSETS,
    ZONE_PLACES,
)


def _any(words: Iterable[str]) -> str:
    """Give a pattern for one of some words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def one_of(*lines: str) -> str:
    """Give a pattern for one of the pieces of pattern that the lines list, separated by semicolons."""
    return "(?:" + "|".join(piece.strip() for line in lines for piece in line.split(";")) + ")"


PIECES: Mapping[str, str] = {
    "END": r"(?![a-z0-9])",
    "WORD_END": r"(?:(?![a-z0-9])|(?<='))",
    "MONTH": _any(MONTHS),
    # What shows that the number before it is an hour and not a year or a day.
    "NO_TIME": r"(?!\d|\s*(?:h|heures?|hrs?|hours?|am|pm|a\.m|p\.m|o'clock)(?![a-z])|\s*:\s*\d|\s*h\d)",
    "OF": r"(?:of\s+|de\s+|du mois de\s+|d')?",
    "NTH": r"(?:er|ere|e|eme|st|nd|rd|th|\.)?",
    "ORDINAL": _any(ORDINALS),
    "WEEKDAY": _any(WEEKDAYS),
    "SEASON": _any(SEASON_WORDS),
    "DAY_PART": _any(DAY_PART_WORDS),
    "PLACE": _any(ZONE_PLACES),
    "ZONE": _any({**ZONE_OFFSETS, **AMBIGUOUS_ZONES}),
    "YEAR": r"[12]\d{3}",
    "HALF_DAY": r"\s?\.{0,2}\s?m(?![a-z])\.{0,2}",
}

PATTERNS: Mapping[str, str] = {
    "compact": r"(?P<c1>\d{8})[t ]?(?P<c2>\d{4}(?:\d\d)?)(?!\d)",
    "iso": r"(?P<i1>\d{4})(?P<is>[-/.])(?P<i2>\d{1,2})(?P=is)(?P<i3>\d{1,2})(?!\d)(?:t(?=\d))?",
    "isoweek": r"(?P<w1>\d{4})-?w(?P<w2>\d\d)(?:-?(?P<w3>[1-7]))?(?!\d)",
    "numeric": (
        r"(?P<n1>\d{1,2})(?P<ns>[-/.]|\s(?=\d\d? \d{4}))\s?(?P<n2>\d{1,2})(?P=ns)\s?"
        r"(?P<n3>\d{4}|\d\d)(?!\d)(?:t(?=\d\d:))?"
    ),
    "dayless": (r"(?P<l1>\d{1,2})[-/.](?P<l2>\d{4})(?!\d)|(?P<l3>\d{4})[-/](?P<l4>0[1-9]|1[0-2])(?!\d|[-/])"),
    "clock": (
        r"(?P<t1>\d{1,2}):(?P<t2>\d\d)(?::(?P<t3>\d\d)(?:[.,]\d+)?)?(?!\d)\s*"
        r"(?:(?P<t4>[ap])@HALF_DAY|(?P<t5>noon|midnight|midi|minuit)@END|(?:h|hrs?|hours)@END)?"
    ),
    "pm": r"(?P<p1>\d{1,2})(?:[.h](?P<p2>\d\d))?\s*(?P<p3>[ap])@HALF_DAY",
    "military": r"(?P<m1>[01]\d|2[0-4])(?P<m2>[0-5]\d)\s*(?:h|hrs?|hours)@END",
    "hours": (
        r"(?P<h1>\d{1,2})\s*(?:h(?![a-z])|heures?@END|hrs?(?![a-z])|hours?@END|o'?clock@END)"
        r"(?:\s*(?P<h2>[0-5]\d)(?!\d|:\d|\s*h(?![a-z])|[-/.]\d\d?[-/.]\d|\s*@MONTH@END)"
        r"\s*(?:(?:minutes?|min|mn|m)(?![a-z]))?"
        r"(?:\s*(?P<h3>[0-5]\d)\s*(?:secondes?|sec|s)@END)?"
        r"|\s*(?:et\s+(?P<h4>quart|demie?)|moins\s+(?:le\s+)?(?P<h5>quart|cinq|dix|vingt-cinq|vingt))@END)?"
    ),
    "named": (
        r"(?:(?:12|00?)\s*)?(?P<k1>noon|midday|midi|minuit|midnight)@END(?:\s+et\s+(?P<k2>quart|demie?)@END)?"
    ),
    "between": r"(?:entre|between)@END",
    "just": (
        r"(?P<j1>un peu|peu|juste|shortly|just|right|soon|slightly)\s+(?P<j2>avant|before|apres|after)@END"
    ),
    "by": one_of(
        r"au plus tard(?: (?:a|le))?@END; no later than@END; not later than@END; at the latest@END",
        r"at latest@END; by@END; ≤; <=",
    ),
    "not_before": one_of(
        r"au plus tot(?: (?:a|le))?@END; no earlier than@END; not earlier than@END; not before@END",
        r"at the earliest@END; pas avant@END; ≥; >=",
    ),
    "before": one_of(
        "avant@END(?!-hier); before@END; prior to@END; anterieure?(?:ment)? a@END; earlier than@END; <"
    ),
    "after": one_of("apres@END(?![- ]midi); after@END; later than@END; posterieure?(?:ment)? a@END; >"),
    "since": one_of(
        r"depuis@END; since@END; a partir d[eu]@END; a compter d[eu]@END; des@END; as of@END",
        r"starting(?: at| on| from)?@END",
    ),
    "approx": one_of(
        r"vers@END; environ@END; env@END\.?; autour d[eu']@WORD_END; aux (?:environs|alentours) d[eu']@WORD_END",
        r"dans les environs d[eu']@WORD_END; a peu pres@END; approximativement@END; approximati(?:f|ve)@END",
        r"about@END; around@END; approximately@END; approximate@END; approx@END\.?; appx@END\.?; roughly@END",
        r"circa@END; ca?(?=[. ]|$)\.?; or so@END; sur les? coups? d[eu']@WORD_END; plus ou moins@END",
        r"more or less@END; nearly@END; almost@END; presque@END; pres d[eu']@WORD_END; [~≈∼±]",
    ),
    "uncertain": one_of(
        r"probablement@END; probably@END; probable@END; possibly@END; possible@END; possiblement@END",
        r"peut-etre@END; perhaps@END; maybe@END; sans doute@END; presumably@END; presumed@END; presumee?@END",
        r"estimated@END; estimee?@END; tbc@END; to be confirmed@END; a confirmer@END; unconfirmed@END",
        r"non confirmee?@END; incertaine?@END; uncertain@END; likely@END; allegedly@END; apparently@END",
        r"apparemment@END; supposee?@END; unclear@END; (?:\(\?\)|\?)+",
    ),
    "relative": (
        "(?P<r1>"
        + one_of(
            r"avant-hier; hier; aujourd'hui; demain; yesterday; today; tomorrow; tonight; ce soir; ce matin",
            r"cet apres-midi; cette nuit; la nuit derniere; last night; this morning; this afternoon",
            r"this evening; the day before yesterday",
        )
        + r")@END|il y a (?P<r2>\d{1,3}) jours?@END|(?P<r3>\d{1,3}) days? ago@END"
    ),
    "weekof": r"(?:la )?(?:semaine du|week of|week commencing|week beginning)@END|w/c@END",
    "week": r"(?:(?:la )?semaine|week|(?:s|w|kw)(?=\s?\d\d))\s*(?:n[o°]\s*)?(?P<g1>[0-5]?\d)(?!\d)",
    "quarter": r"(?:[tq]\s?(?P<q1>[1-4])|(?P<q2>[1-4])\s?q|(?P<q3>@ORDINAL)\s+(?:trimestre|quarter))@END",
    "half": r"(?:[sh]\s?(?P<e1>[12])|(?P<e3>@ORDINAL)\s+(?:semestre|half-year|half|moitie))@END",
    "fortnight": r"(?P<f1>premiere|seconde|deuxieme|1re|1ere|2e|2eme|derniere)\s+quinzaine@END",
    "lastday": r"(?:derniere?|last|passee?)@END",
    "portion": (
        "(?:the )?(?P<o1>"
        + one_of(
            r"debut; early(?! morning| hours); beginning of; start of; mi(?=[- ]); mid(?=[- ]); middle of",
            r"milieu; fin; late; end of",
        )
        + ")@END-?"
    ),
    "part": r"(?P<a1>@DAY_PART)@END",
    # "mar" is March in English and Tuesday in French: before a day and its month it is the weekday.
    "tuesday": r"mar(?=\.?,?\s+(?:le\s+)?\d{1,2}@NTH[\s-]+@MONTH)(?![a-z])\.?",
    "ymd": r"(?P<j3>\d{4})[-/. ](?P<j4>@MONTH)\.?[-/. ](?P<j5>\d{1,2})(?!\d)@NO_TIME",
    "dmy": (
        r"(?P<d1>\d{1,2})@NTH[\s/-]*@OF(?P<d2>@MONTH)(?![a-z])\.?"
        r"(?:(?:[\s,/-]*@OF(?P<d3>@YEAR)|(?:[-/]|\s*')(?P<d4>\d\d)"
        r"|\s(?P<d5>\d\d)(?=$|,|\s+(?:a|at)\s))@NO_TIME)?"
    ),
    "mdy": (
        r"(?P<b1>@MONTH)(?![a-z])\.?[\s/-]*(?:the\s+)?(?P<b2>\d{1,2})(?:st|nd|rd|th)?@NO_TIME"
        r"(?:[,\s/-]+(?:of\s+)?(?P<b3>@YEAR)@NO_TIME)?"
    ),
    "my": r"(?P<y1>@MONTH)(?![a-z])\.?(?:[\s,/-]*@OF(?P<y2>@YEAR)@NO_TIME|[\s-]*'(?P<y3>\d\d)(?!\d))?",
    "weekday": r"(?P<v1>@WEEKDAY)(?![a-z])\.?",
    "season": (
        r"(?:l'|the )?(?P<s1>@SEASON)(?![a-z])"
        r"(?:\s+@OF(?P<s2>@YEAR)(?:\s?[-/]\s?(?P<s3>\d{4}|\d\d))?(?!\d))?"
    ),
    "iana": (
        r"\[?(?P<z1>(?:europe|america|africa|asia|australia|pacific|atlantic|indian|antarctica|arctic|etc)"
        r"/[a-z_]+(?:[-/][a-z_]+)*)\]?"
    ),
    "place": (
        r"\(?(?:(?:heure|horaire)s?(?: d'ete| d'hiver)?(?: locale)?(?: a| de| du| d'| de l'| de la)? ?|\()"
        r"(?P<z2>@PLACE)(?: time)?(?![a-z])\)?"
        r"|(?P<z3>@PLACE)(?: local| standard| daylight| summer)? time@END"
    ),
    "local": r"\(?(?:heures? locales?|local time|local)@END\)?",
    "zone": r"\(?(?:heure )?(?P<z4>@ZONE)(?![a-z])(?:\s?(?P<z5>[+-]\d{1,2}(?::?\d\d)?)(?![\d:]))?\)?",
    "usual": r"(?P<z6>et|ct|mt|pt)(?=$|[\s,)])",
    "or": r"(?:ou|or)@END",
    "and": r"(?:et|and)@END|&",
    "to": r"(?:au|a|to|until|till|up to|jusqu'au?|through|thru)@END",
    "from": r"(?:du|de|from)@END",
    "dash": r"->|→|-+|/",
    "year": r"(?:l'an |annee |year )?(?P<x1>@YEAR)(?!\d)(?!\s*(?:hrs?|hours?|h)(?![a-z]))",
    "number": r"(?P<u1>\d{1,2})(?:er|ere|e|eme|st|nd|rd|th)?(?![a-z0-9])",
    "fill": (
        one_of(
            r"le; la; les; l'; the; on; at; en; in; of; d'; ce; cet; cette; this; either; soit; courant; during",
            r"pendant; dans; au cours d[eu]; journee; jour; day; date; heure; pile; sharp; precises?; exactement",
            r"exactly; annee; year; mois; month; time",
        )
        + r"@WORD_END|[,;.:()\[\]\"'|@]|\s+"
    ),
}


def _filled(pattern: str) -> str:
    return re.sub(r"@([A-Z_]+)", lambda name: PIECES[name[1]], pattern)


TOKEN = re.compile("|".join(f"(?P<{kind}>{_filled(pattern)})" for kind, pattern in PATTERNS.items()))
"""Matches one token; `lastgroup` is its kind. The first pattern that fits at a place wins."""
