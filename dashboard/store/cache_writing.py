"""How an answer is taken into the memory of live rates: new, settled, revised or left alone."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.domain.remembered import Kept
from dashboard.domain.series import RateSeries
from dashboard.store.cache_schema import Row, micros, rows_of


@dataclass(slots=True)
class _Changes:
    """What is to be written."""

    put: list[tuple[Row, int]] = field(default_factory=list)  # row and its revision
    replaced: list[tuple[Row, Row, int, int]] = field(default_factory=list)  # old, new, n, fetch
    new: int = 0
    settled: int = 0


def keep_rows(
    connection: sqlite3.Connection, of: tuple[int, str], series: RateSeries, at: datetime
) -> Kept:
    """Write what differs from what is kept; `of` is the number of the series and its source."""
    number, source = of
    rows = list(rows_of(series))
    kept = _kept_since(connection, number, rows[0].key)
    changes = _changes(rows, kept)
    answered = {row.key for row in rows}
    gone = [key for key, (row, *_) in kept.items() if row.provisional and key not in answered]
    connection.executemany(
        "delete from observations where series = ? and key = ?", [(number, key) for key in gone]
    )
    if not changes.put:
        return Kept()
    fetch = connection.execute(
        "insert into fetches (series, source, fetched_at) values (?, ?, ?)",
        (number, source, micros(at)),
    ).lastrowid
    connection.executemany(
        "insert into revisions values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (number, old.key, revision, old.record, old.opens, old.rate, new.rate, first, fetch)
            for old, new, revision, first in changes.replaced
        ],
    )
    connection.executemany(
        "insert or replace into observations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(number, *row, revision, fetch) for row, revision in changes.put],
    )
    return Kept(changes.new, len(changes.replaced), changes.settled)


def _kept_since(
    connection: sqlite3.Connection, number: int, key: int
) -> dict[int, tuple[Row, int, int]]:
    """Row, revision and fetch of what is kept from a key on."""
    found = connection.execute(
        "select key, record, day, opens, known_at, rate, provisional, revision, fetched"
        " from observations where series = ? and key >= ?",
        (number, key),
    )
    return {row[0]: (Row(*row[:7]), row[7], row[8]) for row in found}


def _changes(rows: list[Row], kept: dict[int, tuple[Row, int, int]]) -> _Changes:
    changes = _Changes()
    for row in rows:
        if row.key not in kept:
            changes.put.append((row, 0))
            changes.new += 1
            continue
        old, revision, fetch = kept[row.key]
        if row == old or not _says_more(row, old):
            continue
        is_revised = not old.provisional and old.rate is not None and row.rate != old.rate
        if is_revised:
            changes.replaced.append((old, row, revision, fetch))
        else:
            changes.settled += 1
        changes.put.append((row, revision + is_revised))
    return changes


def _says_more(row: Row, old: Row) -> bool:
    """Whether a row may replace one: never the missing a number, nor the live the final."""
    if row.rate is None and old.rate is not None:
        return False
    return bool(old.provisional or not row.provisional)
