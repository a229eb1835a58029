"""The buy-and-hold t against R, SciPy and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("bhar_t", case) == []


def test_by_hand():
    # 1.1 x 1.2 - 1 = 0.32 and 1.1 x 0.9 - 1 = -0.01, mean 0.155, half difference 0.165.
    result = result_of("bhar_t", after(STEADY, [[10, 20], [10, -10]]))
    assert result.statistic == pytest.approx(0.155 / 0.165, rel=1e-9)
    assert (result.n, result.df) == (2, 1)


def test_it_is_the_t_test_of_products():
    random = np.random.default_rng(14)
    past, event = random.normal(0, 1, (6, 10)), random.normal(1, 2, (6, 3))
    expected = 1 + past.mean(axis=1) / 100
    bhar = np.prod(1 + event / 100, axis=1) - expected**3
    independent = stats.ttest_1samp(bhar, 0)
    result = result_of("bhar_t", list(zip(past, event, strict=True)), model="mean")
    assert (result.statistic, result.p_value) == pytest.approx(
        (independent.statistic, independent.pvalue), rel=1e-9
    )


def test_log_returns_are_refused():
    result = result_of("bhar_t", after(STEADY, [[10, 20], [10, -10]]), returns="log")
    assert math.isnan(result.p_value)
    assert result.note.startswith("needs simple returns (--returns simple)")
