"""The text of a file and of its cells: encodings, sizes, dates, moments and display names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final
from urllib.parse import urlsplit

from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_NAME_CHARS: Final = 80
MAX_CELL_CHARS: Final = 40

_BINARY_SIGNATURES: Final = (
    (b"PK\x03\x04", deferred("an Excel workbook or a zip archive")),
    (b"\xd0\xcf\x11\xe0", deferred("an old Excel workbook")),
    (b"\x1f\x8b", deferred("a gzip archive")),
    (b"%PDF", deferred("a PDF")),
    (b"SQLite format 3", deferred("a SQLite database")),
    (b"PAR1", deferred("a Parquet file")),
)
_OTHER_TEXT_FORMATS: Final = re.compile(
    r"\s*(?:(?P<html><!doctype|<html)|(?P<xml><\?xml)|(?P<json>[\[{]))", re.IGNORECASE
)
_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_RUSSIAN_TEXT: Final = re.compile("[\x00-\x7fА-яЁё«»–—“”„‘’…•№§°±€\u00a0\u00ad]*")
_NOT_RUSSIAN: Final = re.compile("[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]|(?<![А-яЁё])[а-яё]+[А-ЯЁ]")
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_COMPACT_DATE: Final = re.compile(r"(1[89]|2[01])([0-9]{2})([0-9]{2})([0-9]{2})")
_DOTTED_DATE: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SLASHED_DATE: Final = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_MIDNIGHT_MOMENT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(:00(\.0+)?)?")
_EXCEL_SERIAL: Final = re.compile(r"[1-9][0-9]{4}(?:[.,][0-9]+)?")
_UNIX_TIME: Final = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s?(?:Z|UTC)?", re.IGNORECASE)
_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"\s?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_DATE_LIKE: Final = re.compile(
    r"(?:[0-9]{4}([-./]?)[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([-./])[0-9]{1,2}\2[0-9]{2,4})(?:[T\s].*)?"
    r"|(?:[0-9]{1,2}[\s-][^\W\d_]{3,9}|[^\W\d_]{3,9}\.?\s[0-9]{1,2})\.?,?[\s-][0-9]{4}.*"
    r"|1[0-9]{9}(?:[0-9]{3})?",
)
_ILLEGAL_LINK_CHARS: Final = re.compile(r"[\s<>\"`\\^{|}]")


# ---- files


def display_name(name: str) -> str:
    """The last part of a path for messages: no folder, no control character, limited length."""
    last = PurePosixPath(PureWindowsPath(name).name).name or "file"
    return display_text(last, MAX_NAME_CHARS)


def display_text(cell: str, limit: int = MAX_CELL_CHARS) -> str:
    """The content of a cell for messages, on one line of limited length."""
    letters = (c if unicodedata.category(c)[0] != "C" else " " for c in cell[: 4 * limit])
    line = " ".join("".join(letters).split())
    return f"{line[: limit - 1]}…" if len(line) > limit else line


def read_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """The content of a file.

    Raises:
        InputError: it does not exist, is a folder, may not be read or is too large.
    """
    name = display_name(path.name)
    try:
        if path.is_dir():
            msg = _("{name}: is a folder; give a CSV file", name=name)
            raise InputError(msg)
        size = path.stat().st_size
        with path.open("rb") as file:
            data = file.read(max_bytes + 1) if size <= max_bytes else b""
    except FileNotFoundError:
        msg = _("{name}: there is no such file; check the path", name=name)
        raise InputError(msg) from None
    except (OSError, ValueError):
        msg = _("{name}: cannot be read; check the path and its permissions", name=name)
        raise InputError(msg) from None
    check_size(name, max(size, len(data)), max_bytes)
    return data


def check_size(name: str, size: int, max_bytes: int = MAX_BYTES) -> None:
    """Refuse a file that is too large.

    Raises:
        InputError: with both sizes.
    """
    if size > max_bytes:
        msg = _(
            "{name}: {size:,.1f} MB, at most {max_bytes:,.0f} MB are read; split it or drop "
            "columns",
            name=name,
            size=size / 1e6,
            max_bytes=max_bytes / 1e6,
        )
        raise InputError(msg)


def decode_delimited(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text of a file: UTF-8, UTF-16 with its mark, or else Russian windows-1251.

    Returns:
        The text without byte order mark, and messages for the user.

    Raises:
        InputError: it is no text, or its character set is uncertain.
    """
    for start, kind in _BINARY_SIGNATURES:
        if data.startswith(start):
            raise _not_csv_error(name, kind)
    text, messages = decode_text(data, name)
    _reject_other_formats(text, name)
    return text, messages


def decode_text(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text of a file of any format; as `decode_delimited`, without a check of the format.

    Raises:
        InputError: its character set is uncertain, or it holds a NUL.
    """
    text, messages = _decode_bytes(data, name)
    text = text.lstrip("\ufeff")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        msg = _(
            "{name}, line {line}: holds a NUL character; save it as UTF-8", name=name, line=line
        )
        raise InputError(msg)
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        messages.append(
            _(
                "{name}, line {line}: holds the sign for a lost letter (U+FFFD); check the "
                "original",
                name=name,
                line=line,
            )
        )
    return text, messages


def _decode_bytes(data: bytes, name: str) -> tuple[str, list[str]]:
    declared = next(
        (name_of_codec for mark, name_of_codec in _BYTE_ORDER_MARKS if data.startswith(mark)), None
    )
    try:
        return data.decode(declared or "utf-8"), []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        if declared:
            msg = _(
                "{name}, line {line}: is not {declared} as its first bytes say; save it as UTF-8",
                name=name,
                line=line,
                declared=declared.upper(),
            )
            raise InputError(msg) from None
    return _decode_windows_1251(data, name, line), [
        _("{name}: is not UTF-8, was read as windows-1251; check the Russian letters", name=name)
    ]


def _decode_windows_1251(data: bytes, name: str, line: int) -> str:
    """Text with plausible Russian letters; other character sets are refused."""
    try:
        text = data.decode("windows-1251")
    except UnicodeDecodeError:
        text = "\ufffd"
    letters = re.findall("[А-яЁё]", text)
    mostly_capitals = sum(map(str.isupper, letters)) * 2 > len(letters)
    if mostly_capitals or not _RUSSIAN_TEXT.fullmatch(text) or _NOT_RUSSIAN.search(text):
        msg = _(
            "{name}, line {line}: is neither UTF-8 nor Russian windows-1251; save it as UTF-8",
            name=name,
            line=line,
        )
        raise InputError(msg)
    return text


def _reject_other_formats(text: str, name: str) -> None:
    match = _OTHER_TEXT_FORMATS.match(text[:1_000])
    if match:
        kinds = {"html": deferred("a web page"), "xml": "XML", "json": "JSON"}
        raise _not_csv_error(name, kinds[str(match.lastgroup)])


def _not_csv_error(name: str, kind: str) -> InputError:
    kind = translate_deferred(kind)
    msg = _("{name}: is {kind}, not a CSV file; save the table as CSV UTF-8", name=name, kind=kind)
    return InputError(msg)


def line_place(name: str, line: int) -> str:
    """A line of a file, as a place in messages."""
    return _("{name}, line {line}", name=name, line=line)


def unsupported_format_error(name: str, kind: str, advice: str) -> InputError:
    """The error of a file in another format; `kind` and `advice` are deferred messages."""
    kind, advice = translate_deferred(kind), translate_deferred(advice)
    return InputError(_("{name}: is {kind}; {advice}", name=name, kind=kind, advice=advice))


# ---- cells


def find_column(header: Sequence[str], name: str) -> int | None:
    """The index of a column by its name, case-insensitive; None if there is none."""
    names = [column.casefold() for column in header]
    return names.index(name.casefold()) if name.casefold() in names else None


class CellError(ValueError):
    """A cell that cannot be read: its index in the column and the reason, with what to do.

    `remedy` is the option of the import that would resolve it; empty where none would.
    """

    def __init__(self, index: int, reason: str, remedy: str = "") -> None:
        """Set index and reason, for the message of the file."""
        super().__init__(reason)
        self.index = index
        self.reason = reason
        self.remedy = remedy


def is_date_like(cell: str) -> bool:
    """Whether a cell has the form of a date or a moment, existing or not."""
    return _DATE_LIKE.fullmatch(cell) is not None


@lru_cache(maxsize=4_096)
def parse_day(cell: str) -> date:
    """The day in a cell.

    Raises:
        ValueError: with the reason and what to do.
    """
    cell = cell.strip()
    midnight = _MIDNIGHT_MOMENT.fullmatch(cell)
    try:
        year, month, day = _date_parts(midnight[1] if midnight else cell)
    except LookupError as error:
        raise ValueError(error.args[0]) from None
    try:
        day_read = date(year, month, day)
    except ValueError:
        msg = _("'{cell}' is a date that does not exist; correct it", cell=display_text(cell))
        raise ValueError(msg) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        msg = _(
            "'{cell}' is not between {first_year} and {last_year}; check the year",
            cell=display_text(cell),
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )
        raise ValueError(msg)
    return day_read


def parse_moment(cell: str, day: date) -> datetime:
    """The UTC moment in a cell: ISO with `Z` or an offset (UTC without), or HH:MM of `day`.

    Raises:
        ValueError: with the reason and what to do.
    """
    clock, full = _TIME.fullmatch(cell), _MOMENT.fullmatch(cell)
    try:
        if clock:
            hour, minute, second = (int(part or 0) for part in clock.groups())
            return datetime.combine(day, time(hour, minute, second), tzinfo=UTC)
        if full:
            zone = (full[3] or "Z").upper().replace("UTC", "Z")
            moment = datetime.fromisoformat(f"{full[1]}T{full[2]}{zone}").astimezone(UTC)
            if FIRST_YEAR <= moment.year <= LAST_YEAR:
                return moment
    except (ValueError, OverflowError):
        msg = _("'{cell}' is a time that does not exist; correct it", cell=display_text(cell))
        raise ValueError(msg) from None
    msg = _("'{cell}' is no UTC time; write 2024-12-31T10:30:00Z or 10:30", cell=display_text(cell))
    raise ValueError(msg)


def normalize_line(text: str) -> str:
    """NFC text on one line without control characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())  # most cells of a file
    return " ".join(_strip_controls(re.sub(r"\s", " ", text)).split())


def normalize_text(text: str) -> str:
    r"""NFC text without control characters; every line end becomes `\n`."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _strip_controls(unified).strip()


def is_web_address(link: str) -> bool:
    """Whether a link is http or https with a host, and without user name or illegal letters."""
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return False
    return not _ILLEGAL_LINK_CHARS.search(link)


def _strip_controls(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    letters = (c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(letters))


def _date_parts(cell: str) -> tuple[int, int, int]:
    if match := _YEAR_FIRST.fullmatch(cell):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _COMPACT_DATE.fullmatch(cell):
        return int(match[1] + match[2]), int(match[3]), int(match[4])
    if match := _DOTTED_DATE.fullmatch(cell):
        return int(match[3]), int(match[2]), int(match[1])
    if match := _SLASHED_DATE.fullmatch(cell):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if first == second or second > 12:
            return year, first, second
        if first > 12:
            return year, second, first
    raise LookupError(_invalid_day_reason(cell))


def _invalid_day_reason(cell: str) -> str:
    if not cell:
        return _("is empty; write a date: 2024-12-31")
    shown = display_text(cell)
    if match := _SLASHED_DATE.fullmatch(cell):
        first, second, year = match[1].zfill(2), match[3].zfill(2), match[4]
        return _(
            "'{cell}' can be {month_first} or {day_first}; write which",
            cell=shown,
            month_first=f"{year}-{second}-{first}",
            day_first=f"{year}-{first}-{second}",
        )
    if _EXCEL_SERIAL.fullmatch(cell):
        meant = date(1899, 12, 30) + timedelta(days=int(cell[:5]))
        return _(
            "'{cell}' looks like Excel's number for {meant}; format the column as 2024-12-31",
            cell=shown,
            meant=meant,
        )
    if _UNIX_TIME.fullmatch(cell):
        return _("'{cell}' looks like a Unix time; write the date as 2024-12-31", cell=shown)
    if ":" in cell:
        return _("'{cell}' holds a time of day; write the date alone, as 2024-12-31", cell=shown)
    return _("'{cell}' is not a date; write it as 2024-12-31", cell=shown)
