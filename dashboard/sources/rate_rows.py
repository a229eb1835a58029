"""The rows of a table of rates: in order, each once, and what is odd about their days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from dashboard.domain.series import Floats, Ints
from dashboard.sources.cells import BadCell
from dashboard.sources.rate_cells import wrong
from dashboard.sources.stamp_clock import Clock, Stamped
from dashboard.sources.table_file import TextTable

DATE: Final = "date"
LONG_GAP_DAYS: Final = 31


def today() -> date:
    """The calendar day in UTC."""
    return datetime.now(UTC).date()


def order_rows(
    table: TextTable, stamped: Stamped, rates: dict[str, Floats], notes: list[str]
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
            f"{_said(key[second[at]])} is already on line {table.lines[int(first[at])]} with"
            " another rate; keep one of the two rows"
        )
        raise wrong(table, BadCell(int(second[at]), reason), DATE)
    rows = "1 row" if len(same) == 1 else f"{len(same):,} rows"
    notes.append(
        f"{table.place(int(second[0]), DATE)}: {_said(key[second[0]])} is there twice with the"
        f" same rate (line {table.lines[int(first[0])]}); {rows} like this left out"
    )
    return np.delete(order, same + 1)


def _said(key: np.datetime64) -> str:
    return str(key).replace("T", " ")


def gaps(table: TextTable, clock: Clock) -> Iterator[str]:
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


def to_come(table: TextTable, clock: Clock, order: Ints) -> Iterator[str]:
    """Rows after tomorrow: an official rate is printed a day ahead, none later."""
    late = np.flatnonzero(clock.day > np.datetime64(today() + timedelta(days=1)))
    if len(late):
        rows = "1 row is" if len(late) == 1 else f"{len(late):,} rows are"
        yield (
            f"{table.place(int(order[late[0]]), DATE)}: {clock.day[late[0]]} is still to come,"
            f" {rows}; a forecast is no rate, check the dates"
        )
