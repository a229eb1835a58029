"""Numerical kernels: ranks with ties, moments, least squares, cached arrays."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Final, Protocol, TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dashboard.models.series import Bools, Floats, Ints

T = TypeVar("T")
RETURN_DECIMALS: Final = 13
"""Returns equal to this decimal are equal: a move and the same move back must tie."""
SD_ROUNDING: Final = 1e-10
"""Values whose spread is smaller than this, against the largest of them, are all equal."""
MIN_VARIANCE_FACTOR: Final = 1e-9
"""`1 + (N-1) r` below this is 0 but for rounding: residuals that cancel leave no variance."""
CANCELLATION_RATIO: Final = 1e5
"""Beyond this ratio of running total to result a difference of prefix sums is recomputed."""
RECOMPUTED_CELLS: Final = 2**17
"""Values of spans that are recomputed at once; they then fit into the processor's cache."""
MOMENT_ROUNDING: Final = 1e-14
"""Values that differ by less than this on average differ by their last digits only."""
COLLINEARITY_TOLERANCE: Final = 1e-10
"""Factors whose correlation matrix has an eigenvalue below this are collinear."""
EXPLAINED_TOLERANCE: Final = 1e-12
"""What is left of a return below this share is rounding: the factors explain it wholly."""


# ---- cached arrays


def cached_on(owner: object, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made for the first caller and stored with its owner.

    Args:
        owner: the pooled events or the sample whose data `make` depends on; freed with it.
        key: names the value among those of the owner.
        make: computes the value.
    """
    stored: dict[Hashable, T] = owner.__dict__.setdefault("_made_once", {})
    if key not in stored:
        stored[key] = make()
    return stored[key]


def take_rows(table: T, indices: Ints) -> T:
    """A dataclass of arrays (N, ...) with some of their rows, each as often as it is named."""
    names = [field.name for field in fields(table)]  # type: ignore[arg-type]
    return replace(table, **{name: getattr(table, name)[indices] for name in names})  # type: ignore[type-var]


# ---- ranks


def average_ranks(values: Floats | Ints, decimals: int = RETURN_DECIMALS) -> Floats:
    """Ranks 1, 2, … within each row, ties share their average, NaN stays NaN, (N, M)."""
    rounded: Floats = np.round(values, decimals)
    order = np.argsort(rounded, axis=1)
    order += values.shape[1] * np.arange(len(values))[:, None]
    ranks = np.empty(values.shape)
    ranks.reshape(-1)[order] = _ranks_of_sorted(rounded.reshape(-1)[order])
    ranks[~np.isfinite(values)] = np.nan
    return ranks


def _ranks_of_sorted(ordered: Floats) -> Floats:
    """Ranks of rows whose values ascend; a run of equal values shares its average, (N, M)."""
    is_new = np.ones(ordered.shape, dtype=bool)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=is_new[:, 1:])
    first = np.flatnonzero(is_new)
    size = np.diff(first, append=is_new.size)
    ranks = np.repeat(first + (size + 1) / 2, size).reshape(ordered.shape)
    ranks -= ordered.shape[1] * np.arange(len(ordered))[:, None]
    return ranks


# ---- spread


def count_mean_sd(values: Floats) -> tuple[Ints, Floats, Floats]:
    """Count, mean and standard deviation (n - 1) down the columns, NaN left out, each (W,).

    Values that differ by their last digits only have a standard deviation of 0.
    """
    present = np.isfinite(values)
    if present.all():
        return _count_mean_sd_complete(values)
    n = present.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(present, values, 0.0).sum(axis=0) / n
        square = (np.where(present, values - mean, 0.0) ** 2).sum(axis=0)
        sd = np.sqrt(square / (n - 1))
    largest = np.where(present, np.abs(values), 0.0).max(axis=0, initial=0.0)
    return n, mean, np.where(sd <= SD_ROUNDING * largest, 0.0, sd)


def _count_mean_sd_complete(values: Floats) -> tuple[Ints, Floats, Floats]:
    """The same without a NaN, in a third of the passes."""
    count = len(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = values.sum(axis=0) / np.int64(count)
        gap = values - mean
        sd = np.sqrt(np.square(gap, out=gap).sum(axis=0) / np.int64(count - 1))
    largest = np.abs(values).max(axis=0, initial=0.0)
    return np.full(values.shape[1], count), mean, np.where(sd <= SD_ROUNDING * largest, 0.0, sd)


# ---- running moments


class RunningMoments:
    """Prefix sums of C columns over the rows in which all of them are present.

    The columns are centred first, and spans whose sum of squares is tiny against the running
    total (a pegged rate after a volatile year) are recomputed from the values themselves, so
    that no digits are lost to cancellation.
    """

    def __init__(self, columns: Floats) -> None:
        """Prepare the sums of `columns`, shape (n, C); a row with a NaN counts as absent."""
        present: Bools = np.asarray(np.isfinite(columns).all(axis=1))
        self._columns = columns
        self._present = present
        width = columns.shape[1]
        self._centre = columns[present].mean(axis=0) if present.any() else np.zeros(width)
        centred = np.where(present[:, None], columns - self._centre, 0.0)
        self._pairs = [(a, b) for a in range(width) for b in range(a, width)]
        products = [centred[:, a] * centred[:, b] for a, b in self._pairs]
        self._count = np.concatenate(([0], np.cumsum(present)))
        self._sums = [_prefix_sums(centred[:, a]) for a in range(width)]
        self._products = [_prefix_sums(product) for product in products]

    def over(self, first: Ints, last: Ints) -> SpanMoments:
        """Moments of N spans of rows, bounds inclusive, cut to the data.

        Args:
            first: first rows, (N,).
            last: last rows, (N,).
        """
        size = len(self._present)
        low = np.minimum(np.maximum(first, 0), size)
        high = np.maximum(np.minimum(last + 1, size), low)
        count = self._count[high] - self._count[low]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 1.0 / count
            sums = [prefix[high] - prefix[low] for prefix in self._sums]
            means = [total * share for total in sums]
            cross = {}
            fragile = np.zeros(len(count), dtype=bool)
            for (a, b), prefix in zip(self._pairs, self._products, strict=True):
                total = prefix[high]
                cross[a, b] = total - prefix[low] - sums[a] * means[b]
                if a == b:
                    remaining = np.abs(cross[a, b])
                    flat = (remaining > 0) & (remaining <= count * MOMENT_ROUNDING**2)
                    fragile |= (count > 0) & (flat | (total > CANCELLATION_RATIO * remaining))
        moments = SpanMoments(
            count, [m + c for m, c in zip(means, self._centre, strict=True)], cross
        )
        if fragile.any():
            self._recompute_fragile(moments, fragile, low, high)
        return moments

    def _recompute_fragile(
        self, moments: SpanMoments, fragile: Bools, low: Ints, high: Ints
    ) -> None:
        """Compute the moments of the fragile spans again, so many at once as fit the cache."""
        blank = fragile & (self._movement[high] == self._movement[low])
        for values in (*moments.means, *moments.cross.values()):
            values[blank] = 0.0
        spans = np.flatnonzero(fragile & ~blank)
        length = int((high - low)[spans].max(initial=1))
        step = max(RECOMPUTED_CELLS // (length * self._columns.shape[1]), 1)
        for start in range(0, len(spans), step):
            self._recompute(moments, spans[start : start + step], low, high)

    @cached_property
    def _movement(self) -> Ints:
        """How many present rows before each one are not 0; without any a span has no variance."""
        return np.concatenate(([0], np.cumsum(self._present & (self._columns != 0).any(axis=1))))

    def _recompute(self, moments: SpanMoments, spans: Ints, low: Ints, high: Ints) -> None:
        """Compute the moments of some of the spans `[low, high)` from the values themselves."""
        size, first = (high - low)[spans], int(low[spans].min())
        length, rows = int(size.max()), slice(first, int(high[spans].max()))
        present = np.pad(self._present[rows], (0, length))
        columns = np.pad(self._columns[rows], ((0, length), (0, 0)))
        at = low[spans] - first
        inside = sliding_window_view(present, length)[at] & (np.arange(length) < size[:, None])
        values = sliding_window_view(columns, length, axis=0)[at]
        values = np.where(inside[:, None], values, 0.0)
        count = moments.count[spans]
        means = values.sum(axis=2) / count[:, None]
        gaps = np.where(inside[:, None], values - means[..., None], 0.0)
        products = gaps @ gaps.transpose(0, 2, 1)
        for a, mean in enumerate(means.T):
            moments.means[a][spans] = mean
        for (a, b), cross in moments.cross.items():
            product = products[:, a, b]
            flat = (a == b) & (product <= count * MOMENT_ROUNDING**2)
            cross[spans] = np.where(flat, 0.0, product)


@dataclass(frozen=True, eq=False, slots=True)
class SpanMoments:
    """Moments of N spans: `count` (N,), `means[a]` and `cross[a, b]` (a <= b), each (N,).

    `cross` holds sums of products of deviations from the span's own means. An empty span has
    count 0 and NaN elsewhere.
    """

    count: Ints
    means: list[Floats]
    cross: dict[tuple[int, int], Floats]


def _prefix_sums(values: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(values)))


# ---- least squares


def fit_slopes(moments: SpanMoments, width: int) -> tuple[list[Floats], Floats]:
    """Slopes of the return (column 0) on `width` factors, and the sum of squares they leave.

    Returns:
        `width` arrays (N,), NaN where the factors do not vary or repeat one another, and (N,).
    """
    right = [moments.cross[0, k + 1] for k in range(width)]
    slopes = solve_normal_equations(moments, right)
    explained = sum(slope * cross for slope, cross in zip(slopes, right, strict=True))
    return slopes, zero_rounding(moments.cross[0, 0] - explained, moments.cross[0, 0])


def zero_rounding(remainder: Floats, total: Floats) -> Floats:
    """`left`, 0 where it is nothing but rounding against `whole`."""
    return np.where(remainder < EXPLAINED_TOLERANCE * total, 0.0, remainder)


def variance_factor(moments: SpanMoments, factors: list[Floats]) -> Callable[[int, int], Floats]:
    """`1'V1 = L + L^2/M + d' Sxx^-1 d`, d = sum of factors - L x their estimation mean."""
    summed = _cached_column_sums(factors)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 / moments.count
        single = np.where(moments.cross[1, 1] > 0, 1 / moments.cross[1, 1], np.nan)
    even = float(share[0]) if len(share) and (share == share[0]).all() else share

    def factor(first: int, last: int) -> Floats:
        length = last - first + 1
        gaps = [
            total - length * moments.means[k + 1] for k, total in enumerate(summed(first, last))
        ]
        if len(gaps) == 1:
            explained = np.square(gaps[0], out=gaps[0])
            explained *= single
        else:
            explained = np.zeros(len(moments.count))
            for gap, weight in zip(gaps, solve_normal_equations(moments, gaps), strict=True):
                explained += gap * weight
        explained += length + length**2 * even
        return explained

    return factor


def _cached_column_sums(factors: list[Floats]) -> Callable[[int, int], list[Floats]]:
    """Sums of each factor over columns first..last.

    The last result is cached: a path needs one column more each time, at its end or at its
    beginning.
    """
    newest: tuple[int, int, list[Floats]] = (0, -1, [])

    def summed(first: int, last: int) -> list[Floats]:
        nonlocal newest
        begin, end, totals = newest
        if first == last:
            totals = [values[:, first] for values in factors]
        elif begin == first and end == last - 1:
            totals = [t + values[:, last] for t, values in zip(totals, factors, strict=True)]
        elif end == last and begin == first + 1:
            totals = [t + values[:, first] for t, values in zip(totals, factors, strict=True)]
        else:
            totals = [values[:, first : last + 1].sum(axis=1) for values in factors]
        newest = (first, last, totals)
        return totals

    return summed


def solve_normal_equations(moments: SpanMoments, right: list[Floats]) -> list[Floats]:
    """Solve Sxx w = right for every position; NaN where the factors do not vary."""
    width = len(right)
    if width == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            return [np.where(moments.cross[1, 1] > 0, right[0] / moments.cross[1, 1], np.nan)]
    matrix = np.empty((len(right[0]), width, width))
    for a in range(width):
        for b in range(width):
            matrix[:, a, b] = moments.cross[min(a, b) + 1, max(a, b) + 1]
    good = _is_full_rank(matrix)
    out = np.full((len(matrix), width), np.nan)
    out[good] = np.linalg.solve(matrix[good], np.stack(right, axis=-1)[good][..., None])[..., 0]
    return [out[:, k] for k in range(width)]


def _is_full_rank(matrix: Floats) -> Bools:
    """Whether no factor of a position is a linear function of the others, whatever its unit."""
    scale = np.sqrt(np.maximum(np.diagonal(matrix, axis1=1, axis2=2), 0.0))
    good: Bools = np.asarray(np.isfinite(matrix).all(axis=(1, 2)) & (scale > 0).all(axis=1))
    unit = matrix[good] / (scale[good][:, :, None] * scale[good][:, None, :])
    good[good] = np.linalg.eigvalsh(unit)[:, 0] > COLLINEARITY_TOLERANCE
    return good


# ---- corrections of p-values for multiple tests


def bonferroni(p: Floats) -> Floats:
    """Bonferroni: p times the number of tests."""
    return _adjust_in_order(p, lambda ordered: np.minimum(1.0, len(ordered) * ordered))


def holm(p: Floats) -> Floats:
    """Holm 1979 (Scand. J. Statistics 6), step-down; as R's `p.adjust`."""

    def adjust(ordered: Floats) -> Floats:
        factor = np.arange(len(ordered), 0, -1)
        return np.minimum(1.0, np.maximum.accumulate(factor * ordered))

    return _adjust_in_order(p, adjust)


def hochberg(p: Floats) -> Floats:
    """Hochberg 1988 (Biometrika 75), step-up; assumes no negative dependence."""
    return _step_up(p, lambda size: np.arange(size, 0, -1.0))


def benjamini_hochberg(p: Floats) -> Floats:
    """Benjamini & Hochberg 1995 (JRSS B 57): false discovery rate."""
    return _step_up(p, lambda size: size / np.arange(1, size + 1))


def benjamini_yekutieli(p: Floats) -> Floats:
    """Benjamini & Yekutieli 2001 (Annals of Statistics 29): under any dependence."""
    return _step_up(
        p, lambda size: (1 / np.arange(1, size + 1)).sum() * size / np.arange(1, size + 1)
    )


CORRECTIONS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "holm": holm,
    "hochberg": hochberg,
    "bonferroni": bonferroni,
    "bh": benjamini_hochberg,
    "by": benjamini_yekutieli,
}


class TestedRow(Protocol):
    """A row of a result with a p-value and a field `p_adjusted`."""

    @property
    def p_value(self) -> float:
        """The p-value, NaN where there is none."""
        ...


TestedRows = TypeVar("TestedRows", bound=TestedRow)


def adjust_rows(
    rows: Iterable[TestedRows], correction: str, family: Callable[[TestedRows], Hashable] = type
) -> list[TestedRows]:
    """Dataclass rows with `p_adjusted`, their p-values corrected together.

    Args:
        rows: rows of one kind, in any order.
        correction: one of `CORRECTIONS`.
        family: names the rows that are corrected together; by default all.
    """
    listed = list(rows)
    families: dict[Hashable, list[int]] = {}
    for k, row in enumerate(listed):
        families.setdefault(family(row), []).append(k)
    p = np.array([row.p_value for row in listed], dtype=float)
    for members in families.values():
        p[members] = CORRECTIONS[correction](p[members])
    return [
        replace(row, p_adjusted=value)  # type: ignore[type-var]
        for row, value in zip(listed, p.tolist(), strict=True)
    ]


def _step_up(p: Floats, factor: Callable[[int], Floats]) -> Floats:
    def adjust(ordered: Floats) -> Floats:
        scaled = factor(len(ordered)) * ordered
        return np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])

    return _adjust_in_order(p, adjust)


def _adjust_in_order(p: Floats, adjust: Callable[[Floats], Floats]) -> Floats:
    """Adjust the p-values in ascending order; NaN entries are not counted and stay NaN."""
    out = np.full(len(p), np.nan)
    present = np.flatnonzero(np.isfinite(p))
    if len(present):
        order = present[np.argsort(p[present], kind="stable")]
        out[order] = adjust(p[order])
    return out
