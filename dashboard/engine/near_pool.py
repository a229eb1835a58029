"""The dates near an event: which they are, how many moved less (docs/statistics.md, 17.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.domain.study import Window

REACH: Final = 250
"""Rows before and after an event whose dates it is compared with."""
LEAST: Final = 100
"""With fewer dates in reach the nearest are taken instead."""
NEAREST: Final = 250
"""So many of them."""
TIE: Final = 1 - 1e-12
"""Sizes closer than this are equal: the same date measured twice may differ in a last digit."""
DENSE: Final = 4
"""Events lie close if there are at most so many rows for each."""
BYTES: Final = 8
"""Bytes of the numbers that add up marks."""
Small: TypeAlias = type[np.int16] | type[np.int32]
FEW: Final = 16
"""So many events are counted one by one: a million sizes need not be put in order for one."""
AT_ONCE: Final = 256
"""Events compared at once: their windows then fit into the processor's cache."""


@dataclass(frozen=True, eq=False, slots=True)
class Spans:
    """Of each of N events the members of its pool, by their places among K sorted dates.

    They are `[start, hole)` and `[back, stop)`, each (N,): the dates before the event and those
    after it, without the dates whose window contains the event.
    """

    start: Ints
    hole: Ints
    back: Ints
    stop: Ints

    @property
    def size(self) -> Ints:
        """How many members, (N,)."""
        return self.hole - self.start + self.stop - self.back

    def within(self, low: Ints, high: Ints) -> Ints:
        """How many members lie at the places `[low, high)`, (N,)."""
        before = np.minimum(self.hole, high) - np.maximum(self.start, low)
        after = np.minimum(self.stop, high) - np.maximum(self.back, low)
        inside: Ints = np.maximum(before, 0) + np.maximum(after, 0)
        return inside

    def ends(self) -> tuple[Ints, Ints]:
        """The places of the first and the last member, each (N,); without meaning if none."""
        first = np.where(self.start < self.hole, self.start, self.back)
        last = np.where(self.back < self.stop, self.stop, self.hole) - 1
        return first, last


def rows_around(rows: Ints, length: int) -> Iterator[Ints]:
    """The rows in reach of some rows of a series of `length` rows, then all it has."""
    near = np.unique(rows[:, None] + np.arange(-REACH, REACH + 1))
    yield near[(near >= 1) & (near < length)]
    yield np.arange(1, length, dtype=np.int64)


def excluded(window: Window) -> tuple[int, int]:
    """First and last row, against the event's, of the dates whose `window` contains the event.

    The event's own date is one of them, and so are those in between.
    """
    return min(-window[1], 0), max(-window[0], 0)


def near_spans(dates: Ints, row: Ints, window: Window) -> tuple[Spans, Bools]:
    """The pools of events: dates in reach, else the nearest; an earlier one where two are as near.

    Args:
        dates: rows of the dates that can be members, ascending, (K,).
        row: rows of the events, (N,).
        window: the CAR window; dates whose window contains the event's row are left out.

    Returns:
        The pools, and of which events they are the nearest dates, (N,).
    """
    first, last = excluded(window)
    hole, back = np.searchsorted(dates, row + first), np.searchsorted(dates, row + last + 1)
    start = np.minimum(np.searchsorted(dates, row - REACH), hole)
    stop = np.maximum(np.searchsorted(dates, row + REACH + 1), back)
    few = hole - start + stop - back < LEAST
    if few.any():
        before = _taken_before(dates, row[few], (hole[few], back[few]))
        start[few] = hole[few] - before
        stop[few] = np.minimum(back[few] + NEAREST - before, len(dates))
    return Spans(start, hole, back, stop), few


def _taken_before(dates: Ints, row: Ints, gap: tuple[Ints, Ints]) -> Ints:
    """How many of the nearest dates lie before each row, (N,), found by bisection."""
    hole, back = gap
    low = np.maximum(NEAREST - (len(dates) - back), 0)
    high = np.minimum(hole, NEAREST)
    low = np.minimum(low, high)
    while (low < high).any():
        middle = (low + high) // 2
        # One more from before is nearer than the farthest of those that come after.
        left = dates[np.maximum(hole - middle - 1, 0)]
        right = dates[np.minimum(back + NEAREST - middle - 1, len(dates) - 1)]
        more = (low < high) & (row - left <= right - row)
        low, high = np.where(more, middle + 1, low), np.where(more, high, middle)
    return low


class Sizes:
    """The sizes of K moves in their order."""

    def __init__(self, values: Floats) -> None:
        """Keep the sizes of K moves."""
        self.values = np.abs(values)

    @cached_property
    def _order(self) -> Ints:
        return np.argsort(self.values)

    @cached_property
    def rank(self) -> Ints:
        """The place of each in the order of sizes, (K,)."""
        rank = np.empty(len(self.values), dtype=np.int64)
        rank[self._order] = np.arange(len(rank))
        return rank

    def smaller(self, values: Floats) -> Ints:
        """How many of the K are smaller than each of N values, (N,).

        The values are searched in their order: each then starts where the last one ended.
        """
        size = TIE * np.abs(values)
        if len(size) <= FEW:
            counts = [np.count_nonzero(self.values < each) for each in size]
            return np.array(counts, dtype=np.int64)
        order = np.argsort(size)
        found = np.empty(len(size), dtype=np.int64)
        found[order] = np.searchsorted(self.values[self._order], size[order])
        return found


class NearCounts:
    """Counts smaller members of pools; K dates, N events."""

    def __init__(self, dates: Ints, row: Ints, window: Window) -> None:
        """Find the pools; see `near_spans`."""
        self.spans, self._few = near_spans(dates, row, window)
        self._dates, self._row, self._window = dates, row, window

    def below(self, sizes: Sizes, values: Floats) -> Ints:
        """How many members of each event's pool are smaller than its value, (N,).

        Args:
            sizes: those of all K dates.
            values: those of the events, (N,).
        """
        if len(values) <= FEW:
            return self._one_by_one(sizes, TIE * np.abs(values))
        # A date is smaller than an event if its place is below the number of all that are.
        level, rank = sizes.smaller(values), sizes.rank
        found = np.zeros(len(level), dtype=np.int64)
        usual, few = np.flatnonzero(~self._few), np.flatnonzero(self._few)
        found[usual] = self._in_reach(rank, usual, level)
        found[few] = self._among_nearest(rank, few, level)
        return found

    def _one_by_one(self, sizes: Sizes, limit: Floats) -> Ints:
        spans, found = self.spans, np.zeros(len(limit), dtype=np.int64)
        for k, each in enumerate(limit):
            before = sizes.values[spans.start[k] : spans.hole[k]]
            after = sizes.values[spans.back[k] : spans.stop[k]]
            found[k] = np.count_nonzero(before < each) + np.count_nonzero(after < each)
        return found

    def _in_reach(self, rank: Ints, events: Ints, level: Ints) -> Ints:
        """Those in reach without the dates whose window contains the event.

        The ranks lie by rows, in the smallest integers that hold them; a row that is no date
        has the largest and is below no level.
        """
        if len(events) == 0:
            return events
        small: Small = np.int16 if len(rank) < np.iinfo(np.int16).max else np.int32
        row, limit = self._row[events], level[events].astype(small)
        base = int(row.min()) - REACH
        by_row = np.full(int(row.max()) + REACH + 1 - base, np.iinfo(small).max, dtype=small)
        inside = slice(*np.searchsorted(self._dates, (base, base + len(by_row))).tolist())
        by_row[self._dates[inside] - base] = rank[inside]
        at = row - REACH - base
        first, last = (min(max(end, -REACH), REACH) for end in excluded(self._window))
        found = _counted(by_row, at, limit, 2 * REACH + 1)
        for offset in range(first, last + 1):
            found -= np.less(by_row[at + REACH + offset], limit)
        return found

    def _among_nearest(self, rank: Ints, events: Ints, level: Ints) -> Ints:
        """Those at the places of the spans, which are few."""
        spans = self.spans
        found = np.zeros(len(events), dtype=np.int64)
        if len(rank) == 0:
            return found
        for first in range(0, len(events), AT_ONCE):
            part = events[first : first + AT_ONCE, None]
            place = spans.start[part] + np.arange(NEAREST)
            place += np.where(place >= spans.hole[part], (spans.back - spans.hole)[part], 0)
            member = place < spans.stop[part]
            below = rank[np.where(member, place, 0)] < level[part]
            found[first : first + AT_ONCE] = (below & member).sum(axis=1)
        return found


def _counted(values: NDArray[Any], start: Ints, limit: NDArray[Any], length: int) -> Ints:
    """How many of the `length` values from each `start` on lie below its `limit`, (N,)."""
    windows = sliding_window_view(values, length)
    lowest, span = int(start[0]), int(start[-1] - start[0]) + 1
    if span <= DENSE * len(start) and (np.diff(start) > 0).all():
        # Where events lie close, all rows between them are read as they lie, without a copy.
        every = np.zeros(span, dtype=limit.dtype)
        every[start - lowest] = limit
        return _smaller(windows[lowest : lowest + span], every)[start - lowest]
    parts = [slice(first, first + AT_ONCE) for first in range(0, len(start), AT_ONCE)]
    return np.concatenate([_smaller(windows[start[part]], limit[part]) for part in parts])


def _smaller(rows: NDArray[Any], limit: NDArray[Any]) -> Ints:
    """How many numbers of each row (N, K), K at most 2,040, lie below its limit, (N,)."""
    found = np.empty(len(rows), dtype=np.int64)
    marks = np.zeros((AT_ONCE, -(-rows.shape[1] // BYTES) * BYTES), dtype=bool)
    for first in range(0, len(rows), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        some = marks[: len(limit[part])]
        np.less(rows[part], limit[part, None], out=some[:, : rows.shape[1]])
        # Eight marks are added at once: none of the eight sums exceeds a byte.
        sums = some.view(np.uint64).sum(axis=1)
        found[part] = sums.view(np.uint8).reshape(-1, BYTES).sum(axis=1)
    return found
