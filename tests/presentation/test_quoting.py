"""Numbers, words, arrows and axis turn together; the word is always the rouble's."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.models.currencies import CURRENCIES, CurrencyPair
from dashboard.models.series import AS_QUOTED, QUOTE_IS_SUBJECT, SeriesCard
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode

USD_RUB = SeriesCard(
    id="usd_rub",
    title="USD/RUB",
    unit="RUB per USD",
    inverse_unit="USD per RUB",
    publisher="a bank",
    source_url="",
    licence="",
    date_rule="bank-of-russia",
    move_sign=QUOTE_IS_SUBJECT,
)
EUR_USD = replace(
    USD_RUB, id="eur_usd", unit="USD per EUR", inverse_unit="EUR per USD", move_sign=1
)
BRENT = replace(
    EUR_USD, id="brent", title="Brent crude, EIA", unit="USD per barrel",
    inverse_unit="barrels per USD",
)  # fmt: skip

# RUB per USD from 80 to 100 is +25 %; one rouble then buys 20 % fewer dollars; the rouble's
# move is -ln(100/80) = -0.223144, that is -22.3144 log points.
WEAKER = -22.314355131421
STRONGER = 22.314355131421


def quoting(mode, card=USD_RUB):
    return QuotedSeries(card, mode)


@pytest.mark.parametrize(
    ("mode", "move"),
    [
        (QuoteMode.WEAKER, "▲ +25.0\u202f% weaker"),
        (QuoteMode.INVERTED, "▲ +25.0\u202f% weaker"),
        (QuoteMode.USD, "▼ −20.0\u202f% weaker"),
    ],
)
def test_the_arrow_and_percent_are_the_numbers_and_the_word_is_the_roubles(mode, move):
    assert quoting(mode).move(WEAKER) == move


def test_a_stronger_rouble_mirrors_it():
    # 100 to 80: -20 % in roubles per dollar, +25 % in dollars per rouble
    assert quoting(QuoteMode.WEAKER).move(STRONGER) == "▼ −20.0\u202f% stronger"
    assert quoting(QuoteMode.USD).move(STRONGER) == "▲ +25.0\u202f% stronger"


def test_the_other_quote_is_named_with_its_unit():
    assert quoting(QuoteMode.WEAKER).other_percent(WEAKER) == "USD per RUB −20.0\u202f%"
    assert quoting(QuoteMode.USD).other_percent(WEAKER) == "RUB per USD +25.0\u202f%"


def test_a_currency_has_its_direction_last_and_a_thing_first():
    assert quoting(QuoteMode.WEAKER).directed(WEAKER) == "25.0\u202f% weaker"
    assert quoting(QuoteMode.USD).directed(STRONGER) == "25.0\u202f% stronger"
    # 400 to 507.6: +26.9 %, so that it reads "KZT/RUB up 26.9 %"
    desk = replace(BRENT, title="KZT/RUB, desk", unit="KZT/RUB")
    quoted = QuotedSeries(desk, QuoteMode.WEAKER)
    move = 100 * math.log(507.6 / 400)
    assert f"{desk.subject.title} {quoted.directed(move)}" == "KZT/RUB up 26.9\u202f%"
    assert quoted.directed(-move) == "down 21.2\u202f%"  # 400 / 507.6 = 0.788


def test_the_axis_says_what_up_means():
    assert quoting(QuoteMode.WEAKER).axis_title == "RUB per USD (up = weaker rouble)"
    assert quoting(QuoteMode.INVERTED).axis_title == (
        "RUB per USD (axis inverted: up = stronger rouble)"
    )
    assert quoting(QuoteMode.USD).axis_title == "USD per RUB (up = stronger rouble)"


def test_only_the_third_quote_turns_the_number():
    assert quoting(QuoteMode.WEAKER).rate(80.0) == "80.0000"
    assert quoting(QuoteMode.INVERTED).rate(80.0) == "80.0000"
    assert quoting(QuoteMode.USD).rate(80.0) == "0.012500"


def test_a_pair_about_its_base_gets_stronger_with_its_number():
    assert quoting(QuoteMode.WEAKER, EUR_USD).move(STRONGER) == "▲ +25.0\u202f% stronger"
    assert quoting(QuoteMode.WEAKER, EUR_USD).axis_title == "USD per EUR (up = stronger euro)"
    assert quoting(QuoteMode.USD, EUR_USD).axis_title == "EUR per USD (up = weaker euro)"


def test_what_is_no_currency_goes_up_and_down():
    assert quoting(QuoteMode.WEAKER, BRENT).move(STRONGER) == "▲ +25.0\u202f% up"
    assert quoting(QuoteMode.WEAKER, BRENT).axis_title == "USD per barrel"
    assert quoting(QuoteMode.INVERTED, BRENT).axis_title == "USD per barrel (axis inverted)"


def test_no_move_and_no_rate_are_not_a_direction():
    assert quoting(QuoteMode.WEAKER).direction(0.0) == "unchanged"
    assert quoting(QuoteMode.WEAKER).move(math.nan) == "–"
    assert quoting(QuoteMode.WEAKER).arrow(math.nan) == ""


# ------------------------------------------------------------------ every pair, every quote


def card_of(base, quote, sign):
    pair = CurrencyPair(base, quote)
    return replace(USD_RUB, unit=pair.unit, inverse_unit=pair.inverse_unit, move_sign=sign)


CARDS = st.builds(
    lambda codes, sign: card_of(*codes, sign),
    st.lists(st.sampled_from([*CURRENCIES, "XOF"]), min_size=2, max_size=2, unique=True),
    st.sampled_from([AS_QUOTED, QUOTE_IS_SUBJECT]),
)
RATES = st.floats(0.01, 10_000, allow_nan=False)


@given(CARDS, st.sampled_from(QuoteMode), RATES, st.floats(0.5, 2.0))
def test_sign_and_word_agree_in_every_quote(card, mode, before, factor):
    """A currency is stronger where one unit of it buys more of the other, by the rates alone."""
    after = before * factor
    quoted = QuotedSeries(card, mode)
    in_quote_currency = card.subject.code == card.quote
    value_before, value_after = (1 / x if in_quote_currency else x for x in (before, after))
    move = 100 * math.log(value_after / value_before)
    if abs(move) < 1e-3:
        return
    stronger = value_after > value_before
    assert quoted.direction(move) == ("stronger" if stronger else "weaker")
    shown_before, shown_after = (1 / x if mode is QuoteMode.USD else x for x in (before, after))
    rises = shown_after > shown_before
    assert quoted.arrow(move) == ("▲" if rises else "▼")
    assert (quoted.quoted_log_points(move) > 0) == rises
    assert quoted.shown(after) == pytest.approx(shown_after)
    upwards = rises != (mode is QuoteMode.INVERTED)
    assert (quoted.up_label == "stronger") == (stronger == upwards)
    assert f"up = {quoted.up_label} {card.subject.noun}" in quoted.axis_title
    base, quote = card.unit.split(" per ")[::-1]
    unit = f"{base} per {quote}" if mode is QuoteMode.USD else f"{quote} per {base}"
    assert quoted.axis_title.startswith(f"{unit} (")


@given(CARDS, st.sampled_from(QuoteMode), st.booleans(), st.floats(0.001, 0.5), st.booleans())
def test_the_axis_of_moves_names_the_direction_of_its_positive_end(
    card, mode, is_simple, size, falls
):
    scale = MoveScale(QuotedSeries(card, mode), is_simple)
    move = -size if falls else size
    upwards = (scale.shown(move) > 0) != scale.is_inverted
    end = "stronger" if (move > 0) == upwards else "weaker"
    assert scale.axis_towards("up").endswith(f"up = {end} {card.subject.noun}")
    assert scale.directed_percent(move).endswith("weaker" if falls else "stronger")
    if is_simple:
        assert f"of {card.subject_unit}" in scale.axis_towards("up")
