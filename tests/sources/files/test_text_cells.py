"""Cells read as days and moments: rightly, or refused with the reason."""

from datetime import UTC, date, datetime

import pytest

from dashboard.sources.files.text import normalize_line, normalize_text, parse_day, parse_moment


@pytest.mark.parametrize(
    "cell",
    [
        "2024-12-31",
        "20241231",
        "2024/12/31",
        "2024.12.31",
        "31.12.2024",
        "31/12/2024",
        "12/31/2024",
        "31-12-2024",
        "2024-12-31T00:00:00",
        "2024-12-31 00:00",
    ],
)
def test_forms_that_can_mean_one_day_only_are_read(cell):
    assert parse_day(cell) == date(2024, 12, 31)


def test_the_dotted_form_puts_the_day_first():
    assert parse_day("03.04.2024") == date(2024, 4, 3)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("03/04/2024", "can be 2024-04-03 or 2024-03-04; write which"),
        ("2024-02-30", "does not exist"),
        ("2023-02-29", "does not exist"),
        ("20241331", "does not exist"),
        ("13/14/2024", "does not exist"),
        ("45296", "Excel's number for 2024-01-05"),
        ("45296.5", "Excel's number for 2024-01-05"),
        ("1704412800", "Unix time"),
        ("1704412800000", "Unix time"),
        ("2024-01-05 10:30", "time of day"),
        ("0024-01-05", "between 1900 and 2100"),
        ("2204-01-05", "between 1900 and 2100"),
        ("31.12.24", "is not a date"),
        ("2024-01", "is not a date"),
        ("NaT", "is not a date"),
        ("today", "is not a date"),
        ("٢٠٢٤-٠١-٠٥", "is not a date"),
        ("２０２４-01-05", "is not a date"),
        ("", "is empty"),
    ],
)
def test_any_other_day_is_refused_with_the_reason(cell, reason):
    with pytest.raises(ValueError, match=reason):
        parse_day(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-05T10:30:00Z",
        "2024-01-05T10:30Z",
        "2024-01-05 10:30 UTC",
        "2024-01-05T10:30:00",
        "2024-01-05T13:30:00+03:00",
        "2024-01-05T05:30:00-0500",
        "10:30",
        "10:30:00",
        "10:30Z",
    ],
)
def test_a_moment_is_read_in_utc(cell):
    assert parse_moment(cell, date(2024, 1, 5)) == datetime(2024, 1, 5, 10, 30, tzinfo=UTC)


def test_microseconds_are_kept():
    cell = "2024-01-05T10:30:00.000125Z"
    assert parse_moment(cell, date(2024, 1, 5)).microsecond == 125


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("25:00", "does not exist"),
        ("2024-02-30T10:00Z", "does not exist"),
        ("2024-01-05T10:30+99:00", "does not exist"),
        ("0001-01-01T00:00+03:00", "does not exist"),
        ("noon", "is no UTC time"),
        ("1030", "is no UTC time"),
        ("10.30", "is no UTC time"),
        ("2024-01-05", "is no UTC time"),
        ("05.01.2024 10:30", "is no UTC time"),
    ],
)
def test_any_other_moment_is_refused(cell, reason):
    with pytest.raises(ValueError, match=reason):
        parse_moment(cell, date(2024, 1, 5))


def test_text_loses_controls_and_is_composed():
    assert normalize_line(" a\tb\r\nc\x00d\u0000 e\u0301 ") == "a b cd \u00e9"
    assert normalize_text("a\r\nb\rc\td\x07\n") == "a\nb\nc d"
