"""The crude dependence adjustment against R and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("brown_warner_1985", case) == []


def test_by_hand():
    # Average of the pasts in event time: 1, 0, 0, -1, whose standard deviation is sqrt(2/3).
    result = result_of("brown_warner_1985", [((1, -1, 2, -2), [1, 2]), ((1, 1, -2, 0), [4, 1])])
    assert result.statistic == pytest.approx(4 / math.sqrt(2 / 3) / math.sqrt(2), rel=1e-9)
    assert (result.n, result.df) == (2, 3)


def test_it_is_the_average_over_the_spread_of_past_averages():
    random = np.random.default_rng(8)
    past, event = random.normal(0, 1, (6, 30)), random.normal(0, 1, (6, 2))
    result = result_of(
        "brown_warner_1985", list(zip(past.tolist(), event.tolist(), strict=True)), model="mean"
    )
    adjusted = event - past.mean(axis=1, keepdims=True)
    averages = (past - past.mean(axis=1, keepdims=True)).mean(axis=0)
    t = adjusted.sum(axis=1).mean() / (averages.std(ddof=1) * np.sqrt(2))
    assert result.statistic == pytest.approx(t, rel=1e-9)
    assert result.p_value == pytest.approx(2 * stats.t.sf(abs(t), 29), rel=1e-9)


def test_one_event_is_enough():
    # The past itself: 1, -1, 1, -1 with standard deviation sqrt(4/3).
    result = result_of("brown_warner_1985", after(STEADY, [2]))
    assert result.statistic == pytest.approx(2 / math.sqrt(4 / 3), rel=1e-9)


def test_pasts_that_cancel_have_no_spread():
    result = result_of("brown_warner_1985", [(STEADY, [1]), ((-1, 1, -1, 1), [2])])
    assert math.isnan(result.p_value)
    assert result.note == "needs an estimation window that varies"
