"""Messages about intraday bars, from series and events made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.models.moves import PathPoint
from dashboard.presentation.events import build_notices, format_headline
from dashboard.presentation.moves import (
    describe_bar_mark,
    describe_window,
    format_move_dates,
    format_offset_time,
    format_point_time,
    format_step,
    format_wait,
    format_window_time,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.study import build_event_view
from dashboard.ui.components.timing import build_timing_steps
from tests.made_bars import begins_of, event_on, made_bars, working_days

DAYS = [*working_days("2025-06-02", 15), "2025-06-21", "2025-06-23", "2025-06-24"]
BEGINS = begins_of(DAYS)


def hours(begins=BEGINS):
    rates = [80.0 + 0.1 * (k % 2) for k in range(len(begins))]
    return made_bars(rates, begins, move_sign=-1)


def explained(event, begins=BEGINS):
    return build_event_view(hours(begins), event, [event])


def test_offsets_are_told_in_hours():
    assert format_offset_time(-2, 60) == "2 hours before"
    assert format_offset_time(6, 60) == "6 hours after"
    assert format_offset_time(1, 10) == "10 minutes after"
    assert format_offset_time(0, 60) == "the first bar that can contain it"
    assert format_window_time((-2, 6), 60) == "2 hours before to 6 hours after"


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "one-day"), (60, "one-hour"), (10, "10-minute"), (1, "one-minute")]
)
def test_a_step_is_named_by_its_length(minutes, words):
    assert format_step(minutes) == words


def test_a_point_is_told_by_its_hours_and_what_marks_it():
    opens = datetime(2025, 6, 21, 7, tzinfo=UTC)
    point = PathPoint(0, opens.date(), 80.0, 0.0, -1.0, 1.0, opens, opens + timedelta(seconds=3599),
                      "session", weekend=True)  # fmt: skip
    assert format_point_time(point, 60) == "Sat 21 Jun 2025, 10:00–11:00 MSK"
    assert format_point_time(point, 0) == "Sat 21 Jun 2025"
    assert describe_bar_mark(point) == "new session, weekend session"


def test_an_event_inside_a_bar_is_told_with_the_hours_of_both_bars():
    view = explained(event_on("2025-06-18", "15:20"))
    steps = build_timing_steps(view.event, view.timing, view.card)
    assert [step.text for step in steps] == [
        "Wed 18 Jun 2025",
        "Wed 18 Jun 2025, 15:00–16:00 MSK",
        "Wed 18 Jun 2025, 14:00–15:00 MSK",
    ]
    assert "inside this bar: partly contained" in steps[0].foot
    assert build_notices(view)[0].startswith(
        "It came inside a bar, that of 18 Jun 2025, 15:00–16:00 MSK"
    )
    move = view.moves[1]
    assert format_move_dates(move) == "18 Jun 2025, 15:00 → 17:00 MSK"
    assert describe_window(move.window, view.card) == "over the first 2 bars (2 hours)"
    what, unusual = format_headline(view, QuotedSeries(view.card, QuoteMode.WEAKER))
    assert what.endswith("over the first 2 bars (2 hours)")
    assert unusual.startswith("only 23 windows to compare with, 20 to 24 Jun 2025")


def test_an_event_of_the_night_is_told_its_distance_and_the_break():
    view = explained(event_on("2025-06-20", "21:40"))
    steps = build_timing_steps(view.event, view.timing, view.card)
    assert "no bar then: 12 h 20 min before the next one" in steps[0].foot
    assert format_wait(view.timing) == "12 h 20 min"
    texts = " ".join(build_notices(view))
    assert "begins 12 h 20 min after the event" in texts
    assert "The window crosses 1 break between sessions" in texts
    # -2 … 6 are Friday 17:00 to Saturday 17:00: nine bars in 24 hours
    assert "9 hours of trading took 24 hours by the clock" in texts
    assert "weekend session, with thin volume" in texts
    assert format_move_dates(view.moves[0]) == "20 Jun 19:00 → 21 Jun 2025 11:00 MSK"


def test_bars_that_are_missing_are_told_and_not_filled():
    begins = [begin for begin in BEGINS if begin.isoformat()[:13] != "2025-06-18T16"]
    texts = " ".join(build_notices(explained(event_on("2025-06-18", "15:20"), begins)))
    assert "Bars are missing at 1 place of the window" in texts
    assert "nothing is filled in" in texts


def test_an_event_without_an_hour_says_so_and_has_no_timing():
    view = explained(event_on("2025-06-18"))
    assert view.timing is None
    assert format_headline(view, QuotedSeries(view.card, QuoteMode.WEAKER))[0].startswith(
        "No move to show: hour unknown"
    )
