"""Scholes and Williams' slope against three regressions of statsmodels and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from dashboard.eventstudy.normal.base import EstimationSample
from dashboard.eventstudy.normal.scholes_williams import ScholesWilliams
from dashboard.eventstudy.returns import History

NAN = float("nan")


def predict(returns, factor, rows, first, last):
    history = History(np.array(returns, dtype=float), np.array(factor, dtype=float)[:, None])
    return ScholesWilliams().predict(
        EstimationSample(history, np.array(rows), np.array([first]), np.array([last]))
    )


def test_by_hand():
    # Factor x = 1, -1, 1, -1 and return y = 2, -1, 1, -2. Same day: slope 6/4 = 1.5.
    # Day before, x = 1, -1, 1 and y = -1, 1, -2: sum (x - 1/3) y = -10/3 over 8/3: -1.25.
    # Day after, x = -1, 1, -1 and y = 2, -1, 1: sum (x + 1/3) y = -10/3 over 8/3: -1.25.
    # The factor turns every day, rho = -1: beta = (-1.25 + 1.5 - 1.25) / (1 - 2) = 1.
    result = predict([NAN, 2, -1, 1, -2, 5], [NAN, 1, -1, 1, -1, 3], [[5]], 1, 4)
    assert result.slopes[0] == pytest.approx([1.0])
    assert result.intercept == pytest.approx([0.0], abs=1e-12)
    # Residuals 1, 0, 0, -1: sigma^2 = 2 / 2.
    assert result.sigma == pytest.approx([1.0])


def slope(y, x):
    return sm.OLS(y, sm.add_constant(x)).fit().params[1]


@pytest.mark.parametrize("seed", range(5))
def test_it_is_made_of_three_regressions(seed):
    random = np.random.default_rng(seed)
    factor = 0.01 * random.standard_normal(90)
    late = np.concatenate(([0], factor[:-1]))
    returns = 0.4 * factor + 0.5 * late + 0.01 * random.standard_normal(90)
    result = predict(returns, factor, [[80, 81, 82]], 11, 70)
    y, x = returns[11:71], factor[11:71]
    rho = np.corrcoef(x[1:], x[:-1])[0, 1]
    beta = (slope(y[1:], x[:-1]) + slope(y, x) + slope(y[:-1], x[1:])) / (1 + 2 * rho)
    alpha = y.mean() - beta * x.mean()
    assert result.slopes[0, 0] == pytest.approx(beta, rel=1e-9)
    assert result.normal[0] == pytest.approx(alpha + beta * factor[80:83], rel=1e-9)
    assert result.sigma[0] ** 2 == pytest.approx(((y - alpha - beta * x) ** 2).sum() / 58, rel=1e-9)


def test_no_day_outside_the_estimation_window_enters():
    random = np.random.default_rng(9)
    returns, factor = random.normal(0, 1, (2, 60))
    before = predict(returns, factor, [[50]], 10, 40)
    changed = factor.copy()
    changed[[9, 41]] += 5
    after = predict(returns, changed, [[50]], 10, 40)
    assert after.slopes == pytest.approx(before.slopes, rel=1e-9)
