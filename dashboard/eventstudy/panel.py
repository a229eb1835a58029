"""The panel of all series: average paths, tests, bootstrap intervals and direction hit rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy import special

from dashboard.eventstudy.clusters import (
    HEADLINE_TEST,
    bootstrap_intervals,
    build_headlines,
    count_hits,
    hit_rate_p,
)
from dashboard.eventstudy.numerics import CORRECTIONS, adjust_rows, count_mean_sd
from dashboard.eventstudy.relations import compute_lead_lag, regress_returns
from dashboard.eventstudy.samples import (
    GroupSample,
    PooledSample,
    SeriesSample,
    distinct_groups,
    expand_to_groups,
)
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.eventstudy.significance.base import Outcome, SignificanceTest
from dashboard.eventstudy.simulated_size import classify_date_pattern, size_caution
from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Floats, Ints
from dashboard.models.study import (
    CONFIDENCE_LEVEL,
    AverageRow,
    DirectionRow,
    StudyAnswer,
    StudyRequest,
    StudyResult,
    TestResult,
    Window,
)

BAND_DRAWS: Final = 2_000
MIN_PATHS_FOR_BAND: Final = 3
DRAW_BLOCK: Final = 50
"""Draws that are held at once: few enough for the processor's cache."""
BINOMIAL_TIE: Final = 1e-7
"""Counts whose probabilities differ by less than this share are equally probable."""
MAX_SMALL_SAMPLE: Final = 40
"""Up to so many events the band simulates whole samples."""
P_VALUE_FAMILY: Final = deferred(
    "the p-values of one test over the distinct groups and the CAR windows of the "
    "study; groups of the same events count once, another test of the same group is "
    "no further question, and the single days that are no CAR window form a family of "
    "their own"
)
"""The declared family of the adjusted p-values: that of the headline, and alike of every test."""
DECLARED_TESTS: Final = tuple(test for test in SIGNIFICANCE_TESTS if test.id == HEADLINE_TEST)
"""The test that answers for a group, alone."""


# ---- average paths


def average_path(
    group: str, offsets: Ints, paths: tuple[Floats, Floats], seed: int
) -> tuple[AverageRow, ...]:
    """AAR_t and CAAR_t with standard errors across events (the event is the unit).

    Args:
        group: "all" or a category.
        offsets: (L,).
        paths: AR and CAR (cumulated from the first offset), each (N, L); NaN where missing.
        seed: of the simulation of the sup-t band.
    """
    ar, car = paths
    n, aar, aar_se = _mean_and_error(ar)
    count, caar, caar_se = _mean_and_error(car)
    with np.errstate(invalid="ignore"):
        pointwise = special.stdtrit(np.maximum(count - 1, 1), (1 + CONFIDENCE_LEVEL) / 2) * caar_se
    simultaneous = sup_t_quantile(car, seed) * caar_se
    columns = (n, aar, aar_se, caar, caar - pointwise, caar + pointwise,
               caar - simultaneous, caar + simultaneous)  # fmt: skip
    rows = zip(offsets.tolist(), *(column.tolist() for column in columns), strict=True)
    return tuple(AverageRow(group, *row) for row in rows)


def sup_t_quantile(car: Floats, seed: int) -> float:
    """Critical value of the simultaneous (sup-t) band of a CAAR path.

    The 95 % quantile of the maximum over the path of the absolute t statistics of correlated
    means (Montiel Olea & Plagborg-Moller 2019, J. Applied Econometrics 34), simulated with the
    correlation of the events' own paths.

    Returns:
        A number at least as large as the pointwise t quantile; NaN for fewer than three
        complete paths.
    """
    complete = car[np.isfinite(car).all(axis=1)]
    n = len(complete)
    if n < MIN_PATHS_FOR_BAND:
        return float("nan")
    _, mean, spread = count_mean_sd(complete)
    moving = spread > 0
    if not moving.any():
        return float("nan")
    scores = (complete[:, moving] - mean[moving]) / (spread[moving] * np.sqrt(n - 1))
    random = np.random.default_rng(seed)
    largest = (
        _simulate_samples(scores, random)
        if n <= MAX_SMALL_SAMPLE
        else _simulate_means(scores, random)
    )
    return max(
        float(np.quantile(largest, CONFIDENCE_LEVEL)),
        float(special.stdtrit(n - 1, (1 + CONFIDENCE_LEVEL) / 2)),
    )


def _simulate_samples(scores: Floats, random: np.random.Generator) -> Floats:
    """Largest |t| of simulated samples of n paths, each offset with its own sample's spread.

    Few events need this: their standard deviations vary from offset to offset.
    """
    n, width = scores.shape
    _, size, direction = np.linalg.svd(scores, full_matrices=False)
    shape, largest = size[:, None] * direction, np.empty(BAND_DRAWS)
    for start in range(0, BAND_DRAWS, DRAW_BLOCK):
        block = largest[start : start + DRAW_BLOCK]
        paths = random.standard_normal((len(block), n, min(n, width))) @ shape
        mean = paths.mean(axis=1)
        square = np.einsum("dnl,dnl->dl", paths, paths) - n * mean**2
        np.max(np.abs(mean) / np.sqrt(square / (n * (n - 1))), axis=1, out=block)
    return largest


def _simulate_means(scores: Floats, random: np.random.Generator) -> Floats:
    """Largest |t| of simulated means over one common spread; the same for many events."""
    df, largest = len(scores) - 1, np.empty(BAND_DRAWS)
    for start in range(0, BAND_DRAWS, DRAW_BLOCK):
        block = largest[start : start + DRAW_BLOCK]
        draws = random.standard_normal((len(block), len(scores))) @ scores
        np.max(np.abs(draws, out=draws), axis=1, out=block)
    spread: Floats = np.sqrt(random.chisquare(df, BAND_DRAWS) / df)
    return largest / spread


def _mean_and_error(values: Floats) -> tuple[Ints, Floats, Floats]:
    n, mean, sd = count_mean_sd(values)
    return n, mean, sd / np.sqrt(np.maximum(n, 1))


# ---- tests


def run_tests(
    pooled: PooledSample, tests: Sequence[SignificanceTest] = SIGNIFICANCE_TESTS
) -> tuple[TestResult, ...]:
    """Apply tests, every one of the battery if none are given, to "all" and to each category.

    Returns:
        One result a group, window and test, p-values adjusted within `P_VALUE_FAMILY` by the
        request's correction; groups of the same events are computed and counted once.
    """
    if len(pooled) == 0:
        return ()
    groups = distinct_groups(pooled.members)
    samples = [pooled.sample(member) for member in groups.values()]
    results = [[test.apply(sample) for test in tests] for sample in samples]
    for series_sample in pooled.series_samples:
        series_sample.candidates.release_long()
    adjusted = _adjust_p_values(
        pooled, np.array([[o.p_value for o in group_outcomes] for group_outcomes in results])
    )
    rows = (
        row
        for group, sample, outcomes, p in zip(groups, samples, results, adjusted, strict=True)
        for row in _build_test_rows(group, sample, list(zip(tests, outcomes, p, strict=True)))
    )
    return expand_to_groups(rows, pooled.members)


def _adjust_p_values(pooled: PooledSample, p_values: Floats) -> Floats:
    """p-values (groups, tests, windows) adjusted over groups and windows of each test."""
    correct = CORRECTIONS[pooled.request.correction]
    is_car_window = np.array(
        [window in pooled.request.cars for window in pooled.windows], dtype=bool
    )
    adjusted = np.full(p_values.shape, np.nan)
    for test in range(p_values.shape[1]):
        for family in (is_car_window, ~is_car_window):
            p = p_values[:, test, family]
            adjusted[:, test, family] = correct(p.ravel()).reshape(p.shape)
    return adjusted


def _build_test_rows(
    group: str, sample: GroupSample, outcomes: Sequence[tuple[SignificanceTest, Outcome, Floats]]
) -> Iterator[TestResult]:
    """The rows of a group, window by window, from each test's outcome and adjusted p (W,)."""
    pattern = classify_date_pattern(sample)
    warned = {test.id: size_caution(test.id, pattern) for test, _, _ in outcomes}
    for w, window in enumerate(sample.pooled.windows):
        for test, outcome, adjusted in outcomes:
            yield TestResult(
                group,
                window,
                test.id,
                float(outcome.statistic[w]),
                float(outcome.df[w]),
                float(outcome.p_value[w]),
                float(adjusted[w]),
                int(outcome.n[w]),
                test.null_hypothesis,
                test.reference,
                outcome.reason[w] or outcome.note[w],
                "" if outcome.reason[w] else warned[test.id],
                pattern,
                "headline" if test.id == HEADLINE_TEST else "",
            )


# ---- panel


def build_study_answer(
    series_results: Sequence[tuple[StudyResult, SeriesSample]],
    request: StudyRequest,
    n_events: int,
    factor_names: tuple[str, ...] = (),
) -> StudyAnswer:
    """What all series say together; the event on its series is the unit.

    `series_results` are result and raw measurements of each series, `n_events` says how many
    events were given.
    """
    results = tuple(result for result, _ in series_results)
    samples = [measured for _, measured in series_results]
    pooled = PooledSample(samples, list_tested_windows(request), request)
    of_cars = PooledSample(samples, tuple(dict.fromkeys(request.cars)), request)
    return StudyAnswer.create_lazy(
        {
            **lazy_tables(results, of_cars),
            "tests": lambda: run_tests(pooled),
            "headlines": lambda: build_headlines(of_cars, run_tests(of_cars, DECLARED_TESTS)),
            "correlations": lambda: compute_lead_lag(of_cars),
            "regression": lambda: regress_returns(of_cars, factor_names) if len(of_cars) else (),
        },
        request=request,
        results=results,
        skipped=tuple(row for result in results for row in result.skipped),
        n_events=n_events,
    )


def lazy_tables(
    results: Sequence[StudyResult], pooled: PooledSample
) -> dict[str, Callable[[], tuple[Any, ...]]]:
    """The tables of a study that do not depend on its tests, for `StudyAnswer.create_lazy`."""
    return {
        "averages": lambda: _average_paths(results, pooled),
        "intervals": lambda: tuple(
            row
            for name, member in pooled.members.items()
            for row in bootstrap_intervals(name, pooled.sample(member))
        ),
        "directions": lambda: compute_hit_rates(pooled),
    }


def list_tested_windows(request: StudyRequest) -> tuple[Window, ...]:
    """`[t,t]` for every day of the event window, then the CAR windows, each once."""
    days = ((offset, offset) for offset in range(request.window[0], request.window[1] + 1))
    return tuple(dict.fromkeys((*days, *request.cars)))


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927, JASA 22); NaN for n = 0."""
    if n == 0:
        return float("nan"), float("nan")
    z = float(special.ndtri((1 + CONFIDENCE_LEVEL) / 2))
    share, spread = hits / n, z**2 / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * np.sqrt(share * (1 - share) / n + spread / (4 * n))
    return float(centre - half), float(centre + half)


def binomial_share_p(hits: int, n: int, share: float) -> float:
    """Exact two-sided p of `hits` of `n` where each hits with probability `share`.

    The probability of all counts that are no more probable than the observed one, as R's
    `binom.test` (Clopper & Pearson 1934, Biometrika 26); 1 for n = 0.
    """
    chance = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    limit = chance[hits] * (1 + BINOMIAL_TIE)
    return min(1.0, math.fsum(p for p in chance if p <= limit))


def smallest_visible_count(n: int, share: float) -> int | None:
    """The smallest count above `share` of `n` whose `binomial_share_p` is at most 5 %."""
    counts = range(math.ceil(n * share), n + 1)
    return next((k for k in counts if binomial_share_p(k, n, share) <= 1 - CONFIDENCE_LEVEL), None)


def _average_paths(results: Sequence[StudyResult], pooled: PooledSample) -> tuple[AverageRow, ...]:
    first, last = pooled.request.window
    offsets = np.arange(first, last + 1, dtype=np.int64)
    abnormal = np.concatenate([result.abnormal for result in results])
    car = np.concatenate([result.car for result in results])
    return tuple(
        row
        for name, member in pooled.members.items()
        for row in average_path(name, offsets, (abnormal[member], car[member]), pooled.request.seed)
    )


def compute_hit_rates(pooled: PooledSample) -> tuple[DirectionRow, ...]:
    """Hit rates of every group and CAR window; p corrected over the distinct ones."""
    rows = _group_hit_rates(pooled, distinct_groups(pooled.members))
    return expand_to_groups(adjust_rows(rows, pooled.request.correction), pooled.members)


def _group_hit_rates(pooled: PooledSample, members: Mapping[str, Bools]) -> Iterator[DirectionRow]:
    for name, member in members.items():
        sample = pooled.sample(member)
        hits, n = count_hits(sample)
        p = hit_rate_p(sample)
        expected = pooled.expected[member]
        for window in pooled.request.cars:
            w = pooled.windows.index(window)
            count, hit = int(n[w]), int(hits[w])
            low, high = wilson_interval(hit, count)
            yield DirectionRow(
                group=name,
                window=window,
                n=count,
                hits=hit,
                share=hit / count if count else float("nan"),
                low=low,
                high=high,
                p_value=float(p[w]) if count else float("nan"),
                unclear=int((expected == 0).sum()),
                unmoved=int(((sample.car[:, w] == 0) & (expected != 0)).sum()),
            )
