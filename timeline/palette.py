"""The colours of the charts, in both themes: the same values as `static/tokens.css` (a test compares them).

Figures are drawn in the light palette; the page swaps each colour for its twin when the dark theme is shown. So a
colour stands once in a palette, and a figure uses no colour from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Palette = Mapping[str, str]

SHARED_WITH_STYLE = (
    "surface", "surface-2", "ink", "ink-2", "muted", "line", "line-strong", "accent", "accent-soft", "accent-line",
    "none", "minor", "moderate", "major", "critical",
)  # fmt: skip

LIGHT: Palette = {
    "surface": "#ffffff",
    "surface-2": "#f0f3f6",
    "zebra": "#f9fafc",
    "ink": "#101828",
    "ink-2": "#344054",
    "muted": "#566273",
    "line": "#e2e7ed",
    "line-strong": "#8792a2",
    "accent": "#0b6b75",
    "accent-soft": "#e0f0f1",
    "accent-line": "#8fc4c9",
    "none": "#5580ad",
    "minor": "#b07d00",
    "moderate": "#d9701a",
    "major": "#c83c1e",
    "critical": "#a80f3c",
    "unknown": "#8792a1",
    "none-pale": "#d9e4ef",
    "minor-pale": "#f4e3b4",
    "moderate-pale": "#fbdcc2",
    "major-pale": "#f6cdc3",
    "critical-pale": "#f2c6d3",
    "unknown-pale": "#e3e7ec",
}
DARK: Palette = {
    "surface": "#161b22",
    "surface-2": "#1f262f",
    "zebra": "#1a2028",
    "ink": "#eef2f6",
    "ink-2": "#cbd3dc",
    "muted": "#98a3b1",
    "line": "#29313b",
    "line-strong": "#68748a",
    "accent": "#4fc3cf",
    "accent-soft": "#12323a",
    "accent-line": "#2a6a75",
    "none": "#7fb2e5",
    "minor": "#e9bd4b",
    "moderate": "#f2914a",
    "major": "#ff6a4d",
    "critical": "#ec3e72",
    "unknown": "#68748b",
    "none-pale": "#27384b",
    "minor-pale": "#4a3f22",
    "moderate-pale": "#4d3524",
    "major-pale": "#502c28",
    "critical-pale": "#502439",
    "unknown-pale": "#2b323d",
}


def dark_twins() -> dict[str, str]:
    """Give each light colour's dark twin: what the page needs to change the theme of a figure."""
    return {LIGHT[name]: DARK[name] for name in LIGHT}


def themed(figure: Any, twins: Mapping[str, str]) -> Any:
    """Swap the colours of a figure for their twins, as the page does."""
    if isinstance(figure, dict):
        return {name: themed(value, twins) for name, value in figure.items()}
    if isinstance(figure, list):
        return [themed(value, twins) for value in figure]
    return twins.get(figure, figure) if isinstance(figure, str) else figure
