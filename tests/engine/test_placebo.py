"""The placebo of a tiny series, enumerated by hand, and of a large one, counted one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.domain.study import StudyRequest
from dashboard.engine import shifts
from dashboard.engine.history import History
from dashboard.engine.normal.none import NoChange
from dashboard.engine.placebo import compare, eve_volatility, far_from, find_candidates

NAN = float("nan")

# Returns in per cent. With three estimation rows, no gap and the no-change model the dates that
# can be used are rows 4..7, and SCAR = r / root mean square of the three returns before:
#   row 4:  2 / sqrt((1+1+1)/3) =  2        row 6: 3 / sqrt((1+4+1)/3)  = 2.1213
#   row 5: -1 / sqrt((1+1+4)/3) = -0.7071   row 7: 0 / sqrt((4+1+9)/3)  = 0
TINY = np.array([NAN, 1, 1, 1, 2, -1, 3, 0]) / 100
REQUEST = StudyRequest(window=(0, 0), cars=((0, 0),), estimation=3, gap=0, min_estimation=3)


def placebo_of(rows, occupied, pool):
    found = find_candidates(History(TINY), np.array(occupied), REQUEST, NoChange())
    car = TINY[rows]
    scar = np.array([{4: 2.0, 5: -math.sqrt(0.5), 6: 3 / math.sqrt(2), 7: 0.0}[r] for r in rows])
    if pool == "no pool":
        return found
    return compare(found, (0, 0), pool, (np.array(rows), car, scar, np.full(len(rows), 0.01)))


def test_the_admissible_dates_have_both_windows_inside_the_series():
    found = placebo_of([4], [], "no pool")
    assert found.row.tolist() == [4, 5, 6, 7]
    assert found.car[0, 0] == pytest.approx([0.02, -0.01, 0.03, 0.0])
    assert found.scar[0, 0] == pytest.approx([2, -math.sqrt(0.5), 3 / math.sqrt(2), 0], abs=1e-9)


def test_against_all_dates_the_event_counts_once():
    found = placebo_of([4, 5, 6, 7], [4, 5, 6, 7], "all")
    # |SCAR| >= 2: rows 4, 6; >= 0.7071: rows 4, 5, 6; >= 2.1213: row 6; >= 0: all; of 4 dates.
    assert found.p == pytest.approx([2 / 4, 3 / 4, 1 / 4, 4 / 4])
    # |CAR| of the three other dates below 2, 1, 3, 0 %.
    assert found.percentile == pytest.approx([200 / 3, 100 / 3, 100, 0])
    assert found.pool.tolist() == [3, 3, 3, 3]


def test_against_quiet_dates_the_event_is_added_to_the_pool():
    found = placebo_of([4, 6], [4, 6], "quiet")
    # Quiet: rows 5 and 7, |SCAR| 0.7071 and 0, |CAR| 1 and 0 %.
    assert found.p == pytest.approx([1 / 3, 1 / 3])
    assert found.percentile == pytest.approx([100, 100])
    assert found.pool.tolist() == [2, 2]


def test_without_any_quiet_date_there_is_no_answer():
    found = placebo_of([4], [4, 5, 6, 7], "quiet")
    assert np.isnan(found.p).all()
    assert np.isnan(found.percentile).all()
    assert found.pool.tolist() == [0]


@pytest.mark.parametrize(
    ("row", "far"), [(84, True), (85, False), (100, False), (115, False), (116, True)]
)
def test_a_quiet_window_touches_no_events_window(row, far):
    # Windows of 16 rows whose anchors are less than 16 apart share a row.
    assert far_from(np.array([row]), np.array([100]), 16).tolist() == [far]


def test_far_from_looks_at_the_nearest_event_on_both_sides():
    occupied = np.array([300, 100, 200])
    rows = np.arange(400)
    slow = [min(abs(row - other) for other in occupied) >= 16 for row in rows]
    assert far_from(rows, occupied, 16).tolist() == slow
    assert far_from(rows, np.array([], dtype=int), 16).all()


def test_the_volatility_on_the_eve_is_the_riskmetrics_recursion():
    returns = np.array([NAN, 0.02, -0.01, NAN, 0.03, 0.01])
    first = 0.02**2
    second = 0.94 * first + 0.06 * 0.01**2
    third = 0.94 * second + 0.06 * 0.03**2  # the missing return changes nothing
    expected = np.sqrt([first, second, second, third])
    found = eve_volatility(returns)
    assert np.isnan(found[:2]).all()
    assert found[2:] == pytest.approx(expected)


def slow_answer(candidates, event, quiet_only):
    """STATISTICS section 1 read aloud, one pseudo-date at a time."""
    row, car, scar, eve = event
    others, volatilities = [], []
    for k in range(len(candidates.row)):
        if quiet_only and not candidates.quiet[k]:
            continue
        volatilities.append(candidates.volatility[k])
        if candidates.row[k] != row:
            others.append((abs(candidates.car[0, 1][k]), abs(candidates.scar[0, 1][k]),
                           candidates.volatility[k]))  # fmt: skip
    p = (1 + sum(z >= abs(scar) for _, z, _ in others)) / (1 + len(others))
    smaller = 100 * sum(c < abs(car) for c, _, _ in others) / len(others)
    cuts = np.quantile(volatilities, [1 / 3, 2 / 3])
    same = [c for c, _, v in others if sum(v > cuts) == sum(eve > cuts)]
    return p, smaller, 100 * sum(c < abs(car) for c in same) / len(same)


@pytest.mark.parametrize("pool", ["quiet", "all"])
def test_all_events_at_once_are_compared_as_one_by_one(pool):
    random = np.random.default_rng(11)
    returns = np.concatenate(([NAN], 0.01 * random.standard_t(4, 399)))
    request = StudyRequest(window=(-1, 2), cars=((0, 1),), estimation=40, gap=3, min_estimation=20)
    occupied = np.sort(random.choice(np.arange(60, 390), 25, replace=False))
    candidates = find_candidates(History(returns), occupied, request, NoChange())
    eve = eve_volatility(returns)
    at = np.searchsorted(candidates.row, occupied)
    car, scar = candidates.car[0, 1][at], candidates.scar[0, 1][at]
    found = compare(candidates, (0, 1), pool, (occupied, car, scar, eve[occupied]))
    for k, row in enumerate(occupied):
        event = (row, car[k], scar[k], eve[row])
        expected = slow_answer(candidates, event, pool == "quiet")
        assert (found.p[k], found.percentile[k], found.percentile_matched[k]) == pytest.approx(
            expected
        )


def test_a_long_series_is_shifted_by_adding_as_it_would_be_by_transforming(monkeypatch):
    rng = np.random.default_rng(7)
    here, values = np.zeros(1_009), rng.normal(size=(1_009, 2))
    here[[3, 400, 1_000]] = 1.0, 2.0, 1.0
    by_transform = shifts._correlate(here, values)
    monkeypatch.setattr(shifts, "LONG", 1_000)
    by_adding = shifts._correlate(here, values)
    # By hand for shift 10: values 13 + 2 x 410 + 1 (1000 + 10 - 1009).
    assert by_adding[10] == pytest.approx(values[13] + 2 * values[410] + values[1])
    assert np.allclose(by_adding, by_transform, atol=1e-12)
