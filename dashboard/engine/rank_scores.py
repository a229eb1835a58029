"""Rank scores of the generalised rank tests, which both of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.series import Floats, Ints
from dashboard.engine.pooled import GroupSample
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
    """The rank scores of every window; kept on the sample, because two tests ask for them."""
    kept: list[RankScores] | None = sample.__dict__.get("_rank_scores")
    if kept is None:
        kept = [rank_scores(sample, w) for w in range(len(sample.pooled.windows))]
        sample.__dict__["_rank_scores"] = kept
    return kept


def rank_scores(sample: GroupSample, w: int) -> RankScores:
    """Rank `SCAR_i / sd(SCAR)` among the standardised residuals of each event.

    `U = rank/(T_i + 1) - 1/2` with average ties; `S^2 = 1/T sum_t (n_t/N) Ubar_t^2` over the
    event point and every row of the estimation window (event time).
    """
    scar = sample.scar[:, w]
    _, _, sd = count_mean_sd(scar[:, None])
    usable = np.isfinite(scar) & (sample.sigma > 0)
    n = int(usable.sum())
    if n < 2 or not sd[0] > 0:
        return RankScores(np.nan, np.nan, 0, n, np.zeros(0, dtype=np.int64))
    event = scar[usable] / sd[0]
    ranks = _base_ranks(sample)[usable]
    past = sample.residuals[usable] / sample.sigma[usable][:, None]
    here = np.isfinite(past)
    own = here.sum(axis=1) + 1
    tie = np.abs(past - event[:, None]) < TIE
    above = np.where(tie, 0.5, past > event[:, None])
    u = (ranks + above) / (own + 1)[:, None] - 0.5
    below = np.where(here, 1.0 - above, 0.0).sum(axis=1)
    u0 = (below + 1) / (own + 1) - 0.5
    count = here.sum(axis=0)
    seen = count > 0
    average = np.where(here, u, 0.0).sum(axis=0)[seen] / count[seen]
    points = int(seen.sum()) + 1
    square = ((count[seen] / n * average**2).sum() + u0.mean() ** 2) / points
    return RankScores(float(u0.mean()), float(square), points, n, own)


def _base_ranks(sample: GroupSample) -> Floats:
    """Ranks of the residuals among themselves, average ties, (n, M); kept on the sample."""
    kept: Floats | None = sample.__dict__.get("_base_ranks")
    if kept is None:
        kept = average_ranks(sample.residuals)
        sample.__dict__["_base_ranks"] = kept
    return kept
