"""Windows: which rows of a series belong to an event and to its estimation."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.domain.study import Window


def event_rows(anchor: Ints, window: Window) -> Ints:
    """Rows of the event window of every event, shape (N, L); may lie outside the series.

    In memory an offset's N rows lie side by side, and so do the returns taken at them: sums
    over a few offsets of many events then run several times faster.
    """
    return (np.arange(window[0], window[1] + 1)[:, None] + anchor[None, :]).T


def take(values: Floats, rows: Ints) -> Floats:
    """`values[rows]` with NaN outside the series; `rows` (N, L) ascend from left to right."""
    if rows.size == 0 or len(values) == 0:
        return np.full(rows.shape, np.nan)
    if rows[:, 0].min() >= 0 and rows[:, -1].max() < len(values):
        return values.take(rows.T, mode="clip").T
    inside = (rows >= 0) & (rows < len(values))
    return np.where(inside, values[np.where(inside, rows, 0)], np.nan)


def rows_at(values: Floats, places: Ints) -> Floats:
    """`values[places]` of a matrix (D, L), an offset's N values side by side in memory, (N, L)."""
    return values.T.take(places, axis=1, mode="clip").T


def runs_of(rows: Ints) -> tuple[Ints, Ints]:
    """Rows (N,) with those that follow an equal one left out, (D,), and each one's place there."""
    is_new = np.ones(len(rows), dtype=bool)
    np.not_equal(rows[1:], rows[:-1], out=is_new[1:])
    return rows[is_new], np.cumsum(is_new) - 1


def estimation_rows(anchor: Ints, window: Window, estimation: int, gap: int) -> tuple[Ints, Ints]:
    """First and last row of the estimation window, inclusive, unclipped, each (N,).

    The last row leaves `gap` rows free before the event window's first row.
    """
    last = anchor + window[0] - gap - 1
    return last - estimation + 1, last


def whole(anchor: Ints, window: Window, reach: tuple[int, int], length: int) -> Bools:
    """Whether estimation and event window lie inside a series of `length` rows, (N,).

    `reach` is (estimation, gap). Row 0 has no return, hence the first usable row is 1.
    """
    first, _ = estimation_rows(anchor, window, *reach)
    return (first >= 1) & (anchor + window[1] <= length - 1)
