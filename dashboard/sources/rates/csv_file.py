"""Rates from a person's own file: `date` and one or more columns of levels, taken as they are.

A number is known at the end of its own date, or at the moment the file gives. The long form
that this program exports (`date,day,known_at,rate,series`) is read back with its clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from dashboard.domain.date_rules import END_OF_DAY, OWN_BAR, RULES
from dashboard.domain.errors import InputError
from dashboard.domain.rate_file import AS_IT_IS, Quote, RateReading, RateTable
from dashboard.domain.series import (
    AS_QUOTED,
    ROUBLE_QUOTED,
    Days,
    Floats,
    Ints,
    Moments,
    RateSeries,
    SeriesCard,
)
from dashboard.sources.cells import BadCell, read_moment
from dashboard.sources.date_column import read_date_column, with_clock
from dashboard.sources.file_bytes import MAX_BYTES, shown
from dashboard.sources.rate_cells import jumps, rate_column, read_rates, wrong
from dashboard.sources.rate_rows import gaps, order_rows, to_come, today
from dashboard.sources.stamp_clock import (
    Clock,
    Stamped,
    bar_seconds,
    read_clock,
    refuse_no_zone,
    stamp,
)
from dashboard.sources.table_file import TextTable, read_table

DATE: Final = "date"
TIME: Final = "time"
LONG_FORM: Final = frozenset({"date", "day", "known_at", "rate", "series"})
UNITS: Final[dict[Quote, tuple[str, str]]] = {
    "as-quoted": ("as quoted", "inverse of the quote"),
    "rub-per-usd": ("RUB per USD", "USD per RUB"),
    "usd-per-rub": ("USD per RUB", "RUB per USD"),
}


class CsvRates:
    """The series of a file; it is read once, when it is first asked for."""

    id = "csv_file"

    def __init__(self, path: Path, reading: RateReading = AS_IT_IS) -> None:
        self._path = path
        self._reading = reading

    @cached_property
    def table(self) -> RateTable:
        """The file as read, with its messages and hash."""
        return read_rate_table(self._path, self._reading)

    def cards(self) -> tuple[SeriesCard, ...]:
        """The columns of the file, from left to right."""
        return tuple(series.card for series in self.table.series)

    def get(self, series_id: str) -> RateSeries:
        """The observations of a column.

        Raises:
            InputError: the file has no such column, or cannot be read.
        """
        for series in self.table.series:
            if series.card.id == series_id:
                return series
        known = ", ".join(series.card.id for series in self.table.series)
        msg = f"{self.table.name}: has no column {shown(series_id)}; choose one of {known}"
        raise InputError(msg)

    def files(self) -> dict[str, str]:
        """The sha256 of the file, under the id of each column."""
        return {series.card.id: self.table.sha256 for series in self.table.series}


def read_rate_table(
    source: Path | bytes,
    reading: RateReading = AS_IT_IS,
    *,
    name: str = "",
    max_bytes: int = MAX_BYTES,
) -> RateTable:
    """Read a wide file of levels.

    Args:
        source: a path, or the bytes of an upload.
        reading: what the file itself cannot say.
        name: what messages call the file.
        max_bytes: larger files are refused.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    _refuse_no_zone(reading.zone)
    table = read_table(source, [DATE], name=name, max_bytes=max_bytes)
    notes = list(table.messages)
    if {column.casefold() for column in table.header} == LONG_FORM:
        series = tuple(_long_series(table, reading.quote))
        return RateTable(table.name, series, tuple(notes), table.sha256)
    wanted = _wanted(table, reading.columns)
    stamped = _stamped(table, reading)
    notes.extend(f"{table.name}, column {DATE}: {note}" for note in stamped.notes)
    found, told = read_rates(table, wanted)
    rates = {column: numbers.values for column, numbers in found.items()}
    order = order_rows(table, stamped, rates, notes)
    notes.extend(told)
    for column, rate in rates.items():
        notes.extend(jumps(table, column, rate, order))
    clock = _clock(table, stamped, order, reading)
    notes.extend(f"{table.name}, column {DATE}: {note}" for note in clock.notes)
    notes.extend(gaps(table, clock))
    notes.extend(to_come(table, clock, order))
    cards = (_card(table.name, column, reading.quote, clock) for column in rates)
    series = tuple(
        _series(card, clock, rate[order]) for card, rate in zip(cards, rates.values(), strict=True)
    )
    return RateTable(table.name, series, tuple(notes), table.sha256)


def _refuse_no_zone(zone: str) -> None:
    if zone:
        try:
            refuse_no_zone(zone)
        except ValueError as error:
            raise InputError(str(error)) from None


def _wanted(table: TextTable, columns: Sequence[str] | None) -> list[str]:
    found = [column for column in table.header if column.casefold() not in {DATE, TIME}]
    if not found:
        msg = f"{table.name}, line 1: has no column of rates beside date; add one"
        raise InputError(msg)
    if columns is None:
        return found
    known = {column.casefold(): column for column in found}
    for column in columns:
        if column.casefold() not in known:
            listed = shown(", ".join(found), 200)
            msg = f"{table.name}: has no column {shown(column)}; choose one of {listed}"
            raise InputError(msg)
    return [known[column.casefold()] for column in dict.fromkeys(columns)]


# ------------------------------------------------------------------ rows


def _stamped(table: TextTable, reading: RateReading) -> Stamped:
    column = DATE
    try:
        dates = read_date_column(table.column(DATE), reading.dates, today())
        if table.index(TIME) is not None:
            if dates.seconds is not None:
                reason = "holds a time, and so does the column time; keep one of them"
                raise BadCell(0, reason)  # noqa: TRY301 - told like any other cell
            column = TIME
            dates = with_clock(dates, table.column(TIME))
        return stamp(dates, reading.zone)
    except BadCell as error:
        raise wrong(table, error, column) from None


def _clock(table: TextTable, stamped: Stamped, order: Ints, reading: RateReading) -> Clock:
    try:
        return read_clock(stamped, order, reading)
    except BadCell as error:
        raise wrong(table, error, DATE) from None


# ------------------------------------------------------------------ series


def _series(card: SeriesCard, clock: Clock, rate: Floats) -> RateSeries:
    arrays = (clock.record, clock.day, clock.opens, clock.known_at, rate)
    for array in arrays:
        array.setflags(write=False)
    return RateSeries(card, *arrays)


def _card(file: str, column: str, quote: Quote, clock: Clock) -> SeriesCard:
    unit, inverse_unit = UNITS[quote]
    return SeriesCard(
        id=column,
        title=column,
        unit=unit,
        inverse_unit=inverse_unit,
        publisher=f"file {file}",
        source_url="",
        licence="as the owner of the file says",
        date_rule=clock.rule,
        description=f"Levels from a person's own file. {RULES[clock.rule].description}",
        move_sign=ROUBLE_QUOTED if quote == "rub-per-usd" else AS_QUOTED,
        bar_minutes=clock.bar_minutes,
    )


def _long_series(table: TextTable, quote: Quote) -> Iterator[RateSeries]:
    """The series of this program's own export, each with the days and moments it carries."""
    record, day = _days(table, DATE), _days(table, "day")
    rate = rate_column(table, "rate").values
    names = np.array(table.column("series"), dtype=object)
    known_at = _moments(table, day)
    for name in dict.fromkeys(names.tolist()):
        rows = np.flatnonzero(names == name)
        rows = rows[np.argsort(known_at[rows], kind="stable")]
        same = np.flatnonzero(known_at[rows][1:] == known_at[rows][:-1])
        if len(same):
            row = int(rows[same[0] + 1])
            error = BadCell(row, "is there twice for this series; keep one row")
            raise wrong(table, error, "known_at")
        clock = _kept_clock(record[rows], day[rows], known_at[rows])
        yield _series(_card(table.name, name or "rate", quote, clock), clock, rate[rows])


def _kept_clock(record: Days, day: Days, known_at: Moments) -> Clock:
    """The clock of an export; several moments a day are the ends of bars."""
    if len(np.unique(day)) == len(day):
        return Clock(record, day, known_at, known_at, END_OF_DAY.id)
    seconds = bar_seconds(known_at)
    opens = known_at - np.timedelta64(seconds - 1, "s")
    return Clock(record, day, opens, known_at, OWN_BAR.id, max(round(seconds / 60), 1))


def _days(table: TextTable, column: str) -> Days:
    try:
        return read_date_column(table.column(column)).days
    except BadCell as error:
        raise wrong(table, error, column) from None


def _moments(table: TextTable, day: Days) -> Moments:
    found = []
    for row, cell in enumerate(table.column("known_at")):
        try:
            found.append(read_moment(cell, day[row].item()).replace(tzinfo=None))
        except ValueError as error:
            raise wrong(table, BadCell(row, str(error)), "known_at") from None
    return np.array(found, dtype="datetime64[s]")
