"""Time-series t: the mean CAR against the volatility of each estimation window."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, t_outcome
from dashboard.models.messages import deferred


class TimeSeriesT:
    """`CAAR / [(1/N) sqrt(L sum s_i^2)]`, referred to t with the smallest M_i - p."""

    id = "time_series_t"
    title = "Time-series t"
    null_hypothesis = deferred("the mean CAR is 0")
    reference = "Brown & Warner 1980, JFE 8"
    assumptions = deferred(
        "assumes independent events and an unchanged variance; ignores forecast error"
    )
    needs = deferred("an event whose past varies")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t; degrees of freedom of the shortest estimation window."""
        present = np.isfinite(sample.car) & (sample.sigma > 0)[:, None]
        n = present.sum(axis=0)
        total = np.where(present, sample.car, 0.0).sum(axis=0)
        variance = np.where(present, (sample.sigma**2)[:, None], 0.0).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = total / np.sqrt(variance * sample.pooled.lengths)
        everywhere = np.broadcast_to(sample.df[:, None].astype(float), present.shape)
        df = everywhere.min(axis=0, where=present, initial=np.inf)
        return t_outcome(t, df, n, (n >= 1, f"needs {self.needs}"))
