"""Corrections: p-values adjusted for the number of tests in a declared family."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Floats


def holm(p: Floats) -> Floats:
    """Holm's step-down adjustment (Holm 1979, Scand. J. Statistics 6), as R's `p.adjust`.

    NaN entries are not counted and stay NaN.
    """
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    if len(known) == 0:
        return out
    order = known[np.argsort(p[known], kind="stable")]
    factor = np.arange(len(order), 0, -1)
    out[order] = np.minimum(1.0, np.maximum.accumulate(factor * p[order]))
    return out
