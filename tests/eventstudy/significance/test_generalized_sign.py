"""The generalised sign test against R, statsmodels and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import proportions_ztest

from tests.eventstudy.made_studies import after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("generalized_sign", case) == []


def test_by_hand():
    # Shares of positive days 1/4 and 2/3 (the unmoved day is dropped): phat = 11/24.
    # Both CARs are positive: Z = (2 - 22/24) / sqrt(2 x 11/24 x 13/24).
    result = result_of("generalized_sign", [((1, -1, -1, -1), [2]), ((1, 1, -1, 0), [1])])
    z = (2 - 22 / 24) / math.sqrt(2 * 11 / 24 * 13 / 24)
    assert result.statistic == pytest.approx(z, rel=1e-9)
    assert result.p_value == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-9)


def test_an_unmoved_event_and_one_without_a_moving_past_are_dropped():
    result = result_of("generalized_sign", [*after((1, -1, -1, -1), [2, 0]), ((0, 0, 0, 0), [3])])
    assert result.n == 1  # phat = 1/4: Z = (1 - 1/4) / sqrt(3/16)
    assert result.statistic == pytest.approx(0.75 / math.sqrt(3 / 16), rel=1e-9)
    assert result.note == "2 unmoved events dropped"


def test_a_past_that_only_rose_has_no_variance():
    result = result_of("generalized_sign", after((1, 2, 1, 2), [1, -1]))
    assert math.isnan(result.p_value)
    assert result.note == "needs an event that moved and whose past moved both ways"


def test_it_is_the_z_test_of_a_proportion():
    random = np.random.default_rng(5)
    past, event = random.normal(0.3, 1, (15, 20)), random.normal(0, 1, (15, 2))
    phat = (past > 0).mean()
    up = int((event.sum(axis=1) > 0).sum())
    z, p = proportions_ztest(up, 15, value=phat, prop_var=phat)
    result = result_of("generalized_sign", list(zip(past, event, strict=True)))
    assert (result.statistic, result.p_value) == pytest.approx((z, p), rel=1e-9)
