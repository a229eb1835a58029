"""Scores against moves: Spearman by SciPy, the placebo by a loop over every shift."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashboard.models.study import StudyRequest
from dashboard.services.compare import relate_events
from tests.made_series import event_at_row, series_of_returns

RETURNS = 0.01 * np.random.default_rng(11).standard_t(5, 79)
# No change expected and no history needed beyond three rows: the CAR of [0,0] is the return.
REQUEST = StudyRequest(model="none", window=(0, 0), cars=((0, 0),), estimation=3, gap=0,
                       min_estimation=3)  # fmt: skip
ROWS = [10, 11, 25, 40, 41, 60, 72]
TONES = [-3.0, 1.5, 1.5, 4.0, -0.5, 2.0, -8.0]


def related(tones=TONES, rows=ROWS, returns=RETURNS, name="tone"):
    events = [event_at_row(row, f"e{k}", tags=(f"{name}:{tone}",))
              for k, (row, tone) in enumerate(zip(rows, tones, strict=True))]  # fmt: skip
    return relate_events(series_of_returns(returns), events, events, REQUEST)


def row_of(answer, score, against):
    return next(r for r in answer.scores if (r.score, r.against) == (score, against))


def admissible():
    """Returns at the rows whose three rows of history and whose own return lie inside: 4..79."""
    return RETURNS[3:]


@pytest.mark.parametrize("against", ["move", "size"])
def test_rho_is_that_of_scipy(against):
    moves = RETURNS[np.array(ROWS) - 1]
    shown = moves if against == "move" else np.abs(moves)
    result = row_of(related(), "tone", against)
    assert result.r == pytest.approx(stats.spearmanr(TONES, shown).statistic, rel=1e-12)
    assert (result.n, result.without) == (7, 0)


def test_p_and_band_are_those_of_every_shift():
    values, at = admissible(), np.array(ROWS) - 4
    shifts = [stats.spearmanr(TONES, values[(at + k) % len(values)]).statistic
              for k in range(len(values))]  # fmt: skip
    result = row_of(related(), "tone", "move")
    assert result.p_value == pytest.approx(np.mean(np.abs(shifts) >= abs(shifts[0]) - 1e-9))
    assert (result.low, result.high) == pytest.approx(tuple(np.quantile(shifts, [0.025, 0.975])))


def test_a_score_that_orders_the_moves_has_rho_one():
    moves = RETURNS[np.array(ROWS) - 1]
    result = row_of(related(tones=[round(float(x) * 100, 6) for x in moves]), "tone", "move")
    assert result.r == pytest.approx(1.0)
    assert result.p_value < 0.05


def test_p_is_corrected_over_scores_and_ways_of_looking():
    answer = related(rows=[10, 10, 25, 40, 41, 60, 72])
    raw = sorted(r.p_value for r in answer.scores)
    assert [(r.score, r.against) for r in answer.scores] == [
        ("tone", "move"), ("tone", "size"), ("crowd", "move"), ("crowd", "size"),
    ]  # fmt: skip
    smallest = min(r.p_adjusted for r in answer.scores)
    assert smallest == pytest.approx(min(1.0, 4 * raw[0]))  # Holm: the smallest p times four


def test_crowd_counts_the_events_at_the_same_first_rate():
    answer = related(rows=[10, 10, 25, 40, 40, 40, 72])
    crowd = next(points for points in answer.points if points.score == "crowd")
    assert sorted(crowd.value.tolist()) == [1, 1, 2, 2, 3, 3, 3]
    moves = RETURNS[np.array([10, 10, 25, 40, 40, 40, 72]) - 1]
    assert sorted(crowd.car.tolist()) == pytest.approx(sorted(moves.tolist()))


def test_fewer_than_five_scores_or_equal_ones_give_no_correlation():
    few = related(tones=TONES[:4], rows=ROWS[:4])
    assert np.isnan(row_of(few, "tone", "move").r)
    assert row_of(few, "tone", "move").n == 4
    alike = related(tones=[1.0] * 7)
    assert np.isnan(row_of(alike, "tone", "move").p_value)


def test_an_event_without_a_score_or_a_move_is_counted():
    events = [event_at_row(row, f"e{row}", tags=("intensity:1",) if row != 25 else ())
              for row in [3, *ROWS]]  # fmt: skip
    answer = relate_events(series_of_returns(RETURNS), events, events, REQUEST)
    result = row_of(answer, "intensity", "move")
    # row 3 has two rows of history and is skipped; row 25 has no score
    assert (answer.requested, answer.used, result.n, result.without) == (8, 7, 6, 1)


def test_nobody_has_a_score_then_only_crowds_are_there():
    events = [event_at_row(row, f"e{row}") for row in ROWS]
    answer = relate_events(series_of_returns(RETURNS), events, events, REQUEST)
    assert {row.score for row in answer.scores} == {"crowd"}
