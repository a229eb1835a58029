"""Average paths by hand, and the simultaneous band between its known bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from dashboard.eventstudy.panel import average_path, sup_t_quantile

NAN = float("nan")


def test_two_offsets_of_three_events_by_hand():
    ar = np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 5.0]])
    first, second = average_path("all", np.array([0, 1]), (ar, np.cumsum(ar, axis=1)), seed=1)
    assert (first.group, first.offset, first.n) == ("all", 0, 3)
    assert (first.aar, first.aar_se) == pytest.approx((2.0, 1 / math.sqrt(3)))
    assert (second.aar, second.aar_se) == pytest.approx((3.0, math.sqrt(3) / math.sqrt(3)))
    # CARs 3, 4, 8: mean 5, variance (4+1+9)/2 = 7; t quantile with 2 df is 4.302652729911275.
    half = 4.302652729911275 * math.sqrt(7 / 3)
    assert second.caar == pytest.approx(5.0)
    assert (second.caar_low, second.caar_high) == pytest.approx((5 - half, 5 + half))


def test_an_event_without_a_return_is_left_out_of_that_offset_only():
    ar = np.array([[1.0, NAN], [2.0, 2.0], [3.0, 4.0]])
    first, second = average_path("all", np.array([0, 1]), (ar, np.cumsum(ar, axis=1)), seed=1)
    assert (first.n, second.n) == (3, 2)
    assert second.aar == pytest.approx(3.0)
    assert second.caar == pytest.approx((4 + 7) / 2)


def test_one_event_has_an_average_but_no_error():
    (only,) = average_path("x", np.array([0]), (np.array([[1.5]]), np.array([[1.5]])), seed=1)
    assert (only.n, only.aar, only.caar) == (1, 1.5, 1.5)
    assert math.isnan(only.aar_se)
    assert math.isnan(only.supt_low)


def test_no_event_has_no_average():
    nothing = np.empty((0, 1))
    (only,) = average_path("x", np.array([0]), (nothing, nothing), seed=1)
    assert only.n == 0
    assert math.isnan(only.aar)


def test_the_simultaneous_band_of_one_offset_is_the_pointwise_one():
    car = np.random.default_rng(3).standard_normal((25, 1))
    assert sup_t_quantile(car, 1) == pytest.approx(stats.t.ppf(0.975, 24), rel=0.06)


def test_the_simultaneous_band_of_offsets_that_move_as_one_is_the_pointwise_one():
    car = np.random.default_rng(3).standard_normal((25, 1)) * np.ones(16)
    assert sup_t_quantile(car, 1) == pytest.approx(stats.t.ppf(0.975, 24), rel=0.06)


def test_the_simultaneous_band_lies_between_one_test_and_bonferroni():
    ar = np.random.default_rng(5).standard_normal((200, 16))
    independent, cumulated = sup_t_quantile(ar, 1), sup_t_quantile(np.cumsum(ar, axis=1), 1)
    one, bonferroni = stats.t.ppf(0.975, 199), stats.t.ppf(1 - 0.025 / 16, 199)
    assert one < cumulated < independent < bonferroni * 1.03
    # Sixteen independent offsets need about the Sidak quantile.
    assert independent == pytest.approx(stats.t.ppf((1 + 0.95 ** (1 / 16)) / 2, 199), rel=0.04)


def test_the_band_contains_the_path_and_is_wider_than_the_pointwise_one():
    ar = np.random.default_rng(5).standard_normal((30, 6))
    for row in average_path("all", np.arange(6), (ar, np.cumsum(ar, axis=1)), seed=1):
        assert row.supt_low <= row.caar_low < row.caar < row.caar_high <= row.supt_high


def test_the_same_seed_gives_the_same_band():
    car = np.random.default_rng(5).standard_normal((30, 6))
    assert sup_t_quantile(car, 7) == sup_t_quantile(car, 7)
    assert sup_t_quantile(car, 7) != sup_t_quantile(car, 8)


@pytest.mark.parametrize("car", [np.zeros((2, 3)), np.ones((5, 3)), np.full((5, 3), NAN)])
def test_too_few_paths_or_paths_without_spread_have_no_band(car):
    assert math.isnan(sup_t_quantile(car, 1))


# Coverage of a 95 % band of a CAAR path of 16 offsets, sums of independent daily returns, in 2,000
# simulated studies each (Monte Carlo error 0.5 points), with this function and pointwise:
#   events             5     10     20     60
#   normal returns  94.2   93.3   94.3   94.8     pointwise 71.1  74.2  75.2  77.0
#   t(4) returns    94.5   95.6   96.0   94.7     pointwise 73.7  75.5  75.2  76.2


@pytest.mark.parametrize("n", [5, 60])
def test_nineteen_of_twenty_bands_hold_the_whole_path(n):
    random, held = np.random.default_rng(n), 0
    for study in range(300):
        car = np.cumsum(random.standard_normal((n, 16)), axis=1)
        largest = np.abs(stats.ttest_1samp(car, 0).statistic).max()
        held += largest <= sup_t_quantile(car, study)
    # Five Monte Carlo errors of 300 studies are 6.3 points; a pointwise band holds 71-77 %.
    assert held / 300 > 0.887


@pytest.mark.parametrize("n", [3, 8, 40, 41])
def test_one_offset_needs_the_t_quantile_whatever_the_number_of_events(n):
    car = np.random.default_rng(n).standard_normal((n, 1))
    assert sup_t_quantile(car, 1) == pytest.approx(stats.t.ppf(0.975, n - 1), rel=0.15)
