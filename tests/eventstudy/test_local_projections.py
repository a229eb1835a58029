"""Local projections against statsmodels on regressors that are written out row by row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from dashboard.eventstudy.local_projections import project_groups, project_rows
from dashboard.eventstudy.study import measure_series
from dashboard.models.study import StudyRequest
from tests.made_series import event_at_row, series_of_returns

SIZE = 400
HORIZONS = [h for h in range(-5, 21) if h != -1]
CASES = {
    "plain": {},
    "two controls": {"controls": 2},
    "controls with holes": {"controls": 1, "holes": (50, 51, 200)},
    "a missing rate": {"missing": (120,)},
    "method breaks": {"breaks": (80, 110, 300)},
    "rouble": {"move_sign": -1, "breaks": (150,)},
    "everything": {"controls": 2, "holes": (60,), "missing": (222,), "breaks": (90,)},
}


def simulated(controls=0, holes=(), missing=(), breaks=(), move_sign=1):
    random = np.random.default_rng(7)
    shocks = 0.01 * random.standard_t(5, SIZE)
    dates = (str(np.datetime64("2024-01-01") + row) for row in breaks)
    series = series_of_returns(shocks, breaks=tuple(dates), move_sign=move_sign)
    series.rate[list(missing)] = np.nan
    others = [
        series_of_returns(0.01 * random.standard_normal(SIZE), series_id=f"control-{k}")
        for k in range(controls)
    ]
    for item in others:
        item.rate[list(holes)] = np.nan
    rows = np.sort(random.integers(12, SIZE - 4, 40))  # some twice, some near one another
    return series, others, rows


def written_out(series, others, rows, breaks, horizon):
    """The rows used, the outcome and the regressors, the events first."""
    y = series.card.move_sign * np.log(series.rate)
    x = np.array([np.concatenate(([np.nan], np.diff(np.log(item.rate)))) for item in others])
    events = np.bincount(rows, minlength=len(y)).astype(float)
    used, outcome, design = [], [], []
    for t in range(len(y)):
        begin = t if horizon >= 0 else t + horizon + 1  # the first return of the difference
        lags = range(1, 5)
        if min(t, begin) - 5 < 0 or t + horizon >= len(y):
            continue
        own = [y[min(t, begin) - lag] - y[min(t, begin) - lag - 1] for lag in lags]
        span = range(t, t + horizon + 1) if horizon >= 0 else range(t + horizon + 1, t)
        row = [
            events[t], 1.0, *own, *(events[t - lag] for lag in lags),
            *(x[k, t - lag] for k in range(len(others)) for lag in (0, *lags)),
            *(float(at in span) for at in breaks),
        ]  # fmt: skip
        difference = y[t + horizon] - y[t - 1]
        if np.isfinite([difference, *row]).all():
            used.append(t)
            outcome.append(difference)
            design.append(row)
    return used, np.array(outcome), np.array(design)


@pytest.mark.parametrize("name", CASES)
def test_statsmodels_finds_the_same(name):
    series, others, rows = simulated(**CASES[name])
    (result,) = project_rows(series, {"made": rows}, others)
    for horizon in HORIZONS:
        actual = result.at(horizon)
        used, y, x = written_out(series, others, rows, CASES[name].get("breaks", ()), horizon)
        lags = horizon + 1 if horizon >= 0 else -horizon - 1
        hc1 = sm.OLS(y, x).fit(cov_type="HC1")
        hac = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
        assert (actual.n, actual.lags) == (len(y), lags)
        assert actual.estimate == pytest.approx(hc1.params[0], rel=1e-9)
        assert actual.se_hc1 == pytest.approx(hc1.bse[0], rel=1e-9)
        assert actual.se_hac == pytest.approx(hac.bse[0], rel=1e-9)
        assert actual.events == np.isin(rows, used).sum()
        assert actual.rates == len(set(rows) & set(used))
        assert actual.rates_dropped == len(set(rows) - set(used))
        assert actual.n + sum(count for _, count in actual.dropped) == len(series)
        half = stats.t.ppf(0.975, actual.rates - 1) * hc1.bse[0]
        assert actual.low == pytest.approx(actual.estimate - half, rel=1e-9)
        assert actual.high == pytest.approx(actual.estimate + half, rel=1e-9)
        p = 2 * stats.t.sf(abs(hc1.tvalues[0]), actual.rates - 1)
        assert actual.p_value == pytest.approx(p, rel=1e-8)


def stacked_covariance(series, others, rows, breaks, horizons):
    """Estimates of several horizons and their covariance: one regression, clustered by row."""
    parts = [written_out(series, others, rows, breaks, h) for h in horizons]
    width = [x.shape[1] for _, _, x in parts]
    first = np.concatenate(([0], np.cumsum(width)))
    design = np.zeros((sum(len(y) for _, y, _ in parts), sum(width)))
    at = 0
    for k, (_, y, x) in enumerate(parts):
        design[at : at + len(y), first[k] : first[k + 1]] = x
        at += len(y)
    fit = sm.OLS(np.concatenate([y for _, y, _ in parts]), design).fit(
        cov_type="cluster",
        cov_kwds={"groups": np.concatenate([used for used, _, _ in parts]),
                  "use_correction": False},
    )  # fmt: skip
    scale = np.sqrt([len(y) / (len(y) - x.shape[1]) for _, y, x in parts])
    restriction = np.eye(design.shape[1])[first[:-1]]
    return fit, restriction, np.outer(scale, scale)


@pytest.mark.parametrize("name", CASES)
def test_the_test_before_the_event_is_the_wald_test_of_statsmodels(name):
    series, others, rows = simulated(**CASES[name])
    (result,) = project_rows(series, {"made": rows}, others)
    breaks = CASES[name].get("breaks", ())
    fit, restriction, scale = stacked_covariance(series, others, rows, breaks, range(-5, -1))
    # HC1 of each horizon: the covariance of the stacked fit times its degrees of freedom.
    chosen = restriction.argmax(axis=1)
    covariance = np.zeros_like(fit.cov_params())
    covariance[np.ix_(chosen, chosen)] = scale * fit.cov_params()[np.ix_(chosen, chosen)]
    wald = fit.wald_test(restriction, cov_p=covariance, use_f=False, scalar=True)
    assert result.pre_trend.statistic == pytest.approx(float(wald.statistic), rel=1e-8)
    rates = min(row.rates for row in result.rows[:4])
    error = rates - 4
    f = float(wald.statistic) * error / (4 * (rates - 1))
    assert (result.pre_trend.df, result.pre_trend.df_error) == (4, error)
    assert result.pre_trend.p_value == pytest.approx(stats.f.sf(f, 4, error), rel=1e-7)


def test_the_band_is_the_largest_t_of_all_horizons_together():
    series, others, rows = simulated(controls=1)
    (result,) = project_rows(series, {"made": rows}, others, seed=3)
    fit, restriction, _ = stacked_covariance(series, others, rows, (), range(21))
    chosen = restriction.argmax(axis=1)
    covariance = fit.cov_params()[np.ix_(chosen, chosen)]
    error = np.sqrt(np.diag(covariance))
    df = min(row.rates for row in result.rows[6:]) - 1
    drawn = stats.multivariate_t(
        shape=covariance / np.outer(error, error), df=df, allow_singular=True, seed=1
    ).rvs(200_000)
    largest = np.abs(drawn).max(axis=1)
    for row in result.rows[6:]:
        edge = (row.supt_high - row.estimate) / row.se_hc1
        assert edge == pytest.approx(np.quantile(largest, 0.95), abs=0.08)
        t = abs(row.estimate) / row.se_hc1
        assert row.p_adjusted == pytest.approx((largest >= t).mean(), abs=0.02)
        assert row.supt_low <= row.low <= row.high <= row.supt_high


def test_a_lasting_step_of_one_log_point_by_hand():
    # 10 events, one every 35 rows, each followed by a step of 0.01 that lasts; nothing else moves.
    # At horizon 0 only the event rows move. At horizon h the h rows before each event move too:
    # they hold the step of an event that is still to come, so that the mean of the rows without
    # event or lag, which the response is counted from, is h x 10 x 0.01 / (number of these rows).
    # The lagged returns repeat the lagged events and are left out.
    at = 30 + 35 * np.arange(10)
    returns = np.zeros(400)
    returns[at - 1] = 0.01
    (result,) = project_rows(series_of_returns(returns), {"made": at})
    for horizon in (0, 1, 5, 20):
        row = result.at(horizon)
        assert row.n == 401 - 5 - horizon
        others = row.n - 10 * 5  # neither an event nor one of its four lags
        assert row.estimate == pytest.approx(0.01 - horizon * 10 * 0.01 / others, abs=1e-12)
    base = result.at(-1)
    assert (base.estimate, base.reason) == (
        0.0, "0 by construction: the rate before the event is the base",
    )  # fmt: skip


def test_a_method_break_moves_no_estimate():
    random = np.random.default_rng(5)
    returns = 0.01 * random.standard_normal(300)
    rows = np.arange(15, 290, 12)
    day = str(np.datetime64("2024-01-01") + 150)
    steps = []
    for jump in (0.0, 0.5):
        shifted = returns.copy()
        shifted[149] += jump  # the return of row 150, which crosses the break
        (result,) = project_rows(series_of_returns(shifted, breaks=(day,)), {"made": rows})
        steps.append([result.at(h).estimate for h in HORIZONS])
    quiet, broken = np.array(steps)
    spread = np.abs(quiet).max()
    # What is left is the return of the break among the lagged returns of four rows.
    assert np.abs(broken - quiet).max() < 0.6 * spread
    (bare,) = project_rows(series_of_returns(shifted), {"made": rows})
    assert max(abs(bare.at(h).estimate - c) for h, c in zip(HORIZONS, quiet, strict=True)) > spread


def test_few_first_rates_have_an_estimate_and_the_reason():
    series, _, _ = simulated()
    rows = np.array([50, 50, 90, 130, 170, 210, 250, 290])  # seven rates of eight events
    (result,) = project_rows(series, {"made": rows})
    row = result.at(0)
    assert (row.events, row.rates) == (8, 7)
    assert np.isfinite(row.estimate)
    assert np.isnan([row.se_hc1, row.low, row.supt_low, row.p_value, row.p_adjusted]).all()
    assert row.reason == result.pre_trend.reason == "fewer than 8 first rates"


def test_events_on_every_row_tell_nothing():
    series, _, _ = simulated()
    (result,) = project_rows(series, {"made": np.arange(SIZE + 1)})
    assert result.at(3).reason == result.pre_trend.reason
    assert result.at(3).reason == "no row tells the events from the other terms"


def test_a_control_without_a_common_day_leaves_no_row():
    series, (other,), rows = simulated(controls=1)
    other.rate[:] = np.nan
    (result,) = project_rows(series, {"made": rows}, [other])
    row = result.at(2)
    assert (row.n, row.rates, row.rates_dropped) == (0, 0, len(set(rows)))
    assert dict(row.dropped) == {
        "too near the start": 5,
        "too near the end": 2,
        "no return of control-0": SIZE + 1 - 7,
    }


def test_a_control_given_twice_changes_nothing():
    series, (other,), rows = simulated(controls=1)
    (once,), (twice,) = (project_rows(series, {"made": rows}, [other] * n) for n in (1, 2))
    for a, b in zip(once.rows, twice.rows, strict=True):
        assert a.estimate == pytest.approx(b.estimate, rel=1e-9)
        assert a.se_hc1 == pytest.approx(b.se_hc1, rel=1e-9, nan_ok=True)


def test_many_groups_are_each_projected_as_if_alone():
    series, others, rows = simulated(controls=1)
    groups = {f"g{k}": rows[k:] for k in range(20)}
    for result in project_rows(series, groups, others):
        (alone,) = project_rows(series, {result.group: groups[result.group]}, others)
        for a, b in zip(result.rows, alone.rows, strict=True):
            assert (a.n, a.rates) == (b.n, b.rates)
            assert a.estimate == pytest.approx(b.estimate, rel=1e-9)
            assert a.supt_low == pytest.approx(b.supt_low, rel=1e-9, nan_ok=True)


def test_a_very_long_series_is_refused_with_the_reason():
    series = series_of_returns(np.zeros(100_000))
    (result,) = project_rows(series, {"made": np.array([50])})
    assert {row.reason for row in result.rows} == {
        "a series of more than 100,000 rows is not projected"
    }


def test_a_control_that_is_no_price_changes_by_differences():
    series, _, rows = simulated()
    index = series_of_returns(np.zeros(SIZE), series_id="index")
    index.rate[:] = np.random.default_rng(5).integers(0, 90, len(index))  # zeros have no log
    index = replace(index, card=replace(index.card, change="difference"))
    (result,) = project_rows(series, {"group": rows}, [index])
    assert result.at(1).n > SIZE - 30


def test_two_groups_of_the_same_events_have_one_projection():
    events = [event_at_row(row, category="only") for row in range(60, 260, 20)]
    series = series_of_returns(0.01 * np.random.default_rng(6).standard_normal(SIZE))
    result = measure_series(series, events, events, StudyRequest(estimation=20, min_estimation=20))[
        0
    ]
    both = {item.group: item for item in project_groups(result)}
    assert set(both) == {"all", "only"}
    ours, theirs = both["all"].rows, both["only"].rows
    assert [replace(row, group="") for row in ours] == [replace(row, group="") for row in theirs]
