"""A caution is given where the simulated size lies outside 3-7 %; the cell is that of the dates."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.eventstudy.samples import GroupSample, PooledSample
from dashboard.eventstudy.simulated_size import (
    SizeCell,
    classify_date_pattern,
    short_size_caution,
    size_caution,
    size_verdict,
)
from dashboard.eventstudy.study import measure_series
from dashboard.models.study import StudyRequest
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(window=(-5, 10), estimation=20, gap=0, min_estimation=10)
SERIES = series_of_returns(0.01 * np.random.default_rng(1).standard_normal(1_000))


def pattern(rows):
    events = [event_at_row(row, f"{k}") for k, row in enumerate(rows)]
    _, measured = measure_series(SERIES, events, events, REQUEST)
    pooled = PooledSample([measured], REQUEST.cars, REQUEST)
    return classify_date_pattern(GroupSample(pooled, np.ones(len(pooled), dtype=bool)))


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
    assert size_verdict(rate) == said


CELLS = {
    "wild": (
        SizeCell("iid normal", "clustered", "clustered", 0.0, 4_000, 0.11),
        SizeCell("flip", "nato_remark", "clustered", 0.0, 2_000, 0.384),
        SizeCell("iid normal", "scattered", "scattered", 0.0, 4_000, 0.012),
        SizeCell("iid normal", "clustered", "clustered", 0.5, 4_000, 0.99),
    ),
    "sound": (SizeCell("GARCH", "clustered", "clustered", 0.0, 4_000, 0.062),),
}


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setattr("dashboard.eventstudy.simulated_size.load_size_table", lambda: CELLS)


@pytest.mark.usefixtures("table")
def test_the_worst_cell_counts_and_says_what_it_was():
    assert size_caution("wild", "clustered") == (
        "rejects 38 % at the 5 % level in 2,000 simulated studies without effect and with the"
        " dates of nato_remark (the real moves with random signs: event days as volatile as they"
        " were)"
    )
    assert short_size_caution("wild", "clustered") == "rejects too often (38 %)"
    assert short_size_caution("wild", "scattered") == "rejects too rarely (1 %)"
    assert size_caution("wild", "scattered") == (
        "rejects 1 % at the 5 % level in 4,000 simulated studies without effect and with"
        " scattered dates (independent normal returns)"
    )


@pytest.mark.usefixtures("table")
def test_a_sound_test_has_none():
    assert size_caution("sound", "clustered") == short_size_caution("sound", "clustered") == ""


def test_a_test_that_was_not_simulated_has_none():
    assert size_caution("tea_leaves", "dense") == short_size_caution("tea_leaves", "dense") == ""


def test_calendar_shifts_are_said_to_mislead_where_event_days_are_volatile():
    # docs/size.md, design flip.
    assert "rejects too often" in short_size_caution("calendar_shift", "clustered")
    assert "random signs" in size_caution("calendar_shift", "clustered")
