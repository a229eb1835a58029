"""The cross-sectional t against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dashboard.engine.significance.base import GroupSample
from dashboard.engine.significance.cross_section_t import CrossSectionT


def of(values):
    return CrossSectionT().apply(GroupSample(np.array(values), np.ones(len(values))))


@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
def test_it_is_the_t_test_of_one_sample(seed, n):
    car = np.random.default_rng(seed).normal(0.3, 1, n)
    independent = stats.ttest_1samp(car, 0)
    found = of(car)
    assert (found.n, found.df) == (n, n - 1)
    assert found.statistic == pytest.approx(independent.statistic)
    assert found.p_value == pytest.approx(independent.pvalue)


def test_by_hand():
    # Mean 2, variance 1: t = 2 / (1 / sqrt 3)
    assert of([1.0, 2.0, 3.0]).statistic == pytest.approx(2 * math.sqrt(3))


@pytest.mark.parametrize(
    ("values", "reason"),
    [([], "at least 2 events"), ([1.0], "at least 2 events"), ([2.0, 2.0], "moved alike")],
)
def test_it_says_when_it_does_not_apply(values, reason):
    found = of(values)
    assert math.isnan(found.p_value)
    assert found.n == len(values)
    assert reason in found.reason
