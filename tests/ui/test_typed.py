"""What is typed in a shell: days, moments, and the fields of a note."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dashboard.cli.options import fill_draft, read_day, read_moment
from dashboard.models.errors import InputError
from dashboard.models.event import Draft

DAY = date(2024, 7, 1)


def test_a_day_is_iso():
    assert read_day("DATE", "2025-04-21") == date(2025, 4, 21)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-02-29", "DATE 2025-02-29: is a date that does not exist"),
        ("0000-01-01", "is a date that does not exist"),
        ("2025-4-21", "is no date; write it like 2025-04-21"),
        ("20250421", "is no date"),
        ("2025-W17-1", "is no date"),
        ("", "is no date"),
    ],
)
def test_anything_else_is_no_day(text, said):
    with pytest.raises(InputError, match=said):
        read_day("DATE", text)


@pytest.mark.parametrize(
    ("clock", "zone", "moment"),
    [
        ("15:30", "Europe/Moscow", datetime(2024, 7, 1, 12, 30, tzinfo=UTC)),
        ("9:05", "UTC", datetime(2024, 7, 1, 9, 5, tzinfo=UTC)),
        ("00:00", "America/New_York", datetime(2024, 7, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_time_is_that_of_its_zone(clock, zone, moment):
    assert read_moment(DAY, clock, zone) == moment


@pytest.mark.parametrize("clock", ["24:00", "9.30", "9", "9:5", "09:30:00", "noon"])
def test_anything_else_is_no_time(clock):
    with pytest.raises(InputError, match="is no time; write it like 18:05"):
        read_moment(DAY, clock, "UTC")


@pytest.mark.parametrize("zone", ["Mars", "", "../../etc/passwd", "\0"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(InputError, match="is no time zone; write it like Europe/Moscow"):
        read_moment(DAY, "9:00", zone)


NOTE = Draft("Old", DAY, end_day=date(2024, 7, 3), text="kept", tags=("a",))


def test_only_what_was_typed_is_changed():
    result = fill_draft(NOTE, {"title": "New", "text": None, "tags": None})
    assert result == Draft("New", DAY, end_day=date(2024, 7, 3), text="kept", tags=("a",))


def test_an_empty_word_was_typed():
    assert fill_draft(NOTE, {"text": ""}).text == ""


def test_none_takes_a_time_and_an_end_away():
    timed = fill_draft(NOTE, {"time": "10:00", "end": None})
    assert timed.moment == datetime(2024, 7, 1, 7, tzinfo=UTC)
    result = fill_draft(timed, {"time": "none", "end": "none"})
    assert (result.moment, result.end_day) == (None, None)


def test_a_time_is_that_of_the_day_and_zone_typed_with_it():
    result = fill_draft(NOTE, {"time": "10:00", "day": "2024-08-01", "zone": "UTC"})
    assert result.moment == datetime(2024, 8, 1, 10, tzinfo=UTC)
