"""Messages about an event: plain text, no cause, the same numbers as the view."""

from datetime import UTC, date, datetime

import pytest

from dashboard.models.event import Hour
from dashboard.models.series import MethodBreak
from dashboard.presentation.events import (
    build_notices,
    format_citation,
    format_event_clock,
    format_headline,
    get_main_move,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from tests.presentation.made_view import (
    CARD,
    MONDAY,
    event,
    fixing,
    made_view,
    missing_move,
    move,
    timing,
    unsettled,
)

WEAKER, USD = QuotedSeries(CARD, QuoteMode.WEAKER), QuotedSeries(CARD, QuoteMode.USD)
THIN = "\u202f"


def test_the_headline_says_the_move_and_how_unusual_it_was():
    what, unusual = format_headline(made_view(), WEAKER)
    assert what == f"Rouble 1.0{THIN}% stronger at the first fixing"
    assert unusual == (
        f"bigger than 44{THIN}% of 500 days, April 2024 to April 2026, in units of volatility"
        f" (41{THIN}% by size alone): an ordinary move"
    )


def test_the_other_pool_gives_its_own_share_and_size():
    _, unusual = format_headline(made_view(), WEAKER, "all")
    assert unusual.startswith(f"bigger than 40{THIN}% of 3,223 days, July 2013 to August 2026,")


@pytest.mark.parametrize("mode", list(QuoteMode))
def test_the_headline_is_the_roubles_whatever_the_quote(mode):
    assert format_headline(made_view(), QuotedSeries(CARD, mode))[0].startswith(
        f"Rouble 1.0{THIN}% stronger"
    )


def test_a_fixing_that_holds_the_event_in_part_gives_way_to_two():
    moves = (move(), move((0, 1)))
    view = made_view(moves=moves, timing=timing(partial=True))
    assert get_main_move(view) is moves[1]
    assert format_headline(view, WEAKER)[0].endswith("over the first two fixings")


def test_an_unknown_hour_on_a_trading_day_gives_way_to_two_as_well():
    moves = (move(), move((0, 1)))
    monday = event(day=MONDAY)
    assert get_main_move(made_view(event=monday, moves=moves, timing=unsettled())) is moves[1]
    # On a Sunday every hour lies before Monday's fixing.
    assert get_main_move(made_view(moves=moves)) is moves[0]


def test_a_move_too_recent_is_told_with_what_it_needs():
    view = made_view(moves=(missing_move((0, 0), "needs 3 more observations"),))
    assert format_headline(view, WEAKER) == ("Rouble: not available yet: needs 3 more fixings", "")


def test_an_event_outside_the_data_has_its_reason_with_readable_dates():
    reason = "after the data: the last observation describes 2026-09-01"
    what, unusual = format_headline(made_view(moves=(), reason=reason), WEAKER)
    assert what.endswith("the last observation describes 1 Sep 2026")
    assert unusual == ""


def test_no_notice_where_nothing_is_to_be_known():
    assert build_notices(made_view()) == ()


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("partly_in_fixing", "holds it only in part"),
        ("far_from_event", "9 days after the event"),
        ("short_history", "Only 120 returns in the estimation window"),
        ("no_variance", "did not move in the estimation window"),
        ("few_placebos", "read the placebo p with care"),
        ("window_cut", "The data end inside the event window, with the fixing of 24 Apr 2025."),
        ("method_break", "change of the official method: 13 Jun 2024, another method."),
    ],
)
def test_every_flag_is_told_in_a_sentence(flag, words):
    breaks = (MethodBreak(date(2024, 6, 13), "another method"),)
    view = made_view(flags=(flag,), timing=timing(shift_days=9), breaks=breaks)
    (text,) = build_notices(view)
    assert words in text


def test_an_unknown_hour_names_the_next_fixing():
    monday = made_view(event=event(day=MONDAY), timing=unsettled())
    (text,) = build_notices(monday)
    assert "After 15:30 MSK the first fixing would be that of Tue 22 Apr 2025" in text


def test_a_first_report_that_leaves_two_fixings_is_told_with_its_hour():
    late = Hour(datetime(2025, 4, 21, 22, 30, tzinfo=UTC), "published", "A paper")
    (text,) = build_notices(made_view(event=event(day=MONDAY, hours=(late,)), timing=unsettled()))
    assert text == (
        "The hour is not known; the first report found is of 22 Apr 01:30 MSK (21 Apr 22:30 UTC),"
        " so it was before that. After 15:30 MSK the first fixing would be that of"
        " Tue 22 Apr 2025: compare [0,0] and [0,1]."
    )


def test_the_sentence_to_copy_holds_move_rates_rank_source_and_link():
    view = made_view(event=event(source_name="A paper", source_url="https://paper.example/1"))
    texts = format_citation(view, WEAKER, "quiet", "http://here/event?id=said")
    for part in (
        "After “Somebody said something” (Sun 20 Apr 2025, time not known)",
        f"the rouble was 1.0{THIN}% stronger at the first fixing that can contain it",
        "80.0000 → 79.2000 RUB per USD, 18 Apr → 21 Apr 2025",
        f"(RUB per USD −1.00{THIN}%, USD per RUB +1.01{THIN}%, −1.00 log pts)",
        f"igger than 43{THIN}% of 504 quiet days, July 2013 to January 2024, in units of"
        f" volatility (46{THIN}% by size alone): an ordinary move;",
        "no other event at the same fixing",
        "Rate: A bank, record of 22 Apr 2025.",
        "Event: A paper, https://paper.example/1.",
        "http://here/event?id=said",
    ):
        assert part in texts


def test_the_sentence_follows_the_quote():
    texts = format_citation(made_view(), USD, "quiet", "")
    # 1/80 = 0.0125, 1/79.2 = 0.012626
    assert "0.012500 → 0.012626 USD per RUB" in texts
    assert f"(USD per RUB +1.01{THIN}%, RUB per USD −1.00{THIN}%, +1.00 log pts)" in texts


def test_no_sentence_claims_a_cause():
    view = made_view(moves=(move(crowd=(event(id="other"),)),), flags=("far_from_event",))
    texts = " ".join(
        [
            *format_headline(view, WEAKER),
            *build_notices(view),
            format_citation(view, WEAKER, "all", ""),
        ]
    )
    for word in ("significant", "caused", "due to", "reacted", "because"):
        assert word not in texts.lower()


def test_a_clock_names_the_utc_day_where_it_is_another_one():
    # 00:15 MSK on the 22nd is 21:15 UTC on the 21st.
    assert (
        format_event_clock(datetime(2025, 4, 21, 21, 15, tzinfo=UTC))
        == "00:15 MSK (21 Apr 21:15 UTC)"
    )
    assert format_event_clock(fixing(MONDAY, 1).known_at) == "15:30 MSK (12:30 UTC)"
