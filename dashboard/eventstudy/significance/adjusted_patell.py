"""Adjusted Patell: Patell's Z corrected for the correlation of the residuals."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.numerics import MIN_VARIANCE_FACTOR
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.shared_statistics import (
    is_usable_for_patell,
    mean_residual_correlation,
    patell_z,
)
from dashboard.eventstudy.significance.base import Outcome, normal_outcome
from dashboard.models.messages import deferred


class AdjustedPatell:
    """`z_Patell / sqrt(1+(N-1)r)`, referred to N(0,1)."""

    id = "adjusted_patell"
    title = deferred("Adjusted Patell (Kolari-Pynnonen)")
    null_hypothesis = deferred("the mean standardised CAR is 0")
    reference = "Kolari & Pynnonen 2010, RFS 23"
    assumptions = deferred("survives events on one date; assumes an unchanged variance")
    needs = deferred("at least 2 events whose past varies")

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal; r from residuals paired on the same calendar days."""
        z, n = patell_z(sample)
        r, note = mean_residual_correlation(sample, is_usable_for_patell(sample))
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = 1 + (n - 1) * r
            adjusted = z / np.sqrt(scale)
        reason = [deferred("does not apply: {reason}", reason=text) for text in note]
        return normal_outcome(adjusted, n, ((n >= 2) & (scale > MIN_VARIANCE_FACTOR), reason), note)
