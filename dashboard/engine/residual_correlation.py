"""Residual correlation: how estimation residuals of events move together on the same days."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.engine.memo import once
from dashboard.engine.pooled import GroupSample, Pooled, same_events

FEWEST_COMMON: Final = 30
MOST_EVENTS: Final = 2_000
FLAT: Final = 1e-12
"""A sum of squared deviations below this share of the sum of squares is rounding."""


def mean_correlation(sample: GroupSample, present: Bools) -> tuple[Floats, tuple[str, ...]]:
    """Mean off-diagonal correlation `r` of a group's residuals in each window, and a note.

    Pairs are matched on the same market days; pairs with fewer than 30 common days, or
    without variance, count as 0 (docs/statistics.md, 6). NaN for one event or too many.

    Args:
        sample: the group, n events and W windows.
        present: the events that the test uses, (n, W).

    Returns:
        `r` (W,) and W sentences.
    """
    width = present.shape[1]
    mean, notes = np.full(width, np.nan), [""] * width
    for windows, events in same_events(present):
        r, note = _of_group(sample.pooled, np.flatnonzero(sample.member)[events])
        mean[windows] = r
        for w in windows.tolist():
            notes[w] = note
    return mean, tuple(notes)


def _of_group(pooled: Pooled, events: Ints) -> tuple[float, str]:
    """Mean over the pairs of some events (their numbers in `pooled`), and a sentence."""
    n = len(events)
    if n < 2:
        return float("nan"), "needs at least 2 events whose past varies"
    if len(pooled) > MOST_EVENTS:
        return float("nan"), f"more than {MOST_EVENTS} events; overlap_t is exact for those"
    r, common = (matrix[np.ix_(events, events)] for matrix in _of_all(pooled))
    pairs = n * (n - 1)
    mean = (r.sum() - np.trace(r)) / pairs
    overlapping = (common.sum() - np.trace(common)) / pairs
    return float(mean), f"r = {mean:.3f}; {100 * overlapping:.0f} % of the pairs share days"


def _of_all(pooled: Pooled) -> tuple[Floats, Floats]:
    return once(pooled, "residual_correlation", lambda: pairwise(*_on_calendar(pooled)))


def _on_calendar(pooled: Pooled) -> tuple[Floats, Floats]:
    """Residuals (N, M) and the number of the market day of each, -1 where unusable."""
    rows, residuals = pooled.estimation
    days = np.full(rows.shape, -1, dtype=np.int64)
    for k, each in enumerate(pooled.measured):
        mine = pooled.series == k
        days[mine] = each.day.astype(np.int64)[np.clip(rows[mine], 0, len(each.day) - 1)]
    return residuals, np.where(np.isfinite(residuals), days, -1)


def pairwise(residuals: Floats, days: Floats) -> tuple[Floats, Floats]:
    """Correlation of every pair over its common days, and where those are 30 or more.

    Args:
        residuals: (N, M).
        days: integer day of each residual, -1 where there is none, (N, M).

    Returns:
        `r` (N, N) with 0 where fewer than 30 days are common; a 0/1 matrix of common pairs.
    """
    from scipy import sparse

    size = len(residuals)
    event, column = np.nonzero(days >= 0)
    number, day = np.unique(days[event, column], return_inverse=True)
    shape, at = (size, len(number)), (event, day)
    value = residuals[event, column]
    here = sparse.csr_array((np.ones(len(value)), at), shape=shape)
    first = sparse.csr_array((value, at), shape=shape)
    square = sparse.csr_array((value**2, at), shape=shape)
    n = (here @ here.T).toarray()
    total = (first @ here.T).toarray()
    products = (first @ first.T).toarray()
    squares = (square @ here.T).toarray()
    enough = n >= FEWEST_COMMON
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = n * squares - total**2
        spread = np.where(spread > FLAT * n * squares, spread, 0.0)
        r = (n * products - total * total.T) / np.sqrt(spread * spread.T)
    r = np.where(enough & np.isfinite(r), np.clip(r, -1.0, 1.0), 0.0)
    return r, enough.astype(float)
