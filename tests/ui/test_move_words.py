"""What is told about one move."""

import pytest

from dashboard.ui.move_words import (
    abnormal_words,
    compared_with,
    crowd_words,
    moved,
    noun,
    p_words,
    percents,
    pool_percentile,
    rates_words,
    share_words,
    verdict,
    volatility_remark,
    window_words,
)
from dashboard.ui.quoting import Quote, Quoting
from tests.made_series import made_card
from tests.ui.made_view import CARD, event, move

THIN = "\u202f"


@pytest.mark.parametrize(
    ("percentile", "words"),
    [
        (44.2, "44"),
        (94.6, "94.6"),
        (95.0, "95"),
        (94.4, "94"),
        (99.96, "99.9"),
        (0.26, "0.2"),
        (0.0, "0"),
        (100.0, "100"),
    ],
)
def test_a_share_has_a_decimal_only_near_a_border(percentile, words):
    assert share_words(percentile) == f"{words}{THIN}%"


@pytest.mark.parametrize(
    ("percentile", "said"),
    [(94.9, "inside"), (95.0, "outside"), (0.0, "inside"), (None, "too few")],
)
def test_the_ordinary_range_ends_at_95(percentile, said):
    assert verdict(percentile).startswith(said)


def test_all_and_none_are_said_in_words():
    assert compared_with(move(percentile=100.0), "quiet") == "all 504 quiet days moved less"
    assert compared_with(move(percentile=0.0), "quiet") == "none of the 504 quiet days moved less"


def test_windows_of_several_days_are_compared_with_windows():
    assert compared_with(move((0, 5)), "all") == f"41{THIN}% of 3,223 windows moved less"


def test_fewer_than_forty_dates_are_not_judged_but_all_dates_are_told():
    few = move(n_quiet=39)
    assert pool_percentile(few, "quiet") is None
    assert compared_with(few, "quiet") == (
        f"only 39 quiet days to compare with; among all 3,223 dates 41{THIN}% moved less"
    )
    assert pool_percentile(move(n_quiet=40), "quiet") == 44.2


def test_a_different_verdict_among_days_of_similar_volatility_is_told():
    assert volatility_remark(move(), "quiet") == ""
    assert volatility_remark(move(percentile=97.0), "quiet") == (
        f"Among quiet dates of similar volatility 26{THIN}% moved less: inside the ordinary range."
    )


@pytest.mark.parametrize(
    ("p", "words"), [(0.4547, "0.45"), (0.0471, "0.047"), (0.00002, f"<{THIN}0.001"), (None, "–")]
)
def test_a_p_value_stands_beside_its_n(p, words):
    assert p_words(p, 1200) == (words if p is None else f"{words} (N = 1,200)")


def test_the_chosen_quote_comes_first():
    assert percents(move(), Quoting(CARD, Quote.WEAKER)) == (f"−1.00{THIN}%", f"+1.01{THIN}%")
    assert percents(move(), Quoting(CARD, Quote.USD)) == (f"+1.01{THIN}%", f"−1.00{THIN}%")
    assert rates_words(move(), Quoting(CARD, Quote.USD)) == "0.012500 → 0.012626"


def test_an_abnormal_move_carries_its_error():
    assert abnormal_words(move()) == "+0.90 ± 1.20"
    assert abnormal_words(move(car_se=None)) == "+0.90 ± –"


def test_a_move_of_nothing_is_unchanged():
    assert moved(move(log_points=0.0), Quoting(CARD, Quote.WEAKER)) == "Rouble unchanged"


def test_a_series_without_roubles_goes_up_and_down():
    card = made_card()
    assert moved(move(), Quoting(card, Quote.WEAKER)) == "Made by hand 1.00 log pts up"
    assert noun(card) == "rate"
    assert window_words((0, 0), card) == "at the first rate"
    assert window_words((2, 7), card) == "in the window [2,7]"


def test_other_events_are_counted_where_they_are():
    crowd = (event(id="a"), event(id="b"))
    assert crowd_words(move(crowd=crowd), CARD) == "2 other events at the same fixing"
    assert crowd_words(move((0, 5), crowd=crowd[:1]), CARD) == "1 other event in the same window"
    assert crowd_words(move(), CARD) == "no other event at the same fixing"
