"""Averages and tests over the events of several series."""

from __future__ import annotations

import math

import pytest

from dashboard.domain.study import StudyRequest
from dashboard.engine import panel
from dashboard.engine.study import run
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(model="none", window=(0, 1), cars=((0, 1),), estimation=4, gap=0,
                       min_estimation=4)  # fmt: skip
# Event on row 5 of both: returns of [0,1] are 5, 2 and 1, 4 log points.
RESULTS = [
    run(series_of_returns([0.01, -0.01, 0.01, -0.01, 0.05, 0.02], series_id="a"),
        [event_at_row(5, category="talks")], [], REQUEST),
    run(series_of_returns([0.01, -0.01, 0.01, -0.01, 0.01, 0.04], series_id="b"),
        [event_at_row(5, category="talks")], [], REQUEST),
]  # fmt: skip


def test_the_event_on_its_series_is_the_unit():
    rows = [row for row in panel.averages_over(RESULTS, REQUEST) if row.group == "all"]
    assert [row.n for row in rows] == [2, 2]
    assert [row.aar for row in rows] == pytest.approx([0.03, 0.03])
    assert [row.caar for row in rows] == pytest.approx([0.03, 0.06])
    # CARs 7 and 5 log points: standard deviation sqrt 2, error 1, t quantile with 1 df 12.7062
    half = 0.01 * 12.706204736432095
    assert rows[1].caar_low == pytest.approx(0.06 - half)


def test_a_group_is_tested_over_all_series():
    found = {(r.group, r.window, r.test): r for r in panel.tests_over(RESULTS, REQUEST)}
    row = found["talks", (0, 1), "cross_section_t"]
    assert (row.n, row.df) == (2, 1)
    assert row.statistic == pytest.approx(6.0)  # mean 6, error 1
    # Student's t with 1 df: P(|t| > 6) = 1 - 2/pi atan 6
    assert row.p_value == pytest.approx(1 - 2 / math.pi * math.atan(6))
    day = found["all", (0, 0), "cross_section_t"]
    assert day.statistic == pytest.approx(3 / 2)  # ARs 5 and 1: mean 3, error 2
