"""The placebo figure: every value is counted once, the observed one is marked."""

import math
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.comparison_moves import (
    PlaceboPane,
    build_placebo_figure,
    describe_placebo,
)
from dashboard.presentation.quoting import QuoteMode
from tests.presentation.charts.made_comparison import MANY, made_chart

VALUES = np.linspace(-0.04, 0.04, 500)
PANES = (
    PlaceboPane("Averages", VALUES, (0.01,), "#123456", "circle"),
    PlaceboPane("Moves", VALUES, (0.01, -0.02), "#123456", "diamond"),
)


def test_every_date_is_counted_once():
    figure = build_placebo_figure(made_chart(MANY), PANES)
    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert [sum(trace["y"]) for trace in bars] == [500, 500]


@pytest.mark.parametrize(("up", "at"), [(QuoteMode.WEAKER, -1), (QuoteMode.USD, 1)])
def test_the_observed_value_is_marked_in_the_quote(up, at):
    figure = build_placebo_figure(made_chart(MANY, up=up), PANES)
    (line,) = figure["layout"]["shapes"]  # several observed ones have marks, and no line
    shown = 100 * math.expm1(0.01 * at)
    assert line["x0"] == line["x1"] == pytest.approx(shown, abs=0.001)
    marks = [trace for trace in figure["data"] if trace["type"] == "scatter"]
    assert marks[0]["x"] == [line["x0"]]
    both = [shown, 100 * math.expm1(-0.02 * at)]
    assert sorted(marks[1]["x"]) == pytest.approx(sorted(both), abs=0.001)


def test_the_words_say_where_95_of_100_lie():
    first, second = describe_placebo(made_chart(MANY, up=QuoteMode.USD), PANES)
    # 2.5 % and 97.5 % of an even spread from -4 to +4 log points: exp(-0.038) and exp(0.038).
    assert first == "Averages: 95 % from −3.73 % to +3.87 %; observed +1.01 %."
    assert second == "Moves: 95 % from −3.73 % to +3.87 %."


def test_the_interval_of_the_declared_test_is_a_bar_with_its_words():
    pane = replace(PANES[0], interval=(-0.01, 0.02))
    chart = made_chart(MANY, up=QuoteMode.USD)
    (bar,) = [t for t in build_placebo_figure(chart, (pane,))["data"] if t.get("mode") == "lines"]
    # exp(-0.01) and exp(0.02)
    assert bar["x"] == [-0.995, 2.02]
    (texts,) = describe_placebo(chart, (pane,))
    assert texts.endswith("observed +1.01 %; 95 % interval of the mean −1.00 % to +2.02 %.")
    unbounded = replace(PANES[0], interval=(-np.inf, 0.02))
    figure = build_placebo_figure(chart, (unbounded,))
    assert not [trace for trace in figure["data"] if trace.get("mode") == "lines"]


def test_plotly_takes_it():
    go.Figure(**build_placebo_figure(made_chart(MANY, phone=True), PANES))
    go.Figure(**build_placebo_figure(made_chart(MANY), ()))
