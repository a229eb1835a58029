"""The moving average and the band of a chart, by hand."""

import math

import numpy as np
import pytest

from dashboard.eventstudy.levels import compute_rolling_mean


def test_the_mean_and_the_deviation_of_the_last_four():
    # 2 4 4 6: mean 4, squares 4 0 0 4, variance 8 / 4; 4 4 6 10: mean 6, squares 4 4 0 16
    mean, deviation = compute_rolling_mean(np.array([2.0, 4.0, 4.0, 6.0, 10.0]), 4)
    assert np.isnan(mean[:3]).all()
    assert np.isnan(deviation[:3]).all()
    assert mean[3:].tolist() == [4.0, 6.0]
    assert deviation[3:] == pytest.approx([math.sqrt(2), math.sqrt(6)])


def test_a_missing_number_is_passed_over():
    mean, deviation = compute_rolling_mean(np.array([1.0, math.nan, 3.0, 5.0]), 2)
    assert mean[[2, 3]].tolist() == [2.0, 4.0]
    assert deviation[[2, 3]].tolist() == [1.0, 1.0]
    assert np.isnan(mean[:2]).all()


def test_a_series_shorter_than_the_window_has_neither():
    mean, deviation = compute_rolling_mean(np.array([1.0, 2.0]), 3)
    assert np.isnan(mean).all()
    assert np.isnan(deviation).all()
