"""What is new is what a person could not see before: days that ship are not new."""

from datetime import date

import pytest

from dashboard.services.live_rates import RefreshOutcome

USD = "usd_rub_cbr"


def test_days_that_ship_and_are_read_again_are_not_new(house, replica):
    told = house.refresh(USD)[USD]
    new = replica.market.official("USD", date(2026, 9, 3), date(2026, 11, 24))
    assert (told.changes.new, told.changes.revised) == (len(new), 0)


def test_reading_everything_again_brings_nothing_new(house, clock):
    house.refresh(USD)
    told = house.refresh(USD, since=date(2013, 1, 10))[USD]
    assert (told.outcome, told.changes.new) == (RefreshOutcome.UNCHANGED, 0)


def test_a_shipped_number_that_its_publisher_revised_is_told(house, replica):
    replica.market.change("USD", date(2026, 8, 28), 80.5)
    assert house.refresh(USD)[USD].changes.revised == 1


@pytest.mark.parametrize("series", ["usd_rub_yahoo", "cny_rub_moex_60m"], ids=["quote", "bar"])
def test_a_number_under_way_is_new_once(house, clock, series):
    assert house.refresh(series)[series].changes.new > 10
    clock.pass_by(120)
    told = house.refresh(series, force=True)[series]
    assert told.changes.new == 0
