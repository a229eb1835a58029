"""What is typed as a window or a length: observations, or hours that are so many bars."""

from __future__ import annotations

import pytest

from dashboard.models.errors import InputError
from dashboard.models.study import duration_text, read_length, read_window, read_windows


@pytest.mark.parametrize(
    ("text", "window"), [("-5:10", (-5, 10)), ("0:1", (0, 1)), ("+1:+2", (1, 2)), ("5:1", (5, 1))]
)
def test_a_window_is_two_offsets(text, window):
    assert read_window("window", text) == window


@pytest.mark.parametrize("text", ["", "5", "1:2:3", "a:b", "0.5:1", "1 : 2", "٠:١", "1d:2d"])
def test_anything_else_is_no_window(text):
    with pytest.raises(InputError, match="is no window; write first and last offset like -5:10"):
        read_window("car", text)


def test_windows_are_taken_once():
    assert read_windows("car", ["0:1", "0:0", "0:1"]) == ((0, 1), (0, 0))
    assert read_windows("car", ["0:1", "0h:1h", "0:60m"], 60) == ((0, 1),)


@pytest.mark.parametrize(
    ("text", "bar_minutes", "window"),
    [
        ("-2h:6h", 60, (-2, 6)),
        ("-2h:6h", 10, (-12, 36)),
        ("-2h:6h", 1, (-120, 360)),
        ("-30m:90m", 10, (-3, 9)),
        ("-30m:2h", 30, (-1, 4)),
        ("-4h:8h", 240, (-1, 2)),
        ("0:6h", 60, (0, 6)),
        ("-2h:0", 60, (-2, 0)),
        ("-5:10", 60, (-5, 10)),
    ],
)
def test_hours_become_numbers_of_bars(text, bar_minutes, window):
    assert read_window("window", text, bar_minutes) == window


@pytest.mark.parametrize(
    ("text", "bar_minutes", "message"),
    [
        ("-2h:6h", 0, "hours need a series of bars, and this one has one number a day"),
        ("-30m:90m", 60, "is no whole number of bars of 1 hour; give a multiple of 60m"),
        ("-2h:6h", 240, "is no whole number of bars of 4 hours; give a multiple of 240m"),
        ("-25m:60m", 10, "is no whole number of bars of 10 minutes; give a multiple of 10m"),
        ("-2h:6", 60, "one end counts time, the other observations; give both alike"),
        ("-9999:0", 60, "reaches more than 1,440 observations; shorten it"),
        ("0:25h", 1, "reaches more than 1,440 observations; shorten it"),
    ],
)
def test_a_window_that_does_not_fit_the_series_is_refused(text, bar_minutes, message):
    with pytest.raises(InputError, match=f"^window {text}: {message}"):
        read_window("window", text, bar_minutes)


def test_a_length_is_observations_or_a_time_on_bars():
    assert read_length("estimation", "120") == read_length("estimation", 120) == 120
    assert read_length("estimation", "120h", 60) == 120
    assert read_length("estimation", "2h", 10) == 12
    assert read_length("gap", "90m", 30) == 3


@pytest.mark.parametrize(
    ("text", "bar_minutes", "message"),
    [
        ("ten", 60, "is no number of observations"),
        ("1.5h", 60, "is no number of observations"),
        ("10h", 0, "hours need a series of bars"),
        ("90m", 60, "is no whole number of bars"),
        ("999999", 60, "is more than 100,000 observations"),
        ("2000h", 1, "is more than 100,000 observations"),
    ],
)
def test_any_other_length_is_refused(text, bar_minutes, message):
    with pytest.raises(InputError, match=f"^gap {text}: {message}"):
        read_length("gap", text, bar_minutes)


@pytest.mark.parametrize(
    ("bars", "bar_minutes", "expected"),
    [(1, 60, "1 hour"), (-2, 60, "2 hours"), (9, 10, "90 minutes"), (6, 10, "1 hour"),
     (1, 1, "1 minute"), (0, 60, "0 hours")],
)  # fmt: skip
def test_a_number_of_bars_is_told_as_a_time(bars, bar_minutes, expected):
    assert duration_text(bars, bar_minutes) == expected
