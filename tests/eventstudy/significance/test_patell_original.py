"""The Patell Z as published against R and hand calculation."""

from __future__ import annotations

import math

import pytest

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("patell_original", case) == []


SIX = (1, -1, 1, -1, 1, -1)


def test_by_hand():
    # M = 6: Q = 6 / 4; CSAR = sum of two SARs / sqrt(2 x 1.5): 3 / sqrt 3 and 6 / sqrt 3.
    result = result_of("patell_original", after(SIX, [[1, 2], [4, 2]]))
    assert result.statistic == pytest.approx(9 / math.sqrt(3) / math.sqrt(2), rel=1e-9)


def test_it_counts_days_as_independent_where_the_exact_one_does_not():
    # Constant mean, M = 4: S_AR = sqrt(4/3 x 5/4) = sqrt(5/3), Q = 3:
    # CSAR = 3 / sqrt(5/3) / sqrt 6.
    original = result_of("patell_original", after(STEADY, [[1, 2]]), model="mean")
    assert original.statistic == pytest.approx(3 / math.sqrt(5 / 3) / math.sqrt(6), rel=1e-9)
    # The exact one: 3 / 2 / sqrt 3.
    exact = result_of("patell", after(STEADY, [[1, 2]]), model="mean")
    assert exact.statistic == pytest.approx(1.5 / math.sqrt(3), rel=1e-9)


def test_on_one_day_both_are_the_same():
    original = result_of("patell_original", after(STEADY, [2, 5]), model="mean")
    exact = result_of("patell", after(STEADY, [2, 5]), model="mean")
    assert original.statistic == pytest.approx(exact.statistic, rel=1e-12)
