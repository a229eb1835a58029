"""Constant mean: the normal return is the average of the estimation window."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.normal.base import EstimationSample, Prediction, residual_sd, zero_slopes
from dashboard.models.series import Floats


class ConstantMean:
    """E[R] = mean of the estimation window, p = 1; `1'V1 = L + L^2/M`."""

    id = "mean"
    title = "Constant mean"
    reference = "Campbell, Lo & MacKinlay 1997, section 4.3; Brown & Warner 1985, JFE 14"
    needs = "no factor"

    def predict(self, sample: EstimationSample) -> Prediction:
        """Predict the estimation mean on every event row."""
        moments = sample.history.return_moments.over(sample.first, sample.last)
        usable, mean = moments.count, moments.means[0]
        sigma = residual_sd(moments.cross[0, 0], usable - 1)

        def factor(first: int, last: int) -> Floats:
            length = last - first + 1
            with np.errstate(divide="ignore"):
                return length + length**2 / usable

        normal = np.broadcast_to(mean[:, None], sample.rows.shape)
        return Prediction(normal, sigma, usable, usable - 1, factor, mean, zero_slopes(sample))
