"""Patell: the sum of standardised CARs, with exact forecast errors over windows."""

from __future__ import annotations

from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.shared_statistics import patell_z
from dashboard.eventstudy.significance.base import Outcome, normal_outcome
from dashboard.models.messages import deferred


class Patell:
    """`sum SCAR_i / sqrt(sum Q_i)`, `Q_i = (M_i-p)/(M_i-p-2)`, referred to N(0,1)."""

    id = "patell"
    title = deferred("Patell Z (exact window)")
    null_hypothesis = deferred("the mean standardised CAR is 0")
    reference = "Patell 1976, J. Accounting Research 14; Campbell, Lo & MacKinlay 1997, 4.4"
    assumptions = deferred("assumes independent events and an unchanged variance")
    needs = deferred("an event with more than 2 degrees of freedom")

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal."""
        z, n = patell_z(sample)
        return normal_outcome(z, n, (n >= 1, f"needs {self.needs}"))
