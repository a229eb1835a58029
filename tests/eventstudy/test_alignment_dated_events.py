"""Dates of many events read at once, and the crowds around them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from dashboard.eventstudy.alignment import DatedEvents, find_nearby_events, to_day_array
from dashboard.models.event import Event


def test_every_day_of_a_century_starts_when_the_clock_of_moscow_says_so():
    days = [date(1935, 1, 1) + timedelta(days=k) for k in range(36_525)]
    events = [Event(str(k), day, "x") for k, day in enumerate(days)]
    expected = [event.starts_at.replace(tzinfo=None) for event in events]
    np.testing.assert_array_equal(
        DatedEvents.of(events).times.first, np.array(expected, "datetime64[s]")
    )
    np.testing.assert_array_equal(to_day_array(days), np.array(days, "datetime64[D]"))


def test_a_known_hour_counts_and_no_events_are_no_dates():
    timed = Event("a", date(2025, 4, 21), "x", moment=datetime(2025, 4, 20, 22, 5, tzinfo=UTC))
    result = DatedEvents.of([timed, Event("b", date(2025, 4, 21), "x")])
    expected = np.array(["2025-04-20T22:05:00", "2025-04-20T21:00:00"], "datetime64[s]")
    np.testing.assert_array_equal(result.times.first, expected)
    assert [event.id for event in result.sorted_by_date().events] == ["b", "a"]
    assert len(DatedEvents.of([]).sorted_by_date().times.first) == 0


def test_events_of_one_moment_are_in_the_order_of_their_ids():
    events = [Event(name, date(2025, 4, 21), "x") for name in ("c", "a", "b")]
    assert [event.id for event in DatedEvents.of(events).sorted_by_date().events] == ["a", "b", "c"]


def test_a_crowd_holds_the_others_by_row_with_and_without_a_range():
    rows, ids = np.array([10, 11, 14]), ("a", "b", "c")
    crowds = find_nearby_events(rows, ids, (rows, rows, ids), (-1, 3))
    assert crowds == (("b",), ("a", "c"), ())
    assert crowds[-1] == ()
    assert crowds[:2] == (("b",), ("a", "c"))
    lasting = find_nearby_events(rows, ids, (rows, np.array([13, 11, 14]), ids), (-1, 3))
    assert lasting == (("b",), ("a", "c"), ("a",))
    assert crowds != lasting


def test_a_range_that_began_long_before_is_in_the_crowd_until_it_ends():
    known = (np.array([2, 9]), np.array([8, 9]), ("long", "own"))
    assert find_nearby_events(np.array([9]), ("own",), known, (0, 1)) == ((),)
    assert find_nearby_events(np.array([9]), ("own",), known, (-1, 1)) == (("long",),)
