"""What a whole study must keep whatever the data: mirror, order, shift and constant."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.models.series import RateSeries
from dashboard.models.study import StudyRequest
from dashboard.models.user_files import EventFileOptions
from dashboard.services.study import run_study
from dashboard.sources.files.event_file import read_events
from dashboard.sources.rates.csv_file import read_rate_file
from tests.made_series import event_at_row, made_series, series_of_returns

REQUEST = StudyRequest(window=(-2, 3), cars=((0, 1), (-2, 3)), estimation=30, gap=2,
                       min_estimation=20)  # fmt: skip
ROWS = 130
SOME = settings(max_examples=12)
seeds = st.integers(0, 2**32 - 1)
rows = st.lists(st.integers(25, 127), min_size=1, max_size=9)
models = st.sampled_from(["none", "mean", "market", "scholes-williams", "market-adjusted"])


def simulated(seed):
    """A series, a factor, and returns of both in log points."""
    random = np.random.default_rng(seed)
    factor = 0.01 * random.standard_t(5, ROWS - 1)
    returns = 0.4 * factor + 0.01 * random.standard_t(5, ROWS - 1)
    return returns, factor


def events_on(rows, moved=0):
    categories = ["talks", "remark"]
    wished = ["stronger", "weaker", "unclear"]
    return [
        event_at_row(row + moved, f"{k:02d}", category=categories[k % 2], expected=wished[k % 3])
        for k, row in enumerate(rows)
    ]


def study(returns, factor, events, request=REQUEST, **card):
    factors = [] if request.model in {"none", "mean"} else [series_of_returns(factor)]
    return run_study([series_of_returns(returns, **card)], events, request, factors=factors)


def numbers_of(answer):
    """Every number of an answer, without days and rows: events, tests, averages, intervals …"""
    found = []
    for result in answer.results:
        found += [np.asarray(getattr(result, name), dtype=float).ravel() for name in (
            "shift_days", "returns", "normal", "abnormal", "abnormal_se", "car", "ordinary_low",
            "ordinary_high", "sigma", "n_estimation", "estimation_events",
        )]  # fmt: skip
        for car in result.cars:
            found += [np.asarray(getattr(car, name), dtype=float) for name in (
                "car", "se", "t", "df", "p", "bhar", "placebo_p", "percentile",
                "percentile_by_move", "n_placebo",
            )]  # fmt: skip
    for row in answer.tests:
        found.append(np.array([row.statistic, row.df, row.p_value, row.p_adjusted, row.n]))
    for row in answer.averages:
        found.append(np.array([row.n, row.aar, row.aar_se, row.caar, row.caar_low, row.supt_high]))
    found += [np.array([row.low, row.high]) for row in (*answer.intervals, *answer.directions)]
    found += [np.array([row.r, row.low, row.high, row.n]) for row in answer.correlations]
    found += [np.array([row.estimate, row.se, row.t, row.p_value]) for row in answer.regression]
    return np.concatenate([values.ravel() for values in found])


def identical(one, other):
    assert np.array_equal(numbers_of(one), numbers_of(other), equal_nan=True)


# ------------------------------------------------------------------ mirror


def mirror_of(series):
    """The same rate in the other quote: 1/80 dollars a rouble instead of 80 roubles a dollar."""
    return RateSeries(series.card, series.record, series.day, series.opens, series.known_at,
                      1 / series.rate)  # fmt: skip


@SOME
@given(seed=seeds, rows=rows, model=st.sampled_from(["none", "mean"]))
def test_log_moves_of_both_quotes_are_equal_and_opposite(seed, rows, model):
    series = series_of_returns(simulated(seed)[0])
    request = replace(REQUEST, model=model)
    one, other = (run_study([s], events_on(rows), request) for s in (series, mirror_of(series)))
    a, b = one.results[0], other.results[0]
    near = {"rel": 1e-9, "abs": 1e-13, "nan_ok": True}
    assert b.returns == pytest.approx(-a.returns, **near)
    assert b.abnormal == pytest.approx(-a.abnormal, **near)
    for mine, theirs in zip(a.cars, b.cars, strict=True):
        assert theirs.car == pytest.approx(-mine.car, **near)
        assert theirs.t == pytest.approx(-mine.t, **near)
        for name in ("se", "p", "placebo_p", "percentile", "percentile_by_move"):
            assert getattr(theirs, name) == pytest.approx(getattr(mine, name), **near)
    for mine, theirs in zip(one.tests, other.tests, strict=True):
        assert (theirs.test, theirs.n) == (mine.test, mine.n)
        assert theirs.p_value == pytest.approx(mine.p_value, rel=1e-7, abs=1e-12, nan_ok=True)


def test_a_rouble_series_and_its_inverse_give_the_same_moves():
    # RUB per USD, positive = stronger rouble; USD per RUB as quoted.
    series = series_of_returns(simulated(1)[0], move_sign=-1)
    inverse = replace(mirror_of(series), card=replace(series.card, move_sign=1))
    for returns in ("log", "simple"):
        one, other = (
            run_study([s], events_on([50, 70, 90]), replace(REQUEST, returns=returns))
            for s in (series, inverse)
        )
        assert numbers_of(other) == pytest.approx(numbers_of(one), rel=1e-7, abs=1e-9, nan_ok=True)


# ------------------------------------------------------------------ order


@SOME
@given(seed=seeds, rows=rows, model=models, random=st.randoms())
def test_the_order_of_events_changes_nothing(seed, rows, model, random):
    events, request = events_on(rows), replace(REQUEST, model=model)
    shuffled = events.copy()
    random.shuffle(shuffled)
    identical(study(*simulated(seed), events, request), study(*simulated(seed), shuffled, request))


def written(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


@SOME
@given(seed=seeds, random=st.randoms())
def test_the_order_of_rows_in_the_files_changes_nothing(seed, random):
    series, factor = (series_of_returns(returns) for returns in simulated(seed))
    days, levels = series.day.astype(str), (series.rate.tolist(), factor.rate.tolist())
    table = [[day, repr(a), repr(b)] for day, a, b in zip(days, *levels, strict=True)]
    events = events_on([40, 55, 56, 90])
    listed = [[event.id, str(event.day), "talks", event.expected] for event in events]
    answers = []
    for turn in range(2):
        if turn:
            random.shuffle(table)
            random.shuffle(listed)
        rates = read_rate_file(written([["date", "rate", "factor"], *table]), name="rates.csv")
        result = read_events(
            written([["id", "date", "category", "expected"], *listed]),
            EventFileOptions(),
            date(2026, 11, 30),
            name="events.csv",
        )
        request = replace(REQUEST, model="market")
        answers.append(
            run_study([rates.series[0]], result.events, request, factors=[rates.series[1]])
        )
    identical(*answers)


# ------------------------------------------------------------------ shift


@SOME
@given(seed=seeds, rows=rows, model=models, days=st.integers(-500, 500))
def test_moving_all_dates_moves_nothing_else(seed, rows, model, days):
    returns, factor = simulated(seed)
    request = replace(REQUEST, model=model)
    events = events_on(rows)
    later = [replace(event, day=event.day + timedelta(days=days)) for event in events]

    def series_from(values, name):
        rate = series_of_returns(values).rate
        start = np.datetime64("2024-01-01", "D") + days
        return made_series(rate, start + np.arange(len(rate)), series_id=name)

    factors = [] if model in {"none", "mean"} else [series_from(factor, "factor")]
    moved = run_study([series_from(returns, "made")], later, request, factors=factors)
    identical(study(returns, factor, events, request), moved)


@SOME
@given(seed=seeds, rows=rows, model=models, k=st.integers(1, 40))
def test_rows_before_the_history_shift_the_answers_by_as_many_rows(seed, rows, model, k):
    returns, factor = simulated(seed)
    request = replace(REQUEST, model=model)
    rows = [max(row, 40) for row in rows]  # whole histories, which earlier rows cannot lengthen
    more = 0.03 * np.random.default_rng(seed + 1).standard_normal((2, k))
    one = study(returns, factor, events_on(rows), request).results[0]
    other = study(
        np.concatenate((more[0], returns)), np.concatenate((more[1], factor)),
        events_on(rows, k), request,
    ).results[0]  # fmt: skip
    assert other.anchor.tolist() == (one.anchor + k).tolist()
    near = {"rel": 1e-8, "abs": 1e-12, "nan_ok": True}
    assert other.abnormal == pytest.approx(one.abnormal, **near)
    assert other.sigma == pytest.approx(one.sigma, **near)
    for mine, theirs in zip(one.cars, other.cars, strict=True):
        for name in ("car", "se", "t", "p"):
            assert getattr(theirs, name) == pytest.approx(getattr(mine, name), **near)


# ------------------------------------------------------------------ constant


@SOME
@given(seed=seeds, rows=rows, drift=st.floats(-0.05, 0.05))
def test_a_constant_added_to_every_return_leaves_constant_mean_moves_unchanged(seed, rows, drift):
    returns, factor = simulated(seed)
    one = study(returns, factor, events_on(rows))
    other = study(returns + drift, factor, events_on(rows))
    a, b = one.results[0], other.results[0]
    assert b.abnormal == pytest.approx(a.abnormal, abs=1e-12, nan_ok=True)
    assert b.normal == pytest.approx(a.normal + drift, abs=1e-12)
    for mine, theirs in zip(one.tests, other.tests, strict=True):
        assert theirs.n == mine.n
        assert theirs.p_value == pytest.approx(mine.p_value, rel=1e-6, abs=1e-9, nan_ok=True)


# ------------------------------------------------------------------ events


@SOME
@given(seed=seeds, rows=rows, model=models)
def test_an_event_has_the_numbers_it_has_alone(seed, rows, model):
    request, events = replace(REQUEST, model=model), events_on(rows)
    together = study(*simulated(seed), events, request).results[0]
    for k, event in enumerate(together.events):
        factors = [] if model in {"none", "mean"} else [series_of_returns(simulated(seed)[1])]
        alone = run_study([series_of_returns(simulated(seed)[0])], [event], request, known=events,
                          factors=factors).results[0]  # fmt: skip
        for mine, theirs in zip(alone.cars, together.cars, strict=True):
            for name in ("car", "se", "t", "p", "placebo_p", "percentile", "percentile_by_move"):
                assert getattr(theirs, name)[k] == pytest.approx(
                    getattr(mine, name)[0], nan_ok=True
                )
