"""Messages about one move."""

from datetime import date

import pytest

from dashboard.presentation.moves import (
    classify_percentile,
    describe_comparison,
    describe_crowd,
    describe_move,
    describe_pool_caveat,
    describe_window,
    format_car,
    format_move_rates,
    format_p_value,
    format_percentile,
    format_percents,
    format_period,
    judged_percentile,
    observation_name,
)
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from tests.made_series import made_card
from tests.presentation.made_view import CARD, event, move, ranks

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
    assert format_percentile(percentile) == f"{words}{THIN}%"


@pytest.mark.parametrize(
    ("percentile", "said"),
    [(94.9, "an ordinary"), (95.0, "outside"), (0.0, "an ordinary"), (None, "too few")],
)
def test_the_ordinary_range_ends_at_95(percentile, said):
    assert classify_percentile(percentile).startswith(said)


def near(**more):
    return move(ranks=ranks(near=more))


def test_a_move_is_compared_in_units_of_volatility_and_as_it_is_with_dates_that_are_named():
    assert describe_comparison(move(), "near") == (
        f"bigger than 44{THIN}% of 500 days, April 2024 to April 2026, in units of volatility"
        f" (41{THIN}% by size alone)"
    )
    assert describe_comparison(move(), "quiet") == (
        f"bigger than 43{THIN}% of 504 quiet days, July 2013 to January 2024, in units of"
        f" volatility (46{THIN}% by size alone)"
    )
    assert describe_comparison(move(), "similar").startswith(
        f"bigger than 26{THIN}% of 1,074 days of similar volatility, July 2013 to August 2026,"
    )


def test_all_and_none_are_said_in_words():
    assert describe_comparison(near(percentile=100.0), "near").startswith(
        "bigger than all 500 days,"
    )
    none = describe_comparison(near(percentile=0.0), "near")
    assert none.startswith("bigger than none of the 500 days,")


def test_windows_of_several_days_are_compared_with_windows():
    text = describe_comparison(move((0, 5)), "all")
    assert text.startswith(f"bigger than 40{THIN}% of 3,223 windows, July 2013 to August 2026")


def test_a_short_time_is_told_by_its_days():
    first, last = date(2025, 4, 7), date(2025, 4, 28)
    assert format_period(first, last) == "7 to 28 Apr 2025"
    assert format_period(date(2024, 12, 30), date(2025, 1, 9)) == "30 Dec 2024 to 9 Jan 2025"
    assert format_period(first, first) == "7 Apr 2025"


def test_fewer_than_forty_dates_are_not_judged_but_the_nearest_are_told():
    few = move(ranks=ranks(quiet={"size": 39}))
    assert judged_percentile(few.rank("quiet")) is None
    assert describe_comparison(few, "quiet") == (
        "only 39 quiet days to compare with, July 2013 to January 2024; bigger than"
        f" 44{THIN}% of 500 days, April 2024 to April 2026, in units of volatility"
        f" (41{THIN}% by size alone)"
    )
    assert judged_percentile(move(ranks=ranks(quiet={"size": 40})).rank("quiet")) == 43.1


def test_a_move_without_an_error_is_not_compared():
    still = near(percentile=None, by_move=None)
    assert describe_comparison(still, "near") == "no volatility before it to compare by"


def test_a_pool_of_other_years_says_so():
    assert describe_pool_caveat(move(), "near") == ""
    assert describe_pool_caveat(move(), "all") == ""
    assert describe_pool_caveat(move(), "quiet") == (
        "Only 6 of these 504 dates lie within two years of the event."
    )
    close = ranks(quiet={"close": 50})
    assert describe_pool_caveat(move(ranks=close), "quiet") == ""


def test_a_different_verdict_among_days_of_similar_volatility_is_told():
    assert describe_pool_caveat(near(percentile=97.0), "near") == (
        f"Among 1,074 dates of similar volatility it is bigger than 26{THIN}%: an ordinary move."
    )


@pytest.mark.parametrize(
    ("p", "words"), [(0.4547, "0.45"), (0.0471, "0.047"), (0.00002, f"<{THIN}0.001"), (None, "–")]
)
def test_a_p_value_stands_beside_its_n(p, words):
    assert format_p_value(p, 1200) == (words if p is None else f"{words} (N = 1,200)")


def test_the_chosen_quote_comes_first():
    assert format_percents(move(), QuotedSeries(CARD, QuoteMode.WEAKER)) == (
        f"−1.00{THIN}%",
        f"+1.01{THIN}%",
    )
    assert format_percents(move(), QuotedSeries(CARD, QuoteMode.USD)) == (
        f"+1.01{THIN}%",
        f"−1.00{THIN}%",
    )
    assert format_move_rates(move(), QuotedSeries(CARD, QuoteMode.USD)) == "0.012500 → 0.012626"


def test_an_abnormal_move_carries_its_error():
    per_usd, per_rouble = (QuotedSeries(CARD, mode) for mode in (QuoteMode.WEAKER, QuoteMode.USD))
    assert format_car(move(), per_usd) == "−0.90 ± 1.20"
    assert format_car(move(), per_rouble) == "+0.90 ± 1.20"
    assert format_car(move(car_se=None), per_usd) == "−0.90 ± –"


def test_a_move_of_nothing_is_unchanged():
    assert (
        describe_move(move(log_points=0.0), QuotedSeries(CARD, QuoteMode.WEAKER))
        == "Rouble unchanged"
    )


def test_a_series_without_roubles_goes_up_and_down():
    card = made_card()
    assert (
        describe_move(move(), QuotedSeries(card, QuoteMode.WEAKER)) == f"Made by hand up 1.0{THIN}%"
    )
    assert observation_name(card) == "rate"
    assert describe_window((0, 0), card) == "at the first rate"
    assert describe_window((2, 7), card) == "in the window [2,7]"


def test_a_span_of_a_series_without_roubles_has_its_direction_once_and_first():
    scale = MoveScale(QuotedSeries(made_card(), QuoteMode.WEAKER), is_simple=True)
    assert scale.directed_span(0.002, 0.012) == f"up 0.2 to 1.2{THIN}%"
    assert scale.directed_span(-0.012, -0.002) == f"down 0.2 to 1.2{THIN}%"
    assert scale.directed_span(-0.002, 0.012) == f"down 0.2{THIN}% to up 1.2{THIN}%"


def test_other_events_are_counted_where_they_are():
    crowd = (event(id="a"), event(id="b"))
    assert describe_crowd(move(crowd=crowd), CARD) == "2 other events at the same fixing"
    assert describe_crowd(move((0, 5), crowd=crowd[:1]), CARD) == "1 other event in the same window"
    assert describe_crowd(move(), CARD) == "no other event at the same fixing"
