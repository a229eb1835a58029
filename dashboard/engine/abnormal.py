"""Abnormal returns: AR, CAR and BHAR of many positions with exact standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from dashboard.domain.series import Floats, Ints
from dashboard.domain.study import StudyRequest, Window
from dashboard.engine.history import History
from dashboard.engine.normal.base import NormalModel, Prediction, Sample
from dashboard.engine.windows import estimation_rows, event_rows, take

COVERAGE = 0.95
"""Share of moves that the ordinary range is meant to hold."""
UNMOVED = 1e-14
"""A CAR below this is 0: returns that cancel leave less than this by rounding."""


@dataclass(frozen=True, eq=False, slots=True)
class Abnormal:
    """AR and their errors on the event rows of N positions; matrices are (N, L)."""

    window: Window
    returns: Floats
    prediction: Prediction
    ar: Floats

    @property
    def ar_se(self) -> Floats:
        """S_AR = sigma sqrt(1 + h), (N, L)."""
        columns = [self.prediction.factor(j, j) for j in range(self.ar.shape[1])]
        spread: Floats = np.sqrt(np.column_stack(columns))
        error: Floats = self.prediction.sigma[:, None] * spread
        return error

    def columns(self, window: Window) -> slice:
        """The columns of an offset window."""
        return slice(window[0] - self.window[0], window[1] - self.window[0] + 1)

    def car(self, window: Window) -> tuple[Floats, Floats]:
        """CAR and S_CAR over an offset window, each (N,); NaN where a return is missing."""
        columns = self.columns(window)
        se = self.prediction.sigma * np.sqrt(
            self.prediction.factor(columns.start, columns.stop - 1)
        )
        car = self.ar[:, columns].sum(axis=1)
        return np.where(np.abs(car) < UNMOVED, 0.0, car), se

    def bhar(self, window: Window) -> Floats:
        """Buy-and-hold abnormal return (Barber & Lyon 1997, JFE 43); simple returns only."""
        columns = self.columns(window)
        held = np.prod(1 + self.returns[:, columns], axis=1)
        expected = np.prod(1 + self.prediction.normal[:, columns], axis=1)
        difference: Floats = held - expected
        return difference

    def path(self) -> tuple[Floats, Floats, Floats]:
        """CAR cumulated from the first offset and its ordinary range, each (N, L)."""
        length = self.ar.shape[1]
        spread = np.column_stack([self.prediction.factor(0, j) for j in range(length)])
        half = self._quantile()[:, None] * self.prediction.sigma[:, None] * np.sqrt(spread)
        return np.cumsum(self.ar, axis=1), -half, half

    def from_base(self) -> tuple[Floats, Floats, Floats]:
        """The raw move against the base (offset -1) and its ordinary range, each (N, L).

        After the base: the sum of returns 0..h. Before it: minus the sum of h+1..-1, so that
        the path runs through 0 at the base. The range is E[R] summed likewise +- t S_CAR.
        """
        length, base = self.ar.shape[1], -1 - self.window[0]
        shape = (len(self.ar), length)
        move, centre, half = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
        scale = self._quantile() * self.prediction.sigma
        for column in range(length):
            low, high = (base + 1, column) if column > base else (column + 1, base)
            if low < 0 or high >= length:
                continue
            sign = 1.0 if column > base else -1.0
            move[:, column] = 0.0 + sign * self.returns[:, low : high + 1].sum(axis=1)
            centre[:, column] = 0.0 + sign * self.prediction.normal[:, low : high + 1].sum(axis=1)
            empty = column == base
            half[:, column] = 0.0 if empty else scale * np.sqrt(self.prediction.factor(low, high))
        return move, centre - half, centre + half

    def _quantile(self) -> Floats:
        df = self.prediction.df.astype(float)
        return np.where(df > 0, special.stdtrit(np.maximum(df, 1), (1 + COVERAGE) / 2), np.nan)


def abnormal_returns(
    history: History, anchor: Ints, request: StudyRequest, model: NormalModel
) -> Abnormal:
    """AR of every position.

    Args:
        history: returns and factors of the series.
        anchor: rows of offset 0, (N,).
        request: event window, estimation window and gap.
        model: predicts the normal return.

    Returns:
        An `Abnormal` over N positions and L offsets, in return units.
    """
    rows = event_rows(anchor, request.window)
    first, last = estimation_rows(anchor, request.window, request.estimation, request.gap)
    prediction = model.predict(Sample(history, rows, np.maximum(first, 1), last))
    observed = take(history.returns, rows)
    return Abnormal(request.window, observed, prediction, observed - prediction.normal)


def two_sided_p(t: Floats, df: Floats | Ints) -> Floats:
    """Two-sided p-value of a Student t statistic; NaN where t or df is not defined."""
    usable = np.isfinite(t) & (np.asarray(df) > 0)
    p = 2 * special.stdtr(np.where(usable, df, 1.0), -np.abs(np.where(usable, t, 0.0)))
    return np.where(usable, p, np.nan)


def standardise(value: Floats, se: Floats) -> Floats:
    """`value / se`, NaN where the standard error is 0 (a pegged rate has no t statistic)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(se > 0, value / np.where(se > 0, se, 1.0), np.nan)
