"""The adjusted Patell Z against R and hand calculation."""

from __future__ import annotations

import math

import pytest

from tests.eventstudy.made_studies import AGAINST, HALF, NONE, STEADY, A, after, pair, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("adjusted_patell", case) == []


@pytest.mark.parametrize(("past", "scale"), [(HALF, 1.5), (NONE, 1.0), (AGAINST, 0.5)])
def test_by_hand(past, scale):
    # SCARs 1 and 2, Q = 32/30: Z = 3 / sqrt(64/30), over sqrt(1 + r).
    result = result_of("adjusted_patell", pair(past))
    z = 3 / math.sqrt(64 / 30) / math.sqrt(scale)
    assert result.statistic == pytest.approx(z, rel=1e-9)
    assert result.p_value == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-9)
    assert result.n == 2


def test_residuals_that_are_mirror_images_leave_no_variance_of_the_sum():
    result = result_of("adjusted_patell", pair([-value for value in A]))
    assert math.isnan(result.p_value)
    assert result.note.startswith("does not apply: r = -1.000")


def test_one_event_is_too_few():
    result = result_of("adjusted_patell", after(STEADY, [2]))
    assert result.note == "does not apply: needs at least 2 events whose past varies"
