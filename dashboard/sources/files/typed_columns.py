"""Columns of text as numbers, dates or moments: one format a column, proven or stated.

Nothing is guessed. Serial numbers of Excel and seconds since 1970 are recognised and reported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Days, Floats, Ints
from dashboard.models.user_files import RateDateOrder
from dashboard.sources.files.date_formats import (
    MONTH_NUMBERS,
    TIME_OF_DAY,
    resolve_day_order,
    to_24_hour_time,
)
from dashboard.sources.files.text import FIRST_YEAR, LAST_YEAR, CellError, display_text, parse_day

if TYPE_CHECKING:
    import pandas as pd

_PLAIN_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_COMMA_DECIMAL: Final = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]{1,4})?")
_THOUSANDS_OR_DECIMALS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_THOUSANDS_OR_THOUSANDTHS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_BLANK_SEPARATOR: Final = re.compile(r"(?<=[0-9])[\s'’](?=[0-9])")
_MARK_GROUPS: Final = {
    mark: re.compile(
        rf"[+-]?(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]+)(?:{re.escape(point)}[0-9]+)?"
    )
    for mark, point in (("[.]", ","), ("[,]", "."))
}
_BLANK_GROUPS: Final = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[\s'’][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?")
_MISSING_MARKS: Final = frozenset(
    {
        "na", "n/a", "n.a.", "#n/a", "#n/a n/a", deferred("#n/a field not applicable"),
        "#n/a invalid security", "#n/a requesting data...", "nan", "<na>", "null", "none", "nil",
        "nd", "n.d.", "-", "--", "–", "—", ".", "..", "...", ":", "н/д", "#н/д", "нет",
        "нет данных",
    }
)  # fmt: skip
_INFINITY_MARKS: Final = frozenset({"inf", "infinity", "∞"})
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?Z?")
_TWO_DIGIT_YEAR: Final = re.compile(r"[0-9]{1,2}([./-])(?:[0-9]{1,2}|[A-Za-z]{3})\1[0-9]{2}")
_DAY_AND_MONTH_NAME: Final = re.compile(
    r"([0-9]{1,2})[\s-]([^\W\d_]{3,9})\.?,?[\s-]([0-9]{4})(?:\sг\.?)?"
)
_MONTH_NAME_AND_DAY: Final = re.compile(r"([^\W\d_]{3,9})\.?\s([0-9]{1,2}),?\s([0-9]{4})")
_EXCEL_SERIAL: Final = re.compile(r"([1-9][0-9]{4})(?:[.,]([0-9]+))?")
_UNIX_TIME: Final = re.compile(r"([0-9]{10})(?:[0-9]{3}|[0-9]{6}|[0-9]{9})?(?:\.0+)?")
_UNIX_UNITS: Final = {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}
_MOMENT: Final = re.compile(
    r"(?P<day>[^:]*?[^:\s]),?[T\s]\s?(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?:\s?[AaPp]\.?[Mm]\.?)?|[0-9]{6}(?=$))"
    r"\s?(?P<offset>Z|(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?|UTC|GMT)?",
    re.IGNORECASE,
)
_COMPACT_CLOCK: Final = re.compile(r"0|([0-9]{1,2})([0-9]{2})([0-9]{2})?")
_COMPACT_MOMENT: Final = re.compile(r"[0-9]{8}\s[0-9]{6}")
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_UNIX_EPOCH: Final = date(1970, 1, 1)
MAX_ODD_SHARE: Final = 0.2
"""With a larger share of times of day a column holds moments, not dates."""
_EARLIEST_SERIAL_DATE: Final = date(1954, 1, 1)
"""Serial numbers of earlier dates are not read as dates."""


# ---- numbers


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """The numbers of a column and their format.

    Attributes:
        values: (n,), NaN where the cell is empty or marked as missing.
        decimal: the decimal mark; empty where there is none.
        grouped: a cell with a thousands separator; empty where there is none.
        missing_mark: a cell such as n/a; empty where there is none.
        n_missing: the number of such cells.
    """

    values: Floats
    decimal: str = ""
    grouped: str = ""
    missing_mark: str = ""
    n_missing: int = 0


def read_number_column(cells: Sequence[str]) -> NumberColumn:
    """Read the numbers of a column; the caller checks for infinite and negative ones.

    Raises:
        CellError: for the first cell that is no number or could be two different ones.
    """
    missing = [
        cell for cell in cells if not cell[:1].isdigit() and cell.casefold() in _MISSING_MARKS
    ]
    if missing:
        cells = ["" if cell.casefold() in _MISSING_MARKS else cell for cell in cells]
    plain, decimal, grouped = _to_plain_numbers(cells)
    values = np.array([float(cell) if cell else np.nan for cell in plain])
    return NumberColumn(values, decimal, grouped, missing[0] if missing else "", len(missing))


def is_number_like(cell: str) -> bool:
    """Whether a cell holds something that begins as a number, well written or not."""
    return cell.lstrip("+-. ")[:1].isdigit()


def has_number(cells: Sequence[str]) -> bool:
    """Whether a cell holds a number, or something that begins as one."""
    return any(map(is_number_like, cells))


def find_ambiguous_thousands(cells: Sequence[str]) -> str:
    """The first cell, where all have a single point before three digits, as 1.234."""
    filled = [cell for cell in cells if cell and cell.casefold() not in _MISSING_MARKS]
    return filled[0] if filled and all(map(_THOUSANDS_OR_THOUSANDTHS.fullmatch, filled)) else ""


def _to_plain_numbers(cells: Sequence[str]) -> tuple[Sequence[str], str, str]:
    """The cells with a point for decimals and no groups, the decimal mark, a grouped cell."""
    odd = next(
        (k for k, cell in enumerate(cells) if cell and not _PLAIN_NUMBER.fullmatch(cell)), None
    )
    if odd is None:
        return cells, "." if any("." in cell for cell in cells) else "", ""
    blank = next((cell for cell in cells if _BLANK_SEPARATOR.search(cell)), "")
    if blank:
        return _strip_blank_groups(cells, blank)
    both = [k for k, cell in enumerate(cells) if "," in cell and "." in cell]
    if both:
        return _strip_mark_groups(cells, both)
    for index in range(odd, len(cells)):
        cell = cells[index]
        if cell and not _PLAIN_NUMBER.fullmatch(cell) and not _COMMA_DECIMAL.fullmatch(cell):
            raise CellError(index, _invalid_number_reason(cell))
    _reject_mixed_formats(cells)
    _reject_ambiguous_thousands(cells)
    return [cell.replace(",", ".") for cell in cells], ",", ""


def _strip_blank_groups(cells: Sequence[str], blank: str) -> tuple[Sequence[str], str, str]:
    for index, cell in enumerate(cells):
        if cell and not _BLANK_GROUPS.fullmatch(cell) and not _PLAIN_NUMBER.fullmatch(cell):
            raise CellError(index, _invalid_number_reason(cell))
    _reject_mixed_formats(cells)
    decimal = next((mark for mark in ",." if any(mark in cell for cell in cells)), "")
    return [_BLANK_SEPARATOR.sub("", cell).replace(",", ".") for cell in cells], decimal, blank


def _strip_mark_groups(cells: Sequence[str], both: list[int]) -> tuple[Sequence[str], str, str]:
    """Cells of which some hold a comma and a point: the later mark is the decimal one."""
    marks = ["," if cells[k].rindex(",") > cells[k].rindex(".") else "." for k in both]
    if len(set(marks)) > 1:
        conflict = marks.index("." if marks[0] == "," else ",")
        raise CellError(both[conflict], _mixed_format_reason(cells, both[conflict], both[0]))
    decimal = marks[0]
    group = "." if decimal == "," else ","
    form = _MARK_GROUPS[f"[{group}]"]
    for index, cell in enumerate(cells):
        if cell and not form.fullmatch(cell):
            raise CellError(index, _invalid_number_reason(cell))
    plain = [cell.replace(group, "").replace(decimal, ".") for cell in cells]
    return plain, decimal, cells[both[0]]


def _reject_mixed_formats(cells: Sequence[str]) -> None:
    comma = next((k for k, cell in enumerate(cells) if "," in cell), None)
    point = next((k for k, cell in enumerate(cells) if "." in cell), None)
    if comma is not None and point is not None:
        later, other = max(comma, point), min(comma, point)
        raise CellError(later, _mixed_format_reason(cells, later, other))


def _mixed_format_reason(cells: Sequence[str], later: int, other: int) -> str:
    return _(
        "'{cell}' and '{other}' (row {row}) write decimals in two ways; use a point in all rows",
        cell=display_text(cells[later]),
        other=display_text(cells[other]),
        row=other + 1,
    )


def _reject_ambiguous_thousands(cells: Sequence[str]) -> None:
    comma = next(k for k, cell in enumerate(cells) if "," in cell)
    if all(_THOUSANDS_OR_DECIMALS.fullmatch(cell) for cell in cells if "," in cell):
        cell = display_text(cells[comma])
        whole, point_form = cell.replace(",", ""), cell.replace(",", ".")
        reason = _(
            "'{cell}' can be {whole} or {point_form}; write which, without a comma",
            cell=cell,
            whole=whole,
            point_form=point_form,
        )
        raise CellError(comma, reason)


def _invalid_number_reason(cell: str) -> str:
    shown = display_text(cell)
    if cell.casefold().lstrip("+-") in _INFINITY_MARKS:
        return _("'{cell}' is not finite; correct it, or leave the cell empty", cell=shown)
    return _("'{cell}' is not a number; write it like 92.5", cell=shown)


# ---- dates and moments


@dataclass(frozen=True, slots=True)
class DateColumn:
    """The dates or moments of a column, as written.

    Attributes:
        days: the dates, datetime64[D], (n,).
        seconds: seconds since the midnight of that date, (n,); None where no time is written.
        offsets: seconds east of UTC, (n,); None where no offset is written.
        notes: for the user, about the reading.
        odd: rows with a time of day in a column of dates, (k,).
    """

    days: Days
    seconds: Ints | None = None
    offsets: Ints | None = None
    notes: tuple[str, ...] = ()
    odd: tuple[int, ...] = ()


def read_date_index(index: pd.DatetimeIndex) -> DateColumn:
    """The dates, times of day and offsets of an index; without times where all are midnight."""
    local = index.tz_localize(None)
    days = local.to_numpy().astype("datetime64[D]")
    seconds = (local.to_numpy().astype("datetime64[s]") - days).astype(np.int64)
    if index.tz is None:
        return DateColumn(days, seconds if seconds.any() else None)
    offsets = (local - index.tz_convert("UTC").tz_localize(None)).to_numpy()
    return DateColumn(days, seconds, offsets.astype("timedelta64[s]").astype(np.int64))


def read_date_column(
    cells: Sequence[str], order: RateDateOrder = "", today: date | None = None
) -> DateColumn:
    """Read the dates or moments of a column.

    Args:
        cells: trimmed cells.
        order: which comes first in 03/04/2025; empty where the column has to prove it.
        today: serial numbers of later dates are not read as dates.

    Raises:
        CellError: for the first cell that is no date, or could be two.
    """
    days = _parse_iso_dates(cells)
    if days is not None:
        return DateColumn(days)
    if all(map(_UNIX_TIME.fullmatch, cells)):
        return _parse_unix_times(cells, today or date.max)
    if all(map(_EXCEL_SERIAL.fullmatch, cells)):
        return _parse_excel_serials(cells, today or date.max)
    if any(":" in cell for cell in cells) or all(map(_COMPACT_MOMENT.fullmatch, cells)):
        return (
            _parse_iso_moments(cells)
            or _parse_dates_with_odd_times(cells, order)
            or _parse_moments(cells, order)
        )
    days, notes = _parse_dates(cells, order)
    return DateColumn(days, notes=notes)


def with_times(dates: DateColumn, clocks: Sequence[str]) -> DateColumn:
    """The dates of a column with the times of another.

    Raises:
        CellError: for the first cell that is no time of day.
    """
    seconds_by_text = {clock: _seconds_of_day(clock) for clock in dict.fromkeys(clocks)}
    for index, clock in enumerate(clocks):
        if seconds_by_text[clock] is None:
            reason = _("is empty; write it as 10:05")
            if clock:
                cell = display_text(clock)
                reason = _("'{cell}' is no time of day; write it as 10:05", cell=cell)
            raise CellError(index, reason)
    seconds = np.array([seconds_by_text[clock] for clock in clocks], dtype=np.int64)
    return DateColumn(dates.days, seconds, None, dates.notes)


def _parse_iso_moments(cells: Sequence[str]) -> DateColumn | None:
    """The moments where every cell is an existing ISO moment, all in UTC or none; else None."""
    if not all(map(_ISO_MOMENT.fullmatch, cells)):
        return None
    in_utc = [cell.endswith("Z") for cell in cells]
    if any(in_utc) != all(in_utc):
        return None
    try:
        moments = np.array([cell.rstrip("Z") for cell in cells], dtype="datetime64[s]")
    except ValueError:
        return None
    days = moments.astype("datetime64[D]")
    first, last = np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR}-12-31")
    if not bool(np.all((days >= first) & (days <= last))):
        return None
    seconds = (moments - days.astype("datetime64[s]")).astype(np.int64)
    return DateColumn(days, seconds, np.zeros_like(seconds) if all(in_utc) else None)


def _parse_dates_with_odd_times(cells: Sequence[str], order: RateDateOrder) -> DateColumn | None:
    """The dates of a column in which a few cells have a time of day; None for other columns.

    A live quote below the closes of a download is such a cell.
    """
    odd = tuple(k for k, cell in enumerate(cells) if ":" in cell)
    if not len(odd) < max(len(cells) * MAX_ODD_SHARE, 2) <= len(cells) - 1:
        return None
    parts = (_MOMENT.fullmatch(cell) for cell in cells)
    days = [match["day"] if match else cell for match, cell in zip(parts, cells, strict=True)]
    read, notes = _parse_dates(days, order)
    return DateColumn(read, notes=notes, odd=odd)


def _parse_moments(cells: Sequence[str], order: RateDateOrder) -> DateColumn:
    matches = [_MOMENT.fullmatch(cell) for cell in cells]
    for index, match in enumerate(matches):
        if match is None:
            raise CellError(index, _invalid_moment_reason(cells[index]))
    parts = [(m["day"], m["clock"], m["offset"] or "") for m in matches if m]
    texts = [day for day, _, _ in parts]
    unique = list(dict.fromkeys(texts))
    try:
        days, notes = _parse_dates(unique, order)
    except CellError as error:
        raise CellError(texts.index(unique[error.index]), error.reason) from None
    place = {text: k for k, text in enumerate(unique)}
    dated = DateColumn(days[[place[text] for text in texts]], notes=notes)
    clocked = with_times(dated, [clock for _, clock, _ in parts])
    return DateColumn(dated.days, clocked.seconds, _parse_offsets(cells, parts), notes)


def _parse_offsets(cells: Sequence[str], parts: Sequence[tuple[str, str, str]]) -> Ints | None:
    texts = [offset for _, _, offset in parts]
    if not any(texts):
        return None
    if not all(texts):
        index = next(k for k, text in enumerate(texts) if not text)
        reason = _(
            "'{cell}' has no offset from UTC, other rows have; write it",
            cell=display_text(cells[index]),
        )
        raise CellError(index, reason)
    known = {text: _parse_offset(text) for text in dict.fromkeys(texts)}
    for index, text in enumerate(texts):
        if known[text] is None:
            raise CellError(
                index,
                _(
                    "'{text}' is no offset from UTC; write moments in UTC, as 07:05Z",
                    text=display_text(text),
                ),
            )
    return np.array([known[text] for text in texts], dtype=np.int64)


def _parse_offset(text: str) -> int | None:
    text = text.upper().removeprefix("UTC").removeprefix("GMT")
    if text in {"", "Z"}:
        return 0
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        return None
    return (3600 * hours + 60 * minutes) * (-1 if text[0] == "-" else 1)


def _seconds_of_day(clock: str) -> int | None:
    match = TIME_OF_DAY.fullmatch(to_24_hour_time(clock)) or _COMPACT_CLOCK.fullmatch(clock)
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    return 3600 * hours + 60 * minutes + seconds


def _invalid_moment_reason(cell: str) -> str:
    if not cell:
        return _("is empty; write a date and a time: 2024-12-31 10:05")
    shown = display_text(cell)
    if ":" in cell:
        return _("'{cell}' is no date with a time of day; write it as 2024-12-31 10:05", cell=shown)
    return _(
        "'{cell}' has no time of day, other rows have; write it as 2024-12-31 10:05", cell=shown
    )


def _parse_unix_times(cells: Sequence[str], today: date) -> DateColumn:
    whole = [cell.partition(".")[0] for cell in cells]
    stamps = np.array([_UNIX_TIME.fullmatch(cell)[1] for cell in whole], dtype=np.int64)  # type: ignore[index]
    days, seconds = stamps // 86_400, stamps % 86_400
    latest = (min(today, date(LAST_YEAR, 1, 1)) - _UNIX_EPOCH).days + 366
    for index in np.flatnonzero((days > latest) | (stamps < 10**8))[:1].tolist():
        reason = _(
            "'{cell}' is not a date; write it as 2024-12-31 10:05",
            cell=display_text(cells[index]),
        )
        raise CellError(index, reason)
    first = _UNIX_EPOCH + timedelta(days=int(days[0]))
    unit = _UNIX_UNITS.get(len(whole[0]), "seconds")
    note = _(
        "{unit} since 1970 in UTC were read, {cell} as {day}", unit=unit, cell=cells[0], day=first
    )
    zeros = np.zeros(len(stamps), dtype=np.int64)
    return DateColumn(days.astype("datetime64[D]"), seconds, zeros, (note,))


def _parse_excel_serials(cells: Sequence[str], today: date) -> DateColumn:
    latest = min(today, date(LAST_YEAR, 1, 1)) + timedelta(days=366)
    days: list[date] = []
    for index, cell in enumerate(cells):
        number, fraction = _EXCEL_SERIAL.fullmatch(cell).groups()  # type: ignore[union-attr]
        meant = _EXCEL_EPOCH + timedelta(days=int(number))
        if fraction and int(fraction):
            reason = _(
                "'{cell}' looks like Excel's number for {meant} with a time of day; format the "
                "column as 2024-12-31 10:05",
                cell=display_text(cell),
                meant=meant,
            )
            raise CellError(index, reason)
        if not _EARLIEST_SERIAL_DATE <= meant <= latest:
            reason = _(
                "'{cell}' looks like Excel's number for {meant}; format the column as 2024-12-31",
                cell=display_text(cell),
                meant=meant,
            )
            raise CellError(index, reason)
        days.append(meant)
    note = _(
        "Excel's numbers of days were read, {cell} as {day}; where the workbook counts "
        "from 1904, format the column as 2024-12-31",
        cell=cells[0],
        day=days[0],
    )
    return DateColumn(np.array(days, dtype="datetime64[D]"), notes=(note,))


def _parse_iso_dates(cells: Sequence[str]) -> Days | None:
    """The days where every cell is an existing ISO date; else None."""
    if not all(map(_ISO_DATE.fullmatch, cells)):
        return None
    try:
        days = np.array(cells, dtype="datetime64[D]")
    except ValueError:
        return None
    first, last = np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR}-12-31")
    return days if bool(np.all((days >= first) & (days <= last))) else None


def _parse_dates(cells: Sequence[str], order: RateDateOrder) -> tuple[Days, tuple[str, ...]]:
    days = _parse_iso_dates(cells)
    if days is not None:
        return days, ()
    ordered = resolve_day_order(cells, order or None)
    read: list[date] = []
    for index, cell in enumerate(ordered.cells):
        if index in ordered.wrong:
            remedy = "dates" if cell == ordered.ambiguous_cell else ""
            raise CellError(index, ordered.wrong[index], remedy)
        try:
            read.append(parse_day(_month_name_to_iso(cell)))
        except ValueError as error:
            raise CellError(index, _invalid_date_reason(cell, str(error))) from None
    return np.array(read, dtype="datetime64[D]"), (ordered.message,) if ordered.message else ()


def _month_name_to_iso(cell: str) -> str:
    """The date as ISO where its month has a name; else the cell unchanged."""
    named, first = _DAY_AND_MONTH_NAME.fullmatch(cell), _MONTH_NAME_AND_DAY.fullmatch(cell)
    name, day, year = (
        (named[2], named[1], named[3]) if named else first.groups() if first else ("", "", "")
    )
    number = MONTH_NUMBERS.get(name.casefold())
    return f"{year}-{number:02d}-{day.zfill(2)}" if number else cell


def _invalid_date_reason(cell: str, reason: str) -> str:
    if _TWO_DIGIT_YEAR.fullmatch(cell):
        return _(
            "'{cell}' has a year of two digits; write it as 2024-12-31", cell=display_text(cell)
        )
    return reason
