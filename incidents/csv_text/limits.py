"""How much of anything is read before a file is refused, in one place. Knows no file.

Sizes are in bytes for files and in signs for text.
"""

from __future__ import annotations

MAX_CELL = 1_000_000
"""Signs in one cell; a longer one makes its row a fault and the rest is read."""

MAX_LINE = 8_000_000
"""Signs in one line; a longer one stops the file: holding it would take the memory that the rest needs."""

MAX_COLUMNS = 10_000
MAX_EMPTY_LINES = 1_000_000

MAX_UNPACKED = 4 << 30
"""Bytes that a compressed file may become."""

MAX_RATIO = 250
"""How many times larger than itself a compressed file may become, once it is past `RATIO_FROM` bytes."""

RATIO_FROM = 32 << 20

MAX_CELL_LINES = 2_000
"""Lines that one quoted cell may span."""

MAX_SHEET_CELLS = 6_000_000
"""Cells in the rectangle that a sheet's table fills; it is held in memory."""

MAX_SHEET_TEXT = 512 << 20
"""Bytes that the parts of a workbook may unpack to."""

BLOCK = 1 << 16
SAMPLE = 1 << 16
"""Bytes looked at where the file starts, before anything is known of it."""

SAMPLE_PIECE = 1 << 14
SMALL_FILE = 1 << 18
"""A file up to this size is looked at as a whole."""
