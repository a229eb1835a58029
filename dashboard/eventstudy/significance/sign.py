"""Sign test: the number of positive CARs against a fair coin."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.clusters import binomial_p, unmoved_notes
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, build_outcome
from dashboard.models.messages import deferred


class Sign:
    """`(w - N/2) / (sqrt N / 2)` with the exact two-sided binomial p; zeros are dropped."""

    id = "sign"
    title = "Sign test"
    null_hypothesis = deferred("a positive CAR is as likely as a negative one")
    reference = "Conover 1999, Practical Nonparametric Statistics, section 3.4"
    assumptions = deferred(
        "assumes independent events and a median of 0; no assumption on the variance"
    )
    needs = deferred("an event that moved")

    def apply(self, sample: GroupSample) -> Outcome:
        """Exact binomial p; N counts the events that moved."""
        up = (sample.car > 0).sum(axis=0)
        n = up + (sample.car < 0).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (up - n / 2) / (np.sqrt(n) / 2)
        return build_outcome(
            z,
            binomial_p(up, n),
            n,
            (n >= 1, f"needs {self.needs}"),
            note=unmoved_notes(sample.counts - n),
        )
