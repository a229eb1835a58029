"""The attrition funnel as bars."""

import plotly.graph_objects as go

from dashboard.presentation.charts.comparison_moves import build_funnel_figure
from dashboard.presentation.palette import DARK_PALETTE, LIGHT_PALETTE

STEPS = [("Listed", 1365), ("Used", 355)]


def test_each_step_is_a_bar_with_its_number_the_first_on_top():
    figure = build_funnel_figure(STEPS, LIGHT_PALETTE)
    (bars,) = figure["data"]
    assert bars["x"] == [1365, 355]
    assert bars["text"] == ["1,365", "355"]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low > high
    assert figure["layout"]["yaxis"]["ticktext"] == ["Listed", "Used"]


def test_plotly_takes_it_without_any_event():
    go.Figure(**build_funnel_figure([("Listed", 0)], DARK_PALETTE, phone=True))
