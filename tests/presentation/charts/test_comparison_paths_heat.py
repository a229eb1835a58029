"""The heat map: a diverging scale that is symmetric about 0, sixty rows at most."""

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.comparison_paths import (
    MAX_HEAT_ROWS,
    build_heat_figure,
    select_heat_rows,
    summarize_heat,
)
from dashboard.presentation.palette import STRONGER_COLOUR, WEAKER_COLOUR
from tests.presentation.charts.made_comparison import MANY, RETURNS, made_chart


def test_colours_are_symmetric_and_those_of_the_directions():
    (heat,) = build_heat_figure(made_chart(MANY))["data"]
    assert heat["zmin"] == -heat["zmax"] < 0
    assert [colour for _, colour in heat["colorscale"]][::2] == [WEAKER_COLOUR, STRONGER_COLOUR]
    assert heat["x"] == [-1, 0, 1]
    assert np.array(heat["z"]).shape == (6, 3)


def test_rows_are_sorted_by_the_move_and_named():
    chart = made_chart(MANY)
    rows, left = select_heat_rows(chart)
    moves = [move for *_, move in rows]
    assert moves == sorted(moves, reverse=True)
    assert left == 0
    names = build_heat_figure(chart)["layout"]["yaxis"]["ticktext"]
    assert len(names) == 6
    assert all("Somebody said something" in name for name in names)


def test_beyond_sixty_rows_the_largest_moves_stay_and_the_rest_is_told():
    chart = made_chart(tuple(range(30, 110)))
    rows, left = select_heat_rows(chart)
    assert (len(rows), left) == (MAX_HEAT_ROWS, 20)
    remaining = {k for _, k, _ in rows}
    sizes = np.abs(chart.groups[0].study.car)
    assert min(sizes[list(remaining)]) >= max(sizes[k] for k in range(80) if k not in remaining)
    assert "20 with smaller moves are not drawn" in summarize_heat(chart)


def test_a_missing_rate_is_a_gap():
    chart = made_chart((60, 70))
    chart.groups[0].study.result.abnormal[0, 0] = np.nan
    (heat,) = build_heat_figure(chart)["data"]
    assert sum(value is None for line in heat["z"] for value in line) == 1
    assert "no rate" in str(heat["customdata"])


def test_words_in_the_hover_are_the_roubles():
    (heat,) = build_heat_figure(made_chart(MANY))["data"]
    for line, text in zip(heat["z"], heat["customdata"], strict=True):
        for value, word in zip(line, text, strict=True):
            assert ("stronger" in word) == (value > 0)


@pytest.mark.parametrize("phone", [True, False])
def test_plotly_takes_it(phone):
    go.Figure(**build_heat_figure(made_chart(MANY, (30,), phone=phone, dark=phone)))
    go.Figure(**build_heat_figure(made_chart((), returns=RETURNS)))
