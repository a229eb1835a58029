"""The hit rate against R, SciPy, statsmodels' Wilson interval and hand calculation."""

from __future__ import annotations

import math

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from tests.eventstudy.made_studies import STEADY, after, made_study, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("direction", case) == []


def of(moves, expected):
    return result_of("direction", after(STEADY, moves), expected=expected)


def test_by_hand():
    # Stronger +1 hit, weaker -2 hit, weaker +3 miss; one unclear and one unmoved are left out.
    result = of([1, -2, 3, 9, 0], ["stronger", "weaker", "weaker", "unclear", "stronger"])
    assert result.statistic == pytest.approx(2 / 3, rel=1e-12)
    assert result.n == 3
    # The events are next to one another in three clusters; 2 or more of 3: 4/8, twice that.
    assert result.p_value == pytest.approx(1.0)
    assert result.note == "1 events with an unclear expectation left out"


@pytest.mark.parametrize(("hits", "n"), [(0, 4), (3, 9), (8, 9), (12, 12), (10, 20)])
def test_without_bunches_the_p_value_is_binomial_and_the_interval_is_wilsons(hits, n):
    moves = [1] * hits + [-1] * (n - hits)
    result = of(moves, ["stronger"] * n)
    assert result.p_value == pytest.approx(stats.binomtest(hits, n).pvalue, rel=1e-9)
    answer = made_study({"made": after(STEADY, moves)}, expected=["stronger"] * n)
    row = next(row for row in answer.directions if row.group == "all")
    low, high = proportion_confint(hits, n, method="wilson")
    assert (row.low, row.high) == pytest.approx((low, high), rel=1e-9, abs=1e-12)
    assert (row.n, row.hits, row.share, row.p_value) == (
        n, hits, hits / n, pytest.approx(result.p_value),
    )  # fmt: skip


def test_no_clear_expectation_is_said():
    result = of([1, 2], ["unclear", "unclear"])
    assert math.isnan(result.p_value)
    assert result.note == "needs an event with a clear expectation that moved"
    answer = made_study({"made": after(STEADY, [1, 0])}, expected=["unclear", "weaker"])
    row = next(row for row in answer.directions if row.group == "all")
    assert (row.n, row.unclear, row.unmoved) == (0, 1, 1)
    assert math.isnan(row.low)
