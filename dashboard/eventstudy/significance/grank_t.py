"""GRANK-T: the generalised rank test with a t reference."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.shared_statistics import compute_rank_scores
from dashboard.eventstudy.significance.base import Outcome, t_outcome
from dashboard.models.messages import deferred


class GrankT:
    """`Z = Ubar_0 / S`, `Z sqrt((T-2)/(T-1-Z^2))` referred to t(T-2), T = M + 1."""

    id = "grank_t"
    title = "Generalised rank t"
    null_hypothesis = deferred("the CAR ranks like any other day")
    reference = "Kolari & Pynnonen 2011, J. Empirical Finance 18"
    assumptions = deferred(
        "survives events on one date and event-induced variance; assumes that the dates "
        "of many events on one series do not cluster"
    )
    needs = deferred("at least 2 events that differ")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t with T-2 degrees of freedom."""
        scores = compute_rank_scores(sample)
        event = np.array([score.event for score in scores])
        spread = np.sqrt(np.array([score.square for score in scores]))
        points = np.array([score.points for score in scores], dtype=float)
        n = np.array([score.n for score in scores], dtype=np.int64)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = event / spread
            t = z * np.sqrt((points - 2) / (points - 1 - z**2))
        note = [f"T = {score.points} points" for score in scores]
        return t_outcome(t, points - 2, n, (n >= 2, f"needs {self.needs}"), note)
