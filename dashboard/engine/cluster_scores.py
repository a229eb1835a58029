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

UNIT: Final = 10.0**DECIMALS
"""Returns are counted in whole numbers of the decimal up to which they differ."""


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
        past = np.round(sample.residuals[chosen], DECIMALS)
        self._usable = np.isfinite(past).sum(axis=1)
        self.widest = float(np.nanmax(np.abs(past), initial=0.0))
        self._far = int(np.rint(self.widest * UNIT)) + 1
        self._base = (2 * self._far + 2) * np.arange(len(past))[:, None]
        units = np.sort(self._units(past, self._far + 1), axis=1)
        self._past: Ints = (units + self._base).reshape(-1)
        self._behind = past.shape[1] * np.arange(len(past))[:, None]

    def columns(self, window: Window) -> slice:
        """The columns of `ar` in a window."""
        return slice(window[0] - self.start, window[1] - self.start + 1)

    def of_returns(self, ar: Floats) -> Floats:
        """`U = rank / (M_i + 2) - 1/2` of K returns of each rate, (r, K).

        The rank is that among the M_i residuals of the event's estimation window and the return
        itself, ties share their average (Corrado & Zivney 1992, JFQA 27).
        """
        value = self._units(ar, 0) + self._base
        below = self._past.searchsorted(value)
        tied = self._past[np.minimum(below, len(self._past) - 1)] == value
        rank = (below - self._behind + 1).astype(np.float64)
        rank[tied] += (self._past.searchsorted(value[tied], "right") - below[tied]) / 2
        return np.where(np.isfinite(ar), rank / (self._usable[:, None] + 2) - 0.5, np.nan)

    def _units(self, returns: Floats, missing: int) -> Ints:
        """Returns in whole units, those beyond every residual just beyond, (r, K)."""
        units = np.rint(returns * UNIT)
        np.clip(units, -self._far, self._far, out=units)
        return np.where(np.isfinite(returns), units, missing).astype(np.int64)

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
            scores = self.of_returns(added.reshape(len(moves), -1))
            return cluster_sums(scores.reshape(added.shape).sum(axis=1), self.label)

        return sums


def cluster_scores(sample: GroupSample) -> ClusterScores:
    """The cluster scores of a group; made once, because test, interval and power ask for them."""
    return once(sample, "cluster_scores", lambda: ClusterScores(sample))


def clusters_p(sums: Floats) -> Floats:
    """Two-sided p of Wilcoxon's signed ranks of cluster sums (G, W), (W,); NaN below 8."""
    enough = np.isfinite(sums).sum(axis=0) >= FEWEST_CLUSTERS
    return np.where(enough, signed_ranks(sums.T)[1], np.nan)
