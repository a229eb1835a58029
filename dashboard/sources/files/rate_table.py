"""Tables of rates: observation times, order and duplicates of rows, plausibility of the numbers.

A file of dates is known at the end of each date. One with a moment a day is known at that moment.
One with several moments a day holds bars, whose length is the most common step; a bar is known when
it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW
from dashboard.models.publication import END_OF_DAY, IMPORTED_BAR, IMPORTED_MOMENT
from dashboard.models.series import Days, Floats, Ints, Moments
from dashboard.models.user_files import RateFileOptions
from dashboard.sources.files.delimited_file import TextTable
from dashboard.sources.files.text import CellError, display_text
from dashboard.sources.files.typed_columns import (
    DateColumn,
    NumberColumn,
    find_ambiguous_thousands,
    read_number_column,
)

# ------------------------------------------------------------
# The rates of a table: a column of numbers each, checked against what a rate can be.


JUMP_RATIO: Final = 8.0
"""A rate this many times its neighbour is told: a change of unit, or a slip of decimals."""


def read_rate_columns(
    table: TextTable, columns: Sequence[str]
) -> tuple[dict[str, NumberColumn], list[str]]:
    """The numbers of columns, and what a person should know about how they were written.

    Raises:
        InputError: a cell is no rate, or the columns write decimals in two ways.
    """
    found = {column: read_rate_column(table, column) for column in columns}
    _reject_mixed_decimals(table, found)
    return found, list(_number_format_messages(table, found))


def read_rate_column(table: TextTable, column: str) -> NumberColumn:
    """The numbers of a column, all above zero or missing.

    Raises:
        InputError: a cell is no rate, or none is one.
    """
    cells = table.column(column)
    try:
        found = read_number_column(cells)
    except CellError as error:
        raise cell_error(table, error, column) from None
    rate = found.values
    missing = np.isnan(rate)
    if missing.all():
        msg = f"{table.name}, column {display_text(column)}: holds no number; fill or remove the column"
        raise InputError(msg)
    bad = np.flatnonzero(~missing & ~((rate > 0) & np.isfinite(rate)))
    if len(bad):
        row = int(bad[0])
        why = "is too large" if rate[row] > 0 else "is not above zero"
        reason = (
            f"'{display_text(cells[row])}' {why}, so it is no rate; correct it or leave it empty"
        )
        raise cell_error(table, CellError(row, reason), column)
    return found


def cell_error(table: TextTable, error: CellError, column: str) -> InputError:
    """The error of a cell with its place in the file."""
    return InputError(f"{table.place(error.index, column)}: {error.reason}")


def jump_messages(table: TextTable, column: str, rate: Floats, order: Ints) -> Iterator[str]:
    """The first number many times its neighbour, which is seldom meant."""
    rows = order[~np.isnan(rate[order])]
    change = np.abs(np.log(rate[rows][1:] / rate[rows][:-1]))
    far = np.flatnonzero(change > np.log(JUMP_RATIO))
    if len(far):
        row, before = int(rows[far[0] + 1]), int(rows[far[0]])
        more = f" (and {len(far) - 1:,} more jumps)" if len(far) > 1 else ""
        yield (
            f"{table.place(row, column)}: {rate[row]:g} is {_format_ratio(rate[row] / rate[before])}"
            f" {rate[before]:g} on line {table.lines[before]}{more}; check the unit and the"
            " decimals"
        )


def _format_ratio(ratio: float) -> str:
    size = max(ratio, 1 / ratio)
    power = 10.0 ** round(np.log10(size))
    said = f"{power:,.0f}" if abs(size / power - 1) < 0.005 and power > 1 else f"{size:,.3g}"
    said = f"{size:,.0f}" if "e" in said else said
    return f"{said} times" if ratio > 1 else f"1/{said} of"


def _number_format_messages(table: TextTable, found: dict[str, NumberColumn]) -> Iterator[str]:
    commas = [name for name, column in found.items() if column.decimal == ","]
    if commas:
        where = f"{table.name}, column {display_text(', '.join(commas))}"
        yield f"{where}: decimal commas were read (92,5 as 92.5)"
    for name, column in found.items():
        where = f"{table.name}, column {display_text(name)}"
        if column.grouped:
            yield f"{where}: thousands separators were read ('{display_text(column.grouped)}')"
        if column.missing_mark:
            cells = "1 cell" if column.n_missing == 1 else f"{column.n_missing:,} cells"
            yield f"{where}: {cells} such as '{display_text(column.missing_mark)}' were taken as missing"
    if table.delimiter == ";":
        for name in found:
            cell = find_ambiguous_thousands(table.column(name))
            if cell:
                whole, rest = cell.split(".")
                yield (
                    f"{table.name}, column {display_text(name)}: {cell} was read as {whole} and {rest}"
                    f" thousandths; where it means {whole}{rest}, remove the point"
                )


def _reject_mixed_decimals(table: TextTable, found: dict[str, NumberColumn]) -> None:
    comma = next((name for name, column in found.items() if column.decimal == ","), None)
    point = next((name for name, column in found.items() if column.decimal == "."), None)
    if comma is None or point is None:
        return
    cells = table.column(point)
    row = next(k for k, cell in enumerate(cells) if "." in cell.strip("."))
    reason = (
        f"'{display_text(cells[row])}' has a decimal point, column {display_text(comma)} decimal commas;"
        " use a point in all columns"
    )
    raise cell_error(table, CellError(row, reason), point)


# ------------------------------------------------------------
# The clock of a person's own file: dates known at the end of the day, or bars with moments.
#
# A file that prints a date is known at the end of it. One that prints a moment a day is known at
# that moment. One that prints several moments a day holds bars, whose length is the step that
# comes most often; a bar is known when it ends, which the stamp says or is added to it.


SECONDS_PER_DAY: Final = 86_400
SECONDS_PER_MINUTE: Final = 60
EXAMPLE_MOMENT: Final = "2026-09-01T07:05Z"


@dataclass(frozen=True, eq=False, slots=True)
class RowTimes:
    """When each row is, one key a row, before rows are sorted.

    Attributes:
        key: the date, or the moment in UTC, (n,), datetime64[D] or datetime64[s].
        day: the market day, (n,), datetime64[D]: in the zone told, else in Moscow.
        has_clock: whether there are times of day.
        notes: what a person should know about the reading.
    """

    key: Moments
    day: Days
    has_times: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class ObservationTimes:
    """The moments of the rows that are kept, ascending, and the date rule they follow."""

    record: Days
    day: Days
    opens: Moments
    known_at: Moments
    rule: str
    bar_minutes: int = 0
    notes: tuple[str, ...] = ()


def check_zone(zone: str) -> None:
    """Refuse a zone that the databases do not know.

    Raises:
        InputError: with what to write instead.
    """
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        msg = "is no time zone; write one as Europe/Moscow"
        raise InputError(msg, field="zone", value=zone) from None


def assign_row_times(dates: DateColumn, zone: str) -> RowTimes:
    """What a column says about when each row is.

    Raises:
        BadCell: a time of day has no zone, or does not exist in it or comes twice.
    """
    notes = dates.notes
    if dates.seconds is None:
        return RowTimes(dates.days, dates.days, has_times=False, notes=notes)
    if not dates.seconds.any():
        told = ("every time is midnight; read as dates",) if dates.offsets is not None else ()
        return RowTimes(dates.days, dates.days, has_times=False, notes=(*notes, *told))
    local = dates.days.astype("datetime64[s]") + dates.seconds.astype("timedelta64[s]")
    if dates.offsets is None:
        if not zone:
            said = str(local[0]).replace("T", " ")[:16]
            reason = f"'{said}' has no zone; say its time zone on import, as Europe/Moscow, or write it as {EXAMPLE_MOMENT}"
            raise CellError(0, reason)
        return RowTimes(_local_to_utc(local, zone), dates.days, has_times=True, notes=notes)
    moment = local - dates.offsets.astype("timedelta64[s]")
    there = _utc_to_local(moment, zone or MOSCOW)
    day = there.astype("datetime64[D]")
    if bool(np.all(there == day)):
        note = f"every time is midnight in {zone or MOSCOW}; read as dates"
        return RowTimes(day, day, has_times=False, notes=(*notes, note))
    return RowTimes(moment, day, has_times=True, notes=notes)


def build_observation_times(
    stamped: RowTimes, rows: Ints, reading: RateFileOptions
) -> ObservationTimes:
    """The clock of the rows kept, in ascending order of their keys and without a key twice.

    Raises:
        BadCell: two bars lie closer than a bar is long; the index is that of the row.
    """
    key, day = stamped.key[rows], stamped.day[rows]
    if not stamped.has_times:
        market_day, opens, known_at = END_OF_DAY.clock(key)
        return ObservationTimes(key, market_day, opens, known_at, END_OF_DAY.id)
    if len(np.unique(day)) == len(day):
        return ObservationTimes(day, day, key, key, IMPORTED_MOMENT.id)
    seconds = _bar_length_seconds(key, rows)
    length = np.timedelta64(seconds, "s")
    minutes = seconds // SECONDS_PER_MINUTE
    notes: tuple[str, ...] = ()
    if not reading.stamps:
        notes = (
            f"bars of {_format_minutes(minutes)}, taken to be stamped when they begin: each is known"
            f" {_format_minutes(minutes)} after its stamp; say on import whether a stamp is the begin or the end of a bar",
        )
    if reading.stamps == "end":
        return ObservationTimes(day, day, key - length, key, IMPORTED_BAR.id, minutes)
    known_at = key + length - np.timedelta64(1, "s")
    return ObservationTimes(day, day, key, known_at, IMPORTED_BAR.id, minutes, notes)


def most_common_step(key: Moments) -> int:
    """The step between moments that comes most often, the shorter of two."""
    steps = np.diff(key).astype("timedelta64[s]").astype(np.int64)
    lengths, counts = np.unique(steps, return_counts=True)
    return int(lengths[np.argmax(counts)])


def _bar_length_seconds(key: Moments, rows: Ints) -> int:
    """The length of a bar in whole minutes, where no two bars lie closer than that."""
    seconds = most_common_step(key)
    if seconds < SECONDS_PER_MINUTE or seconds % SECONDS_PER_MINUTE:
        reason = (
            f"the times lie {seconds} seconds apart; bars of at least a minute, and of whole"
            " minutes, are read"
        )
        raise CellError(int(rows[0]), reason)
    steps = np.diff(key).astype("timedelta64[s]").astype(np.int64)
    close = np.flatnonzero(steps < seconds)
    if len(close):
        reason = (
            f"comes {steps[close[0]] / SECONDS_PER_MINUTE:g} minutes after the bar before, and most bars are"
            f" {_format_minutes(seconds // SECONDS_PER_MINUTE)}; correct it, or make bars of one length"
        )
        raise CellError(int(rows[close[0] + 1]), reason)
    return seconds


def _format_minutes(minutes: int) -> str:
    if minutes == 1:
        return "1 minute"
    return f"{minutes} minutes" if minutes < 60 or minutes % 60 else _format_hours(minutes // 60)


def _format_hours(hours: int) -> str:
    return "1 hour" if hours == 1 else f"{hours} hours"


def _local_to_utc(local: Moments, zone: str) -> Moments:
    """Local times as moments; an hour that comes twice must be there twice.

    Raises:
        BadCell: a time that summer time leaves out, or one that could be two moments.
    """
    falls = bool(len(local) > 1 and local[0] > local[-1])
    forward = local[::-1] if falls else local
    index = pd.DatetimeIndex(forward)
    try:
        zoned = index.tz_localize(zone, ambiguous="infer", nonexistent="raise")
    except ValueError:
        told = index.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        missing = np.flatnonzero(told.isna())
        if not len(missing):
            raise
        row = len(local) - 1 - int(missing[-1]) if falls else int(missing[0])
        raise CellError(row, _invalid_local_time_reason(local[row], zone)) from None
    utc = zoned.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")
    return utc[::-1] if falls else utc


def _invalid_local_time_reason(local: np.datetime64, zone: str) -> str:
    said = str(local).replace("T", " ")[:16]
    index = pd.DatetimeIndex([local])
    skipped = index.tz_localize(zone, ambiguous=np.array([True]), nonexistent="NaT").isna()[0]
    if skipped:
        return f"'{said}' is left out by summer time in {zone}; correct it or the zone"
    return f"'{said}' comes twice that night in {zone}; write moments as {EXAMPLE_MOMENT}"


def _utc_to_local(moment: Moments, zone: str) -> Moments:
    there = pd.DatetimeIndex(moment).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return there.to_numpy().astype("datetime64[s]")


# ------------------------------------------------------------
# The rows of a table of rates: in order, each once, and what is odd about their days.


DATE_COLUMN: Final = "date"
LONG_GAP_DAYS: Final = 31


def utc_today() -> date:
    """The calendar day in UTC."""
    return datetime.now(UTC).date()


def sort_rows(
    table: TextTable, stamped: RowTimes, rates: dict[str, Floats], notes: list[str]
) -> Ints:
    """The rows to keep, ascending; the same row twice is kept once.

    Raises:
        InputError: a date has two different rates.
    """
    key = stamped.key
    order = np.argsort(key, kind="stable")
    if np.any(order[1:] < order[:-1]):
        notes.append(f"{table.name}: the dates were not in ascending order and were sorted")
    same = np.flatnonzero(key[order][1:] == key[order][:-1])
    if not len(same):
        return order
    first, second = order[same], order[same + 1]
    differs = np.zeros(len(same), dtype=bool)
    for rate in rates.values():
        one, other = rate[first], rate[second]
        differs |= (one != other) & ~(np.isnan(one) & np.isnan(other))
    if differs.any():
        at = int(np.flatnonzero(differs)[0])
        reason = (
            f"{_format_key(key[second[at]])} is already on line {table.lines[int(first[at])]} with"
            " another rate; keep one of the two rows"
        )
        raise cell_error(table, CellError(int(second[at]), reason), DATE_COLUMN)
    rows = "1 row" if len(same) == 1 else f"{len(same):,} rows"
    notes.append(
        f"{table.place(int(second[0]), DATE_COLUMN)}: {_format_key(key[second[0]])} is there twice with the"
        f" same rate (line {table.lines[int(first[0])]}); {rows} like this left out"
    )
    return np.delete(order, same + 1)


def _format_key(key: np.datetime64) -> str:
    return str(key).replace("T", " ")


def gap_messages(table: TextTable, clock: ObservationTimes) -> Iterator[str]:
    """The longest stretch without a row, where it is unusually long."""
    apart = np.diff(clock.day).astype(int)
    if not len(apart):
        return
    long = np.flatnonzero(apart > max(LONG_GAP_DAYS, 10 * int(np.median(apart))))
    if len(long):
        k = int(long[np.argmax(apart[long])])
        count = f"{len(long)} gaps longer than a month, the longest" if len(long) > 1 else "a gap"
        first, last = clock.day[k], clock.day[k + 1]
        yield f"{table.name}: {count} from {first} to {last}; no move is made up for it"


def future_date_messages(table: TextTable, clock: ObservationTimes, order: Ints) -> Iterator[str]:
    """Rows after tomorrow: an official rate is printed a day ahead, none later."""
    late = np.flatnonzero(clock.day > np.datetime64(utc_today() + timedelta(days=1)))
    if len(late):
        rows = "1 row is" if len(late) == 1 else f"{len(late):,} rows are"
        yield (
            f"{table.place(int(order[late[0]]), DATE_COLUMN)}: {clock.day[late[0]]} is still to come,"
            f" {rows}; a forecast is no rate, check the dates"
        )
