"""What a file is, by its first bytes: text, gzip, a workbook, or something that is no table. Knows no content."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from incidents.table import CsvError

OTHER_FILES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"Rar!", "RAR"),
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PAGE_STARTS = (b"<!doctype html", b"<html", b"<?xml", b"<svg")


def find_format(file: BinaryIO) -> str:
    """Say how a file is to be read: "csv" or "xlsx". Raises `CsvError` that names any other kind and what to do."""
    start = file.read(512)
    if start.startswith(b"PK\x03\x04"):
        return _in_zip(file)
    if start.startswith(b"PK\x05\x06"):
        raise _other("ZIP")
    if start.startswith(OLD_OFFICE):
        raise CsvError(
            "The file is an old Office document (.xls, before Excel 2007), or one locked with a password.",
            code="old-excel",
            hint="Open it in Excel or LibreOffice and save it as .xlsx or as CSV (UTF-8), without a password.",
        )
    for mark, name in OTHER_FILES:
        if start.startswith(mark):
            raise _other(name)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(PAGE_STARTS):
        raise CsvError(
            "The file is a web page or XML, not a table.",
            code="web-page",
            hint="Export the table again as CSV; a tool that asks you to log in may have sent its login page.",
        )
    return "csv"


def _other(name: str) -> CsvError:
    return CsvError(
        "The file is {format}, not a table.",
        code="other-format",
        params={"format": name},
        hint="Export or copy the table itself as CSV (UTF-8) or as an Excel workbook (.xlsx).",
    )


def _in_zip(file: BinaryIO) -> str:
    """Say what a ZIP file holds by the names in it."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()[:10_000]
            kind = archive.open("mimetype").read(200) if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise CsvError(
            "The file is a damaged ZIP file or workbook.",
            code="damaged-workbook",
            hint="Download or copy it again, or save it once more in Excel.",
        ) from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise _workbook(".xlsb")
    if b"opendocument.spreadsheet" in kind:
        raise _workbook(".ods")
    if "word/document.xml" in names:
        raise _other("Word (.docx)")
    if b"opendocument" in kind:
        raise _other("OpenDocument")
    raise _other("ZIP")


def _workbook(name: str) -> CsvError:
    return CsvError(
        "The file is a workbook of the kind {format}, which is not read.",
        code="other-workbook",
        params={"format": name},
        hint="Save it as .xlsx or as CSV (UTF-8) and import that file.",
    )
