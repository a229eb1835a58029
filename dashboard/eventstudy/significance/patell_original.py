"""Patell as first published: daily standardised returns summed over the window."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.shared_statistics import student_t_variance
from dashboard.eventstudy.significance.base import Outcome, normal_outcome
from dashboard.models.messages import deferred


class PatellOriginal:
    """`CSAR_i = sum SAR_it / sqrt(L Q_i)`, `Z = sum CSAR_i / sqrt N`, referred to N(0,1)."""

    id = "patell_original"
    title = deferred("Patell Z (as published)")
    null_hypothesis = deferred("the mean standardised CAR is 0")
    reference = "Patell 1976, J. Accounting Research 14"
    assumptions = deferred("assumes independent events and days, and an unchanged variance")
    needs = deferred("an event with more than 2 degrees of freedom")

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal."""
        pooled, sar = sample.pooled, sample.pooled.sar[sample.member]
        start = pooled.request.window[0]
        sums = np.column_stack(
            [sar[:, a - start : b - start + 1].sum(axis=1) for a, b in pooled.windows]
        )
        scaled = sums / np.sqrt(pooled.lengths * student_t_variance(sample)[:, None])
        present = np.isfinite(scaled)
        n = present.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(present, scaled, 0.0).sum(axis=0) / np.sqrt(n)
        return normal_outcome(z, n, (n >= 1, f"needs {self.needs}"))
