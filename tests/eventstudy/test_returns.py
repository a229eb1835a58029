"""Returns of hand-made rates; logarithms are written out from a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.eventstudy.returns import compute_changes, compute_returns
from tests.made_series import made_card

LN_1_1 = 0.09531017980432493
NAN = float("nan")

rates = st.lists(st.floats(1e-3, 1e5), min_size=2, max_size=40).map(np.array)


@pytest.mark.parametrize(
    ("sign", "kind", "expected"),
    [
        (-1, "log", [-LN_1_1, LN_1_1]),  # ten per cent more roubles per dollar: weaker
        (1, "log", [LN_1_1, -LN_1_1]),
        (1, "simple", [0.1, -1 / 11]),
        (1, "difference", [0.1, -0.1]),  # ten points, in hundreds
        (-1, "difference", [-0.1, 0.1]),
        (-1, "simple", [-1 / 11, 0.1]),  # the value of one rouble, not minus the rate's change
    ],
)
def test_a_rise_by_a_tenth_and_back(sign, kind, expected):
    result = compute_returns(np.array([100.0, 110.0, 100.0]), sign, kind)
    assert np.isnan(result[0])
    assert result[1:] == pytest.approx(expected, abs=1e-15)


def test_a_missing_rate_takes_both_of_its_returns_with_it():
    result = compute_returns(np.array([100.0, NAN, 100.0, 110.0]), 1, "log")
    assert np.isnan(result).tolist() == [True, True, True, False]


@pytest.mark.parametrize("rate", [[], [100.0]])
def test_fewer_than_two_rates_have_no_return(rate):
    result = compute_returns(np.array(rate), -1, "log")
    assert np.isnan(result).all()
    assert len(result) == len(rate)


@given(rates)
def test_log_moves_of_both_quotes_are_equal_and_opposite(rate):
    quoted = compute_returns(rate, 1, "log")[1:]
    assert compute_returns(rate, -1, "log")[1:] == pytest.approx(-quoted, abs=0)
    assert compute_returns(1 / rate, 1, "log")[1:] == pytest.approx(-quoted, rel=1e-9, abs=1e-12)


@given(rates)
def test_a_simple_return_of_the_rouble_is_that_of_the_inverted_rate(rate):
    inverted = compute_returns(1 / rate, 1, "simple")[1:]
    result = compute_returns(rate, -1, "simple")[1:]
    assert result == pytest.approx(inverted, rel=1e-9, abs=1e-12)


@given(rates)
def test_log_returns_add_up_to_the_whole_move(rate):
    whole = np.log(rate[-1]) - np.log(rate[0])
    assert compute_returns(rate, 1, "log")[1:].sum() == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("kind", ["log", "simple"])
def test_a_number_that_is_no_price_changes_by_its_difference(kind):
    points = replace(made_card(), change="difference")
    result = compute_changes(points, np.array([20.0, 17.0, 17.0, NAN, 0.0]), kind)
    np.testing.assert_array_equal(result, [NAN, -0.03, 0.0, NAN, NAN])
    assert len(compute_changes(points, np.array([]), kind)) == 0
    price = compute_changes(made_card(), np.array([100.0, 110.0]), "log")
    assert price[1] == pytest.approx(LN_1_1, abs=1e-15)
