"""The response figure shows the rows it is given: path, interval, band and the side before."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.models.analyses import ProjectionRow
from dashboard.presentation.charts.correlation import build_projection_figure
from dashboard.presentation.palette import LIGHT_PALETTE

BEFORE = ProjectionRow("all", "made", -2, estimate=0.001, low=-0.002, high=0.004, rates=9)
BASE = ProjectionRow("all", "made", -1, estimate=0.0, reason="the base")
AFTER = [
    ProjectionRow("all", "made", h, events=10, rates=9, estimate=0.01 * (h + 1), low=0.005 * h,
                  high=0.03, supt_low=-0.01, supt_high=0.04)
    for h in (0, 1)
]  # fmt: skip


def figure(rows=(BEFORE, BASE, *AFTER)):
    return build_projection_figure(rows, LIGHT_PALETTE, "log points")


def test_the_path_runs_through_the_base_in_log_points():
    line = figure()["data"][-1]
    assert line["x"] == [-2, -1, 0, 1]
    assert line["y"] == [0.1, 0.0, 1.0, 2.0]


def test_the_band_is_that_of_the_horizons_from_zero_on():
    band = figure()["data"][0]
    assert band["name"] == "95 % of the whole path"
    assert (band["x"], band["y"]) == ([0, 1, 1, 0], [4.0, 4.0, -1.0, -1.0])


def test_the_intervals_before_and_after_do_not_meet_over_the_base():
    after, before = figure()["data"][1:3]
    assert (after["x"], after["y"]) == ([0, 1, 1, 0], [3.0, 3.0, 0.5, 0.0])
    assert (before["x"], before["y"]) == ([-2, -2], [0.4, -0.2])
    assert (after["showlegend"], before["showlegend"]) == (True, False)


def test_the_side_before_is_shaded_and_the_axis_holds_the_band():
    layout = figure()["layout"]
    assert layout["shapes"][0]["x1"] == -0.5
    low, high = layout["yaxis"]["range"]
    assert low < -1.0
    assert high > 4.0


def test_an_estimate_without_an_error_has_no_band_and_says_why():
    rows = [BASE, ProjectionRow("all", "made", 0, rates=3, estimate=0.01, reason="fewer than 8")]
    data = figure(rows)["data"]
    assert len(data) == 1
    assert data[0]["customdata"][1].endswith("fewer than 8")


def test_plotly_takes_it():
    go.Figure(figure())
