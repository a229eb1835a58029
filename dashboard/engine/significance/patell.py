"""Patell: standardised CARs, exact over windows."""

from __future__ import annotations

from dashboard.engine.patell_sums import patell_z
from dashboard.engine.pooled import GroupSample
from dashboard.engine.significance.base import Outcome, against_normal


class Patell:
    """`sum SCAR_i / sqrt(sum Q_i)`, `Q_i = (M_i-p)/(M_i-p-2)`, referred to N(0,1)."""

    id = "patell"
    title = "Patell Z (exact window)"
    null_hypothesis = "the mean standardised CAR is 0"
    reference = "Patell 1976, J. Accounting Research 14; Campbell, Lo & MacKinlay 1997, 4.4"
    assumptions = "assumes independent events and an unchanged variance"
    needs = "an event with more than 2 degrees of freedom"

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal."""
        z, n = patell_z(sample)
        return against_normal(z, n, (n >= 1, f"needs {self.needs}"))
