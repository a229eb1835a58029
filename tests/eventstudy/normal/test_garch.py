"""GARCH(1,1) forecasts against arch's own and against the recursion by hand."""

from __future__ import annotations

import numpy as np
import pytest
from arch import arch_model

from dashboard.eventstudy.normal.base import EstimationSample
from dashboard.eventstudy.normal.garch import Garch, fit_garch
from dashboard.eventstudy.returns import History
from dashboard.models.errors import InputError


def garch_returns(n=700, seed=4):
    """Returns of omega 2e-6, alpha 0.1, beta 0.85; row 0 has none."""
    random = np.random.default_rng(seed)
    out, variance = np.full(n, np.nan), 4e-5
    for t in range(1, n):
        out[t] = np.sqrt(variance) * random.standard_normal()
        variance = 2e-6 + 0.1 * out[t] ** 2 + 0.85 * variance
    return out


RETURNS = garch_returns()
UNIT = RETURNS[1:].std()


def predict(returns=RETURNS, anchors=(400, 650), length=5):
    rows = np.array(anchors)[:, None] + np.arange(length)
    last = rows[:, 0] - 11
    return Garch().predict(EstimationSample(History(returns), rows, last - 119, last))


def variances(result, length=5):
    """Forecast variance of each event row: factor x sigma^2 less the error of the mean."""
    days = np.column_stack([result.factor(k, k) for k in range(length)])
    return (days - 1 / result.usable[:, None]) * result.sigma[:, None] ** 2


def test_the_forecast_is_that_of_arch_on_the_eve():
    model = arch_model(RETURNS[1:] / UNIT, mean="Constant", vol="GARCH", p=1, q=1)
    result = model.fit(disp="off")
    ahead = result.forecast(horizon=5, start=0, reindex=False).variance.to_numpy() * UNIT**2
    found = variances(predict())
    for k, anchor in enumerate((400, 650)):
        eve = anchor - 2  # row 399 and 649; arch counts from row 1
        assert found[k] == pytest.approx(ahead[eve], rel=1e-9)


def test_the_forecast_is_the_recursion_by_hand():
    omega, alpha, beta, following = fit_garch(RETURNS.tobytes())
    mu = float(arch_model(RETURNS[1:] / UNIT, mean="Constant", vol="GARCH", p=1, q=1)
               .fit(disp="off").params["mu"]) * UNIT  # fmt: skip
    # From one row to the next: s' = omega + alpha (r - mu)^2 + beta s
    for t in (100, 399, 649):
        step = omega + alpha * (RETURNS[t + 1] - mu) ** 2 + beta * following[t]
        assert following[t + 1] == pytest.approx(step, rel=1e-9)
    # Beyond the first day the square is expected to be the variance: s' = omega + (a+b) s
    expected = [following[399]]
    for _ in range(4):
        expected.append(omega + (alpha + beta) * expected[-1])
    assert variances(predict())[0] == pytest.approx(expected, rel=1e-9)


def test_the_error_of_a_window_sums_its_days_and_the_error_of_the_mean():
    result = predict()
    daily = variances(result)
    total = daily[:, 1:4].sum(axis=1) + result.sigma**2 * 9 / 120
    assert result.factor(1, 3) * result.sigma**2 == pytest.approx(total, rel=1e-9)


def test_the_parameters_are_near_those_that_made_the_series():
    _, alpha, beta, _ = fit_garch(garch_returns(6_000, seed=2).tobytes())
    assert alpha == pytest.approx(0.10, abs=0.03)
    assert beta == pytest.approx(0.85, abs=0.05)


def test_missing_returns_are_stepped_over():
    returns = RETURNS.copy()
    returns[[50, 398, 399]] = np.nan
    result = predict(returns)
    unit = np.nanstd(returns)
    model = arch_model(returns[np.isfinite(returns)] / unit, mean="Constant", vol="GARCH")
    ahead = model.fit(disp="off").forecast(horizon=5, start=0, reindex=False)
    # Row 397 is the last before row 400 that has a return: the 396th present one.
    assert variances(result)[0] == pytest.approx(ahead.variance.to_numpy()[397 - 2] * unit**2)


def test_the_event_itself_does_not_widen_its_range():
    quiet = predict()
    wild = RETURNS.copy()
    wild[400:405] *= -1
    assert predict(wild).sigma == pytest.approx(quiet.sigma)
    assert variances(predict(wild))[0] == pytest.approx(variances(quiet)[0], rel=1e-2)


def test_too_few_returns_are_refused():
    with pytest.raises(InputError, match="model garch: needs 250 returns, the series has 199"):
        predict(RETURNS[:200], anchors=(150,))


def test_a_series_without_a_stationary_fit_is_refused():
    # Low, then high volatility: the likelihood wants a variance that never comes back.
    random = np.random.default_rng(0)
    returns = random.standard_normal(600) * np.where(np.arange(600) < 300, 0.01, 1.0)
    with pytest.raises(InputError, match="model garch: no stationary"):
        predict(returns, anchors=(400,))
