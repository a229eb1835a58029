"""Brown-Warner 1985: the mean CAR against the time series of average residuals."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.abnormal_returns import CAR_ROUNDING
from dashboard.eventstudy.numerics import count_mean_sd
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, t_outcome
from dashboard.models.messages import deferred


class BrownWarner1985:
    """`CAAR / (sd(AAR over the estimation window in event time) sqrt L)`."""

    id = "brown_warner_1985"
    title = deferred("Crude dependence adjustment")
    null_hypothesis = deferred("the mean CAR is 0")
    reference = "Brown & Warner 1985, JFE 14"
    assumptions = deferred("survives events on one date; assumes an unchanged variance")
    needs = deferred("an estimation window that varies")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t with (rows of the estimation window - 1) degrees of freedom."""
        n, caar, _ = count_mean_sd(sample.car)
        spread, df = np.full(len(n), np.nan), np.zeros(len(n))
        for windows, events in sample.tested:
            counts, averages, _ = count_mean_sd(sample.residuals[events])
            past = averages[counts > 0][:, None]
            rows, _, sd = count_mean_sd(past)
            spread[windows], df[windows] = sd[0], rows[0] - 1.0
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(
                spread > CAR_ROUNDING, caar / (spread * np.sqrt(sample.pooled.lengths)), np.nan
            )
        return t_outcome(t, df, n, (n >= 1, f"needs {self.needs}"))
