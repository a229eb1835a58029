"""Calendar shift: the mean CAR against those of the same dates shifted round the series."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.samples import GroupSample, SeriesSample
from dashboard.eventstudy.shared_statistics import MIN_SHIFTS, compute_shifted_means, shift_p_value
from dashboard.eventstudy.significance.base import Outcome, build_outcome
from dashboard.models.messages import deferred
from dashboard.models.series import Floats


class CalendarShift:
    """Every circular shift of the whole set of dates, recomputed; none is drawn.

    It keeps the clustering of the dates and the dependence of the series, but takes dates of
    low and of high volatility for exchangeable.
    """

    id = "calendar_shift"
    title = deferred("Calendar-shift placebo")
    null_hypothesis = deferred(
        "the mean CAR is that of the same pattern of dates anywhere in the series"
    )
    reference = "Lotwick & Silverman 1982, J. Royal Statistical Society B 44 (toroidal shifts)"
    assumptions = deferred(
        "survives clustered dates and dependence; assumes that volatility is the same at all times"
    )
    needs = deferred("an event with full history and {least} admissible shifts", least=MIN_SHIFTS)

    def apply(self, sample: GroupSample) -> Outcome:
        """Two-sided share of shifts; the statistic is the mean CAR of the events inside."""
        windows = sample.pooled.windows

        def cars(series_sample: SeriesSample) -> Floats:
            return np.column_stack([series_sample.grid.car(window)[0] for window in windows])

        means, n = compute_shifted_means(sample, cars, self.id)
        if len(means) == 0:
            means = np.full((1, len(windows)), np.nan)
        applies = (n >= 1) & (len(means) >= MIN_SHIFTS)
        reason = f"needs {self.needs}"
        p = shift_p_value(means, two_sided=True)
        return build_outcome(means[0], p, n, (applies, reason), note=f"{len(means)} shifts")
