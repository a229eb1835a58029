"""How a moment of frozen knowledge is written and read."""

from datetime import UTC, datetime

import pytest

from dashboard.models.errors import InputError
from dashboard.models.series import as_of_text, read_as_of


def test_a_day_is_its_end_in_moscow():
    # Moscow is three hours before UTC in 2026, so that its day ends at 21:00 UTC.
    moment = read_as_of("asof", "2026-11-20")
    assert moment == datetime(2026, 11, 20, 20, 59, 59, 999_999, tzinfo=UTC)
    # In the summer of 2014 it was four hours.
    assert read_as_of("asof", "2014-07-01").hour == 19


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T09:00Z", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T12:00" + "+03:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T09:00:07Z", datetime(2026, 11, 20, 9, 0, 7, tzinfo=UTC)),
    ],
)
def test_a_moment_has_a_zone(text, moment):
    assert read_as_of("asof", text) == moment


@pytest.mark.parametrize("text", ["2026-11-20", "2026-11-20T09:00Z", "2026-11-20T09:00:07Z"])
def test_a_moment_is_written_as_it_was_read(text):
    assert as_of_text(read_as_of("asof", text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "today", "2026-11-20T09:00", "2026-13-01", "2026-11-20T25:00Z", "20261120", "9" * 99],
)
def test_what_is_no_moment_is_refused_in_one_line(text):
    with pytest.raises(InputError, match=r"asof.*: is no moment; write it like 2026-11-20 or"):
        read_as_of("asof", text)


def test_a_moment_before_the_data_is_refused():
    with pytest.raises(InputError, match="lies before 2014-01-01, when the data begin"):
        read_as_of("asof", "2013-12-30")
