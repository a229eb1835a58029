"""Abnormal returns: AR, CAR and BHAR of many positions with exact standard errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from dashboard.eventstudy.normal.base import EstimationSample, NormalModel, Prediction
from dashboard.eventstudy.returns import (
    History,
    estimation_rows,
    event_rows,
    take_events,
    take_or_nan,
)
from dashboard.models.series import Floats, Ints
from dashboard.models.study import CONFIDENCE_LEVEL, StudyRequest, Window

CAR_ROUNDING = 1e-14
"""A CAR below this is 0: returns that cancel leave less than this by rounding."""


@dataclass(frozen=True, eq=False, slots=True)
class AbnormalReturns:
    """AR and their errors on the event rows of N positions; matrices are (N, L)."""

    window: Window
    returns: Floats
    prediction: Prediction
    ar: Floats

    @property
    def ar_se(self) -> Floats:
        """S_AR = sigma sqrt(1 + h), (N, L)."""
        out = np.empty(self.ar.shape[::-1])
        for column, row in enumerate(out):
            np.multiply(self._root(column, column), self.prediction.sigma, out=row)
        return out.T

    def take(self, indices: Ints) -> AbnormalReturns:
        """Those of some positions, each as often as it is named."""
        original, factor = self.prediction, self.prediction.factor
        prediction = replace(
            original,
            normal=take_events(original.normal, indices),
            sigma=original.sigma[indices],
            usable=original.usable[indices],
            df=original.df[indices],
            factor=lambda first, last: factor(first, last)[indices],
            intercept=original.intercept[indices],
            slopes=original.slopes[indices],
        )
        returns, ar = take_events(self.returns, indices), take_events(self.ar, indices)
        return AbnormalReturns(self.window, returns, prediction, ar)

    def _root(self, first: int, last: int) -> Floats:
        """`sqrt(1'V1)` over columns first..last, (N,)."""
        factor = self.prediction.factor(first, last)
        root: Floats = np.sqrt(factor, out=factor)
        return root

    def columns(self, window: Window) -> slice:
        """The columns of an offset window."""
        return slice(window[0] - self.window[0], window[1] - self.window[0] + 1)

    def car(self, window: Window) -> tuple[Floats, Floats]:
        """CAR and S_CAR over an offset window, each (N,); NaN where a return is missing."""
        car = self.ar[:, self.columns(window)].sum(axis=1)
        return np.where(np.abs(car) < CAR_ROUNDING, 0.0, car), self.se(window)

    def se(self, window: Window) -> Floats:
        """S_CAR over an offset window, (N,)."""
        columns = self.columns(window)
        se: Floats = self._root(columns.start, columns.stop - 1) * self.prediction.sigma
        return se

    def bhar(self, window: Window) -> Floats:
        """Buy-and-hold abnormal return (Barber & Lyon 1997, JFE 43); simple returns only."""
        columns = self.columns(window)
        observed = np.prod(1 + self.returns[:, columns], axis=1)
        expected = np.prod(1 + self.prediction.normal[:, columns], axis=1)
        difference: Floats = observed - expected
        return difference

    def path(self) -> tuple[Floats, Floats, Floats]:
        """CAR cumulated from the first offset and its ordinary range, each (N, L)."""
        return _cumulate_from(-1, self.ar), *self._ordinary_range(-1, None)

    def from_base(self) -> tuple[Floats, Floats, Floats]:
        """The raw move against the base (offset -1) and its ordinary range, each (N, L).

        After the base: the sum of returns 0..h. Before it: minus the sum of h+1..-1, so that
        the path runs through 0 at the base. The range is E[R] summed likewise +- t S_CAR.
        """
        base = -1 - self.window[0]
        if not -1 <= base < self.ar.shape[1]:
            nothing = np.full(self.ar.shape, np.nan)
            return nothing, nothing, nothing
        return _cumulate_from(base, self.returns), *self._ordinary_range(
            base, self.prediction.normal
        )

    def _ordinary_range(self, base: int, normal: Floats | None) -> tuple[Floats, Floats]:
        """Ordinary range of sums away from a column, around 0 or sums of E[R]; each (N, L).

        Offset by offset, so that what is added up stays in the processor's cache.
        """
        count, length = self.ar.shape
        low, high, width = np.empty((length, count)), np.empty((length, count)), self._range_width()
        if 0 <= base < length:
            low[base] = high[base] = 0.0
        for columns, step in ((range(base + 1, length), 1), (range(base - 1, -1, -1), -1)):
            centre = np.zeros(count)
            for column in columns:
                first, last = (base + 1, column) if step > 0 else (column + 1, base)
                half = self._root(first, last)
                if normal is None:
                    np.multiply(half, width, out=high[column])
                    np.negative(high[column], out=low[column])
                    continue
                half *= width
                move = normal[:, last if step > 0 else first]
                (np.add if step > 0 else np.subtract)(centre, move, out=centre)
                np.subtract(centre, half, out=low[column])
                np.add(centre, half, out=high[column])
        return low.T, high.T

    def _range_width(self) -> Floats:
        """The quantile of t times sigma, (N,)."""
        df: Ints = self.prediction.df
        indices: Ints | slice = slice(None)
        if len(df) and (df == df[0]).all():
            df = df[:1]
        else:
            df, indices = np.unique(df, return_inverse=True)
        level = special.stdtrit(np.maximum(df, 1).astype(float), (1 + CONFIDENCE_LEVEL) / 2)
        width: Floats = np.where(df > 0, level, np.nan)[indices] * self.prediction.sigma
        return width


def _cumulate_from(base: int, values: Floats) -> Floats:
    """Sums away from a column: of those after it, and minus those up to it; (N, L).

    The N values of an offset are contiguous in memory, as in `event_rows`.
    """
    count, length = values.shape
    out = np.empty((length, count))
    if 0 <= base < length:
        out[base] = 0.0
    total = np.zeros(count)
    for column in range(base + 1, length):
        total = np.add(total, values[:, column], out=out[column])
    total = np.zeros(count)
    for column in range(base - 1, -1, -1):
        total = np.subtract(total, values[:, column + 1], out=out[column])
    return out.T


def compute_abnormal_returns(
    history: History, anchor: Ints, request: StudyRequest, model: NormalModel
) -> AbnormalReturns:
    """AR of every position.

    Args:
        history: returns and factors of the series.
        anchor: rows of offset 0, (N,).
        request: event window, estimation window and gap.
        model: predicts the normal return.

    Returns:
        An `AbnormalReturns` over N positions and L offsets, in return units.
    """
    rows = event_rows(anchor, request.window)
    first, last = estimation_rows(anchor, request.window, request.estimation, request.gap)
    prediction = model.predict(EstimationSample(history, rows, np.maximum(first, 1), last))
    observed = take_or_nan(history.returns, rows)
    return AbnormalReturns(request.window, observed, prediction, observed - prediction.normal)


def two_sided_p(t: Floats, df: Floats | Ints) -> Floats:
    """Two-sided p-value of a Student t statistic; NaN where t or df is not defined."""
    usable = np.isfinite(t) & (np.asarray(df) > 0)
    p = 2 * special.stdtr(np.where(usable, df, 1.0), -np.abs(np.where(usable, t, 0.0)))
    return np.where(usable, p, np.nan)


def standardise(value: Floats, se: Floats) -> Floats:
    """`value / se`, NaN where the standard error is 0 (a pegged rate has no t statistic)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(se > 0, value / np.where(se > 0, se, 1.0), np.nan)
