"""Figures on paper: everything the charts can make is drawn, in place; the rest is refused."""

import io
from datetime import date

import numpy as np
import pytest
from matplotlib.image import imread

from dashboard.export.paper.figure import Caption, draw
from dashboard.export.paper.known import CannotDraw
from dashboard.models.event import Event
from dashboard.models.moves import PathPoint
from dashboard.presentation.charts.comparison_moves import build_funnel_figure
from dashboard.presentation.charts.event_window import EventWindowChart, build_window_figure
from dashboard.presentation.charts.explore import build_explore_figure
from dashboard.presentation.charts.timeline import ExploreChart
from dashboard.presentation.palette import DARK_PALETTE, LIGHT_PALETTE
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates
from tests.made_report import HOSTILE
from tests.ui.made_view import CARD, MONDAY, event, made_view, path

PLAIN = Caption("A title", "A subtitle", ["Source: a bank"])
SVG = b"<?xml"


def window(mode=QuoteMode.WEAKER, **more):
    views = {
        key: more.pop(key) for key in ("path", "crowd", "event", "n_estimation") if key in more
    }
    ink = DARK_PALETTE if more.get("dark") else LIGHT_PALETTE
    chart = EventWindowChart(made_view(**views), QuotedSeries(CARD, mode), "T", "S", **more)
    return build_window_figure(chart, ink)


def explore(mode=QuoteMode.WEAKER, since=date(2024, 1, 1), until=date(2026, 9, 1), **more):
    series = BundledRates().get("usd_rub_cbr")
    events = tuple(e for e in Catalogue().events() if since <= e.day <= until)
    if more.pop("crowded", False):
        events = tuple(Event(f"e{k}", date(2024, 3, 1 + k % 28), "Said") for k in range(2_100))
    view = ExploreChart(series, QuotedSeries(series.card, mode), events, since, until, **more)
    return build_explore_figure(view, LIGHT_PALETTE)


def gap():
    points = list(path())
    points[4] = PathPoint(2, MONDAY, float("nan"), float("nan"), -3.0, 3.0)
    return tuple(points)


CROWD = ((0, event(id="a", category="peace_talks")), (2, event(id="b", category="energy")))
FIGURES = {
    **{f"window, {mode}": lambda mode=mode: window(mode) for mode in QuoteMode},
    "window, phone": lambda: window(phone=True),
    "window, dark": lambda: window(dark=True),
    "window, crowd": lambda: window(crowd=CROWD),
    "window, gap": lambda: window(path=gap()),
    "window, no band": lambda: window(n_estimation=10),
    "window, range": lambda: window(event=event(end_day=date(2025, 4, 23))),
    **{f"explore, {mode}": lambda mode=mode: explore(mode) for mode in QuoteMode},
    "explore, log": lambda: explore(log_scale=True),
    "explore, all years": lambda: explore(since=date(2013, 1, 9)),
    "explore, weekly counts": lambda: explore(crowded=True),
    "explore, a day chosen": lambda: explore(selected=date(2025, 4, 21)),
    "explore, phone": lambda: explore(phone=True),
    "explore, brush": lambda: explore(brush=True),
    "funnel": lambda: build_funnel_figure([("listed", 365), ("used", 355)], LIGHT_PALETTE),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_of_the_charts_can_be_put_on_paper(name):
    assert draw(FIGURES[name](), PLAIN, "svg").startswith(SVG)


def figure(*traces, **layout):
    """A figure of 100 x 100 pixels of plotting area, whose edges lie at whole numbers."""
    return {
        "data": list(traces),
        "layout": {
            "height": 100,
            "margin": {"l": 50, "r": 850, "t": 0, "b": 0},
            "xaxis": {"range": [0, 10], "showgrid": False, "visible": False},
            "yaxis": {"range": [0, 10], "showgrid": False, "visible": False},
            **layout,
        },
    }


POINT = {"type": "scatter", "mode": "markers", "x": [0], "y": [0], "marker": {"opacity": 0}}


def picture(built):
    """The plotting area as 200 x 200 dots (two to the pixel), red, green and blue, top row first.

    Below it stand 24 pixels of margin and one line of 11 x 1.35; above it the head.
    """
    dots = imread(io.BytesIO(draw(built, Caption("A title", "", ["x"]), "png")))[..., :3]
    foot = round(2 * (24 + 11 * 1.35))
    return dots[-foot - 200 : -foot, 100:300]


def colour_at(dots, x, y):
    """The colour at a place of the axes 0..10 (y upwards)."""
    return tuple(np.round(dots[199 - round(20 * y), round(20 * x)], 1))


RED, BLUE, WHITE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (1.0, 1.0, 1.0)


def test_bars_stand_where_their_numbers_are():
    bar = {"type": "bar", "x": [2, 7], "y": [4, 8], "width": 2, "marker": {"color": "#FF0000"}}
    dots = picture(figure(bar))
    assert colour_at(dots, 2, 2) == colour_at(dots, 7, 7) == RED
    assert colour_at(dots, 2, 6) == colour_at(dots, 4.5, 1) == WHITE


def test_lying_bars_run_to_the_right():
    bar = {
        "type": "bar", "orientation": "h", "x": [4], "y": [5], "width": 2,
        "marker": {"color": "#FF0000"},
    }  # fmt: skip
    dots = picture(figure(bar))
    assert colour_at(dots, 2, 5) == RED
    assert colour_at(dots, 6, 5) == colour_at(dots, 2, 8) == WHITE


def test_stacked_bars_stand_on_one_another():
    one = {"type": "bar", "x": [5], "y": [3], "width": 2, "marker": {"color": "#FF0000"}}
    other = {**one, "y": [4], "marker": {"color": "#0000FF"}}
    dots = picture(figure(one, other, barmode="stack"))
    assert (colour_at(dots, 5, 1), colour_at(dots, 5, 5)) == (RED, BLUE)
    assert colour_at(dots, 5, 8) == WHITE


def test_a_band_is_filled_between_two_lines():
    low = {"type": "scatter", "mode": "lines", "x": [0, 10], "y": [2, 2], "line": {"width": 0}}
    high = {**low, "y": [6, 6], "fill": "tonexty", "fillcolor": "#FF0000"}
    dots = picture(figure(low, high))
    assert colour_at(dots, 5, 4) == RED
    assert colour_at(dots, 5, 1) == colour_at(dots, 5, 8) == WHITE


def test_an_area_is_filled_to_zero_and_to_itself():
    line = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "fillcolor": "#FF0000"}
    dots = picture(figure({**line, "x": [0, 10], "y": [5, 5], "fill": "tozeroy"}))
    assert (colour_at(dots, 5, 3), colour_at(dots, 5, 7)) == (RED, WHITE)
    dots = picture(figure({**line, "x": [2, 8, 8, 2], "y": [2, 2, 8, 8], "fill": "toself"}))
    assert (colour_at(dots, 5, 5), colour_at(dots, 1, 5)) == (RED, WHITE)


def test_a_shape_lies_between_its_corners_in_data_and_on_paper():
    box = {"type": "rect", "x0": 2, "x1": 4, "yref": "paper", "y0": 0.5, "y1": 1,
           "fillcolor": "#FF0000", "line": {"width": 0}, "layer": "below"}  # fmt: skip
    dots = picture(figure(POINT, shapes=[box]))
    assert colour_at(dots, 3, 8) == RED
    assert colour_at(dots, 3, 2) == colour_at(dots, 6, 8) == WHITE


def test_a_downward_axis_turns_the_picture():
    bar = {"type": "bar", "x": [5], "y": [4], "width": 4, "marker": {"color": "#FF0000"}}
    down = figure(bar)
    down["layout"]["yaxis"] = {"range": [10, 0], "visible": False, "showgrid": False}
    dots = picture(down)
    assert (colour_at(dots, 5, 8), colour_at(dots, 5, 4)) == (RED, WHITE)


def test_a_logarithmic_axis_counts_in_powers():
    # 1 to 10,000 along the axis: 100 lies in the middle, which a bar from 0 could not show.
    box = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 2,
           "fillcolor": "#0000FF", "line": {"width": 0}, "layer": "below"}  # fmt: skip
    mark = {"type": "scatter", "mode": "markers", "x": [5], "y": [100],
            "marker": {"color": "#FF0000", "size": 10}}  # fmt: skip
    powers = figure(mark, shapes=[box])
    powers["layout"]["yaxis"] = {"type": "log", "range": [0, 4], "visible": False}
    dots = picture(powers)
    assert colour_at(dots, 5, 5) == RED
    assert (colour_at(dots, 8, 4.8), colour_at(dots, 8, 5.2)) == (BLUE, WHITE)


def test_days_lie_in_the_order_of_the_calendar():
    bar = {"type": "bar", "x": ["2025-01-06"], "y": [5], "width": 2 * 86_400_000,
           "marker": {"color": "#FF0000"}}  # fmt: skip
    days = figure(bar)
    days["layout"]["xaxis"] = {"type": "date", "range": ["2025-01-01", "2025-01-11"],
                               "visible": False}  # fmt: skip
    dots = picture(days)
    # The 6th is five days after the 1st: the middle of ten.
    assert (colour_at(dots, 5, 2), colour_at(dots, 7, 2), colour_at(dots, 3, 2)) == (
        RED, WHITE, WHITE,
    )  # fmt: skip


def test_cells_of_a_heat_map_have_the_colour_of_their_number_and_missing_ones_none():
    heat = {"type": "heatmap", "x": ["a", "b"], "y": ["c", "d"], "z": [[0, 1], [None, 0.0]],
            "colorscale": [[0, "#FF0000"], [1, "#0000FF"]], "showscale": False}  # fmt: skip
    cells = figure(heat)
    cells["layout"] |= {"xaxis": {"visible": False}, "yaxis": {"visible": False}}
    dots = picture(cells)
    assert [colour_at(dots, x, y) for x, y in ((2, 2), (7, 2), (7, 7))] == [RED, BLUE, RED]
    assert colour_at(dots, 2, 7) == WHITE


def test_two_panes_keep_apart():
    low = {"type": "bar", "x": [5], "y": [10], "width": 8, "marker": {"color": "#FF0000"}}
    high = {**low, "yaxis": "y2", "marker": {"color": "#0000FF"}}
    panes = figure(low, high)
    panes["layout"]["yaxis"] |= {"domain": [0, 0.4]}
    panes["layout"]["yaxis2"] = {"range": [0, 10], "domain": [0.6, 1], "visible": False}
    dots = picture(panes)
    assert [colour_at(dots, 5, y) for y in (2, 5, 8)] == [RED, WHITE, BLUE]


def test_error_bars_legends_and_arrows_are_drawn():
    line = {"type": "scatter", "mode": "lines", "name": "mean", "x": [1, 9], "y": [5, 5],
            "line": {"color": "#0000FF"},
            "error_y": {"type": "data", "array": [1, 2], "arrayminus": [1, 1]}}  # fmt: skip
    plain = draw(figure({**line, "error_y": {"type": "data", "array": [0, 0]}}), PLAIN, "png")
    note = {"text": "here", "x": 5, "y": 5, "ax": 20, "ay": -20}
    pictures = {
        plain,
        draw(figure(line), PLAIN, "png"),
        draw(figure(line, showlegend=True), PLAIN, "png"),
        draw(figure(line, annotations=[note]), PLAIN, "png"),
    }
    assert len(pictures) == 4


@pytest.mark.parametrize(
    ("trace", "layout", "named"),
    [
        ({"type": "pie", "values": [1]}, {}, "'pie'"),
        ({"stackgroup": "one"}, {}, "scatter.stackgroup"),
        ({"mode": "lines+arrows"}, {}, "'lines+arrows'"),
        ({"fill": "tonextx"}, {}, "'tonextx'"),
        ({"line": {"dash": "5px"}, "mode": "lines"}, {}, "'5px'"),
        ({"line": {"shape": "spline"}, "mode": "lines"}, {}, "'spline'"),
        ({"line": {"backoff": 1}, "mode": "lines"}, {}, "line.backoff"),
        ({"marker": {"symbol": "hash"}}, {}, "'hash'"),
        ({"marker": {"color": "hotpink"}}, {}, "'hotpink'"),
        ({"marker": {"colorbar": {}}}, {}, "marker.colorbar"),
        ({"marker": {"size": [1, 2]}}, {}, "a list of 2 values"),
        ({}, {"shapes": [{"type": "circle", "x0": 0, "x1": 1, "y0": 0, "y1": 1}]}, "'circle'"),
        ({}, {"shapes": [{"type": "path", "path": "M0", "x0": 0}]}, "shape.path"),
        ({}, {"annotations": [{"text": "<h1>x</h1>", "x": 1, "y": 1}]}, "'<h1>'"),
        ({}, {"annotations": [{"text": "x", "x": 1, "y": 1, "xref": "x9"}]}, "'x9'"),
        ({}, {"polar": {}}, "layout.polar"),
        ({}, {"xaxis": {"rangebreaks": []}}, "axis.rangebreaks"),
        ({}, {"xaxis": {"type": "multicategory"}}, "'multicategory'"),
    ],
)
def test_what_is_not_known_is_refused_by_name(trace, layout, named):
    built = figure({"type": "scatter", "mode": "markers", "x": [1], "y": [1], **trace}, **layout)
    with pytest.raises(CannotDraw) as refused:
        draw(built, PLAIN, "svg")
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("form", ["svg", "png"])
def test_the_same_figure_gives_the_same_bytes(form):
    assert draw(window(), PLAIN, form) == draw(window(), PLAIN, form)


def test_every_line_below_the_chart_makes_room_for_itself():
    def height(*foot):
        return imread(io.BytesIO(draw(figure(POINT), Caption("T", "", foot), "png"))).shape[0]

    # A line is 11 pixels x 1.35, drawn with two dots to the pixel.
    assert height("a", "b") - height("a") == pytest.approx(2 * 11 * 1.35, abs=1)


def test_any_text_can_be_a_title():
    caption = Caption(HOSTILE[0], HOSTILE[1], HOSTILE)
    assert draw(figure(POINT), caption, "png").startswith(b"\x89PNG")
