"""Cells of a file: text read as a day or a moment, or refused with the reason."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit

from dashboard.sources.file_bytes import shown

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100

_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_BASIC: Final = re.compile(r"(1[89]|2[01])([0-9]{2})([0-9]{2})([0-9]{2})")
_DOTTED: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SLASHED: Final = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_MIDNIGHT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(:00(\.0+)?)?")
_SERIAL: Final = re.compile(r"[1-9][0-9]{4}(?:[.,][0-9]+)?")
_STAMP: Final = re.compile(r"[0-9]{10}(?:[0-9]{3})?")

_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s?(?:Z|UTC)?", re.IGNORECASE)
_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"\s?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)


_NOT_IN_LINKS: Final = re.compile(r"[\s<>\"`\\^{|}]")


class BadCell(ValueError):
    """A cell that cannot be read: its index in the column, and why with what to do."""

    def __init__(self, index: int, reason: str) -> None:
        """Keep both for the message of the file."""
        super().__init__(reason)
        self.index = index
        self.reason = reason


def read_day(cell: str) -> date:
    """The day in a cell.

    Raises:
        ValueError: with the reason and what to do.
    """
    cell = cell.strip()
    midnight = _MIDNIGHT.fullmatch(cell)
    try:
        year, month, day = _parts(midnight[1] if midnight else cell)
    except LookupError as error:
        msg = f"'{shown(cell)}' {error.args[0]}" if cell else "is empty; write a date: 2024-12-31"
        raise ValueError(msg) from None
    try:
        found = date(year, month, day)
    except ValueError:
        msg = f"'{shown(cell)}' is a date that does not exist; correct it"
        raise ValueError(msg) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        msg = f"'{shown(cell)}' is not between {FIRST_YEAR} and {LAST_YEAR}; check the year"
        raise ValueError(msg)
    return found


def read_moment(cell: str, day: date) -> datetime:
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
            found = datetime.fromisoformat(f"{full[1]}T{full[2]}{zone}").astimezone(UTC)
            if FIRST_YEAR <= found.year <= LAST_YEAR:
                return found
    except (ValueError, OverflowError):
        msg = f"'{shown(cell)}' is a time that does not exist; correct it"
        raise ValueError(msg) from None
    msg = f"'{shown(cell)}' is no UTC time; write 2024-12-31T10:30:00Z or 10:30"
    raise ValueError(msg)


def one_line(text: str) -> str:
    """NFC text on one line without control characters."""
    return " ".join(_without_controls(re.sub(r"\s", " ", text)).split())


def lines_of_text(text: str) -> str:
    r"""NFC text without control characters; every line end becomes `\n`."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _without_controls(unified).strip()


def is_web_address(link: str) -> bool:
    """Whether a link is http or https, names a host and hides nothing in it."""
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return False
    return not _NOT_IN_LINKS.search(link)


def _without_controls(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(kept))


def _parts(cell: str) -> tuple[int, int, int]:
    if found := _YEAR_FIRST.fullmatch(cell):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _BASIC.fullmatch(cell):
        return int(found[1] + found[2]), int(found[3]), int(found[4])
    if found := _DOTTED.fullmatch(cell):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _SLASHED.fullmatch(cell):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if first == second or second > 12:
            return year, first, second
        if first > 12:
            return year, second, first
    raise LookupError(_why_no_day(cell))


def _why_no_day(cell: str) -> str:
    if found := _SLASHED.fullmatch(cell):
        first, second, year = found[1].zfill(2), found[3].zfill(2), found[4]
        return f"can be {year}-{second}-{first} or {year}-{first}-{second}; write which"
    if _SERIAL.fullmatch(cell):
        meant = date(1899, 12, 30) + timedelta(days=int(cell[:5]))
        return f"looks like Excel's number for {meant}; format the column as 2024-12-31"
    if _STAMP.fullmatch(cell):
        return "looks like a Unix time; write the date as 2024-12-31"
    if ":" in cell:
        return "holds a time of day; write the date alone, as 2024-12-31"
    return "is not a date; write it as 2024-12-31"
