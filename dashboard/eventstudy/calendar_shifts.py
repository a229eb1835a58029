"""Calendar shifts: the statistic of a group after every circular shift of all its dates."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from itertools import count as count_up
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dashboard.eventstudy.numerics import cached_on
from dashboard.eventstudy.samples import GroupSample, SeriesSample, split_by_events
from dashboard.models.series import Floats, Ints

ComplexArray: TypeAlias = NDArray[np.complex128]
MIN_SHIFTS: Final = 20
SHIFT_TIE: Final = 1e-9
LONG_SERIES: Final = 100_000
FEW_DATES: Final = 128
"""On a series so long, so few events are added up faster than transformed."""


class PositionValues:
    """Values at every position of one series, with the spectra that all groups share.

    `values` (K, W), NaN where there is none, also where a position has too little history.
    """

    def __init__(self, series_sample: SeriesSample, values: Floats, least: int) -> None:
        """Store the values; `least` is the number of returns that an estimation window needs."""
        enough = series_sample.grid.prediction.usable >= least
        self.values = np.where(enough[:, None], values, np.nan)
        self._known = np.isfinite(self.values)

    def sums(self, at: Ints, windows: Ints) -> tuple[Floats, Floats]:
        """Sum and number of the values at the positions `at` after every shift, each (K, w)."""
        event_counts = np.bincount(at, minlength=len(self.values)).astype(float)
        present, filled = self._known[:, windows], self._filled[:, windows]
        number = np.empty(present.shape)
        for same, column in split_by_events(present):
            every = column.all()
            number[:, same] = (
                len(at) if every else _correlate(event_counts, column[:, None].astype(float))
            )
        if _is_summed_directly(event_counts):
            return _correlate(event_counts, filled), number
        return _correlate_with_spectrum(event_counts, self._spectrum[:, windows]), number

    @cached_property
    def _filled(self) -> Floats:
        return np.where(self._known, self.values, 0.0)

    @cached_property
    def _spectrum(self) -> ComplexArray:
        return np.fft.rfft(self._filled, n=_padded_length(len(self.values)), axis=0)


def compute_shifted_means(
    sample: GroupSample, value_at: Callable[[SeriesSample], Floats], name: str = ""
) -> tuple[Floats, Ints]:
    """The group's mean after every admissible circular shift of its dates.

    Shift 0 is the group itself. The dates keep their distances, the series its dependence;
    only their meeting is broken. An event without a value at shift 0 has none at any other,
    and a position with too little history has none either. All shifts come from circular
    correlations (FFT).

    Args:
        sample: the group.
        value_at: values at every position of a series, (K, W), NaN where there is none.
        name: of these values where more than one group of the study needs them.

    Returns:
        Means (S, W) for shifts 0..S-1, S = the fewest positions of any series, and the
        number of events inside the positions for each window at shift 0, (W,).
    """
    width = len(sample.pooled.windows)
    sizes = [
        len(series_sample.positions)
        for k, series_sample in enumerate(sample.pooled.series_samples)
        if sample.member[sample.pooled.series == k].any()
    ]
    length = min(sizes, default=0)
    total, count = np.zeros((length, width)), np.zeros((length, width))
    for k, series_sample in enumerate(sample.pooled.series_samples):
        chosen = sample.member[sample.pooled.series == k]
        if not chosen.any() or length == 0:
            continue
        build = partial(
            _build_position_values, series_sample, value_at, sample.pooled.request.min_estimation
        )
        position_values = cached_on(sample.pooled, (name, k), build) if name else build()
        at = series_sample.row[chosen] - series_sample.positions[0]
        at = at[(at >= 0) & (at < len(position_values.values))]
        for windows, events in split_by_events(np.isfinite(position_values.values[at])):
            sums, numbers = position_values.sums(at[events], windows)
            total[:, windows] += sums[:length]
            count[:, windows] += numbers[:length]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(count > 0.5, total / np.maximum(np.rint(count), 1), np.nan)
    inside = np.rint(count[0]).astype(np.int64) if length else np.zeros(width, dtype=np.int64)
    return means, inside


def _build_position_values(
    series_sample: SeriesSample, value_at: Callable[[SeriesSample], Floats], least: int
) -> PositionValues:
    return PositionValues(series_sample, value_at(series_sample), least)


def _is_summed_directly(event_counts: Floats) -> bool:
    return len(event_counts) >= LONG_SERIES and int(np.count_nonzero(event_counts)) <= FEW_DATES


def _correlate(event_counts: Floats, values: Floats) -> Floats:
    """`sum_j here[j] values[(j + k) mod K]` for every k, down the columns."""
    if _is_summed_directly(event_counts):
        twice = np.concatenate([values, values])
        sums = np.zeros_like(values)
        for j in np.flatnonzero(event_counts).tolist():
            sums += event_counts[j] * twice[j : j + len(event_counts)]
        return sums
    return _correlate_with_spectrum(
        event_counts, np.fft.rfft(values, n=_padded_length(len(event_counts)), axis=0)
    )


def _correlate_with_spectrum(event_counts: Floats, spectrum: ComplexArray) -> Floats:
    """The same from the spectrum of the padded values: a shift past the end comes in again."""
    size, padded = len(event_counts), _padded_length(len(event_counts))
    product = np.conj(np.fft.rfft(event_counts, n=padded))[:, None] * spectrum
    correlation: Floats = np.fft.irfft(product, n=padded, axis=0)
    if padded == size:
        return correlation
    correlation[1:size] += correlation[padded - size + 1 :]
    return correlation[:size]


@lru_cache(maxsize=64)
def _padded_length(size: int) -> int:
    """The length to transform: `size` if its prime factors are small, else beyond twice it.

    A length with a large prime factor takes ten times as long; half of twice the length are
    zeros, so that no value meets another that it should not.
    """
    if _is_smooth(size):
        return size
    return next(length for length in count_up(2 * size) if _is_smooth(length))


def _is_smooth(size: int) -> bool:
    for prime in (2, 3, 5, 7):
        while size > 1 and size % prime == 0:
            size //= prime
    return size <= 1


def shift_p_value(means: Floats, *, two_sided: bool) -> Floats:
    """Share of shifts (0 included) whose mean is at least as extreme as at shift 0, (W,)."""
    if len(means) == 0:
        return np.full(means.shape[1], np.nan)
    size = np.abs(means) if two_sided else means
    slack = SHIFT_TIE * np.nanmax(np.abs(means), axis=0, initial=0.0)
    usable = np.isfinite(size)
    hits = (usable & (size >= size[0] - slack)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isfinite(means[0]), hits / usable.sum(axis=0), np.nan)
