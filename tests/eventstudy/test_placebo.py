"""The placebo of a tiny series, enumerated by hand, and of a large one, counted one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.eventstudy import placebo, shared_statistics
from dashboard.eventstudy.abnormal_returns import compute_abnormal_returns, standardise
from dashboard.eventstudy.normal.none import NoChange
from dashboard.eventstudy.placebo import (
    MoveSizes,
    NearPoolCounts,
    PlaceboGrid,
    eve_volatility,
    find_candidates,
    find_near_spans,
    is_far_from,
    rank_among_placebos,
)
from dashboard.eventstudy.returns import History
from dashboard.eventstudy.study import rank_rows, study_series
from dashboard.models.study import StudyRequest
from tests.made_series import event_at_row, series_of_returns

NAN = float("nan")

# Returns in per cent. With three estimation rows, no gap and the no-change model the dates that
# can be used are rows 4..7, and SCAR = r / root mean square of the three returns before:
#   row 4:  2 / sqrt((1+1+1)/3) =  2        row 6: 3 / sqrt((1+4+1)/3)  = 2.1213
#   row 5: -1 / sqrt((1+1+4)/3) = -0.7071   row 7: 0 / sqrt((4+1+9)/3)  = 0
TINY = np.array([NAN, 1, 1, 1, 2, -1, 3, 0]) / 100
REQUEST = StudyRequest(window=(0, 0), cars=((0, 0),), estimation=3, gap=0, min_estimation=3)


def placebo_of(rows, occupied, pool):
    result = find_candidates(
        PlaceboGrid.admissible(History(TINY), REQUEST, NoChange()), np.array(occupied)
    )
    car = TINY[rows]
    scar = np.array([{4: 2.0, 5: -math.sqrt(0.5), 6: 3 / math.sqrt(2), 7: 0.0}[r] for r in rows])
    if pool == "no pool":
        return result
    return rank_among_placebos(
        result, (0, 0), pool, (np.array(rows), car, scar, np.full(len(rows), 0.01))
    )


def test_the_admissible_dates_have_both_windows_inside_the_series():
    result = placebo_of([4], [], "no pool")
    assert result.row.tolist() == [4, 5, 6, 7]
    assert result.car[0, 0] == pytest.approx([0.02, -0.01, 0.03, 0.0])
    assert result.scar[0, 0] == pytest.approx([2, -math.sqrt(0.5), 3 / math.sqrt(2), 0], abs=1e-9)


def test_against_all_dates_the_event_counts_once():
    result = placebo_of([4, 5, 6, 7], [4, 5, 6, 7], "all")
    # |SCAR| >= 2: rows 4, 6; >= 0.7071: rows 4, 5, 6; >= 2.1213: row 6; >= 0: all; of 4 dates.
    assert result.p == pytest.approx([2 / 4, 3 / 4, 1 / 4, 4 / 4])
    # |SCAR| of the three other dates below 2, 0.7071, 2.1213, 0; then |CAR| below 2, 1, 3, 0 %.
    assert result.percentile == pytest.approx([200 / 3, 100 / 3, 100, 0])
    assert result.by_move == pytest.approx([200 / 3, 100 / 3, 100, 0])
    assert result.size.tolist() == [3, 3, 3, 3]


def test_against_quiet_dates_the_event_is_added_to_the_pool():
    result = placebo_of([4, 6], [4, 6], "quiet")
    # Quiet: rows 5 and 7, |SCAR| 0.7071 and 0, |CAR| 1 and 0 %.
    assert result.p == pytest.approx([1 / 3, 1 / 3])
    assert result.percentile == pytest.approx([100, 100])
    assert result.size.tolist() == [2, 2]


def test_a_move_is_ranked_in_units_of_its_own_volatility():
    # A storm of 8 % moves, then moves of 1 % with one of 3 %: it is the largest for its
    # volatility, and smaller than every move of the storm.
    returns = np.array([NAN] + [8, -8] * 4 + [1, -1] * 4 + [3.0]) / 100
    request = StudyRequest(window=(0, 0), cars=((0, 0),), estimation=4, gap=0, min_estimation=4)
    dates = find_candidates(
        PlaceboGrid.admissible(History(returns), request, NoChange()), np.array([])
    )
    actual = np.array([17])
    move = (actual, returns[actual], returns[actual] / 0.01, np.array([NAN]))
    result = rank_among_placebos(dates, (0, 0), "near", move)
    # Other dates: rows 5 to 16, of which 5 to 8 moved by 8 %.
    assert result.size.tolist() == [12]
    assert result.percentile.tolist() == [100]
    assert result.p == pytest.approx([1 / 13])
    assert result.by_move == pytest.approx([100 * 8 / 12])


def test_without_any_quiet_date_there_is_no_answer():
    result = placebo_of([4], [4, 5, 6, 7], "quiet")
    assert np.isnan(result.p).all()
    assert np.isnan(result.percentile).all()
    assert result.size.tolist() == [0]
    assert np.isnat(result.first).all()


@pytest.mark.parametrize(
    ("row", "far"), [(84, True), (85, False), (100, False), (115, False), (116, True)]
)
def test_a_quiet_window_touches_no_events_window(row, far):
    # Windows of 16 rows whose anchors differ by less than 16 share a row.
    assert is_far_from(np.array([row]), np.array([100]), 16).tolist() == [far]


def test_far_from_looks_at_the_nearest_event_on_both_sides():
    occupied = np.array([300, 100, 200])
    rows = np.arange(400)
    slow = [min(abs(row - other) for other in occupied) >= 16 for row in rows]
    assert is_far_from(rows, occupied, 16).tolist() == slow
    assert is_far_from(rows, np.array([], dtype=int), 16).all()


def test_the_volatility_on_the_eve_is_the_riskmetrics_recursion():
    returns = np.array([NAN, 0.02, -0.01, NAN, 0.03, 0.01])
    first = 0.02**2
    second = 0.94 * first + 0.06 * 0.01**2
    third = 0.94 * second + 0.06 * 0.03**2  # the missing return changes nothing
    expected = np.sqrt([first, second, second, third])
    result = eve_volatility(returns)
    assert np.isnan(result[:2]).all()
    assert result[2:] == pytest.approx(expected)


def members(dates, window, pool, event):
    """docs/statistics.md, 1 and 17.2, read aloud: the places of an event's pool."""
    row, _, _, eve = event
    first, last = window
    known = [k for k in range(len(dates.row)) if np.isfinite(dates.scar[window][k])]
    if pool == "quiet":
        return [k for k in known if dates.quiet[k] and dates.row[k] != row]
    if pool == "all":
        return [k for k in known if dates.row[k] != row]
    if pool == "similar":
        cuts = np.quantile(dates.volatility[known], [1 / 3, 2 / 3])
        same = [k for k in known if sum(dates.volatility[k] > cuts) == sum(eve > cuts)]
        return [k for k in same if dates.row[k] != row]
    # Near: rows first .. last of the date hold row 0 of the event, or it is the event's own.
    free = [k for k in known if dates.row[k] != row
            and not dates.row[k] + first <= row <= dates.row[k] + last]  # fmt: skip
    reached = [k for k in free if abs(dates.row[k] - row) <= 250]
    if len(reached) >= 100:
        return reached
    return sorted(free, key=lambda k: (abs(dates.row[k] - row), dates.row[k]))[:250]


def slow_answer(dates, window, pool, event):
    """p, both percentiles, size, first and last day and how many within two years, one by one."""
    row, car, scar, _ = event
    chosen = members(dates, window, pool, event)
    sizes = [abs(dates.scar[window][k]) for k in chosen]
    moves = [abs(dates.car[window][k]) for k in chosen]
    days = [dates.day[dates.row[k]] for k in chosen]
    return (
        (1 + sum(size >= abs(scar) for size in sizes)) / (1 + len(chosen)),
        100 * sum(size < abs(scar) for size in sizes) / len(chosen),
        100 * sum(move < abs(car) for move in moves) / len(chosen),
        len(chosen), min(days), max(days),
        sum(abs((day - dates.day[row]).astype(int)) <= 731 for day in days),
    )  # fmt: skip


def answer_of(result, k):
    return (result.p[k], result.percentile[k], result.by_move[k], result.size[k], result.first[k],
            result.last[k], result.close[k])  # fmt: skip


def holed(returns):
    """Returns of which most in the middle are missing: the dates in reach are then too few."""
    returns[200:640:2] = NAN
    returns[300:500] = NAN
    return returns


@pytest.mark.parametrize("window", [(0, 0), (0, 1), (-1, 2), (-5, -1), (1, 3)])
@pytest.mark.parametrize("pool", ["near", "quiet", "all", "similar"])
@pytest.mark.parametrize(
    "made",
    [lambda returns: returns, holed, lambda returns: returns[:130]],
    ids=["whole", "holed", "short"],
)
def test_all_events_at_once_are_compared_as_one_by_one(pool, window, made):
    random = np.random.default_rng(11)
    returns = made(np.concatenate(([NAN], 0.01 * random.standard_t(4, 899))))
    day = np.datetime64("2014-01-01", "D") + np.cumsum(random.integers(1, 5, len(returns)))
    request = StudyRequest(window=(-5, 3), cars=(window,), estimation=40, gap=3, min_estimation=9)
    occupied = np.sort(random.choice(np.arange(60, len(returns) - 4), 25))
    history = History(returns, day=day)
    dates = find_candidates(PlaceboGrid.admissible(history, request, NoChange()), occupied)
    eve = eve_volatility(returns)
    expected_result = compute_abnormal_returns(history, occupied, request, NoChange())
    car, error = expected_result.car(window)
    events = (occupied, car, standardise(car, error), eve[occupied])
    result = rank_among_placebos(dates, window, pool, events)
    studied = np.flatnonzero(np.isfinite(events[2]))
    assert len(studied) > 5
    for k in studied:
        event = tuple(values[k] for values in events)
        if not members(dates, window, pool, event):
            assert np.isnan(result.p[k])
            continue
        actual, expected = answer_of(result, k), slow_answer(dates, window, pool, event)
        assert actual[:4] == pytest.approx(expected[:4])
        assert actual[4:] == expected[4:]
    assert np.isnan(result.percentile[~np.isfinite(events[2])]).all()


def test_the_nearest_dates_are_taken_where_fewer_than_a_hundred_are_in_reach():
    # Dates on rows 0..199 and 700..999; the event on row 400 has 150..199, fifty of them, in
    # reach. Nearest: 199..101 (201 to 299 rows away), then 100 and 700 (300 away) and so on in
    # pairs down to 26 and 774 (374 away), which are 99 + 150; the last is 25, as it is earlier
    # than 775.
    dates = np.concatenate((np.arange(200), np.arange(700, 1000)))
    spans, few = find_near_spans(dates, np.array([400, 210]), (0, 0))
    assert few.tolist() == [True, False]
    assert [s[0] for s in (spans.start, spans.gap_start, spans.gap_end, spans.stop)] == [
        25,
        200,
        200,
        275,
    ]
    assert spans.size.tolist() == [250, 200]


@pytest.mark.parametrize("window", [(0, 0), (-7, 8), (2, 5), (-260, 3)])
@pytest.mark.parametrize("share", [0.6, 0.05], ids=["close together", "far apart"])
def test_members_of_pools_near_events_are_counted_as_by_a_loop(window, share):
    random = np.random.default_rng(3)
    dates = np.flatnonzero(random.random(1500) < 0.8)
    row = np.flatnonzero(random.random(1500) < share)
    moves, values = random.integers(0, 40, len(dates)) / 10, random.integers(0, 41, len(row)) / 10
    result = NearPoolCounts(dates, row, window).count_below(MoveSizes(moves), values)
    spans, few = find_near_spans(dates, row, window)
    place = np.arange(len(dates))
    for k in range(len(row)):
        before = (place >= spans.start[k]) & (place < spans.gap_start[k])
        after = (place >= spans.gap_end[k]) & (place < spans.stop[k])
        assert result[k] == (moves[before | after] < values[k]).sum(), (k, few[k])


def test_rows_of_a_long_series_are_ranked_as_events_are():
    series = series_of_returns(0.01 * np.random.default_rng(1).standard_normal(599))
    request = StudyRequest(window=(-2, 3), cars=((0, 0), (0, 1)), estimation=30, gap=2,
                           min_estimation=20)  # fmt: skip
    events = [event_at_row(row) for row in (40, 41, 300, 590, 598)]
    studied = study_series(series, events, [], request)
    ranked = rank_rows(series, studied.anchor, request)
    for car in studied.cars:
        move, placebo = ranked[car.window]
        assert np.array_equal(move, car.car, equal_nan=True)
        for name, mine in (("percentile", placebo.percentile), ("placebo_p", placebo.p),
                           ("n_placebo", placebo.size), ("pool_first", placebo.first)):  # fmt: skip
            assert np.array_equal(getattr(car, name), mine, equal_nan=name != "n_placebo")


def test_a_long_series_is_shifted_by_adding_as_it_would_be_by_transforming(monkeypatch):
    rng = np.random.default_rng(7)
    actual, values = np.zeros(1_009), rng.normal(size=(1_009, 2))
    actual[[3, 400, 1_000]] = 1.0, 2.0, 1.0
    by_transform = shared_statistics._correlate(actual, values)
    monkeypatch.setattr(shared_statistics, "LONG_SERIES", 1_000)
    by_adding = shared_statistics._correlate(actual, values)
    # By hand for shift 10: values 13 + 2 x 410 + 1 (1000 + 10 - 1009).
    assert by_adding[10] == pytest.approx(values[13] + 2 * values[410] + values[1])
    assert np.allclose(by_adding, by_transform, atol=1e-12)


@pytest.mark.parametrize("rows", [np.arange(50, 96), np.array([50, 50, 90]), np.arange(3, 99)])
def test_rows_that_are_most_of_all_positions_are_read_from_those_of_all(rows):
    returns = np.concatenate(([NAN], 0.01 * np.random.default_rng(2).standard_normal(99)))
    request = StudyRequest(window=(-1, 2), cars=((0, 1),), estimation=30, gap=2, min_estimation=20)
    history = History(returns)
    everywhere = PlaceboGrid.admissible(history, request, NoChange())
    places = everywhere.measure_rows(rows)
    assert (places.abnormal is everywhere.abnormal) == (len(rows) == 46)
    mine = compute_abnormal_returns(history, rows, request, NoChange())
    np.testing.assert_array_equal(places.rows[places.inverse], rows)
    np.testing.assert_array_equal(places.abnormal.ar[places.inverse], mine.ar)
    np.testing.assert_array_equal(places.abnormal.se((0, 1))[places.inverse], mine.se((0, 1)))


def test_only_the_matrices_of_a_long_series_are_freed(monkeypatch):
    grid = PlaceboGrid.admissible(History(TINY), REQUEST, NoChange())
    before = grid.abnormal
    grid.release_long()
    assert grid.abnormal is before
    monkeypatch.setattr(placebo, "MAX_CELLS", 2)
    grid.release_long()
    assert grid.abnormal is not before
    np.testing.assert_array_equal(grid.abnormal.ar, before.ar)
