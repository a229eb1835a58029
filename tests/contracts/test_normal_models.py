"""One form for every model of normal returns: it predicts, and says how sure it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engine.normal import NORMAL_MODELS
from dashboard.engine.normal.base import Sample
from dashboard.engine.windows import RunningSums

EVERY = pytest.mark.parametrize("model", NORMAL_MODELS, ids=lambda model: model.id)
N_EVENTS, N_OFFSETS = 3, 6


def sample(seed=1, missing=()):
    returns = 0.01 * np.random.default_rng(seed).standard_normal(120)
    returns[[0, *missing]] = np.nan
    anchor = np.array([60, 80, 110])
    rows = anchor[:, None] + np.arange(-2, N_OFFSETS - 2)
    return Sample(returns, RunningSums(returns), rows, anchor - 43, anchor - 4)


@EVERY
def test_a_model_says_what_it_is_and_who_described_it(model):
    assert model.id
    assert model.title
    assert any(char.isdigit() for char in model.reference), "a reference has a year"


@EVERY
def test_a_prediction_has_a_number_for_every_event_and_offset(model):
    found = model.predict(sample())
    assert np.shape(found.normal) == (N_EVENTS, N_OFFSETS)
    assert np.isfinite(found.normal).all()
    for per_event in (found.sigma, found.usable, found.df, found.factor(0, 1)):
        assert np.shape(per_event) == (N_EVENTS,)
    assert (found.sigma > 0).all()
    assert (found.df <= found.usable).all()
    assert found.usable.tolist() == [40, 40, 40]


@EVERY
def test_a_missing_return_is_not_counted(model):
    found = model.predict(sample(missing=(30, 31)))
    assert found.usable.tolist() == [38, 40, 40]  # rows 17..56 of the first event only


@EVERY
def test_the_variance_of_a_window_is_at_least_the_number_of_its_days(model):
    found = model.predict(sample())
    for first in range(N_OFFSETS):
        for last in range(first, N_OFFSETS):
            assert (found.factor(first, last) >= last - first + 1).all()


@EVERY
@given(seed=st.integers(0, 2**32 - 1), unit=st.sampled_from([1e-3, 100.0]))
def test_the_unit_of_the_returns_is_that_of_the_prediction(model, seed, unit):
    made = sample(seed)
    scaled = Sample(unit * made.returns, RunningSums(unit * made.returns), made.rows,
                    made.first, made.last)  # fmt: skip
    one, other = model.predict(made), model.predict(scaled)
    assert other.sigma == pytest.approx(unit * one.sigma)
    assert np.asarray(other.normal) == pytest.approx(unit * np.asarray(one.normal), abs=1e-12)
    assert other.factor(1, 4) == pytest.approx(one.factor(1, 4))


@EVERY
def test_a_model_does_not_look_at_the_event_window(model):
    made = sample()
    own = made.rows[2:]  # of the last event: rows 108..113, its estimation rows are 67..106
    changed = made.returns.copy()
    changed[own.ravel()] += 1.0
    found = [
        model.predict(Sample(values, RunningSums(values), own, made.first[2:], made.last[2:]))
        for values in (made.returns, changed)
    ]
    assert found[1].sigma == pytest.approx(found[0].sigma)
    assert np.asarray(found[1].normal) == pytest.approx(np.asarray(found[0].normal), abs=1e-12)
