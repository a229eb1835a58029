"""The standardised cross-sectional t against R, SciPy, statsmodels and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("bmp", case) == []


def steady(size):
    return [size * value for value in STEADY]


def test_by_hand():
    # Sigmas 1, 2, 3 and CARs 1, 4, 9: SCARs 1, 2, 3, t = 2 / (1 / sqrt 3).
    result = result_of("bmp", [(steady(1), [1]), (steady(2), [4]), (steady(3), [9])])
    assert result.statistic == pytest.approx(2 * math.sqrt(3), rel=1e-9)
    assert (result.n, result.df) == (3, 2)


def test_it_is_the_t_test_of_the_standardised_cars():
    random = np.random.default_rng(6)
    blocks = list(zip(random.normal(0, 1, (8, 15)), random.normal(0.4, 1, (8, 3)), strict=True))
    scar = [(e - p.mean()).sum() / np.sqrt(p.var(ddof=1) * (3 + 9 / 15)) for p, e in blocks]
    result = result_of("bmp", blocks, model="mean")
    by_scipy = stats.ttest_1samp(scar, 0)
    t, p, df = DescrStatsW(scar).ttest_mean(0)
    assert result.statistic == pytest.approx(by_scipy.statistic, rel=1e-9)
    assert result.p_value == pytest.approx(by_scipy.pvalue, rel=1e-9)
    assert (result.statistic, result.p_value, result.df) == pytest.approx((t, p, df), rel=1e-9)


@pytest.mark.parametrize("events", [[3], [2, 2], [0.1, 0.1, 0.1]])
def test_it_says_when_the_events_do_not_differ(events):
    result = result_of("bmp", after(STEADY, events))
    assert math.isnan(result.p_value)
    assert result.note == "needs at least 2 events that differ"
