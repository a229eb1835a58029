"""Kolari-Pynnonen: BMP corrected for the correlation of the residuals."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.numerics import MIN_VARIANCE_FACTOR
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.shared_statistics import mean_residual_correlation
from dashboard.eventstudy.significance.base import Outcome, mean_t_statistic, t_outcome
from dashboard.models.messages import deferred


class KolariPynnonen:
    """`t_BMP sqrt((1-r) / (1+(N-1)r))`, referred to t(N-1)."""

    id = "kolari_pynnonen"
    title = deferred("Adjusted BMP (Kolari-Pynnonen)")
    null_hypothesis = deferred("the mean standardised CAR is 0")
    reference = "Kolari & Pynnonen 2010, RFS 23"
    assumptions = deferred(
        "survives events on one date and event-induced variance; hardly ever rejects for "
        "many events on one series, where r is 1 for every overlapping pair"
    )
    needs = deferred("at least 2 events whose past varies")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t; r from residuals paired on the same calendar days."""
        t, n = mean_t_statistic(sample.scar)
        r, note = mean_residual_correlation(sample, np.isfinite(sample.scar))
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = 1 + (n - 1) * r
            adjusted = t * np.sqrt((1 - r) / scale)
        reason = [deferred("does not apply: {reason}", reason=text) for text in note]
        return t_outcome(
            adjusted, n - 1, n, ((n >= 2) & (scale > MIN_VARIANCE_FACTOR), reason), note
        )
