"""The rank test against R, SciPy ranks and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("corrado_rank", case) == []


def test_one_day_by_hand():
    # Ranks of 1, -2, 3 | 2 are 2, 1, 4 | 3; U = rank/5 - 1/2 = -0.1, -0.3, 0.3 | 0.1.
    # S^2 = (0.01 + 0.09 + 0.09 + 0.01) / 4 = 0.05.
    result = result_of("corrado_rank", after((1, -2, 3), [2]))
    assert result.statistic == pytest.approx(0.1 / math.sqrt(0.05), rel=1e-9)
    assert (result.n, result.note) == (1, "")


def test_two_days_by_hand():
    # Ranks of 1, -2, 3 | 4, 5 are 2, 1, 3 | 4, 5; U = rank/6 - 1/2: -1/6, -2/6, 0 | 1/6, 2/6.
    # Mean square over five rows 10/36/5 = 1/18; sqrt 2 x mean(1/6, 2/6) / sqrt(1/18) = 1.5.
    result = result_of("corrado_rank", after((1, -2, 3), [[4, 5]]))
    assert result.statistic == pytest.approx(1.5, rel=1e-9)


def test_ties_share_their_rank_whatever_their_last_digit():
    # 1, -2, 1 | 1: ranks 3, 1, 3 | 3; U = 0.1, -0.3, 0.1 | 0.1; S^2 = 0.12 / 4.
    result = result_of("corrado_rank", after((1, -2, 1), [1]))
    assert result.statistic == pytest.approx(0.1 / math.sqrt(0.03), rel=1e-9)


def test_returns_that_are_all_the_same_have_no_ranks():
    result = result_of("corrado_rank", after((0, 0, 0), [0]))
    assert math.isnan(result.p_value)
    assert result.note == "needs an event whose returns are not all the same"


@pytest.mark.parametrize("window", [(0, 0), (1, 1), (0, 2), (1, 2)])
def test_it_is_made_of_ranks_by_scipy(window):
    random = np.random.default_rng(10)
    past, event = random.normal(0, 1, (6, 14)), random.normal(0.3, 1, (6, 3))
    blocks = list(zip(past, event, strict=True))
    result = result_of("corrado_rank", blocks, window, cars=((0, 2), (1, 2)), model="mean")
    ranks = np.array([stats.rankdata(row) for row in np.hstack((past, event))])
    u = ranks / 18 - 0.5
    columns = range(14 + window[0], 14 + window[1] + 1)
    if len(columns) == 1:
        day = u.sum(axis=0) / np.sqrt(6)
        z = day[columns[0]] / np.sqrt((day**2).mean())
    else:
        mean = u.mean(axis=0)
        z = np.sqrt(len(columns)) * mean[list(columns)].mean() / np.sqrt((mean**2).mean())
    assert result.statistic == pytest.approx(z, rel=1e-9)
    assert result.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)
