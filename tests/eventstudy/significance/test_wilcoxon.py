"""The signed-rank test against R, SciPy, full enumeration and hand calculation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("wilcoxon", case) == []


def of(values):
    return result_of("wilcoxon", after(STEADY, values))


def test_by_hand():
    # Ranks 1, 2, 3 all positive: W = 6, centre 3, spread sqrt(14/4); p = 2 / 8.
    result = of([1, 2, 3])
    assert result.statistic == pytest.approx(3 / math.sqrt(3.5), rel=1e-9)
    assert result.p_value == pytest.approx(0.25, rel=1e-9)


@pytest.mark.parametrize("n", [2, 7, 20, 50])
def test_without_ties_it_is_exact_up_to_fifty_events(n):
    values = np.random.default_rng(n).normal(0.3, 1, n)
    independent = stats.wilcoxon(values, method="exact")
    result = of(values)
    assert (result.n, result.p_value) == (n, pytest.approx(independent.pvalue, rel=1e-9))


def test_beyond_fifty_events_it_is_the_normal_approximation():
    values = np.random.default_rng(51).normal(0.3, 1, 51)
    independent = stats.wilcoxon(values, method="asymptotic", correction=False)
    result = of(values)
    assert result.p_value == pytest.approx(independent.pvalue, rel=1e-9)
    assert abs(result.statistic) == pytest.approx(abs(independent.zstatistic), rel=1e-9)


@pytest.mark.parametrize("values", [[1, 1, -1, 2, 2, 3], [0.5, -0.5, 1, 1], [2, 2, 2, -2]])
def test_ties_are_counted_over_all_signs(values):
    ranks = stats.rankdata(np.abs(values))
    seen = ranks[np.array(values) > 0].sum()
    sums = [sum(r for r, up in zip(ranks, signs, strict=True) if up)
            for signs in itertools.product([True, False], repeat=len(values))]  # fmt: skip
    tail = min(np.mean([s <= seen for s in sums]), np.mean([s >= seen for s in sums]))
    assert of(values).p_value == pytest.approx(min(1, 2 * tail), rel=1e-9)


def test_zeros_are_dropped_and_counted():
    result = of([1, 2, 3, 0, 0])
    assert (result.n, result.note) == (3, "2 unmoved events dropped")
    assert result.p_value == pytest.approx(0.25, rel=1e-9)


def test_nothing_moved():
    result = of([0, 0])
    assert (result.n, result.note) == (0, "needs an event that moved")
