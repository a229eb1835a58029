"""The dot plot: sorted moves with intervals, each carrying its event."""

import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.comparison_moves import (
    build_moves_figure,
    get_picked_event,
    sort_dots,
)
from dashboard.presentation.quoting import QuoteMode
from tests.presentation.charts.made_comparison import FEW, MANY, made_chart


def test_the_largest_number_shown_comes_first():
    chart = made_chart(MANY)
    shown = [chart.scale.shown(move) for _, _, move, _ in sort_dots(chart)]
    assert shown == sorted(shown, reverse=True)
    (dots,) = build_moves_figure(chart)["data"]
    assert dots["x"] == pytest.approx(shown, abs=0.001)
    assert dots["y"] == list(range(6))


def test_a_dot_carries_the_id_and_its_interval():
    chart = made_chart(MANY)
    (dots,) = build_moves_figure(chart)["data"]
    by_id = dict(zip([c[0] for c in dots["customdata"]], dots["error_x"]["array"], strict=True))
    result = chart.groups[0].study
    for event, half in zip(result.result.events, result.half_width.tolist(), strict=True):
        assert by_id[event.id] == pytest.approx(100 * half, abs=0.001)


def test_an_event_of_both_groups_has_a_dot_in_each():
    figure = build_moves_figure(made_chart((60, 70), (60, 80)))
    rows = sorted(row for trace in figure["data"] for row in trace["y"])
    assert rows == [0, 1, 2, 3]


def test_one_group_is_coloured_by_direction_and_two_by_group():
    (alone,) = build_moves_figure(made_chart(MANY))["data"]
    assert len(set(alone["marker"]["color"])) == 2
    one, other = build_moves_figure(made_chart(MANY, FEW))["data"]
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
    go.Figure(**build_moves_figure(made_chart(MANY, FEW, up=up)))
    go.Figure(**build_moves_figure(made_chart((), phone=True)))
