"""Average ranks against SciPy's, and ties that differ by their last digit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dashboard.eventstudy.numerics import average_ranks

NAN = float("nan")


cells = st.sampled_from([NAN, -2.0, -0.5, 0.0, 0.5, 1.0, 3.0])


@given(st.lists(st.lists(cells, min_size=6, max_size=6), min_size=1, max_size=4))
def test_they_are_the_ranks_of_scipy(values):
    for row, result in zip(values, average_ranks(np.array(values)), strict=True):
        present = np.isfinite(row)
        assert np.isnan(result[~present]).all()
        assert result[present].tolist() == stats.rankdata(np.array(row)[present]).tolist()


def test_values_that_differ_by_rounding_are_ties():
    up, down = np.log(108 / 107), -np.log(107 / 108)
    assert up != down
    assert average_ranks(np.array([[up, down, 0.0, 0.0 * -1]])).tolist() == [[3.5, 3.5, 1.5, 1.5]]


def test_nothing_has_no_rank():
    assert average_ranks(np.empty((0, 3))).shape == (0, 3)
    assert np.isnan(average_ranks(np.full((1, 2), NAN))).all()


@pytest.mark.parametrize("unit", [1e-9, 1e-3])
def test_real_differences_are_kept(unit):
    assert average_ranks(unit * np.array([[3.0, 1.0, 2.0]])).tolist() == [[3.0, 1.0, 2.0]]
