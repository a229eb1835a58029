"""Overlap Patell: Patell's Z corrected for the rows that the CARs of one series share."""

from __future__ import annotations

import numpy as np

from dashboard.engine.overlap import mean_overlap
from dashboard.engine.patell_sums import in_patell, patell_z
from dashboard.engine.pooled import GroupSample
from dashboard.engine.significance.base import Outcome, against_normal
from dashboard.engine.spread import LEAST_VARIANCE


class OverlapPatell:
    """`z_Patell / sqrt(1+(N-1)r)`, r from the CARs' own weights; N(0,1)."""

    id = "overlap_patell"
    title = "Patell for overlapping windows"
    null_hypothesis = "the mean standardised CAR is 0"
    reference = "derived from Campbell, Lo & MacKinlay 1997, 4.4; size by simulation"
    assumptions = "survives many events on one series; assumes an unchanged variance"
    needs = "at least 2 events"

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal."""
        z, n = patell_z(sample)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = 1 + (n - 1) * mean_overlap(sample, in_patell(sample))
            adjusted = z / np.sqrt(scale)
        applies = (n >= 2) & (scale > LEAST_VARIANCE)
        return against_normal(adjusted, n, (applies, f"needs {self.needs}"))
