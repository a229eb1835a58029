"""Direction: how often the rouble moved as an event of this nature is expected to move it."""

from __future__ import annotations

import numpy as np

from dashboard.engine.pooled import GroupSample
from dashboard.engine.significance.base import Outcome, outcome
from dashboard.engine.signs import binomial_p, hits_of


class Direction:
    """Share of events that moved as expected, exact binomial p; unclear events left out."""

    id = "direction"
    title = "Direction hit rate"
    null_hypothesis = "the expected direction is right half of the time"
    reference = "Clopper & Pearson 1934, Biometrika 26; Wilson 1927, JASA 22 (interval)"
    assumptions = "assumes independent events; the expectations were fixed before the data"
    needs = "an event with a clear expectation that moved"

    def apply(self, sample: GroupSample) -> Outcome:
        """The statistic is the share of hits."""
        hits, n = hits_of(sample)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = hits / n
        unclear = int((sample.pooled.expected[sample.member] == 0).sum())
        note = f"{unclear} events with an unclear expectation left out"
        reason = f"needs {self.needs}"
        return outcome(share, binomial_p(hits, n), n, (n >= 1, reason), note=note)
