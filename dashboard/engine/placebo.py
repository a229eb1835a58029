"""Placebo: how the move of an event compares with that of every admissible pseudo-date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.domain.study import Pool, StudyRequest, Window
from dashboard.engine.abnormal import Abnormal, abnormal_returns, standardise
from dashboard.engine.history import History
from dashboard.engine.normal.base import NormalModel
from dashboard.engine.windows import whole

DECAY: Final = 0.94
"""EWMA lambda of RiskMetrics 1996, for the volatility on the event's eve."""
CELLS: Final = 8_000_000
"""Positions times offsets that are held at once."""
TERCILES: Final = (1 / 3, 2 / 3)
TIE: Final = 1 - 1e-12
"""Sizes closer than this are equal: the same date measured twice may differ in a last digit."""


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

    def at(self, part: slice) -> Abnormal:
        """Those of some positions."""
        return abnormal_returns(self._history, self.positions[part], self._request, self._model)


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Every admissible pseudo-date of a series.

    `everywhere` holds all rows whose windows lie inside the series and the abnormal returns
    there, `fitted` the most coefficients a fit takes; the arrays keep the K rows that have
    enough history: `row`, `quiet` and eve `volatility` (K,), CAR and SCAR for each window.
    """

    everywhere: Everywhere
    fitted: int
    row: Ints
    quiet: Bools
    volatility: Floats
    car: dict[Window, Floats]
    scar: dict[Window, Floats]


@dataclass(frozen=True, eq=False, slots=True)
class Placebo:
    """Placebo answers of N events in one window, each (N,)."""

    p: Floats
    percentile: Floats
    percentile_matched: Floats
    pool: Ints


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
    history: History, occupied: Ints, request: StudyRequest, model: NormalModel
) -> Candidates:
    """Every row whose estimation and event window lie inside the series.

    Args:
        history: returns and factors of the series.
        occupied: rows of offset 0 of all known events; they make a pseudo-date unquiet.
        request: windows and the number of returns needed.
        model: predicts the normal return, as for the events.
    """
    rows = np.arange(1, len(history), dtype=np.int64)
    rows = rows[whole(rows, request.window, (request.estimation, request.gap), len(history))]
    everywhere = Everywhere(history, rows, request, model)
    parts = [_measured(found, request) for found in everywhere.parts()]
    enough = np.concatenate([each.enough for each in parts])
    length = request.window[1] - request.window[0] + 1
    return Candidates(
        everywhere,
        max(each.fitted for each in parts),
        rows[enough],
        far_from(rows[enough], occupied, length),
        eve_volatility(history.returns)[rows[enough]],
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


def compare(
    candidates: Candidates, window: Window, pool: Pool, events: tuple[Ints, Floats, Floats, Floats]
) -> Placebo:
    """Placebo p and percentiles of events (STATISTICS section 1).

    `p` = share of pool and event whose |SCAR| is at least the event's, the event included.
    The percentile counts pool members with a smaller |CAR|; the matched one only those whose
    eve volatility lies in the same tercile of the pool.

    Args:
        candidates: the admissible pseudo-dates of the series.
        window: the CAR window.
        pool: "quiet" or "all".
        events: row, CAR, SCAR and eve volatility of the events, each (N,).
    """
    row, car, scar, volatility = events
    member = candidates.quiet if pool == "quiet" else np.ones(len(candidates.row), dtype=bool)
    member = member & np.isfinite(candidates.scar[window])
    size, standard = np.abs(candidates.car[window][member]), np.abs(candidates.scar[window][member])
    own = np.isin(row, candidates.row[member])
    total = np.full(len(row), len(size)) - own
    sizes, standards = np.sort(size), np.sort(standard)
    at_least = len(standards) - np.searchsorted(standards, TIE * np.abs(scar)) - own
    smaller = np.searchsorted(sizes, TIE * np.abs(car))
    usable = np.isfinite(scar) & (total > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(usable, (at_least + 1) / (total + 1), np.nan)
        percentile = np.where(usable, 100.0 * smaller / total, np.nan)
    matched = _matched(size, candidates.volatility[member], (car, volatility, own))
    return Placebo(p, percentile, np.where(usable, matched, np.nan), total)


def _matched(size: Floats, volatility: Floats, events: tuple[Floats, Floats, Bools]) -> Floats:
    car, eve, own = events
    if len(size) < len(TERCILES) + 1:
        return np.full(len(car), np.nan)
    cuts = np.quantile(volatility, TERCILES)
    pool_class, event_class = np.searchsorted(cuts, volatility), np.searchsorted(cuts, eve)
    share = np.full(len(car), np.nan)
    for tercile in range(len(TERCILES) + 1):
        sizes = np.sort(size[pool_class == tercile])
        here = event_class == tercile
        total = len(sizes) - own[here]
        smaller = np.searchsorted(sizes, TIE * np.abs(car[here]))
        share[here] = np.where(total > 0, 100.0 * smaller / np.maximum(total, 1), np.nan)
    return share
