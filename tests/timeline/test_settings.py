"""One table of settings: read from the environment, shown without secrets, written into the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from timeline.settings import (
    EXPECTED,
    READERS,
    SETTINGS,
    SettingError,
    is_loopback,
    read_settings,
    settings_table,
    shown_settings,
)

ROOT = Path(__file__).parents[2]


def test_each_setting_has_a_reader_an_explanation_and_a_default_of_its_kind() -> None:
    for setting in SETTINGS:
        assert setting.kind in READERS and setting.kind in EXPECTED
        assert setting.help.endswith(".")
        assert read_settings({}, {})[setting.name] == setting.default


def test_a_given_value_wins_over_the_variable_and_that_over_the_default() -> None:
    environment = {"TIMELINE_PORT": "9001", "TIMELINE_TIMEZONE": "UTC"}
    values = read_settings({"PORT": 9002}, environment)
    assert values["PORT"] == 9002
    assert values["TIMEZONE"] == "UTC"
    assert values["HOST"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", "0", 0),
        ("MAX_UPLOAD_BYTES", "1_000", 1000),
        ("READ_ONLY", "yes", True),
        ("READ_ONLY", "", False),
        ("ALLOWED_HOSTS", "a.example, b.example,", ("a.example", "b.example")),
        ("ORIGIN", "https://Outages.Example.org/", "https://outages.example.org"),
    ],
)
def test_a_variable_is_read_into_its_kind(name: str, text: str, value: object) -> None:
    assert read_settings({}, {f"TIMELINE_{name}": text})[name] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("READ_ONLY", "perhaps"),
        ("TIMEZONE", "Europe/Pariss"),
        ("TIMEZONE", "../../etc/passwd"),
        ("ORIGIN", "outages.example.org"),
        ("ORIGIN", "https://outages.example.org/path"),
        ("ORIGIN", "javascript:alert(1)"),
    ],
)
def test_a_value_that_cannot_be_used_names_the_variable_and_what_to_write(name: str, text: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({}, {f"TIMELINE_{name}": text})
    assert f"TIMELINE_{name}" in str(caught.value)
    assert text in str(caught.value)
    assert caught.value.hint


def test_no_secret_is_shown_and_private_ones_only_to_signed_in_people() -> None:
    values = read_settings({"TOKEN": "very-secret-value", "DATABASE": "/srv/records.db"}, {})
    visitor, writer = shown_settings(values, signed_in=False), shown_settings(values, signed_in=True)
    assert "TOKEN" not in visitor and "TOKEN" not in writer
    assert "DATABASE" not in visitor and writer["DATABASE"] == "/srv/records.db"
    assert visitor["MAX_UPLOAD_BYTES"] == 256 * 1024 * 1024


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost"])
def test_loopback_is_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "", "example.org", "127.0.0.1.example.org"])
def test_what_others_can_reach_is_not_taken_for_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_the_table_in_the_docs_is_the_one_made_from_the_settings() -> None:
    assert settings_table() in (ROOT / "docs" / "settings.md").read_text("utf-8")
