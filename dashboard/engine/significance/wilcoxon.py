"""Wilcoxon signed rank: do the larger moves go one way?"""

from __future__ import annotations

from dashboard.engine.pooled import GroupSample
from dashboard.engine.significance.base import Outcome, outcome
from dashboard.engine.signs import dropped, signed_ranks


class Wilcoxon:
    """Sum of the ranks of positive CARs; exact p for N <= 50 (ties too), else normal.

    Zeros are removed and counted; the statistic is the standardised rank sum.
    """

    id = "wilcoxon"
    title = "Wilcoxon signed rank"
    null_hypothesis = "CARs are symmetric around 0"
    reference = "Wilcoxon 1945, Biometrics Bulletin 1; Pratt & Gibbons 1981"
    assumptions = "assumes independent events and a symmetric distribution"
    needs = "an event that moved"

    def apply(self, sample: GroupSample) -> Outcome:
        """Two-sided."""
        z, p, count = signed_ranks(sample.car.T)
        note = dropped(sample.counts - count)
        return outcome(z, p, count, (count >= 1, f"needs {self.needs}"), note=note)
