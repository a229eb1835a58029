"""One form for every model of normal returns: it predicts, and says how sure it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.eventstudy.normal import NORMAL_MODELS
from dashboard.eventstudy.normal.base import EstimationSample
from dashboard.eventstudy.returns import History
from dashboard.models.errors import InputError

EVERY = pytest.mark.parametrize("model", NORMAL_MODELS, ids=lambda model: model.id)
N_EVENTS, N_OFFSETS, ROWS = 3, 6, 420
ANCHOR = np.array([360, 380, 410])
FEW = settings(max_examples=20)  # GARCH fits a likelihood each time


def returns_of(seed=1, missing=()):
    random = np.random.default_rng(seed)
    factor = 0.01 * random.standard_normal(ROWS)
    returns, volatility = 0.5 * factor, 0.01
    for t in range(ROWS):
        returns[t] += volatility * random.standard_normal()
        volatility = np.sqrt(1e-5 + 0.1 * returns[t] ** 2 + 0.8 * volatility**2)
    returns[[0, *missing]] = np.nan
    return returns, factor


def sample(returns, factor, anchor=ANCHOR, barred=None):
    rows = anchor[:, None] + np.arange(-2, N_OFFSETS - 2)
    return EstimationSample(
        History(returns, factor[:, None], barred), rows, anchor - 43, anchor - 4
    )


@EVERY
def test_a_model_says_what_it_is_and_who_described_it(model):
    assert model.id
    assert model.title
    assert model.needs
    assert any(char.isdigit() for char in model.reference), "a reference has a year"


def test_no_two_models_have_one_name():
    for name in ("id", "title"):
        assert len({getattr(model, name) for model in NORMAL_MODELS}) == len(NORMAL_MODELS)


@EVERY
def test_a_prediction_has_a_number_for_every_event_and_offset(model):
    result = model.predict(sample(*returns_of()))
    assert np.shape(result.normal) == (N_EVENTS, N_OFFSETS)
    assert np.isfinite(result.normal).all()
    for per_event in (
        result.sigma,
        result.usable,
        result.df,
        result.factor(0, 1),
        result.intercept,
    ):
        assert np.shape(per_event) == (N_EVENTS,)
    assert result.slopes.shape == (N_EVENTS, 1)
    assert (result.sigma > 0).all()
    assert (result.df <= result.usable).all()
    assert result.usable.tolist() == [40, 40, 40]


@EVERY
def test_intercept_and_slopes_give_the_prediction_of_any_row(model):
    returns, factor = returns_of()
    made = sample(returns, factor)
    result = model.predict(made)
    again = result.intercept[:, None] + result.slopes * factor[made.rows]
    assert np.asarray(result.normal) == pytest.approx(again, abs=1e-15)


@EVERY
def test_a_missing_return_is_not_counted(model):
    # Rows 317..356 are the first event's, 337..376 the second's.
    result = model.predict(sample(*returns_of(missing=(330, 331))))
    assert result.usable.tolist() == [38, 40, 40]


@EVERY
def test_a_barred_row_is_not_counted(model):
    barred = np.zeros(ROWS, dtype=bool)
    barred[[320, 321, 350]] = True
    result = model.predict(sample(*returns_of(), barred=barred))
    assert result.usable.tolist() == [37, 39, 40]


@EVERY
def test_a_window_is_at_least_as_unsure_as_its_days(model):
    result = model.predict(sample(*returns_of()))
    days = [result.factor(k, k) for k in range(N_OFFSETS)]
    for first in range(N_OFFSETS):
        for last in range(first, N_OFFSETS):
            # Errors of days are independent but for the common error of the estimate.
            assert (result.factor(first, last) > 0).all()
        assert (result.factor(0, first) >= result.factor(0, max(first - 1, 0)) - 1e-12).all()
    assert all((day > 0).all() for day in days)


@EVERY
@FEW
@given(seed=st.integers(0, 2**16), unit=st.sampled_from([0.1, 10.0]))
def test_the_unit_of_the_returns_is_that_of_the_prediction(model, seed, unit):
    returns, factor = returns_of(seed)
    try:
        one = model.predict(sample(returns, factor))
        other = model.predict(sample(unit * returns, unit * factor))
    except InputError:
        return  # no stationary GARCH fits this series
    close = {"rel": 1e-3 if model.id == "garch" else 1e-6}  # an optimiser stops near
    assert other.sigma == pytest.approx(unit * one.sigma, rel=1e-9)
    assert np.asarray(other.normal) == pytest.approx(unit * np.asarray(one.normal), abs=1e-12)
    assert other.factor(1, 4) == pytest.approx(one.factor(1, 4), **close)


@EVERY
def test_a_model_does_not_look_at_the_event_window_of_another_return(model):
    returns, factor = returns_of()
    changed = returns.copy()
    changed[408:414] += 0.02  # the rows of the last event
    result = [model.predict(sample(values, factor, ANCHOR[2:])) for values in (returns, changed)]
    assert result[1].sigma == pytest.approx(result[0].sigma)
    assert np.asarray(result[1].normal) == pytest.approx(np.asarray(result[0].normal), abs=1e-12)


@EVERY
def test_a_pegged_rate_has_no_spread_and_no_warning(model):
    returns, factor = returns_of()
    rows = np.arange(ROWS)
    pegged = (rows >= 317) & (rows <= 356)  # the estimation window of the first event
    returns[pegged] = 0.0
    result = model.predict(sample(returns, np.where(pegged, 0.0, factor)))
    assert not result.sigma[0] > 0  # 0, or none where the pegged factor has no slope
    assert (result.sigma[1:] > 0).all()
    result.factor(0, 1)


@EVERY
def test_positions_without_any_history_have_no_number_and_no_warning(model):
    result = model.predict(sample(*returns_of(), anchor=np.array([20])))
    assert result.usable.tolist() == [16]
    rows = np.array([[2, 3]])
    nothing = model.predict(
        EstimationSample(History(returns_of()[0], returns_of()[1][:, None]), rows, np.array([1]),
               np.array([0]))
    )  # fmt: skip
    assert nothing.usable.tolist() == [0]
    assert np.isnan(nothing.sigma).all()


@EVERY
def test_no_event_is_no_error(model):
    result = model.predict(sample(*returns_of(), anchor=np.zeros(0, dtype=np.int64)))
    assert result.sigma.shape == (0,)
    assert result.factor(0, 1).shape == (0,)
