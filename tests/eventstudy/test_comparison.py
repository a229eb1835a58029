"""Comparison: each group is the study that the command line makes, corrected side by side."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from dashboard.eventstudy.comparison import compare_groups, p_value_family
from dashboard.models.analyses import Group
from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(window=(-2, 3), cars=((0, 1),), estimation=30, gap=2, min_estimation=20,
                       pool="quiet")  # fmt: skip
RETURNS = 0.01 * np.random.default_rng(5).standard_t(5, 299)
FIRST = tuple(event_at_row(row, f"a{row}", category="talks") for row in (60, 64, 120, 200))
SECOND = tuple(event_at_row(row, f"b{row}", category="remark") for row in (62, 150, 240))
KNOWN = (*FIRST, *SECOND)


@pytest.fixture(scope="module")
def both():
    groups = [Group("first", FIRST), Group("second", SECOND)]
    return compare_groups(series_of_returns(RETURNS), groups, KNOWN, REQUEST)


def test_each_group_has_the_numbers_of_its_own_study(both):
    series = series_of_returns(RETURNS)
    for group, events in zip(both.groups, (FIRST, SECOND), strict=True):
        alone = run_study([series], events, REQUEST, known=KNOWN)
        expected = {(r.window, r.test): r.p_value for r in alone.tests if r.group == "all"}
        result = {(r.window, r.test): r.p_value for r in group.tests}
        assert result == pytest.approx(expected, nan_ok=True)
        assert {row.group for row in group.tests} == {group.name}
        caar = [row.caar for row in alone.averages if row.group == "all"]
        assert [row.caar for row in group.averages] == caar
        assert [event.category for event in group.result.events] == [e.category for e in events]


def test_the_p_values_of_a_test_are_corrected_over_groups_and_difference(both):
    rows = [r for group in both.groups for r in group.tests if r.window == (0, 1)]
    p = {(r.group, r.test): r for r in (*rows, *both.differences)}
    three = [
        p["first", "calendar_shift"], p["second", "calendar_shift"],
        p["difference", "difference_shift"],
    ]  # fmt: skip
    small, middle, large = sorted(three, key=lambda row: row.p_value)
    # Holm: three times the smallest, twice the next, never falling, never above 1.
    expected = [min(1, 3 * small.p_value)]
    expected.append(max(expected[0], min(1, 2 * middle.p_value)))
    expected.append(max(expected[1], large.p_value))
    assert [small.p_adjusted, middle.p_adjusted, large.p_adjusted] == pytest.approx(expected)
    assert {p_value_family(row, REQUEST) for row in three} == {("calendar_shift", True)}


def test_the_placebo_holds_every_shift_and_the_quiet_dates(both):
    first = both.groups[0]
    rows = [60, 64, 120, 200, 62, 150, 240]
    admissible = range(1 + 30 + 2 + 2, 299 - 3 + 1)
    quiet = [r for r in admissible if all(abs(r - taken) >= 6 for taken in rows)]
    assert len(first.placebo.means) == len(admissible)
    assert len(first.placebo.cars) == len(quiet)
    cars = first.result.cars[0].car
    assert first.placebo.means[0] == pytest.approx(cars.mean())


def test_the_median_is_that_of_the_paths(both):
    paths = both.groups[1].result.car
    assert both.groups[1].medians.tolist() == [sorted(column)[1] for column in paths.T.tolist()]


def test_events_of_both_groups_are_named():
    groups = [Group("a", FIRST), Group("b", (FIRST[1], *SECOND))]
    answer = compare_groups(series_of_returns(RETURNS), groups, KNOWN, REQUEST)
    assert answer.in_both == ("a64",)


def test_one_group_has_no_difference_and_is_corrected_by_nobody():
    answer = compare_groups(series_of_returns(RETURNS), [Group("a", FIRST)], KNOWN, REQUEST)
    assert answer.differences == ()
    rows = [row for row in answer.groups[0].tests if row.window == (0, 1)]
    assert [r.p_adjusted for r in rows] == pytest.approx([r.p_value for r in rows], nan_ok=True)


def test_the_dates_near_a_group_are_those_near_one_of_its_events():
    returns = 0.01 * np.random.default_rng(6).standard_t(5, 999)
    group = Group("a", tuple(event_at_row(row, f"a{row}") for row in (60, 900)))
    request = replace(REQUEST, pool="near")
    answer = compare_groups(series_of_returns(returns), [group], group.events, request)
    admissible = range(1 + 30 + 2 + 2, 999 - 3 + 1)
    near = [r for r in admissible if abs(r - 60) <= 250 or abs(r - 900) <= 250]
    assert len(answer.groups[0].placebo.cars) == len(near)


def test_all_pseudo_dates_are_more_than_the_quiet_ones():
    request = StudyRequest(window=(-2, 3), cars=((0, 1),), estimation=30, gap=2,
                           min_estimation=20, pool="all")  # fmt: skip
    answer = compare_groups(series_of_returns(RETURNS), [Group("a", FIRST)], KNOWN, request)
    assert len(answer.groups[0].placebo.cars) == len(answer.groups[0].placebo.means)


def test_the_interval_of_a_move_is_its_t_quantile_times_its_error(both):
    # 30 returns and one mean leave 29 degrees of freedom; t(0.975, 29) = 2.0452 (any table).
    group = both.groups[0]
    assert group.half_width == pytest.approx(2.0452 * group.result.cars[0].se, rel=1e-4)


def test_only_the_declared_tests_run_until_another_table_is_read():
    groups = [Group("first", FIRST), Group("second", SECOND)]
    answer = compare_groups(series_of_returns(RETURNS), groups, KNOWN, REQUEST)
    late = {"tests", "placebo", "left_out", "intervals", "directions", "averages"}
    assert [group.headline.window for group in answer.groups] == [(0, 1), (0, 1)]
    assert not any(vars(group).keys() & late for group in answer.groups)
    assert not vars(answer).keys() & {"differences", "shifted"}
    table = [row for group in answer.groups for row in group.tests if row.window == (0, 1)]
    of_table = [row for row in (*table, *answer.differences) if row.role == "headline"]
    assert len(of_table) == 3
    for row, same in zip(answer.declared, of_table, strict=True):
        np.testing.assert_equal(astuple(row), astuple(same))
