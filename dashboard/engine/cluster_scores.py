"""Rank scores of the distinct first rates of a group, added up within clusters of events."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Floats, Ints
from dashboard.domain.study import FEWEST_CLUSTERS
from dashboard.engine.clusters import cluster_sums, clusters_of
from dashboard.engine.pooled import GroupSample
from dashboard.engine.ranks import DECIMALS
from dashboard.engine.significance.wilcoxon import signed_rank


def first_of_rates(sample: GroupSample) -> Ints:
    """The first event of each distinct first rate (series and row), (R,), in ascending order."""
    at = np.column_stack((sample.pooled.series, sample.pooled.row))[sample.member]
    _, first = np.unique(at, axis=0, return_index=True)
    return np.sort(first).astype(np.int64)


def rate_scores(sample: GroupSample) -> Floats:
    """The rank score of each distinct first rate in each window, (R, W); NaN without a CAR.

    `U = rank/(M + 2) - 1/2`, the rank 1..M+1 of the AR among the M usable residuals of the
    event's own estimation window, average ties (Corrado & Zivney 1992, JFQA 27, on estimation
    rows only); the score of a window is the sum of U over its rows. Rows follow `first_of_rates`.
    """
    first = first_of_rates(sample)
    past = np.round(sample.residuals[first], DECIMALS)
    ar = np.round(sample.pooled.ar[sample.member][first], DECIMALS)
    usable = np.isfinite(past).sum(axis=1)
    u = np.full(ar.shape, np.nan)
    for offset in range(ar.shape[1]):
        here = ar[:, offset, None]
        below, ties = (past < here).sum(axis=1), (past == here).sum(axis=1)
        known = np.isfinite(here[:, 0])
        u[known, offset] = ((below + ties / 2 + 1) / (usable + 2) - 0.5)[known]
    start = sample.pooled.request.window[0]
    return np.column_stack(
        [u[:, a - start : b - start + 1].sum(axis=1) for a, b in sample.pooled.windows]
    )


def cluster_scores(sample: GroupSample) -> Floats:
    """The rank scores of the distinct first rates added up within each cluster, (G, W)."""
    return cluster_sums(rate_scores(sample), clusters_of(sample)[first_of_rates(sample)])


def clusters_p(sums: Floats) -> Floats:
    """Two-sided p of Wilcoxon's signed-rank test on the cluster sums, (W,); NaN below 8."""
    p = np.full(sums.shape[1], np.nan)
    for w, column in enumerate(sums.T):
        known = column[np.isfinite(column)]
        if len(known) >= FEWEST_CLUSTERS:
            p[w] = signed_rank(known[known != 0])[1]
    return p
