"""What lies in the zip of a workbook, looked at before a library reads it."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, TypeAlias

from dashboard.domain.errors import InputError

MAX_UNPACKED: Final = 100 * 1024 * 1024
MAX_PARTS: Final = 1_000
MAX_MERGED: Final = 10_000

Merges: TypeAlias = tuple[tuple[int, int, int], ...]
"""Merged cells that span rows: first row, last row (from 1), column (from 0)."""

_CHUNK: Final = 1 << 20
_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_HIDDEN: Final = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden=[\"'](?:1|true)")
_MERGED: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*\bref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)
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
            left = MAX_UNPACKED
            for part in archive.infolist():
                left -= _unpacked(archive, part, left, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        msg = f"{name}: is a damaged Excel workbook or zip archive; save it again"
        raise InputError(msg) from None
    except RuntimeError:  # zipfile's word for a part under a password
        msg = f"{name}: is protected by a password; save it without one"
        raise InputError(msg) from None


def sheet_facts(data: bytes, sheet: Any) -> SheetFacts:
    """Formulas, merged cells and hidden rows of a sheet, from its own bytes.

    Args:
        data: the workbook, checked before.
        sheet: a read-only sheet of openpyxl; it knows the part it is in.
    """
    part = str(sheet._worksheet_path).lstrip("/")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        content = archive.read(part)
    merges: list[tuple[int, int, int]] = []
    for found in _MERGED.finditer(content):
        top, bottom = int(found[2]), int(found[4])
        if top < bottom <= top + MAX_MERGED and len(merges) < MAX_MERGED:
            first, last = _column(found[1]), _column(found[3])
            merges += [(top, bottom, column) for column in range(first, min(last, first + 50) + 1)]
    return SheetFacts(
        formulas=_FORMULA.search(content) is not None,
        merges=tuple(merges),
        has_hidden_rows=_HIDDEN.search(content) is not None,
    )


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


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int, name: str) -> int:
    """How large a part is; its XML is looked at on the way."""
    size, tail = 0, b""
    with archive.open(part) as content:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > most:
                msg = f"{name}: unpacks to more than {MAX_UNPACKED // 2**20} MB; split it"
                raise InputError(msg)
            is_xml = part.filename.endswith((".xml", ".rels"))
            if is_xml and (_DOCTYPE.search(tail + chunk) or (tail + chunk).startswith(_UTF_16)):
                msg = f"{name}: holds XML with a document type, as no workbook does; save it again"
                raise InputError(msg)
            tail = chunk[-16:]
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number - 1
