"""One glossary: signs, dates and phrases are the same wherever they are printed."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.models.event import Event, Hour
from dashboard.presentation import formatting


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.25, "+1.25"), (-1.25, "−1.25"), (0.0, "0.00"), (-0.001, "0.00"), (math.nan, "–")],
)
def test_a_sign_is_a_true_minus_and_zero_has_none(value, shown):
    assert formatting.format_signed(value) == shown


def test_days_are_written_in_one_way():
    assert formatting.format_day(date(2022, 2, 24)) == "24 Feb 2022"
    assert formatting.format_weekday(date(2024, 3, 13)) == "Wed 13 Mar 2024"
    assert formatting.format_short_day(date(2024, 3, 12), date(2024, 3, 13)) == "12 Mar"
    assert formatting.format_short_day(date(2023, 12, 29), date(2024, 1, 9)) == "29 Dec 2023"


def test_a_range_does_not_repeat_itself():
    assert formatting.format_day_range(date(2024, 3, 13), date(2024, 3, 20)) == "13–20 Mar 2024"
    assert formatting.format_day_range(date(2024, 3, 30), date(2024, 4, 2)) == "30 Mar – 2 Apr 2024"
    assert (
        formatting.format_day_range(date(2023, 12, 30), date(2024, 1, 2))
        == "30 Dec 2023 – 2 Jan 2024"
    )
    assert formatting.format_day_range(date(2024, 3, 13), None) == "13 Mar 2024"


def test_a_moment_is_moscow_time_with_utc_beside_it():
    text = datetime(2022, 2, 24, 2, 45, tzinfo=UTC)
    assert formatting.format_moment(text) == "24 Feb 2022 05:45 MSK (02:45 UTC)"


def test_moscow_was_four_hours_ahead_before_26_october_2014():
    text = datetime(2014, 10, 25, 12, 0, tzinfo=UTC)
    assert formatting.format_moment(text).startswith("25 Oct 2014 16:00 MSK")


def test_utc_keeps_its_own_day_where_it_differs():
    text = datetime(2024, 3, 12, 22, 30, tzinfo=UTC)
    assert formatting.format_moment(text) == "13 Mar 2024 01:30 MSK (12 Mar 2024 22:30 UTC)"


def test_an_unknown_hour_is_said_and_not_midnight():
    event = Event(id="e", day=date(2024, 3, 13), title="t")
    assert formatting.format_event_time(event) == "Wed 13 Mar 2024, time not known"


def test_a_first_report_and_a_scheduled_hour_are_named_as_such():
    same = Hour(datetime(2024, 3, 13, 9, 15, tzinfo=UTC), "published")
    next_day = Hour(datetime(2024, 3, 13, 22, 15, tzinfo=UTC), "published")
    event = Event(id="e", day=date(2024, 3, 13), title="t", hours=(same,))
    assert (
        formatting.format_event_time(event)
        == "Wed 13 Mar 2024, first reported 12:15 MSK (09:15 UTC)"
    )
    assert formatting.format_event_time(replace(event, hours=(next_day,))) == (
        "Wed 13 Mar 2024, first reported 14 Mar 2024 01:15 MSK (13 Mar 2024 22:15 UTC)"
    )
    planned = replace(event, hours=(Hour(same.at, "scheduled"),), moment=same.at)
    assert (
        formatting.format_event_time(planned) == "scheduled for 13 Mar 2024 12:15 MSK (09:15 UTC)"
    )


def test_what_happened_and_what_will():
    today = date(2026, 11, 23)
    assert formatting.format_age(date(2026, 11, 23), today) == "today"
    assert formatting.format_age(date(2026, 11, 22), today) == "yesterday"
    assert formatting.format_age(date(2026, 9, 1), today) == "83 days ago"
    assert formatting.format_age(date(2026, 11, 26), today) == "in 3 days"


@pytest.mark.parametrize(
    ("p", "shown"),
    [(0.18, "0.18"), (0.031, "0.031"), (0.0004, "<\u202f0.001"), (math.nan, "–")],
)
def test_p_values(p, shown):
    assert formatting.format_p(p) == shown


def test_offsets_and_windows_have_a_true_minus():
    assert [formatting.format_offset(k) for k in (-5, 0, 3)] == ["−5", "0", "3"]
    assert formatting.format_window((-1, 1)) == "[−1,1]"


def test_iso_days_in_a_text_are_written_out():
    text = "before the data, which begin on 2022-03-01"
    assert formatting.format_iso_days(text) == "before the data, which begin on 1 Mar 2022"
