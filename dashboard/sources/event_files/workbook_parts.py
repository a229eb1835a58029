"""What lies in the zip of a workbook, looked at before a library reads it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, TypeAlias

from dashboard.domain.errors import InputError

MAX_UNPACKED: Final = 50 * 1024 * 1024
MAX_PARTS: Final = 1_000
MAX_TAGS: Final = 3_000_000
"""Of all parts; 50,000 rows of seven columns have as many."""
MAX_TAGS_APART: Final = 200_000
"""Of a part that holds no rows; 64,000 formats, the most there can be, have as many."""
MAX_MERGED: Final = 100_000

Merges: TypeAlias = tuple[tuple[int, int, int], ...]
"""Merged cells that span rows: first row, last row (from 1), column (from 0)."""

_CHUNK: Final = 1 << 20
_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_HIDDEN: Final = re.compile(rb"<(?:\w+:)?row\s[^<>]*\bhidden=[\"'](?:1|true)")
_MERGED: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*\bref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)
_LARGE: Final = (
    "xl/worksheets/", "xl/sharedStrings", "xl/pivot", "xl/drawings/", "xl/charts/", "xl/comments",
    "customXml/",
)  # fmt: skip
_OTHER_ZIPS: Final = (
    ("mimetype", "an OpenDocument file", "save it as .xlsx or CSV"),
    ("word/document.xml", "a Word document", "put the events into a table and save that as .xlsx"),
    ("xl/workbook.bin", "a binary Excel workbook", "save it as .xlsx"),
    ("ppt/presentation.xml", "a presentation", "put the events into a table"),
)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What a sheet holds that a person should know."""

    formulas: bool
    merges: Merges
    has_hidden_rows: bool


def check_parts(data: bytes, name: str) -> None:
    """Refuse what is no workbook, would fill the memory, or holds a document type.

    Every part is unpacked once and counted: what a zip says of its sizes need not be so.

    Raises:
        InputError: with what it is and what to do.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_kind(archive, name)
            bytes_left, tags_left = MAX_UNPACKED, MAX_TAGS
            for part in archive.infolist():
                least = 0 if part.filename.startswith(_LARGE) else tags_left - MAX_TAGS_APART
                for chunk in _unpacked(archive, part, name):
                    bytes_left -= len(chunk)
                    tags_left -= chunk.count(b"<")
                    _refuse_too_large(name, bytes_left, tags_left - max(least, 0))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        msg = f"{name}: is a damaged Excel workbook or zip archive; save it again"
        raise InputError(msg) from None
    except RuntimeError:  # zipfile's word for a part under a password
        msg = f"{name}: is protected by a password; save it without one"
        raise InputError(msg) from None


def sheet_facts(data: bytes, sheet: Any, name: str) -> SheetFacts:
    """Formulas, merged cells and hidden rows of a sheet, from its own bytes.

    Args:
        data: the workbook, checked before.
        sheet: a read-only sheet of openpyxl; it knows the part it is in.
        name: what messages call the file.

    Raises:
        InputError: more cells are merged than any table needs.
    """
    part = str(sheet._worksheet_path).lstrip("/")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        content = archive.read(part)
    return SheetFacts(
        formulas=_FORMULA.search(content) is not None,
        merges=tuple(_merges(content, name)),
        has_hidden_rows=_HIDDEN.search(content) is not None,
    )


def _merges(content: bytes, name: str) -> Iterator[tuple[int, int, int]]:
    left = MAX_MERGED
    for found in _MERGED.finditer(content):
        first, last = _column(found[1]), _column(found[3])
        top, bottom = int(found[2]), int(found[4])
        if top >= bottom:
            continue
        left -= (bottom - top) * (abs(last - first) + 1)
        if left < 0:
            msg = f"{name}: more than {MAX_MERGED:,} cells are merged; take the merges back"
            raise InputError(msg)
        for column in range(first, last + 1):
            yield top, bottom, column


def _check_kind(archive: zipfile.ZipFile, name: str) -> None:
    names = set(archive.namelist())
    if len(names) > MAX_PARTS:
        msg = f"{name}: is an archive of {len(names):,} files; give one workbook"
        raise InputError(msg)
    if "xl/workbook.xml" in names:
        return
    for part, kind, advice in _OTHER_ZIPS:
        if part in names:
            msg = f"{name}: is {kind}; {advice}"
            raise InputError(msg)
    msg = f"{name}: is a zip archive; unpack it and give the file that is in it"
    raise InputError(msg)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The content of a part, piece by piece; its XML is looked at on the way."""
    is_xml = part.filename.endswith((".xml", ".rels"))
    tail = b""
    with archive.open(part) as content:
        while chunk := content.read(_CHUNK):
            if is_xml and (_DOCTYPE.search(tail + chunk) or (tail + chunk).startswith(_UTF_16)):
                msg = f"{name}: holds XML with a document type, as no workbook does; save it again"
                raise InputError(msg)
            tail = chunk[-16:]
            yield chunk


def _refuse_too_large(name: str, bytes_left: int, tags_left: int) -> None:
    if bytes_left < 0:
        msg = f"{name}: unpacks to more than {MAX_UNPACKED // 2**20} MB; split it"
        raise InputError(msg)
    if tags_left < 0:
        msg = f"{name}: holds more cells than 50,000 rows have; save the table alone, as CSV"
        raise InputError(msg)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number - 1
