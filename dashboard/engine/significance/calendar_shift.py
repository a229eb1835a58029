"""Calendar shift: the mean CAR among those of the same dates moved round the calendar."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Floats
from dashboard.engine.pooled import GroupSample, Measured
from dashboard.engine.shifts import FEWEST_SHIFTS, share_at_least, shifted_means
from dashboard.engine.significance.base import Outcome, outcome


class CalendarShift:
    """Every circular shift of the whole set of dates, recomputed; none is drawn.

    It keeps the clustering of the dates and the dependence of the series, but holds dates of
    calm and of stormy times for exchangeable.
    """

    id = "calendar_shift"
    title = "Calendar-shift placebo"
    null_hypothesis = "the mean CAR is that of the same pattern of dates anywhere in the series"
    reference = "Lotwick & Silverman 1982, J. Royal Statistical Society B 44 (toroidal shifts)"
    assumptions = (
        "survives clustered dates and dependence; assumes that volatility is the same at all times"
    )
    needs = f"an event with full history and {FEWEST_SHIFTS} admissible shifts"

    def apply(self, sample: GroupSample) -> Outcome:
        """Two-sided share of shifts; the statistic is the mean CAR of the events inside."""
        windows = sample.pooled.windows

        def cars(each: Measured) -> Floats:
            return np.column_stack([each.everywhere.car(window)[0] for window in windows])

        means, n = shifted_means(sample, cars, self.id)
        if len(means) == 0:
            means = np.full((1, len(windows)), np.nan)
        applies = (n >= 1) & (len(means) >= FEWEST_SHIFTS)
        reason = f"needs {self.needs}"
        p = share_at_least(means, two_sided=True)
        return outcome(means[0], p, n, (applies, reason), note=f"{len(means)} shifts")
