"""Overlap t: BMP corrected for the rows that CARs of one series share."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.numerics import MIN_VARIANCE_FACTOR
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.shared_statistics import mean_overlap_correlation
from dashboard.eventstudy.significance.base import Outcome, mean_t_statistic, t_outcome
from dashboard.models.messages import deferred


class OverlapT:
    """`t_BMP sqrt((1-r) / (1+(N-1)r))`, r from the CARs' own weights; t(N-1)."""

    id = "overlap_t"
    title = deferred("BMP for overlapping windows")
    null_hypothesis = deferred("the mean standardised CAR is 0")
    reference = "derived from Campbell, Lo & MacKinlay 1997, 4.4; size by simulation"
    assumptions = deferred(
        "survives many events on one series, on one date or near; equals KP on one date"
    )
    needs = deferred("at least 2 events whose windows are not the same")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t; the default among the classical tests for the rouble."""
        t, n = mean_t_statistic(sample.scar)
        r = mean_overlap_correlation(sample, np.isfinite(sample.scar))
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = 1 + (n - 1) * r
            adjusted = t * np.sqrt((1 - r) / scale)
        applies = (n >= 2) & (scale > MIN_VARIANCE_FACTOR) & (r < 1)
        return t_outcome(adjusted, n - 1, n, (applies, f"needs {self.needs}"))
