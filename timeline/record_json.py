"""Pages as plain JSON: the same values that a template shows, nothing left out.

Knows dataclasses, moments and amounts. Knows no store and no URL; the words of a reason are made by whoever asks,
in the language of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from incidents import Amount, Moment, utc_text


def plain(value: Any, say: Callable[[Any], str] | None = None) -> Any:
    """Give a value as JSON types.

    A moment keeps its text, precision, qualifier and both bounds (UTC, `...Z`); an amount its low, central and
    high. Unknown is null. Sets come sorted, so that the same record gives the same bytes. `say` puts the sentence
    of a reason beside its template. A class with `IN_BRIEF` names, by field, what of a value is given: the rest
    is at that value's own address.
    """
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case str():
            return str(value)
        case Moment():
            return {
                "value": value.value or None,
                "precision": str(value.precision),
                "qualifier": str(value.qualifier),
                "earliest": plain(value.earliest),
                "latest": plain(value.latest),
                "zone": value.zone,
                "words": value.words,
            }
        case Amount():
            return {"low": value.low, "central": value.central, "high": value.high, "words": value.words}
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(item, say) for key, item in value.items()}
        case set() | frozenset():
            return sorted(plain(item, say) for item in value)
        case tuple() if hasattr(value, "_asdict"):
            fields_of = {name: plain(item, say) for name, item in value._asdict().items()}
            return {"text": say(value), **fields_of} if say and hasattr(value, "msgid") else fields_of
        case list() | tuple():
            return [plain(item, say) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        brief: Mapping[str, tuple[str, ...]] = getattr(value, "IN_BRIEF", {})
        return {
            field.name: {
                name: plain(getattr(getattr(value, field.name), name), say) for name in brief[field.name]
            }
            if field.name in brief
            else plain(getattr(value, field.name), say)
            for field in fields(value)
        }
    return str(value)
