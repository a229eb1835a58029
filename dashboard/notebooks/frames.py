"""Data frames as the values of this program, and its tables as data frames.

Own frames pass through the readers of own files, so that the same rules and messages hold. Rows
that this program gave out are recognised, and are then what they were: a series with its
publication rule, an event with its hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard.container import (
    AppContext,
    events_from_file,
    rates_from_arrays,
    rates_from_file,
)
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.models.tables import Cells, Column, ColumnKind, Table
from dashboard.models.user_files import EventFileOptions, RateFileContents, RateFileOptions
from dashboard.services.exports import TABLES
from dashboard.services.rates import get_series, list_cards

DATE_NAMES: Final = frozenset({"date", "day", "time", "timestamp", "datetime", "ts"})
RATE_COLUMNS: Final = frozenset(column.name for column in TABLES["rates"].columns)
KNOWN_EVENT_COLUMNS: Final = frozenset({"id", "date", "title"})


# ---- tables as data frames


def table_frame(name: str, objects: Iterable[Any]) -> pd.DataFrame:
    """A table of `TABLES` as a data frame with the columns of its CSV file."""
    given = tuple(objects)
    table = TABLES[name].fit(given)
    return build_frame(table, table.rows(given))


def build_frame(table: Table, rows: Iterable[Cells]) -> pd.DataFrame:
    """Rows as a data frame: numbers float64, counts Int64, days and moments datetime64."""
    listed = list(rows)
    columns: Sequence[Sequence[Any]] = list(zip(*listed, strict=True)) or [()] * len(table.columns)
    return pd.DataFrame(
        {
            column.name: _build_column(column, values)
            for column, values in zip(table.columns, columns, strict=True)
        }
    )


def _build_column(column: Column, values: Sequence[Any]) -> pd.Series[Any]:
    build: Callable[[Sequence[Any]], pd.Series[Any]]
    build = _COLUMN_BUILDERS.get(column.kind, _build_texts)
    return build(values)


def _build_texts(values: Sequence[Any]) -> pd.Series[Any]:
    return pd.Series([None if value is None else str(value) for value in values], dtype="str")


def _build_days(values: Sequence[Any]) -> pd.Series[Any]:
    days = pd.Series([None if value is None else str(value)[:10] for value in values], dtype="str")
    return pd.to_datetime(days, format="ISO8601")


def _build_moments(values: Sequence[Any]) -> pd.Series[Any]:
    moments = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return pd.to_datetime(pd.Series(moments, dtype="str"), format="ISO8601", utc=True)


_COLUMN_BUILDERS: Final[dict[ColumnKind, Any]] = {
    "number": lambda values: pd.Series(values, dtype="float64"),
    "int": lambda values: pd.Series(values, dtype="Int64"),
    "date": _build_days,
    "moment": _build_moments,
}


# ---- data frames of other libraries


def read_frame(data: Any, field: str) -> pd.DataFrame:
    """A data frame of pandas, Polars, Arrow or another library as one of pandas.

    Raises:
        InputError: it is no data frame.
    """
    if isinstance(data, pd.Series):
        return data.to_frame(data.name if data.name is not None else "rate")
    if isinstance(data, pd.DataFrame):
        return data
    import narwhals as nw

    try:
        frame: pd.DataFrame = nw.from_native(data, eager_only=True).to_pandas()
    except TypeError:
        try:  # an object that speaks the dataframe interchange protocol alone
            frame = pd.api.interchange.from_dataframe(data)
        except (TypeError, ValueError, AttributeError):
            msg = _("is no data frame; give one of pandas, Polars or Arrow, a path, or an id")
            raise InputError(msg, field=field, value=type(data).__name__) from None
    return frame


# ---- rates


def read_rate_frame(
    frame: pd.DataFrame, options: RateFileOptions, context: AppContext
) -> RateFileContents:
    """The series of a data frame: one a column, or the rows that `load_rates` gave.

    Args:
        frame: levels, with a DatetimeIndex or a column of dates.
        options: what the frame itself does not state.
        context: knows the series that ship.

    Raises:
        InputError: one line that says what is wrong with which column.
    """
    if {str(name) for name in frame.columns} == RATE_COLUMNS:
        return _read_long_frame(frame, options, context)
    index, rates = _split_dates(frame, options.date)
    if not rates:
        msg = _("holds no column of numbers; give the levels of at least one series")
        raise InputError(msg, field="rates")
    return rates_from_arrays(index, rates, options, "rates")


def _split_dates(
    frame: pd.DataFrame, date_column: str
) -> tuple[pd.DatetimeIndex, dict[str, np.ndarray[Any, np.dtype[np.float64]]]]:
    """The dates of the rows, and the columns of numbers."""
    if not len(frame):
        raise InputError(_("holds no rows"), field="rates")
    name = date_column or _find_dates(frame)
    if name and name not in frame.columns:
        msg = _("is no column; choose one of {known}", known=", ".join(map(str, frame.columns)))
        raise InputError(msg, field="date", value=name)
    values: Any = frame[name] if name else frame.index
    if isinstance(values, pd.PeriodIndex):
        values = values.to_timestamp()
    rates = {
        str(column): frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
        for column in frame.columns
        if column != name
        and pd.api.types.is_numeric_dtype(frame[column].dtype)
        and not pd.api.types.is_bool_dtype(frame[column].dtype)
    }
    return _to_index(values, name), rates


def _find_dates(frame: pd.DataFrame) -> str:
    """The column of the dates; empty where they are the index.

    Raises:
        InputError: there are none.
    """
    if isinstance(frame.index, pd.DatetimeIndex | pd.PeriodIndex):
        return ""
    for column in frame.columns:
        is_time = pd.api.types.is_datetime64_any_dtype(frame[column].dtype)
        if is_time or str(column).casefold() in DATE_NAMES:
            return str(column)
    msg = _("has no dates; set a DatetimeIndex, or name the column with date=")
    raise InputError(msg, field="rates")


def _to_index(values: Any, name: str) -> pd.DatetimeIndex:
    try:
        index = pd.DatetimeIndex(pd.to_datetime(values))
    except (ValueError, TypeError):
        msg = _("holds something that is no date; write dates as 2025-04-21")
        raise InputError(msg, field="date", value=name) from None
    missing = np.flatnonzero(index.isna())
    if len(missing):
        msg = _("row {row} has no date; fill it, or leave the row out", row=int(missing[0]) + 1)
        raise InputError(msg, field="date", value=name)
    return index


def _read_long_frame(
    frame: pd.DataFrame, options: RateFileOptions, context: AppContext
) -> RateFileContents:
    """The rows that `load_rates` gave, where their series is known; else an export."""
    known_ids = {card.id for card in list_cards(context.rates)}
    series: list[RateSeries] = []
    for name, rows in frame.groupby("series", sort=False):
        known = get_series(context.rates, str(name)) if str(name) in known_ids else None
        part = None if known is None else _select_known_rows(known, rows)
        if part is None:
            csv = _write_csv(rows)
            series.extend(rates_from_file(csv, options, "rates").series)
        else:
            series.append(part)
    return RateFileContents("rates", tuple(series), (), "")


def _select_known_rows(known: RateSeries, rows: pd.DataFrame) -> RateSeries | None:
    """The rows of a known series; None where a row is not one of its own."""
    moments = pd.DatetimeIndex(pd.to_datetime(rows["known_at"], utc=True)).tz_localize(None)
    known_at = moments.to_numpy().astype("datetime64[s]")
    at = np.minimum(np.searchsorted(known.known_at, known_at), len(known) - 1)
    rates = rows["rate"].to_numpy(dtype=np.float64)
    is_own = (known.known_at[at] == known_at) & (known.rate[at] == rates)
    if not is_own.all():
        return None
    chosen = np.unique(at)
    return RateSeries(
        known.card, known.record[chosen], known.day[chosen], known.opens[chosen],
        known.known_at[chosen], known.rate[chosen], known.fetched_at,
    )  # fmt: skip


# ---- events


def read_event_frame(
    frame: pd.DataFrame, options: EventFileOptions, known: Sequence[Event]
) -> tuple[tuple[Event, ...], tuple[str, ...], bool]:
    """The events of a data frame.

    Args:
        frame: one event a row, with the columns of a file of events.
        options: what the frame itself does not state.
        known: the events of the catalogue and the notes.

    Returns:
        The events, messages about the reading, and whether all of them are known ones.

    Raises:
        InputError: one line that says what is wrong with which row.
    """
    if not len(frame):
        raise InputError(_("holds no rows"), field="events")
    if isinstance(frame.index, pd.DatetimeIndex) and "date" not in frame.columns:
        frame = frame.rename_axis("date").reset_index()
    recognised = _find_known_events(frame, {event.id: event for event in known})
    if recognised:
        return recognised, (), True
    table = events_from_file(_write_csv(frame), options, "events")
    return table.events, table.messages, False


def _find_known_events(frame: pd.DataFrame, known: Mapping[str, Event]) -> tuple[Event, ...]:
    """The known events that the rows are, as `load_events` gave them; none where one is not."""
    if not set(frame.columns) >= KNOWN_EVENT_COLUMNS:
        return ()
    days = pd.to_datetime(frame["date"], errors="coerce")
    rows = zip(frame["id"], days, frame["title"], strict=True)
    found = []
    for event_id, day, title in rows:
        event = known.get(str(event_id))
        if event is None or pd.isna(day) or (event.day, event.title) != (day.date(), title):
            return ()
        found.append(event)
    return tuple(found)


def _write_csv(frame: pd.DataFrame) -> bytes:
    """A frame as the bytes of a file: days and moments in ISO format."""
    written = pd.DataFrame({str(name): _write_cells(frame[name]) for name in frame.columns})
    return written.to_csv(index=False).encode()


def _write_cells(values: pd.Series[Any]) -> list[Any]:
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        return [None if _is_missing(value) else value for value in values]
    moments = pd.DatetimeIndex(values)
    if moments.tz is not None:
        moments = moments.tz_convert("UTC")
        return [None if _is_missing(m) else f"{m:%Y-%m-%dT%H:%M:%SZ}" for m in moments]
    known = moments.dropna()
    are_days = bool((known.normalize() == known).all())
    pattern = "%Y-%m-%d" if are_days else "%Y-%m-%dT%H:%M:%S"
    return [None if _is_missing(m) else m.strftime(pattern) for m in moments]


def _is_missing(value: Any) -> bool:
    return value is None or bool(pd.api.types.is_scalar(value) and pd.isna(value))


def read_day(value: str | date, field: str) -> date:
    """A day as it is given: a date, a moment, or `2025-04-21`.

    Raises:
        InputError: it is no day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        msg = _("is no day; write it like 2025-04-21")
        raise InputError(msg, field=field, value=str(value)[:40]) from None
