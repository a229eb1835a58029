"""The adjusted Patell Z against R and hand calculation."""

from __future__ import annotations

import math

import pytest

from tests.eventstudy.made_studies import STEADY, after, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("adjusted_patell", case) == []


# Two pasts of 32 rows with mean 0 and mean square 1; b agrees with a on `same` of 8 rows.
A = (1, 1, 1, 1, -1, -1, -1, -1) * 4
HALF = (1, 1, 1, -1, -1, -1, -1, 1) * 4  # 6 of 8 alike: r = (6 - 2) / 8 = 0.5
NONE = (1, 1, -1, -1, 1, 1, -1, -1) * 4  # 4 of 8 alike: r = 0
AGAINST = (-1, -1, -1, 1, 1, 1, 1, -1) * 4  # 2 of 8 alike: r = -0.5


def pair(past, first=1, second=2):
    """Two series with an event on one date; SCARs are the events themselves (sigma 1)."""
    return {"a": [(A, [first])], "b": [(past, [second])]}


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
