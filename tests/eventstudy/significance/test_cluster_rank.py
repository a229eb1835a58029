"""The declared test against plain loops with SciPy's ranks and signed-rank test."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.made_clusters import cluster_sums, p_of
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(window=(-2, 3), cars=((0, 1), (-1, 2)), estimation=30, gap=2,
                       min_estimation=30)  # fmt: skip
SHAPE = {"estimation": 30, "gap": 2, "span": (-2, 3)}
SCATTERED = [40, 41, 44, 60, 75, 75, 90, 105, 120, 121, 140, 155, 170]
"""Ten clusters: 40, 41 and 44 are one, 120 and 121 too; two events share row 75."""


def returns_of(seed, count=600):
    """Returns with heavy tails, none at row 0."""
    return np.concatenate(([np.nan], 0.01 * np.random.default_rng(seed).standard_t(4, count)))


def results(returns, rows, request=REQUEST):
    events = [event_at_row(row, f"e{k}") for k, row in enumerate(rows)]
    answer = run_study([series_of_returns(returns[1:])], events, request)
    return {
        row.window: row for row in answer.tests if (row.test, row.group) == ("cluster_rank", "all")
    }


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("window", REQUEST.cars)
def test_it_is_the_signed_rank_test_of_summed_rank_scores(seed, window):
    returns = returns_of(seed)
    expected = cluster_sums(returns, SCATTERED, window, **SHAPE)
    result = results(returns, SCATTERED)[window]
    assert len(expected) == result.n == 9
    assert result.p_value == pytest.approx(p_of(expected), rel=1e-9)
    assert result.note == "13 events on 12 rates, 9 clusters"
    assert np.sign(result.statistic) == np.sign(
        sum(np.sign(s) * r for s, r in zip(expected, _ranks(expected), strict=True))
    )


def _ranks(sums):
    order = np.argsort(np.abs(sums))
    ranks = np.empty(len(sums))
    ranks[order] = np.arange(1, len(sums) + 1)
    return ranks


def test_beyond_fifty_clusters_it_is_the_normal_approximation():
    returns = returns_of(7, 1_000)
    rows = list(range(40, 960, 12))
    expected = cluster_sums(returns, rows, (0, 1), **SHAPE)
    result = results(returns, rows)[0, 1]
    assert result.n == len(expected) == 77
    assert result.p_value == pytest.approx(p_of(expected), rel=1e-9)


def test_with_seven_clusters_it_gives_no_verdict():
    result = results(returns_of(1), [40, 60, 80, 100, 120, 140, 160])[0, 1]
    assert math.isnan(result.p_value)
    assert result.note == "needs at least 8 clusters of events, the events form 7"


def test_only_it_has_the_role_of_the_headline():
    events = [event_at_row(row) for row in SCATTERED[:5]]
    answer = run_study([series_of_returns(returns_of(1)[1:])], events, REQUEST)
    assert {row.test for row in answer.tests if row.role == "headline"} == {"cluster_rank"}
    assert {row.role for row in answer.tests} == {"", "headline"}
