"""What is told about bars, from series and events made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.domain.event_view import PathPoint
from dashboard.services.explain_event import explain_event
from dashboard.ui.bar_words import (
    mark_words,
    offset_in_time,
    point_words,
    step_words,
    wait_words,
    window_in_time,
)
from dashboard.ui.event_words import headline, notices
from dashboard.ui.move_words import dates_words, window_words
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.widgets.timing_strip import timing_steps
from tests.made_bars import begins_of, made_bars, said, working_days

DAYS = [*working_days("2025-06-02", 15), "2025-06-21", "2025-06-23", "2025-06-24"]
BEGINS = begins_of(DAYS)


def hours(begins=BEGINS):
    rates = [80.0 + 0.1 * (k % 2) for k in range(len(begins))]
    return made_bars(rates, begins, move_sign=-1)


def explained(event, begins=BEGINS):
    return explain_event(hours(begins), event, [event])


def test_offsets_are_told_in_hours():
    assert offset_in_time(-2, 60) == "2 hours before"
    assert offset_in_time(6, 60) == "6 hours after"
    assert offset_in_time(1, 10) == "10 minutes after"
    assert offset_in_time(0, 60) == "the first bar that can contain it"
    assert window_in_time((-2, 6), 60) == "2 hours before to 6 hours after"


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "one-day"), (60, "one-hour"), (10, "10-minute"), (1, "one-minute")]
)
def test_a_step_is_named_by_its_length(minutes, words):
    assert step_words(minutes) == words


def test_a_point_is_told_by_its_hours_and_what_marks_it():
    opens = datetime(2025, 6, 21, 7, tzinfo=UTC)
    point = PathPoint(0, opens.date(), 80.0, 0.0, -1.0, 1.0, opens, opens + timedelta(seconds=3599),
                      "session", weekend=True)  # fmt: skip
    assert point_words(point, 60) == "Sat 21 Jun 2025, 10:00–11:00 MSK"
    assert point_words(point, 0) == "Sat 21 Jun 2025"
    assert mark_words(point) == "new session, weekend session"


def test_an_event_inside_a_bar_is_told_with_the_hours_of_both_bars():
    view = explained(said("2025-06-18", "15:20"))
    steps = timing_steps(view.event, view.timing, view.card)
    assert [step.text for step in steps] == [
        "Wed 18 Jun 2025",
        "Wed 18 Jun 2025, 15:00–16:00 MSK",
        "Wed 18 Jun 2025, 14:00–15:00 MSK",
    ]
    assert "inside this bar: partly contained" in steps[0].foot
    assert notices(view)[0].startswith("It came inside a bar, that of 18 Jun 2025, 15:00–16:00 MSK")
    move = view.moves[1]
    assert dates_words(move) == "18 Jun 2025, 15:00 → 17:00 MSK"
    assert window_words(move.window, view.card) == "over the first 2 bars (2 hours)"
    what, unusual = headline(view, Quoting(view.card, Quote.WEAKER))
    assert what.endswith("over the first 2 bars (2 hours)")
    assert unusual.startswith("only 23 windows to compare with, 20 to 24 Jun 2025")


def test_an_event_of_the_night_is_told_its_distance_and_the_break():
    view = explained(said("2025-06-20", "21:40"))
    steps = timing_steps(view.event, view.timing, view.card)
    assert "no bar then: 12 h 20 min before the next one" in steps[0].foot
    assert wait_words(view.timing) == "12 h 20 min"
    told = " ".join(notices(view))
    assert "begins 12 h 20 min after the event" in told
    assert "The window crosses 1 break between sessions" in told
    # -2 … 6 are Friday 17:00 to Saturday 17:00: nine bars in 24 hours
    assert "9 hours of trading took 24 hours by the clock" in told
    assert "weekend session, with thin volume" in told
    assert dates_words(view.moves[0]) == "20 Jun 19:00 → 21 Jun 2025 11:00 MSK"


def test_bars_that_are_missing_are_told_and_not_filled():
    begins = [begin for begin in BEGINS if begin.isoformat()[:13] != "2025-06-18T16"]
    told = " ".join(notices(explained(said("2025-06-18", "15:20"), begins)))
    assert "Bars are missing at 1 place of the window" in told
    assert "nothing is filled in" in told


def test_an_event_without_an_hour_says_so_and_has_no_timing():
    view = explained(said("2025-06-18"))
    assert view.timing is None
    assert headline(view, Quoting(view.card, Quote.WEAKER))[0].startswith(
        "No move to show: hour unknown"
    )
