"""No change: the normal return is 0, so every move is abnormal."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.normal.base import EstimationSample, Prediction, residual_sd, zero_slopes
from dashboard.models.series import Floats


class NoChange:
    """E[R] = 0; sigma from the mean square of the estimation window (p = 0)."""

    id = "none"
    title = "No change"
    reference = "Meese & Rogoff 1983, J. International Economics 14"
    needs = "no factor"

    def predict(self, sample: EstimationSample) -> Prediction:
        """Predict 0; `1'V1 = L`, because nothing is estimated but the variance."""
        moments = sample.history.return_moments.over(sample.first, sample.last)
        usable = moments.count
        sigma = residual_sd(moments.cross[0, 0] + usable * moments.means[0] ** 2, usable)

        def factor(first: int, last: int) -> Floats:
            return np.full(len(usable), float(last - first + 1))

        zeros = np.zeros(len(usable))
        normal = np.zeros(sample.rows.shape)
        return Prediction(normal, sigma, usable, usable, factor, zeros, zero_slopes(sample))
