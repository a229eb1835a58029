"""One form for every test of significance: it carries its claim and knows its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.significance.base import GroupSample

EVERY = pytest.mark.parametrize("test", SIGNIFICANCE_TESTS, ids=lambda test: test.id)


def sample(seed, n, shift=0.0):
    random = np.random.default_rng(seed)
    return GroupSample(random.normal(shift, 1.0, n), random.uniform(0.8, 1.2, n))


@EVERY
def test_a_test_says_what_it_claims_and_who_described_it(test):
    for text in (test.id, test.title, test.null_hypothesis, test.reference, test.assumptions):
        assert text
    assert any(char.isdigit() for char in test.reference), "a reference has a year"
    assert "significant" not in test.null_hypothesis


@EVERY
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 80))
def test_a_p_value_is_a_probability_or_absent_with_a_reason(test, seed, n):
    found = test.apply(sample(seed, n))
    if math.isnan(found.p_value):
        assert found.reason
    else:
        assert 0 <= found.p_value <= 1
        assert math.isfinite(found.statistic)
    assert found.n <= n


@EVERY
@pytest.mark.parametrize("n", [0, 1])
def test_too_few_events_are_no_error(test, n):
    found = test.apply(sample(1, n))
    assert found.n <= n
    assert math.isnan(found.p_value) or 0 <= found.p_value <= 1


@EVERY
@given(seed=st.integers(0, 2**32 - 1), random=st.randoms())
def test_the_order_of_events_changes_nothing(test, seed, random):
    made = sample(seed, 20)
    order = list(range(20))
    random.shuffle(order)
    one, other = test.apply(made), test.apply(GroupSample(made.car[order], made.se[order]))
    assert other.statistic == pytest.approx(one.statistic)
    assert other.p_value == pytest.approx(one.p_value)


@EVERY
@given(seed=st.integers(0, 2**32 - 1))
def test_the_other_direction_has_the_same_p_value(test, seed):
    made = sample(seed, 20)
    one, other = test.apply(made), test.apply(GroupSample(-made.car, made.se))
    assert other.p_value == pytest.approx(one.p_value)
    assert other.statistic == pytest.approx(-one.statistic)


@EVERY
def test_a_large_move_of_many_events_is_found(test):
    assert test.apply(sample(1, 60, shift=2.0)).p_value < 1e-6


@EVERY
def test_without_any_effect_one_in_twenty_is_rejected(test):
    # 2,000 samples: five standard errors of a share of 5 % are 2.4 points. A test on counts
    # cannot reach its level exactly, so it may reject less.
    rejected = np.mean([test.apply(sample(seed, 40)).p_value < 0.05 for seed in range(2_000)])
    assert 0.02 < rejected < 0.074
