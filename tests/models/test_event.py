"""What an event is: when it starts, how long it lasts, and what it cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dashboard.models.event import Event
from tests.made_series import event_on


@pytest.mark.parametrize(
    ("day", "start"),
    [
        ("2025-04-20", datetime(2025, 4, 19, 21, tzinfo=UTC)),  # Moscow is UTC+3 …
        ("2014-07-17", datetime(2014, 7, 16, 20, tzinfo=UTC)),  # … and was UTC+4 to 2014-10-26
        ("2014-10-26", datetime(2014, 10, 25, 20, tzinfo=UTC)),
        ("2014-10-27", datetime(2014, 10, 26, 21, tzinfo=UTC)),
    ],
)
def test_a_day_without_an_hour_starts_at_midnight_in_moscow(day, start):
    assert event_on(day).starts_at == start


def test_a_moment_is_the_start():
    event = event_on("2022-02-24", at="2022-02-24T02:45")
    assert event.starts_at == datetime(2022, 2, 24, 2, 45, tzinfo=UTC)


def test_a_moment_needs_a_zone():
    with pytest.raises(ValueError, match="event x: the moment has no time zone"):
        Event(id="x", day=date(2024, 1, 1), title="X", moment=datetime(2024, 1, 1))  # noqa: DTZ001 - the fault


def test_a_range_does_not_end_before_it_starts():
    with pytest.raises(ValueError, match="event x: the end 2023-12-31 is before"):
        event_on("2024-01-01", "x", end_day=date(2023, 12, 31))


@pytest.mark.parametrize(
    ("end", "is_range"),
    [(None, False), (date(2024, 1, 1), False), (date(2024, 1, 2), True)],
)
def test_a_range_lasts_longer_than_its_first_day(end, is_range):
    assert event_on("2024-01-01", end_day=end).is_range is is_range
