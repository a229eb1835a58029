"""BHAR t: the mean buy-and-hold abnormal return against its spread across events."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, mean_t_statistic, t_outcome
from dashboard.models.messages import deferred


class BharT:
    """`mean BHAR / (s / sqrt N)`, s with N-1, referred to t(N-1); simple returns only."""

    id = "bhar_t"
    title = deferred("Buy-and-hold t")
    null_hypothesis = deferred("the mean buy-and-hold abnormal return is 0")
    reference = "Barber & Lyon 1997, JFE 43"
    assumptions = deferred("assumes independent events and simple returns; skewed at long windows")
    needs = deferred("simple returns (--returns simple) and at least 2 events that differ")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t with N-1 degrees of freedom; does not apply to log returns."""
        t, n = mean_t_statistic(sample.pooled.bhar[sample.member])
        simple = np.full(len(n), sample.pooled.request.returns == "simple")
        return t_outcome(t, n - 1, n, (simple & (n >= 2), f"needs {self.needs}"))
