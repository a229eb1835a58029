"""No change: the best forecast of tomorrow's rate is today's, so every move is abnormal."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Floats
from dashboard.engine.normal.base import Prediction, Sample


class NoChange:
    """E[R] = 0; sigma from the mean square of the estimation window (p = 0)."""

    id = "none"
    title = "No change"
    reference = "Meese & Rogoff 1983, J. International Economics 14"

    def predict(self, sample: Sample) -> Prediction:
        """Predict 0; `1'V1 = L`, because nothing is estimated but the variance."""
        usable, mean, sse = sample.sums.over(sample.first, sample.last)
        with np.errstate(divide="ignore", invalid="ignore"):
            sigma = np.sqrt((sse + usable * mean**2) / usable)

        def factor(first: int, last: int) -> Floats:
            return np.full(len(usable), float(last - first + 1))

        return Prediction(np.zeros(sample.rows.shape), sigma, usable, usable, factor)
