"""Clusters: events whose event windows overlap on the calendar, and resampling them whole."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.series import Bools, Days, Floats, Ints
from dashboard.domain.study import Interval
from dashboard.engine.pooled import GroupSample

DRAWS: Final = 1_999
LEVEL: Final = 0.95
TIE: Final = 1e-12
"""Resampled means closer than this to the mean, against the largest of them, equal it."""


def clusters_of(sample: GroupSample, events: Bools | None = None) -> Ints:
    """Number of the cluster of each event, 0, 1, … by date, (n,).

    Two events belong together when their event windows share a market day, or when a chain
    of such events links them.

    Args:
        sample: the group.
        events: those of the group that count, (n,); all if None.
    """
    starts, ends = (days[sample.member] for days in sample.pooled.window_days())
    if events is not None:
        starts, ends = starts[events], ends[events]
    return linked(starts, ends)


def linked(starts: Days, ends: Days) -> Ints:
    """Number of the chain of overlapping spans of days that each span is in, by date, (n,)."""
    if len(starts) == 0:
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(starts, kind="stable")
    reach = np.maximum.accumulate(ends[order])
    fresh = np.concatenate(([False], starts[order][1:] > reach[:-1]))
    label = np.empty(len(order), dtype=np.int64)
    label[order] = np.cumsum(fresh)
    return label


def cluster_sums(values: Floats, label: Ints) -> Floats:
    """Sum of each cluster and window, NaN where none has a value, (C, W)."""
    total, count = _sums_and_counts(values, label)
    return np.where(count > 0, total, np.nan)


def cluster_means(values: Floats, label: Ints) -> Floats:
    """Mean of each cluster and window, NaN where none has a value, (C, W)."""
    total, count = _sums_and_counts(values, label)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 0, total / count, np.nan)


def _sums_and_counts(values: Floats, label: Ints) -> tuple[Floats, Floats]:
    size = int(label.max()) + 1 if len(label) else 0
    present = np.isfinite(values)
    total, count = np.zeros((size, values.shape[1])), np.zeros((size, values.shape[1]))
    np.add.at(total, label, np.where(present, values, 0.0))
    np.add.at(count, label, present)
    return total, count


def bootstrap_intervals(group: str, sample: GroupSample) -> tuple[Interval, ...]:
    """Percentile and BCa intervals of the CAAR, whole clusters drawn with replacement.

    BCa: Efron 1987, JASA 82, with the jackknife over clusters. Empty for fewer than three
    clusters, whose resamples say nothing.
    """
    label = clusters_of(sample)
    count = len(np.unique(label))
    if count < 3:
        return ()
    windows = sample.pooled.request.cars
    car = sample.car[:, [sample.pooled.windows.index(window) for window in windows]]
    present = np.isfinite(car)
    total, number = np.zeros((count, len(windows))), np.zeros((count, len(windows)))
    np.add.at(total, label, np.where(present, car, 0.0))
    np.add.at(number, label, present)
    random = np.random.default_rng(sample.pooled.request.seed)
    weights = random.multinomial(count, np.full(count, 1 / count), size=DRAWS).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (weights @ total) / (weights @ number)
        seen = total.sum(axis=0) / number.sum(axis=0)
        left_out = (total.sum(axis=0) - total) / (number.sum(axis=0) - number)
    tails = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    found = []
    for w, window in enumerate(windows):
        draws = np.sort(drawn[np.isfinite(drawn[:, w]), w])
        if len(draws) == 0 or not np.isfinite(left_out[:, w]).all():
            continue
        plain = np.quantile(draws, tails)
        corrected = np.quantile(draws, _bca(draws, seen[w], left_out[:, w], tails))
        for method, (low, high) in (("percentile", plain), ("bca", corrected)):
            found.append(Interval(group, window, method, float(low), float(high), count, DRAWS))
    return tuple(found)


def _bca(draws: Floats, seen: float, left_out: Floats, tails: Floats) -> Floats:
    gap = draws - seen
    # Few clusters are often drawn once each; rounding must not say on which side that lies.
    gap[np.abs(gap) <= TIE * np.abs(draws).max()] = 0.0
    below = np.clip((gap < 0).mean() + (gap == 0).mean() / 2, 1e-6, 1 - 1e-6)
    shift = special.ndtri(below)
    gap = left_out.mean() - left_out
    scale = 6 * ((gap**2).sum()) ** 1.5
    bend = (gap**3).sum() / scale if scale > 0 else 0.0
    z = special.ndtri(tails)
    adjusted: Floats = special.ndtr(shift + (shift + z) / (1 - bend * (shift + z)))
    return adjusted
