"""Reasons: why an event is not studied, or is in some windows and not in others."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import RateSeries
from dashboard.domain.study import StudyRequest
from dashboard.engine.alignment import AFTER_DATA
from dashboard.engine.bars import observation_named
from dashboard.engine.history import History


def why_not_studied(series: RateSeries, row: int, usable: int, request: StudyRequest) -> str:
    """Why an event aligned to `row` with `usable` estimation returns cannot be studied."""
    if len(series) == 0:
        return "the series has no observations"
    if row == AFTER_DATA:
        last = observation_named(series, len(series) - 1)
        return f"after the data: the last observation describes {last}"
    if row < 1:
        first = observation_named(series, 0)
        return f"before the data: the first observation describes {first}"
    return (
        f"too little history: {usable} returns in the estimation window,"
        f" {request.min_estimation} needed"
    )


def why_no_value(history: History, series: RateSeries, rows: range) -> str:
    """Why there is no abnormal return on some of an event's rows."""
    if rows.stop > len(series):
        last = observation_named(series, len(series) - 1)
        return f" reaches past the last observation, which describes {last}"
    for row in rows:
        if not np.isfinite(history.returns[row]):
            return f": the return on {observation_named(series, row)} is missing"
        if not np.isfinite(history.factors[row]).all():
            return f": the return of a factor on {observation_named(series, row)} is missing"
    return ": the factors do not vary in its estimation window, or repeat one another"
