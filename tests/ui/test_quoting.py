"""Numbers, words, arrows and axis turn together; the word is always the rouble's."""

import math
from dataclasses import replace

import pytest

from dashboard.domain.series import ROUBLE_QUOTED, SeriesCard
from dashboard.ui.quoting import Quote, Quoting

USD_RUB = SeriesCard(
    id="usd_rub",
    title="USD/RUB",
    unit="RUB per USD",
    inverse_unit="USD per RUB",
    publisher="a bank",
    source_url="",
    licence="",
    date_rule="bank-of-russia",
    move_sign=ROUBLE_QUOTED,
)
EUR_USD = replace(
    USD_RUB, id="eur_usd", unit="USD per EUR", inverse_unit="EUR per USD", move_sign=1
)

# RUB per USD from 80 to 100 is +25 %; one rouble then buys 20 % fewer dollars; the rouble's
# move is -ln(100/80) = -0.223144, that is -22.3144 log points.
WEAKER = -22.314355131421
STRONGER = 22.314355131421


def quoting(mode, card=USD_RUB):
    return Quoting(card, mode)


@pytest.mark.parametrize(
    ("mode", "move"),
    [
        (Quote.WEAKER, "▲ +25.0\u202f% weaker"),
        (Quote.INVERTED, "▲ +25.0\u202f% weaker"),
        (Quote.USD, "▼ −20.0\u202f% weaker"),
    ],
)
def test_the_arrow_and_percent_are_the_numbers_and_the_word_is_the_roubles(mode, move):
    assert quoting(mode).move(WEAKER) == move


def test_a_stronger_rouble_mirrors_it():
    # 100 to 80: -20 % in roubles per dollar, +25 % in dollars per rouble
    assert quoting(Quote.WEAKER).move(STRONGER) == "▼ −20.0\u202f% stronger"
    assert quoting(Quote.USD).move(STRONGER) == "▲ +25.0\u202f% stronger"


def test_the_other_quote_is_named_with_its_unit():
    assert quoting(Quote.WEAKER).other_percent(WEAKER) == "USD per RUB −20.0\u202f%"
    assert quoting(Quote.USD).other_percent(WEAKER) == "RUB per USD +25.0\u202f%"


def test_the_headline_says_rouble_and_the_number_in_brackets():
    assert quoting(Quote.WEAKER).headline(WEAKER) == (
        "Rouble 25.0\u202f% weaker (RUB per USD +25.0\u202f%)"
    )
    assert quoting(Quote.USD).headline(STRONGER) == (
        "Rouble 25.0\u202f% stronger (USD per RUB +25.0\u202f%)"
    )


def test_the_axis_says_what_up_means():
    assert quoting(Quote.WEAKER).axis_title == "RUB per USD (up = weaker rouble)"
    assert quoting(Quote.INVERTED).axis_title == (
        "RUB per USD (axis inverted: up = stronger rouble)"
    )
    assert quoting(Quote.USD).axis_title == "USD per RUB (up = stronger rouble)"


def test_only_the_third_quote_turns_the_number():
    assert quoting(Quote.WEAKER).rate(80.0) == "80.0000"
    assert quoting(Quote.INVERTED).rate(80.0) == "80.0000"
    assert quoting(Quote.USD).rate(80.0) == "0.012500"


def test_a_series_without_roubles_goes_up_and_down():
    assert quoting(Quote.WEAKER, EUR_USD).move(STRONGER) == "▲ +25.0\u202f% up"
    assert quoting(Quote.WEAKER, EUR_USD).axis_title == "USD per EUR"


def test_no_move_and_no_rate_are_not_a_direction():
    assert quoting(Quote.WEAKER).direction(0.0) == "unchanged"
    assert quoting(Quote.WEAKER).move(math.nan) == "–"
    assert quoting(Quote.WEAKER).arrow(math.nan) == ""
