"""The largest moves of a series of a few days, by hand."""

from datetime import date

import numpy as np
import pytest

from dashboard.services.study import build_event_view, events_by_row, largest_moves, move_on_day
from tests.made_series import event_at_row, event_on, made_series

# Moves of the rouble, -100 ln(P_t / P_t-1):
#   row 1  100 -> 102   -1.98026      row 4  103 -> 103    0
#   row 2  102 -> 101    0.98523      row 5  103 ->  99    3.96091
#   row 3  101 -> 103   -1.96085
RATES = [100, 102, 101, 103, 103, 99]
FIRST, LAST = date(2024, 1, 1), date(2024, 1, 6)


def series(rates=RATES):
    return made_series(rates, move_sign=-1)


def test_the_largest_moves_come_first_whatever_their_direction():
    found = largest_moves(series(), (), FIRST, LAST, count=3)
    assert [move.day.day for move in found] == [6, 2, 4]
    assert [move.log_points for move in found] == pytest.approx(
        [3.96091, -1.98026, -1.96085], abs=5e-6
    )


def test_a_move_carries_its_base_and_both_percentages():
    top = largest_moves(series(), (), FIRST, LAST, count=1)[0]
    assert (top.base_day, top.base_rate, top.rate) == (date(2024, 1, 5), 103, 99)
    # 99/103 - 1 = -3.88350 %, 103/99 - 1 = +4.04040 %
    assert top.pct_quoted == pytest.approx(-3.88350, abs=5e-6)
    assert top.pct_inverse == pytest.approx(4.04040, abs=5e-6)


def test_a_move_is_ranked_as_the_event_is_that_it_is_the_first_rate_of():
    rates = 80 * np.exp(np.cumsum(0.01 * np.random.default_rng(3).normal(size=700)))
    long = series(rates)
    top = largest_moves(long, (), date(2024, 12, 1), date(2025, 6, 1), count=3)
    assert len(top) == 3
    for move in top:
        event = event_on(str(move.day))
        first, both = build_event_view(long, event, ()).moves[:2]
        assert first.log_points == pytest.approx(move.log_points)
        assert (move.rank, move.rank_both) == (first.rank("near"), both.rank("near"))
        assert move.rank == move_on_day(long, (), move.day).rank
        assert move.rank.size > 400


def test_a_move_with_too_little_before_it_has_no_rank():
    top = largest_moves(series(), (), FIRST, LAST, count=1)[0]
    assert (top.rank.size, top.rank.percentile) == (0, None)


def test_only_the_period_asked_is_scanned():
    found = largest_moves(series(), (), date(2024, 1, 3), date(2024, 1, 5))
    assert [move.day.day for move in found] == [4, 3, 5]


def test_a_missing_rate_leaves_no_move_on_either_side():
    found = largest_moves(series([100, 102, np.nan, 103, 104]), (), FIRST, LAST)
    assert sorted(move.day.day for move in found) == [2, 5]


def test_a_move_names_the_events_whose_first_rate_it_ends_on():
    events = [event_at_row(5, "then"), event_at_row(3, "before")]
    top = largest_moves(series(), events, FIRST, LAST, count=1)[0]
    assert [event.id for event in top.events] == ["then"]


def test_an_event_outside_the_data_belongs_to_no_move():
    assert events_by_row(series(), [event_at_row(6), event_at_row(-3)]) == {}


def test_a_day_without_a_rate_takes_the_last_one_before_it():
    assert move_on_day(series(), (), date(2024, 2, 1)).day == date(2024, 1, 6)


def test_the_first_observation_has_no_move():
    assert move_on_day(series(), (), FIRST) is None
