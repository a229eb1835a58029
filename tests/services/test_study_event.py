"""An event explained on series made by hand, and the one event everybody asks about."""

import math
from datetime import UTC, date, datetime

import numpy as np
import pytest

from dashboard.eventstudy.levels import restrict_to_known
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.services.study import build_event_view
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import LONG_AGO, event_at_row, event_on, made_series

NAN = float("nan")
AT = 160
N = 200


def zigzag(n=N, **changed):
    """100 and 101 in turn, a rouble series; `row_160=98` puts another rate on a row."""
    rates = np.where(np.arange(n) % 2 == 0, 100.0, 101.0)
    for name, rate in changed.items():
        rates[int(name.removeprefix("row_"))] = rate
    return made_series(rates, move_sign=-1)


def move_of(view, window):
    return next(move for move in view.moves if move.window == window)


# ------------------------------------------------------------------ moves


def test_a_move_is_minus_the_log_change_of_the_rate():
    # Row 159 is odd, 101; the event's own rate is 98.
    #   -100 ln(98/101) = 3.01530, 98/101 - 1 = -2.97030 %, 101/98 - 1 = +3.06122 %
    move = move_of(build_event_view(zigzag(row_160=98), event_at_row(AT), ()), (0, 0))
    assert move.log_points == pytest.approx(3.01530, abs=5e-6)
    assert move.pct_quoted == pytest.approx(-2.97030, abs=5e-6)
    assert move.pct_inverse == pytest.approx(3.06122, abs=5e-6)
    assert (move.base.rate, move.end.rate) == (101, 98)


def test_every_window_starts_at_the_observation_before_it():
    view = build_event_view(zigzag(row_160=98), event_at_row(AT), ())
    rows = {
        move.window: tuple(int((np.datetime64(f.day) - LONG_AGO).astype(int)) - AT
                           for f in (move.base, move.end))
        for move in view.moves
    }  # fmt: skip
    assert rows == {
        (0, 0): (-1, 0), (0, 1): (-1, 1), (-1, 1): (-2, 1), (0, 5): (-1, 5), (-5, -1): (-6, -1),
    }  # fmt: skip


def test_the_error_of_a_move_is_that_of_the_constant_mean_model():
    # The estimation window holds 120 returns of +-a, a = 100 ln(1.01) = 0.995033, mean 0:
    #   sigma = a sqrt(120/119) = 0.999205;  S_CAR[0,0] = sigma sqrt(1 + 1/120) = 1.003360
    #   S_CAR[0,1] = sigma sqrt(2 + 4/120) = 1.424817
    view = build_event_view(zigzag(row_160=98), event_at_row(AT), ())
    first, both = move_of(view, (0, 0)), move_of(view, (0, 1))
    assert view.n_estimation == 120
    assert view.sigma == pytest.approx(0.999205, abs=2e-6)
    assert first.car == pytest.approx(3.01530, abs=5e-6)
    assert first.car_se == pytest.approx(1.003360, abs=2e-6)
    assert both.car_se == pytest.approx(1.424817, abs=2e-6)
    assert first.car_t == pytest.approx(3.01530 / 1.003360, abs=2e-5)


def test_the_pools_are_counted_one_by_one():
    # Admissible: row - 135 >= 1 and row + 10 <= 199, so rows 136..189, 54 with the event's own.
    # Quiet: 16 rows or more from row 160: 136..144 and 176..189, that is 9 + 14 = 23.
    # No other |CAR| comes near 3.02 but that of row 161, from 98 back to 101: exactly as large,
    # so not smaller and at least as extreme; it is in the pool of all dates only.
    move = move_of(build_event_view(zigzag(row_160=98), event_at_row(AT), ()), (0, 0))
    quiet, every, near = (move.rank(pool) for pool in ("quiet", "all", "near"))
    assert (quiet.size, every.size) == (23, 53)
    assert (quiet.percentile, quiet.by_move) == (100, 100)
    assert quiet.p == pytest.approx(1 / 24)
    assert every.percentile == pytest.approx(100 * 52 / 53)
    assert every.p == pytest.approx(2 / 54)
    # Near are all of them too: fewer than a hundred, so the nearest 250 that there are.
    assert (near.size, near.percentile, near.p) == (53, every.percentile, every.p)
    days = np.array([near.first, near.last], dtype="datetime64[D]")
    assert (days - LONG_AGO).astype(int).tolist() == [136, 189]


# ------------------------------------------------------------------ what is not there


def test_a_missing_rate_takes_out_the_windows_that_end_on_it():
    view = build_event_view(zigzag(row_161=NAN), event_at_row(AT), ())
    assert move_of(view, (0, 0)).log_points == pytest.approx(100 * math.log(1.01))
    ends_there = move_of(view, (0, 1))
    assert ends_there.log_points is None
    assert ends_there.reason == "a rate is missing"


def test_a_missing_rate_inside_a_window_leaves_the_move_but_no_abnormal_one():
    move = move_of(build_event_view(zigzag(row_162=NAN), event_at_row(AT), ()), (0, 5))
    # Rows 159 and 165 are both odd.
    assert move.log_points == pytest.approx(0.0)
    assert move.car is None
    assert move.p_value is None


def test_a_missing_rate_is_a_gap_in_the_path_and_not_its_end():
    path = build_event_view(zigzag(row_162=NAN), event_at_row(AT), ()).path
    moves = {point.offset: point.move for point in path}
    assert math.isnan(moves[2])
    assert moves[3] == pytest.approx(0.0)


def test_a_move_too_recent_says_how_many_observations_it_needs():
    view = build_event_view(zigzag(), event_at_row(N - 3), ())
    assert move_of(view, (0, 1)).log_points is not None
    later = move_of(view, (0, 5))
    assert later.log_points is None
    assert later.reason == "needs 3 more observations"
    assert view.path[-1].offset == 2
    assert "window_cut" in view.flags


def test_the_last_missing_observation_is_told_in_the_singular():
    view = build_event_view(zigzag(), event_at_row(N - 5), ())
    assert move_of(view, (0, 5)).reason == "needs 1 more observation"


def test_an_event_after_the_data_has_a_reason_instead_of_numbers():
    view = build_event_view(zigzag(), event_at_row(N), ())
    assert (view.moves, view.path, view.timing) == ((), (), None)
    assert view.reason == "after the data: the last observation describes 2024-07-18"


def test_an_event_before_the_data_has_a_reason_too():
    view = build_event_view(zigzag(), event_on("2023-12-01"), ())
    assert view.reason == "before the data: the first observation describes 2024-01-01"


def test_too_little_history_keeps_the_timing():
    # Row 74: the estimation window would end at row 74 - 5 - 10 - 1 = 58, so 58 returns.
    view = build_event_view(zigzag(), event_at_row(74), ())
    assert view.timing.first.day == date(2024, 3, 15)
    assert view.moves == ()
    assert view.reason.startswith("too little history: 58 returns")


def test_an_event_of_another_series_is_told_so():
    view = build_event_view(zigzag(), event_at_row(AT, series="another"), ())
    assert view.reason == "the event belongs to the series another, not to made"


# ------------------------------------------------------------------ timing


def bank_series(**rates):
    """Fixings on the working days of 2024, records dated the day after; 90.0 but for `rates`."""
    days = np.arange("2024-01-09", "2024-12-01", dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    made = np.array([90.0 + 0.1 * (k % 2) for k in range(len(days))])
    for name, rate in rates.items():
        made[days == np.datetime64(name.removeprefix("on_").replace("_", "-"))] = rate
    return made_series(made, days + 1, rule=BANK_OF_RUSSIA, move_sign=-1, breaks=["2024-10-15"])


def test_a_sunday_belongs_to_mondays_fixing_and_starts_from_fridays():
    timing = build_event_view(bank_series(), event_on("2024-10-20"), ()).timing
    assert (timing.first.day, timing.first.record) == (date(2024, 10, 21), date(2024, 10, 22))
    assert timing.base.day == date(2024, 10, 18)
    assert timing.shift_days == 1
    assert timing.moment is None


def test_without_an_hour_the_next_fixing_is_shown_too():
    timing = build_event_view(bank_series(), event_on("2024-10-22"), ()).timing
    assert timing.first.day == date(2024, 10, 22)
    assert timing.alternative.day == date(2024, 10, 23)


@pytest.mark.parametrize(
    ("at", "first", "partial"),
    [
        ("2024-10-22T06:59", date(2024, 10, 22), False),  # 09:59 MSK, before the deals
        ("2024-10-22T08:00", date(2024, 10, 22), True),  # 11:00 MSK, among them
        ("2024-10-22T12:30", date(2024, 10, 23), False),  # 15:30 MSK, known at that very moment
    ],
)
def test_the_hour_decides_which_fixing_is_the_first(at, first, partial):
    timing = build_event_view(bank_series(), event_on("2024-10-22", at=at), ()).timing
    assert timing.first.day == first
    assert timing.partial is partial
    assert timing.alternative is None


def test_a_break_inside_the_window_is_named_and_one_outside_is_not():
    # 15 Oct is offset 1 of an event on the 14th, and offset -1 of one on the 16th; an event on
    # 30 Oct has its offset -6 on the 22nd.
    for day, crossed in (("2024-10-14", True), ("2024-10-16", True), ("2024-10-30", False)):
        view = build_event_view(bank_series(), event_on(day), ())
        assert bool(view.breaks) is crossed
        assert ("method_break" in view.flags) is crossed


# ------------------------------------------------------------------ neighbours


def test_the_crowd_is_every_other_event_in_the_window_with_its_offset():
    near, far = event_at_row(AT + 3, "near"), event_at_row(AT + 11, "far")
    own = event_at_row(AT, "own")
    view = build_event_view(zigzag(), own, (own, near, far))
    assert [(offset, event.id) for offset, event in view.crowd] == [(3, "near")]
    assert [e.id for e in move_of(view, (0, 5)).crowd] == ["near"]
    assert move_of(view, (0, 1)).crowd == ()


def test_a_range_that_reaches_into_the_window_is_part_of_the_crowd():
    end = date.fromisoformat(str(LONG_AGO + AT))
    lasting = event_at_row(AT - 30, "lasting", end_day=end)
    view = build_event_view(zigzag(), event_at_row(AT, "own"), (lasting,))
    assert [(offset, event.id) for offset, event in view.crowd] == [(-30, "lasting")]
    assert [e.id for e in move_of(view, (0, 0)).crowd] == ["lasting"]


def test_previous_and_next_follow_the_calendar():
    known = [event_at_row(row, f"e{row}") for row in (150, 160, 170)]
    view = build_event_view(zigzag(), known[1], known)
    assert (view.previous_id, view.next_id) == ("e150", "e170")
    assert build_event_view(zigzag(), known[0], known).previous_id is None
    assert build_event_view(zigzag(), known[2], known).next_id is None


def test_a_draft_is_placed_among_the_events_it_is_not_one_of():
    known = [event_at_row(row, f"e{row}") for row in (150, 170)]
    view = build_event_view(zigzag(), event_at_row(AT, "draft"), known)
    assert (view.previous_id, view.next_id) == ("e150", "e170")
    assert [event.id for _, event in view.crowd] == ["e170"]


# ------------------------------------------------------------------ the shipped data


def test_the_kellogg_statement_is_read_from_mondays_fixing():
    events = Catalogue().events()
    kellogg = next(e for e in events if e.id == "kellogg-nato-off-table-2025-04-20")
    view = build_event_view(BundledRates().get("usd_rub_cbr"), kellogg, events)
    assert view.timing.first.day == date(2025, 4, 21)
    assert view.timing.first.record == date(2025, 4, 22)
    assert view.timing.base.day == date(2025, 4, 18)
    # 100 ln(81.1371 / 80.7597) = 0.466224
    assert move_of(view, (0, 0)).log_points == pytest.approx(0.466224, abs=1e-6)
    assert (view.timing.far, view.timing.partial) == (False, False)
    at_once = [offset for offset, _ in view.crowd if offset == 0]
    assert len(at_once) == len(move_of(view, (0, 0)).crowd) == 3


def test_a_frozen_series_knows_no_later_dates_to_compare_with():
    kellogg = event_on("2025-04-20", "kellogg")
    live = BundledRates().get("usd_rub_cbr")
    frozen = restrict_to_known(live, datetime(2025, 7, 1, tzinfo=UTC))
    now, then = (
        move_of(build_event_view(s, kellogg, ()), (0, 0)).rank("near") for s in (live, frozen)
    )
    # The window of the last one ends with the last fixing known, ten after its own day.
    assert then.last == frozen.day[-11].item()
    after = int(np.searchsorted(frozen.day, np.datetime64("2025-04-21")))
    assert then.size == 250 + (len(frozen) - 11 - after)
    assert (now.size, now.last > date(2025, 7, 1)) == (500, True)
