"""A series' history: its returns, its factors, and the running moments models are fitted from."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from dashboard.domain.series import Bools, Days, Floats
from dashboard.engine.moments import RunningMoments


class History:
    """Returns of one series with the returns of K factors on the same rows.

    `returns` (n,), `factors` (n, K); NaN where missing. `barred` (n,) marks rows that no
    estimation may use (the days of other events, when a study asks for clean estimation).
    `day` (n,) are the market days; one after the other where none are given.
    The moments are made once, however many models and positions ask for them.
    """

    def __init__(
        self,
        returns: Floats,
        factors: Floats | None = None,
        barred: Bools | None = None,
        day: Days | None = None,
    ) -> None:
        """Keep the arrays; nothing is computed before it is asked for."""
        self.returns = returns
        self.factors = np.empty((len(returns), 0)) if factors is None else factors
        self.barred = np.zeros(len(returns), dtype=bool) if barred is None else barred
        self.day = np.arange(len(returns)).astype("datetime64[D]") if day is None else day

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.returns)

    @cached_property
    def own(self) -> RunningMoments:
        """Moments of the returns alone."""
        return RunningMoments(self._allowed(self.returns[:, None]))

    @cached_property
    def joint(self) -> RunningMoments:
        """Moments of returns (column 0) and factors (1..K), over pairwise complete rows."""
        return RunningMoments(self._allowed(np.column_stack((self.returns, self.factors))))

    @cached_property
    def excess(self) -> RunningMoments:
        """Moments of the returns minus those of the first factor (market-adjusted)."""
        return RunningMoments(self._allowed((self.returns - self.factors[:, 0])[:, None]))

    @cached_property
    def lagged(self) -> RunningMoments:
        """Moments of return, factor and the factor of the row before."""
        return RunningMoments(self._allowed(self._with_factor_at(-1)))

    @cached_property
    def led(self) -> RunningMoments:
        """Moments of return, factor and the factor of the row after."""
        return RunningMoments(self._allowed(self._with_factor_at(1)))

    def _with_factor_at(self, step: int) -> Floats:
        factor = self.factors[:, 0]
        moved = np.full(len(factor), np.nan)
        if step < 0:
            moved[1:] = factor[:-1]
        else:
            moved[:-1] = factor[1:]
        return np.column_stack((self.returns, factor, moved))

    def _allowed(self, columns: Floats) -> Floats:
        return np.where(self.barred[:, None], np.nan, columns)
