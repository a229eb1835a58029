"""When a rate last was as high, or as low, as some level."""

from datetime import date

import pytest

from dashboard.eventstudy.levels import first_observation, last_reached
from dashboard.models.moves import Observation
from tests.made_series import made_series

NAN = float("nan")
SERIES = made_series([NAN, 100.0, 120.0, NAN, 90.0, 110.0])  # from 2024-01-01 on
SIXTH = date(2024, 1, 6)


@pytest.mark.parametrize(
    ("level", "from_above", "day", "rate"),
    [
        (105, True, date(2024, 1, 3), 120.0),
        (120, True, date(2024, 1, 3), 120.0),
        (95, False, date(2024, 1, 5), 90.0),
        (100, False, date(2024, 1, 5), 90.0),
        (80, True, date(2024, 1, 5), 90.0),
    ],
)
def test_it_is_the_last_day_before_at_the_level_or_beyond(level, from_above, day, rate):
    assert last_reached(SERIES, SIXTH, level, from_above=from_above) == Observation(day, rate)


def test_the_day_itself_is_not_looked_at_and_a_level_may_never_be_reached():
    assert last_reached(SERIES, date(2024, 1, 3), 120, from_above=True) is None
    assert last_reached(SERIES, SIXTH, 200, from_above=True) is None


def test_the_first_rate_is_the_first_that_is_there():
    assert first_observation(SERIES) == Observation(date(2024, 1, 2), 100.0)
    assert first_observation(made_series([NAN])) is None
