"""Direction: how often the rouble moved in the expected direction."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.clusters import count_hits, hit_rate_p
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, build_outcome
from dashboard.models.messages import deferred


class Direction:
    """Share of events that moved as expected, p by signs of whole clusters.

    Events with an unclear expectation are left out and counted.
    """

    id = "direction"
    title = deferred("Direction hit rate")
    null_hypothesis = deferred("the expected direction is right half of the time")
    reference = "Canay, Romano & Shaikh 2017, Econometrica 85 (signs of whole clusters)"
    assumptions = deferred(
        "survives events that hit and miss together; assumes expectations fixed before the data"
    )
    needs = deferred("an event with a clear expectation that moved")

    def apply(self, sample: GroupSample) -> Outcome:
        """The statistic is the share of hits."""
        hits, n = count_hits(sample)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = hits / n
        unclear = int((sample.pooled.expected[sample.member] == 0).sum())
        note = deferred("{unclear} events with an unclear expectation left out", unclear=unclear)
        reason = f"needs {self.needs}"
        return build_outcome(share, hit_rate_p(sample), n, (n >= 1, reason), note=note)
