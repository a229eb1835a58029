"""The sign test against R, SciPy's binomial test and hand calculation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("sign", case) == []


def of(values):
    return result_of("sign", after(STEADY, values))


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 5))
def test_the_p_value_is_the_exact_binomial_one(up, down, unmoved):
    if up + down == 0:
        return
    result = of([1.0] * up + [-2.0] * down + [0.0] * unmoved)
    assert result.n == up + down
    assert result.p_value == pytest.approx(stats.binomtest(up, up + down).pvalue, rel=1e-9)
    assert result.statistic == pytest.approx((up - result.n / 2) / (math.sqrt(result.n) / 2))


def test_by_hand():
    # 5 up, 1 down: z = (5 - 3) / (sqrt 6 / 2); p = 2 (1 + 6) / 64
    result = of([1, 2, 3, 4, 5, -1, 0])
    assert result.statistic == pytest.approx(4 / math.sqrt(6), rel=1e-9)
    assert result.p_value == pytest.approx(14 / 64, rel=1e-9)
    assert result.note == "1 unmoved events dropped"


def test_a_move_and_the_same_move_back_are_unmoved():
    # +25 % and -20 % are the same move there and back; in logs they cancel but for rounding.
    result = result_of("sign", after(STEADY, [[25, -20], [3, 0]]), returns="log")
    assert (result.n, result.note) == (1, "1 unmoved events dropped")


@pytest.mark.parametrize("values", [[0.0], [0.0, 0.0]])
def test_it_says_when_nothing_moved(values):
    result = of(values)
    assert (result.n, result.note) == (0, "needs an event that moved")
    assert math.isnan(result.p_value)
