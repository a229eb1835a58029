"""Overlap Patell: Patell's Z corrected for the rows that CARs of one series share."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.numerics import MIN_VARIANCE_FACTOR
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.shared_statistics import (
    is_usable_for_patell,
    mean_overlap_correlation,
    patell_z,
)
from dashboard.eventstudy.significance.base import Outcome, normal_outcome
from dashboard.models.messages import deferred


class OverlapPatell:
    """`z_Patell / sqrt(1+(N-1)r)`, r from the CARs' own weights; N(0,1)."""

    id = "overlap_patell"
    title = deferred("Patell for overlapping windows")
    null_hypothesis = deferred("the mean standardised CAR is 0")
    reference = "derived from Campbell, Lo & MacKinlay 1997, 4.4; size by simulation"
    assumptions = deferred("survives many events on one series; assumes an unchanged variance")
    needs = deferred("at least 2 events")

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal."""
        z, n = patell_z(sample)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = 1 + (n - 1) * mean_overlap_correlation(sample, is_usable_for_patell(sample))
            adjusted = z / np.sqrt(scale)
        applies = (n >= 2) & (scale > MIN_VARIANCE_FACTOR)
        return normal_outcome(adjusted, n, (applies, f"needs {self.needs}"))
