"""The language of a page: which one a reader gets, and the messages in it.

Messages are written in English where they are used and looked up in `translations/<language>.po`, read once at
start, so a translator edits the file and restarts. Knows no record and no page; dates and numbers are in
`formats`, the words of enumerated values in `labels`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, g, has_request_context, request

LANGUAGES = {"en": "English", "fr": "Français"}
SOURCE_LANGUAGE = "en"
LOCALES = {"en": "en_GB", "fr": "fr_FR"}
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
CATALOGS = Path(__file__).parent / "translations"

_current: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


@cache
def catalog(language_code: str) -> NullTranslations:
    """Read the messages of a language; English is its own catalog."""
    path = CATALOGS / f"{language_code}.po"
    if language_code == SOURCE_LANGUAGE or not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        messages = read_po(file, locale=language_code)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language() -> str:
    """Give the language being spoken: the request's, or the one set by `speaking`."""
    return _current.get()


def locale() -> str:
    """Give the locale behind the language, for Babel: British English, French of France."""
    return LOCALES[language()]


@contextmanager
def speaking(language_code: str) -> Iterator[None]:
    """Speak a language for a while, outside a request (command line, tests)."""
    token = _current.set(language_code)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str, **values: Any) -> str:
    """Translate a message; `%(name)s` in it is filled from the keywords."""
    return _filled(catalog(language()).gettext(message), values)


def ngettext(singular: str, plural: str, n: int, **values: Any) -> str:
    """Translate a message that counts; `n` chooses the form and fills `%(n)s` unless a keyword does."""
    return _filled(catalog(language()).ngettext(singular, plural, n), {"n": n, **values})


def N_(message: str) -> str:
    """Mark a message for translation where it is written; it is translated where it is shown."""
    return message


def _filled(text: str, values: dict[str, Any]) -> str:
    return text % values if values else text


def choose_language(explicit: str | None, cookie: str | None, accepted: list[str]) -> str:
    """Choose: the address wins, then the cookie, then the browser's list, then English."""
    for wish in (explicit, cookie):
        if wish in LANGUAGES:
            return wish
    for tag in accepted:
        code = re.split("[-_]", tag.lower(), maxsplit=1)[0]
        if code in LANGUAGES:
            return code
    return SOURCE_LANGUAGE


def page_url(path: str) -> str:
    """Address a page of this site by its path, with the language kept when the address had one."""
    explicit = request.args.get("lang")
    joint = "&" if "?" in path else "?"
    return request.script_root + path + (f"{joint}lang={explicit}" if explicit in LANGUAGES else "")


def language_url(code: str) -> str:
    """Address this very page in another language."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in ("lang", "token")]
    return f"{request.script_root}{request.path}?{urlencode([*pairs, ('lang', code)])}"


def record_text(record: Any, field: str) -> str:
    """Give a text field of a record in the reader's language where a translation is on record, else as written."""
    return _translated(record, field) or getattr(record, field) or ""


def record_language(record: Any, field: str) -> str | None:
    """Name the language of what `record_text` gives when it is not the page's; None when it is, or is not known."""
    if language() == SOURCE_LANGUAGE or _translated(record, field) or not getattr(record, field, None):
        return None
    return SOURCE_LANGUAGE if getattr(record, "collection", "") == "bundled" else None


def _translated(record: Any, field: str) -> str | None:
    if not has_request_context() or language() == SOURCE_LANGUAGE:
        return None
    return _texts_of_request().get((_record_type(record), record.id, field))


def _record_type(record: Any) -> str:
    """Name the type of a record by its class; a sketch of an incident stands for the incident."""
    name = type(record).__name__.lower()
    return "incident" if name == "sketch" else name


def _texts_of_request() -> dict[tuple[str, str, str], str]:
    if "record_texts" not in g:
        from timeline.context import store

        g.record_texts = store().translations(language())
    texts: dict[tuple[str, str, str], str] = g.record_texts
    return texts


def connect(app: Flask) -> None:
    """Give an app its languages: chosen for each request, kept in links, and spoken by its templates."""
    from timeline import formats, labels

    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: catalog(language()).gettext(message),
        lambda one, many, n: catalog(language()).ngettext(one, many, n),
        newstyle=True,
    )
    env.filters.update(formats.FILTERS)
    env.filters.update(label=labels.label, country=labels.country, record=record_text)
    env.globals.update(
        page_url=page_url,
        request_root=lambda: request.script_root,
        language_url=language_url,
        language=language,
        languages=LANGUAGES,
        record_language=record_language,
    )

    @app.before_request
    def choose() -> None:
        accepted = [tag for tag, _weight in request.accept_languages]
        g.language_token = _current.set(
            choose_language(request.args.get("lang"), request.cookies.get(COOKIE), accepted)
        )

    @app.after_request
    def remember(response: Response) -> Response:
        explicit = request.args.get("lang")
        if explicit in LANGUAGES and request.cookies.get(COOKIE) != explicit:
            response.set_cookie(
                COOKIE,
                explicit,
                max_age=COOKIE_SECONDS,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure,
            )
        response.headers.setdefault("Content-Language", language())
        response.vary.update(("Accept-Language", "Cookie"))
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        token = g.pop("language_token", None)
        if token is not None:
            _current.reset(token)

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        explicit = request.args.get("lang") if has_request_context() else None
        if explicit in LANGUAGES and endpoint != "static" and not endpoint.startswith("assets."):
            values.setdefault("lang", explicit)
