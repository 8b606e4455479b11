"""Where the bytes come from: a path or bytes, plain or gzipped, read in blocks and never whole.

Knows no text. A compressed file is unpacked as it is read, within the limits of `limits`.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from incidents.csv_text.limits import BLOCK, MAX_RATIO, MAX_UNPACKED, RATIO_FROM
from incidents.table import CsvError

GZIP = b"\x1f\x8b"


class Source:
    """A file that is read from its start as often as asked; `size` is its length on disk."""

    def __init__(self, source: Path | bytes) -> None:
        self._source = source
        self.size = len(source) if isinstance(source, bytes) else _size(source)
        self.packed = self.start(2) == GZIP

    def open(self) -> BinaryIO:
        """Open the bytes as they are stored."""
        if isinstance(self._source, bytes):
            return io.BytesIO(self._source)
        try:
            return self._source.open("rb")
        except OSError as error:
            raise _unreadable(self._source, error) from error

    def unpacked(self) -> BinaryIO:
        """Open the content, unpacked as it is read."""
        return cast(BinaryIO, _Content(self))

    def start(self, length: int) -> bytes:
        """Give the first stored bytes."""
        with self.open() as file:
            return file.read(length)

    def place(self, offset: int, length: int) -> bytes:
        """Give stored bytes from an offset."""
        with self.open() as file:
            file.seek(offset)
            return file.read(length)

    def unpacked_start(self, length: int) -> bytes:
        """Give the first bytes of the content, unpacked; fewer where the file is shorter."""
        out = bytearray()
        with Blocks(self) as blocks:
            for block in blocks:
                out += block
                if len(out) >= length:
                    break
        return bytes(out[:length])


class Blocks:
    """The content in blocks of bytes, unpacked; `position` is how many stored bytes have been read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._file = source.open()
        self.position = 0

    def __iter__(self) -> Iterator[bytes]:
        return self._unpacked() if self._source.packed else self._plain()

    def _plain(self) -> Iterator[bytes]:
        while block := self._read():
            yield block

    def _read(self) -> bytes:
        try:
            block = self._file.read(BLOCK)
        except OSError as error:
            raise CsvError(
                "The file cannot be read: {reason}.",
                code="unreadable",
                params={"reason": error.strerror or str(error)},
                hint="Copy it to this machine and try again.",
            ) from error
        self.position += len(block)
        return block

    def _unpacked(self) -> Iterator[bytes]:
        total = 0
        engine = zlib.decompressobj(wbits=31)
        waiting = b""
        begun = False
        while True:
            if not waiting:
                waiting = self._read()
                if not waiting:
                    break
            if engine.eof:
                # Members follow each other; padding of zeros may close the file.
                waiting = waiting.lstrip(b"\0")
                if not waiting:
                    continue
                engine = zlib.decompressobj(wbits=31)
                begun = False
            try:
                block = engine.decompress(waiting, BLOCK)
            except zlib.error as error:
                raise CsvError(
                    "The compressed file is damaged after {count} bytes.",
                    code="damaged-gzip",
                    params={"count": self.position - len(waiting)},
                    hint="Download or copy it again, or unpack it and import what is inside.",
                ) from error
            begun = True
            waiting = engine.unused_data if engine.eof else engine.unconsumed_tail
            total += len(block)
            self._check(total)
            if block:
                yield block
        if begun and not engine.eof:
            raise CsvError(
                "The compressed file breaks off; its end is missing.",
                code="damaged-gzip",
                hint="Download or copy it again.",
            )

    def _check(self, total: int) -> None:
        if total > MAX_UNPACKED or (total > RATIO_FROM and total > self.position * MAX_RATIO):
            raise CsvError(
                "The compressed file of {found} bytes unpacks to more than {limit} bytes.",
                code="too-large-unpacked",
                params={
                    "found": self._source.size,
                    "limit": min(MAX_UNPACKED, max(RATIO_FROM, self.position * MAX_RATIO)),
                },
                hint="If it is meant to be that large, unpack it and import the file itself.",
            )

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Blocks:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class _Content(io.BufferedIOBase):
    """Unpacked blocks as a file; `tell` gives how many stored bytes have been read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._begin()

    def _begin(self) -> None:
        self._blocks = Blocks(self._source)
        self._parts = iter(self._blocks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        out = self._rest
        for block in self._parts if size is None or size < 0 or len(out) < size else ():
            out += block
            if size is not None and 0 <= size <= len(out):
                break
        end = len(out) if size is None or size < 0 else size
        self._rest = out[end:]
        return out[:end]

    def read1(self, size: int = -1) -> bytes:
        return self.read(size if size >= 0 else BLOCK)

    def tell(self) -> int:
        return self._blocks.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only the start can be gone back to")
        self._blocks.close()
        self._begin()
        return 0

    def close(self) -> None:
        self._blocks.close()
        super().close()


def _size(path: Path) -> int:
    if path.is_dir():
        raise CsvError(
            "“{name}” is a folder, not a file.",
            code="not-a-file",
            params={"name": path.name or str(path)},
            hint="Name one file in it.",
        )
    try:
        return os.stat(path).st_size
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> CsvError:
    if isinstance(error, FileNotFoundError):
        return CsvError(
            "There is no file “{name}”.",
            code="no-file",
            params={"name": path.name or str(path)},
            hint="Check the name and the folder.",
        )
    return CsvError(
        "The file “{name}” cannot be opened: {reason}.",
        code="unreadable",
        params={"name": path.name, "reason": error.strerror or str(error)},
        hint="Check that you may read it.",
    )
