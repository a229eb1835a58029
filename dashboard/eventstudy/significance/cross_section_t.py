"""Cross-sectional t: the mean CAR against its spread across events."""

from __future__ import annotations

from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, mean_t_statistic, t_outcome
from dashboard.models.messages import deferred


class CrossSectionT:
    """`CAAR / (s / sqrt N)`, s with N-1, referred to t(N-1)."""

    id = "cross_section_t"
    title = "Cross-sectional t"
    null_hypothesis = deferred("the mean CAR is 0")
    reference = "Brown & Warner 1985, JFE 14"
    assumptions = deferred("assumes independent events; survives event-induced variance")
    needs = deferred("at least 2 events that differ")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t with N-1 degrees of freedom."""
        t, n = mean_t_statistic(sample.car)
        return t_outcome(t, n - 1, n, (n >= 2, f"needs {self.needs}"))
