"""Rates from a CSV file or workbook of the user: dates and one or more columns of levels.

A rate is known at the end of its date, or at the moment the file gives. The long form that this
program exports (`date,day,known_at,rate,series`) is read back with its times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Final

import numpy as np

from dashboard.models.currencies import CurrencyPair, pair_of_name, pair_of_option
from dashboard.models.errors import InputError
from dashboard.models.messages import (
    at_place,
    deferred,
    plural,
)
from dashboard.models.messages import translate as _
from dashboard.models.publication import END_OF_DAY, IMPORTED_BAR, PUBLICATION_RULES
from dashboard.models.series import (
    Bools,
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
    FileKind,
    RateFileContents,
    RateFileOptions,
)
from dashboard.sources.files.delimited_file import TextTable, read_table
from dashboard.sources.files.driver_file import (
    card_of_kind,
    read_json_table,
    read_odds,
    recognize_kind,
    strip_percent,
)
from dashboard.sources.files.excel_file import read_sheet_table
from dashboard.sources.files.rate_columns import (
    RateColumns,
    choose_columns,
    column_role,
    find_header,
    named_pair,
    pair_messages,
)
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
    spacing_messages,
    utc_today,
)
from dashboard.sources.files.text import (
    MAX_BYTES,
    CellError,
    check_size,
    display_name,
    display_text,
    parse_moment,
    read_bytes,
)
from dashboard.sources.files.typed_columns import (
    DateColumn,
    has_number,
    is_number_like,
    read_date_column,
    with_times,
)
from dashboard.sources.rates.base import make_read_only

DATE_COLUMN: Final = "date"
EXPORT_COLUMNS: Final = frozenset({"date", "day", "known_at", "rate", "series"})
PRICE_KINDS: Final = frozenset({"", "price"})
QUOTIENT_DECIMALS: Final = 12
"""A quotient of two printed numbers is printed with fewer decimals."""


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
    """Read a file of levels, as its publisher wrote it.

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
    table, kind = _read_driver_table(source, options, name=name, max_bytes=max_bytes)
    options = replace(options, kind=options.kind or kind)
    if {column.casefold() for column in table.header} == EXPORT_COLUMNS:
        series = tuple(_read_export_series(table, options.quote))
        return RateFileContents(table.name, series, table.messages, table.sha256)
    columns = choose_columns(table.name, table.header, options)
    notes = list(table.messages)
    columns = _without_empty_columns(table, columns, notes, is_chosen=options.columns is not None)
    parts = _split_by_key(table, columns)
    series = tuple(
        one for key, part in parts for one in _read_series(part, columns, options, notes, key)
    )
    messages = (*dict.fromkeys(notes), *_column_messages(table, columns, series, options))
    return RateFileContents(
        table.name, series, messages, table.sha256, table.header, columns.date, tuple(columns.rates)
    )


def read_rate_table(
    source: Path | bytes, options: RateFileOptions, *, name: str = "", max_bytes: int = MAX_BYTES
) -> TextTable:
    """The table of a CSV file or workbook; its header may stand below other lines.

    Raises:
        InputError: there is none; one line with what to do.
    """
    name = display_name(name or (source.name if isinstance(source, Path) else "file"))
    data = read_bytes(source, max_bytes) if isinstance(source, Path) else source
    check_size(name, len(data), max_bytes)
    finder = partial(find_header, date_column=options.date)
    if data.startswith(b"PK"):
        return read_sheet_table(data, name, options.sheet, finder)
    if options.sheet:
        msg = _("{name} is a text file and has no sheets", name=name)
        raise InputError(msg, field="sheet", value=display_text(options.sheet))
    return read_table(data, name, finder)


def _read_driver_table(
    source: Path | bytes, options: RateFileOptions, *, name: str, max_bytes: int
) -> tuple[TextTable, FileKind]:
    """The table of a file, which may be JSON, and what its numbers count where that shows."""
    shown = display_name(name or (source.name if isinstance(source, Path) else "file"))
    data = read_bytes(source, max_bytes) if isinstance(source, Path) else source
    check_size(shown, len(data), max_bytes)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return read_json_table(data, shown)
    table = read_rate_table(data, options, name=shown, max_bytes=max_bytes)
    table, kind = recognize_kind(table)
    if "odds" in {kind, options.kind}:
        table = replace(table, rows=[strip_percent(row) for row in table.rows])
    return table, kind


# ---- columns


def _without_empty_columns(
    table: TextTable, columns: RateColumns, notes: list[str], *, is_chosen: bool
) -> RateColumns:
    """The columns without those that hold no number, where another one does."""
    if is_chosen or len(columns.rates) < 2:
        return columns
    empty = [name for name in columns.rates if not has_number(table.column(name))]
    if not empty or len(empty) == len(columns.rates):
        return columns
    listed = display_text(", ".join(empty), 120)
    notes.append(
        plural(
            "{name}, column {columns}: holds no number and was left out",
            "{name}, columns {columns}: hold no number and were left out",
            len(empty),
            name=table.name,
            columns=listed,
        )
    )
    rates = {name: series for name, series in columns.rates.items() if name not in empty}
    return replace(columns, rates=rates)


def _split_by_key(table: TextTable, columns: RateColumns) -> list[tuple[str, TextTable]]:
    """The table, or one part for each ticker where dates are there once for each."""
    dates = [*zip(table.column(columns.date), table.column(columns.time), strict=True)]
    if len(set(dates)) == len(dates):
        return [("", table)]
    for column in columns.keys:
        keys = table.column(column)
        distinct = list(dict.fromkeys(keys))
        if len(distinct) > 1 and len(set(zip(keys, dates, strict=True))) == len(dates):
            return [
                (key, _table_part(table, [k for k, own in enumerate(keys) if own == key]))
                for key in distinct
            ]
    return [("", table)]


def _table_part(table: TextTable, rows: Sequence[int]) -> TextTable:
    return replace(table, rows=[table.rows[k] for k in rows], lines=[table.lines[k] for k in rows])


def _column_messages(
    table: TextTable, columns: RateColumns, series: Sequence[RateSeries], options: RateFileOptions
) -> Iterator[str]:
    """Which columns were not read, by what rates were divided, and what a pair counts."""
    unread = [name for name in columns.unread if name in table.header]
    if unread and options.columns is None:
        yield _(
            "{name}: of the columns {read} was read, not {unread}; choose others on import where"
            " these are meant",
            name=table.name,
            read=display_text(", ".join(columns.rates), 60),
            unread=display_text(", ".join(unread), 120),
        )
    if "curs" in {name.casefold() for name in columns.rates}:
        yield _(
            "{name}: the Bank of Russia sets a rate the day before its date; here each is "
            "taken to be known at the end of its date, so no event is placed too early",
            name=table.name,
        )
    if pair_of_option(options.quote) is None:
        for one in series:
            level = float(np.nanmedian(one.rate))
            yield from pair_messages(table.column_place(one.card.id), one.card, level)


# ---- rows


def _read_series(
    table: TextTable, columns: RateColumns, options: RateFileOptions, notes: list[str], key: str
) -> Iterator[RateSeries]:
    """The series of a table; `key` names the one of a table with several tickers."""
    options = replace(
        options,
        zone=options.zone or columns.zone,
        stamps=options.stamps or ("end" if columns.ends else ""),
    )
    row_times = _read_row_times(table, columns, options)
    place = table.column_place(columns.date)
    notes.extend(at_place(place, note) for note in row_times.notes)
    rates, format_notes = _read_numbers(table, columns, options.kind, notes)
    order = sort_rows(table, row_times, rates, notes)
    notes.extend(format_notes)
    for name, rate in rates.items() if options.kind in PRICE_KINDS else ():
        notes.extend(jump_messages(table, name, rate, order))
    times = _build_times(table, row_times, order, options, is_bar=columns.is_bar)
    notes.extend(at_place(place, note) for note in times.notes)
    notes.extend(gap_messages(table, times))
    ordered = {name: rate[order] for name, rate in rates.items()}
    notes.extend(spacing_messages(table, times, ordered))
    notes.extend(future_date_messages(table, columns.date, times, order))
    is_empty = _rows_without_rates(table, columns)[order]
    for name, rate in ordered.items():
        series_name = columns.rates[name] if not key else (
            key if len(rates) == 1 else f"{key} {columns.rates[name]}"
        )  # fmt: skip
        card = _build_card(
            table.name, series_name, _find_pair(table.name, series_name, options), times
        )
        card = card_of_kind(card, options.kind, rate)
        yield _build_series(card, times, rate, ~np.isnan(rate) | is_empty)


def _find_pair(file: str, series_name: str, options: RateFileOptions) -> CurrencyPair | None:
    """The pair of a series: as its user says, or as its column or file is named."""
    if options.kind not in PRICE_KINDS:
        return None
    pair = pair_of_option(options.quote) or named_pair(series_name)
    if pair is None and column_role(series_name) == "close":
        pair = named_pair(file.rpartition(".")[0])
    return pair


def _read_numbers(
    table: TextTable, columns: RateColumns, kind: FileKind, notes: list[str]
) -> tuple[dict[str, Floats], list[str]]:
    """The numbers of the columns, and messages about their format, which follow other ones."""
    is_price = kind in PRICE_KINDS
    numbers, format_notes = read_rate_columns(table, [*columns.rates], is_price=is_price)
    rates = {name: column.values for name, column in numbers.items()}
    if kind == "odds":
        rates = _read_odds_columns(table, rates, notes)
    if columns.nominal:
        rates = _divide_by_nominal(table, columns.nominal, rates, notes)
    return rates, format_notes


def _read_odds_columns(
    table: TextTable, rates: dict[str, Floats], notes: list[str]
) -> dict[str, Floats]:
    """The columns in per cent; one that is in per cent says that all are."""
    place = table.column_place(", ".join(rates))
    read = read_odds(place, np.concatenate([*rates.values()]))
    notes.append(read.note)
    ends = np.cumsum([len(rate) for rate in rates.values()])[:-1]
    return dict(zip(rates, np.split(read.percent, ends), strict=True))


def _rows_without_rates(table: TextTable, columns: RateColumns) -> Bools:
    """The rows in which no column of the file holds a number, (n,).

    A missing number is an observation only there: elsewhere it is a day of another market.
    """
    skipped = {columns.date, columns.time, columns.nominal, *columns.keys}
    numbers = [name for name in table.header if name not in skipped]
    if len(numbers) == 1:
        return np.ones(len(table.rows), dtype=bool)
    filled = np.zeros(len(table.rows), dtype=bool)
    for name in numbers:
        if name in columns.rates or column_role(name) not in {"other", "key"}:
            filled |= np.array([is_number_like(cell) for cell in table.column(name)])
    return ~filled


def _divide_by_nominal(
    table: TextTable, column: str, rates: dict[str, Floats], notes: list[str]
) -> dict[str, Floats]:
    """The rates of one unit, where a column says for how many they stand."""
    nominal = read_rate_column(table, column).values
    place = table.column_place(column)
    if bool(np.any(nominal != 1)):
        notes.append(
            _(
                "{place}: the rates were divided by it (the first by {nominal:g})",
                place=place,
                nominal=nominal[0],
            )
        )
    return {name: np.round(rate / nominal, QUOTIENT_DECIMALS) for name, rate in rates.items()}


def _read_row_times(table: TextTable, columns: RateColumns, options: RateFileOptions) -> RowTimes:
    column = columns.date
    try:
        dates = read_date_column(table.column(column), options.dates, utc_today())
        if columns.time:
            if dates.seconds is not None:
                reason = _(
                    "holds a time, and so does the column {time}; keep one of them",
                    time=display_text(columns.time),
                )
                raise CellError(0, reason)  # noqa: TRY301
            column = columns.time
            dates = with_times(dates, table.column(column))
        times = assign_row_times(dates, options.zone, are_quotes=options.kind == "odds")
        return replace(times, column=columns.date)
    except CellError as error:
        raise cell_error(table, error, column) from None


def _build_times(
    table: TextTable, row_times: RowTimes, order: Ints, options: RateFileOptions, *, is_bar: bool
) -> ObservationTimes:
    try:
        return build_observation_times(row_times, order, options, is_bar=is_bar)
    except CellError as error:
        raise cell_error(table, error, row_times.column) from None


# ---- data frames


def read_rate_arrays(
    times: DateColumn, rates: Mapping[str, Floats], options: RateFileOptions, name: str
) -> RateFileContents:
    """Levels that are in memory, by the rules of a file: one series a column.

    Args:
        times: of the rows, (n,).
        rates: the numbers of each column by its name, (n,), NaN where missing.
        options: what the columns count, the zone of times without one, and what a stamp is.
        name: of the data in messages.

    Raises:
        InputError: a number is not above zero, or a time is there twice with two rates.
    """
    pair = pair_of_option(options.quote)
    if options.zone:
        check_zone(options.zone)
    lines = list(range(1, len(times.days) + 1))
    table = TextTable(name, (DATE_COLUMN, *rates), [], lines, ",", "")
    for column, rate in rates.items():
        _refuse_unusable_rates(table, column, rate)
    try:
        row_times = assign_row_times(times, options.zone)
    except CellError as error:
        raise cell_error(table, error, DATE_COLUMN) from None
    notes = [*row_times.notes]
    order = sort_rows(table, row_times, dict(rates), notes)
    for column, rate in rates.items():
        notes.extend(jump_messages(table, column, rate, order))
    observed = _build_times(table, row_times, order, options, is_bar=False)
    ordered = {column: rate[order] for column, rate in rates.items()}
    is_empty = np.all([np.isnan(rate) for rate in ordered.values()], axis=0)
    notes += [*observed.notes, *gap_messages(table, observed)]
    series = tuple(
        _build_series(
            _build_card(name, column, pair or named_pair(column), observed),
            observed,
            rate,
            ~np.isnan(rate) | is_empty,
        )
        for column, rate in ordered.items()
    )
    return RateFileContents(name, series, tuple(dict.fromkeys(notes)), "", columns=tuple(rates))


def _refuse_unusable_rates(table: TextTable, column: str, rate: Floats) -> None:
    known = ~np.isnan(rate)
    if not known.any():
        msg = _("{place}: holds no number", place=table.column_place(column))
        raise InputError(msg)
    wrong = np.flatnonzero(known & ~((rate > 0) & np.isfinite(rate)))
    if len(wrong):
        row = int(wrong[0])
        reason = _(
            "{rate} is no rate, which is a number above zero; correct it or leave it empty",
            rate=f"{rate[row]:g}",
        )
        raise cell_error(table, CellError(row, reason), column)


# ---- series


def _build_series(
    card: SeriesCard, times: ObservationTimes, rate: Floats, rows: Bools | None = None
) -> RateSeries:
    arrays = (times.record, times.day, times.opens, times.known_at, rate)
    if rows is not None and not rows.all():
        arrays = tuple(array[rows] for array in arrays)  # type: ignore[assignment]
    return make_read_only(RateSeries(card, *arrays))


def _build_card(
    file: str, column: str, pair: CurrencyPair | None, times: ObservationTimes
) -> SeriesCard:
    card = SeriesCard(
        id=column,
        title=column,
        unit=deferred("as quoted"),
        inverse_unit=_("inverse of the quote"),
        publisher=f"file {file}",
        source_url="",
        licence=deferred("as the owner of the file says"),
        date_rule=times.rule,
        description=_(
            "Levels from a person's own file. {description}",
            description=PUBLICATION_RULES[times.rule].description,
        ),
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
            _build_card(
                table.name, name or "rate", pair_of_option(quote) or pair_of_name(name), times
            ),
            times,
            rate[rows],
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
