"""What Plotly is told besides the figure: nothing leaves the machine, and the names of months in the reader's language.

Names come from Babel, so that no locale file of Plotly's is loaded.
"""

from __future__ import annotations

from typing import Any

from babel import Locale

from timeline.wording import language, locale


def chart_config() -> dict[str, Any]:
    """Give Plotly's configuration in the reader's language."""
    code = language()
    return {
        "displaylogo": False,
        "displayModeBar": False,
        "showSendToCloud": False,
        "showEditInChartStudio": False,
        "plotlyServerURL": "",
        "responsive": False,
        "scrollZoom": True,
        "doubleClick": False,
        "showTips": False,
        "typesetMath": False,
        "locale": code,
        "locales": {code: {"dictionary": {}, "format": _names()}},
    }


def _names() -> dict[str, Any]:
    names = Locale.parse(locale())
    months, days = names.months["format"], names.days["format"]
    return {
        "months": [months["wide"][number] for number in range(1, 13)],
        "shortMonths": [months["abbreviated"][number] for number in range(1, 13)],
        # Plotly's week begins on Sunday, Babel's on Monday.
        "days": [days["wide"][(number - 1) % 7] for number in range(7)],
        "shortDays": [days["abbreviated"][(number - 1) % 7] for number in range(7)],
        "date": "%d/%m/%Y",
        "periods": ["", ""],
    }
