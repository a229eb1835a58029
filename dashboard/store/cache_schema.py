"""The tables of the memory of live rates, and how rows become series and back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

import numpy as np

from dashboard.domain.series import RateSeries, SeriesCard

VERSION: Final = 1
TABLES: Final = """
create table series (
    id integer primary key,
    name text not null unique,
    source text not null,
    tried_at integer not null,
    ok_at integer,
    problem text not null default '',
    notes text not null default '',
    stamp text not null default ''
);
create table fetches (
    id integer primary key,
    series integer not null references series(id),
    source text not null,
    fetched_at integer not null
);
create table observations (
    series integer not null references series(id),
    key integer not null,
    record integer not null,
    day integer not null,
    opens integer not null,
    known_at integer not null,
    rate real,
    provisional integer not null,
    revision integer not null,
    fetched integer not null references fetches(id),
    primary key (series, key)
) without rowid;
create table revisions (
    series integer not null references series(id),
    key integer not null,
    revision integer not null,
    record integer not null,
    opens integer not null,
    rate real not null,
    became real not null,
    fetched integer not null references fetches(id),
    replaced integer not null references fetches(id),
    primary key (series, key, revision)
) without rowid;
"""
"""`key` is the printed date in days, or the beginning of a bar in seconds; days and moments
are counted from 1970-01-01 (UTC), our own moments (`…_at` of series and fetches) in
microseconds; a missing rate is null."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICRO: Final = timedelta(microseconds=1)
DAMAGED: Final = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})


class Row(NamedTuple):
    """One observation as it is kept."""

    key: int
    record: int
    day: int
    opens: int
    known_at: int
    rate: float | None
    provisional: int


def rows_of(series: RateSeries) -> Iterator[Row]:
    """The observations of a series as rows."""
    record, day = (array.astype(np.int64).tolist() for array in (series.record, series.day))
    opens, known = (array.astype(np.int64).tolist() for array in (series.opens, series.known_at))
    keys = opens if series.card.bar_minutes else record
    final = len(series) - series.provisional
    for at, rate in enumerate(series.rate.tolist()):
        number = None if math.isnan(rate) else rate
        yield Row(keys[at], record[at], day[at], opens[at], known[at], number, int(at >= final))


def series_of(card: SeriesCard, rows: Sequence[Row], fetched_at: datetime | None) -> RateSeries:
    """A series of rows in ascending order, with arrays that cannot be written to."""
    _, record, day, opens, known_at, rate, provisional = zip(*rows, strict=True)
    last_final = max((at for at, one in enumerate(provisional) if not one), default=-1)
    return RateSeries(
        card,
        record=_array(record, "datetime64[D]"),
        day=_array(day, "datetime64[D]"),
        opens=_array(opens, "datetime64[s]"),
        known_at=_array(known_at, "datetime64[s]"),
        rate=_array([np.nan if number is None else number for number in rate], "float64"),
        fetched_at=fetched_at,
        provisional=len(rows) - 1 - last_final,
    )


def _array(values: Sequence[Any], kind: str) -> Any:
    whole = np.array(values) if kind == "float64" else np.array(values, dtype=np.int64)
    array = whole.astype(kind)
    array.setflags(write=False)
    return array


def micros(moment: datetime) -> int:
    """A moment of ours as it is kept."""
    return (moment - EPOCH) // MICRO


def moment_of(kept: int) -> datetime:
    """A moment of ours as it was kept."""
    return EPOCH + kept * MICRO


def moment_if(kept: int | None) -> datetime | None:
    """The same of one that may be missing."""
    return None if kept is None else moment_of(kept)


def day_of(kept: int | None) -> date | None:
    """A day as it was kept."""
    return None if kept is None else np.datetime64(kept, "D").astype(object)
