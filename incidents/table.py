"""What a file is read as, whatever its format: a header, numbered rows, the guesses made and the repairs.

Values and the one contract that all readers keep. Knows no bytes, no field and no record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from incidents.errors import TimelineError


class CsvError(TimelineError):
    """A file that is no table; `code` says why, and the message what to do."""


class Row(NamedTuple):
    """One record of the table: the line it starts on (from 1), and a cell for each header."""

    line: int
    cells: Sequence[str]


class RowFault(NamedTuple):
    """One record that cannot be read as a row of this table; `code` is a key of `ROW_FAULTS`."""

    line: int
    code: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person says of a file; None leaves it to be found out.

    `delimiter` and `quote` are one sign, or "" for none; `header` is the line on which the header starts, 0 where
    there is none; `sheet` is the name of a sheet of a workbook.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: int | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A guess or a repair: a sentence over `params`, how often, and the first line it concerns (0: the file)."""

    code: str
    message: str
    params: Mapping[str, object]
    line: int = 0
    count: int = 1


class Table(Protocol):
    """A table that is read from its file row by row, as often as asked, in bounded memory.

    `size` is the number of bytes to read, `position()` how many the present walk has read. `guesses` are known at
    once; `repairs()` are those of the rows walked so far.
    """

    format: str
    encoding: str
    delimiter: str
    quote: str
    header: tuple[str, ...]
    header_line: int
    sheet: str
    sheets: tuple[str, ...]
    size: int
    guesses: tuple[Remark, ...]

    @property
    def exact(self) -> bool:
        """Whether the file is plain CSV as RFC 4180 has it (UTF-8, a comma, one header line), as far as known."""
        ...

    def rows(self) -> Iterator[Row | RowFault]:
        """Walk the rows from the first; a new walk starts anew. Raises `CsvError` at a limit."""
        ...

    def position(self) -> int: ...

    def repairs(self) -> tuple[Remark, ...]: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
