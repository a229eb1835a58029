"""The calendar shift against R, a loop over the shifts and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.reference.stored import CASES, differences
from tests.made_series import event_at_row, series_of_returns


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("calendar_shift", case) == []


RETURNS = 0.01 * np.random.default_rng(21).standard_t(4, 60)
REQUEST = StudyRequest(model="none", window=(0, 1), cars=((0, 1),), estimation=5, gap=0,
                       min_estimation=3)  # fmt: skip
FIRST, LAST = 6, 59  # five estimation rows from row 1 on; the window ends with row 60


def of(rows, returns=RETURNS):
    events = [event_at_row(row, f"event-{k}") for k, row in enumerate(rows)]
    answer = run_study([series_of_returns(returns)], events, REQUEST)
    wanted = ("calendar_shift", "all", (0, 1))
    return next(row for row in answer.tests if (row.test, row.group, row.window) == wanted)


def test_one_event_by_hand():
    # One date and all others: the share of dates whose move over two days is as large.
    moves = np.abs([RETURNS[row - 1] + RETURNS[row] for row in range(FIRST, LAST + 1)])
    row = FIRST + int(np.argsort(moves)[-3])  # the third largest of 54
    result = of([row])
    assert result.p_value == pytest.approx(3 / 54, rel=1e-12)
    assert (result.n, result.note) == (1, "54 shifts")
    assert result.statistic == pytest.approx(RETURNS[row - 1] + RETURNS[row], rel=1e-9)


@pytest.mark.parametrize("rows", [[10, 11, 13, 40], [20, 20, 58], [6, 59]])
def test_the_dates_move_together_and_come_round(rows):
    moves = np.array([RETURNS[row - 1] + RETURNS[row] for row in range(FIRST, LAST + 1)])
    means = [np.mean([moves[(row - FIRST + shift) % 54] for row in rows]) for shift in range(54)]
    result = of(rows)
    assert result.p_value == pytest.approx(np.mean(np.abs(means) >= abs(means[0]) - 1e-12))
    assert result.statistic == pytest.approx(means[0], rel=1e-9)


def test_too_few_shifts_say_nothing():
    result = of([10], returns=RETURNS[:20])
    assert np.isnan(result.p_value)
    assert result.note == "needs an event with full history and 20 admissible shifts"


def test_an_event_near_the_start_is_left_out():
    result = of([4, 30])  # row 4 has three returns before it: enough to study, not to shift
    assert result.n == 1
    assert result.p_value == of([30]).p_value
