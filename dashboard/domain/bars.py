"""Bars: where those of a series do not follow one another, and which are of a weekend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from dashboard.domain.series import Bools, Moments, RateSeries

Gap: TypeAlias = Literal["", "session", "missing"]
MINUTE: Final = 60
SATURDAY: Final = 2
"""1 January 1970 was a Thursday: days since then, modulo 7, are 2 on a Saturday, 3 on a Sunday."""


@dataclass(frozen=True, eq=False, slots=True)
class Gaps:
    """What precedes each bar, and when it was; every array has shape (n,).

    `session`: the market was closed before this bar, which belongs to a later market day than
    the one before it. `missing`: bars of the same day are not there, because nothing was
    traded or the market halted; nothing is filled in for them. `weekend`: the bar is of a
    Saturday or Sunday in Moscow.
    """

    session: Bools
    missing: Bools
    weekend: Bools

    def before(self, row: int) -> Gap:
        """What precedes one bar."""
        return "session" if self.session[row] else "missing" if self.missing[row] else ""


def ends_of(series: RateSeries) -> Moments:
    """When each observation ends: the first moment that cannot be inside it, (n,).

    `known_at` of a bar is its last second, 13:59:59, or its end, 14:00:00, as the source stamps
    it; both end at 14:00. Observations of a day end at `known_at`.
    """
    if not series.card.bar_minutes:
        return series.known_at
    is_last_second = series.known_at.astype(np.int64) % MINUTE == MINUTE - 1
    ends: Moments = series.known_at + is_last_second.astype("timedelta64[s]")
    return ends


def gaps_of(series: RateSeries) -> Gaps:
    """Where the bars of a series are broken; nothing is where it has one number a day.

    A bar follows another when its end lies one bar's length after the other's end.
    """
    none = np.zeros(len(series), dtype=bool)
    if not series.card.bar_minutes:
        return Gaps(none, none, none)
    length = np.timedelta64(60 * series.card.bar_minutes, "s")
    broken, later = none.copy(), none.copy()
    broken[1:] = np.diff(series.known_at) > length
    later[1:] = series.day[1:] > series.day[:-1]
    weekend = (series.day.astype("datetime64[D]").astype(np.int64) - SATURDAY) % 7 < 2
    return Gaps(broken & later, broken & ~later, weekend)
