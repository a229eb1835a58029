"""Returns of a series and its factors, and the rows of event and estimation windows."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from dashboard.eventstudy.numerics import RunningMoments
from dashboard.models.series import QUOTE_IS_SUBJECT, Bools, Days, Floats, Ints, SeriesCard
from dashboard.models.study import Returns, Window

# ---- windows


def event_rows(anchor: Ints, window: Window) -> Ints:
    """Rows of the event window of every event, shape (N, L); may lie outside the series.

    The N rows of an offset are contiguous in memory, and so are the returns taken at them: sums
    over a few offsets of many events then run several times faster.
    """
    return (np.arange(window[0], window[1] + 1)[:, None] + anchor[None, :]).T


def take_or_nan(values: Floats, rows: Ints) -> Floats:
    """`values[rows]` with NaN outside the series; `rows` (N, L) ascend from left to right."""
    if rows.size == 0 or len(values) == 0:
        return np.full(rows.shape, np.nan)
    if rows[:, 0].min() >= 0 and rows[:, -1].max() < len(values):
        return values.take(rows.T, mode="clip").T
    inside = (rows >= 0) & (rows < len(values))
    return np.where(inside, values[np.where(inside, rows, 0)], np.nan)


def take_events(values: Floats, indices: Ints) -> Floats:
    """`values[places]` of a matrix (D, L), an offset's N values side by side in memory, (N, L)."""
    return values.T.take(indices, axis=1, mode="clip").T


def collapse_runs(rows: Ints) -> tuple[Ints, Ints]:
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


def has_full_windows(anchor: Ints, window: Window, reach: tuple[int, int], length: int) -> Bools:
    """Whether estimation and event window lie inside a series of `length` rows, (N,).

    `reach` is (estimation, gap). Row 0 has no return, hence the first usable row is 1.
    """
    first, _ = estimation_rows(anchor, window, *reach)
    return (first >= 1) & (anchor + window[1] <= length - 1)


# ---- returns


def log_points(rate: Floats | float, base: float, move_sign: int) -> Floats | float:
    """The move from a base to a rate, `100 x move_sign x ln(rate / base)`; never -0."""
    return 100.0 * move_sign * np.log(rate / base) + 0.0


def compute_changes(card: SeriesCard, rate: Floats, kind: Returns) -> Floats:
    """The returns of a price, or the differences of numbers that are none, (n,).

    A difference counts hundreds of the number's unit: 0.01 is one percentage point of an
    interest rate, one point of an index, as 0.01 is one log point of a price.
    """
    return compute_returns(rate, card.move_sign, kind if card.is_price else "difference")


def compute_returns(rate: Floats, move_sign: int, kind: Returns) -> Floats:
    """The return of every observation against the one before.

    A log return is `move_sign x ln(P_t / P_t-1)`. A simple return is that of the quoted
    number (`move_sign` +1) or of its inverse, the value of one rouble (-1): the two are
    not mirror images, which is why a sign alone would be wrong. A difference is that of the
    numbers in hundreds of their unit: 0.01 is one point of an interest rate in per cent.

    Args:
        rate: quoted numbers, shape (n,); NaN where missing.
        move_sign: +1 as quoted, -1 roubles per foreign unit (positive = stronger rouble).
        kind: "log", "simple" or "difference".

    Returns:
        Shape (n,), 0.01 = 1 log point, 1 % or 1 point; NaN at row 0 and wherever either rate is
        missing.
    """
    out = np.full(len(rate), np.nan)
    if len(rate) < 2:
        return out
    before, after = rate[:-1], rate[1:]
    if kind == "difference":
        out[1:] = move_sign * (after - before) / 100.0
    elif kind == "log":
        out[1:] = move_sign * np.log(after / before)
    elif move_sign == QUOTE_IS_SUBJECT:
        out[1:] = before / after - 1.0
    else:
        out[1:] = after / before - 1.0
    return out


# ---- history


class History:
    """Returns of one series with the returns of K factors on the same rows.

    `returns` (n,), `factors` (n, K); NaN where missing. `excluded` (n,) marks rows that no
    estimation may use (the days of other events, when a study has clean estimation).
    `day` (n,) are the market days; one after the other where none are given.
    The moments are computed once, however many models and positions need them.
    """

    def __init__(
        self,
        returns: Floats,
        factors: Floats | None = None,
        excluded: Bools | None = None,
        day: Days | None = None,
    ) -> None:
        """Store the arrays; moments are computed on first access."""
        self.returns = returns
        self.factors = np.empty((len(returns), 0)) if factors is None else factors
        self.excluded = np.zeros(len(returns), dtype=bool) if excluded is None else excluded
        self.day = np.arange(len(returns)).astype("datetime64[D]") if day is None else day

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.returns)

    @cached_property
    def return_moments(self) -> RunningMoments:
        """Moments of the returns alone."""
        return RunningMoments(self._without_excluded(self.returns[:, None]))

    @cached_property
    def joint_moments(self) -> RunningMoments:
        """Moments of returns (column 0) and factors (1..K), over pairwise complete rows."""
        return RunningMoments(self._without_excluded(np.column_stack((self.returns, self.factors))))

    @cached_property
    def excess_moments(self) -> RunningMoments:
        """Moments of the returns minus those of the first factor (market-adjusted)."""
        return RunningMoments(self._without_excluded((self.returns - self.factors[:, 0])[:, None]))

    @cached_property
    def lagged_moments(self) -> RunningMoments:
        """Moments of return, factor and the factor of the row before."""
        return RunningMoments(self._without_excluded(self._with_factor_at(-1)))

    @cached_property
    def led_moments(self) -> RunningMoments:
        """Moments of return, factor and the factor of the row after."""
        return RunningMoments(self._without_excluded(self._with_factor_at(1)))

    def _with_factor_at(self, step: int) -> Floats:
        factor = self.factors[:, 0]
        moved = np.full(len(factor), np.nan)
        if step < 0:
            moved[1:] = factor[:-1]
        else:
            moved[:-1] = factor[1:]
        return np.column_stack((self.returns, factor, moved))

    def _without_excluded(self, columns: Floats) -> Floats:
        return np.where(self.excluded[:, None], np.nan, columns)
