"""Signs: events that moved up or down, as expected or not, and signs of whole clusters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.series import Floats, Ints
from dashboard.engine.clusters import cluster_sums, clusters_of
from dashboard.engine.pooled import GroupSample

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
