"""A column of dates or moments: one order of day and month, proved by the column or told.

Nothing is guessed (`day_order`). Numbers of Excel and seconds since 1970 are recognised and told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from dashboard.domain.rate_file import DateOrder
from dashboard.domain.series import Days, Ints
from dashboard.sources.cells import FIRST_YEAR, LAST_YEAR, BadCell, read_day
from dashboard.sources.day_order import order_days
from dashboard.sources.file_bytes import shown

_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?Z?")
_SHORT: Final = re.compile(r"[0-9]{1,2}([./-])(?:[0-9]{1,2}|[A-Za-z]{3})\1[0-9]{2}")
_NAMED: Final = re.compile(r"([0-9]{1,2})[\s-]([^\W\d_]{3,9})\.?,?[\s-]([0-9]{4})(?:\sг\.?)?")
_NAME_FIRST: Final = re.compile(r"([^\W\d_]{3,9})\.?\s([0-9]{1,2}),?\s([0-9]{4})")
_SERIAL: Final = re.compile(r"([1-9][0-9]{4})(?:[.,]([0-9]+))?")
_STAMP: Final = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?")
_MOMENT: Final = re.compile(
    r"(?P<day>[^:]*?[^:\s])[T\s]\s?(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)"
    r"\s?(?P<offset>Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?",
    re.IGNORECASE,
)
_EXCEL_DAY_0: Final = date(1899, 12, 30)
_EPOCH: Final = date(1970, 1, 1)
_OLDEST_NUMBER: Final = date(1954, 1, 1)
"""Numbers that would be dates before it are not taken for dates."""
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january января янв", "feb february февраля фев", "mar march марта мар",
            "apr april апреля апр", "may мая май", "jun june июня июн", "jul july июля июл",
            "aug august августа авг", "sep sept september сентября сен", "oct october октября окт",
            "nov november ноября ноя", "dec december декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateColumn:
    """Dates or moments of a column, as written.

    Attributes:
        days: the dates, datetime64[D], (n,).
        seconds: seconds since the midnight of that date, (n,); None where no time is written.
        offsets: seconds east of UTC, (n,); None where no offset is written.
        notes: what a person should know about the reading.
    """

    days: Days
    seconds: Ints | None = None
    offsets: Ints | None = None
    notes: tuple[str, ...] = ()


def read_date_column(
    cells: Sequence[str], order: DateOrder = "", today: date | None = None
) -> DateColumn:
    """Read the dates or moments of a column.

    Args:
        cells: trimmed cells.
        order: which comes first in 03/04/2025; empty: the column has to show it.
        today: numbers that would be dates after it are not taken for dates.

    Raises:
        BadCell: for the first cell that is no date, or could be two.
    """
    days = _iso_days(cells)
    if days is not None:
        return DateColumn(days)
    if all(map(_STAMP.fullmatch, cells)):
        return _of_seconds(cells, today or date.max)
    if all(map(_SERIAL.fullmatch, cells)):
        return _of_excel(cells, today or date.max)
    if any(":" in cell for cell in cells):
        return _iso_moments(cells) or _of_moments(cells, order)
    days, notes = _of_dates(cells, order)
    return DateColumn(days, notes=notes)


def with_clock(dates: DateColumn, clocks: Sequence[str]) -> DateColumn:
    """The dates of a column with the times of another.

    Raises:
        BadCell: for the first cell that is no time of day.
    """
    known = {clock: _seconds(clock) for clock in dict.fromkeys(clocks)}
    for index, clock in enumerate(clocks):
        if known[clock] is None:
            said = f"'{shown(clock)}' is no time of day" if clock else "is empty"
            raise BadCell(index, f"{said}; write it as 10:05")
    seconds = np.array([known[clock] for clock in clocks], dtype=np.int64)
    return DateColumn(dates.days, seconds, None, dates.notes)


# ------------------------------------------------------------------ moments


def _iso_moments(cells: Sequence[str]) -> DateColumn | None:
    """The moments where every cell is ISO and exists, all in UTC or none; else None."""
    if not all(map(_ISO_MOMENT.fullmatch, cells)):
        return None
    in_utc = [cell.endswith("Z") for cell in cells]
    if any(in_utc) != all(in_utc):
        return None
    try:
        found = np.array([cell.rstrip("Z") for cell in cells], dtype="datetime64[s]")
    except ValueError:
        return None
    days = found.astype("datetime64[D]")
    first, last = np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR}-12-31")
    if not bool(np.all((days >= first) & (days <= last))):
        return None
    seconds = (found - days.astype("datetime64[s]")).astype(np.int64)
    return DateColumn(days, seconds, np.zeros_like(seconds) if all(in_utc) else None)


def _of_moments(cells: Sequence[str], order: DateOrder) -> DateColumn:
    found = [_MOMENT.fullmatch(cell) for cell in cells]
    for index, match in enumerate(found):
        if match is None:
            raise BadCell(index, _why_no_moment(cells[index]))
    parts = [(m["day"], m["clock"], m["offset"] or "") for m in found if m]
    texts = [day for day, _, _ in parts]
    unique = list(dict.fromkeys(texts))
    try:
        days, notes = _of_dates(unique, order)
    except BadCell as error:
        raise BadCell(texts.index(unique[error.index]), error.reason) from None
    place = {text: k for k, text in enumerate(unique)}
    dated = DateColumn(days[[place[text] for text in texts]], notes=notes)
    clocked = with_clock(dated, [clock for _, clock, _ in parts])
    return DateColumn(dated.days, clocked.seconds, _offsets(cells, parts), notes)


def _offsets(cells: Sequence[str], parts: Sequence[tuple[str, str, str]]) -> Ints | None:
    texts = [offset for _, _, offset in parts]
    if not any(texts):
        return None
    if not all(texts):
        index = next(k for k, text in enumerate(texts) if not text)
        reason = f"'{shown(cells[index])}' has no offset from UTC, other rows have; write it"
        raise BadCell(index, reason)
    known = {text: _offset(text) for text in dict.fromkeys(texts)}
    for index, text in enumerate(texts):
        if known[text] is None:
            raise BadCell(
                index, f"'{shown(text)}' is no offset from UTC; write moments in UTC, as 07:05Z"
            )
    return np.array([known[text] for text in texts], dtype=np.int64)


def _offset(text: str) -> int | None:
    if text.upper() in {"Z", "UTC"}:
        return 0
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        return None
    return (3600 * hours + 60 * minutes) * (-1 if text[0] == "-" else 1)


def _seconds(clock: str) -> int | None:
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    return 3600 * hours + 60 * minutes + seconds


def _why_no_moment(cell: str) -> str:
    if not cell:
        return "is empty; write a date and a time: 2024-12-31 10:05"
    said = "is no date with a time of day" if ":" in cell else "has no time of day, other rows have"
    return f"'{shown(cell)}' {said}; write it as 2024-12-31 10:05"


# ------------------------------------------------------------------ numbers


def _of_seconds(cells: Sequence[str], today: date) -> DateColumn:
    whole = np.array(cells, dtype=np.int64)
    stamps = np.where(whole >= 10**12, whole // 1000, whole)
    days, seconds = stamps // 86_400, stamps % 86_400
    latest = (min(today, date(LAST_YEAR, 1, 1)) - _EPOCH).days + 366
    for index in np.flatnonzero((days > latest) | (stamps < 10**8))[:1].tolist():
        reason = f"'{shown(cells[index])}' is not a date; write it as 2024-12-31 10:05"
        raise BadCell(index, reason)
    first = _EPOCH + timedelta(days=int(days[0]))
    unit = "milliseconds" if whole[0] >= 10**12 else "seconds"
    note = f"{unit} since 1970 in UTC were read, {cells[0]} as {first}"
    zeros = np.zeros(len(stamps), dtype=np.int64)
    return DateColumn(days.astype("datetime64[D]"), seconds, zeros, (note,))


def _of_excel(cells: Sequence[str], today: date) -> DateColumn:
    latest = min(today, date(LAST_YEAR, 1, 1)) + timedelta(days=366)
    found: list[date] = []
    for index, cell in enumerate(cells):
        number, fraction = _SERIAL.fullmatch(cell).groups()  # type: ignore[union-attr]
        meant = _EXCEL_DAY_0 + timedelta(days=int(number))
        if fraction and int(fraction):
            reason = (
                f"'{shown(cell)}' looks like Excel's number for {meant} with a time of day;"
                " format the column as 2024-12-31 10:05"
            )
            raise BadCell(index, reason)
        if not _OLDEST_NUMBER <= meant <= latest:
            reason = (
                f"'{shown(cell)}' looks like Excel's number for {meant}; format the column as"
                " 2024-12-31"
            )
            raise BadCell(index, reason)
        found.append(meant)
    note = (
        f"Excel's numbers of days were read, {cells[0]} as {found[0]}; where the workbook counts"
        " from 1904, format the column as 2024-12-31"
    )
    return DateColumn(np.array(found, dtype="datetime64[D]"), notes=(note,))


# ------------------------------------------------------------------ dates


def _iso_days(cells: Sequence[str]) -> Days | None:
    """The days where every cell is ISO and exists; None leaves the reason to others."""
    if not all(map(_ISO.fullmatch, cells)):
        return None
    try:
        days = np.array(cells, dtype="datetime64[D]")
    except ValueError:
        return None
    first, last = np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR}-12-31")
    return days if bool(np.all((days >= first) & (days <= last))) else None


def _of_dates(cells: Sequence[str], order: DateOrder) -> tuple[Days, tuple[str, ...]]:
    days = _iso_days(cells)
    if days is not None:
        return days, ()
    ordered = order_days(cells, order or None)
    read: list[date] = []
    for index, cell in enumerate(ordered.cells):
        if index in ordered.wrong:
            raise BadCell(index, ordered.wrong[index])
        try:
            read.append(read_day(_in_numbers(cell)))
        except ValueError as error:
            raise BadCell(index, _why_no_date(cell, str(error))) from None
    return np.array(read, dtype="datetime64[D]"), (ordered.told,) if ordered.told else ()


def _in_numbers(cell: str) -> str:
    """The date as ISO where its month has a name; else as it is."""
    named, first = _NAMED.fullmatch(cell), _NAME_FIRST.fullmatch(cell)
    name, day, year = (
        (named[2], named[1], named[3]) if named else first.groups() if first else ("", "", "")
    )
    number = MONTHS.get(name.casefold())
    return f"{year}-{number:02d}-{day.zfill(2)}" if number else cell


def _why_no_date(cell: str, reason: str) -> str:
    if _SHORT.fullmatch(cell):
        return f"'{shown(cell)}' has a year of two digits; write it as 2024-12-31"
    return reason
