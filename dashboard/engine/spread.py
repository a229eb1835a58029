"""Spread: count, mean and standard deviation down the columns of what was measured."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.series import Floats, Ints

ROUNDING: Final = 1e-10
"""Values whose spread is smaller than this, against the largest of them, are all equal."""
LEAST_VARIANCE: Final = 1e-9
"""`1 + (N-1) r` below this is 0 but for rounding: residuals that cancel leave no variance."""


def count_mean_sd(values: Floats) -> tuple[Ints, Floats, Floats]:
    """Count, mean and standard deviation (n - 1) down the columns, NaN left out, each (W,).

    Values that differ by their last digits only have a standard deviation of 0.
    """
    present = np.isfinite(values)
    if present.all():
        return _of_complete(values)
    n = present.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(present, values, 0.0).sum(axis=0) / n
        square = (np.where(present, values - mean, 0.0) ** 2).sum(axis=0)
        sd = np.sqrt(square / (n - 1))
    largest = np.where(present, np.abs(values), 0.0).max(axis=0, initial=0.0)
    return n, mean, np.where(sd <= ROUNDING * largest, 0.0, sd)


def _of_complete(values: Floats) -> tuple[Ints, Floats, Floats]:
    """The same without a NaN, in a third of the passes."""
    count = len(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = values.sum(axis=0) / np.int64(count)
        gap = values - mean
        sd = np.sqrt(np.square(gap, out=gap).sum(axis=0) / np.int64(count - 1))
    largest = np.abs(values).max(axis=0, initial=0.0)
    return np.full(values.shape[1], count), mean, np.where(sd <= ROUNDING * largest, 0.0, sd)
