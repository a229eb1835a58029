"""Rank scores of the generalised rank tests, which both of them share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.engine.memo import once
from dashboard.engine.pooled import GroupSample, Pooled
from dashboard.engine.ranks import average_ranks
from dashboard.engine.spread import count_mean_sd

TIE: Final = 1e-10
"""Standardised returns closer than this are equal."""


@dataclass(frozen=True, slots=True)
class RankScores:
    """Ranks of one group in one window.

    `event` = Ubar_0; `square` = S^2; `points` = T; `own` the T_i of each event, (n,).
    """

    event: float
    square: float
    points: int
    n: int
    own: Ints


def all_rank_scores(sample: GroupSample) -> list[RankScores]:
    """The rank scores of every window, made once, because two tests ask for them."""
    return once(sample, "rank_scores", lambda: list(_every_window(sample)))


def _every_window(sample: GroupSample) -> Iterator[RankScores]:
    """Windows with the same events share the pasts, which are most of the work."""
    _, _, sd = count_mean_sd(sample.scar)
    pasts: dict[bytes, _Past] = {}
    for w, spread in enumerate(sd.tolist()):
        scar = sample.scar[:, w]
        usable = np.isfinite(scar) & (sample.sigma > 0)
        n = int(usable.sum())
        if n < 2 or not spread > 0:
            yield RankScores(np.nan, np.nan, 0, n, np.zeros(0, dtype=np.int64))
            continue
        name = usable.tobytes()
        if name not in pasts:
            pasts[name] = _Past(sample, usable)
        yield pasts[name].scores(scar[usable] / spread)


class _Past:
    """Standardised residuals of n events with their ranks: what each event is ranked among."""

    def __init__(self, sample: GroupSample, usable: Bools) -> None:
        past = sample.residuals[usable] / sample.sigma[usable][:, None]
        here = np.isfinite(past)
        self._past = past
        self._own = here.sum(axis=1) + 1
        self._weight = 1 / (self._own + 1.0)
        count = here.sum(axis=0)
        self._seen, self._count = count > 0, count[count > 0]
        ranks = np.nan_to_num(_base_ranks(sample.pooled)[sample.member][usable])
        self._base = self._weight @ ranks - count / 2
        self._ahead, self._tied = np.empty(past.shape), np.empty(past.shape, dtype=bool)

    def scores(self, event: Floats) -> RankScores:
        """Rank each of n values among its own past.

        `U = rank/(T_i + 1) - 1/2` with average ties; `S^2 = 1/T sum_t (n_t/N) Ubar_t^2` over
        the event point and every row of the estimation window (event time). A residual above
        the value moves up by 1, one that ties with it by 1/2; a NaN is neither.
        """
        gap, n = self._ahead, len(event)
        np.subtract(self._past, event[:, None], out=gap)
        above = (gap >= TIE).view(np.int8)
        above += np.greater(gap, -TIE, out=self._tied).view(np.int8)
        np.multiply(above, 0.5, out=gap)
        own = self._own
        u0 = (own - gap.sum(axis=1)) / (own + 1) - 0.5
        average = (self._base + self._weight @ gap)[self._seen] / self._count
        points = len(average) + 1
        square = ((self._count / n * average**2).sum() + u0.mean() ** 2) / points
        return RankScores(float(u0.mean()), float(square), points, n, own)


def _base_ranks(pooled: Pooled) -> Floats:
    """Ranks of the residuals of every event among themselves, average ties, (N, M)."""
    return once(pooled, "base_ranks", lambda: average_ranks(pooled.residuals))
