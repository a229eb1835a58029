"""The dot plot: sorted moves with intervals, each carrying its event."""

import math
from itertools import pairwise

import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.comparison_moves import (
    build_moves_figure,
    get_picked_event,
    sort_dots,
)
from dashboard.presentation.quoting import QuoteMode
from tests.presentation.charts.made_comparison import FEW, MANY, made_chart


def figures_of(chart):
    return [build_moves_figure(chart, group) for group in chart.groups]


def test_the_largest_number_shown_comes_first():
    chart = made_chart(MANY)
    (group,) = chart.groups
    moves = sorted(group.study.car.tolist())  # a stronger rouble is a smaller number
    (dots,) = build_moves_figure(chart, group)["data"]
    assert dots["x"] == pytest.approx([100 * math.expm1(-move) for move in moves], abs=0.001)
    assert dots["y"] == sorted(dots["y"])
    assert [move for _, move, _ in sort_dots(chart, group)] == moves


def test_a_dot_carries_the_id_and_its_interval():
    chart = made_chart(MANY)
    (group,) = chart.groups
    (dots,) = build_moves_figure(chart, group)["data"]
    ends = {
        c[0]: (x - less, x + more)
        for c, x, less, more in zip(
            dots["customdata"], dots["x"], dots["error_x"]["arrayminus"],
            dots["error_x"]["array"], strict=True,
        )
    }  # fmt: skip
    study = group.study
    for event, move, half in zip(
        group.events, study.car.tolist(), study.half_width.tolist(), strict=True
    ):
        low, high = (100 * math.expm1(-move - side * half) for side in (1, -1))
        assert ends[event.id] == pytest.approx((low, high), abs=0.003)


def test_an_event_of_both_groups_has_a_dot_in_each_on_one_axis():
    one, other = figures_of(made_chart((60, 70), (60, 80)))
    ids = [{c[0] for c in figure["data"][0]["customdata"]} for figure in (one, other)]
    assert ids == [{"row-60", "row-70"}, {"row-60", "row-80"}]
    assert one["layout"]["xaxis"]["range"] == other["layout"]["xaxis"]["range"]


def test_the_ten_largest_have_their_names_and_all_where_wanted():
    rows = tuple(range(30, 90, 2))
    chart = made_chart(rows)
    (group,) = chart.groups
    (figure,) = figures_of(chart)
    axis, (dots,) = figure["layout"]["yaxis"], figure["data"]
    named = {dots["customdata"][dots["y"].index(place)][0] for place in axis["tickvals"]}
    sizes = {e.id: abs(move) for e, move in zip(group.events, group.study.car, strict=True)}
    assert len(named) == 10
    others = [size for name, size in sizes.items() if name not in named]
    assert min(sizes[name] for name in named) >= max(others)
    # Names are 18 pixels apart, and every dot is drawn.
    places = axis["tickvals"]
    assert all(b - a >= 18 for a, b in pairwise(places))
    assert len(dots["x"]) == 30
    (whole,) = figures_of(made_chart(rows, names_all=True))
    assert len(whole["layout"]["yaxis"]["ticktext"]) == 30


def test_one_group_is_coloured_by_direction_and_two_by_group():
    (alone,) = figures_of(made_chart(MANY))[0]["data"]
    assert len(set(alone["marker"]["color"])) == 2
    one, other = (figure["data"][0] for figure in figures_of(made_chart(MANY, FEW)))
    assert set(one["marker"]["color"]).isdisjoint(other["marker"]["color"])
    assert one["marker"]["symbol"] != other["marker"]["symbol"]


def test_the_click_gives_the_event():
    assert (
        get_picked_event({"selection": {"points": [{"customdata": ["an-id", "hover"]}]}}) == "an-id"
    )
    assert get_picked_event({"selection": {"points": []}}) == ""
    assert get_picked_event(None) == ""


@pytest.mark.parametrize("up", list(QuoteMode))
def test_plotly_takes_it(up):
    for figure in (
        *figures_of(made_chart(MANY, FEW, up=up)),
        *figures_of(made_chart((), phone=True)),
    ):
        go.Figure(**figure)
