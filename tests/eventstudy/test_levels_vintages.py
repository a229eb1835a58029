"""A series cut at a moment, and the rows in which a later one differs."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.eventstudy.levels import compare_vintages, restrict_to_known
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.models.series import RevisedObservation
from tests.made_series import made_series

DAYS = ["2025-04-18", "2025-04-19", "2025-04-22", "2025-04-23"]
RATES = [82.02, 81.1371, 80.7597, 81.5]


def fixings(rates=RATES, days=DAYS):
    return made_series(rates, days, rule=BANK_OF_RUSSIA)


def test_a_fixing_is_known_at_the_end_of_its_window_and_not_a_second_before():
    # The record of 22 April is that of the 21st, closed at 15:30 Moscow: 12:30 UTC.
    assert len(restrict_to_known(fixings(), datetime(2025, 4, 21, 12, 30, tzinfo=UTC))) == 3
    assert (
        len(restrict_to_known(fixings(), datetime(2025, 4, 21, 12, 29, 59, 999_999, tzinfo=UTC)))
        == 2
    )


def test_before_the_first_one_there_is_nothing_and_after_the_last_the_series_itself():
    series = fixings()
    assert len(restrict_to_known(series, datetime(2025, 1, 1, tzinfo=UTC))) == 0
    assert restrict_to_known(series, datetime(2099, 1, 1, tzinfo=UTC)) is series


@given(
    st.lists(
        st.datetimes(datetime(2025, 4, 1), datetime(2025, 5, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        min_size=2,
        max_size=2,
    )
)
def test_a_later_moment_never_loses_an_observation(moments):
    early, late = (restrict_to_known(fixings(), moment) for moment in sorted(moments))
    assert len(early) <= len(late)
    assert np.array_equal(late.record[: len(early)], early.record)


def test_rows_that_were_added_or_revised_are_told_and_the_others_are_not():
    frozen, live = fixings(RATES[:3], DAYS[:3]), fixings([82.02, 81.2, 80.7597, 81.5])
    assert compare_vintages(frozen, live) == (
        RevisedObservation(date(2025, 4, 18), date(2025, 4, 19), 81.1371, 81.2),
        RevisedObservation(date(2025, 4, 22), date(2025, 4, 23), None, 81.5),
    )


@pytest.mark.parametrize("rate", [80.0, np.nan])
def test_a_series_does_not_differ_from_itself(rate):
    assert compare_vintages(fixings([rate], DAYS[:1]), fixings([rate], DAYS[:1])) == ()
