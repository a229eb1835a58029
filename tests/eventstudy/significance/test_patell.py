"""The exact Patell Z against R, hand calculation and the t of one event."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, made_study, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("patell", case) == []


def test_by_hand():
    # M = 4, nothing fitted: Q = 4 / 2. SCARs 2 and 4: Z = 6 / sqrt(2 + 2) = 3.
    result = result_of("patell", after(STEADY, [2, 4]))
    assert result.statistic == pytest.approx(3, rel=1e-9)
    assert result.p_value == pytest.approx(math.erfc(3 / math.sqrt(2)), rel=1e-9)
    assert math.isnan(result.df)


def test_a_window_uses_the_error_of_the_whole_window():
    # Constant mean, M = 4: sigma^2 = 4/3, 1'V1 = 2 + 4/4 = 3, S = 2; Q = 3 / 1.
    # CARs 3 and 5: SCARs 1.5 and 2.5, Z = 4 / sqrt 6.
    result = result_of("patell", after(STEADY, [[1, 2], [4, 1]]), model="mean")
    assert result.statistic == pytest.approx(4 / math.sqrt(6), rel=1e-9)


def test_it_sums_the_ts_of_the_events():
    random = np.random.default_rng(2)
    blocks = list(zip(random.normal(0, 1, (7, 12)), random.normal(0, 1, (7, 2)), strict=True))
    result = made_study({"made": blocks}, model="mean").results[0].cars[0]
    t = np.array([  # of each event, from the regression of the past on a constant
        (e - p.mean()).sum() / np.sqrt(p.var(ddof=1) * (2 + 4 / 12)) for p, e in blocks
    ])  # fmt: skip
    assert result.t == pytest.approx(t, rel=1e-9)
    z = t.sum() / np.sqrt(7 * stats.t.var(11))  # Q is the variance of a t with 11 df
    assert result_of("patell", blocks, model="mean").statistic == pytest.approx(z, rel=1e-9)


def test_too_few_degrees_of_freedom_have_no_variance():
    result = result_of("patell", after((1, -1, 2), [1, 2]), model="mean")  # 2 df
    assert math.isnan(result.p_value)
    assert result.note == "needs an event with more than 2 degrees of freedom"
