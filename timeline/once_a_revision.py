"""Answers that hold as long as the record does not change: computed once a revision of the store.

Knows the store's revision. Not for answers that depend on the clock or the language, unless these are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from incidents import Store

P = ParamSpec("P")
R = TypeVar("R")
KEPT = 512


def once_a_revision(make: Callable[Concatenate[Store, P], R]) -> Callable[Concatenate[Store, P], R]:
    """Keep what `make(store, ...)` gave until the store's revision grows; at most `KEPT` answers a store.

    Two threads that ask at the same moment may both compute; both get the same answer.
    """
    kept: WeakKeyDictionary[Store, dict[Hashable, tuple[int, R]]] = WeakKeyDictionary()

    @wraps(make)
    def answer(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key: Any = (args, tuple(sorted(kwargs.items())))
        revision = store.revision()
        answers = kept.setdefault(store, {})
        known = answers.get(key)
        if known is not None and known[0] == revision:
            return known[1]
        value = make(store, *args, **kwargs)
        if len(answers) >= KEPT:
            answers.clear()
        answers[key] = (revision, value)
        return value

    return answer
