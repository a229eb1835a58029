"""Drivers against statsmodels, published critical values, and numbers made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.tsa.ar_model import AutoReg, ar_select_order

from dashboard.eventstudy.drivers import (
    analyse_driver,
    compute_hansen,
    filter_changes,
    match_driver,
    measure_shock,
)
from dashboard.models.drivers import DriverRequest
from dashboard.models.errors import InputError
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import RateSeries
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import LONG_AGO, made_card, made_series, series_of_returns

SIZE = 420
DATA = Path(__file__).parents[2] / "data"


def moments(values, at, **card):
    """A series with a number at each moment `at`, given as `day hour`."""
    known = np.array([f"2024-01-{day:02d}T{hour:02d}:00" for day, hour in at], "datetime64[s]")
    days = known.astype("datetime64[D]")
    return RateSeries(made_card(**card), days, days, known, known, np.array(values, dtype=float))


def made_pair(*, breaks=(), effect=0.004, seed=3, **driver_card):
    """A rate that moves with its driver from row 1 on, both known at the end of a day."""
    random = np.random.default_rng(seed)
    shock = random.standard_t(6, SIZE)
    moves = 0.01 * random.standard_t(5, SIZE) + effect * shock
    days = tuple(str(LONG_AGO + row) for row in breaks)
    series = series_of_returns(moves, move_sign=1, breaks=days, series_id="rate")
    driver = series_of_returns(shock / 100, series_id="driver")
    card = replace(driver.card, **driver_card)
    return series, replace(driver, card=card)


# ---- matching


def test_a_number_known_after_the_rate_counts_at_the_next_and_nothing_is_filled():
    rate = moments(range(100, 160), [(1 + k // 3, 6 + 4 * (k % 3)) for k in range(60)])
    driver = moments(
        range(1, 58), [(1 + k // 3, 7 + 4 * (k % 3)) for k in range(60) if k not in {4, 5, 30}],
        series_id="other",
    )  # fmt: skip
    matched = match_driver(rate, driver, DriverRequest())
    # The first number is known at 07:00, after the rate of 06:00: it belongs to that of 10:00.
    assert matched.value[0] == 1
    assert matched.series.known_at[0] == np.datetime64("2024-01-01T10:00")
    assert bool(np.all(matched.value_known_at < matched.series.known_at))
    # Two numbers are missing on end: the rates 5 and 6 have none, and the move goes over both.
    at = int(np.flatnonzero(matched.series.rate == 107)[0])
    assert matched.series.rate[at - 1] == 104
    assert matched.move[at] == pytest.approx(np.log(107 / 104), rel=1e-14)
    assert matched.shock[at] == pytest.approx(100 * np.log(5 / 4), rel=1e-14)
    assert matched.unmatched == 3


def test_of_several_numbers_before_a_rate_the_last_counts():
    rate = moments(range(100, 160), [(1 + k // 3, 6 + 4 * (k % 3)) for k in range(60)])
    hours = [(1 + k // 24, k % 24) for k in range(24 * 20)]
    driver = moments(range(1, 481), hours, series_id="other")
    matched = match_driver(rate, driver, DriverRequest())
    assert matched.value[:3].tolist() == [11, 15, 31]  # 10:00, 14:00 and 06:00 of the next day


def test_a_long_step_is_a_gap_without_a_change():
    series, driver = made_pair()
    driver.rate[100:150] = np.nan
    matched = match_driver(series, driver, DriverRequest())
    assert matched.gaps == (99,)
    assert np.isnan(matched.shock[99])
    assert np.isnan(matched.move[99])


@pytest.mark.parametrize(
    ("measure", "values", "expected"),
    [
        ("log", [50.0, 100.0, 0.0], [100 * np.log(2), np.nan]),
        ("difference", [50.0, 100.0, 0.0], [50.0, -100.0]),
        ("logit", [50.0, 80.0, 100.0], [np.log(4), np.nan]),
    ],
)
def test_what_enters_of_a_driver(measure, values, expected):
    shock = measure_shock(np.array(values), measure)
    np.testing.assert_allclose(shock, [np.nan, *expected], rtol=1e-14)


def test_a_level_with_a_unit_root_is_refused_and_a_stationary_tone_taken():
    series, driver = made_pair(kind="tone")
    with pytest.raises(InputError, match="unit root"):
        match_driver(series, driver, DriverRequest(measure="level"))
    assert match_driver(series, driver, DriverRequest()).measure == "difference"
    noise = np.random.default_rng(2).standard_normal(len(driver))
    assert match_driver(series, replace(driver, rate=noise), DriverRequest()).measure == "level"


def test_odds_near_a_bound_are_counted():
    series, driver = made_pair(kind="odds")
    odds = np.clip(50 + np.cumsum(np.random.default_rng(4).standard_normal(len(driver))), 30, 70)
    odds[:7] = 97.0
    answer = analyse_driver(series, replace(driver, rate=odds))
    assert (answer.matched.measure, answer.matched.near_bounds) == ("difference", 6)


# ---- cross-correlation


def test_filters_are_those_of_statsmodels():
    random = np.random.default_rng(8)
    change = np.zeros(500)
    for t in range(2, 500):
        change[t] = 0.4 * change[t - 1] - 0.3 * change[t - 2] + random.standard_normal()
    order, rest = filter_changes(np.concatenate(([np.nan], change)))
    chosen = ar_select_order(change, 10, ic="aic").ar_lags
    assert order == max(chosen)
    fitted = AutoReg(change, order).fit()
    np.testing.assert_allclose(rest[1 + order :], fitted.resid, atol=1e-12)


def test_correlations_by_hand():
    series, driver = made_pair()
    answer = analyse_driver(series, driver, DriverRequest(lags=3))
    x = filter_changes(answer.matched.shock)[1]
    y = filter_changes(answer.matched.move)[1]
    for lag in (-3, 0, 2):
        row, pairs = answer.lag(lag), []
        for t in range(len(x)):
            if 0 <= t + lag < len(y) and np.isfinite(x[t]) and np.isfinite(y[t + lag]):
                pairs.append((x[t], y[t + lag]))
        a, b = np.array(pairs).T
        assert row.n == len(pairs)
        assert row.r_filtered == pytest.approx(np.corrcoef(a, b)[0, 1], rel=1e-10)
        products = [(u - a.mean()) * (v - b.mean()) for u, v in pairs]
        t_statistic = sum(products) / np.sqrt(sum(e * e for e in products))
        assert row.statistic == pytest.approx(t_statistic, rel=1e-10)
        p = 2 * stats.t.sf(abs(t_statistic), len(pairs) - 2)
        assert row.p_value == pytest.approx(p, rel=1e-9)
        error = row.r_filtered / t_statistic
        assert row.high == pytest.approx(stats.t.ppf(0.975, len(pairs) - 2) * error, rel=1e-9)
        found = stats.t.ppf(1 - 0.025 / 7, len(pairs) - 2) + stats.norm.ppf(0.8)
        assert row.detectable == pytest.approx(found * error, rel=1e-9)
    assert answer.lag(0).p_adjusted < 1e-5
    assert min(row.p_adjusted for row in answer.lags if row.lag) > 0.05


# ---- response


def shipped_pair():
    """Rouble per dollar and Brent as they ship, with a method break inside."""
    shipped = BundledRates(DATA)
    return shipped.get("usd_rub_cbr"), shipped.get("brent_eia")


def design_of(matched, horizon, breaks):
    """Outcome and regressors of a projection row by row, what enters of the driver first."""
    y = matched.series.card.move_sign * np.log(matched.series.rate)
    x, outcome, design = matched.shock, [], []
    for t in range(len(y)):
        begin = t if horizon >= 0 else t + horizon + 1
        if min(t, begin) - 5 < 0 or t + horizon >= len(y):
            continue
        own = [y[min(t, begin) - lag] - y[min(t, begin) - lag - 1] for lag in range(1, 5)]
        span = range(t, t + horizon + 1) if horizon >= 0 else range(t + horizon + 1, t)
        crosses = [float(at in span) for at in breaks]
        row = [x[t], 1.0, *own, *(x[t - lag] for lag in range(1, 5)), *crosses]
        if np.isfinite(row).all():
            outcome.append(y[t + horizon] - y[t - 1])
            design.append(row)
    design = np.array(design)
    return np.array(outcome), design[:, np.abs(design).sum(axis=0) > 0]


@pytest.mark.parametrize("case", ["made", "shipped"])
def test_responses_are_those_of_statsmodels(case):
    series, driver = made_pair(breaks=(150, 290)) if case == "made" else shipped_pair()
    if case == "made":
        driver.rate[60:100] = np.nan
    answer = analyse_driver(series, driver, DriverRequest(window=60))
    matched = answer.matched
    days = np.array([method.day for method in series.card.breaks], dtype="datetime64[D]")
    breaks = [*np.searchsorted(matched.series.day, days).tolist(), *matched.gaps]
    for horizon in (-5, -2, 0, 1, 7, 20):
        y, x = design_of(matched, horizon, breaks)
        hc1 = sm.OLS(y, x).fit(cov_type="HC1")
        lags = horizon + 1 if horizon >= 0 else -horizon - 1
        hac = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
        response = answer.at(horizon)
        assert response.row.n == len(y)
        assert response.row.estimate == pytest.approx(hc1.params[0], rel=1e-6)
        assert response.row.se_hc1 == pytest.approx(hc1.bse[0], rel=1e-6)
        assert response.row.se_hac == pytest.approx(hac.bse[0], rel=1e-6)
        spread = np.nanstd(matched.shock, ddof=1)
        assert response.per_sd("estimate") == pytest.approx(hc1.params[0] * spread, rel=1e-6)
        edge = stats.t.ppf(0.975, response.row.rates - 1)
        if horizon >= 0:
            edge = (response.row.supt_high - hc1.params[0]) / hc1.bse[0]
            assert edge > 2.3  # of 21 horizons
        found = (edge + stats.norm.ppf(0.8)) * hc1.bse[0] * spread
        assert response.detectable == pytest.approx(found, rel=1e-6)


def test_the_pre_trend_is_seen_where_the_rate_moves_first():
    series, driver = made_pair(effect=0.0)
    later = np.concatenate((series.rate[2:], [series.rate[-1]] * 2))
    answer = analyse_driver(series, replace(driver, rate=later))
    assert answer.pre_trend.p_value > 0.05  # the driver leads by two rates
    noise = np.exp(0.002 * np.random.default_rng(1).standard_normal(SIZE + 1))
    earlier = noise * np.concatenate(([series.rate[0]] * 2, series.rate[:-2]))
    assert analyse_driver(series, replace(driver, rate=earlier)).pre_trend.p_value < 1e-6


# ---- stability and samples


def test_the_statistic_of_hansen_by_hand():
    # Sums 1, -1, 0, 2, 0 squared: 1 + 1 + 0 + 4 + 0; squares of the scores 1 + 4 + 1 + 4 + 4.
    assert compute_hansen(np.array([1.0, -2.0, 1.0, 2.0, -2.0])) == pytest.approx(6 / (5 * 14))


def test_windows_are_those_of_statsmodels():
    series, driver = made_pair()
    answer = analyse_driver(series, driver, DriverRequest(window=60))
    x, y = answer.matched.shock[1:], answer.matched.move[1:]
    for k in (0, 111, len(answer.rolling) - 1):
        row = answer.rolling[k]
        fitted = sm.OLS(y[k : k + 60], sm.add_constant(x[k : k + 60])).fit(cov_type="HC1")
        assert row.slope == pytest.approx(fitted.params[1], rel=1e-9)
        assert row.se == pytest.approx(fitted.bse[1], rel=1e-9)
        r = np.corrcoef(x[k : k + 60], y[k : k + 60])[0, 1]
        assert row.correlation == pytest.approx(r, rel=1e-9)
    assert len(answer.rolling) == len(x) - 59
    assert min(test.p_adjusted for test in answer.tests[:2]) > 0.05


def test_a_relation_that_turns_is_found_unstable_and_unequal():
    series, driver = made_pair(effect=0.0, breaks=(200,))
    change = np.diff(np.log(driver.rate))
    moves = np.diff(np.log(series.rate)) + np.where(np.arange(SIZE) < 199, 0.5, -0.5) * change
    card = series.card
    series = replace(series_of_returns(moves, move_sign=1), card=card)
    answer = analyse_driver(series, driver, DriverRequest(window=60))
    hansen, largest, equal = answer.tests[:3]
    assert max(hansen.p_adjusted, largest.p_adjusted, equal.p_adjusted) < 0.01
    first, second = [row for row in answer.samples if row.horizon == 0 and row.sample != "all"]
    assert first.estimate == pytest.approx(0.005, abs=0.001)
    assert second.estimate == pytest.approx(-0.005, abs=0.001)


def test_equality_of_samples_is_the_wald_test_of_statsmodels():
    series, driver = made_pair(breaks=(140,))
    splits = (date(2024, 10, 7),)  # row 280
    answer = analyse_driver(series, driver, DriverRequest(splits=splits))
    estimate, variance = [], []
    for rows in (slice(0, 139), slice(139, 279), slice(279, SIZE)):
        part = replace(
            answer.matched,
            series=answer.matched.series.part(rows),
            shock=answer.matched.shock[rows],
        )
        y, x = design_of(part, 1, ())
        fitted = sm.OLS(y, x).fit(cov_type="HC1")
        estimate.append(fitted.params[0])
        variance.append(fitted.bse[0] ** 2)
    rows = [row for row in answer.samples if row.horizon == 1 and row.sample != "all"]
    assert [row.estimate for row in rows] == pytest.approx(estimate, rel=1e-6)
    contrast = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    difference = contrast @ estimate
    wald = difference @ np.linalg.solve(contrast @ np.diag(variance) @ contrast.T, difference)
    test = next(t for t in answer.tests if t.test == "equal_samples" and t.horizon == 1)
    assert test.statistic == pytest.approx(wald / 2, rel=1e-6)
    n = sum(row.n for row in rows)
    assert test.p_value == pytest.approx(stats.f.sf(wald / 2, 2, n - 30), rel=1e-6)
    chow = next(t for t in answer.tests if t.test == "chow" and t.horizon == 1)
    error = np.sqrt(variance[0] + variance[1])
    assert chow.statistic == pytest.approx((estimate[0] - estimate[1]) ** 2 / error**2, rel=1e-6)
    nine = stats.t.ppf(1 - 0.025 / 9, rows[0].n + rows[1].n - 20) + stats.norm.ppf(0.8)
    assert chow.detectable == pytest.approx(nine * error, rel=1e-6)


def test_too_few_matched_rates_are_refused():
    series, driver = made_pair()
    with pytest.raises(InputError, match="11 rates of rate, 40 are needed"):
        analyse_driver(series, driver, DriverRequest(since=date(2025, 2, 13)))


def test_the_rate_may_not_be_its_own_driver():
    series, _ = made_pair()
    with pytest.raises(InputError, match="is the rate itself"):
        analyse_driver(series, series)


def test_every_rule_of_publication_gives_moments_that_can_be_matched():
    days = [str(LONG_AGO + row) for row in range(60)]
    for rule in PUBLICATION_RULES.values():
        rate = made_series(range(100, 160), days, series_id="rate")
        driver = made_series(range(200, 260), days, rule=rule, series_id="driver")
        matched = match_driver(rate, driver, DriverRequest())
        assert bool(np.all(matched.value_known_at <= matched.series.known_at)), rule.id
