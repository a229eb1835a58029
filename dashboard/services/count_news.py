"""Count news: what an answer added to what a person could already see, shipped days included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dashboard.domain.remembered import Kept

if TYPE_CHECKING:
    from dashboard.domain.fetched import Fetched
    from dashboard.services.known_rates import Known


def count_news(kept: Kept, before: Known | None, fetched: Fetched) -> Kept:
    """What an answer changed, where days that ship are known although never fetched.

    Args:
        kept: what the answer changed in the memory.
        before: the series as it was known; None: nothing was.
        fetched: the answer.
    """
    if before is None or fetched.series is None:
        return kept
    known, answer = before.series, fetched.series
    _, ours, theirs = np.intersect1d(known.opens, answer.opens, return_indices=True)
    with np.errstate(invalid="ignore"):
        moved = np.abs(answer.rate[theirs] / known.rate[ours] - 1) > 1e-9
    live = 0 if before.live is None else int(np.isin(before.live.opens, answer.opens).sum())
    return replace(
        kept,
        new=min(kept.new, len(answer) - len(theirs) - live),
        revised=max(kept.revised, int(moved.sum())),
    )
