"""Which rows belong to an event and to its estimation."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.eventstudy.returns import estimation_rows, event_rows, has_full_windows, take_or_nan

NAN = float("nan")


def test_the_event_window_counts_rows_from_the_anchor():
    assert event_rows(np.array([7, 2]), (-1, 2)).tolist() == [[6, 7, 8, 9], [1, 2, 3, 4]]


def test_rows_outside_the_series_have_no_value():
    result = take_or_nan(np.array([10.0, 11.0, 12.0]), np.array([[-1, 0, 2, 3]]))
    assert np.isnan(result[0, [0, 3]]).all()
    assert result[0, 1:3].tolist() == [10.0, 12.0]


def test_the_estimation_window_ends_a_gap_before_the_event_window():
    # Anchor 200, event window from 195, ten rows 185..194 left free, 120 rows 65..184.
    first, last = estimation_rows(np.array([200]), (-5, 10), 120, 10)
    assert (first.tolist(), last.tolist()) == ([65], [184])


@pytest.mark.parametrize(
    ("anchor", "length", "inside"),
    [
        (135, 300, False),  # the estimation window would start at row 0, which has no return
        (136, 300, True),
        (289, 300, True),  # the event window ends with the last row
        (290, 300, False),
    ],
)
def test_a_date_is_admissible_when_both_windows_lie_inside(anchor, length, inside):
    assert has_full_windows(np.array([anchor]), (-5, 10), (120, 10), length).tolist() == [inside]
