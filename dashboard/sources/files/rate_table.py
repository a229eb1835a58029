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
from dashboard.models.messages import (
    at_place,
    deferred,
    join_and,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.publication import END_OF_DAY, IMPORTED_BAR, IMPORTED_MOMENT
from dashboard.models.series import Bools, Days, Floats, Ints, Moments
from dashboard.models.user_files import RateFileOptions
from dashboard.sources.files.delimited_file import TextTable
from dashboard.sources.files.text import CellError, display_text
from dashboard.sources.files.typed_columns import (
    MAX_ODD_SHARE,
    DateColumn,
    NumberColumn,
    find_ambiguous_thousands,
    read_number_column,
)

LONG_GAP_DAYS: Final = 31
_ONE_DAY: Final = np.timedelta64(86_400, "s")
_MIDNIGHT_ZONES: Final = ("Europe/London", "Europe/Berlin", "America/New_York")
"""Publishers stamp days with midnight there; two clocks of UTC have to prove it."""
_DAY_TURNS: Final = (
    ("America/New_York", 17), ("UTC", 0), (MOSCOW, 0), *((zone, 0) for zone in _MIDNIGHT_ZONES),
    ("Asia/Tokyo", 0), ("Asia/Shanghai", 0),
)  # fmt: skip
_STEPS: Final = (
    (6, 8, deferred("week")), (28, 31, deferred("month")), (88, 95, deferred("quarter")),
    (360, 370, deferred("year")),
)  # fmt: skip
_WEEKDAYS: Final = (
    deferred("Mondays"), deferred("Tuesdays"), deferred("Wednesdays"), deferred("Thursdays"),
    deferred("Fridays"), deferred("Saturdays"), deferred("Sundays"),
)  # fmt: skip
_SATURDAY, _SUNDAY = 5, 6
MIN_SPACED_ROWS: Final = 3
FILLED_SHARE: Final = 0.8
SECONDS_PER_MINUTE: Final = 60
EXAMPLE_MOMENT: Final = "2026-09-01T07:05Z"
JUMP_RATIO: Final = 8.0
"""A rate this many times its neighbour is reported: a change of unit, or a misplaced decimal."""


# ---- columns of rates


def read_rate_columns(
    table: TextTable, columns: Sequence[str], *, is_price: bool = True
) -> tuple[dict[str, NumberColumn], list[str]]:
    """The numbers of columns, and messages for the user about their formats.

    Raises:
        InputError: a cell is no rate, or the columns write decimals in two ways.
    """
    numbers = {column: read_rate_column(table, column, is_price=is_price) for column in columns}
    _reject_mixed_decimals(table, numbers)
    return numbers, list(_number_format_messages(table, numbers))


def read_rate_column(table: TextTable, column: str, *, is_price: bool = True) -> NumberColumn:
    """The numbers of a column, missing or finite, and of a price above zero.

    Raises:
        InputError: a cell is no rate, or none is one.
    """
    cells = table.column(column)
    try:
        numbers = read_number_column(cells)
    except CellError as error:
        raise cell_error(table, error, column) from None
    rate = numbers.values
    missing = np.isnan(rate)
    if missing.all():
        msg = _(
            "{place}: holds no number; fill it, or choose another column on import",
            place=table.column_place(column),
        )
        raise InputError(msg)
    bad = np.flatnonzero(~missing & ~(((rate > 0) | (not is_price)) & np.isfinite(rate)))
    if len(bad):
        row = int(bad[0])
        message = deferred(
            "'{cell}' is not above zero, so it is no rate; correct it, leave it empty, or say on"
            " import that the numbers are odds, a tone or an index"
        )
        if not np.isfinite(rate[row]):
            message = deferred(
                "'{cell}' is too large, so it is no rate; correct it or leave it empty"
            )
        reason = translate_deferred(message, cell=display_text(cells[row]))
        remedy = "kind" if np.isfinite(rate[row]) else ""
        raise cell_error(table, CellError(row, reason, remedy), column)
    return numbers


def cell_error(table: TextTable, error: CellError, column: str) -> InputError:
    """The error of a cell with its place in the file."""
    place = table.place(error.index, column)
    return InputError(at_place(place, error.reason), remedy=error.remedy)


def jump_messages(table: TextTable, column: str, rate: Floats, order: Ints) -> Iterator[str]:
    """A message about the first rate many times its neighbour, which is seldom meant."""
    rows = order[~np.isnan(rate[order])]
    change = np.abs(np.log(rate[rows][1:] / rate[rows][:-1]))
    far = np.flatnonzero(change > np.log(JUMP_RATIO))
    if len(far):
        row, before = int(rows[far[0] + 1]), int(rows[far[0]])
        is_up, is_only = bool(rate[row] > rate[before]), len(far) == 1
        yield translate_deferred(
            _JUMP_MESSAGES[is_up, is_only],
            place=table.place(row, column),
            rate=rate[row],
            ratio=_format_ratio(rate[row] / rate[before]),
            before=rate[before],
            line=table.lines[before],
            more=len(far) - 1,
        )


_JUMP_MESSAGES: Final = {
    (True, True): deferred(
        "{place}: {rate:g} is {ratio} times {before:g} on line {line}; check the unit and the"
        " decimals"
    ),
    (True, False): deferred(
        "{place}: {rate:g} is {ratio} times {before:g} on line {line} (and {more:,} more jumps);"
        " check the unit and the decimals"
    ),
    (False, True): deferred(
        "{place}: {rate:g} is 1/{ratio} of {before:g} on line {line}; check the unit and the"
        " decimals"
    ),
    (False, False): deferred(
        "{place}: {rate:g} is 1/{ratio} of {before:g} on line {line} (and {more:,} more jumps);"
        " check the unit and the decimals"
    ),
}
"""By whether the rate goes up, and whether it is the only jump."""


def _format_ratio(ratio: float) -> str:
    """How many times the larger of two rates is the smaller."""
    size = max(ratio, 1 / ratio)
    power = 10.0 ** round(np.log10(size))
    text = f"{power:,.0f}" if abs(size / power - 1) < 0.005 and power > 1 else f"{size:,.3g}"
    return f"{size:,.0f}" if "e" in text else text


def _number_format_messages(table: TextTable, numbers: dict[str, NumberColumn]) -> Iterator[str]:
    commas = [name for name, column in numbers.items() if column.decimal == ","]
    if commas:
        place = table.column_place(", ".join(commas))
        yield _("{place}: decimal commas were read (92,5 as 92.5)", place=place)
    for name, column in numbers.items():
        place = table.column_place(name)
        if column.grouped:
            yield _(
                "{place}: thousands separators were read ('{cell}')",
                place=place,
                cell=display_text(column.grouped),
            )
        if column.missing_mark:
            yield plural(
                "{place}: {n} cell such as '{mark}' were taken as missing",
                "{place}: {n:,} cells such as '{mark}' were taken as missing",
                column.n_missing,
                place=place,
                mark=display_text(column.missing_mark),
            )
    if table.delimiter == ";":
        for name in numbers:
            cell = find_ambiguous_thousands(table.column(name))
            if cell:
                whole, rest = cell.split(".")
                yield _(
                    "{place}: {cell} was read as {whole} and {rest} thousandths; "
                    "where it means {whole}{rest}, remove the point",
                    place=table.column_place(name),
                    cell=cell,
                    whole=whole,
                    rest=rest,
                )


def _reject_mixed_decimals(table: TextTable, numbers: dict[str, NumberColumn]) -> None:
    comma = next((name for name, column in numbers.items() if column.decimal == ","), None)
    point = next((name for name, column in numbers.items() if column.decimal == "."), None)
    if comma is None or point is None:
        return
    cells = table.column(point)
    row = next(k for k, cell in enumerate(cells) if "." in cell.strip("."))
    reason = _(
        "'{cells}' has a decimal point, column {comma} decimal commas; use a point in all columns",
        cells=display_text(cells[row]),
        comma=display_text(comma),
    )
    raise cell_error(table, CellError(row, reason), point)


# ---- times of observations


@dataclass(frozen=True, eq=False, slots=True)
class RowTimes:
    """The time of each row, before rows are sorted.

    Attributes:
        key: the date, or the moment in UTC, (n,), datetime64[D] or datetime64[s].
        day: the market day, (n,), datetime64[D]: in the stated zone, else in Moscow.
        has_times: whether there are times of day.
        notes: for the user, about the reading.
        live: rows of the day under way below rows of whole days; they are left out.
        column: the column of the dates.
    """

    key: Moments
    day: Days
    has_times: bool
    notes: tuple[str, ...] = ()
    live: tuple[int, ...] = ()
    column: str = "date"


@dataclass(frozen=True, eq=False, slots=True)
class ObservationTimes:
    """The ascending times of the observations, and their date rule."""

    record: Days
    day: Days
    opens: Moments
    known_at: Moments
    rule: str
    bar_minutes: int = 0
    notes: tuple[str, ...] = ()


def check_zone(zone: str) -> None:
    """Refuse a zone that the tz database does not have.

    Raises:
        InputError: with what to write instead.
    """
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        msg = _("is no time zone; write one as Europe/Moscow")
        raise InputError(msg, field="zone", value=zone) from None


def assign_row_times(dates: DateColumn, zone: str, *, are_quotes: bool = False) -> RowTimes:
    """The times of the rows of a column of dates.

    Args:
        dates: the column.
        zone: of times without an offset; empty: not said.
        are_quotes: whether a moment is one at midnight too, where it has an offset.

    Raises:
        CellError: a time of day has no zone, or does not exist in it, or is ambiguous.
    """
    if dates.seconds is None:
        return _row_dates(dates, dates.days, np.isin(np.arange(len(dates.days)), dates.odd))
    are_quotes = are_quotes and dates.offsets is not None
    if _are_dates(dates.seconds) and not are_quotes:
        note = _("every time is midnight; read as dates")
        notes = (note,) if dates.offsets is not None else ()
        return _row_dates(dates, dates.days, dates.seconds != 0, notes)
    local = dates.days.astype("datetime64[s]") + dates.seconds.astype("timedelta64[s]")
    if dates.offsets is None:
        if not zone:
            text = str(local[0]).replace("T", " ")[:16]
            reason = _(
                "'{text}' has no zone; say its time zone on import, as Europe/Moscow, or write it "
                "as {example_moment}",
                text=text,
                example_moment=EXAMPLE_MOMENT,
            )
            raise CellError(0, reason, "zone")
        return RowTimes(_local_to_utc(local, zone), dates.days, has_times=True, notes=dates.notes)
    moment = local - dates.offsets.astype("timedelta64[s]")
    for name in () if are_quotes else (zone,) if zone else (MOSCOW, *_MIDNIGHT_ZONES):
        there = _utc_to_local(moment, name)
        seconds = (there - there.astype("datetime64[D]")).astype(np.int64)
        if _are_dates(seconds) and (name in {zone, MOSCOW} or _changes_clock(moment, seconds == 0)):
            notes = (_("every time is midnight in {name}; read as dates", name=name),)
            return _row_dates(dates, there.astype("datetime64[D]"), seconds != 0, notes)
    day = _utc_to_local(moment, zone or MOSCOW).astype("datetime64[D]")
    return RowTimes(moment, day, has_times=True, notes=dates.notes)


def _are_dates(seconds: Ints) -> bool:
    """Whether times of day are midnight, but for a few rows with clocks of their own.

    An hour before or after midnight is the other half of a year with summer time.
    """
    odd = seconds[seconds != 0]
    few = len(odd) < max(len(seconds) * MAX_ODD_SHARE, 2) <= len(seconds) - 1
    has_own_clocks = len(np.unique(odd)) * 2 > len(odd) or len(odd) == 1
    is_shifted = np.isin(odd, (3_600, 82_800)).any()
    return not len(odd) or bool(few and has_own_clocks and not is_shifted)


def _changes_clock(moment: Moments, is_midnight: Bools) -> bool:
    """Whether midnights of a zone stand at two clocks of UTC, which proves the zone."""
    return len(np.unique(moment[is_midnight].astype(np.int64) % 86_400)) > 1


def _row_dates(
    dates: DateColumn, days: Days, is_odd: Bools, notes: tuple[str, ...] = ()
) -> RowTimes:
    """Rows of dates; a time of day in the last of them is that of a day under way."""
    odd = np.flatnonzero(is_odd)
    if not len(odd):
        return RowTimes(days, days, has_times=False, notes=(*dates.notes, *notes))
    notes = ()
    last = days[~is_odd].max()
    live = tuple(int(row) for row in odd if days[row] >= last)
    if live:
        notes = (
            *notes,
            _(
                "{count} with a time of day below rows of whole days, of {day}: a day under way "
                "is no close, it was left out",
                count=len(live),
                day=days[live[0]],
            ),
        )
    if len(live) < len(odd):
        row = next(int(k) for k in odd if int(k) not in live)
        notes = (
            *notes,
            _(
                "{count} among rows of whole days with a time of day, as of {days}: taken to be "
                "known at the end of the date",
                count=len(odd) - len(live),
                days=days[row],
            ),
        )
    return RowTimes(days, days, has_times=False, notes=(*dates.notes, *notes), live=live)


def build_observation_times(
    row_times: RowTimes, rows: Ints, options: RateFileOptions, *, is_bar: bool = False
) -> ObservationTimes:
    """The times of the observations in `rows`, ascending and without a duplicate.

    Args:
        row_times: the time of each row.
        rows: in ascending order.
        options: what the user says about stamps and zone.
        is_bar: whether a column of the close of a bar is read.

    Raises:
        CellError: two bars lie closer than the length of a bar; the index is that of the row.
    """
    key, day = row_times.key[rows], row_times.day[rows]
    if not row_times.has_times:
        market_day, opens, known_at = END_OF_DAY.timestamps(key)
        return ObservationTimes(key, market_day, opens, known_at, END_OF_DAY.id)
    if len(np.unique(day)) == len(day):
        return _moments_of_days(key, day, options, is_bar=is_bar)
    if options.kind == "odds" and options.stamps != "begin":
        return _quotes(key, day)
    seconds = _bar_length_seconds(key, rows)
    length = np.timedelta64(seconds, "s")
    minutes = seconds // SECONDS_PER_MINUTE
    notes: tuple[str, ...] = ()
    if not options.stamps:
        notes = (
            _(
                "bars of {length}, taken to be stamped when they begin: each is known {length} "
                "after its stamp; say on import whether a stamp is the begin or the end of a bar",
                length=_format_minutes(minutes),
            ),
        )
    if options.stamps == "end":
        return ObservationTimes(day, day, key - length, key, IMPORTED_BAR.id, minutes)
    known_at = key + length - np.timedelta64(1, "s")
    return ObservationTimes(day, day, key, known_at, IMPORTED_BAR.id, minutes, notes)


def _quotes(key: Moments, day: Days) -> ObservationTimes:
    """The times of quotes, several a day at any distance: each is known at its stamp.

    A quote counts as a bar that lasts since the one before, at most the most common step.
    """
    step = max(most_common_step(key), SECONDS_PER_MINUTE)
    opens = key - np.timedelta64(step, "s")
    opens[1:] = np.maximum(opens[1:], key[:-1])
    minutes = round(step / SECONDS_PER_MINUTE)
    note = _(
        "quotes about {length} apart, each known at its stamp", length=_format_minutes(minutes)
    )
    return ObservationTimes(day, day, opens, key, IMPORTED_BAR.id, minutes, (note,))


def _moments_of_days(
    key: Moments, day: Days, options: RateFileOptions, *, is_bar: bool
) -> ObservationTimes:
    """The times of one moment a day: of a number made then, or of a daily bar.

    A bar belongs to the day of its middle: one from 17:00 to 17:00 in New York to its second day.
    """
    if not options.stamps:
        notes: tuple[str, ...] = ()
        if is_bar or _turns_the_day(key):
            text = str(key[0]).replace("T", " ")[:16]
            notes = (
                _(
                    "one number a day, taken to be known at its stamp ({stamp} UTC); where a stamp "
                    "is the begin of a daily bar, say so on import: the close is known a day later",
                    stamp=text,
                ),
            )
        return ObservationTimes(day, day, key, key, IMPORTED_MOMENT.id, notes=notes)
    opens = key if options.stamps == "begin" else key - _ONE_DAY
    middle = _utc_to_local(opens + _ONE_DAY // 2, options.zone or MOSCOW).astype("datetime64[D]")
    known_at = key if options.stamps == "end" else key + _ONE_DAY - np.timedelta64(1, "s")
    return ObservationTimes(middle, middle, opens, known_at, IMPORTED_MOMENT.id)


def _turns_the_day(key: Moments) -> bool:
    """Whether all moments are the hour at which a market's day begins."""
    for zone, hour in _DAY_TURNS:
        local = _utc_to_local(key, zone)
        if bool(np.all(local - local.astype("datetime64[D]") == np.timedelta64(hour, "h"))):
            return True
    return False


def most_common_step(key: Moments) -> int:
    """The most common step between moments in seconds, the shorter of two equally common."""
    steps = np.diff(key).astype("timedelta64[s]").astype(np.int64)
    lengths, counts = np.unique(steps, return_counts=True)
    return int(lengths[np.argmax(counts)])


def _bar_length_seconds(key: Moments, rows: Ints) -> int:
    """The length of a bar in seconds: whole minutes, with no two bars closer than that."""
    seconds = most_common_step(key)
    if seconds < SECONDS_PER_MINUTE or seconds % SECONDS_PER_MINUTE:
        reason = _(
            "the times lie {seconds} seconds apart; bars of at least a minute, and of whole "
            "minutes, are read",
            seconds=seconds,
        )
        raise CellError(int(rows[0]), reason)
    steps = np.diff(key).astype("timedelta64[s]").astype(np.int64)
    close = np.flatnonzero(steps < seconds)
    if len(close):
        reason = _(
            "comes {step:g} minutes after the bar before, and most bars are {length}; "
            "correct it, or make bars of one length",
            step=steps[close[0]] / SECONDS_PER_MINUTE,
            length=_format_minutes(seconds // SECONDS_PER_MINUTE),
        )
        raise CellError(int(rows[close[0] + 1]), reason)
    return seconds


def _format_minutes(minutes: int) -> str:
    if minutes < 60 or minutes % 60:
        return plural("{n} minute", "{n} minutes", minutes)
    return plural("{n} hour", "{n} hours", minutes // 60)


def _local_to_utc(local: Moments, zone: str) -> Moments:
    """Local times as moments; the repeated hour of a clock change must be complete.

    Raises:
        CellError: a time that a clock change skips, or one that could be two moments.
    """
    is_descending = bool(len(local) > 1 and local[0] > local[-1])
    forward = local[::-1] if is_descending else local
    index = pd.DatetimeIndex(forward)
    try:
        zoned = index.tz_localize(zone, ambiguous="infer", nonexistent="raise")
    except ValueError:
        marked = index.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        missing = np.flatnonzero(marked.isna())
        if not len(missing):
            raise
        row = len(local) - 1 - int(missing[-1]) if is_descending else int(missing[0])
        raise CellError(row, _invalid_local_time_reason(local[row], zone)) from None
    utc = zoned.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")
    return utc[::-1] if is_descending else utc


def _invalid_local_time_reason(local: np.datetime64, zone: str) -> str:
    text = str(local).replace("T", " ")[:16]
    index = pd.DatetimeIndex([local])
    skipped = index.tz_localize(zone, ambiguous=np.array([True]), nonexistent="NaT").isna()[0]
    if skipped:
        return _(
            "'{text}' is left out by summer time in {zone}; correct it or the zone",
            text=text,
            zone=zone,
        )
    return _(
        "'{text}' comes twice that night in {zone}; write moments as {example_moment}",
        text=text,
        zone=zone,
        example_moment=EXAMPLE_MOMENT,
    )


def _utc_to_local(moment: Moments, zone: str) -> Moments:
    local = pd.DatetimeIndex(moment).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return local.to_numpy().astype("datetime64[s]")


# ---- order and plausibility of rows


def utc_today() -> date:
    """The calendar day in UTC."""
    return datetime.now(UTC).date()


def sort_rows(
    table: TextTable, row_times: RowTimes, rates: dict[str, Floats], notes: list[str]
) -> Ints:
    """The indices of the rows in ascending order, without exact duplicates.

    Raises:
        InputError: a date has two different rates.
    """
    key = row_times.key
    order = np.argsort(key, kind="stable")
    order = order[~np.isin(order, row_times.live)] if row_times.live else order
    if np.any(order[1:] < order[:-1]):
        notes.append(
            _("{name}: the dates were not in ascending order and were sorted", name=table.name)
        )
    repeated = np.flatnonzero(key[order][1:] == key[order][:-1])
    if not len(repeated):
        return order
    first, second = order[repeated], order[repeated + 1]
    differs = np.zeros(len(repeated), dtype=bool)
    for rate in rates.values():
        one, other = rate[first], rate[second]
        differs |= (one != other) & ~(np.isnan(one) & np.isnan(other))
    if differs.any():
        conflict = int(np.flatnonzero(differs)[0])
        row, earlier = int(second[conflict]), int(first[conflict])
        reason = _(
            "{time} is already on line {line} with another rate; keep one of the two rows",
            time=_format_key(key[row]),
            line=table.lines[earlier],
        )
        raise cell_error(table, CellError(row, reason), row_times.column)
    notes.append(
        plural(
            "{place}: {time} is there twice with the same rate (line {line}); {n} row like this"
            " left out",
            "{place}: {time} is there twice with the same rate (line {line}); {n:,} rows like this"
            " left out",
            len(repeated),
            place=table.place(int(second[0]), row_times.column),
            time=_format_key(key[second[0]]),
            line=table.lines[int(first[0])],
        )
    )
    return np.delete(order, repeated + 1)


def _format_key(key: np.datetime64) -> str:
    return str(key).replace("T", " ")


def gap_messages(table: TextTable, times: ObservationTimes) -> Iterator[str]:
    """A message about the longest gap between rows, where it is unusually long."""
    gaps = np.diff(times.day).astype(int)
    if not len(gaps):
        return
    long = np.flatnonzero(gaps > max(LONG_GAP_DAYS, 10 * int(np.median(gaps))))
    if len(long):
        k = int(long[np.argmax(gaps[long])])
        yield plural(
            "{name}: a gap from {first} to {last}; no move is made up for it",
            "{name}: {n} gaps longer than a month, the longest from {first} to {last}; no move is"
            " made up for it",
            len(long),
            name=table.name,
            first=times.day[k],
            last=times.day[k + 1],
        )


def spacing_messages(
    table: TextTable, times: ObservationTimes, rates: dict[str, Floats]
) -> Iterator[str]:
    """Messages about rows with steps of a week or more, weekends filled forward, and Sundays.

    Args:
        table: the file.
        times: of the observations.
        rates: the numbers of each series, (n,), in the order of the observations.
    """
    gaps = np.diff(times.day).astype(int)
    if times.bar_minutes or len(times.day) < MIN_SPACED_ROWS:
        return
    median = float(np.median(gaps))
    step = next((word for low, high, word in _STEPS if low <= median <= high), "")
    if step:
        step = translate_deferred(step)
        yield _(
            "{name}: the rows lie a {step} apart, so a move is one of a {step}; each number "
            "is taken to be known at its own date: where that is the first day of the {step}, "
            "date it by the last",
            name=table.name,
            step=step,
        )
        return
    weekday = (times.day.astype(int) + 3) % 7
    filled = next(
        (days for rate in rates.values() if (days := _filled_days(rate, gaps, weekday))), ""
    )
    if filled:
        yield _(
            "{name}: the rows of {filled} repeat the day before: days without a market were "
            "filled forward, and their moves of zero make ordinary moves look smaller; remove "
            "these rows",
            name=table.name,
            filled=filled,
        )
    elif times.rule == END_OF_DAY.id:
        yield from _sunday_messages(table, weekday)


def _filled_days(rate: Floats, gaps: Ints, weekday: Ints) -> str:
    """The days of the week, a weekend among them, whose rows repeat the day before."""
    repeats = np.concatenate(([False], (rate[1:] == rate[:-1]) & (gaps == 1)))
    count = np.bincount(weekday, minlength=7)
    repeated = np.bincount(weekday[repeats], minlength=7)
    is_filled = (count > 0) & (repeated >= FILLED_SHARE * count)
    if is_filled.all() or not is_filled[_SATURDAY:].any() or repeated[is_filled].sum() < 2:
        return ""
    return join_and(
        [translate_deferred(name) for name, day in zip(_WEEKDAYS, is_filled, strict=True) if day]
    )


def _sunday_messages(table: TextTable, weekday: Ints) -> Iterator[str]:
    """A message about rows of Sundays in a file of working days: the first hours of Monday."""
    sundays, saturdays = (int((weekday == day).sum()) for day in (_SUNDAY, _SATURDAY))
    if 0 < sundays < len(weekday) / 4 and not saturdays:
        yield plural(
            "{name}: {n} row is a Sunday: a bar of the few hours before Monday, not a day; join it"
            " with Monday or remove it",
            "{name}: {n} rows are Sundays: bars of the few hours before Monday, not days; join them"
            " with Monday or remove them",
            sundays,
            name=table.name,
        )


def future_date_messages(
    table: TextTable, column: str, times: ObservationTimes, order: Ints
) -> Iterator[str]:
    """A message about rows after tomorrow: an official rate is printed a day ahead, no later."""
    late = np.flatnonzero(times.day > np.datetime64(utc_today() + timedelta(days=1)))
    if len(late):
        yield plural(
            "{place}: {day} is still to come, {n} row is; a forecast is no rate, check the dates",
            "{place}: {day} is still to come, {n:,} rows are; a forecast is no rate, check the"
            " dates",
            len(late),
            place=table.place(int(order[late[0]]), column),
            day=times.day[late[0]],
        )
