"""The time-series t against R and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import STEADY, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("time_series_t", case) == []


DOUBLE = (2, -2, 2, -2)


def test_by_hand():
    # CARs of two days 3 and 4, sigma 1 and 2: AAR form (7/2) / [(1/2) sqrt(2 (1 + 4))].
    result = result_of("time_series_t", [(STEADY, [1, 2]), (DOUBLE, [4, 0])])
    assert result.statistic == pytest.approx(7 / math.sqrt(10), rel=1e-9)
    assert (result.n, result.df) == (2, 4)
    assert result.p_value == pytest.approx(2 * stats.t.sf(7 / math.sqrt(10), 4), rel=1e-9)


def test_the_shortest_past_sets_the_degrees_of_freedom():
    # Constant mean: one coefficient is fitted. The second past has lost the first row.
    result = result_of("time_series_t", [(STEADY, [1]), (STEADY, [2])], model="mean")
    assert result.df == 3
    # sigma^2 = 4/3 each, no forecast error in this test: 3 / sqrt(8/3)
    assert result.statistic == pytest.approx(3 / math.sqrt(8 / 3), rel=1e-9)


def test_an_event_without_a_moving_past_is_left_out():
    result = result_of("time_series_t", [(STEADY, [1]), ((0, 0, 0, 0), [5]), (DOUBLE, [2])])
    assert result.n == 2
    assert result.statistic == pytest.approx(3 / math.sqrt(5), rel=1e-9)


def test_it_is_the_sum_of_many_normal_ones_over_its_error():
    random = np.random.default_rng(3)
    past = random.normal(0, 1, (9, 20))
    event = random.normal(0, 1, (9, 3))
    result = result_of("time_series_t", list(zip(past.tolist(), event.tolist(), strict=True)))
    error = np.sqrt(3 * (past**2).mean(axis=1).sum()) / 9
    assert result.statistic == pytest.approx(event.sum(axis=1).mean() / error, rel=1e-9)
