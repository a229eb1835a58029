"""No change: the best forecast of tomorrow's rate is today's, so every move is abnormal."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Floats
from dashboard.engine.normal.base import Prediction, Sample, no_slopes, root_mean


class NoChange:
    """E[R] = 0; sigma from the mean square of the estimation window (p = 0)."""

    id = "none"
    title = "No change"
    reference = "Meese & Rogoff 1983, J. International Economics 14"
    needs = "no factor"

    def predict(self, sample: Sample) -> Prediction:
        """Predict 0; `1'V1 = L`, because nothing is estimated but the variance."""
        found = sample.history.own.over(sample.first, sample.last)
        usable = found.count
        sigma = root_mean(found.cross[0, 0] + usable * found.means[0] ** 2, usable)

        def factor(first: int, last: int) -> Floats:
            return np.full(len(usable), float(last - first + 1))

        nothing = np.zeros(len(usable))
        normal = np.zeros(sample.rows.shape)
        return Prediction(normal, sigma, usable, usable, factor, nothing, no_slopes(sample))
