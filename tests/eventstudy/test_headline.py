"""The declared answer of a group: estimates by hand, the interval by the test it inverts."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.made_clusters import cluster_sums, p_of
from tests.eventstudy.significance.test_cluster_rank import SCATTERED, SHAPE, returns_of
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(window=(-2, 3), cars=((0, 1),), estimation=30, gap=2, min_estimation=30)
FAR = list(range(40, 960, 12))


def headline(returns, rows, request=REQUEST):
    events = [event_at_row(row, f"e{k}") for k, row in enumerate(rows)]
    answer = run_study([series_of_returns(returns[1:])], events, request)
    return next(row for row in answer.headlines if row.group == "all")


def moves(returns, rows):
    """CARs of [0,1] against the mean of the 30 rows that end 4 rows before offset 0."""
    return [
        returns[row] + returns[row + 1] - 2 * returns[row - 34 : row - 4].mean()
        for row in sorted(set(rows))
    ]


def test_the_estimates_count_each_first_rate_once():
    returns = returns_of(3)
    result, cars = headline(returns, SCATTERED), moves(returns, SCATTERED)
    assert (result.n, result.rates, result.clusters) == (13, 12, 9)
    assert result.mean == pytest.approx(math.fsum(cars) / 12, rel=1e-9)
    assert result.median == pytest.approx(statistics.median(cars), rel=1e-9)
    assert result.largest_share == pytest.approx(max(map(abs, cars)) / sum(map(abs, cars)))
    rest = sorted(cars, key=abs)[:-3]
    assert result.mean_without_largest == pytest.approx(math.fsum(rest) / 9, rel=1e-9)
    assert (result.p_value, result.reason) == (pytest.approx(result.p_adjusted), "")


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_ends_where_the_test_begins_to_reject(seed):
    # A long past: few ties among the rank scores.
    rows = [row + 100 for row in SCATTERED]
    request = StudyRequest(window=(-2, 3), cars=((0, 1),), estimation=120, gap=2)
    returns = returns_of(seed)
    result = headline(returns, rows, request)

    def p(mean):
        shape = SHAPE | {"estimation": 120}
        return p_of(cluster_sums(returns, rows, (0, 1), effect=mean, **shape))

    width = result.high - result.low
    assert p(result.low - 1e-3 * width) <= 0.05 < p(result.low + 1e-3 * width)
    assert p(result.high + 1e-3 * width) <= 0.05 < p(result.high - 1e-3 * width)
    assert result.low < result.high


@pytest.mark.parametrize("seed", range(6))
def test_the_verdict_and_the_interval_never_disagree(seed):
    returns = returns_of(seed, 1_000)
    returns[np.array(FAR)] += 0.003
    result = headline(returns, FAR)
    assert (result.p_value <= 0.05) == (not result.low <= 0 <= result.high)


def test_an_effect_on_every_event_moves_the_interval_by_it():
    returns = returns_of(5, 1_000)
    moved = returns.copy()
    for row in FAR:
        moved[row] += 0.01
        moved[row + 1] += 0.01
    # Estimation rows hold effects of other events too: the same share in every window.
    before, after = headline(returns, FAR), headline(moved, FAR)
    assert after.mean - before.mean == pytest.approx(0.02 * (1 - 5 / 30), abs=0.003)
    assert after.low > 0 > before.low


def test_the_smallest_visible_move_is_near_that_of_a_t_test():
    # 2.8 standard errors of the mean of independent normal moves, 15 % either way.
    random = np.random.default_rng(11)
    returns = np.concatenate(([np.nan], 0.01 * random.standard_normal(1_000)))
    result, cars = headline(returns, FAR), moves(returns, FAR)
    error = statistics.stdev(cars) / math.sqrt(len(cars))
    assert result.smallest_visible == pytest.approx(2.8 * error, rel=0.15)


def test_the_smallest_visible_move_is_found_in_four_studies_of_five():
    # Independent of the code's own draws: fresh series, the effect on every event.
    random, hits, groups, runs = np.random.default_rng(5), 0, 5, 50
    for _ in range(groups):
        returns = np.concatenate(([np.nan], 0.01 * random.standard_normal(1_000)))
        visible = headline(returns, FAR).smallest_visible
        for _ in range(runs):
            made = np.concatenate(([np.nan], 0.01 * random.standard_normal(1_000)))
            hits += p_of(cluster_sums(made, FAR, (0, 1), effect=-visible, **SHAPE)) <= 0.05
    # Every group estimates its own spread: about 10 points either way over five groups.
    assert 0.68 <= hits / groups / runs <= 0.92


def test_a_mean_that_hangs_on_one_rate_says_so():
    returns = returns_of(3)
    assert not headline(returns, SCATTERED).depends_on_one_rate
    returns[90] = 0.5
    assert headline(returns, SCATTERED).depends_on_one_rate


def test_without_enough_clusters_there_are_estimates_but_no_verdict():
    result = headline(returns_of(1), [40, 60, 80])
    assert math.isfinite(result.mean)
    assert result.reason == "needs at least 8 clusters of events, the events form 3"
    nothing = (result.low, result.high, result.p_value, result.p_adjusted, result.smallest_visible)
    assert all(map(math.isnan, nothing))
    assert math.isnan(result.mean_without_largest)


def test_a_long_window_has_an_interval_too():
    request = StudyRequest(window=(-2, 6), cars=((0, 6),), estimation=30, gap=2, min_estimation=30)
    result = headline(returns_of(2, 1_000), list(range(60, 960, 15)), request)
    assert math.isfinite(result.low)
    assert math.isfinite(result.high)
    assert 0 < result.smallest_visible < 0.1
