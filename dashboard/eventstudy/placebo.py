"""Placebo: how the move of an event compares with that of every admissible pseudo-date.

The candidates near an event and their counts follow docs/statistics.md, section 17.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from dashboard.eventstudy.abnormal_returns import (
    AbnormalReturns,
    compute_abnormal_returns,
    standardise,
)
from dashboard.eventstudy.normal.base import NormalModel
from dashboard.eventstudy.numerics import cached_on
from dashboard.eventstudy.returns import History, collapse_runs, has_full_windows
from dashboard.models.moves import PlaceboRank
from dashboard.models.series import Bools, Days, Floats, Ints
from dashboard.models.study import Pool, StudyRequest, Window

NEAR_ROWS: Final = 250
"""Rows before and after an event whose dates it is compared with."""
MIN_NEAR_DATES: Final = 100
"""With fewer dates in reach the nearest are taken instead."""
NEAREST_DATES: Final = 250
"""So many of them."""
SIZE_TIE: Final = 1 - 1e-12
"""Sizes closer than this are equal: the same date measured twice may differ in a last digit."""
DENSE_ROWS_PER_EVENT: Final = 4
"""Events lie close if there are at most so many rows for each."""
BYTES_PER_WORD: Final = 8
"""Bytes of the numbers that add up marks."""
SmallInt: TypeAlias = type[np.int16] | type[np.int32]
FEW_EVENTS: Final = 16
"""So many events are counted one by one: a million sizes need not be put in order for one."""
EVENT_BLOCK: Final = 256
"""Events compared at once: their windows then fit into the processor's cache."""
EWMA_DECAY: Final = 0.94
"""EWMA lambda of RiskMetrics 1996, for the volatility on the event's eve."""
MAX_CELLS: Final = 8_000_000
"""Positions times offsets that are held at once."""
REUSE_RATIO: Final = 2
"""Events lie on most positions if there are fewer than so many positions for each rate."""
TERCILE_LEVELS: Final = (1 / 3, 2 / 3)
CLOSE_SPAN: Final = np.timedelta64(731, "D")
"""Two years, one of which may be a leap year."""
EventMoves: TypeAlias = tuple[Ints, Floats, Floats, Floats]
"""Row, CAR, SCAR and eve volatility of N events, each (N,)."""


# ---- dates near an event


@dataclass(frozen=True, eq=False, slots=True)
class PoolSpans:
    """Of each of N events the members of its pool, by their places among K sorted dates.

    They are `[start, gap_start)` and `[gap_end, stop)`, each (N,): the dates before the event and
    those after it, without the dates whose window contains the event.
    """

    start: Ints
    gap_start: Ints
    gap_end: Ints
    stop: Ints

    @property
    def size(self) -> Ints:
        """How many members, (N,)."""
        return self.gap_start - self.start + self.stop - self.gap_end

    def count_between(self, low: Ints, high: Ints) -> Ints:
        """How many members lie at the places `[low, high)`, (N,)."""
        before = np.minimum(self.gap_start, high) - np.maximum(self.start, low)
        after = np.minimum(self.stop, high) - np.maximum(self.gap_end, low)
        inside: Ints = np.maximum(before, 0) + np.maximum(after, 0)
        return inside

    def first_and_last(self) -> tuple[Ints, Ints]:
        """The places of the first and the last member, each (N,); without meaning if none."""
        first = np.where(self.start < self.gap_start, self.start, self.gap_end)
        last = np.where(self.gap_end < self.stop, self.stop, self.gap_start) - 1
        return first, last


def iterate_near_rows(rows: Ints, length: int) -> Iterator[Ints]:
    """The rows in reach of some rows of a series of `length` rows, then all it has."""
    near = np.unique(rows[:, None] + np.arange(-NEAR_ROWS, NEAR_ROWS + 1))
    yield near[(near >= 1) & (near < length)]
    yield np.arange(1, length, dtype=np.int64)


def excluded_offsets(window: Window) -> tuple[int, int]:
    """First and last row, against the event's, of the dates whose `window` contains the event.

    The event's own date is one of them, and so are those in between.
    """
    return min(-window[1], 0), max(-window[0], 0)


def find_near_spans(dates: Ints, row: Ints, window: Window) -> tuple[PoolSpans, Bools]:
    """The pools of events: dates in reach, else the nearest; an earlier one where two are as near.

    Args:
        dates: rows of the dates that can be members, ascending, (K,).
        row: rows of the events, (N,).
        window: the CAR window; dates whose window contains the event's row are left out.

    Returns:
        The pools, and of which events they are the nearest dates, (N,).
    """
    first, last = excluded_offsets(window)
    gap_start, gap_end = np.searchsorted(dates, row + first), np.searchsorted(dates, row + last + 1)
    start = np.minimum(np.searchsorted(dates, row - NEAR_ROWS), gap_start)
    stop = np.maximum(np.searchsorted(dates, row + NEAR_ROWS + 1), gap_end)
    few = gap_start - start + stop - gap_end < MIN_NEAR_DATES
    if few.any():
        before = _count_nearest_before(dates, row[few], (gap_start[few], gap_end[few]))
        start[few] = gap_start[few] - before
        stop[few] = np.minimum(gap_end[few] + NEAREST_DATES - before, len(dates))
    return PoolSpans(start, gap_start, gap_end, stop), few


def _count_nearest_before(dates: Ints, row: Ints, gap: tuple[Ints, Ints]) -> Ints:
    """How many of the nearest dates lie before each row, (N,), found by bisection."""
    gap_start, gap_end = gap
    low = np.maximum(NEAREST_DATES - (len(dates) - gap_end), 0)
    high = np.minimum(gap_start, NEAREST_DATES)
    low = np.minimum(low, high)
    while (low < high).any():
        middle = (low + high) // 2
        # One more from before is nearer than the farthest of those that come after.
        left = dates[np.maximum(gap_start - middle - 1, 0)]
        right = dates[np.minimum(gap_end + NEAREST_DATES - middle - 1, len(dates) - 1)]
        more = (low < high) & (row - left <= right - row)
        low, high = np.where(more, middle + 1, low), np.where(more, high, middle)
    return low


class MoveSizes:
    """The sizes of K moves in their order."""

    def __init__(self, values: Floats) -> None:
        """Store the sizes of K moves."""
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

    def count_smaller(self, values: Floats) -> Ints:
        """How many of the K are smaller than each of N values, (N,).

        The values are searched in their order: each then starts where the last one ended.
        """
        size = SIZE_TIE * np.abs(values)
        if len(size) <= FEW_EVENTS:
            counts = [np.count_nonzero(self.values < limit) for limit in size]
            return np.array(counts, dtype=np.int64)
        order = np.argsort(size)
        result = np.empty(len(size), dtype=np.int64)
        result[order] = np.searchsorted(self.values[self._order], size[order])
        return result


class NearPoolCounts:
    """Counts smaller members of pools; K dates, N events."""

    def __init__(self, dates: Ints, row: Ints, window: Window) -> None:
        """Find the pools; see `find_near_spans`."""
        self.spans, self._uses_nearest = find_near_spans(dates, row, window)
        self._dates, self._row, self._window = dates, row, window

    def count_below(self, sizes: MoveSizes, values: Floats) -> Ints:
        """How many members of each event's pool are smaller than its value, (N,).

        Args:
            sizes: those of all K dates.
            values: those of the events, (N,).
        """
        if len(values) <= FEW_EVENTS:
            return self._count_each(sizes, SIZE_TIE * np.abs(values))
        # A date is smaller than an event if its place is below the number of all that are.
        level, rank = sizes.count_smaller(values), sizes.rank
        result = np.zeros(len(level), dtype=np.int64)
        usual, few = np.flatnonzero(~self._uses_nearest), np.flatnonzero(self._uses_nearest)
        result[usual] = self._count_near(rank, usual, level)
        result[few] = self._count_nearest(rank, few, level)
        return result

    def _count_each(self, sizes: MoveSizes, limit: Floats) -> Ints:
        spans, result = self.spans, np.zeros(len(limit), dtype=np.int64)
        for k, bound in enumerate(limit):
            before = sizes.values[spans.start[k] : spans.gap_start[k]]
            after = sizes.values[spans.gap_end[k] : spans.stop[k]]
            result[k] = np.count_nonzero(before < bound) + np.count_nonzero(after < bound)
        return result

    def _count_near(self, rank: Ints, events: Ints, level: Ints) -> Ints:
        """Those in reach without the dates whose window contains the event.

        The ranks lie by rows, in the smallest integers that hold them; a row that is no date
        has the largest and is below no level.
        """
        if len(events) == 0:
            return events
        small: SmallInt = np.int16 if len(rank) < np.iinfo(np.int16).max else np.int32
        row, limit = self._row[events], level[events].astype(small)
        base = int(row.min()) - NEAR_ROWS
        by_row = np.full(int(row.max()) + NEAR_ROWS + 1 - base, np.iinfo(small).max, dtype=small)
        inside = slice(*np.searchsorted(self._dates, (base, base + len(by_row))).tolist())
        by_row[self._dates[inside] - base] = rank[inside]
        at = row - NEAR_ROWS - base
        first, last = (
            min(max(end, -NEAR_ROWS), NEAR_ROWS) for end in excluded_offsets(self._window)
        )
        result = _count_in_windows(by_row, at, limit, 2 * NEAR_ROWS + 1)
        for offset in range(first, last + 1):
            result -= np.less(by_row[at + NEAR_ROWS + offset], limit)
        return result

    def _count_nearest(self, rank: Ints, events: Ints, level: Ints) -> Ints:
        """Those at the places of the spans, which are few."""
        spans = self.spans
        result = np.zeros(len(events), dtype=np.int64)
        if len(rank) == 0:
            return result
        for first in range(0, len(events), EVENT_BLOCK):
            block = events[first : first + EVENT_BLOCK, None]
            index = spans.start[block] + np.arange(NEAREST_DATES)
            index += np.where(
                index >= spans.gap_start[block], (spans.gap_end - spans.gap_start)[block], 0
            )
            member = index < spans.stop[block]
            below = rank[np.where(member, index, 0)] < level[block]
            result[first : first + EVENT_BLOCK] = (below & member).sum(axis=1)
        return result


def _count_in_windows(values: NDArray[Any], start: Ints, limit: NDArray[Any], length: int) -> Ints:
    """How many of the `length` values from each `start` on lie below its `limit`, (N,)."""
    windows = sliding_window_view(values, length)
    lowest, span = int(start[0]), int(start[-1] - start[0]) + 1
    if span <= DENSE_ROWS_PER_EVENT * len(start) and (np.diff(start) > 0).all():
        # Where events lie close, all rows between them are read as they lie, without a copy.
        every = np.zeros(span, dtype=limit.dtype)
        every[start - lowest] = limit
        return _count_in_rows(windows[lowest : lowest + span], every)[start - lowest]
    parts = [slice(first, first + EVENT_BLOCK) for first in range(0, len(start), EVENT_BLOCK)]
    return np.concatenate([_count_in_rows(windows[start[block]], limit[block]) for block in parts])


def _count_in_rows(rows: NDArray[Any], limit: NDArray[Any]) -> Ints:
    """How many numbers of each row (N, K), K at most 2,040, lie below its limit, (N,)."""
    result = np.empty(len(rows), dtype=np.int64)
    marks = np.zeros(
        (EVENT_BLOCK, -(-rows.shape[1] // BYTES_PER_WORD) * BYTES_PER_WORD), dtype=bool
    )
    for first in range(0, len(rows), EVENT_BLOCK):
        block = slice(first, first + EVENT_BLOCK)
        some = marks[: len(limit[block])]
        np.less(rows[block], limit[block, None], out=some[:, : rows.shape[1]])
        # Eight marks are added at once: none of the eight sums exceeds a byte.
        sums = some.view(np.uint64).sum(axis=1)
        result[block] = sums.view(np.uint8).reshape(-1, BYTES_PER_WORD).sum(axis=1)
    return result


# ---- all pseudo-dates


@dataclass(frozen=True, eq=False, slots=True)
class DistinctRowReturns:
    """The abnormal returns at D rows that hold those of N events.

    Events on one rate share their moves, which are measured once: `abnormal` are those at
    `rows` (D,), and `inverse` (N,) are the indices of the events there.
    """

    rows: Ints
    inverse: Ints
    abnormal: AbnormalReturns


class PlaceboGrid:
    """The abnormal returns at P positions, computed on first access.

    A page needs only their CARs, or none of them; of a million bars the matrices would not fit.
    """

    def __init__(
        self, history: History, positions: Ints, request: StudyRequest, model: NormalModel
    ) -> None:
        """Store what they are computed from."""
        self.positions, self.history, self.request = positions, history, request
        self._model = model

    @classmethod
    def admissible(
        cls, history: History, request: StudyRequest, model: NormalModel, rows: Ints | None = None
    ) -> PlaceboGrid:
        """At every row, or at those of `rows`, whose two windows lie inside the series."""
        rows = np.arange(1, len(history), dtype=np.int64) if rows is None else rows
        reach = request.estimation, request.gap
        inside = has_full_windows(rows, request.window, reach, len(history))
        return cls(history, rows[inside], request, model)

    @cached_property
    def abnormal(self) -> AbnormalReturns:
        """All of them, (P, L)."""
        return self._measure(self.positions)

    @property
    def _step(self) -> int:
        """How many positions fit comfortably at once."""
        length = self.request.window[1] - self.request.window[0] + 1
        return max(MAX_CELLS // length, 1)

    def chunks(self) -> Iterator[AbnormalReturns]:
        """One after the other, as many positions as fit comfortably; all at once if they do."""
        if len(self.positions) <= self._step:
            yield self.abnormal
            return
        for start in range(0, len(self.positions), self._step):
            yield self._measure(self.positions[start : start + self._step])

    def measure_rows(self, rows: Ints) -> DistinctRowReturns:
        """The abnormal returns at N rows: where they are most of all positions, those of all."""
        distinct, inverse = collapse_runs(rows)
        if 0 < len(self.positions) < min(REUSE_RATIO * len(distinct), self._step + 1):
            indices = np.searchsorted(self.positions, rows)
            if (self.positions[np.minimum(indices, len(self.positions) - 1)] == rows).all():
                return DistinctRowReturns(self.positions, indices, self.abnormal)
        return DistinctRowReturns(distinct, inverse, self._measure(distinct))

    def release_long(self) -> None:
        """Free the matrices of a long series, so that a cached answer does not hold them."""
        if len(self.positions) > self._step:
            self.__dict__.pop("abnormal", None)

    def count_coefficients(self) -> int:
        """The coefficients of a fit, by that of the first position; 0 without any."""
        prediction = self._measure(self.positions[:1]).prediction
        return int((prediction.usable - prediction.df).max(initial=0))

    def _measure(self, rows: Ints) -> AbnormalReturns:
        return compute_abnormal_returns(self.history, rows, self.request, self._model)


@dataclass(frozen=True, eq=False, slots=True)
class PlaceboCandidates:
    """The K admissible pseudo-dates of a series that have enough history.

    `row`, `quiet` and eve `volatility` (K,), CAR and SCAR for each window; `day` (n,) are the
    market days of the series.
    """

    day: Days
    row: Ints
    quiet: Bools
    volatility: Floats
    car: dict[Window, Floats]
    scar: dict[Window, Floats]


@dataclass(frozen=True, eq=False, slots=True)
class PlaceboRanks:
    """Placebo answers of N events in one window, each (N,).

    `percentile` counts the members of the pool with a smaller |SCAR|, `by_move` those with a
    smaller |CAR|, in per cent; the pool has `size` members from `first` to `last`, NaT without any,
    `close` of them within two years of the event.
    """

    p: Floats
    percentile: Floats
    by_move: Floats
    size: Ints
    close: Ints
    first: Days
    last: Days

    def rank(self, pool: Pool, k: int) -> PlaceboRank:
        """Where event `k` stands; `pool` is what the dates are called."""
        shares = (self.p, self.percentile, self.by_move)
        return PlaceboRank.of(pool, (*shares, self.size, self.close, self.first, self.last), k)


def cached_eve_volatility(history: History) -> Floats:
    """`eve_volatility` of a history, made once."""
    return cached_on(history, "eve_volatility", lambda: eve_volatility(history.returns))


def eve_volatility(returns: Floats) -> Floats:
    """EWMA standard deviation known on the eve of each row, (n,)."""
    square = pd.Series(returns**2).ewm(alpha=1 - EWMA_DECAY, adjust=False, ignore_na=True).mean()
    volatility: Floats = np.sqrt(square.shift(1).to_numpy(dtype=float))
    return volatility


def is_far_from(rows: Ints, occupied: Ints, length: int) -> Bools:
    """Whether windows of `length` rows at `rows` touch none of those at `occupied`."""
    if len(occupied) == 0:
        return np.ones(len(rows), dtype=bool)
    taken = np.sort(occupied)
    after = np.searchsorted(taken, rows)
    to_next = taken[np.minimum(after, len(taken) - 1)] - rows
    to_previous = rows - taken[np.maximum(after - 1, 0)]
    free: Bools = (np.abs(to_next) >= length) & (np.abs(to_previous) >= length)
    return free


def find_candidates(grid: PlaceboGrid, occupied: Ints) -> PlaceboCandidates:
    """The positions with enough history, and their moves.

    Args:
        grid: the admissible positions.
        occupied: rows of offset 0 of all known events; they make a pseudo-date unquiet.
    """
    request, windows = grid.request, tuple(dict.fromkeys(grid.request.cars))
    enough: list[Bools] = []
    parts: list[list[tuple[Floats, Floats]]] = []
    for chunk in grid.chunks():
        usable = chunk.prediction.usable >= request.min_estimation
        moves = [chunk.car(window) for window in windows]
        enough.append(usable)
        parts.append([(car[usable], standardise(car, se)[usable]) for car, se in moves])
    rows = grid.positions[np.concatenate(enough)]
    car, scar = (
        {w: np.concatenate([part[at][k] for part in parts]) for at, w in enumerate(windows)}
        for k in (0, 1)
    )
    quiet = is_far_from(rows, occupied, request.window[1] - request.window[0] + 1)
    volatility = cached_eve_volatility(grid.history)[rows]
    return PlaceboCandidates(grid.history.day, rows, quiet, volatility, car, scar)


def rank_among_placebos(
    candidates: PlaceboCandidates, window: Window, pool: Pool, events: EventMoves
) -> PlaceboRanks:
    """Placebo p and percentiles of events (docs/statistics.md, 1 and 17.2).

    `p` = share of pool and event whose |SCAR| is at least the event's, the event included. Every
    page, file and answer that says how large the move of one event is takes it from here.

    Args:
        candidates: the admissible pseudo-dates of the series.
        window: the CAR window.
        pool: "near": those within 250 rows whose window does not contain the event, or the
            nearest 250 where those are fewer than 100; "quiet": those whose event window touches
            no event's; "all"; "similar": those whose eve volatility lies in the same tercile.
        events: the events.
    """
    member = np.isfinite(candidates.scar[window])
    if pool == "similar":
        return _rank_among_similar(candidates, window, (member, events))
    if pool == "quiet":
        member &= candidates.quiet
    return _rank_among_members(candidates, window, (member, pool == "near"), events)


def _rank_among_similar(
    candidates: PlaceboCandidates, window: Window, of: tuple[Bools, EventMoves]
) -> PlaceboRanks:
    """Each event among the dates whose eve volatility lies in the same tercile of them all."""
    member, events = of
    volatilities = candidates.volatility[member]
    cuts = (
        np.quantile(volatilities, TERCILE_LEVELS)
        if len(volatilities)
        else np.zeros(len(TERCILE_LEVELS))
    )
    date_tercile, event_tercile = (
        np.searchsorted(cuts, candidates.volatility),
        np.searchsorted(cuts, events[3]),
    )
    row, car, scar, volatility = events
    parts = [
        (event_tercile == tercile, member & (date_tercile == tercile))
        for tercile in range(len(TERCILE_LEVELS) + 1)
    ]
    order = np.concatenate([np.flatnonzero(chosen) for chosen, _ in parts])
    ranks = [
        _rank_among_members(
            candidates,
            window,
            (tercile_member, False),
            (row[chosen], car[chosen], scar[chosen], volatility[chosen]),
        )
        for chosen, tercile_member in parts
    ]
    inverse = np.argsort(order)
    return PlaceboRanks(
        *(
            np.concatenate([getattr(rank, field.name) for rank in ranks])[inverse]
            for field in fields(PlaceboRanks)
        )
    )


def _rank_among_members(
    candidates: PlaceboCandidates, window: Window, pool: tuple[Bools, bool], events: EventMoves
) -> PlaceboRanks:
    """Events among members, of which each event has those near it, or all but its own date."""
    (member, is_near), (row, car, scar, _) = pool, events
    dates = candidates.row[member]
    standards, sizes = (
        MoveSizes(values[window][member]) for values in (candidates.scar, candidates.car)
    )
    if is_near:
        counts = NearPoolCounts(dates, row, window)
        spans = counts.spans
        below = counts.count_below(standards, scar), counts.count_below(sizes, car)
    else:
        below = standards.count_smaller(scar), sizes.count_smaller(car)
        own_index = np.searchsorted(dates, row)
        none = np.zeros_like(own_index)
        spans = PoolSpans(none, own_index, np.searchsorted(dates, row, "right"), none + len(dates))
    return _build_placebo_ranks(candidates.day, (dates, spans), (row, scar), below)


def _build_placebo_ranks(
    day: Days, pool: tuple[Ints, PoolSpans], events: tuple[Ints, Floats], below: tuple[Ints, Ints]
) -> PlaceboRanks:
    (dates, spans), (row, scar), size = pool, events, pool[1].size
    usable = np.isfinite(scar) & (size > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(usable, (size - below[0] + 1) / (size + 1), np.nan)
        by_scar, by_move = (np.where(usable, 100.0 * count / size, np.nan) for count in below)
    low, high = (
        np.searchsorted(day, day[row] - CLOSE_SPAN),
        np.searchsorted(day, day[row] + CLOSE_SPAN, "right"),
    )
    close = spans.count_between(np.searchsorted(dates, low), np.searchsorted(dates, high))
    if len(dates) == 0:
        never = np.full(len(row), np.datetime64("NaT", "D"))
        return PlaceboRanks(p, by_scar, by_move, size, close, never, never)
    ends = (
        np.where(size > 0, day[dates[np.clip(end, 0, len(dates) - 1)]], np.datetime64("NaT", "D"))
        for end in spans.first_and_last()
    )
    return PlaceboRanks(p, by_scar, by_move, size, close, *ends)
