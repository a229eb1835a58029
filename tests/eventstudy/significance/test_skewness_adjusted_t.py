"""Hall's t against R, SciPy's skewness and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("skewness_adjusted_t", case) == []


def of(values):
    return result_of("skewness_adjusted_t", after(STEADY, values))


def test_by_hand():
    # 1, 2, 6: mean 3, sd sqrt 7, cubes -8 - 1 + 27 = 18, g = 3/2 x 18 / 7^1.5, S = 3 / sqrt 7.
    g, s = 27 / 7**1.5, 3 / math.sqrt(7)
    t = math.sqrt(3) * (s + g * s**2 / 3 + g**2 * s**3 / 27 + g / 18)
    assert of([1, 2, 6]).statistic == pytest.approx(t, rel=1e-9)


def test_symmetric_moves_need_no_adjustment():
    result = of([1, 2, 3])
    assert result.statistic == pytest.approx(2 * math.sqrt(3), rel=1e-9)
    assert result.df == 2


def test_the_skewness_is_that_of_scipy():
    values = np.random.default_rng(1).exponential(1, 25) - 0.6
    g = stats.skew(values, bias=False)
    s = values.mean() / values.std(ddof=1)
    t = 5 * (s + g * s**2 / 3 + g**2 * s**3 / 27 + g / (6 * 25))
    result = of(values)
    assert result.statistic == pytest.approx(t, rel=1e-9)
    assert result.p_value == pytest.approx(2 * stats.t.sf(abs(t), 24), rel=1e-9)


@pytest.mark.parametrize("values", [[1], [1, 2], [2, 2, 2]])
def test_it_needs_three_events_that_differ(values):
    result = of(values)
    assert math.isnan(result.p_value)
    assert result.note == "needs at least 3 events that differ"
