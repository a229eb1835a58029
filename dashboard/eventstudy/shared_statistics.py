"""Statistics that several tests share: Patell sums, generalised ranks, correlation, shifts.

The correlation between events is that of overlapping windows on one series, or that of the
estimation residuals on common market days. A calendar shift moves all dates of a group round the
series together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import count as count_up
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dashboard.eventstudy.numerics import (
    average_ranks,
    cached_on,
    count_mean_sd,
    solve_normal_equations,
)
from dashboard.eventstudy.returns import estimation_rows, take_or_nan
from dashboard.eventstudy.samples import GroupSample, PooledSample, SeriesSample, split_by_events
from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Floats, Ints

RANK_TIE: Final = 1e-10
"""Standardised returns closer than this are equal."""
MIN_COMMON_DAYS: Final = 30
MAX_PAIRED_EVENTS: Final = 2_000
FLAT_TOLERANCE: Final = 1e-12
"""A sum of squared deviations below this share of the sum of squares is rounding."""

# ---- Patell sums


def patell_z(sample: GroupSample) -> tuple[Floats, Ints]:
    """The exact Patell statistic of every window and its number of events, each (W,)."""
    q = student_t_variance(sample)
    present = is_usable_for_patell(sample)
    total = np.where(present, sample.scar, 0.0).sum(axis=0)
    spread = np.where(present, q[:, None], 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / np.sqrt(spread), present.sum(axis=0)


def is_usable_for_patell(sample: GroupSample) -> Bools:
    """Events with a standardised CAR and more than 2 degrees of freedom, (n, W)."""
    present: Bools = np.isfinite(sample.scar) & (sample.df > 2)[:, None]
    return present


def student_t_variance(sample: GroupSample) -> Floats:
    """`Q_i`, the variance of a t variable with M_i - p degrees of freedom, (n,)."""
    df = sample.df.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(df > 2, df / (df - 2), np.nan)


# ---- generalised ranks


@dataclass(frozen=True, slots=True)
class RankScores:
    """Ranks of one group in one window.

    `event` = Ubar_0; `square` = S^2; `points` = T; `points_per_event` the T_i of each event, (n,).
    """

    event: float
    square: float
    points: int
    n: int
    points_per_event: Ints


def compute_rank_scores(sample: GroupSample) -> list[RankScores]:
    """The rank scores of every window, computed once, because two tests need them."""
    return cached_on(sample, "rank_scores", lambda: list(_iterate_window_scores(sample)))


def _iterate_window_scores(sample: GroupSample) -> Iterator[RankScores]:
    """Windows with the same events share the pasts, which are most of the work."""
    _, _, sd = count_mean_sd(sample.scar)
    pasts: dict[bytes, _EstimationRanks] = {}
    for w, spread in enumerate(sd.tolist()):
        scar = sample.scar[:, w]
        usable = np.isfinite(scar) & (sample.sigma > 0)
        n = int(usable.sum())
        if n < 2 or not spread > 0:
            yield RankScores(np.nan, np.nan, 0, n, np.zeros(0, dtype=np.int64))
            continue
        name = usable.tobytes()
        if name not in pasts:
            pasts[name] = _EstimationRanks(sample, usable)
        yield pasts[name].scores(scar[usable] / spread)


class _EstimationRanks:
    """Standardised residuals of n events with their ranks: what each event is ranked among."""

    def __init__(self, sample: GroupSample, usable: Bools) -> None:
        past = sample.residuals[usable] / sample.sigma[usable][:, None]
        present = np.isfinite(past)
        self._past = past
        self._points_per_event = present.sum(axis=1) + 1
        self._weight = 1 / (self._points_per_event + 1.0)
        count = present.sum(axis=0)
        self._has_residual, self._count = count > 0, count[count > 0]
        pooled = sample.pooled
        own_ranks = cached_on(pooled, "base_ranks", lambda: average_ranks(pooled.residuals))
        ranks = np.nan_to_num(own_ranks[sample.member][usable])
        self._base = self._weight @ ranks - count / 2
        self._above, self._tied = np.empty(past.shape), np.empty(past.shape, dtype=bool)

    def scores(self, event: Floats) -> RankScores:
        """Rank each of n values among its own past.

        `U = rank/(T_i + 1) - 1/2` with average ties; `S^2 = 1/T sum_t (n_t/N) Ubar_t^2` over
        the event point and every row of the estimation window (event time). A residual above
        the value moves up by 1, one that ties with it by 1/2; a NaN is neither.
        """
        gap, n = self._above, len(event)
        np.subtract(self._past, event[:, None], out=gap)
        above = (gap >= RANK_TIE).view(np.int8)
        above += np.greater(gap, -RANK_TIE, out=self._tied).view(np.int8)
        np.multiply(above, 0.5, out=gap)
        points_per_event = self._points_per_event
        u0 = (points_per_event - gap.sum(axis=1)) / (points_per_event + 1) - 0.5
        average = (self._base + self._weight @ gap)[self._has_residual] / self._count
        points = len(average) + 1
        square = ((self._count / n * average**2).sum() + u0.mean() ** 2) / points
        return RankScores(float(u0.mean()), float(square), points, n, points_per_event)


# ---- overlap correlation


def mean_overlap_correlation(sample: GroupSample, present: Bools) -> Floats:
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
    return cached_on(sample, name, lambda: _compute_mean_overlap(sample, present))


def _compute_mean_overlap(sample: GroupSample, present: Bools) -> Floats:
    pooled = sample.pooled
    out = np.full(len(pooled.windows), np.nan)
    for windows, events in split_by_events(present):
        chosen = np.zeros(len(pooled), dtype=bool)
        chosen[np.flatnonzero(sample.member)[events]] = True
        n = int(chosen.sum())
        if n < 2:
            continue
        spans = np.array(pooled.windows, dtype=np.int64)[windows]
        summed = [
            _sum_unit_weights(pooled, k, (spans, chosen[pooled.series == k]))
            for k in range(len(pooled.series_samples))
        ]
        square = _squared_length(summed, _series_correlation(pooled, chosen), pooled)
        out[windows] = (square - n) / (n * (n - 1))
    return out


def _sum_unit_weights(pooled: PooledSample, k: int, at: tuple[Ints, Bools]) -> Floats:
    """Sum over the chosen events of one series of c_i / |c_i|, a number a row and window, (R, w).

    The weights of an event are linear in the factors of a row, `level + slope x F`, so that no
    estimation row of an event is visited: levels and slopes are added over spans of rows.
    """
    spans, chosen = at
    series_sample = pooled.series_samples[k]
    size, prediction = len(series_sample.history), series_sample.abnormal.prediction
    if not chosen.any():
        return np.zeros((size, len(spans)))
    row = series_sample.row[chosen][:, None]
    inside = (row + spans[:, 0], row + spans[:, 1])
    lengths = (spans[:, 1] - spans[:, 0] + 1).astype(float)
    if (prediction.usable == prediction.df).all():
        return _add_over_spans(inside, np.broadcast_to(1 / np.sqrt(lengths), inside[0].shape), size)
    request = pooled.request
    first, last = estimation_rows(row, request.window, request.estimation, request.gap)
    before = (np.broadcast_to(np.maximum(first, 1), inside[0].shape), last)
    factors = (
        series_sample.history.factors if np.any(prediction.slopes != 0) else np.empty((size, 0))
    )
    level, slopes, square = _estimation_weights(series_sample, (inside, before), factors)
    unit = 1 / np.sqrt(lengths + square)
    weights = _add_over_spans(before, level * unit, size)
    for slope, factor in zip(slopes, factors.T, strict=True):
        weights += factor[:, None] * _add_over_spans(before, slope * unit, size)
    usable = np.isfinite(series_sample.history.returns) & np.isfinite(factors).all(axis=1)
    weights[~usable | series_sample.history.excluded] = 0.0
    return _add_over_spans(inside, unit, size) - weights


def _add_over_spans(bounds: tuple[Ints, Ints], values: Floats, size: int) -> Floats:
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
    series_sample: SeriesSample, at: tuple[tuple[Ints, Ints], tuple[Ints, Ints]], factors: Floats
) -> tuple[Floats, list[Floats], Floats]:
    """Level, slopes and sum of squares of `X_i (X_i'X_i)^-1 X*_i'1`, each (n, w)."""
    (begin, end), (first, last) = at
    moments = (
        series_sample.history.joint_moments
        if factors.shape[1]
        else series_sample.history.return_moments
    )
    estimated = moments.over(first[:, 0], last[:, 0])
    length, usable = (end - begin + 1).astype(float), estimated.count[:, None]
    level, square = length / usable, length**2 / usable
    slopes: list[Floats] = []
    if factors.shape[1]:
        means = [mean[:, None] for mean in estimated.means[1:]]
        totals = [_sum_factor_in_windows(factor, begin, end) for factor in factors.T]
        gaps = [total - length * mean for total, mean in zip(totals, means, strict=True)]
        solved = [
            solve_normal_equations(estimated, [gap[:, w] for gap in gaps])
            for w in range(begin.shape[1])
        ]
        slopes = [np.column_stack(columns) for columns in zip(*solved, strict=True)]
        for slope, mean, gap in zip(slopes, means, gaps, strict=True):
            level, square = level - slope * mean, square + slope * gap
    return level, slopes, square


def _sum_factor_in_windows(factor: Floats, begin: Ints, end: Ints) -> Floats:
    """Sum of a factor over the rows of each window, (n, w)."""
    columns = [
        take_or_nan(factor, begin[:, [w]] + np.arange(end[0, w] - begin[0, w] + 1)).sum(axis=1)
        for w in range(begin.shape[1])
    ]
    return np.column_stack(columns)


def _series_correlation(pooled: PooledSample, chosen: Bools) -> Floats:
    """Residual correlation of each two series over the days both have estimation residuals.

    The residual of a day is the mean over the chosen events (N,) whose estimation window holds
    it, so that with all events on one date it is the residual correlation of the two events.
    1 on itself; 0 for fewer than 30 common days or without variance.
    """
    count = len(pooled.series_samples)
    rho = np.eye(count)
    if count == 1:
        return rho
    means = [_mean_residuals(pooled, chosen & (pooled.series == k), k) for k in range(count)]
    for a in range(count):
        for b in range(a + 1, count):
            days = (pooled.series_samples[a].day, pooled.series_samples[b].day)
            _, left, right = np.intersect1d(*days, return_indices=True)
            x, y = means[a][left], means[b][right]
            both = np.isfinite(x) & np.isfinite(y)
            if both.sum() >= MIN_COMMON_DAYS and np.ptp(x[both]) > 0 and np.ptp(y[both]) > 0:
                rho[a, b] = rho[b, a] = np.corrcoef(x[both], y[both])[0, 1]
    return rho


def _mean_residuals(pooled: PooledSample, mine: Bools, k: int) -> Floats:
    """Mean estimation residual of each row of series `k` over its chosen events, (rows,)."""
    rows, residuals = (values[mine] for values in pooled.estimation)
    present = np.isfinite(residuals)
    size = len(pooled.series_samples[k].history)
    total = np.bincount(rows[present], weights=residuals[present], minlength=size)
    number = np.bincount(rows[present], minlength=size)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _squared_length(summed: list[Floats], rho: Floats, pooled: PooledSample) -> Floats:
    """Squared length of the summed unit weights of all series in each window, (w,)."""
    days = [series_sample.day for series_sample in pooled.series_samples]
    total: Floats = np.zeros(summed[0].shape[1])
    for a, left in enumerate(summed):
        total += np.einsum("rw,rw->w", left, left)
        for b in range(a + 1, len(summed)):
            _, i, j = np.intersect1d(days[a], days[b], return_indices=True)
            total += 2 * rho[a, b] * np.einsum("rw,rw->w", left[i], summed[b][j])
    return total


# ---- residual correlation


def mean_residual_correlation(
    sample: GroupSample, present: Bools
) -> tuple[Floats, tuple[str, ...]]:
    """Mean off-diagonal correlation `r` of a group's residuals in each window, and a note.

    Pairs are matched on the same market days; pairs with fewer than 30 common days, or
    without variance, count as 0 (docs/statistics.md, 6). NaN for one event or too many.

    Args:
        sample: the group, n events and W windows.
        present: the events that the test uses, (n, W).

    Returns:
        `r` (W,) and W sentences.
    """
    width = present.shape[1]
    mean, notes = np.full(width, np.nan), [""] * width
    for windows, events in split_by_events(present):
        r, note = _group_correlation(sample.pooled, np.flatnonzero(sample.member)[events])
        mean[windows] = r
        for w in windows.tolist():
            notes[w] = note
    return mean, tuple(notes)


def _group_correlation(pooled: PooledSample, events: Ints) -> tuple[float, str]:
    """Mean over the pairs of some events (their numbers in `pooled`), and a sentence."""
    n = len(events)
    if n < 2:
        return float("nan"), deferred("needs at least 2 events whose past varies")
    if len(pooled) > MAX_PAIRED_EVENTS:
        return float("nan"), deferred(
            "more than {most} events; overlap_t is exact for those", most=MAX_PAIRED_EVENTS
        )
    of_pairs = cached_on(
        pooled, "residual_correlation", lambda: correlate_pairs(*_match_residuals_to_days(pooled))
    )
    r, common = (matrix[np.ix_(events, events)] for matrix in of_pairs)
    pairs = n * (n - 1)
    mean = (r.sum() - np.trace(r)) / pairs
    overlapping = (common.sum() - np.trace(common)) / pairs
    return float(mean), deferred(
        "r = {r:.3f}; {share:.0f} % of the pairs share days", r=mean, share=100 * overlapping
    )


def _match_residuals_to_days(pooled: PooledSample) -> tuple[Floats, Floats]:
    """Residuals (N, M) and the number of the market day of each, -1 where unusable."""
    rows, residuals = pooled.estimation
    days = np.full(rows.shape, -1, dtype=np.int64)
    for k, series_sample in enumerate(pooled.series_samples):
        mine = pooled.series == k
        days[mine] = series_sample.day.astype(np.int64)[
            np.clip(rows[mine], 0, len(series_sample.day) - 1)
        ]
    return residuals, np.where(np.isfinite(residuals), days, -1)


def correlate_pairs(residuals: Floats, days: Floats) -> tuple[Floats, Floats]:
    """Correlation of every pair over its common days, and where those are 30 or more.

    Args:
        residuals: (N, M).
        days: integer day of each residual, -1 where there is none, (N, M).

    Returns:
        `r` (N, N) with 0 where fewer than 30 days are common; a 0/1 matrix of common pairs.
    """
    from scipy import sparse

    size = len(residuals)
    event, column = np.nonzero(days >= 0)
    number, day = np.unique(days[event, column], return_inverse=True)
    shape, at = (size, len(number)), (event, day)
    value = residuals[event, column]
    indicator = sparse.csr_array((np.ones(len(value)), at), shape=shape)
    first = sparse.csr_array((value, at), shape=shape)
    square = sparse.csr_array((value**2, at), shape=shape)
    n = (indicator @ indicator.T).toarray()
    total = (first @ indicator.T).toarray()
    products = (first @ first.T).toarray()
    squares = (square @ indicator.T).toarray()
    enough = n >= MIN_COMMON_DAYS
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = n * squares - total**2
        spread = np.where(spread > FLAT_TOLERANCE * n * squares, spread, 0.0)
        r = (n * products - total * total.T) / np.sqrt(spread * spread.T)
    r = np.where(enough & np.isfinite(r), np.clip(r, -1.0, 1.0), 0.0)
    return r, enough.astype(float)


# ---- calendar shifts

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

    def __init__(
        self, series_sample: SeriesSample, value_at: Callable[[SeriesSample], Floats], least: int
    ) -> None:
        """Store the values; `least` is the number of returns that an estimation window needs."""
        enough = series_sample.grid.prediction.usable >= least
        self.values = np.where(enough[:, None], value_at(series_sample), np.nan)
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
        least = sample.pooled.request.min_estimation
        build = partial(PositionValues, series_sample, value_at, least)
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
