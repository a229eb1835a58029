"""Signs: events that moved up or down, as expected or not, and signs of whole clusters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.engine.clusters import cluster_sums, clusters_of
from dashboard.engine.pooled import GroupSample
from dashboard.engine.ranks import DECIMALS, average_ranks

EXACT_RANKS_UP_TO: Final = 50
EXACT_CLUSTERS: Final = 14
"""Up to so many clusters every vector of signs is used."""
SIGN_DRAWS: Final = 9_999
CELLS: Final = 2**21
"""Signs that are held at once."""
_KEPT: Final = "_hits_p"
TIE: Final = 1e-9
"""Sums closer than this share of the largest possible one are equal."""


def binomial_p(up: Ints, n: Ints) -> Floats:
    """Exact two-sided p of `up` heads in `n` fair throws (twice the smaller tail)."""
    p: Floats = 2 * special.bdtr(np.minimum(up, n - up).astype(float), n, 0.5)
    return np.minimum(1.0, p)


def dropped(zeros: Ints) -> tuple[str, ...]:
    """How many unmoved events each window leaves out, in words."""
    return tuple(f"{count} unmoved events dropped" if count else "" for count in zeros.tolist())


def hits_of(sample: GroupSample) -> tuple[Ints, Ints]:
    """Events that moved as expected, and events with an expectation that moved, (W,)."""
    agreed = _agreed(sample)
    return (agreed > 0).sum(axis=0), (agreed != 0).sum(axis=0)


def hits_p(sample: GroupSample) -> Floats:
    """Two-sided p of the hit rates, (W,): signs of the cluster sums of (hit - 1/2).

    Events that share days hit or miss together, so that they are no independent throws; an
    event without an expectation or a move adds nothing to its cluster. Kept with the pooled
    events, because the battery of tests and the table of hit rates ask for it.
    """
    kept: dict[bytes, Floats] = sample.pooled.__dict__.setdefault(_KEPT, {})
    asked = sample.member.tobytes()
    if asked not in kept:
        kept[asked] = _hits_p(sample)
    return kept[asked]


def _hits_p(sample: GroupSample) -> Floats:
    score, seed = _agreed(sample) / 2, sample.pooled.request.seed
    p = np.full(score.shape[1], np.nan)
    for windows, events in sample.tested:
        sums = cluster_sums(score[np.ix_(events, windows)], clusters_of(sample, events))
        p[windows] = cluster_sign_p(sums, seed)
    return p


def _agreed(sample: GroupSample) -> Floats:
    """+1 for a move as expected, -1 for the other way, 0 for neither, (n, W)."""
    expected = sample.pooled.expected[sample.member][:, None]
    agreed: Floats = np.sign(np.nan_to_num(sample.car)) * expected
    return agreed


def cluster_sign_p(sums: Floats, seed: int) -> Floats:
    """Two-sided p of sums over clusters whose signs are exchanged as wholes, (W,).

    The share of sign vectors `s` with `|sum_g s_g x_g| >= |sum_g x_g|` (Canay, Romano & Shaikh
    2017, Econometrica 85). Dividing by the spread under the same signs changes no order, so
    that the studentised statistic gives the same p. NaN where every sum is missing.

    Args:
        sums: x, the sum of each of G clusters in W windows, (G, W); NaN counts as 0.
        seed: of the draws where more than 14 clusters have a sum that is not 0.
    """
    x = np.nan_to_num(sums)
    few = (x != 0).sum(axis=0) <= EXACT_CLUSTERS
    p = np.full(x.shape[1], np.nan)
    for w in np.flatnonzero(few & np.isfinite(sums).any(axis=0)).tolist():
        p[w] = _share_at_least(x[x[:, w] != 0, w : w + 1], seed)[0]
    if not few.all():
        p[~few] = _share_at_least(x[:, ~few], seed)
    return p


def _share_at_least(x: Floats, seed: int) -> Floats:
    """The share of sign vectors with a sum of x (G, W) at least as large in size, (W,)."""
    seen = np.abs(x.sum(axis=0)) - TIE * np.abs(x).sum(axis=0)
    hits, drawn = np.zeros(x.shape[1]), 0
    for signs in sign_vectors(len(x), seed):
        hits += (np.abs(signs @ x) >= seen).sum(axis=0)
        drawn += len(signs)
    return share_of_signs(hits, drawn, len(x))


def share_of_signs(hits: Floats, drawn: int, clusters: int) -> Floats:
    """The p-value from how many of the drawn sign vectors are as extreme.

    The share itself where all were used, else with the (B+1) rule of Phipson & Smyth 2010
    (Stat. Appl. Genet. Mol. Biol. 9).
    """
    one = 0 if clusters <= EXACT_CLUSTERS else 1
    return np.minimum(1.0, (hits + one) / (drawn + one))


def sign_vectors(clusters: int, seed: int) -> Iterator[Floats]:
    """Vectors of signs in blocks, (B, G): all of them up to 14 clusters, else 9,999 drawn.

    Turning every sign round turns the sum, so that of all vectors those with a first + are
    enough for statistics that are the same for x and -x.
    """
    if clusters <= EXACT_CLUSTERS:
        yield _every_vector(clusters)
        return
    random = np.random.default_rng(seed)
    step = max(CELLS // clusters, 1)
    for start in range(0, SIGN_DRAWS, step):
        shape = (min(step, SIGN_DRAWS - start), clusters)
        size = shape[0] * shape[1]
        drawn = np.frombuffer(random.bytes(-(-size // 8)), dtype=np.uint8)
        yield 1.0 - 2.0 * np.unpackbits(drawn, count=size).reshape(shape).astype(np.float64)


@cache
def _every_vector(clusters: int) -> Floats:
    """All vectors of at most 14 signs with a first +, (2^(G-1), G); read-only."""
    number = np.arange(2 ** max(clusters - 1, 0))
    minus = (number[:, None] >> np.arange(clusters)[None, :]) & 1
    signs = np.where(minus == 1, -1.0, 1.0)
    signs.flags.writeable = False
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
    z, ranks, positive = _rank_sums(scores)
    count = (ranks > 0).sum(axis=1)
    p = 2 * special.ndtr(-np.abs(z))
    for k in np.flatnonzero((count > 0) & (count <= EXACT_RANKS_UP_TO)).tolist():
        p[k] = _exact_p(ranks[k], positive[k])
    return z, p, count


def is_positive(scores: Floats, level: float) -> Bools:
    """Which rows the test of `signed_ranks` rejects for being too large, (K,).

    An exact p is computed only where two bounds on sums with random signs leave the answer
    open: P(|S| >= z) <= 2 exp(-z^2 / 2) (Hoeffding 1963, JASA 58), and P(|S| >= 1) > 1/10
    (Oleszkiewicz 1996, Probability and Mathematical Statistics 16), S of variance 1.

    Args:
        scores: K samples of up to G values, (K, G).
        level: of the two-sided p, at most 10 %.
    """
    z, ranks, positive = _rank_sums(scores)
    count = (ranks > 0).sum(axis=1)
    found: Bools = (z > 0) & (2 * special.ndtr(-np.abs(z)) <= level)
    few = (count > 0) & (count <= EXACT_RANKS_UP_TO)
    found[few] = z[few] > 1
    for k in np.flatnonzero(found & few & (2 * np.exp(-(z**2) / 2) > level)).tolist():
        found[k] = _exact_p(ranks[k], positive[k]) <= level
    return found


def _rank_sums(scores: Floats) -> tuple[Floats, Floats, Floats]:
    """The standardised rank sum (K,), the ranks (K, G), 0 of what is left out, and their sums."""
    value = np.where(np.isfinite(scores), np.round(scores, DECIMALS), 0.0)
    ranks = np.nan_to_num(average_ranks(np.where(value != 0, np.abs(value), np.nan)))
    positive = np.where(value > 0, ranks, 0.0).sum(axis=1)
    spread = np.sqrt((ranks**2).sum(axis=1) / 4)
    with np.errstate(divide="ignore", invalid="ignore"):
        z: Floats = np.where(spread > 0, (positive - ranks.sum(axis=1) / 2) / spread, np.nan)
    return z, ranks, positive


def _exact_p(ranks: Floats, positive: float) -> float:
    doubled = np.sort(np.rint(2 * ranks[ranks > 0]).astype(np.int64))
    low = min(round(2 * positive), int(doubled.sum()) - round(2 * positive))
    return min(1.0, 2 * float(rank_sum_distribution(tuple(doubled.tolist()))[low]))


@lru_cache(maxsize=512)
def rank_sum_distribution(doubled: tuple[int, ...]) -> Floats:
    """P(rank sum <= s) for s = 0, 1, … over all signs; ranks are doubled to stay whole."""
    ways = np.zeros(sum(doubled) + 1)
    ways[0], total = 1.0, 0
    for rank in doubled:
        total += rank
        reached = ways[: total + 1]
        reached /= 2
        reached[rank:] += reached[:-rank].copy()
    return np.cumsum(ways)


def critical_rank_sum(count: int) -> float:
    """The smallest |sum of signed ranks| of `count` values without ties that 5 % reject."""
    total = count * (count + 1) // 2
    if count > EXACT_RANKS_UP_TO:
        return 1.959963984540054 * float(np.sqrt(count * (count + 1) * (2 * count + 1) / 6))
    tail = 2 * rank_sum_distribution(tuple(range(2, 2 * count + 1, 2)))
    low = int(np.searchsorted(tail, 0.05, side="right")) - 1
    return float(total - low) if low >= 0 else float("inf")
