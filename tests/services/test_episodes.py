"""Episodes: stories as first events and as spans, by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from dashboard.services.episodes import (
    first_events,
    group_stories,
    label_overlaps,
    measure_episodes,
)
from tests.made_series import event_at_row, made_series
from tests.shipped_catalogue import CATALOGUE, rows_of


def made_rates(extra=()):
    """Moves of +1 and -1 log point in turn, with others at some rows."""
    moves = np.where(np.arange(1200) % 2, 1.0, -1.0)
    for row, move in extra:
        moves[row] = move
    return made_series(100 * np.exp(-np.cumsum(moves) / 100), move_sign=-1)


def member(row, story, **more):
    return replace(event_at_row(row, f"{story}-{row}", **more), story=story)


def test_a_span_runs_from_the_base_of_the_first_event_to_after_the_last():
    # Rows 600 to 604: +5 instead of -1, then +1 -1 +1 -1: 5 log points over 5 observations.
    series = made_rates([(600, 5)])
    events = (member(603, "Talks"), member(600, " talks "), member(900, "Other"))
    talks, other = measure_episodes(series, events, after=1).episodes
    assert [event.id for event in talks.events] == [" talks -600", "Talks-603"]
    assert (talks.story, talks.length, talks.move) == ("talks", 5, pytest.approx(5))
    # sigma = 1 log point over the 120 moves that end ten before.
    assert talks.scar == pytest.approx(5 / 5**0.5)
    # No other span of five moves by 5: with odd length each is +1 or -1.
    assert talks.percentile == 100
    assert talks.p == pytest.approx(1 / (1 + talks.n_spans))
    assert talks.n_separate == talks.n_spans // 5
    # All others are +1 or -1 over sqrt 5, so that 95 of 100 lie within one log point.
    assert (talks.low, talks.high) == pytest.approx((-1, 1), abs=1e-6)
    assert talks.p_adjusted == pytest.approx(2 * talks.p)
    assert (other.length, other.move) == (2, pytest.approx(0, abs=1e-9))


def test_a_story_without_all_its_rates_and_one_too_long_say_so():
    events = (
        member(1000, "Ends late"), member(1199, "Ends late"),
        member(300, "Too long"), member(900, "Too long"),
        member(20, "Too early"),
    )  # fmt: skip
    found = {one.story: one for one in measure_episodes(made_rates(), events).episodes}
    assert str(found["Ends late"].reason).startswith("not all of its events have a rate")
    assert found["Ends late"].move is None
    assert str(found["Too long"].reason) == "fewer than 8 separate spans of its length"
    assert found["Too long"].move is not None
    assert found["Too long"].p is None
    assert str(found["Too early"].reason) == "too little history before it"


def test_all_episodes_together_are_judged_by_whole_groups_of_overlapping_spans():
    rows = range(200, 1100, 100)
    series = made_rates([(row, 3) for row in rows])
    events = [member(row, f"story {row}") for row in rows]
    events.append(member(201, "overlaps"))
    study = measure_episodes(series, events, after=1)
    assert (study.n, study.n_clusters) == (10, 9)
    assert study.p is not None
    few = measure_episodes(series, events[:7], after=1)
    assert (few.n_clusters, few.p, few.visible) == (7, None, None)


def test_overlapping_spans_are_one_group_also_through_others():
    assert label_overlaps([(1, 4), (10, 12), (3, 6), (6, 9)]).tolist() == [0, 1, 0, 0]


def test_the_first_event_of_each_story_and_none_without_one():
    events = (member(9, "B"), member(5, "b"), member(7, "A"), event_at_row(1))
    assert [event.id for event in first_events(events)] == ["b-5", "A-7"]
    assert list(group_stories(events)) == ["b", "A"]


def test_every_story_of_the_catalogue_quotes_the_title_of_its_event():
    titles = {row["id"]: row for row in CATALOGUE}
    rows = rows_of("events/stories.csv")
    assert len(rows) == len({row["event_id"] for row in rows}) == 86
    for row in rows:
        event = titles[row["event_id"]]
        assert row["basis"] in event["title"]
        assert row["date"] == event["date"]
        assert date.fromisoformat(row["date"])
