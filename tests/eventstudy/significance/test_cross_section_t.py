"""The cross-sectional t against R, SciPy and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("cross_section_t", case) == []


def of(values, **options):
    return result_of("cross_section_t", after(STEADY, values), **options)


@given(st.integers(0, 2**32 - 1), st.integers(2, 12))
def test_it_is_the_t_test_of_one_sample(seed, n):
    car = np.random.default_rng(seed).normal(0.3, 1, n)
    independent = stats.ttest_1samp(car, 0)
    result = of(car)
    assert (result.n, result.df) == (n, n - 1)
    assert result.statistic == pytest.approx(independent.statistic, rel=1e-9)
    assert result.p_value == pytest.approx(independent.pvalue, rel=1e-9)


def test_by_hand():
    # Mean 2, variance 1: t = 2 / (1 / sqrt 3); t with 2 df: p = 1 - t / sqrt(2 + t^2).
    result = of([1.0, 2.0, 3.0])
    t = 2 * math.sqrt(3)
    assert result.statistic == pytest.approx(t, rel=1e-9)
    assert result.p_value == pytest.approx(1 - t / math.sqrt(2 + t * t), rel=1e-9)


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0], [0.1, 0.1, 0.1], [0.0, 0.0]])
def test_it_says_when_the_events_do_not_differ(values):
    result = of(values)
    assert math.isnan(result.p_value)
    assert result.n == len(values)
    assert result.note == "needs at least 2 events that differ"
