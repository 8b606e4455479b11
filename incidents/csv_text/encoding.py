"""Bytes to text: which encoding, and blocks of text in bounded memory. Knows no delimiter and no row.

A byte-order mark decides, then the pattern of NULs (UTF-16 without a mark), then UTF-8, then the code page whose
letters make words. Single bytes that do not fit UTF-8 are read as Windows-1252 and reported; NULs are taken out.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

from incidents.csv_text.remarks import Repairs
from incidents.csv_text.source import Blocks, Source
from incidents.table import CsvError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WESTERN = ("windows-1252", "cp850", "mac-roman")
OTHERS = (
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "koi8-r",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
)
LIKELY = frozenset("éèêëàâäáãåæçîïíìôöóòõøœùûüúÿñßÉÈÊÀÂÄÇÎÔÖÙÛÜŒØÅÆÑ’‘“”«»–—…•·€£§°²³ºª©®™½¼¾±×µ\xa0¿¡")


def find_encoding(start: bytes, samples: Sequence[bytes], wanted: str | None) -> tuple[str, int, bool]:
    """Give the encoding of a file, how many bytes its mark takes, and whether that is certain.

    `start` are the first bytes, `samples` pieces from the whole of it, cut at line ends where that is possible.
    Raises `CsvError` for an encoding that Python does not know or that the samples contradict, and for bytes that
    are no text.
    """
    for mark, name in MARKS:
        if start.startswith(mark) and (wanted is None or _same(wanted, name)):
            return name, len(mark), True
    if wanted:
        return _check(wanted, samples), 0, True
    if wide := _without_mark(start):
        return wide, 0, False
    if _is_binary(start):
        raise CsvError(
            "The file is not text.",
            code="binary-file",
            hint="Save the table as CSV (UTF-8) or as an Excel workbook (.xlsx) and import that file.",
        )
    if _is_utf8(samples):
        return "utf-8", 0, True
    return _code_page(b"\n".join(samples)), 0, False


def _same(wanted: str, name: str) -> bool:
    """Say whether a person's name for an encoding is that of the mark: `utf-16` is meant for both orders."""
    try:
        known = codecs.lookup(wanted).name
    except LookupError:
        return False
    return known in (codecs.lookup(name).name, name.rsplit("-", 1)[0], "utf-8-sig" if name == "utf-8" else "")


def _check(wanted: str, samples: Sequence[bytes]) -> str:
    try:
        codec = codecs.lookup(wanted)
        if not codec._is_text_encoding:
            raise LookupError(wanted)
        for sample in samples:
            codec.incrementaldecoder("strict").decode(sample)
    except (LookupError, UnicodeError) as error:
        raise wrong_encoding(wanted) from error
    return wanted


def wrong_encoding(name: str) -> CsvError:
    """Make the error of a file that is not in the encoding that was named."""
    return CsvError(
        "The file cannot be read as {encoding}.",
        code="wrong-encoding",
        params={"encoding": name},
        hint="Leave the encoding out, or name the one your tool writes.",
    )


def _without_mark(start: bytes) -> str | None:
    """Find UTF-16 by the place of its NULs: every other byte of Latin text is one."""
    pairs = len(start) // 2
    if pairs < 2 or b"\0" not in start:
        return None
    even, odd = start[0 : pairs * 2 : 2].count(0), start[1 : pairs * 2 : 2].count(0)
    if odd > 0.4 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return None


def _is_binary(start: bytes) -> bool:
    start = start.rstrip(b"\0")
    odd = sum(start.count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return odd > len(start) // 50 or start.count(0) > len(start) // 5


def _is_utf8(samples: Sequence[bytes]) -> bool:
    """Say whether the pieces are UTF-8; a sign cut in two at the edge of a piece does not count against it."""
    wrong = good = 0
    for sample in samples:
        try:
            codecs.getincrementaldecoder("utf-8")("strict").decode(sample.lstrip(bytes(range(0x80, 0xC0))))
            continue
        except UnicodeDecodeError:
            text = sample.decode("utf-8", "replace")
        wrong += text.count("\ufffd")
        good += sum(ch > "\x7f" for ch in text) - text.count("\ufffd")
    # A few bad bytes in a text that is otherwise full of well-formed signs are damage, not another encoding.
    return wrong == 0 or good > wrong


def _code_page(data: bytes) -> str:
    """Choose the code page of bytes that are no UTF-8: the Western one whose letters fit, else by statistics."""
    scores = {name: _fit(data, name) for name in WESTERN}
    best = max(WESTERN, key=lambda name: scores[name])
    if scores[best] > 0.6:
        return best
    from charset_normalizer import from_bytes  # Slow to load, and rarely asked.

    match = from_bytes(data[:65_536], cp_isolation=["cp1252", *OTHERS]).best()
    if match is None or match.encoding == "cp1252":
        return "windows-1252"
    return str(match.encoding).replace("_", "-")


def _fit(data: bytes, name: str) -> float:
    """Give how well a code page explains the bytes above 127: the share of them that makes likely signs."""
    text = data.decode(name, "replace")
    good = odd = 0.0
    for found in re.finditer(r"[^\x00-\x7f]+", text):
        before = text[found.start() - 1 : found.start()]
        after = text[found.end() : found.end() + 1]
        for ch in found.group():
            if ch in LIKELY and not _out_of_place(ch, before, after):
                good += 1
            else:
                odd += 1
    return good / (good + odd) if good + odd else 1.0


def _out_of_place(ch: str, before: str, after: str) -> bool:
    """Say whether a sign stands where it would not: a capital or a symbol inside a word of small letters."""
    inside = before.islower() and after.islower()
    return (ch.isupper() and before.islower()) or (inside and not ch.isalpha() and ch not in "’‘·\xa0–—")


def _byte(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that UTF-8 has no sign for as Windows-1252, and as Latin-1 where that has none either."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in wrong), error.end


codecs.register_error("incidents.single-bytes", _byte)


class TextBlocks:
    """The text of a file in blocks that end at a line end where there is one; notes what it had to mend."""

    def __init__(
        self, source: Source, encoding: str, mark: int, repairs: Repairs, *, strict: bool = False
    ) -> None:
        self._blocks = Blocks(source)
        self._encoding, self._mark, self._repairs, self._strict = encoding, mark, repairs, strict
        self._line = 1

    @property
    def position(self) -> int:
        return self._blocks.position

    def close(self) -> None:
        self._blocks.close()

    def __iter__(self) -> Iterator[str]:
        return self._utf8() if self._encoding in ("utf-8", "windows-1252") else self._other()

    def _bytes(self) -> Iterator[bytes]:
        left = self._mark
        for block in self._blocks:
            if left:
                block, left = block[left:], max(0, left - len(block))
            if block:
                yield block

    def _utf8(self) -> Iterator[str]:
        rest = b""
        for block in self._bytes():
            cut = max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1)) + 1
            if not cut:
                # A very long line, or the edge of a sign: keep back what may be half a sign.
                cut = len(block) - 3 if len(block) > 3 else 0
                while 0 < cut < len(block) and 0x80 <= block[cut] < 0xC0:
                    cut -= 1
            data = rest + block[:cut]
            rest = block[cut:]
            if data:
                yield self._decoded(data)
        if rest:
            yield self._decoded(rest)

    def _decoded(self, data: bytes) -> str:
        text = self._text(data)
        # Looked for in the bytes, where it is quickest.
        if b"\0" in data:
            text = self._without_nul(text)
        self._line += data.count(b"\n")
        return text

    def _without_nul(self, text: str) -> str:
        self._repairs.add("nul", self._line + text[: text.index("\0")].count("\n"), text.count("\0"))
        return text.replace("\0", "")

    def _text(self, data: bytes) -> str:
        name = "utf-8" if self._encoding == "utf-8" else "cp1252"
        try:
            return data.decode(name)
        except UnicodeDecodeError as error:
            if self._strict:
                raise wrong_encoding(self._encoding) from error
        out = []
        for number, line in enumerate(data.splitlines(keepends=True)):
            try:
                out.append(line.decode(name))
            except UnicodeDecodeError:
                out.append(line.decode(name, "incidents.single-bytes"))
                if name == "utf-8":
                    self._repairs.add("invalid-bytes", self._line + number, encoding="UTF-8")
        return "".join(out)

    def _other(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self._encoding)("strict" if self._strict else "replace")
        try:
            for block in self._bytes():
                if text := self._replaced(decoder.decode(block)):
                    yield text
            if text := self._replaced(decoder.decode(b"", final=True)):
                yield text
        except UnicodeError as error:
            raise wrong_encoding(self._encoding) from error

    def _replaced(self, text: str) -> str:
        if "\ufffd" in text:
            line = self._line + text[: text.index("\ufffd")].count("\n")
            self._repairs.add("replaced-bytes", line, text.count("\ufffd"), encoding=self._encoding)
        if "\0" in text:
            text = self._without_nul(text)
        self._line += text.count("\n")
        return text
