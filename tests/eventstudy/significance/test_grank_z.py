"""GRANK-Z against R, SciPy ranks and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import (
    STEADY,
    TWO_RANKED,
    after,
    ranks_by_scipy,
    result_of,
)
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("grank_z", case) == []


def test_by_hand():
    # 0.2 / sqrt(2 x (3 / (12 x 5)) / 4) = 0.2 / sqrt 0.025
    result = result_of("grank_z", TWO_RANKED)
    z = 0.2 / math.sqrt(0.025)
    assert result.statistic == pytest.approx(z, rel=1e-9)
    assert result.p_value == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-9)


def test_it_is_made_of_ranks_by_scipy():
    random = np.random.default_rng(9)
    past, event = random.normal(0, 1, (7, 25)), random.normal(0.5, 1.5, (7, 2))
    mean, _, t_points, n = ranks_by_scipy(past, event)
    # A rank among T points is uniform: variance of U is (T-1) / (12 (T+1)).
    z = mean / np.sqrt((t_points - 1) / (12 * (t_points + 1)) / n)
    result = result_of("grank_z", list(zip(past, event, strict=True)), model="mean")
    assert result.statistic == pytest.approx(z, rel=1e-9)
    assert result.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)


@pytest.mark.parametrize("events", [[2], [1, 1]])
def test_it_says_when_the_events_do_not_differ(events):
    result = result_of("grank_z", after(STEADY, events))
    assert math.isnan(result.p_value)
    assert result.note == "needs at least 2 events that differ"
