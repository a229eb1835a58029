"""The bytes of a file that a person gave, and the text in them; nothing is guessed silently."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from dashboard.domain.errors import InputError

MAX_BYTES: Final = 64 * 1024 * 1024
NAME_SHOWN: Final = 80
CELL_SHOWN: Final = 40

_NOT_TEXT: Final = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_OTHER_TEXT: Final = re.compile(
    r"\s*(?:(?P<html><!doctype|<html)|(?P<xml><\?xml)|(?P<json>[\[{]))", re.IGNORECASE
)
_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_IN_RUSSIAN_TEXT: Final = re.compile("[\x00-\x7fА-яЁё«»–—“”„‘’…•№§°±€\u00a0\u00ad]*")
_NOT_RUSSIAN: Final = re.compile("[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]|(?<![А-яЁё])[а-яё]+[А-ЯЁ]")


def shown_name(name: str) -> str:
    """The last part of a path, fit for a message: no folder, no control character, not long."""
    last = PurePosixPath(PureWindowsPath(name).name).name or "file"
    return shown(last, NAME_SHOWN)


def shown(cell: str, limit: int = CELL_SHOWN) -> str:
    """What a cell holds, fit for a message of one line."""
    letters = (c if unicodedata.category(c)[0] != "C" else " " for c in cell[: 4 * limit])
    line = " ".join("".join(letters).split())
    return f"{line[: limit - 1]}…" if len(line) > limit else line


def read_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """The content of a file.

    Raises:
        InputError: it is not there, is a folder, may not be read or is too large.
    """
    name = shown_name(path.name)
    try:
        if path.is_dir():
            msg = f"{name}: is a folder; give a CSV file"
            raise InputError(msg)
        size = path.stat().st_size
        with path.open("rb") as file:
            data = file.read(max_bytes + 1) if size <= max_bytes else b""
    except FileNotFoundError:
        msg = f"{name}: there is no such file; check the path"
        raise InputError(msg) from None
    except (OSError, ValueError):
        msg = f"{name}: cannot be read; check the path and its permissions"
        raise InputError(msg) from None
    check_size(name, max(size, len(data)), max_bytes)
    return data


def check_size(name: str, size: int, max_bytes: int = MAX_BYTES) -> None:
    """Refuse a file that is too large.

    Raises:
        InputError: with both sizes.
    """
    if size > max_bytes:
        msg = (
            f"{name}: {size / 1e6:,.1f} MB, at most {max_bytes / 1e6:,.0f} MB are read;"
            " split it or drop columns"
        )
        raise InputError(msg)


def decode(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text of a file: UTF-8, UTF-16 with its mark, or else Russian windows-1251.

    Returns:
        The text without byte order mark, and what a person should know about the reading.

    Raises:
        InputError: it is no text, or its character set cannot be told for certain.
    """
    for start, kind in _NOT_TEXT:
        if data.startswith(start):
            msg = f"{name}: is {kind}, not a CSV file; save the table as CSV UTF-8"
            raise InputError(msg)
    text, messages = decode_text(data, name)
    _refuse_other_formats(text, name)
    return text, messages


def decode_text(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text of a file of any format; as `decode`, without a look at what it holds.

    Raises:
        InputError: its character set cannot be told for certain, or it holds a NUL.
    """
    text, messages = _decoded(data, name)
    text = text.lstrip("\ufeff")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        msg = f"{name}, line {line}: holds a NUL character; save it as UTF-8"
        raise InputError(msg)
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        messages.append(
            f"{name}, line {line}: holds the sign for a lost letter (U+FFFD); check the original"
        )
    return text, messages


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    marked = next((codec for mark, codec in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    try:
        return data.decode(marked or "utf-8"), []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        if marked:
            msg = (
                f"{name}, line {line}: is not {marked.upper()} as its first bytes say;"
                " save it as UTF-8"
            )
            raise InputError(msg) from None
    return _windows_1251(data, name, line), [
        f"{name}: is not UTF-8, was read as windows-1251; check the Russian letters"
    ]


def _windows_1251(data: bytes, name: str, line: int) -> str:
    """Text whose letters make sense as Russian; other character sets are refused."""
    try:
        text = data.decode("windows-1251")
    except UnicodeDecodeError:
        text = "\ufffd"
    letters = re.findall("[А-яЁё]", text)
    mostly_capitals = sum(map(str.isupper, letters)) * 2 > len(letters)
    if mostly_capitals or not _IN_RUSSIAN_TEXT.fullmatch(text) or _NOT_RUSSIAN.search(text):
        msg = f"{name}, line {line}: is neither UTF-8 nor Russian windows-1251; save it as UTF-8"
        raise InputError(msg)
    return text


def _refuse_other_formats(text: str, name: str) -> None:
    found = _OTHER_TEXT.match(text[:1_000])
    if found:
        kind = {"html": "a web page", "xml": "XML", "json": "JSON"}[str(found.lastgroup)]
        msg = f"{name}: is {kind}, not a CSV file; save the table as CSV UTF-8"
        raise InputError(msg)
