"""Volatility: squared standardised returns on event days against those on shifted dates."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.abnormal_returns import standardise
from dashboard.eventstudy.samples import GroupSample, SeriesSample
from dashboard.eventstudy.shared_statistics import MIN_SHIFTS, compute_shifted_means, shift_p_value
from dashboard.eventstudy.significance.base import Outcome, build_outcome
from dashboard.models.messages import deferred
from dashboard.models.series import Floats


class Volatility:
    """Mean squared SAR of the window's days over that of all shifts; one-sided by shift."""

    id = "volatility"
    title = "Volatility reaction"
    null_hypothesis = deferred("squared standardised returns are no larger than at shifted dates")
    reference = "Beaver 1968, J. Accounting Research 6; Patell 1976, J. Accounting Research 14"
    assumptions = deferred(
        "survives clustered dates and dependence; assumes the series is stationary"
    )
    needs = deferred("an event with full history and {least} admissible shifts", least=MIN_SHIFTS)

    def apply(self, sample: GroupSample) -> Outcome:
        """The statistic is the ratio of the events' mean square to that of all shifts."""
        windows, start = sample.pooled.windows, sample.pooled.request.window[0]

        def squares(series_sample: SeriesSample) -> Floats:
            square = standardise(series_sample.grid.ar, series_sample.grid.ar_se) ** 2
            return np.column_stack(
                [square[:, a - start : b - start + 1].mean(axis=1) for a, b in windows]
            )

        means, n = compute_shifted_means(sample, squares, self.id)
        if len(means) == 0:
            means = np.full((1, len(windows)), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            finite = np.isfinite(means)
            ratio = means[0] / (np.where(finite, means, 0.0).sum(axis=0) / finite.sum(axis=0))
        applies = (n >= 1) & (len(means) >= MIN_SHIFTS)
        reason = f"needs {self.needs}"
        p = shift_p_value(means, two_sided=False)
        return build_outcome(ratio, p, n, (applies, reason), note=f"{len(means)} shifts")
