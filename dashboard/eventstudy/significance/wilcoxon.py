"""Wilcoxon signed rank: the rank sum of positive CARs."""

from __future__ import annotations

from dashboard.eventstudy.clusters import signed_rank_test, unmoved_notes
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, build_outcome
from dashboard.models.messages import deferred


class Wilcoxon:
    """Sum of the ranks of positive CARs; exact p for N <= 50 (ties too), else normal.

    Zeros are removed and counted; the statistic is the standardised rank sum.
    """

    id = "wilcoxon"
    title = deferred("Wilcoxon signed rank")
    null_hypothesis = deferred("CARs are symmetric around 0")
    reference = "Wilcoxon 1945, Biometrics Bulletin 1; Pratt & Gibbons 1981"
    assumptions = deferred("assumes independent events and a symmetric distribution")
    needs = deferred("an event that moved")

    def apply(self, sample: GroupSample) -> Outcome:
        """Two-sided."""
        z, p, count = signed_rank_test(sample.car.T)
        note = unmoved_notes(sample.counts - count)
        return build_outcome(z, p, count, (count >= 1, f"needs {self.needs}"), note=note)
