"""Windows: which rows of a series belong to an event, and running sums over them."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.domain.study import Window

CANCELLATION = 1e5
"""Beyond this ratio of running total to result a difference of prefix sums is recomputed."""
ROUNDING = 1e-14
"""Values that differ by less than this on average differ by their last digits only."""


def event_rows(anchor: Ints, window: Window) -> Ints:
    """Rows of the event window of every event, shape (N, L); may lie outside the series."""
    return anchor[:, None] + np.arange(window[0], window[1] + 1)[None, :]


def take(values: Floats, rows: Ints) -> Floats:
    """`values[rows]` with NaN where a row lies outside the series."""
    inside = (rows >= 0) & (rows < len(values))
    return np.where(inside, values[np.where(inside, rows, 0)], np.nan)


def estimation_rows(anchor: Ints, window: Window, estimation: int, gap: int) -> tuple[Ints, Ints]:
    """First and last row of the estimation window, inclusive, unclipped, each (N,).

    The last row leaves `gap` rows free before the event window's first row.
    """
    last = anchor + window[0] - gap - 1
    return last - estimation + 1, last


class RunningSums:
    """Counts, sums and squares of a series over any span of rows in constant time.

    The series is centred first, and spans whose result is tiny against the running total
    (a pegged rate after a volatile year) are recomputed from the values themselves, so that
    no digits are lost to cancellation. A spread of the size of rounding counts as none.
    """

    def __init__(self, values: Floats) -> None:
        """Prepare the prefix sums of `values`, shape (n,); NaN rows count as absent."""
        present = np.isfinite(values)
        self._values = values
        self._centre = float(values[present].mean()) if present.any() else 0.0
        centred = np.where(present, values - self._centre, 0.0)
        self._count = np.concatenate(([0], np.cumsum(present)))
        self._sum = np.concatenate(([0.0], np.cumsum(centred)))
        self._square = np.concatenate(([0.0], np.cumsum(centred**2)))

    def over(self, first: Ints, last: Ints) -> tuple[Ints, Floats, Floats]:
        """Usable rows, mean and sum of squared deviations from the mean, each (N,).

        Spans reaching outside the series are cut to it; an empty span has count 0 and NaN.
        """
        low = np.clip(first, 0, len(self._values))
        high = np.maximum(np.clip(last + 1, 0, len(self._values)), low)
        count = self._count[high] - self._count[low]
        total = self._sum[high] - self._sum[low]
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = total / count
        square = self._square[high] - self._square[low]
        sse = np.where(count > 0, square - total * mean, np.nan)
        fragile = (count > 0) & (self._square[high] > CANCELLATION * np.abs(sse))
        mean = mean + self._centre
        for span in np.flatnonzero(fragile):
            values = self._values[low[span] : high[span]]
            values = values[np.isfinite(values)]
            mean[span] = values.mean()
            sse[span] = ((values - mean[span]) ** 2).sum()
        return count, mean, np.where(sse <= count * ROUNDING**2, 0.0, sse)


def whole(anchor: Ints, window: Window, reach: tuple[int, int], length: int) -> Bools:
    """Whether estimation and event window lie inside a series of `length` rows, (N,).

    `reach` is (estimation, gap). Row 0 has no return, hence the first usable row is 1.
    """
    first, _ = estimation_rows(anchor, window, *reach)
    return (first >= 1) & (anchor + window[1] <= length - 1)
