"""Scholes-Williams: a market model for series that trade at different hours."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.normal.base import (
    EstimationSample,
    Prediction,
    check_factor_count,
    residual_sd,
)
from dashboard.eventstudy.numerics import variance_factor, zero_rounding
from dashboard.eventstudy.returns import take_or_nan


class ScholesWilliams:
    """`beta = (b-1 + b0 + b+1) / (1 + 2 rho)`, each b a simple regression, p = 2.

    The lagged and led regressions use the pairs that lie whole inside the estimation window,
    so that no row of the gap or of the event enters the estimate.
    """

    id = "scholes-williams"
    title = "Scholes-Williams"
    reference = "Scholes & Williams 1977, JFE 5"
    needs = "one factor"

    def predict(self, sample: EstimationSample) -> Prediction:
        """Predict a + b F with the adjusted b."""
        history = sample.history
        check_factor_count(self.id, history, 1, 1)
        now = history.joint_moments.over(sample.first, sample.last)
        lag = history.lagged_moments.over(sample.first + 1, sample.last)
        lead = history.led_moments.over(sample.first, sample.last - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            same = now.cross[0, 1] / now.cross[1, 1]
            before = lag.cross[0, 2] / lag.cross[2, 2]
            after = lead.cross[0, 2] / lead.cross[2, 2]
            rho = lag.cross[1, 2] / np.sqrt(lag.cross[1, 1] * lag.cross[2, 2])
            slope = (before + same + after) / (1 + 2 * rho)
        intercept = now.means[0] - slope * now.means[1]
        sse = now.cross[0, 0] - 2 * slope * now.cross[0, 1] + slope**2 * now.cross[1, 1]
        factor = take_or_nan(history.factors[:, 0], sample.rows)
        df = now.count - 2
        return Prediction(
            intercept[:, None] + slope[:, None] * factor,
            residual_sd(zero_rounding(sse, now.cross[0, 0]), df),
            now.count,
            df,
            variance_factor(now, [factor]),
            intercept,
            slope[:, None],
        )
