"""The settings: one table, from which the `TIMELINE_*` variables, `/-/settings.json` and the docs are made.

Knows names, kinds, defaults and what each is for. Knows neither Flask nor the store.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from incidents import TimelineError
from timeline.wording import N_

PREFIX = "TIMELINE_"


class SettingError(TimelineError):
    """A setting, or what a request sets in its place, has a value that cannot be used."""

    status = 400


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `private` values are shown to signed-in people only, `secret` ones to nobody."""

    name: str
    kind: str
    default: object
    help: str
    private: bool = False
    secret: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.name


def read_zone(name: str) -> ZoneInfo:
    """Read an IANA zone name; raises `SettingError` for a name that is no zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as reason:
        raise SettingError(
            N_("“{zone}” is not a time zone."),
            code="unknown-zone",
            params={"zone": name[:80]},
            hint=N_("Write a name such as Europe/Paris or UTC."),
        ) from reason


def _text(value: str) -> str:
    return value


def _number(value: str) -> int:
    number = int(value.replace("_", ""))
    if number < 0:
        raise ValueError
    return number


def _switch(value: str) -> bool:
    word = value.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("", "0", "false", "no", "off"):
        return False
    raise ValueError


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _zone(value: str) -> str:
    return read_zone(value).key


def _origin(value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.query
    ):
        raise ValueError
    return f"{parts.scheme}://{parts.netloc.lower()}"


READERS: dict[str, Callable[[str], object]] = {
    "text": _text,
    "number": _number,
    "switch": _switch,
    "names": _names,
    "zone": _zone,
    "origin": _origin,
}

EXPECTED: dict[str, str] = {
    "text": N_("Any text will do."),
    "number": N_("Write a whole number, 0 or more."),
    "switch": N_("Write 1 or 0."),
    "names": N_("Write names separated by commas."),
    "zone": N_("Write a zone name such as Europe/Paris."),
    "origin": N_("Write an address such as https://outages.example.org."),
}

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "DATABASE",
        "text",
        "incidents.db",
        N_("The database file. It is created with the bundled records when it does not exist."),
        private=True,
    ),
    Setting(
        "HOST", "text", "127.0.0.1", N_("The address to listen on. Anything beyond this machine needs TOKEN.")
    ),
    Setting("PORT", "number", 8000, N_("The port to listen on; 0 takes a free one.")),
    Setting(
        "TOKEN",
        "text",
        "",
        N_("What the sign-in link carries. Empty: a new random one at each start. At least 16 characters."),
        secret=True,
    ),
    Setting(
        "ORIGIN",
        "origin",
        "",
        N_("The address people use when it differs from HOST and PORT, as behind a reverse proxy with TLS."),
    ),
    Setting(
        "ALLOWED_HOSTS",
        "names",
        (),
        N_(
            "Further host names under which the service may be asked, besides this machine’s own and ORIGIN’s."
        ),
    ),
    Setting("TIMEZONE", "zone", "Europe/Paris", N_("The zone in which times are shown.")),
    Setting("READ_ONLY", "switch", False, N_("Refuse every change, for a public mirror.")),
    Setting(
        "MAX_UPLOAD_BYTES", "number", 256 * 1024 * 1024, N_("The largest file that can be sent for import.")
    ),
    Setting(
        "STAGED_HOURS",
        "number",
        24,
        N_("How long a sent file waits for its confirmation before it is deleted."),
    ),
    Setting("SESSION_HOURS", "number", 12, N_("How long a sign-in lasts.")),
    Setting("SIGN_IN_ATTEMPTS", "number", 10, N_("Wrong sign-in attempts allowed per minute and address.")),
    Setting("THREADS", "number", 4, N_("Requests answered at the same time.")),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def read_value(setting: Setting, text: str) -> object:
    """Read the text of a setting into its kind; raises `SettingError` that says what is expected."""
    try:
        return READERS[setting.kind](text)
    except (ValueError, TimelineError) as reason:
        raise SettingError(
            N_("The setting {variable} cannot be “{value}”."),
            code="bad-setting",
            params={"variable": setting.variable, "value": "…" if setting.secret else text[:80]},
            hint=EXPECTED[setting.kind],
        ) from reason


def read_settings(
    given: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Give each setting its value: the one given, else that of its variable, else the default.

    `given` has names without the prefix; a text there is read like a variable's. Raises `SettingError`.
    """
    given = given or {}
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for setting in SETTINGS:
        value = given.get(setting.name)
        if value is None:
            value = environment.get(setting.variable)
        if value is None:
            value = setting.default
        elif isinstance(value, str):
            value = read_value(setting, value)
        values[setting.name] = value
    return values


def is_loopback(host: str) -> bool:
    """Say whether an address to listen on can be reached from this machine only."""
    if host in ("localhost", "localhost."):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def shown_settings(values: Mapping[str, object], *, signed_in: bool) -> dict[str, object]:
    """Give the settings as they may be shown: no secret, and private ones only to signed-in people."""
    return {
        setting.name: values[setting.name]
        for setting in SETTINGS
        if not setting.secret and (signed_in or not setting.private)
    }


def settings_table(translate: Callable[[str], str] = lambda text: text) -> str:
    """Write the settings as a Markdown table: variable, default, what it is for."""
    lines = ["| Variable | Default | What it is for |", "|---|---|---|"]
    for setting in SETTINGS:
        default = setting.default
        if isinstance(default, bool):
            default = int(default)
        shown = "" if default in ("", ()) else f"`{default}`"
        lines.append(f"| `{setting.variable}` | {shown} | {translate(setting.help)} |")
    return "\n".join(lines) + "\n"
