"""BMP: standardised CARs against their cross-sectional spread."""

from __future__ import annotations

from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, mean_t_statistic, t_outcome
from dashboard.models.messages import deferred


class Bmp:
    """`mean(SCAR) / (sd(SCAR) / sqrt N)`, sd with N-1, referred to t(N-1)."""

    id = "bmp"
    title = deferred("Standardised cross-sectional t (BMP)")
    null_hypothesis = deferred("the mean standardised CAR is 0")
    reference = "Boehmer, Musumeci & Poulsen 1991, JFE 30"
    assumptions = deferred("assumes independent events; survives event-induced variance")
    needs = deferred("at least 2 events that differ")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t with N-1 degrees of freedom."""
        t, n = mean_t_statistic(sample.scar)
        return t_outcome(t, n - 1, n, (n >= 2, f"needs {self.needs}"))
