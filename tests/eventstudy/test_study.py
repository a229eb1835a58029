"""The study of one series: every event is answered or skipped with its reason."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.eventstudy.study import study_series
from dashboard.models.errors import InputError
from dashboard.models.event import Hour, moment_from_hours
from dashboard.models.study import MATRICES, StudyRequest
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import event_at_row, event_on, made_series, series_of_returns

SMALL = StudyRequest(window=(-1, 2), cars=((0, 1),), estimation=10, gap=1, min_estimation=5)


def random_series(n=80, seed=1, **card):
    return series_of_returns(0.01 * np.random.default_rng(seed).standard_normal(n - 1), **card)


def reasons(result):
    return {row.event_id: row.reason for row in result.skipped}


# ------------------------------------------------------------------ the acceptance event


@pytest.fixture(scope="module")
def shipped():
    return study_series(BundledRates().get("usd_rub_cbr"), events := Catalogue().events(), events,
               StudyRequest())  # fmt: skip


def test_kelloggs_sunday_remark_is_in_mondays_fixing(shipped):
    at = [event.id for event in shipped.events].index("kellogg-nato-off-table-2025-04-20")
    row = int(shipped.anchor[at])
    assert str(shipped.series.day[row]) == "2025-04-21"
    assert str(shipped.series.record[row]) == "2025-04-22"
    assert str(shipped.series.day[row - 1]) == "2025-04-18"
    assert shipped.shift_days[at] == 1
    day_0 = 5  # offsets -5 … 10
    assert shipped.offsets[day_0] == 0
    # 100 ln(81.1371 / 80.7597) = +0.466 log points, stronger
    assert 100 * shipped.from_base[0][at, day_0] == pytest.approx(0.466, abs=5e-4)


def test_every_event_of_the_catalogue_is_answered_or_skipped(shipped):
    answered = {event.id for event in shipped.events}
    assert answered | set(reasons(shipped)) == {event.id for event in Catalogue().events()}
    assert len(answered) + len(reasons(shipped)) == len(Catalogue().events())
    assert all("after the data" in reason for reason in reasons(shipped).values())


# ------------------------------------------------------------------ by hand


def test_a_file_of_ten_days_by_hand():
    # Returns in log points from row 1 on: 1 -1 3 1 | 0 (gap) | 5 2 4. One event on row 6.
    # Mean 1, deviations 0 -2 2 0, sigma^2 = 8/3: AR of [0,1] = 4 + 1, S^2 = 8/3 (2 + 4/4) = 8.
    series = series_of_returns(np.array([1, -1, 3, 1, 0, 5, 2, 4]) / 100)
    request = StudyRequest(window=(0, 2), cars=((0, 1), (0, 2)), estimation=4, gap=1,
                           min_estimation=4)  # fmt: skip
    result = study_series(series, [event_at_row(6)], [], request)
    assert result.anchor.tolist() == [6]
    assert result.returns[0] == pytest.approx([0.05, 0.02, 0.04])
    assert result.normal[0] == pytest.approx([0.01] * 3)
    assert result.abnormal[0] == pytest.approx([0.04, 0.01, 0.03])
    assert result.car[0] == pytest.approx([0.04, 0.05, 0.08])
    first, second = result.cars
    assert (first.car[0], first.se[0]) == pytest.approx((0.05, math.sqrt(8) / 100))
    assert (first.t[0], first.df[0]) == pytest.approx((5 / math.sqrt(8), 3))
    # L = 3: S^2 = 8/3 (3 + 9/4) = 14
    assert (second.car[0], second.se[0]) == pytest.approx((0.08, math.sqrt(14) / 100))
    assert result.sigma[0] == pytest.approx(math.sqrt(8 / 3) / 100)
    assert np.isnan(first.bhar).all()


def test_a_rouble_series_turns_the_sign():
    returns = np.random.default_rng(2).normal(0, 0.01, 60)
    quoted = study_series(series_of_returns(returns), [event_at_row(30)], [], SMALL)
    rouble = study_series(series_of_returns(returns, move_sign=-1), [event_at_row(30)], [], SMALL)
    assert rouble.cars[0].car == pytest.approx(-quoted.cars[0].car)
    assert rouble.cars[0].se == pytest.approx(quoted.cars[0].se)
    assert rouble.cars[0].placebo_p == pytest.approx(quoted.cars[0].placebo_p)


def test_buy_and_hold_is_there_for_simple_returns():
    rates = [100, 110, 99, 100, 100, 100, 100, 120, 132]
    request = StudyRequest(returns="simple", model="none", window=(0, 1), cars=((0, 1),),
                           estimation=6, gap=0, min_estimation=3)  # fmt: skip
    result = study_series(made_series(rates), [event_at_row(7)], [], request)
    assert result.cars[0].bhar.tolist() == pytest.approx([1.2 * 1.1 - 1])
    assert result.cars[0].car.tolist() == pytest.approx([0.2 + 0.1])


# ------------------------------------------------------------------ skipped, with the reason


def test_events_outside_the_data_are_skipped_with_the_side():
    series = random_series()
    result = study_series(
        series, [event_on("2023-12-01", "old"), event_on("2030-01-01", "new")], [], SMALL
    )
    assert result.events == ()
    assert reasons(result) == {
        "old": "before the data: the first observation describes 2024-01-01",
        "new": "after the data: the last observation describes 2024-03-20",
    }


def test_too_little_history_is_refused():
    # Anchor 7: event window from 6, gap row 5, estimation rows 1..4.
    result = study_series(
        random_series(), [event_at_row(7, "early"), event_at_row(8, "enough")], [], SMALL
    )
    assert [event.id for event in result.events] == ["enough"]
    assert reasons(result) == {
        "early": "too little history: 4 returns in the estimation window, 5 needed"
    }
    assert result.n_estimation.tolist() == [5]
    assert "short_history" in result.flags[0]


def test_a_window_past_the_last_observation_is_skipped_for_that_window_only():
    request = replace(SMALL, cars=((0, 0), (0, 1)))
    result = study_series(random_series(80), [event_at_row(79, "last")], [], request)
    assert np.isfinite(result.cars[0].car).tolist() == [True]
    assert np.isnan(result.cars[1].car).tolist() == [True]
    assert reasons(result) == {
        "last": "window [0,1] reaches past the last observation, which describes 2024-03-20"
    }
    assert "window_cut" in result.flags[0]


def test_a_missing_rate_in_the_window_is_the_reason():
    rates = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, 60)))
    rates[30] = np.nan
    result = study_series(made_series(rates), [event_at_row(30, "gap")], [], SMALL)
    assert reasons(result) == {"gap": "window [0,1]: the return on 2024-01-31 is missing"}


def test_an_event_bound_to_another_series_is_not_studied_here():
    bound = event_at_row(30, "bound", series="other")
    free = event_at_row(40, "free")
    result = study_series(random_series(), [bound, free], [], SMALL)
    assert [event.id for event in result.events] == ["free"]
    assert result.skipped == ()
    assert result.cars[0].crowd == ((),)


@pytest.mark.parametrize(
    ("overlap", "stay"),
    [
        ("keep", ["a", "b", "c"]),
        ("first", ["a", "c"]),  # windows of four rows: 30..33 and 32..35 overlap
        ("exclude", ["c"]),
    ],
)
def test_an_overlap_rule_skips_with_its_name(overlap, stay):
    events = [event_at_row(30, "a"), event_at_row(32, "b"), event_at_row(50, "c")]
    result = study_series(random_series(), events, [], replace(SMALL, overlap=overlap))
    assert [event.id for event in result.events] == stay
    dropped = sorted({"a", "b", "c"} - set(stay))
    assert sorted(reasons(result)) == dropped
    assert all(f"--overlap {overlap}" in reason for reason in reasons(result).values())


def test_an_unknown_model_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="model magic: not known; choose one of none, mean"):
        study_series(random_series(), [], [], replace(SMALL, model="magic"))


def test_a_series_without_observations_skips_every_event():
    result = study_series(made_series([]), [event_on("2024-01-05", "x")], [], SMALL)
    assert reasons(result) == {"x": "the series has no observations"}


# ------------------------------------------------------------------ crowding and flags


def test_known_events_crowd_even_when_they_are_not_studied():
    known = [event_at_row(31, "other"), event_at_row(60, "far away")]
    result = study_series(random_series(), [event_at_row(30, "studied")], known, SMALL)
    assert [event.id for event in result.events] == ["studied"]
    assert result.cars[0].crowd == (("other",),)
    assert result.crowd == (("other",),)


def test_a_range_crowds_on_all_its_days():
    known = [event_on("2024-01-10", "long", end_day=event_at_row(31).day)]
    result = study_series(random_series(), [event_at_row(30, "studied")], known, SMALL)
    assert result.crowd == (("long",),)


def test_flags_say_what_a_reader_must_know():
    series = random_series(breaks=["2024-01-31"])  # row 30
    quiet = event_at_row(50, "quiet")
    timed = event_on("2024-01-31", "timed", at="2024-01-31T10:00")
    result = study_series(series, [quiet, timed], [], SMALL)
    flags = dict(zip((e.id for e in result.events), result.flags, strict=True))
    assert "date_only" in flags["quiet"]
    assert "method_break" not in flags["quiet"]
    assert "date_only" not in flags["timed"]
    assert {"partly_in_fixing", "method_break"} <= set(flags["timed"])


def hour_on(day, kind, clock):
    hours = (Hour(datetime.fromisoformat(f"{day}T{clock}:00+00:00"), kind),)
    return replace(event_on(day, kind), hours=hours, moment=moment_from_hours(hours))


def test_an_upper_bound_is_flagged_and_dates_an_event_where_it_leaves_one_rate():
    # Rates are known at 23:59 Moscow, which is 20:59 UTC: later there is the next day's.
    settled, late = hour_on("2024-02-20", "published", "20:58"), hour_on(
        "2024-02-22", "published", "21:30"
    )  # fmt: skip
    late = replace(late, id="late")
    planned = hour_on("2024-02-24", "scheduled", "10:00")
    result = study_series(random_series(), [settled, late, planned], [], SMALL)
    flags = dict(zip((e.id for e in result.events), map(set, result.flags), strict=True))
    assert {"hour_upper_bound"} == flags["published"]
    assert {"hour_upper_bound", "date_only"} == flags["late"]
    assert {"hour_scheduled", "partly_in_fixing"} == flags["scheduled"]
    # Offset 0 of a bounded event is that of its day, of a scheduled one that of its moment.
    assert [str(result.series.day[row]) for row in result.anchor] == [
        "2024-02-20", "2024-02-22", "2024-02-24",
    ]  # fmt: skip


# ------------------------------------------------------------------ what is no price


def points(n=80, seed=2):
    """An index that goes up and down by points and is zero once."""
    level = 100 + np.cumsum(np.random.default_rng(seed).standard_normal(n - 1))
    level = np.concatenate(([100.0], level))
    level[5] = 0.0
    series = made_series(level, series_id="risk")
    return replace(series, card=replace(series.card, change="difference", unit="index points"))


def test_a_study_of_what_is_no_price_is_refused_with_what_to_do():
    with pytest.raises(
        InputError, match=r"series risk: counts index points .*give risk as a factor"
    ):
        study_series(points(), [event_at_row(50)], [], SMALL)


def test_a_factor_that_is_no_price_explains_by_its_differences():
    market, request = points(), replace(SMALL, model="market")
    change = np.diff(market.rate) / 100
    # Returns are 2 x the change in hundreds of points, and 0.03 more at the event.
    returns = 2 * change
    returns[49] += 0.03
    series = series_of_returns(returns)
    result = study_series(
        series, [event_at_row(50)], [], replace(request, cars=((0, 0),)), [market]
    )
    assert result.cars[0].car.tolist() == pytest.approx([0.03])


def test_points_are_not_taken_off_one_for_one():
    request = replace(SMALL, model="market-adjusted")
    with pytest.raises(InputError, match=r"risk counts index points; use the model market"):
        study_series(random_series(), [event_at_row(50)], [], request, [points()])


def test_a_pegged_rate_is_flagged_and_has_no_t():
    rates = [100.0] * 40 + [101.0, 102.0, 101.0, 100.0]
    result = study_series(made_series(rates), [event_at_row(40)], [], SMALL)
    assert "no_variance" in result.flags[0]
    assert np.isnan(result.cars[0].t).all()
    assert result.cars[0].car.tolist() == pytest.approx([math.log(1.02)])


# ------------------------------------------------------------------ properties


@given(st.lists(st.integers(0, 90), min_size=1, max_size=12, unique=True), st.randoms())
def test_the_order_of_events_changes_nothing(rows, random):
    events = [event_at_row(row) for row in rows]
    shuffled = list(events)
    random.shuffle(shuffled)
    series = random_series()
    a, b = (study_series(series, order, [], SMALL) for order in (events, shuffled))
    assert [event.id for event in a.events] == [event.id for event in b.events]
    assert np.array_equal(a.cars[0].car, b.cars[0].car, equal_nan=True)
    assert np.array_equal(a.cars[0].placebo_p, b.cars[0].placebo_p, equal_nan=True)
    assert a.cars[0].crowd == b.cars[0].crowd
    assert set(a.skipped) == set(b.skipped)


@given(st.lists(st.integers(0, 90), min_size=1, max_size=12, unique=True))
def test_no_event_is_lost(rows):
    result = study_series(random_series(), [event_at_row(row) for row in rows], [], SMALL)
    answered = {
        event.id
        for event, car in zip(result.events, result.cars[0].car.tolist(), strict=True)
        if math.isfinite(car)
    }
    assert answered | set(reasons(result)) == {f"row-{row}" for row in rows}
    assert answered & set(reasons(result)) == set()


@given(st.lists(st.integers(10, 76), min_size=2, max_size=8, unique=True))
def test_events_together_have_the_moves_they_have_alone(rows):
    series, events = random_series(), [event_at_row(row) for row in rows]
    together = study_series(series, events, [], SMALL)
    for k, event in enumerate(together.events):
        alone = study_series(series, [event], events, SMALL)
        for name in ("car", "se", "p", "placebo_p", "percentile", "percentile_by_move"):
            mine = getattr(alone.cars[0], name)[0]
            assert getattr(together.cars[0], name)[k] == pytest.approx(mine, nan_ok=True)
        assert together.cars[0].crowd[k] == alone.cars[0].crowd[0]
        assert together.flags[k] == alone.flags[0]


# ------------------------------------------------------------------ requests that cannot be met


def factor_of(n=80, seed=2, **card):
    return random_series(n, seed, series_id="factor", **card)


def test_fewer_returns_than_coefficients_are_refused():
    factors = [factor_of(seed=seed) for seed in (2, 3, 4)]
    request = replace(SMALL, model="market", min_estimation=4)
    with pytest.raises(InputError, match="min_estimation 4: the model market fits 4 coefficients;"
                                         " give at least 5"):  # fmt: skip
        study_series(random_series(), [event_at_row(40)], [], request, factors)


@pytest.mark.parametrize("constant", [True, False])
def test_a_factor_that_does_not_vary_takes_the_event_out_with_the_reason(constant):
    flat = made_series(np.full(80, 7.0), series_id="factor")
    factors = [flat] if constant else [factor_of(), factor_of()]
    request = replace(SMALL, model="market")
    result = study_series(random_series(), [event_at_row(40, "x")], [], request, factors)
    assert reasons(result) == {
        "x": "window [0,1]: the factors do not vary in its estimation window, or repeat one another"
    }


def test_a_factor_without_any_common_day_leaves_too_little_history():
    elsewhere = made_series([1.0, 2.0, 1.5], ["2020-01-01", "2020-01-02", "2020-01-03"])
    request = replace(SMALL, model="market")
    result = study_series(random_series(), [event_at_row(40, "x")], [], request, [elsewhere])
    assert reasons(result)["x"].startswith("too little history: 0 returns")


def test_a_factor_is_taken_on_the_same_market_day_and_never_carried_over():
    # Estimation rows 28..37; the factor misses row 30, hence has no return on rows 30 and 31.
    whole = factor_of()
    holed = made_series(
        np.delete(whole.rate, 30), np.delete(whole.day, 30).astype(str), series_id="factor"
    )
    request = replace(SMALL, model="market")
    full, less = (
        study_series(random_series(), [event_at_row(40)], [], request, [factor])
        for factor in (whole, holed)
    )
    assert full.n_estimation.tolist() == [10]
    assert less.n_estimation.tolist() == [8]


def test_a_run_of_missing_rates_takes_its_neighbours_history():
    rates = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, 80)))
    rates[25:36] = np.nan
    events = [event_at_row(38, "after"), event_at_row(60, "later")]
    result = study_series(made_series(rates), events, [], SMALL)
    assert [event.id for event in result.events] == ["later"]
    # Event 38: estimation rows 26..35, all without a return.
    assert reasons(result) == {
        "after": "too little history: 0 returns in the estimation window, 5 needed"
    }


def test_clean_estimation_leaves_the_days_of_other_events_out():
    # Event on row 40: estimation rows 28..37. Known events on rows 30, 31 and 37 take rows
    # 30, 31, 32, 37 (and 38, which is not in it).
    known = [event_at_row(row) for row in (30, 31, 37)]
    retained = study_series(random_series(), [event_at_row(40)], known, SMALL)
    clean = study_series(
        random_series(), [event_at_row(40)], known, replace(SMALL, clean_estimation=True)
    )
    assert (retained.n_estimation.tolist(), clean.n_estimation.tolist()) == ([10], [6])
    assert retained.estimation_events.tolist() == clean.estimation_events.tolist() == [3]
    returns = np.log(random_series().rate[1:] / random_series().rate[:-1])
    used = [returns[row - 1] for row in (28, 29, 33, 34, 35, 36)]
    assert clean.normal[0, 0] == pytest.approx(np.mean(used))
    assert clean.sigma[0] == pytest.approx(np.std(used, ddof=1))


# ------------------------------------------------------------------ what is computed when


def test_matrices_are_computed_when_one_is_read_and_copied_with_the_result():
    events = [event_at_row(row) for row in (40, 60)]
    result = study_series(random_series(), events, events, SMALL)
    assert not vars(result).keys() & set(MATRICES)
    twin = copy.deepcopy(result)
    assert vars(twin).keys() == vars(result).keys() >= set(MATRICES)
    for name in MATRICES:
        assert np.array_equal(getattr(twin, name), getattr(result, name)), name
    with pytest.raises(AttributeError, match="no matrix_of_dreams"):
        _ = result.matrix_of_dreams


def test_events_on_one_rate_have_the_numbers_of_an_event_alone():
    series = random_series()
    day = event_at_row(40).day
    many = [replace(event_at_row(40), id=f"e{k}", day=day) for k in range(3)]
    together = study_series(series, [*many, event_at_row(50)], [], SMALL)
    alone = study_series(series, many[:1], [event_at_row(50), *many], SMALL)
    assert together.anchor.tolist() == [40, 40, 40, 50]
    for name in MATRICES[:-1]:
        matrix, row = getattr(together, name), getattr(alone, name)[0]
        assert all(np.array_equal(matrix[k], row) for k in range(3)), name
    for name in ("car", "se", "t", "p", "percentile", "n_placebo", "pool_first"):
        values = getattr(together.cars[0], name)
        assert (values[:3] == getattr(alone.cars[0], name)[0]).all(), name
