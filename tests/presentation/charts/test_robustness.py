"""The specification curve as a figure: order, choices, the plain study, size."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise

import plotly.graph_objects as go
import pytest

from dashboard.models.analyses import Specification, SpecificationRow
from dashboard.presentation.charts.robustness import (
    ChoiceRow,
    SpecificationCurve,
    build_curve_figure,
    select_drawn_positions,
    summarize_curve,
)
from dashboard.presentation.palette import (
    DARK_PALETTE,
    LIGHT_PALETTE,
    STRONGER_COLOUR,
    WEAKER_COLOUR,
)
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from tests.presentation.test_quoting import USD_RUB

CHOSEN = Specification("usd_rub_cbr", "mean", (0, 1), 120, 10, "keep", "all")


def row(caar, p=0.5, low=math.nan, high=math.nan):
    return SpecificationRow(CHOSEN, 17, caar, low, high, p, 0.6)


def curve(rows, plain=None, choices=(), **more):
    descriptions = tuple(f"choices {k}" for k in range(len(rows)))
    fields = {"headline": "Headline", "definition": "of what", "scale": PER_USD,
              "dark": False, "phone": False} | more  # fmt: skip
    return SpecificationCurve(tuple(rows), descriptions, choices, plain, -0.004, **fields)


PER_USD = MoveScale(QuotedSeries(USD_RUB, QuoteMode.WEAKER))
# A rouble that gets 1 log point stronger is RUB per USD 1 log point down, and so on.
ROWS = [row(0.01, 0.01, 0.0, 0.02), row(-0.004), row(-0.02, 0.2, -0.03, -0.01)]
CHOICES = (ChoiceRow("[0,0]", "window", (0, 2)), ChoiceRow("[0,1]", "", (1,)))


def trace(figure, kind):
    """intervals, marks, points or plain."""
    return figure["data"][("intervals", "marks", "points", "plain").index(kind)]


def test_points_stand_in_order_with_the_colour_of_their_direction():
    points = trace(build_curve_figure(curve(ROWS), LIGHT_PALETTE), "points")
    assert points["x"] == [1, 2, 3]
    # exp(-0.01), exp(0.004) and exp(0.02)
    assert points["y"] == [-0.995, 0.401, 2.02]
    assert points["marker"]["color"] == [STRONGER_COLOUR, WEAKER_COLOUR, WEAKER_COLOUR]


def test_a_small_p_is_a_filled_mark_so_that_colour_is_not_alone():
    points = trace(build_curve_figure(curve(ROWS), LIGHT_PALETTE), "points")
    assert points["marker"]["symbol"] == ["circle", "circle-open", "circle-open"]


def test_an_interval_that_is_not_known_is_not_drawn():
    line = trace(build_curve_figure(curve(ROWS), LIGHT_PALETTE), "intervals")
    assert line["x"] == [1, 1, None, 3, 3, None]
    assert line["y"] == [0.0, -1.98, None, 3.05, 1.01, None]


def test_every_choice_is_a_row_with_a_mark_under_each_of_its_points():
    figure = build_curve_figure(curve(ROWS, choices=CHOICES), LIGHT_PALETTE)
    marks = trace(figure, "marks")
    assert sorted(zip(marks["x"], marks["y"], strict=True)) == [(1, 0), (2, 1), (3, 0)]
    assert figure["layout"]["yaxis2"]["ticktext"] == ["<b>window</b>  [0,0]", "[0,1]"]
    assert len(figure["layout"]["shapes"]) == 2


def test_the_plain_study_is_ringed_and_named():
    figure = build_curve_figure(curve(ROWS, plain=1), LIGHT_PALETTE)
    ring = trace(figure, "plain")
    assert (ring["x"], ring["y"]) == ([2], [0.401])
    assert "plain study" in [note["text"] for note in figure["layout"]["annotations"]]
    assert len(build_curve_figure(curve(ROWS), LIGHT_PALETTE)["data"]) == 3


def test_a_click_carries_the_place_and_the_hover_has_n_and_p():
    points = trace(build_curve_figure(curve(ROWS), LIGHT_PALETTE), "points")
    assert [data[0] for data in points["customdata"]] == [0, 1, 2]
    assert points["customdata"][0][1] == (
        "1 of 3<br>▼ −1.00\u202f% stronger (−1.00 log pts)<br>95 % interval −1.98\u202f% to"
        " 0.00\u202f%<br>N = 17, p 0.010<br>choices 0"
    )


def test_of_a_long_curve_evenly_spaced_points_with_both_ends_and_the_plain_study_are_drawn():
    positions = select_drawn_positions(5_000, 1_234)
    assert len(positions) in {800, 801}
    assert {0, 1_234, 4_999} <= set(positions)
    assert max(b - a for a, b in pairwise(positions)) <= 7
    assert select_drawn_positions(800, None) == list(range(800))


def test_the_largest_curve_stays_below_300_kilobytes():
    rows = [row(k / 5e4 - 0.05, 0.5, k / 5e4 - 0.06, k / 5e4 - 0.04) for k in range(5_000)]
    kinds = tuple(
        ChoiceRow(f"choice {k}", "", tuple(range(k % 3, 5_000, 3))) for k in range(18)
    )  # six kinds of three choices
    built = replace(curve(rows, plain=7, choices=kinds), descriptions=("x" * 75,) * 5_000)
    assert len(json.dumps(build_curve_figure(built, LIGHT_PALETTE))) < 300_000


def test_plotly_takes_it_dark_on_a_phone_and_empty():
    go.Figure(**build_curve_figure(curve(ROWS, 2, CHOICES, dark=True, phone=True), DARK_PALETTE))
    go.Figure(**build_curve_figure(curve([]), LIGHT_PALETTE))


@pytest.mark.parametrize(
    ("mode", "first", "top", "bottom"),
    [
        (QuoteMode.WEAKER, -0.995, "▲ weaker rouble", "▼ stronger rouble"),
        (QuoteMode.INVERTED, -0.995, "▼ stronger rouble", "▲ weaker rouble"),
        (QuoteMode.USD, 1.005, "▲ stronger rouble", "▼ weaker rouble"),
    ],
)
def test_the_ends_of_the_axis_name_the_direction_of_their_sign(mode, first, top, bottom):
    figure = build_curve_figure(
        curve(ROWS, scale=MoveScale(QuotedSeries(USD_RUB, mode))), LIGHT_PALETTE
    )
    assert trace(figure, "points")["y"][0] == first
    bounds = figure["layout"]["yaxis"]["range"]
    notes = {note["y"]: note["text"] for note in figure["layout"]["annotations"]}
    assert (notes[bounds[1]], notes[bounds[0]]) == (top, bottom)
    assert (bounds[0] > bounds[1]) == (mode is QuoteMode.INVERTED)


def test_the_summary_tells_the_ends_and_the_median():
    assert summarize_curve(curve(ROWS)) == (
        "3 specifications sorted by their mean move, from −1.00\u202f% to +2.02\u202f%, median"
        " +0.40\u202f%; below, the choices behind each."
    )
    assert summarize_curve(curve([])) == "No specification has a mean."
