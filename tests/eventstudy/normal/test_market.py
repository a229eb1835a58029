"""The market model against statsmodels' regression and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from dashboard.eventstudy.normal.base import EstimationSample
from dashboard.eventstudy.normal.market import MarketModel
from dashboard.eventstudy.returns import History
from dashboard.models.errors import InputError

NAN = float("nan")


def predict(returns, factors, rows, first, last):
    history = History(np.array(returns), np.array(factors, dtype=float).reshape(len(returns), -1))
    return MarketModel().predict(
        EstimationSample(history, np.array(rows), np.atleast_1d(first), np.atleast_1d(last))
    )


def test_by_hand():
    # Factor -1, 0, 1, 0 and return -1, 2, 3, 0 (per cent): slope 2, intercept 1, residuals
    # 0, 1, 0, -1, sigma^2 = 2 / (4 - 2). Event factor 2: prediction 5, 1'V1 = 1 + 1/4 + 4/2.
    result = predict(
        [NAN, -0.01, 0.02, 0.03, 0.0, 0.07], [NAN, -0.01, 0, 0.01, 0, 0.02], [[5]], 1, 4
    )
    assert result.normal == pytest.approx(np.array([[0.05]]))
    assert result.sigma == pytest.approx([0.01])
    assert (result.usable[0], result.df[0]) == (4, 2)
    assert result.factor(0, 0) == pytest.approx([3.25])


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_it_is_the_forecast_of_an_ordinary_regression(seed, width):
    random = np.random.default_rng(seed)
    factors = 0.01 * random.standard_normal((80, width))
    returns = factors @ random.normal(0, 1, width) + 0.01 * random.standard_t(4, 80)
    returns[random.integers(1, 60, 4)] = NAN
    factors[random.integers(1, 60, 4), random.integers(0, width, 4)] = NAN
    returns[0] = NAN
    result = predict(returns, factors, [np.arange(70, 76)], 10, 59)
    past = np.arange(10, 60)
    past = past[np.isfinite(returns[past]) & np.isfinite(factors[past]).all(axis=1)]
    fit = sm.OLS(returns[past], sm.add_constant(factors[past])).fit()
    ahead = sm.add_constant(factors[70:76], has_constant="add")
    forecast = fit.get_prediction(ahead)
    assert (result.usable[0], result.df[0]) == (len(past), fit.df_resid)
    assert result.normal[0] == pytest.approx(forecast.predicted_mean, rel=1e-9, abs=1e-13)
    assert result.sigma[0] == pytest.approx(np.sqrt(fit.mse_resid), rel=1e-9)
    one_day = [result.sigma[0] * np.sqrt(result.factor(k, k)[0]) for k in range(6)]
    assert one_day == pytest.approx(forecast.se_obs, rel=1e-9)
    # The forecast error of a sum: L sigma^2 and the error of the summed coefficients.
    total = ahead[1:5].sum(axis=0)
    variance = 4 * fit.mse_resid + total @ fit.cov_params() @ total
    assert result.sigma[0] ** 2 * result.factor(1, 4)[0] == pytest.approx(variance, rel=1e-9)


@pytest.mark.parametrize("unit", [1.0, 1e-6, 1e5])
def test_factors_in_other_units_change_nothing(unit):
    random = np.random.default_rng(1)
    factors = 0.01 * random.standard_normal((40, 2))
    returns = 0.01 * random.standard_normal(40)
    scaled = factors * [1.0, unit]
    one, other = (predict(returns, f, [[35, 36]], 1, 30) for f in (factors, scaled))
    assert other.normal == pytest.approx(one.normal, rel=1e-8)
    assert other.factor(0, 1) == pytest.approx(one.factor(0, 1), rel=1e-8)


@pytest.mark.parametrize("second", [0.0, 0.01, "twice", "sum"])
def test_a_factor_that_is_constant_or_repeats_another_has_no_slope(second):
    random = np.random.default_rng(1)
    first = 0.01 * random.standard_normal(60)
    column = {"twice": 2 * first, "sum": first + 0.02}.get(second, np.full(60, second))
    returns = 0.01 * random.standard_normal(60)
    result = predict(returns, np.column_stack((first, column)), [[50, 51]], 1, 40)
    assert np.isnan(result.normal).all()
    assert np.isnan(result.factor(0, 1)).all()


def test_one_factor_that_is_constant_has_no_slope():
    returns = 0.01 * np.random.default_rng(1).standard_normal(60)
    result = predict(returns, np.full(60, 0.003), [[50, 51]], 1, 40)
    assert np.isnan(result.normal).all()


def test_a_return_that_is_its_factor_leaves_no_spread():
    factor = 0.01 * np.random.default_rng(1).standard_normal(60)
    result = predict(0.001 + 2 * factor, factor, [[50, 51]], 1, 40)
    assert result.sigma.tolist() == [0.0]


def test_a_factor_is_needed():
    with pytest.raises(InputError, match="model market: needs a factor; name its column"):
        predict([NAN, 0.01], np.empty((2, 0)), [[1]], 1, 1)
