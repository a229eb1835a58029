"""Rank scores of a group's first rates, summed over clusters of events that overlap.

The declared test of a group ranks these sums, its interval inverts that test, and the smallest
visible move asks how large a mean it would have found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from dashboard.domain.series import Floats, Ints
from dashboard.domain.study import FEWEST_CLUSTERS, Window
from dashboard.engine.clusters import cluster_sums, clusters_of
from dashboard.engine.memo import once
from dashboard.engine.pooled import GroupSample
from dashboard.engine.ranks import DECIMALS
from dashboard.engine.signs import signed_ranks

CELLS: Final = 4_000_000
"""Comparisons that are held at once."""


class ClusterScores:
    """The r distinct first rates of a group, in G clusters, with what their scores are made of.

    `first` (r,) are the places of the rates' first events in the group, `car` (r, W) the CARs,
    `ar` (r, L) the abnormal returns on the event rows, `label` (r,) the cluster of each rate,
    0 … G-1 by date; `counts` (W,) the events with a CAR and `widest` the largest residual in
    size. Two events on one rate of one series count once.
    """

    def __init__(self, sample: GroupSample) -> None:
        """Take the first event of each first rate."""
        pooled = sample.pooled
        series, row = pooled.series[sample.member], pooled.row[sample.member]
        keys = series * (int(row.max(initial=0)) + 1) + row
        self.first: Ints = np.sort(np.unique(keys, return_index=True)[1])
        chosen = np.zeros(sample.size, dtype=bool)
        chosen[self.first] = True
        self.windows, self.start = pooled.windows, pooled.request.window[0]
        self.seed, self.counts = pooled.request.seed, sample.counts
        self.ar = np.round(pooled.ar[sample.member][chosen], DECIMALS)
        self.car = sample.car[chosen]
        self.label = clusters_of(sample, chosen)
        self._past = np.round(sample.residuals[chosen], DECIMALS)
        self._usable = np.isfinite(self._past).sum(axis=1)
        self.widest = float(np.nanmax(np.abs(self._past), initial=0.0))

    def columns(self, window: Window) -> slice:
        """The columns of `ar` in a window."""
        return slice(window[0] - self.start, window[1] - self.start + 1)

    def of_returns(self, ar: Floats) -> Floats:
        """`U = rank / (M_i + 2) - 1/2` of K returns of each rate, (r, K).

        The rank is that among the M_i residuals of the event's estimation window and the return
        itself, ties share their average (Corrado & Zivney 1992, JFQA 27).
        """
        rank = np.empty(ar.shape)
        step = max(CELLS // max(self._past.shape[1] * ar.shape[1], 1), 1)
        for start in range(0, len(ar), step):
            past = self._past[start : start + step, None, :]
            value = ar[start : start + step, :, None]
            below = (past < value).sum(axis=2) + (past <= value).sum(axis=2)
            rank[start : start + step] = below / 2 + 1
        return np.where(np.isfinite(ar), rank / (self._usable[:, None] + 2) - 0.5, np.nan)

    def of_rates(self) -> Floats:
        """The scores summed over the rows of every window, NaN without a CAR, (r, W)."""
        u = self.of_returns(self.ar)
        sums = np.column_stack([u[:, self.columns(w)].sum(axis=1) for w in self.windows])
        return np.where(np.isfinite(self.car), sums, np.nan)

    def of_windows(self) -> Floats:
        """Cluster sums of the scores in every window, (G, W); NaN where none has a CAR."""
        return cluster_sums(self.of_rates(), self.label)

    def with_effects(self, window: Window, sign: float = 1.0) -> Callable[[Floats], Floats]:
        """The cluster sums of one window as a function of effects added to its moves.

        Args:
            window: the CAR window.
            sign: +1, or -1 for the moves turned round before the effects are added.

        Returns:
            A function of K effects in return units, each spread evenly over the rows of the
            window; it gives (G, K) sums.
        """
        moves = sign * self.ar[:, self.columns(window)]
        length = moves.shape[1]

        def sums(effects: Floats) -> Floats:
            added = moves[:, :, None] + effects[None, None, :] / length
            scores = self.of_returns(np.round(added.reshape(len(moves), -1), DECIMALS))
            return cluster_sums(scores.reshape(added.shape).sum(axis=1), self.label)

        return sums


def cluster_scores(sample: GroupSample) -> ClusterScores:
    """The cluster scores of a group; made once, because test, interval and power ask for them."""
    return once(sample, "cluster_scores", lambda: ClusterScores(sample))


def clusters_p(sums: Floats) -> Floats:
    """Two-sided p of Wilcoxon's signed ranks of cluster sums (G, W), (W,); NaN below 8."""
    enough = np.isfinite(sums).sum(axis=0) >= FEWEST_CLUSTERS
    return np.where(enough, signed_ranks(sums.T)[1], np.nan)
