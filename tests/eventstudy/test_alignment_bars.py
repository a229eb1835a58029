"""Bars: which bar is the first that can contain an event, and the flags of its window."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.eventstudy.alignment import BEFORE_DATA, align_events
from dashboard.eventstudy.clusters import label_clusters
from dashboard.eventstudy.comparison import attrition_step
from dashboard.eventstudy.samples import GroupSample, PooledSample
from dashboard.eventstudy.study import measure_series, study_series, study_series_in_all_pools
from dashboard.models.errors import InputError
from dashboard.models.event import Event, Hour, moment_from_hours
from dashboard.models.series import RateSeries
from dashboard.models.study import StudyRequest
from dashboard.models.user_files import RateFileOptions
from dashboard.services.study import run_study
from dashboard.sources.rates.base import FetchPeriod
from dashboard.sources.rates.csv_file import read_rate_file
from dashboard.sources.rates.moex import CARDS, build_bar_series
from tests.made_bars import bars_of_returns, begins_of, event_on, made_bars, working_days
from tests.made_series import made_series

# Two weeks of nine bars a day (rows 0-89), Saturday 21 June (90-98), Monday 23 and Tuesday 24.
DAYS = [*working_days("2025-06-09", 10), "2025-06-21", "2025-06-23", "2025-06-24"]
BEGINS = begins_of(DAYS)
REQUEST = StudyRequest(model="none", window=(-2, 3), cars=((0, 0), (0, 1)), estimation=30, gap=2,
                       min_estimation=20)  # fmt: skip
FRIDAY_16, SATURDAY_10, MONDAY_10 = 87, 90, 99


def hours(**rates):
    """The series: 100.0 and 100.1 by turns, and other rates on some rows (`row_90=102`)."""
    values = [100.0 + 0.1 * (k % 2) for k in range(len(BEGINS))]
    for row, rate in rates.items():
        values[int(row.removeprefix("row_"))] = rate
    return made_bars(values, BEGINS)


def only(result):
    """Row, car in [0,0] and [0,1], flags of the only event."""
    cars = [float(car.car[0]) for car in result.cars]
    return int(result.anchor[0]), *cars, set(result.flags[0])


def study(series, *events, **more):
    return study_series(series, events, events, replace(REQUEST, **more))


# ------------------------------------------------------------------ the first bar


def test_an_event_inside_a_bar_is_in_it_in_part_and_counts_from_the_bar_that_had_ended():
    series = hours(row_85=100, row_86=101, row_87=99, row_88=98)
    # Friday 15:20, in the bar 15:00-16:00 (row 86); the one that had ended is row 85.
    assert str(series.opens[86]) == "2025-06-20T12:00:00"  # 15:00 in Moscow
    row, first, both, flags = only(study(series, event_on("2025-06-20", "15:20")))
    assert row == 86
    assert first == pytest.approx(math.log(101 / 100))
    assert both == pytest.approx(math.log(99 / 100))
    assert flags == {"partly_in_fixing"}


@pytest.mark.parametrize(
    ("clock", "row", "partly"),
    [
        ("15:00", 86, False),  # the bar begins with it
        ("15:00:01", 86, True),
        ("15:59:58", 86, True),
        ("15:59:59", 86, True),  # the bar ends at 16:00
        ("16:00", 87, False),
    ],
)
def test_the_second_decides(clock, row, partly):
    result, _, _, flags = only(study(hours(), event_on("2025-06-20", clock)))
    assert result == row
    assert ("partly_in_fixing" in flags) is partly
    assert "no_bar_then" not in flags


@pytest.mark.parametrize("stamped_early", [0, 1], ids=["ends at :00", "last second :59"])
@pytest.mark.parametrize(
    ("at", "row"),
    [
        ("12:59:59", 86),
        ("12:59:59.500000", 86),
        ("13:00:00", 87),
        ("13:00:00.500000", 87),
        ("13:59:59", 87),
    ],
)
def test_a_bar_ends_when_it_ends_however_its_end_is_stamped(at, row, stamped_early):
    # Row 86 is Friday's bar 15:00-16:00 in Moscow, 12:00-13:00 UTC.
    series = hours()
    ends = series.opens + np.timedelta64(3600 - stamped_early, "s")
    series = RateSeries(series.card, series.record, series.day, series.opens, ends, series.rate)
    event = Event("e", date(2025, 6, 20), "x", moment=datetime.fromisoformat(f"2025-06-20T{at}Z"))
    assert align_events(series, [event]).row.tolist() == [row]


@pytest.mark.parametrize("stamps", ["begin", "end"])
def test_a_bar_of_a_file_ends_when_it_ends_whichever_end_is_stamped(stamps):
    first = 10 if stamps == "begin" else 11
    lines = [f"2025-06-20T{first + k}:00:00Z,{100 + k}" for k in range(6)]
    content = "\n".join(["date,made", *lines]).encode()
    (series,) = read_rate_file(
        content, name="bars.csv", options=RateFileOptions(stamps=stamps)
    ).series
    assert str(series.opens[3]) == "2025-06-20T13:00:00"
    for at, row in (("13:59:59", 3), ("14:00:00", 4), ("13:59:59.5", 3), ("13:00:00", 3)):
        moment = datetime.fromisoformat(f"2025-06-20T{at}+00:00")
        event = Event("e", date(2025, 6, 20), "x", moment=moment)
        assert align_events(series, [event]).row.tolist() == [row], at


def test_an_hour_of_the_exchange_ends_when_it_ends():
    # MOEX says 13:59:59 for the end of an hour; Moscow is three hours ahead of UTC.
    card = next(card for card in CARDS if card.id == "cny_rub_moex_60m")
    rows = [{"begin": f"2025-06-20 {13 + k}:00:00", "end": f"2025-06-20 {13 + k}:59:59",
             "close": 11 + k / 10} for k in range(3)]  # fmt: skip
    requested = FetchPeriod(
        "MOEX", date(2025, 6, 20), date(2025, 6, 20), datetime(2025, 6, 21, tzinfo=UTC)
    )
    series = build_bar_series(card, rows, requested)
    for at, row in (("10:59:59", BEFORE_DATA), ("11:00:00", 1), ("11:59:59", 1), ("12:00:00", 2)):
        moment = datetime.fromisoformat(f"2025-06-20T{at}+00:00")
        event = Event("e", date(2025, 6, 20), "x", moment=moment)
        assert align_events(series, [event]).row.tolist() == [row], at


def test_bars_take_statements_and_scheduled_hours_and_say_why_they_skip_reports():
    at = datetime(2025, 6, 20, 12, 20, tzinfo=UTC)
    kinds = ("statement", "scheduled", "published")
    events = [
        Event(kind, date(2025, 6, 20), "x", hours=(Hour(at, kind),),
              moment=moment_from_hours([Hour(at, kind)]))
        for kind in kinds
    ]  # fmt: skip
    result = study(hours(), *events, Event("day", date(2025, 6, 20), "x"))
    assert [event.id for event in result.events] == ["scheduled", "statement"]
    assert result.flags[0] == ("hour_scheduled", "partly_in_fixing")
    reasons = {row.event_id: row.reason for row in result.skipped}
    assert set(reasons) == {"published", "day"}
    assert reasons["published"].startswith("hour of kind published: it is that of the first report")
    assert reasons["day"].startswith("hour unknown")
    assert {attrition_step(reason) for reason in reasons.values()} == {"dated"}


def test_an_event_of_the_night_is_in_the_first_bar_of_the_next_session():
    series = hours(row_80=101, row_81=103, row_82=104)
    assert str(series.opens[81]) == "2025-06-20T07:00:00"  # Friday 10:00
    row, first, both, flags = only(study(series, event_on("2025-06-20", "02:40")))
    assert row == 81
    assert first == pytest.approx(math.log(103 / 101))  # over the night, no move of one hour
    assert both == pytest.approx(math.log(104 / 101))
    assert {"no_bar_then", "session_break"} <= flags
    assert not {"partly_in_fixing", "weekend_session", "far_from_event"} & flags


def test_a_weekend_session_is_kept_and_marked():
    series = hours(row_89=101, row_90=102, row_91=103)
    row, first, both, flags = only(study(series, event_on("2025-06-20", "21:00")))
    assert row == SATURDAY_10
    assert first == pytest.approx(math.log(102 / 101))
    assert both == pytest.approx(math.log(103 / 101))
    assert {"no_bar_then", "session_break", "weekend_session"} <= flags


def test_an_event_of_a_sunday_without_a_session_is_in_mondays_first_bar():
    result = study(hours(), event_on("2025-06-22", "12:00"))
    row, *_, flags = only(result)
    assert row == MONDAY_10
    assert result.shift_days.tolist() == [1]
    assert {"no_bar_then", "session_break", "weekend_session"} <= flags  # Saturday's last bars


def test_a_halt_of_more_than_five_days_is_far():
    begins = begins_of([*working_days("2025-06-09", 10), "2025-06-30"])
    series = made_bars([100.0 + k % 2 for k in range(len(begins))], begins)
    *_, flags = only(study(series, event_on("2025-06-20", "21:00")))
    assert {"far_from_event", "no_bar_then", "session_break"} <= flags


def test_a_bar_without_a_trade_is_not_made_up():
    begins = [begin for k, begin in enumerate(BEGINS) if k != 86]  # Friday 15:00 is not there
    rates = [100.0 + 0.1 * (k % 2) for k in range(len(begins))]
    rates[85], rates[86], rates[87] = 100.0, 104.0, 105.0
    row, first, both, flags = only(study(made_bars(rates, begins), event_on("2025-06-20", "15:20")))
    assert row == 86  # 16:00, the next bar that is there
    assert first == pytest.approx(math.log(104 / 100))
    assert both == pytest.approx(math.log(105 / 100))
    assert {"no_bar_then", "missing_bars"} <= flags
    assert "partly_in_fixing" not in flags
    elsewhere = only(study(made_bars(rates, begins), event_on("2025-06-19", "12:20")))[-1]
    assert "missing_bars" not in elsewhere


# ------------------------------------------------------------------ Moscow, which had other hours


@pytest.mark.parametrize(
    ("day", "clock", "opens"),
    [
        ("2010-10-29", "11:20", "2010-10-29T07:00:00"),  # summer time, UTC+4
        ("2010-11-01", "11:20", "2010-11-01T08:00:00"),  # winter time, UTC+3
        ("2014-10-24", "11:20", "2014-10-24T07:00:00"),  # UTC+4 all the year
        ("2014-10-27", "11:20", "2014-10-27T08:00:00"),  # UTC+3 since
    ],
)
def test_the_clock_of_moscow_is_that_of_its_time(day, clock, opens):
    begins = begins_of(working_days(f"{day[:4]}-10-01", 40))
    assert begins_of([day], 11, 11)[0] in begins
    series = made_bars([100.0 + k % 2 for k in range(len(begins))], begins)
    result = study(series, event_on(day, clock), window=(-1, 1), min_estimation=5)
    assert str(series.opens[int(result.anchor[0])]) == opens
    assert "partly_in_fixing" in result.flags[0]


def test_an_event_elsewhere_is_put_on_moscows_clock():
    # 09:10 in New York in June is 16:10 in Moscow; the day is that of New York
    result = study(hours(), event_on("2025-06-20", "09:10", zone="America/New_York"))
    assert int(result.anchor[0]) == FRIDAY_16
    assert result.shift_days.tolist() == [0]


# ------------------------------------------------------------------ hour unknown


def test_an_event_without_an_hour_is_skipped_on_bars_with_the_reason():
    result = study(hours(), event_on("2025-06-20"), event_on("2025-06-20", "15:20"))
    assert [event.id for event in result.events] == ["said-2025-06-20-15:20"]
    (skipped,) = result.skipped
    assert skipped.event_id == "said-2025-06-20-None"
    assert skipped.reason.startswith("hour unknown")


def test_it_still_crowds_every_window_of_its_day_and_leaves_none_of_it_quiet():
    timed, dated = event_on("2025-06-23", "12:10", "timed"), event_on("2025-06-20", None, "dated")
    near, far = event_on("2025-06-20", "17:10", "near"), event_on("2025-06-18", "12:10", "far")
    result = study_series(hours(), [near, far, timed], [dated], replace(REQUEST, window=(0, 1)))
    crowds = dict(zip([e.id for e in result.events], result.crowd, strict=True))
    assert crowds == {"near": ("dated",), "far": (), "timed": ()}


def test_an_event_that_was_reported_crowds_its_day_only_up_to_the_report():
    report = (Hour(datetime(2025, 6, 20, 9, 30, tzinfo=UTC), "published"),)  # 12:30 in Moscow
    reported = replace(event_on("2025-06-20", None, "reported"), hours=report)
    noon, late = event_on("2025-06-20", "12:10", "noon"), event_on("2025-06-20", "17:10", "late")
    result = study_series(hours(), [noon, late], [reported], replace(REQUEST, window=(0, 1)))
    crowds = dict(zip([e.id for e in result.events], result.crowd, strict=True))
    assert crowds == {"noon": ("reported",), "late": ()}


def test_quiet_dates_leave_out_the_whole_day_of_an_event_without_an_hour():
    request = replace(REQUEST, window=(0, 0), cars=((0, 0),), estimation=20, gap=0, pool="quiet")
    alone = study_series(hours(), [event_on("2025-06-24", "12:10")], (), request)
    # Admissible rows are 21 … 116 (the first return is row 1, twenty before): 96, less its own.
    assert alone.cars[0].n_placebo.tolist() == [95]
    with_neighbour = study_series(
        hours(), [event_on("2025-06-24", "12:10")], [event_on("2025-06-20")], request
    )
    # Friday's nine bars, and Saturday's first, which an event after Friday's close would be in.
    assert with_neighbour.cars[0].n_placebo.tolist() == [85]


# ------------------------------------------------------------------ several series


def test_a_factor_is_matched_by_the_bar_and_never_carried_over():
    random = np.random.default_rng(1)
    returns = 0.001 * random.standard_normal(len(BEGINS) - 1)
    factor = bars_of_returns(returns, BEGINS, series_id="factor")
    twice = bars_of_returns(2 * returns, BEGINS)
    event = event_on("2025-06-20", "15:20")
    result = study_series(twice, [event], [event], replace(REQUEST, model="market"), [factor])
    assert result.abnormal == pytest.approx(np.zeros((1, 6)), abs=1e-12)  # it is twice the factor
    holed = made_bars(np.delete(factor.rate, 87), [b for k, b in enumerate(BEGINS) if k != 87],
                      series_id="factor")  # fmt: skip
    result = study_series(twice, [event], [event], replace(REQUEST, model="market"), [holed])
    assert np.isnan(result.abnormal[0]).tolist() == [False, False, False, True, True, False]
    assert "a factor on 2025-06-20 16:59 MSK is missing" in result.skipped[0].reason


def test_series_of_different_lengths_are_not_studied_together():
    event = event_on("2025-06-20", "15:20")
    daily, bars = made_series([1.0] * 100, series_id="daily"), hours()
    with pytest.raises(InputError, match="rates made: has bars of 60 minutes, and daily has one"):
        run_study([daily, bars], [event], REQUEST)
    with pytest.raises(InputError, match="factor daily: has one number a day, and made has bars"):
        run_study([bars], [event], REQUEST, factors=[daily])


def test_events_hours_apart_on_one_day_are_two_clusters():
    events = [
        event_on("2025-06-20", "10:10"),
        event_on("2025-06-20", "16:10"),
        event_on("2025-06-20", "17:10"),
    ]
    request = replace(REQUEST, window=(0, 1))
    _, measured = measure_series(hours(), events, events, request)
    pooled = PooledSample([measured], request.cars, request)
    assert label_clusters(GroupSample(pooled, np.ones(3, dtype=bool))).tolist() == [0, 1, 1]


# ------------------------------------------------------------------ shifting


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.lists(st.integers(45, 110), min_size=1, max_size=6, unique=True),
    shift=st.integers(1, 30),
    minutes_in=st.integers(0, 59),
)
def test_moving_market_and_events_by_some_bars_moves_the_answers(seed, rows, shift, minutes_in):
    """A market that never closes: the first `shift` hours are new, everything else is later."""
    returns = 0.001 * np.random.default_rng(seed).standard_normal(119)
    begins = begins_of(working_days("2025-06-02", 5), 0, 23)  # five days and nights
    late = [begins[0] + timedelta(hours=k) for k in range(120 + shift)]
    request = replace(REQUEST, model="mean", pool="all")

    def events(starts):
        return [
            event_on(f"{begin:%Y-%m-%d}", f"{begin:%H:%M:%S}", f"{k}")
            for k, row in enumerate(rows)
            for begin in [starts[row] + timedelta(minutes=minutes_in)]
        ]

    actual = study_series(bars_of_returns(returns, begins), events(begins), (), request)
    moved = bars_of_returns(np.concatenate((np.zeros(shift), returns)), late)
    expected = study_series(moved, events(late[shift:]), (), request)
    assert (expected.anchor - actual.anchor).tolist() == [shift] * len(rows)
    assert expected.abnormal == pytest.approx(actual.abnormal, abs=1e-12)
    assert expected.sigma == pytest.approx(actual.sigma, abs=1e-12)
    for one, other in zip(actual.cars, expected.cars, strict=True):
        assert other.car == pytest.approx(one.car, abs=1e-12)
        assert other.t == pytest.approx(one.t, abs=1e-9)
    assert [set(f) - {"weekend_session"} for f in actual.flags] == [
        set(f) - {"weekend_session"} for f in expected.flags
    ]


# ------------------------------------------------------------------ many bars


def test_positions_taken_in_parts_give_the_same_numbers(monkeypatch):
    events = [event_on("2025-06-20", "15:20"), event_on("2025-06-24", "12:20")]
    request = replace(REQUEST, model="mean")
    whole = study_series(hours(), events, events, request)
    monkeypatch.setattr(
        "dashboard.eventstudy.placebo.MAX_CELLS", 6 * 7
    )  # seven positions of six offsets
    parts = study_series(hours(), events, events, request)
    for one, other in zip(whole.cars, parts.cars, strict=True):
        for name in ("placebo_p", "percentile", "percentile_by_move", "n_placebo"):
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def test_every_pool_at_once_is_as_in_its_own_study():
    events = [event_on("2025-06-20", "15:20"), event_on("2025-06-23", "12:20", "other")]
    result, ranked = study_series_in_all_pools(hours(), events, events, REQUEST)
    assert list(ranked) == ["near", "quiet", "all", "similar"]
    for pool, placebos in ranked.items():
        alone = study_series(hours(), events, events, replace(REQUEST, pool=pool))
        for placebo, car in zip(placebos, alone.cars, strict=True):
            assert placebo.size.tolist() == car.n_placebo.tolist()
            assert np.array_equal(placebo.percentile, car.percentile, equal_nan=True)
    assert ranked["near"][0].size.tolist() == result.cars[0].n_placebo.tolist()
    assert ranked["quiet"][0].size[0] < ranked["all"][0].size[0]


def test_a_study_that_would_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr("dashboard.services.study.MAX_CELLS", 700)
    event = event_on("2025-06-20", "15:20")
    with pytest.raises(InputError, match="6 offsets at each of the 117 rows of made"):
        run_study([hours()], [event], REQUEST)
