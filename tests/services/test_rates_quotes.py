"""Quotes against fixings: 7 % of the same market day, unless both moved."""

import math

import numpy as np
import pytest

from dashboard.models.publication import BANK_OF_RUSSIA, LONDON_DAY
from dashboard.services.rates import MAX_LOG_DEVIATION, withhold_implausible_quotes
from tests.made_series import made_series

# Market days 17, 18 and 20 November; the records are dated a day later.
FIXINGS = {"2026-11-18": 80.0, "2026-11-19": 80.0, "2026-11-21": 90.0}


def fixings(rates=FIXINGS):
    return made_series(list(rates.values()), list(rates), rule=BANK_OF_RUSSIA)


def quotes(rates):
    return made_series(list(rates.values()), list(rates), rule=LONDON_DAY)


def rates_of(checked):
    return checked.series.rate.tolist()


def test_far_is_seven_per_cent():
    assert math.isclose(math.exp(MAX_LOG_DEVIATION), 1.07)


@pytest.mark.parametrize(
    ("day", "quote", "is_believed"),
    [
        ("2026-11-17", 85.5, True),  # 6.9 % above the fixing of its day
        ("2026-11-17", 86.0, False),  # 7.5 % above it, and above the next
        ("2026-11-17", 74.5, False),  # 7.1 % below both, in logarithms
        ("2026-11-18", 90.0, True),  # the next fixing, of the 20th, moved as well
        ("2026-11-18", 100.0, False),  # it did not move so far
        ("2026-11-19", 80.0, True),  # no fixing of its day: the one before counts
        ("2026-11-20", 90.0, True),
        ("2026-11-20", 80.0, False),  # far from its own, and the next is not there yet
    ],
)
def test_a_quote_is_held_against_the_fixings_around_it(day, quote, is_believed):
    checked = withhold_implausible_quotes(quotes({day: quote}), fixings())
    assert np.isfinite(checked.series.rate[0]) == is_believed
    assert checked.withheld == int(not is_believed)
    assert checked.unchecked == 0


def test_what_is_withheld_comes_back_once_the_next_fixing_has_moved_too():
    later = fixings(FIXINGS | {"2026-11-24": 80.5})
    assert rates_of(withhold_implausible_quotes(quotes({"2026-11-20": 80.0}), later)) == [80.0]


def test_a_quote_without_a_fixing_near_it_is_unchecked_and_kept():
    checked = withhold_implausible_quotes(
        quotes({"2026-11-10": 120.0, "2026-11-30": 120.0}), fixings()
    )
    assert rates_of(checked) == [120.0, 120.0]
    assert (checked.withheld, checked.unchecked) == (0, 2)


def test_without_fixings_everything_is_unchecked():
    checked = withhold_implausible_quotes(quotes({"2026-11-10": 120.0}), fixings({}))
    assert (checked.withheld, checked.unchecked) == (0, 1)


def test_missing_numbers_are_neither():
    checked = withhold_implausible_quotes(quotes({"2026-11-17": np.nan}), fixings())
    assert (checked.withheld, checked.unchecked) == (0, 0)
    checked = withhold_implausible_quotes(
        quotes({"2026-11-17": 80.0}), fixings(FIXINGS | {"2026-11-18": np.nan})
    )
    assert checked.unchecked == 1  # the first fixing there is lies a day later


def test_a_series_without_doubt_is_returned_as_it_is():
    series = quotes({"2026-11-17": 80.0})
    assert withhold_implausible_quotes(series, fixings()).series is series
