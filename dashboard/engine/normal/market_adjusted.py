"""Market-adjusted: the normal return is that of the factor, with nothing estimated."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Floats
from dashboard.engine.normal.base import (
    Prediction,
    Sample,
    no_slopes,
    refuse_factors,
    root_mean,
)
from dashboard.engine.windows import take


class MarketAdjusted:
    """E[R] = R of the factor, p = 0; sigma from the mean squared difference."""

    id = "market-adjusted"
    title = "Market-adjusted"
    reference = "Brown & Warner 1980, JFE 8"
    needs = "one factor"

    def predict(self, sample: Sample) -> Prediction:
        """Predict the factor's own return; `1'V1 = L`."""
        history = sample.history
        refuse_factors(self.id, history, 1, 1)
        found = history.excess.over(sample.first, sample.last)
        usable = found.count
        sigma = root_mean(found.cross[0, 0] + usable * found.means[0] ** 2, usable)

        def factor(first: int, last: int) -> Floats:
            return np.full(len(usable), float(last - first + 1))

        normal = take(history.factors[:, 0], sample.rows)
        nothing, slopes = np.zeros(len(usable)), no_slopes(sample) + 1.0
        return Prediction(normal, sigma, usable, usable, factor, nothing, slopes)
