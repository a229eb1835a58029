"""Overlap: the correlation that CARs have because they are sums of the same returns."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.engine.least_squares import solve
from dashboard.engine.memo import once
from dashboard.engine.pooled import GroupSample, Measured, Pooled, same_events
from dashboard.engine.windows import estimation_rows, take

FEWEST_COMMON: Final = 30


def mean_overlap(sample: GroupSample, present: Bools) -> Floats:
    """Mean correlation `r` of the CARs of a group over all pairs, for each window, (W,).

    `CAR_i = c_i'y` with c_i = 1 on the window's rows and minus the weights of the normal
    model on the estimation rows; `corr(CAR_i, CAR_j) = rho c_i'c_j / (|c_i||c_j|)`, rho = 1
    on the same series, else the residual correlation of the two series. No pair is formed:
    the sum over all pairs is the squared length of the summed unit weights.

    Args:
        sample: the group, n events and W windows.
        present: the events that the test uses, (n, W).
    """
    name = ("mean_overlap", present.tobytes())
    return once(sample, name, lambda: _mean_overlap(sample, present))


def _mean_overlap(sample: GroupSample, present: Bools) -> Floats:
    pooled = sample.pooled
    out = np.full(len(pooled.windows), np.nan)
    for windows, events in same_events(present):
        chosen = np.zeros(len(pooled), dtype=bool)
        chosen[np.flatnonzero(sample.member)[events]] = True
        n = int(chosen.sum())
        if n < 2:
            continue
        spans = np.array(pooled.windows, dtype=np.int64)[windows]
        summed = [
            _summed_weights(pooled, k, (spans, chosen[pooled.series == k]))
            for k in range(len(pooled.measured))
        ]
        square = _quadratic(summed, _series_correlation(pooled, chosen), pooled)
        out[windows] = (square - n) / (n * (n - 1))
    return out


def _summed_weights(pooled: Pooled, k: int, at: tuple[Ints, Bools]) -> Floats:
    """Sum over the chosen events of one series of c_i / |c_i|, a number a row and window, (R, w).

    The weights of an event are linear in the factors of a row, `level + slope x F`, so that no
    estimation row of an event is visited: levels and slopes are added over spans of rows.
    """
    spans, chosen = at
    each = pooled.measured[k]
    size, prediction = len(each.history), each.found.prediction
    if not chosen.any():
        return np.zeros((size, len(spans)))
    row = each.row[chosen][:, None]
    inside = (row + spans[:, 0], row + spans[:, 1])
    lengths = (spans[:, 1] - spans[:, 0] + 1).astype(float)
    if (prediction.usable == prediction.df).all():
        return _added_over(inside, np.broadcast_to(1 / np.sqrt(lengths), inside[0].shape), size)
    first, last = estimation_rows(row, pooled.request.window, *_reach(pooled))
    before = (np.broadcast_to(np.maximum(first, 1), inside[0].shape), last)
    factors = each.history.factors if np.any(prediction.slopes != 0) else np.empty((size, 0))
    level, slopes, square = _estimation_weights(each, (inside, before), factors)
    unit = 1 / np.sqrt(lengths + square)
    weights = _added_over(before, level * unit, size)
    for slope, factor in zip(slopes, factors.T, strict=True):
        weights += factor[:, None] * _added_over(before, slope * unit, size)
    usable = np.isfinite(each.history.returns) & np.isfinite(factors).all(axis=1)
    weights[~usable | each.history.barred] = 0.0
    return _added_over(inside, unit, size) - weights


def _reach(pooled: Pooled) -> tuple[int, int]:
    return pooled.request.estimation, pooled.request.gap


def _added_over(bounds: tuple[Ints, Ints], values: Floats, size: int) -> Floats:
    """Sum on each row of the values (n, w) whose span holds it, (size, w); bounds inclusive."""
    first, last = bounds
    width = values.shape[1]
    column = np.arange(width)
    at = np.concatenate((first * width + column, (last + 1) * width + column))
    steps = np.bincount(
        at.ravel(), np.concatenate((values, -values)).ravel(), minlength=(size + 1) * width
    )
    return np.asarray(np.cumsum(steps.reshape(-1, width), axis=0)[:size], dtype=np.float64)


def _estimation_weights(
    each: Measured, at: tuple[tuple[Ints, Ints], tuple[Ints, Ints]], factors: Floats
) -> tuple[Floats, list[Floats], Floats]:
    """Level, slopes and sum of squares of `X_i (X_i'X_i)^-1 X*_i'1`, each (n, w)."""
    (begin, end), (first, last) = at
    moments = each.history.joint if factors.shape[1] else each.history.own
    found = moments.over(first[:, 0], last[:, 0])
    length, usable = (end - begin + 1).astype(float), found.count[:, None]
    level, square = length / usable, length**2 / usable
    slopes: list[Floats] = []
    if factors.shape[1]:
        means = [mean[:, None] for mean in found.means[1:]]
        totals = [_sums_within(factor, begin, end) for factor in factors.T]
        gaps = [total - length * mean for total, mean in zip(totals, means, strict=True)]
        solved = [solve(found, [gap[:, w] for gap in gaps]) for w in range(begin.shape[1])]
        slopes = [np.column_stack(columns) for columns in zip(*solved, strict=True)]
        for slope, mean, gap in zip(slopes, means, gaps, strict=True):
            level, square = level - slope * mean, square + slope * gap
    return level, slopes, square


def _sums_within(factor: Floats, begin: Ints, end: Ints) -> Floats:
    """Sum of a factor over the rows of each window, (n, w)."""
    columns = [
        take(factor, begin[:, [w]] + np.arange(end[0, w] - begin[0, w] + 1)).sum(axis=1)
        for w in range(begin.shape[1])
    ]
    return np.column_stack(columns)


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


def _quadratic(summed: list[Floats], rho: Floats, pooled: Pooled) -> Floats:
    """Squared length of the summed unit weights of all series in each window, (w,)."""
    days = [each.day for each in pooled.measured]
    total: Floats = np.zeros(summed[0].shape[1])
    for a, left in enumerate(summed):
        total += np.einsum("rw,rw->w", left, left)
        for b in range(a + 1, len(summed)):
            _, i, j = np.intersect1d(days[a], days[b], return_indices=True)
            total += 2 * rho[a, b] * np.einsum("rw,rw->w", left[i], summed[b][j])
    return total
