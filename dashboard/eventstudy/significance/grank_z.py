"""GRANK-Z: the generalised rank test with a normal reference."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.shared_statistics import compute_rank_scores
from dashboard.eventstudy.significance.base import Outcome, normal_outcome
from dashboard.models.messages import deferred


class GrankZ:
    """`Ubar_0 / sqrt(sum_i (T_i-1) / (12 (T_i+1)) / N^2)`, referred to N(0,1)."""

    id = "grank_z"
    title = "Generalised rank Z"
    null_hypothesis = deferred("the CAR ranks like any other day")
    reference = "Kolari & Pynnonen 2011, J. Empirical Finance 18"
    assumptions = deferred("assumes independent events; survives event-induced variance")
    needs = deferred("at least 2 events that differ")

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal."""
        scores = compute_rank_scores(sample)
        n = np.array([score.n for score in scores], dtype=np.int64)
        variance = np.array(
            [
                ((score.points_per_event - 1) / (12.0 * (score.points_per_event + 1))).sum()
                for score in scores
            ]
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.array([score.event for score in scores]) * n / np.sqrt(variance)
        return normal_outcome(z, n, (n >= 2, f"needs {self.needs}"))
