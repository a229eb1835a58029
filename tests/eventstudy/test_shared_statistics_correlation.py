"""Residual correlations on the same days against NumPy's, pair by pair."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.eventstudy.shared_statistics import correlate_pairs

NAN = float("nan")


def test_every_pair_is_correlated_over_its_common_days():
    random = np.random.default_rng(5)
    n, m = 6, 50
    first = np.array([0, 5, 10, 15, 25, 200])
    days = first[:, None] + np.arange(m)
    residuals = random.standard_normal((n, m))
    residuals[random.random((n, m)) < 0.1] = NAN
    days = np.where(np.isfinite(residuals), days, -1)
    r, common = correlate_pairs(residuals, days)
    for i in range(n):
        for j in range(n):
            both = sorted(set(days[i][days[i] >= 0]) & set(days[j][days[j] >= 0]))
            x = [residuals[i][days[i] == day][0] for day in both]
            y = [residuals[j][days[j] == day][0] for day in both]
            expected = np.corrcoef(x, y)[0, 1] if len(both) >= 30 else 0.0
            assert r[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-12)
            assert common[i, j] == (len(both) >= 30)
    assert common[0, 4] == 0  # 25 days at most
    assert common[0, 1] == 1


@pytest.mark.parametrize("level", [0.0, 0.01, 1e-17])
def test_residuals_without_variance_correlate_with_nothing(level):
    random = np.random.default_rng(1)
    days = np.tile(np.arange(40), (2, 1))
    r, common = correlate_pairs(np.vstack((np.full(40, level), random.standard_normal(40))), days)
    assert r[0, 1] == 0
    assert common[0, 1] == 1


def test_twice_the_same_residuals_correlate_wholly():
    residuals = np.tile(0.01 * np.random.default_rng(1).standard_normal(40), (2, 1))
    r, _ = correlate_pairs(residuals, np.tile(np.arange(40), (2, 1)))
    assert r == pytest.approx(np.ones((2, 2)), rel=1e-12)
