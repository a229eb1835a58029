"""Averages, tests and intervals over the events of several series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from dashboard.eventstudy import panel
from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(model="none", window=(0, 1), cars=((0, 1),), estimation=4, gap=0,
                       min_estimation=4)  # fmt: skip
# Event on row 5 of both: returns of [0,1] are 5, 2 and 1, 4 log points.
SERIES = [
    series_of_returns([0.01, -0.01, 0.01, -0.01, 0.05, 0.02], series_id="a"),
    series_of_returns([0.01, -0.01, 0.01, -0.01, 0.01, 0.04], series_id="b"),
]
EVENTS = [event_at_row(5, category="talks")]
ANSWER = run_study(SERIES, EVENTS, REQUEST)


def test_the_event_on_its_series_is_the_unit():
    rows = [row for row in ANSWER.averages if row.group == "all"]
    assert [row.n for row in rows] == [2, 2]
    assert [row.aar for row in rows] == pytest.approx([0.03, 0.03])
    assert [row.caar for row in rows] == pytest.approx([0.03, 0.06])
    # CARs 7 and 5 log points: standard deviation sqrt 2, error 1, t quantile with 1 df 12.7062
    half = 0.01 * 12.706204736432095
    assert rows[1].caar_low == pytest.approx(0.06 - half)
    assert (ANSWER.n_events, ANSWER.used) == (1, 1)


def test_a_group_is_tested_over_all_series():
    result = {(r.group, r.window, r.test): r for r in ANSWER.tests}
    row = result["talks", (0, 1), "cross_section_t"]
    assert (row.n, row.df) == (2, 1)
    assert row.statistic == pytest.approx(6.0)  # mean 6, error 1
    # Student's t with 1 df: P(|t| > 6) = 1 - 2/pi atan 6
    assert row.p_value == pytest.approx(1 - 2 / math.pi * math.atan(6))
    day = result["all", (0, 0), "cross_section_t"]
    assert day.statistic == pytest.approx(3 / 2)  # ARs 5 and 1: mean 3, error 2


def test_an_event_bound_to_a_series_counts_there_only():
    bound = [event_at_row(5, "of a", series="a"), event_at_row(5, "of all")]
    answer = run_study(SERIES, bound, REQUEST)
    assert [[event.id for event in result.events] for result in answer.results] == [
        ["of a", "of all"], ["of all"],
    ]  # fmt: skip
    counts = {row.n for row in answer.tests if row.test == "cross_section_t"}
    assert counts == {3}


def test_an_event_of_a_series_that_is_not_there_is_skipped():
    answer = run_study(SERIES, [*EVENTS, event_at_row(5, "lost", series="c")], REQUEST)
    assert [(row.event_id, row.series, row.reason) for row in answer.skipped] == [
        ("lost", "c", "no series c in this study")
    ]


def test_every_day_and_every_window_is_tested_once():
    request = StudyRequest(window=(-1, 1), cars=((0, 0), (-1, 1)), estimation=60)
    assert panel.list_tested_windows(request) == ((-1, -1), (0, 0), (1, 1), (-1, 1))


def test_no_event_at_all_is_an_answer_without_rows():
    answer = run_study(SERIES, [event_at_row(2, "too early")], REQUEST)
    assert answer.used == 0
    assert answer.tests == ()
    assert len(answer.skipped) == 2


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (5, 9), (50, 100), (999, 1000)])
def test_wilsons_interval_is_the_set_of_shares_a_score_test_keeps(hits, n):
    low, high = panel.wilson_interval(hits, n)
    z = stats.norm.ppf(0.975)
    for bound in (low, high):
        if 0 < bound < 1:
            assert abs(hits / n - bound) / np.sqrt(bound * (1 - bound) / n) == pytest.approx(z)
    assert low <= hits / n <= high
