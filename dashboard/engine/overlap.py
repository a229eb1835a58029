"""Overlap: the correlation that CARs have because they are sums of the same returns."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Days, Floats, Ints
from dashboard.engine.pooled import GroupSample, Pooled, estimation_matrix, same_events
from dashboard.engine.windows import take

FEWEST_COMMON: Final = 30
_KEPT: Final = "_mean_overlap"


def mean_overlap(sample: GroupSample, present: Bools) -> Floats:
    """Mean correlation `r` of the CARs of a group over all pairs, for each window, (W,).

    `CAR_i = c_i'y` with c_i = 1 on the window's rows and minus the weights of the normal
    model on the estimation rows; `corr(CAR_i, CAR_j) = rho c_i'c_j / (|c_i||c_j|)`, rho = 1
    on the same series, else the residual correlation of the two series. No pair is formed:
    the sum over all pairs is the squared length of the summed unit weights. Kept on the
    sample, because two tests ask for it.

    Args:
        sample: the group, n events and W windows.
        present: the events that the test uses, (n, W).
    """
    kept: dict[bytes, Floats] = sample.__dict__.setdefault(_KEPT, {})
    asked = present.tobytes()
    if asked not in kept:
        kept[asked] = _mean_overlap(sample, present)
    return kept[asked]


def _mean_overlap(sample: GroupSample, present: Bools) -> Floats:
    pooled = sample.pooled
    out = np.full(len(pooled.windows), np.nan)
    days = [each.day for each in pooled.measured]
    for windows, events in same_events(present):
        chosen = np.zeros(len(pooled), dtype=bool)
        chosen[np.flatnonzero(sample.member)[events]] = True
        n = int(chosen.sum())
        if n < 2:
            continue
        rho = _series_correlation(pooled, chosen)
        for w in windows.tolist():
            summed = [
                _summed_weights(pooled, k, (w, chosen[pooled.series == k]))
                for k in range(len(pooled.measured))
            ]
            out[w] = (_quadratic(summed, rho, days) - n) / (n * (n - 1))
    return out


def _summed_weights(pooled: Pooled, k: int, at: tuple[int, Bools]) -> Floats:
    """Sum over the chosen events of one series of c_i / |c_i|, one number a row, (rows,)."""
    w, chosen = at
    each = pooled.measured[k]
    length = len(each.history)
    if not chosen.any():
        return np.zeros(length)
    row = each.row[chosen]
    first, last = pooled.windows[w]
    inside = row[:, None] + np.arange(first, last + 1)[None, :]
    before = estimation_matrix(row, pooled.request)
    weights = _estimation_weights(pooled, k, (inside, chosen, before))
    norm = np.sqrt(inside.shape[1] + (weights**2).sum(axis=1))
    rows = np.concatenate((inside.ravel(), np.maximum(before, 0).ravel()))
    values = np.concatenate(
        (np.repeat(1 / norm, inside.shape[1]), (-weights / norm[:, None]).ravel())
    )
    return np.bincount(rows, weights=values, minlength=length)[:length].astype(np.float64)


def _estimation_weights(pooled: Pooled, k: int, at: tuple[Ints, Bools, Ints]) -> Floats:
    """`X_i (X_i'X_i)^-1 X*_i'1` on the estimation rows, 0 on unusable ones, (n, M)."""
    inside, chosen, before = at
    each = pooled.measured[k]
    prediction, length = each.found.prediction, inside.shape[1]
    if (prediction.usable == prediction.df).all():
        return np.zeros(before.shape)
    present = np.isfinite(pooled.residuals[pooled.series == k][chosen])
    usable = prediction.usable[chosen].astype(float)
    weights = np.where(present, (length / usable)[:, None], 0.0)
    if not np.any(prediction.slopes != 0):
        return weights
    history = each.history
    count = history.factors.shape[1]
    allowed = np.where(before >= 1, before, -1)
    factors = np.stack([take(history.factors[:, f], allowed) for f in range(count)], axis=-1)
    factors = np.where(present[:, :, None], factors, 0.0)
    mean = factors.sum(axis=1, keepdims=True) / usable[:, None, None]
    centred = np.where(present[:, :, None], factors - mean, 0.0)
    total = np.stack(
        [take(history.factors[:, f], inside).sum(axis=1) for f in range(count)], axis=-1
    )
    gap = total - length * mean[:, 0, :]
    scatter = np.einsum("nmk,nml->nkl", centred, centred)
    slopes = np.linalg.solve(scatter, gap[..., None])[..., 0]
    found: Floats = weights + np.einsum("nmk,nk->nm", centred, slopes)
    return found


def _series_correlation(pooled: Pooled, chosen: Bools) -> Floats:
    """Residual correlation of each two series over the days both have estimation residuals.

    The residual of a day is the mean over the chosen events (N,) whose estimation window holds
    it, so that with all events on one date it is the residual correlation of the two events.
    1 on itself; 0 for fewer than 30 common days or without variance.
    """
    count = len(pooled.measured)
    rho = np.eye(count)
    if count == 1:
        return rho
    means = [_mean_residuals(pooled, chosen & (pooled.series == k), k) for k in range(count)]
    for a in range(count):
        for b in range(a + 1, count):
            days = (pooled.measured[a].day, pooled.measured[b].day)
            _, left, right = np.intersect1d(*days, return_indices=True)
            x, y = means[a][left], means[b][right]
            both = np.isfinite(x) & np.isfinite(y)
            if both.sum() >= FEWEST_COMMON and np.ptp(x[both]) > 0 and np.ptp(y[both]) > 0:
                rho[a, b] = rho[b, a] = np.corrcoef(x[both], y[both])[0, 1]
    return rho


def _mean_residuals(pooled: Pooled, mine: Bools, k: int) -> Floats:
    """Mean estimation residual of each row of series `k` over its chosen events, (rows,)."""
    rows, residuals = (values[mine] for values in pooled.estimation)
    present = np.isfinite(residuals)
    size = len(pooled.measured[k].history)
    total = np.bincount(rows[present], weights=residuals[present], minlength=size)
    number = np.bincount(rows[present], minlength=size)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _quadratic(summed: list[Floats], rho: Floats, days: list[Days]) -> float:
    total = 0.0
    for a, left in enumerate(summed):
        total += float(left @ left)
        for b in range(a + 1, len(summed)):
            _, i, j = np.intersect1d(days[a], days[b], return_indices=True)
            total += 2 * float(rho[a, b] * (left[i] @ summed[b][j]))
    return total
