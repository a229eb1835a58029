"""The leave-one-out figure: the events that move the average most, around the average of all."""

import math

import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.comparison_moves import (
    MAX_LEFT_OUT_ROWS,
    build_leave_one_out_figure,
)
from tests.presentation.charts.made_comparison import MANY, made_chart


def test_each_dot_is_the_average_of_the_others():
    chart = made_chart(MANY)
    (dots,) = build_leave_one_out_figure(chart, chart.groups[0])["data"]
    cars = chart.groups[0].study.car.tolist()
    others = [100 * math.expm1(-(sum(cars) - car) / 5) for car in cars]
    assert sorted(dots["x"]) == pytest.approx(sorted(others), abs=0.001)


def test_the_dashed_line_is_the_average_of_all():
    chart = made_chart(MANY)
    (line,) = build_leave_one_out_figure(chart, chart.groups[0])["layout"]["shapes"]
    assert line["x0"] == pytest.approx(
        100 * math.expm1(-chart.groups[0].study.car.mean()), abs=0.001
    )


def test_at_most_fifteen_are_drawn_each_with_its_name():
    chart = made_chart(tuple(range(30, 90, 2)))
    figure = build_leave_one_out_figure(chart, chart.groups[0])
    assert len(figure["layout"]["yaxis"]["ticktext"]) == MAX_LEFT_OUT_ROWS
    assert figure["layout"]["yaxis"]["ticktext"][0].startswith("without ")


def test_plotly_takes_it():
    chart = made_chart(MANY, (30, 31), phone=True, dark=True)
    for group in chart.groups:
        go.Figure(**build_leave_one_out_figure(chart, group))
