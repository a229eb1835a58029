"""Leave one out: averages without each event, worked out by hand."""

import math

import numpy as np
import pytest

from dashboard.eventstudy.comparison import leave_one_out, leave_one_out_means


def test_each_mean_is_that_of_the_others():
    # of 1, 2 and 6: (2 + 6)/2, (1 + 6)/2, (1 + 2)/2
    assert leave_one_out_means(np.array([1.0, 2.0, 6.0])).tolist() == [4.0, 3.5, 1.5]


def test_the_event_that_moves_the_mean_most_comes_first():
    # The mean is 3; without the third it is 1.5 lower, without the first 1 higher.
    result = leave_one_out(["a", "b", "c"], np.array([1.0, 2.0, 6.0]))
    assert [(item.event_id, item.car, item.without) for item in result] == [
        ("c", 6.0, 1.5),
        ("a", 1.0, 4.0),
        ("b", 2.0, 3.5),
    ]


def test_an_event_without_a_value_is_in_no_mean():
    result = leave_one_out(["a", "b", "c"], np.array([1.0, np.nan, 3.0]))
    assert {item.event_id: item.without for item in result} == {"a": 3.0, "c": 1.0}


@pytest.mark.parametrize("cars", [[], [0.5], [np.nan]])
def test_of_fewer_than_two_nothing_is_left(cars):
    result = leave_one_out(["a"] * len(cars), np.array(cars))
    assert all(math.isnan(item.without) for item in result)
