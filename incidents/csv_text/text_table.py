"""A text file as a `Table`: found out once from a sample, walked as often as asked.

Knows no bytes and no field; the walk itself is in `walk`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from types import TracebackType
from typing import Self

from incidents.csv_text.dialect import could_be_parted, find_dialect
from incidents.csv_text.encoding import TextBlocks
from incidents.csv_text.layout import find_layout
from incidents.csv_text.remarks import Repairs, guess, named
from incidents.csv_text.sample import take_sample
from incidents.csv_text.source import Source
from incidents.csv_text.walk import Walk
from incidents.table import ReadingOptions, Remark, Row, RowFault

ENCODING_NAMES = {"utf-8": "UTF-8", "windows-1252": "Windows-1252"}


class TextTable:
    """A table read from text; see `incidents.table.Table`."""

    format = "csv"
    sheet = ""
    sheets: tuple[str, ...] = ()

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self._source, self._strict = source, options.encoding is not None
        sample = take_sample(source, options.encoding)
        self.encoding, self._mark = sample.encoding, sample.mark
        self._dialect = find_dialect(sample.pieces, options.delimiter, options.quote)
        self._layout = find_layout(sample.pieces, self._dialect, options.header, sample.skipped)
        self.delimiter, self.quote = self._dialect.shown, self._dialect.quote
        self.header, self.header_line = self._layout.names, self._layout.header_line
        self.size = source.size
        self.guesses = (
            *self._guessed(options, sample.pieces, certain=sample.certain),
            *self._layout.guesses,
        )
        self._walk: Walk | None = None

    def _guessed(self, options: ReadingOptions, pieces: Sequence[str], *, certain: bool) -> Iterator[Remark]:
        if not certain:
            yield guess("encoding", encoding=ENCODING_NAMES.get(self.encoding, self.encoding))
        if options.delimiter is None:
            if not self.delimiter:
                if could_be_parted(pieces, self._dialect):
                    yield guess("no-delimiter")
            elif self.delimiter != ",":
                yield guess("delimiter", delimiter=named(self.delimiter))
        if options.quote is None:
            if self.quote not in ('"', ""):
                yield guess("quote", quote=self.quote)
            if self._dialect.escape:
                yield guess("escape")

    @property
    def exact(self) -> bool:
        """Whether the file is plain CSV as RFC 4180 has it, so far as is known yet."""
        return (
            self.encoding in ("utf-8", "utf8")
            and self.delimiter == ","
            and self.quote == '"'
            and self.header_line == 1
            and not self.guesses
            and not self._layout.repairs
            and (self._walk is None or not any(self._walk.repairs))
        )

    def rows(self) -> Iterator[Row | RowFault]:
        """Walk the rows from the first."""
        self.close()
        repairs = Repairs()
        blocks = TextBlocks(self._source, self.encoding, self._mark, repairs, strict=self._strict)
        self._walk = Walk(blocks, self._dialect, self._layout, repairs)
        return chain.from_iterable(self._walk.batches())

    def position(self) -> int:
        return self._walk.position if self._walk else 0

    def repairs(self) -> tuple[Remark, ...]:
        return (*self._layout.repairs, *(self._walk.repairs if self._walk else ()))

    def close(self) -> None:
        if self._walk is not None:
            self._walk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
