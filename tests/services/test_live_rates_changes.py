"""New observations are those that were not visible before: bundled days are not new."""

from datetime import date

import pytest

from dashboard.services.live_rates import RefreshOutcome

USD = "usd_rub_cbr"


def test_days_that_ship_and_are_read_again_are_not_new(live, replica):
    result = live.refresh(USD)[USD]
    new = replica.market.official("USD", date(2026, 9, 3), date(2026, 11, 24))
    assert (result.changes.new, result.changes.revised) == (len(new), 0)


def test_reading_everything_again_brings_nothing_new(live, clock):
    live.refresh(USD)
    result = live.refresh(USD, since=date(2013, 1, 10))[USD]
    assert (result.outcome, result.changes.new) == (RefreshOutcome.UNCHANGED, 0)


def test_a_shipped_number_that_its_publisher_revised_is_told(live, replica):
    replica.market.change("USD", date(2026, 8, 28), 80.5)
    assert live.refresh(USD)[USD].changes.revised == 1


@pytest.mark.parametrize("series", ["usd_rub_yahoo", "cny_rub_moex_60m"], ids=["quote", "bar"])
def test_a_number_under_way_is_new_once(live, clock, series):
    assert live.refresh(series)[series].changes.new > 10
    clock.pass_by(120)
    result = live.refresh(series, force=True)[series]
    assert result.changes.new == 0
