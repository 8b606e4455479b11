"""The strip of the whole record: every incident counted once, the window where it lies."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from incidents import Query, window_answer
from timeline.overview import Strip, overview

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def strip(app: Flask, first: datetime, last: datetime) -> Strip:
    whole = window_answer(
        app.extensions["store"], Query(), "cause", now=NOW, label=lambda _dimension, key: key
    )
    return overview(whole, (first, last), ZoneInfo("Europe/Paris"))


def test_every_incident_is_in_one_column(app: Flask) -> None:
    found = strip(app, datetime(2015, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))
    assert found.total == sum(column.count for column in found.columns) == 98
    assert max(column.height for column in found.columns) == pytest.approx(88)
    assert all(0 <= column.left < 100 for column in found.columns)
    assert [year for _left, _width, year in found.years] == list(range(2004, 2027))
    assert sum(width for _left, width, _year in found.years) == pytest.approx(100, abs=0.1)


def test_the_window_lies_where_it_lies(app: Flask) -> None:
    found = strip(app, datetime(2015, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))
    lefts = {year: left for left, _width, year in found.years}
    assert found.window_left == pytest.approx(lefts[2015], abs=0.02)
    assert found.window_left + found.window_width == pytest.approx(lefts[2020], abs=0.02)


def test_a_window_beside_the_record_is_still_seen(app: Flask) -> None:
    far = strip(app, datetime(2090, 1, 1, tzinfo=UTC), datetime(2091, 1, 1, tzinfo=UTC))
    assert 0 <= far.window_left < 100
    assert far.window_width > 0
