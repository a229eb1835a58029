"""The BMP for overlapping windows against R, derivatives of the CARs and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.reference.stored import CASES, differences
from tests.made_series import event_at_row, series_of_returns


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("overlap_t", case) == []


RANDOM = np.random.default_rng(12)
RETURNS = 0.01 * RANDOM.standard_t(5, 90)
FACTOR = 0.01 * RANDOM.standard_normal(90)


def study(rows, returns=RETURNS, factor=None, **request):
    factors = [] if factor is None else [series_of_returns(factor, series_id="factor")]
    return run_study(
        [series_of_returns(returns)],
        [event_at_row(row) for row in rows],
        StudyRequest(**({"gap": 0, "min_estimation": 3} | request)),
        factors=factors,
    )


def correlation_used(answer, window):
    """The mean correlation that turned the BMP t into the overlap t: (1-r)/(1+(N-1)r) = ratio."""
    result = {row.test: row for row in answer.tests if (row.group, row.window) == ("all", window)}
    bmp, overlap = result["bmp"], result["overlap_t"]
    ratio = (overlap.statistic / bmp.statistic) ** 2
    assert (overlap.n, overlap.df) == (bmp.n, bmp.df)
    return (1 - ratio) / (1 + (bmp.n - 1) * ratio)


def test_by_hand_with_a_constant_mean():
    # Events at a distance of k = 2 rows, M = 4, one day each: c_i'c_j = -1/M + (M-k)/M^2 = -k/M^2,
    # |c|^2 = 1 + 1/M: r = -k / (M (M+1)) = -2/20.
    answer = study([40, 42], model="mean", window=(0, 0), cars=((0, 0),), estimation=4)
    assert correlation_used(answer, (0, 0)) == pytest.approx(-0.1, rel=1e-9)


def test_by_hand_without_estimation():
    # Windows of three days that share two of them: r = 2/3.
    answer = study([40, 41], model="none", window=(0, 2), cars=((0, 2),), estimation=4)
    assert correlation_used(answer, (0, 2)) == pytest.approx(2 / 3, rel=1e-9)


def test_events_far_apart_are_uncorrelated():
    answer = study([20, 60], model="mean", window=(0, 2), cars=((0, 2),), estimation=10)
    assert correlation_used(answer, (0, 2)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("model", ["none", "mean", "market"])
def test_the_weights_are_the_derivatives_of_the_cars(model):
    # A CAR is linear in the returns: moving one return by 1 moves it by its weight.
    rows, window = [35, 38, 45, 70], (0, 2)
    request = {"model": model, "window": (-1, 3), "cars": (window,), "estimation": 20, "gap": 2}
    factor = FACTOR if model == "market" else None
    base = study(rows, factor=factor, **request)
    weights = np.zeros((4, len(RETURNS)))
    for t in range(len(RETURNS)):
        moved = RETURNS.copy()
        moved[t] += 0.01
        other = study(rows, moved, factor, **request)
        weights[:, t] = (other.results[0].cars[0].car - base.results[0].cars[0].car) / 0.01
    unit = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    r = ((unit @ unit.T).sum() - 4) / 12
    assert correlation_used(base, window) == pytest.approx(r, rel=1e-8)
    # |c|^2 = 1'V1, so that the weights give the standard errors too.
    result = base.results[0]
    error = result.sigma * np.linalg.norm(weights, axis=1)
    assert result.cars[0].se == pytest.approx(error, rel=1e-8)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.startswith("panel") and case != "panel_late"]
)
def test_on_one_date_it_is_kolari_and_pynnonens(case):
    from tests.eventstudy.reference.stored import answer_of

    result = {
        (row.test, row.window): row for row in answer_of(case).tests if row.group == "cluster"
    }
    for window in ((0, 0), (0, 1), (-2, 3)):
        published, overlap = result["kolari_pynnonen", window], result["overlap_t", window]
        assert overlap.n == 3
        assert overlap.statistic == pytest.approx(published.statistic, rel=1e-9)


def test_events_on_one_row_of_one_series_say_nothing_twice():
    series = series_of_returns(RETURNS)
    events = [event_at_row(40, "one"), event_at_row(40, "two")]
    request = StudyRequest(window=(0, 1), cars=((0, 1),), estimation=20, gap=0, min_estimation=3)
    result = next(row for row in run_study([series], events, request).tests
                 if row.test == "overlap_t" and row.window == (0, 1))  # fmt: skip
    assert math.isnan(result.p_value)
    assert result.note == "needs at least 2 events whose windows are not the same"
