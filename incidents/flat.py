"""Records as flat text fields and back: the one form that CSV, the store, history and digests share.

Pure. A flat record maps every field of `columns.fields_of(type)` to text, a number or None; lists are joined
with `;` (a word that would not read back so stands in `"`), parts are `provider:role`. Reading back gives an equal
record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from incidents import model
from incidents.amount import Amount
from incidents.columns import RECORD_TYPES, Column, fields_of
from incidents.model import Incident, Part, Record
from incidents.moment import Moment

FlatValue = str | int | float | None
Flat = dict[str, FlatValue]

CLASSES: Mapping[str, Callable[..., Record]] = {
    "incident": Incident,
    "update": model.Update,
    "provider": model.Provider,
    "ownership": model.Ownership,
    "designation": model.Designation,
    "service": model.Service,
    "dependency": model.Dependency,
    "qualification": model.Qualification,
    "milestone": model.Milestone,
    "law": model.Law,
    "source": model.Source,
    "claim": model.Claim,
    "translation": model.Translation,
}


def type_of(record: Record) -> str:
    """Name the type of a record: `incident`, `provider` ..."""
    return type(record).__name__.lower()


# A word that reads back as it is; also from the other lists that people write (a | b, one a line, ["a"], bullets).
_PLAIN_WORD = re.compile(r"""(?!["'\[{•*·])[^\s;|]+(?: [^\s;|]+)*(?<![•*·])""")
_LISTED = re.compile(r"""\s*"([^"]*(?:""[^"]*)*+)"\s*(?:;|\Z)|([^;]*)(?:;|\Z)""")


def join_words(words: tuple[str, ...] | list[str]) -> str | None:
    """Write words as one cell, `split_words` its inverse: `;` between them, `"` around one that holds it."""
    return ";".join(word if _PLAIN_WORD.fullmatch(word) else _quoted(word) for word in words if word) or None


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def split_words(text: FlatValue) -> tuple[str, ...]:
    """Read the words of a cell; a word in `"` is taken as it stands, and what is empty is none."""
    if not text:
        return ()
    cell = str(text)
    if '"' not in cell:
        return tuple(word for part in cell.split(";") if (word := part.strip()))
    words, place = [], 0
    while place < len(cell):
        found = cast("re.Match[str]", _LISTED.match(cell, place))
        words.append(found[2].strip() if found[1] is None else found[1].replace('""', '"'))
        place = found.end()
    return tuple(word for word in words if word)


def join_parts(parts: tuple[Part, ...]) -> str | None:
    return join_words([f"{part.provider_id}:{part.role}" for part in parts])


def split_parts(text: FlatValue) -> tuple[Part, ...]:
    pairs = (word.rpartition(":") for word in split_words(text))
    return tuple(Part(provider, role) for provider, _, role in pairs)


def to_flat(record: Record) -> Flat:
    """Write a record as flat fields, in the order of its CSV; `collection` is not among them."""
    flat: Flat = {}
    for column in RECORD_TYPES[type_of(record)].columns:
        flat |= _flatten(column, getattr(record, column.name))
    return flat


def _flatten(column: Column, value: Any) -> Flat:
    name = column.name
    if column.kind == "moment":
        moment = cast("Moment | None", value)
        return dict(moment.flat(name)) if moment else dict.fromkeys(_names(name, _MOMENT), None)
    if column.kind == "amount":
        amount = cast("Amount | None", value)
        if amount is None:
            return dict.fromkeys(amount_fields(column), None)
        return dict(
            zip(amount_fields(column), (amount.low, amount.high, amount.central, amount.words), strict=True)
        )
    if column.kind in ("words", "refs"):
        return {name: join_words(value)}
    if column.kind == "parts":
        return {name: join_parts(value)}
    return {name: value}


_MOMENT = ("", "_precision", "_qualifier", "_earliest", "_latest", "_words")


def _names(name: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name + suffix for suffix in suffixes)


def amount_fields(column: Column) -> tuple[str, str, str, str]:
    """Name the four flat fields of an amount: low, high, central, words."""
    name, suffix = column.name, column.suffix
    return f"{name}_low{suffix}", f"{name}_high{suffix}", f"{name}_central{suffix}", f"{name}_words"


def from_flat(record_type: str, flat: Mapping[str, FlatValue], collection: str = model.OWN) -> Record:
    """Read a record from flat fields; raises `ReadingError` where a moment or an amount contradicts itself."""
    values: dict[str, Any] = {}
    zone = cast("str | None", flat.get("timezone"))
    for column in RECORD_TYPES[record_type].columns:
        value = _value(column, flat, zone)
        if value is not None:
            values[column.name] = value
    return CLASSES[record_type](collection=collection, **values)


def _value(column: Column, flat: Mapping[str, FlatValue], zone: str | None) -> Any:
    name = column.name
    if column.kind == "moment":
        texts = {key: cast("str | None", flat.get(key)) for key in _names(name, _MOMENT)}
        return Moment.from_flat(name, texts, zone)
    if column.kind == "amount":
        low, high, central, words = (flat.get(field) for field in amount_fields(column))
        if low is None and high is None and central is None:
            return None
        return Amount(_number(low), _number(high), _number(central), cast("str | None", words))
    if column.kind in ("words", "refs"):
        return split_words(flat.get(name))
    if column.kind == "parts":
        return split_parts(flat.get(name))
    return flat.get(name)


def _number(value: FlatValue) -> int | float | None:
    """Read a stored number; a whole one is an int, so that 40.0 and 40 are the same."""
    if value is None:
        return None
    number = float(value)
    return int(number) if number.is_integer() else number


def text_of(value: FlatValue) -> str:
    """Write a flat value as CSV does: nothing for None, no decimals for a whole number."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value)


def digest(record_type: str, flat: Mapping[str, FlatValue]) -> bytes:
    """Give 16 bytes of the SHA-256 of a flat record: equal for equal content, whatever wrote it.

    Over its filled fields, each as `name=text`, in the order of the record's fields, with a unit separator between.
    """
    filled = [f"{f.name}={text_of(v)}" for f in fields_of(record_type) if (v := flat.get(f.name)) is not None]
    return hashlib.sha256("\x1f".join(filled).encode("utf-8", "surrogatepass")).digest()[:16]


def differences(
    record_type: str, old: Mapping[str, FlatValue], new: Mapping[str, FlatValue]
) -> list[tuple[str, str, str]]:
    """List (field, old text, new text) where two flat records differ."""
    pairs = ((f.name, text_of(old.get(f.name)), text_of(new.get(f.name))) for f in fields_of(record_type))
    return [(name, before, after) for name, before, after in pairs if before != after]
