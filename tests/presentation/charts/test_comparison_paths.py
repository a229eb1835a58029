"""The paths figure: means labelled at their ends with both bands, single paths where wanted."""

import math

import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.comparison_paths import (
    build_paths_figure,
    spread_evenly,
    summarize_paths,
)
from dashboard.presentation.quoting import QuoteMode
from tests.presentation.charts.made_comparison import FEW, MANY, RETURNS, made_chart


def named(figure):
    return {trace["name"]: trace for trace in figure["data"]}


def test_all_paths_of_a_group_are_one_trace_with_gaps():
    trace = named(build_paths_figure(made_chart(MANY, each=True)))["group 0: each event"]
    assert trace["x"] == [-1, 0, 1, None] * 6
    assert trace["y"][3::4] == [None] * 6
    # The made series counts as quoted, so its move is +; CARD turns it: RUB per USD goes down.
    path = [sum(RETURNS[38 : 39 + k]) for k in range(3)]
    assert trace["y"][:3] == pytest.approx([100 * math.expm1(-p) for p in path], abs=0.006)


def test_mean_and_both_bands_are_drawn_from_five_events_on():
    assert list(named(build_paths_figure(made_chart(MANY)))) == [
        "95 % of the whole path", "95 % at each offset", "group 0",
    ]  # fmt: skip
    few = named(build_paths_figure(made_chart(FEW)))
    assert list(few) == ["group 0: each event"]
    assert few["group 0: each event"]["mode"] == "lines+markers"


def test_the_band_of_the_whole_path_holds_that_of_an_offset():
    traces = named(build_paths_figure(made_chart(MANY)))
    whole, item = (traces[f"95 % {band}"]["y"] for band in ("of the whole path", "at each offset"))
    assert max(whole) >= max(item)
    assert min(whole) <= min(item)


def labels_of(figure):
    """The notes that stand at the right ends of lines."""
    return [note for note in figure["layout"]["annotations"] if note.get("xshift") == 8]


def test_each_mean_has_its_name_and_its_last_number_at_its_right_end():
    figure = build_paths_figure(made_chart(MANY, MANY[:5]))
    assert not figure["layout"]["showlegend"]
    texts = sorted(label["text"] for label in labels_of(figure))
    assert [text.partition("<br>")[0] for text in texts] == ["<b>group 0</b>", "<b>group 1</b>"]
    for k, text in enumerate(texts):
        last = named(figure)[f"group {k}"]["y"][-1]
        assert text.endswith(f"{abs(last):.1f}\u202f%")
    assert all(label["x"] == 1 for label in labels_of(figure))


def test_labels_that_would_overlap_move_apart_around_their_middle():
    assert spread_evenly([0.0, 10.0], [2.0, 2.0]) == [0.0, 10.0]
    assert spread_evenly([0.0, 1.0], [2.0, 2.0]) == [-0.5, 1.5]
    # Three in a heap of mean 1, each 2 high.
    assert spread_evenly([0.0, 1.0, 2.0], [2.0, 2.0, 2.0]) == [-1.0, 1.0, 3.0]


def test_two_groups_differ_in_hue_dash_and_symbol():
    traces = named(build_paths_figure(made_chart(MANY, MANY[:5])))
    one, other = traces["group 0"], traces["group 1"]
    for what in ("color", "dash"):
        assert one["line"][what] != other["line"][what]
    assert one["marker"]["symbol"] != other["marker"]["symbol"]


def test_the_quote_turns_the_numbers_and_the_inverted_axis_runs_down():
    usual, dollars, turned = (
        build_paths_figure(made_chart(MANY, up=up))
        for up in (QuoteMode.WEAKER, QuoteMode.USD, QuoteMode.INVERTED)
    )
    # 1 % more roubles per dollar is 1 - 1/1.01 fewer dollars per rouble.
    inverse = [100 * (1 / (1 + y / 100) - 1) for y in named(usual)["group 0"]["y"]]
    assert named(dollars)["group 0"]["y"] == pytest.approx(inverse, abs=0.002)
    assert named(turned)["group 0"]["y"] == named(usual)["group 0"]["y"]
    low, high = usual["layout"]["yaxis"]["range"]
    assert low < high
    assert turned["layout"]["yaxis"]["range"] == [high, low]
    assert "axis inverted" in turned["layout"]["annotations"][0]["text"]


def test_the_axis_holds_everything_that_is_drawn():
    wild = RETURNS.copy()
    wild[59] = 0.9
    rows = tuple(range(30, 130, 4))
    for each in (False, True):
        figure = build_paths_figure(made_chart(rows, returns=wild, each=each))
        low, high = sorted(figure["layout"]["yaxis"]["range"])
        drawn = [y for trace in figure["data"] for y in trace["y"] if y is not None]
        assert low <= min(drawn)
        assert max(drawn) <= high


def test_hostile_titles_are_text():
    figure = build_paths_figure(made_chart(MANY, title="<a href='x'>%{y}</a>", each=True))
    assert "<a" not in str(figure)


@pytest.mark.parametrize("rows", [(MANY,), (MANY, FEW), (FEW, ())])
@pytest.mark.parametrize("phone", [True, False])
def test_plotly_takes_it_and_words_stand_beside_it(rows, phone):
    chart = made_chart(*rows, phone=phone, dark=phone)
    go.Figure(**build_paths_figure(chart))
    for name in ("group 0: the", "group 1: ")[: len(rows)]:
        assert name in summarize_paths(chart)
