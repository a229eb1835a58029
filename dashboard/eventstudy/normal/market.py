"""Market model: the normal return is linear in one or several factors."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.normal.base import (
    EstimationSample,
    Prediction,
    check_factor_count,
    residual_sd,
)
from dashboard.eventstudy.numerics import fit_slopes, variance_factor
from dashboard.eventstudy.returns import take_or_nan
from dashboard.models.messages import deferred


class MarketModel:
    """E[R] = a + b'F by least squares over the estimation window, p = K + 1."""

    id = "market"
    title = "Market model"
    reference = "Campbell, Lo & MacKinlay 1997, sections 4.3-4.4"
    needs = deferred("one factor or several")

    def predict(self, sample: EstimationSample) -> Prediction:
        """Predict from the factors' returns; `1'V1` by the full design matrix."""
        history = sample.history
        check_factor_count(self.id, history, 1, None)
        width = history.factors.shape[1]
        moments = history.joint_moments.over(sample.first, sample.last)
        slopes, residual_ss = fit_slopes(moments, width)
        intercept = moments.means[0] - sum(slopes[k] * moments.means[k + 1] for k in range(width))
        factors = [take_or_nan(history.factors[:, k], sample.rows) for k in range(width)]
        normal = slopes[0][:, None] * factors[0]
        for k in range(1, width):
            normal += slopes[k][:, None] * factors[k]
        normal += intercept[:, None]
        df = moments.count - width - 1
        return Prediction(
            normal,
            residual_sd(residual_ss, df),
            moments.count,
            df,
            variance_factor(moments, factors),
            intercept,
            np.column_stack(slopes),
        )
