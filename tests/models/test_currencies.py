"""Currency pairs: how a unit, a name and an option state one, and which currency it is about."""

from dataclasses import replace

import pytest

from dashboard.models.currencies import (
    CURRENCIES,
    CurrencyPair,
    currency_subject,
    pair_of_name,
    pair_of_option,
)
from dashboard.models.errors import InputError
from dashboard.models.series import AS_QUOTED, QUOTE_IS_SUBJECT, with_pair
from tests.made_series import made_card


@pytest.mark.parametrize(
    ("unit", "sign", "base", "quote", "subject", "value"),
    [
        ("RUB per USD", QUOTE_IS_SUBJECT, "USD", "RUB", "the rouble", "inverse"),
        ("UAH per USD", QUOTE_IS_SUBJECT, "USD", "UAH", "the hryvnia", "inverse"),
        ("USD per RUB", AS_QUOTED, "RUB", "USD", "the rouble", "USD per RUB"),
        ("USD per EUR", AS_QUOTED, "EUR", "USD", "the euro", "USD per EUR"),
        ("XOF per EUR", QUOTE_IS_SUBJECT, "EUR", "XOF", "XOF", "inverse"),
        ("USD per barrel", AS_QUOTED, None, None, "Brent crude", "USD per barrel"),
        ("% a year", AS_QUOTED, None, None, "Brent crude", "% a year"),
    ],
)
def test_the_unit_states_the_pair_and_the_sign_its_subject(unit, sign, base, quote, subject, value):
    card = replace(
        made_card(), unit=unit, inverse_unit="inverse", move_sign=sign, title="Brent crude, EIA"
    )
    assert (card.base, card.quote) == (base, quote)
    assert card.subject.name == subject
    assert card.subject_unit == value


@pytest.mark.parametrize(
    ("name", "base", "quote"),
    [
        ("USD/UAH", "USD", "UAH"),
        ("usd_uah", "USD", "UAH"),
        ("USDUAH", "USD", "UAH"),
        ("usd_uah_nbu", "USD", "UAH"),
        ("EUR/PLN, a bank", "EUR", "PLN"),
        ("USDRUB=X", "USD", "RUB"),
        ("UAH per USD", "USD", "UAH"),
        ("uah-per-usd", "USD", "UAH"),
    ],
)
def test_a_name_is_in_the_notation_of_the_market(name, base, quote):
    assert pair_of_name(name) == CurrencyPair(base, quote)


@pytest.mark.parametrize(
    "name", ["USD", "BRENT", "USDUSD", "USD/XXX", "rubber", "usdrubf", "курс", "", "USD per barrel"]
)
def test_another_name_is_no_pair(name):
    assert pair_of_name(name) is None


@pytest.mark.parametrize("quote", ["uah-per-uah", "usd-per-xxx", "UAH-per-USD", "uah/usd", ""])
def test_a_quote_of_no_known_pair_is_refused_with_what_to_write(quote):
    with pytest.raises(InputError, match="is no quote; choose as-quoted") as caught:
        pair_of_option(quote)
    assert caught.value.field == "quote"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("quote", "sign", "subject"),
    [
        ("rub-per-usd", -1, "RUB"),
        ("usd-per-rub", 1, "RUB"),
        ("uah-per-usd", -1, "UAH"),
        ("usd-per-uah", 1, "UAH"),
        ("rub-per-uah", -1, "RUB"),
        ("usd-per-eur", 1, "EUR"),
        ("pln-per-eur", -1, "PLN"),
        ("eur-per-pln", 1, "PLN"),
    ],
)
def test_a_pair_is_about_one_currency_whichever_way_it_is_quoted(quote, sign, subject):
    pair = pair_of_option(quote)
    assert pair is not None
    card = with_pair(made_card(), pair)
    assert (card.move_sign, card.subject.code) == (sign, subject)
    assert card.unit == quote.replace("-per-", " per ").upper().replace(" PER ", " per ")


def test_every_currency_has_its_own_name_and_a_title_with_a_capital():
    nouns = [currency.noun for currency in CURRENCIES.values()]
    assert len(set(nouns)) == len(nouns)
    assert currency_subject("BYN").title == "Belarusian rouble"
    assert all(currency_subject(code).title[0].isupper() for code in CURRENCIES)
