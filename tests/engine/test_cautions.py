"""A caution is given where the simulated size lies outside 3-7 %; the cell is that of the dates."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.domain.study import StudyRequest
from dashboard.engine.cautions import brief_caution, caution, dates_pattern, verdict
from dashboard.engine.pooled import GroupSample, Pooled
from dashboard.engine.study import measure
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(window=(-5, 10), estimation=20, gap=0, min_estimation=10)
SERIES = series_of_returns(0.01 * np.random.default_rng(1).standard_normal(1_000))


def pattern(rows):
    events = [event_at_row(row, f"{k}") for k, row in enumerate(rows)]
    _, measured = measure(SERIES, events, events, REQUEST)
    pooled = Pooled([measured], REQUEST.cars, REQUEST)
    return dates_pattern(GroupSample(pooled, np.ones(len(pooled), dtype=bool)))


def test_one_event_is_scattered():
    assert pattern([500]) == "scattered"


def test_windows_that_do_not_touch_are_scattered():
    # A window is 16 rows long.
    assert pattern(range(100, 900, 16)) == "scattered"


def test_bunches_far_apart_are_clustered():
    assert pattern([100, 102, 104, 500, 503, 900]) == "clustered"


def test_an_event_every_ten_days_is_dense():
    assert pattern(range(100, 900, 10)) == "dense"


@pytest.mark.parametrize(
    ("rate", "said"),
    [(0.0299, "too rarely"), (0.03, ""), (0.07, ""), (0.0701, "too often"), (0.0, "too rarely")],
)
def test_the_trusted_rates_are_three_to_seven_per_cent(rate, said):
    assert verdict(rate) == said


def test_the_worst_series_counts():
    # docs/size.md, cross_section_t clustered: 20.1, 18.3 and 22.8 %.
    assert caution("cross_section_t", "clustered") == (
        "rejects 23 % at the 5 % level in 4,000 simulated studies without effect and with"
        " clustered dates"
    )
    assert brief_caution("cross_section_t", "clustered") == "rejects too often (23 %)"
    assert brief_caution("kolari_pynnonen", "dense") == "rejects too rarely (0 %)"


def test_a_sound_test_has_none():
    for dates in ("scattered", "clustered", "dense"):
        assert caution("overlap_t", dates) == brief_caution("overlap_t", dates) == ""


def test_a_test_that_was_not_simulated_has_none():
    assert caution("tea_leaves", "dense") == brief_caution("tea_leaves", "dense") == ""
