"""The declared test by plain loops and SciPy, from returns and rows alone."""

from __future__ import annotations

import itertools

import numpy as np
from scipy import stats


def cluster_sums(returns, rows, window, *, estimation, gap, span, effect=0.0):
    """Sums of rank scores by cluster, one list element a cluster.

    `returns` has a NaN first; `rows` are those of offset 0 (repeats count once); `span` is the
    event window that decides which events belong together; `effect` is taken evenly from the
    rows of the window.
    """
    length = window[1] - window[0] + 1
    sums, reach = [], None
    for row in sorted(set(rows)):
        last = row + span[0] - gap - 1
        past = returns[last - estimation + 1 : last + 1]
        score = 0.0
        for offset in range(window[0], window[1] + 1):
            value = returns[row + offset] - past.mean() - effect / length
            ranks = stats.rankdata([*(past - past.mean()), value])
            score += ranks[-1] / (estimation + 2) - 0.5
        if reach is not None and row + span[0] <= reach:
            sums[-1] += score
        else:
            sums.append(score)
        reach = row + span[1]
    return np.array(sums)


def p_of(sums):
    """Two-sided signed-rank p: over all signs up to 14 clusters (ties too), beyond 50 normal."""
    moved = np.round(sums[np.abs(sums) > 1e-12], 12)
    if len(moved) > 50:
        return stats.wilcoxon(moved, method="asymptotic", correction=False).pvalue
    assert len(moved) <= 14
    ranks = stats.rankdata(np.abs(moved))
    seen = ranks[moved > 0].sum()
    drawn = np.array([ranks @ signs for signs in itertools.product((0, 1), repeat=len(moved))])
    tail = min((drawn <= seen + 1e-9).mean(), (drawn >= seen - 1e-9).mean())
    return min(1.0, 2 * tail)
