"""Alignment: which observation is the first that can contain an event (offset 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Days, Ints, Moments

FAR_DAYS: Final = 5
"""More calendar days than this between event and observation are flagged (New Year, halts)."""

BEFORE_DATA: Final = -1
AFTER_DATA: Final = -2


@dataclass(frozen=True, eq=False, slots=True)
class Alignment:
    """Where events lie on a series; every array has shape (N,).

    `row` is the observation at offset 0, or BEFORE_DATA / AFTER_DATA. `shift_days` counts
    calendar days from the event's day to that observation's market day (0 where there is
    none). `partial` marks events inside the averaging window of their observation, which
    hence contains them only in part.
    """

    row: Ints
    shift_days: Ints
    partial: Bools

    @property
    def inside(self) -> Bools:
        """Whether the event has an observation and a base before it."""
        return self.row >= 1

    @property
    def far(self) -> Bools:
        """Whether the observation lies more than FAR_DAYS after the event."""
        return self.inside & (self.shift_days > FAR_DAYS)


def align(
    observations: tuple[Days, Moments, Moments], starts_at: Moments, timed: Bools, event_day: Days
) -> Alignment:
    """Find offset 0 of every event (DESIGN section 5), without a loop over events.

    With a moment: the first observation with `known_at > moment`, because what is known at
    the very moment cannot contain it. Date only: the first with `known_at >=` the start of
    the day. An event whose observation would be the very first has no base and counts as
    before the data.

    Args:
        observations: `day`, `opens`, `known_at` of the series, each (n,), ascending.
        starts_at: UTC moment, or 00:00 Moscow of the day, (N,).
        timed: whether the moment is known, (N,).
        event_day: local day of the event, (N,).

    Returns:
        An `Alignment` of N events.
    """
    day, opens, known_at = observations
    found = np.where(
        timed,
        np.searchsorted(known_at, starts_at, side="right"),
        np.searchsorted(known_at, starts_at, side="left"),
    ).astype(np.int64)
    row = np.where(found >= len(day), AFTER_DATA, np.where(found == 0, BEFORE_DATA, found))
    inside = row >= 1
    at = np.where(inside, row, 0)
    if len(day) == 0:
        nothing = np.zeros(len(row), dtype=np.int64)
        return Alignment(np.full(len(row), AFTER_DATA), nothing, nothing.astype(bool))
    shift = (day[at] - event_day).astype("timedelta64[D]").astype(np.int64)
    partial = inside & timed & (opens[at] < starts_at)
    return Alignment(row, np.where(inside, shift, 0), partial)
