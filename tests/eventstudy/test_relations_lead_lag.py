"""Lead-lag correlations against R's ccf, SciPy and a loop over the shifts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.reference.stored import answer_of, number, rows_of, same
from tests.made_series import event_at_row, made_series, series_of_returns

RETURNS = 0.01 * np.random.default_rng(6).standard_t(5, 99)
REQUEST = StudyRequest(model="none", window=(0, 0), cars=((0, 0),), estimation=10, gap=0,
                       min_estimation=3)  # fmt: skip
EVENTS = [20, 21, 40, 55, 56, 70, 93]
WISHED = ["stronger", "weaker", "unclear", "stronger", "weaker", "weaker", "stronger"]


def rows(series, events=EVENTS, wished=WISHED):
    listed = [event_at_row(row, f"{k}", expected=wish)
              for k, (row, wish) in enumerate(zip(events, wished, strict=True))]  # fmt: skip
    answer = run_study([series], listed, REQUEST)
    return {(row.method, row.lag): row for row in answer.correlations if row.group == "all"}


@pytest.mark.parametrize("case", ["one_mean", "ties_none"])
def test_r_finds_the_same(case):
    actual = {(row.method, row.group, row.lag): row for row in answer_of(case).correlations}
    expected = {(row["method"], row["group"], int(row["lag"])): row
             for row in rows_of(f"numbers/{case}_correlation.csv")}  # fmt: skip
    assert actual.keys() == expected.keys()
    for key, row in expected.items():
        assert same(actual[key].r, number(row["r"])), key
        assert actual[key].n == int(row["n"])
        if row["low"]:  # R walks through every shift of the point-biserial correlation only
            assert actual[key].low == pytest.approx(number(row["low"]), rel=1e-9)
            assert actual[key].high == pytest.approx(number(row["high"]), rel=1e-9)


def test_on_the_day_it_is_the_point_biserial_correlation():
    result = rows(series_of_returns(RETURNS))["point_biserial", 0]
    indicator = np.isin(np.arange(1, 100), EVENTS)
    assert result.r == pytest.approx(stats.pointbiserialr(indicator, RETURNS).statistic, rel=1e-9)
    assert result.n == 99


def test_the_band_holds_the_middle_of_all_shifts():
    result = rows(series_of_returns(RETURNS))["point_biserial", 2]
    indicator = np.isin(np.arange(1, 100), EVENTS)
    shifts = [np.corrcoef(indicator, np.roll(RETURNS, -k))[0, 1] for k in range(99)]
    assert (result.low, result.high) == pytest.approx(tuple(np.quantile(shifts, [0.025, 0.975])))


@pytest.mark.parametrize("lag", [-5, 0, 3])
def test_the_score_is_ranked_against_the_return_by_spearman(lag):
    result = rows(series_of_returns(RETURNS))["spearman", lag]
    score = [{"stronger": 1, "weaker": -1, "unclear": 0}[wish] for wish in WISHED]
    returns = [RETURNS[row + lag - 1] for row in EVENTS]
    assert result.r == pytest.approx(stats.spearmanr(score, returns).statistic, rel=1e-9)
    assert result.n == 7


def test_an_effect_on_the_next_day_is_seen_there_only():
    returns = RETURNS.copy()
    returns[np.array(EVENTS)] += 0.05  # row + 1
    result = rows(series_of_returns(returns))
    outside = [lag for (method, lag), row in result.items()
               if method == "point_biserial" and not row.low <= row.r <= row.high]  # fmt: skip
    assert 1 in outside
    assert result["point_biserial", 1].r > 0.5


def test_missing_rates_are_stepped_over():
    rate = series_of_returns(RETURNS).rate.copy()
    rate[[30, 60]] = np.nan
    result = rows(made_series(rate))
    assert result["point_biserial", 0].n == 95
    present = np.array([row for row in range(1, 100) if row not in (30, 31, 60, 61)])
    r = np.corrcoef(np.isin(present, EVENTS), RETURNS[present - 1])[0, 1]
    assert result["point_biserial", 0].r == pytest.approx(r, rel=1e-9)


def test_a_rate_that_never_moves_has_no_correlation_and_no_warning():
    assert rows(made_series(np.full(100, 80.0))) == {}


def test_p_is_the_share_of_shifts_as_large_and_holm_counts_every_lag():
    result = rows(series_of_returns(RETURNS))
    indicator = np.isin(np.arange(1, 100), EVENTS)
    shifts = np.array([np.corrcoef(indicator, np.roll(RETURNS, -k))[0, 1] for k in range(99)])
    actual = result["point_biserial", 0]
    assert actual.p_value == pytest.approx(np.mean(np.abs(shifts) >= abs(shifts[0]) - 1e-9))
    of_method = [row for (method, _), row in result.items() if method == "point_biserial"]
    smallest = min(of_method, key=lambda row: row.p_value)
    # Two groups, all and other, of the same events: 22 p-values, each of them twice.
    assert smallest.p_adjusted == pytest.approx(min(1.0, 22 * smallest.p_value))
