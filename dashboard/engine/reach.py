"""When a rate last was as high, or as low, as some level."""

from __future__ import annotations

from datetime import date

import numpy as np

from dashboard.domain.day_facts import Observation
from dashboard.domain.series import RateSeries


def last_reach(
    series: RateSeries, before: date, level: float, *, from_above: bool
) -> Observation | None:
    """The last observation before a day at `level` or beyond it; None where there is none.

    Args:
        series: the observations; missing rates are passed over.
        before: market day; it is not looked at itself.
        level: of the quoted number.
        from_above: whether "beyond" means higher.
    """
    earlier = np.isfinite(series.rate) & (series.day < np.datetime64(before, "D"))
    beyond = series.rate >= level if from_above else series.rate <= level
    rows = np.flatnonzero(earlier & beyond)
    return _observation(series, int(rows[-1])) if len(rows) else None


def first_rate(series: RateSeries) -> Observation | None:
    """The first observation that is not missing."""
    rows = np.flatnonzero(np.isfinite(series.rate))
    return _observation(series, int(rows[0])) if len(rows) else None


def _observation(series: RateSeries, row: int) -> Observation:
    return Observation(date.fromisoformat(str(series.day[row])), float(series.rate[row]))
