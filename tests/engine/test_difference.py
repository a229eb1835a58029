"""The difference of two groups: by brute force, by hand, and against scipy."""

import numpy as np
import pytest
from scipy import stats

from dashboard.domain.comparison import Group
from dashboard.domain.study import StudyRequest
from dashboard.engine.comparison import compare_groups
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(model="none", window=(0, 1), cars=((0, 1),), estimation=10, gap=0,
                       min_estimation=5)  # fmt: skip
RETURNS = 0.01 * np.random.default_rng(11).standard_normal(199)
FIRST = (40, 41, 90)
SECOND = (42, 120, 150, 151)


def events(rows, name):
    return tuple(event_at_row(row, f"{name}-{row}") for row in rows)


def compared(first=FIRST, second=SECOND, returns=RETURNS, request=REQUEST):
    groups = [Group("a", events(first, "a")), Group("b", events(second, "b"))]
    known = (*groups[0].events, *groups[1].events)
    return compare_groups(series_of_returns(returns), groups, known, request)


def test_of(answer, test):
    return next(row for row in answer.differences if row.test == test)


test_of.__test__ = False


def car_at(row, returns=RETURNS):
    """The CAR over [0,1] without a model: the sum of two returns; row 1 has the first."""
    return returns[row - 1] + returns[row]


def test_the_shift_moves_both_groups_together_and_counts_itself():
    # The first admissible row has ten returns before it, the last one more row after it.
    places = np.arange(11, 199)
    cars = np.array([car_at(row) for row in places])
    found = []
    for shift in range(len(places)):
        a, b = (
            np.mean([cars[(row - 11 + shift) % len(places)] for row in rows])
            for rows in (FIRST, SECOND)
        )
        found.append(a - b)
    answer = compared()
    row = test_of(answer, "difference_shift")
    assert answer.shifted == pytest.approx(found)
    assert row.statistic == pytest.approx(found[0])
    assert row.p_value == pytest.approx(np.mean(np.abs(found) >= abs(found[0]) - 1e-12))
    assert row.note == "188 shifts"
    assert row.n == 7


def test_the_cluster_t_is_that_worked_out_by_hand():
    # Windows [0,1] of 40, 41 (a) and 42 (b) form a chain, 90 (a), 120 (b), 150 and 151 (b).
    a, b = [car_at(r) for r in FIRST], [car_at(r) for r in SECOND]
    share_a = [(x - np.mean(a)) / 3 for x in a]
    share_b = [-(x - np.mean(b)) / 4 for x in b]
    clusters = [
        share_a[0] + share_a[1] + share_b[0], share_a[2], share_b[1], share_b[2] + share_b[3],
    ]  # fmt: skip
    error = np.sqrt(4 / 3 * sum(x**2 for x in clusters))
    row = test_of(compared(), "difference_cluster_t")
    t = (np.mean(a) - np.mean(b)) / error
    assert row.statistic == pytest.approx(t)
    assert row.df == 3
    assert row.p_value == pytest.approx(2 * stats.t.sf(abs(t), 3))
    assert row.note == "7 events on 7 rates, 4 joint clusters"


def test_welch_is_that_of_scipy():
    expected = stats.ttest_ind(
        [car_at(r) for r in FIRST], [car_at(r) for r in SECOND], equal_var=False
    )
    row = test_of(compared(), "difference_welch")
    assert row.statistic == pytest.approx(expected.statistic)
    assert row.p_value == pytest.approx(expected.pvalue)
    assert row.df == pytest.approx(expected.df)


def test_groups_that_change_places_change_the_sign_only():
    one, other = compared(), compared(SECOND, FIRST)
    for row, turned in zip(one.differences, other.differences, strict=True):
        assert turned.statistic == pytest.approx(-row.statistic)
        assert turned.p_value == pytest.approx(row.p_value)


def test_a_group_against_itself_differs_by_nothing():
    row = test_of(compared(FIRST, FIRST), "difference_shift")
    assert (row.statistic, row.p_value) == (0.0, 1.0)


@pytest.mark.parametrize(("first", "second"), [((), SECOND), (FIRST, ()), ((), ())])
def test_without_events_in_a_group_no_test_applies(first, second):
    answer = compared(first, second)
    assert all(np.isnan(row.p_value) and row.note.startswith("needs") for row in answer.differences)


def test_a_series_that_never_moves_has_no_t():
    row = test_of(compared(returns=np.zeros(199)), "difference_welch")
    assert np.isnan(row.p_value)


APART = tuple(range(20, 180, 20))
BESIDE = tuple(row + 10 for row in APART[:6])


def test_the_answer_of_the_difference_is_the_interval_of_its_cluster_t():
    answer = compared(APART, BESIDE)
    found, row = answer.difference, test_of(answer, "difference_cluster_t")
    # Each event is a cluster of its own: 8 + 6, so 13 degrees of freedom.
    a, b = np.array([car_at(r) for r in APART]), np.array([car_at(r) for r in BESIDE])
    shares = np.concatenate(((a - a.mean()) / 8, (b - b.mean()) / 6))
    error = np.sqrt(14 / 13 * (shares**2).sum())
    assert (found.n, found.rates, found.clusters, found.reason) == (14, 14, 14, "")
    assert found.mean == pytest.approx(a.mean() - b.mean())
    half = stats.t.ppf(0.975, 13) * error
    assert (found.low, found.high) == pytest.approx((found.mean - half, found.mean + half))
    assert found.smallest_visible == pytest.approx(half + stats.t.ppf(0.8, 13) * error)
    assert found.p_value == row.p_value
    assert found.p_adjusted == row.p_adjusted
    assert [each.role for each in answer.differences] == ["headline", "", ""]


def test_two_events_on_one_rate_count_once_in_the_difference():
    twice, once = compared((40, 40, 90), SECOND), compared((40, 90), SECOND)
    for test in ("difference_cluster_t", "difference_shift", "difference_welch"):
        assert test_of(twice, test).statistic == pytest.approx(test_of(once, test).statistic)
    assert (twice.difference.n, twice.difference.rates) == (7, 6)


def test_few_joint_clusters_give_no_verdict_on_the_difference():
    found = compared().difference
    assert found.reason == "4 joint clusters of events; a verdict needs 8"
    assert np.isnan([found.p_value, found.p_adjusted, found.low, found.smallest_visible]).all()
