"""Round ticks, and the reading of what a reader clicked or brushed."""

from datetime import date

import pytest

from dashboard.presentation.charts.theme import (
    build_axis,
    build_chart_config,
    get_picked_day,
    get_picked_window,
    nice_ticks,
    tick_decimals,
)
from dashboard.presentation.palette import LIGHT_PALETTE


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (71.2, 109.8, [75, 80, 85, 90, 95, 100, 105]),
        (28, 121, [40, 60, 80, 100, 120]),
        (0.0101, 0.0139, [0.0105, 0.011, 0.0115, 0.012, 0.0125, 0.013, 0.0135]),
    ],
)
def test_ticks_are_round_and_inside(low, high, ticks):
    assert nice_ticks(low, high) == pytest.approx(ticks)


def test_a_range_without_width_has_one_tick():
    assert nice_ticks(5.0, 5.0) == [5.0]


@pytest.mark.parametrize(
    ("ticks", "decimals"), [([70, 80], 0), ([1.5, 2.0], 1), ([0.01, 0.0105], 4)]
)
def test_decimals_tell_neighbours_apart(ticks, decimals):
    assert tick_decimals(ticks) == decimals


def selection(points=(), box=()):
    return {"selection": {"points": list(points), "box": list(box), "lasso": []}}


def test_a_click_gives_the_day_of_its_point():
    assert get_picked_day(selection([{"x": "2025-04-18", "y": 81.1}])) == date(2025, 4, 18)
    assert get_picked_day(selection([{"x": "2025-04-18 00:00:00.0000"}])) == date(2025, 4, 18)


@pytest.mark.parametrize(
    "state", [None, {}, selection(), selection([{"y": 1}]), selection([{"x": "?"}])]
)
def test_an_empty_selection_gives_no_day(state):
    assert get_picked_day(state) is None


def test_a_brush_gives_its_days_whatever_the_direction():
    forth = selection(box=[{"x": ["2025-03-14 03:11:22.1234", "2025-07-02 11:00"], "y": [90, 70]}])
    back = selection(box=[{"x": ["2025-07-02 11:00", "2025-03-14 03:11"], "y": [90, 70]}])
    assert (
        get_picked_window(forth) == get_picked_window(back) == (date(2025, 3, 14), date(2025, 7, 2))
    )


@pytest.mark.parametrize(
    "box", [(), [{"x": []}], [{"x": ["2025-03-14 01:00", "2025-03-14 09:00"]}]]
)
def test_a_brush_within_a_day_is_no_window(box):
    assert get_picked_window(selection(box=box)) is None


@pytest.mark.parametrize("is_fixed", [True, False])
def test_only_a_free_time_axis_zooms_by_the_wheel_and_resets_by_a_double_click(is_fixed):
    axis = build_axis(LIGHT_PALETTE, type="date", fixedrange=is_fixed)
    figure = {"data": [], "layout": {"xaxis": axis, "yaxis": build_axis(LIGHT_PALETTE)}}
    config = build_chart_config(figure)
    assert config["scrollZoom"] is not is_fixed
    assert config["doubleClick"] == (False if is_fixed else "reset")


def test_the_bar_has_no_camera_and_lets_streamlit_add_full_screen():
    figure = {"data": [], "layout": {"xaxis": build_axis(LIGHT_PALETTE)}}
    config = build_chart_config(figure)
    assert config["displayModeBar"]
    assert "toImage" in config["modeBarButtonsToRemove"]
    assert "modeBarButtons" not in config  # a fixed list would leave out full screen
    assert not build_chart_config(figure, interactive=False)["displayModeBar"]
