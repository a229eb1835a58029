"""Breaks of a series: their number, their dates, and how well the dates are known.

A regression `y_t = x_t' b_j + e_t` whose coefficients change at m unknown rows (Bai & Perron 1998,
Econometrica 66). The dates are those of the least sum of squared residuals of all partitions whose
segments have at least `least` rows, found by dynamic programming (Bai & Perron 2003, J. Applied
Econometrics 18). Whether there is any break is the question of their double maximum test over 1 to
`MAX_TESTED` breaks, which sees breaks that offset one another; if it rejects, the criterion LWZ
(Liu, Wu & Zidek 1997, Statistica Sinica 7) says how many, as Bai & Perron (2006, in Econometric
Theory and Practice) discuss. BIC (Yao 1988, Statistics & Probability Letters 6) and the tests of
one more break, sup F(l+1|l), stand next to it.

The statistic of one more break is the largest Wald statistic over the rows of a segment, its
covariance robust against heteroskedasticity and made of the residuals of the null hypothesis.
All p-values are those of a fixed-regressor wild bootstrap (Hansen 2000, J. Econometrics 97), whose
signs are drawn for blocks of rows where neighbours depend on one another (Shao 2010, J. American
Statistical Association 105), with `(count + 1) / (draws + 1)`. The interval of a date is Bai's
(1997, Review of Economics and Statistics 79), with other regressors and errors on either side.

Breaks of the variance alone: the iterated cumulative sums of squares of Inclan & Tiao (1994, J.
American Statistical Association 89) with the statistic kappa 2 of Sanso, Arago & Carrion (2004,
Revista de Economia Financiera 4), whose long-run variance allows for fat tails and clusters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from dashboard.models.series import Floats, Ints
from dashboard.models.study import CONFIDENCE_LEVEL, SIGNIFICANCE_LEVEL

BREAK_DRAWS: Final = 399
DRAWS_PER_BLOCK: Final = 133
"""Bootstrap draws computed at once: more would leave the processor's cache."""
MAX_BREAKS: Final = 8
MAX_TESTED: Final = 5
"""The double maximum test looks for 1 to so many breaks."""
MAX_CELLS: Final = 120
"""Its breaks lie between so many cells of rows, so that every draw can be searched."""
LWZ_FACTOR: Final = 0.299
LWZ_EXPONENT: Final = 2.1
CRITICAL_KAPPA: Final = 1.3581
"""The 95 % quantile of the largest value of a Brownian bridge in size (Kolmogorov)."""
POWER_QUANTILE: Final = 0.8416
"""The 80 % quantile of the normal distribution."""
MIN_VARIANCE_ROWS: Final = 30
"""Segments with fewer rows are not searched for breaks of the variance."""
MAX_PASSES: Final = 50


@dataclass(frozen=True, slots=True)
class Partition:
    """The best partition with so many breaks: `rows` are the first of each later segment.

    `ssr` is its sum of squared residuals; `bic` and `lwz` are in the units of n times a log.
    """

    rows: tuple[int, ...]
    ssr: float
    bic: float
    lwz: float


@dataclass(frozen=True, slots=True)
class BreakTest:
    """The test of one more break than `count`; p NaN where no segment has enough rows for it.

    `visible` is the change of the last coefficient in the middle of the data that the test would
    see in at least four of five such series; of a test against no break at all only, else NaN.
    """

    count: int
    statistic: float
    p_value: float
    visible: float = math.nan


@dataclass(frozen=True, slots=True)
class BreakDate:
    """A break: the first row after it, and the 95 % interval of that row, None if unbounded."""

    row: int
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class BreakSearch:
    """What was found: all partitions from 0 breaks on, the tests made, and the breaks.

    `any_break` is the double maximum test that answers; `tests` are those of one more break than
    none, one … and than those found.
    """

    partitions: tuple[Partition, ...]
    any_break: BreakTest
    tests: tuple[BreakTest, ...]
    breaks: tuple[BreakDate, ...]

    @property
    def count_by_bic(self) -> int:
        """How many breaks BIC chooses."""
        return min(range(len(self.partitions)), key=lambda m: self.partitions[m].bic)

    @property
    def count_by_lwz(self) -> int:
        """How many breaks LWZ chooses."""
        return min(range(len(self.partitions)), key=lambda m: self.partitions[m].lwz)


# ---- partitions


def find_partitions(y: Floats, x: Floats, least: int, most: int) -> tuple[Partition, ...]:
    """The best partitions with 0 to `most` breaks.

    The residuals of every segment come from recursive least squares, for all first rows at once.

    Args:
        y: the outcome, (n,).
        x: the regressors, (n, q).
        least: the rows a segment has at least, more than q.
        most: the number of breaks, reduced to what n rows allow.
    """
    n = len(y)
    most = min(most, n // least - 1)
    best = np.full((most + 1, n + 1), np.inf)
    origin = np.zeros((most + 1, n + 1), dtype=np.int64)
    for end, ssr in _segment_residuals(y, x, least):
        best[0, end] = ssr[0]
        starts = len(ssr)
        if most and starts > least:
            total = best[:-1, least:starts] + ssr[None, least:]
            at = np.argmin(total, axis=1)
            best[1:, end] = total[np.arange(most), at]
            origin[1:, end] = at + least
    return tuple(
        _partition(_follow_back(origin, m, n), float(best[m, n]), (n, x.shape[1]))
        for m in range(most + 1)
    )


def _segment_residuals(y: Floats, x: Floats, least: int) -> Iterator[tuple[int, Floats]]:
    """By exclusive end, the sums of squared residuals of the segments from row 0, 1, 2 … on."""
    n, q = x.shape
    sums = np.zeros((n + 1, q, q))
    np.cumsum(x[:, :, None] * x[:, None, :], axis=0, out=sums[1:])
    moments = np.zeros((n + 1, q))
    np.cumsum(x * y[:, None], axis=0, out=moments[1:])
    squares = np.concatenate(([0.0], np.cumsum(y * y)))
    inverse = np.linalg.inv(sums[least:] - sums[:-least])
    coefficient = np.einsum("aij,aj->ai", inverse, moments[least:] - moments[:-least])
    explained = np.einsum("ai,ai->a", coefficient, moments[least:] - moments[:-least])
    ssr = np.maximum(squares[least:] - squares[:-least] - explained, 0.0)
    for end in range(least, n + 1):
        known = end - least  # segments that have their `least` rows already
        if known:
            row = x[end - 1]
            gain = inverse[:known] @ row
            spread = 1.0 + gain @ row
            error = y[end - 1] - coefficient[:known] @ row
            ssr[:known] += error * error / spread
            coefficient[:known] += gain * (error / spread)[:, None]
            inverse[:known] -= gain[:, :, None] * (gain / spread[:, None])[:, None, :]
        yield end, ssr[: known + 1]


def _follow_back(origin: Ints, count: int, end: int) -> tuple[int, ...]:
    rows = []
    for m in range(count, 0, -1):
        end = int(origin[m, end])
        rows.append(end)
    return tuple(reversed(rows))


def _partition(rows: tuple[int, ...], ssr: float, shape: tuple[int, int]) -> Partition:
    """BIC as R's strucchange: -2 log likelihood + log(n) per coefficient, date and variance."""
    n, q = shape
    count = (len(rows) + 1) * (q + 1)
    level = n * (math.log(max(ssr, math.ulp(0.0))) + 1.0 - math.log(n) + math.log(2 * math.pi))
    return Partition(
        rows,
        ssr,
        level + math.log(n) * count,
        level + LWZ_FACTOR * math.log(n) ** LWZ_EXPONENT * count,
    )


# ---- the test of one more break


def wald_path(x: Floats, residual: Floats, rows: Ints) -> tuple[Floats, Floats, Floats]:
    """What a break after so many rows would change, ready for any signs of the residuals.

    With `s` the cumulative sum of `x_t e_t` after k rows and `S` its total, the standardised
    change of the coefficients is `a_k s - b_k S`, whose squared length is the Wald statistic.

    Args:
        x: the regressors, (n, q).
        residual: of the regression without a break, (n,).
        rows: how many rows lie before each possible break, (K,).

    Returns:
        The scores `x_t e_t` (n, q), and the matrices a and b, (K, q, q).
    """
    score = x * residual[:, None]
    moment = np.cumsum(x[:, :, None] * x[:, None, :], axis=0)
    spread = np.cumsum(score[:, :, None] * score[:, None, :], axis=0)
    before, after = (np.linalg.inv(m) for m in (moment[rows - 1], moment[-1] - moment[rows - 1]))
    covariance = before @ spread[rows - 1] @ before
    covariance += after @ (spread[-1] - spread[rows - 1]) @ after
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    return score, root @ (before + after), root @ after


def sup_wald(path: tuple[Floats, Floats, Floats], rows: Ints, signs: Floats) -> Floats:
    """The largest Wald statistic over the possible breaks for each draw of signs, (B,).

    Args:
        path: of `wald_path`.
        rows: as there, (K,).
        signs: +1 or -1 for each row, (B, n); all +1 give the statistic of the data.
    """
    score, left, right = path
    total = np.zeros((len(signs), len(rows)))
    drawn = np.stack([np.cumsum(signs * column, axis=1) for column in score.T], axis=-1)
    sums, ends = drawn[:, rows - 1], drawn[:, -1]
    for i in range(score.shape[1]):
        part = np.zeros_like(total)
        for j in range(score.shape[1]):
            part += sums[:, :, j] * left[:, i, j] - ends[:, j, None] * right[:, i, j]
        total += part * part
    largest: Floats = total.max(axis=1)
    return largest


def compute_break_test(
    data: tuple[Floats, Floats], rows: Sequence[int], least: int, block: int, seed: int
) -> BreakTest:
    """The test that any segment has one more break: sup F(l+1|l) of Bai & Perron 1998.

    Args:
        data: y (n,) and x (n, q).
        rows: the first rows of the segments after the first.
        least: the rows a segment has at least.
        block: how many rows share a sign of the bootstrap.
        seed: of the signs.
    """
    y, x = data
    statistic, draws = -np.inf, np.full(BREAK_DRAWS, -np.inf)
    rng = np.random.default_rng(seed)
    for first, end in zip((0, *rows), (*rows, len(y)), strict=True):
        size = end - first
        if size < 2 * least:
            continue
        part = x[first:end]
        residual = y[first:end] - part @ np.linalg.lstsq(part, y[first:end], rcond=None)[0]
        possible = np.arange(least, size - least + 1)
        path = wald_path(part, residual, possible)
        statistic = max(statistic, float(sup_wald(path, possible, np.ones((1, size)))[0]))
        for begin in range(0, BREAK_DRAWS, DRAWS_PER_BLOCK):
            chosen = slice(begin, begin + DRAWS_PER_BLOCK)
            signs = _draw_signs(rng, (len(draws[chosen]), size), block)
            draws[chosen] = np.maximum(draws[chosen], sup_wald(path, possible, signs))
    if not math.isfinite(statistic):
        return BreakTest(len(rows), math.nan, math.nan)
    beyond = int((draws >= statistic * (1 - 1e-12)).sum())
    visible = (
        math.nan
        if rows
        else _smallest_visible(y, x, float(np.quantile(draws, 1 - SIGNIFICANCE_LEVEL)))
    )
    return BreakTest(len(rows), statistic, (beyond + 1) / (BREAK_DRAWS + 1), visible)


def _smallest_visible(y: Floats, x: Floats, critical: float) -> float:
    """`(sqrt(c) + z_0.8) s`: c the critical value, s the error of a change in the middle."""
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    middle = len(y) // 2
    _, left, right = wald_path(x, residual, np.array([middle]))
    root = (left[0] - right[0]) @ (x[:middle].T @ x[:middle])
    variance = np.linalg.inv(root.T @ root)[-1, -1]
    return (math.sqrt(critical) + POWER_QUANTILE) * math.sqrt(float(variance))


def compute_double_maximum(
    data: tuple[Floats, Floats], least: int, most: int, block: int, seed: int
) -> BreakTest:
    """The double maximum test of no break against 1 to `most`: UD max F of Bai & Perron 1998.

    F of m breaks is `((SSR_0 - SSR_m) / (m q)) / (SSR_m / (n - (m + 1) q))` at the best dates
    between cells of rows; those are the rows themselves where there are at most `MAX_CELLS`.

    Args:
        data: y (n,) and x (n, q).
        least: the rows a segment has at least.
        most: the largest number of breaks, reduced to what the rows allow.
        block: how many rows share a sign of the bootstrap.
        seed: of the signs.
    """
    y, x = data
    n, q = x.shape
    count = min(n, MAX_CELLS)
    edges = np.round(np.linspace(0, n, count + 1)).astype(np.int64)
    width = -(-least * count // n)  # cells that have `least` rows, rounded up
    most = min(most, count // width - 1)
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    signs = _draw_signs(np.random.default_rng(seed), (BREAK_DRAWS + 1, n), block)
    signs[0] = 1.0
    drawn = np.zeros((q, BREAK_DRAWS + 1, count + 1))
    for part, column in zip(drawn, (x * residual[:, None]).T, strict=True):
        part[:, 1:] = np.add.reduceat(signs * column, edges[:-1], axis=1).cumsum(axis=1)
    moment = np.zeros((count + 1, q, q))
    moment[1:] = np.add.reduceat(x[:, :, None] * x[:, None, :], edges[:-1], axis=0).cumsum(axis=0)
    explained = _explained_by_breaks(drawn, moment, width, most)
    total = float(residual @ residual)
    best = np.full(BREAK_DRAWS + 1, -np.inf)
    for m in range(1, most + 1):
        gain = explained[m] - explained[0]
        left = total - explained[m]
        best = np.maximum(best, (gain / (m * q)) / (left / (n - (m + 1) * q)))
    beyond = int((best[1:] >= best[0] * (1 - 1e-12)).sum())
    return BreakTest(0, float(best[0]), (beyond + 1) / (BREAK_DRAWS + 1))


def _explained_by_breaks(drawn: Floats, moment: Floats, width: int, most: int) -> Floats:
    """The most that 0 to `most` breaks explain of the squares of every draw, (most + 1, B).

    Args:
        drawn: cumulative scores after each cell, (q, B, C + 1).
        moment: cumulative products of the regressors, (C + 1, q, q).
        width: the cells a segment has at least.
        most: the largest number of breaks.
    """
    draws, size = drawn.shape[1:]
    best = np.full((most + 1, size, draws), -np.inf)
    for end in range(width, size):
        starts = np.arange(end - width + 1)
        inverse = np.linalg.inv(moment[end] - moment[starts])
        change = drawn[:, :, end, None] - drawn[:, :, starts]
        gain = np.einsum("ibs,sij,jbs->sb", change, inverse, change, optimize=True)
        best[0, end] = gain[0]
        for m in range(1, most + 1):
            if len(starts) > m * width:
                first = m * width
                best[m, end] = (best[m - 1, starts[first:]] + gain[first:]).max(axis=0)
    explained: Floats = best[:, -1]
    return explained


def _draw_signs(rng: np.random.Generator, shape: tuple[int, int], block: int) -> Floats:
    """Random signs, (B, n), one for each block of rows; the first block begins anywhere."""
    draws, size = shape
    count = size // block + 2
    signs = rng.integers(0, 2, (draws, count)) * 2.0 - 1.0
    start = int(rng.integers(0, block))
    return np.repeat(signs, block, axis=1)[:, start : start + size]


# ---- the interval of a date


def date_intervals(
    y: Floats, x: Floats, rows: Sequence[int], lags: int = 0
) -> tuple[BreakDate, ...]:
    """The 95 % interval of each break (Bai 1997), regressors and errors of its two segments.

    Args:
        y: the outcome, (n,).
        x: the regressors, (n, q).
        rows: the first rows of the segments after the first.
        lags: of the long-run covariance of the scores, Bartlett weights; 0: heteroskedasticity.
    """
    edges = (0, *rows, len(y))
    fits = [_fit_segment(y[first:end], x[first:end], lags) for first, end in pairwise(edges)]
    return tuple(
        _date_interval(row, len(y), before, after)
        for row, before, after in zip(rows, fits[:-1], fits[1:], strict=True)
    )


def _fit_segment(y: Floats, x: Floats, lags: int) -> tuple[Floats, Floats, Floats]:
    """Coefficients (q,), mean product of the regressors and long-run covariance of the scores."""
    coefficient = np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=float)
    score = x * (y - x @ coefficient)[:, None]
    covariance = score.T @ score
    for lag in range(1, min(lags, len(score) - 1) + 1):
        product = score[lag:].T @ score[:-lag]
        covariance = covariance + (1 - lag / (lags + 1)) * (product + product.T)
    return coefficient, x.T @ x / len(x), covariance / len(x)


def _date_interval(
    row: int, n: int, before: tuple[Floats, ...], after: tuple[Floats, ...]
) -> BreakDate:
    from scipy.optimize import brentq

    delta = after[0] - before[0]
    moment_1, moment_2 = float(delta @ before[1] @ delta), float(delta @ after[1] @ delta)
    spread_1, spread_2 = float(delta @ before[2] @ delta), float(delta @ after[2] @ delta)
    if min(moment_1, moment_2, spread_1, spread_2) <= 0:
        return BreakDate(row, None, None)
    xi = moment_2 / moment_1
    phi = xi * (spread_2 / moment_2) / (spread_1 / moment_1)
    tail = (1 - CONFIDENCE_LEVEL) / 2
    if not tail < argmax_distribution(0.0, xi, phi) < 1 - tail:
        return BreakDate(row, None, None)
    ends = []
    for level, direction in ((tail, -1000.0), (1 - tail, 1000.0)):
        bound = direction
        while (argmax_distribution(bound, xi, phi) - level) * direction < 0:
            bound += direction
        root = brentq(lambda v, p=level: argmax_distribution(v, xi, phi) - p, 0.0, bound)
        ends.append(root * spread_1 / moment_1**2)
    low, high = row - math.ceil(ends[1]), row - math.floor(ends[0])
    return BreakDate(row, low if low >= 0 else None, high if high <= n else None)


def argmax_distribution(value: float, xi: float, phi: float) -> float:
    """P(argmax <= value) of the limit of the date of a break (Bai 1997, appendix B).

    Args:
        value: in units of the scale of the segment before the break.
        xi: how much more the regressors of the later segment vary.
        phi: the same of its errors, times `xi`.
    """
    from scipy.special import log_ndtr

    size = abs(value)
    root, half_log = math.sqrt(size), math.log(size) / 2 if size else -math.inf
    density = math.log(2 * math.pi) / 2
    if value < 0:
        ratio = xi / phi
        return (
            -math.exp(half_log - size / 8 - density)
            - (phi / xi * (phi + 2 * xi) / (phi + xi))
            * math.exp(ratio * (1 + ratio) * size / 2 + float(log_ndtr(-(0.5 + ratio) * root)))
            + (size / 2 - 2 + (phi + 2 * xi) ** 2 / ((phi + xi) * xi))
            * math.exp(float(log_ndtr(-root / 2)))
        )
    ratio = xi * xi / phi
    return (
        1
        + math.sqrt(ratio) * math.exp(half_log - ratio * size / 8 - density)
        + (xi / phi * (2 * phi + xi) / (phi + xi))
        * math.exp((phi + xi) * size / 2 + float(log_ndtr(-(phi + xi / 2) / math.sqrt(phi) * root)))
        - ((2 * phi + xi) ** 2 / ((phi + xi) * phi) - 2 + ratio * size / 2)
        * math.exp(float(log_ndtr(-math.sqrt(ratio) * root / 2)))
    )


# ---- the whole search


def search_breaks(
    data: tuple[Floats, Floats], least: int, *, block: int = 1, lags: int = 0, seed: int = 1
) -> BreakSearch:
    """All partitions, the tests, and the breaks: as many as LWZ says if any break is tested for.

    Args:
        data: y (n,) and x (n, q).
        least: the rows a segment has at least.
        block: how many rows share a sign of the bootstrap.
        lags: of the covariance in the intervals of the dates.
        seed: of the bootstrap.
    """
    partitions = find_partitions(*data, least, MAX_BREAKS)
    any_break = compute_double_maximum(data, least, MAX_TESTED, block, seed)
    found = BreakSearch(partitions, any_break, (), ())
    is_any = any_break.p_value <= SIGNIFICANCE_LEVEL
    taken = partitions[: (found.count_by_lwz if is_any else 0) + 1]
    tests = tuple(
        compute_break_test(data, partition.rows, least, block, seed + count)
        for count, partition in enumerate(taken)
    )
    return replace(found, tests=tests, breaks=date_intervals(*data, taken[-1].rows, lags))


# ---- breaks of the variance


def kappa_2(values: Floats) -> tuple[float, int]:
    """The statistic of Sanso et al. 2004 and the number of rows before its maximum.

    `max_k |C_k - k/T C_T| / sqrt(T w)`: C the cumulative sum of squares, w the long-run variance of
    the squares with Bartlett weights and `4 (T/100)^(2/9)` lags, rounded down.
    """
    square = values * values
    size = len(square)
    centred = square - square.mean()
    lags = int(4 * (size / 100) ** (2 / 9))
    spread = float(centred @ centred)
    for lag in range(1, min(lags, size - 1) + 1):
        spread += 2 * (1 - lag / (lags + 1)) * float(centred[lag:] @ centred[:-lag])
    path = np.abs(np.cumsum(centred))[:-1]
    if not spread > 0 or not len(path):
        return 0.0, 0
    at = int(np.argmax(path))
    return float(path[at]) / math.sqrt(spread), at + 1


def find_variance_breaks(values: Floats) -> tuple[int, ...]:
    """The first rows of the segments of the variance: ICSS of Inclan & Tiao 1994 with kappa 2.

    The two outermost breaks of every part are found first, then those between them, and each is
    tested again between its neighbours until none changes (their steps 1 to 3).
    """
    found = sorted(_outer_breaks(values, 0, len(values)))
    for _ in range(MAX_PASSES):
        confirmed = []
        for first, end in zip([0, *found][:-1], [*found, len(values)][1:], strict=True):
            row = _variance_break(values, first, end)
            if row is not None:
                confirmed.append(row)
        confirmed = sorted(set(confirmed))
        if confirmed == found:
            break
        found = confirmed
    return tuple(found)


def _variance_break(values: Floats, first: int, end: int) -> int | None:
    if end - first < MIN_VARIANCE_ROWS:
        return None
    statistic, at = kappa_2(values[first:end])
    return first + at if statistic > CRITICAL_KAPPA else None


def _outer_breaks(values: Floats, first: int, end: int) -> set[int]:
    row = _variance_break(values, first, end)
    if row is None:
        return set()
    left, right = row, row
    while (earlier := _variance_break(values, first, left)) is not None:
        left = earlier
    while (later := _variance_break(values, right, end)) is not None:
        right = later
    return {left, right} | (_outer_breaks(values, left, right) if left < right else set())
