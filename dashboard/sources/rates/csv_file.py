"""Rates from a person's own file: `date` and one or more columns of levels, taken as they are.

Every number is known at the end of its own date. The long form that this program exports
(`date,day,known_at,rate,series`) is read back with the clock it carries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np

from dashboard.domain.date_rules import END_OF_DAY
from dashboard.domain.errors import InputError
from dashboard.domain.series import AS_QUOTED, ROUBLE_QUOTED, Days, Floats, RateSeries, SeriesCard
from dashboard.sources.cells import BadCell, read_days, read_moment, read_numbers
from dashboard.sources.file_bytes import MAX_BYTES, shown
from dashboard.sources.table_file import TextTable, read_table

Quote: TypeAlias = Literal["as-quoted", "rub-per-usd", "usd-per-rub"]

DATE: Final = "date"
LONG_FORM: Final = frozenset({"date", "day", "known_at", "rate", "series"})
JUMP: Final = 1_000.0
LONG_GAP_DAYS: Final = 31
UNITS: Final[dict[Quote, tuple[str, str]]] = {
    "as-quoted": ("as quoted", "inverse of the quote"),
    "rub-per-usd": ("RUB per USD", "USD per RUB"),
    "usd-per-rub": ("USD per RUB", "RUB per USD"),
}


@dataclass(frozen=True, slots=True)
class RateTable:
    """What was read: one series a column, and what a person should know about the reading."""

    name: str
    series: tuple[RateSeries, ...]
    messages: tuple[str, ...]
    sha256: str


class CsvRates:
    """The series of a file; it is read once, when it is first asked for."""

    id = "csv_file"

    def __init__(self, path: Path, quote: Quote = "as-quoted") -> None:
        self._path = path
        self._quote = quote

    @cached_property
    def table(self) -> RateTable:
        """The file as read, with its messages and hash."""
        return read_rate_table(self._path, quote=self._quote)

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
    *,
    name: str = "",
    quote: Quote = "as-quoted",
    columns: Sequence[str] | None = None,
    max_bytes: int = MAX_BYTES,
) -> RateTable:
    """Read a wide file of levels.

    Args:
        source: a path, or the bytes of an upload.
        name: what messages call the file.
        quote: `rub-per-usd` where the numbers count roubles, so that a falling number is a
            stronger rouble; otherwise moves are those of the quoted number.
        columns: read only these; None reads all.
        max_bytes: larger files are refused.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    table = read_table(source, [DATE], name=name, max_bytes=max_bytes)
    notes = list(table.messages)
    if {column.casefold() for column in table.header} == LONG_FORM:
        series = tuple(_long_series(table, quote))
        return RateTable(table.name, series, tuple(notes), table.sha256)
    wanted = _wanted(table, columns)
    days = _days(table)
    order = np.argsort(days, kind="stable")
    _refuse_same_date(table, days, order)
    if np.any(order[1:] < order[:-1]):
        notes.append(f"{table.name}: the dates were not in ascending order and were sorted")
    rates = _rates(table, wanted, notes)
    for column, rate in rates.items():
        notes.extend(_jumps(table, column, rate, order))
    notes.extend(_gaps(table, days[order]))
    series = tuple(
        _series(table.name, column, quote, (days[order], rate[order]))
        for column, rate in rates.items()
    )
    return RateTable(table.name, series, tuple(notes), table.sha256)


def _wanted(table: TextTable, columns: Sequence[str] | None) -> list[str]:
    found = [column for column in table.header if column.casefold() != DATE]
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


def _days(table: TextTable, column: str = DATE) -> Days:
    try:
        return read_days(table.column(column))
    except BadCell as error:
        raise _wrong(table, error.index, column, error.reason) from None


def _wrong(table: TextTable, row: int, column: str, reason: str) -> InputError:
    return InputError(f"{table.place(row, column)}: {reason}")


def _refuse_same_date(table: TextTable, days: Days, order: np.ndarray) -> None:
    same = np.flatnonzero(days[order][1:] == days[order][:-1])
    if len(same):
        first, second = (int(order[same[0] + k]) for k in (0, 1))
        reason = f"{days[first]} is already on line {table.lines[first]}; keep one of the two rows"
        raise _wrong(table, second, DATE, reason)


def _rates(table: TextTable, wanted: list[str], notes: list[str]) -> dict[str, Floats]:
    rates: dict[str, Floats] = {}
    with_comma: list[str] = []
    for column in wanted:
        rates[column], comma = _rate_column(table, column)
        if comma:
            with_comma.append(column)
    if with_comma:
        _refuse_both_decimals(table, wanted, with_comma[0])
        notes.append(
            f"{table.name}, column {shown(', '.join(with_comma))}: decimal commas were read"
            " (92,5 as 92.5)"
        )
    return rates


def _rate_column(table: TextTable, column: str) -> tuple[Floats, bool]:
    cells = table.column(column)
    try:
        rate, comma = read_numbers(cells)
    except BadCell as error:
        raise _wrong(table, error.index, column, error.reason) from None
    missing = np.isnan(rate)
    if missing.all():
        msg = f"{table.name}, column {shown(column)}: holds no number; fill or remove the column"
        raise InputError(msg)
    wrong = np.flatnonzero(~missing & ~((rate > 0) & np.isfinite(rate)))
    if len(wrong):
        row = int(wrong[0])
        why = "is too large" if rate[row] > 0 else "is not above zero"
        reason = f"'{shown(cells[row])}' {why}, so it is no rate; correct it or leave it empty"
        raise _wrong(table, row, column, reason)
    return rate, comma


def _refuse_both_decimals(table: TextTable, wanted: list[str], with_comma: str) -> None:
    for column in wanted:
        for row, cell in enumerate(table.column(column)):
            if "." in cell:
                reason = (
                    f"'{shown(cell)}' has a decimal point, column {shown(with_comma)} decimal"
                    " commas; use a point in all columns"
                )
                raise _wrong(table, row, column, reason)


def _jumps(table: TextTable, column: str, rate: Floats, order: np.ndarray) -> Iterator[str]:
    """The first number a thousand times its neighbour, which is seldom meant."""
    rows = order[~np.isnan(rate[order])]
    change = np.abs(np.log(rate[rows][1:] / rate[rows][:-1]))
    far = np.flatnonzero(change > np.log(JUMP))
    if len(far):
        row, before = int(rows[far[0] + 1]), int(rows[far[0]])
        yield (
            f"{table.place(row, column)}: {rate[row]:g} is more than 1,000 times or less than"
            f" 1/1,000 of {rate[before]:g} on line {table.lines[before]}; check the decimals"
        )


def _gaps(table: TextTable, days: Days) -> Iterator[str]:
    apart = np.diff(days).astype(int)
    if not len(apart):
        return
    long = np.flatnonzero(apart > max(LONG_GAP_DAYS, 10 * int(np.median(apart))))
    if len(long):
        k = int(long[np.argmax(apart[long])])
        count = f"{len(long)} gaps longer than a month, the longest" if len(long) > 1 else "a gap"
        yield f"{table.name}: {count} from {days[k]} to {days[k + 1]}; no move is made up for it"


def _series(file: str, column: str, quote: Quote, found: tuple[Days, Floats]) -> RateSeries:
    record, rate = found
    day, opens, known_at = END_OF_DAY.clock(record)
    for array in (record, day, opens, known_at, rate):
        array.setflags(write=False)
    return RateSeries(_card(file, column, quote), record, day, opens, known_at, rate)


def _card(file: str, column: str, quote: Quote) -> SeriesCard:
    unit, inverse_unit = UNITS[quote]
    return SeriesCard(
        id=column,
        title=column,
        unit=unit,
        inverse_unit=inverse_unit,
        publisher=f"file {file}",
        source_url="",
        licence="as the owner of the file says",
        date_rule=END_OF_DAY.id,
        description="Levels from a person's own file, known at the end of their date.",
        move_sign=ROUBLE_QUOTED if quote == "rub-per-usd" else AS_QUOTED,
    )


def _long_series(table: TextTable, quote: Quote) -> Iterator[RateSeries]:
    """The series of this program's own export, each with the days and moments it carries."""
    record, day = _days(table), _days(table, "day")
    rate, _ = _rate_column(table, "rate")
    names = np.array(table.column("series"), dtype=object)
    known_at = _moments(table, day)
    for name in dict.fromkeys(names.tolist()):
        rows = np.flatnonzero(names == name)
        rows = rows[np.argsort(known_at[rows], kind="stable")]
        same = np.flatnonzero(known_at[rows][1:] == known_at[rows][:-1])
        if len(same):
            row = int(rows[same[0] + 1])
            raise _wrong(table, row, "known_at", "is there twice for this series; keep one row")
        yield RateSeries(
            _card(table.name, name or "rate", quote),
            record[rows], day[rows], known_at[rows], known_at[rows], rate[rows],
        )  # fmt: skip


def _moments(table: TextTable, day: Days) -> np.ndarray:
    found = []
    for row, cell in enumerate(table.column("known_at")):
        try:
            found.append(read_moment(cell, day[row].item()).replace(tzinfo=None))
        except ValueError as error:
            raise _wrong(table, row, "known_at", str(error)) from None
    return np.array(found, dtype="datetime64[s]")
