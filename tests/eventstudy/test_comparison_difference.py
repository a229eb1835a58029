"""The difference of two groups: by brute force, by hand, and against scipy."""

import numpy as np
import pytest
from scipy import stats

from dashboard.eventstudy.comparison import compare_groups
from dashboard.models.analyses import Group
from dashboard.models.study import StudyRequest
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
    result = []
    for shift in range(len(places)):
        a, b = (
            np.mean([cars[(row - 11 + shift) % len(places)] for row in rows])
            for rows in (FIRST, SECOND)
        )
        result.append(a - b)
    answer = compared()
    row = test_of(answer, "difference_shift")
    assert answer.shifted == pytest.approx(result)
    assert row.statistic == pytest.approx(result[0])
    assert row.p_value == pytest.approx(np.mean(np.abs(result) >= abs(result[0]) - 1e-12))
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
    # Covariances of the four sums for moves of variance 1: a holds 2, 1, 0, 0 of the clusters'
    # events and b 1, 0, 1, 2; each is (diag(n_g) - n_g n_h / n) / n^2.
    of_a = np.array([[2, -2, 0, 0], [-2, 2, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]) / 3 / 9
    of_b = np.array([[3, 0, -1, -2], [0, 0, 0, 0], [-1, 0, 3, -2], [-2, 0, -2, 4]]) / 4 / 16
    df = (4 / 27 + 10 / 64) ** 2 / ((of_a + of_b) ** 2).sum()
    assert row.df == pytest.approx(df)
    assert row.p_value == pytest.approx(2 * stats.t.sf(abs(t), df))
    assert row.note == "7 events on 7 rates, 4 joint clusters"


def sums_of_clusters(moves, groups, chains):
    """What each cluster adds to the difference, by loops; `moves` by rate."""
    sums = dict.fromkeys(sorted(set(chains.values())), 0.0)
    for rows, sign in zip(groups, (1, -1), strict=True):
        mean = sum(moves[row] for row in rows) / len(rows)
        for row in rows:
            sums[chains[row]] += sign * (moves[row] - mean) / len(rows)
    return np.array(list(sums.values()))


def test_a_rate_of_both_groups_is_one_move_in_the_degrees_of_freedom():
    first, second = (40, 41, 90, 120), (41, 60, 120, 150, 151)
    chains = {40: 0, 41: 0, 60: 1, 90: 2, 120: 3, 150: 4, 151: 4}
    of_rate = np.array([
        sums_of_clusters({row: float(row == one) for row in chains}, (first, second), chains)
        for one in chains
    ])  # fmt: skip
    covariance = of_rate.T @ of_rate
    row = test_of(compared(first, second), "difference_cluster_t")
    assert row.df == pytest.approx(np.trace(covariance) ** 2 / (covariance**2).sum())
    sums = sums_of_clusters({row: car_at(row) for row in chains}, (first, second), chains)
    difference = np.mean([car_at(r) for r in first]) - np.mean([car_at(r) for r in second])
    assert row.statistic == pytest.approx(difference / np.sqrt(5 / 4 * (sums**2).sum()))


def test_a_group_in_one_cluster_has_no_error_and_no_t():
    row = test_of(compared((40, 41, 42)), "difference_cluster_t")
    assert np.isnan(row.p_value)
    assert row.note == "needs 2 clusters of each group and 3 in all"


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
    answer = compared(SECOND, SECOND)
    row = test_of(answer, "difference_shift")
    assert (row.statistic, row.p_value) == (0.0, 1.0)
    assert test_of(answer, "difference_cluster_t").note == "needs groups of different rates"


@pytest.mark.parametrize(("first", "second"), [((), SECOND), (FIRST, ()), ((), ())])
def test_without_events_in_a_group_no_test_applies(first, second):
    answer = compared(first, second)
    assert all(np.isnan(row.p_value) and row.note.startswith("needs") for row in answer.differences)


def test_a_series_that_never_moves_has_no_t():
    row = test_of(compared(returns=np.zeros(199)), "difference_welch")
    assert np.isnan(row.p_value)


SEPARATE = tuple(range(20, 180, 20))
NEIGHBOURS = tuple(row + 10 for row in SEPARATE[:6])


def test_the_answer_of_the_difference_is_the_interval_of_its_cluster_t():
    answer = compared(SEPARATE, NEIGHBOURS)
    result, row = answer.difference, test_of(answer, "difference_cluster_t")
    # Each event is a cluster of its own: the degrees of freedom of Welch for equal variances.
    df = (7 / 8**2 + 5 / 6**2) ** 2 / (7 / 8**4 + 5 / 6**4)
    a, b = np.array([car_at(r) for r in SEPARATE]), np.array([car_at(r) for r in NEIGHBOURS])
    shares = np.concatenate(((a - a.mean()) / 8, (b - b.mean()) / 6))
    error = np.sqrt(14 / 13 * (shares**2).sum())
    assert (result.n, result.rates, result.clusters, result.reason) == (14, 14, 14, "")
    assert result.mean == pytest.approx(a.mean() - b.mean())
    half = stats.t.ppf(0.975, df) * error
    assert (result.low, result.high) == pytest.approx((result.mean - half, result.mean + half))
    assert result.smallest_visible == pytest.approx(half + stats.t.ppf(0.8, df) * error)
    assert (row.df, result.p_value) == (pytest.approx(df), row.p_value)
    assert result.p_adjusted == row.p_adjusted
    assert [item.role for item in answer.differences] == ["headline", "", ""]


def test_two_events_on_one_rate_count_once_in_the_difference():
    twice, once = compared((40, 40, 90), SECOND), compared((40, 90), SECOND)
    for test in ("difference_cluster_t", "difference_shift", "difference_welch"):
        assert test_of(twice, test).statistic == pytest.approx(test_of(once, test).statistic)
    assert (twice.difference.n, twice.difference.rates) == (7, 6)


def test_few_joint_clusters_give_no_verdict_on_the_difference():
    result = compared().difference
    assert result.reason == "4 joint clusters of events; a verdict needs 8"
    assert np.isnan([result.p_value, result.p_adjusted, result.low, result.smallest_visible]).all()
