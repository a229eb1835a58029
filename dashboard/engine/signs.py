"""Signs: events that moved up or down, as expected or not, against a fair coin."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.series import Floats, Ints
from dashboard.engine.pooled import GroupSample
from dashboard.engine.ranks import DECIMALS, average_ranks

EXACT_RANKS_UP_TO: Final = 50
EXACT_SIGNS_UP_TO: Final = 14
DRAWS: Final = 9_999


def binomial_p(up: Ints, n: Ints) -> Floats:
    """Exact two-sided p of `up` heads in `n` fair throws (twice the smaller tail)."""
    p: Floats = 2 * special.bdtr(np.minimum(up, n - up).astype(float), n, 0.5)
    return np.minimum(1.0, p)


def dropped(zeros: Ints) -> tuple[str, ...]:
    """How many unmoved events each window leaves out, in words."""
    return tuple(f"{count} unmoved events dropped" if count else "" for count in zeros.tolist())


def hits_of(sample: GroupSample) -> tuple[Ints, Ints]:
    """Events that moved as expected, and events with an expectation that moved, (W,)."""
    expected = sample.pooled.expected[sample.member][:, None]
    agreed = np.sign(np.nan_to_num(sample.car)) * expected
    return (agreed > 0).sum(axis=0), (agreed != 0).sum(axis=0)


def sign_vectors(count: int, seed: int) -> Floats:
    """Signs for the randomisation of `count` clusters, (S, count).

    All 2^count vectors for up to 14 clusters, else 9,999 seeded draws (Canay, Romano & Shaikh
    2017, Econometrica 85).
    """
    if count <= EXACT_SIGNS_UP_TO:
        bits = np.arange(2**count)[:, None] >> np.arange(count)[None, :] & 1
    else:
        bits = np.random.default_rng(seed).integers(0, 2, size=(DRAWS, count), dtype=np.int8)
    signs: Floats = np.where(bits, -1.0, 1.0)
    return signs


def signed_ranks(scores: Floats) -> tuple[Floats, Floats, Ints]:
    """Wilcoxon's signed ranks of each row, zeros and NaN left out (Wilcoxon 1945).

    Args:
        scores: K samples of up to G values, (K, G).

    Returns:
        The standardised rank sum (positive for positive values), its two-sided p (exact over
        all signs for up to 50 values, ties too; else normal), and how many values count, (K,)
        each; NaN where none counts.
    """
    value = np.where(np.isfinite(scores), np.round(scores, DECIMALS), 0.0)
    ranks = average_ranks(np.where(value != 0, np.abs(value), np.nan))
    count = np.isfinite(ranks).sum(axis=1)
    ranks = np.nan_to_num(ranks)
    positive = np.where(value > 0, ranks, 0.0).sum(axis=1)
    spread = np.sqrt((ranks**2).sum(axis=1) / 4)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(count > 0, (positive - ranks.sum(axis=1) / 2) / spread, np.nan)
    p = 2 * special.ndtr(-np.abs(z))
    for k in np.flatnonzero((count > 0) & (count <= EXACT_RANKS_UP_TO)).tolist():
        doubled = np.sort(np.rint(2 * ranks[k][ranks[k] > 0]).astype(np.int64))
        low = min(round(2 * positive[k]), int(doubled.sum()) - round(2 * positive[k]))
        p[k] = min(1.0, 2 * rank_sum_distribution(tuple(doubled.tolist()))[low])
    return z, p, count


@lru_cache(maxsize=512)
def rank_sum_distribution(doubled: tuple[int, ...]) -> Floats:
    """P(rank sum <= s) for s = 0, 1, … over all signs; ranks are doubled to stay whole."""
    ways = np.zeros(sum(doubled) + 1)
    ways[0] = 1.0
    for rank in doubled:
        added = ways[:-rank].copy()
        ways /= 2
        ways[rank:] += added / 2
    return np.cumsum(ways)


def critical_rank_sum(count: int) -> float:
    """The smallest |sum of signed ranks| of `count` values without ties that 5 % reject."""
    total = count * (count + 1) // 2
    if count > EXACT_RANKS_UP_TO:
        return 1.959963984540054 * float(np.sqrt(count * (count + 1) * (2 * count + 1) / 6))
    tail = 2 * rank_sum_distribution(tuple(range(2, 2 * count + 1, 2)))
    low = int(np.searchsorted(tail, 0.05, side="right")) - 1
    return float(total - low) if low >= 0 else float("inf")
