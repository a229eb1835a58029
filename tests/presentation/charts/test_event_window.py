"""The event-window figure: offsets along x, turned by the quote, the band named for what it is."""

import json
from datetime import date

import plotly.graph_objects as go
import pytest

from dashboard.models.moves import PathPoint
from dashboard.presentation.charts.event_window import (
    EventWindowChart,
    build_window_figure,
    summarize_window,
)
from dashboard.presentation.palette import DARK_PALETTE, LIGHT_PALETTE, STRONGER_COLOUR
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from tests.presentation.made_view import CARD, MONDAY, event, made_view, path

NAN = float("nan")


def figure(mode=QuoteMode.WEAKER, view=None, **more):
    chart = EventWindowChart(
        view or made_view(), QuotedSeries(CARD, mode), "Title", "Subtitle", **more
    )
    return build_window_figure(chart, LIGHT_PALETTE)


def line_of(built):
    return next(t for t in built["data"] if t["mode"] == "lines+markers")


def lanes_of(built):
    return next(t for t in built["data"] if t.get("yaxis") == "y2")


def notes_of(built):
    return [note["text"] for note in built["layout"]["annotations"]]


@pytest.mark.parametrize("mode", list(QuoteMode))
@pytest.mark.parametrize("more", [{}, {"phone": True}, {"dark": True}])
def test_plotly_takes_every_form_of_it(mode, more):
    go.Figure(**figure(mode, **more))


def test_offsets_run_along_x_and_moves_are_those_of_the_number_shown():
    line = line_of(figure())
    assert line["x"] == [-2, -1, 0, 1, 2, 3]
    # The rouble's +1.0 log points are exp(-0.01) - 1 of RUB per USD, in per cent.
    assert line["y"] == pytest.approx([0.5013, 0.0, -0.9950, 0.5013, 1.5113, -4.8771])
    assert line_of(figure(QuoteMode.USD))["y"] == pytest.approx(
        [-0.4988, 0.0, 1.0050, -0.4988, -1.4888, 5.1271]
    )


def test_an_inverted_axis_turns_the_range_and_says_so():
    usual, inverted = figure()["layout"]["yaxis"]["range"], figure(QuoteMode.INVERTED)
    assert inverted["layout"]["yaxis"]["range"] == usual[::-1]
    assert line_of(inverted)["y"] == line_of(figure())["y"]
    assert any("axis inverted: up = stronger rouble" in text for text in notes_of(inverted))


def test_the_band_is_named_for_what_it_is():
    built = figure()
    band = next(t for t in built["data"] if t.get("fill") == "toself")
    assert len(band["x"]) == 12
    (name,) = [n for n in built["layout"]["annotations"] if n["text"] == "ordinary range"]
    low, high = (f(y for x, y in zip(band["x"], band["y"], strict=True) if x == name["x"])
                 for f in (min, max))  # fmt: skip
    assert low < name["y"] < high


def test_too_few_returns_draw_no_band():
    built = figure(view=made_view(n_estimation=39))
    assert not any(t.get("fill") for t in built["data"])
    assert "ordinary range" not in notes_of(built)


def test_the_move_of_the_headline_is_marked_in_the_roubles_colour():
    for mode in QuoteMode:
        built = figure(mode)
        label = next(n for n in built["layout"]["annotations"] if "stronger</b>" in n["text"])
        assert label["font"]["color"] == STRONGER_COLOUR
        assert label["x"] == 0
    assert "<b>▼ −1.00\u202f% stronger</b>" in notes_of(figure())
    assert "<b>▲ +1.01\u202f% stronger</b>" in notes_of(figure(QuoteMode.USD))


def test_other_events_stand_in_lanes_and_several_in_one_place_are_counted():
    crowd = (
        (0, event(id="a", category="peace_talks")),
        (2, event(id="b", category="peace_talks")),
        (2, event(id="c", category="peace_talks")),
    )
    rows = lanes_of(figure(view=made_view(crowd=crowd)))
    placed = dict(zip(zip(rows["x"], rows["y"], strict=True), rows["text"], strict=True))
    # Peace talks lie above NATO remarks; the event itself is alone in its lane.
    assert placed == {(0, 1): "", (2, 1): "2", (0, 0): ""}
    ringed = [width > 0 for width in rows["marker"]["line"]["width"]]
    assert [xy for xy, ring in zip(placed, ringed, strict=True) if ring] == [(0, 0)]


def test_an_event_that_began_before_the_window_stands_at_its_edge():
    view = made_view(crowd=((-30, event(id="long", category="energy")),))
    assert -2 in lanes_of(figure(view=view))["x"]


def test_a_missing_rate_is_a_gap():
    points = list(path())
    points[4] = PathPoint(2, MONDAY, NAN, NAN, -3.0, 3.0)
    line = line_of(figure(view=made_view(path=tuple(points))))
    assert line["y"][4] is None
    assert line["connectgaps"] is False


def test_a_window_that_the_data_cut_keeps_its_offsets_on_the_axis():
    built = figure(view=made_view(path=path()[:3]))
    assert built["layout"]["xaxis"]["range"] == [-2.6, 3.6]
    assert built["layout"]["xaxis"]["ticktext"][-1] == ("<br><span style='font-size:10px'>3</span>")


def test_a_range_is_shaded_from_the_event_to_its_last_day():
    view = made_view(event=event(end_day=date(2025, 4, 22)))
    rect = next(s for s in figure(view=view)["layout"]["shapes"] if s["type"] == "rect")
    assert (rect["x0"], rect["x1"]) == (-0.5, 1.5)


def test_titles_of_users_cannot_write_markup_into_the_tooltips():
    hostile = event(id="bad", title="<a href='//x'>%{x}</a> $\\alpha$ #000001")
    text = json.dumps(figure(view=made_view(event=hostile, crowd=((0, hostile),))))
    assert "<a " not in text
    assert "%{x}" not in text
    assert "#000001" not in text


def test_tooltips_have_at_most_six_lines():
    crowd = tuple((0, event(id=f"e{k}", title="word " * 60)) for k in range(8))
    built = figure(view=made_view(crowd=crowd))
    for trace in built["data"]:
        assert all(text.count("<br>") <= 5 for text in trace.get("customdata", []))


def test_the_figure_is_small_and_has_few_shapes():
    built = figure()
    assert len(json.dumps(built)) < 20_000
    assert len(built["layout"]["shapes"]) <= 2
    assert build_window_figure(
        EventWindowChart(made_view(), QuotedSeries(CARD, QuoteMode.USD), "", ""), DARK_PALETTE
    )


def test_the_summary_says_where_the_path_ends_and_what_lies_outside():
    text = summarize_window(
        EventWindowChart(made_view(), QuotedSeries(CARD, QuoteMode.WEAKER), "", "")
    )
    assert "from −2 to 3" in text
    assert "at the end ▼ −4.88\u202f% stronger" in text
    # Only offset 3, at 5 with a range of 4, is outside.
    assert "1 of 6 points lie outside" in text
