"""The cluster t against R, SciPy and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.reference.stored import CASES, differences
from tests.made_series import event_at_row, series_of_returns


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("cluster_t", case) == []


REQUEST = StudyRequest(returns="log", model="none", window=(0, 1), cars=((0, 0),), estimation=4,
                       gap=0, min_estimation=3)  # fmt: skip


def of(moves):
    """Cluster t of one-day CARs in per cent on given rows."""
    returns = np.tile([0.01, -0.01], 30)
    for row, move in moves.items():
        returns[row - 1] = move / 100
    events = [event_at_row(row) for row in moves]
    answer = run_study([series_of_returns(returns)], events, REQUEST)
    return next(row for row in answer.tests
                if (row.test, row.group, row.window) == ("cluster_t", "all", (0, 0)))  # fmt: skip


def test_by_hand():
    # Windows of two rows: 10, 11 and 12 form a chain, 20 and 22 do not touch.
    # Cluster means (1 + 3 + 5)/3 = 3, 4 and 8: mean 5, variance 7, t = 5 / sqrt(7/3).
    result = of({10: 1, 11: 3, 12: 5, 20: 4, 22: 8})
    assert result.statistic == pytest.approx(5 / math.sqrt(7 / 3), rel=1e-9)
    assert (result.n, result.df, result.note) == (3, 2, "5 events in 3 clusters")
    independent = stats.ttest_1samp([3, 4, 8], 0)
    assert result.statistic == pytest.approx(independent.statistic, rel=1e-9)
    assert result.p_value == pytest.approx(independent.pvalue, rel=1e-9)


def test_events_far_apart_are_clusters_of_one():
    result = of({10: 1, 20: 2, 30: 6})
    independent = stats.ttest_1samp([1, 2, 6], 0)
    assert (result.statistic, result.p_value) == pytest.approx(
        (independent.statistic, independent.pvalue), rel=1e-9
    )


def test_one_cluster_is_too_few():
    result = of({10: 1, 11: 3})
    assert math.isnan(result.p_value)
    assert result.note == "needs at least 2 clusters that differ, the events form 1"
