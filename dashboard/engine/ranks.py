"""Ranks along rows, in which values that differ by their last digits only are ties."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.series import Floats, Ints

DECIMALS: Final = 13
"""Returns equal to this decimal are equal: a move and the same move back must tie."""


def average_ranks(values: Floats | Ints, decimals: int = DECIMALS) -> Floats:
    """Ranks 1, 2, … within each row, ties share their average, NaN stays NaN, (N, M)."""
    rounded: Floats = np.round(values, decimals)
    order = np.argsort(rounded, axis=1)
    order += values.shape[1] * np.arange(len(values))[:, None]
    ranks = np.empty(values.shape)
    ranks.reshape(-1)[order] = _of_ascending(rounded.reshape(-1)[order])
    ranks[~np.isfinite(values)] = np.nan
    return ranks


def _of_ascending(ordered: Floats) -> Floats:
    """Ranks of rows whose values ascend; a run of equal values shares its average, (N, M)."""
    fresh = np.ones(ordered.shape, dtype=bool)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=fresh[:, 1:])
    first = np.flatnonzero(fresh)
    size = np.diff(first, append=fresh.size)
    ranks = np.repeat(first + (size + 1) / 2, size).reshape(ordered.shape)
    ranks -= ordered.shape[1] * np.arange(len(ordered))[:, None]
    return ranks
