"""Sign test: do more events move one way than a fair coin would?"""

from __future__ import annotations

import numpy as np
from scipy import special

from dashboard.engine.significance.base import GroupSample, Outcome, does_not_apply


class Sign:
    """`(w - N/2) / (sqrt N / 2)` with the exact two-sided binomial p; zeros are dropped."""

    id = "sign"
    title = "Sign test"
    null_hypothesis = "a positive CAR is as likely as a negative one"
    reference = "Conover 1999, Practical Nonparametric Statistics, section 3.4"
    assumptions = "assumes independent events and a median of 0; no assumption on the variance"

    def apply(self, sample: GroupSample) -> Outcome:
        """Exact binomial p; N counts the events that moved."""
        moved = sample.car[sample.car != 0]
        n = len(moved)
        if n == 0:
            return does_not_apply(n, "no event moved")
        up = int((moved > 0).sum())
        tail = float(special.bdtr(min(up, n - up), n, 0.5))
        return Outcome((up - n / 2) / (np.sqrt(n) / 2), np.nan, min(1.0, 2 * tail), n)
