"""Holm's adjustment against R's p.adjust and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engine.corrections import holm

NAN = float("nan")


@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        # p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") in R
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        # 4 x .005 = .02, 3 x .01 = .03, 2 x .03 = .06, then at least .06
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.6, 0.7], [1.0, 1.0]),
        ([0.02, 0.02], [0.04, 0.04]),
        ([0.3], [0.3]),
        ([], []),
    ],
)
def test_holm_is_that_of_r(p, adjusted):
    assert holm(np.array(p)).tolist() == pytest.approx(adjusted)


def test_a_test_that_does_not_apply_is_not_counted():
    assert holm(np.array([0.01, NAN, 0.04])) == pytest.approx([0.02, NAN, 0.04], nan_ok=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_keep_their_order_and_are_never_smaller(p):
    adjusted = holm(np.array(p))
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= 1).all()
    in_order = adjusted[np.argsort(p, kind="stable")]
    assert (np.diff(in_order) >= 0).all()
