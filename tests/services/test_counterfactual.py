"""Counterfactuals: values in dollars, crosses, donors that are left out, and the date."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.eventstudy.synthetic_control import SyntheticRequest
from dashboard.models.currencies import CurrencyPair
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.series import with_pair
from dashboard.services.counterfactual import (
    build_counterfactual,
    default_donors,
    possible_donors,
    value_in_dollars,
)
from tests.made_series import made_series

DAYS = [(date(2020, 1, 1) + timedelta(days=k)).isoformat() for k in range(500)]
SMALL = SyntheticRequest(length=60, gap=5, span=10, horizons=(1, 5))


def pair_series(base, quote, rates, days=DAYS):
    series = made_series(list(rates), days[: len(rates)], series_id=f"{base}_{quote}".lower())
    return replace(series, card=with_pair(series.card, CurrencyPair(base, quote)))


def thing_series(unit, rates):
    series = made_series(list(rates), DAYS[: len(rates)], series_id="thing")
    return replace(series, card=replace(series.card, unit=unit))


def walk(seed, count=500):
    return np.exp(np.cumsum(0.01 * np.random.default_rng(seed).standard_normal(count)))


EUR_USD = pair_series("EUR", "USD", 1.1 * walk(1))
USD_CNY = pair_series("USD", "CNY", 7 * walk(2))
EUR_PLN = pair_series("EUR", "PLN", 4.4 * walk(3))
BRENT = thing_series("USD per barrel", 60 * walk(4))
USD_RUB = pair_series("USD", "RUB", 70 * walk(5))
RATES = (EUR_USD, USD_CNY)


@pytest.mark.parametrize(
    ("series", "name", "dollars"),
    [
        (EUR_USD, "EUR", EUR_USD.rate),
        (USD_CNY, "CNY", 1 / USD_CNY.rate),
        (USD_RUB, "RUB", 1 / USD_RUB.rate),
        (EUR_PLN, "PLN", EUR_USD.rate / EUR_PLN.rate),
        (pair_series("CNY", "RUB", 11 * walk(6)), "RUB", 1 / (11 * walk(6)) / USD_CNY.rate),
        (BRENT, "thing", BRENT.rate),
        (thing_series("EUR per tonne", 60 * walk(4)), "thing", 60 * walk(4) * EUR_USD.rate),
    ],
)
def test_every_series_is_worth_so_many_dollars(series, name, dollars):
    unit, day, value = value_in_dollars(series, RATES)
    assert unit == name
    assert len(day) == len(value)
    assert value == pytest.approx(100 * np.log(dollars))


def test_a_day_without_the_cross_has_no_value():
    short = EUR_USD.part(slice(0, 3))
    value = value_in_dollars(EUR_PLN, [short])[2]
    assert np.isfinite(value[:3]).all()
    assert np.isnan(value[3:]).all()


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (thing_series("index points", walk(1)), "no price in a currency"),
        (thing_series("TRY per gram", walk(1)), "no rate of it against the dollar"),
    ],
)
def test_what_has_no_value_in_dollars_is_refused(series, words):
    with pytest.raises(InputError, match=words):
        value_in_dollars(series, RATES)


def test_donors_that_cannot_be_used_are_named_with_the_reason():
    short = pair_series("USD", "TRY", 7 * walk(8, 60))
    index = thing_series("index points", walk(9))
    again = replace(pair_series("USD", "EUR", 0.9 * walk(7)))
    donors = (EUR_USD, USD_CNY, EUR_PLN, short, index, again, USD_RUB)
    answer = build_counterfactual(USD_RUB, date(2020, 9, 1), donors, RATES, SMALL)
    assert [card.id for card in answer.cards] == ["eur_usd", "usd_cny", "eur_pln"]
    reasons = {one.id: one.reason for one in answer.left_out}
    assert "0 % of the days" in reasons["usd_try"]
    assert "no price in a currency" in reasons["thing"]
    assert "in already" in reasons["usd_eur"]
    assert "in already" in reasons["usd_rub"]
    assert answer.control.fit.weights.sum() == pytest.approx(1)
    assert (answer.day, answer.base_day) == (date(2020, 9, 1), date(2020, 8, 31))


def test_an_event_begins_with_the_first_day_that_can_contain_it():
    donors = (EUR_USD, USD_CNY, BRENT)
    event = Event(id="e", day=date(2020, 9, 1), title="Something", category="other")
    by_event = build_counterfactual(USD_RUB, event, donors, RATES, SMALL)
    by_day = build_counterfactual(USD_RUB, date(2020, 9, 1), donors, RATES, SMALL)
    assert by_event.day == by_day.day
    assert by_event.control.fit.gap == pytest.approx(by_day.control.fit.gap)
    assert by_event.event == event


@pytest.mark.parametrize(
    ("day", "donors", "words"),
    [
        (date(2020, 2, 1), (EUR_USD, USD_CNY), "are needed"),
        (date(2030, 1, 1), (EUR_USD, USD_CNY), "at least two donors|lies after"),
        (date(2020, 9, 1), (EUR_USD,), "at least two donors"),
        (date(2020, 9, 1), (), "none was named"),
    ],
)
def test_a_date_or_donors_that_do_not_suffice_are_refused(day, donors, words):
    with pytest.raises(InputError, match=words):
        build_counterfactual(USD_RUB, day, donors, RATES, SMALL)


def test_the_usual_donors_are_those_that_are_there_and_possible():
    cards = [s.card for s in (EUR_USD, USD_CNY, EUR_PLN, BRENT, USD_RUB)]
    renamed = [
        replace(card, id=name)
        for card, name in zip(
            cards,
            ("eur_usd_ecb", "usd_cny_ecb", "eur_pln_ecb", "brent_eia", "usd_rub_cbr"),
            strict=True,
        )
    ]
    double = replace(renamed[3], id="brent_fred")
    assert default_donors([*renamed, double]) == (
        "eur_usd_ecb", "usd_cny_ecb", "eur_pln_ecb", "brent_eia",
    )  # fmt: skip
    possible = possible_donors(renamed[-1], renamed)
    assert [card.id for card in possible] == [card.id for card in renamed[:-1]]
