"""GRANK-T against R, SciPy ranks and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("grank_t", case) == []


# Two events, M = 3. Pasts over their sigma sqrt(14/3): of 1, -2, 3: 0.46, -0.93, 1.39. SCARs 1 and
# 3 over their standard deviation sqrt 2: 0.71, 2.12. With T = 4, U = rank/5 - 1/2:
#   first:  -0.1 -0.3 0.3 | 0.1        second: -0.1 -0.3 0.1 | 0.3     mean: -0.1 -0.3 0.2 | 0.2
# S^2 = (0.01 + 0.09 + 0.04 + 0.04) / 4 = 0.045, Z = 0.2 / sqrt 0.045, Z^2 = 8/9.
SIGMA = math.sqrt(14 / 3)
BY_HAND = [((1, -2, 3), [SIGMA]), ((1, -2, 3), [3 * SIGMA])]


def test_by_hand():
    # Z sqrt((T-2)/(T-1-Z^2)) = sqrt(8/9 x 2 / (3 - 8/9)) = sqrt(16/19), t with 2 df.
    result = result_of("grank_t", BY_HAND)
    assert result.statistic == pytest.approx(math.sqrt(16 / 19), rel=1e-9)
    assert (result.n, result.df, result.note) == (2, 2, "T = 4 points")
    t = math.sqrt(16 / 19)
    assert result.p_value == pytest.approx(1 - t / math.sqrt(2 + t * t), rel=1e-9)


def by_scipy(past, event):
    """Ubar_0, S^2, T and the T_i of equally long pasts, with constant-mean SCARs."""
    n, m = past.shape
    residual = past - past.mean(axis=1, keepdims=True)
    sigma = past.std(axis=1, ddof=1)
    length = event.shape[1]
    car = (event - past.mean(axis=1, keepdims=True)).sum(axis=1)
    scar = car / (sigma * np.sqrt(length + length**2 / m))
    points = np.column_stack((residual / sigma[:, None], scar / scar.std(ddof=1)))
    u = np.array([stats.rankdata(row) for row in points]) / (m + 2) - 0.5
    return u[:, -1].mean(), (u.mean(axis=0) ** 2).mean(), m + 1, n


def test_it_is_made_of_ranks_by_scipy():
    random = np.random.default_rng(9)
    past, event = random.normal(0, 1, (7, 25)), random.normal(0.5, 1.5, (7, 2))
    mean, square, t_points, _ = by_scipy(past, event)
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
