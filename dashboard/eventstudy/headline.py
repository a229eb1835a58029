"""The headline result of a group: estimate, interval, p-value and the smallest visible mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from dashboard.eventstudy.clusters import (
    ClusterScores,
    cluster_sums,
    compute_cluster_scores,
    critical_rank_sum,
    rejects_positive,
)
from dashboard.eventstudy.multiple_testing import distinct_groups, expand_to_groups
from dashboard.eventstudy.samples import PooledSample
from dashboard.models.series import Bools, Floats
from dashboard.models.study import SIGNIFICANCE_LEVEL, Headline, TestResult, Window

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

    Args:
        pooled: the events.
        tests: results on the same groups, among them those of the declared test.
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
