"""BMP: standardised CARs against their own spread across events."""

from __future__ import annotations

from dashboard.engine.pooled import GroupSample
from dashboard.engine.significance.base import Outcome, against_t, t_of_mean


class Bmp:
    """`mean(SCAR) / (sd(SCAR) / sqrt N)`, sd with N-1, referred to t(N-1)."""

    id = "bmp"
    title = "Standardised cross-sectional t (BMP)"
    null_hypothesis = "the mean standardised CAR is 0"
    reference = "Boehmer, Musumeci & Poulsen 1991, JFE 30"
    assumptions = "assumes independent events; survives event-induced variance"
    needs = "at least 2 events that differ"

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t with N-1 degrees of freedom."""
        t, n = t_of_mean(sample.scar)
        return against_t(t, n - 1, n, (n >= 2, f"needs {self.needs}"))
