"""GRANK-T against R, SciPy ranks and hand calculation."""

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
    assert differences("grank_t", case) == []


def test_by_hand():
    # Z sqrt((T-2)/(T-1-Z^2)) = sqrt(8/9 x 2 / (3 - 8/9)) = sqrt(16/19), t with 2 df.
    result = result_of("grank_t", TWO_RANKED)
    assert result.statistic == pytest.approx(math.sqrt(16 / 19), rel=1e-9)
    assert (result.n, result.df, result.note) == (2, 2, "T = 4 points")
    t = math.sqrt(16 / 19)
    assert result.p_value == pytest.approx(1 - t / math.sqrt(2 + t * t), rel=1e-9)


def test_it_is_made_of_ranks_by_scipy():
    random = np.random.default_rng(9)
    past, event = random.normal(0, 1, (7, 25)), random.normal(0.5, 1.5, (7, 2))
    mean, square, t_points, _ = ranks_by_scipy(past, event)
    z = mean / np.sqrt(square)
    t = z * np.sqrt((t_points - 2) / (t_points - 1 - z**2))
    result = result_of("grank_t", list(zip(past, event, strict=True)), model="mean")
    assert result.statistic == pytest.approx(t, rel=1e-9)
    assert result.p_value == pytest.approx(2 * stats.t.sf(abs(t), t_points - 2), rel=1e-9)


@pytest.mark.parametrize("events", [[2], [1, 1]])
def test_it_says_when_the_events_do_not_differ(events):
    result = result_of("grank_t", after(STEADY, events))
    assert math.isnan(result.p_value)
    assert result.note == "needs at least 2 events that differ"
