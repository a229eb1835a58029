"""Clusters of events whose windows overlap: sums, sign and signed-rank tests, bootstrap intervals.

The declared test of a group ranks cluster sums of rank scores; its interval inverts that test, and
the smallest visible mean asks how large an effect the test would have found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Final

import numpy as np
from scipy import special

from dashboard.eventstudy.numerics import RETURN_DECIMALS, average_ranks, cached_on
from dashboard.eventstudy.samples import (
    GroupSample,
    PooledSample,
    distinct_groups,
    expand_to_groups,
)
from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Days, Floats, Ints
from dashboard.models.study import (
    CONFIDENCE_LEVEL,
    MIN_CLUSTERS,
    SIGNIFICANCE_LEVEL,
    Headline,
    Interval,
    TestResult,
    Window,
)

BOOTSTRAP_DRAWS: Final = 1_999
BOOTSTRAP_TIE: Final = 1e-12
"""Resampled means closer than this to the mean, against the largest of them, equal it."""
MAX_EXACT_RANKS: Final = 50
MAX_EXACT_CLUSTERS: Final = 14
"""Up to so many clusters every vector of signs is used."""
SIGN_DRAWS: Final = 9_999
SIGN_BLOCK_CELLS: Final = 2**21
"""Signs that are held at once."""
SIGN_SUM_TIE: Final = 1e-9
"""Sums closer than this share of the largest possible one are equal."""
UNITS_PER_RETURN: Final = 10.0**RETURN_DECIMALS
"""Returns are counted in whole numbers of the decimal up to which they differ."""


def label_clusters(sample: GroupSample, events: Bools | None = None) -> Ints:
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
    return label_linked_spans(starts, ends)


def label_linked_spans(starts: Days, ends: Days) -> Ints:
    """Number of the chain of overlapping spans of days that each span is in, by date, (n,)."""
    if len(starts) == 0:
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(starts, kind="stable")
    latest_end = np.maximum.accumulate(ends[order])
    is_new = np.concatenate(([False], starts[order][1:] > latest_end[:-1]))
    label = np.empty(len(order), dtype=np.int64)
    label[order] = np.cumsum(is_new)
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
    label = label_clusters(sample)
    count = len(np.unique(label))
    if count < 3:
        return ()
    windows = sample.pooled.request.cars
    car = sample.car[:, [sample.pooled.windows.index(window) for window in windows]]
    total, number = _sums_and_counts(car, label)
    random = np.random.default_rng(sample.pooled.request.seed)
    weights = random.multinomial(count, np.full(count, 1 / count), size=BOOTSTRAP_DRAWS).astype(
        float
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (weights @ total) / (weights @ number)
        observed = total.sum(axis=0) / number.sum(axis=0)
        left_out = (total.sum(axis=0) - total) / (number.sum(axis=0) - number)
    tails = np.array([(1 - CONFIDENCE_LEVEL) / 2, (1 + CONFIDENCE_LEVEL) / 2])
    intervals = []
    for w, window in enumerate(windows):
        draws = np.sort(drawn[np.isfinite(drawn[:, w]), w])
        if len(draws) == 0 or not np.isfinite(left_out[:, w]).all():
            continue
        plain = np.quantile(draws, tails)
        corrected = np.quantile(draws, _bca_levels(draws, observed[w], left_out[:, w], tails))
        for method, (low, high) in (("percentile", plain), ("bca", corrected)):
            intervals.append(
                Interval(group, window, method, float(low), float(high), count, BOOTSTRAP_DRAWS)
            )
    return tuple(intervals)


def _bca_levels(draws: Floats, observed: float, left_out: Floats, tails: Floats) -> Floats:
    gap = draws - observed
    # Few clusters are often drawn once each; rounding must not say on which side that lies.
    gap[np.abs(gap) <= BOOTSTRAP_TIE * np.abs(draws).max()] = 0.0
    below = np.clip((gap < 0).mean() + (gap == 0).mean() / 2, 1e-6, 1 - 1e-6)
    shift = special.ndtri(below)
    gap = left_out.mean() - left_out
    scale = 6 * ((gap**2).sum()) ** 1.5
    bend = (gap**3).sum() / scale if scale > 0 else 0.0
    z = special.ndtri(tails)
    adjusted: Floats = special.ndtr(shift + (shift + z) / (1 - bend * (shift + z)))
    return adjusted


# ---- signs and signed ranks


def binomial_p(up: Ints, n: Ints) -> Floats:
    """Exact two-sided p of `up` heads in `n` fair throws (twice the smaller tail)."""
    p: Floats = 2 * special.bdtr(np.minimum(up, n - up).astype(float), n, 0.5)
    return np.minimum(1.0, p)


def unmoved_notes(zeros: Ints) -> tuple[str, ...]:
    """A note on the unmoved events that each window leaves out."""
    return tuple(
        deferred("{count} unmoved events dropped", count=count) if count else ""
        for count in zeros.tolist()
    )


def count_hits(sample: GroupSample) -> tuple[Ints, Ints]:
    """Events that moved as expected, and events with an expectation that moved, (W,)."""
    agreed = _direction_agreement(sample)
    return (agreed > 0).sum(axis=0), (agreed != 0).sum(axis=0)


def hit_rate_p(sample: GroupSample) -> Floats:
    """Two-sided p of the hit rates, (W,): signs of the cluster sums of (hit - 1/2).

    Events that share days hit or miss together, so that they are no independent throws; an
    event without an expectation or a move adds nothing to its cluster. Cached on the
    pooled events, because the battery of tests and the table of hit rates need it.
    """
    name = ("hit_rate_p", sample.member.tobytes())
    return cached_on(sample.pooled, name, lambda: _compute_hit_rate_p(sample))


def _compute_hit_rate_p(sample: GroupSample) -> Floats:
    score, seed = _direction_agreement(sample) / 2, sample.pooled.request.seed
    p = np.full(score.shape[1], np.nan)
    for windows, events in sample.tested:
        sums = cluster_sums(score[np.ix_(events, windows)], label_clusters(sample, events))
        p[windows] = cluster_sign_p(sums, seed)
    return p


def _direction_agreement(sample: GroupSample) -> Floats:
    """+1 for a move as expected, -1 for the other way, 0 for neither, (n, W)."""
    expected = sample.pooled.expected[sample.member][:, None]
    agreed: Floats = np.sign(np.nan_to_num(sample.car)) * expected
    return agreed


def cluster_sign_p(sums: Floats, seed: int) -> Floats:
    """Two-sided p of sums over clusters whose signs are exchanged as wholes, (W,).

    The share of sign vectors `s` with `|sum_g s_g x_g| >= |sum_g x_g|` (Canay, Romano & Shaikh
    2017, Econometrica 85). Dividing by the spread under the same signs changes no order, so
    that the studentised statistic gives the same p. NaN where every sum is missing.

    Args:
        sums: x, the sum of each of G clusters in W windows, (G, W); NaN counts as 0.
        seed: of the draws where more than 14 clusters have a sum that is not 0.
    """
    x = np.nan_to_num(sums)
    few = (x != 0).sum(axis=0) <= MAX_EXACT_CLUSTERS
    p = np.full(x.shape[1], np.nan)
    for w in np.flatnonzero(few & np.isfinite(sums).any(axis=0)).tolist():
        p[w] = _sign_vector_p(x[x[:, w] != 0, w : w + 1], seed)[0]
    if not few.all():
        p[~few] = _sign_vector_p(x[:, ~few], seed)
    return p


def _sign_vector_p(x: Floats, seed: int) -> Floats:
    """The share of sign vectors with a sum of x (G, W) at least as large in size, (W,)."""
    observed = np.abs(x.sum(axis=0)) - SIGN_SUM_TIE * np.abs(x).sum(axis=0)
    hits, drawn = np.zeros(x.shape[1]), 0
    for signs in iterate_sign_vectors(len(x), seed):
        hits += (np.abs(signs @ x) >= observed).sum(axis=0)
        drawn += len(signs)
    return sign_share_p(hits, drawn, len(x))


def sign_share_p(hits: Floats, drawn: int, clusters: int) -> Floats:
    """The p-value from how many of the drawn sign vectors are as extreme.

    The share itself where all were used, else with the (B+1) rule of Phipson & Smyth 2010
    (Stat. Appl. Genet. Mol. Biol. 9).
    """
    added = 0 if clusters <= MAX_EXACT_CLUSTERS else 1
    return np.minimum(1.0, (hits + added) / (drawn + added))


def iterate_sign_vectors(clusters: int, seed: int) -> Iterator[Floats]:
    """Vectors of signs in blocks, (B, G): all of them up to 14 clusters, else 9,999 drawn.

    Turning every sign round turns the sum, so that of all vectors those with a first + are
    enough for statistics that are the same for x and -x.
    """
    if clusters <= MAX_EXACT_CLUSTERS:
        yield _all_sign_vectors(clusters)
        return
    random = np.random.default_rng(seed)
    step = max(SIGN_BLOCK_CELLS // clusters, 1)
    for start in range(0, SIGN_DRAWS, step):
        shape = (min(step, SIGN_DRAWS - start), clusters)
        size = shape[0] * shape[1]
        drawn = np.frombuffer(random.bytes(-(-size // 8)), dtype=np.uint8)
        yield 1.0 - 2.0 * np.unpackbits(drawn, count=size).reshape(shape).astype(np.float64)


@cache
def _all_sign_vectors(clusters: int) -> Floats:
    """All vectors of at most 14 signs with a first +, (2^(G-1), G); read-only."""
    number = np.arange(2 ** max(clusters - 1, 0))
    minus = (number[:, None] >> np.arange(clusters)[None, :]) & 1
    signs = np.where(minus == 1, -1.0, 1.0)
    signs.flags.writeable = False
    return signs


def signed_rank_test(scores: Floats) -> tuple[Floats, Floats, Ints]:
    """Wilcoxon's signed ranks of each row, zeros and NaN left out (Wilcoxon 1945).

    Args:
        scores: K samples of up to G values, (K, G).

    Returns:
        The standardised rank sum (positive for positive values), its two-sided p (exact over
        all signs for up to 50 values, ties too; else normal), and how many values count, (K,)
        each; NaN where none counts.
    """
    z, ranks, positive = _rank_sums(scores)
    count = (ranks > 0).sum(axis=1)
    p = 2 * special.ndtr(-np.abs(z))
    for k in np.flatnonzero((count > 0) & (count <= MAX_EXACT_RANKS)).tolist():
        p[k] = _exact_rank_p(ranks[k], positive[k])
    return z, p, count


def rejects_positive(scores: Floats, level: float) -> Bools:
    """Which rows the test of `signed_rank_test` rejects for being too large, (K,).

    An exact p is computed only where two bounds on sums with random signs leave the answer
    open: P(|S| >= z) <= 2 exp(-z^2 / 2) (Hoeffding 1963, JASA 58), and P(|S| >= 1) > 1/10
    (Oleszkiewicz 1996, Probability and Mathematical Statistics 16), S of variance 1.

    Args:
        scores: K samples of up to G values, (K, G).
        level: of the two-sided p, at most 10 %.
    """
    z, ranks, positive = _rank_sums(scores)
    count = (ranks > 0).sum(axis=1)
    rejected: Bools = (z > 0) & (2 * special.ndtr(-np.abs(z)) <= level)
    few = (count > 0) & (count <= MAX_EXACT_RANKS)
    rejected[few] = z[few] > 1
    for k in np.flatnonzero(rejected & few & (2 * np.exp(-(z**2) / 2) > level)).tolist():
        rejected[k] = _exact_rank_p(ranks[k], positive[k]) <= level
    return rejected


def _rank_sums(scores: Floats) -> tuple[Floats, Floats, Floats]:
    """The standardised rank sum (K,), the ranks (K, G), 0 of what is left out, and their sums."""
    value = np.where(np.isfinite(scores), np.round(scores, RETURN_DECIMALS), 0.0)
    ranks = np.nan_to_num(average_ranks(np.where(value != 0, np.abs(value), np.nan)))
    positive = np.where(value > 0, ranks, 0.0).sum(axis=1)
    spread = np.sqrt((ranks**2).sum(axis=1) / 4)
    with np.errstate(divide="ignore", invalid="ignore"):
        z: Floats = np.where(spread > 0, (positive - ranks.sum(axis=1) / 2) / spread, np.nan)
    return z, ranks, positive


def _exact_rank_p(ranks: Floats, positive: float) -> float:
    doubled = np.sort(np.rint(2 * ranks[ranks > 0]).astype(np.int64))
    low = min(round(2 * positive), int(doubled.sum()) - round(2 * positive))
    return min(1.0, 2 * float(rank_sum_distribution(tuple(doubled.tolist()))[low]))


@lru_cache(maxsize=512)
def rank_sum_distribution(doubled: tuple[int, ...]) -> Floats:
    """P(rank sum <= s) for s = 0, 1, … over all signs; ranks are doubled to stay whole."""
    probability = np.zeros(sum(doubled) + 1)
    probability[0], total = 1.0, 0
    for rank in doubled:
        total += rank
        reached = probability[: total + 1]
        reached /= 2
        reached[rank:] += reached[:-rank].copy()
    return np.cumsum(probability)


def critical_rank_sum(count: int) -> float:
    """The smallest |sum of signed ranks| of `count` values without ties that 5 % reject."""
    total = count * (count + 1) // 2
    if count > MAX_EXACT_RANKS:
        return 1.959963984540054 * float(np.sqrt(count * (count + 1) * (2 * count + 1) / 6))
    tail = 2 * rank_sum_distribution(tuple(range(2, 2 * count + 1, 2)))
    low = int(np.searchsorted(tail, SIGNIFICANCE_LEVEL, side="right")) - 1
    return float(total - low) if low >= 0 else float("inf")


# ---- rank scores


class ClusterScores:
    """The r distinct first rates of a group, in G clusters, with what their scores are made of.

    `first` (r,) are the places of the rates' first events in the group, `car` (r, W) the CARs,
    `ar` (r, L) the abnormal returns on the event rows, `label` (r,) the cluster of each rate,
    0 … G-1 by date; `counts` (W,) the events with a CAR and `largest_residual` the largest
    residual in size. Two events on one rate of one series count once.
    """

    def __init__(self, sample: GroupSample) -> None:
        """Take the first event of each first rate."""
        pooled = sample.pooled
        series, row = pooled.series[sample.member], pooled.row[sample.member]
        keys = series * (int(row.max(initial=0)) + 1) + row
        self.first: Ints = np.sort(np.unique(keys, return_index=True)[1])
        chosen = np.zeros(sample.size, dtype=bool)
        chosen[self.first] = True
        self.windows, self.start = pooled.windows, pooled.request.window[0]
        self.seed, self.counts = pooled.request.seed, sample.counts
        self.ar = np.round(pooled.ar[sample.member][chosen], RETURN_DECIMALS)
        self.car = sample.car[chosen]
        self.label = label_clusters(sample, chosen)
        past = np.round(sample.residuals[chosen], RETURN_DECIMALS)
        self._usable = np.isfinite(past).sum(axis=1)
        self.largest_residual = float(np.nanmax(np.abs(past), initial=0.0))
        self._beyond = int(np.rint(self.largest_residual * UNITS_PER_RETURN)) + 1
        self._base = (2 * self._beyond + 2) * np.arange(len(past))[:, None]
        units = np.sort(self._units(past, self._beyond + 1), axis=1)
        self._past: Ints = (units + self._base).reshape(-1)
        self._row_starts = past.shape[1] * np.arange(len(past))[:, None]

    def columns(self, window: Window) -> slice:
        """The columns of `ar` in a window."""
        return slice(window[0] - self.start, window[1] - self.start + 1)

    def score_returns(self, ar: Floats) -> Floats:
        """`U = rank / (M_i + 2) - 1/2` of K returns of each rate, (r, K).

        The rank is that among the M_i residuals of the event's estimation window and the return
        itself, ties share their average (Corrado & Zivney 1992, JFQA 27).
        """
        value = self._units(ar, 0) + self._base
        below = self._past.searchsorted(value)
        tied = self._past[np.minimum(below, len(self._past) - 1)] == value
        rank = (below - self._row_starts + 1).astype(np.float64)
        rank[tied] += (self._past.searchsorted(value[tied], "right") - below[tied]) / 2
        return np.where(np.isfinite(ar), rank / (self._usable[:, None] + 2) - 0.5, np.nan)

    def _units(self, returns: Floats, missing: int) -> Ints:
        """Returns in whole units, those beyond every residual just beyond, (r, K)."""
        units = np.rint(returns * UNITS_PER_RETURN)
        np.clip(units, -self._beyond, self._beyond, out=units)
        return np.where(np.isfinite(returns), units, missing).astype(np.int64)

    def score_rates(self) -> Floats:
        """The scores summed over the rows of every window, NaN without a CAR, (r, W)."""
        u = self.score_returns(self.ar)
        sums = np.column_stack([u[:, self.columns(w)].sum(axis=1) for w in self.windows])
        return np.where(np.isfinite(self.car), sums, np.nan)

    def window_sums(self) -> Floats:
        """Cluster sums of the scores in every window, (G, W); NaN where none has a CAR."""
        return cluster_sums(self.score_rates(), self.label)

    def sums_with_effects(self, window: Window, sign: float = 1.0) -> Callable[[Floats], Floats]:
        """The cluster sums of one window as a function of effects added to its moves.

        Args:
            window: the CAR window.
            sign: +1, or -1 for the moves turned round before the effects are added.

        Returns:
            A function of K effects in return units, each spread evenly over the rows of the
            window; it gives (G, K) sums.
        """
        moves = sign * self.ar[:, self.columns(window)]
        length = moves.shape[1]

        def sums(effects: Floats) -> Floats:
            added = moves[:, :, None] + effects[None, None, :] / length
            scores = self.score_returns(added.reshape(len(moves), -1))
            return cluster_sums(scores.reshape(added.shape).sum(axis=1), self.label)

        return sums


def compute_cluster_scores(sample: GroupSample) -> ClusterScores:
    """The cluster scores of a group; computed once, because test, interval and power need them."""
    return cached_on(sample, "cluster_scores", lambda: ClusterScores(sample))


def cluster_rank_p(sums: Floats) -> Floats:
    """Two-sided p of Wilcoxon's signed ranks of cluster sums (G, W), (W,); NaN below 8."""
    enough = np.isfinite(sums).sum(axis=0) >= MIN_CLUSTERS
    return np.where(enough, signed_rank_test(sums.T)[1], np.nan)


# ---- headline

HEADLINE_TEST: Final = "cluster_rank"
"""The test that answers for a group, declared before any data (`benchmarks/headline_choice.py`)."""
TARGET_POWER: Final = 0.8
LARGEST_LEFT_OUT: Final = 3
"""So many of the largest moves are left out of the second mean."""
POWER_DRAWS: Final = 400
GRID_POINTS: Final = 24
"""Means that are tested at once in a small group; a large one halves its interval instead."""
LARGE_GROUP_ROWS: Final = 2_000
"""Event rows of a group that is large."""
INTERVAL_TOLERANCE: Final = 1e-6
"""Ends of an interval are found to this part of the largest mean that is looked at."""
BISECTION_STEPS: Final = 8
MAX_MEAN: Final = 10.0
"""No mean return above this is looked for: 1,000 %."""
FIRST_GUESS_ERRORS: Final = 2.8
"""Standard errors of the mean that give a t test 80 % power at 5 %."""
MISSING: Final = float("nan")
TINY_MEAN: Final = 1e-9
"""A mean that is 0 for every purpose but the side on which it lies."""


def build_headlines(pooled: PooledSample, tests: Sequence[TestResult]) -> tuple[Headline, ...]:
    """The headline of "all" and of each group in every CAR window.

    `tests` are results on the same groups, among them those of the declared test.
    """
    if len(pooled) == 0:
        return ()
    declared = {(row.group, row.window): row for row in tests if row.test == HEADLINE_TEST}
    rows = (
        _build_headline(
            compute_cluster_scores(pooled.sample(member)), window, declared[group, window]
        )
        for group, member in distinct_groups(pooled.members).items()
        for window in pooled.request.cars
    )
    return expand_to_groups(rows, pooled.members)


def _build_headline(scores: ClusterScores, window: Window, row: TestResult) -> Headline:
    w = scores.windows.index(window)
    car = scores.car[np.isfinite(scores.car[:, w]), w]
    clusters = len(np.unique(scores.label[np.isfinite(scores.car[:, w])]))
    low, high, visible = MISSING, MISSING, MISSING
    if np.isfinite(row.p_value):
        low, high = _agree_with_p_value(invert_test(scores, window), row)
        visible = find_smallest_visible_mean(scores, window)
    return Headline(
        row.group, window, int(scores.counts[w]), len(car), clusters,
        *_location_estimates(car), low, high, row.p_value, row.p_adjusted, visible,
        "" if np.isfinite(row.p_value) else row.note, row.statistic, largest_share(car),
    )  # fmt: skip


def _location_estimates(car: Floats) -> tuple[float, float, float]:
    """Mean, median, and the mean without the three largest moves in size; NaN where none."""
    if len(car) == 0:
        return MISSING, MISSING, MISSING
    rest = car[np.argsort(np.abs(car), kind="stable")[: max(len(car) - LARGEST_LEFT_OUT, 0)]]
    return float(car.mean()), float(np.median(car)), float(rest.mean()) if len(rest) else MISSING


def _agree_with_p_value(interval: tuple[float, float], row: TestResult) -> tuple[float, float]:
    """The interval with 0 inside or outside as the verdict says, ties or not."""
    low, high = interval
    if row.p_value > SIGNIFICANCE_LEVEL:
        return min(low, 0.0), max(high, 0.0)
    return (max(low, TINY_MEAN), high) if row.statistic > 0 else (low, min(high, -TINY_MEAN))


def largest_share(car: Floats) -> float:
    """The part of the sum of the sizes of CARs (r,) that the largest has; NaN where all are 0."""
    total = float(np.abs(car).sum())
    return float(np.abs(car).max() / total) if total > 0 else MISSING


def invert_test(scores: ClusterScores, window: Window) -> tuple[float, float]:
    """The means that the declared test does not reject at 5 %, in return units.

    The test is inverted (Hodges & Lehmann 1963, Ann. Math. Statistics 34): a mean is taken from
    the moves and the rest is tested. Rank scores fall where more is taken, hence the means that
    are not rejected form an interval. An end that no mean reaches is infinite.
    """
    moves = scores.ar[:, scores.columns(window)]
    reach = moves.shape[1] * (float(np.nanmax(np.abs(moves))) + scores.largest_residual)
    sums = scores.sums_with_effects(window)

    def rejected_from(side: float) -> Callable[[Floats], Bools]:
        def rejects(means: Floats) -> Bools:
            return rejects_positive(side * sums(-side * means).T, SIGNIFICANCE_LEVEL)

        return rejects

    points = GRID_POINTS if moves.size <= LARGE_GROUP_ROWS else 1
    low, high = (side * _find_switch(rejected_from(side), reach, points) for side in (1.0, -1.0))
    return low, high


def _find_switch(holds: Callable[[Floats], Bools], reach: float, points: int) -> float:
    """Where `holds`, true at -reach, is false for the first time; -inf where it is not true there.

    Ties among few clusters can make it false and true again; the interval then holds the gap.
    """
    start, end = -reach, reach
    if not holds(np.array([start]))[0]:
        return -np.inf
    while end - start > INTERVAL_TOLERANCE * reach:
        grid = np.linspace(start, end, points + 2)
        at = int(np.argmin([*holds(grid[1:-1]), False]))
        start, end = float(grid[at]), float(grid[at + 1])
    return start


def find_smallest_visible_mean(scores: ClusterScores, window: Window) -> float:
    """The smallest mean that the declared test would find in four studies of five (power 80 %).

    The group's own clusters with random signs have no mean; the effect that is added to every
    move grows until 80 % of 400 seeded draws are rejected. In return units; infinite where none
    is found.
    """
    clusters = int(scores.label.max()) + 1
    random = np.random.default_rng(scores.seed)
    up = random.integers(0, 2, size=(POWER_DRAWS, clusters), dtype=np.int8) == 1
    as_observed, turned = (scores.sums_with_effects(window, sign) for sign in (1.0, -1.0))

    def finds(effect: float) -> bool:
        at = np.array([effect])
        same, other = as_observed(at)[:, 0], turned(at)[:, 0]
        present = np.isfinite(same)
        drawn = np.where(up[:, present], same[present], other[present])
        return float(_is_rejected(drawn).mean()) >= TARGET_POWER

    car = cluster_sums(scores.car[:, [scores.windows.index(window)]], scores.label)
    low, high = (
        0.0,
        float(FIRST_GUESS_ERRORS * np.nanstd(car) * np.sqrt(clusters) / len(scores.car)),
    )
    while not finds(high):
        low, high = high, 2 * high
        if not low < MAX_MEAN:
            return np.inf
    for _ in range(BISECTION_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if finds(middle) else (middle, high)
    return high


def _is_rejected(drawn: Floats) -> Bools:
    """Which samples of cluster scores (D, G) the test rejects at 5 %; ties are broken."""
    order = np.argsort(np.abs(drawn), axis=1)
    signs = np.sign(np.take_along_axis(drawn, order, axis=1))
    sums = signs @ np.arange(1.0, drawn.shape[1] + 1)
    rejected: Bools = np.abs(sums) >= critical_rank_sum(drawn.shape[1])
    return rejected
