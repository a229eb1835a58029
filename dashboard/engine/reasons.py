"""Reasons: why an event is not studied, or is in some windows and not in others."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Days, RateSeries
from dashboard.domain.study import StudyRequest
from dashboard.engine.alignment import AFTER_DATA
from dashboard.engine.history import History


def why_not_studied(series: RateSeries, row: int, usable: int, request: StudyRequest) -> str:
    """Why an event aligned to `row` with `usable` estimation returns cannot be studied."""
    if len(series) == 0:
        return "the series has no observations"
    if row == AFTER_DATA:
        return f"after the data: the last observation describes {series.day[-1]}"
    if row < 1:
        return f"before the data: the first observation describes {series.day[0]}"
    return (
        f"too little history: {usable} returns in the estimation window,"
        f" {request.min_estimation} needed"
    )


def why_no_value(history: History, day: Days, rows: range) -> str:
    """Why there is no abnormal return on some of an event's rows."""
    if rows.stop > len(day):
        return f" reaches past the last observation, which describes {day[-1]}"
    for row in rows:
        if not np.isfinite(history.returns[row]):
            return f": the return on {day[row]} is missing"
        if not np.isfinite(history.factors[row]).all():
            return f": the return of a factor on {day[row]} is missing"
    return ": the factors do not vary in its estimation window, or repeat one another"
