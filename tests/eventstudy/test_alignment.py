"""Which observation is the first that can contain an event; every date is from a calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.eventstudy.alignment import (
    AFTER_DATA,
    BEFORE_DATA,
    EventTimes,
    align_events,
    align_times,
)
from dashboard.models.event import Hour, moment_from_hours
from dashboard.models.publication import BANK_OF_RUSSIA, ECB, END_OF_DAY, LONDON_CLOSE
from tests.made_series import event_on, made_series

# Records (first day in force) of a week in March 2024 and of the next Monday's fixing:
# Tue 12, Wed 13, Thu 14, Fri 15, Sat 16 and Tue 19; their market days are Mon 11 … Fri 15, Mon 18.
WEEK = ["2024-03-12", "2024-03-13", "2024-03-14", "2024-03-15", "2024-03-16", "2024-03-19"]
# The Bank of Russia set rates on the working Saturday 2024-12-28 and then not until 2025-01-09.
NEW_YEAR = ["2024-12-27", "2024-12-28", "2024-12-29", "2025-01-10", "2025-01-11"]


def bank(records):
    return made_series(90 + np.arange(len(records)), records, rule=BANK_OF_RUSSIA)


def where(series, event):
    """Market day, printed date, shift, partial and far of the event's observation."""
    result = align_events(series, [event])
    row = int(result.row[0])
    return (
        str(series.day[row]),
        str(series.record[row]),
        int(result.shift_days[0]),
        bool(result.partial[0]),
        bool(result.far[0]),
    )


# ------------------------------------------------------------------ days without an hour


def test_a_friday_event_is_in_the_record_dated_saturday():
    result = where(bank(WEEK), event_on("2024-03-15"))
    assert result == ("2024-03-15", "2024-03-16", 0, False, False)


@pytest.mark.parametrize(("day", "shift"), [("2024-03-16", 2), ("2024-03-17", 1)])
def test_a_weekend_event_is_first_in_mondays_fixing(day, shift):
    assert where(bank(WEEK), event_on(day)) == ("2024-03-18", "2024-03-19", shift, False, False)


def test_an_event_on_a_working_saturday_is_in_the_record_dated_sunday():
    result = where(bank(NEW_YEAR), event_on("2024-12-28"))
    assert result == ("2024-12-28", "2024-12-29", 0, False, False)


def test_an_event_in_the_new_year_gap_waits_six_days_and_is_flagged():
    result = where(bank(NEW_YEAR), event_on("2025-01-03"))
    assert result == ("2025-01-09", "2025-01-10", 6, False, True)


def test_five_days_are_not_far():
    result = where(bank(NEW_YEAR), event_on("2025-01-04"))
    assert result == ("2025-01-09", "2025-01-10", 5, False, False)


def test_an_event_on_new_years_eve_that_fell_after_the_last_fixing_is_in_januarys():
    result = where(bank(NEW_YEAR), event_on("2024-12-31"))
    assert result == ("2025-01-09", "2025-01-10", 9, False, True)


# ------------------------------------------------------------------ moments


@pytest.mark.parametrize(
    ("at", "day", "partial"),
    [
        ("2024-03-13T20:00", "2024-03-14", False),  # the evening before, Moscow 23:00
        ("2024-03-14T06:59:59", "2024-03-14", False),  # a second before trading opens
        ("2024-03-14T07:00:00", "2024-03-14", False),  # 10:00 Moscow, nothing traded yet
        ("2024-03-14T07:00:01", "2024-03-14", True),  # some deals were made before it
        ("2024-03-14T12:29:59", "2024-03-14", True),  # a second before 15:30 Moscow
        ("2024-03-14T12:30:00", "2024-03-15", False),  # at 15:30 the number is done
        ("2024-03-14T12:30:01", "2024-03-15", False),
        ("2024-03-15T12:30:00", "2024-03-18", False),  # Friday afternoon: Monday's fixing
    ],
)
def test_a_moment_counts_against_the_averaging_window(at, day, partial):
    result = where(bank(WEEK), event_on(at[:10], at=at))
    assert (result[0], result[3]) == (day, partial)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        # To 11:30 Moscow (08:30 UTC) until Friday 2022-03-11 …
        ("2022-03-10T08:29", "2022-03-10"),
        ("2022-03-10T08:30", "2022-03-11"),
        ("2022-03-11T08:30", "2022-03-14"),
        # … to 16:30 (13:30 UTC) from Monday 2022-03-14 …
        ("2022-03-14T13:29", "2022-03-14"),
        ("2022-03-14T13:30", "2022-03-15"),
        # … and to 15:30 (12:30 UTC) from Monday 2022-04-25.
        ("2022-04-22T13:29", "2022-04-22"),
        ("2022-04-22T13:30", "2022-04-25"),
        ("2022-04-25T12:29", "2022-04-25"),
        ("2022-04-25T12:30", "2022-04-26"),
    ],
)
def test_the_averaging_window_is_the_one_in_force_on_that_day(at, day):
    march = ["2022-03-10", "2022-03-11", "2022-03-12", "2022-03-15", "2022-03-16"]
    april = ["2022-04-23", "2022-04-26", "2022-04-27"]
    series = bank([*march, *april])
    assert where(series, event_on(at[:10], at=at))[0] == day


@pytest.mark.parametrize(
    ("at", "day"),
    [
        # Moscow was UTC+4 until 2014-10-26, so that 11:30 was 07:30 UTC …
        ("2014-10-24T07:29", "2014-10-24"),
        ("2014-10-24T07:30", "2014-10-27"),
        # … and has been UTC+3 since: 11:30 is 08:30 UTC.
        ("2014-10-27T07:30", "2014-10-27"),
        ("2014-10-27T08:29", "2014-10-27"),
        ("2014-10-27T08:30", "2014-10-28"),
    ],
)
def test_moscows_change_of_clocks_in_2014_moves_the_fixing(at, day):
    series = bank(["2014-10-24", "2014-10-25", "2014-10-28", "2014-10-29"])
    assert where(series, event_on(at[:10], at=at))[0] == day


def test_a_day_without_an_hour_starts_at_midnight_in_moscow_also_in_2014():
    # 2014-10-25 20:00 UTC is 00:00 of the 26th at UTC+4; at UTC+3 it would be 23:00 of the 25th.
    known_at = np.array(["2014-10-24T20:00", "2014-10-25T20:00"], dtype="datetime64[s]")
    day = np.array(["2014-10-25", "2014-10-26"], dtype="datetime64[D]")
    event = event_on("2014-10-26")
    start = np.array([event.starts_at.replace(tzinfo=None)], dtype="datetime64[s]")
    no = np.array([False])
    result = align_times((day, known_at, known_at), EventTimes(day[1:], start, start, no, no))
    assert result.row.tolist() == [1]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2021-03-26T13:14:59", "2021-03-26"),  # winter: 14:15 Frankfurt is 13:15 UTC
        ("2021-03-26T13:15:00", "2021-03-29"),
        ("2021-03-29T12:14:59", "2021-03-29"),  # summer: 12:15 UTC
        ("2021-03-29T12:15:00", "2021-03-30"),
    ],
)
def test_the_ecb_snapshot_follows_summer_time_and_is_never_partial(at, day):
    series = made_series([1, 2, 3, 4], ["2021-03-25", "2021-03-26", "2021-03-29", "2021-03-30"],
                         rule=ECB)  # fmt: skip
    result = where(series, event_on(at[:10], at=at))
    assert (result[0], result[3]) == (day, False)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2021-03-26T16:29", "2021-03-26"),  # winter: 16:30 London is 16:30 UTC
        ("2021-03-26T16:30", "2021-03-29"),
        ("2021-03-29T15:29", "2021-03-29"),  # summer: 15:30 UTC
        ("2021-03-29T15:30", "2021-03-30"),
    ],
)
def test_brent_is_known_at_the_london_close(at, day):
    series = made_series([1, 2, 3, 4], ["2021-03-25", "2021-03-26", "2021-03-29", "2021-03-30"],
                         rule=LONDON_CLOSE)  # fmt: skip
    assert where(series, event_on(at[:10], at=at))[0] == day


@pytest.mark.parametrize(
    ("at", "day"), [("2024-01-02T20:58", "2024-01-02"), ("2024-01-02T20:59", "2024-01-03")]
)
def test_a_files_rates_are_known_at_the_end_of_their_day_in_moscow(at, day):
    series = made_series([1, 2, 3], rule=END_OF_DAY)
    assert where(series, event_on(at[:10], at=at))[0] == day


# ------------------------------------------------------------------ outside the data


@pytest.mark.parametrize(
    ("event", "row"),
    [
        (event_on("2024-03-10"), BEFORE_DATA),
        (event_on("2024-03-11"), BEFORE_DATA),  # in the first observation: there is no base
        (event_on("2024-03-11", at="2024-03-11T12:29"), BEFORE_DATA),
        (event_on("2024-03-11", at="2024-03-11T12:30"), 1),
        (event_on("2024-03-12"), 1),
        (event_on("2024-03-18"), 5),
        (event_on("2024-03-18", at="2024-03-18T12:29"), 5),
        (event_on("2024-03-18", at="2024-03-18T12:30"), AFTER_DATA),
        (event_on("2024-03-19"), AFTER_DATA),
    ],
    ids=lambda value: value if isinstance(value, int) else str(value.starts_at),
)
def test_events_outside_the_data_say_on_which_side(event, row):
    result = align_events(bank(WEEK), [event])
    assert result.row.tolist() == [row]
    assert result.inside.tolist() == [row >= 1]
    if row < 1:
        assert (result.shift_days.tolist(), result.partial.tolist()) == ([0], [False])
        assert result.far.tolist() == [False]


def test_an_empty_series_has_every_event_after_it():
    result = align_events(made_series([]), [event_on("2024-01-01"), event_on("2024-01-02")])
    assert result.row.tolist() == [AFTER_DATA, AFTER_DATA]
    assert result.inside.tolist() == [False, False]


def test_no_events_give_no_rows():
    assert len(align_events(bank(WEEK), []).row) == 0


# ------------------------------------------------------------------ many at once


def slow_row(observations, event):
    """DESIGN section 5 read aloud, one event and one observation at a time."""
    for row, (_, _, known_at) in enumerate(observations):
        contains = known_at > event.moment if event.moment else known_at >= event.starts_at
        if contains:
            return row if row else BEFORE_DATA
    return AFTER_DATA


days = st.dates(date(2014, 10, 1), date(2014, 11, 30))
times = st.none() | st.datetimes(datetime(2014, 10, 1), datetime(2014, 11, 30))  # noqa: DTZ001 - made UTC below


@given(
    records=st.lists(days, min_size=1, max_size=20, unique=True),
    drawn=st.lists(st.tuples(days, times), max_size=20),
)
def test_all_events_at_once_are_aligned_as_one_by_one(records, drawn):
    series = made_series(np.ones(len(records)), sorted(records), rule=BANK_OF_RUSSIA)
    observations = [
        tuple(value.astype(object) for value in row)
        for row in zip(series.day, series.opens, series.known_at, strict=True)
    ]
    observations = [
        (day, opens.replace(tzinfo=UTC), known_at.replace(tzinfo=UTC))
        for day, opens, known_at in observations
    ]
    events = [
        event_on(str(day), f"e{k}")
        if moment is None
        else event_on(str(moment.date()), f"e{k}", at=moment.isoformat(timespec="seconds"))
        for k, (day, moment) in enumerate(drawn)
    ]
    result = align_events(series, events)
    for k, event in enumerate(events):
        row = slow_row(observations, event)
        assert result.row[k] == row
        if row >= 1:
            day, opens, _ = observations[row]
            assert timedelta(days=int(result.shift_days[k])) == day - event.day
            assert result.partial[k] == (event.moment is not None and event.moment > opens)


# ------------------------------------------------------------------ bounds of an hour


def bounded(day, *hours):
    """An event whose hours are `kind` and HH:MM UTC of a day each."""
    result = tuple(
        Hour(datetime.fromisoformat(f"{on}T{clock}:00+00:00"), kind) for kind, on, clock in hours
    )
    return replace(event_on(day), hours=result, moment=moment_from_hours(result))


@pytest.mark.parametrize(
    ("hours", "row", "latest"),
    [
        # Moscow is UTC+3; the fixing of 13 March is known at 15:30, which is 12:30 UTC.
        ((("published", "2024-03-13", "12:29"),), 2, 2),
        ((("published", "2024-03-13", "12:30"),), 2, 3),
        ((("published", "2024-03-13", "18:00"),), 2, 3),
        ((("published", "2024-03-14", "18:00"),), 2, 4),
        ((("scheduled", "2024-03-13", "13:00"),), 3, 3),
        ((("scheduled", "2024-03-13", "13:00"), ("published", "2024-03-13", "18:00")), 3, 3),
        ((("scheduled", "2024-03-13", "12:00"), ("published", "2024-03-13", "18:00")), 2, 3),
        ((("statement", "2024-03-13", "13:00"), ("published", "2024-03-14", "18:00")), 3, 3),
        # 01:00 of 13 March in Moscow, the evening of the day before elsewhere.
        ((("statement", "2024-03-12", "22:00"),), 2, 2),
        ((), 2, 3),
    ],
)
def test_an_event_lies_between_the_earliest_and_the_latest_hour_it_can_have_been(
    hours, row, latest
):
    result = align_events(bank(WEEK), [bounded("2024-03-13", *hours)])
    assert (result.row.tolist(), result.latest.tolist()) == ([row], [latest])
    assert result.settled.tolist() == [row == latest]


def test_every_hour_of_a_sunday_has_the_same_first_rate():
    for hours in ((), (("published", "2024-03-17", "12:09"),)):
        result = align_events(bank(WEEK), [bounded("2024-03-17", *hours)])
        assert (result.row.tolist(), result.settled.tolist()) == ([5], [True])


def test_a_report_after_the_data_leaves_it_open():
    result = align_events(bank(WEEK), [bounded("2024-03-18", ("published", "2024-03-18", "18:00"))])
    assert (result.row.tolist(), result.latest.tolist()) == ([5], [6])
    assert result.settled.tolist() == [False]


def test_only_a_known_moment_is_partly_in_a_fixing():
    at_noon = ("2024-03-13", "09:00")  # noon in Moscow, while deals are averaged
    events = [
        bounded("2024-03-13", (kind, *at_noon)) for kind in ("statement", "scheduled", "published")
    ]
    assert align_events(bank(WEEK), events).partial.tolist() == [True, True, False]
