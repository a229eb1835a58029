"""Ranks along rows, in which values that differ by their last digits only are ties."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.series import Floats, Ints

DECIMALS: Final = 13
"""Returns equal to this decimal are equal: a move and the same move back must tie."""


def average_ranks(values: Floats | Ints, decimals: int = DECIMALS) -> Floats:
    """Ranks 1, 2, … within each row, ties share their average, NaN stays NaN, (N, M)."""
    rounded = np.round(values, decimals)
    order = np.argsort(rounded, axis=1, kind="stable")
    ordered = np.take_along_axis(rounded, order, axis=1)
    fresh = np.ones(ordered.shape, dtype=bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    place = np.broadcast_to(np.arange(1.0, values.shape[1] + 1), ordered.shape)
    first = np.maximum.accumulate(np.where(fresh, place, 0.0), axis=1)
    closes = np.ones(ordered.shape, dtype=bool)
    closes[:, :-1] = fresh[:, 1:]
    ends = np.where(closes, place, np.inf)
    last = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (first + last) / 2, axis=1)
    return np.where(np.isfinite(values), ranks, np.nan)
