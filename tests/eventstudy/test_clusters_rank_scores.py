"""Rank scores of distinct first rates within clusters: SciPy's ranks, loops over the dates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashboard.eventstudy.clusters import cluster_rank_p, compute_cluster_scores
from dashboard.eventstudy.samples import GroupSample, PooledSample
from dashboard.eventstudy.study import measure_series
from dashboard.models.study import StudyRequest
from tests.eventstudy.made_studies import p_of_signed_ranks
from tests.made_series import event_at_row, series_of_returns

RETURNS = np.round(0.01 * np.random.default_rng(8).standard_t(5, 260), 3)  # many ties
REQUEST = StudyRequest(model="none", window=(-1, 2), cars=((0, 1),), estimation=40, gap=3,
                       min_estimation=20)  # fmt: skip
ROWS = (60, 60, 62, 80, 101, 103, 106, 130, 150, 171, 190, 191, 215, 240)
CLUSTERS = ((60, 62), (80,), (101, 103, 106), (130,), (150,), (171,), (190, 191), (215,), (240,))
"""Windows [-1,2] of rows at most three apart share a row."""


def sample_of(rows=ROWS):
    events = [event_at_row(row, f"e{k}") for k, row in enumerate(rows)]
    _, measured = measure_series(series_of_returns(RETURNS), events, events, REQUEST)
    pooled = PooledSample([measured], [(0, 1), (-1, -1)], REQUEST)
    return GroupSample(pooled, np.ones(len(pooled), dtype=bool))


def score_by_hand(row, offsets):
    """Sum of rank/(M+2) - 1/2 of each return among the 40 before the window and the gap."""
    # The return of row r is RETURNS[r - 1]; the window begins one row before the event.
    past = RETURNS[row - 1 - 3 - 40 - 1 : row - 1 - 3 - 1]
    assert len(past) == 40
    ranks = [stats.rankdata([*past, RETURNS[row + k - 1]])[-1] for k in offsets]
    return sum(rank / 42 - 0.5 for rank in ranks)


def test_a_rate_has_the_rank_of_its_return_among_its_own_past_once():
    result = compute_cluster_scores(sample_of()).score_rates()
    rows = sorted(set(ROWS))
    assert result.shape == (len(rows), 2)  # two events share row 60
    assert result[:, 0] == pytest.approx([score_by_hand(row, (0, 1)) for row in rows])
    assert result[:, 1] == pytest.approx([score_by_hand(row, (-1,)) for row in rows])


def test_a_cluster_is_the_sum_of_its_rates():
    expected = [sum(score_by_hand(row, (0, 1)) for row in rows) for rows in CLUSTERS]
    result = compute_cluster_scores(sample_of()).window_sums()
    assert result[:, 0] == pytest.approx(expected)


def test_the_p_is_wilcoxons_over_the_clusters():
    sums = compute_cluster_scores(sample_of()).window_sums()
    expected = [sum(score_by_hand(row, (0, 1)) for row in rows) for rows in CLUSTERS]
    assert cluster_rank_p(sums)[0] == pytest.approx(p_of_signed_ranks(expected), rel=1e-12)
    non_overlapping = np.array([[0.1], [-0.2], [0.31], [0.4], [0.5], [0.6], [-0.7], [0.8], [0.9]])
    wanted = stats.wilcoxon(non_overlapping[:, 0], method="exact").pvalue
    assert cluster_rank_p(non_overlapping)[0] == pytest.approx(wanted, rel=1e-12)


def test_below_eight_clusters_there_is_no_p():
    assert np.isnan(
        cluster_rank_p(compute_cluster_scores(sample_of(ROWS[:10])).window_sums())
    ).all()
