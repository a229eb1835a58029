"""Wilcoxon signed rank: do the larger moves go one way?"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from dashboard.domain.series import Floats
from dashboard.engine.pooled import GroupSample
from dashboard.engine.ranks import average_ranks
from dashboard.engine.significance.base import Outcome, outcome
from dashboard.engine.signs import dropped

EXACT_UP_TO = 50


class Wilcoxon:
    """Sum of the ranks of positive CARs; exact p for N <= 50 (ties too), else normal.

    Zeros are removed and counted; the statistic is the standardised rank sum.
    """

    id = "wilcoxon"
    title = "Wilcoxon signed rank"
    null_hypothesis = "CARs are symmetric around 0"
    reference = "Wilcoxon 1945, Biometrics Bulletin 1; Pratt & Gibbons 1981"
    assumptions = "assumes independent events and a symmetric distribution"
    needs = "an event that moved"

    def apply(self, sample: GroupSample) -> Outcome:
        """Two-sided."""
        moved = np.where(sample.car == 0, np.nan, sample.car).T
        count = np.isfinite(moved).sum(axis=1)
        z, p = signed_rank(moved)
        note = dropped(sample.counts - count)
        return outcome(z, p, count, (count >= 1, f"needs {self.needs}"), note=note)


def signed_rank(moved: Floats) -> tuple[Floats, Floats]:
    """Standardised signed-rank statistic and its two-sided p, each (W,); NaN without a move.

    Args:
        moved: the moves of each window, (W, n); NaN for an event that did not move.
    """
    ranks = average_ranks(np.abs(moved))
    count = np.isfinite(ranks).sum(axis=1)
    positive = np.where(moved > 0, ranks, 0.0).sum(axis=1)
    ranks = np.nan_to_num(ranks)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (positive - ranks.sum(axis=1) / 2) / np.sqrt((ranks**2).sum(axis=1) / 4)
    p = 2 * special.ndtr(-np.abs(z))
    for w in np.flatnonzero((count > 0) & (count <= EXACT_UP_TO)).tolist():
        doubled = np.sort(np.rint(2 * ranks[w][ranks[w] > 0]).astype(np.int64))
        p[w] = _exact(tuple(doubled.tolist()), round(2 * positive[w]))
    return z, p


def _exact(doubled: tuple[int, ...], positive: int) -> float:
    """P of a rank sum as extreme, over all 2^n signs; ranks are doubled to stay whole."""
    low = min(positive, sum(doubled) - positive)
    return float(min(1.0, 2 * _rank_sums(doubled)[: low + 1].sum()))


@lru_cache(maxsize=64)
def _rank_sums(doubled: tuple[int, ...]) -> Floats:
    """Probability of every sum of the ranks with a positive sign; windows without ties share it."""
    total = sum(doubled)
    ways = np.zeros(total + 1)
    ways[0] = 1.0
    for rank in doubled:
        ways[rank:] = (ways[rank:] + ways[: total + 1 - rank]) / 2
        ways[:rank] /= 2
    return ways
