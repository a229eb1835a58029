"""Cross-sectional t: the mean CAR against its spread across events."""

from __future__ import annotations

import numpy as np
from scipy import special

from dashboard.engine.significance.base import GroupSample, Outcome, does_not_apply


class CrossSectionT:
    """`CAAR / (s / sqrt N)`, s with N-1, referred to t(N-1)."""

    id = "cross_section_t"
    title = "Cross-sectional t"
    null_hypothesis = "the mean CAR is 0"
    reference = "Brown & Warner 1985, JFE 14"
    assumptions = "assumes independent events; survives event-induced variance"

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t with N-1 degrees of freedom, two-sided."""
        n = len(sample.car)
        if n < 2:
            return does_not_apply(n, "needs at least 2 events")
        spread = float(sample.car.std(ddof=1))
        if spread == 0:
            return does_not_apply(n, "all events moved alike")
        t = float(sample.car.mean()) / (spread / np.sqrt(n))
        return Outcome(t, n - 1, float(2 * special.stdtr(n - 1, -abs(t))), n)
