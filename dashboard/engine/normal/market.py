"""Market model: the return is linear in one or several factors."""

from __future__ import annotations

import numpy as np

from dashboard.engine.least_squares import design_factor, slopes_of
from dashboard.engine.normal.base import Prediction, Sample, refuse_factors, root_mean
from dashboard.engine.windows import take


class MarketModel:
    """E[R] = a + b'F by least squares over the estimation window, p = K + 1."""

    id = "market"
    title = "Market model"
    reference = "Campbell, Lo & MacKinlay 1997, sections 4.3-4.4"
    needs = "one factor or several"

    def predict(self, sample: Sample) -> Prediction:
        """Predict from the factors' returns; `1'V1` by the full design matrix."""
        history = sample.history
        refuse_factors(self.id, history, 1, None)
        width = history.factors.shape[1]
        found = history.joint.over(sample.first, sample.last)
        slopes, left = slopes_of(found, width)
        intercept = found.means[0] - sum(slopes[k] * found.means[k + 1] for k in range(width))
        factors = [take(history.factors[:, k], sample.rows) for k in range(width)]
        normal = slopes[0][:, None] * factors[0]
        for k in range(1, width):
            normal += slopes[k][:, None] * factors[k]
        normal += intercept[:, None]
        df = found.count - width - 1
        return Prediction(
            normal,
            root_mean(left, df),
            found.count,
            df,
            design_factor(found, factors),
            intercept,
            np.column_stack(slopes),
        )
