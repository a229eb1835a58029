"""Calendar shifts: the whole set of event dates moved together round the series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from dashboard.domain.series import Floats, Ints
from dashboard.engine.pooled import GroupSample, Measured, same_events

FEWEST_SHIFTS: Final = 20
TIE: Final = 1e-9
LONG: Final = 100_000
FEW: Final = 128
"""On a series so long, so few events are added up faster than transformed."""


def shifted_means(
    sample: GroupSample, value_at: Callable[[Measured], Floats]
) -> tuple[Floats, Ints]:
    """The group's mean after every admissible circular shift of its dates.

    Shift 0 is the group itself. The dates keep their distances, the series its dependence;
    only their meeting is broken. An event without a value at shift 0 has none at any other,
    and a position with too little history has none either. All shifts come from circular
    correlations (FFT).

    Args:
        sample: the group.
        value_at: values at every position of a series, (K, W), NaN where there is none.

    Returns:
        Means (S, W) for shifts 0..S-1, S = the fewest positions of any series, and the
        number of events inside the positions for each window at shift 0, (W,).
    """
    width = len(sample.pooled.windows)
    sizes = [len(each.positions) for k, each in enumerate(sample.pooled.measured)
             if sample.member[sample.pooled.series == k].any()]  # fmt: skip
    length = min(sizes, default=0)
    total, count = np.zeros((length, width)), np.zeros((length, width))
    for k, each in enumerate(sample.pooled.measured):
        chosen = sample.member[sample.pooled.series == k]
        if not chosen.any() or length == 0:
            continue
        enough = each.everywhere.prediction.usable >= sample.pooled.request.min_estimation
        values = np.where(enough[:, None], value_at(each), np.nan)
        at = each.row[chosen] - each.positions[0]
        at = at[(at >= 0) & (at < len(values))]
        for windows, events in same_events(np.isfinite(values[at])):
            here = np.bincount(at[events], minlength=len(values)).astype(float)
            known = np.isfinite(values[:, windows])
            filled = np.where(known, values[:, windows], 0.0)
            total[:, windows] += _correlate(here, filled)[:length]
            count[:, windows] += _correlate(here, known.astype(float))[:length]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(count > 0.5, total / np.maximum(np.rint(count), 1), np.nan)
    inside = np.rint(count[0]).astype(np.int64) if length else np.zeros(width, dtype=np.int64)
    return means, inside


def _correlate(here: Floats, values: Floats) -> Floats:
    """`sum_j here[j] values[(j + k) mod K]` for every k, down the columns."""
    at = np.flatnonzero(here)
    if len(here) >= LONG and len(at) <= FEW:
        twice = np.concatenate([values, values])
        found = np.zeros_like(values)
        for j in at.tolist():
            found += here[j] * twice[j : j + len(here)]
        return found
    spectrum = np.conj(np.fft.rfft(here))[:, None] * np.fft.rfft(values, axis=0)
    return np.fft.irfft(spectrum, n=len(here), axis=0)


def share_at_least(means: Floats, *, two_sided: bool) -> Floats:
    """Share of shifts (0 included) whose mean is at least as extreme as at shift 0, (W,)."""
    if len(means) == 0:
        return np.full(means.shape[1], np.nan)
    size = np.abs(means) if two_sided else means
    slack = TIE * np.nanmax(np.abs(means), axis=0, initial=0.0)
    usable = np.isfinite(size)
    hits = (usable & (size >= size[0] - slack)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isfinite(means[0]), hits / usable.sum(axis=0), np.nan)
