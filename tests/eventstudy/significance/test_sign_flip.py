"""The sign flip against R's enumeration, SciPy's exact permutation test and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("sign_flip", case) == []


def of(values, **options):
    return result_of("sign_flip", after(STEADY, values), **options)


@pytest.mark.parametrize(
    ("values", "p"),
    [
        ([1, 2, 3], 2 / 8),
        # |sum| = 3; the sums of 1, 2, 4 with all signs are 7, 5, 3, 1 up and down: 6 of 8.
        ([1, -2, 4], 6 / 8),
        ([5], 1.0),
        ([2, -2], 1.0),
        ([1, 1, 1, 1], 2 / 16),
        # 0.1 + 0.2 - 0.3 is not 0 in floating point, and is one of the patterns with sum 0.
        ([0.1, 0.2, -0.3], 1.0),
        ([0, 0, 3], 1.0),
    ],
)
def test_by_hand(values, p):
    result = of(values)
    assert result.p_value == pytest.approx(p, rel=1e-12)
    assert result.statistic == pytest.approx(np.mean(values) / 100, abs=1e-15)


@pytest.mark.parametrize("n", [5, 13])
def test_it_is_the_exact_permutation_test_of_scipy(n):
    values = np.random.default_rng(n).normal(0.4, 1, n)
    independent = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    assert of(values).p_value == pytest.approx(independent.pvalue, rel=1e-9)


def test_beyond_twenty_events_signs_are_drawn_by_the_seed():
    values = np.random.default_rng(2).normal(0.35, 1, 30)
    result = of(values)
    assert result.p_value == of(values).p_value
    assert result.p_value != of(values, seed=2).p_value
    # (hits + 1) / 5,000
    assert (5_000 * result.p_value) == pytest.approx(round(5_000 * result.p_value))
    # The sum of flipped values is nearly normal; five Monte Carlo errors.
    normal = 2 * stats.norm.sf(abs(values.sum()) / np.sqrt((values**2).sum()))
    assert result.p_value == pytest.approx(normal, abs=5 * math.sqrt(normal / 5_000) + 0.005)


def test_a_large_move_of_many_events_is_as_unlikely_as_the_draws_can_say():
    assert of(np.linspace(1, 2, 25)).p_value == pytest.approx(1 / 5_000)
