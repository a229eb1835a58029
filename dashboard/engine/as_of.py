"""A series as it was known at a moment, and how a later one differs from it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from dashboard.domain.as_of import LiveRow
from dashboard.domain.series import RateSeries


def as_of(series: RateSeries, moment: datetime) -> RateSeries:
    """The observations that could be known at a moment.

    Args:
        series: observations that are never revised, or the values held at that moment.
        moment: with a time zone; an observation known exactly then is inside.
    """
    limit = np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")
    rows = int(np.searchsorted(series.known_at.astype("datetime64[us]"), limit, side="right"))
    return series if rows == len(series) else series.part(slice(0, rows))


def live_rows(frozen: RateSeries, live: RateSeries) -> tuple[LiveRow, ...]:
    """The rows in which a live series differs from a frozen one, by day; rows are told by opens.

    A row that only the live one has was added; one with another number was revised.
    """
    was = dict(zip(frozen.opens.tolist(), frozen.rate.tolist(), strict=True))
    found = []
    for row, (opens, rate) in enumerate(zip(live.opens.tolist(), live.rate.tolist(), strict=True)):
        if opens in was and _same(was[opens], rate):
            continue
        before = was.get(opens)
        found.append(LiveRow(live.day[row].astype(object), live.record[row].astype(object),
                             None if before is None else float(before), float(rate)))  # fmt: skip
    return tuple(found)


def _same(one: float, other: float) -> bool:
    return one == other or (np.isnan(one) and np.isnan(other))
