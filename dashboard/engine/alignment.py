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
    hence contains them only in part. `latest` is the first observation that contains the event
    at the latest hour it can have been, n where it lies after the data.
    """

    row: Ints
    shift_days: Ints
    partial: Bools
    latest: Ints

    @property
    def inside(self) -> Bools:
        """Whether the event has an observation and a base before it."""
        return self.row >= 1

    @property
    def settled(self) -> Bools:
        """Whether `row` is the same for every hour the event can have been."""
        settled: Bools = self.inside & (self.latest == self.row)
        return settled

    def take(self, order: Ints) -> Alignment:
        """Those of some places, in their order."""
        return Alignment(
            self.row[order], self.shift_days[order], self.partial[order], self.latest[order]
        )

    @property
    def far(self) -> Bools:
        """Whether the observation lies more than FAR_DAYS after the event."""
        return self.inside & (self.shift_days > FAR_DAYS)


@dataclass(frozen=True, eq=False, slots=True)
class Starts:
    """When events were; every array has shape (N,), moments are UTC.

    `day` is the local day, `first` the moment an event cannot precede, `last` the one it cannot
    follow: both are its moment where that is known. `timed` says if it is, or if it was
    scheduled; `bounded` if `last` is a moment and not the last minute of the day.
    """

    day: Days
    first: Moments
    last: Moments
    timed: Bools
    bounded: Bools

    def take(self, at: Ints) -> Starts:
        """Those of some places, in their order."""
        return Starts(self.day[at], self.first[at], self.last[at], self.timed[at], self.bounded[at])


def align(observations: tuple[Days, Moments, Moments], events: Starts) -> Alignment:
    """Find offset 0 of every event (DESIGN section 5), without a loop over events.

    With a moment: the first observation with `known_at > moment`, because what is known at
    the very moment cannot contain it. Date only: the first with `known_at >=` the start of
    the day. An event whose observation would be the very first has no base and counts as
    before the data.

    Args:
        observations: `day`, `opens`, `known_at` of the series, each (n,), ascending; of bars
            their ends, which are outside them.
        events: when the N events were.

    Returns:
        An `Alignment` of N events.
    """
    day, opens, known_at = observations
    found = _first_after(known_at, events.first, events.timed)
    latest = _first_after(known_at, events.last, events.bounded)
    row = np.where(found >= len(day), AFTER_DATA, np.where(found == 0, BEFORE_DATA, found))
    inside = row >= 1
    at = np.where(inside, row, 0)
    if len(day) == 0:
        nothing = np.zeros(len(row), dtype=np.int64)
        return Alignment(np.full(len(row), AFTER_DATA), nothing, nothing.astype(bool), nothing)
    shift = (day[at] - events.day).astype("timedelta64[D]").astype(np.int64)
    partial = inside & events.timed & (opens[at] < events.first)
    return Alignment(row, np.where(inside, shift, 0), partial, latest)


def _first_after(known_at: Moments, moments: Moments, exclusive: Bools) -> Ints:
    """The first observation known after each moment, or at it where not `exclusive`, (N,)."""
    earliest = moments.astype("datetime64[s]") + exclusive.astype("timedelta64[s]")
    found: Ints = np.searchsorted(known_at.astype("datetime64[s]"), earliest).astype(np.int64)
    return found
