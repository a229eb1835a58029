"""Wilcoxon signed rank: do the larger moves go one way?"""

from __future__ import annotations

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
        z, p, n = [], [], []
        for column in sample.car.T:
            moved = column[np.isfinite(column) & (column != 0)]
            statistic, probability = signed_rank(moved)
            z.append(statistic)
            p.append(probability)
            n.append(len(moved))
        count = np.array(n, dtype=np.int64)
        note = dropped(sample.counts - count)
        return outcome(
            np.array(z), np.array(p), count, (count >= 1, f"needs {self.needs}"), note=note
        )


def signed_rank(moved: Floats) -> tuple[float, float]:
    """Standardised signed-rank statistic and its two-sided p; `moved` has no zeros."""
    n = len(moved)
    if n == 0:
        return float("nan"), float("nan")
    ranks = average_ranks(np.abs(moved)[None, :])[0]
    positive = float(ranks[moved > 0].sum())
    centre, spread = ranks.sum() / 2, np.sqrt((ranks**2).sum() / 4)
    z = float((positive - centre) / spread)
    if n > EXACT_UP_TO:
        return z, float(2 * special.ndtr(-abs(z)))
    return z, _exact(np.rint(2 * ranks).astype(np.int64), 2 * positive)


def _exact(doubled: np.ndarray, positive: float) -> float:
    """P of a rank sum as extreme, over all 2^n signs; ranks are doubled to stay whole."""
    total = int(doubled.sum())
    ways = np.zeros(total + 1)
    ways[0] = 1.0
    for rank in doubled.tolist():
        ways[rank:] = (ways[rank:] + ways[: total + 1 - rank]) / 2
        ways[:rank] /= 2
    low = min(round(positive), total - round(positive))
    return float(min(1.0, 2 * ways[: low + 1].sum()))
