"""Constant mean: the normal return is the average of the estimation window."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Floats
from dashboard.engine.normal.base import Prediction, Sample


class ConstantMean:
    """E[R] = mean of the estimation window, p = 1; `1'V1 = L + L^2/M`."""

    id = "mean"
    title = "Constant mean"
    reference = "Campbell, Lo & MacKinlay 1997, section 4.3; Brown & Warner 1985, JFE 14"

    def predict(self, sample: Sample) -> Prediction:
        """Predict the estimation mean on every event row."""
        usable, mean, sse = sample.sums.over(sample.first, sample.last)
        df = usable - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            sigma = np.where(df > 0, np.sqrt(sse / df), np.nan)

        def factor(first: int, last: int) -> Floats:
            length = last - first + 1
            with np.errstate(divide="ignore"):
                return length + length**2 / usable

        normal = np.broadcast_to(mean[:, None], sample.rows.shape)
        return Prediction(normal, sigma, usable, df, factor)
