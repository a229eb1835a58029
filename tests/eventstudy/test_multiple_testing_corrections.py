"""Every correction against R's p.adjust, statsmodels and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from dashboard.eventstudy.numerics import CORRECTIONS
from tests.eventstudy.reference.stored import rows_of

NAN = float("nan")
EVERY = pytest.mark.parametrize("name", CORRECTIONS)
STATSMODELS = {
    "holm": "holm", "hochberg": "simes-hochberg", "bonferroni": "bonferroni", "bh": "fdr_bh",
    "by": "fdr_by",
}  # fmt: skip


@EVERY
def test_r_adjusts_the_same(name):
    rows = rows_of("numbers/p_adjust.csv")
    p = np.array([float(row["p"]) for row in rows])
    expected = [float(row[name]) for row in rows]
    assert CORRECTIONS[name](p) == pytest.approx(expected, rel=1e-9)


@EVERY
@settings(max_examples=15)  # statsmodels collects all garbage at every call of its Holm
@given(p=st.lists(st.floats(1e-12, 1), min_size=1, max_size=30))
def test_statsmodels_adjusts_the_same(name, p):
    expected = multipletests(p, method=STATSMODELS[name])[1]
    assert CORRECTIONS[name](np.array(p)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "p", "adjusted"),
    [
        # 4 x .005 = .02, 3 x .01 = .03, 2 x .03 = .06, then at least .06
        ("holm", [0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        # from the largest: .04, at most .04 of 2 x .03, .03 of 3 x .01, .02
        ("hochberg", [0.01, 0.04, 0.03, 0.005], [0.03, 0.04, 0.04, 0.02]),
        ("bonferroni", [0.01, 0.4], [0.02, 0.8]),
        # from the largest: .04, 4/3 x .03 = .04, 4/2 x .01 = .02, 4 x .005 = .02
        ("bh", [0.01, 0.04, 0.03, 0.005], [0.02, 0.04, 0.04, 0.02]),
        # the same times 1 + 1/2 + 1/3 + 1/4 = 25/12
        ("by", [0.01, 0.04, 0.03, 0.005], [0.5 / 12, 1 / 12, 1 / 12, 0.5 / 12]),
        ("holm", [0.6, 0.7], [1.0, 1.0]),
        ("holm", [], []),
    ],
)
def test_by_hand(name, p, adjusted):
    assert CORRECTIONS[name](np.array(p)).tolist() == pytest.approx(adjusted)


@EVERY
def test_a_test_that_does_not_apply_is_not_counted(name):
    with_gap = CORRECTIONS[name](np.array([0.01, NAN, 0.04]))
    without = CORRECTIONS[name](np.array([0.01, 0.04]))
    assert np.isnan(with_gap[1])
    assert with_gap[[0, 2]].tolist() == without.tolist()


@EVERY
@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_keep_their_order_and_are_never_smaller(name, p):
    adjusted = CORRECTIONS[name](np.array(p))
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= 1).all()
    in_order = adjusted[np.argsort(p, kind="stable")]
    assert (np.diff(in_order) >= 0).all()
