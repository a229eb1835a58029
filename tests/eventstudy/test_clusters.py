"""Clusters by hand, and their bootstrap intervals against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dashboard.eventstudy.clusters import BOOTSTRAP_DRAWS, bootstrap_intervals, label_clusters
from dashboard.eventstudy.samples import GroupSample, PooledSample
from dashboard.eventstudy.study import measure_series
from dashboard.models.study import StudyRequest
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(model="none", window=(-1, 2), cars=((0, 1),), estimation=10, gap=0,
                       min_estimation=3, seed=7)  # fmt: skip
SERIES = series_of_returns(0.01 * np.random.default_rng(4).standard_t(4, 400))


def group(*rows_of_series):
    measured = []
    for k, rows in enumerate(rows_of_series):
        series = series_of_returns(np.diff(np.log(SERIES.rate)), series_id=f"s{k}")
        events = [event_at_row(row, f"{k}-{n}", series=f"s{k}") for n, row in enumerate(rows)]
        measured.append(measure_series(series, events, events, REQUEST)[1])
    pooled = PooledSample(measured, REQUEST.cars, REQUEST)
    return GroupSample(pooled, np.ones(len(pooled), dtype=bool))


def test_windows_that_share_a_day_are_one_cluster_also_through_others():
    # Windows of four rows: 50..53 (anchor 51), 53..56, 56..59 form a chain; 60..63 is free.
    assert label_clusters(group([51, 54, 57, 61])).tolist() == [0, 0, 0, 1]


def test_events_of_other_series_belong_to_the_cluster_of_their_days():
    assert label_clusters(group([51, 100], [53, 200])).tolist() == [0, 1, 0, 2]


@given(st.lists(st.integers(20, 390), min_size=1, max_size=15))
def test_clusters_are_the_connected_parts_of_a_graph(rows):
    rows = sorted(rows)
    label = list(range(len(rows)))
    for i in range(len(rows)):
        for j in range(len(rows)):
            if abs(rows[i] - rows[j]) < 4:
                old, new = max(label[i], label[j]), min(label[i], label[j])
                label = [new if one == old else one for one in label]
    result = label_clusters(group(rows)).tolist()
    pairs = [(i, j) for i in range(len(rows)) for j in range(i)]
    assert all((result[i] == result[j]) == (label[i] == label[j]) for i, j in pairs)


def interval(sample, method):
    return next(row for row in bootstrap_intervals("all", sample) if row.method == method)


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize("n", [8, 30])
def test_for_events_far_apart_it_is_the_bootstrap_of_scipy(method, n):
    sample = group(list(range(20, 390, 12))[:n])
    car = sample.car[:, 0]
    # The same draws, given to SciPy; the BCa limits are then its own.
    weights = np.random.default_rng(7).multinomial(n, np.full(n, 1 / n), size=BOOTSTRAP_DRAWS)
    known = stats.bootstrap((car,), np.mean, n_resamples=9, rng=1)
    known.bootstrap_distribution = weights @ car / n
    independent = stats.bootstrap(
        (car,), np.mean, n_resamples=0, bootstrap_result=known, method=method
    ).confidence_interval
    result = interval(sample, method)
    assert (result.low, result.high) == pytest.approx(tuple(independent), rel=1e-9)
    assert (result.clusters, result.draws) == (n, BOOTSTRAP_DRAWS)


def test_clusters_are_drawn_whole():
    # Two far clusters of three events and one lone event: a mean of draws is made of whole ones.
    sample = group([51, 52, 53, 151, 152, 153, 300])
    car = sample.car[:, 0]
    sums, sizes = [car[:3].sum(), car[3:6].sum(), car[6]], [3, 3, 1]
    means = [
        np.dot(k, sums) / np.dot(k, sizes)
        for k in np.ndindex(4, 4, 4) if sum(k) == 3
    ]  # fmt: skip
    result = interval(sample, "percentile")
    assert min(means) <= result.low < result.high <= max(means)
    assert any(result.low == pytest.approx(mean) for mean in means)
    assert result.clusters == 3


def test_fewer_than_three_clusters_have_no_interval():
    assert bootstrap_intervals("all", group([51, 52, 300])) == ()
