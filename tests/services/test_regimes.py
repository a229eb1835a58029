"""Regimes of a series, and an answer split by periods."""

import math
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.models.analyses import Group
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.study import StudyRequest
from dashboard.services.regimes import (
    RegimeRequest,
    find_regimes,
    group_events,
    read_split,
    split_days,
    split_study,
)
from dashboard.services.study import run_study
from tests.made_series import made_series


def days_from(count, first=date(2020, 1, 1)):
    return [(first + timedelta(days=k)).isoformat() for k in range(count)]


def series_of(moves, **more):
    rates = 80 * np.exp(-np.concatenate(([0.0], np.cumsum(moves))) / 100)
    return made_series(rates.tolist(), days_from(len(rates)), move_sign=-1, **more)


def two_volatilities(seed=4):
    rng = np.random.default_rng(seed)
    return series_of(rng.standard_normal(600) * np.repeat([0.3, 1.5], [350, 250]))


def event(name, day, category="nato_remark"):
    return Event(id=name, day=date.fromisoformat(day), title=name, category=category)


def test_a_change_of_volatility_is_found_with_what_came_before_it():
    series = two_volatilities()
    cut = series.day[351].item()
    near = event("before", (cut - timedelta(days=2)).isoformat())
    late = event("later", (cut + timedelta(days=12)).isoformat())
    answer = find_regimes(series, [near, late])
    assert len(answer.regimes) == 2
    calm, storm = answer.regimes
    assert abs((storm.period.first - cut).days) <= 4
    assert storm.from_low <= cut <= storm.from_high
    # by hand: moves a day times the square root of 365.25 days a year
    assert calm.volatility == pytest.approx(0.3 * math.sqrt(365.25), rel=0.1)
    assert storm.volatility == pytest.approx(1.5 * math.sqrt(365.25), rel=0.1)
    assert [found.id for found in storm.events] == ["before"]
    assert calm.n + storm.n == answer.n == 600
    assert answer.p_value <= 0.05
    assert abs((answer.variance_breaks[0] - cut).days) <= 10


def test_a_series_without_a_break_has_one_regime_and_says_what_it_would_have_seen():
    moves = np.random.default_rng(1).standard_normal(500)
    answer = find_regimes(series_of(moves), (), RegimeRequest("mean"))
    (only,) = answer.regimes
    assert answer.p_value > 0.05
    assert answer.visible > 0
    assert only.mean_low < only.mean < only.mean_high
    # by hand: all moves add up to the change from the first day to the last
    assert only.mean * 500 / 365.25 == pytest.approx(moves.sum())


def test_a_change_of_a_relation_is_found():
    rng = np.random.default_rng(7)
    other = rng.standard_normal(500)
    slope = np.repeat([1.0, -0.5], [300, 200])
    series = series_of(slope * other + 0.3 * rng.standard_normal(500))
    factor = series_of(other, series_id="oil")
    answer = find_regimes(series, (), RegimeRequest("relation"), factor)
    assert [round(regime.slope, 1) for regime in answer.regimes] == [1.0, -0.5]
    assert abs((answer.regimes[1].period.first - series.day[301].item()).days) <= 3


def test_what_cannot_be_searched_is_refused():
    series = two_volatilities()
    with pytest.raises(InputError, match="need a factor"):
        find_regimes(series, (), RegimeRequest("relation"))
    with pytest.raises(InputError, match="two regimes need 60"):
        find_regimes(series.part(slice(0, 50)))


@pytest.mark.parametrize("text", ["", "calm", "2020-13-01", "2020-02-01,x"])
def test_a_split_that_names_nothing_is_refused(text):
    with pytest.raises(InputError, match="is no split"):
        read_split(text, two_volatilities())


def test_a_split_names_its_periods():
    series = two_volatilities()
    first, last = series.day[0].item(), series.day[-1].item()
    periods = read_split("2020-06-01, 2020-03-01,2019-01-01", series)
    assert [(p.number, p.first, p.last) for p in periods] == [
        (1, first, date(2020, 2, 29)),
        (2, date(2020, 3, 1), date(2020, 5, 31)),
        (3, date(2020, 6, 1), last),
    ]
    assert read_split("regimes", series)[1].first > date(2020, 6, 1)
    with pytest.raises(InputError, match="nowhere"):
        read_split("method-breaks", series)
    broken = series_of(np.zeros(50), breaks=("2020-01-20",))
    assert read_split("method-breaks", broken)[1].first == date(2020, 1, 20)


def made_events(count, first, step=13, category="nato_remark"):
    start = date.fromisoformat(first)
    return tuple(
        event(f"{category}-{k}", (start + timedelta(days=step * k)).isoformat(), category)
        for k in range(count)
    )


def test_each_period_answers_as_a_study_of_its_events_does():
    series = two_volatilities()
    events = made_events(24, "2020-06-01")
    request = StudyRequest(window=(-1, 1), cars=((0, 1),), estimation=60, gap=5, min_estimation=30)
    periods = split_days(series, [date(2021, 1, 1)])
    rows = split_study([series], group_events(events, "category"), periods, request, known=events)
    assert [(row.period.number, row.headline.group) for row in rows] == [
        (1, "all"), (1, "nato_remark"), (2, "all"), (2, "nato_remark"),
    ]  # fmt: skip
    for number, row in ((1, rows[0]), (2, rows[2])):
        inside = [e for e in events if (e.day >= date(2021, 1, 1)) == (number == 2)]
        (alone,) = [
            h
            for h in run_study([series], inside, request, known=events).headlines
            if h.group == "all"
        ]
        assert row.headline.n == len(inside)
        assert row.headline.mean == alone.mean
        if not row.headline.reason:
            assert row.headline.p_value == alone.p_value
    judged = [row.headline for row in rows if row.has_verdict]
    # "all" and the only category are one question: Holm's factor is the number of periods judged
    questions = len({row.period for row in rows if row.has_verdict})
    smallest = min(h.p_value for h in judged)
    assert min(h.p_adjusted for h in judged) == pytest.approx(min(1.0, questions * smallest))
    assert len(judged) == 2 * questions


def test_a_period_with_few_events_has_no_verdict():
    series = two_volatilities()
    events = made_events(12, "2020-06-01")
    request = StudyRequest(window=(-1, 1), cars=((0, 1),), estimation=60, gap=5, min_estimation=30)
    periods = split_days(series, [date(2020, 10, 25), date(2021, 5, 1)])
    rows = split_study([series], [Group("some", events)], periods, request, known=events)
    assert [row.headline.n for row in rows] == [12, 0, 0]
    assert not rows[-1].has_verdict
    assert rows[-1].headline.reason == "no event with a move"
    assert all(math.isnan(row.headline.p_value) for row in rows if not row.has_verdict)
