"""Placebo: how the move of an event compares with that of every admissible pseudo-date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from dashboard.domain.rank import Rank
from dashboard.domain.series import Bools, Days, Floats, Ints
from dashboard.domain.study import Pool, StudyRequest, Window
from dashboard.engine.abnormal import Abnormal, abnormal_returns, standardise
from dashboard.engine.history import History
from dashboard.engine.memo import once
from dashboard.engine.near_pool import NearCounts, Sizes, Spans
from dashboard.engine.normal.base import NormalModel
from dashboard.engine.windows import runs_of, whole

DECAY: Final = 0.94
"""EWMA lambda of RiskMetrics 1996, for the volatility on the event's eve."""
CELLS: Final = 8_000_000
"""Positions times offsets that are held at once."""
MOST: Final = 2
"""Events lie on most positions if there are fewer than so many positions for each rate."""
TERCILES: Final = (1 / 3, 2 / 3)
CLOSE: Final = np.timedelta64(731, "D")
"""Two years, one of which may be a leap year."""
Moves: TypeAlias = tuple[Ints, Floats, Floats, Floats]
"""Row, CAR, SCAR and eve volatility of N events, each (N,)."""


@dataclass(frozen=True, eq=False, slots=True)
class Places:
    """The abnormal returns at D rows that hold those of N events.

    Events on one rate share their moves, which are measured once: `found` are those at the rows
    `at` (D,), and `back` (N,) are the places of the events there.
    """

    at: Ints
    back: Ints
    found: Abnormal


class Everywhere:
    """The abnormal returns at every admissible pseudo-date, made when they are first asked for.

    A page needs only their CARs; of a million bars the matrices would not fit.
    """

    def __init__(
        self, history: History, positions: Ints, request: StudyRequest, model: NormalModel
    ) -> None:
        """Keep what they are made from."""
        self.positions = positions
        self._history, self._request, self._model = history, request, model
        self._found: Abnormal | None = None

    @property
    def found(self) -> Abnormal:
        """All of them, (P, L)."""
        if self._found is None:
            self._found = self.at(slice(None))
        return self._found

    def parts(self) -> Iterator[Abnormal]:
        """One after the other, as many positions as fit comfortably; all at once if they do."""
        length = self._request.window[1] - self._request.window[0] + 1
        step = max(CELLS // length, 1)
        if len(self.positions) <= step:
            yield self.found
            return
        for start in range(0, len(self.positions), step):
            yield self.at(slice(start, start + step))

    def places_of(self, rows: Ints) -> Places:
        """The abnormal returns at N rows: where they are most of all positions, those of all."""
        at, back = runs_of(rows)
        if self._found is not None and 0 < len(self.positions) < MOST * len(at):
            places = np.searchsorted(self.positions, rows)
            if (self.positions[np.minimum(places, len(self.positions) - 1)] == rows).all():
                return Places(self.positions, places, self._found)
        return Places(at, back, abnormal_returns(self._history, at, self._request, self._model))

    def at(self, part: slice) -> Abnormal:
        """Those of some positions."""
        return abnormal_returns(self._history, self.positions[part], self._request, self._model)


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Every admissible pseudo-date of a series.

    `everywhere` holds all rows whose windows lie inside the series and the abnormal returns
    there, `fitted` the most coefficients a fit takes; the arrays keep the K rows that have
    enough history: `row`, `quiet` and eve `volatility` (K,), CAR and SCAR for each window.
    `day` (n,) are the market days of the series.
    """

    everywhere: Everywhere
    fitted: int
    day: Days
    row: Ints
    quiet: Bools
    volatility: Floats
    car: dict[Window, Floats]
    scar: dict[Window, Floats]


@dataclass(frozen=True, eq=False, slots=True)
class Placebo:
    """Placebo answers of N events in one window, each (N,).

    `percentile` counts the members of the pool with a smaller |SCAR|, `by_move` those with a
    smaller |CAR|, in per cent; the pool has `size` members from `first` to `last`, NaT without
    any, `close` of them within two years of the event.
    """

    p: Floats
    percentile: Floats
    by_move: Floats
    size: Ints
    close: Ints
    first: Days
    last: Days

    def at(self, places: Ints) -> Placebo:
        """Those of some events, each as often as it is named."""
        return Placebo(*(getattr(self, each.name)[places] for each in fields(self)))

    def rank(self, pool: Pool, k: int) -> Rank:
        """Where event `k` stands; `pool` is what the dates are called."""
        shares = (self.p, self.percentile, self.by_move)
        return Rank.of(pool, shares, (self.size, self.close), (self.first, self.last), k)


def eves_of(history: History) -> Floats:
    """`eve_volatility` of a history, made once."""
    return once(history, "eve_volatility", lambda: eve_volatility(history.returns))


def eve_volatility(returns: Floats) -> Floats:
    """EWMA standard deviation known on the eve of each row, (n,)."""
    square = pd.Series(returns**2).ewm(alpha=1 - DECAY, adjust=False, ignore_na=True).mean()
    volatility: Floats = np.sqrt(square.shift(1).to_numpy(dtype=float))
    return volatility


def far_from(rows: Ints, occupied: Ints, length: int) -> Bools:
    """Whether windows of `length` rows at `rows` touch none of those at `occupied`."""
    if len(occupied) == 0:
        return np.ones(len(rows), dtype=bool)
    taken = np.sort(occupied)
    after = np.searchsorted(taken, rows)
    ahead = taken[np.minimum(after, len(taken) - 1)] - rows
    behind = rows - taken[np.maximum(after - 1, 0)]
    free: Bools = (np.abs(ahead) >= length) & (np.abs(behind) >= length)
    return free


def find_candidates(
    history: History,
    occupied: Ints,
    request: StudyRequest,
    model: NormalModel,
    rows: Ints | None = None,
) -> Candidates:
    """Every row whose estimation and event window lie inside the series.

    Args:
        history: returns and factors of the series.
        occupied: rows of offset 0 of all known events; they make a pseudo-date unquiet.
        request: windows and the number of returns needed.
        model: predicts the normal return, as for the events.
        rows: the rows to look at, ascending; every row if None.
    """
    rows = np.arange(1, len(history), dtype=np.int64) if rows is None else rows
    rows = rows[whole(rows, request.window, (request.estimation, request.gap), len(history))]
    everywhere = Everywhere(history, rows, request, model)
    parts = [_measured(found, request) for found in everywhere.parts()]
    enough = np.concatenate([each.enough for each in parts])
    length = request.window[1] - request.window[0] + 1
    return Candidates(
        everywhere,
        max(each.fitted for each in parts),
        history.day,
        rows[enough],
        far_from(rows[enough], occupied, length),
        eves_of(history)[rows[enough]],
        {w: np.concatenate([each.car[w] for each in parts]) for w in request.cars},
        {w: np.concatenate([each.scar[w] for each in parts]) for w in request.cars},
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """What is kept of some positions: which have enough history, and the CARs of those."""

    enough: Bools
    fitted: int
    car: dict[Window, Floats]
    scar: dict[Window, Floats]


def _measured(found: Abnormal, request: StudyRequest) -> _Part:
    usable = found.prediction.usable
    enough = usable >= request.min_estimation
    car, scar = {}, {}
    for window in request.cars:
        value, se = found.car(window)
        car[window], scar[window] = value[enough], standardise(value, se)[enough]
    return _Part(enough, int((usable - found.prediction.df).max(initial=0)), car, scar)


def compare(candidates: Candidates, window: Window, pool: Pool, events: Moves) -> Placebo:
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
        return _similar(candidates, window, (member, events))
    if pool == "quiet":
        member &= candidates.quiet
    return _among(candidates, window, (member, pool == "near"), events)


def _similar(candidates: Candidates, window: Window, of: tuple[Bools, Moves]) -> Placebo:
    """Each event among the dates whose eve volatility lies in the same tercile of them all."""
    member, events = of
    known = candidates.volatility[member]
    cuts = np.quantile(known, TERCILES) if len(known) else np.zeros(len(TERCILES))
    here, there = np.searchsorted(cuts, candidates.volatility), np.searchsorted(cuts, events[3])
    row, car, scar, volatility = events
    parts = [(there == tercile, member & (here == tercile)) for tercile in range(len(TERCILES) + 1)]
    order = np.concatenate([np.flatnonzero(chosen) for chosen, _ in parts])
    found = [
        _among(
            candidates,
            window,
            (each, False),
            (row[chosen], car[chosen], scar[chosen], volatility[chosen]),
        )
        for chosen, each in parts
    ]
    back = np.argsort(order)
    return Placebo(
        *(
            np.concatenate([getattr(part, each.name) for part in found])[back]
            for each in fields(Placebo)
        )
    )


def _among(
    candidates: Candidates, window: Window, pool: tuple[Bools, bool], events: Moves
) -> Placebo:
    """Events among members, of which each event has those near it, or all but its own date."""
    (member, is_near), (row, car, scar, _) = pool, events
    dates = candidates.row[member]
    standards, sizes = (
        Sizes(values[window][member]) for values in (candidates.scar, candidates.car)
    )
    if is_near:
        counts = NearCounts(dates, row, window)
        spans = counts.spans
        below = counts.below(standards, scar), counts.below(sizes, car)
    else:
        below = standards.smaller(scar), sizes.smaller(car)
        own = np.searchsorted(dates, row)
        none = np.zeros_like(own)
        spans = Spans(none, own, np.searchsorted(dates, row, "right"), none + len(dates))
    return _answered(candidates.day, (dates, spans), (row, scar), below)


def _answered(
    day: Days, pool: tuple[Ints, Spans], events: tuple[Ints, Floats], below: tuple[Ints, Ints]
) -> Placebo:
    (dates, spans), (row, scar), size = pool, events, pool[1].size
    usable = np.isfinite(scar) & (size > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(usable, (size - below[0] + 1) / (size + 1), np.nan)
        by_scar, by_move = (np.where(usable, 100.0 * each / size, np.nan) for each in below)
    low, high = (
        np.searchsorted(day, day[row] - CLOSE),
        np.searchsorted(day, day[row] + CLOSE, "right"),
    )
    close = spans.within(np.searchsorted(dates, low), np.searchsorted(dates, high))
    if len(dates) == 0:
        never = np.full(len(row), np.datetime64("NaT", "D"))
        return Placebo(p, by_scar, by_move, size, close, never, never)
    ends = (
        np.where(size > 0, day[dates[np.clip(end, 0, len(dates) - 1)]], np.datetime64("NaT", "D"))
        for end in spans.ends()
    )
    return Placebo(p, by_scar, by_move, size, close, *ends)
