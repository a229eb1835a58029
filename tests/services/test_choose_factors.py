"""Which series may explain another."""

from dataclasses import replace

from dashboard.services.choose_factors import factors_for
from tests.made_series import made_card

ROUBLE = replace(made_card(), id="rouble", move_sign=-1)
OIL = replace(made_card(), id="oil", move_sign=1)
DOLLAR = replace(made_card(), id="dollar", move_sign=1)
BARS = replace(made_card(), id="bars", move_sign=1, bar_minutes=10)


def test_no_rate_of_the_rouble_explains_another():
    other = replace(ROUBLE, id="other")
    assert factors_for(ROUBLE, (ROUBLE, other, OIL, DOLLAR)) == (OIL, DOLLAR)


def test_a_series_does_not_explain_itself():
    assert factors_for(OIL, (ROUBLE, OIL, DOLLAR)) == (DOLLAR,)


def test_bars_are_not_matched_by_day():
    assert factors_for(ROUBLE, (ROUBLE, BARS, OIL)) == (OIL,)
    assert factors_for(BARS, (ROUBLE, BARS, OIL)) == ()


def test_bars_of_one_length_explain_one_another():
    index, minutes = replace(BARS, id="index"), replace(BARS, id="minutes", bar_minutes=1)
    assert factors_for(BARS, (BARS, index, minutes, OIL)) == (index,)
