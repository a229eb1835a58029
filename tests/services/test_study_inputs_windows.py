"""The windows that pages and API look through where nobody names any."""

from __future__ import annotations

import pytest

from dashboard.models.errors import InputError
from dashboard.models.study import DEFAULT_CAR_WINDOWS
from dashboard.services.study_inputs import (
    DEFAULT_REQUEST,
    default_request,
    default_window,
    event_windows,
)


def test_one_number_a_day_keeps_its_windows():
    assert event_windows(0) == ("-5:5", "-5:10", "-10:20", "-20:40")
    assert default_request() == default_request(0, "-5:10") == DEFAULT_REQUEST
    assert default_request(0, "-20:40").cars == DEFAULT_CAR_WINDOWS


@pytest.mark.parametrize(
    ("minutes", "offered"),
    [
        (60, ("-2h:6h", "-6h:12h", "-12h:24h")),
        (10, ("-30m:90m", "-2h:6h", "-6h:12h", "-12h:24h")),
        (1, ("-30m:90m", "-2h:6h")),  # more minutes are more than a page draws
        (240, ("-5:5", "-5:10", "-10:20", "-20:40")),  # two hours are no whole bar
        (45, ("-5:5", "-5:10", "-10:20", "-20:40")),
    ],
)
def test_bars_are_offered_the_hours_that_are_whole_bars(minutes, offered):
    assert event_windows(minutes) == offered
    assert default_window(minutes) in offered


def test_hours_are_seen_from_two_before_to_six_after():
    asked = default_request(60)
    assert asked.window == (-2, 6)
    assert asked.cars == ((0, 0), (0, 1), (0, 5), (-2, -1))
    assert asked.estimation == 120


def test_many_bars_are_held_against_a_longer_past():
    asked = default_request(1)
    assert asked.window == (-120, 360)
    assert asked.estimation == 5 * 481
    assert asked.cars == ((0, 0), (0, 1), (0, 59), (0, 359), (-120, -1))


def test_a_window_that_holds_none_of_the_first_is_its_own():
    assert default_request(60, "3h:5h").cars == ((3, 5),)


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match="window -30m:2h: is no whole number of bars"):
        default_request(60, "-30m:2h")
    with pytest.raises(InputError, match="lies outside the event window"):
        default_request(60, "-2h:2h", ["0:6h"])
