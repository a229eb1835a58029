"""Skewness-adjusted t: the cross-sectional t corrected for skewed CARs."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.numerics import count_mean_sd
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, t_outcome
from dashboard.models.messages import deferred


class SkewnessAdjustedT:
    """`sqrt N (S + g S^2/3 + g^2 S^3/27 + g/(6N))`, S = mean/sd, g = skewness; t(N-1)."""

    id = "skewness_adjusted_t"
    title = "Skewness-adjusted t"
    null_hypothesis = deferred("the mean CAR is 0")
    reference = "Hall 1992, J. Royal Statistical Society B 54"
    assumptions = deferred("assumes independent events; survives skewness")
    needs = deferred("at least 3 events that differ")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t with N-1 degrees of freedom."""
        n, mean, sd = count_mean_sd(sample.car)
        with np.errstate(divide="ignore", invalid="ignore"):
            cubes = np.nansum(((sample.car - mean) / sd) ** 3, axis=0)
            g = n / ((n - 1) * (n - 2)) * cubes
            s = mean / sd
            t = np.sqrt(n) * (s + g * s**2 / 3 + g**2 * s**3 / 27 + g / (6 * n))
        return t_outcome(t, n - 1, n, (n >= 3, f"needs {self.needs}"))
