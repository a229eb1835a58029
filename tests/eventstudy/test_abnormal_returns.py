"""AR, CAR and their errors against hand calculation, a regression and textbook t values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dashboard.eventstudy.abnormal_returns import compute_abnormal_returns, standardise, two_sided_p
from dashboard.eventstudy.normal.mean import ConstantMean
from dashboard.eventstudy.normal.none import NoChange
from dashboard.eventstudy.returns import History
from dashboard.models.study import StudyRequest

NAN = float("nan")

# Estimation returns 1, -1, 3, 1 %: mean 1 %, deviations 0, -2, 2, 0, SSE 8 (x 1e-4),
# sigma^2 = 8/3. Event returns 5 and 2 %: AR 4 and 1, CAR 5 (x 1e-2).
BY_HAND = np.array([NAN, 0.01, -0.01, 0.03, 0.01, 0.05, 0.02])
SMALL = StudyRequest(window=(0, 1), cars=((0, 1),), estimation=4, gap=0, min_estimation=3)


def of(returns, anchors, request, model):
    return compute_abnormal_returns(History(returns), np.array(anchors), request, model)


def test_the_constant_mean_model_by_hand():
    result = of(BY_HAND, [5], SMALL, ConstantMean())
    sigma = math.sqrt(8e-4 / 3)
    assert result.ar[0] == pytest.approx([0.04, 0.01])
    assert result.prediction.sigma[0] == pytest.approx(sigma)
    assert result.prediction.df.tolist() == [3]
    assert result.ar_se[0] == pytest.approx([sigma * math.sqrt(1 + 1 / 4)] * 2)
    car, se = result.car((0, 1))
    assert car[0] == pytest.approx(0.05)
    assert se[0] == pytest.approx(sigma * math.sqrt(2 + 2**2 / 4))
    # t = 0.05 / sqrt(8e-4) = 1.7678; Student's t with 3 df has the closed form below.
    t = float(standardise(car, se)[0])
    assert t == pytest.approx(1.7677669529663689)
    x = t / math.sqrt(3)
    upper = 0.5 - (x / (1 + x * x) + math.atan(x)) / math.pi
    assert two_sided_p(np.array([t]), np.array([3]))[0] == pytest.approx(2 * upper)


def test_the_no_change_model_by_hand():
    result = of(BY_HAND, [5], SMALL, NoChange())
    sigma = math.sqrt((1 + 1 + 9 + 1) * 1e-4 / 4)  # about zero, four degrees of freedom
    assert result.ar[0] == pytest.approx([0.05, 0.02])
    assert result.prediction.df.tolist() == [4]
    assert result.ar_se[0] == pytest.approx([sigma, sigma])
    car, se = result.car((0, 1))
    assert (car[0], se[0]) == pytest.approx((0.07, sigma * math.sqrt(2)))


def test_the_path_and_its_ordinary_range_by_hand():
    car, low, high = of(BY_HAND, [5], SMALL, ConstantMean()).path()
    sigma, t_3 = math.sqrt(8e-4 / 3), 3.182446305284263  # 97.5 % quantile of t with 3 df
    half = [t_3 * sigma * math.sqrt(1 + 1 / 4), t_3 * sigma * math.sqrt(2 + 4 / 4)]
    assert car[0] == pytest.approx([0.04, 0.05])
    assert high[0] == pytest.approx(half)
    assert low[0] == pytest.approx([-h for h in half])


def test_the_move_from_the_base_runs_through_zero_at_the_base():
    # Offsets -2 … 1; the base is offset -1. At -2 the rate stood the return of -1 lower.
    returns = np.array([NAN, 0.01, -0.01, 0.03, 0.01, 0.07, -0.02, 0.05, 0.02])
    request = StudyRequest(window=(-2, 1), cars=((0, 1),), estimation=4, gap=0, min_estimation=3)
    move, low, high = of(returns, [7], request, ConstantMean()).from_base()
    assert move[0] == pytest.approx([0.02, 0.0, 0.05, 0.07])
    half = 3.182446305284263 * math.sqrt(8e-4 / 3) * np.sqrt([1 + 1 / 4, 0, 1 + 1 / 4, 2 + 4 / 4])
    centre = np.array([-0.01, 0, 0.01, 0.02])
    assert low[0] == pytest.approx(centre - half)
    assert high[0] == pytest.approx(centre + half)


def test_buy_and_hold_by_hand():
    # 1.05 x 1.02 - 1.01 x 1.01
    result = of(BY_HAND, [5], SMALL, ConstantMean())
    assert result.bhar((0, 1)).tolist() == pytest.approx([0.0509])
    assert result.bhar((1, 1)).tolist() == pytest.approx([0.01])


def regression(returns, anchor, request):
    """OLS on a constant over the estimation rows, and `1' V 1` from the full matrices."""
    last = anchor + request.window[0] - request.gap - 1
    y = returns[last - request.estimation + 1 : last + 1]
    y = y[np.isfinite(y)]
    design = np.ones((len(y), 1))
    beta, sse, _, _ = np.linalg.lstsq(design, y, rcond=None)
    event_design = np.ones((request.window[1] - request.window[0] + 1, 1))
    sigma2 = float(sse[0]) / (len(y) - 1)
    v = np.eye(len(event_design)) + event_design @ np.linalg.inv(design.T @ design) @ event_design.T
    first, final = anchor + request.window[0], anchor + request.window[1]
    ar = returns[first : final + 1] - event_design @ beta
    return ar, sigma2 * v


@given(st.integers(0, 2**32 - 1))
def test_every_error_is_that_of_a_regression_on_a_constant(seed):
    random = np.random.default_rng(seed)
    returns = np.concatenate(([NAN], 0.01 * random.standard_t(4, 59)))
    returns[random.integers(1, 30, 3)] = NAN  # missing in the estimation window only
    request = StudyRequest(window=(-2, 3), cars=((0, 1),), estimation=20, gap=2, min_estimation=3)
    anchors = [45, 50]
    result = of(returns, anchors, request, ConstantMean())
    for k, anchor in enumerate(anchors):
        ar, covariance = regression(returns, anchor, request)
        assert result.ar[k] == pytest.approx(ar)
        assert result.ar_se[k] == pytest.approx(np.sqrt(np.diag(covariance)))
        for window in ((0, 0), (0, 1), (-2, 3), (-2, -1)):
            weight = np.zeros(6)
            weight[window[0] + 2 : window[1] + 3] = 1
            car, se = result.car(window)
            assert car[k] == pytest.approx(weight @ ar)
            assert se[k] == pytest.approx(math.sqrt(weight @ covariance @ weight))


def test_the_estimation_window_leaves_the_gap_and_the_event_out():
    returns = np.concatenate(([NAN], np.tile([0.01, -0.01], 20)))
    request = StudyRequest(window=(-1, 1), cars=((0, 0),), estimation=10, gap=4, min_estimation=3)
    before = of(returns, [30], request, ConstantMean())
    changed = returns.copy()
    changed[25:40] += 1.0  # gap rows 25..28, event rows 29..31 and what follows
    changed[1:15] += 1.0  # before the estimation rows 15..24
    after = of(changed, [30], request, ConstantMean())
    assert after.prediction.sigma == pytest.approx(before.prediction.sigma)
    assert np.asarray(after.prediction.normal) == pytest.approx(before.prediction.normal, abs=1e-12)


def test_a_missing_return_leaves_only_its_own_windows_without_a_number():
    returns = BY_HAND.copy()
    returns[6] = NAN
    result = of(returns, [5], SMALL, ConstantMean())
    assert np.isfinite(result.car((0, 0))[0]).all()
    assert np.isnan(result.car((0, 1))[0]).all()


def test_a_pegged_rate_has_a_move_but_no_t():
    returns = np.array([NAN, 0.0, 0.0, 0.0, 0.0, 0.05, 0.02])
    car, se = of(returns, [5], SMALL, ConstantMean()).car((0, 1))
    t = standardise(car, se)
    assert car.tolist() == [0.07]
    assert se.tolist() == [0.0]
    assert np.isnan(t).all()
    assert np.isnan(two_sided_p(t, np.array([3]))).all()


@given(
    t=st.floats(-30, 30),
    df=st.integers(1, 300),
)
def test_p_values_are_those_of_students_t(t, df):
    result = two_sided_p(np.array([t]), np.array([df]))[0]
    assert result == pytest.approx(2 * stats.t.sf(abs(t), df), rel=1e-9)


def test_p_needs_degrees_of_freedom():
    assert np.isnan(two_sided_p(np.array([1.0, NAN]), np.array([0, 5]))).all()


@given(st.integers(0, 2**32 - 1), st.floats(-0.5, 0.5))
def test_adding_a_constant_to_all_returns_leaves_constant_mean_ars_unchanged(seed, shift):
    returns = np.concatenate(([NAN], 0.01 * np.random.default_rng(seed).standard_normal(40)))
    request = StudyRequest(window=(-1, 2), cars=((0, 1),), estimation=20, gap=1, min_estimation=3)
    before = of(returns, [30, 35], request, ConstantMean())
    after = of(returns + shift, [30, 35], request, ConstantMean())
    assert after.ar == pytest.approx(before.ar, abs=1e-12)
    assert after.car((0, 1))[1] == pytest.approx(before.car((0, 1))[1], rel=1e-6)


def test_a_move_and_the_same_move_back_are_no_move():
    # ln(108/107) + ln(107/108) leaves 2e-18 in floating point.
    returns = np.concatenate((BY_HAND[:5], np.log([108 / 107, 107 / 108])))
    assert returns[5:].sum() != 0
    assert of(returns, [5], SMALL, NoChange()).car((0, 1))[0].tolist() == [0.0]
