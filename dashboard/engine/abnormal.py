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
        spread = self._spread([(j, j) for j in range(self.ar.shape[1])])
        spread *= self.prediction.sigma[:, None]
        return spread

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
        half = self._spread([(0, j) for j in range(self.ar.shape[1])])
        half *= (self._quantile() * self.prediction.sigma)[:, None]
        return _away_from(-1, self.ar), -half, half

    def _spread(self, spans: list[tuple[int, int]]) -> Floats:
        """`sqrt(1'V1)` over spans of columns, (N, spans); an offset's N lie side by side."""
        spread = np.empty((len(spans), len(self.ar)))
        for column, (first, last) in enumerate(spans):
            np.sqrt(self.prediction.factor(first, last), out=spread[column])
        return spread.T

    def from_base(self) -> tuple[Floats, Floats, Floats]:
        """The raw move against the base (offset -1) and its ordinary range, each (N, L).

        After the base: the sum of returns 0..h. Before it: minus the sum of h+1..-1, so that
        the path runs through 0 at the base. The range is E[R] summed likewise +- t S_CAR.
        """
        length, base = self.ar.shape[1], -1 - self.window[0]
        if not -1 <= base < length:
            nothing = np.full(self.ar.shape, np.nan)
            return nothing, nothing, nothing
        after = [(base + 1, column) for column in range(base + 1, length)]
        before = [(column + 1, base) for column in range(base)]
        here = [(base, base)] if base >= 0 else []
        half = self._spread([*before, *here, *after])
        half *= (self._quantile() * self.prediction.sigma)[:, None]
        if base >= 0:
            half[:, base] = 0.0
        centre = _away_from(base, np.asarray(self.prediction.normal))
        low = centre - half
        centre += half
        return _away_from(base, self.returns), low, centre

    def _quantile(self) -> Floats:
        df, each = np.unique(self.prediction.df, return_inverse=True)
        level = special.stdtrit(np.maximum(df, 1).astype(float), (1 + COVERAGE) / 2)
        return np.where(df > 0, level, np.nan)[each]


def _away_from(base: int, values: Floats) -> Floats:
    """Sums away from a column: of those after it, and minus those up to it; (N, L).

    An offset's N values lie side by side in memory, as in `windows.event_rows`.
    """
    count, length = values.shape
    out = np.zeros((length, count))
    total = np.zeros(count)
    for column in range(base + 1, length):
        total = np.add(total, values[:, column], out=out[column])
    total = np.zeros(count)
    for column in range(base - 1, -1, -1):
        total = np.subtract(total, values[:, column + 1], out=out[column])
    return out.T


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
