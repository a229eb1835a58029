"""The sign test against SciPy's binomial test and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dashboard.engine.significance.base import GroupSample
from dashboard.engine.significance.sign import Sign


def of(values):
    return Sign().apply(GroupSample(np.array(values, dtype=float), np.ones(len(values))))


@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 5))
def test_the_p_value_is_the_exact_binomial_one(up, down, unmoved):
    if up + down == 0:
        return
    found = of([1.0] * up + [-2.0] * down + [0.0] * unmoved)
    assert found.n == up + down
    assert found.p_value == pytest.approx(stats.binomtest(up, up + down).pvalue)
    assert found.statistic == pytest.approx((up - found.n / 2) / (math.sqrt(found.n) / 2))


def test_by_hand():
    # 5 up, 1 down: z = (5 - 3) / (sqrt 6 / 2); p = 2 (1 + 6) / 64
    found = of([1, 2, 3, 4, 5, -1, 0])
    assert found.statistic == pytest.approx(4 / math.sqrt(6))
    assert found.p_value == pytest.approx(14 / 64)


@pytest.mark.parametrize("values", [[], [0.0, 0.0]])
def test_it_says_when_nothing_moved(values):
    found = of(values)
    assert (found.n, found.reason) == (0, "no event moved")
    assert math.isnan(found.p_value)
