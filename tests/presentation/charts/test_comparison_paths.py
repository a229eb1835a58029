"""The paths figure: one trace of all paths a group, both bands, mean and median."""

import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.comparison_paths import (
    build_paths_figure,
    count_cut_paths,
    summarize_paths,
)
from dashboard.presentation.quoting import QuoteMode
from tests.presentation.charts.made_comparison import FEW, MANY, RETURNS, made_chart


def named(figure):
    return {trace["name"]: trace for trace in figure["data"]}


def test_all_paths_of_a_group_are_one_trace_with_gaps():
    trace = named(build_paths_figure(made_chart(MANY)))["each event"]
    assert trace["x"] == [-1, 0, 1, None] * 6
    assert trace["y"][3::4] == [None] * 6
    # The made series counts as quoted, so its move is +; CARD turns it: RUB per USD goes down.
    path = [100 * sum(RETURNS[38 : 39 + k]) for k in range(3)]
    assert trace["y"][:3] == pytest.approx([-p for p in path], abs=0.006)


def test_mean_median_and_both_bands_are_drawn_from_five_events_on():
    assert list(named(build_paths_figure(made_chart(MANY)))) == [
        "each event", "95 % of the whole path", "95 % at an offset", "median", "mean",
    ]  # fmt: skip
    assert list(named(build_paths_figure(made_chart(FEW)))) == ["each event"]
    assert named(build_paths_figure(made_chart(FEW)))["each event"]["mode"] == "lines+markers"


def test_the_band_of_the_whole_path_holds_that_of_an_offset():
    traces = named(build_paths_figure(made_chart(MANY)))
    whole, item = traces["95 % of the whole path"]["y"], traces["95 % at an offset"]["y"]
    assert max(whole) >= max(item)
    assert min(whole) <= min(item)


def test_two_groups_differ_in_hue_dash_and_symbol():
    traces = named(build_paths_figure(made_chart(MANY, MANY[:5])))
    one, other = traces["group 0: mean"], traces["group 1: mean"]
    for what in ("color", "dash"):
        assert one["line"][what] != other["line"][what]
    assert one["marker"]["symbol"] != other["marker"]["symbol"]


def test_the_quote_turns_the_numbers_and_the_inverted_axis_runs_down():
    usual, dollars, turned = (
        build_paths_figure(made_chart(MANY, up=up))
        for up in (QuoteMode.WEAKER, QuoteMode.USD, QuoteMode.INVERTED)
    )
    assert named(dollars)["mean"]["y"] == [-y + 0.0 for y in named(usual)["mean"]["y"]]
    assert named(turned)["mean"]["y"] == named(usual)["mean"]["y"]
    low, high = usual["layout"]["yaxis"]["range"]
    assert low < high
    assert turned["layout"]["yaxis"]["range"] == [high, low]
    assert "axis inverted" in turned["layout"]["annotations"][0]["text"]


def test_a_path_that_leaves_the_figure_is_counted():
    wild = RETURNS.copy()
    wild[59] = 0.9
    rows = tuple(range(30, 130, 4))
    assert count_cut_paths(made_chart(rows, returns=wild)) >= 1
    assert count_cut_paths(made_chart(FEW)) == 0


def test_hostile_titles_are_text():
    figure = build_paths_figure(made_chart(MANY, title="<a href='x'>%{y}</a>"))
    assert "<a" not in str(figure)


@pytest.mark.parametrize("rows", [(MANY,), (MANY, FEW), (FEW, ())])
@pytest.mark.parametrize("phone", [True, False])
def test_plotly_takes_it_and_words_stand_beside_it(rows, phone):
    chart = made_chart(*rows, phone=phone, dark=phone)
    go.Figure(**build_paths_figure(chart))
    assert "paths of cumulative moves" in summarize_paths(chart)
