"""Which series may explain another."""

from dataclasses import replace

from dashboard.services.study_inputs import available_factors
from tests.made_series import made_card

ROUBLE = replace(
    made_card(), id="rouble", move_sign=-1, unit="RUB per USD", inverse_unit="USD per RUB"
)
OIL = replace(made_card(), id="oil", move_sign=1)
DOLLAR = replace(made_card(), id="dollar", move_sign=1)
BARS = replace(made_card(), id="bars", move_sign=1, bar_minutes=10)


def test_no_rate_of_the_rouble_explains_another():
    other = replace(ROUBLE, id="other")
    assert available_factors(ROUBLE, (ROUBLE, other, OIL, DOLLAR)) == (OIL, DOLLAR)


def test_a_series_does_not_explain_itself():
    assert available_factors(OIL, (ROUBLE, OIL, DOLLAR)) == (DOLLAR,)


def test_bars_are_not_matched_by_day():
    assert available_factors(ROUBLE, (ROUBLE, BARS, OIL)) == (OIL,)
    assert available_factors(BARS, (ROUBLE, BARS, OIL)) == ()


def test_bars_of_one_length_explain_one_another():
    index, minutes = replace(BARS, id="index"), replace(BARS, id="minutes", bar_minutes=1)
    assert available_factors(BARS, (BARS, index, minutes, OIL)) == (index,)
