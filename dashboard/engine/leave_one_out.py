"""Leave one out: what the average of a group is without each of its events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.domain.comparison import LeftOut
from dashboard.domain.series import Floats


def means_without(values: Floats) -> Floats:
    """Mean of all values but each, `(sum - x_i) / (n - 1)`, (n,); NaN for fewer than two."""
    n = len(values)
    if n < 2:
        return np.full(n, np.nan)
    without: Floats = (values.sum() - values) / (n - 1)
    return without


def leave_one_out(ids: Sequence[str], car: Floats) -> tuple[LeftOut, ...]:
    """Every event with the CAAR of the others, the one that moves it most first.

    Args:
        ids: the events, N.
        car: their CARs in one window, (N,); an event with NaN is not in the average.
    """
    present = np.flatnonzero(np.isfinite(car))
    values = car[present]
    without = means_without(values)
    change = np.abs(without - values.mean()) if len(values) else without
    order = np.argsort(-change, kind="stable")
    return tuple(
        LeftOut(ids[int(present[k])], float(values[k]), float(without[k])) for k in order.tolist()
    )
