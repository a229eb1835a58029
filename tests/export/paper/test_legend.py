"""The names of traces on paper: a sample that looks like the trace, below where there is room."""

from io import BytesIO

import matplotlib.image
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from dashboard.export.paper.figure import Caption, draw
from dashboard.export.paper.legend import sample

TEAL = "#00857A"
BELOW = {"showlegend": True, "legend": {"y": -0.2}}


def test_a_line_keeps_colour_and_dashes_and_has_a_mark_only_where_the_trace_has():
    dashed = {"mode": "lines", "line": {"color": TEAL, "dash": "dash"}}
    plain, marked = sample(dashed), sample({**dashed, "mode": "lines+markers"})
    assert isinstance(plain, Line2D)
    assert to_hex(plain.get_color()) == TEAL.lower()
    assert plain.is_dashed()
    assert (plain.get_marker(), marked.get_marker()) == ("None", "o")


def test_marks_without_a_line_keep_their_shape_and_the_first_of_their_colours():
    marks = sample({"mode": "markers", "marker": {"symbol": "diamond", "color": [TEAL, "#AE09AE"]}})
    assert (marks.get_marker(), marks.get_linestyle()) == ("D", "None")
    assert to_hex(marks.get_markerfacecolor()) == TEAL.lower()


def test_a_band_without_an_edge_and_a_bar_are_patches_of_their_colour():
    band = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": TEAL}
    for trace in (band, {"type": "bar", "marker": {"color": TEAL}}):
        patch = sample(trace)
        assert isinstance(patch, Patch)
        assert to_hex(patch.get_facecolor()) == TEAL.lower()


def pixels(**layout):
    line = {"type": "scatter", "x": [0, 1], "y": [1.0, 1.0], "mode": "lines", "name": "A name",
            "showlegend": True, "line": {"color": "#FFFFFF"}}  # fmt: skip
    more = {"height": 300, "margin": {"l": 60, "r": 20, "t": 10, "b": 90}, **layout}
    shut = {"visible": False}
    figure = {"data": [line], "layout": {**more, "xaxis": shut, "yaxis": shut}}
    return matplotlib.image.imread(BytesIO(draw(figure, Caption("", "", []), "png")))[..., :3]


def test_names_stand_below_the_panes_where_the_figure_wants_them_there():
    there, nowhere = pixels(**BELOW), pixels()
    rows = (there != nowhere).any(axis=(1, 2)).nonzero()[0]
    # The margin below is 90 of its pixels, two dots each; everything differs inside it.
    assert len(rows)
    assert rows.min() > there.shape[0] - 2 * (90 + 24)


def test_long_names_along_the_axis_move_the_pane_and_are_not_cut():
    names = ["W" * 40, "short"]
    figure = {
        "data": [{"type": "scatter", "x": [0, 1], "y": [0, 1], "mode": "markers"}],
        "layout": {
            "height": 200,
            "margin": {"l": 40, "r": 20, "t": 10, "b": 40},
            "yaxis": {"range": [-1, 2], "tickvals": [0, 1], "ticktext": names},
        },
    }
    picture = matplotlib.image.imread(BytesIO(draw(figure, Caption("", "", []), "png")))[..., :3]
    assert (picture[:, :4] == 1).all()
