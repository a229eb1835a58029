"""The window of days: from the link, within the data, with a notice where it was cut."""

from datetime import date

import numpy as np
import pytest

from dashboard.models.event import Event
from dashboard.ui.components.view_controls import (
    WindowLimits,
    clamp_window,
    compute_limits,
    find_preset,
    resolve_window,
)
from tests.made_series import made_series

BOUNDS = WindowLimits(
    first=date(2013, 1, 9), last=date(2026, 9, 1), last_allowed=date(2026, 11, 23)
)


def test_nothing_asked_shows_two_years():
    shown = resolve_window(None, None, BOUNDS)
    assert (shown.since, shown.until) == (date(2024, 9, 1), date(2026, 9, 1))
    assert shown.notice == ""


def test_a_start_before_the_data_is_cut_and_told():
    shown = resolve_window(date(2001, 1, 1), None, BOUNDS)
    assert shown.since == date(2013, 1, 9)
    assert shown.notice == "Rates start on 9 Jan 2013; showing from there."


def test_an_end_after_everything_known_is_cut_and_told():
    shown = resolve_window(None, date(2030, 1, 1), BOUNDS)
    assert shown.until == date(2026, 11, 23)
    assert "Nothing is known after 23 Nov 2026" in shown.notice


def test_an_end_alone_is_given_two_years_before_it():
    shown = resolve_window(None, date(2018, 6, 30), BOUNDS)
    assert (shown.since, shown.until) == (date(2016, 6, 30), date(2018, 6, 30))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (date(2025, 1, 1), date(2024, 1, 1)),
        (date(2025, 1, 1), date(2025, 1, 1)),
        (date(1990, 1, 1), date(2000, 1, 1)),
        (date(2030, 1, 1), None),
    ],
)
def test_an_impossible_window_opens_the_default_one(since, until):
    shown = resolve_window(since, until, BOUNDS)
    assert shown.is_empty
    assert (shown.since, shown.until) == (date(2024, 9, 1), date(2026, 9, 1))


@pytest.mark.parametrize("name", ["3M", "6M", "YTD", "1Y", "2Y", "5Y", "All"])
def test_a_preset_knows_itself_again(name):
    shown = resolve_window(*BOUNDS.preset(name), BOUNDS)
    assert find_preset(shown, BOUNDS) == name


def test_the_two_year_preset_is_the_empty_link():
    assert BOUNDS.preset("2Y") == (None, None)


def test_the_year_to_date_begins_on_its_first_day():
    assert BOUNDS.preset("YTD") == (date(2026, 1, 1), None)


def test_a_drawn_window_goes_into_the_link():
    # the last rate is of 1 September 2026, which the link leaves out
    assert clamp_window(date(2025, 4, 1), date(2025, 6, 1), BOUNDS) == (
        date(2025, 4, 1),
        date(2025, 6, 1),
    )
    assert clamp_window(date(2025, 4, 1), date(2026, 9, 1), BOUNDS) == (date(2025, 4, 1), None)
    assert clamp_window(date(2024, 9, 1), date(2026, 9, 1), BOUNDS) == (None, None)


def test_a_drawn_window_is_at_least_a_week_long():
    # a day and a half is short of seven days by six: three on either side
    assert clamp_window(date(2025, 4, 20), date(2025, 4, 21), BOUNDS) == (
        date(2025, 4, 17),
        date(2025, 4, 24),
    )


def test_a_drawn_window_is_cut_at_the_ends_of_the_data():
    assert clamp_window(date(2010, 1, 1), date(2030, 1, 1), BOUNDS) == (
        date(2013, 1, 9),
        date(2026, 11, 23),
    )
    assert clamp_window(date(2010, 1, 1), date(2011, 1, 1), BOUNDS) == (
        date(2013, 1, 9),
        date(2013, 1, 16),
    )


def test_the_limits_reach_to_today_and_to_the_last_event():
    series = made_series([1.0, np.nan, 2.0, np.nan])  # 1 to 4 January 2024
    none = compute_limits(series, (), date(2024, 1, 9))
    assert (none.first, none.last) == (date(2024, 1, 1), date(2024, 1, 3))
    assert none.last_allowed == date(2024, 1, 9)
    later = Event(id="e", day=date(2024, 2, 1), title="t")
    assert compute_limits(series, (later,), date(2024, 1, 9)).last_allowed == date(2024, 2, 1)
