"""Market-adjusted return: the normal return is that of the factor, nothing is estimated."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.normal.base import (
    EstimationSample,
    Prediction,
    check_factor_count,
    residual_sd,
    zero_slopes,
)
from dashboard.eventstudy.returns import take_or_nan
from dashboard.models.series import Floats


class MarketAdjusted:
    """E[R] = R of the factor, p = 0; sigma from the mean squared difference."""

    id = "market-adjusted"
    title = "Market-adjusted"
    reference = "Brown & Warner 1980, JFE 8"
    needs = "one factor"

    def predict(self, sample: EstimationSample) -> Prediction:
        """Predict the factor's own return; `1'V1 = L`."""
        history = sample.history
        check_factor_count(self.id, history, 1, 1)
        moments = history.excess_moments.over(sample.first, sample.last)
        usable = moments.count
        sigma = residual_sd(moments.cross[0, 0] + usable * moments.means[0] ** 2, usable)

        def factor(first: int, last: int) -> Floats:
            return np.full(len(usable), float(last - first + 1))

        normal = take_or_nan(history.factors[:, 0], sample.rows)
        zeros, slopes = np.zeros(len(usable)), zero_slopes(sample) + 1.0
        return Prediction(normal, sigma, usable, usable, factor, zeros, slopes)
