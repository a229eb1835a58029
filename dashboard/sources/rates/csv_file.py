"""Rates from a CSV file of the user: `date` and one or more columns of levels.

A rate is known at the end of its date, or at the moment the file gives. The long form that this
program exports (`date,day,known_at,rate,series`) is read back with its times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from dashboard.models.currencies import pair_of_name, pair_of_option
from dashboard.models.errors import InputError
from dashboard.models.messages import at_place, deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import END_OF_DAY, IMPORTED_BAR, PUBLICATION_RULES
from dashboard.models.series import (
    Days,
    Floats,
    Ints,
    Moments,
    RateSeries,
    SeriesCard,
    with_pair,
)
from dashboard.models.user_files import (
    DEFAULT_RATE_OPTIONS,
    RateFileContents,
    RateFileOptions,
)
from dashboard.sources.files.delimited_file import TextTable, read_table
from dashboard.sources.files.rate_table import (
    ObservationTimes,
    RowTimes,
    assign_row_times,
    build_observation_times,
    cell_error,
    check_zone,
    future_date_messages,
    gap_messages,
    jump_messages,
    most_common_step,
    read_rate_column,
    read_rate_columns,
    sort_rows,
    utc_today,
)
from dashboard.sources.files.text import MAX_BYTES, CellError, display_text, parse_moment
from dashboard.sources.files.typed_columns import read_date_column, with_times
from dashboard.sources.rates.base import make_read_only

DATE_COLUMN: Final = "date"
TIME_COLUMN: Final = "time"
EXPORT_COLUMNS: Final = frozenset({"date", "day", "known_at", "rate", "series"})


class CsvRates:
    """The series of a file; it is read once, when it is first needed."""

    id = "csv_file"

    def __init__(self, path: Path, options: RateFileOptions = DEFAULT_RATE_OPTIONS) -> None:
        self._path = path
        self._reading = options

    @cached_property
    def table(self) -> RateFileContents:
        """The file as read, with its messages and hash."""
        return read_rate_file(self._path, self._reading)

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
        msg = _(
            "{name}: has no column {series_id}; choose one of {known}",
            name=self.table.name,
            series_id=display_text(series_id),
            known=known,
        )
        raise InputError(msg)

    def files(self) -> dict[str, str]:
        """The sha256 of the file, under the id of each column."""
        return {series.card.id: self.table.sha256 for series in self.table.series}


def read_rate_file(
    source: Path | bytes,
    options: RateFileOptions = DEFAULT_RATE_OPTIONS,
    *,
    name: str = "",
    max_bytes: int = MAX_BYTES,
) -> RateFileContents:
    """Read a wide file of levels.

    Args:
        source: a path, or the bytes of an upload.
        options: what the file itself does not state.
        name: of the file in messages.
        max_bytes: larger files are refused.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    pair_of_option(options.quote)
    if options.zone:
        check_zone(options.zone)
    table = read_table(source, [DATE_COLUMN], name=name, max_bytes=max_bytes)
    notes = list(table.messages)
    if {column.casefold() for column in table.header} == EXPORT_COLUMNS:
        series = tuple(_read_export_series(table, options.quote))
        return RateFileContents(table.name, series, tuple(notes), table.sha256)
    columns = _select_columns(table, options.columns)
    row_times = _read_row_times(table, options)
    date_place = table.column_place(DATE_COLUMN)
    notes.extend(at_place(date_place, note) for note in row_times.notes)
    numbers_by_column, format_notes = read_rate_columns(table, columns)
    rates = {column: numbers.values for column, numbers in numbers_by_column.items()}
    order = sort_rows(table, row_times, rates, notes)
    notes.extend(format_notes)
    for column, rate in rates.items():
        notes.extend(jump_messages(table, column, rate, order))
    times = _build_times(table, row_times, order, options)
    notes.extend(at_place(date_place, note) for note in times.notes)
    notes.extend(gap_messages(table, times))
    notes.extend(future_date_messages(table, times, order))
    cards = (_build_card(table.name, column, options.quote, times) for column in rates)
    series = tuple(
        _build_series(card, times, rate[order])
        for card, rate in zip(cards, rates.values(), strict=True)
    )
    return RateFileContents(table.name, series, tuple(notes), table.sha256)


def _select_columns(table: TextTable, columns: Sequence[str] | None) -> list[str]:
    available = [
        column for column in table.header if column.casefold() not in {DATE_COLUMN, TIME_COLUMN}
    ]
    if not available:
        msg = _("{name}, line 1: has no column of rates beside date; add one", name=table.name)
        raise InputError(msg)
    if columns is None:
        return available
    known = {column.casefold(): column for column in available}
    for column in columns:
        if column.casefold() not in known:
            listed = display_text(", ".join(available), 200)
            msg = _(
                "{name}: has no column {column}; choose one of {listed}",
                name=table.name,
                column=display_text(column),
                listed=listed,
            )
            raise InputError(msg)
    return [known[column.casefold()] for column in dict.fromkeys(columns)]


# ---- rows


def _read_row_times(table: TextTable, options: RateFileOptions) -> RowTimes:
    column = DATE_COLUMN
    try:
        dates = read_date_column(table.column(DATE_COLUMN), options.dates, utc_today())
        if table.index(TIME_COLUMN) is not None:
            if dates.seconds is not None:
                reason = _("holds a time, and so does the column time; keep one of them")
                raise CellError(0, reason)  # noqa: TRY301
            column = TIME_COLUMN
            dates = with_times(dates, table.column(TIME_COLUMN))
        return assign_row_times(dates, options.zone)
    except CellError as error:
        raise cell_error(table, error, column) from None


def _build_times(
    table: TextTable, row_times: RowTimes, order: Ints, options: RateFileOptions
) -> ObservationTimes:
    try:
        return build_observation_times(row_times, order, options)
    except CellError as error:
        raise cell_error(table, error, DATE_COLUMN) from None


# ---- series


def _build_series(card: SeriesCard, times: ObservationTimes, rate: Floats) -> RateSeries:
    arrays = (times.record, times.day, times.opens, times.known_at, rate)
    return make_read_only(RateSeries(card, *arrays))


def _build_card(file: str, column: str, quote: str, times: ObservationTimes) -> SeriesCard:
    pair = pair_of_option(quote) or pair_of_name(column)
    card = SeriesCard(
        id=column,
        title=column,
        unit="as quoted",
        inverse_unit="inverse of the quote",
        publisher=f"file {file}",
        source_url="",
        licence=deferred("as the owner of the file says"),
        date_rule=times.rule,
        description=f"Levels from a person's own file. {PUBLICATION_RULES[times.rule].description}",
        bar_minutes=times.bar_minutes,
    )
    return with_pair(card, pair) if pair else card


def _read_export_series(table: TextTable, quote: str) -> Iterator[RateSeries]:
    """The series of this program's own export, each with the days and moments it carries."""
    record, day = _read_days(table, DATE_COLUMN), _read_days(table, "day")
    rate = read_rate_column(table, "rate").values
    names = np.array(table.column("series"), dtype=object)
    known_at = _read_available_times(table, day)
    for name in dict.fromkeys(names.tolist()):
        rows = np.flatnonzero(names == name)
        rows = rows[np.argsort(known_at[rows], kind="stable")]
        repeated = np.flatnonzero(known_at[rows][1:] == known_at[rows][:-1])
        if len(repeated):
            row = int(rows[repeated[0] + 1])
            error = CellError(row, _("is there twice for this series; keep one row"))
            raise cell_error(table, error, "known_at")
        times = _export_times(record[rows], day[rows], known_at[rows])
        yield _build_series(
            _build_card(table.name, name or "rate", quote, times), times, rate[rows]
        )


def _export_times(record: Days, day: Days, known_at: Moments) -> ObservationTimes:
    """The times of an export; several moments a day are the ends of bars."""
    if len(np.unique(day)) == len(day):
        return ObservationTimes(record, day, known_at, known_at, END_OF_DAY.id)
    seconds = most_common_step(known_at)
    opens = known_at - np.timedelta64(seconds - 1, "s")
    return ObservationTimes(
        record, day, opens, known_at, IMPORTED_BAR.id, max(round(seconds / 60), 1)
    )


def _read_days(table: TextTable, column: str) -> Days:
    try:
        return read_date_column(table.column(column)).days
    except CellError as error:
        raise cell_error(table, error, column) from None


def _read_available_times(table: TextTable, day: Days) -> Moments:
    moments = []
    for row, cell in enumerate(table.column("known_at")):
        try:
            moments.append(parse_moment(cell, day[row].item()).replace(tzinfo=None))
        except ValueError as error:
            raise cell_error(table, CellError(row, str(error)), "known_at") from None
    return np.array(moments, dtype="datetime64[s]")
