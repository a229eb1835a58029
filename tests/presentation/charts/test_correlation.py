"""The figures of Correlation: bands, signs and counts are those of the rows."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from dashboard.models.study import CorrelationRow, DirectionRow
from dashboard.presentation.charts.correlation import (
    CrossCellMark,
    HitRateRow,
    LeadLagPanel,
    ScorePoint,
    build_cross_series_figure,
    build_hit_figure,
    build_lead_lag_figure,
    build_scatter_figure,
    summarize_hits,
    summarize_lead_lag,
)
from dashboard.presentation.palette import (
    DARK_PALETTE,
    LIGHT_PALETTE,
    STRONGER_COLOUR,
    WEAKER_COLOUR,
)


def lagged(group, r_by_lag):
    rows = [
        CorrelationRow(group, lag, "point_biserial", r, -0.1, 0.1, 300, 0.01, adjusted)
        for lag, (r, adjusted) in r_by_lag.items()
    ]
    return LeadLagPanel(group, tuple(rows))


PANELS = [
    lagged("all", {-1: (0.05, 1.0), 0: (-0.2, 0.03), 1: (0.15, 0.2)}),
    lagged("energy", {-1: (0.0, 1.0), 0: (0.0, 1.0), 1: (0.0, 1.0)}),
]


def figure(panels=PANELS, **more):
    return build_lead_lag_figure(panels, LIGHT_PALETTE, **({"dark": False, "phone": False} | more))


def test_a_mark_outside_the_band_has_the_colour_of_its_direction():
    bars = figure()["data"][1]
    assert bars["x"] == [-1, 0, 1]
    assert bars["y"] == [0.05, -0.2, 0.15]
    assert bars["marker"]["color"] == [LIGHT_PALETTE.muted, WEAKER_COLOUR, STRONGER_COLOUR]


def test_a_small_corrected_p_has_a_rim():
    assert figure()["data"][1]["marker"]["line"]["width"] == [0, 2, 0]


def test_the_band_runs_through_every_lag_and_the_side_before_is_shaded():
    built = figure()
    band = built["data"][0]
    assert band["y"] == [0.1, 0.1, -0.1, -0.1]
    assert (min(band["x"]), max(band["x"])) == (-1.6, 1.6)
    assert [shape["x1"] for shape in built["layout"]["shapes"]] == [-0.5, -0.5]


def test_every_panel_has_the_same_axes_and_its_place():
    layout = figure()["layout"]
    assert layout["yaxis"]["range"] == layout["yaxis2"]["range"]
    assert layout["xaxis"]["domain"][1] < layout["xaxis2"]["domain"][0]
    phone = figure(phone=True)["layout"]
    assert phone["yaxis"]["domain"][0] > phone["yaxis2"]["domain"][1]


def test_the_hover_tells_band_p_correction_and_n():
    assert figure()["data"][1]["customdata"][1] == (
        "lag 0 (first rate)<br>r −0.200, band −0.100 to +0.100<br>p 0.0100, corrected 0.030"
        "<br>N = 300 rates"
    )
    assert "before the event" in figure()["data"][1]["customdata"][0]


def test_the_summary_names_what_lies_outside():
    assert summarize_lead_lag(PANELS).endswith(
        "outside the band of shifted dates: all at 0, all at +1."
    )
    assert summarize_lead_lag(PANELS[1:]).endswith("none.")


def hit(label, hits, n, adjusted):
    row = DirectionRow(label, (0, 1), n, hits, hits / n, 0.4, 0.8, 0.04, 3, 1, adjusted)
    return HitRateRow(label, f"{hits} of {n}", row)


def test_hit_rates_are_dots_on_their_intervals_filled_where_the_corrected_p_is_small():
    built = build_hit_figure(
        [hit("All", 6, 10, 0.5), hit("Energy", 9, 10, 0.02)], LIGHT_PALETTE, phone=False
    )
    line, dots = built["data"]
    assert dots["x"] == [60.0, 90.0]
    assert dots["marker"]["symbol"] == ["circle-open", "circle"]
    assert line["x"] == [40.0, 80.0, None, 40.0, 80.0, None]
    assert "left out: 3 unclear, 1 unmoved" in dots["customdata"][0]
    assert built["layout"]["shapes"][0]["x0"] == 50
    assert [note["text"] for note in built["layout"]["annotations"]] == ["6 of 10", "9 of 10"]
    assert summarize_hits([hit("All", 6, 10, 0.5)]).endswith("for orientation: All 60 %.")


def test_a_cell_has_the_colour_of_its_number_cut_at_the_edge():
    rows = [
        (
            "All",
            [
                CrossCellMark(7.0, "+7", "h"),
                CrossCellMark(-1.0, "−1", "h"),
                CrossCellMark(math.nan, "3", "n"),
            ],
        )
    ]
    heat, grey = build_cross_series_figure(rows, ["a", "b", "c"], 4.0, LIGHT_PALETTE, phone=False)[
        "data"
    ]
    assert grey["z"] == [[None, None, 0]]  # no colour of a direction, and its text says why
    assert {colour for _, colour in grey["colorscale"]} == {LIGHT_PALETTE.grid}
    assert grey["text"] == [["", "", "3"]]
    assert heat["z"] == [[4.0, -1.0, None]]
    assert (heat["zmin"], heat["zmax"]) == (-4.0, 4.0)
    (_, low), (_, middle), (_, high) = heat["colorscale"]
    assert int(low[1:3], 16) > int(low[5:], 16)  # more red than blue: weaker
    assert middle == LIGHT_PALETTE.surface
    assert int(high[1:3], 16) < int(high[5:], 16)  # more blue than red: stronger
    assert heat["textfont"]["color"] == LIGHT_PALETTE.text
    assert heat["text"] == [["+7", "−1", ""]]


def test_a_point_has_the_shape_and_colour_of_its_direction():
    points = [ScorePoint(1.0, 0.5, "a"), ScorePoint(2.0, -0.25, "b")]
    dots = build_scatter_figure(points, ("x", "y"), LIGHT_PALETTE, dark=False, phone=False)["data"][
        0
    ]
    assert (dots["x"], dots["y"]) == ([1.0, 2.0], [0.5, -0.25])
    assert dots["marker"]["symbol"] == ["triangle-up", "triangle-down"]
    assert dots["marker"]["color"] == [STRONGER_COLOUR, WEAKER_COLOUR]


def test_plotly_takes_all_of_them_dark_on_a_phone_and_empty():
    go.Figure(**figure(dark=True, phone=True))
    go.Figure(**figure([]))
    go.Figure(**build_hit_figure([], DARK_PALETTE, phone=True))
    go.Figure(**build_cross_series_figure([], [], 1.0, DARK_PALETTE, phone=True))
    go.Figure(**build_scatter_figure([], ("x", "y"), DARK_PALETTE, dark=True, phone=True))
