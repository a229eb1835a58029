"""Adjusted Patell: Patell's Z corrected for the correlation of the residuals."""

from __future__ import annotations

import numpy as np

from dashboard.engine.patell_sums import in_patell, patell_z
from dashboard.engine.pooled import GroupSample
from dashboard.engine.residual_correlation import mean_correlation
from dashboard.engine.significance.base import Outcome, against_normal
from dashboard.engine.spread import LEAST_VARIANCE


class AdjustedPatell:
    """`z_Patell / sqrt(1+(N-1)r)`, referred to N(0,1)."""

    id = "adjusted_patell"
    title = "Adjusted Patell (Kolari-Pynnonen)"
    null_hypothesis = "the mean standardised CAR is 0"
    reference = "Kolari & Pynnonen 2010, RFS 23"
    assumptions = "survives events on one date; assumes an unchanged variance"
    needs = "at least 2 events whose past varies"

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal; r from residuals paired on the same calendar days."""
        z, n = patell_z(sample)
        r, note = mean_correlation(sample, in_patell(sample))
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = 1 + (n - 1) * r
            adjusted = z / np.sqrt(scale)
        reason = [f"does not apply: {text}" for text in note]
        return against_normal(adjusted, n, ((n >= 2) & (scale > LEAST_VARIANCE), reason), note)
