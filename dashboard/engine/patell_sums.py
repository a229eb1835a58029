"""Patell's sum of standardised CARs, which the tests built on it share."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.engine.pooled import GroupSample


def patell_z(sample: GroupSample) -> tuple[Floats, Ints]:
    """The exact Patell statistic of every window and its number of events, each (W,)."""
    q = variance_of_t(sample)
    present = in_patell(sample)
    total = np.where(present, sample.scar, 0.0).sum(axis=0)
    spread = np.where(present, q[:, None], 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / np.sqrt(spread), present.sum(axis=0)


def in_patell(sample: GroupSample) -> Bools:
    """Events with a standardised CAR and more than 2 degrees of freedom, (n, W)."""
    present: Bools = np.isfinite(sample.scar) & (sample.df > 2)[:, None]
    return present


def variance_of_t(sample: GroupSample) -> Floats:
    """`Q_i`, the variance of a t variable with M_i - p degrees of freedom, (n,)."""
    df = sample.df.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(df > 2, df / (df - 2), np.nan)
