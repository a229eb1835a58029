"""Generalised sign: the share of positive CARs against that of the estimation windows."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.abnormal_returns import CAR_ROUNDING
from dashboard.eventstudy.clusters import unmoved_notes
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, normal_outcome
from dashboard.models.messages import deferred


class GeneralizedSign:
    """`(w - N phat) / sqrt(N phat (1-phat))`, phat from the estimation windows; N(0,1).

    Exact zeros are dropped on both sides; N counts the events that moved and have a past that
    did.
    """

    id = "generalized_sign"
    title = "Generalised sign"
    null_hypothesis = deferred(
        "positive CARs are as frequent as positive abnormal days were before"
    )
    reference = "Cowan 1992, Review of Quantitative Finance and Accounting 2"
    assumptions = deferred("assumes independent events; no assumption on the median")
    needs = deferred("an event that moved and whose past moved both ways")

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal."""
        above = (sample.residuals > CAR_ROUNDING).sum(axis=1)
        moved = above + (sample.residuals < -CAR_ROUNDING).sum(axis=1)
        used = np.isfinite(sample.car) & (sample.car != 0) & (moved > 0)[:, None]
        n = used.sum(axis=0)
        up = (used & (sample.car > 0)).sum(axis=0)
        share = above / np.maximum(moved, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            phat = np.where(used, share[:, None], 0.0).sum(axis=0) / n
            z = (up - n * phat) / np.sqrt(n * phat * (1 - phat))
        reason = f"needs {self.needs}"
        return normal_outcome(z, n, (n >= 1, reason), unmoved_notes(sample.counts - n))
