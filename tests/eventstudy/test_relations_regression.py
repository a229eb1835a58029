"""The regression on categories and factors against R and statsmodels' Newey-West errors."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.reference.stored import answer_of, number, rows_of, same
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(model="none", window=(0, 0), cars=((0, 0),), estimation=10, gap=0,
                       min_estimation=3)  # fmt: skip
COLUMNS = ("estimate", "se", "t", "p_value")


@pytest.mark.parametrize("case", ["one_mean", "panel_factors", "missing_factors"])
def test_r_finds_the_same(case):
    actual = {row.term: row for row in answer_of(case).regression}
    expected = {row["term"]: row for row in rows_of(f"numbers/{case}_regression.csv")}
    assert [*actual] == [*expected]
    for term, row in expected.items():
        for column in COLUMNS:
            assert same(getattr(actual[term], column), number(row[column])), (term, column)
        assert (actual[term].n, actual[term].lags) == (int(row["n"]), int(row["lags"]))


@pytest.mark.parametrize("width", [0, 2])
def test_statsmodels_finds_the_same(width):
    random = np.random.default_rng(width)
    factors = 0.01 * random.standard_normal((300, width))
    returns = 0.3 * factors.sum(axis=1) + 0.01 * random.standard_t(5, 300)
    events = [event_at_row(row, category=("talks", "remark")[k % 2])
              for k, row in enumerate(range(20, 290, 13))]  # fmt: skip
    answer = run_study(
        [series_of_returns(returns)], events, REQUEST,
        factors=[series_of_returns(factors[:, k], series_id=f"f{k}") for k in range(width)],
    )  # fmt: skip
    dummies = np.zeros((300, 2))
    for event, row in zip(events, range(20, 290, 13), strict=True):
        dummies[row - 1, ["remark", "talks"].index(event.category)] = 1
    design = np.column_stack((np.ones(300), dummies, factors))
    lags = int(4 * 3 ** (2 / 9))
    fit = sm.OLS(returns, design).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False}, use_t=True
    )
    terms = [row.term for row in answer.regression]
    assert terms == ["constant", "remark", "talks", *(f"f{k}" for k in range(width))]
    for k, row in enumerate(answer.regression):
        expected = (fit.params[k], fit.bse[k], fit.tvalues[k], fit.pvalues[k])
        assert tuple(getattr(row, c) for c in COLUMNS) == pytest.approx(expected, rel=1e-8)
        assert (row.n, row.lags) == (300, lags)


def test_a_factor_that_repeats_another_is_left_out():
    random = np.random.default_rng(1)
    factor = series_of_returns(0.01 * random.standard_normal(100), series_id="f")
    twin = series_of_returns(np.diff(np.log(factor.rate)), series_id="twin")
    answer = run_study([series_of_returns(0.01 * random.standard_normal(100))],
                       [event_at_row(50)], REQUEST, factors=[factor, twin])  # fmt: skip
    assert [row.term for row in answer.regression] == ["constant", "other", "f"]


def test_no_event_to_study_has_no_regression():
    answer = run_study([series_of_returns(np.zeros(30))], [event_at_row(2)], REQUEST)
    assert answer.regression == ()


def test_p_is_corrected_over_the_categories_alone():
    returns = 0.01 * np.random.default_rng(5).standard_t(5, 300)
    events = [event_at_row(row, category=("talks", "remark")[k % 2])
              for k, row in enumerate(range(20, 290, 13))]  # fmt: skip
    factor = series_of_returns(0.01 * np.random.default_rng(6).standard_normal(300), series_id="f")
    answer = run_study([series_of_returns(returns)], events, REQUEST, factors=[factor])
    by_term = {row.term: row for row in answer.regression}
    low, high = sorted((by_term["talks"], by_term["remark"]), key=lambda row: row.p_value)
    assert low.p_adjusted == pytest.approx(min(1.0, 2 * low.p_value))
    assert high.p_adjusted == pytest.approx(max(low.p_adjusted, high.p_value))
    assert np.isnan([by_term["constant"].p_adjusted, by_term["f"].p_adjusted]).all()
