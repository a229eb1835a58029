"""The timing strip: when it was, the first fixing that can contain it, the base."""

from datetime import UTC, date, datetime

import pytest

from dashboard.models.event import Hour, moment_from_hours
from dashboard.presentation.quoting import QuoteMode
from dashboard.ui.components.timing import build_hour_lines, build_timing_steps
from tests.presentation.made_view import CARD, FRIDAY, MONDAY, event, fixing, timing, unsettled


def feet(steps):
    return [step.foot.split("\n") for step in steps]


def test_a_sunday_event_reads_from_when_to_first_fixing_to_base():
    steps = build_timing_steps(event(), timing(), CARD)
    assert [step.text for step in steps] == [
        "Sun 20 Apr 2025",
        "Mon 21 Apr 2025",
        "Fri 18 Apr 2025",
    ]
    assert feet(steps) == [
        ["time not known", "no fixing on that day, so the hour does not matter"],
        ["79.2000 RUB per USD", "deals 10:00–15:30 MSK", "in force from 22 Apr 2025"],
        ["80.0000 RUB per USD", "deals 10:00–15:30 MSK", "in force from 19 Apr 2025"],
    ]


def test_the_rates_follow_the_quote():
    steps = build_timing_steps(event(), timing(), CARD, QuoteMode.USD)
    assert [lines[0] for lines in feet(steps)[1:]] == [
        "0.012626 USD per RUB",
        "0.012500 USD per RUB",
    ]


def test_an_unknown_hour_on_a_trading_day_shows_the_other_candidate():
    steps = build_timing_steps(event(day=MONDAY), unsettled(), CARD)
    assert len(steps) == 4
    assert steps[3].head == "If it was after 15:30 MSK"
    assert steps[3].text == "Tue 22 Apr 2025"
    assert feet(steps)[3][-1] == "base 21 Apr 2025"


@pytest.mark.parametrize(
    ("at", "first", "base", "place"),
    [
        # 09:00 MSK on Monday, before Monday's deals
        ((21, 6), MONDAY, FRIDAY, "before that day's fixing was made"),
        # 16:00 MSK on Friday, after Friday's
        ((18, 13), MONDAY, FRIDAY, "after that day's fixing was made (15:30 MSK)"),
        # noon on Saturday
        ((19, 9), MONDAY, FRIDAY, "no fixing on that day"),
    ],
)
def test_a_known_hour_is_placed_beside_the_fixings(at, first, base, place):
    day, hour = at
    moment = datetime(2025, 4, day, hour, tzinfo=UTC)
    texts = build_timing_steps(
        event(day=date(2025, 4, day), moment=moment),
        timing(moment=moment, first=fixing(first, 79.2), base=fixing(base, 80), alternative=None),
        CARD,
    )
    assert place in feet(texts)[0]
    assert feet(texts)[0][0].endswith(f"({hour:02}:00 UTC)")


def test_an_event_among_the_deals_says_so():
    moment = datetime(2025, 4, 21, 9, tzinfo=UTC)
    steps = build_timing_steps(
        event(day=MONDAY, moment=moment),
        timing(moment=moment, partial=True, alternative=None),
        CARD,
    )
    assert feet(steps)[0] == [
        "12:00 MSK (09:00 UTC)",
        "while the fixing of that day was being made",
    ]


def test_a_distant_fixing_is_counted_in_days():
    steps = build_timing_steps(event(day=date(2025, 4, 12)), timing(shift_days=9), CARD)
    assert feet(steps)[0][-1] == "9 days before the next one"


def test_a_range_names_its_days():
    steps = build_timing_steps(event(end_day=date(2025, 4, 24)), timing(), CARD)
    assert "the first day of 20–24 Apr 2025" in feet(steps)[0]


def test_a_late_evening_in_utc_is_the_next_day_in_moscow():
    # 22:00 UTC on Sunday is 01:00 MSK on Monday.
    moment = datetime(2025, 4, 20, 22, tzinfo=UTC)
    steps = build_timing_steps(event(moment=moment), timing(moment=moment, alternative=None), CARD)
    assert steps[0].text == "Mon 21 Apr 2025"
    assert feet(steps)[0][0] == "01:00 MSK (20 Apr 22:00 UTC)"


NOON = datetime(2025, 4, 21, 9, tzinfo=UTC)
"""12:00 in Moscow on Monday."""


def first_box(hour, **more):
    texts = event(day=MONDAY, hours=(hour,), moment=moment_from_hours([hour]))
    return build_timing_steps(texts, timing(shift_days=0, moment=texts.moment, **more), CARD)[0]


def test_an_hour_is_told_with_its_kind_and_who_gives_it():
    report = Hour(NOON, "published", "A paper")
    assert first_box(report).foot.split("\n") == [
        "time not known; first report 12:00 MSK (09:00 UTC), A paper",
        "any hour up to then lies before that day's fixing",
    ]
    planned = first_box(Hour(NOON, "scheduled", "A programme"), partial=True)
    assert planned.foot.startswith("scheduled for 12:00 MSK (09:00 UTC), A programme\n")
    text = first_box(Hour(NOON, "statement", "A palace"), partial=True)
    assert text.foot.startswith("12:00 MSK (09:00 UTC), A palace\n")


def test_a_report_of_the_next_day_shows_both_candidates():
    late = Hour(datetime(2025, 4, 21, 22, 30, tzinfo=UTC), "published", "A paper")
    steps = build_timing_steps(event(day=MONDAY, hours=(late,)), unsettled(), CARD)
    assert len(steps) == 4
    assert steps[0].foot == (
        "time not known; first report 22 Apr 01:30 MSK (21 Apr 22:30 UTC), A paper"
    )


def test_every_clock_time_has_a_line_with_its_evidence_as_text():
    hours = (
        Hour(NOON, "scheduled", "A programme", "https://paper.example/1", "*Noon* was set", "high"),
        Hour(NOON, "published", "A paper", "", "Stamped [12:00](x)", "low"),
    )
    planned, report = (
        line.replace("\u2060", "") for line in build_hour_lines(event(day=MONDAY, hours=hours))
    )
    assert planned.startswith("**Scheduled: in general not earlier:** 21 Apr 2025, 12:00 MSK (09")
    assert "[A programme](<https://paper.example/1>)" in planned
    assert "\\*Noon\\* was set" in planned
    assert report.startswith("**First report: not later:**")
    assert "](x)" not in report.replace("\\]", "")
    assert report.endswith("(confidence low)")
