"""The heat map of categories on series: blue is up or stronger, orange-brown down or weaker.

A cell without a number has no colour: it is grey, and its text says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, base_layout
from dashboard.ui.palette import Ink, map_scale

ROW: Final = 44
HEAD: Final = 44


@dataclass(frozen=True, slots=True)
class MapCell:
    """A cell: its number in the unit of the map (NaN: no colour), its text, its hover."""

    value: float
    mark: str
    hover: str


def build_cross_figure(
    rows: Sequence[tuple[str, Sequence[MapCell]]],
    columns: Sequence[str],
    edge: float,
    ink: Ink,
    *,
    phone: bool,
) -> Figure:
    """The whole figure as Plotly's plain dictionary.

    Args:
        rows: title and cells of each row, the first on top.
        columns: titles of the columns.
        edge: the size at which a colour is full.
        ink: the neutral colours.
        phone: whether the screen is narrow.
    """
    cells = [row for _, row in rows]
    alike = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "texttemplate": "%{text}",
        "customdata": [[cell.hover for cell in row] for row in cells],
        "hovertemplate": "%{customdata}<extra></extra>",
        "showscale": False,
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
    }
    size = FONT_SIZE - (2 if phone else 0)
    heat = alike | {
        "z": [[_drawn(cell.value, edge) for cell in row] for row in cells],
        "text": [["" if math.isnan(cell.value) else cell.mark for cell in row] for row in cells],
        "zmin": -edge,
        "zmax": edge,
        "colorscale": map_scale(ink),
        "textfont": {"size": size, "color": ink.text},
    }
    grey = alike | {
        "z": [[0 if math.isnan(cell.value) else None for cell in row] for row in cells],
        "text": [[cell.mark if math.isnan(cell.value) else "" for cell in row] for row in cells],
        "colorscale": [[0.0, ink.grid], [1.0, ink.grid]],
        "textfont": {"size": size - 1, "color": ink.muted},
    }
    layout = base_layout(ink, ROW * max(len(rows), 1) + HEAD + 10) | {
        "margin": {"l": 112 if phone else 150, "r": 8, "t": HEAD, "b": 8, "pad": 4},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": axis(ink, side="top", tickvals=list(range(len(columns))), ticktext=list(columns),
                      showgrid=False, range=[-0.5, len(columns) - 0.5], tickangle=0),
        "yaxis": axis(ink, tickvals=list(range(len(rows))), ticktext=[title for title, _ in rows],
                      showgrid=False, range=[len(rows) - 0.5, -0.5]),
    }  # fmt: skip
    return {"data": [heat, grey], "layout": layout}


def _drawn(value: float, edge: float) -> float | None:
    """The number that gives the colour; none where there is none."""
    if math.isnan(value):
        return None
    return round(max(-edge, min(edge, value)), 3)
