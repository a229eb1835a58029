"""Which points of a long line are drawn: real ones, the extremes among them, gaps as gaps."""

import numpy as np
import pytest

from dashboard.presentation.charts.theme import MAX_POINTS, select_points


def test_a_line_that_fits_is_drawn_whole():
    values = np.linspace(1, 2, MAX_POINTS)
    assert select_points(values).tolist() == list(range(MAX_POINTS))


@pytest.mark.parametrize("n", [MAX_POINTS + 1, 10_000, 1_000_000])
def test_of_a_longer_one_at_most_so_many_points_are_drawn_with_both_ends(n):
    rows = select_points(np.sin(np.arange(n) / 500.0))
    assert len(rows) <= MAX_POINTS
    assert len(rows) > MAX_POINTS * 0.9
    assert np.all(np.diff(rows) > 0)
    assert (rows[0], rows[-1]) == (0, n - 1)


def test_a_single_spike_in_a_million_points_is_drawn():
    values = np.full(1_000_000, 90.0) + np.sin(np.arange(1_000_000)) * 0.01
    values[[123_456, 765_432]] = 120.0, 60.0
    assert {123_456, 765_432} <= set(select_points(values).tolist())


def test_gaps_stay_gaps_and_missing_points_take_no_room_from_the_line():
    values = 90.0 + np.arange(100_000) / 1e5
    values[40_000:60_000] = np.nan
    values[70_000] = np.nan
    rows = select_points(values)
    assert len(rows) <= MAX_POINTS
    assert np.isnan(values[rows]).sum() == 2
    at = int(np.flatnonzero(np.isnan(values[rows]))[0])
    assert rows[at - 1] <= 39_999 < rows[at] < 60_000 <= rows[at + 1]


def test_a_line_of_gaps_alone_draws_nothing_but_one_gap():
    assert select_points(np.full(10_000, np.nan)).tolist() == [0]
