"""The one base of all errors that people are told about. Knows no place that raises or shows them.

An error carries its message as a template with parameters, so that the web can say it in another language.
"""

from __future__ import annotations

from collections.abc import Mapping


class TimelineError(Exception):
    """Something that a person can put right: a message, a stable `code`, `params` for the message, and a hint.

    `message` and `hint` are English templates with `{name}` fields; `str(error)` is the filled message.
    """

    def __init__(
        self, message: str, *, code: str = "error", params: Mapping[str, object] | None = None, hint: str = ""
    ) -> None:
        self.message = message
        self.code = code
        self.params: dict[str, object] = dict(params or {})
        self.hint = hint
        super().__init__(fill(message, self.params))


class ReadingError(TimelineError, ValueError):
    """A text that does not say what it should; `value` is the text as it was found."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        value: str,
        params: Mapping[str, object] | None = None,
        hint: str = "",
    ) -> None:
        self.value = value
        super().__init__(message, code=code, params={"value": value, **(params or {})}, hint=hint)


def fill(template: str, params: Mapping[str, object]) -> str:
    """Fill a message template; a template without its parameters is shown as it is rather than failing."""
    try:
        return template.format_map(dict(params))
    except (KeyError, IndexError, ValueError):
        return template
